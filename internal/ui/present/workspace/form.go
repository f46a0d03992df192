package workspace

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"feldsher/internal/clinic"
)

// formFormat is the version of a draft's JSON. A draft of a later one is left alone.
const formFormat = 1

// Form is everything that stands on the page, as it was typed. It is the body of the
// draft, so that a power cut takes nothing but the last second.
type Form struct {
	Format  int       `json:"format"`
	New     bool      `json:"new,omitempty"`    // the ledger knows nothing of it yet
	Booking clinic.ID `json:"booking,omitzero"` // still to be told which visit came of it
	Came    clinic.ID `json:"came,omitzero"`    // the booking by which the page was opened

	// Now is the visit as it stands on the page, with texts as they were typed; Base
	// is what the ledger had when both were level: what differs is the doctor's own.
	Now  clinic.Visit `json:"now"`
	Base clinic.Visit `json:"base"`

	// Raw is what was typed into a field that takes a number or a date and is none yet.
	Raw map[string]string `json:"raw,omitempty"`
	// Marked names the texts that were taken over from an earlier visit and not touched
	// since, with the day they are of.
	Marked map[string]string `json:"marked,omitempty"`

	Lines []Line `json:"lines,omitempty"` // services from the price list

	Template clinic.ID         `json:"template,omitzero"`
	Protocol clinic.ID         `json:"protocol,omitzero"` // the draft that was made of it
	Values   map[string]string `json:"values,omitempty"`  // what the doctor wrote into its fields

	Field  string `json:"field,omitempty"` // where the cursor is
	Cursor int    `json:"cursor,omitempty"`
}

// Line is a service of the visit. ID is zero as long as the ledger does not know it.
type Line struct {
	ID       clinic.ID `json:"id,omitzero"`
	Service  clinic.ID `json:"service,omitzero"`
	Code     string    `json:"code,omitempty"`
	Title    string    `json:"title"`
	Price    int64     `json:"price"`
	Currency string    `json:"currency,omitempty"`
	Quantity int       `json:"quantity"`
	Kept     int       `json:"kept,omitempty"` // the quantity that the ledger has
	Gone     bool      `json:"gone,omitempty"` // struck out, and the ledger does not know that
}

func encode(f *Form) (string, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("workspace: draft: %w", err)
	}
	return string(b), nil
}

// decode reads a draft; ok is false for one that is damaged or of a later program.
func decode(body string) (f Form, ok bool) {
	if err := json.Unmarshal([]byte(body), &f); err != nil || f.Format != formFormat {
		return Form{}, false
	}
	for i := range f.Lines {
		f.Lines[i].Quantity = min(max(f.Lines[i].Quantity, 1), maxQuantity)
	}
	return f, true
}

// The paths of texts of the note; the same as in the faults of the records.
const (
	FieldReason     = "reason"
	FieldComplaints = "complaints"
	FieldAnamnesis  = "anamnesis"
	FieldObjective  = "objective"
	FieldAdvice     = "advice"
	FieldComment    = "comment"
	FieldCareDay    = "care_day"
	FieldCareTime   = "care_time"
)

// The fields in which something is looked for, and taken into a list.
const (
	FieldDiagnoses     = "diagnoses"
	FieldPrescriptions = "prescriptions"
	FieldOrders        = "orders"
	FieldServices      = "services"
	FieldTemplate      = "protocol"
)

// textOf is the text of the note under a path; nil for another path.
func textOf(v *clinic.Visit, field string) *string {
	switch field {
	case FieldReason:
		return &v.Reason
	case FieldComplaints:
		return &v.Complaints
	case FieldAnamnesis:
		return &v.Anamnesis
	case FieldObjective:
		return &v.Objective
	case FieldAdvice:
		return &v.Advice
	case FieldComment:
		return &v.Comment
	}
	return nil
}

// noteFields are the texts of the note in the order of the page.
var noteFields = [...]string{FieldReason, FieldComplaints, FieldAnamnesis, FieldObjective, FieldAdvice, FieldComment}

// plain is a text as the records keep it: what differs only in blanks round it is the
// same.
func plain(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// rawKey names a field of a row by the row's id: rows move, their ids stay.
func rawKey(id clinic.ID, field string) string { return id.String() + "." + field }

// held reports whether a row has something typed that is no value yet.
func (f *Form) held(id clinic.ID) bool {
	for key := range f.Raw {
		if strings.HasPrefix(key, id.String()+".") {
			return true
		}
	}
	return false
}

// drop forgets what was typed into a row.
func (f *Form) drop(id clinic.ID) {
	maps.DeleteFunc(f.Raw, func(key, _ string) bool { return strings.HasPrefix(key, id.String()+".") })
}

// incomplete reports whether something on the page can't go into the ledger as it
// stands: then the draft stays beside it.
func (f *Form) incomplete() bool { return len(f.Raw) > 0 }

// ready is the visit as the ledger may have it: rows that hold something unreadable
// stay as the ledger knows them, empty ones are left out.
func (f *Form) ready() clinic.Visit {
	v := f.Now
	v.Diagnoses = readyRows(f, f.Base.Diagnoses, f.Now.Diagnoses, diagnosisRow)
	v.Prescriptions = readyRows(f, f.Base.Prescriptions, f.Now.Prescriptions, prescriptionRow)
	v.Orders = readyRows(f, f.Base.Orders, f.Now.Orders, orderRow)
	v.Observations = readyRows(f, f.Base.Observations, f.Now.Observations, observationRow)
	return v
}

func readyRows[T comparable](f *Form, base, now []T, kind rowKind[T]) []T {
	out := make([]T, 0, len(now))
	for i := range now {
		id := kind.record(&now[i]).ID
		switch was := rowOf(base, id, kind); {
		case f.held(id) && was != nil:
			out = append(out, *was)
		case f.held(id), kind.empty(&now[i]):
		default:
			out = append(out, now[i])
		}
	}
	return out
}

// blank reports whether nothing at all was typed: then there is nothing to keep.
func (f *Form) blank() bool {
	for _, name := range noteFields {
		if plain(*textOf(&f.Now, name)) != plain(*textOf(&f.Base, name)) {
			return false
		}
	}
	v := f.ready()
	return len(v.Diagnoses)+len(v.Prescriptions)+len(v.Orders)+len(v.Observations)+len(f.Raw)+len(f.Lines)+len(f.Values) == 0
}
