package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"feldsher/internal/fault"
)

// maxInput is the most that a command reads from standard input.
const maxInput = 16 << 20

// readInput takes standard input whole and refuses what no command can use: too
// much, nothing, or bytes that are no UTF-8 (the decoder would put question marks
// in place of the letters, in silence). The mark that Windows writes before UTF-8
// is passed over.
func (s *session) readInput() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(s.stdin, maxInput+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "fault.input.read")
	}
	if len(b) > maxInput {
		return nil, fault.New(fault.Invalid, "fault.input.large", "limit", maxInput>>20)
	}
	if !utf8.Valid(b) {
		return nil, fault.New(fault.Invalid, "fault.field.encoding")
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, fault.New(fault.Invalid, "fault.input.empty")
	}
	return b, nil
}

// readJSON reads one JSON object from standard input into v. Unknown fields are
// refused by name: a misspelt one would be lost in silence.
func (s *session) readJSON(v any) error {
	b, err := s.readInput()
	if err != nil {
		return err
	}
	if err := checkNames(b); err != nil {
		return err
	}
	return decodeStrict(b, v)
}

// readPatch reads a JSON object of changes; the record's id comes from the
// argument or from the object.
func (s *session) readPatch(arg string) (patch map[string]json.RawMessage, id string, err error) {
	b, err := s.readInput()
	if err != nil {
		return nil, "", err
	}
	if err := checkNames(b); err != nil {
		return nil, "", err
	}
	if err := decodeStrict(b, &patch); err != nil {
		return nil, "", err
	}
	if arg != "" {
		return patch, arg, nil
	}
	if raw, ok := patch["id"]; ok && json.Unmarshal(raw, &id) != nil {
		return nil, "", fault.At("id", "fault.field.id")
	}
	if id == "" {
		return nil, "", fault.At("id", "fault.field.empty")
	}
	return patch, id, nil
}

// merge overlays a JSON object on a stored record: fields it names replace the
// stored ones, lists whole (RFC 7396, but for null, which empties a field).
func merge[T any](stored T, patch map[string]json.RawMessage) (T, error) {
	base, err := json.Marshal(stored)
	if err != nil {
		return stored, err
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(base, &whole); err != nil {
		return stored, err
	}
	for k, v := range patch {
		if k == "id" || k == "warnings" {
			continue // which record it is, and what was said of it: nothing to store
		}
		if string(v) == "null" {
			delete(whole, k)
			continue
		}
		whole[k] = v
	}
	joined, err := json.Marshal(whole)
	if err != nil {
		return stored, err
	}
	var out T
	err = decodeStrict(joined, &out)
	return out, err
}

// decodeStrict reads one JSON object and nothing after it.
func decodeStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return locate(b, reflect.TypeOf(v).Elem(), inputFault(err, len(b)))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "fault.input.more")
	}
	return nil
}

// level is an object or a list of the input that is not closed yet.
type level struct {
	names map[string]bool // of an object; nil for a list
	free  bool            // its names are a template's, not ours
}

// checkNames looks at what the decoder would take without a word: a name that
// stands twice in an object or differs from a field's in upper and lower case
// only (of two such, one would be lost), and text with half a surrogate pair.
func checkNames(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var open []level
	name, isName := "", false // the last name; whether the next token is one
	for {
		t, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // the end, or a fault that the decoder words
		}
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, level{names: map[string]bool{}, free: name == "fields"})
			case '[':
				open = append(open, level{})
			default:
				open = open[:len(open)-1]
			}
		case string:
			if strings.ContainsRune(t, utf8.RuneError) {
				return fault.New(fault.Invalid, "fault.field.encoding")
			}
			if isName {
				if err := open[len(open)-1].add(t); err != nil {
					return err
				}
				name, isName = t, false
				continue
			}
		}
		isName = len(open) > 0 && open[len(open)-1].names != nil
	}
}

// add notes a name of the object.
func (l level) add(name string) error {
	if l.names[name] {
		return fault.At(name, "fault.input.twice")
	}
	if !l.free && strings.ToLower(name) != name {
		return fault.At(name, "fault.input.unknown")
	}
	l.names[name] = true
	return nil
}

// inputFault says in which way JSON goes wrong, without repeating what stands
// there.
func inputFault(err error, size int) *fault.Error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fault.New(fault.Invalid, "fault.input.syntax", "offset", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "fault.input.syntax", "offset", size)
	case errors.As(err, &kind):
		return fault.New(fault.Invalid, "fault.input.type", "want", jsonType(kind.Type))
	case strings.Contains(err.Error(), "unknown field "):
		return fault.New(fault.Invalid, "fault.input.unknown")
	}
	return fault.New(fault.Invalid, "fault.input.value")
}

// jsonType names what JSON calls a Go type.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		if t.PkgPath() == "" {
			return "number"
		}
		return "string" // a type of its own with a textual form: an instant
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "string"
}

// locate finds the place of a fault, of which the decoder gives the last name or
// nothing: it decodes ever smaller pieces alone, and blames the smallest that is
// refused.
func locate(b []byte, t reflect.Type, f *fault.Error) error {
	if f.Key == "fault.input.syntax" {
		return f
	}
	found, path := narrow(b, f, func(piece []byte) *fault.Error {
		d := json.NewDecoder(bytes.NewReader(piece))
		d.DisallowUnknownFields()
		if err := d.Decode(reflect.New(t).Interface()); err != nil {
			return inputFault(err, len(piece))
		}
		return nil
	})
	found.Field = strings.TrimPrefix(path, ".")
	return found
}

// narrow goes into a refused value; try decodes another one in its place.
func narrow(value []byte, f *fault.Error, try func([]byte) *fault.Error) (*fault.Error, string) {
	var list []json.RawMessage
	var members map[string]json.RawMessage
	switch {
	case json.Unmarshal(value, &list) == nil && list != nil && try([]byte("[]")) == nil:
		for i, element := range list {
			inside := func(v []byte) *fault.Error { return try(slices.Concat([]byte("["), v, []byte("]"))) }
			if g := inside(element); g != nil {
				g, path := narrow(element, g, inside)
				return g, fmt.Sprintf("[%d]%s", i, path)
			}
		}
	case json.Unmarshal(value, &members) == nil && members != nil && try([]byte("{}")) == nil:
		for _, name := range slices.Sorted(maps.Keys(members)) {
			key, err := json.Marshal(name)
			if err != nil {
				return f, ""
			}
			inside := func(v []byte) *fault.Error { return try(slices.Concat([]byte("{"), key, []byte(":"), v, []byte("}"))) }
			if g := inside(members[name]); g != nil {
				g, path := narrow(members[name], g, inside)
				return g, "." + name + path
			}
		}
	}
	return f, ""
}
