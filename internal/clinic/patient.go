package clinic

import "unicode/utf8"

// Sex is the administrative sex of a person.
type Sex string

// The values that FHIR's administrative-gender knows.
const (
	Male       Sex = "male"
	Female     Sex = "female"
	Other      Sex = "other"
	SexUnknown Sex = "unknown"
)

// Valid reports whether the value is one of the four.
func (s Sex) Valid() bool {
	return s == Male || s == Female || s == Other || s == SexUnknown
}

// Name is a person's name. One part is enough; none is needed where
// Patient.NameUnknown is set.
type Name struct {
	Family     string `json:"family,omitempty"`
	Given      string `json:"given,omitempty"`
	Patronymic string `json:"patronymic,omitempty"`
}

// String gives "Family Given Patronymic" without gaps for missing parts.
func (n Name) String() string {
	s := n.Family
	for _, part := range []string{n.Given, n.Patronymic} {
		if part == "" {
			continue
		}
		if s != "" {
			s += " "
		}
		s += part
	}
	return s
}

// Short gives "Family G. P.", as on labels and in lists.
func (n Name) Short() string {
	s := n.Family
	for _, part := range []string{n.Given, n.Patronymic} {
		switch first, size := utf8.DecodeRuneInString(part); {
		case size == 0:
		case s == "":
			s = part
		default:
			s += " " + string(first) + "."
		}
	}
	return s
}

// Patient is a registration card (R1.1) with what belongs to it.
type Patient struct {
	Record
	Name
	CaseNumber  string `json:"case_number,omitempty"` // number of the card (R1.2)
	NameUnknown bool   `json:"name_unknown,omitempty"`
	Sex         Sex    `json:"sex"`
	BirthDate   Date   `json:"birth_date,omitempty"`
	BirthTime   string `json:"birth_time,omitempty"` // "HH:MM", of a newborn
	BirthPlace  string `json:"birth_place,omitempty"`
	BirthOrder  int    `json:"birth_order,omitempty"` // among twins, from 1
	Mother      ID     `json:"mother,omitzero"`       // her card, for a newborn without a name of its own
	DeathDate   Date   `json:"death_date,omitempty"`
	Citizenship string `json:"citizenship,omitempty"` // ISO 3166-1 alpha-3
	Photo       ID     `json:"photo,omitzero"`        // attachment

	SNILS           string `json:"snils,omitempty"`      // 11 digits, Russia
	TaxNumber       string `json:"tax_number,omitempty"` // ИНН (12 digits) or ИИН (12 digits)
	TaxRegistration string `json:"tax_registration,omitempty"`
	Policy          string `json:"policy,omitempty"` // ОМС: 16 digits of the ЕНП, or series and number
	Insurer         string `json:"insurer,omitempty"`

	Incapable bool   `json:"incapable,omitempty"` // without legal capacity by a court's decision (R1.3)
	Note      string `json:"note,omitempty"`
	Annulled  string `json:"annulled,omitempty"` // why the card was struck out; its number stays listed

	Source Source `json:"source,omitzero"`

	FormerNames     []FormerName     `json:"former_names,omitempty"`
	Contacts        []Contact        `json:"contacts,omitempty"`
	Addresses       []Address        `json:"addresses,omitempty"`
	Documents       []Document       `json:"documents,omitempty"`
	Background      []Background     `json:"background,omitempty"`
	Representatives []Representative `json:"representatives,omitempty"`
}

// FormerName is a name borne earlier, or another spelling of the name.
type FormerName struct {
	Record
	Name
	Kind  string `json:"kind,omitempty"` // former, maiden, latin, other
	Until Date   `json:"until,omitempty"`
}

// Contact is a phone or an e-mail address; shared and foreign ones name their
// owner.
type Contact struct {
	Record
	Kind  string `json:"kind"`            // phone, email
	Value string `json:"value"`           // as a person reads it
	E164  string `json:"e164,omitempty"`  // +79161234567, phones only
	Use   string `json:"use,omitempty"`   // home, mobile, work, relative
	Owner string `json:"owner,omitempty"` // whose it is, when not the patient's
	Note  string `json:"note,omitempty"`
}

// Address of registration, residence, birth or work.
type Address struct {
	Record
	Use        string `json:"use"` // registration, residence, temporary, work
	Country    string `json:"country,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Region     string `json:"region,omitempty"`
	District   string `json:"district,omitempty"`
	City       string `json:"city,omitempty"`
	Street     string `json:"street,omitempty"`
	House      string `json:"house,omitempty"`
	Flat       string `json:"flat,omitempty"`
	Text       string `json:"text,omitempty"` // the whole, where it is not known in parts
}

// Document proves identity.
type Document struct {
	Record
	Type       string `json:"type"` // passport, birth_certificate, id_card, foreign, residence_permit, military, other
	Series     string `json:"series,omitempty"`
	Number     string `json:"number"`
	Issuer     string `json:"issuer,omitempty"`
	IssuerCode string `json:"issuer_code,omitempty"`
	Issued     Date   `json:"issued,omitempty"`
	ValidUntil Date   `json:"valid_until,omitempty"`
}

// Background is a line of a person's working and social life: on staff cards,
// and on patients' cards where the clinic switches these fields on (R1.1).
type Background struct {
	Record
	Kind         string `json:"kind"` // work, post, education, profession, speciality, qualification, service, military, income, debt
	Title        string `json:"title,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Document     string `json:"document,omitempty"`
	From         Date   `json:"from,omitempty"`
	Until        Date   `json:"until,omitempty"`
	Amount       int64  `json:"amount,omitempty"`   // kopecks or tiyn
	Currency     string `json:"currency,omitempty"` // RUB, KZT
	Note         string `json:"note,omitempty"`
}

// Representative acts for a minor or a person without legal capacity (R1.3).
type Representative struct {
	Record
	Name
	Person     ID     `json:"person,omitzero"` // the representative's own card, if there is one
	Relation   string `json:"relation"`        // mother, father, guardian, trustee, adoptive_parent, other
	Phone      string `json:"phone,omitempty"`
	BasisType  string `json:"basis_type,omitempty"` // the document that proves the relation
	BasisText  string `json:"basis_text,omitempty"` // its series, number, issuer
	BasisDate  Date   `json:"basis_date,omitempty"`
	ValidUntil Date   `json:"valid_until,omitempty"`
}

// Brief is what a list shows of a patient; enough never to mix two up.
type Brief struct {
	ID         ID     `json:"id"`
	CaseNumber string `json:"case_number"`
	Name
	Sex       Sex    `json:"sex"`
	BirthDate Date   `json:"birth_date,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"address,omitempty"`

	Merged   []string `json:"merged,omitempty"`   // numbers of the other cards of this person (R1.6)
	Namesake bool     `json:"namesake,omitempty"` // another patient has this surname and birth date
}
