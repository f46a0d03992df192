package registration

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// What the services take; more stays in the field with a word about it.
const (
	maxName = 200
	maxLine = 1000
	maxNote = 50_000
)

// unfinished are the remarks that are held back while somebody types: half a number
// always has too few digits.
var unfinished = []string{
	"check.snils.shape", "check.inn.shape", "check.enp.shape", "check.policy.old", "check.iin.shape", "check.iin.date",
	"check.passport.series", "check.passport.number", "check.phone.incomplete", "check.phone.unreadable", "check.email.shape",
	"check.date.unreadable", "check.date.year", "check.date.no_such_month", "fault.field.time", "fault.field.empty",
}

// remark is a word by its key.
type remark struct {
	tone Tone
	key  string
	args map[string]any
}

// Say is what is said at a field.
func (f *Form) Say(path string) Word {
	if w, ok := f.refused[path]; ok {
		return w
	}
	var worst *remark
	for _, r := range f.judge(path) {
		if !f.left[path] && slices.Contains(unfinished, r.key) {
			continue
		}
		if worst == nil || r.tone > worst.tone {
			worst = &r
		}
	}
	if worst != nil {
		return Word{worst.tone, translations.Format(f.s.Words.Lang, worst.key, worst.args)}
	}
	return Word{Calm, f.hint(path)}
}

// hint says where a value that nobody typed has come from, and what follows from
// what was typed.
func (f *Form) hint(path string) string {
	if from := f.auto[path]; from != "" {
		return f.s.T("registration_from_" + from)
	}
	if f.kind(path) == Card {
		if p, ok := f.PersonAt(path); ok {
			return p.About
		}
		return f.s.T("registration_hint_card")
	}
	if path == "birth_date" {
		if iso, err := check.ParseBirthDate(f.Get(path), f.today()); err == nil && iso != "" {
			return f.age(clinic.Date(iso))
		}
	}
	return ""
}

// age of the patient; of a newborn in hours where the time of birth is known.
func (f *Form) age(birth clinic.Date) string {
	if t, ok := clock(f.Get("birth_time")); ok && t != "" && birth.Full() {
		born, err := time.ParseInLocation("2006-01-02 15:04", string(birth)+" "+t, f.zone())
		hours := int(f.s.Now().Sub(born).Hours())
		if err == nil && hours >= 0 && hours < 72 {
			return f.s.T("registration_age_hours", "n", hours)
		}
	}
	if age := f.s.Words.Age(birth, f.s.Today()); age != "" {
		return f.s.T("registration_age", "age", age)
	}
	return ""
}

func (f *Form) zone() *time.Location {
	if f.s.Words.Zone == nil {
		return time.UTC
	}
	return f.s.Words.Zone
}

// today is the clinic's day, as checks want it.
func (f *Form) today() time.Time {
	t, err := time.Parse(time.DateOnly, string(f.s.Today()))
	if err != nil {
		return f.s.Now()
	}
	return t
}

// judge looks at what stands in a field.
func (f *Form) judge(path string) []remark {
	s, ok := f.spec(path)
	text := strings.TrimSpace(f.Get(path))
	if !ok {
		return nil
	}
	list, i, _ := split(path)
	if text == "" {
		return f.judgeEmpty(list, i, s)
	}
	if r := tooLong(s, text); r != nil {
		return r
	}
	switch s.kind {
	case Name:
		return f.judgeName(text)
	case Birth, Day:
		return f.judgeDate(list, i, s, text)
	case Clock:
		if _, ok := clock(text); !ok {
			return []remark{{Wrong, f.unreadable(s), nil}}
		}
	case Count:
		if n, ok := count(text); !ok || n < 1 || n > 12 {
			return []remark{{Wrong, "fault.field.range", map[string]any{"low": 1, "high": 12}}}
		}
	case Money:
		if _, ok := sum(text); !ok {
			return []remark{{Wrong, f.unreadable(s), nil}}
		}
	case Phone:
		return warned(check.NormalizePhone(text, string(f.s.Clinic.Country)).Warnings)
	}
	return f.judgeNumber(list, i, s.name, text)
}

// judgeEmpty: hardly anything is required.
func (f *Form) judgeEmpty(list string, i int, s spec) []remark {
	switch {
	case list != "" && i < len(f.in.Lists[list]) && f.isBlank(list, f.in.Lists[list][i]):
	case list == "representatives" && s.name == "relation", list == "contacts" && s.name == "value":
		return []remark{{Wrong, "fault.field.empty", nil}}
	}
	return nil
}

func tooLong(s spec, text string) []remark {
	limit := maxLine
	switch s.kind {
	case Name:
		limit = maxName
	case Note:
		limit = maxNote
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return []remark{{Wrong, "fault.field.long", map[string]any{"n": n, "limit": limit}}}
	}
	return nil
}

// Meant is the name for one that looks typed with the Latin keyboard layout on, with its
// capital letters; empty where it does not, or the language is not written in Cyrillic.
func Meant(w present.Words, typed string) string {
	if w.Lang == translations.English {
		return ""
	}
	name, ok := fold.Meant(typed)
	if !ok {
		return ""
	}
	return capital(name)
}

// TakeMeant puts the name that Meant gives in the place of what was typed; calling what
// it gives brings that back. It is nil where nothing is offered.
func (f *Form) TakeMeant(path string) (undo func()) {
	if f.kind(path) != Name {
		return nil
	}
	typed := f.Get(path)
	name := Meant(f.s.Words, typed)
	if name == "" {
		return nil
	}
	f.Set(path, name)
	return func() { f.Set(path, typed) }
}

// judgeName: papers know letters, hyphens, apostrophes and dots; a letter of another
// alphabet in a word is a slip of the layout.
func (f *Form) judgeName(text string) []remark {
	if name := Meant(f.s.Words, text); name != "" {
		return []remark{{Warn, "registration_warn_layout", map[string]any{"name": name}}}
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" -–'’ʼ`.()", r) {
			return []remark{{Warn, "registration_warn_signs", nil}}
		}
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		latin, cyrillic := false, false
		for _, r := range word {
			latin, cyrillic = latin || unicode.Is(unicode.Latin, r), cyrillic || unicode.Is(unicode.Cyrillic, r)
		}
		if latin && cyrillic {
			return []remark{{Warn, "registration_warn_alphabets", nil}}
		}
	}
	return nil
}

func (f *Form) judgeDate(list string, i int, s spec, text string) []remark {
	if s.kind == Birth {
		iso, err := check.ParseBirthDate(text, f.today())
		if err != nil {
			return []remark{{Wrong, keyOf(err), nil}}
		}
		if f.later(iso) {
			return []remark{{Wrong, "registration_wrong_birth_future", nil}}
		}
		return warned(check.BirthDate(iso, f.today()))
	}
	iso, err := check.ParseDate(text)
	switch {
	case err != nil:
		return []remark{{Wrong, keyOf(err), nil}}
	case s.name == "valid_until" && iso < string(f.s.Today())[:len(iso)]:
		return []remark{{Warn, "registration_warn_expired", nil}}
	case s.name == "valid_until", list == "background":
		return nil
	case s.name == "death_date" && f.later(iso):
		return []remark{{Wrong, "fault.field.future", nil}}
	case f.later(iso):
		return []remark{{Warn, "registration_warn_future", nil}}
	}
	birth, err := check.ParseBirthDate(f.Get("birth_date"), f.today())
	if n := min(len(birth), len(iso)); err == nil && n > 0 && iso[:n] < birth[:n] {
		if s.name == "death_date" {
			return []remark{{Wrong, "registration_wrong_before_birth", nil}}
		}
		if list == "documents" {
			return []remark{{Warn, "registration_warn_before_birth", nil}}
		}
	}
	return nil
}

// later reports whether a date lies after the clinic's today, as far as it is known.
func (f *Form) later(iso string) bool { return iso != "" && iso > string(f.s.Today())[:len(iso)] }

func (f *Form) judgeNumber(list string, i int, name, text string) []remark {
	switch {
	case list == "contacts" && name == "value":
		return warned(check.Email(text).Warnings)
	case list == "documents" && f.ourPassport(i) && name == "series":
		series, _ := check.RussianPassport(text, "")
		return warned(series.Warnings)
	case list == "documents" && f.ourPassport(i) && name == "number":
		_, number := check.RussianPassport("", text)
		return warned(number.Warnings)
	case list != "":
		return nil
	case name == "snils":
		return warned(check.SNILS(text).Warnings)
	case name == "policy":
		ws := check.Policy(text).Warnings
		if date, sex, ok := check.SuggestFromENP(text); ok {
			ws = append(ws, f.agrees(date, sex)...)
		}
		return warned(ws)
	case name == "tax_number" && f.s.Clinic.Country == clinic.Kazakhstan:
		ws := check.IIN(text).Warnings
		if date, sex, ok := check.SuggestFromIIN(text); ok {
			ws = append(ws, f.agrees(date, sex)...)
		}
		return warned(ws)
	case name == "tax_number":
		return warned(check.INN(text).Warnings)
	}
	return nil
}

// agrees holds what a number says against the card.
func (f *Form) agrees(date, sex string) []check.Warning {
	birth, err := check.ParseBirthDate(f.Get("birth_date"), f.today())
	if err != nil {
		birth = ""
	}
	return check.Agrees(date, sex, birth, f.Get("sex"))
}

func warned(ws []check.Warning) []remark {
	var out []remark
	for _, w := range ws {
		out = append(out, remark{Warn, w.Key, w.Args})
	}
	return out
}

// unreadable is what is said where a field can't be stored as it stands.
func (f *Form) unreadable(s spec) string {
	switch s.kind {
	case Birth, Day:
		return "check.date.unreadable"
	case Clock:
		return "fault.field.time"
	}
	return "fault.field.number"
}
