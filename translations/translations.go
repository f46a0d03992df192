// Package translations holds every sentence that a person reads: on a screen,
// in a paper, in an error. Each language is a folder of JSON files, one file a
// topic; a file is a flat object from key to sentence. `{name}` in a sentence is
// replaced by the argument of that name, and a key may end in `#one`, `#few`,
// `#many`, `#other` for the plural forms chosen by the argument `n`.
//
// Russian is the language of record: a key missing in another language fails a
// test, and a key missing everywhere shows as itself.
package translations

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"
)

//go:embed ru/*.json kk/*.json en/*.json
var files embed.FS

// Lang is a language of the program.
type Lang string

// The languages of the program.
const (
	Russian Lang = "ru"
	Kazakh  Lang = "kk"
	English Lang = "en"
)

// Languages lists them, the language of record first.
var Languages = []Lang{Russian, Kazakh, English}

// Parse maps a locale ("kk_KZ.UTF-8", "ru-RU", "en") to a language; unknown and
// empty ones are Russian.
func Parse(locale string) Lang {
	switch s := strings.ToLower(locale); {
	case strings.HasPrefix(s, "kk"), strings.HasPrefix(s, "kz"):
		return Kazakh
	case strings.HasPrefix(s, "en"):
		return English
	}
	return Russian
}

// tables gives the sentences of each language, which are read when they are first
// asked for: most people see one.
var tables = map[Lang]func() map[string]string{Russian: table(Russian), Kazakh: table(Kazakh), English: table(English)}

func table(lang Lang) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		t, err := load(lang)
		if err != nil {
			panic(err) // embedded files: the package's own test has read them
		}
		return t
	})
}

// sentences are those of a language; none of one that there is not.
func sentences(lang Lang) map[string]string {
	if t := tables[lang]; t != nil {
		return t()
	}
	return nil
}

func load(lang Lang) (map[string]string, error) {
	entries, err := files.ReadDir(string(lang))
	if err != nil {
		return nil, fmt.Errorf("translations: %w", err)
	}
	table := make(map[string]string)
	for _, e := range entries {
		b, err := files.ReadFile(path.Join(string(lang), e.Name()))
		if err != nil {
			return nil, fmt.Errorf("translations: %w", err)
		}
		var part map[string]string
		if err := json.Unmarshal(b, &part); err != nil {
			return nil, fmt.Errorf("translations: %s/%s: %w", lang, e.Name(), err)
		}
		for k, v := range part {
			if _, twice := table[k]; twice {
				return nil, fmt.Errorf("translations: %s/%s: key %q stands twice", lang, e.Name(), k)
			}
			table[k] = v
		}
	}
	return table, nil
}

// Keys lists the keys of a language in order.
func Keys(lang Lang) []string {
	keys := make([]string, 0, len(sentences(lang)))
	for k := range sentences(lang) {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Has reports whether the language has a sentence for the key.
func Has(lang Lang, key string) bool {
	_, ok := sentences(lang)[key]
	return ok
}

// T gives the sentence for a key. Args are pairs of name and value; the value
// named "n" also chooses the plural form.
func T(lang Lang, key string, args ...any) string {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return Format(lang, key, m)
}

// Format is T with the arguments in a map, as faults carry them.
func Format(lang Lang, key string, args map[string]any) string {
	table := sentences(lang)
	s, ok := table[key]
	if n, has := args["n"]; has {
		if p, found := table[key+"#"+plural(lang, n)]; found {
			s, ok = p, true
		} else if p, found := table[key+"#other"]; found {
			s, ok = p, true
		}
	}
	if !ok {
		if lang != Russian {
			return Format(Russian, key, args)
		}
		return key
	}
	return fill(s, args)
}

// fill puts values in the place of their names. What a value itself holds, braces too,
// stays as it is: people type names and reasons, and a file may be called anything.
func fill(s string, args map[string]any) string {
	var b strings.Builder
	for len(args) > 0 {
		from := strings.IndexByte(s, '{')
		length := strings.IndexByte(s[max(from, 0):], '}')
		if from < 0 || length < 0 {
			break
		}
		b.WriteString(s[:from])
		value, known := args[s[from+1:from+length]]
		if known {
			_, _ = fmt.Fprint(&b, value) // a builder takes everything
			s = s[from+length+1:]
			continue
		}
		b.WriteByte('{')
		s = s[from+1:]
	}
	return b.String() + s
}

// plural chooses the form by the rules of Unicode CLDR for cardinal integers.
func plural(lang Lang, n any) string {
	var v int64
	switch n := n.(type) {
	case int:
		v = int64(n)
	case int64:
		v = n
	case uint64:
		v = int64(n)
	default:
		return "other"
	}
	if v < 0 {
		v = -v
	}
	if lang != Russian {
		if v == 1 {
			return "one"
		}
		return "other"
	}
	switch {
	case v%10 == 1 && v%100 != 11:
		return "one"
	case v%10 >= 2 && v%10 <= 4 && (v%100 < 12 || v%100 > 14):
		return "few"
	}
	return "many"
}
