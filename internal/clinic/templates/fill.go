package templates

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// The keys under which a template takes what the note of the visit says already. A
// clinic's own template that uses them is filled as well.
const (
	keyComplaints      = "complaints"
	keyAnamnesis       = "anamnesis"
	keyObjective       = "objective"
	keyReason          = "reason"
	keyRecommendations = "recommendations"
	keyDiagnosis       = "diagnosis"
	keyCode            = "diagnosis_code"
	keyConcomitant     = "concomitant"
	keyTreatment       = "treatment"
	keyExaminations    = "examinations"
)

// Sources lists the keys that Fill knows, in the order of a form: what a template gives
// such a key is taken from the visit.
func Sources() []string {
	out := []string{
		keyReason, keyComplaints, keyAnamnesis, keyObjective, keyDiagnosis, keyCode, keyConcomitant, keyExaminations, keyTreatment,
		keyRecommendations,
	}
	for _, s := range clinic.VitalSigns() {
		for _, p := range s.Parts {
			out = append(out, p.Key)
		}
	}
	return out
}

// Fill gives the values with which a new protocol begins: the template's defaults, over
// them what the visit says: complaints, anamnesis, status, diagnoses, prescriptions,
// orders, advice, vital signs. Where the visit has a status of its own, the normal
// phrases of the same part of the form are left out, so that no protocol says «зев не
// гиперемирован» beside a red throat. The result has keys of the shape only and values
// as protocols keep them (R3.4).
func Fill(shape []clinic.Field, v *clinic.Visit) map[string]string {
	out := map[string]string{}
	for i := range shape {
		if f := &shape[i]; f.Default != "" {
			out[f.Key] = f.Default
		}
	}
	said := noted(v)
	if said[keyObjective] != "" {
		for _, f := range partOf(shape, keyObjective) {
			if f.Type == "text" || f.Type == "longtext" {
				delete(out, f.Key)
			}
		}
	}
	for i := range shape {
		f := &shape[i]
		if value := said[f.Key]; value != "" && fits(f, value) {
			out[f.Key] = value
		}
	}
	return out
}

// fits keeps out of a field what its type can't hold: a clinic may give a known key to
// something else.
func fits(f *clinic.Field, value string) bool {
	_, err := Value(f, value)
	return err == nil
}

// partOf gives the fields between the headings around the one with a key.
func partOf(shape []clinic.Field, key string) []clinic.Field {
	at := slices.IndexFunc(shape, func(f clinic.Field) bool { return f.Key == key })
	if at < 0 {
		return nil
	}
	from, to := at, at
	for from > 0 && shape[from-1].Type != "heading" {
		from--
	}
	for to < len(shape) && shape[to].Type != "heading" {
		to++
	}
	return shape[from:to]
}

// noted is what a visit says, under the keys of templates.
func noted(v *clinic.Visit) map[string]string {
	said := map[string]string{
		keyComplaints: v.Complaints, keyAnamnesis: v.Anamnesis, keyObjective: v.Objective,
		keyReason: v.Reason, keyRecommendations: v.Advice,
	}
	main, others := diagnoses(v)
	if main != nil {
		said[keyDiagnosis], said[keyCode] = wording(main), main.Code
	}
	lines := make([]string, 0, len(others))
	for _, d := range others {
		lines = append(lines, strings.TrimSpace(d.Code+" "+wording(d)))
	}
	said[keyConcomitant] = strings.Join(lines, "\n")
	lines = nil
	for i := range v.Prescriptions {
		if r := &v.Prescriptions[i]; r.Status != "stopped" {
			lines = append(lines, prescribed(r))
		}
	}
	said[keyTreatment] = strings.Join(lines, "\n")
	lines = nil
	for i := range v.Orders {
		o := &v.Orders[i]
		text := o.Text
		if text == "" {
			text = o.Coding.Name
		}
		lines = append(lines, text)
	}
	said[keyExaminations] = strings.Join(lines, "\n")
	for i := range v.Observations {
		o := &v.Observations[i]
		if p, ok := clinic.VitalOf(o.System, o.Code); ok && o.Value != "" {
			said[p.Key] = string(o.Value)
		}
	}
	return said
}

// diagnoses gives the main one, by its rank or else the first, and the others.
func diagnoses(v *clinic.Visit) (main *clinic.Diagnosis, others []*clinic.Diagnosis) {
	at := slices.IndexFunc(v.Diagnoses, func(d clinic.Diagnosis) bool { return d.Rank == "main" })
	at = max(at, 0)
	for i := range v.Diagnoses {
		if i == at {
			main = &v.Diagnoses[i]
		} else {
			others = append(others, &v.Diagnoses[i])
		}
	}
	return main, others
}

// wording is the doctor's own, else the table's.
func wording(d *clinic.Diagnosis) string {
	if d.Text != "" {
		return d.Text
	}
	return d.Name
}

// prescribed says a prescription in a line: name and form, then how to take it.
func prescribed(r *clinic.Prescription) string {
	name := r.Trade
	if name == "" {
		name = r.INN
	}
	if name == "" {
		name = r.Coding.Name
	}
	if r.Form != "" {
		name += ", " + r.Form
	}
	how := r.Directions
	if how == "" {
		how = joined(" ", joined(" ", string(r.Dose), r.DoseUnit), r.Route, r.Frequency, r.Duration)
	}
	if how == "" {
		return name
	}
	return name + ": " + how
}

func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}
