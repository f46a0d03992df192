package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

// TestTwoWorkstations: what is written on one is on the other, both ways.
func TestTwoWorkstations(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	p := a.patient("Берёзкин")
	if r := a.sync(); r.Pushed == 0 || r.Pulled != 0 {
		t.Fatalf("%+v", r)
	}
	b := a.joined(h, "вторая")
	if r := b.sync(); r.Pulled == 0 {
		t.Fatalf("%+v", r)
	}
	if b.family(p.ID) != "Берёзкин" {
		t.Fatal("the card has not come")
	}
	b.rename(p.ID, "Осинин")
	q := b.patient("Второй")
	b.sync()
	a.sync()
	if a.family(p.ID) != "Осинин" || a.family(q.ID) != "Второй" {
		t.Fatal("the change has not come back")
	}
	if q.CaseNumber == p.CaseNumber {
		t.Fatal("case numbers clash")
	}
	same(t, a, b)
	for _, s := range []*station{a, b} {
		if r := s.sync(); r.Pushed != 0 || r.Pulled != 0 {
			t.Fatalf("nothing is new, and %+v", r)
		}
	}
}

// TestUnlinked: without a server there is nothing to exchange with.
func TestUnlinked(t *testing.T) {
	a := founded(t)
	if _, err := a.trySync(); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
}

// running has a workstation exchange until the test ends.
func running(t *testing.T, s *station) *syncer.Syncer {
	t.Helper()
	x := syncer.New(s.Store, syncer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return x
}

// until waits for something that a store's or a syncer's news will bring about.
func until(t *testing.T, limit time.Duration, news <-chan struct{}, is func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	late := time.After(limit)
	for !is() {
		select {
		case <-news:
		case <-late:
			t.Fatalf("not within %v", limit)
		}
	}
	return time.Since(start)
}

func tells(s *station) <-chan struct{} {
	c := make(chan struct{}, 1)
	s.t.Cleanup(s.Watch(func([]string) {
		select {
		case c <- struct{}{}:
		default:
		}
	}))
	return c
}

// TestNews: a change on one workstation is on the other within two seconds, both
// ways and again after the server was away (issue 4).
func TestNews(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	news, back := tells(b), tells(a)
	running(t, a)
	x := running(t, b)
	for i := range 5 {
		p := a.patient(fmt.Sprintf("Номер%d", i))
		took := until(t, 2*time.Second, news, func() bool {
			q, err := b.Reader(context.Background()).Patient(p.ID)
			return err == nil && q.Family == p.Family
		})
		b.rename(p.ID, "Обратно")
		again := until(t, 2*time.Second, back, func() bool { return a.family(p.ID) == "Обратно" })
		t.Logf("there %v, back %v", took, again)
		if i == 2 {
			h.end()
			h.start()
			x.Wake()
			// After a failure each side waits a little; what was written meanwhile comes.
			p := a.patient("Пока сервера не было")
			until(t, 20*time.Second, news, func() bool {
				_, err := b.Reader(context.Background()).Patient(p.ID)
				return err == nil
			})
		}
	}
	state := x.State()
	if len(state.Links) != 1 || state.Last.IsZero() || state.Links[0].URL != h.url() {
		t.Fatalf("%+v", state)
	}
	same(t, a, b)
}

// TestRevoked: a workstation that was ended gets nothing more, nothing that it
// writes is taken, and the others go on under new keys (R7.7).
func TestRevoked(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b, c := a.joined(h, "вторая"), a.joined(h, "третья")
	for _, s := range []*station{b, c, a, b, c} {
		s.sync()
	}
	taken := b.patient("Успела")
	b.sync()
	if _, err := syncer.Revoke(ctx, b.Store, b.Session().Device(), "lost"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a workstation ends itself: %v", err)
	}
	unreached, err := syncer.Revoke(ctx, c.Store, b.Session().Device(), "stolen")
	if err != nil || len(unreached) > 0 {
		t.Fatal(err, unreached)
	}
	b.patient("Опоздала")
	if _, err := b.trySync(); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("a workstation that was ended exchanges: %v", err)
	}
	secret := c.patient("Новая тайна")
	c.sync()
	a.sync()
	if a.family(secret.ID) != "Новая тайна" || a.family(taken.ID) != "Успела" {
		t.Fatal("the others did not go on")
	}
	same(t, a, c)
}

// TestErased: what was erased on one workstation is erased on the others before they
// hand anything over, also on one that returns much later (R10.3).
func TestErased(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	p, stays := a.patient("Забытый"), a.patient("Остаётся")
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	b.rename(p.ID, "Правка")
	unreached, err := syncer.Erase(ctx, a.Store, p.ID, ledger.Identity, ledger.Medical, ledger.Money, ledger.Letters)
	if err != nil || len(unreached) > 0 {
		t.Fatal(err, unreached)
	}
	b.sync()
	a.sync()
	for _, s := range []*station{a, b} {
		if _, err := s.Reader(ctx).Patient(p.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("the erased card: %v", err)
		}
		if s.family(stays.ID) != "Остаётся" {
			t.Fatal("another card is gone")
		}
	}
	same(t, a, b)
}

// TestServerPutBack: a server that was put back from an older copy gets again what
// it has lost, from whoever has it.
func TestServerPutBack(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.patient("До копии")
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	h.end()
	copied := t.TempDir()
	copyDir(t, h.dir, copied)
	h.start()
	p := b.patient("После копии")
	b.sync()
	a.sync()
	h.end()
	// As an operator puts a backup back: the database only, and says so.
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, copied, h.dir)
	h.start()
	if _, err := h.depot.Restored(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.end()
	h.start()
	q := a.patient("После возврата")
	if r := a.sync(); r.Pushed < 2 {
		t.Fatalf("the server did not get back what it had lost: %+v", r)
	}
	b.sync()
	c := a.joined(h, "третья")
	c.sync()
	if c.family(p.ID) != "После копии" || c.family(q.ID) != "После возврата" {
		t.Fatal("something is lost")
	}
	b.sync()
	same(t, a, b, c)
}

// TestForgottenWorkstation: a server put back to before a workstation was let in
// learns of it again from an administrator's.
func TestForgottenWorkstation(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	h.end()
	copied := t.TempDir()
	copyDir(t, h.dir, copied)
	h.start()
	b := a.joined(h, "вторая")
	p := b.patient("Забытой станции")
	b.sync()
	a.sync()
	h.end()
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, copied, h.dir)
	h.start()
	if _, err := h.depot.Restored(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.end()
	h.start()
	if _, err := b.trySync(); err == nil {
		t.Fatal("the server knows a workstation that it can't know")
	}
	a.sync()
	b.rename(p.ID, "Вспомнили")
	b.sync()
	a.sync()
	if a.family(p.ID) != "Вспомнили" {
		t.Fatal("it did not come back")
	}
	same(t, a, b)
}

// TestRingRenewedMeanwhile: a workstation that was let in while another one replaced
// the keyring without knowing of it gets the wrapping key from that one.
func TestRingRenewedMeanwhile(t *testing.T) {
	ctx := context.Background()
	h, a, b, c := three(t)
	p, gone := a.patient("Останется"), a.patient("Уйдёт")
	for _, s := range []*station{a, b, c} {
		s.sync()
	}
	code, _, err := syncer.Invite(ctx, a.Store, "четвёртая")
	if err != nil {
		t.Fatal(err)
	}
	if unreached, err := syncer.Erase(ctx, c.Store, gone.ID, ledger.Identity, ledger.Medical); err != nil || len(unreached) > 0 {
		t.Fatal(unreached, err)
	}
	st, err := syncer.Join(ctx, filepath.Join(t.TempDir(), "четвёртая"), h.url(), code, login, password, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &station{t, "", st}
	t.Cleanup(func() { _ = st.Close() })
	d.sync()
	if d.family(p.ID) != "Останется" {
		t.Fatal("it can't read")
	}
	q := d.patient("Её собственный")
	d.sync()
	for _, s := range []*station{a, b, c} {
		s.sync()
	}
	if b.family(q.ID) != "Её собственный" {
		t.Fatal("the others can't read it")
	}
	same(t, a, b, c, d)
}

// TestServerPutBackUnsaid: a server that was put back whole, witness and all, and goes
// on under its name, gives its numbers anew to other entries. Everybody gets all
// nevertheless, and who had seen more says so.
func TestServerPutBackUnsaid(t *testing.T) {
	h, a, b, c := three(t)
	h.end()
	copied := t.TempDir()
	copyDir(t, h.dir, copied)
	h.start()
	p := a.patient("Забыта сервером")
	for range 5 {
		a.patient("Ещё")
	}
	a.sync()
	b.sync()
	h.end()
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, copied, h.dir)
	h.start()
	q := c.patient("Под чужим номером")
	for range 9 {
		c.patient("И ещё")
	}
	c.sync()
	b.sync() // numbers have grown past what it had seen
	if b.family(q.ID) != "Под чужим номером" {
		t.Fatal("an entry under a number given twice is lost")
	}
	_, err := a.trySync()
	if err != nil && !errors.Is(err, client.ErrBehind) {
		t.Fatal(err)
	}
	for range 2 {
		for _, s := range []*station{c, a, b} {
			s.sync()
		}
	}
	d := a.joined(h, "четвёртая")
	d.sync()
	if d.family(p.ID) != "Забыта сервером" {
		t.Fatal("what the server had lost was not given back")
	}
	same(t, a, b, c, d)
}
