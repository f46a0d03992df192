package client

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// Blobs asks which attachments the server holds: for each hash how many bytes, and
// whether that is the whole.
func (s *Session) Blobs(ctx context.Context, hashes [][32]byte) (*wire.BlobHave, error) {
	in := wire.BlobAsk{Hashes: make([][]byte, len(hashes))}
	for i := range hashes {
		in.Hashes[i] = hashes[i][:]
	}
	out := new(wire.BlobHave)
	if err := s.do(ctx, request{path: wire.PathBlobs, again: true}, &in, out); err != nil {
		return nil, err
	}
	if len(out.Sizes) != len(hashes) {
		return nil, s.client.strange(wire.PathBlobs)
	}
	return out, nil
}

// Chunks begin small, so that a cut on a bad line loses little, and grow while the
// line takes them quickly.
const (
	leastChunk = 64 << 10
	quick      = 3 * time.Second
	tedious    = 20 * time.Second
)

// PutBlob sends the attachment of a hash and size in chunks, from where the server
// has it already. After an error it is called again and goes on from there. Errors
// of content itself come as they are.
func (s *Session) PutBlob(ctx context.Context, hash [32]byte, size int64, content io.ReadSeeker) error {
	if size < 1 || size > wire.MaxBlob {
		return fault.Wrap(fmt.Errorf("client: attachment of %d bytes", size), fault.Invalid, "fault.sync.blob_size")
	}
	have, err := s.Blobs(ctx, [][32]byte{hash})
	if err != nil {
		return err
	}
	buf, chunk, gaps := make([]byte, wire.MaxChunk), leastChunk, 0
	for !have.Whole[0] {
		at := have.Sizes[0]
		if at >= size {
			return s.client.strange(wire.PathBlob)
		}
		if _, err := content.Seek(at, io.SeekStart); err != nil {
			return err
		}
		part := buf[:min(int64(chunk), size-at)]
		if _, err := io.ReadFull(content, part); err != nil {
			return err
		}
		began := time.Now()
		next, err := s.putChunk(ctx, hash, at, size, part)
		var p *wire.Problem
		switch {
		case err == nil && !next.Whole[0] && next.Sizes[0] <= at:
			return s.client.strange(wire.PathBlob)
		case err == nil:
			have, gaps = next, 0
		case errors.As(err, &p) && p.Code == wire.ProblemGap && gaps < 3: // another workstation sends it too
			gaps++
			if have, err = s.Blobs(ctx, [][32]byte{hash}); err != nil {
				return err
			}
		default:
			return err
		}
		switch took := time.Since(began); {
		case took < quick:
			chunk = min(2*chunk, wire.MaxChunk)
		case took > tedious:
			chunk = max(chunk/2, leastChunk)
		}
	}
	return nil
}

func (s *Session) putChunk(ctx context.Context, hash [32]byte, at, size int64, part []byte) (*wire.BlobHave, error) {
	out := new(wire.BlobHave)
	path := fmt.Sprintf("%s%s?offset=%d&size=%d", wire.PathBlob, hex.EncodeToString(hash[:]), at, size)
	err := s.again(ctx, func(token string) error {
		r := request{method: http.MethodPut, path: path, token: token, again: true, body: part, media: mediaBytes}
		return s.client.send(ctx, r, func(resp *http.Response) error {
			b, err := s.client.answer(resp, wire.MaxAnybody)
			if err != nil {
				return err
			}
			if err := wire.Unmarshal(b, out); err != nil || len(out.Sizes) != 1 {
				return s.client.strange(wire.PathBlob)
			}
			return nil
		})
	})
	var p *wire.Problem
	switch {
	case errors.As(err, &p) && p.Code == wire.ProblemSignature:
		return nil, fault.Wrap(p, fault.Damaged, "fault.sync.blob_hash", "host", s.client.host)
	case err != nil:
		return nil, err
	}
	return out, nil
}

// errEnd says that there is nothing after an offset.
var errEnd = errors.New("client: nothing after this offset")

// GetBlob writes the attachment of a hash to w, from an offset on, and gives how
// many bytes it wrote, also beside an error: the next call goes on from there. It
// does not check the hash: whoever has all bytes does. Errors of w come as they are.
func (s *Session) GetBlob(ctx context.Context, hash [32]byte, offset int64, w io.Writer) (int64, error) {
	var n int64
	err := s.again(ctx, func(token string) error {
		r := request{
			method: http.MethodGet, path: wire.PathBlob + hex.EncodeToString(hash[:]), token: token, again: true, bytes: true,
			header: http.Header{"Range": {"bytes=" + strconv.FormatInt(offset, 10) + "-"}},
		}
		return s.client.send(ctx, r, func(resp *http.Response) error {
			from := "bytes " + strconv.FormatInt(offset, 10) + "-"
			if !strings.HasPrefix(resp.Header.Get("Content-Range"), from) || resp.Header.Get("Content-Encoding") != "" {
				return s.client.strange(wire.PathBlob)
			}
			var err error
			n, err = io.Copy(own{w}, io.LimitReader(resp.Body, wire.MaxBlob-offset))
			return err
		})
	})
	var p *wire.Problem
	switch {
	case errors.Is(err, errEnd):
		return 0, nil
	case errors.As(err, &p) && p.Code == wire.ProblemUnknown:
		return 0, fault.Wrap(p, fault.NotFound, "fault.sync.blob_unknown", "host", s.client.host)
	}
	return n, err
}

// own marks the errors of the caller's writer.
type own struct{ io.Writer }

func (o own) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil {
		err = &foreign{err}
	}
	return n, err
}
