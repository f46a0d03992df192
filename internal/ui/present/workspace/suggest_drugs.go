package workspace

import (
	"slices"
	"strings"
	"unicode"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// suggestDrugs offers what the patient had, what this doctor writes, and the names of
// the table. A line that says more than a name stands first as it is understood.
// Where nobody knows such a name it may have been typed in another keyboard layout.
func (w *Workspace) suggestDrugs(typed string) []Suggestion {
	out, known := w.drugsFor(typed)
	if known {
		return out
	}
	for _, other := range layouts(typed) {
		if meant, known := w.drugsFor(other); known {
			return append(meant, w.rxAsTyped(w.ParseRx(typed)))
		}
	}
	return out
}

// layouts are what the words of a line are in other keyboard layouts; doses and other
// words without a letter stay.
func layouts(line string) (out []string) {
	words := strings.Fields(line)
	most := 0
	others := make([][]string, len(words))
	for i, word := range words {
		if strings.ContainsFunc(word, unicode.IsLetter) {
			others[i] = fold.Layouts(word)
		}
		most = max(most, len(others[i]))
	}
	for n := range most {
		line := slices.Clone(words)
		for i, list := range others {
			if len(list) > 0 {
				line[i] = list[min(n, len(list)-1)]
			}
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

// drugsFor are the lines for what is typed; known says that a drug of that name is among
// them, or that none was asked for.
func (w *Workspace) drugsFor(typed string) (out []Suggestion, known bool) {
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
	known = len(words) == 0 || len(names) > 0
	if list := w.earlierDrugs(words); len(list) > 0 {
		known = true
		out = append(append(out, w.heading("visit_suggest_patient_rx")), list...)
	}
	if list := w.habitualDrugs(words); len(list) > 0 {
		known = true
		out = append(append(out, w.heading("visit_suggest_my_rx")), list...)
	}
	if len(words) == 0 {
		return out, known
	}
	if len(names) > 0 {
		out = append(append(out, w.heading("visit_suggest_drugs")), names...)
	}
	if !detailed || len(names) > 0 && !strings.EqualFold(names[0].rx.INN, line.INN) { // else it stands at the top
		out = append(out, w.heading("visit_suggest_as_typed"), w.rxAsTyped(line))
	}
	return out, known
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
			key := fold.Text(rxDrug(p))
			if seen[key] || !begins(p.INN+" "+p.Trade+" "+p.Coding.Name, words) {
				continue
			}
			seen[key] = true
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
