package demo

import (
	"math"
	"strconv"

	"feldsher/internal/clinic"
)

// visit writes one visit with what hangs on it.
func (g *Generator) visit(h *history, pl planned) VisitChart {
	d, p, s := g.health, h.p, pl.scenario
	v := clinic.Visit{Patient: p.id, Status: clinic.VisitDone, Kind: s.kinds[d.weighted(s.kindWeight)]}
	if pl.follow {
		v.Kind = "clinic"
	}
	v.ID = g.deriver.child(p.id, "visit", pl.index)
	g.times(&v, pl.day)
	staff := g.who(h, s, &v)
	v.Staff, v.StaffName = staff.ID, staff.Name.String()
	measured := g.take(h, s, pl.day, pl.follow)
	lang := h.kazakh && s.kk.complaints != nil
	w := g.note(h, s, pl, &v, &measured, lang)
	g.diagnoses(h, s, pl, &v, w, lang)
	if v.Kind != "phone" {
		v.Observations = measured.rows(g, &v, lang)
	}
	g.prescriptions(h, s, pl, &v, lang)
	g.orders(s, pl, &v)
	out := VisitChart{Visit: v}
	if g.visits++; g.visits%3 == 0 {
		out.Protocol = g.protocol(h, &v, &measured, lang)
	}
	return out
}

// times puts the visit into the clinic's hours; a call is typed in afterwards.
func (g *Generator) times(v *clinic.Visit, on day) {
	d := g.health
	minute := d.between(opens/5, (closes-40)/5) * 5
	v.CareFrom = instant(g.country, on, minute)
	v.CareUntil = v.CareFrom + clinic.Time(d.between(10, 25))*60_000
	v.Entered = v.CareUntil + clinic.Time(d.between(0, 4))*60_000
	if v.Kind == "home" || v.Kind == "emergency" {
		v.Entered = v.CareUntil + clinic.Time(d.between(30, 240))*60_000
		v.Late = true
	}
}

// who gives care: the gynaecologist, the feldsher on calls, the paediatrician of
// children, therapists of everybody else.
func (g *Generator) who(h *history, s *scenario, v *clinic.Visit) *clinic.Staff {
	c := &g.staff
	age := h.p.born.years(dayOf(v.CareFrom.Std()))
	i := c.therapist
	switch {
	case v.Kind == "emergency" || v.Kind == "home" && g.health.chance(35):
		i = c.feldsher
	case s.gyn:
		i = c.gynaecologist
	case age < 18:
		i = c.paediatrician
	case h.p.ordinal%2 == 1:
		i = c.district
	}
	return &c.all[i]
}

// note writes the text of the visit and gives the writer, whose variables the
// wording of the diagnosis needs too.
func (g *Generator) note(h *history, s *scenario, pl planned, v *clinic.Visit, m *vitals, kazakh bool) *writer {
	d := g.health
	age := h.p.born.years(pl.day)
	w := &writer{d: d, male: h.p.male, child: age < 18, idle: age < 18 || age > 62, vars: g.vars(h, s, pl, m, kazakh)}
	n, prefix := &s.ru, ""
	if kazakh {
		n, prefix = &s.kk, "kk."
	}
	v.Reason = w.write(n.reason)
	if pl.follow {
		f := g.book.macros
		v.Complaints, v.Anamnesis = w.write(f[prefix+"f.c"]), w.write(f[prefix+"f.a"])
		v.Objective, v.Advice = w.write(f[prefix+"f.o"]), w.write(f[prefix+"f.d"])
		v.Comment = w.write(f[prefix+"f.n"])
		v.Reason = [...]string{"Повторный приём", "Қайта қабылдау"}[index(kazakh)]
		return w
	}
	v.Complaints, v.Anamnesis = w.write(n.complaints), w.write(n.anamnesis)
	if v.Kind != "phone" {
		v.Objective = w.write(n.objective)
	}
	v.Advice, v.Comment = w.write(n.advice), w.write(n.comment)
	return w
}

// vars are what a text may call by "$name".
func (g *Generator) vars(h *history, s *scenario, pl planned, m *vitals, kazakh bool) map[string]string {
	d := g.health
	top := m.t + float64(d.between(0, 4))/10
	if s.tHi < 37.2 {
		top = 37 + float64(d.between(0, 4))/10
	}
	vars := g.scratch
	clear(vars)
	vars["tmax"] = comma(math.Round(top*10) / 10)
	vars["allergy"] = h.allergyText(d, kazakh)
	vars["R"] = strconv.Itoa(m.breath)
	vars["W"], vars["H"] = comma(m.weight), comma(m.height)
	vars["bpmax"] = strconv.Itoa((m.sys+d.between(10, 30))/10*10) + "/" + strconv.Itoa((m.dia+d.between(5, 12))/5*5)
	vars["V"], vars["v"] = m.sentence(kazakh, true), m.sentence(kazakh, false)
	if d.chance(50) {
		vars["sided"], vars["Side"] = "правосторонняя", "Справа"
	} else {
		vars["sided"], vars["Side"] = "левосторонняя", "Слева"
	}
	h.standing(vars, s, pl.day, d)
	if h.conceived != 0 {
		week := int(pl.day-h.conceived)/7 + 2
		vars["week"] = strconv.Itoa(week)
		if week >= 22 {
			vars["fetal"] = "Сердцебиение плода ясное, ритмичное, " + strconv.Itoa(d.between(134, 150)) + " уд/мин."
			if kazakh {
				vars["fetal"] = "Ұрық жүрегінің соғуы анық, минутына " + strconv.Itoa(d.between(134, 150)) + "."
			}
		}
	}
	return vars
}

// standing says how long an illness lasts, the group of health and when a child is
// to come again.
func (h *history) standing(vars map[string]string, s *scenario, on day, d *draw) {
	age := h.p.born.years(on)
	vars["long"] = "1"
	vars["breath"] = "везикулярное"
	vars["posture"] = pick(d, "Осанка правильная.", "Осанка правильная.", "Небольшая асимметрия плеч.")
	if age < 7 {
		vars["breath"] = "пуэрильное"
		vars["posture"] = pick(d, "Тазобедренные суставы без ограничений.", "Походка не изменена.")
		if age < 2 {
			vars["posture"] = "Отведение в тазобедренных суставах полное."
		}
	}
	vars["group"] = pick(d, "I", "I", "II")
	for i := range h.having {
		x := &h.having[i]
		if !x.at(on) {
			continue
		}
		if x.of.code == s.code {
			vars["long"] = strconv.Itoa(max(1, x.since.years(on)))
		}
		switch {
		case x.of.weight > 3 && age < 18:
			vars["group"] = "III"
		case x.of.weight > 3:
			vars["group"] = "IIIа"
		case len(vars["group"]) < 3:
			vars["group"] = "II"
		}
	}
	next := [...][2]string{{"месяц", "бір айдан"}, {"3 месяца", "үш айдан"}, {"год", "бір жылдан"}}
	vars["next"] = next[min(age, 2)][index(h.kazakh)]
}

// diagnoses states the main one and what else the patient has.
func (g *Generator) diagnoses(h *history, s *scenario, pl planned, v *clinic.Visit, w *writer, kazakh bool) {
	d := g.health
	code := s.code
	if code == "Z34.8" && h.p.children <= 1 {
		code = "Z34.0"
	}
	main := g.diagnosis(v, code, kazakh)
	main.Rank, main.Stage, main.Onset = "main", "final", "first"
	n := &s.ru
	if kazakh {
		n = &s.kk
	}
	main.Text = w.write(n.wording)
	if pl.follow {
		main.Onset = "known"
		main.Text = [...]string{"Реконвалесценция", "Сауығу кезеңі"}[index(kazakh)]
	} else if sickness(s) && d.chance(30) {
		main.Stage = "preliminary"
	}
	v.Diagnoses = append(v.Diagnoses, main)
	for i := range h.having {
		x := &h.having[i]
		if x.of.code == s.code {
			known(x, pl.day, &v.Diagnoses[0], kazakh)
		}
	}
	want := d.weighted([]int{10, 42, 36, 12})
	g.further(h, s, pl, v, want, kazakh)
}

// known tells a lasting condition at its first visit from a later one.
func known(x *having, on day, dx *clinic.Diagnosis, kazakh bool) {
	dx.Text, dx.Onset, dx.Stage = x.text[index(kazakh)], "known", "final"
	if x.first.IsZero() {
		x.first = dx.ID
		if on-x.since < 60 {
			dx.Onset = "first"
		}
	}
}

// further adds what the illness brings with it, then what lasts.
func (g *Generator) further(h *history, s *scenario, pl planned, v *clinic.Visit, want int, kazakh bool) {
	d := g.health
	age := h.p.born.years(pl.day)
	if !pl.follow {
		for _, f := range s.with {
			if want > 0 && age >= f.from && age <= f.to && d.chance(float64(f.percent)*1.6) && !states(v, f.code) && !h.has(f.code, pl.day) {
				dx := g.diagnosis(v, f.code, kazakh)
				dx.Rank, dx.Stage, dx.Onset = "concomitant", "final", "first"
				v.Diagnoses = append(v.Diagnoses, dx)
				want--
			}
		}
	}
	from := 0
	if len(h.having) > 0 {
		from = d.below(len(h.having))
	}
	for i := range h.having {
		x := &h.having[(from+i)%len(h.having)]
		if want > 0 && x.at(pl.day) && !states(v, x.of.code) {
			dx := g.diagnosis(v, x.of.code, kazakh)
			dx.Rank = "concomitant"
			known(x, pl.day, &dx, kazakh)
			v.Diagnoses = append(v.Diagnoses, dx)
			want--
		}
	}
	if code := finding(d, age); want > 0 && code != "" && d.chance(42) && !states(v, code) && !h.has(code, pl.day) {
		dx := g.diagnosis(v, code, kazakh)
		dx.Rank, dx.Stage, dx.Onset = "concomitant", "final", "first"
		v.Diagnoses = append(v.Diagnoses, dx)
	}
}

// finding is what a doctor sees by the way at an age: teeth, eyes, feet, spine.
func finding(d *draw, age int) string {
	switch {
	case age < 1:
		return ""
	case age < 3:
		return "E55.9"
	case age < 18:
		return pick(d, "K02.1", "H52.1", "M21.4", "J31.0", "E55.9")
	case age < 45:
		return pick(d, "K02.1", "H52.1", "J31.0", "M42.1", "E55.9")
	}
	return pick(d, "H52.4", "H52.4", "M42.1", "K02.1", "I83.9")
}

func states(v *clinic.Visit, code string) bool {
	for i := range v.Diagnoses {
		if v.Diagnoses[i].Code == code {
			return true
		}
	}
	return false
}

func (g *Generator) diagnosis(v *clinic.Visit, code string, kazakh bool) clinic.Diagnosis {
	x := clinic.Diagnosis{Patient: v.Patient, Visit: v.ID, Coding: g.coding(code, kazakh), Recorded: v.CareUntil}
	x.ID = g.deriver.child(v.ID, "diagnosis", len(v.Diagnoses))
	return x
}

// orders asks for examinations; most of the older ones are done.
func (g *Generator) orders(s *scenario, pl planned, v *clinic.Visit) {
	d := g.health
	if pl.follow {
		return
	}
	for _, line := range s.orders {
		if !d.chance(float64(line.percent) * 0.8) {
			continue
		}
		o := clinic.Order{Patient: v.Patient, Visit: v.ID, Kind: line.kind, Text: line.text, Status: "ordered"}
		if g.today-pl.day > 10 || line.kind == "procedure" && line.percent == 100 {
			o.Status = pick(d, "done", "done", "done", "done", "done", "done", "done", "done", "done", "late")
			if d.chance(2) {
				o.Status = "refused"
			}
		}
		o.ID = g.deriver.child(v.ID, "order", len(v.Orders))
		v.Orders = append(v.Orders, o)
	}
}
