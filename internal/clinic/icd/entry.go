package icd

// Lang is a language of names: "ru", "kk" or "en".
type Lang string

// The languages in which names are kept.
const (
	Russian Lang = "ru"
	Kazakh  Lang = "kk"
	English Lang = "en"
)

// Names are the wordings of one code. The official table fills RU alone.
type Names struct {
	RU, KK, EN string
}

// In gives the name in a language, else the Russian, else the first there is.
func (n Names) In(lang Lang) string {
	switch {
	case lang == Kazakh && n.KK != "":
		return n.KK
	case lang == English && n.EN != "":
		return n.EN
	case n.RU != "":
		return n.RU
	case n.KK != "":
		return n.KK
	}
	return n.EN
}

// The marks of dual coding that Additional holds. A code with an asterisk (a
// manifestation) never stands alone or first: it follows one with a dagger.
const (
	Dagger   = "1"
	Asterisk = "2"
)

// Entry is a code as the clinic uses it, from whichever table it came.
type Entry struct {
	Code       string // canonical
	Kind       Kind
	Parent     string // code of the row above; "" for a chapter
	Version    string // of the table: "2.27", BuiltinVersion
	Names      Names
	Also       []string // other wordings under which it is found
	Additional string   // "", Dagger or Asterisk
	Changed    string   // ISO date of the table's last change to the row, or ""
	Active     bool     // withdrawn rows are kept for old visits, not offered
	Common     bool     // frequent in out-patient care: first among equals
}

// Entries turns the rows of an official table into entries of that version, in
// the same order.
func Entries(rows []Row, version string) []Entry {
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = Entry{
			Code: r.Code, Kind: r.Kind, Parent: r.Parent, Version: version, Names: Names{RU: r.Name},
			Additional: r.Additional, Changed: r.Changed, Active: r.Active,
		}
	}
	return out
}

// Merge lays an official table over the built-in one. The official rows decide
// what exists, what it is called in Russian, where it hangs and whether it is
// active; the built-in ones add the Kazakh and English names, their own short
// wording as one more way to find the code, and the mark Common. Built-in codes
// that the official table lacks are left out. Neither argument is changed.
func Merge(official, builtin []Entry) []Entry {
	known := make(map[string]*Entry, len(builtin))
	for i := range builtin {
		known[builtin[i].Code] = &builtin[i]
	}
	out := make([]Entry, len(official))
	for i, e := range official {
		out[i] = e
		b, ok := known[e.Code]
		if !ok {
			continue
		}
		also := make([]string, 0, len(e.Also)+len(b.Also)+1)
		also = append(append(also, e.Also...), b.Also...)
		if b.Names.RU != "" && b.Names.RU != e.Names.RU {
			also = append(also, b.Names.RU)
		}
		out[i].Also = also
		if e.Names.KK == "" {
			out[i].Names.KK = b.Names.KK
		}
		if e.Names.EN == "" {
			out[i].Names.EN = b.Names.EN
		}
		out[i].Common = e.Common || b.Common
	}
	return out
}
