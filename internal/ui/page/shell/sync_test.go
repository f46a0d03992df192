package shell_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/service/station"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/shell"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/conflicts/conflictstest"
	"feldsher/translations"
)

// cable is an exchange that a test has in its hands.
type cable struct {
	state present.SyncState
	fn    func(present.SyncState)
	woken int
}

func (c *cable) State() present.SyncState { return c.state }
func (c *cable) Watch(fn func(present.SyncState)) func() {
	c.fn = fn
	return func() { c.fn = nil }
}
func (c *cable) Wake() { c.woken++ }
func (c *cable) Invite(context.Context, string) (station.Invitation, error) {
	return station.Invitation{}, nil
}
func (c *cable) Link(context.Context, string, string) error      { return nil }
func (c *cable) Revoke(context.Context, clinic.ID, string) error { return nil }

func linked(last time.Time) present.SyncState {
	return present.SyncState{
		Links: []present.SyncLink{{Address: "https://sync.example.org", Reached: last, Tried: last}}, Last: last, Waiting: 3,
	}
}

// TestSyncInSight: the frame tells when the last exchange was confirmed, what waits and
// what is to be decided, and leads there; it follows what changes.
func TestSyncInSight(t *testing.T) {
	for _, l := range pagetest.Looks {
		t.Run(l.Name, func(t *testing.T) {
			c := conflictstest.Make(t, l.Lang)
			x := &cable{state: linked(c.A.Now().Add(-2 * time.Minute))}
			c.A.Connect(x)
			kittest.App(t, l.Look)
			var f *shell.Frame
			w := kittest.Window(t, fyne.NewSize(1366, 768), func(w fyne.Window) fyne.CanvasObject {
				f = shell.New(t.Context(), shell.Deps{
					Session: c.A, Window: w, Layers: kit.NewLayers(w.Canvas()), Pages: shell.Pages(), Inline: true,
					Look: func(kit.Look) {}, Speak: func(string) {}, Hide: func() {}, Lock: func() {},
				})
				return f.Content()
			})
			kit.Listen(w.Canvas(), f.Key)
			f.Open(present.Route{Page: present.PageConflicts})
			kittest.Same(t, w, "sync-"+l.Name)
			if l.Lang != translations.Russian {
				f.Close()
				return
			}
			x.state = linked(c.A.Now().Add(-49 * time.Hour))
			x.state.Waiting = 214
			x.fn(x.state)
			f.Key(kit.Ctrl(fyne.KeyK))
			test.Type(w.Canvas().Focused(), "обм")
			kittest.Same(t, w, "sync-late-ru")
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			if x.woken != 1 && f.Route().Page != present.PageStations {
				t.Errorf("the palette does nothing: %+v", f.Route())
			}
			f.Close()
			if x.fn != nil {
				t.Error("the frame that is gone still watches")
			}
		})
	}
}

// TestNoSync: where there is no exchange nothing speaks of one.
func TestNoSync(t *testing.T) {
	f := frame(t, translations.Russian, kit.Look{})
	var words []string
	for _, o := range test.LaidOutObjects(f.Content()) {
		if b, ok := o.(*kit.Button); ok && b.Visible() {
			words = append(words, b.Text())
		}
	}
	if all := strings.Join(words, " "); strings.Contains(all, "обмен") || strings.Contains(all, "Решить") {
		t.Error(all)
	}
}
