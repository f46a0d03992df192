package desk

import (
	"cmp"
	"context"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// Want says which free places are looked for.
type Want struct {
	Staff      clinic.ID   // this member of staff, or
	Speciality string      // anybody of this speciality; both empty: anybody
	From       clinic.Time // not before; never before now
	Until      clinic.Date // not after this day; empty: three months on
	Minutes    int         // how long it takes; 0: one slot
	N          int         // at most so many; 0: 10
}

// lookAhead is for how many days free places are looked for.
const lookAhead = 92

// FreeSlots lists the next free places, the earliest first.
func (d *Desk) FreeSlots(ctx context.Context, w Want) ([]clinic.Slot, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return nil, err
	}
	zone, err := d.Zone(ctx)
	if err != nil {
		return nil, err
	}
	if w.Minutes < 0 || w.Minutes > clinic.MaxMinutes {
		return nil, fault.At("minutes", "fault.desk.minutes", "limit", clinic.MaxMinutes)
	}
	now := clinic.TimeOf(d.now())
	w.From = max(w.From, now)
	w.N = cmp.Or(w.N, 10)
	first := clinic.DateIn(w.From, zone)
	last := first.AddDays(lookAhead)
	if w.Until != "" && w.Until < last {
		last = w.Until
	}
	var out []clinic.Slot
	const stride = 7 // days read together
	for day := first; day <= last && len(out) < w.N; day = day.AddDays(stride) {
		src, err := d.read(ctx, w.Staff, day, stride, zone)
		if err != nil {
			return nil, err
		}
		for i := 0; i < stride && day.AddDays(i) <= last && len(out) < w.N; i++ {
			out = append(out, w.of(src, day.AddDays(i))...)
		}
	}
	return out[:min(len(out), w.N)], nil
}

// of lists the free places of one day.
func (w *Want) of(src *source, day clinic.Date) []clinic.Slot {
	var out []clinic.Slot
	for _, p := range src.people {
		if w.Staff.IsZero() && w.Speciality != "" && p.Speciality != w.Speciality {
			continue
		}
		c := src.column(p, day)
		for i, s := range c.Slots {
			if s.Start < w.From {
				continue
			}
			if s.Minutes = cmp.Or(w.Minutes, s.Minutes); c.fits(i, s) {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b clinic.Slot) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// fits reports whether the time of s, which begins at slot i of the column, is free
// and within the hours.
func (c *Column) fits(i int, s clinic.Slot) bool {
	until := s.Start + clinic.Time(s.Minutes)*60_000
	end := s.Start
	for _, n := range c.Slots[i:] {
		if n.Start > end {
			break // a gap in the hours
		}
		if n.Taken {
			return false
		}
		if end = n.Start + clinic.Time(n.Minutes)*60_000; end >= until {
			return true
		}
	}
	return false
}
