package server

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

const octets = "application/octet-stream"

func (s *Server) blobs(c *call, in *wire.BlobAsk) (any, error) {
	hashes := make([]ledger.Hash, len(in.Hashes))
	for i, h := range in.Hashes {
		if len(h) != len(ledger.Hash{}) {
			return nil, problem(wire.ProblemMalformed)
		}
		hashes[i] = ledger.Hash(h)
	}
	sizes, whole, err := s.options.Depot.HaveBlobs(c.ctx, c.by.Org, hashes)
	if err != nil {
		return nil, err
	}
	return &wire.BlobHave{Sizes: sizes, Whole: whole}, nil
}

// putBlob appends one chunk.
func (s *Server) putBlob(o *observed, r *http.Request) {
	out, err := func() (any, error) {
		by, err := s.caller(o, r)
		if err != nil {
			return nil, err
		}
		hash, err := blobName(r)
		if err != nil {
			return nil, err
		}
		offset, size, err := blobPlace(r)
		if err != nil {
			return nil, err
		}
		if r.Header.Get("Content-Type") != octets || r.Header.Get("Content-Encoding") != "" {
			return nil, problem(wire.ProblemMalformed)
		}
		held := &share{of: s}
		defer held.release()
		chunk, err := s.body(o, r, wire.MaxChunk, held)
		if err != nil {
			return nil, err
		}
		if int64(len(chunk)) > size-offset {
			return nil, problem(wire.ProblemMalformed)
		}
		have, whole, err := s.options.Depot.PutBlob(r.Context(), by.Org, hash, size, offset, chunk)
		if err != nil {
			return nil, err
		}
		return &wire.BlobHave{Sizes: []int64{have}, Whole: []bool{whole}}, nil
	}()
	s.done(o, r, out, err)
}

// blobName reads the hash of a path: 64 small hex digits, one form only.
func blobName(r *http.Request) (h ledger.Hash, err error) {
	text := r.PathValue("hash")
	if len(text) != hex.EncodedLen(len(h)) || strings.ToLower(text) != text {
		return h, problem(wire.ProblemMalformed)
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return h, problem(wire.ProblemMalformed)
	}
	return h, nil
}

func blobPlace(r *http.Request) (offset, size int64, err error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(q) != 2 || len(q["offset"]) != 1 || len(q["size"]) != 1 {
		return 0, 0, problem(wire.ProblemMalformed)
	}
	offset, okOffset := number(q.Get("offset"))
	size, okSize := number(q.Get("size"))
	switch {
	case !okOffset || !okSize || offset > size:
		return 0, 0, problem(wire.ProblemMalformed)
	case size > wire.MaxBlob:
		return 0, 0, problem(wire.ProblemLarge)
	}
	return offset, size, nil
}

// number reads decimal digits, nothing else.
func number(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil
}

// getBlob sends a whole attachment, or what comes after an offset.
func (s *Server) getBlob(o *observed, r *http.Request) {
	err := func() error {
		by, err := s.caller(o, r)
		if err != nil {
			return err
		}
		hash, err := blobName(r)
		if err != nil {
			return err
		}
		b, size, err := s.options.Depot.OpenBlob(r.Context(), by.Org, hash)
		if err != nil {
			return err
		}
		defer func() { _ = b.Close() }()
		from, part, err := blobRange(r, size)
		if err != nil {
			return err
		}
		if from >= size && part {
			s.beyond(o, r, size)
			return nil
		}
		if _, err := b.Seek(from, io.SeekStart); err != nil {
			return err
		}
		s.stream(&call{ctx: r.Context(), seen: o, r: r, by: by}, b, from, size, part)
		return nil
	}()
	if err != nil {
		s.refuse(o, r, err)
	}
}

// blobRange understands "bytes=N-" and "bytes=N-M" with M the last byte or beyond:
// what a client needs that goes on where it stopped.
func blobRange(r *http.Request, size int64) (from int64, part bool, err error) {
	text := r.Header.Get("Range")
	if text == "" {
		return 0, false, nil
	}
	text, ok := strings.CutPrefix(text, "bytes=")
	first, last, dash := strings.Cut(text, "-")
	from, isNumber := number(first)
	if !ok || !dash || !isNumber {
		return 0, false, problem(wire.ProblemMalformed)
	}
	if last != "" {
		if end, isNumber := number(last); !isNumber || end < max(from, size-1) {
			return 0, false, problem(wire.ProblemMalformed)
		}
	}
	return from, true, nil
}

// beyond answers that there is nothing from there on: 416, as HTTP has it.
func (s *Server) beyond(o *observed, r *http.Request, size int64) {
	o.problem = wire.ProblemMalformed
	o.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", size))
	s.sent(o, r, answer(o, r, http.StatusRequestedRangeNotSatisfiable, problem(wire.ProblemMalformed), false))
}

// stream sends bytes as long as the workstation may have them.
func (s *Server) stream(c *call, b io.Reader, from, size int64, part bool) {
	h := c.seen.Header()
	h.Set("Content-Type", octets)
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", itoa(size-from))
	status := http.StatusOK
	if part {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, size-1, size))
	}
	c.seen.WriteHeader(status)
	out := &steadyWriter{http.NewResponseController(c.seen), c.seen}
	for looked := time.Now(); ; {
		_, err := io.CopyN(out, b, wire.MaxChunk)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && time.Since(looked) >= recheckPoll {
			looked = time.Now()
			err = s.still(c)
		}
		if err != nil {
			if p, known := problemOf(err); known {
				c.seen.problem = p.Code
			}
			panic(http.ErrAbortHandler) // what is not whole must not look whole
		}
	}
}
