package templates

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/templates"
)

// fieldForm is the field at hand: what it is called, what it takes, with what it begins.
type fieldForm struct {
	p      *editor
	place  *fyne.Container
	scroll *container.Scroll
	fields map[string]*kit.Field
	inputs map[string]fyne.Focusable
	begin  *fyne.Container // with what a protocol begins
	quiet  bool            // texts are being set, nobody types
}

func newFieldForm(p *editor) *fieldForm {
	f := &fieldForm{p: p, scroll: container.NewVScroll(kit.Space(1, 1))}
	f.place = container.NewStack(f.scroll)
	return f
}

// show builds the form of the field at hand.
func (f *fieldForm) show() {
	e := f.p.model
	f.fields, f.inputs = map[string]*kit.Field{}, map[string]fyne.Focusable{}
	if e.At() < 0 {
		f.place.Objects = []fyne.CanvasObject{kit.Empty("template", f.p.env.T("templates_field_none"))}
		f.place.Refresh()
		return
	}
	f.quiet = true
	col := kit.Col(4, f.parts(e, e.Current())...)
	f.quiet = false
	f.scroll.Content = kit.Inset(8, 12, 16, 8, col)
	f.scroll.Offset = fyne.Position{}
	f.place.Objects = []fyne.CanvasObject{f.scroll}
	f.words()
	f.scroll.Refresh()
	f.place.Refresh()
}

// parts are the inputs that a field of its type has.
func (f *fieldForm) parts(e *model.Editor, field clinic.Field) []fyne.CanvasObject {
	t := f.p.env.T
	out := []fyne.CanvasObject{
		kit.Heading(t("templates_field") + " " + strconv.Itoa(e.At()+1)),
		f.entry("label", t("templates_label"), field.Label, 1, e.SetLabel),
		f.types(field.Type),
	}
	if field.Type == "number" || field.Type == "text" {
		out = append(out, f.entry("unit", t("templates_unit"), field.Unit, 1, e.SetUnit))
	}
	if field.Type == "number" {
		low, high := e.Range()
		out = append(out, kit.Columns(10, nil,
			f.entry("min", t("templates_min"), low, 1, func(s string) { _, high := e.Range(); e.SetRange(s, high) }),
			f.entry("max", t("templates_max"), high, 1, func(s string) { low, _ := e.Range(); e.SetRange(low, s) })))
	}
	if field.Type == "choice" || field.Type == "multichoice" {
		out = append(out, f.entry("choices", t("templates_options"), e.Options(), 5, e.SetOptions))
	}
	if field.Type == "heading" {
		return out
	}
	f.begin = kit.Col(0, f.preset(e, field)...)
	out = append(out, f.begin)
	required := kit.NewCheck(t("templates_required"), func(on bool) { e.SetRequired(on); f.p.changed() })
	required.Set(field.Required)
	f.inputs["required"] = required
	return append(out, required, kit.Caption(t("templates_source")), f.source(e))
}

// preset is the default: a text, or which of the answers.
func (f *fieldForm) preset(e *model.Editor, field clinic.Field) []fyne.CanvasObject {
	t := f.p.env.T
	switch field.Type {
	case "choice", "multichoice", "bool":
		values, names := e.Answers()
		if len(values) == 0 {
			return nil
		}
		o := kit.NewOptions(names, field.Type == "multichoice",
			func(i int) bool { return e.Chosen(values[i]) }, func(i int) { e.Toggle(values[i]); f.p.changed() })
		f.fields["default"] = kit.NewField(t("templates_default_answer"), o)
		f.inputs["default"] = o
		return []fyne.CanvasObject{f.fields["default"]}
	}
	lines := 1
	if field.Type == "longtext" || field.Type == "text" {
		lines = 3
	}
	in := f.entry("default", t("templates_default"), e.Default(), lines, e.SetDefault)
	if lines > 1 {
		f.fields["default"].Hinted(t("templates_default_hint"))
	}
	return []fyne.CanvasObject{in}
}

// entry is a field for text that changes the template with every key.
func (f *fieldForm) entry(name, label, text string, lines int, set func(string)) fyne.CanvasObject {
	in := kit.NewEntry()
	if lines > 1 {
		in = kit.NewNote(lines)
		in.Limit = 5000
	}
	in.SetText(text)
	in.OnChanged = func(s string) {
		if !f.quiet {
			set(s)
			if name == "choices" {
				f.answers()
			}
			f.p.changed()
		}
	}
	f.fields[name], f.inputs[name] = kit.NewField(label, in), in
	return f.fields[name]
}

// answers brings the answers that a default is taken from up to date, while the options
// are typed.
func (f *fieldForm) answers() {
	f.begin.Objects = f.preset(f.p.model, f.p.model.Current())
	f.begin.Refresh()
	f.scroll.Refresh()
}

// types are what the field can be.
func (f *fieldForm) types(now string) fyne.CanvasObject {
	all := builtin.Types()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = f.p.env.T("templates_type_" + t)
	}
	at := now
	o := kit.NewOptions(names, false, func(i int) bool { return all[i] == at }, func(i int) {
		if all[i] == at {
			return
		}
		at = all[i]
		f.p.model.SetType(at)
		f.p.changed()
		f.show()
		f.focus("type")
	})
	f.fields["type"], f.inputs["type"] = kit.NewField(f.p.env.T("templates_type"), o), o
	return f.fields["type"]
}

// source is from where the visit fills the field: a button that opens the places.
func (f *fieldForm) source(e *model.Editor) fyne.CanvasObject {
	names := e.SourceNames()
	b := kit.NewButton(names[e.Source()], func() {
		picker := kit.NewPicker(f.p.env.Loader, "source", func(_ context.Context, query string) ([]kit.PickRow, error) {
			return places(names, query), nil
		})
		picker.OnPick = func(r kit.PickRow) {
			i, err := strconv.Atoi(r.Key)
			if err != nil {
				return
			}
			e.SetSource(i)
			f.p.changed()
			f.show()
			f.focus("source")
		}
		picker.Show(f.p.env.Layers, f.p.env.T("templates_source"), "")
	}).With("down").Small()
	f.inputs["source"] = b
	return kit.Row(0, b)
}

// places are the sources whose name has the words.
func places(names []string, query string) []kit.PickRow {
	var out []kit.PickRow
	for i, name := range names {
		if strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(query))) {
			out = append(out, kit.PickRow{Key: strconv.Itoa(i), Text: name})
		}
	}
	return out
}

// words tells under the inputs what is wrong.
func (f *fieldForm) words() {
	for name, field := range f.fields {
		field.Say(kit.Wrong, f.p.model.Word(name))
	}
}

// focus sets the cursor into an input.
func (f *fieldForm) focus(name string) {
	if in := f.inputs[name]; in != nil {
		f.p.env.Window.Canvas().Focus(in)
	}
}

// focusWrong sets the cursor into the first input that is wrong.
func (f *fieldForm) focusWrong() {
	for _, name := range []string{"label", "type", "unit", "min", "max", "choices", "default"} {
		if f.p.model.Word(name) != "" && f.inputs[name] != nil {
			f.focus(name)
			return
		}
	}
	f.p.env.Window.Canvas().Focus(f.p.rows.Focusable())
}

// wrongMessage says in the status line how many places are to be corrected.
func wrongMessage(p *editor) page.Message {
	return page.Message{Tone: kit.Wrong, Text: p.env.T("templates_wrong", "n", p.model.Wrongs())}
}
