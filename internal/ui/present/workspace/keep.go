package workspace

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// When what was typed is kept. The draft is written this long after the first key that
// it lacks, so that it is never more than two seconds old (R3.8); the ledger gets the
// visit when nobody has typed for a minute.
const (
	draftAfter  = 1500 * time.Millisecond
	ledgerAfter = time.Minute
)

// keeper knows what of the form is kept where. Workspace.mu guards it.
type keeper struct {
	w         *Workspace
	rev       uint64 // counts changes
	drafted   uint64 // what the draft has
	committed uint64 // what the ledger has
	draft     *time.Timer
	ledger    *time.Timer
	closed    bool
	fault     error     // why the last try failed
	at        time.Time // when something was kept last
	tell      func()
	said      bool // tell is to be called
}

// State is how well what was typed is kept.
type State uint8

// The states.
const (
	Untouched State = iota // nothing was typed
	Typing                 // keys that are only in memory
	Drafted                // safe on this workstation
	Kept                   // in the patient's record
	Failed                 // could not be kept; the page says why
)

// touched notes a change; mu is held.
func (k *keeper) touched() {
	k.rev++
	if k.closed { // an undo from the status line, after the page was left
		go func() { k.w.note(k.w.Commit(k.w.ctx)) }()
		return
	}
	if k.draft == nil {
		k.draft = time.AfterFunc(draftAfter, k.w.draftNow)
	}
	if k.ledger != nil {
		k.ledger.Stop()
	}
	k.ledger = time.AfterFunc(ledgerAfter, k.w.ledgerNow)
	k.say()
}

// say sees to it that the page is told, once mu is free, that State may have changed.
func (k *keeper) say() { k.said = true }

// unlock frees mu and tells the page what is to be told.
func (w *Workspace) unlock() {
	tell := w.keep.tell
	if !w.keep.said {
		tell = nil
	}
	w.keep.said = false
	w.mu.Unlock()
	if tell != nil {
		tell()
	}
}

// OnState sets what is called, on any goroutine, when State may have changed.
func (w *Workspace) OnState(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keep.tell = fn
}

// State tells how well what was typed is kept, since when, and what went wrong.
func (w *Workspace) State() (State, time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := &w.keep
	switch {
	case k.fault != nil:
		return Failed, k.at, k.fault
	case k.rev > k.drafted && k.rev > k.committed:
		return Typing, k.at, nil
	case k.committed > 0 && k.rev == k.committed:
		return Kept, k.at, nil
	case k.drafted > 0:
		return Drafted, k.at, nil
	}
	if !w.form.New && !w.Restored {
		return Kept, time.Time{}, nil
	}
	if w.Restored {
		return Drafted, k.at, nil
	}
	return Untouched, time.Time{}, nil
}

// Dirty reports whether keys are in memory only.
func (w *Workspace) Dirty() bool {
	s, _, _ := w.State()
	return s == Typing || s == Failed
}

func (w *Workspace) draftNow() {
	w.mu.Lock()
	w.keep.draft = nil
	closed := w.keep.closed
	w.mu.Unlock()
	if !closed {
		w.note(w.SaveDraft(w.ctx))
	}
}

func (w *Workspace) ledgerNow() {
	w.mu.Lock()
	closed := w.keep.closed
	w.mu.Unlock()
	if !closed {
		w.note(w.Commit(w.ctx))
	}
}

// note remembers why something was not kept, for the page.
func (w *Workspace) note(err error) {
	w.mu.Lock()
	defer w.unlock()
	w.keep.fault = err
	w.keep.say()
}

// SaveDraft writes the form down outside the ledger, unless it stands there already.
func (w *Workspace) SaveDraft(ctx context.Context) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	return w.saveDraft(ctx)
}

func (w *Workspace) saveDraft(ctx context.Context) error {
	w.mu.Lock()
	k := &w.keep
	rev := k.rev
	if rev == k.drafted || rev == k.committed && !w.form.incomplete() {
		w.mu.Unlock()
		return nil
	}
	body, err := encode(&w.form)
	id := w.form.Now.ID
	w.mu.Unlock()
	if err != nil {
		return err
	}
	if err := w.s.Records.SaveDraft(ctx, records.DraftVisit, id, body); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.unlock()
	k.drafted, k.at, k.fault = max(k.drafted, rev), w.s.Now(), nil
	k.say()
	return nil
}

// Commit writes the visit into the ledger, with its services, and forgets the draft.
// What can't be stored as it was typed stays in the draft and on the page. It does
// nothing where nothing was typed. Faults name the field.
func (w *Workspace) Commit(ctx context.Context) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	w.mu.Lock()
	k := &w.keep
	rev := k.rev
	if w.readOnly() || rev == k.committed && !w.Restored {
		w.mu.Unlock()
		return nil
	}
	if w.form.New && w.form.blank() {
		id := w.form.Now.ID
		w.mu.Unlock()
		return w.s.Records.SaveDraft(ctx, records.DraftVisit, id, "")
	}
	if k.ledger != nil {
		k.ledger.Stop()
	}
	if w.form.Now.CareFrom.IsZero() {
		w.form.Now.CareFrom = clinic.TimeOf(w.fallback)
	}
	mine, base, fresh := w.form.ready(), w.form.Base, w.form.New
	w.mu.Unlock()

	stored, err := w.put(ctx, &base, &mine, fresh)
	if err != nil {
		w.refuse(err)
		return err
	}
	w.mu.Lock()
	w.refused = nil
	w.clashes = w.form.level(&mine, &stored.Visit)
	w.mu.Unlock()
	if err := w.putRest(ctx); err != nil {
		return err
	}
	w.remember(ctx, &stored.Visit)

	w.mu.Lock()
	k.committed, k.at, k.fault = max(k.committed, rev), w.s.Now(), nil
	level := k.rev == rev && !w.form.incomplete()
	id := w.form.Now.ID
	if level {
		w.Restored = false
	}
	k.say()
	w.unlock()
	if level {
		return w.s.Records.SaveDraft(ctx, records.DraftVisit, id, "")
	}
	w.mu.Lock()
	k.drafted = min(k.drafted, rev-1)
	w.mu.Unlock()
	return w.saveDraft(ctx)
}

// put adds the visit or lays the doctor's changes over what it has become.
func (w *Workspace) put(ctx context.Context, base, mine *clinic.Visit, fresh bool) (records.SavedVisit, error) {
	if fresh {
		saved, err := w.s.Records.AddVisit(ctx, *mine)
		if !fault.Is(err, fault.Conflict) || present.At(err) != "" {
			return saved, err
		}
		// The visit is there: the program went between the ledger and the draft.
		base = &clinic.Visit{Patient: mine.Patient, Kind: mine.Kind}
	}
	return w.s.Records.EditVisit(ctx, mine.ID, func(now clinic.Visit) (clinic.Visit, error) {
		out, _ := merge(base, mine, &now)
		return out, nil
	})
}

// refuse remembers which field the records did not take.
func (w *Workspace) refuse(err error) {
	at := present.At(err)
	if at == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = map[string]string{at: w.s.Words.Fault(err)}
}

// putRest writes what hangs on the visit but is not of it: the services and the link
// of the booking.
func (w *Workspace) putRest(ctx context.Context) error {
	if err := w.putLines(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	booking, visit := w.form.Booking, w.form.Now.ID
	w.mu.Unlock()
	if booking.IsZero() || !w.s.May(clinic.Book) {
		return nil
	}
	if _, err := w.s.Desk.LinkVisit(ctx, booking, visit); err != nil {
		return err
	}
	w.mu.Lock()
	w.form.Booking = clinic.ID{}
	w.mu.Unlock()
	return nil
}

// Refresh brings in what others have changed in the ledger; it reports whether the
// page has anything new to show.
func (w *Workspace) Refresh(ctx context.Context) (bool, error) {
	w.saving.Lock()
	defer w.saving.Unlock()
	w.mu.Lock()
	id, fresh := w.form.Now.ID, w.form.New
	w.mu.Unlock()
	if fresh {
		return false, nil
	}
	stored, err := w.s.Store.Reader(ctx).Visit(id)
	if err != nil {
		return false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	since := w.form.Base
	if equal(&stored, &since) {
		return false, nil
	}
	w.clashes = w.form.level(&since, &stored)
	return true, nil
}

// Leave keeps what was typed as a draft, at once, and brings the visit into the ledger
// beside the caller; Wait returns when that is done. The workspace is not used after.
func (w *Workspace) Leave() error {
	w.mu.Lock()
	if w.keep.closed {
		w.mu.Unlock()
		return nil
	}
	w.keep.closed, w.keep.tell = true, nil
	for _, t := range []*time.Timer{w.keep.draft, w.keep.ledger} {
		if t != nil {
			t.Stop()
		}
	}
	w.mu.Unlock()
	err := w.SaveDraft(w.ctx)
	done := make(chan struct{})
	w.mu.Lock()
	w.left = done
	w.mu.Unlock()
	go func() {
		defer close(done)
		w.note(w.Commit(w.ctx))
	}()
	return err
}

// Wait returns when the ledger has what Leave gave it, and why it has not.
func (w *Workspace) Wait() error {
	w.mu.Lock()
	done := w.left
	w.mu.Unlock()
	if done != nil {
		<-done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keep.fault
}
