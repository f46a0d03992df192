package registration

import (
	"context"
	"encoding/json"
	"maps"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

// kept is a draft as it lies on the disk.
type kept struct {
	Base    Input             `json:"base"`
	Input   Input             `json:"input"`
	Own     map[string]bool   `json:"own,omitempty"`
	Auto    map[string]string `json:"auto,omitempty"`
	At      clinic.Time       `json:"at,omitzero"`
	Cursor  string            `json:"cursor,omitempty"`
	Earlier *kept             `json:"earlier,omitempty"` // of another new card, not yet finished
}

// Unsaved reports whether the fields differ from what the disk has as draft.
func (f *Form) Unsaved() bool { return !f.kept }

// Dirty reports whether anything was typed that the card does not have.
func (f *Form) Dirty() bool { return !same(f.in, f.base) }

func same(a, b Input) bool {
	for name := range b.Values {
		if a.Values[name] != b.Values[name] {
			return false
		}
	}
	for name := range a.Values {
		if a.Values[name] != b.Values[name] {
			return false
		}
	}
	for name := range a.Lists {
		if !sameRows(a.Lists[name], b.Lists[name]) {
			return false
		}
	}
	for name := range b.Lists {
		if len(a.Lists[name]) != len(b.Lists[name]) {
			return false
		}
	}
	return true
}

func sameRows(a, b []Row) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			return false
		}
		for name, text := range a[i].Values {
			if text != b[i].Values[name] {
				return false
			}
		}
		for name, text := range b[i].Values {
			if text != a[i].Values[name] {
				return false
			}
		}
	}
	return true
}

// Keep gives the deed that writes the draft, to be done beside the screen; it writes
// what stands in the fields now. Nothing typed is no draft.
func (f *Form) Keep() func(context.Context) error {
	body := ""
	switch {
	case f.Dirty():
		b, err := json.Marshal(kept{Base: f.base, Input: f.in, Own: f.own, Auto: f.auto, At: clinic.TimeOf(f.s.Now()), Cursor: f.Cursor, Earlier: f.earlier})
		if err != nil {
			return func(context.Context) error { return err }
		}
		body = string(b)
	case f.earlier != nil:
		body = f.earlier.body()
	}
	f.kept = true
	id, rec := f.id, f.s.Records
	return func(ctx context.Context) error { return rec.SaveDraft(ctx, records.DraftPatient, id, body) }
}

// Failed says that the deed of Keep went wrong: the next key tries again.
func (f *Form) Failed() { f.kept = false }

func (k *kept) body() string {
	b, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return string(b)
}

// Restored is what came of an older draft.
type Restored struct {
	Notice string // what to tell; empty: there was none
	Offer  string // word on the button; what it does is Switch or Discard
	Switch bool   // the draft is of another person and waits: Switch takes it
}

// Restore puts the user's draft into the fields. A draft of a new card that does not
// bear the name that was just typed in a search waits beside: nothing is lost, and
// nobody's data slip into another's card.
func (f *Form) Restore(ctx context.Context) (Restored, error) {
	d, ok, err := f.s.Records.Draft(ctx, records.DraftPatient, f.id)
	if err != nil || !ok || d.Body == "" {
		return Restored{}, err
	}
	k, ok := unpack(d.Body)
	if !ok {
		return Restored{}, nil
	}
	k.At = savedAt(d, k)
	if !f.Editing() && f.Dirty() && !f.goesOn(k) {
		f.earlier = &k
		return f.waiting(), nil
	}
	f.takeUp(k)
	f.know(ctx)
	return Restored{Notice: f.s.T("registration_draft", "time", f.when(k.At)), Offer: f.s.T("registration_draft_discard")}, nil
}

// unpack reads a draft; one of a form of another time that can't be read is none.
func unpack(body string) (k kept, ok bool) {
	if json.Unmarshal([]byte(body), &k) != nil || k.Input.Values == nil {
		return kept{}, false
	}
	for _, in := range []*Input{&k.Base, &k.Input} {
		if in.Values == nil {
			in.Values = map[string]string{}
		}
		if in.Lists == nil {
			in.Lists = map[string][]Row{}
		}
		for name := range in.Lists {
			for i := range in.Lists[name] {
				if in.Lists[name][i].Values == nil {
					in.Lists[name][i].Values = map[string]string{}
				}
			}
		}
	}
	return k, true
}

func savedAt(d store.Draft, k kept) clinic.Time {
	if !d.Saved.IsZero() {
		return d.Saved
	}
	return k.At
}

// goesOn reports whether a draft has all that the form was begun with.
func (f *Form) goesOn(k kept) bool {
	for name, text := range f.in.Values {
		if text != "" && f.auto[name] == "" && k.Input.Values[name] != text {
			return false
		}
	}
	return f.vacant("contacts") || sameRows(f.in.Lists["contacts"], k.Input.Lists["contacts"])
}

func (f *Form) takeUp(k kept) {
	f.base, f.in, f.earlier, f.Cursor = k.Base, k.Input, k.Earlier, k.Cursor
	f.own, f.auto = maps.Clone(k.Own), maps.Clone(k.Auto)
	if f.own == nil {
		f.own = map[string]bool{}
	}
	if f.auto == nil {
		f.auto = map[string]string{}
	}
	for path := range f.own {
		f.left[path] = true // it was left, with the page
	}
	f.kept = true
}

// waiting tells of a draft of another person.
func (f *Form) waiting() Restored {
	if f.earlier == nil {
		return Restored{}
	}
	name := clinic.Name{Family: f.earlier.Input.Values["family"], Given: f.earlier.Input.Values["given"]}.String()
	if name == "" {
		name = f.s.T("registration_unnamed")
	}
	return Restored{
		Notice: f.s.T("registration_draft_other", "time", f.when(f.earlier.At), "name", name),
		Offer:  f.s.T("registration_draft_switch"), Switch: true,
	}
}

// Switch changes over to the draft that waits; what was typed here waits instead.
func (f *Form) Switch(ctx context.Context) Restored {
	if f.earlier == nil {
		return Restored{}
	}
	k := *f.earlier
	var mine *kept
	if f.Dirty() {
		mine = &kept{Base: f.base, Input: f.in, Own: f.own, Auto: f.auto, At: clinic.TimeOf(f.s.Now()), Cursor: f.Cursor}
	}
	f.left, f.refused, f.alike = map[string]bool{}, map[string]Word{}, nil
	f.takeUp(k)
	f.earlier, f.kept = mine, false
	f.know(ctx)
	return f.waiting()
}

// Discard throws the draft away and begins anew; calling what it gives brings it back.
func (f *Form) Discard() (undo func()) {
	was := kept{Base: f.base, Input: f.in, Own: f.own, Auto: f.auto, Earlier: f.earlier}
	f.own, f.auto, f.left, f.refused = map[string]bool{}, map[string]string{}, map[string]bool{}, map[string]Word{}
	f.in = f.base.clone()
	if !f.Editing() {
		f.base = f.blank()
		f.in = f.blank()
	} else if fresh, err := f.read(f.card); err == nil {
		f.base, f.in = fresh, fresh.clone()
	}
	for path, text := range f.base.Values {
		f.own[path] = text != ""
	}
	f.alike, f.kept = nil, false
	return func() {
		f.takeUp(was)
		f.kept = false
	}
}

// when is the time of a draft: with its day if that is not today.
func (f *Form) when(t clinic.Time) string {
	if f.s.Words.DateOf(t.Std()) == f.s.Today() {
		return f.s.Words.Clock(t)
	}
	return f.s.Words.Moment(t)
}
