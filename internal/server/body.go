package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"feldsher/internal/online/wire"
)

// How large a call may be, before anything of it is decoded.
const (
	headsBody = 1 << 20 // heads or hashes, at most wire.MaxItems
	largeBody = wire.MaxBody
)

// stall is how long a body may stand still, in either direction: a line of
// 64 kbit/s moves a piece in a few seconds.
const stall = 60 * time.Second

// piece is how much is written between two looks at the clock.
const piece = 64 << 10

// unbounded is the size from which a body counts against the memory that all
// bodies together may take.
const unbounded = 64 << 10

func problem(code string) *wire.Problem { return &wire.Problem{Code: code} }

func busy(wait time.Duration) *wire.Problem {
	seconds := int64(wait/time.Second) + 1
	return &wire.Problem{Code: wire.ProblemBusy, Retry: uint32(min(max(seconds, 1), 3600))}
}

// message decodes the body of a call into in, at most limit bytes, compressed or
// not. The share stands for the message's memory: it is released when the message
// is no longer used.
func (s *Server) message(w http.ResponseWriter, r *http.Request, limit int64, in any) (held *share, err error) {
	if err := checkKind(r); err != nil {
		return nil, err
	}
	held = &share{of: s}
	raw, err := s.body(w, r, limit, held)
	if err != nil {
		held.release()
		return nil, err
	}
	if r.Header.Get("Content-Encoding") == "zstd" {
		if raw, err = held.unpack(r.Context(), raw, limit); err != nil {
			held.release()
			return nil, err
		}
	}
	// What is decoded is compared with its one form: two copies for a moment.
	if err := held.take(r.Context(), 2*int64(len(raw))); err != nil {
		held.release()
		return nil, err
	}
	if wire.Unmarshal(raw, in) != nil {
		held.release()
		return nil, problem(wire.ProblemMalformed)
	}
	return held, nil
}

// checkKind refuses what is no message of this version, unread.
func checkKind(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return problem(wire.ProblemMalformed)
	case kind == wire.MediaType:
	case strings.HasPrefix(kind, "application/vnd.feldsher.sync."):
		return problem(wire.ProblemVersion)
	default:
		return problem(wire.ProblemMalformed)
	}
	switch r.Header.Get("Content-Encoding") {
	case "", "identity", "zstd":
		return nil
	}
	return problem(wire.ProblemMalformed)
}

// body reads at most limit bytes.
func (s *Server) body(w http.ResponseWriter, r *http.Request, limit int64, held *share) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, problem(wire.ProblemLarge)
	}
	expect := r.ContentLength
	if expect < 0 {
		expect = limit
	}
	if err := held.take(r.Context(), expect); err != nil {
		return nil, err
	}
	in := s.steady(w, r.Body)
	defer in.rest()
	if r.ContentLength >= 0 {
		b := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(in, b); err != nil {
			return nil, problem(wire.ProblemMalformed) // cut off: nobody is there to read it
		}
		return b, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, problem(wire.ProblemMalformed)
	case int64(len(b)) > limit:
		return nil, problem(wire.ProblemLarge)
	}
	return b, nil
}

// share is the part of the memory for bodies that one call holds.
type share struct {
	of   *Server
	size int64
}

// patience is how long a call waits for memory before it is told to come again.
const patience = 10 * time.Second

func (h *share) take(ctx context.Context, n int64) error {
	if n < unbounded {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if h.of.room.Acquire(ctx, min(n, h.of.options.Memory)) != nil {
		return busy(patience)
	}
	h.size += min(n, h.of.options.Memory)
	h.of.used.Add(min(n, h.of.options.Memory))
	return nil
}

// keep gives back what is more than n bytes.
func (h *share) keep(n int64) {
	if n < unbounded {
		n = 0
	}
	if over := h.size - n; over > 0 {
		h.of.room.Release(over)
		h.of.used.Add(-over)
		h.size = n
	}
}

func (h *share) release() { h.keep(0) }

// unpack decompresses, after the size that the frame announces has been looked at.
func (h *share) unpack(ctx context.Context, packed []byte, limit int64) ([]byte, error) {
	var head zstd.Header
	if head.Decode(packed) != nil || head.Skippable {
		return nil, problem(wire.ProblemMalformed)
	}
	size := limit
	if head.HasFCS {
		if head.FrameContentSize > uint64(limit) {
			return nil, problem(wire.ProblemLarge)
		}
		size = int64(head.FrameContentSize)
	}
	if err := h.take(ctx, size); err != nil {
		return nil, err
	}
	out, err := wire.Decompress(packed)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), err == nil && int64(len(out)) > limit:
		return nil, problem(wire.ProblemLarge)
	case err != nil:
		return nil, problem(wire.ProblemMalformed)
	}
	return out, nil
}

// steady is a body that must keep coming.
func (s *Server) steady(w http.ResponseWriter, body io.Reader) *steady {
	return &steady{http.NewResponseController(w), body}
}

type steady struct {
	control *http.ResponseController
	in      io.Reader
}

func (b *steady) Read(p []byte) (int, error) {
	// Deadlines of connections go by the real clock. One that can't be set leaves
	// the connection's own.
	_ = b.control.SetReadDeadline(time.Now().Add(stall))
	return b.in.Read(p)
}

// rest takes the deadline away: a call that is held afterwards must not end by it.
func (b *steady) rest() { _ = b.control.SetReadDeadline(time.Time{}) }

// answer writes a message. Entries and records are sealed and do not compress, so
// that only what is worth it is tried.
func answer(w http.ResponseWriter, r *http.Request, status int, message any, compress bool) error {
	b, err := wire.Marshal(message)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", wire.MediaType)
	h.Set("Cache-Control", "no-store")
	if compress && len(b) >= 1024 && strings.Contains(r.Header.Get("Accept-Encoding"), "zstd") {
		b = wire.Compress(b)
		h.Set("Content-Encoding", "zstd")
	}
	h.Set("Content-Length", itoa(int64(len(b))))
	w.WriteHeader(status)
	_, err = (&steadyWriter{http.NewResponseController(w), w}).Write(b)
	return err
}

// steadyWriter is an answer that must keep going.
type steadyWriter struct {
	control *http.ResponseController
	out     io.Writer
}

func (a *steadyWriter) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		_ = a.control.SetWriteDeadline(time.Now().Add(stall))
		var m int
		m, err = a.out.Write(b[:min(piece, len(b))])
		n, b = n+m, b[m:]
	}
	return n, err
}
