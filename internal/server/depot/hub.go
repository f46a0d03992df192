package depot

import (
	"context"
	"sync"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// hub wakes those who wait for something of an organisation to move.
type hub struct {
	mu    sync.Mutex
	rooms map[ledger.ID]*room
}

// room is where the callers of one organisation wait; its channel is closed to wake
// them, and the next ones find another.
type room struct {
	woken chan struct{}
	users int
}

func (h *hub) enter(org ledger.ID) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[org]
	if r == nil {
		if h.rooms == nil {
			h.rooms = map[ledger.ID]*room{}
		}
		r = &room{woken: make(chan struct{})}
		h.rooms[org] = r
	}
	r.users++
	return r
}

func (h *hub) leave(org ledger.ID, r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.users--; r.users == 0 && h.rooms[org] == r {
		delete(h.rooms, org)
	}
}

func (h *hub) wake(org ledger.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.rooms[org]; r != nil {
		close(r.woken)
		delete(h.rooms, org)
	}
}

func (h *hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for org, r := range h.rooms {
		close(r.woken)
		delete(h.rooms, org)
	}
}

// moved tells everybody, in this process and in others, after a commit.
func (d *depot) moved(org ledger.ID) {
	d.hub.wake(org)
	d.engine.announce(org)
}

// Wait implements Depot.
func (d *depot) Wait(ctx context.Context, org ledger.ID, ordinal uint64, gen uint32, n uint64) (wire.Standing, error) {
	for {
		r := d.hub.enter(org) // before looking, so that nothing falls between
		s, err := d.Standing(ctx, org)
		if err != nil || s.Ordinal != ordinal || s.RingGen != gen || s.RingN != n {
			d.hub.leave(org, r)
			return s, err
		}
		select {
		case <-r.woken:
		case <-ctx.Done():
			d.hub.leave(org, r)
			return wire.Standing{}, ctx.Err()
		case <-d.quit:
			return wire.Standing{}, ErrClosed
		}
	}
}
