package stations_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/station"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/stations"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// line is an exchange that a test has in its hands.
type line struct {
	mu    sync.Mutex
	state present.SyncState
	fns   []func(present.SyncState)
	asked []string
	fail  error
}

func (l *line) State() present.SyncState { l.mu.Lock(); defer l.mu.Unlock(); return l.state }

func (l *line) Watch(fn func(present.SyncState)) func() {
	l.fns = append(l.fns, fn)
	return func() {}
}

func (l *line) Wake() { l.asked = append(l.asked, "wake") }

func (l *line) Invite(_ context.Context, name string) (station.Invitation, error) {
	l.asked = append(l.asked, "invite "+name)
	return station.Invitation{Code: "7K2QD-9XW4M-0GHTR-5NBCE-PZ81V-3FJ6A", Address: "https://sync.example.org", Until: presenttest.Now.Add(9*time.Minute + 41*time.Second)}, l.fail
}

func (l *line) Link(_ context.Context, address, code string) error {
	l.asked = append(l.asked, "link "+address+" "+code)
	return l.fail
}

func (l *line) Revoke(_ context.Context, id clinic.ID, reason string) error {
	l.asked = append(l.asked, "revoke "+reason)
	return l.fail
}

var _ present.Sync = (*line)(nil)

func linked() *line {
	return &line{state: present.SyncState{
		Links: []present.SyncLink{
			{Address: "https://sync.example.org", Reached: presenttest.Now.Add(-2 * time.Minute), Tried: presenttest.Now, Waiting: 3},
			{
				Address: "https://192.168.1.10:8443", Reached: presenttest.Now.Add(-49 * time.Hour), Tried: presenttest.Now.Add(-time.Minute), Waiting: 214,
				Problem: fault.New(fault.Offline, "fault.sync.unreachable", "host", "192.168.1.10:8443"),
			},
		},
		Last: presenttest.Now.Add(-2 * time.Minute), Waiting: 3,
	}}
}

func build(e *page.Env) page.Page {
	return stations.New(e, present.Route{Page: present.PageStations})
}

func press(st *pagetest.Stage, keys ...fyne.KeyName) {
	for _, k := range keys {
		if f := st.Window.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: k})
		} else {
			st.Page.Key(kit.Plain(k))
		}
	}
}

func TestPictures(t *testing.T) {
	for _, l := range pagetest.Looks {
		t.Run(l.Name, func(t *testing.T) {
			p := presenttest.Twins(t, l.Lang)
			presenttest.Patient(t, p.B)
			p.Exchange(t)
			p.A.Connect(linked())
			st := pagetest.Show(t, p.A, l.Look, build)
			press(st, fyne.KeyDown)
			kittest.Same(t, st.Window, "devices-"+l.Name)
			press(st, fyne.KeyF2)
			test.Type(st.Window.Canvas().Focused(), "Кабинет 3")
			press(st, fyne.KeyReturn)
			kittest.Same(t, st.Window, "code-"+l.Name)
			press(st, fyne.KeyEscape)
			press(st, fyne.KeyDelete)
			kittest.Same(t, st.Window, "end-"+l.Name)
			press(st, fyne.KeyEscape, fyne.KeyF3)
			kittest.Same(t, st.Window, "link-"+l.Name)
		})
	}
	t.Run("alone", func(t *testing.T) {
		s := presenttest.Open(t, translations.Russian)
		s.Connect(&line{})
		st := pagetest.Show(t, s, kit.Look{}, build)
		kittest.Same(t, st.Window, "alone-ru")
	})
	t.Run("fetching", func(t *testing.T) {
		p := presenttest.Twins(t, translations.Russian)
		x := linked()
		x.state.Links, x.state.Done, x.state.Of, x.state.Working = x.state.Links[:1], 1210, 5400, true
		s := presenttest.As(t, p.B, clinic.Doctor)
		s.Connect(x)
		st := pagetest.Show(t, s, kit.Look{}, build)
		kittest.Same(t, st.Window, "fetching-ru")
	})
	t.Run("large", func(t *testing.T) {
		p := presenttest.Twins(t, translations.Russian)
		p.A.Connect(linked())
		st := pagetest.Show(t, p.A, kit.Look{Scale: 1.5}, build)
		kittest.Same(t, st.Window, "devices-large")
		press(st, fyne.KeyF2)
		test.Type(st.Window.Canvas().Focused(), "Кабинет 3")
		press(st, fyne.KeyReturn)
		kittest.Same(t, st.Window, "code-large")
	})
}

// TestByKeys: nothing is ended without a reason; a deed that fails says so in its
// panel and does nothing; what succeeded is said once it was confirmed.
func TestByKeys(t *testing.T) {
	p := presenttest.Twins(t, translations.Russian)
	x := linked()
	p.A.Connect(x)
	st := pagetest.Show(t, p.A, kit.Look{}, build)
	press(st, fyne.KeyDelete)
	if st.Env.Layers.Open() {
		t.Fatal("this workstation can be ended")
	}
	press(st, fyne.KeyDown, fyne.KeyDelete)
	if !st.Env.Layers.Open() {
		t.Fatal("nothing asks for a reason")
	}
	// The choice has the keys: a digit chooses, and only then the button can be pressed.
	st.Window.Canvas().FocusNext()
	st.Window.Canvas().FocusNext()
	press(st, fyne.KeyReturn)
	if len(x.asked) != 0 {
		t.Fatalf("ended without a reason: %q", x.asked)
	}
	press(st, fyne.KeyEscape)
	press(st, fyne.KeyDelete)
	st.Window.Canvas().Focused().TypedRune('2')
	x.fail = fault.New(fault.Offline, "fault.station.untold")
	st.Window.Canvas().FocusNext()
	st.Window.Canvas().FocusNext()
	press(st, fyne.KeyReturn)
	if len(x.asked) != 1 || x.asked[0] != "revoke stolen" || !st.Env.Layers.Open() || len(st.Said) != 0 {
		t.Fatalf("%q, said %+v", x.asked, st.Said)
	}
	x.fail = nil
	press(st, fyne.KeyReturn)
	if len(x.asked) != 2 || st.Env.Layers.Open() || len(st.Said) != 1 || !strings.Contains(st.Said[0].Text, "отключено") {
		t.Fatalf("%q, said %+v", x.asked, st.Said)
	}
	press(st, fyne.KeyF5)
	if x.asked[2] != "wake" || st.Said[1].Tone == kit.Good {
		t.Fatalf("%q, said %+v", x.asked, st.Said)
	}
	press(st, fyne.KeyF3)
	test.Type(st.Window.Canvas().Focused(), "sync.example.org")
	press(st, fyne.KeyReturn)
	test.Type(st.Window.Canvas().Focused(), "abcde")
	x.fail = &fault.Error{Kind: fault.Invalid, Key: "fault.sync.code_typed", Field: "code"}
	press(st, fyne.KeyReturn)
	if x.asked[3] != "link sync.example.org abcde" || !st.Env.Layers.Open() {
		t.Fatalf("%q", x.asked)
	}
}
