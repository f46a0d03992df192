// Package protocolform shows the form of a protocol's own fields: the page that
// signs and the workspace of a visit put it among their other things. What the fields
// mean stands in the view-model; here are only widgets, their places and keys.
//
// Enter goes to the next field, F4 puts the normal phrase into the empty field (and
// takes it out again), Ctrl+Shift+N into all that are empty.
package protocolform

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/protocolform"
)

// Form is the fields on the screen. All calls come on Fyne's thread.
type Form struct {
	env     *page.Env
	model   *model.Form
	content *fyne.Container
	inputs  map[string]*input
	order   []string

	// OnChange is called after every key that changes a value: the page keeps its
	// draft then. May be nil.
	OnChange func()
}

// input is one field: what is typed into and what stands round it.
type input struct {
	spec    *clinic.Field
	field   *kit.Field
	entry   *kit.Entry // of texts, numbers and dates
	options *kit.Options
}

func (i *input) focusable() fyne.Focusable {
	if i.entry != nil {
		return i.entry
	}
	return i.options
}

// New builds the fields of a form.
func New(env *page.Env, m *model.Form) *Form {
	f := &Form{env: env, model: m, inputs: make(map[string]*input)}
	var places []place
	fields := m.Fields()
	for i := range fields {
		spec := &fields[i]
		if spec.Type == "heading" {
			places = append(places, place{kit.Inset(float32(min(i, 1)*10), 0, 2, 0, kit.Heading(spec.Label).Cut(80)), whole, false})
			continue
		}
		in := f.input(spec)
		f.inputs[spec.Key] = in
		f.order = append(f.order, spec.Key)
		places = append(places, place{in.field, width(spec), spec.Type == "text"})
	}
	f.content = grid(places)
	f.Refresh()
	return f
}

// Content is the form, as high as it needs to be: the page puts it into a scroll.
func (f *Form) Content() fyne.CanvasObject { return f.content }

// Refresh shows what the view-model has: after Restore, Check, Fail or an Undo.
func (f *Form) Refresh() {
	for _, key := range f.order {
		f.show(key)
	}
	f.content.Refresh()
}

// Focus sets the cursor into a field; with an empty key into the first one that is
// empty and asked for, else the first.
func (f *Form) Focus(key string) {
	if key == "" && len(f.order) > 0 {
		key = f.order[0]
		for _, k := range f.order {
			if f.inputs[k].spec.Required && f.model.Text(k) == "" {
				key = k
				break
			}
		}
	}
	if in := f.inputs[key]; in != nil {
		f.env.Window.Canvas().Focus(in.focusable())
	}
}

// Top is how far below the form's top a field stands, for a page that scrolls to it.
func (f *Form) Top(key string) float32 {
	if in := f.inputs[key]; in != nil {
		return in.field.Position().Y
	}
	return 0
}

// Key is a key that the focused field did not use.
func (f *Form) Key(k kit.Key) bool {
	switch k {
	case kit.CtrlShift(fyne.KeyN):
		f.PutNormals()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter):
		return f.next()
	default:
		return false
	}
	return true
}

// PutNormals fills what is empty with the normal phrases and says so with a way back.
func (f *Form) PutNormals() {
	filled := f.model.PutNormals()
	if len(filled) == 0 {
		f.env.Say(page.Message{Tone: kit.Calm, Text: f.env.T("protocolform_normals_none")})
		return
	}
	f.Refresh()
	f.changed()
	f.env.Done(f.env.T("protocolform_normals_done", "n", len(filled)), func() {
		f.model.Empty(filled)
		f.Refresh()
		f.changed()
	})
}

// Keys are the form's keys for the page's list.
func (f *Form) Keys() []page.KeyHelp {
	return []page.KeyHelp{
		{Key: "Enter", What: f.env.T("protocolform_key_next")},
		{Key: "F4", What: f.env.T("protocolform_key_normal")},
		{Key: "Ctrl+Shift+N", What: f.env.T("protocolform_key_normals"), Do: f.PutNormals},
	}
}

// next moves from the focused field to the one after it.
func (f *Form) next() bool {
	focused := f.env.Window.Canvas().Focused()
	for i, key := range f.order {
		if f.inputs[key].focusable() == focused && i+1 < len(f.order) {
			f.Focus(f.order[i+1])
			return true
		}
	}
	return false
}

func (f *Form) changed() {
	if f.OnChange != nil {
		f.OnChange()
	}
}

// show puts the view-model's text and word into a field.
func (f *Form) show(key string) {
	in := f.inputs[key]
	switch {
	case in.entry != nil:
		if text := f.model.Text(key); in.entry.Text != text {
			heard := in.entry.OnChanged
			in.entry.OnChanged = nil
			in.entry.SetText(text)
			in.entry.OnChanged = heard
		}
	default:
		in.options.Refresh()
	}
	f.say(key)
}

func (f *Form) say(key string) {
	tone, word := kit.Wrong, f.model.Word(key)
	if word == "" {
		tone = kit.Calm
	}
	if before, was := f.inputs[key].field.Message(); before != tone || was != word {
		f.inputs[key].field.Say(tone, word)
		f.content.Refresh()
	}
}
