package syncer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

// endedAway has a end b while the server can't be reached.
func endedAway(t *testing.T, h *hub, a, b *station) {
	t.Helper()
	h.end()
	unreached, err := syncer.Revoke(t.Context(), a.Store, b.Session().Device(), "stolen")
	if err != nil || len(unreached) != 1 {
		t.Fatal(unreached, err)
	}
	h.start()
}

// settled is three workstations that know each other.
func settled(t *testing.T) (h *hub, a, b, c *station) {
	t.Helper()
	h, a, b, c = three(t)
	for _, s := range []*station{b, c, a, b, c} {
		s.sync()
	}
	return h, a, b, c
}

// TestKeyringOfEndedReplaced: a workstation that was ended, and does not know it yet,
// replaces the keyring. Who ended it replaces that one and goes on, the server learns of
// the revocation, and what the others wrote meanwhile is read (R7.7).
func TestKeyringOfEndedReplaced(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, a, b, c := settled(t)
	p := b.patient("Сотрут")
	for _, s := range []*station{b, a, c} {
		s.sync()
	}
	endedAway(t, h, a, b)
	if unreached, err := syncer.Erase(ctx, b.Store, p.ID, ledger.Identity, ledger.Medical, ledger.Money, ledger.Letters); err != nil || len(unreached) > 0 {
		t.Fatal(unreached, err)
	}
	c.sync()
	q := c.patient("Под ключом отключённой")
	c.sync()
	a.sync()
	if _, err := b.trySync(); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("the server does not know of the revocation: %v", err)
	}
	r := a.patient("Под новым ключом")
	for _, s := range []*station{c, a, c} {
		s.sync()
	}
	if a.family(q.ID) != q.Family || c.family(r.ID) != r.Family {
		t.Fatal("keys are lost")
	}
	n := a.joined(h, "новая")
	n.sync()
	if n.family(q.ID) != q.Family || n.family(r.ID) != r.Family {
		t.Fatal("a new workstation can't read them")
	}
}

// TestBuiltOnEnded: what others wrote on top of an ended workstation's late entries
// comes to who ended it, and to a new workstation.
func TestBuiltOnEnded(t *testing.T) {
	t.Parallel()
	h, a, b, c := settled(t)
	p := b.patient("Общая")
	for _, s := range []*station{b, a, c} {
		s.sync()
	}
	endedAway(t, h, a, b)
	b.rename(p.ID, "Правка отключённой")
	b.sync()
	c.sync()
	_, _ = a.trySync() // it tells that something was left lying
	c.rename(p.ID, "Правка третьей")
	q := c.patient("Важная карта")
	_, _ = c.trySync()
	for range 2 {
		_, _ = a.trySync()
		_, _ = c.trySync()
	}
	a.reopen(store.Options{})
	if _, err := a.trySync(); err != nil {
		t.Fatal(err)
	}
	n := a.joined(h, "новая")
	n.sync()
	for _, s := range []*station{a, c, n} {
		if s.family(q.ID) != q.Family {
			t.Fatal("a card of a live workstation is lost")
		}
	}
}

// TestLeftLyingIsTold: as long as something is on the server and not here, a running
// exchange says so in its state; when it has come, the problem is gone.
func TestLeftLyingIsTold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, a, b, c := settled(t)
	p := b.patient("Общая")
	for _, s := range []*station{b, a, c} {
		s.sync()
	}
	endedAway(t, h, a, b)
	b.rename(p.ID, "Правка отключённой")
	b.sync()
	c.sync()
	x := running(t, a)
	news := make(chan struct{}, 1)
	t.Cleanup(x.Watch(func(syncer.State) {
		select {
		case news <- struct{}{}:
		default:
		}
	}))
	done := func() bool { l := x.State().Links; return len(l) == 1 && !l[0].Working && !l[0].Reached.IsZero() }
	until(t, 20*time.Second, news, done)
	q := c.patient("Важная карта")
	_, _ = c.trySync()
	// In every moment: either the card is here, or the state tells that something is not.
	for range 4 {
		before := x.State().Links[0].Tried
		x.Wake()
		until(t, 20*time.Second, news, func() bool { return done() && x.State().Links[0].Tried.After(before) })
		if _, err := a.Reader(ctx).Patient(q.ID); err != nil && x.State().Links[0].Problem == nil {
			t.Fatal("a card is not here, and the exchange says that all is well")
		}
	}
}

// TestFormerEnded: a workstation that was restored ends its former identity, that of
// the computer that was stolen, and goes on itself (R7.7).
func TestFormerEnded(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	a.reopen(store.Options{Outside: t.TempDir()})
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	former := a.Session().Device()
	a.reopen(store.Options{Outside: t.TempDir()}) // put back on a new computer
	if a.Session().Device() == former {
		t.Fatal("no new identity")
	}
	p := a.patient("После")
	a.sync()
	b.sync()
	if unreached, err := syncer.Revoke(ctx, a.Store, former, "stolen"); err != nil || len(unreached) > 0 {
		t.Fatal(unreached, err)
	}
	if d, err := h.depot.Device(ctx, a.Session().Organisation(), former); err != nil || d.Revoked.IsZero() {
		t.Fatal("the server goes on with the stolen one:", d, err)
	}
	q := a.patient("Ещё")
	a.sync()
	b.sync()
	n := a.joined(h, "новая")
	n.sync()
	for _, id := range []clinic.ID{p.ID, q.ID} {
		if b.family(id) == "" || n.family(id) == "" {
			t.Fatal("something is lost")
		}
	}
	same(t, a, b, n)
}

// TestSuccessorOfEnded: of a workstation at work whose former identity another
// administrator ends, nothing is lost, nor to a workstation that comes later.
func TestSuccessorOfEnded(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b := a.joined(h, "вторая")
	b.reopen(store.Options{Outside: t.TempDir()})
	b.sync()
	a.sync()
	former := b.Session().Device()
	b.reopen(store.Options{Outside: t.TempDir()})
	p := b.patient("Из восстановленной")
	for i := range 20 {
		b.rename(p.ID, fmt.Sprint("Правка ", i))
	}
	b.sync()
	a.sync()
	if unreached, err := syncer.Revoke(ctx, a.Store, former, "lost"); err != nil || len(unreached) > 0 {
		t.Fatal(unreached, err)
	}
	a.patient("Ещё")
	a.sync()
	b.sync()
	c := a.joined(h, "третья")
	c.sync()
	same(t, a, b, c)
}
