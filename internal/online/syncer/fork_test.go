package syncer_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

// TestCopiedDirectory: two copies of a workstation's directory at work at once lose
// nothing of either: the one that was moved gets a new identity, which the server
// learns from the former one.
func TestCopiedDirectory(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	notes := t.TempDir()
	b.reopen(store.Options{Outside: notes})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	twin := &station{t, filepath.Join(t.TempDir(), "копия"), nil}
	copyDir(t, b.dir, twin.dir)
	b.open(store.Options{Outside: notes})
	twin.open(store.Options{Outside: notes})
	t.Cleanup(func() { _ = twin.Close() })
	if twin.Session().Device() == b.Session().Device() {
		t.Fatal("two directories have one identity")
	}
	p, q := b.patient("На прежнем"), twin.patient("На копии")
	if p.CaseNumber == q.CaseNumber {
		t.Fatal("case numbers clash")
	}
	for range 2 {
		for _, s := range []*station{twin, b, a} {
			s.sync()
		}
	}
	for _, s := range []*station{a, b, twin} {
		if s.family(p.ID) != "На прежнем" || s.family(q.ID) != "На копии" {
			t.Fatal("something is lost")
		}
	}
	same(t, a, b, twin)
}

// TestPutBackUnnoticed: a directory that was put back from an older copy, on a
// computer that has no note of it, learns from the server that it was further.
func TestPutBackUnnoticed(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	old := &station{t, filepath.Join(t.TempDir(), "прежнее"), nil}
	copyDir(t, b.dir, old.dir)
	b.open(store.Options{})
	p := b.patient("После копии")
	b.sync()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	old.open(store.Options{})
	t.Cleanup(func() { _ = old.Close() })
	was := old.Session().Device()
	q := old.patient("После возврата")
	for range 2 {
		old.sync()
		a.sync()
	}
	if old.Session().Device() == was {
		t.Fatal("it goes on under an identity that has gone further")
	}
	for _, s := range []*station{a, old} {
		if s.family(p.ID) != "После копии" || s.family(q.ID) != "После возврата" {
			t.Fatal("something is lost")
		}
	}
	same(t, a, old)
}

// TestClockWrong: a workstation whose clock is hours wrong stamps by the server's
// once it has met it, and nothing of it is refused or wins by its clock.
func TestClockWrong(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	b := a.joined(h, "вторая")
	b.sync()
	a.sync()
	wrong := func() time.Time { return time.Now().Add(5 * time.Hour) }
	b.reopen(store.Options{Now: wrong})
	sync := func() {
		t.Helper()
		if _, err := syncer.New(b.Store, syncer.Options{Now: wrong}).Once(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	p := b.patient("Из будущего")
	sync()
	a.sync()
	a.rename(p.ID, "Исправлено")
	a.sync()
	sync()
	if b.family(p.ID) != "Исправлено" {
		t.Fatal("the clock decided")
	}
	heads, err := a.Log(context.Background(), clinic.ID{}), error(nil)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range heads {
		if err != nil {
			t.Fatal(err)
		}
		if e.Header.HLC.Time().After(time.Now().Add(time.Minute)) {
			t.Fatalf("an entry from %v", e.Header.HLC.Time())
		}
	}
	same(t, a, b)
}

// TestPortal: a network that wants a login first is named as that, nothing is lost,
// and nothing is called exchanged.
func TestPortal(t *testing.T) {
	h := newHub(t)
	a := linked(t, h)
	a.sync()
	a.patient("Ждёт")
	portal := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>Введите номер телефона</html>"))
	}))
	defer portal.Close()
	links, err := a.Links(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	l := links[0]
	l.URL = portal.URL
	if err := a.DropLink(context.Background(), links[0].URL); err != nil {
		t.Fatal(err)
	}
	if err := a.PutLink(context.Background(), l); err != nil {
		t.Fatal(err)
	}
	x := syncer.New(a.Store, syncer.Options{})
	if r, err := x.Once(context.Background()); !fault.Is(err, fault.Offline) || r.Pushed != 0 {
		t.Fatal(r, err)
	}
	state := x.State()
	if state.Unsent == 0 || state.Links[0].Problem == nil || !state.Last.Equal(links[0].Reached) {
		t.Fatalf("%+v, reached %v", state, links[0].Reached)
	}
}
