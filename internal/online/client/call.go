package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// request is one call as HTTP sees it.
type request struct {
	method string // POST if empty
	path   string
	token  string
	wait   time.Duration // that the server may hold the answer
	shrink bool          // the question may be worth compressing: what is sealed isn't
	again  bool          // the transport may send it once more when a kept connection turns out dead
	body   []byte
	media  string
	header http.Header
	bytes  bool // the answer is a part of an attachment
}

// mediaBytes is the type of parts of attachments.
const mediaBytes = "application/octet-stream"

// pack is how small a body is not worth compressing.
const pack = 1 << 10

// expect is how large a body is only sent once the server has agreed to read it: a
// session that has ended, or a call too many, is refused at once then, and the
// refusal does not drown in what is still on its way.
const expect = 64 << 10

// call sends a message and decodes the answer into out. It gives the TLS under the
// answer, nil over plain HTTP.
func (c *Client) call(ctx context.Context, r request, in, out any) (*tls.ConnectionState, error) {
	if in != nil {
		body, err := wire.Marshal(in)
		if err != nil {
			return nil, c.unsent(err)
		}
		r.body, r.media = body, wire.MediaType
		if r.shrink {
			if small := compressed(body); small != nil {
				r.body, r.header = small, http.Header{"Content-Encoding": {"zstd"}}
			}
		}
	}
	var seen *tls.ConnectionState
	err := c.send(ctx, r, func(resp *http.Response) error {
		seen = resp.TLS
		body, err := c.answer(resp, wire.MaxBody)
		if err != nil {
			return err
		}
		if err := wire.Unmarshal(body, out); err != nil {
			if r.path == wire.PathHello {
				return fault.Wrap(err, fault.Offline, "fault.sync.portal", "host", c.host)
			}
			return fault.Wrap(err, fault.Offline, "fault.sync.answer", "host", c.host, "call", r.path)
		}
		return nil
	})
	return seen, err
}

// compressed gives a body's smaller form, nil where it isn't worth it.
func compressed(body []byte) []byte {
	if len(body) < pack {
		return nil
	}
	small := wire.Compress(body)
	if len(small) > len(body)-len(body)/16 {
		return nil
	}
	return small
}

// send makes the exchange and hands the answer over, if it is one of a licensord
// and no Problem; whatever goes wrong comes back as a fault.
func (c *Client) send(ctx context.Context, r request, take func(*http.Response) error) error {
	outer := ctx
	ctx, w := watching(ctx, 2*c.wait.connect+c.wait.idle)
	defer w.stop()
	req, err := c.request(ctx, r, w)
	if err != nil {
		return c.unsent(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.lost(outer, ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	resp.Body = body{fed{resp.Body, w.answer, c.wait.idle, c.wait.idle}, resp.Body}
	w.answer(c.wait.idle)
	if err := c.refused(resp, r); err != nil {
		return c.lost(outer, ctx, err)
	}
	return c.lost(outer, ctx, take(resp))
}

type body struct {
	io.Reader
	io.Closer
}

func (c *Client) request(ctx context.Context, r request, w *watch) (*http.Request, error) {
	method := r.method
	if method == "" {
		method = http.MethodPost
	}
	last := c.wait.answer + r.wait + time.Duration(int64(len(r.body))/c.wait.rate)*time.Second
	reader := func() io.Reader { return fed{bytes.NewReader(r.body), w.ask, c.wait.idle, last} }
	req, err := http.NewRequestWithContext(ctx, method, c.base+r.path, nil)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if len(r.body) > 0 {
		req.Body, req.ContentLength = io.NopCloser(reader()), int64(len(r.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(reader()), nil }
	} else {
		w.ask(2*c.wait.connect + last)
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "feldsher")
	req.Header.Set("Accept-Encoding", "zstd")
	if r.media != "" {
		req.Header.Set("Content-Type", r.media)
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if len(r.body) > expect {
		req.Header.Set("Expect", "100-continue")
	}
	if r.again {
		req.Header["Idempotency-Key"] = nil // tells net/http only; nothing is sent
	}
	return req, nil
}

// refused tells an answer that is not the one asked for: a Problem, a redirect, a
// page of somebody else's.
func (c *Client) refused(resp *http.Response, r request) error {
	status, want := http.StatusOK, wire.MediaType
	if r.bytes {
		status, want = http.StatusPartialContent, mediaBytes
	}
	is := media(resp)
	switch {
	case resp.StatusCode == status && is == want:
		return nil
	case r.bytes && resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return errEnd
	case is != wire.MediaType && resp.StatusCode >= 500 && resp.StatusCode != http.StatusNetworkAuthenticationRequired:
		return fault.New(fault.Offline, "fault.sync.unavailable", "host", c.host)
	case is != wire.MediaType, resp.StatusCode < 400:
		return fault.New(fault.Offline, "fault.sync.portal", "host", c.host)
	}
	b, err := c.answer(resp, maxProblem)
	if err != nil {
		return err
	}
	p := new(wire.Problem)
	if err := wire.Unmarshal(b, p); err != nil {
		return fault.Wrap(err, fault.Offline, "fault.sync.answer", "host", c.host, "call", r.path)
	}
	return problem(p, c.host)
}

// maxProblem holds a Problem with as many heads as there may be.
const maxProblem = 1 << 20

func media(resp *http.Response) string {
	m, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return m
}

// errLarge says that an answer is larger than the protocol allows.
var errLarge = errors.New("client: answer too large")

// answer reads a body within a limit, and unpacks it.
func (c *Client) answer(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, fault.Wrap(errLarge, fault.Offline, "fault.sync.answer", "host", c.host)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("client: read: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fault.Wrap(errLarge, fault.Offline, "fault.sync.answer", "host", c.host)
	}
	switch resp.Header.Get("Content-Encoding") {
	case "":
		return b, nil
	case "zstd":
		out, err := wire.Decompress(b)
		return out, fault.Wrap(err, fault.Offline, "fault.sync.answer", "host", c.host)
	}
	return nil, fault.New(fault.Offline, "fault.sync.portal", "host", c.host)
}
