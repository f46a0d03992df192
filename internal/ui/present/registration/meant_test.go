package registration_test

import (
	"strings"
	"testing"

	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/registration"
	"feldsher/translations"
)

// A name typed with the Latin layout is taken as it is, with a warning that offers the
// one that was meant; F4 puts that in and gives the typed one back.
func TestMeantName(t *testing.T) {
	t.Parallel()
	f := registration.New(session(t), "rehrby")
	if w := f.Say("family"); w.Tone != registration.Warn || !strings.Contains(w.Text, "Куркин") {
		t.Fatalf("said at the name: %+v", w)
	}
	undo := f.TakeMeant("family")
	if undo == nil || f.Get("family") != "Куркин" || f.Say("family").Text != "" {
		t.Fatalf("%q, %+v", f.Get("family"), f.Say("family"))
	}
	if f.TakeMeant("family") != nil || f.TakeMeant("snils") != nil {
		t.Error("something is offered where nothing is to be")
	}
	if undo(); f.Get("family") != "Rehrby" {
		t.Errorf("the undo leaves %q", f.Get("family"))
	}
	save(t, f) // it warns and never blocks
	if w := registration.New(session(t), "Smith John").Say("family"); w.Text != "" {
		t.Errorf("a Latin name: %+v", w)
	}
	if w := registration.New(presenttest.Open(t, translations.English), "rehrby").Say("family"); w.Text != "" {
		t.Errorf("in English: %+v", w)
	}
}
