package workspace

import (
	"strings"

	"feldsher/internal/clinic"
)

// Remark is a word at a field: an error that keeps it out of the record, or a warning
// that does not.
type Remark struct {
	Wrong  bool
	Text   string
	Danger bool // a warning of what may harm the patient: it stands in red
}

// VitalView is a vital sign as it stands in the grid.
type VitalView struct {
	Key      string // of clinic.VitalSigns
	Name     string
	Unit     string
	Typed    string
	Norm     string // «60–90»
	Last     string // «72 · 12.10.2026», empty where it was never measured
	Flag     string // "L", "H" or ""
	Computed bool   // not typed: the body mass index
	Remark   Remark
}

func vitalKey(key string) string { return "vitals." + key }

// Vitals are the fields of the grid.
func (w *Workspace) Vitals() []VitalView {
	w.mu.Lock()
	defer w.mu.Unlock()
	body := w.body()
	var out []VitalView
	for _, sign := range clinic.VitalSigns() {
		if values, _ := sign.Values(w.form.Now.Observations); sign.For(body) || has(values) {
			out = append(out, w.vital(&sign, body))
		}
	}
	return out
}

// Vital is one field of the grid.
func (w *Workspace) Vital(key string) VitalView {
	w.mu.Lock()
	defer w.mu.Unlock()
	sign, _ := clinic.Sign(key)
	return w.vital(&sign, w.body())
}

func has(values []clinic.Decimal) bool {
	for _, v := range values {
		if v != "" {
			return true
		}
	}
	return false
}

func (w *Workspace) vital(sign *clinic.VitalSign, body clinic.Body) VitalView {
	v := VitalView{Key: sign.Key, Name: w.s.T(sign.Name()), Computed: sign.Computed}
	if len(sign.Parts) == 0 {
		return v
	}
	v.Unit = w.s.T(sign.Parts[0].VitalUnit())
	values, _ := sign.Values(w.form.Now.Observations)
	v.Typed = sign.Typed(values, w.comma())
	raw, unread := w.form.Raw[vitalKey(sign.Key)]
	if unread {
		v.Typed = raw
	}
	norms := make([]string, len(sign.Parts))
	for i := range sign.Parts {
		low, high := sign.Parts[i].Norm(body)
		norms[i] = w.norm(low, high)
		if flag := sign.Parts[i].Flag(values[i], body); values[i] != "" && flag != "" && !unread {
			v.Flag = flag
		}
	}
	v.Norm = strings.Trim(strings.Join(norms, " / "), " /")
	v.Last = w.lastVital(sign)
	v.Remark = w.vitalRemark(sign)
	return v
}

func (w *Workspace) norm(low, high clinic.Decimal) string {
	switch {
	case low != "" && high != "":
		return w.number(low) + "–" + w.number(high)
	case low != "":
		return "≥ " + w.number(low)
	case high != "":
		return "≤ " + w.number(high)
	}
	return ""
}

func (w *Workspace) vitalRemark(sign *clinic.VitalSign) Remark {
	if raw, ok := w.form.Raw[vitalKey(sign.Key)]; ok {
		if _, _, err := sign.Read(raw); err != nil {
			return Remark{Wrong: true, Text: w.s.Words.Fault(err)}
		}
	}
	values, _ := sign.Values(w.form.Now.Observations)
	if sign.Computed || !has(values) {
		return Remark{}
	}
	_, doubts, err := sign.Read(sign.Typed(values, false))
	if err != nil || len(doubts) == 0 {
		return Remark{}
	}
	return Remark{Text: w.s.T(doubts[0].Key, "suggest", sign.Typed(doubts[0].Suggest, w.comma()))}
}

// SetVital takes what was typed into a field of the grid. What is no number stays
// there with a word about it, and is not yet part of the visit.
func (w *Workspace) SetVital(key, typed string) {
	if w.Vital(key).Typed == typed {
		return
	}
	w.change(func(f *Form) {
		sign, ok := clinic.Sign(key)
		if !ok || sign.Computed {
			return
		}
		values, _, err := sign.Read(typed)
		f.raw(vitalKey(key), typed, err == nil)
		if err != nil {
			return // «36,» on the way from 36 to 36,6: the number stands until there is another
		}
		body := w.body()
		f.Now.Observations = sign.Put(f.Now.Observations, values, body, w.word)
		f.Now.Observations = clinic.Compute(f.Now.Observations, w.lastHeight(body), body, w.word)
		for i := range f.Now.Observations {
			if o := &f.Now.Observations[i]; o.ID.IsZero() {
				o.ID = clinic.NewID()
			}
		}
	})
}

// word gives a sentence of the note's own language, without an argument.
func (w *Workspace) word(key string) string { return w.s.T(key) }

// Settle puts a vital sign that was left into the form in which people read it.
func (w *Workspace) Settle(key string) string { return w.Vital(key).Typed }

// lastVital is the newest earlier measurement with its day.
func (w *Workspace) lastVital(sign *clinic.VitalSign) string {
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck || v.CareFrom > w.careFrom() {
			continue
		}
		if values, _ := sign.Values(v.Observations); has(values) {
			return sign.Typed(values, w.comma()) + " · " + w.s.Words.Day(v.CareFrom)
		}
	}
	return ""
}

// lastHeight is the last known height of a grown-up, for the body mass index.
func (w *Workspace) lastHeight(body clinic.Body) clinic.Decimal {
	sign, ok := clinic.Sign("height")
	if !ok || body.On.Year()-body.Birth.Year() < 19 || body.Birth.Year() == 0 {
		return ""
	}
	for i := range w.history.Visits {
		if values, _ := sign.Values(w.history.Visits[i].Observations); has(values) && w.history.Visits[i].Status != clinic.VisitStruck {
			return values[0]
		}
	}
	return ""
}
