package catalog

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
)

// prefFavourites is where a user's pinned codes stand, one a line, the last pinned last.
const prefFavourites = "icd.favourites"

// How many codes a doctor may pin, and how many are learned.
const (
	maxPinned = 200
	learned   = 40
)

// Favourites are the codes that a user means more often than others.
type Favourites struct {
	Pinned []string // by the user's own hand
	Habit  []string // stated most by the user in the clinic's latest visits
	Usual  []string // of the speciality
}

// All lists the codes, each once: pinned, then habit, then speciality.
func (f *Favourites) All() []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{f.Pinned, f.Habit, f.Usual} {
		for _, code := range list {
			if !seen[code] {
				seen[code] = true
				out = append(out, code)
			}
		}
	}
	return out
}

// Prefer is for icd.Options: whether a code is among the favourites.
func (f *Favourites) Prefer() func(code string) bool {
	set := map[string]bool{}
	for _, code := range f.All() {
		set[code] = true
	}
	return func(code string) bool { return set[code] }
}

// Favourites gives the user's own (R3.2). The habit is counted for those who read care
// only; codes that the table in use does not offer are left out. No right is asked for: a
// user without one has pinned codes and no habit.
func (c *Catalog) Favourites(ctx context.Context) (Favourites, error) {
	x, err := c.Index(ctx)
	if err != nil {
		return Favourites{}, err
	}
	offered := func(codes []string) []string {
		return slices.DeleteFunc(codes, func(code string) bool {
			e, ok := x.Entry(code)
			return !ok || !e.Active
		})
	}
	pinned, err := c.pinned(ctx)
	if err != nil {
		return Favourites{}, err
	}
	f := Favourites{Pinned: offered(pinned), Usual: offered(icd.Usual(templates.KindOf(c.who.Speciality, c.who.Position)))}
	if !c.who.May(clinic.ReadCare) {
		return f, nil
	}
	stated, err := c.store.Reader(ctx).StatedCodes(c.who.ID, learned)
	if err != nil {
		return Favourites{}, err
	}
	for _, s := range stated {
		f.Habit = append(f.Habit, s.Code)
	}
	f.Habit = offered(f.Habit)
	return f, nil
}

func (c *Catalog) pinned(ctx context.Context) ([]string, error) {
	text, err := access.NewPrefs(c.store, c.who).Get(ctx, prefFavourites)
	return strings.Fields(text), err
}

// PinICD makes a code a favourite of the user on this workstation, or takes the mark
// away. Faults: Invalid for a code that the table does not offer (away is always
// possible), Conflict where the list is full.
func (c *Catalog) PinICD(ctx context.Context, code string, on bool) error {
	code = icd.Normalize(code)
	list, err := c.pinned(ctx)
	if err != nil {
		return err
	}
	had := len(list)
	list = slices.DeleteFunc(list, func(x string) bool { return x == code })
	if on {
		if len(list) != had {
			return nil // it is pinned already, and keeps its place
		}
		x, err := c.Index(ctx)
		if err != nil {
			return err
		}
		if e, ok := x.Entry(code); !ok || !e.Active || e.Kind != icd.KindCategory && e.Kind != icd.KindSubcategory {
			return fault.At("code", "fault.icd.unknown")
		}
		if len(list) >= maxPinned {
			return fault.New(fault.Conflict, "picker_fault_full", "limit", maxPinned)
		}
		list = append(list, code)
	}
	return access.NewPrefs(c.store, c.who).Set(ctx, prefFavourites, strings.Join(list, "\n"))
}
