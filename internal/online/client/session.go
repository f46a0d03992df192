package client

import (
	"context"
	"errors"
	"sync"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// Session is a workstation of an organisation at a server. It may be used by many
// goroutines, a long Pull beside pushes. A session that the server has ended is
// opened anew, once a call.
type Session struct {
	client      *Client
	org, device ledger.ID
	sign        func([]byte) []byte

	opening chan struct{} // holds one while somebody opens
	mu      sync.Mutex
	token   string
	mark    mark
}

// Session opens a session: challenge, signature by the workstation's key (sign gives
// Ed25519 over the text), token.
func (c *Client) Session(ctx context.Context, org, device ledger.ID, sign func([]byte) []byte) (*Session, error) {
	s := &Session{client: c, org: org, device: device, sign: sign, opening: make(chan struct{}, 1)}
	if err := s.open(ctx, ""); err != nil {
		return nil, err
	}
	return s, nil
}

// Client is the server the session is at.
func (s *Session) Client() *Client { return s.client }

// open gets a token in the place of the one that was refused; where another
// goroutine has got one meanwhile, that one stays.
func (s *Session) open(ctx context.Context, refused string) error {
	select {
	case s.opening <- struct{}{}:
	case <-ctx.Done():
		return s.client.lost(ctx, ctx, ctx.Err())
	}
	defer func() { <-s.opening }()
	if s.held() != refused {
		return nil
	}
	var ch wire.Challenged
	seen, err := s.client.call(ctx, request{path: wire.PathChallenge, again: true}, &wire.Challenge{Org: s.org, Device: s.device}, &ch)
	if err != nil {
		return err
	}
	text := wire.SessionText(s.client.Greeting().Server, s.org, s.device, ch.Nonce, fingerprint(seen))
	var opened wire.Opened
	_, err = s.client.call(ctx, request{path: wire.PathOpen}, &wire.Open{
		Org: s.org, Device: s.device, Nonce: ch.Nonce, Signature: s.sign(text),
	}, &opened)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = opened.Token
	return nil
}

func (s *Session) held() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// do makes a call with the session's token, opening the session anew once.
func (s *Session) do(ctx context.Context, r request, in, out any) error {
	return s.again(ctx, func(token string) error {
		r.token = token
		_, err := s.client.call(ctx, r, in, out)
		return err
	})
}

func (s *Session) again(ctx context.Context, call func(token string) error) error {
	token := s.held()
	err := call(token)
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != wire.ProblemToken {
		return err
	}
	if err := s.reopen(ctx, token); err != nil {
		return err
	}
	return call(s.held())
}

// reopen opens the session at what may be another database by now: a server that
// was restored names another id.
func (s *Session) reopen(ctx context.Context, refused string) error {
	if _, err := s.client.Hello(ctx); err != nil {
		return err
	}
	return s.open(ctx, refused)
}
