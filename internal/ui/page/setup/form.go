package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/setup"
)

// form draws a form and puts what is typed into it.
type form struct {
	env    *page.Env
	model  *model.Form
	fields map[string]*kit.Field
	focus  map[string]fyne.Focusable
	first  fyne.Focusable
	notice *fyne.Container
	body   *fyne.Container
	typed  func()            // is told of every change
	advise func(*model.Form) // says what looks odd while one types; may be nil
}

func newForm(e *page.Env, f *model.Form, typed func()) *form {
	v := &form{env: e, model: f, fields: map[string]*kit.Field{}, focus: map[string]fyne.Focusable{}, typed: typed, notice: kit.Col(6)}
	v.body = kit.Col(6, v.notice)
	for i := 0; i < len(f.Fields); i++ {
		one := v.field(f.Fields[i])
		if f.Fields[i].Half && i+1 < len(f.Fields) && f.Fields[i+1].Half {
			i++
			v.body.Add(kit.Columns(12, nil, one, v.field(f.Fields[i])))
			continue
		}
		v.body.Add(one)
	}
	v.tell()
	return v
}

// change tells that something was typed.
func (v *form) change() {
	v.typed()
	if v.advise != nil {
		v.advise(v.model)
		v.say()
	}
}

// field makes the input of one field under its label.
func (v *form) field(x *model.Field) fyne.CanvasObject {
	set := func(s string) {
		if x.Value != s {
			x.Value = s
			v.change()
		}
	}
	input := v.input(x, set)
	label := x.Label
	if x.Kind == model.Tick {
		label = " "
	}
	f := kit.NewField(label, input).Hinted(x.Hint)
	if x.Required {
		f.Required()
	}
	v.fields[x.Key] = f
	if focus, ok := input.(fyne.Focusable); ok {
		v.focus[x.Key] = focus
		if v.first == nil {
			v.first = focus
		}
	}
	return f
}

func (v *form) input(x *model.Field, set func(string)) fyne.CanvasObject {
	switch x.Kind {
	case model.Shown:
		return kit.Inset(6, 0, 6, 0, kit.NewText(x.Value).Cut(60))
	case model.Day, model.Clock, model.Phone:
		mask := kit.MaskOf("00.00.0000")
		switch x.Kind {
		case model.Clock:
			mask = kit.MaskTime()
		case model.Phone:
			mask = kit.MaskPhone()
		}
		e := kit.NewMasked(mask)
		e.SetText(x.Value)
		e.OnChanged = set
		return e
	case model.Pick:
		options := make([]kit.Option, len(x.Options))
		for i, o := range x.Options {
			options[i] = kit.Option{Code: o.Value, Text: o.Word}
		}
		s := kit.NewSelect(options, set)
		s.Set(x.Value)
		return s
	case model.One, model.Many:
		names := make([]string, len(x.Options))
		for i, o := range x.Options {
			names[i] = o.Word
		}
		taken := func(i int) bool { return x.Options[i].Value == x.Value || x.Has(x.Options[i].Value) }
		return kit.NewOptions(names, x.Kind == model.Many, taken, func(i int) { x.Toggle(x.Options[i].Value); v.change() })
	case model.Tick:
		c := kit.NewCheck(x.Label, func(on bool) {
			if on {
				set("1")
			} else {
				set("")
			}
		})
		c.Set(x.Value != "")
		return c
	}
	if len(x.Offers) > 0 {
		c := kit.NewCombo(func(text string) []kit.Option {
			var out []kit.Option
			for _, o := range x.Offer(text) {
				out = append(out, kit.Option{Code: o, Text: o})
			}
			return out
		})
		c.SetText(x.Value)
		c.OnChanged = set
		return c
	}
	e := kit.NewEntry()
	switch x.Kind {
	case model.Note:
		e = kit.NewNote(2)
	case model.Secret:
		e = kit.NewSecret()
	}
	e.SetText(x.Value)
	e.OnChanged = set
	return e
}

// tell shows what is wrong, at the fields and above them.
func (v *form) tell() {
	v.say()
	v.notice.RemoveAll()
	if v.model.Fault != "" {
		v.notice.Add(kit.Notice(kit.Wrong, v.model.Fault))
	}
	if v.model.Notice != "" {
		v.notice.Add(kit.Notice(kit.Calm, v.model.Notice))
	}
	if len(v.notice.Objects) > 0 {
		v.notice.Add(kit.Space(1, 2))
	}
	v.notice.Refresh()
	v.body.Refresh()
}

// say shows what is wrong at the fields.
func (v *form) say() {
	for _, x := range v.model.Fields {
		f := v.fields[x.Key]
		switch {
		case x.Fault != "":
			f.Say(kit.Wrong, x.Fault)
		case x.Warning != "":
			f.Say(kit.Warn, x.Warning)
		default:
			f.Say(kit.Calm, "")
		}
	}
}

// key goes on to the next field by Enter.
func (v *form) key(k kit.Key) bool {
	if k != kit.Plain(fyne.KeyReturn) && k != kit.Plain(fyne.KeyEnter) {
		return false
	}
	c := v.env.Window.Canvas()
	for _, f := range v.focus {
		if f == c.Focused() {
			c.FocusNext()
			return true
		}
	}
	return false
}

// toFault gives the keys to the first field at which something is wrong.
func (v *form) toFault() {
	for _, x := range v.model.Fields {
		if to := v.focus[x.Key]; x.Fault != "" && to != nil {
			v.env.Window.Canvas().Focus(to)
			return
		}
	}
}

// scroll is the form in a place that may be lower than it.
func (v *form) scroll() fyne.CanvasObject {
	return container.NewVScroll(kit.Inset(0, 14, 8, 16, v.body))
}
