package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// ParseCode reads a code that a person typed; fault.sync.code_typed says that it
// was mistyped, at the field "code".
func ParseCode(typed string) (wire.Code, error) {
	c, err := wire.ParseCode(typed)
	if err != nil {
		return c, &fault.Error{Kind: fault.Invalid, Key: "fault.sync.code_typed", Field: "code", Err: err}
	}
	return c, nil
}

// Pair finds a server and has it prove that it knows the code, over a connection
// whose certificate nobody has vouched for yet: the proof covers the certificate,
// so whoever stands between can neither make one nor pass one on. The Client that
// comes back talks to this certificate only. Where the ordinary roots vouch for it
// too, they are to do so from the next Dial on (Pin is empty): such certificates are
// exchanged every few weeks.
func Pair(ctx context.Context, url string, code wire.Code, o Options) (*Client, error) {
	open, err := newClient(url, o, trust{any: true})
	if err != nil {
		return nil, err
	}
	defer open.Close()
	if _, err := open.Hello(ctx); err != nil {
		return nil, err
	}
	ask := wire.Prove{Code: code.ID(), Nonce: make([]byte, 32)}
	_, _ = rand.Read(ask.Nonce)
	var proof wire.Proof
	seen, err := open.call(ctx, request{path: wire.PathProve, again: true}, &ask, &proof)
	if err != nil {
		return nil, pairing(err, open.host)
	}
	o.Pin = fingerprint(seen)
	if !wire.SameMAC(proof.MAC, wire.ProofMAC(code.MACKey(), ask.Nonce, o.Pin)) {
		return nil, fault.New(fault.Offline, "fault.sync.proof", "host", open.host)
	}
	c, err := Dial(ctx, url, o)
	if err == nil && vouched(seen, open.name, o.Roots, time.Now()) {
		c.pin = nil
	}
	return c, err
}

// PinAndLink ties an organisation to a server by the operator's code. Repeating it
// with the same body is harmless.
func PinAndLink(ctx context.Context, url string, code wire.Code, body wire.LinkBody, o Options) (*Client, *wire.Linked, error) {
	c, err := Pair(ctx, url, code, o)
	if err != nil {
		return nil, nil, err
	}
	linked, err := c.link(ctx, code, body)
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, linked, nil
}

func (c *Client) link(ctx context.Context, code wire.Code, body wire.LinkBody) (*wire.Linked, error) {
	if stands := c.Greeting().Country; stands != "" && stands != body.Country {
		return nil, problem(&wire.Problem{Code: wire.ProblemCountry}, c.host)
	}
	encoded, err := wire.Marshal(&body)
	if err != nil {
		return nil, c.unsent(err)
	}
	linked := new(wire.Linked)
	_, err = c.call(ctx, request{path: wire.PathLink, again: true}, &wire.Link{
		Code: code.ID(), Body: encoded, MAC: wire.MAC(code.MACKey(), "link", encoded),
	}, linked)
	if err != nil {
		return nil, pairing(err, c.host)
	}
	return linked, nil
}

// PinAndJoin fetches an invitation and opens it. joiner are 32 random bytes that the
// caller keeps: only with the same ones the same invitation comes again after an
// error.
func PinAndJoin(ctx context.Context, url string, code wire.Code, joiner []byte, o Options) (*Client, []byte, error) {
	c, err := Pair(ctx, url, code, o)
	if err != nil {
		return nil, nil, err
	}
	plain, err := c.join(ctx, code, joiner)
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, plain, nil
}

func (c *Client) join(ctx context.Context, code wire.Code, joiner []byte) ([]byte, error) {
	var joined wire.Joined
	_, err := c.call(ctx, request{path: wire.PathJoin, again: true}, &wire.Join{
		Code: code.ID(), Joiner: joiner, MAC: wire.MAC(code.MACKey(), "join", joiner),
	}, &joined)
	if err != nil {
		return nil, pairing(err, c.host)
	}
	plain, err := code.Open(joined.Sealed)
	return plain, fault.Wrap(err, fault.Damaged, "fault.sync.invitation", "host", c.host)
}

// SignOrder closes an order: body gets a nonce where it has none, key is the
// Ed25519 public key that sign signs with.
func SignOrder(body wire.OrderBody, key []byte, sign func([]byte) []byte) (*wire.Order, error) {
	if len(body.Nonce) == 0 {
		body.Nonce = make([]byte, 16)
		_, _ = rand.Read(body.Nonce)
	}
	encoded, err := wire.Marshal(&body)
	if err != nil {
		return nil, fault.Wrap(fmt.Errorf("client: order: %w", err), fault.Internal, "fault.sync.unsent")
	}
	return &wire.Order{Body: encoded, Key: key, Signature: sign(wire.OrderText(encoded))}, nil
}
