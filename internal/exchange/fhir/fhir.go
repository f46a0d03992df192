// Package fhir reads FHIR R4 files into the clinic's entities (R6.3, R6.5).
//
// It promises that the same file gives the same records with the same ids on
// every workstation; that decimals are kept digit for digit; that every
// resource of a file becomes a record or is counted by type, and every element
// of a read resource that finds no place is counted by name; and that no error
// and no warning carries a patient's data.
//
// It needs a reader of JSON: a Bundle, several of them, or one resource a line
// (NDJSON, the form of bulk exports). Which element goes where is told in
// docs/formats/fhir-import.md. The HL7 specification of R4 (4.0.1) is the
// source of the names and codes.
//
// It never writes to a database, never fetches what a reference names outside
// the file, and never guesses an ICD code for another system's code.
package fhir

import (
	"context"
	"io"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = 256 << 20

// MaxDepth is how deep the JSON of a file may nest.
const MaxDepth = 128

// Options of a reading.
type Options struct {
	// Source names the system that the file came from, as its base address
	// ("https://ehr.example/fhir"). It keeps apart the short ids of two systems
	// ("Patient/1"); it isn't needed where ids are UUIDs or entries carry full
	// addresses. It must not be a file's name: two workstations would differ.
	Source string
	// Name of the file, for messages only.
	Name string
	// Lang is the clinic's own language, for the few words that the reading adds
	// itself (how often a drug is taken, yes and no, the label of a note).
	Lang translations.Lang
}

// Content is what a file held.
type Content struct {
	Patients []Chart        `json:"patients"`
	Seen     map[string]int `json:"seen"`     // resources met, by type
	Skipped  map[string]int `json:"skipped"`  // resources without a record of their own, by type
	Elements map[string]int `json:"elements"` // "Patient.photo": filled elements of read resources that have no place
	Warnings []Warning      `json:"warnings"` // at most 100 of a key
	Warned   map[string]int `json:"warned"`   // all warnings, by key
}

// Chart is a patient with everything that the file tells of them.
type Chart struct {
	Patient   clinic.Patient   `json:"patient"`
	Visits    []clinic.Visit   `json:"visits,omitempty"` // with what hangs on them
	Problems  []clinic.Problem `json:"problems,omitempty"`
	Allergies []clinic.Allergy `json:"allergies,omitempty"`
	Loose     Loose            `json:"loose,omitzero"`
}

// Loose holds what names no visit of the file; Visit is the zero ID in it.
type Loose struct {
	Diagnoses     []clinic.Diagnosis    `json:"diagnoses,omitempty"`
	Observations  []clinic.Observation  `json:"observations,omitempty"`
	Prescriptions []clinic.Prescription `json:"prescriptions,omitempty"`
}

// Warning tells of one thing that a person should look at. Key is a sentence in
// the translations; Args hold types, codes and names of elements only.
type Warning struct {
	File  string         `json:"file,omitempty"`
	Entry int            `json:"entry,omitempty"` // the resource's number in the file, from 1
	Line  int            `json:"line,omitempty"`
	Key   string         `json:"key"`
	Args  map[string]any `json:"args,omitempty"`
}

// Read reads one file. An error is a fault of kind Invalid whose Args say where
// (entry, line), or the reader's own error; then there is no content at all.
func Read(ctx context.Context, r io.Reader, o Options) (*Content, error) {
	in := NewReader(o)
	if err := in.Add(ctx, o.Name, r); err != nil {
		return nil, err
	}
	return in.Content(ctx)
}

// Reader reads several files of one system as one whole: a bulk export keeps
// patients in one file and their observations in another.
type Reader struct {
	o     Options
	limit int64
	nodes []*node
	sums  [][]byte
	book  *book
}

// NewReader makes a Reader without files.
func NewReader(o Options) *Reader {
	return &Reader{o: o, limit: MaxBytes, book: newBook()}
}

// Add reads a file to its end. After an error the Reader is of no more use.
func (r *Reader) Add(ctx context.Context, name string, src io.Reader) error {
	in := &intake{reader: r, name: name}
	sum, err := in.read(newGuard(ctx, src, r.limit))
	if err != nil {
		return err
	}
	r.sums = append(r.sums, sum)
	return nil
}

// Content resolves the references among all files added and gives the records.
// It is called once, last.
func (r *Reader) Content(ctx context.Context) (*Content, error) {
	b := newBuilder(ctx, r)
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.content(), nil
}

// Counts of records.
type Counts struct {
	Patients      int `json:"patients"`
	Visits        int `json:"visits"`
	Diagnoses     int `json:"diagnoses"`
	Problems      int `json:"problems"`
	Allergies     int `json:"allergies"`
	Observations  int `json:"observations"` // without parts
	Parts         int `json:"parts"`        // components of panels, records of their own
	Prescriptions int `json:"prescriptions"`
}

// Counts counts the records, those outside visits included.
func (c *Content) Counts() Counts {
	var n Counts
	for i := range c.Patients {
		chart := &c.Patients[i]
		n.Patients++
		n.Visits += len(chart.Visits)
		n.Problems += len(chart.Problems)
		n.Allergies += len(chart.Allergies)
		n.add(chart.Loose.Diagnoses, chart.Loose.Observations, chart.Loose.Prescriptions)
		for j := range chart.Visits {
			v := &chart.Visits[j]
			n.add(v.Diagnoses, v.Observations, v.Prescriptions)
		}
	}
	return n
}

func (n *Counts) add(d []clinic.Diagnosis, o []clinic.Observation, p []clinic.Prescription) {
	n.Diagnoses += len(d)
	n.Prescriptions += len(p)
	for i := range o {
		if isPart(&o[i]) {
			n.Parts++
		} else {
			n.Observations++
		}
	}
}
