// Package protocolform is the form of a protocol's own fields: what is typed in
// each, what is wrong with it and what goes into the protocol. The page that signs
// and the workspace of a visit show the same form.
//
// It promises that nothing typed is lost: what can't be kept as the field's type
// asks (a date that is none, letters in a number) stays in its field with a word
// under it, and Typed and Restore carry it through a draft. It never stores anything
// and knows no widgets.
package protocolform

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
)

// Form is the fields of a protocol with what is typed in them. It is used from one
// goroutine.
type Form struct {
	words  present.Words
	fields []clinic.Field
	typed  map[string]string // as the user sees it
	kept   map[string]string // as the protocol has it
	faults map[string]string // words under fields
}

// New makes the form of a protocol's shape with its stored values.
func New(words present.Words, shape []clinic.Field, values map[string]string) *Form {
	f := &Form{
		words: words, fields: shape,
		typed: make(map[string]string), kept: maps.Clone(values), faults: make(map[string]string),
	}
	for i := range shape {
		f.typed[shape[i].Key] = f.shown(&shape[i], values[shape[i].Key])
	}
	return f
}

// Fields are the fields in the order of the form, headings among them.
func (f *Form) Fields() []clinic.Field { return f.fields }

// Text is what stands in a field: numbers with the comma of the language, dates as
// 21.11.2026, the choices of a multichoice a line each, "true" and "false" for yes
// and no.
func (f *Form) Text(key string) string { return f.typed[key] }

// Chosen reports whether a choice of a field is taken.
func (f *Form) Chosen(key, choice string) bool {
	return slices.Contains(strings.Split(f.typed[key], "\n"), choice)
}

// Set takes what was typed. A word about the field goes as soon as it is right; a
// new one comes only with Settle, when the field is left.
func (f *Form) Set(key, text string) {
	if f.field(key) == nil || f.typed[key] == text {
		return
	}
	f.typed[key] = text
	if f.faults[key] != "" {
		f.Settle(key)
	}
}

// Toggle takes a choice or gives it back.
func (f *Form) Toggle(key, choice string) {
	field := f.field(key)
	if field == nil {
		return
	}
	if field.Type != "multichoice" {
		if f.typed[key] == choice {
			choice = ""
		}
		f.Set(key, choice)
		return
	}
	var chosen []string
	for _, c := range field.Choices {
		if f.Chosen(key, c) != (c == choice) {
			chosen = append(chosen, c)
		}
	}
	f.Set(key, strings.Join(chosen, "\n"))
}

// Settle checks a field that is left and puts what was typed into the form in which
// people read it: 21112026 becomes 21.11.2026. It gives the text to show.
func (f *Form) Settle(key string) string {
	field := f.field(key)
	if field == nil {
		return ""
	}
	value, fault := f.value(field)
	delete(f.faults, key)
	if fault != nil {
		f.faults[key] = f.sentence(field, fault)
		return f.typed[key]
	}
	if field.Type != "text" && field.Type != "longtext" {
		f.typed[key] = f.shown(field, value)
	}
	return f.typed[key]
}

// Word is what is wrong with a field, empty where nothing is.
func (f *Form) Word(key string) string { return f.faults[key] }

// Check settles all fields and gives the keys of those that are wrong, in their
// order; a final check also asks for the required ones.
func (f *Form) Check(final bool) []string {
	var wrong []string
	for i := range f.fields {
		field := &f.fields[i]
		if field.Type == "heading" {
			continue
		}
		f.Settle(field.Key)
		if final && field.Required && strings.TrimSpace(f.typed[field.Key]) == "" {
			f.faults[field.Key] = f.words.T("fault.protocol.required")
		}
		if f.faults[field.Key] != "" {
			wrong = append(wrong, field.Key)
		}
	}
	return wrong
}

// Sound reports whether the form could be signed as it stands: a final Check would find
// nothing. It settles no field and says nothing at one.
func (f *Form) Sound() bool {
	for i := range f.fields {
		field := &f.fields[i]
		if field.Type == "heading" {
			continue
		}
		if _, fault := f.value(field); fault != nil || field.Required && strings.TrimSpace(f.typed[field.Key]) == "" {
			return false
		}
	}
	return true
}

// Fail puts an error of the records at its field ("fields.weight"); false where it
// belongs to none of them.
func (f *Form) Fail(err error) (key string, ok bool) {
	var e *fault.Error
	if !errors.As(err, &e) {
		return "", false
	}
	key, ok = strings.CutPrefix(e.Field, "fields.")
	if field := f.field(key); ok && field != nil {
		f.faults[key] = f.sentence(field, e)
		return key, true
	}
	return "", false
}

// Missing counts the required fields that are empty.
func (f *Form) Missing() (n int) {
	for i := range f.fields {
		if f.fields[i].Required && strings.TrimSpace(f.typed[f.fields[i].Key]) == "" {
			n++
		}
	}
	return n
}

// Values are what the protocol is to have, for records.EditProtocol: every key, the
// empty ones too, so that what was taken out goes. A field that is wrong keeps what
// the protocol had.
func (f *Form) Values() map[string]string {
	out := make(map[string]string, len(f.fields))
	for i := range f.fields {
		field := &f.fields[i]
		if field.Type == "heading" {
			continue
		}
		value, wrong := f.value(field)
		if wrong != nil {
			value = f.kept[field.Key]
		}
		out[field.Key] = value
	}
	return out
}

// Changed reports whether anything differs from what the protocol has.
func (f *Form) Changed() bool {
	for i := range f.fields {
		field := &f.fields[i]
		if field.Type == "heading" {
			continue
		}
		if value, wrong := f.value(field); wrong != nil || value != f.kept[field.Key] {
			return true
		}
	}
	return false
}

// Saved tells the form what the protocol has now.
func (f *Form) Saved(values map[string]string) { f.kept = maps.Clone(values) }

// Typed is everything as it was typed, for a draft; Restore puts it back.
func (f *Form) Typed() map[string]string { return maps.Clone(f.typed) }

// Restore puts back what Typed gave. Keys that the form does not have are left out.
func (f *Form) Restore(typed map[string]string) {
	for key, text := range typed {
		if f.field(key) == nil || f.typed[key] == text {
			continue
		}
		f.Set(key, text)
		f.Settle(key)
	}
}

func (f *Form) field(key string) *clinic.Field {
	for i := range f.fields {
		if f.fields[i].Key == key && f.fields[i].Type != "heading" {
			return &f.fields[i]
		}
	}
	return nil
}
