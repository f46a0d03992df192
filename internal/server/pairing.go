package server

import (
	"errors"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// wrongMACs is how often a code may be tried with a wrong proof before it must
// wait. Whoever knows a code's id and not the code has seen a list that should be
// secret, and can only guess 140 bits.
var wrongMACs = Rate{PerSecond: 1.0 / 60, Burst: 5}

// wrongRest is how long such a code rests.
const wrongRest = time.Minute

// codeKey finds a code that lives. A code that was tried too often rests, and so
// does an address from which codes were tried that are none.
func (s *Server) codeKey(c *call, id wire.CodeID) ([]byte, error) {
	if s.limits.wrong.spent(string(id[:])) || s.limits.code.spent(address(c.r)) {
		return nil, busy(wrongRest)
	}
	key, err := s.options.Depot.CodeKey(c.ctx, id, s.options.Now())
	if errors.Is(err, depot.ErrUnknown) {
		s.limits.code.take(address(c.r))
	}
	return key, err
}

// checkMAC compares a proof, and counts the wrong ones.
func (s *Server) checkMAC(c *call, id wire.CodeID, got, want []byte) error {
	if wire.SameMAC(got, want) {
		return nil
	}
	s.limits.wrong.take(string(id[:]))
	s.limits.code.take(address(c.r))
	return problem(wire.ProblemSignature)
}

func (s *Server) prove(c *call, in *wire.Prove) (any, error) {
	key, err := s.codeKey(c, in.Code)
	if err != nil {
		return nil, err
	}
	prints, err := s.options.Certificate.Fingerprints()
	if err != nil {
		return nil, err
	}
	return &wire.Proof{MAC: wire.ProofMAC(key, in.Nonce, prints[0])}, nil
}

func (s *Server) link(c *call, in *wire.Link) (any, error) {
	key, err := s.codeKey(c, in.Code)
	if err != nil {
		return nil, err
	}
	if err := s.checkMAC(c, in.Code, in.MAC, wire.MAC(key, "link", in.Body)); err != nil {
		return nil, err
	}
	var body wire.LinkBody
	if wire.Unmarshal(in.Body, &body) != nil {
		return nil, problem(wire.ProblemMalformed)
	}
	if s.options.Country != "" && body.Country != s.options.Country { // R7.8
		return nil, problem(wire.ProblemCountry)
	}
	if err := s.options.Depot.Link(c.ctx, in.Code, &body, s.options.Now()); err != nil {
		return nil, err
	}
	c.seen.org, c.seen.device = body.Org, body.Device
	return &wire.Linked{Server: s.options.Depot.Server()}, nil
}

func (s *Server) join(c *call, in *wire.Join) (any, error) {
	key, err := s.codeKey(c, in.Code)
	if err != nil {
		return nil, err
	}
	if err := s.checkMAC(c, in.Code, in.MAC, wire.MAC(key, "join", in.Joiner)); err != nil {
		return nil, err
	}
	sealed, err := s.options.Depot.Join(c.ctx, in.Code, in.Joiner, s.options.Now())
	if err != nil {
		return nil, err
	}
	return &wire.Joined{Sealed: sealed}, nil
}

func (s *Server) challenge(c *call, in *wire.Challenge) (any, error) {
	if err := s.knock(c, in.Org, in.Device); err != nil {
		return nil, err
	}
	nonce, err := s.options.Depot.Challenge(c.ctx, in.Org, in.Device, s.options.Now())
	if err != nil {
		return nil, err
	}
	return &wire.Challenged{Nonce: nonce}, nil
}

// knock counts the calls of one workstation at one address: nobody elsewhere can
// keep it out by knocking in its name.
func (s *Server) knock(c *call, org, device ledger.ID) error {
	if wait, ok := s.limits.knock.take(string(org[:]) + string(device[:]) + address(c.r)); !ok {
		return busy(wait)
	}
	return nil
}
