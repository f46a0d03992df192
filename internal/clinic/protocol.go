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

	Version int    `json:"version"`           // from 1
	Amends  ID     `json:"amends,omitzero"`   // the signed version that this one corrects
	Why     string `json:"why,omitempty"`     // reason of the correction
	Status  string `json:"status"`            // draft, signed
	Written Time   `json:"written,omitzero"`  // when the text was written
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

// The states of a protocol.
const (
	ProtocolDraft  = "draft"
	ProtocolSigned = "signed"
)
