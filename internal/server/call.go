package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// call is one call under way. ctx ends when the client goes away.
type call struct {
	ctx  context.Context
	seen *observed
	r    *http.Request
	held *share       // of memory, until the answer is out
	by   depot.Caller // zero for strangers
}

// strangers makes a handler of a call that wants no session. The address is
// counted before a byte of the body is read.
func strangers[In any](s *Server, fn func(*call, *In) (any, error)) func(*observed, *http.Request) {
	return func(o *observed, r *http.Request) {
		if wait, ok := s.limits.address.take(address(r)); !ok {
			s.refuse(o, r, busy(wait))
			return
		}
		if r.Header.Get("Content-Encoding") != "" { // the protocol has no compression here
			s.refuse(o, r, problem(wire.ProblemMalformed))
			return
		}
		in := new(In)
		held, err := s.message(o, r, wire.MaxAnybody, in)
		if err != nil {
			s.refuse(o, r, err)
			return
		}
		defer held.release()
		out, err := fn(&call{ctx: r.Context(), seen: o, r: r, held: held}, in)
		s.done(o, r, out, err)
	}
}

// members makes a handler of a call that wants a session: token, limit of calls,
// then the body.
func members[In any](s *Server, limit int64, fn func(*call, *In) (any, error)) func(*observed, *http.Request) {
	return func(o *observed, r *http.Request) {
		by, err := s.caller(o, r)
		if err != nil {
			s.refuse(o, r, err)
			return
		}
		in := new(In)
		held, err := s.message(o, r, limit, in)
		if err != nil {
			s.refuse(o, r, err)
			return
		}
		defer held.release()
		out, err := fn(&call{ctx: r.Context(), seen: o, r: r, held: held, by: by}, in)
		s.done(o, r, out, err)
	}
}

// maxToken is more than any token is long.
const maxToken = 128

// caller finds who calls by the token, and counts the call.
func (s *Server) caller(o *observed, r *http.Request) (depot.Caller, error) {
	token, ok := bearer(r)
	if !ok {
		return depot.Caller{}, problem(wire.ProblemToken)
	}
	now := s.options.Now()
	by, err := s.options.Depot.Session(r.Context(), token, now)
	switch {
	case errors.Is(err, depot.ErrUnknown):
		return by, problem(wire.ProblemToken)
	case err != nil:
		return by, err
	}
	o.org, o.device = by.Org, by.Device
	if wait, ok := s.limits.device.take(string(by.Org[:]) + string(by.Device[:])); !ok {
		return by, busy(wait)
	}
	s.options.Depot.Touch(by, now)
	return by, nil
}

func bearer(r *http.Request) (string, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token, ok && token != "" && len(token) <= maxToken
}

// still asks again whether the caller may have an answer: what took long may have
// outlived the session's workstation.
func (s *Server) still(c *call) error {
	device, err := s.options.Depot.Device(c.ctx, c.by.Org, c.by.Device)
	switch {
	case errors.Is(err, depot.ErrUnknown):
		return problem(wire.ProblemToken)
	case err != nil:
		return err
	case !device.Revoked.IsZero():
		return problem(wire.ProblemRevoked)
	}
	return nil
}

// done answers a call with its message or its problem.
func (s *Server) done(o *observed, r *http.Request, out any, err error) {
	if err != nil {
		s.refuse(o, r, err)
		return
	}
	compress := false
	switch out.(type) {
	case *wire.Standing, *wire.DeviceList, *wire.BlobHave:
		compress = true
	}
	s.sent(o, r, answer(o, r, http.StatusOK, out, compress))
}

func (s *Server) refuse(o *observed, r *http.Request, err error) {
	p, known := problemOf(err)
	if !known && r.Context().Err() == nil {
		o.cause = err
	}
	o.problem = p.Code
	s.sent(o, r, answer(o, r, p.Status(), p, false))
}

// sent looks at what became of an answer: a client that went away is its own
// affair, an answer that could not be made is ours.
func (s *Server) sent(o *observed, r *http.Request, err error) {
	if err == nil || o.sent {
		return
	}
	o.cause, o.problem = err, wire.ProblemUnavailable
	p := problem(wire.ProblemUnavailable)
	_ = answer(o, r, p.Status(), p, false)
}

// codes of the depot's refusals.
var codes = []struct {
	err  error
	code string
}{
	{depot.ErrGap, wire.ProblemGap},
	{depot.ErrFork, wire.ProblemFork},
	{depot.ErrEarly, wire.ProblemEarly},
	{depot.ErrStale, wire.ProblemStale},
	{depot.ErrUnknown, wire.ProblemUnknown},
	{depot.ErrRevoked, wire.ProblemRevoked},
	{depot.ErrForbidden, wire.ProblemSignature},
	{depot.ErrTaken, wire.ProblemFork},
	{depot.ErrCountry, wire.ProblemCountry},
	{depot.ErrOrg, wire.ProblemUnknown},
	{depot.ErrOrder, wire.ProblemMalformed},
	{depot.ErrHash, wire.ProblemSignature},
	{depot.ErrSize, wire.ProblemMalformed},
	{depot.ErrClosed, wire.ProblemUnavailable},
}

// problemOf puts an error into the protocol's words. Not known means that it is
// the server's own trouble, for the log.
func problemOf(err error) (p *wire.Problem, known bool) {
	if errors.As(err, &p) {
		return p, true
	}
	p = problem(wire.ProblemUnavailable)
	for _, c := range codes {
		if errors.Is(err, c.err) {
			p, known = problem(c.code), true
			break
		}
	}
	var refused *depot.Refused
	if errors.As(err, &refused) {
		p.At, p.Heads = uint32(refused.At), refused.Heads
	}
	if p.Code == wire.ProblemUnavailable {
		p.Retry = 5
	}
	return p, known
}
