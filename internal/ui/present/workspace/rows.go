package workspace

import (
	"slices"

	"feldsher/internal/clinic"
)

// rowKind says how rows of a kind are told apart and which of their fields are merged
// together: the groups are those of clinic.Tables, so that two workstations agree with
// the ledger about what is one thing.
type rowKind[T any] struct {
	record func(*T) *clinic.Record
	groups func(*T) [][]*string
	empty  func(*T) bool
}

func date(d *clinic.Date) *string       { return (*string)(d) }
func decimal(d *clinic.Decimal) *string { return (*string)(d) }

func coding(c *clinic.Coding) []*string {
	return []*string{&c.System, &c.Code, &c.Version, &c.Name}
}

var diagnosisRow = rowKind[clinic.Diagnosis]{
	record: func(d *clinic.Diagnosis) *clinic.Record { return &d.Record },
	groups: func(d *clinic.Diagnosis) [][]*string {
		return [][]*string{append(coding(&d.Coding), &d.Text), {&d.Stage, &d.Rank, &d.Onset}}
	},
	empty: func(d *clinic.Diagnosis) bool { return d.Code == "" && plain(d.Text) == "" },
}

var prescriptionRow = rowKind[clinic.Prescription]{
	record: func(p *clinic.Prescription) *clinic.Record { return &p.Record },
	groups: func(p *clinic.Prescription) [][]*string {
		return [][]*string{
			append(coding(&p.Coding), &p.INN, &p.Trade, &p.Form),
			{decimal(&p.Dose), &p.DoseUnit, &p.Route, &p.Frequency, &p.Duration, &p.Directions},
			{decimal(&p.Quantity), &p.QuantityUnit},
			{&p.Status, date(&p.Start), date(&p.Stop)},
			{&p.Reason},
		}
	},
	empty: func(p *clinic.Prescription) bool {
		return plain(p.INN) == "" && plain(p.Trade) == "" && p.Coding.Name == ""
	},
}

var orderRow = rowKind[clinic.Order]{
	record: func(o *clinic.Order) *clinic.Record { return &o.Record },
	groups: func(o *clinic.Order) [][]*string {
		return [][]*string{append(coding(&o.Coding), &o.Kind, &o.Text), {&o.Status}}
	},
	empty: func(o *clinic.Order) bool { return plain(o.Text) == "" && o.Coding.Code == "" && o.Coding.Name == "" },
}

var observationRow = rowKind[clinic.Observation]{
	record: func(o *clinic.Observation) *clinic.Record { return &o.Record },
	groups: func(o *clinic.Observation) [][]*string {
		return [][]*string{append(coding(&o.Coding), &o.Kind, decimal(&o.Value), &o.Sign, &o.Unit, &o.Text, decimal(&o.Low), decimal(&o.High), &o.Flag)}
	},
	empty: func(o *clinic.Observation) bool {
		return o.Code == "" && o.Name == "" && o.Value == "" && plain(o.Text) == ""
	},
}

// rowOf finds the row with an id; nil if there is none.
func rowOf[T any](list []T, id clinic.ID, kind rowKind[T]) *T {
	at := slices.IndexFunc(list, func(r T) bool { return kind.record(&r).ID == id })
	if at < 0 {
		return nil
	}
	return &list[at]
}

// same reports whether two groups of a row say the same.
func same(a, b []*string) bool {
	return slices.EqualFunc(a, b, func(x, y *string) bool { return plain(*x) == plain(*y) })
}

// mergeRow lays the doctor's changes of a row over what others have made of it: a
// group that the doctor left as it was is theirs. clash tells whether somebody else
// changed a group that the doctor changed too; the doctor's stays on the page.
func mergeRow[T any](kind rowKind[T], base, mine, theirs *T) (out T, clash bool) {
	out = *theirs
	var zero T
	if base == nil {
		base = &zero
	}
	to, b, m, t := kind.groups(&out), kind.groups(base), kind.groups(mine), kind.groups(theirs)
	for g := range to {
		switch {
		case same(m[g], t[g]):
			copyTo(to[g], m[g]) // blanks at the end stay while somebody types there
		case !same(m[g], b[g]):
			copyTo(to[g], m[g])
			clash = clash || !same(t[g], b[g])
		}
	}
	return out, clash
}

func copyTo(to, from []*string) {
	for i := range to {
		*to[i] = *from[i]
	}
}

// mergeRows merges two lists of rows over what both began from: rows of either side
// stay, a row that one has struck out goes, unless the other has changed it since.
func mergeRows[T any](kind rowKind[T], base, mine, theirs []T, clash func(i int)) []T {
	out := make([]T, 0, len(mine)+1)
	for i := range mine {
		id := kind.record(&mine[i]).ID
		was, now := rowOf(base, id, kind), rowOf(theirs, id, kind)
		switch {
		case now != nil:
			row, clashed := mergeRow(kind, was, &mine[i], now)
			if clashed && clash != nil {
				clash(len(out))
			}
			out = append(out, row)
		case was == nil || changed(kind, was, &mine[i]):
			out = append(out, mine[i])
		}
	}
	for i := range theirs {
		id := kind.record(&theirs[i]).ID
		if rowOf(mine, id, kind) == nil && rowOf(base, id, kind) == nil {
			out = append(out, theirs[i])
		}
	}
	return out
}

func changed[T any](kind rowKind[T], a, b *T) bool {
	return !slices.EqualFunc(kind.groups(a), kind.groups(b), same)
}
