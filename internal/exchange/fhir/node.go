package fhir

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// node is a resource of the file that is mapped or looked up.
type node struct {
	file    string
	entry   int
	line    int
	kind    string
	id      string // as the file has it, may be empty
	fullURL string
	updated string // meta.lastUpdated
	raw     json.RawMessage

	key       key // who it is; set when all files are read
	dead      bool
	used      bool // a contained resource that was looked up
	contained map[string]*node
}

// mapped are the types that become records; lending are those that only give a
// name to them, and are counted as skipped all the same.
var (
	mapped = map[string]bool{
		"Patient": true, "Encounter": true, "Condition": true, "Observation": true,
		"MedicationRequest": true, "AllergyIntolerance": true,
	}
	lending = map[string]bool{
		"Practitioner": true, "PractitionerRole": true, "Organization": true,
		"Medication": true,
	}
)

// take files a resource away. What is neither mapped nor lending is let go at
// once, so that a file of claims needs no memory.
func (r *Reader) take(raw json.RawMessage, n *node) {
	var head struct {
		Kind string          `json:"resourceType"`
		ID   json.RawMessage `json:"id"`
		Meta json.RawMessage `json:"meta"`
	}
	err := json.Unmarshal(raw, &head)
	n.kind = typeOf(head.Kind)
	count(r.book.seen, n.kind, 1, true)
	if err != nil || head.Kind == "" {
		r.book.refuse(n, "fhir.warn.unreadable")
		return
	}
	if !mapped[n.kind] && !lending[n.kind] {
		r.book.skip(n.kind)
		return
	}
	var meta struct {
		LastUpdated string `json:"lastUpdated"`
	}
	if len(head.ID) > 0 && json.Unmarshal(head.ID, &n.id) != nil {
		r.book.refuse(n, "fhir.warn.unreadable")
		return
	}
	_ = json.Unmarshal(head.Meta, &meta) // none, or one that tells no time
	n.id, n.fullURL = printable(n.id), printable(n.fullURL)
	n.updated, n.raw = meta.LastUpdated, clean(raw)
	r.nodes = append(r.nodes, n)
}

// clean takes out of JSON what no database, paper or spreadsheet can hold:
// control characters written as escapes, and bytes that are no UTF-8.
func clean(raw json.RawMessage) json.RawMessage {
	raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	if !bytes.Contains(raw, []byte(`\u00`)) && !bytes.Contains(raw, []byte(`\b`)) &&
		!bytes.Contains(raw, []byte(`\f`)) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		skip, keep := escape(raw[i:])
		if keep {
			out = append(out, raw[i:i+skip]...)
		}
		i += skip - 1
	}
	return out
}

// printable does to an address or an id what clean does to a resource.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// escape gives the length of the escape sequence that s begins with, and
// whether it stands for a character worth keeping.
func escape(s []byte) (length int, keep bool) {
	if s[1] == 'b' || s[1] == 'f' {
		return 2, false
	}
	if s[1] != 'u' {
		return 2, true
	}
	switch hex := strings.ToLower(string(s[2:6])); {
	case hex == "0009", hex == "000a", hex == "000d":
		return 6, true
	default:
		return 6, hex > "001f" && hex != "007f"
	}
}

// compact gives JSON without the space between its tokens, otherwise untouched.
func compact(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, raw); err != nil {
		return ""
	}
	return buf.String()
}

// original keeps the named elements of a resource as they stood, as one object
// in the order of the names; empty when none is there.
func original(fields map[string]json.RawMessage, names ...string) string {
	var buf strings.Builder
	for _, name := range names {
		text := compact(fields[name])
		if text == "" {
			continue
		}
		if buf.Len() > 0 {
			buf.WriteByte(',')
		}
		buf.WriteString(`"` + name + `":` + text)
	}
	if buf.Len() == 0 {
		return ""
	}
	return "{" + buf.String() + "}"
}
