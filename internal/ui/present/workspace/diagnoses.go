package workspace

import (
	"fmt"
	"slices"

	"feldsher/internal/clinic"
)

// DiagnosisView is a diagnosis as it stands on the page.
type DiagnosisView struct {
	ID                 clinic.ID
	Code, Name, Text   string
	Stage, Rank, Onset string // codes; "" for not said
	Remark             Remark
}

// The answers to what a diagnosis is, in the order in which keys go through them.
var (
	Stages = []string{"preliminary", "final"}
	Ranks  = []string{"main", "concomitant", "complication"}
	Onsets = []string{"first", "known"}
)

// Diagnoses are the diagnoses of the visit.
func (w *Workspace) Diagnoses() []DiagnosisView {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]DiagnosisView, len(w.form.Now.Diagnoses))
	mains := 0
	for i := range w.form.Now.Diagnoses {
		d := &w.form.Now.Diagnoses[i]
		out[i] = DiagnosisView{d.ID, d.Code, d.Name, d.Text, d.Stage, d.Rank, d.Onset, w.rowRemark("diagnoses", i)}
		if d.Rank == "main" {
			mains++
		}
		if mains > 1 && d.Rank == "main" && out[i].Remark.Text == "" {
			out[i].Remark = Remark{Text: w.s.T("visit_warn_two_main")}
		}
	}
	return out
}

// rowRemark is what the records said of a row, or that somebody else changed it too.
func (w *Workspace) rowRemark(list string, i int) Remark {
	at := fmt.Sprintf("%s[%d]", list, i)
	for field, word := range w.refused {
		if field == at || len(field) > len(at) && field[:len(at)+1] == at+"." {
			return Remark{Wrong: true, Text: word}
		}
	}
	if _, both := w.clashes[at]; both {
		return Remark{Text: w.s.T("visit_warn_both_row")}
	}
	return Remark{}
}

// FieldRemark is the word at a text of the note, at the day or at the time of care.
func (w *Workspace) FieldRemark(field string) Remark {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case field == FieldCareDay || field == FieldCareTime:
		if _, bad := w.form.Raw[field]; bad {
			return Remark{Wrong: true, Text: w.s.T("visit_" + field + "_wrong")}
		}
		if word := w.refused["care_from"]; word != "" && field == FieldCareDay {
			return Remark{Wrong: true, Text: word}
		}
	case w.refused[field] != "":
		return Remark{Wrong: true, Text: w.refused[field]}
	}
	if theirs, both := w.clashes[field]; both {
		if theirs == "" {
			return Remark{Text: w.s.T("visit_warn_both_empty")}
		}
		return Remark{Text: w.s.T("visit_warn_both", "text", theirs)}
	}
	return Remark{}
}

// AddDiagnosis puts a code of the table on the visit: the first as the main one, and
// as known where the patient had it before.
func (w *Workspace) AddDiagnosis(c clinic.Coding) clinic.ID {
	return w.addDiagnosis(clinic.Diagnosis{Coding: c})
}

// AddDiagnosisText puts a diagnosis in the doctor's words without a code.
func (w *Workspace) AddDiagnosisText(text string) clinic.ID {
	return w.addDiagnosis(clinic.Diagnosis{Text: text})
}

// CopyDiagnosis takes a diagnosis of an earlier visit over: it is known now.
func (w *Workspace) CopyDiagnosis(d clinic.Diagnosis) clinic.ID {
	return w.addDiagnosis(clinic.Diagnosis{Coding: d.Coding, Text: d.Text, Stage: d.Stage, Onset: "known"})
}

func (w *Workspace) addDiagnosis(d clinic.Diagnosis) (id clinic.ID) {
	if !w.May.Prescribe {
		return id
	}
	w.change(func(f *Form) {
		same := func(o clinic.Diagnosis) bool {
			return d.Code != "" && o.Code == d.Code || d.Code == "" && plain(o.Text) == plain(d.Text)
		}
		if at := slices.IndexFunc(f.Now.Diagnoses, same); at >= 0 {
			id = f.Now.Diagnoses[at].ID // it stands there already
			return
		}
		d.ID = clinic.NewID()
		d.Rank = "concomitant"
		if !slices.ContainsFunc(f.Now.Diagnoses, func(o clinic.Diagnosis) bool { return o.Rank == "main" }) {
			d.Rank = "main"
		}
		if d.Stage == "" {
			d.Stage = "preliminary"
		}
		if d.Onset == "" {
			d.Onset = "first"
			if w.known(d.Code) {
				d.Onset = "known"
			}
		}
		f.Now.Diagnoses = append(f.Now.Diagnoses, d)
		id = d.ID
	})
	return id
}

// known reports whether the patient had a diagnosis before; mu is held.
func (w *Workspace) known(code string) bool {
	if code == "" {
		return false
	}
	for i := range w.problems {
		if w.problems[i].Code == code {
			return true
		}
	}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck {
			continue
		}
		if slices.ContainsFunc(v.Diagnoses, func(d clinic.Diagnosis) bool { return d.Code == code }) {
			return true
		}
	}
	return false
}

// SetDiagnosis changes a field of a diagnosis: "text", "stage", "rank" or "onset". A new
// main diagnosis makes the former one concomitant.
func (w *Workspace) SetDiagnosis(id clinic.ID, field, value string) {
	if !w.May.Prescribe {
		return
	}
	w.mu.Lock()
	row := rowOf(w.form.Now.Diagnoses, id, diagnosisRow)
	idle := row == nil || diagnosisField(row, field) == nil || *diagnosisField(row, field) == value
	w.mu.Unlock()
	if idle {
		return
	}
	w.change(func(f *Form) {
		for i := range f.Now.Diagnoses {
			d := &f.Now.Diagnoses[i]
			if d.ID == id {
				*diagnosisField(d, field) = value
			} else if field == "rank" && value == "main" && d.Rank == "main" {
				d.Rank = "concomitant"
			}
		}
		w.refused = nil
	})
}

func diagnosisField(d *clinic.Diagnosis, field string) *string {
	switch field {
	case "text":
		return &d.Text
	case "stage":
		return &d.Stage
	case "rank":
		return &d.Rank
	case "onset":
		return &d.Onset
	}
	return nil
}

// StrikeDiagnosis takes a diagnosis off the visit; the function given puts it back.
func (w *Workspace) StrikeDiagnosis(id clinic.ID) (undo func()) {
	if !w.May.Prescribe {
		return func() {}
	}
	var was clinic.Diagnosis
	at := -1
	w.change(func(f *Form) {
		at = slices.IndexFunc(f.Now.Diagnoses, func(d clinic.Diagnosis) bool { return d.ID == id })
		if at >= 0 {
			was = f.Now.Diagnoses[at]
			f.Now.Diagnoses = slices.Delete(slices.Clone(f.Now.Diagnoses), at, at+1)
		}
	})
	return func() {
		if at >= 0 {
			w.change(func(f *Form) {
				f.Now.Diagnoses = slices.Insert(slices.Clone(f.Now.Diagnoses), min(at, len(f.Now.Diagnoses)), was)
			})
		}
	}
}
