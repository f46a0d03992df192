package server

import (
	"context"
	"errors"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

func (s *Server) state(c *call, _ *wire.State) (any, error) {
	st, err := s.options.Depot.Standing(c.ctx, c.by.Org)
	if err != nil {
		return nil, err
	}
	if st.Heads, err = s.options.Depot.Heads(c.ctx, c.by.Org); err != nil {
		return nil, err
	}
	st = s.stand(st)
	return &st, nil
}

func (s *Server) push(c *call, in *wire.Push) (any, error) {
	entries, fault, err := s.check(c.ctx, c.by, in.Entries)
	if err != nil {
		return nil, err
	}
	stored, st, err := s.options.Depot.Push(c.ctx, c.by, in.RingGen, entries)
	s.metrics.entries.Add(float64(stored))
	switch {
	case err != nil:
		return nil, err
	case fault != nil:
		return nil, fault
	}
	return &wire.Pushed{Standing: s.stand(st), Stored: uint32(stored)}, nil
}

// check reads entries and proves their signatures. It gives those before the
// first at fault, and what is wrong with that one.
func (s *Server) check(ctx context.Context, by depot.Caller, raw [][]byte) ([]*ledger.Entry, *wire.Problem, error) {
	entries := make([]*ledger.Entry, len(raw))
	faults := make([]string, len(raw))
	workers := min(runtime.GOMAXPROCS(0), 1+len(raw)/16)
	var g errgroup.Group
	for w := range workers {
		g.Go(func() error {
			for i := w; i < len(raw); i += workers {
				var err error
				if entries[i], faults[i], err = s.checkOne(ctx, by, raw[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	for i, code := range faults {
		if code != "" {
			return entries[:i], &wire.Problem{Code: code, At: uint32(i)}, nil
		}
	}
	return entries, nil, nil
}

func (s *Server) checkOne(ctx context.Context, by depot.Caller, raw []byte) (*ledger.Entry, string, error) {
	e := entry(raw)
	if e == nil {
		return nil, wire.ProblemMalformed, nil
	}
	if e.Header.Org != by.Org {
		return nil, wire.ProblemUnknown, nil
	}
	key, err := s.keys.of(ctx, depot.Caller{Org: by.Org, Device: e.Header.Device})
	switch {
	case errors.Is(err, depot.ErrUnknown):
		return nil, wire.ProblemUnknown, nil
	case err != nil:
		return nil, "", err
	case !e.Verify(key):
		return nil, wire.ProblemSignature, nil
	}
	return e, "", nil
}

// entry reads an entry; nil if it is none.
func entry(raw []byte) *ledger.Entry {
	if e, err := ledger.Decode(raw); err == nil {
		return e
	}
	return nil
}

func (s *Server) pull(c *call, in *wire.Pull) (any, error) {
	out, err := s.readPage(c, in)
	if err != nil || in.WaitMS == 0 || news(in, out) {
		return out, err
	}
	if err := s.hold(c, in, min(time.Duration(in.WaitMS)*time.Millisecond, wire.MaxWait)); err != nil {
		return nil, err
	}
	return s.readPage(c, in)
}

// readPage reads one page, within the memory that there is.
func (s *Server) readPage(c *call, in *wire.Pull) (*wire.Pulled, error) {
	before := c.held.size
	if err := c.held.take(c.ctx, 2*int64(in.Limit())); err != nil { // as read, and as sent
		return nil, err
	}
	out, err := s.options.Depot.Pull(c.ctx, c.by.Org, in.Since, in.Have, in.Limit())
	if err != nil {
		return nil, err
	}
	c.held.keep(before + 2*size(out.Entries))
	out.Standing = s.stand(out.Standing)
	return &out, nil
}

func size(parts [][]byte) (n int64) {
	for _, p := range parts {
		n += int64(len(p))
	}
	return n
}

// news reports whether an answer has something that the asker does not know.
func news(in *wire.Pull, out *wire.Pulled) bool {
	st := &out.Standing
	return len(out.Entries) > 0 || out.More || out.Next != in.Since || st.Ordinal != in.Since || st.RingGen != in.RingGen || st.RingN != in.RingN
}
