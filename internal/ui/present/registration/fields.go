package registration

import (
	"slices"

	"feldsher/internal/clinic"
)

// Kind says what is typed in a field.
type Kind uint8

// The kinds.
const (
	Line    Kind = iota
	Name         // a part of a name
	Note         // several lines
	Day          // a date, whole or partial
	Birth        // a date of birth
	Clock        // HH:MM
	Choice       // one of a few, see Field.Options
	Tick         // yes ("true") or no ("")
	Suggest      // a line with suggestions, see Form.Suggest
	Phone        // a phone
	Number       // digits by a mask, see Field.Mask
	Card         // another card, see Form.Take
	Count        // a small number
	Money        // a sum with kopecks
)

// Field is one place of the form.
type Field struct {
	Path    string
	Kind    Kind
	Label   string
	Mask    string  // snils, enp, iin, inn, series, unit, post: how digits are grouped
	Width   float32 // least width before scaling
	Grow    float32 // share of what is left of a line
	Options []Option
	Rows    int  // lines of a Note
	Break   bool // begins a new line
}

// Option is one of what can be chosen.
type Option struct{ Code, Text, Below string }

// Section is a part of the form under a heading.
type Section struct {
	Key    string
	Title  string
	About  string // a line under the heading; may be empty
	Fields []Field
	List   *List // lines of the same kind; may be nil
}

// List is lines of the same kind, as many as there are.
type List struct {
	Name  string
	Add   string // word on the button that adds one
	Lines [][]Field
}

// spec is a field as the table below has it. Its label is "registration_<list>_<name>",
// the words of its choices "<words>_<code>".
type spec struct {
	name  string
	kind  Kind
	mask  string
	width float32
	grow  float32
	words string
	codes []string
	turn  bool // begins a new line
}

// sectionSpec is a section as the table has it.
type sectionSpec struct {
	key    string
	fields []spec
	list   string
	line   []spec
}

var (
	sexCodes      = []string{"female", "male", "other", "unknown"}
	contactCodes  = []string{"phone", "email"}
	useCodes      = []string{"", "mobile", "home", "work", "relative"}
	addressCodes  = []string{"residence", "registration", "temporary", "work", "birth", "other"}
	documentCodes = []string{
		"passport", "birth_certificate", "id_card", "foreign", "residence_permit", "military", "refugee", "other",
	}
	relationCodes   = []string{"mother", "father", "guardian", "trustee", "adoptive_parent", "other"}
	formerCodes     = []string{"maiden", "former", "latin", "other"}
	backgroundCodes = []string{
		"work", "post", "education", "profession", "speciality", "qualification", "service", "military", "income", "debt",
	}
)

// table is the whole form of a country. What the law of the country asks first
// stands first.
func table(country clinic.Country, extra bool) []sectionSpec {
	who := []spec{
		{name: "family", kind: Name, width: 150, grow: 1},
		{name: "given", kind: Name, width: 150, grow: 1},
		{name: "patronymic", kind: Name, width: 150, grow: 1},
		{name: "sex", kind: Choice, width: 150, grow: 1, words: "word_sex", codes: sexCodes, turn: true},
		{name: "birth_date", kind: Birth, width: 150, grow: 1},
	}
	snils := spec{name: "snils", kind: Number, mask: "snils", width: 170, grow: 1}
	policy := spec{name: "policy", kind: Number, mask: "enp", width: 200, grow: 1}
	insurer := spec{name: "insurer", kind: Suggest, width: 220, grow: 2}
	registered := spec{name: "tax_registration", kind: Line, width: 220, grow: 2}
	numbers := []spec{snils, policy, insurer, {name: "tax_number", kind: Number, mask: "inn", width: 170, grow: 1, turn: true}, registered}
	if country == clinic.Kazakhstan {
		who = append(who, spec{name: "tax_number", kind: Number, mask: "iin", width: 150, grow: 1})
		numbers = []spec{registered, insurer, policy, snils}
	}
	who = append(
		who,
		spec{name: "citizenship", kind: Suggest, width: 150, grow: 1},
		spec{name: "birth_place", kind: Line, width: 300, grow: 3, turn: true},
		spec{name: "name_unknown", kind: Tick, width: 170},
	)
	sections := []sectionSpec{
		{key: "who", fields: who},
		{key: "contacts", list: "contacts", line: []spec{
			{name: "kind", kind: Choice, width: 106, words: "registration_contact", codes: contactCodes},
			{name: "value", kind: Phone, width: 160, grow: 2},
			{name: "use", kind: Choice, width: 132, grow: 0.5, words: "registration_use", codes: useCodes},
			{name: "owner", kind: Line, width: 150, grow: 1},
			{name: "note", kind: Line, width: 106, grow: 0.5},
		}},
		{key: "addresses", list: "addresses", line: []spec{
			{name: "use", kind: Choice, width: 150, grow: 1, words: "registration_address", codes: addressCodes},
			{name: "region", kind: Suggest, width: 180, grow: 2},
			{name: "district", kind: Line, width: 140, grow: 1},
			{name: "city", kind: Suggest, width: 160, grow: 2},
			{name: "street", kind: Line, width: 220, grow: 3, turn: true},
			{name: "house", kind: Line, width: 70, grow: 0.5},
			{name: "flat", kind: Line, width: 70, grow: 0.5},
			{name: "postal_code", kind: Number, mask: "post", width: 90, grow: 0.5},
			{name: "country", kind: Suggest, width: 120, grow: 1},
			{name: "text", kind: Line, width: 300, grow: 3, turn: true},
		}},
		{key: "documents", list: "documents", line: []spec{
			{name: "type", kind: Choice, width: 190, grow: 1, words: "registration_document", codes: documentCodes},
			{name: "series", kind: Number, mask: "series", width: 90, grow: 0.5},
			{name: "number", kind: Line, width: 120, grow: 1},
			{name: "issued", kind: Day, width: 140, grow: 0.5},
			{name: "issuer_code", kind: Number, mask: "unit", width: 120, grow: 0.5},
			{name: "issuer", kind: Suggest, width: 300, grow: 3, turn: true},
			{name: "valid_until", kind: Day, width: 140, grow: 0.5},
		}},
		{key: "numbers", fields: numbers},
		{
			key: "representatives", fields: []spec{{name: "incapable", kind: Tick, width: 300}},
			list: "representatives", line: []spec{
				{name: "relation", kind: Choice, width: 160, grow: 1, words: "registration_relation", codes: relationCodes},
				{name: "person", kind: Card, width: 260, grow: 3},
				{name: "family", kind: Name, width: 150, grow: 1, turn: true},
				{name: "given", kind: Name, width: 130, grow: 1},
				{name: "patronymic", kind: Name, width: 130, grow: 1},
				{name: "phone", kind: Phone, width: 160, grow: 1},
				{name: "basis_type", kind: Suggest, width: 190, grow: 1, turn: true},
				{name: "basis_text", kind: Line, width: 200, grow: 2},
				{name: "basis_date", kind: Day, width: 140, grow: 0.5},
				{name: "valid_until", kind: Day, width: 140, grow: 0.5},
			},
		},
		{key: "newborn", fields: []spec{
			{name: "mother", kind: Card, width: 300, grow: 3},
			{name: "birth_time", kind: Clock, width: 110, grow: 0.5},
			{name: "birth_order", kind: Count, width: 130, grow: 0.5},
		}},
		{key: "names", list: "former_names", line: []spec{
			{name: "kind", kind: Choice, width: 140, grow: 1, words: "registration_former", codes: formerCodes},
			{name: "family", kind: Name, width: 140, grow: 1},
			{name: "given", kind: Name, width: 120, grow: 1},
			{name: "patronymic", kind: Name, width: 120, grow: 1},
			{name: "until", kind: Day, width: 132, grow: 0.5},
		}},
		{key: "more", fields: []spec{
			{name: "note", kind: Note, width: 320, grow: 3},
			{name: "death_date", kind: Day, width: 150},
		}},
	}
	if extra {
		more := &sections[len(sections)-1]
		more.list, more.line = "background", []spec{
			{name: "kind", kind: Choice, width: 170, grow: 1, words: "registration_background", codes: backgroundCodes},
			{name: "title", kind: Line, width: 200, grow: 2},
			{name: "organisation", kind: Line, width: 200, grow: 2},
			{name: "from", kind: Day, width: 132, grow: 0.5, turn: true},
			{name: "until", kind: Day, width: 132, grow: 0.5},
			{name: "document", kind: Line, width: 140, grow: 1},
			{name: "amount", kind: Money, width: 90, grow: 0.5},
			{name: "note", kind: Line, width: 120, grow: 1},
		}
	}
	return sections
}

// opened lists have a line ready in a new card.
var opened = []string{"contacts", "addresses", "documents"}

// spec finds a field's; ok is false for one that the form does not have.
func (f *Form) spec(path string) (spec, bool) {
	list, _, name := split(path)
	for _, sec := range f.specs {
		of := sec.fields
		if list != "" {
			if of = nil; sec.list == list {
				of = sec.line
			}
		}
		for _, s := range of {
			if s.name == name {
				return f.turned(list, path, s), true
			}
		}
	}
	return spec{}, false
}

// turned is a field as its line makes it: a contact is a phone or a mail address, the
// numbers of a document have a mask where we know the document.
func (f *Form) turned(list, path string, s spec) spec {
	_, i, _ := split(path)
	switch {
	case list == "contacts" && s.name == "value" && f.Get(at(list, i, "kind")) == "email":
		s.kind = Line
	case list == "documents" && (s.name == "series" || s.name == "issuer_code") && !f.ourPassport(i):
		s.kind, s.mask = Line, ""
	}
	return s
}

// ourPassport: a document that is a passport of the Russian Federation.
func (f *Form) ourPassport(i int) bool {
	return f.s.Clinic.Country == clinic.Russia && f.Get(at("documents", i, "type")) == "passport"
}

func (f *Form) kind(path string) Kind {
	s, _ := f.spec(path)
	return s.kind
}

// Sections is the form as it stands, in the order of reading.
func (f *Form) Sections() []Section {
	var out []Section
	for _, sec := range f.specs {
		s := Section{Key: sec.key, Title: f.s.T("registration_section_" + sec.key), About: f.about(sec.key)}
		for _, x := range sec.fields {
			s.Fields = append(s.Fields, f.field("", x.name, x))
		}
		if sec.list != "" {
			s.List = &List{Name: sec.list, Add: f.s.T("registration_add_" + sec.list)}
			for i := range f.in.Lists[sec.list] {
				var line []Field
				for _, x := range sec.line {
					path := at(sec.list, i, x.name)
					line = append(line, f.field(sec.list, path, f.turned(sec.list, path, x)))
				}
				s.List.Lines = append(s.List.Lines, line)
			}
		}
		out = append(out, s)
	}
	return out
}

// about is a line under the heading of a section where it needs one.
func (f *Form) about(section string) string {
	if slices.Contains([]string{"who", "representatives", "newborn", "names"}, section) {
		return f.s.T("registration_about_" + section)
	}
	return ""
}

func (f *Form) field(list, path string, s spec) Field {
	key := "registration_" + s.name
	if list != "" {
		key = "registration_" + list + "_" + s.name
	}
	if s.name == "tax_number" && f.s.Clinic.Country == clinic.Kazakhstan {
		key += "_kz"
	}
	out := Field{Path: path, Kind: s.kind, Label: f.s.T(key), Mask: s.mask, Width: s.width, Grow: s.grow, Break: s.turn, Rows: 3}
	for _, code := range s.codes {
		word := f.s.T(s.words + "_" + code)
		if code == "" {
			word = f.s.T("registration_none")
		}
		out.Options = append(out.Options, Option{Code: code, Text: word})
	}
	if now := f.Get(path); s.kind == Choice && now != "" && !slices.Contains(s.codes, now) {
		out.Options = append(out.Options, Option{Code: now, Text: now}) // of an import: it stays
	}
	return out
}

// SectionOf is the number of the section in which a field stands, -1 for none.
func (f *Form) SectionOf(path string) int {
	list, _, name := split(path)
	for i, sec := range f.specs {
		if list != "" && sec.list == list || list == "" && sec.list == name {
			return i
		}
		if list == "" && slices.ContainsFunc(sec.fields, func(s spec) bool { return s.name == name }) {
			return i
		}
	}
	return -1
}

// Marks tell of every section the worst word at its fields.
func (f *Form) Marks() []Tone {
	out := make([]Tone, len(f.specs))
	for _, path := range f.paths() {
		if i := f.SectionOf(path); i >= 0 {
			out[i] = max(out[i], f.Say(path).Tone)
		}
	}
	return out
}

// Filled reports whether anything stands in a section that was not there by itself.
func (f *Form) Filled(section int) bool {
	sec := f.specs[section]
	for _, s := range sec.fields {
		if v := f.in.Values[s.name]; v != "" {
			return true
		}
	}
	return sec.list != "" && !f.vacant(sec.list)
}

// paths are all fields in the order of reading.
func (f *Form) paths() []string {
	var out []string
	for _, sec := range f.specs {
		for _, s := range sec.fields {
			out = append(out, s.name)
		}
		for i := range f.in.Lists[sec.list] {
			for _, s := range sec.line {
				out = append(out, at(sec.list, i, s.name))
			}
		}
	}
	return out
}
