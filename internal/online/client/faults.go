package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// problems are the sentences for what a server refuses.
var problems = map[string]struct {
	kind fault.Kind
	key  string
}{
	wire.ProblemMalformed:   {fault.Internal, "fault.sync.malformed"},
	wire.ProblemToken:       {fault.Offline, "fault.sync.token"},
	wire.ProblemSignature:   {fault.Forbidden, "fault.sync.signature"},
	wire.ProblemRevoked:     {fault.Forbidden, "fault.sync.revoked"},
	wire.ProblemUnknown:     {fault.NotFound, "fault.sync.unknown"},
	wire.ProblemGap:         {fault.Conflict, "fault.sync.gap"},
	wire.ProblemFork:        {fault.Conflict, "fault.sync.fork"},
	wire.ProblemEarly:       {fault.Conflict, "fault.sync.early"},
	wire.ProblemStale:       {fault.Conflict, "fault.sync.stale"},
	wire.ProblemCountry:     {fault.Conflict, "fault.sync.country"},
	wire.ProblemLarge:       {fault.Invalid, "fault.sync.large"},
	wire.ProblemVersion:     {fault.Newer, "fault.sync.version_program"},
	wire.ProblemBusy:        {fault.Offline, "fault.sync.busy"},
	wire.ProblemUnavailable: {fault.Offline, "fault.sync.unavailable"},
}

// problem makes the fault of a refusal, with the Problem as its cause.
func problem(p *wire.Problem, host string) error {
	s, ok := problems[p.Code]
	if !ok { // a later server of this version may know more words
		s.kind, s.key = fault.Offline, "fault.sync.refused"
	}
	return fault.Wrap(p, s.kind, s.key, "host", host, "seconds", max(p.Retry, 1))
}

// pairing says what the refusals mean while a code is used.
func pairing(err error, host string) error {
	var p *wire.Problem
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code {
	case wire.ProblemUnknown:
		return fault.Wrap(p, fault.NotFound, "fault.sync.code_unknown", "host", host)
	case wire.ProblemSignature:
		return fault.Wrap(p, fault.Forbidden, "fault.sync.code_refused", "host", host)
	}
	return err
}

// unsent is for a message that could not be made.
func (c *Client) unsent(err error) error {
	return fault.Wrap(err, fault.Internal, "fault.sync.unsent")
}

var errStrange = errors.New("client: the answer is none to the question")

// strange is for an answer that keeps the form and contradicts the question.
func (c *Client) strange(call string) error {
	return fault.Wrap(errStrange, fault.Offline, "fault.sync.answer", "host", c.host, "call", call)
}

// lost makes a fault of what went wrong on the way. outer is the caller's context,
// inner the one that the watch ends.
func (c *Client) lost(outer, inner context.Context, err error) error {
	if err == nil {
		return nil
	}
	var other *foreign
	var known *fault.Error
	switch {
	case errors.As(err, &other): // may hold a fault of its own
		return other.err
	case errors.As(err, &known):
		return err
	case errors.Is(err, errEnd):
		return err
	case errors.Is(outer.Err(), context.Canceled):
		return fault.Wrap(outer.Err(), fault.Internal, "fault.cancelled")
	case outer.Err() != nil, errors.Is(context.Cause(inner), errSlow), timeout(err):
		return fault.Wrap(err, fault.Offline, "fault.sync.slow", "host", c.host)
	}
	return fault.Wrap(err, fault.Offline, c.why(err), "host", c.host)
}

// foreign is an error of a reader or writer that the caller gave: it comes back as
// it was.
type foreign struct{ err error }

func (f *foreign) Error() string { return f.err.Error() }

func timeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// why finds the sentence for a connection that came to nothing.
func (c *Client) why(err error) string {
	var (
		dates   x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		op      *net.OpError
		unknown *net.DNSError
	)
	switch {
	case errors.Is(err, errPin):
		return "fault.sync.pin"
	case errors.As(err, &dates) && dates.Reason == x509.Expired:
		return "fault.sync.certificate_date"
	case errors.As(err, &verify):
		return "fault.sync.certificate"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "fault.sync.portal" // something answers, and not in TLS
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // an alert of TLS
		return "fault.sync.tls"
	case errors.As(err, &unknown), op != nil && op.Op == "dial":
		return "fault.sync.unreachable"
	}
	return "fault.sync.cut"
}

// Wait is how long the server asks to be left alone, where an error says so.
func Wait(err error) (time.Duration, bool) {
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != wire.ProblemBusy && p.Code != wire.ProblemUnavailable {
		return 0, false
	}
	return time.Duration(max(p.Retry, 1)) * time.Second, true
}
