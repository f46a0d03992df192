// Package today is what the desk and the doctor see of the day: the timetable of all
// for a day and of one for a week, the queue with its states, the panel in which a
// patient is found or registered and booked, the waiting list, substitution, and the
// doctor's own patients.
//
// It promises that a table once read never changes, so that a page may draw it while
// the next one is read; that every deed that can be taken back says how; and that what
// is half typed in the booking panel survives as a draft. It needs an open session and
// draws nothing.
package today

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Tone says how a state is coloured; the icon and the word say the same.
type Tone uint8

// The tones of states.
const (
	Plain   Tone = iota // awaited
	Waits               // is here and waits
	Inside              // with the doctor
	Over                // was here
	Missing             // didn't come
	Gone                // cancelled
)

// State is a state of a booking as it is shown.
type State struct {
	Code string
	Icon string
	Word string
	Tone Tone
}

var states = map[string]State{
	clinic.Booked:    {Icon: "clock", Tone: Plain},
	clinic.Arrived:   {Icon: "arrived", Tone: Waits},
	clinic.InRoom:    {Icon: "stethoscope", Tone: Inside},
	clinic.Done:      {Icon: "check", Tone: Over},
	clinic.NoShow:    {Icon: "noshow", Tone: Missing},
	clinic.Cancelled: {Icon: "close", Tone: Gone},
}

// StateOf gives the icon and the word of a state.
func StateOf(s *present.Session, code string) State {
	st := states[code]
	st.Code, st.Word = code, s.Words.Code("today_state", code)
	return st
}

// Steps are the states that digits set, in the order of the digits 1 to 4.
var Steps = []string{clinic.Arrived, clinic.InRoom, clinic.Done, clinic.NoShow}

// NameOf is how a booking names its patient: the card's name, or the caller's.
func NameOf(s *present.Session, e *desk.Entry) string {
	return cmp.Or(e.Who.String(), s.T("today_nameless"))
}

func shortOf(s *present.Session, e *desk.Entry) string {
	if e.Who.Given == "" {
		return cmp.Or(e.Who.Family, e.Who.String(), s.T("today_nameless"))
	}
	return e.Who.Short()
}

// briefName is the whole name but for the patronymic, of which the first letter stands.
func briefName(s *present.Session, n clinic.Name) string {
	if n.Patronymic != "" && n.Given != "" {
		n.Patronymic = string([]rune(n.Patronymic)[:1]) + "."
	}
	return cmp.Or(n.String(), s.T("today_nameless"))
}

// tail is the end of a phone by which people tell numbers apart.
func tail(phone string) string {
	var digits []rune
	for _, r := range phone {
		if unicode.IsDigit(r) {
			digits = append(digits, r)
		}
	}
	if len(digits) < 4 {
		return ""
	}
	return "…" + string(digits[len(digits)-4:])
}

// facts are what tells two people of a name apart: birth date, phone tail, address.
func facts(s *present.Session, b clinic.Brief, phone string) string {
	return joined(s.Words.Date(b.BirthDate), tail(cmp.Or(phone, b.Phone)), b.Address)
}

func joined(parts ...string) string {
	out := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

// Upper makes the first letter a capital one.
func Upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
