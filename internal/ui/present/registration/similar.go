package registration

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
)

// mostAlike is the most cards that the panel shows.
const mostAlike = 5

// Alike is a card that the one being typed may be a second one of (R1.6).
type Alike struct {
	ID      clinic.ID
	Name    string
	About   string // birth date, age, number of the card
	Contact string // tail of the phone, address
	Grade   string // how sure it is, in words
	Sure    bool   // one would stop for it
	Why     string // what is the same
}

// Key changes when what cards are compared by has changed; it is empty while there
// is too little to look for anybody.
func (f *Form) Key() string {
	var b strings.Builder
	for _, name := range []string{"family", "given", "patronymic", "sex", "birth_date", "snils", "policy", "tax_number", "mother"} {
		b.WriteString(f.in.Values[name])
		b.WriteByte('|')
	}
	for _, list := range []string{"contacts", "documents", "addresses"} {
		for _, r := range f.in.Lists[list] {
			for _, name := range []string{"kind", "value", "type", "series", "number", "city", "street", "house", "flat", "text"} {
				b.WriteString(r.Values[name])
				b.WriteByte('|')
			}
		}
	}
	enough := len([]rune(f.in.Values["family"]))+len([]rune(f.in.Values["given"])) >= 3
	for _, name := range []string{"snils", "policy", "tax_number"} {
		enough = enough || len(digits(f.in.Values[name])) >= 6
	}
	for _, r := range f.in.Lists["contacts"] {
		enough = enough || len(digits(r.Values["value"])) >= 7
	}
	for _, r := range f.in.Lists["documents"] {
		enough = enough || len(digits(r.Values["number"])) >= 4
	}
	if !enough {
		return ""
	}
	return b.String()
}

// Look gives the deed that looks for cards like this one, to be done beside the
// screen; its result goes to Found.
func (f *Form) Look() func(context.Context) ([]clinic.Candidate, error) {
	draft, find := f.draft(), f.find
	return func(ctx context.Context) ([]clinic.Candidate, error) { return find.Similar(ctx, draft, mostAlike) }
}

// Found takes what Look has found.
func (f *Form) Found(list []clinic.Candidate) { f.alike = list }

// Dismiss says that the cards in the panel are other people's.
func (f *Form) Dismiss() {
	for _, c := range f.alike {
		f.other[c.ID] = true
	}
}

// Alike lists the cards for the panel, the surest first.
func (f *Form) Alike() []Alike {
	var out []Alike
	for _, c := range f.alike {
		if f.other[c.ID] || c.ID == f.id {
			continue
		}
		name := c.Name.String()
		if name == "" {
			name = f.s.T("registration_unnamed")
		}
		var why []string
		for _, r := range c.Reasons {
			if word := f.word("registration_why_" + string(r)); word != "" {
				why = append(why, word)
			}
		}
		out = append(out, Alike{
			ID: c.ID, Name: name, Sure: c.Grade >= clinic.Likely,
			About:   joined(f.s.Words.Date(c.BirthDate), f.s.Words.Age(c.BirthDate, f.s.Today()), c.CaseNumber),
			Contact: joined(tail(c.Phone), c.Address),
			Grade:   f.s.T("registration_alike_" + c.Grade.String()),
			Why:     strings.Join(why, ", "),
		})
	}
	return out
}

// AboutBrief is the second line of a card in a list to choose from.
func (f *Form) AboutBrief(b *clinic.Brief) string {
	return joined(f.s.Words.Date(b.BirthDate), b.CaseNumber, tail(b.Phone), b.Address)
}

// tail is enough of a phone to tell two people apart.
func tail(phone string) string {
	d := digits(phone)
	if len(d) < 4 {
		return ""
	}
	return "…" + d[len(d)-4:len(d)-2] + "-" + d[len(d)-2:]
}
