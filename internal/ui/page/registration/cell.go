package registration

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/registration"
)

// cell is a field with its label, a hint below it, and a word that has a line of its
// own when it is a warning.
type cell struct {
	p         *form
	field     model.Field
	label     *kit.Text
	hint      *kit.Text
	input     fyne.CanvasObject
	focusable fyne.Focusable
	ring      *canvas.Rectangle // round what is wrong
	word      *widget.Label
	icon      *canvas.Image
	said      model.Word
	get       func() string
	set       func(string)

	top, high     float32 // where it stands, for scrolling
	shift, within float32 // where in the line its word stands, and how much room it has
}

// newCell makes the widget of a field.
func newCell(p *form, f model.Field) *cell {
	c := &cell{p: p, field: f, label: kit.Caption(f.Label).Cut(20), hint: kit.Caption("").Cut(20), ring: canvas.NewRectangle(nil)}
	c.ring.FillColor = theme.Color(theme.ColorNameBackground)
	c.ring.Hide()
	c.hint.Hide()
	c.make()
	return c
}

func (c *cell) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.label, c.ring, c.input, c.hint}
}

func (c *cell) make() {
	switch c.field.Kind {
	case model.Choice:
		c.choice()
	case model.Tick:
		c.tick()
	case model.Note:
		e := kit.NewNote(c.field.Rows)
		e.Limit = 60_000
		c.entry(e, e)
	case model.Day, model.Birth:
		c.date()
	case model.Suggest:
		s := kit.NewCombo(nil)
		s.Ask = func(text string) { s.Offer(c.suggested(text)) }
		c.masked(s, &s.Masked)
	case model.Card:
		c.person()
	default:
		m := kit.NewMasked(mask(c.field))
		c.masked(m, m)
	}
}

func mask(f model.Field) kit.Mask {
	switch {
	case f.Kind == model.Phone:
		return kit.MaskPhone()
	case f.Kind == model.Clock:
		return kit.MaskTime()
	}
	switch f.Mask {
	case "snils":
		return kit.MaskSNILS()
	case "enp":
		return kit.MaskENP()
	case "iin":
		return kit.MaskIIN()
	case "inn":
		return kit.MaskINN()
	case "series":
		return kit.MaskSeries()
	case "unit":
		return kit.MaskUnit()
	case "post":
		return kit.MaskPostCode()
	}
	return kit.Mask{}
}

// longest is the most letters that a field takes from the clipboard: more than may be
// stored, so that what is too long is told of, and little enough to stay quick.
const longest = 2000

func (c *cell) masked(w interface {
	fyne.CanvasObject
	fyne.Focusable
}, m *kit.Masked,
) {
	c.input, c.focusable = w, w
	m.Limit = longest
	c.wire(&m.Entry, m.SetText)
}

func (c *cell) entry(w interface {
	fyne.CanvasObject
	fyne.Focusable
}, e *kit.Entry,
) {
	c.input, c.focusable = w, w
	c.wire(e, e.SetText)
}

func (c *cell) wire(e *kit.Entry, set func(string)) {
	path := c.field.Path
	e.OnChanged = func(text string) { c.p.typed(path, text) }
	e.OnEnter = func() { c.p.body.entered(c) }
	e.OnLeave = func() { c.p.leftField(path) }
	c.get, c.set = func() string { return e.Text }, set
}

func (c *cell) choice() {
	options := make([]kit.Option, len(c.field.Options))
	for i, o := range c.field.Options {
		options[i] = kit.Option{Code: o.Code, Text: o.Text, Below: o.Below}
	}
	s := kit.NewSelect(options, func(code string) {
		c.p.typed(c.field.Path, code)
		c.p.turned()
	}).Hint("—").Wide(c.field.Width)
	s.OnEnter = func() { c.p.body.entered(c) }
	s.OnLeave = func() { c.p.leftField(c.field.Path) }
	s.OnKey = func(ev *fyne.KeyEvent) bool { // Enter goes on, as in every field of the form; Space and F4 open the list
		return (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter) && c.p.Key(kit.Plain(ev.Name))
	}
	c.input, c.focusable, c.get, c.set = s, s, s.Value, s.Set
}

func (c *cell) tick() {
	k := kit.NewCheck(c.field.Label, func(on bool) {
		text := ""
		if on {
			text = "true"
		}
		c.p.typed(c.field.Path, text)
	})
	k.OnEnter = func() { c.p.body.entered(c) }
	k.OnLeave = func() { c.p.leftField(c.field.Path) }
	c.label.Set("")
	c.input, c.focusable = k, k
	c.get = func() string {
		if k.On() {
			return "true"
		}
		return ""
	}
	c.set = func(text string) { k.Set(text == "true") }
}

func (c *cell) date() {
	d := kit.NewDate(c.p.env.T, string(c.p.env.Today())).Partial()
	d.Read = func(text string) string {
		iso, err := check.ParseDate(text)
		if err != nil {
			return ""
		}
		return iso
	}
	if c.field.Kind == model.Birth {
		d.Past()
	}
	c.masked(d, &d.Masked)
}

func (c *cell) suggested(text string) []kit.Option {
	var out []kit.Option
	for _, s := range c.p.model.Suggest(c.field.Path, text) {
		out = append(out, kit.Option{Text: s})
	}
	return out
}

// person is a field for another card: what is typed is looked for.
func (c *cell) person() {
	s := kit.NewCombo(nil)
	path, env := c.field.Path, c.p.env
	s.Limit = 200
	s.Ask = func(text string) {
		if len([]rune(text)) < 2 {
			s.Offer(nil)
			return
		}
		kit.Load(env.Loader, "person", func(ctx context.Context) ([]clinic.Brief, error) {
			return env.Records.FindPatients(ctx, text, 8)
		}, func(found []clinic.Brief, err error) {
			if err == nil {
				s.Offer(c.p.briefs(found))
			}
		})
	}
	s.OnTake = func(o kit.Option) {
		id, err := clinic.ParseID(o.Code)
		if err != nil {
			return
		}
		kit.Load(env.Loader, "person", func(ctx context.Context) (clinic.Patient, error) {
			return env.Records.Patient(ctx, id)
		}, func(p clinic.Patient, err error) {
			if err != nil {
				env.Fail(err)
				return
			}
			c.p.model.Take(path, p)
			c.p.rebuild(path)
			c.p.changed()
		})
	}
	s.OnEnter = func() { c.p.body.entered(c) }
	s.OnLeave = func() {
		if s.Text == "" && c.p.model.Get(path) != "" { // emptied: nobody
			c.p.model.Take(path, clinic.Patient{})
			c.p.changed()
		}
		c.p.leftField(path)
	}
	c.input, c.focusable = s, s
	c.get, c.set = func() string {
		if p, ok := c.p.model.PersonAt(path); ok && s.Text == p.Name || s.Focused() {
			return c.p.model.Get(path)
		}
		return "\x00" // what was looked for and not taken
	}, func(string) {
		p, _ := c.p.model.PersonAt(path)
		s.SetText(p.Name)
	}
}

// briefs are the options of a search for a card.
func (p *form) briefs(found []clinic.Brief) []kit.Option {
	var out []kit.Option
	for i := range found {
		b := &found[i]
		name := b.Name.String()
		if name == "" {
			name = p.env.T("registration_unnamed")
		}
		out = append(out, kit.Option{Code: b.ID.String(), Text: name, Below: p.model.AboutBrief(b)})
	}
	return out
}

// show puts what the model has into the field, if something else stands there.
func (c *cell) show() {
	if text := c.p.model.Get(c.field.Path); c.get() != text {
		c.set(text)
	}
}

// say shows a word; it reports whether the height of the cell has changed.
func (c *cell) say(w model.Word) bool {
	if w == c.said {
		return false
	}
	was := c.said
	c.said = w
	if w.Tone == model.Calm {
		c.hint.Set(w.Text)
		c.mark(kit.Calm)
		return was.Tone != model.Calm || (was.Text == "") != (w.Text == "")
	}
	tone := map[model.Tone]kit.Tone{model.Warn: kit.Warn, model.Wrong: kit.Wrong}[w.Tone]
	c.hint.Set("")
	c.mark(tone)
	if c.word == nil {
		c.word = kit.Para("")
		c.word.SizeName = theme.SizeNameCaptionText
		c.icon = kit.Picture(tone.Icon(), tone.Color(), 15)
		c.p.body.content.Objects = append(c.p.body.content.Objects, c.word, c.icon)
	}
	c.word.Importance = widget.WarningImportance
	if tone == kit.Wrong {
		c.word.Importance = widget.DangerImportance
	}
	c.icon.Resource = kit.IconIn(tone.Icon(), tone.Color())
	c.word.SetText(w.Text)
	c.icon.Refresh()
	return true
}

// mark draws the ring round a field and colours its label.
func (c *cell) mark(tone kit.Tone) {
	c.label.SetColor(tone.Color())
	c.ring.Hidden = tone == kit.Calm
	c.ring.FillColor = theme.Color(tone.Color())
	c.ring.CornerRadius = theme.InputRadiusSize() + 1
	c.ring.Refresh()
	if c.word != nil {
		c.word.Hidden = tone == kit.Calm
		c.icon.Hidden = tone == kit.Calm
	}
}

// boxHeight is label and input; a box to tick has its word beside it.
func (c *cell) boxHeight() float32 {
	if c.field.Kind == model.Tick {
		return c.input.MinSize().Height
	}
	return c.label.MinSize().Height + kit.Px(2) + c.input.MinSize().Height
}

// hintHeight is the height of the hint below it, zero without one.
func (c *cell) hintHeight() float32 {
	if c.said.Tone != model.Calm || c.said.Text == "" {
		return 0
	}
	return c.hint.MinSize().Height
}

// put places the cell in a line whose boxes are so high.
func (c *cell) put(x, y, w, high float32) {
	label, input := c.label.MinSize().Height, c.input.MinSize().Height
	c.label.Move(fyne.NewPos(x, y))
	c.label.Resize(fyne.NewSize(w, label))
	at := y + label + kit.Px(2)
	if c.field.Kind == model.Tick {
		at = y + high - input
	}
	c.input.Move(fyne.NewPos(x, at))
	c.input.Resize(fyne.NewSize(w, input))
	c.ring.Move(c.input.Position().SubtractXY(1.5, 1.5))
	c.ring.Resize(c.input.Size().AddWidthHeight(3, 3))
	c.hint.Hidden = c.hintHeight() == 0
	c.hint.Move(fyne.NewPos(x, at+input))
	c.hint.Resize(fyne.NewSize(w, c.hint.MinSize().Height))
	c.top, c.high = y, high
}

// span says where in its line the word may stand: below its field, but never in less
// room than a sentence needs.
func (c *cell) span(x, inner float32) {
	c.shift = min(x, max(inner-kit.Px(420), 0))
	c.within = inner - c.shift
}

// wordHeight is the height of the word's own line; zero without one.
func (c *cell) wordHeight() float32 {
	if c.said.Tone == model.Calm || c.word == nil {
		return 0
	}
	c.word.Resize(fyne.NewSize(c.within-kit.Px(12), 0))
	return c.word.MinSize().Height - 2*theme.InnerPadding() + kit.Px(6)
}

func (c *cell) putWord(left, y, h float32) {
	side := c.icon.MinSize().Width
	c.icon.Move(fyne.NewPos(left+c.shift, y+kit.Px(3)))
	c.icon.Resize(fyne.NewSquareSize(side))
	c.word.Move(fyne.NewPos(left+c.shift+side-kit.Px(2), y+kit.Px(3)-theme.InnerPadding()))
	c.word.Resize(fyne.NewSize(c.within-kit.Px(12), h+2*theme.InnerPadding()))
}
