package workspace

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// History is what is known of the patient from before.
type History struct {
	Visits    []clinic.Visit // the newest first
	Protocols []clinic.Protocol
	Results   []clinic.Observation  // that hang on no visit
	Running   []clinic.Prescription // what the patient takes now
}

// LoadHistory reads what is known of the patient from before. The page shows itself
// first and asks for this then.
func (w *Workspace) LoadHistory(ctx context.Context) error {
	c, err := w.s.Records.Chart(ctx, w.Patient.ID)
	if err != nil {
		return err
	}
	h := History{Visits: c.Visits, Protocols: c.Protocols, Results: c.Observations}
	slices.SortStableFunc(h.Results, func(a, b clinic.Observation) int { return int(b.Taken - a.Taken) })
	today := w.s.Now()
	runs := func(list []clinic.Prescription) {
		for i := range list {
			if p := &list[i]; p.Status == "active" && !over(p, today) {
				h.Running = append(h.Running, *p)
			}
		}
	}
	for i := range c.Visits {
		if c.Visits[i].Status != clinic.VisitStruck {
			runs(c.Visits[i].Prescriptions)
		}
	}
	runs(c.Prescriptions)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history, w.allergic, w.problems = h, c.Allergies, c.Problems // of all cards of the person
	return nil
}

// Happening is a line of the timeline: a visit, a protocol or a result; a heading has a
// year and nothing else.
type Happening struct {
	Heading string
	ID      clinic.ID // of the visit
	Kind    string    // visit, struck, results
	Day     string
	Code    string // of the main diagnosis
	Title   string // what it was, or the diagnoses
	Below   string // who, in short, or how many results
	Who     string // the doctor's whole name
	Signed  bool   // a signed protocol stands on it
	Here    bool   // this very visit

	visit   *clinic.Visit
	results []clinic.Observation
}

// TimelineFilter narrows the timeline.
type TimelineFilter uint8

// The filters.
const (
	Everything TimelineFilter = iota
	OnlyVisits
	OnlyResults
	OnlyMine
)

// Timeline is the earlier visits and results, the newest first, under their years;
// words narrow it to what has all of them.
func (w *Workspace) Timeline(filter TimelineFilter, words string) []Happening {
	w.mu.Lock()
	defer w.mu.Unlock()
	typed := fold.Words(words)
	all := append(w.visitsAsHappenings(filter, typed), w.resultsAsHappenings(filter, typed)...)
	slices.SortStableFunc(all, func(a, b dated) int { return int(b.at/1000 - a.at/1000) })
	var out []Happening
	year := ""
	for _, d := range all {
		if y := d.at.Std().In(w.zone()).Format("2006"); y != year {
			year = y
			out = append(out, Happening{Heading: y})
		}
		out = append(out, d.Happening)
	}
	return out
}

type dated struct {
	Happening
	at clinic.Time
}

func (w *Workspace) visitsAsHappenings(filter TimelineFilter, typed []string) (out []dated) {
	if filter == OnlyResults {
		return nil
	}
	signed := map[clinic.ID]bool{}
	for i := range w.history.Protocols {
		if p := &w.history.Protocols[i]; p.Status == clinic.ProtocolSigned {
			signed[p.Visit] = true
		}
	}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if filter == OnlyMine && v.Staff != w.s.User.ID || len(typed) > 0 && !begins(visitText(v), typed) {
			continue
		}
		h := Happening{
			ID: v.ID, Kind: "visit", Day: w.s.Words.Day(v.CareFrom), Below: shortName(v.StaffName), Who: v.StaffName,
			Signed: signed[v.ID], Here: v.ID == w.form.Now.ID, visit: v,
		}
		h.Code, h.Title = mainDiagnosis(v)
		if v.Status == clinic.VisitStruck {
			h.Kind = "struck"
		}
		if h.Title == "" {
			h.Title = firstOf(v.Reason, v.Complaints, w.s.Words.Code("visit_kind", v.Kind))
		}
		out = append(out, dated{h, v.CareFrom})
	}
	return out
}

// resultsAsHappenings groups the results that came without a visit by their day.
func (w *Workspace) resultsAsHappenings(filter TimelineFilter, typed []string) (out []dated) {
	if filter == OnlyVisits || filter == OnlyMine {
		return nil
	}
	add := func(at clinic.Time, o clinic.Observation, from string) {
		if len(typed) > 0 && !begins(o.Name+" "+o.Text, typed) {
			return
		}
		day := w.s.Words.Day(at)
		k := slices.IndexFunc(out, func(d dated) bool { return d.Day == day })
		if k < 0 {
			k = len(out)
			out = append(out, dated{Happening{Kind: "results", Day: day, Below: shortName(from), Who: from}, at})
		}
		out[k].results = append(out[k].results, o)
	}
	for i := range w.history.Results {
		if o := w.history.Results[i]; o.Panel.IsZero() {
			add(o.Taken, o, "")
		}
	}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		for _, o := range v.Observations {
			if o.Kind != "vital" && v.Status != clinic.VisitStruck {
				add(o.Taken, o, v.StaffName)
			}
		}
	}
	for i := range out {
		names := make([]string, 0, 4)
		for _, o := range out[i].results {
			if len(names) < 4 && !slices.Contains(names, o.Name) {
				names = append(names, o.Name)
			}
		}
		out[i].Title = strings.Join(names, ", ")
		out[i].Below = w.s.T("visit_results_n", "n", len(out[i].results))
	}
	return out
}

// shortName is family name and initials of a name as it is written in full.
func shortName(name string) string {
	words := strings.Fields(name)
	for i := 1; i < len(words); i++ {
		words[i] = string([]rune(words[i])[:1]) + "."
	}
	return strings.Join(words, "\u00a0")
}

// mainDiagnosis is the code of the main diagnosis and the wordings of all.
func mainDiagnosis(v *clinic.Visit) (code, text string) {
	line := diagnosesLine(v)
	first, rest, cut := strings.Cut(line, " ")
	if cut && strings.ContainsAny(first, "0123456789") && first == strings.ToUpper(first) {
		return first, rest
	}
	return "", line
}

func diagnosesLine(v *clinic.Visit) string {
	parts := make([]string, 0, len(v.Diagnoses))
	for i := range v.Diagnoses {
		d := &v.Diagnoses[i]
		name := d.Text
		if name == "" {
			name = d.Name
		}
		part := strings.TrimSpace(d.Code + " " + name)
		if d.Rank == "main" {
			parts = slices.Insert(parts, 0, part)
		} else {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = plain(t); t != "" {
			line, _, _ := strings.Cut(t, "\n")
			return line
		}
	}
	return ""
}

// visitText is all in which words are looked for.
func visitText(v *clinic.Visit) string {
	parts := []string{v.Reason, v.Complaints, v.Anamnesis, v.Objective, v.Advice, v.Comment, v.StaffName, diagnosesLine(v)}
	for i := range v.Prescriptions {
		parts = append(parts, v.Prescriptions[i].INN, v.Prescriptions[i].Trade)
	}
	for i := range v.Orders {
		parts = append(parts, v.Orders[i].Text)
	}
	return strings.Join(parts, " ")
}

// Piece is something of an earlier visit that can be taken into this one.
type Piece struct {
	Heading string // above it, in words; empty where the one before has the same
	Text    string
	Below   string
	Icon    string

	field string
	d     *clinic.Diagnosis
	rx    *clinic.Prescription
	order *clinic.Order
	day   string
}

// Takes reports whether the piece can be copied, as results can't.
func (p *Piece) Takes() bool { return p.field != "" || p.d != nil || p.rx != nil || p.order != nil }

// Pieces takes an earlier visit or a day's results apart.
func (w *Workspace) Pieces(h Happening) []Piece {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Piece
	add := func(p Piece, section string) {
		p.Heading, p.day = w.s.T(section), h.Day
		if headingAbove(out) == p.Heading {
			p.Heading = ""
		}
		out = append(out, p)
	}
	for i := range h.results {
		add(w.resultPiece(&h.results[i]), "visit_results")
	}
	if h.visit == nil {
		return out
	}
	v := h.visit
	for i := range v.Diagnoses {
		d := &v.Diagnoses[i]
		add(Piece{Text: strings.TrimSpace(d.Code + " " + firstOf(d.Text, d.Name)), Below: w.standing(d), Icon: "stethoscope", d: d}, "visit_diagnoses")
	}
	for i := range v.Prescriptions {
		p := &v.Prescriptions[i]
		add(Piece{Text: rxName(p), Below: w.rxSummary(p), Icon: "pill", rx: p}, "visit_prescriptions")
	}
	for _, field := range noteFields {
		if t := plain(*textOf(v, field)); t != "" {
			add(Piece{Text: t, Icon: "document", field: field}, "visit_"+field)
		}
	}
	for i := range v.Orders {
		o := &v.Orders[i]
		add(Piece{Text: firstOf(o.Text, o.Coding.Name), Icon: "flask", order: o}, "visit_orders")
	}
	for i := range v.Observations {
		if v.Observations[i].Kind == "vital" {
			add(w.resultPiece(&v.Observations[i]), "visit_vitals")
		}
	}
	return out
}

func headingAbove(list []Piece) string {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Heading != "" {
			return list[i].Heading
		}
	}
	return ""
}

func (w *Workspace) standing(d *clinic.Diagnosis) string {
	words := []string{w.s.Words.Code("visit_rank", d.Rank), w.s.Words.Code("visit_stage", d.Stage), w.s.Words.Code("visit_onset", d.Onset)}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " · ")
}

func (w *Workspace) resultPiece(o *clinic.Observation) Piece {
	value := o.Text
	if o.Value != "" {
		unit := o.Unit
		if v, ok := clinic.VitalOf(o.System, o.Code); ok {
			unit = w.s.T(v.VitalUnit())
		}
		value = strings.TrimSpace(o.Sign + w.number(o.Value) + " " + unit)
	}
	below := w.norm(o.Low, o.High)
	if below != "" {
		below = w.s.T("visit_norm", "norm", below)
	}
	icon := "flask"
	if o.Flag != "" {
		icon = "warning"
	}
	return Piece{Text: strings.TrimSpace(o.Name + ": " + value), Below: below, Icon: icon}
}

// TakePiece copies something of an earlier visit into this one; the function given
// takes it away again.
func (w *Workspace) TakePiece(p Piece) (undo func()) {
	switch {
	case p.d != nil:
		id := w.CopyDiagnosis(*p.d)
		return func() { w.StrikeDiagnosis(id) }
	case p.rx != nil:
		id := w.AddRx(*p.rx)
		return func() { w.StrikeRx(id) }
	case p.order != nil:
		id := w.addOrder(clinic.Order{Kind: p.order.Kind, Text: p.order.Text, Coding: p.order.Coding})
		return func() { w.StrikeOrder(id) }
	case p.field != "":
		before := w.Text(p.field)
		w.insert(p.field, p.Text, p.day)
		return func() { w.SetText(p.field, before) }
	}
	return nil
}

// Measured is the record with this visit as it stands on the page, for charts.
func (w *Workspace) Measured() (visits []clinic.Visit, loose []clinic.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.form.ready()
	now.CareFrom = w.careFrom()
	visits = append(visits, now)
	for i := range w.history.Visits {
		if w.history.Visits[i].ID != now.ID {
			visits = append(visits, w.history.Visits[i])
		}
	}
	return visits, w.history.Results
}
