package workspace

import (
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
)

// RxView is a prescription as it stands on the page.
type RxView struct {
	ID       clinic.ID
	Name     string // «Амоксициллин (Флемоксин), таблетки»
	Summary  string // «500 мг · внутрь · 3 раза в день · 7 дней · № 21»
	Stopped  bool
	Warnings []Remark // allergies, doubles, what could not be read
}

// RxFields are the fields of a prescription in the order of its form.
var RxFields = []string{
	"inn", "trade", "form", "dose", "dose_unit", "route", "frequency", "duration", "quantity", "quantity_unit", "directions",
}

func rxField(p *clinic.Prescription, field string) *string {
	switch field {
	case "inn":
		return &p.INN
	case "trade":
		return &p.Trade
	case "form":
		return &p.Form
	case "dose":
		return decimal(&p.Dose)
	case "dose_unit":
		return &p.DoseUnit
	case "route":
		return &p.Route
	case "frequency":
		return &p.Frequency
	case "duration":
		return &p.Duration
	case "quantity":
		return decimal(&p.Quantity)
	case "quantity_unit":
		return &p.QuantityUnit
	case "directions":
		return &p.Directions
	}
	return nil
}

// Prescriptions are the prescriptions of the visit, with what they warn of (R3.3).
func (w *Workspace) Prescriptions() []RxView {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]RxView, len(w.form.Now.Prescriptions))
	for i := range w.form.Now.Prescriptions {
		p := &w.form.Now.Prescriptions[i]
		out[i] = RxView{
			ID: p.ID, Name: rxName(p), Summary: w.rxSummary(p), Stopped: p.Status == "stopped", Warnings: w.rxWarnings(i),
		}
	}
	return out
}

func rxName(p *clinic.Prescription) string {
	name := upperFirst(plain(p.INN))
	switch trade := plain(p.Trade); {
	case name == "" && trade == "":
		name = p.Coding.Name
	case name == "":
		name = trade
	case trade != "":
		name += " (" + trade + ")"
	}
	if form := plain(p.Form); form != "" {
		name += ", " + form
	}
	return name
}

func (w *Workspace) rxSummary(p *clinic.Prescription) string {
	dose := strings.TrimSpace(w.number(p.Dose) + " " + p.DoseUnit)
	quantity := ""
	if p.Quantity != "" {
		quantity = strings.TrimSpace("№ " + w.number(p.Quantity) + " " + p.QuantityUnit)
	}
	parts := []string{dose, plain(p.Route), plain(p.Frequency), plain(p.Duration), quantity}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// rxWarnings holds a prescription against the patient's allergies, the other lines and
// what the patient takes already; mu is held.
func (w *Workspace) rxWarnings(i int) (out []Remark) {
	p := &w.form.Now.Prescriptions[i]
	if r := w.rowRemark("prescriptions", i); r.Text != "" {
		out = append(out, r)
	}
	for _, field := range []string{"dose", "quantity"} {
		if _, bad := w.form.Raw[rawKey(p.ID, field)]; bad {
			out = append(out, Remark{Wrong: true, Text: w.s.T("visit_wrong_" + field)})
		}
	}
	if p.Status == "stopped" || prescriptionRow.empty(p) {
		return out
	}
	for j := range w.allergic {
		a := &w.allergic[j]
		if a.Status == "active" && clinic.Provokes(a.Substance, p.Coding.Code, p.INN, p.Trade, p.Coding.Name) {
			out = append(out, Remark{Danger: true, Text: w.s.T("visit_warn_allergy", "substance", a.Substance, "reaction", reaction(a))})
			break
		}
	}
	for j := range i {
		o := &w.form.Now.Prescriptions[j]
		if o.Status != "stopped" && clinic.SameDrug(rxDrug(o), rxDrug(p)) {
			return append(out, Remark{Text: w.s.T("visit_warn_twice")})
		}
	}
	for j := range w.history.Running {
		o := &w.history.Running[j]
		if o.Visit != w.form.Now.ID && clinic.SameDrug(rxDrug(o), rxDrug(p)) {
			return append(out, Remark{Text: w.s.T("visit_warn_taken", "day", w.s.Words.Day(o.Written))})
		}
	}
	return out
}

func reaction(a *clinic.Allergy) string {
	if a.Reaction == "" {
		return ""
	}
	return ": " + a.Reaction
}

func rxDrug(p *clinic.Prescription) string {
	switch {
	case plain(p.INN) != "":
		return p.INN
	case plain(p.Trade) != "":
		return p.Trade
	}
	return p.Coding.Name
}

// over reports whether a course has come to its last day.
func over(p *clinic.Prescription, today time.Time) bool {
	return p.Stop.Full() && string(p.Stop) < today.AddDate(0, 0, -1).Format(time.DateOnly)
}

// Rx is what stands in a field of a prescription.
func (w *Workspace) Rx(id clinic.ID, field string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if raw, ok := w.form.Raw[rawKey(id, field)]; ok {
		return raw
	}
	p := rowOf(w.form.Now.Prescriptions, id, prescriptionRow)
	if p == nil || rxField(p, field) == nil {
		return ""
	}
	if field == "dose" || field == "quantity" {
		return w.number(clinic.Decimal(*rxField(p, field)))
	}
	return *rxField(p, field)
}

// SetRx takes what was typed into a field of a prescription.
func (w *Workspace) SetRx(id clinic.ID, field, typed string) {
	if !w.May.Prescribe || w.Rx(id, field) == typed {
		return
	}
	w.change(func(f *Form) {
		f.Now.Prescriptions = slices.Clone(f.Now.Prescriptions)
		p := rowOf(f.Now.Prescriptions, id, prescriptionRow)
		if p == nil || rxField(p, field) == nil {
			return
		}
		w.refused = nil
		if field != "dose" && field != "quantity" {
			*rxField(p, field) = typed
			return
		}
		value, ok := readNumber(typed)
		f.raw(rawKey(id, field), typed, ok)
		if ok {
			*rxField(p, field) = string(value)
		}
	})
}

// AddRx puts a prescription on the visit: what a line says, or one that was written
// before. Whose, when and where from it was is left behind.
func (w *Workspace) AddRx(p clinic.Prescription) clinic.ID {
	if !w.May.Prescribe {
		return clinic.ID{}
	}
	q := pattern(&p)
	q.ID, q.Status = clinic.NewID(), "active"
	w.change(func(f *Form) { f.Now.Prescriptions = append(slices.Clone(f.Now.Prescriptions), q) })
	return q.ID
}

// pattern is what makes a prescription one, without whose, when and where from.
func pattern(p *clinic.Prescription) clinic.Prescription {
	return clinic.Prescription{
		INN: p.INN, Trade: p.Trade, Form: p.Form, Dose: p.Dose, DoseUnit: p.DoseUnit, Route: p.Route, Frequency: p.Frequency,
		Duration: p.Duration, Quantity: p.Quantity, QuantityUnit: p.QuantityUnit, Directions: p.Directions, Coding: p.Coding,
	}
}

// StrikeRx takes a prescription off the visit; the function given puts it back.
func (w *Workspace) StrikeRx(id clinic.ID) (undo func()) {
	if !w.May.Prescribe {
		return func() {}
	}
	var was clinic.Prescription
	raw := map[string]string{}
	at := -1
	w.change(func(f *Form) {
		at = slices.IndexFunc(f.Now.Prescriptions, func(p clinic.Prescription) bool { return p.ID == id })
		if at < 0 {
			return
		}
		was = f.Now.Prescriptions[at]
		for _, field := range RxFields {
			if typed, ok := f.Raw[rawKey(id, field)]; ok {
				raw[field] = typed
			}
		}
		f.drop(id)
		f.Now.Prescriptions = slices.Delete(slices.Clone(f.Now.Prescriptions), at, at+1)
	})
	return func() {
		if at < 0 {
			return
		}
		w.change(func(f *Form) {
			f.Now.Prescriptions = slices.Insert(slices.Clone(f.Now.Prescriptions), min(at, len(f.Now.Prescriptions)), was)
			for field, typed := range raw {
				f.raw(rawKey(id, field), typed, false)
			}
		})
	}
}

// StopRx ends a prescription of this visit, or lets it run again: what the patient has
// begun to take is not struck out.
func (w *Workspace) StopRx(id clinic.ID) {
	if !w.May.Prescribe {
		return
	}
	w.change(func(f *Form) {
		f.Now.Prescriptions = slices.Clone(f.Now.Prescriptions)
		p := rowOf(f.Now.Prescriptions, id, prescriptionRow)
		switch {
		case p == nil:
		case p.Status == "stopped":
			p.Status, p.Stop = "active", ""
		default:
			p.Status, p.Stop = "stopped", w.s.Today()
		}
	})
}

// Directions puts a prescription into a sentence for the patient, where the doctor has
// written none: «Внутрь по 500 мг 3 раза в день, 7 дней».
func (w *Workspace) Directions(id clinic.ID) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := rowOf(w.form.Now.Prescriptions, id, prescriptionRow)
	if p == nil {
		return ""
	}
	dose := ""
	if p.Dose != "" {
		dose = w.s.T("visit_rx_each", "dose", strings.TrimSpace(w.number(p.Dose)+" "+p.DoseUnit))
	}
	parts := slices.DeleteFunc([]string{plain(p.Route), dose, plain(p.Frequency)}, func(s string) bool { return s == "" })
	text := strings.Join(parts, " ")
	if d := plain(p.Duration); d != "" && text != "" {
		text += ", " + d
	}
	return upperFirst(text)
}
