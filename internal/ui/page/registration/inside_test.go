package registration

import (
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// TestDraftWithinTwoSeconds: the first key sets the clock, the draft is written when
// it rings, and what is typed after that rings it anew (R3.8).
func TestDraftWithinTwoSeconds(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	var ring func()
	var after []time.Duration
	st := pagetest.Show(t, s, kit.Look{}, func(env *page.Env) page.Page {
		p := New(env, present.Route{Page: present.PageRegistration}).(*form)
		p.after = func(d time.Duration, fn func()) func() bool {
			ring, after = fn, append(after, d)
			return func() bool { return true }
		}
		return p
	})
	p := st.Page.(*form)
	draft := func() string {
		d, _, err := s.Records.Draft(t.Context(), "patient", clinic.ID{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Body
	}
	for _, r := range "Озёр" {
		st.Window.Canvas().Focused().TypedRune(r)
	}
	if len(after) != 1 || after[0] > 2*time.Second || draft() != "" {
		t.Fatalf("%v", after)
	}
	ring()
	first := draft()
	if first == "" || p.model.Unsaved() {
		t.Fatal("no draft")
	}
	st.Window.Canvas().Focused().TypedRune('н')
	if len(after) != 2 {
		t.Fatalf("%v", after)
	}
	ring()
	if draft() == first {
		t.Error("the second is not written")
	}
	undo := p.model.Remove("contacts", 0)
	p.Leave()
	kept := draft()
	undo()
	p.changed() // an undo from the status line after the page was left
	if draft() == kept {
		t.Error("the undo is lost")
	}
}
