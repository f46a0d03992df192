package setup

import (
	"encoding/json"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present"
)

// Kind of a field: how it is typed.
type Kind uint8

// The kinds.
const (
	Line   Kind = iota // text of one line
	Note               // text of several lines
	Day                // a date, typed as digits
	Clock              // a time of day, typed as digits
	Number             // whole
	Money              // with kopecks or tiyn
	Pick               // one of a long list
	One                // one of a few
	Many               // several of a few, joined by commas
	Tick               // "1" for yes
	Secret             // a password
	Phone
	Shown // can be read only
)

// Option is an answer of Pick, One and Many.
type Option struct{ Value, Word string }

// Field of a form.
type Field struct {
	Key      string // as services name it at fault
	Label    string
	Hint     string
	Kind     Kind
	Value    string
	Options  []Option
	Offers   []string // suggested while a Line is typed
	Required bool
	Half     bool   // takes half a line; the next Half stands beside it
	Fault    string // what is wrong with it
	Warning  string // what looks odd
}

// Form is what is filled in to add or change a line.
type Form struct {
	Section string
	ID      clinic.ID // of what is changed; zero for a new one
	Title   string
	Fields  []*Field
	Notice  string // what is to be known before one begins
	was     any    // what is changed, as it was when the form was made
	Fault   string // what is wrong with none of the fields
}

// Field gives the field of a key; it must be there.
func (f *Form) Field(key string) *Field {
	for _, x := range f.Fields {
		if x.Key == key {
			return x
		}
	}
	return &Field{Key: key} // one that was left out of this form
}

// Get reads a field without blanks round it.
func (f *Form) Get(key string) string { return strings.TrimSpace(f.Field(key).Value) }

// List reads a field of several answers.
func (f *Form) List(key string) []string {
	if f.Get(key) == "" {
		return nil
	}
	return strings.Split(f.Get(key), ",")
}

// Has reports whether an answer is taken.
func (x *Field) Has(value string) bool {
	return x.Value == value && value != "" || x.Kind == Many && slices.Contains(strings.Split(x.Value, ","), value)
}

// Toggle takes an answer or gives it back; of One the last stays taken.
func (x *Field) Toggle(value string) {
	if x.Kind != Many {
		x.Value = value
		return
	}
	var taken []string
	for _, o := range x.Options {
		if x.Has(o.Value) != (o.Value == value) {
			taken = append(taken, o.Value)
		}
	}
	x.Value = strings.Join(taken, ",")
}

// Offer lists what is suggested for what was typed: all where nothing is.
func (x *Field) Offer(text string) []string {
	var out []string
	for _, o := range x.Offers {
		if strings.Contains(fold.Text(o), fold.Text(text)) && o != text {
			out = append(out, o)
		}
	}
	return out
}

// Copy is a form that nobody types into while it is saved.
func (f *Form) Copy() *Form {
	out := *f
	out.Fields = make([]*Field, len(f.Fields))
	for i, x := range f.Fields {
		v := *x
		out.Fields[i] = &v
	}
	return &out
}

// Clear takes what was said about the fields away.
func (f *Form) Clear() {
	f.Fault = ""
	for _, x := range f.Fields {
		x.Fault, x.Warning = "", ""
	}
}

// Blame puts an error to its field, or to the form where it belongs to none.
func (f *Form) Blame(w present.Words, err error) {
	f.Clear()
	if err == nil {
		return
	}
	at := present.At(err)
	for _, x := range f.Fields {
		if at != "" && x.Key == at {
			x.Fault = w.Fault(err)
			return
		}
	}
	f.Fault = w.Fault(err)
}

// draft is a form as it is kept while it is being filled in.
type draft struct {
	Section string            `json:"section"`
	ID      clinic.ID         `json:"id,omitzero"`
	Values  map[string]string `json:"values"`
}

// Draft writes what was typed; passwords are not among it.
func (f *Form) Draft() string {
	d := draft{f.Section, f.ID, map[string]string{}}
	for _, x := range f.Fields {
		if x.Kind != Secret && x.Kind != Shown {
			d.Values[x.Key] = x.Value
		}
	}
	b, err := json.Marshal(d)
	if err != nil {
		return "" // strings only: it can't fail
	}
	return string(b)
}

// DraftOf says which form a draft was of; ok is false where it can't be read.
func DraftOf(body string) (section string, id clinic.ID, ok bool) {
	var d draft
	err := json.Unmarshal([]byte(body), &d)
	return d.Section, d.ID, err == nil && d.Section != ""
}

// Restore puts a draft's values into the form, if it was of this one.
func (f *Form) Restore(body string) bool {
	var d draft
	if json.Unmarshal([]byte(body), &d) != nil || d.Section != f.Section || d.ID != f.ID {
		return false
	}
	for _, x := range f.Fields {
		if v, ok := d.Values[x.Key]; ok && x.Kind != Secret && x.Kind != Shown {
			x.Value = v
		}
	}
	return true
}
