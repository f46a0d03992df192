package cards

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// Merging is the panel that says that a card and another one are of one person.
type Merging struct {
	s     *present.Session
	card  clinic.Patient
	own   []clinic.ID
	Other *clinic.Patient // the card picked; nil for none yet
	Pairs []Pair          // both side by side
}

// NewMerging begins with a card.
func NewMerging(c *Card) *Merging {
	m := &Merging{s: c.s, card: *c.Patient(), own: []clinic.ID{c.Patient().ID}}
	for _, p := range c.Merged() {
		m.own = append(m.own, p.ID)
	}
	return m
}

// Choice is a card that may be merged: a line of the list, and why it is proposed.
type Choice struct {
	Row
	Why string
}

// merged cards of one list at most
const choices = 40

// Find lists the cards that a query finds; with an empty one those that look like
// second cards of the same person.
func (m *Merging) Find(ctx context.Context, query string) ([]Choice, error) {
	var out []Choice
	if strings.TrimSpace(query) == "" {
		alike, err := m.s.Records.Similar(ctx, m.card, choices)
		if err != nil {
			return nil, err
		}
		for _, c := range alike {
			out = append(out, Choice{RowOf(m.s, c.Brief), Reasons(m.s.Words, c.Resemblance)})
		}
		return out, nil
	}
	found, err := m.s.Records.FindPatients(ctx, query, choices)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		if b.ID != m.own[0] {
			out = append(out, Choice{Row: RowOf(m.s, b)})
		}
	}
	return out, nil
}

// Reasons tells why two cards look alike: «почти наверняка: фамилия и имя, дата
// рождения».
func Reasons(w present.Words, r clinic.Resemblance) string {
	if r.Grade == clinic.Unlike {
		return ""
	}
	words := make([]string, 0, len(r.Reasons))
	for _, why := range r.Reasons {
		words = append(words, w.T("cards_why_"+string(why)))
	}
	return w.T("cards_grade_"+r.Grade.String()) + ": " + strings.Join(words, ", ")
}

// Compare reads the other card and puts it beside this one.
func (m *Merging) Compare(ctx context.Context, other clinic.ID) (clinic.Patient, []Pair, error) {
	p, err := m.s.Records.Patient(ctx, other)
	if err != nil {
		return p, nil, err
	}
	return p, Compare(m.s, &m.card, &p), nil
}

// Pick takes what Compare has read.
func (m *Merging) Pick(p clinic.Patient, pairs []Pair) { m.Other, m.Pairs = &p, pairs }

// Heads name the two cards.
func (m *Merging) Heads() (a, b string) {
	a = join(" · ", m.card.CaseNumber, nameOf(m.s.Words, m.card.Name))
	if m.Other != nil {
		b = join(" · ", m.Other.CaseNumber, nameOf(m.s.Words, m.Other.Name))
	}
	return a, b
}

// Conflicts counts the fields that differ.
func (m *Merging) Conflicts() int {
	n := 0
	for _, p := range m.Pairs {
		if p.Differ {
			n++
		}
	}
	return n
}

// Merge says that both are of one person. It gives the card under which both are
// shown now, and what undoes it. Faults at "why" and "other".
func (m *Merging) Merge(ctx context.Context, why string) (root clinic.ID, undo func(context.Context) error, err error) {
	other := m.Other.ID
	merged, err := m.s.Records.MergePatients(ctx, m.card.ID, other, why)
	if err != nil {
		return clinic.ID{}, nil, err
	}
	first := m.card.ID
	records := m.s.Records
	return merged.Root, func(ctx context.Context) error {
		_, err := records.UnmergePatients(ctx, first, other)
		return err
	}, nil
}

// Part parts a merged card from this one, by its place in Merged, and gives what
// undoes it.
func (c *Card) Part(ctx context.Context, i int) (undo func(context.Context) error, err error) {
	root, other := c.Patient().ID, c.Merged()[i].ID
	if _, err := c.s.Records.UnmergePatients(ctx, root, other); err != nil {
		return nil, err
	}
	records, why := c.s.Records, c.s.T("cards_part_undone")
	return func(ctx context.Context) error {
		_, err := records.MergePatients(ctx, root, other, why)
		return err
	}, nil
}

// Annul strikes the card out, which was made by mistake. Fault at "why".
func (c *Card) Annul(ctx context.Context, why string) error {
	return c.s.Records.AnnulPatient(ctx, c.Patient().ID, why)
}
