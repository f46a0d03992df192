// Package check looks at numbers, dates and addresses as they are typed on a
// card, and says what seems wrong (R1.7).
//
// It promises: a mismatch is a Warning, a value beside the data and no error, so
// that nothing here can keep a card from being saved: papers do carry wrong
// numbers, and the card must say what the paper says. Every function is pure,
// safe on any input, and gives the value back in one spelling, or as typed where
// it can't be read. The one exception is ParseDate, which gives a fault: what it
// can't read there is no date to store.
//
// It needs the day from its caller where a rule depends on it. It never asks a
// register whether a number was issued, and no warning carries what was typed.
package check

import (
	"strings"

	"feldsher/internal/clinic/fold"
)

// Warning is a remark on one field of a card. It never blocks.
type Warning struct {
	Field string         // path of the field ("phones[1].number"); set by the caller, see At
	Key   string         // key in translations: "check.snils.control"
	Args  map[string]any // values for the sentence: counts only, nothing of the patient
}

// Result is a checked value: how to store it, how to show it, what seems wrong.
type Result struct {
	Value    string // one spelling of it, digits only for numbers; as typed, trimmed, if unreadable
	Pretty   string // Value as papers print it
	Warnings []Warning
}

// OK reports whether nothing seems wrong. The empty value is OK: whether a field
// is required is not asked here.
func (r Result) OK() bool { return len(r.Warnings) == 0 }

// At gives the warnings with the field they are about.
func (r Result) At(field string) []Warning { return At(field, r.Warnings) }

// At gives a copy of the warnings with the field they are about.
func At(field string, warnings []Warning) []Warning {
	out := make([]Warning, len(warnings))
	for i, w := range warnings {
		w.Field = field
		out[i] = w
	}
	return out
}

func warn(key string) []Warning { return []Warning{{Key: key}} }

// digitsOf reads a number in which only blanks, hyphens and dots may stand.
// ok: nothing else does.
func digitsOf(s string) (digits string, ok bool) {
	for _, r := range s {
		switch {
		case fold.Digits(string(r)) != "", strings.ContainsRune(" \t\u00a0\u202f-‐‑‒–—−.", r):
		default:
			return fold.Digits(s), false
		}
	}
	return fold.Digits(s), true
}

// numeric starts the check of a number of one of the lengths; done: the result
// stands already, the value is empty or no such number.
func numeric(s, key string, lengths ...int) (r Result, done bool) {
	s = strings.TrimSpace(s)
	digits, ok := digitsOf(s)
	if s == "" {
		return Result{}, true
	}
	for _, n := range lengths {
		if ok && len(digits) == n {
			return Result{Value: digits, Pretty: digits}, false
		}
	}
	shape := Warning{Key: key, Args: map[string]any{"have": len(digits)}}
	return Result{Value: s, Pretty: s, Warnings: []Warning{shape}}, true
}

// weighted sums the digits times their weights; digits beyond the weights don't count.
func weighted(digits string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return sum
}

func digitAt(digits string, i int) int { return int(digits[i] - '0') }
