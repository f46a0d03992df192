package conflicts

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/conflicts"
)

// form is the user's own version, below the two that are compared.
type form struct {
	p      *Page
	model  *model.Form
	fields []*field
	said   *fyne.Container
	body   *fyne.Container
	scroll *container.Scroll
}

type field struct {
	in    *model.Input
	entry *kit.Entry // nil where one picks
	field *kit.Field
}

// write opens the form for an own version.
func (p *Page) write() {
	if p.sheet == nil || p.form != nil {
		return
	}
	if m := p.sheet.Form(); m != nil {
		p.edit(m)
	}
}

// restore brings an own version back that was left half written.
func (p *Page) restore() {
	s := p.sheet
	kit.Load(p.env.Loader, "draft", func(ctx context.Context) (string, error) { return p.keeper.Read(ctx, s.Ref()), nil },
		func(body string, _ error) {
			if p.sheet != s || p.form != nil || body == "" {
				return
			}
			if m := s.Form(); m != nil && m.Restore(body) {
				m.Notice = p.env.T("conflicts_draft_back")
				p.edit(m)
			}
		})
}

func (p *Page) edit(m *model.Form) {
	t := p.env.T
	f := &form{p: p, model: m, said: kit.Col(0), body: kit.Col(8)}
	p.form = f
	f.body.Add(kit.Col(2, kit.Heading(p.sheet.Title).Cut(100), kit.NewText(p.sheet.Whose).Bold().Cut(100)))
	f.body.Add(kit.Prose(t("conflicts_own_below")))
	f.body.Add(f.said)
	for _, in := range m.Inputs {
		f.add(in)
	}
	f.scroll = container.NewVScroll(kit.Inset(4, 16, 12, 16, f.body))
	save := kit.NewButton(t("conflicts_save"), f.save).Ranked(kit.Primary).With("check").Key("Ctrl+Enter")
	shut := kit.NewButton(t("conflicts_cancel"), f.cancel).Key("Esc")
	foot := kit.Col(0, kit.Line(), kit.Inset(10, 16, 10, 16, kit.Right(8, shut, save)))
	p.scroll = f.scroll
	f.tell()
	p.place(container.NewBorder(nil, foot, nil, nil, f.scroll))
	f.first()
}

func (f *form) add(in *model.Input) {
	x := &field{in: in}
	if in.Kind == conflict.Pick {
		choice := kit.NewChoice(shorten(in.Picks), in.At, func(i int) { in.At = i; f.p.keeper.Typed(f.model) })
		x.field = kit.NewField(in.Label, kit.Columns(0, []float32{0, 1}, choice, kit.Space(1, 1)))
		f.fields = append(f.fields, x)
		f.body.Add(x.field)
		return
	}
	if in.Kind == conflict.Text {
		x.entry = kit.NewNote(4)
	} else {
		x.entry = kit.NewEntry()
	}
	x.entry.SetText(in.Text)
	x.entry.OnChanged = func(text string) { in.Text = text; f.p.keeper.Typed(f.model) }
	x.field = kit.NewField(in.Label, x.entry)
	f.fields = append(f.fields, x)
	if !in.Differs {
		f.body.Add(x.field)
		return
	}
	word, icon := "conflicts_use_right", "arrow-left"
	if in.Kind == conflict.Text {
		word, icon = "conflicts_insert", "add"
	}
	more := kit.NewButton(f.p.env.T(word), func() {
		f.model.Insert(in)
		x.entry.SetText(in.Text)
		f.p.env.Window.Canvas().Focus(x.entry)
	}).Small().With(icon)
	x.field.SetLabel(f.p.env.T("conflicts_keep"))
	f.body.Add(kit.Col(2, kit.Caption(in.Label), pair(f.p.text(in.Left), f.p.text(in.Right))))
	f.body.Add(kit.Columns(10, []float32{1, 0}, x.field, kit.Inset(20, 0, 0, 0, kit.Col(0, more))))
}

// shorten cuts long answers: what is picked can be read in full above.
func shorten(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		if r := []rune(s); len(r) > 40 {
			s = string(r[:40]) + "…"
		}
		out[i] = s
	}
	return out
}

func (f *form) first() {
	for _, x := range f.fields {
		if x.entry != nil {
			f.p.env.Window.Canvas().Focus(x.entry)
			return
		}
	}
}

// tell shows what is wrong, at its field.
func (f *form) tell() {
	f.said.RemoveAll()
	if f.model.Notice != "" {
		f.said.Add(kit.Notice(kit.Warn, f.model.Notice))
	}
	for _, x := range f.fields {
		x.field.Say(kit.Wrong, x.in.Error)
		if x.in.Error != "" && x.entry != nil {
			f.p.env.Window.Canvas().Focus(x.entry)
		}
	}
	if f.scroll != nil {
		f.scroll.Content.Refresh()
		f.scroll.Refresh()
	}
}

func (f *form) save() {
	f.p.decide(f.model.Save(), func(err error) {
		f.model.Blame(f.p.env.Words, err)
		f.tell()
	})
}

// cancel closes the form; what was typed can be had back.
func (f *form) cancel() {
	p, changed := f.p, f.p.keeper.Dirty()
	m, s := f.model, p.sheet
	p.keeper.Forget(s.Ref())
	p.form = nil
	p.place(p.compare(s))
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	if changed {
		p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("conflicts_thrown"), Action: p.env.T("conflicts_bring_back"), Do: func() {
			if p.sheet == s && p.form == nil {
				p.edit(m)
				p.keeper.Typed(m)
			}
		}})
	}
	if p.stale {
		p.stale = false
		p.load()
	}
}

func (f *form) key(k kit.Key) bool {
	switch k {
	case kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter), kit.Ctrl(fyne.KeyS):
		f.save()
	case kit.Plain(fyne.KeyEscape):
		f.cancel()
	default:
		return false
	}
	return true
}
