package client

import (
	"context"
	"time"

	"feldsher/internal/online/wire"
)

// State asks how things stand, with the heads of all chains.
func (s *Session) State(ctx context.Context) (*wire.Standing, error) {
	return stand(ctx, s, request{path: wire.PathState, again: true}, &wire.State{}, func(o *wire.Standing) *wire.Standing { return o })
}

// Push hands entries over. A Problem of gap, fork or early says by At which entry
// is at fault; those before it are stored.
func (s *Session) Push(ctx context.Context, in *wire.Push) (*wire.Pushed, error) {
	return stand(ctx, s, request{path: wire.PathPush, again: true}, in, func(o *wire.Pushed) *wire.Standing { return &o.Standing })
}

// Pull asks for entries; with WaitMS it waits for some. Since is a place that the
// server of Greeting has given: if it has fewer entries, that is ErrBehind.
func (s *Session) Pull(ctx context.Context, in *wire.Pull) (*wire.Pulled, error) {
	r := request{path: wire.PathPull, again: true, shrink: true, wait: time.Duration(in.WaitMS) * time.Millisecond}
	out, err := stand(ctx, s, r, in, func(o *wire.Pulled) *wire.Standing { return &o.Standing })
	switch {
	case err != nil:
		return nil, err
	case !fitsPull(in, out):
		return nil, s.client.strange(r.path)
	case out.Standing.Ordinal < in.Since && out.Standing.Server == s.client.Greeting().Server:
		return nil, s.client.behind(&out.Standing)
	}
	return out, err
}

// RingPull asks for records of the keyring.
func (s *Session) RingPull(ctx context.Context, in *wire.RingPull) (*wire.RingPulled, error) {
	r := request{path: wire.PathRingPull, again: true}
	out, err := stand(ctx, s, r, in, func(o *wire.RingPulled) *wire.Standing { return &o.Standing })
	if err == nil && !fitsRing(in, out) {
		return nil, s.client.strange(r.path)
	}
	return out, err
}

// RingPush appends records to the keyring, and wraps for those who lack one. Made
// twice it appends the records twice, which costs room and harms nothing.
func (s *Session) RingPush(ctx context.Context, in *wire.RingPush) (*wire.RingPushed, error) {
	return stand(ctx, s, request{path: wire.PathRingPush}, in, func(o *wire.RingPushed) *wire.Standing { return &o.Standing })
}

// RingRenew hands over a part of the next generation.
func (s *Session) RingRenew(ctx context.Context, in *wire.RingRenew) (*wire.RingPushed, error) {
	return stand(ctx, s, request{path: wire.PathRingRenew, again: true}, in, func(o *wire.RingPushed) *wire.Standing { return &o.Standing })
}

// Devices lists what the server knows of the organisation's workstations.
func (s *Session) Devices(ctx context.Context) (*wire.DeviceList, error) {
	return stand(ctx, s, request{path: wire.PathDevices, again: true}, &wire.Devices{}, func(o *wire.DeviceList) *wire.Standing { return &o.Standing })
}

// Order asks for what only an administrator may order (SignOrder makes it). The
// same order may be sent again.
func (s *Session) Order(ctx context.Context, in *wire.Order) (*wire.Ordered, error) {
	return stand(ctx, s, request{path: wire.PathOrder, again: true}, in, func(o *wire.Ordered) *wire.Standing { return &o.Standing })
}
