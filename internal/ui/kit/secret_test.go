package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

// The eye of a secret field tells everywhere what it does next: open it shows, struck it
// covers.
func TestEyeOfASecret(t *testing.T) {
	kittest.App(t, kit.Look{})
	e := kit.NewSecret()
	if !e.Password || e.Eye() != "show" {
		t.Fatalf("at first covered %v with %q", e.Password, e.Eye())
	}
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF4})
	if e.Password || e.Eye() != "hide" {
		t.Errorf("F4: covered %v with %q", e.Password, e.Eye())
	}
	if e.Reveal(); !e.Password || e.Eye() != "show" {
		t.Errorf("and back: covered %v with %q", e.Password, e.Eye())
	}
	if plain := kit.NewEntry(); plain.Eye() != "" {
		t.Error("a plain field has an eye")
	}
}
