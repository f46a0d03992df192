package templates

import (
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/ui/present/protocolform"
	"feldsher/translations"
)

// FieldView is a line of the list of fields.
type FieldView struct {
	Label    string
	Detail   string // type, unit, required
	Fault    string // what is wrong with it
	Heading  bool
	Required bool
}

// Len is how many fields there are.
func (e *Editor) Len() int { return len(e.t.Fields) }

// Field is a line of the list.
func (e *Editor) Field(i int) FieldView {
	f := &e.t.Fields[i]
	v := FieldView{Label: f.Label, Heading: f.Type == "heading", Required: f.Required, Fault: e.fieldFault(i)}
	if v.Label == "" {
		v.Label = e.s.T("templates_field_unnamed")
	}
	parts := []string{e.s.Words.Code("templates_type", f.Type)}
	if f.Unit != "" {
		parts = append(parts, f.Unit)
	}
	if n := len(f.Choices); n > 0 {
		parts = append(parts, e.s.T("templates_options_count", "n", n))
	}
	if f.Required {
		parts = append(parts, e.s.T("templates_required_short"))
	}
	v.Detail = strings.Join(parts, " · ")
	return v
}

func place1(i int, name string) string { return fmt.Sprintf("fields[%d].%s", i, name) }

// fieldFault is the first thing that is wrong with a field.
func (e *Editor) fieldFault(i int) string {
	for _, name := range []string{"label", "key", "type", "unit", "min", "max", "choices", "default"} {
		if f := e.faults[place1(i, name)]; f != nil {
			return e.s.Words.Fault(f)
		}
	}
	return ""
}

// At is the field at hand; -1 where there is none.
func (e *Editor) At() int {
	if len(e.t.Fields) == 0 {
		return -1
	}
	return e.at
}

// Choose takes a field at hand.
func (e *Editor) Choose(i int) { e.at = min(max(i, 0), max(len(e.t.Fields)-1, 0)) }

// Current is the field at hand; the zero one where there is none.
func (e *Editor) Current() clinic.Field {
	if e.At() < 0 {
		return clinic.Field{}
	}
	return e.t.Fields[e.at]
}

// set changes the field at hand.
func (e *Editor) set(tag string, do func(*clinic.Field)) {
	if e.At() < 0 {
		return
	}
	if tag != "" {
		tag = fmt.Sprintf("%s of %d", tag, e.at)
	}
	e.change(tag, func(t *clinic.Template) { do(&t.Fields[e.at]) })
}

// SetLabel names the field at hand. The key of a field that was never saved follows.
func (e *Editor) SetLabel(s string) {
	e.set("label", func(f *clinic.Field) {
		f.Label = s
		if !e.stored(f.Key) && !slices.Contains(builtin.Sources(), f.Key) {
			f.Key = e.freeKey(slug(s), e.at)
		}
	})
}

// stored reports whether protocols may have values under the key: it stays as it is then.
func (e *Editor) stored(key string) bool {
	return !e.fresh && slices.ContainsFunc(e.base.Fields, func(f clinic.Field) bool { return f.Key == key })
}

// SetType gives the field at hand another type; what the type has no use for stays in
// memory till the template is saved, so that a slip costs nothing.
func (e *Editor) SetType(kind string) {
	e.set("", func(f *clinic.Field) {
		f.Type = kind
		if _, err := builtin.Value(f, f.Default); err != nil {
			f.Default = ""
		}
	})
}

// SetUnit takes the unit of the field at hand.
func (e *Editor) SetUnit(s string) { e.set("unit", func(f *clinic.Field) { f.Unit = s }) }

// SetRange takes the limits of a number as they are typed, with comma or point.
func (e *Editor) SetRange(low, high string) {
	e.set("range", func(f *clinic.Field) {
		f.Min, f.Max = clinic.Decimal(point(low)), clinic.Decimal(point(high))
	})
}

func point(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), ",", ".") }

// Range is the limits as people type them.
func (e *Editor) Range() (low, high string) {
	f := e.Current()
	return e.comma(string(f.Min)), e.comma(string(f.Max))
}

func (e *Editor) comma(s string) string {
	if e.s.Words.Lang == translations.English {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// SetOptions takes the options of a choice, one a line.
func (e *Editor) SetOptions(lines string) {
	e.set("options", func(f *clinic.Field) { f.Choices = strings.Split(lines, "\n") })
}

// Options are the options of the field at hand, one a line.
func (e *Editor) Options() string { return strings.Join(e.Current().Choices, "\n") }

// Answers are the options that a default can be taken from: those that are not empty, or
// yes and no.
func (e *Editor) Answers() (values, names []string) {
	f := e.Current()
	if f.Type == "bool" {
		return []string{"true", "false"}, []string{e.s.T("templates_yes"), e.s.T("templates_no")}
	}
	for _, c := range f.Choices {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(values, c) {
			values = append(values, c)
		}
	}
	return values, values
}

// SetRequired says whether a protocol can be signed without the field.
func (e *Editor) SetRequired(on bool) { e.set("", func(f *clinic.Field) { f.Required = on }) }

// SetDefault takes the text with which a new protocol begins: a number with comma or
// point, a day as digits.
func (e *Editor) SetDefault(s string) {
	e.set("default", func(f *clinic.Field) {
		switch f.Type {
		case "number":
			s = point(s)
		case "date":
			if d, ok := protocolform.Day(s); ok {
				s = string(d)
			}
		}
		f.Default = s
	})
}

// Default is the default as people type it.
func (e *Editor) Default() string {
	f := e.Current()
	switch f.Type {
	case "number":
		return e.comma(f.Default)
	case "date":
		return e.s.Words.Date(clinic.Date(f.Default))
	}
	return f.Default
}

// Chosen reports whether an answer is among the defaults; Toggle takes it or gives it back.
func (e *Editor) Chosen(value string) bool {
	return slices.Contains(strings.Split(e.Current().Default, "\n"), value)
}

// Toggle takes an answer as default or gives it back; of a multichoice several stand.
func (e *Editor) Toggle(value string) {
	on := !e.Chosen(value)
	e.set("", func(f *clinic.Field) {
		if f.Type != "multichoice" {
			f.Default = ""
			if on {
				f.Default = value
			}
			return
		}
		var out []string
		for _, c := range f.Choices {
			if c = strings.TrimSpace(c); c != "" && (c == value && on || c != value && slices.Contains(strings.Split(f.Default, "\n"), c)) {
				out = append(out, c)
			}
		}
		f.Default = strings.Join(out, "\n")
	})
}

// Source is from where the visit fills the field at hand: a place of builtin.Sources, 0
// for nowhere.
func (e *Editor) Source() int { return slices.Index(builtin.Sources(), e.Current().Key) + 1 }

// SourceNames are the places in words, the first for nowhere.
func (e *Editor) SourceNames() []string {
	out := []string{e.s.T("templates_source_none")}
	for _, key := range builtin.Sources() {
		out = append(out, e.s.T("templates_source_"+key))
	}
	return out
}

// SetSource says from where the visit fills the field at hand. A place that another field
// has goes to this one, and the other fills itself no more.
func (e *Editor) SetSource(i int) {
	if i == e.Source() || e.At() < 0 {
		return
	}
	all := builtin.Sources()
	e.change("", func(t *clinic.Template) {
		key := ""
		if i > 0 && i <= len(all) {
			key = all[i-1]
		}
		for n := range t.Fields {
			if n != e.at && key != "" && t.Fields[n].Key == key {
				t.Fields[n].Key = e.freeKey(slug(t.Fields[n].Label), n)
			}
		}
		if key == "" {
			key = e.freeKey(slug(t.Fields[e.at].Label), e.at)
		}
		t.Fields[e.at].Key = key
	})
}

// Add puts a new field below the one at hand and takes it.
func (e *Editor) Add(kind string) {
	e.change("", func(t *clinic.Template) {
		at := min(e.at+1, len(t.Fields))
		t.Fields = slices.Insert(t.Fields, at, clinic.Field{Type: kind})
		e.at = at
		t.Fields[at].Key = e.freeKey("", at)
	})
}

// Duplicate puts a copy of the field at hand below it and takes it.
func (e *Editor) Duplicate() {
	if e.At() < 0 {
		return
	}
	e.change("", func(t *clinic.Template) {
		f := t.Fields[e.at]
		f.Choices = slices.Clone(f.Choices)
		t.Fields = slices.Insert(t.Fields, e.at+1, f)
		e.at++
		t.Fields[e.at].Key = e.freeKey(slug(f.Label), e.at)
	})
}

// Remove takes the field at hand away and gives its name.
func (e *Editor) Remove() (label string) {
	if e.At() < 0 {
		return ""
	}
	label = e.Field(e.at).Label
	e.change("", func(t *clinic.Template) { t.Fields = slices.Delete(t.Fields, e.at, e.at+1) })
	e.Choose(e.at)
	return label
}

// Move shifts the field at hand up (-1) or down (1).
func (e *Editor) Move(by int) {
	to := e.at + by
	if e.At() < 0 || to < 0 || to >= len(e.t.Fields) {
		return
	}
	e.change("", func(t *clinic.Template) {
		t.Fields[e.at], t.Fields[to] = t.Fields[to], t.Fields[e.at]
	})
	e.at = to
}

// freeKey finds a key that no other field has and no source means.
func (e *Editor) freeKey(stem string, but int) string {
	taken := func(key string) bool {
		return slices.Contains(builtin.Sources(), key) ||
			slices.ContainsFunc(e.base.Fields, func(f clinic.Field) bool { return !e.fresh && f.Key == key }) ||
			func() bool {
				for i := range e.t.Fields {
					if i != but && e.t.Fields[i].Key == key {
						return true
					}
				}
				return false
			}()
	}
	if stem != "" && !taken(stem) {
		return stem
	}
	if stem == "" {
		stem = "field"
	}
	for n := 1; ; n++ {
		if key := fmt.Sprintf("%s_%d", stem, n); !taken(key) {
			return key
		}
	}
}

// slug makes a key of a label: its first words in Latin letters.
func slug(label string) string {
	var b strings.Builder
	for _, r := range fold.Text(label) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('_')
		default:
			b.WriteString(latin[r])
		}
		if b.Len() >= 24 {
			break
		}
	}
	key := strings.Trim(b.String(), "_")
	if key == "" {
		return ""
	}
	if key[0] >= '0' && key[0] <= '9' {
		key = "f_" + key
	}
	return strings.TrimRight(key[:min(len(key), 30)], "_")
}

// latin spells the letters that folding leaves.
var latin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'к': "k", 'л': "l", 'м': "m",
	'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "c", 'ч': "ch", 'ш': "sh",
	'щ': "sch", 'ы': "y", 'э': "e", 'ю': "yu", 'я': "ya",
}
