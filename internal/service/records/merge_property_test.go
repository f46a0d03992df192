package records_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// family is what some cards should show, told without the store: which cards are one,
// and on which card each visit stands.
type family struct {
	w      *ward
	cards  []clinic.ID
	struck map[clinic.ID]bool
	group  map[clinic.ID]int // cards of one group are one patient
	next   int
	visits map[clinic.ID][]clinic.ID // by the card that they were written on
	signed map[clinic.ID]clinic.ID   // protocols, with the card of their visit
}

func (f *family) of(card clinic.ID) []clinic.ID {
	var out []clinic.ID
	for _, id := range f.cards {
		if f.group[id] == f.group[card] {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b clinic.ID) int { return slices.Compare(a[:], b[:]) })
	return out
}

// R1.6: however cards are merged, parted and written on, each thing stays on the card
// that it was written on, every card of a person opens all of it, and nobody else's.
func TestMergingLosesNothing(t *testing.T) {
	w := open(t)
	most := 12
	if os.Getenv("FELDSHER_SOAK") != "" {
		most = 60
	}
	rapid.Check(t, func(r *rapid.T) {
		ctx := context.Background()
		f := &family{w: w, struck: map[clinic.ID]bool{}, group: map[clinic.ID]int{}, visits: map[clinic.ID][]clinic.ID{}, signed: map[clinic.ID]clinic.ID{}}
		for i := range 4 {
			p := w.register(clinic.Patient{Name: clinic.Name{Family: fmt.Sprintf("Проба%d", i)}, Sex: clinic.Female})
			f.cards, f.group[p.ID] = append(f.cards, p.ID), i
		}
		f.next = len(f.cards)
		card := rapid.SampledFrom(f.cards)
		for range rapid.IntRange(most/3, most).Draw(r, "steps") {
			a, b := card.Draw(r, "a"), card.Draw(r, "b")
			switch rapid.IntRange(0, 5).Draw(r, "act") {
			case 0, 1:
				f.merge(ctx, r, a, b)
			case 2:
				f.part(ctx, r, a, b)
			case 3:
				v, err := w.AddVisit(ctx, clinic.Visit{Patient: a, Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}})
				if f.struck[a] {
					if !fault.Is(err, fault.NotFound) {
						r.Fatal("a visit on a card that was annulled", err)
					}
					continue
				}
				if err != nil || v.Patient != f.of(a)[0] {
					r.Fatal("the visit is not on the root", err)
				}
				f.visits[v.Patient] = append(f.visits[v.Patient], v.ID)
			case 4:
				if list := f.visits[a]; len(list) > 0 {
					d, err := w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: list[len(list)-1], Patient: b, Template: clinic.NewID()})
					if f.group[a] != f.group[b] {
						if !fault.Is(err, fault.Invalid) {
							r.Fatal("a protocol names another patient", err)
						}
						continue
					}
					if err == nil {
						d, err = w.SignProtocol(ctx, d.ID)
					}
					if err != nil && !fault.Is(err, fault.Conflict) {
						r.Fatal(err)
					}
					if err == nil {
						f.signed[d.ID] = a
					}
				}
			case 5:
				f.annul(ctx, r, a)
			}
		}
		f.compare(ctx, r)
	})
	w.sound()
}

func (f *family) merge(ctx context.Context, r *rapid.T, a, b clinic.ID) {
	_, err := f.w.MergePatients(ctx, a, b, "одна")
	switch {
	case a == b:
		if !fault.Is(err, fault.Invalid) {
			r.Fatal(err)
		}
	case f.struck[a] || f.struck[b] || f.group[a] == f.group[b]:
		if !fault.Is(err, fault.Conflict) {
			r.Fatal(err)
		}
	case err != nil:
		r.Fatal(err)
	default:
		from, to := f.group[b], f.group[a]
		for _, id := range f.cards {
			if f.group[id] == from {
				f.group[id] = to
			}
		}
	}
}

func (f *family) part(ctx context.Context, r *rapid.T, a, b clinic.ID) {
	was := f.of(a)
	_, err := f.w.UnmergePatients(ctx, a, b)
	if a == b || f.group[a] != f.group[b] {
		if !fault.Is(err, fault.Conflict) {
			r.Fatal(err)
		}
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	left, err := f.w.MergedCards(ctx, a)
	if err != nil {
		r.Fatal(err)
	}
	gone, err := f.w.MergedCards(ctx, b)
	if err != nil {
		r.Fatal(err)
	}
	if len(left)+len(gone) != len(was) {
		r.Fatalf("%d cards fell into %d and %d", len(was), len(left), len(gone))
	}
	for i := range gone {
		f.group[gone[i].ID] = f.next
	}
	f.next++
	if f.group[a] == f.group[b] {
		r.Fatal("the cards are not parted")
	}
}

func (f *family) annul(ctx context.Context, r *rapid.T, a clinic.ID) {
	err := f.w.AnnulPatient(ctx, a, "проба")
	switch {
	case f.struck[a], len(f.of(a)) > 1:
		if err == nil {
			r.Fatal("a card was annulled that is merged or annulled")
		}
	case err == nil:
		f.struck[a] = true
	case !fault.Is(err, fault.Conflict):
		r.Fatal(err)
	}
}

func (f *family) compare(ctx context.Context, r *rapid.T) {
	for _, id := range f.cards {
		whole := f.of(id)
		c, err := f.w.Chart(ctx, id)
		if err != nil {
			r.Fatal(err)
		}
		var want, got []clinic.ID
		protocols := 0
		for _, card := range whole {
			want = append(want, f.visits[card]...)
		}
		for i := range c.Visits {
			v := &c.Visits[i]
			got = append(got, v.ID)
			if !slices.Contains(f.visits[v.Patient], v.ID) {
				r.Fatal("a visit has moved to another card")
			}
		}
		byBytes := func(a, b clinic.ID) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(want, byBytes)
		slices.SortFunc(got, byBytes)
		if !slices.Equal(want, got) && !f.struck[id] || c.Patient.ID != whole[0] || len(c.Merged) != len(whole)-1 {
			r.Fatalf("card of %d: %d visits, want %d", len(whole), len(got), len(want))
		}
		for p, card := range f.signed {
			if !slices.Contains(whole, card) {
				continue
			}
			protocols++
			out, err := f.w.Printout(ctx, p)
			if err != nil || out.Patient.ID != card || out.Protocol.Patient != card {
				r.Fatal("a signed protocol is another card's", err)
			}
		}
		if signed, err := f.w.SignedProtocols(ctx, id); err != nil || len(signed) != protocols {
			r.Fatal(len(signed), protocols, err)
		}
	}
}
