package clinic

// Organisation is the clinic itself: what stands in the header of its papers.
type Organisation struct {
	Record
	Title    string  `json:"title"`
	Country  Country `json:"country"`
	Address  string  `json:"address,omitempty"`
	Phone    string  `json:"phone,omitempty"`
	Email    string  `json:"email,omitempty"`
	Licence  string  `json:"licence,omitempty"` // the licence to practise, in words
	TaxID    string  `json:"tax_id,omitempty"`  // ИНН or БИН
	Zone     string  `json:"zone"`              // IANA name of the clinic's time zone
	Language string  `json:"language"`          // ru, kk, en
	Patients int     `json:"patients"`          // most cards that the licence allows (R1.4)
	Extra    bool    `json:"extra,omitempty"`   // background fields on patients' cards switched on (R1.1)
}

// Role of a member of staff (R11.2). One person may have several.
type Role string

// The roles.
const (
	Reception     Role = "reception"
	Doctor        Role = "doctor"
	Feldsher      Role = "feldsher" // feldsher or midwife
	Nurse         Role = "nurse"
	Head          Role = "head"
	Administrator Role = "administrator"
	Auditor       Role = "auditor"
)

// Roles lists all of them.
var Roles = []Role{Reception, Doctor, Feldsher, Nurse, Head, Administrator, Auditor}

// Staff is a member of staff. Its ID is the user's id where Login is set.
type Staff struct {
	Record
	Name
	Login      string `json:"login,omitempty"`
	Roles      []Role `json:"roles,omitempty"`
	Position   string `json:"position,omitempty"`   // "врач-терапевт"
	Speciality string `json:"speciality,omitempty"` // by the country's list
	SNILS      string `json:"snils,omitempty"`
	Licence    string `json:"licence,omitempty"` // certificate or accreditation: number, until
	Order      string `json:"order,omitempty"`   // head's order that lets a feldsher diagnose and prescribe: number, date, functions, term
	Card       ID     `json:"card,omitzero"`     // the person's own card, with Background
	Active     bool   `json:"active"`
}
