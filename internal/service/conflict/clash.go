package conflict

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"feldsher/internal/clinic"
)

// Clash is several bookings in one place of a doctor's day, which two workstations
// made apart (R2.4). Nothing of it is decided here: the desk moves one of them.
type Clash struct {
	Staff    clinic.ID        `json:"staff"`
	Name     string           `json:"name"` // the doctor's
	Bookings []clinic.Booking `json:"bookings"`
	// Cards are the patients', for who may read cards.
	Cards map[clinic.ID]clinic.Brief `json:"-"`
}

// clashesAhead is how many days from today on are looked at.
const clashesAhead = 120

// Clashes lists the bookings from today on that stand in one another's place, by
// time. Right: ReadDesk; who has it not sees none.
func (c *Conflicts) Clashes(ctx context.Context) ([]Clash, error) {
	if !c.who.May(clinic.ReadDesk) {
		return nil, nil
	}
	t, err := c.teller(ctx)
	if err != nil {
		return nil, err
	}
	now := c.now()
	from := clinic.TimeOf(now.AddDate(0, 0, -1))
	all, err := t.reader.Bookings(clinic.ID{}, from, clinic.TimeOf(now.AddDate(0, 0, clashesAhead)))
	if err != nil {
		return nil, err
	}
	byID := make(map[clinic.ID]*clinic.Booking, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	against := clinic.Clashes(all)
	told := map[clinic.ID]bool{}
	var out []Clash
	for i := range all {
		b := &all[i]
		if len(against[b.ID]) == 0 || told[b.ID] || b.End() < clinic.TimeOf(now) {
			continue
		}
		x := Clash{Staff: b.Staff, Name: t.people[b.Staff], Cards: map[clinic.ID]clinic.Brief{}}
		for _, id := range append([]clinic.ID{b.ID}, against[b.ID]...) {
			told[id] = true
			x.Bookings = append(x.Bookings, *byID[id])
			if c.who.May(clinic.ReadCards) {
				if err := t.addCard(x.Cards, byID[id].Patient); err != nil {
					return nil, err
				}
			}
		}
		slices.SortFunc(x.Bookings, func(a, b clinic.Booking) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), bytes.Compare(a.ID[:], b.ID[:]))
		})
		out = append(out, x)
	}
	return out, c.looks.NotePage(ctx, "view", "booking", "clashes", len(out))
}
