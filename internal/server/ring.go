package server

import (
	"feldsher/internal/online/wire"
)

func (s *Server) ringPull(c *call, in *wire.RingPull) (any, error) {
	before := c.held.size
	if err := c.held.take(c.ctx, 2*int64(in.Limit())); err != nil {
		return nil, err
	}
	out, err := s.options.Depot.PullRing(c.ctx, c.by, in.Gen, in.Since, in.Limit())
	if err != nil {
		return nil, err
	}
	c.held.keep(before + 2*size(out.Records))
	out.Standing = s.stand(out.Standing)
	return &out, nil
}

func (s *Server) ringPush(c *call, in *wire.RingPush) (any, error) {
	st, err := s.options.Depot.PushRing(c.ctx, c.by, in)
	if err != nil {
		return nil, err
	}
	return &wire.RingPushed{Standing: s.stand(st)}, nil
}

func (s *Server) ringRenew(c *call, in *wire.RingRenew) (any, error) {
	st, err := s.options.Depot.RenewRing(c.ctx, c.by, in, s.options.Now())
	if err != nil {
		return nil, err
	}
	return &wire.RingPushed{Standing: s.stand(st)}, nil
}
