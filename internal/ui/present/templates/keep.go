package templates

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
)

// draftAfter is how long after a key the draft is written (R3.8: within two seconds).
const draftAfter = 1200 * time.Millisecond

// draftKind tells the drafts of templates from others of the kind «other».
const draftKind = "template"

// draft is what stands in the user's drafts.
type draft struct {
	Kind     string          `json:"kind"`
	Template clinic.Template `json:"template"` // without an id where it was never saved
	At       int             `json:"at"`
}

// parse reads a draft; false for those of other pages.
func parse(body string) (draft, bool) {
	var d draft
	err := json.Unmarshal([]byte(body), &d)
	return d, err == nil && d.Kind == draftKind
}

type stopper interface{ Stop() bool }

// keeper writes the draft some time after the last key.
type keeper struct {
	e     *Editor
	after func(time.Duration, func()) stopper
	timer stopper
	dirty bool  // the draft lacks something
	fault error // why the last try failed
	tell  func(error)
}

// OnDraft is called, on any goroutine, when a draft was written or could not be.
func (e *Editor) OnDraft(tell func(error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep.tell = tell
}

func (k *keeper) touched() {
	k.e.mu.Lock()
	defer k.e.mu.Unlock()
	k.dirty = true
	if k.timer != nil {
		k.timer.Stop()
	}
	k.timer = k.after(draftAfter, func() { _ = k.e.KeepDraft(context.Background()) })
}

// Draft is where the draft stands: the template's id, of a new one an id of its own.
func (e *Editor) Draft() clinic.ID {
	if e.fresh {
		return e.draft
	}
	return e.t.ID
}

// KeepDraft writes what is not saved as the user's draft, at once; where nothing differs
// from what is stored, the draft goes.
func (e *Editor) KeepDraft(ctx context.Context) error {
	e.mu.Lock()
	if !e.keep.dirty {
		e.mu.Unlock()
		return nil
	}
	e.keep.dirty = false
	id, body := e.Draft(), ""
	if !same(&e.t, &e.base) {
		b, err := json.Marshal(draft{draftKind, e.t, e.at})
		if err != nil {
			e.mu.Unlock()
			return err
		}
		body = string(b)
	}
	e.mu.Unlock()
	err := e.s.Records.SaveDraft(ctx, records.DraftOther, id, body)
	e.mu.Lock()
	if err != nil {
		e.keep.dirty = true
	}
	e.keep.fault = err
	tell := e.keep.tell
	e.mu.Unlock()
	if tell != nil {
		tell(err)
	}
	return err
}

// Stop ends the writing of drafts; the page calls it after KeepDraft when it is left.
func (e *Editor) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.keep.timer != nil {
		e.keep.timer.Stop()
	}
	e.keep.tell = nil
}

// restore lays the user's draft over the stored template.
func (e *Editor) restore(ctx context.Context) error {
	kept, ok, err := e.s.Records.Draft(ctx, records.DraftOther, e.Draft())
	if err != nil || !ok {
		return err
	}
	d, ok := parse(kept.Body)
	if !ok || d.Template.ID != e.t.ID {
		return nil // nothing of ours: what is stored counts
	}
	e.stale = !e.fresh && d.Template.Version != e.base.Version
	e.t, e.at = d.Template, 0
	e.t.Version = d.Template.Version
	e.Choose(d.At)
	e.past = []step{{t: clone(e.base)}}
	return nil
}

// Changed reports whether there is anything to save.
func (e *Editor) Changed() bool { return !same(&e.t, &e.base) }

// same compares what a person can change.
func same(a, b *clinic.Template) bool {
	if a.Title != b.Title || a.Speciality != b.Speciality || a.Lang != b.Lang || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Fields {
		x, y := a.Fields[i], b.Fields[i]
		if len(x.Choices) == 0 && len(y.Choices) == 0 {
			x.Choices, y.Choices = nil, nil
		}
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

// Saved is what saving has made.
type Saved struct {
	Version      int
	sent, stored clinic.Template
}

// Save stores the template as its next version; protocols stay as they are. It may run
// beside the page's goroutine, which then gives its result to Settle. Faults: Invalid at
// a field; Conflict where somebody else has saved it meanwhile.
func (e *Editor) Save(ctx context.Context) (Saved, error) {
	e.mu.Lock()
	sent, draft := clone(e.t), e.Draft()
	e.mu.Unlock()
	stored, err := e.s.Catalog.SaveTemplate(ctx, clone(sent))
	if err != nil {
		return Saved{}, err
	}
	return Saved{stored.Version, sent, stored}, e.s.Records.SaveDraft(ctx, records.DraftOther, draft, "")
}

// Settle takes what Save has made or why it could not. What was typed while it went on
// stays, as a change of the version that was saved.
func (e *Editor) Settle(saved Saved, err error) {
	var f *fault.Error
	if errors.As(err, &f) {
		e.stale = e.stale || f.Kind == fault.Conflict
		if f.Field != "" {
			e.faults[f.Field] = f
		}
	}
	if saved.Version == 0 {
		return
	}
	e.mu.Lock()
	e.base, e.fresh, e.stale = clone(saved.stored), false, false
	typed := !same(&e.t, &saved.sent)
	if !typed {
		e.t = clone(saved.stored)
	}
	e.t.ID, e.t.Version = saved.stored.ID, saved.stored.Version
	e.keep.dirty = typed
	e.mu.Unlock()
	e.Choose(e.at)
	if typed {
		e.keep.touched()
	}
}

// AsCopy makes what is on the page a new template, for when somebody else has saved the
// old one meanwhile; rest, which may run beside the page's goroutine, moves the draft.
func (e *Editor) AsCopy() (rest func(context.Context) error) {
	if e.fresh {
		return e.KeepDraft
	}
	old := e.Draft()
	e.mu.Lock()
	e.t.ID, e.t.Version, e.fresh, e.stale, e.draft = clinic.ID{}, 0, true, false, clinic.NewID()
	e.t.Title = e.s.T("templates_copy_of", "title", e.t.Title)
	e.base = clinic.Template{Active: true}
	e.keep.dirty = true
	e.past, e.future = nil, nil
	e.mu.Unlock()
	return func(ctx context.Context) error {
		if err := e.KeepDraft(ctx); err != nil {
			return err
		}
		return e.s.Records.SaveDraft(ctx, records.DraftOther, old, "")
	}
}

// Discard throws away what is not saved; undo brings it back. A template that was never
// saved is empty then.
func (e *Editor) Discard() (undo func()) {
	kept := clone(e.t)
	e.change("", func(t *clinic.Template) { *t = clone(e.base) })
	e.Choose(0)
	e.faults = map[string]*fault.Error{}
	return func() { e.change("", func(t *clinic.Template) { *t = kept }) }
}

// hold makes the draft be written even though nothing was typed yet: a new template that
// somebody began is there again after a power cut.
func (e *Editor) hold(ctx context.Context) error {
	e.mu.Lock()
	e.base, e.keep.dirty = clinic.Template{Active: true}, true
	e.mu.Unlock()
	return e.KeepDraft(ctx)
}
