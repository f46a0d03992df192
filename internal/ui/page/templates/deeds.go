package templates

import (
	"context"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/templates"
)

// What the keys of the editor do.

func (p *editor) add(kind string) {
	p.model.Add(kind)
	p.env.Kept(true)
	p.redraw()
	p.field.focus("label")
}

func (p *editor) duplicate() {
	p.model.Duplicate()
	p.env.Kept(true)
	p.redraw()
}

func (p *editor) move(by int) {
	p.model.Move(by)
	p.env.Kept(true)
	p.redraw()
}

func (p *editor) remove() {
	if p.model.At() < 0 {
		return
	}
	label := p.model.Remove()
	p.env.Kept(true)
	p.redraw()
	p.env.Done(p.env.T("templates_removed", "label", label), func() { p.travel(p.model.Undo) })
	p.env.Window.Canvas().Focus(p.rows.Focusable())
}

// travel goes a step back or forth.
func (p *editor) travel(step func() bool) {
	if p.model != nil && step() {
		p.env.Kept(true)
		p.redraw()
	}
}

// save stores the next version and goes back; what is wrong is shown at its place.
func (p *editor) save() {
	if p.model == nil {
		return
	}
	if !p.model.Check() {
		p.wrong()
		return
	}
	title := p.model.Template().Title
	kit.Load(p.env.Loader, "save", p.model.Save, func(saved model.Saved, err error) {
		p.model.Settle(saved, err)
		if err != nil {
			p.redraw()
			p.env.Fail(err)
			return
		}
		p.env.Done(p.env.T("templates_saved", "title", title, "version", saved.Version), nil)
		if p.model.Changed() { // somebody types on
			p.redraw()
			return
		}
		p.env.Kept(false)
		p.env.Back()
	})
}

// wrong shows what is to be corrected first.
func (p *editor) wrong() {
	p.redraw()
	p.env.Say(wrongMessage(p))
	if p.model.Word("title") != "" {
		p.env.Window.Canvas().Focus(p.head[0])
		return
	}
	p.field.focusWrong()
}

// discard throws away what is not saved.
func (p *editor) discard() {
	undo := p.model.Discard()
	p.redraw()
	p.keep(p.model.KeepDraft)
	p.env.Done(p.env.T("templates_discarded"), func() { undo(); p.redraw() })
}

// asCopy keeps the changes as a new template.
func (p *editor) asCopy() {
	rest := p.model.AsCopy()
	p.redraw()
	p.keep(rest)
}

// keep brings the draft up to date beside Fyne's thread.
func (p *editor) keep(write func(context.Context) error) {
	kit.Load(p.env.Loader, "keep", func(ctx context.Context) (bool, error) { return true, write(ctx) },
		func(_ bool, err error) {
			p.env.Kept(err != nil)
			p.env.Fail(err)
		})
}
