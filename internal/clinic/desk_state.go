package clinic

import (
	"cmp"
	"slices"
)

// steps are the states that may follow a state.
var steps = map[string][]string{
	Booked:    {Arrived, InRoom, Done, NoShow, Cancelled},
	Arrived:   {InRoom, Done, NoShow, Cancelled},
	InRoom:    {Done, Cancelled},
	Done:      {},
	NoShow:    {Arrived}, // came late after all
	Cancelled: {},
}

// CanStep reports whether a booking may go from one state to another.
func CanStep(from, to string) bool { return slices.Contains(steps[from], to) }

// NextStates lists the states that may follow.
func NextStates(from string) []string { return slices.Clone(steps[from]) }

// Step puts a booking into a state at a moment and notes the moment where the
// state has one. It asks nothing: see CanStep.
func (b *Booking) Step(to string, at Time) {
	b.Status = to
	switch to {
	case Arrived:
		b.Arrived, b.Called, b.Done = at, 0, 0
	case InRoom:
		b.Called, b.Done = at, 0
	case Done:
		b.Done = at
	}
}

// Former gives the state that a booking had before its present one, told by the
// moments that it has. A booked one has none.
func (b *Booking) Former() string {
	switch {
	case b.Status == Booked:
		return ""
	case b.Status != InRoom && b.Status != Arrived && !b.Called.IsZero():
		return InRoom
	case b.Status != Arrived && !b.Arrived.IsZero():
		return Arrived
	}
	return Booked
}

// StepBack undoes the last step.
func (b *Booking) StepBack() {
	to := b.Former()
	switch b.Status {
	case Arrived:
		b.Arrived = 0
	case InRoom:
		b.Called = 0
	case Done:
		b.Done = 0
	case Cancelled:
		b.Cancel, b.CancelBy, b.CancelAt = "", ID{}, 0
	}
	if to != "" {
		b.Status = to
	}
}

// Live reports whether the patient is still awaited, here, or has been.
func (b *Booking) Live() bool {
	return b.Deleted.IsZero() && b.Status != Cancelled && b.Status != NoShow
}

// Occupies reports whether the booking takes its place in the grid.
func (b *Booking) Occupies() bool { return b.Live() && b.Kind != WalkIn && b.Kind != Urgent }

// End is when the booked time is over.
func (b *Booking) End() Time { return b.Start + Time(b.Minutes)*60_000 }

// Overlaps reports whether a booking's time and a stretch have a moment in common.
func (b *Booking) Overlaps(from, until Time) bool { return b.Start < until && b.End() > from }

// Clashes derives which bookings stand in the same place of the same doctor's day
// without anybody having meant it: two workstations that booked apart (R2.4). It
// gives for each such booking the others; a pair of which one says that it doubles
// on purpose is none.
func Clashes(all []Booking) map[ID][]ID {
	order := make([]*Booking, 0, len(all))
	for i := range all {
		if all[i].Occupies() {
			order = append(order, &all[i])
		}
	}
	slices.SortStableFunc(order, func(a, b *Booking) int {
		return cmp.Or(slices.Compare(a.Staff[:], b.Staff[:]), cmp.Compare(a.Start, b.Start))
	})
	out := map[ID][]ID{}
	for i, a := range order {
		for _, b := range order[i+1:] {
			if b.Staff != a.Staff || b.Start >= a.End() {
				break
			}
			if a.Double == "" && b.Double == "" {
				out[a.ID], out[b.ID] = append(out[a.ID], b.ID), append(out[b.ID], a.ID)
			}
		}
	}
	return out
}

// MarkTaken marks the slots that a booking occupies. All are of one member of staff.
func MarkTaken(slots []Slot, bookings []Booking) {
	for i := range slots {
		s := &slots[i]
		s.Taken = slices.ContainsFunc(bookings, func(b Booking) bool {
			return b.Staff == s.Staff && b.Occupies() && b.Overlaps(s.Start, s.Start+Time(s.Minutes)*60_000)
		})
	}
}
