package registration_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/registration"
)

// bad is what comes into fields by mistake, from the clipboard or on purpose.
var bad = map[string]string{
	"letters":       "вчера утром",
	"no such day":   "31.02.1980",
	"future":        "01.01.2190",
	"200 years":     "05.05.1826",
	"before all":    "05.05.0826",
	"10000 letters": strings.Repeat("ы", 10_000),
	"10000 digits":  strings.Repeat("9", 10_000),
	"emoji":         "👩‍⚕️🙂",
	"tabs":          "Иван\tИванов\r\nдальше",
	"right to left": "\u202eвонавИ\u202c",
	"hebrew":        "דוד",
	"nul":           "Ива\x00нов\x01",
	"broken":        "Ива\xffнов",
	"quotes":        `"'; DROP TABLE patient; --`,
	"minus":         "-1",
	"blanks":        "   \u00a0 ",
	"percent":       "{n} %s %d",
}

// TestBadInputAtEveryField: a clear word at the field or cleaned input, no crash, and
// nothing else of the form is lost.
func TestBadInputAtEveryField(t *testing.T) {
	s := session(t)
	s.Clinic.Extra = true
	all := registration.New(s, "")
	for _, list := range []string{"representatives", "former_names", "background"} {
		all.Add(list)
	}
	for _, sec := range all.Sections() {
		fields := sec.Fields
		if sec.List != nil {
			fields = append(fields, sec.List.Lines[0]...)
		}
		for _, field := range fields {
			for name, text := range bad {
				if field.Kind == registration.Card || field.Kind == registration.Choice || field.Kind == registration.Tick {
					continue // nothing is typed there
				}
				f := registration.New(s, "Свидетель")
				for _, list := range []string{"representatives", "former_names", "background"} {
					f.Add(list)
				}
				f.Set("representatives[0].relation", "mother")
				f.Set("contacts[0].value", "+7 916 555-01-42")
				f.Set(field.Path, text)
				f.Left(field.Path)
				judge(t, s, f, field, name, text)
			}
		}
	}
}

func judge(t *testing.T, s *present.Session, f *registration.Form, field registration.Field, name, text string) {
	t.Helper()
	what := field.Path + " ← " + name
	now := f.Get(field.Path)
	if !utf8.ValidString(now) || strings.ContainsAny(now, "\x00\x01\t\r\u202e\u202c") || strings.Contains(now, "\n") && field.Kind != registration.Note {
		t.Errorf("%s: kept what no field can hold", what)
	}
	if strings.HasPrefix(name, "10000") && len([]rune(now)) != 10_000 {
		t.Errorf("%s: cut to %d", what, len([]rune(now)))
	}
	word := f.Say(field.Path)
	if strings.Contains(word.Text, "{low}") || strings.HasPrefix(word.Text, "check.") || strings.HasPrefix(word.Text, "fault.") || strings.HasPrefix(word.Text, "registration_") {
		t.Errorf("%s: no sentence %q", what, word.Text)
	}
	if field.Kind == registration.Birth && strings.TrimSpace(now) != "" && word.Text == "" {
		t.Errorf("%s: nothing is said", what)
	}
	deed := f.Submit()
	if deed == nil {
		if first := f.First(); f.Say(first).Text == "" || f.Say(first).Tone != registration.Wrong {
			t.Errorf("%s: refused without a word", what)
		}
		return
	}
	got, err := deed(t.Context())
	if err != nil {
		if !f.Refused(err) || f.Say(f.First()).Text == "" {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	if field.Path != "family" && got.Card.Family != "Свидетель" {
		t.Errorf("%s: lost the name", what)
	}
	if field.Path != "contacts[0].value" && len(got.Card.Contacts) != 1 {
		t.Errorf("%s: lost the phone", what)
	}
}
