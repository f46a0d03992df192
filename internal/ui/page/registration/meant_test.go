package registration_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// A name typed in the wrong layout is put right by F4, and the status line takes that back.
func TestMeantByF4(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	letters(st, "rehrby")
	field, ok := focused(st).(interface{ Value() string })
	if !ok {
		t.Fatalf("the name is typed in a %T", focused(st))
	}
	key(st, fyne.KeyF4)
	if got := field.Value(); got != "Куркин" {
		t.Fatalf("F4 leaves %q", got)
	}
	st.Said[len(st.Said)-1].Do()
	if got := field.Value(); got != "rehrby" {
		t.Errorf("the way back leaves %q", got)
	}
}
