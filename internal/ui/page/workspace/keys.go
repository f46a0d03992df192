package workspace

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/workspace"
)

// Key implements page.Page.
func (p *Page) Key(k kit.Key) bool {
	if p.w == nil {
		if k == kit.Plain(fyne.KeyEscape) {
			p.env.Back()
			return true
		}
		return false
	}
	for s := range model.Sections {
		if k == kit.Ctrl(fyne.KeyName(rune('1'+int(s)))) {
			p.jump(s)
			return true
		}
	}
	if p.form != nil && p.form.Key(k) {
		return true
	}
	switch k {
	case kit.Plain(fyne.KeyF2):
		p.side.take()
	case kit.Plain(fyne.KeyF4):
		p.borrow()
	case kit.Plain(fyne.KeyF5):
		p.putNormal()
	case kit.Plain(fyne.KeyF6):
		p.otherPane()
	case kit.Plain(fyne.KeyF7):
		p.editAutotext()
	case kit.Ctrl(fyne.KeyDown):
		p.side.step(fyne.KeyDown)
	case kit.Ctrl(fyne.KeyUp):
		p.side.step(fyne.KeyUp)
	case kit.Ctrl(fyne.KeyT):
		p.trend()
	case kit.Ctrl(fyne.KeyP):
		p.print()
	case kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		p.toSigning()
	case kit.CtrlShift(fyne.KeyReturn), kit.CtrlShift(fyne.KeyEnter):
		p.finish()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Plain(fyne.KeyDown):
		return p.next(1)
	case kit.Plain(fyne.KeyUp):
		return p.next(-1)
	case kit.Plain(fyne.KeyEscape):
		p.env.Back()
	default:
		return false
	}
	return true
}

// next goes on to the next field, for Enter and Down in fields of one line, or back.
func (p *Page) next(by int) bool {
	c := p.env.Window.Canvas()
	switch {
	case c.Focused() == nil:
		return false
	case by < 0:
		c.FocusPrevious()
	default:
		c.FocusNext()
	}
	return true
}

// Keys implements page.Keys.
func (p *Page) Keys() []page.KeyHelp {
	t := p.env.T
	list := []page.KeyHelp{
		{Key: "Ctrl+1…8", What: t("visit_key_section")},
		{Key: "Ctrl+Enter", What: t("visit_key_sign"), Do: p.toSigning},
		{Key: "Ctrl+Shift+Enter", What: t("visit_key_finish"), Do: p.finish},
		{Key: "F2", What: t("visit_key_take")},
		{Key: t("today_keys_doctor"), What: t("visit_key_choose")},
		{Key: "F5", What: t("visit_key_normal"), Do: p.putNormal},
		{Key: "F6", What: t("visit_key_pane")},
		{Key: "F7", What: t("visit_key_autotext"), Do: p.editAutotext},
		{Key: "F9", What: t("visit_key_strike")},
		{Key: "Ctrl+T", What: t("visit_key_trend"), Do: p.trend},
		{Key: "Ctrl+P", What: t("visit_key_print"), Do: p.print},
		{Key: "Esc", What: t("visit_key_leave"), Do: p.env.Back},
	}
	list = append(list, p.keyF4()...)
	if p.form != nil {
		list = append(list, slices.DeleteFunc(p.form.Keys(), func(k page.KeyHelp) bool { return k.Key == keyF4 })...)
	}
	return list
}

// keyF4 is the key as it is printed.
const keyF4 = "F4"

// keyF4 tells in one line what F4 does: in the note, where an earlier visit has a text
// to take, and in the form of the protocol.
func (p *Page) keyF4() []page.KeyHelp {
	t := p.env.T
	borrows := p.w == nil || p.w.MayBorrow("")
	switch {
	case borrows && p.form != nil:
		return []page.KeyHelp{{Key: keyF4, What: t("visit_key_borrow_or_normal"), Do: p.borrow}}
	case borrows:
		return []page.KeyHelp{{Key: keyF4, What: t("visit_key_borrow"), Do: p.borrow}}
	case p.form != nil:
		return []page.KeyHelp{{Key: keyF4, What: t("protocolform_key_normal")}}
	}
	return nil
}

// borrow takes the last visit's text of the field where the cursor is.
func (p *Page) borrow() {
	if p.w == nil || p.w.ReadOnly() {
		return
	}
	n := p.notes[p.field]
	if n == nil {
		n = p.notes[model.FieldComplaints]
	}
	undo, ok := p.w.Borrow(n.name)
	if !ok {
		p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("visit_borrow_none")})
		return
	}
	n.taken()
	day, _ := p.w.Marked(n.name)
	p.env.Done(p.env.T("visit_taken", "day", day), func() { undo(); n.taken() })
}

// putNormal writes what a healthy person shows into the objective status.
func (p *Page) putNormal() {
	if p.w == nil || p.w.ReadOnly() {
		return
	}
	n := p.notes[model.FieldObjective]
	undo, ok := p.w.PutNormal()
	if !ok {
		p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("visit_normal_none")})
		return
	}
	p.env.Window.Canvas().Focus(n.focusable())
	n.taken()
	p.env.Done(p.env.T("visit_put"), func() { undo(); n.taken() })
}

// otherPane goes from the note to the history and back. Where the place is narrow the
// history takes the place of the suggestions.
func (p *Page) otherPane() {
	c := p.env.Window.Canvas()
	if p.timeline.pick.Field.Focused() {
		p.swapped = false
		p.root.Refresh()
		if n := p.notes[p.field]; n != nil {
			c.Focus(n.focusable())
		} else {
			p.jump(model.SectionOf(p.field))
		}
		return
	}
	p.swapped = true
	p.root.Refresh()
	c.Focus(p.timeline.pick.Field)
}

// toSigning keeps the visit, makes the draft of its protocol and goes to the page that
// shows and signs it.
func (p *Page) toSigning() {
	if p.w == nil || p.w.ReadOnly() {
		return
	}
	if !p.w.May.Sign {
		p.env.Say(page.Message{Tone: kit.Warn, Text: p.env.T("visit_no_sign")})
	}
	p.settle()
	kit.Load(p.env.Loader, "visit.sign", p.w.MakeProtocol, func(id clinic.ID, err error) {
		if err != nil {
			p.refused(err)
			return
		}
		if !p.left {
			p.named()
		}
		p.env.Go(present.Route{Page: present.PageSigning, ID: id})
	})
}

// finish ends the visit without a document and leaves.
func (p *Page) finish() {
	if p.w == nil || p.w.ReadOnly() {
		return
	}
	p.settle()
	kit.Load(p.env.Loader, "visit.finish", func(ctx context.Context) (struct{}, error) { return struct{}{}, p.w.Finish(ctx) },
		func(_ struct{}, err error) {
			if err != nil {
				p.refused(err)
				return
			}
			if !p.left {
				p.named()
			}
			p.env.Done(p.env.T("visit_finished"), nil)
			p.env.Back()
		})
}

// print goes to the signed protocol, from where it is printed.
func (p *Page) print() {
	if p.w == nil {
		return
	}
	id := p.w.Signed()
	if id.IsZero() {
		p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("visit_print_none")})
		return
	}
	p.env.Go(present.Route{Page: present.PageSigning, ID: id})
}

// settle has every field say what is wrong with it.
func (p *Page) settle() {
	for _, s := range p.signs {
		s.settle()
	}
	p.showHead()
}

// refused shows an error where it belongs and goes there.
func (p *Page) refused(err error) {
	p.env.Fail(err)
	p.reread()
	switch at := present.At(err); {
	case at != "":
		p.jump(model.SectionOf(at))
	default:
		for key, s := range p.signs {
			if p.w.Vital(key).Remark.Wrong {
				p.env.Window.Canvas().Focus(s.entry)
				return
			}
		}
	}
}
