package conflicts

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/service/conflict"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Form is the user's own version: what both have, put together or written anew.
type Form struct {
	sheet  *Sheet
	Inputs []*Input
	Notice string // of the form as a whole
	base   int    // the version that stands for what is not in the form
}

// Input is a field of the form.
type Input struct {
	Column, Label string
	Kind          conflict.Kind
	Text          string   // of Line, Text, Decimal and Date
	Picks         []string // of Pick: what each version has, in words
	At            int      // which is picked
	Differs       bool     // the versions do; then both:
	Left, Right   []Piece
	Error         string

	values []any // of the picks
}

// Form begins an own version from the left one; nil where there is nothing that a
// person could write or put together: a version is taken whole then.
func (s *Sheet) Form() *Form {
	if !s.Settles || s.erased(s.Left) || s.erased(s.Right) {
		return nil
	}
	f := &Form{sheet: s, base: s.Left}
	for _, c := range s.x.Columns {
		name := label(s.t.w, s.x.Table, c)
		if name == "" || c == "deleted" {
			continue
		}
		in := &Input{Column: c, Label: name, Kind: conflict.KindOf(s.x.Table, c)}
		l, r := s.x.Versions[s.Left].Values[c], s.x.Versions[s.Right].Values[c]
		if in.Kind == conflict.Pick {
			a, b := s.t.value(s.x.Table, c, l), s.t.value(s.x.Table, c, r)
			if a == b {
				continue
			}
			in.Picks, in.values = []string{s.said(a), s.said(b)}, []any{l, r}
		} else {
			in.Text = s.typed(in.Kind, l)
		}
		if part, ok := s.parts[c]; ok {
			in.Left, in.Right, in.Differs = part.Left, part.Right, !part.Same
		}
		f.Inputs = append(f.Inputs, in)
	}
	// What is to be decided first.
	slices.SortStableFunc(f.Inputs, func(a, b *Input) int {
		switch {
		case a.Differs == b.Differs:
			return 0
		case a.Differs:
			return -1
		}
		return 1
	})
	if len(f.Inputs) == 0 || s.x.Table == "protocol" {
		return nil
	}
	return f
}

func (s *Sheet) said(v string) string {
	if v == "" {
		return s.t.w.T("conflicts_nothing")
	}
	return v
}

// typed writes a value as one types it.
func (s *Sheet) typed(k conflict.Kind, v any) string {
	text, _ := v.(string)
	switch {
	case k == conflict.Date:
		return s.t.w.Date(clinic.Date(text))
	case k == conflict.Decimal && s.t.w.Lang != translations.English:
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

// stored reads what was typed.
func stored(k conflict.Kind, text string) string {
	switch k {
	case conflict.Text:
		return strings.Trim(strings.ReplaceAll(text, "\r", ""), "\n ")
	case conflict.Decimal:
		return strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	case conflict.Date:
		return date(text)
	}
	return strings.Join(strings.Fields(text), " ")
}

// date reads 21.11.2026, 11.2026 and 2026, with the points or without.
func date(text string) string {
	text = strings.TrimSpace(text)
	if len(text) == 8 && strings.Trim(text, "0123456789") == "" {
		text = text[:2] + "." + text[2:4] + "." + text[4:]
	}
	parts := strings.Split(text, ".")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "-")
}

// Insert brings the right version into a field: behind what stands there in a text of
// several lines, in its place in all others.
func (f *Form) Insert(in *Input) {
	v := f.sheet.typed(in.Kind, f.sheet.x.Versions[f.sheet.Right].Values[in.Column])
	switch v = strings.TrimSpace(v); {
	case in.Kind != conflict.Text:
		in.Text = v
	case v != "" && !strings.Contains(in.Text, v):
		in.Text = strings.TrimSpace(in.Text + "\n" + v)
	}
}

// Save gives the work that writes the own version.
func (f *Form) Save() func(context.Context) (string, error) {
	values := map[string]any{}
	for _, in := range f.Inputs {
		in.Error = ""
		if in.Kind == conflict.Pick {
			values[in.Column] = in.values[in.At]
			continue
		}
		values[in.Column] = stored(in.Kind, in.Text)
	}
	s := f.sheet
	d := conflict.Decision{Seen: s.seen(), Take: s.x.Versions[f.base].Key, Values: values}
	return func(ctx context.Context) (string, error) {
		err := s.s.Conflicts.Settle(ctx, s.x.Ref, d)
		return s.s.T("conflicts_settled_own"), err
	}
}

// Blame puts an error where it belongs.
func (f *Form) Blame(w present.Words, err error) {
	f.Notice = ""
	if err == nil {
		return
	}
	for _, in := range f.Inputs {
		if in.Column == present.At(err) {
			in.Error = w.Fault(err)
			return
		}
	}
	f.Notice = w.Fault(err)
}

// draft is what is kept of a form that is not saved.
type draft struct {
	Ref   conflict.Ref      `json:"ref"`
	Seen  []string          `json:"seen"`
	Texts map[string]string `json:"texts"`
	Picks map[string]int    `json:"picks"`
}

// Draft is the form as text, to be kept.
func (f *Form) Draft() string {
	d := draft{Ref: f.sheet.x.Ref, Seen: f.sheet.seen(), Texts: map[string]string{}, Picks: map[string]int{}}
	for _, in := range f.Inputs {
		if in.Kind == conflict.Pick {
			d.Picks[in.Column] = in.At
		} else {
			d.Texts[in.Column] = in.Text
		}
	}
	b, err := json.Marshal(d)
	if err != nil {
		return ""
	}
	return string(b)
}

// Restore brings a kept form back; false where it is of other versions.
func (f *Form) Restore(body string) bool {
	var d draft
	if json.Unmarshal([]byte(body), &d) != nil || d.Ref != f.sheet.x.Ref {
		return false
	}
	for _, in := range f.Inputs {
		if text, ok := d.Texts[in.Column]; ok {
			in.Text = text
		}
		if at, ok := d.Picks[in.Column]; ok && at >= 0 && at < len(in.Picks) {
			in.At = at
		}
	}
	return true
}

// Keeper keeps the own version that is being written, as drafts are kept (R3.8).
type Keeper struct {
	s     *present.Session
	mu    sync.Mutex
	id    clinic.ID
	body  string
	dirty bool
	timer *time.Timer
}

// draftAfter is how long after the first key the draft is written.
const draftAfter = 1500 * time.Millisecond

// NewKeeper is for one page.
func NewKeeper(s *present.Session) *Keeper { return &Keeper{s: s} }

func draftID(ref conflict.Ref) clinic.ID {
	return ledger.DeriveID(ref.ID, "feldsher/conflict/"+ref.Table+"/"+ref.Group)
}

// Read gives the draft of a conflict, "" for none.
func (k *Keeper) Read(ctx context.Context, ref conflict.Ref) string {
	d, ok, err := k.s.Records.Draft(ctx, records.DraftOther, draftID(ref))
	if err != nil || !ok {
		return ""
	}
	return d.Body
}

// Typed notes what stands in the form.
func (k *Keeper) Typed(f *Form) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.id, k.body, k.dirty = draftID(f.sheet.x.Ref), f.Draft(), true
	if k.timer == nil {
		k.timer = time.AfterFunc(draftAfter, func() { _ = k.Flush(context.Background()) })
	}
}

// Forget throws the draft of a conflict away.
func (k *Keeper) Forget(ref conflict.Ref) {
	k.mu.Lock()
	k.id, k.body, k.dirty = draftID(ref), "", true
	k.mu.Unlock()
	_ = k.Flush(context.Background())
}

// Flush writes what is not written yet, at once.
func (k *Keeper) Flush(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	if !k.dirty {
		return nil
	}
	if err := k.s.Records.SaveDraft(ctx, records.DraftOther, k.id, k.body); err != nil {
		return err
	}
	k.dirty = false
	return nil
}

// Dirty reports whether something is typed that is not settled.
func (k *Keeper) Dirty() bool { k.mu.Lock(); defer k.mu.Unlock(); return k.body != "" }
