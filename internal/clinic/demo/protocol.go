package demo

import (
	"strconv"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
)

// protocol writes the doctor's conclusion of a visit as a draft.
func (g *Generator) protocol(h *history, v *clinic.Visit, m *vitals, kazakh bool) *clinic.Protocol {
	kind := "therapist"
	switch {
	case v.Kind == "emergency" || v.Staff == g.staff.all[g.staff.feldsher].ID:
		kind = "feldsher"
	case v.Staff == g.staff.all[g.staff.paediatrician].ID:
		kind = "paediatrician"
	}
	lang := "ru"
	if kazakh {
		lang = "kk"
	}
	t := g.templates[templates.ID(kind, lang)]
	p := &clinic.Protocol{
		Patient: v.Patient, Visit: v.ID, Template: t.ID, TemplateVersion: t.Version, Title: t.Title, Lang: lang,
		Shape: t.Fields, Version: 1, Status: clinic.ProtocolDraft, Written: v.Entered, Original: "paper",
	}
	p.ID = g.deriver.child(v.ID, "protocol", 0)
	p.Values = g.values(h, v, m, t)
	return p
}

// values fills the template's fields from the visit; what was not examined
// stays away.
func (g *Generator) values(h *history, v *clinic.Visit, m *vitals, t *clinic.Template) map[string]string {
	all := map[string]string{
		"complaints": v.Complaints, "anamnesis": v.Anamnesis, "objective": v.Objective, "reason": v.Reason,
		"recommendations": v.Advice, "diagnosis": v.Diagnoses[0].Name, "diagnosis_code": v.Diagnoses[0].Code,
	}
	if text := v.Diagnoses[0].Text; text != "" {
		all["diagnosis"] = text
	}
	if v.Objective == "" {
		all["objective"] = [...]string{"Консультация по телефону, осмотр не проводился.", "Телефон арқылы кеңес, қарау жүргізілмеді."}[index(t.Lang == "kk")]
	} else {
		measuredValues(all, m)
	}
	var lines []string
	for _, x := range v.Diagnoses[1:] {
		lines = append(lines, x.Code+" "+x.Name)
	}
	all["concomitant"] = strings.Join(lines, "\n")
	lines = nil
	for _, r := range v.Prescriptions {
		lines = append(lines, r.Trade+", "+r.Form+": "+r.Directions)
	}
	all["treatment"] = strings.Join(lines, "\n")
	g.choices(h, v, m, t, all)
	out := make(map[string]string, len(t.Fields))
	for i := range t.Fields {
		if value := all[t.Fields[i].Key]; value != "" {
			out[t.Fields[i].Key] = value
		}
	}
	return out
}

func measuredValues(all map[string]string, m *vitals) {
	all["temperature"] = strconv.FormatFloat(m.t, 'f', 1, 64)
	for key, n := range map[string]int{"systolic": m.sys, "diastolic": m.dia, "pulse": m.pulse} {
		if n > 0 {
			all[key] = strconv.Itoa(n)
		}
	}
	for key, f := range map[string]float64{"weight": m.weight, "height": m.height} {
		if f > 0 {
			all[key] = strconv.FormatFloat(f, 'f', 1, 64)
		}
	}
}

// choices answers the template's questions with fixed answers.
func (g *Generator) choices(h *history, v *clinic.Visit, m *vitals, t *clinic.Template, all map[string]string) {
	d := g.health
	pickOf := func(key string, i int) {
		for _, f := range t.Fields {
			if f.Key == key {
				all[key] = f.Choices[i]
			}
		}
	}
	pickOf("condition", index(m.t >= 38))
	pickOf("consciousness", 0)
	pickOf("development", 0)
	pickOf("result", d.weighted([]int{70, 27, 3}))
	age := h.p.born.years(dayOf(v.CareFrom.Std()))
	all["vaccination_allowed"] = strconv.FormatBool(m.t < 37.1 && v.Diagnoses[0].Code[0] == 'Z')
	switch {
	case age > 62:
		pickOf("disability", 2)
	case strings.Contains(v.Comment, "нетрудоспособности на") || strings.Contains(v.Comment, "Открыт") || strings.Contains(v.Comment, "күнге"):
		pickOf("disability", 1)
	default:
		pickOf("disability", 0)
	}
	for _, f := range t.Fields {
		if f.Key == "help" {
			help := []string{f.Choices[0], f.Choices[1]}
			if len(v.Prescriptions) > 0 {
				help = append(help, f.Choices[2])
			}
			all["help"] = strings.Join(help, "\n")
		}
	}
	all["arrival"] = instantClock(g, v.CareFrom)
	if d.chance(60) {
		next := dayOf(v.CareFrom.Std()) + day(d.between(3, 30))
		all["next_visit"] = string(working(next, d).date())
	}
}

// instantClock gives the clinic's wall clock of an instant.
func instantClock(g *Generator, t clinic.Time) string {
	on := dayOf(t.Std())
	minute := int(t-instant(g.country, on, 0)) / 60_000
	return string([]byte{digit(minute / 600), digit(minute / 60 % 10), ':', digit(minute % 60 / 10), digit(minute % 10)})
}
