package today

import (
	"context"
	"errors"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

type (
	ctx   = context.Context
	entry = desk.Entry
)

// withEntry makes a deed about a booking into a work.
func withEntry(_ *present.Session, e entry, deed func(ctx, *entry) (model.Done, error)) func(context.Context) (model.Done, error) {
	return func(c context.Context) (model.Done, error) { return deed(c, &e) }
}

// step brings the chosen booking on to the n-th state.
func (b *board) step(n int) {
	i, ok := b.pick()
	if !ok || n >= len(model.Steps) || !b.may() {
		return
	}
	s, to := b.env.Session, model.Steps[n]
	b.do(withEntry(s, i.Entry, func(c ctx, e *entry) (model.Done, error) { return model.SetState(c, s, e, to) }), nil)
}

// back takes the last step of the chosen booking back.
func (b *board) back() {
	i, ok := b.pick()
	if !ok || !b.may() {
		return
	}
	s := b.env.Session
	b.do(withEntry(s, i.Entry, func(c ctx, e *entry) (model.Done, error) { return model.StepBack(c, s, e) }), nil)
}

// called notes what a call to the chosen patient came to.
func (b *board) called(n int) {
	i, ok := b.pick()
	if !ok || n >= len(model.Outcomes) || !b.may() {
		return
	}
	s := b.env.Session
	b.do(withEntry(s, i.Entry, func(c ctx, e *entry) (model.Done, error) { return model.Contacted(c, s, e, model.Outcomes[n]) }), nil)
}

// take holds the chosen booking, to be put down elsewhere.
func (b *board) take() {
	i, ok := b.pick()
	if !ok || !b.may() {
		return
	}
	if i.Fixed {
		b.env.Fail(fault.New(fault.Conflict, "fault.desk.not_movable"))
		return
	}
	if _, ok := b.panel.(*details); ok {
		b.open(nil)
	}
	b.env.Window.Canvas().Focus(b.grid.Focusable())
	b.grid.Hold(blockOf(&i))
}

// drop moves what was put down.
func (b *board) drop(block kit.GridBlock, _ int, at kit.GridPlace) {
	id, err := clinic.ParseID(block.Key)
	to, ok := b.table.Place(b.env.Session, at.Column, model.Stretch(at.Stretch))
	if err != nil || !ok || !b.may() {
		return
	}
	s := b.env.Session
	var e entry
	b.do(func(c context.Context) (model.Done, error) {
		if e, err = s.Desk.Booking(c, id); err != nil {
			return model.Done{}, err
		}
		return model.Move(c, s, &e, to, "")
	}, func(_ model.Done, err error) bool {
		var f *fault.Error
		if errors.As(err, &f) && f.Key == "fault.desk.taken" {
			b.open(&movePanel{b: b, entry: e, to: to, word: s.Words.Fault(err)})
			return true
		}
		return false
	})
}

// double books the place of the chosen booking once more, on purpose.
func (b *board) double() {
	i, ok := b.pick()
	if !ok || !b.may() {
		return
	}
	place, ok := b.table.Place(b.env.Session, i.Column, i.Stretch)
	if !ok {
		return
	}
	f := model.NewForm(place)
	f.Taken = true
	b.openForm(f)
}

// outside books somebody who takes no place in the grid, for the doctor under the
// cursor.
func (b *board) outside(kind string) {
	if b.table == nil || len(b.table.Columns) == 0 {
		return
	}
	p, _ := b.grid.At()
	if b.table.Columns[p.Column].Date != b.table.Today {
		b.env.Fail(fault.New(fault.Invalid, "today_only_today"))
		return
	}
	b.book(p, kind, "")
}

// freeNext puts the cursor on the next free place of the column.
func (b *board) freeNext() {
	if !b.grid.NextFree() {
		b.env.Say(messageOf(b.env.T("today_no_free")))
	}
}
