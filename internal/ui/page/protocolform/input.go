package protocolform

import (
	"strings"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
)

// input makes the control of a field's type.
func (f *Form) input(spec *clinic.Field) *input {
	in := &input{spec: spec}
	switch spec.Type {
	case "choice", "multichoice":
		f.choices(in, spec.Choices, spec.Choices)
	case "bool":
		f.choices(in, []string{f.env.T("protocolform_yes"), f.env.T("protocolform_no")}, []string{"true", "false"})
	default:
		f.entry(in)
	}
	var under fyne.CanvasObject = in.options
	if in.entry != nil {
		under = in.entry
	}
	label := spec.Label
	if spec.Unit != "" {
		label += ", " + spec.Unit
	}
	in.field = kit.NewField(label, under)
	if spec.Required {
		in.field.Required()
	}
	return in
}

func (f *Form) entry(in *input) {
	key := in.spec.Key
	switch in.spec.Type {
	case "longtext":
		in.entry = kit.NewNote(rows(f.model.Text(key)))
	case "number":
		in.entry = kit.NewEntry()
		in.entry.Limit = 40
		in.entry.Hint(f.span(in.spec))
	case "date":
		in.entry = kit.NewEntry()
		in.entry.Limit = 20
		in.entry.Hint(f.env.T("protocolform_date_hint"))
	default:
		in.entry = kit.NewEntry()
		in.entry.Limit = 5000
	}
	if normal, ok := f.model.Normal(key); ok && in.spec.Type != "number" {
		in.entry.Hint("F4: " + normal)
	}
	in.entry.OnChanged = func(text string) {
		f.model.Set(key, text)
		f.say(key)
		f.changed()
	}
	in.entry.OnLeave = func() {
		f.model.Settle(key)
		f.show(key)
		if in.spec.Type == "longtext" {
			in.entry.SetMinRowsVisible(rows(f.model.Text(key)))
			f.content.Refresh()
		}
	}
	in.entry.OnKey = func(ev *fyne.KeyEvent) bool { return f.normal(key, ev) }
}

// rows is how many lines a long text is shown in without scrolling inside its field:
// about as many as it has at a hundred letters a line.
func rows(text string) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += len([]rune(line))/100 + 1
	}
	return min(max(n, 2), 14)
}

// choices makes pills of the names, each standing for a value.
func (f *Form) choices(in *input, names, values []string) {
	key := in.spec.Key
	in.options = kit.NewOptions(names, in.spec.Type == "multichoice",
		func(i int) bool { return f.model.Chosen(key, values[i]) },
		func(i int) {
			f.model.Toggle(key, values[i])
			f.say(key)
			f.changed()
		})
	in.options.OnKey = func(ev *fyne.KeyEvent) bool { return f.normal(key, ev) }
}

// normal is F4: the normal phrase into the empty field and out again.
func (f *Form) normal(key string, ev *fyne.KeyEvent) bool {
	if ev.Name != fyne.KeyF4 || !f.model.PutNormal(key) {
		return false
	}
	f.show(key)
	f.changed()
	return true
}

// span is the range of a number as the hint in its field: «30–250».
func (f *Form) span(spec *clinic.Field) string {
	if spec.Min == "" || spec.Max == "" {
		return ""
	}
	return string(spec.Min) + "–" + string(spec.Max)
}
