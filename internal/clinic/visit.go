package clinic

// Visit is one contact of a patient with the clinic: the doctor's note (R3.1)
// and what hangs on it. When care was given and when it was typed are two
// things (R3.9).
type Visit struct {
	Record
	Patient   ID     `json:"patient"`
	Staff     ID     `json:"staff,omitzero"`       // who gave care
	StaffName string `json:"staff_name,omitempty"` // as written then; for imported visits the only one
	Kind      string `json:"kind"`                 // clinic, home, phone, emergency, checkup, inpatient, other
	CareFrom  Time   `json:"care_from"`
	CareUntil Time   `json:"care_until,omitzero"`
	Entered   Time   `json:"entered"`          // when it was typed in
	Late      bool   `json:"late,omitempty"`   // typed after the fact; marked on paper
	Status    string `json:"status"`           // open, done, struck
	Reason    string `json:"reason,omitempty"` // why the patient came
	Struck    string `json:"struck,omitempty"` // why the visit was struck out

	Complaints string `json:"complaints,omitempty"`
	Anamnesis  string `json:"anamnesis,omitempty"`
	Objective  string `json:"objective,omitempty"`
	Comment    string `json:"comment,omitempty"`
	Advice     string `json:"advice,omitempty"`

	Source Source `json:"source,omitzero"`

	Diagnoses     []Diagnosis    `json:"diagnoses,omitempty"`
	Observations  []Observation  `json:"observations,omitempty"`
	Prescriptions []Prescription `json:"prescriptions,omitempty"`
	Orders        []Order        `json:"orders,omitempty"`
}

// The states of a visit.
const (
	VisitOpen   = "open"
	VisitDone   = "done"
	VisitStruck = "struck"
)

// Diagnosis as stated at one visit (R3.2).
type Diagnosis struct {
	Record
	Patient  ID     `json:"patient,omitzero"`
	Visit    ID     `json:"visit,omitzero"`
	Coding          // what it is, with the version of the table
	Text     string `json:"text,omitempty"`     // the doctor's own wording beside the code's
	Stage    string `json:"stage,omitempty"`    // preliminary, final
	Rank     string `json:"rank,omitempty"`     // main, concomitant, complication, background
	Onset    string `json:"onset,omitempty"`    // first, known
	Recorded Time   `json:"recorded,omitzero"`  // when it was stated
	Original string `json:"original,omitempty"` // an imported coding, as JSON, untouched
	Source   Source `json:"source,omitzero"`
}

// Problem is a line of the patient's problem list: what goes on between visits.
type Problem struct {
	Record
	Patient ID `json:"patient,omitzero"`
	Coding
	Text      string `json:"text,omitempty"`
	Status    string `json:"status"` // active, remission, resolved
	Since     Date   `json:"since,omitempty"`
	Resolved  Date   `json:"resolved,omitempty"`
	Diagnosis ID     `json:"diagnosis,omitzero"` // where it was first stated
	Source    Source `json:"source,omitzero"`
}

// Allergy or intolerance.
type Allergy struct {
	Record
	Patient ID `json:"patient,omitzero"`
	Coding
	Substance string `json:"substance"` // as a person reads it; folded when compared with drugs
	Kind      string `json:"kind"`      // drug, food, environment, other
	Reaction  string `json:"reaction,omitempty"`
	Severity  string `json:"severity,omitempty"` // mild, moderate, severe
	Status    string `json:"status"`             // active, refuted, resolved
	Since     Date   `json:"since,omitempty"`
	Source    Source `json:"source,omitzero"`
}

// Observation is a vital sign or a result with unit and reference range (R3.7).
// The value is a Decimal, a text, or parts of a panel.
type Observation struct {
	Record
	Patient ID     `json:"patient,omitzero"`
	Visit   ID     `json:"visit,omitzero"`
	Panel   ID     `json:"panel,omitzero"` // the observation of which it is a part
	Kind    string `json:"kind"`           // vital, laboratory, examination, survey
	Coding
	Value    Decimal `json:"value,omitempty"`
	Sign     string  `json:"sign,omitempty"` // <, <=, >=, > before the value
	Unit     string  `json:"unit,omitempty"` // UCUM code or as printed
	Text     string  `json:"text,omitempty"` // result in words
	Low      Decimal `json:"low,omitempty"`
	High     Decimal `json:"high,omitempty"`
	Flag     string  `json:"flag,omitempty"` // L, H, LL, HH, A as HL7 writes them
	Taken    Time    `json:"taken,omitzero"`
	Original string  `json:"original,omitempty"`
	Source   Source  `json:"source,omitzero"`
}

// Prescription of a drug (R3.3). Dose, unit, route and frequency are one field
// group: they are merged together or not at all.
type Prescription struct {
	Record
	Patient      ID      `json:"patient,omitzero"`
	Visit        ID      `json:"visit,omitzero"`
	Staff        ID      `json:"staff,omitzero"`
	INN          string  `json:"inn,omitempty"`       // international non-proprietary name
	Trade        string  `json:"trade,omitempty"`     // trade name
	Form         string  `json:"form,omitempty"`      // tablets, solution, …
	Dose         Decimal `json:"dose,omitempty"`      // one dose
	DoseUnit     string  `json:"dose_unit,omitempty"` // mg, ml, drops, …
	Route        string  `json:"route,omitempty"`
	Frequency    string  `json:"frequency,omitempty"`
	Duration     string  `json:"duration,omitempty"`
	Quantity     Decimal `json:"quantity,omitempty"`
	QuantityUnit string  `json:"quantity_unit,omitempty"`
	Directions   string  `json:"directions,omitempty"` // signature, in full words
	Status       string  `json:"status"`               // active, stopped, completed
	Start        Date    `json:"start,omitempty"`
	Stop         Date    `json:"stop,omitempty"`
	Reason       string  `json:"reason,omitempty"`
	Written      Time    `json:"written,omitzero"`
	Coding       Coding  `json:"coding,omitzero"` // ATC, RxNorm, a registry's
	Original     string  `json:"original,omitempty"`
	Source       Source  `json:"source,omitzero"`
}

// Order of an examination, a procedure, a referral or a regimen.
type Order struct {
	Record
	Patient ID     `json:"patient,omitzero"`
	Visit   ID     `json:"visit,omitzero"`
	Kind    string `json:"kind"` // laboratory, examination, procedure, referral, regimen
	Coding  Coding `json:"coding,omitzero"`
	Text    string `json:"text"`
	Status  string `json:"status"`           // ordered, done, refused, late
	Pathway ID     `json:"pathway,omitzero"` // the treatment protocol it came from (R3.5)
}

// Pathway is a treatment protocol (клинический протокол): a set of orders and
// prescriptions for a diagnosis, applied in one step and then edited (R3.5).
type Pathway struct {
	Record
	Title         string         `json:"title"`
	Codes         []string       `json:"codes"` // ICD-10 codes and prefixes it is meant for
	Orders        []Order        `json:"orders,omitempty"`
	Prescriptions []Prescription `json:"prescriptions,omitempty"`
	Origin        string         `json:"origin,omitempty"` // the published guideline it follows
	Active        bool           `json:"active"`
}

// Attachment is an encrypted file beside the database: a scan, a picture, a
// detached signature. Blob names the file by the SHA-256 of its ciphertext; Key
// is the file's own key under the patient's key of the class.
type Attachment struct {
	Record
	Patient ID     `json:"patient,omitzero"`
	Owner   ID     `json:"owner,omitzero"` // the record it belongs to
	Kind    string `json:"kind"`           // photo, scan, image, signature, other
	Title   string `json:"title,omitempty"`
	Media   string `json:"media"` // MIME type
	Size    int64  `json:"size"`  // bytes of plaintext
	Blob    string `json:"blob,omitempty"`
	Key     []byte `json:"-"`
	Taken   Time   `json:"taken,omitzero"`
}

// End makes the visit done as of now: its end is the time that stands there already,
// else now, and never before it began.
func (v *Visit) End(now Time) {
	v.Status = VisitDone
	if v.CareUntil.IsZero() {
		v.CareUntil = max(now, v.CareFrom)
	}
}
