package server

import (
	"crypto/ed25519"

	"feldsher/internal/online/wire"
)

// order carries out what an administrator, or a workstation that replaces itself,
// has signed. Whose signature counts is the depot's to know.
func (s *Server) order(c *call, in *wire.Order) (any, error) {
	if !ed25519.Verify(in.Key, wire.OrderText(in.Body), in.Signature) {
		return nil, problem(wire.ProblemSignature)
	}
	var body wire.OrderBody
	if wire.Unmarshal(in.Body, &body) != nil {
		return nil, problem(wire.ProblemMalformed)
	}
	if body.Org != c.by.Org {
		return nil, problem(wire.ProblemSignature)
	}
	st, err := s.options.Depot.Carry(c.ctx, &body, in.Key, s.options.Now())
	if err != nil {
		return nil, err
	}
	if body.Revoke != nil {
		s.polls.revoked(body.Org)
	}
	return &wire.Ordered{Standing: s.stand(st)}, nil
}
