package stations_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/station"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/shell"
	"feldsher/internal/ui/present/stations"
	"feldsher/translations"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// line is an exchange that a test has in its hands.
type line struct {
	state present.SyncState
	until time.Time
	fail  error
	ended []string
}

func (l *line) State() present.SyncState             { return l.state }
func (l *line) Watch(func(present.SyncState)) func() { return func() {} }
func (l *line) Wake()                                {}
func (l *line) Link(context.Context, string, string) error {
	return l.fail
}

func (l *line) Invite(context.Context, string) (station.Invitation, error) {
	return station.Invitation{Code: "7K2QD-9XW4M-0GHTR-5NBCE-PZ81V-3FJ6A", Address: "https://sync.example.org", Until: l.until}, l.fail
}

func (l *line) Revoke(_ context.Context, _ clinic.ID, reason string) error {
	l.ended = append(l.ended, reason)
	return l.fail
}

func load(t testing.TB, s *present.Session) *stations.Devices {
	t.Helper()
	d := stations.NewDevices(s)
	take, err := d.Load(t.Context())
	must(t, err)
	take()
	return d
}

// TestDevices: which there are, which is at hand, what was ended; only an administrator
// of a linked clinic lets one in.
func TestDevices(t *testing.T) {
	p := presenttest.Twins(t, translations.Russian)
	x := &line{}
	p.A.Connect(x)
	d := load(t, p.A)
	rows := d.Rows()
	if len(rows) != 2 || !rows[0].This || rows[0].State != "за ним вы сейчас" || rows[1].Name != "Кабинет 2" || !strings.HasPrefix(rows[1].Last, "21.11.2026 12:3") {
		t.Fatalf("%+v", rows)
	}
	if ok, why := d.CanInvite(); ok || why != "Сначала свяжите клинику с сервером." {
		t.Error(ok, why)
	}
	x.state.Links = []present.SyncLink{{Address: "https://sync.example.org"}}
	if ok, why := d.CanInvite(); !ok || why != "" {
		t.Error(ok, why)
	}
	if d.CanEnd(0) || !d.CanEnd(1) || d.CanEnd(2) || d.End(0) != nil {
		t.Error("the wrong ones can be ended")
	}
	e := d.End(1)
	if e.Ready() || len(e.Reasons) != len(station.Reasons) {
		t.Fatalf("%+v", e)
	}
	e.At = 1
	said, err := e.Do()(t.Context())
	must(t, err)
	if len(x.ended) != 1 || x.ended[0] != "stolen" || !strings.Contains(said, "Кабинет 2") {
		t.Error(x.ended, said)
	}
	must(t, p.A.Store.Session().RevokeDevice(rows[1].ID, 0, nil, "stolen"))
	d = load(t, p.A)
	if r := d.Rows()[1]; r.Live || !strings.HasPrefix(r.State, "отключено ") || d.CanEnd(1) {
		t.Errorf("%+v", r)
	}
	doctor := presenttest.As(t, p.A, clinic.Doctor)
	d = load(t, doctor)
	if ok, why := d.CanInvite(); ok || why == "" || d.CanEnd(1) || d.Manages() {
		t.Error(ok, why)
	}
}

// TestCode: a code counts down, says when it is over, and what is wrong stands at the
// name.
func TestCode(t *testing.T) {
	p := presenttest.Twins(t, translations.Russian)
	x := &line{until: presenttest.Now.Add(9*time.Minute + 5*time.Second)}
	p.A.Connect(x)
	f := load(t, p.A).Invite()
	f.Name = "Кабинет 2"
	_, err := f.Ask()(t.Context())
	f.Blame(err)
	if f.Error == "" || f.Said != "" {
		t.Fatalf("%v: %+v", err, f)
	}
	x.fail = fault.New(fault.Offline, "fault.sync.unreachable", "host", "sync.example.org")
	f.Name = "Кабинет 3"
	_, err = f.Ask()(t.Context())
	f.Blame(err)
	if f.Error != "" || !strings.Contains(f.Said, "sync.example.org") {
		t.Fatalf("%v: %+v", err, f)
	}
	x.fail = nil
	c, err := f.Ask()(t.Context())
	must(t, err)
	if len(c.Groups) != 6 || c.Groups[5] != "3FJ6A" || c.Address != "https://sync.example.org" || c.Name != "Кабинет 3" {
		t.Fatalf("%+v", c)
	}
	if text, over := c.Left(); over || text != "Действует ещё 09:05" {
		t.Error(text, over)
	}
	p.Later(9 * time.Minute)
	if text, over := c.Left(); over || text != "Действует ещё 00:05" {
		t.Error(text, over)
	}
	p.Later(5 * time.Second)
	if text, over := c.Left(); !over || text != "Код больше не действует. Получите новый." {
		t.Error(text, over)
	}
}

// TestNothingUnconfirmed: no exchange is claimed that was not confirmed, and old ones
// are told as old ones, in the list and in the frame.
func TestNothingUnconfirmed(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	at := func(ago time.Duration) time.Time { return presenttest.Now.Add(-ago) }
	for _, c := range []struct {
		name             string
		link             present.SyncLink
		state, wait, top string
		late             bool
	}{
		{"never", present.SyncLink{Waiting: 5}, "обмена ещё не было", "Ждут отправки 5 записей.", "обмена не было", true},
		{"tried and failed", present.SyncLink{Tried: at(0), Waiting: 1, Problem: fault.New(fault.Offline, "fault.sync.unreachable", "host", "x")}, "обмена ещё не было", "Ждёт отправки 1 запись.", "обмена не было", true},
		{"now", present.SyncLink{Reached: at(30 * time.Second)}, "обмен подтверждён 12:29", "Всё отправленное подтверждено.", "обмен только что", false},
		{"hour", present.SyncLink{Reached: at(59 * time.Minute)}, "обмен подтверждён 11:31", "Всё отправленное подтверждено.", "обмен 59 мин назад", false},
		{"today", present.SyncLink{Reached: at(3 * time.Hour), Waiting: 2}, "обмен подтверждён 09:30", "Ждут отправки 2 записи.", "обмен 09:30", false},
		{"old", present.SyncLink{Reached: at(50 * time.Hour), Waiting: 21}, "обмен подтверждён 19.11.2026 10:30", "Ждёт отправки 21 запись.", "обмен 19.11.2026 10:30", true},
		{"our clock is behind", present.SyncLink{Reached: at(-30 * time.Hour)}, "обмен подтверждён 22.11.2026 18:30", "Всё отправленное подтверждено.", "обмен 22.11.2026 18:30", false},
	} {
		c.link.Address = "https://sync.example.org"
		state := present.SyncState{Links: []present.SyncLink{c.link}, Last: c.link.Reached, Waiting: c.link.Waiting}
		x := stations.ExchangeOf(s, state)
		l := x.Links[0]
		if l.State != c.state || l.Waiting != c.wait || (l.Tone != stations.Good) != c.late || (l.Problem != "") != (c.link.Problem != nil) {
			t.Errorf("%s: %+v", c.name, l)
		}
		p := shell.PulseOf(s, state)
		if !p.Linked || p.Last != c.top || p.Late != c.late || (p.Waiting == "") != (c.link.Waiting == 0) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	if x := stations.ExchangeOf(s, present.SyncState{}); len(x.Links) != 0 || !strings.HasPrefix(x.Head, "Это рабочее место работает само по себе") {
		t.Errorf("%+v", x)
	}
	if p := shell.PulseOf(s, present.SyncState{}); p != (shell.Pulse{}) {
		t.Errorf("%+v", p)
	}
	fetching := present.SyncState{Links: []present.SyncLink{{}}, Working: true, Done: 6000, Of: 5400}
	if x := stations.ExchangeOf(s, fetching); x.Share != 1 || x.Fetched == "" {
		t.Errorf("%+v", x)
	}
	if p := shell.PulseOf(s, fetching); p.Last != "загрузка 100 %" {
		t.Errorf("%+v", p)
	}
}
