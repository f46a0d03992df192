package conflicts_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/conflicts"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/conflicts/conflictstest"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

func build(e *page.Env) page.Page {
	return conflicts.New(e, present.Route{Page: present.PageConflicts})
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
			c := conflictstest.Make(t, l.Lang)
			st := pagetest.Show(t, c.A, l.Look, build)
			kittest.Same(t, st.Window, "inbox-"+l.Name)
			press(st, fyne.KeyF4)
			kittest.Same(t, st.Window, "own-"+l.Name)
		})
	}
	t.Run("dose", func(t *testing.T) {
		c := conflictstest.Make(t, translations.Russian)
		st := pagetest.Show(t, c.A, kit.Look{}, build)
		press(st, fyne.KeyDown)
		kittest.Same(t, st.Window, "dose-ru")
		press(st, fyne.KeyF4)
		kittest.Same(t, st.Window, "own-dose-ru")
	})
	t.Run("desk", func(t *testing.T) {
		c := conflictstest.Make(t, translations.Russian)
		st := pagetest.Show(t, presenttest.As(t, c.A, clinic.Reception), kit.Look{}, build)
		kittest.Same(t, st.Window, "desk-ru")
	})
	t.Run("large", func(t *testing.T) {
		c := conflictstest.Make(t, translations.Russian)
		st := pagetest.Show(t, c.A, kit.Look{Scale: 1.5}, build)
		kittest.Same(t, st.Window, "inbox-large")
	})
	t.Run("sealed", func(t *testing.T) {
		c := conflictstest.Sealed(t, translations.Russian)
		st := pagetest.Show(t, c.B, kit.Look{}, build)
		kittest.Same(t, st.Window, "sealed-ru")
		press(st, fyne.KeyF8)
		kittest.Same(t, st.Window, "sealed-read-ru")
		press(st, fyne.KeyF7)
		kittest.Same(t, st.Window, "sealed-again-ru")
	})
	t.Run("empty", func(t *testing.T) {
		st := pagetest.Show(t, presenttest.Open(t, translations.Russian), kit.Look{}, build)
		kittest.Same(t, st.Window, "empty-ru")
	})
}

// TestByKeys: a version is taken by its digit, an own text is written, comes back
// after the page was left, and is stored by Ctrl+Enter.
func TestByKeys(t *testing.T) {
	c := conflictstest.Make(t, translations.Russian)
	ctx := t.Context()
	st := pagetest.Show(t, c.A, kit.Look{}, build)
	count := func() int {
		n, _, err := c.A.Conflicts.Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 3 {
		t.Fatalf("%d conflicts", n)
	}
	press(st, fyne.Key2)
	if n := count(); n != 2 || len(st.Said) == 0 || st.Said[len(st.Said)-1].Tone != kit.Good {
		t.Fatalf("%d conflicts left, said %+v", n, st.Said)
	}
	press(st, fyne.KeyF4)
	field := st.Window.Canvas().Focused()
	if field == nil {
		t.Fatal("nothing to write in")
	}
	test.Type(field, "2")
	st.Page.Leave()
	st = pagetest.Show(t, c.A, kit.Look{}, build)
	e, ok := st.Window.Canvas().Focused().(*kit.Entry)
	if !ok || !strings.HasPrefix(e.Text, "21000") {
		t.Fatalf("what was typed is gone: %T", st.Window.Canvas().Focused())
	}
	st.Page.Key(kit.Ctrl(fyne.KeyReturn))
	if n := count(); n != 1 {
		t.Fatalf("%d conflicts left; said %+v", n, st.Said)
	}
	press(st, fyne.Key1)
	if n := count(); n != 0 {
		t.Fatalf("%d conflicts left; said %+v", n, st.Said)
	}
	c.Exchange(t)
	if n, _, err := c.B.Conflicts.Count(ctx); n != 0 || err != nil {
		t.Error(n, err)
	}
}
