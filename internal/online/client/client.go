package client

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// Options say whom a Client trusts.
type Options struct {
	// Pin is the SHA-256 of the SubjectPublicKeyInfo of the server's certificate,
	// which then counts alone; empty: the ordinary roots vouch for the server.
	Pin []byte
	// Roots replace the system's, where Pin is empty; nil: the system's.
	Roots *x509.CertPool
	// Now is the clock that Offset is measured against; nil: time.Now.
	Now func() time.Time

	patience patience // zero: usual
}

// Client is a server that has said Hello. It may be used by many goroutines.
type Client struct {
	base string // without a slash at the end
	host string // with its port, for sentences
	name string // without
	pin  []byte
	now  func() time.Time
	http *http.Client
	wait patience

	mu     sync.Mutex
	hello  wire.Hello
	offset time.Duration
}

// Dial finds the server at an address (https://host[:port][/path]; https is meant
// where it is left out) and exchanges Hello with it. Errors: fault.sync.address,
// unreachable, slow, cut, portal, tls, certificate, certificate_date, pin,
// version_program, version_server and others.
func Dial(ctx context.Context, url string, o Options) (*Client, error) {
	c, err := newClient(url, o, trustOf(o))
	if err != nil {
		return nil, err
	}
	if _, err := c.Hello(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func newClient(url string, o Options, trust trust) (*Client, error) {
	base, err := address(url)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base.String(), host: base.Host, name: base.Hostname(), pin: o.Pin, now: o.Now, wait: o.patience}
	if c.now == nil {
		c.now = time.Now
	}
	if c.wait == (patience{}) {
		c.wait = usual
	}
	c.http = &http.Client{
		Transport:     transport(trust, c.wait),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Close lets go of idle connections. Calls under way end by their contexts.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// URL is the server's address in its full form, as it can be kept and dialled again.
func (c *Client) URL() string { return c.base }

// Pin is what the next Dial is to be given: empty where the ordinary roots vouch
// for the server.
func (c *Client) Pin() []byte { return c.pin }

// Greeting is the last Hello.
func (c *Client) Greeting() wire.Hello {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hello
}

// Offset is how far the server's clock was ahead of ours at the last Hello, half of
// the answer's time taken off.
func (c *Client) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// Hello asks the server who it is, and measures the clocks' offset anew.
func (c *Client) Hello(ctx context.Context) (wire.Hello, error) {
	var h wire.Hello
	var asked, answered time.Time // connecting and the TLS handshake left out
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { asked = c.now() },
		GotFirstResponseByte: func() { answered = c.now() },
	})
	if _, err := c.call(ctx, request{path: wire.PathHello, again: true}, nil, &h); err != nil {
		return h, err
	}
	if h.Magic != wire.HelloMagic {
		return h, fault.New(fault.Offline, "fault.sync.portal", "host", c.host)
	}
	switch {
	case h.Oldest > wire.Version:
		return h, fault.New(fault.Newer, "fault.sync.version_program", "host", c.host)
	case h.Newest < wire.Version:
		return h, fault.New(fault.Offline, "fault.sync.version_server", "host", c.host)
	}
	half := answered.Sub(asked) / 2
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hello, c.offset = h, time.UnixMilli(h.Time).Sub(asked.Add(half))
	return h, nil
}
