package workspace

import (
	"strings"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// rxList is the medicines of the visit: a line each, of which one may be open as a
// form, and the field in which the next one is typed.
type rxList struct {
	p     *Page
	entry *note
	list  *fyne.Container
	lines map[clinic.ID]*line
	order []clinic.ID
	open  clinic.ID // whose form is open
	form  *rxForm
}

// rxForm is the fields of one prescription.
type rxForm struct {
	id     clinic.ID
	object fyne.CanvasObject
	fields map[string]*kit.Field
	first  fyne.Focusable
}

func (p *Page) rxPart() fyne.CanvasObject {
	r := &rxList{p: p, list: flow(2), lines: map[clinic.ID]*line{}}
	p.drugs = r
	r.entry = p.pick(model.FieldPrescriptions)
	r.refresh()
	if !p.w.May.Prescribe {
		r.entry.Hide()
		return flow(6, kit.Prose(p.env.T("visit_no_prescribe")), r.list)
	}
	p.firsts[model.Prescriptions] = r.entry
	return flow(6, r.list, r.entry)
}

// refresh shows the prescriptions that the visit has.
func (r *rxList) refresh() {
	views := r.p.w.Prescriptions()
	var order []clinic.ID
	kept := map[clinic.ID]*line{}
	objects := []fyne.CanvasObject{}
	for i := range views {
		v := &views[i]
		l := r.lines[v.ID]
		said := lineView{Icon: "pill", Text: v.Name, Below: v.Summary, Words: v.Warnings, Faded: v.Stopped}
		if v.Stopped {
			said.Side = r.p.env.T("visit_rx_stopped")
		}
		if said.Text == "" {
			said.Text = r.p.env.T("visit_rx_new")
		}
		if l == nil {
			id := v.ID
			l = newLine(said, func() { r.toggle(id) }, func() { r.strike(id) })
			l.entered = func() { r.p.entered(model.FieldPrescriptions+".row", l) }
			if !r.p.w.May.Prescribe || r.p.w.ReadOnly() {
				l.open, l.strike = nil, nil
				l.show(said)
			}
		} else if !sameView(&l.view, &said) {
			l.show(said)
		}
		kept[v.ID] = l
		order = append(order, v.ID)
		objects = append(objects, l)
		if v.ID == r.open && r.form != nil {
			objects = append(objects, r.form.object)
		}
	}
	r.lines, r.order = kept, order
	r.list.Objects = objects
	r.list.Hidden = len(objects) == 0
	r.list.Refresh()
	r.p.relayout()
}

func sameView(a, b *lineView) bool {
	if a.Icon != b.Icon || a.Text != b.Text || a.Below != b.Below || a.Side != b.Side || a.Faded != b.Faded || len(a.Words) != len(b.Words) {
		return false
	}
	for i := range a.Words {
		if a.Words[i] != b.Words[i] {
			return false
		}
	}
	return true
}

// toggle opens the form of a prescription, or closes it.
func (r *rxList) toggle(id clinic.ID) {
	if r.open == id {
		r.open, r.form = clinic.ID{}, nil
		r.refresh()
		if l := r.lines[id]; l != nil {
			r.p.env.Window.Canvas().Focus(l)
		}
		return
	}
	r.open = id
	r.form = r.newForm(id)
	r.refresh()
	r.p.env.Window.Canvas().Focus(r.form.first)
}

// newForm makes the fields of a prescription; usual answers stand in a list below.
func (r *rxList) newForm(id clinic.ID) *rxForm {
	f := &rxForm{id: id, fields: map[string]*kit.Field{}}
	field := func(name string) fyne.CanvasObject {
		input, entry := r.input(name)
		text := r.p.w.Rx(id, name)
		entry.SetText(text)
		entry.CursorColumn = len([]rune(text))
		entry.OnChanged = func(s string) { r.typed(f, name, s) }
		entry.OnEnter = func() { r.p.entered(model.FieldPrescriptions+".row", f.object) }
		entry.OnKey = func(ev *fyne.KeyEvent) bool { return r.formKey(id, ev) }
		if name == "directions" {
			entry.SetPlaceHolder(r.p.w.Directions(id))
		}
		if f.first == nil {
			f.first = input.(fyne.Focusable)
		}
		if name == "dose" && r.p.w.Rx(id, "inn") != "" { // a drug that is named wants its dose
			f.first = input.(fyne.Focusable)
		}
		f.fields[name] = kit.NewField(r.p.env.T("visit_rx_"+name), input)
		return f.fields[name]
	}
	f.object = kit.Inset(0, 8, 6, 34, flow(0,
		kit.Columns(10, []float32{3, 2, 2}, field("inn"), field("trade"), field("form")),
		kit.Columns(10, []float32{1, 1, 1.6, 2}, field("dose"), field("dose_unit"), field("route"), field("frequency")),
		kit.Columns(10, []float32{1.4, 1, 1.2}, field("duration"), field("quantity"), field("quantity_unit")),
		field("directions"),
	))
	return f
}

// input makes the control of a field: with a list of usual answers where there are any.
func (r *rxList) input(name string) (fyne.CanvasObject, *kit.Entry) {
	lists := map[string]string{
		"form": "visit_rx_forms", "dose_unit": "visit_rx_units", "route": "visit_rx_routes",
		"frequency": "visit_rx_frequencies", "duration": "visit_rx_durations", "quantity_unit": "visit_rx_forms",
	}
	key, listed := lists[name]
	if !listed {
		e := kit.NewEntry()
		e.Limit = 500
		return e, e
	}
	usual := strings.Split(r.p.env.T(key), "\n")
	c := kit.NewCombo(func(text string) []kit.Option {
		var out []kit.Option
		low := strings.ToLower(strings.TrimSpace(text))
		for _, u := range usual {
			if strings.HasPrefix(strings.ToLower(u), low) {
				out = append(out, kit.Option{Code: u, Text: u})
			}
		}
		return out
	})
	c.Limit = 200
	return c, &c.Entry
}

func (r *rxList) formKey(id clinic.ID, ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyF9:
		r.strike(id)
	case fyne.KeyEscape:
		r.toggle(id)
	default:
		return false
	}
	return true
}

func (r *rxList) typed(f *rxForm, name, text string) {
	if r.p.quiet {
		return
	}
	r.p.w.SetRx(f.id, name, text)
	if d := f.fields["directions"]; d != nil && name != "directions" {
		if e, ok := d.Input.(*kit.Entry); ok {
			e.SetPlaceHolder(r.p.w.Directions(f.id))
		}
	}
	r.refresh()
}

func (r *rxList) strike(id clinic.ID) {
	name := ""
	if l := r.lines[id]; l != nil {
		name = l.view.Text
	}
	if r.open == id {
		r.open, r.form = clinic.ID{}, nil
	}
	undo := r.p.w.StrikeRx(id)
	r.refresh()
	r.p.env.Window.Canvas().Focus(r.entry)
	r.p.env.Done(r.p.env.T("visit_struck_row", "what", name), func() { undo(); r.refresh() })
}
