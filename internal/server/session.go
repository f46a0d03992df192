package server

import (
	"context"
	"crypto/ed25519"
	"slices"
	"sync"
	"time"

	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

func (s *Server) open(c *call, in *wire.Open) (any, error) {
	if err := s.knock(c, in.Org, in.Device); err != nil {
		return nil, err
	}
	by := depot.Caller{Org: in.Org, Device: in.Device}
	key, err := s.keys.of(c.ctx, by)
	if err != nil {
		return nil, err
	}
	prints, err := s.options.Certificate.Fingerprints()
	if err != nil {
		return nil, err
	}
	server := s.options.Depot.Server()
	if !slices.ContainsFunc(prints, func(print []byte) bool {
		return ed25519.Verify(key, wire.SessionText(server, in.Org, in.Device, in.Nonce, print), in.Signature)
	}) {
		return nil, problem(wire.ProblemSignature)
	}
	token, err := s.options.Depot.OpenSession(c.ctx, by, in.Nonce, s.options.SessionLife, s.options.Now())
	if err != nil {
		return nil, err
	}
	c.seen.org, c.seen.device = by.Org, by.Device
	return &wire.Opened{Token: token, Seconds: uint32(s.options.SessionLife / time.Second)}, nil
}

// keys remembers workstations' signing keys, which never change: an entry is
// checked without asking the database.
type keys struct {
	depot depot.Depot

	mu    sync.Mutex
	known map[depot.Caller]ed25519.PublicKey
}

// maxKnown bounds what keys remembers; then it begins anew.
const maxKnown = 50_000

func newKeys(d depot.Depot) *keys {
	return &keys{depot: d, known: map[depot.Caller]ed25519.PublicKey{}}
}

// of gives a workstation's key, also of a revoked one; depot.ErrUnknown.
func (k *keys) of(ctx context.Context, who depot.Caller) (ed25519.PublicKey, error) {
	k.mu.Lock()
	key := k.known[who]
	k.mu.Unlock()
	if key != nil {
		return key, nil
	}
	d, err := k.depot.Device(ctx, who.Org, who.Device)
	if err != nil {
		return nil, err
	}
	if len(d.SignKey) != ed25519.PublicKeySize {
		return nil, depot.ErrUnknown
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= maxKnown {
		clear(k.known)
	}
	k.known[who] = ed25519.PublicKey(d.SignKey)
	return k.known[who], nil
}

// stand completes a standing with the server's time.
func (s *Server) stand(st wire.Standing) wire.Standing {
	st.Time = s.options.Now().UnixMilli()
	return st
}

func (s *Server) devices(c *call, _ *wire.Devices) (any, error) {
	st, err := s.options.Depot.Standing(c.ctx, c.by.Org)
	if err != nil {
		return nil, err
	}
	all, err := s.options.Depot.Devices(c.ctx, c.by.Org)
	if err != nil {
		return nil, err
	}
	out := &wire.DeviceList{Standing: s.stand(st), Devices: make([]wire.Device, 0, len(all))}
	for _, d := range all {
		out.Devices = append(out.Devices, wire.Device{ID: d.ID, Added: milli(d.Added), Contact: milli(d.Contact), Revoked: milli(d.Revoked), Seq: d.Seq})
	}
	return out, nil
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
