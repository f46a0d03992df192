package conflict

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// teller makes conflicts of what the journal knows.
type teller struct {
	c        *Conflicts
	reader   *store.Reader
	people   map[clinic.ID]string
	stations map[clinic.ID]string
	read     map[string]bool
}

func (c *Conflicts) teller(ctx context.Context) (*teller, error) {
	t := &teller{c: c, reader: c.store.Reader(ctx), people: map[clinic.ID]string{}, stations: map[clinic.ID]string{}}
	staff, err := t.reader.AllStaff()
	if err != nil {
		return nil, err
	}
	for i := range staff {
		t.people[staff[i].ID] = cmp.Or(staff[i].Short(), staff[i].Login)
	}
	for _, cert := range c.store.Session().Certificates().All() {
		if cert.Kind == vault.CertDevice {
			t.stations[cert.Subject] = cert.Name
		}
	}
	t.read, err = c.readKeys(ctx)
	return t, err
}

// frame tells all of a conflict but the row it is about.
func (t *teller) frame(o *journal.OpenConflict) Conflict {
	policy, group := groupOf(o.Table, o.Group)
	x := Conflict{
		Ref: Ref{Table: o.Table, ID: o.ID, Group: o.Group}, Class: policy.Class, Patient: o.Patient, Columns: group.Columns,
		Is: Open, Reads: t.c.reads(o.Table), Settles: t.c.settles(o.Table),
	}
	switch {
	case o.Late:
		x.Is = Late
	case o.Clash:
		x.Is, x.Columns = Twice, columnsOf(policy)
	case o.Sealed:
		x.Is = Sealed
	}
	for i := range o.Heads {
		h := &o.Heads[i]
		x.Versions = append(x.Versions, Version{
			Key: hex.EncodeToString(h.Hash[:]), Device: h.Device, Station: t.stations[h.Device], At: h.HLC.Time(), Actor: h.Actor,
			Who: t.people[h.Actor], Intent: h.Intent, Patient: h.Patient, Standing: h.Standing, Void: x.Is != Open && !h.Standing, Values: h.Values,
		})
	}
	slices.SortStableFunc(x.Versions, func(a, b Version) int {
		switch {
		case a.Standing != b.Standing && a.Standing:
			return -1
		case a.Standing != b.Standing:
			return 1
		}
		return a.At.Compare(b.At)
	})
	x.Ref.Late = x.Is == Late
	x.Settles = x.Settles && x.Is == Open
	x.Read = x.Is != Open && t.allRead(&x)
	t.hide(&x)
	return x
}

// hide takes away what the user may not read.
func (t *teller) hide(x *Conflict) {
	if x.Reads {
		return
	}
	for i := range x.Versions {
		x.Versions[i].Values = nil
	}
	if t.c.who.May(clinic.ReadCards) {
		return
	}
	x.Patient = clinic.ID{}
	for i := range x.Versions {
		x.Versions[i].Patient = clinic.ID{}
	}
}

// tell is frame with the row that the conflict is about.
func (t *teller) tell(o *journal.OpenConflict) (Conflict, error) {
	x := t.frame(o)
	if !x.Reads {
		return x, nil
	}
	row, err := t.reader.Row(o.Table, o.ID)
	if err != nil {
		return Conflict{}, err
	}
	x.Row = row
	if !t.c.who.May(clinic.ReadCards) {
		return x, nil
	}
	x.Cards = map[clinic.ID]clinic.Brief{}
	if err := t.addCard(x.Cards, x.Patient); err != nil {
		return Conflict{}, err
	}
	for i := range x.Versions {
		if err := t.addCard(x.Cards, x.Versions[i].Patient); err != nil {
			return Conflict{}, err
		}
		for _, c := range cardColumns {
			if b, ok := x.Versions[i].Values[c].([]byte); ok && len(b) == len(clinic.ID{}) {
				if err := t.addCard(x.Cards, clinic.ID(b)); err != nil {
					return Conflict{}, err
				}
			}
		}
	}
	return x, nil
}

// cardColumns name a patient's card.
var cardColumns = []string{"card", "mother", "person", "other", "patient"}

func (t *teller) addCard(to map[clinic.ID]clinic.Brief, id clinic.ID) error {
	if _, known := to[id]; known || id.IsZero() {
		return nil
	}
	b, ok, err := t.reader.Brief(id)
	if err == nil && ok {
		to[id] = b
	}
	return err
}

// columnsOf are all columns of a table.
func columnsOf(t clinic.Table) []string {
	var out []string
	for _, g := range t.Groups {
		out = append(out, g.Columns...)
	}
	return out
}

// groupOf gives the policy of a table and of one of its field groups.
func groupOf(table, group string) (clinic.Table, clinic.Group) {
	for _, t := range clinic.Tables {
		if t.Name != table {
			continue
		}
		for _, g := range t.Groups {
			if g.Name == group {
				return t, g
			}
		}
		return t, clinic.Group{}
	}
	return clinic.Table{}, clinic.Group{}
}
