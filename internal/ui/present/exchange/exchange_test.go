package exchange_test

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/online/syncer"
	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/conflicts"
	"feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/exchange"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/stations"
	"feldsher/translations"
)

const password = "медный трактор едет"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hub is a real licensord; code is what its operator gives a clinic.
func hub(t *testing.T) (address, code string) {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	d, err := depot.Open(ctx, filepath.Join(dir, "hub.db"), filepath.Join(dir, "blobs"))
	must(t, err)
	cert, err := server.OwnCertificate(filepath.Join(dir, "hub.pem"), time.Now())
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	srv := server.New(server.Options{Depot: d, Certificate: cert})
	go func() { ended <- srv.Serve(serving, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	c := wire.NewCode()
	must(t, d.AddCode(ctx, depot.LinkCode{ID: c.ID(), Key: c.MACKey(), Name: "Проба", Expires: time.Now().Add(time.Hour)}))
	return l.Addr().String(), c.String()
}

// desktop is the program without its window.
func desktop(t *testing.T) *entry.Gate {
	t.Helper()
	g := entry.NewGate(entry.Config{
		Dir: t.TempDir(), Lang: translations.Russian, Templates: demo.Templates(), Cost: presenttest.Cheap, CacheMB: 8,
		Exchange: func(st *store.Store) (present.Sync, func()) {
			return exchange.Begin(st, func(err error) { t.Error(err) })
		},
		Join: exchange.Join,
	})
	t.Cleanup(func() { must(t, g.Close(context.Background())) })
	g.Look()
	return g
}

func founded(t *testing.T) *entry.Gate {
	t.Helper()
	g := desktop(t)
	w := g.Wizard()
	w.Start(false)
	w.Title = "Амбулатория «Родник»"
	w.Next()
	w.Name("Озёрная", "Вера", "Павловна")
	w.Login = "ozernaya"
	w.Next()
	w.Password, w.Again = password, password
	must(t, w.Found(t.Context()))
	must(t, w.Finish(t.Context()))
	return g
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, what string, changed <-chan struct{}, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%s does not come", what)
		}
	}
}

// signals tells when rows or the state of the exchange have changed.
func signals(t *testing.T, s *present.Session) <-chan struct{} {
	t.Helper()
	c := make(chan struct{}, 1)
	poke := func() {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	t.Cleanup(s.Store.Watch(func([]string) { poke() }))
	t.Cleanup(s.Sync.Watch(func(present.SyncState) { poke() }))
	return c
}

// R7.2, R7.4, R7.5, R7.7: two desktops and a real server. The clinic is linked, a second
// computer joins by the code on the screen and works; what one writes the other shows
// within two seconds; what both wrote apart is settled in the inbox; a computer that
// was disconnected gets nothing more.
func TestTwoDesktops(t *testing.T) {
	ctx := t.Context()
	address, code := hub(t)
	first := founded(t)
	a := first.Session()
	patient := presenttest.Patient(t, a)
	visit, err := a.Records.AddVisit(ctx, clinic.Visit{Patient: patient.ID, Complaints: "кашель"})
	must(t, err)
	devices := stations.NewDevices(a)
	if ok, _ := devices.CanInvite(); ok {
		t.Fatal("a clinic without a server can invite")
	}

	// Linking: a wrong code stands at its field, the right one brings the first exchange.
	link := devices.Link()
	link.Address, link.Code = address, "AAAAA"
	_, err = link.Do()(ctx)
	link.Blame(err)
	if link.Errors["code"] == "" {
		t.Fatalf("%v %+v", err, link)
	}
	link.Code = strings.ToLower(code)
	_, err = link.Do()(ctx)
	must(t, err)
	news := signals(t, a)
	until(t, "the first exchange", news, func() bool {
		s := a.SyncState()
		return len(s.Links) == 1 && !s.Last.IsZero() && s.Waiting == 0
	})

	// The code on the screen lets a second computer in.
	invite := devices.Invite()
	invite.Name = "Кабинет 2"
	shown, err := invite.Ask()(ctx)
	must(t, err)
	second := desktop(t)
	w := second.Wizard()
	w.StartJoin()
	w.Server, w.Code, w.JoinLogin, w.Password = shown.Address, strings.Join(shown.Groups, " "), "ozernaya", "не тот пароль совсем"
	if err := w.Join(ctx, func(entry.JoinProgress) {}); !fault.Is(err, fault.Password) || w.Errors["password"].Text == "" {
		t.Fatalf("%v %v %v", err, w.Errors, w.Said())
	}
	w.Password = password
	must(t, w.Join(ctx, func(entry.JoinProgress) {}))
	must(t, w.Finish(ctx))
	b := second.Session()
	if got, err := b.Records.Visit(ctx, visit.ID); err != nil || got.Complaints != "кашель" {
		t.Fatal(got.Complaints, err)
	}

	// What one writes is on the other within two seconds.
	there := signals(t, b)
	until(t, "the exchange of the second", there, func() bool { return !b.SyncState().Last.IsZero() })
	write := func(s *present.Session, text string) {
		t.Helper()
		_, err := s.Records.EditVisit(ctx, visit.ID, func(v clinic.Visit) (clinic.Visit, error) { v.Complaints = text; return v, nil })
		must(t, err)
	}
	begun := time.Now()
	write(a, "кашель третий день")
	until(t, "the change", there, func() bool {
		v, err := b.Records.Visit(ctx, visit.ID)
		return err == nil && v.Complaints == "кашель третий день"
	})
	t.Logf("a change came after %v", time.Since(begun).Round(time.Millisecond))

	// Written apart: both are closed, write alone, meet again.
	apart := func(g *entry.Gate, text string) {
		t.Helper()
		must(t, g.Lock(ctx, entry.ByHand))
		st, err := store.Open(ctx, g.Dir(), "ozernaya", password, store.Options{CacheMB: 8})
		must(t, err)
		s, err := present.NewSession(ctx, st, translations.Russian, demo.Templates(), time.Now)
		must(t, err)
		write(s, text)
		must(t, st.Close())
	}
	apart(first, "кашель ночью")
	apart(second, "кашель с мокротой")
	must(t, first.Enter(ctx, "ozernaya", password))
	must(t, second.Enter(ctx, "ozernaya", password))
	a, b = first.Session(), second.Session()
	for _, s := range []*present.Session{a, b} {
		news := signals(t, s)
		until(t, "the conflict", news, func() bool { n, _, err := s.Conflicts.Count(ctx); return err == nil && n == 1 })
	}
	inbox := conflicts.NewInbox(b)
	take, err := inbox.Load(ctx)
	must(t, err)
	take()
	sheet, err := conflicts.Open(ctx, b, inbox.Lines()[0].Ref)
	must(t, err)
	if len(sheet.Sides) != 2 || len(sheet.Fields()) != 1 {
		t.Fatalf("%+v", sheet)
	}
	_, err = sheet.Take(true)(ctx)
	must(t, err)
	news = signals(t, a)
	until(t, "the decision", news, func() bool { n, _, err := a.Conflicts.Count(ctx); return err == nil && n == 0 })

	// Disconnected: nothing new comes there.
	devices = stations.NewDevices(a)
	take, err = devices.Load(ctx)
	must(t, err)
	take()
	end := devices.End(1)
	if end == nil || end.Name != "Кабинет 2" {
		t.Fatalf("%+v", devices.Rows())
	}
	end.At = 0
	_, err = end.Do()(ctx)
	must(t, err)
	there = signals(t, b)
	write(a, "после отключения")
	until(t, "the word that it was disconnected", there, func() bool {
		s := b.SyncState()
		return len(s.Links) == 1 && s.Links[0].Problem != nil
	})
	if v, err := b.Records.Visit(ctx, visit.ID); err == nil && v.Complaints == "после отключения" {
		t.Error("a workstation that was disconnected has got something new")
	}
}

// TestJoinCutOff: where the program ended after the keys had come and before anything
// else, the password brings the rest.
func TestJoinCutOff(t *testing.T) {
	ctx := t.Context()
	address, code := hub(t)
	first := founded(t)
	a := first.Session()
	must(t, a.Stations.Link(ctx, address, code))
	x, err := a.Stations.Invite(ctx, "Кабинет 2")
	must(t, err)
	typed, err := wire.ParseCode(x.Code)
	must(t, err)
	second := desktop(t)
	st, err := syncer.Join(ctx, second.Dir(), x.Address, typed, "ozernaya", password, store.Options{CacheMB: 8})
	must(t, err)
	must(t, st.Close())
	if second.Look() != entry.Login {
		t.Fatal(second.State())
	}
	if err := second.Enter(ctx, "ozernaya", "не тот пароль совсем"); !fault.Is(err, fault.Password) {
		t.Fatal(err)
	}
	must(t, second.Enter(ctx, "ozernaya", password))
	if s := second.Session(); s == nil || s.Clinic.Title != "Амбулатория «Родник»" {
		t.Fatalf("%+v", s)
	}
}
