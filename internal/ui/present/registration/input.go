package registration

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
)

// Input is what stands in the fields, as it was typed.
type Input struct {
	Values map[string]string `json:"values"`
	Lists  map[string][]Row  `json:"lists"`
}

// Row is a line of a list.
type Row struct {
	ID     clinic.ID         `json:"id,omitzero"` // of the stored row; zero for a new one
	Values map[string]string `json:"values"`
}

func (in Input) clone() Input {
	out := Input{Values: maps.Clone(in.Values), Lists: map[string][]Row{}}
	for name, rows := range in.Lists {
		for _, r := range rows {
			out.Lists[name] = append(out.Lists[name], Row{r.ID, maps.Clone(r.Values)})
		}
	}
	return out
}

// blank is the form in which nothing was typed.
func (f *Form) blank() Input {
	in := Input{Values: map[string]string{}, Lists: map[string][]Row{}}
	for _, name := range opened {
		in.Lists[name] = []Row{f.row(name)}
	}
	return in
}

// row is a new line of a list, with what is usual already chosen.
func (f *Form) row(list string) Row {
	values := map[string]string{}
	switch list {
	case "contacts":
		values["kind"] = "phone"
	case "addresses":
		values["use"] = "residence"
		if len(f.in.Lists[list]) == 1 {
			values["use"] = "registration"
		}
	case "documents":
		values["type"] = "passport"
		if f.s.Clinic.Country == clinic.Kazakhstan {
			values["type"] = "id_card"
		}
	case "former_names":
		values["kind"] = "former"
	case "background":
		values["kind"] = "work"
	}
	return Row{Values: values}
}

// choosers are the fields of a list that say nothing by themselves.
var choosers = map[string][]string{
	"contacts": {"kind", "use"}, "addresses": {"use", "country"}, "documents": {"type"}, "representatives": {"relation"},
	"former_names": {"kind"}, "background": {"kind"},
}

func (f *Form) isBlank(list string, r Row) bool {
	for name, text := range r.Values {
		if text != "" && !slices.Contains(choosers[list], name) {
			return false
		}
	}
	return true
}

// read puts a card into fields.
func (f *Form) read(p clinic.Patient) (Input, error) {
	raw, err := object(p)
	if err != nil {
		return Input{}, err
	}
	in := Input{Values: map[string]string{}, Lists: map[string][]Row{}}
	for _, sec := range f.specs {
		for _, s := range sec.fields {
			in.Values[s.name] = f.shown("", s, raw[s.name])
		}
		lines, _ := raw[sec.list].([]any)
		for _, line := range lines {
			o, _ := line.(map[string]any)
			in.Lists[sec.list] = append(in.Lists[sec.list], f.rowOf(sec, o))
		}
	}
	return in, nil
}

func (f *Form) rowOf(sec sectionSpec, o map[string]any) Row {
	r := Row{Values: map[string]string{}}
	if text, ok := o["id"].(string); ok {
		r.ID, _ = clinic.ParseID(text)
	}
	for _, s := range sec.line {
		r.Values[s.name] = f.shown(sec.list, s, o[s.name])
	}
	return r
}

// readRow puts one record of a list into a line.
func (f *Form) readRow(list string, record any) (Row, error) {
	o, err := object(record)
	if err != nil {
		return Row{}, err
	}
	for _, sec := range f.specs {
		if sec.list == list {
			return f.rowOf(sec, o), nil
		}
	}
	return Row{}, fmt.Errorf("registration: no list %s", list)
}

// object is a record as JSON has it.
func object(v any) (map[string]any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("registration: %w", err)
	}
	var out map[string]any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber() // sums are whole kopecks
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("registration: %w", err)
	}
	return out, nil
}

// shown writes a stored value as it stands in a field.
func (f *Form) shown(list string, s spec, v any) string {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		if v {
			text = "true"
		}
	}
	if text == "" || text == "0" && s.kind == Count {
		return ""
	}
	switch {
	case s.kind == Day || s.kind == Birth:
		return f.s.Words.Date(clinic.Date(text))
	case s.kind == Money:
		return kopecks(text)
	case s.name == "snils":
		return check.SNILS(text).Pretty
	case s.name == "policy":
		return check.Policy(text).Pretty
	case s.name == "citizenship" || s.name == "country":
		return f.countryWord(text)
	case list == "documents" && s.name == "series" && s.mask != "" && len(text) == 4:
		return text
	}
	return text
}

// stored reads a field into the value that is stored; ok is false where it can't be:
// then the word at the field says why.
func (f *Form) stored(s spec, text string) (v any, ok bool) {
	text = strings.TrimSpace(text)
	switch s.kind {
	case Tick:
		return text == "true", true
	case Birth:
		iso, err := check.ParseBirthDate(text, f.today())
		return iso, err == nil
	case Day:
		iso, err := check.ParseDate(text)
		return iso, err == nil
	case Count:
		n, ok := count(text)
		return n, ok
	case Money:
		n, ok := sum(text)
		return n, ok
	case Clock:
		t, ok := clock(text)
		return t, ok
	case Card:
		if text == "" {
			return nil, true
		}
		return text, true
	}
	if s.name == "citizenship" || s.name == "country" {
		return f.countryCode(text), true
	}
	return text, true
}

// apply writes into a card what was changed in the form since it was opened; numbers
// says which line of the form each line of the result came from.
func (f *Form) apply(to clinic.Patient) (p clinic.Patient, numbers map[string][]int, err error) {
	raw, err := object(to)
	if err != nil {
		return p, nil, err
	}
	numbers = map[string][]int{}
	for _, sec := range f.specs {
		for _, s := range sec.fields {
			if err := f.change(raw, s, f.base.Values[s.name], f.in.Values[s.name], s.name); err != nil {
				return p, nil, err
			}
		}
		if sec.list != "" {
			if err := f.applyList(raw, sec, numbers); err != nil {
				return p, nil, err
			}
		}
	}
	b, err := json.Marshal(raw)
	if err != nil {
		return p, nil, fmt.Errorf("registration: %w", err)
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, nil, fmt.Errorf("registration: %w", err)
	}
	return p, numbers, nil
}

// change writes one field if it was changed.
func (f *Form) change(raw map[string]any, s spec, was, is, path string) error {
	if was == is {
		return nil
	}
	v, ok := f.stored(s, is)
	if !ok {
		return fault.At(path, f.unreadable(s))
	}
	if v == nil {
		delete(raw, s.name)
		return nil
	}
	raw[s.name] = v
	return nil
}

// currency is the one of the clinic's country.
func (f *Form) currency() string {
	if f.s.Clinic.Country == clinic.Kazakhstan {
		return "KZT"
	}
	return "RUB"
}

// applyList makes the lines of a list: those of the form in their order, then those
// that somebody else has added meanwhile. A line that somebody else has taken out
// stays out, unless it was changed here: then it is written anew.
func (f *Form) applyList(raw map[string]any, sec sectionSpec, numbers map[string][]int) error {
	there := map[string]map[string]any{}
	lines, _ := raw[sec.list].([]any)
	for _, line := range lines {
		if o, ok := line.(map[string]any); ok {
			there[fmt.Sprint(o["id"])] = o
		}
	}
	before := map[clinic.ID]Row{}
	for _, r := range f.base.Lists[sec.list] {
		if !r.ID.IsZero() {
			before[r.ID] = r
		}
	}
	var out []any
	for i, r := range f.in.Lists[sec.list] {
		if f.isBlank(sec.list, r) {
			continue
		}
		old, known := before[r.ID]
		o := there[r.ID.String()]
		delete(there, r.ID.String())
		if o == nil {
			if known && maps.Equal(old.Values, r.Values) {
				continue
			}
			o, old = map[string]any{}, Row{}
		}
		for _, s := range sec.line {
			path := at(sec.list, i, s.name)
			if err := f.change(o, f.turned(sec.list, path, s), old.Values[s.name], r.Values[s.name], path); err != nil {
				return err
			}
		}
		if o["amount"] != nil && fmt.Sprint(o["currency"]) == fmt.Sprint(nil) {
			o["currency"] = f.currency()
		}
		out = append(out, o)
		numbers[sec.list] = append(numbers[sec.list], i)
	}
	for _, line := range lines {
		o, _ := line.(map[string]any)
		id, _ := clinic.ParseID(fmt.Sprint(o["id"]))
		if _, was := before[id]; !was && there[fmt.Sprint(o["id"])] != nil {
			out = append(out, o)
		}
	}
	raw[sec.list] = out
	return nil
}
