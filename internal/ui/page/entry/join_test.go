package entry_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	page "feldsher/internal/ui/page/entry"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// joining is the first start of a program that can join.
func joining(t *testing.T, lang translations.Lang, look kit.Look, join present.Join) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), now: presenttest.Now}
	kittest.App(t, look)
	s.gate = model.NewGate(model.Config{Dir: s.dir, Lang: lang, Cost: presenttest.Cheap, CacheMB: 8, Now: func() time.Time { return presenttest.Now }, Join: join})
	t.Cleanup(func() { _ = s.gate.Close(context.Background()) })
	s.gate.Look()
	return s.show()
}

func TestJoinPictures(t *testing.T) {
	for _, l := range pagetest.Looks {
		t.Run(l.Name, func(t *testing.T) {
			s := joining(t, l.Lang, l.Look, func(context.Context, present.Joining) (*store.Store, error) {
				return nil, fault.New(fault.NotFound, "fault.sync.code_unknown", "host", "sync.example.org")
			})
			kittest.Same(t, s.window, "welcome-join-"+l.Name)
			s.press(fyne.KeyF3)
			for _, text := range []string{"sync.example.org", "7k2qd 9xw4m 0ghtr 5nbce pz81v 3fj6a", "ozernaya", "секрет"} {
				s.write(text)
				s.press(fyne.KeyReturn)
			}
			kittest.Same(t, s.window, "join-refused-"+l.Name)
		})
	}
	t.Run("progress", func(t *testing.T) {
		s := joining(t, translations.Russian, kit.Look{}, func(context.Context, present.Joining) (*store.Store, error) { return nil, nil })
		s.gate.Wizard().StartJoin()
		s.show()
		page.ShowJoinProgress(s.door, model.JoinProgress{Done: 1210, Of: 5400, Ready: true})
		kittest.Same(t, s.window, "join-progress-ru")
	})
}
