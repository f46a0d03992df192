package syncer_test

import (
	"context"
	"testing"

	"feldsher/internal/ledger"
	"feldsher/internal/online/syncer"
)

// TestRenewedWhileOthersWrite: an erasure replaces the keyring though another
// workstation hands over new keys all the while, and none of those is lost (R10.3).
func TestRenewedWhileOthersWrite(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	p := a.patient("Сотрут")
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	many := make([]ledger.ID, 20_000)
	for i := range many {
		many[i] = ledger.NewID()
	}
	if err := a.Session().Keyring().Ensure(many, 1); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan []ledger.ID)
	go func() {
		var made []ledger.ID
		for {
			select {
			case <-stop:
				done <- made
				return
			default:
				made = append(made, b.patient("Ещё").ID)
				if _, err := b.trySync(); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	unreached, err := syncer.Erase(ctx, a.Store, p.ID, ledger.Identity, ledger.Medical, ledger.Money, ledger.Letters)
	close(stop)
	made := <-done
	if err != nil || len(unreached) > 0 {
		t.Fatal(unreached, err)
	}
	for _, s := range []*station{b, a} {
		s.sync()
	}
	c := a.joined(h, "третья")
	c.sync()
	for _, id := range made {
		if a.family(id) != "Ещё" || c.family(id) != "Ещё" {
			t.Fatal("a key is lost")
		}
	}
	if len(made) == 0 {
		t.Fatal("nobody has written meanwhile")
	}
	same(t, a, b, c)
}

// TestStickBesideServer: what a stick has brought to one workstation goes on to the
// server, keys and all, and from there to others.
func TestStickBesideServer(t *testing.T) {
	_, a, b, c := three(t)
	dir := t.TempDir()
	p := a.patient("Со съёмного носителя")
	a.stick(dir)
	b.stick(dir)
	q := b.patient("С сервера")
	b.sync()
	c.sync()
	if c.family(p.ID) != p.Family || c.family(q.ID) != q.Family {
		t.Fatal("it did not go on")
	}
	c.stick(dir)
	a.stick(dir)
	for _, s := range []*station{a, b, c} {
		s.sync()
	}
	same(t, a, b, c)
}
