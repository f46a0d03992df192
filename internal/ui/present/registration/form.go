// Package registration is the view-model of a card's form (R1.1): what stands in
// each field as it was typed, what is said at it, which sections it has, and what
// saving does.
//
// It promises: nothing that was typed is thrown away because it is wrong: it stays
// in its field with a word about it, and in the draft (R3.8). A mismatch of numbers
// warns and never blocks (R1.7). What numbers and names suggest fills only fields
// that nobody has touched, and says so. An edit writes only the fields that were
// changed here, so that a colleague's edit of the same card at the same time stays.
//
// Fields are named by the paths that faults use: "family", "contacts[1].value".
package registration

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// Finder finds the cards that a draft may be a second card of (R1.6);
// records.Records is one.
type Finder interface {
	Similar(ctx context.Context, draft clinic.Patient, limit int) ([]clinic.Candidate, error)
}

// Tone says how serious a word at a field is.
type Tone uint8

// The tones.
const (
	Calm  Tone = iota // a hint
	Warn              // strange, but taken
	Wrong             // must be put right before the card can be saved
)

// Word is what is said at a field; the empty one is nothing.
type Word struct {
	Tone Tone
	Text string
}

// Form is a card being typed.
type Form struct {
	s       *present.Session
	find    Finder
	specs   []sectionSpec
	id      clinic.ID      // zero for a new card
	card    clinic.Patient // as it was when the form was opened; zero for a new one
	base    Input          // what stood in the fields then
	in      Input
	own     map[string]bool   // fields that the user has typed in
	auto    map[string]string // fields that were filled by what: "iin", "enp", "patronymic", "mother"
	left    map[string]bool   // fields that were left: from then on everything is said at them
	refused map[string]Word   // what saving said
	people  map[clinic.ID]Person
	alike   []clinic.Candidate
	other   map[clinic.ID]bool // cards that the user said are other people's
	earlier *kept              // an older draft of another new card
	kept    bool               // the draft on the disk is what stands in the fields

	// Cursor is the field in which the user was last; it comes back with the draft.
	Cursor string
}

// New makes the form of a new card; begin is what was typed in a search: a name, a
// phone, a date of birth in any order.
func New(s *present.Session, begin string) *Form {
	f := empty(s)
	f.base = f.blank()
	f.in = f.blank()
	f.begin(begin)
	f.suggest()
	return f
}

// Open makes the form of a card that is there.
func Open(ctx context.Context, s *present.Session, id clinic.ID) (*Form, error) {
	card, err := s.Records.Patient(ctx, id)
	if err != nil {
		return nil, err
	}
	f := empty(s)
	f.id, f.card = id, card
	if f.base, err = f.read(card); err != nil {
		return nil, err
	}
	f.in = f.base.clone()
	for path, text := range f.base.Values {
		f.own[path] = text != ""
	}
	f.know(ctx)
	return f, nil
}

func empty(s *present.Session) *Form {
	return &Form{
		s: s, find: s.Records, specs: table(s.Clinic.Country, s.Clinic.Extra), own: map[string]bool{}, auto: map[string]string{}, left: map[string]bool{},
		refused: map[string]Word{}, people: map[clinic.ID]Person{}, other: map[clinic.ID]bool{}, kept: true,
	}
}

// Editing reports whether the card is there already.
func (f *Form) Editing() bool { return !f.id.IsZero() }

// ID of the card, zero for a new one.
func (f *Form) ID() clinic.ID { return f.id }

// Card as it was when the form was opened.
func (f *Form) Card() clinic.Patient { return f.card }

// Title of the page.
func (f *Form) Title() string {
	if !f.Editing() {
		return f.s.T("registration_title_new")
	}
	return f.s.T("registration_title_edit", "name", f.person(f.card).Name)
}

// About is the line under the title: who it is so far.
func (f *Form) About() string {
	if f.Editing() {
		return f.s.T("registration_about_edit", "number", f.card.CaseNumber)
	}
	return f.s.T("registration_about_new")
}

// Get is what stands in a field.
func (f *Form) Get(path string) string {
	list, i, name := split(path)
	if list == "" {
		return f.in.Values[name]
	}
	if i < len(f.in.Lists[list]) {
		return f.in.Lists[list][i].Values[name]
	}
	return ""
}

// Set is called at every key: text is what stands in the field now. It is cleaned of
// what no field can hold, and what follows from it is suggested.
func (f *Form) Set(path, text string) {
	text = clean(text, f.kind(path) == Note)
	if f.Get(path) == text {
		if f.auto[path] != "" { // what was suggested is what the user says too
			f.own[path], f.kept = true, false
			delete(f.auto, path)
		}
		return
	}
	f.put(path, text)
	f.own[path] = true
	delete(f.auto, path)
	delete(f.refused, path)
	if base, _, _ := strings.Cut(path, "["); base != path {
		delete(f.refused, base)
	}
	f.kept = false
	f.suggest()
}

func (f *Form) put(path, text string) {
	list, i, name := split(path)
	if list == "" {
		f.in.Values[name] = text
		return
	}
	if i < len(f.in.Lists[list]) {
		f.in.Lists[list][i].Values[name] = text
	}
}

// Left is called when a field loses the focus: what was suspended while it was being
// typed is said now, and names get their capital letters.
func (f *Form) Left(path string) {
	f.left[path] = true
	if f.kind(path) == Name {
		if better := capital(f.Get(path)); better != f.Get(path) {
			f.put(path, better)
			f.kept = false
		}
	}
}

// Add puts a new line into a list and gives its number.
func (f *Form) Add(list string) int {
	f.in.Lists[list] = append(f.in.Lists[list], f.row(list))
	f.kept = false
	return len(f.in.Lists[list]) - 1
}

// Remove takes a line out of a list; calling what it gives brings it back.
func (f *Form) Remove(list string, i int) (undo func()) {
	rows := f.in.Lists[list]
	if i < 0 || i >= len(rows) {
		return func() {}
	}
	gone := rows[i]
	f.in.Lists[list] = append(rows[:i:i], rows[i+1:]...)
	f.shift(list)
	f.kept = false
	return func() {
		rows := f.in.Lists[list]
		at := min(i, len(rows))
		f.in.Lists[list] = append(rows[:at:at], append([]Row{gone}, rows[at:]...)...)
		f.shift(list)
		f.kept = false
	}
}

// shift forgets what was noted about the lines of a list by their numbers.
func (f *Form) shift(list string) {
	for path := range f.left {
		if strings.HasPrefix(path, list+"[") {
			delete(f.left, path)
		}
	}
	for path := range f.refused {
		if strings.HasPrefix(path, list+"[") {
			delete(f.refused, path)
		}
	}
	for i, row := range f.in.Lists[list] {
		for name, text := range row.Values {
			f.own[at(list, i, name)] = text != ""
		}
	}
}

// at writes a path, split reads it: list is empty for a field of the card itself.
func at(list string, i int, name string) string { return fmt.Sprintf("%s[%d].%s", list, i, name) }

func split(path string) (list string, i int, name string) {
	head, rest, ok := strings.Cut(path, "[")
	if !ok {
		return "", 0, path
	}
	number, name, _ := strings.Cut(rest, "].")
	i, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
	if err != nil || i < 0 {
		return "", 0, path
	}
	return head, i, name
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}
