package clinic

// Template of a protocol with typed fields (R3.4). Editing a template makes a
// new version; protocols name the version they were written by.
type Template struct {
	Record
	Title      string  `json:"title"`
	Speciality string  `json:"speciality,omitempty"`
	Lang       string  `json:"lang"` // ru, kk, en
	Version    int     `json:"version"`
	Active     bool    `json:"active"`
	Fields     []Field `json:"fields"`
}

// Field of a template.
type Field struct {
	Key      string   `json:"key"`   // stable name, Latin letters, digits, underscore
	Label    string   `json:"label"` // as shown and printed
	Type     string   `json:"type"`  // text, longtext, number, date, choice, multichoice, bool, heading
	Unit     string   `json:"unit,omitempty"`
	Min      Decimal  `json:"min,omitempty"`
	Max      Decimal  `json:"max,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Required bool     `json:"required,omitempty"`
	Default  string   `json:"default,omitempty"`
}

// Protocol is a doctor's conclusion. Once signed it never changes: a correction
// is a new version that names the one it amends.
type Protocol struct {
	Record
	Patient         ID                `json:"patient"`
	Visit           ID                `json:"visit"`
	Template        ID                `json:"template"`
	TemplateVersion int               `json:"template_version"`
	Title           string            `json:"title"`
	Lang            string            `json:"lang"`
	Values          map[string]string `json:"fields"` // by Field.Key; lists are joined by newlines
	Shape           []Field           `json:"shape"`  // the fields as they stood, so that the text never needs the template

	Care    *Care  `json:"care,omitempty"`     // what the document stands on, as it was when signed
	Version int    `json:"version"`            // from 1
	Amends  ID     `json:"amends,omitzero"`    // the signed version that this one corrects
	Why     string `json:"why,omitempty"`      // reason of the correction
	Status  string `json:"status"`             // draft, signed
	Written Time   `json:"written,omitzero"`   // when the text was written
	Signed  Time   `json:"signed_at,omitzero"` // when it was signed

	Signer     ID     `json:"signer,omitzero"`
	SignerName string `json:"signer_name,omitempty"`
	SignerPost string `json:"signer_post,omitempty"`
	Digest     []byte `json:"digest,omitempty"`    // SHA-256 of the signed form
	Signature  []byte `json:"signature,omitempty"` // Ed25519 over the digest, by the signer's key

	// Original says where the legally binding original is: "paper" signed by
	// hand (the default; Scan closes the task "not signed") or "electronic" with
	// a detached qualified signature made outside (R3.4). The program's own
	// signature proves authorship inside the clinic only.
	Original  string `json:"original"`
	Scan      ID     `json:"scan,omitzero"`
	Qualified ID     `json:"qualified_signature,omitzero"`
}

// Care is what a signed document stands on: whom and which visit it speaks of, as
// they were when it was signed. Card and visit may change afterwards, a signed
// document may not.
type Care struct {
	Name
	CaseNumber    string         `json:"case_number,omitempty"`
	Sex           Sex            `json:"sex,omitempty"`
	BirthDate     Date           `json:"birth_date,omitempty"`
	BirthOrder    int            `json:"birth_order,omitempty"` // tells nameless twins apart on paper
	Kind          string         `json:"kind,omitempty"`
	StaffName     string         `json:"staff_name,omitempty"`
	CareFrom      Time           `json:"care_from,omitzero"`
	CareUntil     Time           `json:"care_until,omitzero"`
	Entered       Time           `json:"entered,omitzero"`
	Late          bool           `json:"late,omitempty"`
	Diagnoses     []Diagnosis    `json:"diagnoses,omitempty"`
	Observations  []Observation  `json:"observations,omitempty"`
	Prescriptions []Prescription `json:"prescriptions,omitempty"`
	Orders        []Order        `json:"orders,omitempty"` // none in what was signed before orders were printed
}

// CareOf takes down a patient and a visit for a document. The rows' ids and
// origins are left behind: the copy is text, not a record.
func CareOf(p *Patient, v *Visit) *Care {
	c := &Care{
		Name: p.Name, CaseNumber: p.CaseNumber, Sex: p.Sex, BirthDate: p.BirthDate, BirthOrder: p.BirthOrder,
		Kind: v.Kind, StaffName: v.StaffName, CareFrom: v.CareFrom, CareUntil: v.CareUntil, Entered: v.Entered, Late: v.Late,
	}
	for _, d := range v.Diagnoses {
		d.Record, d.Patient, d.Visit, d.Original, d.Source = Record{}, ID{}, ID{}, "", Source{}
		c.Diagnoses = append(c.Diagnoses, d)
	}
	for _, o := range v.Observations {
		if o.Kind != "vital" {
			continue
		}
		o.Record, o.Patient, o.Visit, o.Panel, o.Original, o.Source = Record{}, ID{}, ID{}, ID{}, "", Source{}
		c.Observations = append(c.Observations, o)
	}
	for _, r := range v.Prescriptions {
		r.Record, r.Patient, r.Visit, r.Staff, r.Original, r.Source = Record{}, ID{}, ID{}, ID{}, "", Source{}
		c.Prescriptions = append(c.Prescriptions, r)
	}
	for _, o := range v.Orders {
		o.Record, o.Patient, o.Visit, o.Pathway = Record{}, ID{}, ID{}, ID{}
		c.Orders = append(c.Orders, o)
	}
	return c
}

// Onto puts what was taken down over a card and a visit as they are now, so that
// they print as they were.
func (c *Care) Onto(p *Patient, v *Visit) {
	p.Name, p.CaseNumber, p.Sex, p.BirthDate, p.BirthOrder = c.Name, c.CaseNumber, c.Sex, c.BirthDate, c.BirthOrder
	v.Kind, v.StaffName, v.CareFrom, v.CareUntil = c.Kind, c.StaffName, c.CareFrom, c.CareUntil
	v.Entered, v.Late = c.Entered, c.Late
	v.Diagnoses, v.Observations, v.Prescriptions, v.Orders = c.Diagnoses, c.Observations, c.Prescriptions, c.Orders
}

// The states of a protocol.
const (
	ProtocolDraft  = "draft"
	ProtocolSigned = "signed"
)

// Where the binding original of a protocol is.
const (
	OriginalPaper      = "paper"
	OriginalElectronic = "electronic"
)

// AwaitsPaper reports whether the task «not signed» is open: the document is final, its
// original is the paper, and no scan shows the hand's signature on it (R3.4).
func (p *Protocol) AwaitsPaper() bool {
	return p.Status == ProtocolSigned && p.Original == OriginalPaper && p.Scan.IsZero()
}
