package registration

import (
	"context"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/registration"
)

// keep writes the draft beside the screen.
func (p *form) keep() {
	p.stop = nil
	if p.env.Loader.Context().Err() == nil { // else Leave has kept it
		p.write()
	}
}

func (p *form) write() {
	if p.done || !p.model.Unsaved() {
		return
	}
	p.model.Cursor = p.last
	deed := p.model.Keep()
	kit.Load(p.env.Loader.Lasting(), "draft", func(ctx context.Context) (bool, error) { return true, deed(ctx) }, func(_ bool, err error) {
		if err != nil {
			p.model.Failed()
			p.env.Say(page.Message{Tone: kit.Wrong, Text: p.env.T("registration_draft_failed")})
			return
		}
		if !p.gone {
			p.env.Kept(p.model.Unsaved())
		}
	})
}

// Leave implements page.Page.
func (p *form) Leave() {
	p.gone = true
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
	if p.model == nil || p.done || p.saving || !p.model.Unsaved() {
		return
	}
	p.model.Cursor = p.last
	if err := p.model.Keep()(context.WithoutCancel(p.env.Loader.Context())); err != nil {
		p.env.Say(page.Message{Tone: kit.Wrong, Text: p.env.T("registration_draft_failed")})
	}
}

// store saves the card and opens it.
func (p *form) store() {
	if p.model == nil || p.saving || p.done {
		return
	}
	p.body.settle()
	if p.model.Editing() && !p.model.Dirty() {
		p.env.Done(p.env.T("registration_nothing"), nil)
		p.env.Back()
		return
	}
	deed := p.model.Submit()
	if deed == nil {
		p.refused()
		return
	}
	p.saving = true
	p.save.Set(p.env.T("registration_saving"), "")
	// The page may be left meanwhile: what was confirmed is done.
	kit.Load(p.env.Loader.Lasting(), "save", deed, func(got model.Saved, err error) {
		p.saving = false
		p.save.Set(p.env.T("registration_save"), "check")
		switch {
		case err == nil:
		case p.gone: // what was typed is to be found again
			p.model.Failed()
			p.write()
			p.env.Fail(err)
			return
		case p.model.Refused(err):
			p.refused()
			return
		default:
			p.env.Fail(err)
			return
		}
		p.done = true
		if p.gone {
			return
		}
		p.env.Kept(false)
		p.env.Done(got.Text, nil)
		if got.Warn != "" {
			p.env.Say(page.Message{Tone: kit.Warn, Text: got.Warn})
		}
		p.env.Swap(present.Route{Page: present.PageCard, ID: got.Card.ID})
	})
}

// refused shows what must be put right, and goes there.
func (p *form) refused() {
	p.sync()
	p.notice(kit.Notice(kit.Wrong, p.env.T("registration_wrong")))
	p.refusal = true
	p.focus(p.model.First())
}
