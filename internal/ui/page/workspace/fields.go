package workspace

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// noteField is a text of the note: a high field with big letters, or one line for the
// reason, with a word below where there is something to say.
type noteField struct {
	p    *Page
	name string
	note *note
	line *kit.Entry
	word *fyne.Container
	said string
}

// text makes the field of a text, with its hint from the translations.
func (p *Page) text(name string, least int) fyne.CanvasObject {
	f := &noteField{p: p, name: name, word: flow(0)}
	f.word.Hide()
	p.notes[name] = f
	hint := p.env.T("visit_" + name + "_hint")
	var field fyne.CanvasObject
	if least == 1 {
		f.line = kit.NewEntry().Hint(hint)
		f.line.Limit = 400
		f.line.OnChanged, f.line.OnEnter = f.changed, func() { p.entered(name, f.line) }
		field = f.line
	} else {
		f.note = newNote(least)
		f.note.SetPlaceHolder(hint)
		f.note.OnChanged, f.note.OnEnter = f.changed, func() { p.entered(name, f.note) }
		field = kit.Resized(f.note, bigger{fyne.CurrentApp().Settings().Theme()})
	}
	if s := model.SectionOf(name); p.firsts[s] == nil && name != model.FieldReason {
		p.firsts[s] = f.focusable()
	}
	f.refresh()
	return flow(2, field, f.word)
}

// showBorrow tells in the empty anamnesis that F4 takes the last visit's text, where there
// is one.
func (p *Page) showBorrow() {
	f := p.notes[model.FieldAnamnesis]
	hint := p.env.T("visit_anamnesis_hint")
	if p.w.MayBorrow(f.name) {
		hint = p.env.T("visit_hint_borrow", "hint", hint)
	}
	if f.note.PlaceHolder != hint {
		f.note.SetPlaceHolder(hint)
	}
}

func (f *noteField) focusable() fyne.Focusable {
	if f.line != nil {
		return f.line
	}
	return f.note
}

func (f *noteField) disable() {
	if f.line != nil {
		f.line.Disable()
		return
	}
	f.note.Disable()
}

func (f *noteField) end() {
	if f.note != nil {
		f.note.end()
	}
}

// changed takes what is typed: shortcuts open first.
func (f *noteField) changed(text string) {
	if f.p.quiet {
		return
	}
	if f.note != nil {
		if back, sentence, ok := f.p.w.Autotext().At(text, f.note.CursorTextOffset()); ok {
			f.note.replace(back, sentence) // comes back here with the sentence
			return
		}
	}
	f.p.w.SetText(f.name, text)
	f.grown()
	f.say()
}

// grown sets the page anew where the field has become higher or lower.
func (f *noteField) grown() {
	if f.note != nil && f.note.fit() {
		f.p.relayout()
		f.p.reveal(f.note)
	}
}

// taken shows a text that came by a key, and sets the cursor behind it.
func (f *noteField) taken() {
	f.refresh()
	f.end()
	f.p.relayout()
	f.p.env.Window.Canvas().Focus(f.focusable())
}

// refresh shows what the visit has.
func (f *noteField) refresh() {
	was := f.p.quiet
	f.p.quiet = true
	text := f.p.w.Text(f.name)
	if f.note != nil {
		f.note.show(text)
	} else if f.line.Text != text {
		f.line.SetText(text)
	}
	f.p.quiet = was
	f.say()
}

// say puts a word below the field: what is wrong, what another workstation wrote, from
// which day the text is.
func (f *noteField) say() {
	r := f.p.w.FieldRemark(f.name)
	tone, word := kit.Warn, r.Text
	switch day, marked := f.p.w.Marked(f.name); {
	case r.Wrong:
		tone = kit.Wrong
	case word == "" && marked:
		word = f.p.env.T("visit_marked", "day", day)
	}
	said := tone.Icon() + word
	if said == f.said {
		return
	}
	f.said = said
	f.word.Objects = nil
	f.word.Hide()
	if word != "" {
		f.word.Objects = []fyne.CanvasObject{remark(tone, word)}
		f.word.Show()
	}
	f.p.relayout()
}

// remark is a small line with the sign of its tone.
func remark(tone kit.Tone, word string) fyne.CanvasObject {
	said := kit.NewText(word).Sized(kit.TextSmall + 1).Colored(tone.Color()).Cut(80)
	return container.NewBorder(nil, nil, kit.Inset(0, 5, 0, 2, kit.Picture(tone.Icon(), tone.Color(), 15)), nil, said)
}

// head is the top of the note: why the patient came, where and when care was given.
func (p *Page) head() fyne.CanvasObject {
	options := make([]kit.Option, 0, len(model.Kinds))
	for _, k := range model.Kinds {
		options = append(options, kit.Option{Code: k, Text: p.env.T("visit_kind_" + k)})
	}
	if k := p.w.Kind(); k != "" && k != "clinic" && p.env.Words.Code("visit_kind", k) != "" {
		known := false
		for _, o := range options {
			known = known || o.Code == k
		}
		if !known {
			options = append(options, kit.Option{Code: k, Text: p.env.Words.Code("visit_kind", k)})
		}
	}
	p.kind = kit.NewSelect(options, p.w.SetKind).Wide(132)
	day, clock := kit.NewEntry().Wide(104), kit.NewEntry().Wide(64)
	day.Limit, clock.Limit = 20, 10
	typed := func(string) {
		if !p.quiet {
			p.w.SetCare(day.Text, clock.Text)
		}
	}
	day.OnChanged, clock.OnChanged = typed, typed
	day.OnLeave, clock.OnLeave = p.showHead, p.showHead
	day.OnEnter = func() { p.entered(model.FieldCareDay, day) }
	clock.OnEnter = func() { p.entered(model.FieldCareTime, clock) }
	p.day, p.clock = kit.NewField(p.env.T("visit_care_day"), day), kit.NewField(p.env.T("visit_care_time"), clock)
	reason := kit.NewField(p.env.T("visit_reason"), p.text(model.FieldReason, 1))
	line := kit.Columns(12, []float32{1, 0, 0, 0}, reason, kit.NewField(p.env.T("visit_kind"), p.kind), p.day, p.clock)
	p.showHead()
	return line
}

// showHead shows kind and time of care as the visit has them, and what is wrong there.
func (p *Page) showHead() {
	was := p.quiet
	p.quiet = true
	p.kind.Set(p.w.Kind())
	day, clock := p.w.Care()
	for f, text := range map[*kit.Field]string{p.day: day, p.clock: clock} {
		if e := f.Input.(*kit.Entry); e.Text != text {
			e.SetText(text)
		}
	}
	p.quiet = was
	p.sayAt(p.day, model.FieldCareDay)
	p.sayAt(p.clock, model.FieldCareTime)
	if tone, word := p.day.Message(); word == "" && tone == kit.Calm && p.w.Late() {
		p.day.Say(kit.Warn, p.env.T("visit_late"))
	}
}

func (p *Page) sayAt(f *kit.Field, name string) {
	r := p.w.FieldRemark(name)
	tone := kit.Warn
	if r.Wrong {
		tone = kit.Wrong
	}
	f.Say(tone, r.Text)
}
