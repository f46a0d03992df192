package entry

import (
	"errors"
	"unicode"

	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
)

// Tone says how serious a word at a field is.
type Tone uint8

// The tones, in the order of kit's.
const (
	Calm Tone = iota
	Warn
	Wrong
	Good
)

// Say is a word at a field; the zero value is none.
type Say struct {
	Tone Tone
	Text string
}

// wrong tells an error at a field.
func wrong(w present.Words, err error) Say {
	if err == nil {
		return Say{}
	}
	return Say{Wrong, w.Fault(err)}
}

// Layout tells of what is easily mistyped in a password that nobody sees: letters
// of two layouts, or of the one that was not meant.
func Layout(w present.Words, password string) Say {
	switch {
	case check.MixedLayout(password):
		return Say{Warn, w.T("entry_layout_mixed")}
	case password == "" || check.OtherLayout(password) == "":
		return Say{}
	}
	for _, r := range password {
		if unicode.Is(unicode.Cyrillic, r) {
			return Say{Calm, w.T("entry_layout_cyrillic")}
		}
	}
	return Say{Calm, w.T("entry_layout_latin")}
}

// Caps finds out whether Caps Lock is on from the letters that come: no system
// tells a program on every platform.
type Caps struct{ on bool }

// Typed takes a letter and whether Shift was held; it reports whether Caps Lock
// seems to be on. What is no letter leaves it as it was.
func (c *Caps) Typed(r rune, shift bool) bool {
	switch {
	case unicode.IsUpper(r):
		c.on = !shift
	case unicode.IsLower(r):
		c.on = shift
	}
	return c.on
}

// suggestion is the word of the list that a mistyped one of the phrase may be.
func suggestion(w present.Words, err error) string {
	var p *vault.PhraseError
	if errors.As(err, &p) && p.Suggestion != "" {
		return " " + w.T("vault.phrase.suggest", "word", p.Suggestion)
	}
	return ""
}

// grave reports whether an error is about the clinic itself, not about what was
// typed.
func grave(err error) bool {
	switch fault.KindOf(err) {
	case fault.Damaged, fault.Newer, fault.Locked, fault.Space, fault.Internal, fault.NotFound:
		return err != nil
	}
	return false
}
