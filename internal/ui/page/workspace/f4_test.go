package workspace_test

import (
	"testing"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/workspace"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// F4 stands in help once, and tells of the last visit's text only where there is one.
func TestF4InHelp(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	told := func() (what []string) {
		st := pagetest.Show(t, s, kit.Look{}, build)
		for _, k := range st.Page.(page.Keys).Keys() {
			if k.Key == "F4" {
				what = append(what, k.What)
			}
		}
		return what
	}
	patient = presenttest.Patient(t, s)
	for _, what := range told() {
		if what == s.T("visit_key_borrow") || what == s.T("visit_key_borrow_or_normal") {
			t.Errorf("at the first visit F4 is told to be %q", what)
		}
	}
	fill(t, s)
	if what := told(); len(what) != 1 {
		t.Errorf("F4 is told %d times: %q", len(what), what)
	}
}

// A visit that is begun from a card gets its own route on the way to the signature.
func TestGoesByItsOwnRoute(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := show(t, s)
	var became []present.Route
	st.Env.Become = func(r present.Route) { became = append(became, r) }
	work(st)
	ctrl(st, "Return")
	m := st.Page.(*workspace.Page).Model()
	if len(became) != 1 || became[0] != (present.Route{Page: present.PageVisit, ID: m.ID()}) {
		t.Errorf("the page became %+v", became)
	}
	if len(st.Went) == 0 || st.Went[len(st.Went)-1].Page != present.PageSigning {
		t.Errorf("it went to %+v", st.Went)
	}
}
