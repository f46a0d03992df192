// Package templates carries the templates of protocols that every clinic has from
// the start, and the rules that a clinic's own ones must keep (R3.4).
//
// It promises nine kinds of protocol, each in Russian and in Kazakh with the same
// fields under the same keys; ids that never change, so that a protocol finds its
// template in every later program; and a version that rises when the text of one
// changes. Default texts are what a healthy person shows: the doctor alters what is
// not so, and signs for all of it.
//
// It needs nothing: the texts are embedded. It never stores a template, and never
// decides what a protocol must say in law: a clinic copies a template and makes its own.
package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

//go:embed data/*.json
var files embed.FS

// Kinds are the built-in templates in the order in which they are offered.
var kinds = [...]string{
	"therapist", "paediatrician", "cardiologist", "gynaecologist", "surgeon", "endocrinologist",
	"ultrasound", "ecg", "feldsher",
}

// Kinds lists the names of the built-in templates in the order in which they are
// offered.
func Kinds() []string { return slices.Clone(kinds[:]) }

// Speciality is that of a built-in template as its file has it, in Russian; "" for no kind.
func Speciality(kind string) string {
	return map[string]string{
		"therapist": "терапия", "paediatrician": "педиатрия", "cardiologist": "кардиология", "gynaecologist": "акушерство и гинекология",
		"surgeon": "хирургия", "endocrinologist": "эндокринология", "ultrasound": "ультразвуковая диагностика",
		"ecg": "функциональная диагностика", "feldsher": "лечебное дело",
	}[kind]
}

// The languages of the built-in templates, in the order of every pair in the files.
var langs = [...]string{"ru", "kk"}

// space names the ids: the one under which demo clinics got theirs first.
var space = ledger.ID{0x9d, 0x1f, 0x0c, 0x52, 0x6e, 0x3b, 0x4a, 0x77, 0x8b, 0x24, 0x5c, 0x90, 0x13, 0xee, 0x41, 0x08}

// ID is the id of a built-in template; kind is one of Kinds, lang "ru" or "kk".
func ID(kind, lang string) clinic.ID { return ledger.DeriveID(space, "template/"+kind+"/"+lang) }

// Builtin gives the built-in templates: all kinds in Russian, then all in Kazakh. An
// error means that the program itself is broken.
func Builtin() ([]clinic.Template, error) {
	var parts map[string][]source
	if err := read("parts", &parts); err != nil {
		return nil, err
	}
	sheets := make([]sheet, len(kinds))
	for i, kind := range kinds {
		if err := read(kind, &sheets[i]); err != nil {
			return nil, err
		}
		if sheets[i].Kind != kind {
			return nil, fmt.Errorf("templates: %s calls itself %q", kind, sheets[i].Kind)
		}
	}
	out := make([]clinic.Template, 0, len(kinds)*len(langs))
	for l, lang := range langs {
		for i := range sheets {
			t, err := sheets[i].template(l, parts)
			if err != nil {
				return nil, fmt.Errorf("templates: %s in %s: %w", sheets[i].Kind, lang, err)
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// sheet is a template as its file has it, in both languages at once.
type sheet struct {
	Kind       string   `json:"kind"`
	Version    int      `json:"version"`
	Speciality string   `json:"speciality"`
	Title      []string `json:"title"`
	Fields     []source `json:"fields"`
}

// source is a field as a file has it, or the name of a part that holds several. Texts
// are pairs by langs; a single one serves both languages.
type source struct {
	Part     string          `json:"part"`
	Key      string          `json:"key"`
	Type     string          `json:"type"`
	Label    []string        `json:"label"`
	Unit     []string        `json:"unit"`
	Min      clinic.Decimal  `json:"min"`
	Max      clinic.Decimal  `json:"max"`
	Choices  [][]string      `json:"choices"`
	Default  json.RawMessage `json:"default"` // a pair, or the place of a choice
	Required bool            `json:"required"`
}

func read(name string, into any) error {
	b, err := files.ReadFile("data/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return fmt.Errorf("templates: %s: %w", name, err)
	}
	return nil
}

func (s *sheet) template(l int, parts map[string][]source) (clinic.Template, error) {
	t := clinic.Template{Speciality: s.Speciality, Lang: langs[l], Version: s.Version, Active: true}
	t.ID = ID(s.Kind, langs[l])
	var err error
	if t.Title, err = say(s.Title, l); err != nil {
		return t, err
	}
	for i := range s.Fields {
		some := s.Fields[i : i+1]
		if name := s.Fields[i].Part; name != "" {
			some = parts[name]
			if len(some) == 0 {
				return t, fmt.Errorf("no part %q", name)
			}
		}
		for j := range some {
			f, err := some[j].field(l)
			if err != nil {
				return t, fmt.Errorf("%s: %w", some[j].Key, err)
			}
			t.Fields = append(t.Fields, f)
		}
	}
	return t, nil
}

func (s *source) field(l int) (clinic.Field, error) {
	f := clinic.Field{Key: s.Key, Type: s.Type, Min: s.Min, Max: s.Max, Required: s.Required}
	var err error
	if f.Label, err = say(s.Label, l); err != nil {
		return f, err
	}
	if len(s.Unit) > 0 {
		if f.Unit, err = say(s.Unit, l); err != nil {
			return f, err
		}
	}
	for _, c := range s.Choices {
		word, err := say(c, l)
		if err != nil {
			return f, err
		}
		f.Choices = append(f.Choices, word)
	}
	f.Default, err = s.preset(l, f.Choices)
	return f, err
}

// preset reads the default: a text in both languages, or which of the choices.
func (s *source) preset(l int, choices []string) (string, error) {
	if s.Default == nil {
		return "", nil
	}
	var nth int
	if err := json.Unmarshal(s.Default, &nth); err == nil {
		if nth < 0 || nth >= len(choices) {
			return "", fmt.Errorf("default %d of %d choices", nth, len(choices))
		}
		return choices[nth], nil
	}
	var texts []string
	if err := json.Unmarshal(s.Default, &texts); err != nil {
		return "", err
	}
	return say(texts, l)
}

// say takes the text of a language out of a pair, or the single one of both.
func say(texts []string, l int) (string, error) {
	switch {
	case len(texts) == 1 && texts[0] != "":
		return texts[0], nil
	case len(texts) == len(langs) && texts[l] != "":
		return texts[l], nil
	}
	return "", fmt.Errorf("%d texts for %d languages", len(texts), len(langs))
}
