package workspace

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present/picker"
)

// Suggestion is a line of the pane at the right: something that one key takes into the
// note.
type Suggestion struct {
	Heading string // alone: the name of the lines below
	Icon    string
	Code    string // in front: a code, a shortcut
	Text    string
	Below   string
	Side    string // at the right: a price, a day

	kind     suggestionKind
	field    string
	phrase   string
	day      string
	code     string
	coding   *clinic.Coding
	rx       *clinic.Prescription
	order    *clinic.Order
	service  *clinic.Service
	pathway  *clinic.Pathway
	template clinic.ID
}

type suggestionKind uint8

const (
	noSuggestion suggestionKind = iota
	phraseSuggestion
	lastTextSuggestion
	normalSuggestion
	codeSuggestion
	diagnosisSuggestion
	rxSuggestion
	drugSuggestion
	orderSuggestion
	serviceSuggestion
	pathwaySuggestion
	templateSuggestion
)

// Takes reports whether the line can be taken.
func (s *Suggestion) Takes() bool { return s.kind != noSuggestion }

// How many lines of each kind are offered.
const (
	mostPhrases  = 30
	mostDrugs    = 14
	mostServices = 40
)

// Suggest gives the lines for the field where the cursor is and what is typed there.
// It may take a moment and is asked beside the screen's thread.
func (w *Workspace) Suggest(ctx context.Context, field, typed string) ([]Suggestion, error) {
	switch field {
	case FieldDiagnoses:
		return w.suggestDiagnoses(ctx, typed)
	case FieldPrescriptions:
		return w.suggestDrugs(typed), nil
	case FieldOrders:
		return w.suggestOrders(ctx, typed)
	case FieldServices:
		return w.suggestServices(ctx, typed)
	case FieldTemplate:
		return w.suggestTemplates(ctx, typed)
	}
	if SectionOf(field) == Vitals {
		return w.suggestVitals(), nil
	}
	return w.suggestTexts(field), nil
}

func (w *Workspace) heading(key string) Suggestion { return Suggestion{Heading: w.s.T(key)} }

// suggestTexts offers the last visit's text, the normal phrases and the shortcuts.
func (w *Workspace) suggestTexts(field string) (out []Suggestion) {
	if text, day := w.lastText(field); text != "" {
		out = append(out, w.heading("visit_suggest_last"), Suggestion{
			Code: "F4", Text: text, Below: day, kind: lastTextSuggestion, field: field, phrase: text, day: day,
		})
	}
	if field == FieldObjective {
		if all := w.Normal(); len(all) > 0 {
			out = append(out, w.heading("visit_suggest_normal"), Suggestion{
				Code: "F5", Text: w.s.T("visit_suggest_normal_all"), Below: w.Template().Title, kind: normalSuggestion,
			})
			for _, p := range all[:min(len(all), mostPhrases)] {
				out = append(out, Suggestion{Text: p, kind: phraseSuggestion, field: field, phrase: p + "."})
			}
		}
	}
	if list := w.Autotext().List(); len(list) > 0 {
		out = append(out, w.heading("visit_suggest_autotext"))
		for _, s := range list {
			out = append(out, Suggestion{Code: s.Short, Text: s.Text, kind: phraseSuggestion, field: field, phrase: s.Text})
		}
	}
	return out
}

// suggestDiagnoses offers what the patient had and the codes for what is typed.
func (w *Workspace) suggestDiagnoses(ctx context.Context, typed string) (out []Suggestion, err error) {
	words := fold.Words(typed)
	if list := w.earlierDiagnoses(words); len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_earlier")), list...)
	}
	rows, err := w.codes.Find(ctx, typed)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 && !rows[0].Heading {
		out = append(out, w.heading("visit_suggest_codes"))
	}
	for _, r := range rows {
		out = append(out, ofCode(r))
	}
	if text := plain(typed); text != "" {
		out = append(out, w.heading("visit_suggest_as_typed"), Suggestion{Text: text, Below: w.s.T("visit_suggest_no_code"), kind: diagnosisSuggestion, coding: &clinic.Coding{}, phrase: text})
	}
	return out, nil
}

func ofCode(r picker.Row) Suggestion {
	if r.Heading {
		return Suggestion{Heading: r.Name}
	}
	s := Suggestion{Code: r.Code, Text: r.Name, Below: r.Path, Side: r.Note, kind: codeSuggestion, code: r.Key}
	if r.Pinned {
		s.Icon = "star-full"
	}
	return s
}

// earlierDiagnoses are the patient's problems and the diagnoses of earlier visits, each
// once, but for those that stand on this visit.
func (w *Workspace) earlierDiagnoses(words []string) (out []Suggestion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]bool{}
	for i := range w.form.Now.Diagnoses {
		seen[w.form.Now.Diagnoses[i].Code+"|"+plain(w.form.Now.Diagnoses[i].Text)] = true
	}
	add := func(d clinic.Diagnosis, side, icon string) {
		key := d.Code + "|" + plain(d.Text)
		if seen[key] || len(out) >= 8 || len(words) > 0 && !begins(d.Code+" "+d.Name+" "+d.Text, words) {
			return
		}
		seen[key] = true
		copied := clinic.Diagnosis{Coding: d.Coding, Text: d.Text, Stage: d.Stage, Onset: "known"}
		s := Suggestion{Icon: icon, Code: d.Code, Text: firstOf(d.Text, d.Name), Side: side, kind: diagnosisSuggestion, coding: &copied.Coding}
		s.phrase, s.day = d.Text, d.Stage
		out = append(out, s)
	}
	for i := range w.problems {
		if p := &w.problems[i]; p.Status != "resolved" {
			add(clinic.Diagnosis{Coding: p.Coding, Text: p.Text, Stage: "final"}, "", "pin")
		}
	}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck {
			continue
		}
		for _, d := range v.Diagnoses {
			add(d, w.s.Words.Day(v.CareFrom), "history")
		}
	}
	return out
}

// suggestDrugs offers what the patient had, what this doctor writes, and the names of
// the table. A line that says more than a name stands first as it is understood.
func (w *Workspace) suggestDrugs(typed string) (out []Suggestion) {
	line := w.ParseRx(typed)
	words := fold.Words(line.INN + " " + line.Trade)
	names := w.drugsNamed(&line, words)
	detailed := w.rxSummary(&line) != "" || line.Form != ""
	if detailed && len(names) > 0 {
		first := names[0]
		first.Text, first.Below, first.Icon = rxName(first.rx), w.rxSummary(first.rx), "pill"
		out = append(out, w.heading("visit_suggest_as_typed"), first)
	} else if detailed && line.INN != "" {
		out = append(out, w.heading("visit_suggest_as_typed"), w.rxAsTyped(line))
	}
	if list := w.earlierDrugs(words); len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_patient_rx")), list...)
	}
	if list := w.habitualDrugs(words); len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_my_rx")), list...)
	}
	if len(words) == 0 {
		return out
	}
	if len(names) > 0 {
		out = append(append(out, w.heading("visit_suggest_drugs")), names...)
	}
	if !detailed || len(names) > 0 {
		out = append(out, w.heading("visit_suggest_as_typed"), w.rxAsTyped(line))
	}
	return out
}

func (w *Workspace) rxAsTyped(p clinic.Prescription) Suggestion {
	return Suggestion{Icon: "pill", Text: rxName(&p), Below: w.rxSummary(&p), kind: drugSuggestion, rx: &p}
}

// drugsNamed are the substances of the table whose name is begun, with what else the
// line says.
func (w *Workspace) drugsNamed(line *clinic.Prescription, words []string) (out []Suggestion) {
	if len(words) == 0 {
		return nil
	}
	for _, d := range clinic.DrugNames() {
		if len(out) >= mostDrugs || !begins(d.INN+" "+strings.Join(d.Trades, " "), words) {
			continue
		}
		p := *line
		p.INN = d.INN
		p.Trade = tradeMeant(d, words)
		if p.Trade == "" && line.Trade != "" {
			p.Trade = line.Trade
		}
		out = append(out, Suggestion{
			Icon: "pill", Text: upperFirst(d.INN), Below: strings.Join(upperAll(d.Trades), ", "), kind: drugSuggestion, rx: &p,
		})
	}
	return out
}

// tradeMeant is the trade name that was typed, if it was one.
func tradeMeant(d clinic.DrugName, words []string) string {
	if begins(d.INN, words) {
		return ""
	}
	for _, t := range d.Trades {
		if begins(t, words) {
			return upperFirst(t)
		}
	}
	return ""
}

func upperAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = upperFirst(s)
	}
	return out
}

func (w *Workspace) earlierDrugs(words []string) (out []Suggestion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]bool{}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck {
			continue
		}
		for j := range v.Prescriptions {
			p := &v.Prescriptions[j]
			if key := fold.Text(rxDrug(p)); seen[key] || !begins(p.INN+" "+p.Trade+" "+p.Coding.Name, words) {
				continue
			} else {
				seen[key] = true
			}
			q := pattern(p)
			out = append(out, Suggestion{
				Icon: "history", Text: rxName(p), Below: w.rxSummary(p), Side: w.s.Words.Day(v.CareFrom), kind: rxSuggestion, rx: &q,
			})
			if len(out) >= 6 {
				return out
			}
		}
	}
	return out
}

func (w *Workspace) habitualDrugs(words []string) (out []Suggestion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.Clone(w.habits.Drugs)
	slices.SortStableFunc(list, func(a, b habit) int { return b.Count - a.Count })
	for i := range list {
		p := &list[i].Rx
		if !begins(p.INN+" "+p.Trade, words) {
			continue
		}
		q := pattern(p)
		out = append(out, Suggestion{Icon: "star", Text: rxName(p), Below: w.rxSummary(p), kind: rxSuggestion, rx: &q})
		if len(out) >= 8 {
			break
		}
	}
	return out
}

// suggestVitals shows the last values: to look at, not to take.
func (w *Workspace) suggestVitals() (out []Suggestion) {
	for _, v := range w.Vitals() {
		if v.Last != "" {
			value, day, _ := strings.Cut(v.Last, " · ")
			out = append(out, Suggestion{Icon: "pulse", Text: v.Name + ": " + value + " " + v.Unit, Side: day})
		}
	}
	if len(out) > 0 {
		out = slices.Insert(out, 0, w.heading("visit_suggest_values"))
	}
	return out
}

// suggestOrders offers what is ordered usually and, for the diagnoses, treatment
// protocols; what is typed can be taken as it is.
func (w *Workspace) suggestOrders(ctx context.Context, typed string) (out []Suggestion, err error) {
	words := fold.Words(typed)
	list, err := w.pathways(ctx, words)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_pathways")), list...)
	}
	n := 0
	for line := range strings.Lines(w.s.T("visit_orders_usual")) {
		line = strings.TrimSpace(line)
		if line == "" || len(words) > 0 && !begins(line, words) {
			continue
		}
		if n == 0 {
			out = append(out, w.heading("visit_suggest_orders"))
		}
		n++
		out = append(out, w.orderSuggestion(line))
	}
	if text := plain(typed); text != "" {
		out = append(out, w.heading("visit_suggest_as_typed"), w.orderSuggestion(text))
	}
	return out, nil
}

func (w *Workspace) orderSuggestion(text string) Suggestion {
	kind := w.kindOfOrder(text)
	return Suggestion{
		Icon: OrderIcon(kind), Text: text, Side: w.s.T("visit_order_" + kind), kind: orderSuggestion, order: &clinic.Order{Kind: kind, Text: text},
	}
}

// suggestServices offers the price list, the doctor's speciality first.
func (w *Workspace) suggestServices(ctx context.Context, typed string) (out []Suggestion, err error) {
	if !w.May.Services || !w.s.May(clinic.ReadPrices) {
		return nil, nil
	}
	services, err := w.bills.FindServices(ctx, typed, w.s.User.Speciality, mostServices)
	if err != nil {
		return nil, err
	}
	for i := range services {
		if i == 0 {
			out = append(out, w.heading("visit_suggest_services"))
		}
		s := services[i]
		out = append(out, Suggestion{
			Icon: "price", Text: s.Title, Below: s.Code, Side: w.s.Words.Money(s.Price, s.Currency), kind: serviceSuggestion, service: &s,
		})
	}
	return out, nil
}

// OrderIcon names the picture of a kind of orders.
func OrderIcon(kind string) string {
	switch kind {
	case "laboratory":
		return "flask"
	case "examination":
		return "pulse"
	case "procedure":
		return "syringe"
	case "referral":
		return "stethoscope"
	}
	return "list"
}

func (w *Workspace) pathways(ctx context.Context, words []string) (out []Suggestion, err error) {
	seen := map[clinic.ID]bool{}
	for _, d := range w.Diagnoses() {
		if d.Code == "" {
			continue
		}
		list, err := w.s.Records.Pathways(ctx, d.Code)
		if err != nil {
			continue // an imported code that the table does not know has none
		}
		for i := range list {
			p := list[i]
			if seen[p.ID] || len(words) > 0 && !begins(p.Title, words) {
				continue
			}
			seen[p.ID] = true
			out = append(out, Suggestion{
				Icon: "list", Text: p.Title, Below: w.s.T("visit_pathway_about", "orders", len(p.Orders), "drugs", len(p.Prescriptions)),
				Side: d.Code, kind: pathwaySuggestion, pathway: &p,
			})
		}
	}
	return out, nil
}

// suggestTemplates offers the templates, the doctor's speciality first.
func (w *Workspace) suggestTemplates(ctx context.Context, typed string) (out []Suggestion, err error) {
	rows, err := w.templates.Find(ctx, typed)
	if err != nil {
		return nil, err
	}
	now := w.Template().ID
	for _, r := range rows {
		if r.Heading {
			out = append(out, Suggestion{Heading: r.Name})
			continue
		}
		id, err := clinic.ParseID(r.Key)
		if err != nil {
			continue
		}
		s := Suggestion{Icon: "template", Text: r.Name, Below: r.Path, Side: r.Note, kind: templateSuggestion, template: id}
		if id == now {
			s.Icon = "ok"
		}
		out = append(out, s)
	}
	return out, nil
}

// Taken says what became of a suggestion: the row that it made, and the way back.
type Taken struct {
	Row  clinic.ID
	Undo func()
}

// Take does what a suggestion is for. It may read the store: tables of codes stand
// there.
func (w *Workspace) Take(ctx context.Context, s Suggestion) (t Taken, err error) {
	switch s.kind {
	case phraseSuggestion:
		t.Undo = w.Insert(s.field, s.phrase)
	case lastTextSuggestion:
		t.Undo, _ = w.Borrow(s.field)
	case normalSuggestion:
		t.Undo, _ = w.PutNormal()
	case codeSuggestion:
		c, err := w.codes.Coding(ctx, s.code)
		if err != nil {
			return t, err
		}
		t.Row = w.AddDiagnosis(c)
		t.Undo = func() { w.StrikeDiagnosis(t.Row) }
	case diagnosisSuggestion:
		t.Row = w.CopyDiagnosis(clinic.Diagnosis{Coding: *s.coding, Text: s.phrase, Stage: s.day})
		t.Undo = func() { w.StrikeDiagnosis(t.Row) }
	case rxSuggestion, drugSuggestion:
		t.Row = w.AddRx(*s.rx)
		t.Undo = func() { w.StrikeRx(t.Row) }
	case orderSuggestion:
		t.Row = w.addOrder(*s.order)
		t.Undo = func() { w.StrikeOrder(t.Row) }
	case serviceSuggestion:
		t.Undo = w.takeService(*s.service)
	case pathwaySuggestion:
		t.Undo = w.ApplyPathway(*s.pathway)
	case templateSuggestion:
		before := w.Template().ID
		if err := w.SetTemplate(ctx, s.template); err != nil {
			return t, err
		}
		t.Undo = func() { _ = w.SetTemplate(ctx, before) }
	}
	return t, nil
}

func (w *Workspace) takeService(s clinic.Service) (undo func()) {
	w.AddService(s)
	return func() {
		w.mu.Lock()
		at := slices.IndexFunc(w.form.Lines, func(l Line) bool { return l.Service == s.ID && !l.Gone })
		w.mu.Unlock()
		w.Count(at, -1)
	}
}
