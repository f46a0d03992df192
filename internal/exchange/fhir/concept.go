package fhir

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// icd10 are the names under which the WHO's ICD-10 and Russia's table of it
// travel in FHIR. National modifications (icd-10-cm, -gm) are other tables and
// keep their own names.
var icd10 = map[string]bool{
	"http://hl7.org/fhir/sid/icd-10":    true,
	"urn:oid:2.16.840.1.113883.6.3":     true,
	"urn:oid:1.2.643.5.1.13.13.11.1005": true,
}

const (
	atc    = "http://www.whocc.no/atc"
	ucum   = "http://unitsofmeasure.org"
	absent = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
	snomed = "http://snomed.info/sct"
)

// nothing are the codes that say "none is known": statements, not findings.
var nothing = map[string]bool{
	"716186003": true, // no known allergy
	"409137002": true, // no known drug allergy
	"429625007": true, // no known food allergy
	"428607008": true, // no known environmental allergy
	"160245001": true, // no current problems or disability
}

// negative reports whether the concept says that there is nothing.
func (c *concept) negative() bool {
	for _, k := range c.Coding {
		if k.System == absent || (k.System == snomed && nothing[k.Code]) {
			return true
		}
	}
	return false
}

// words is what a person reads: the text, else the first wording of a code,
// else a code.
func (c *concept) words() string {
	if c == nil {
		return ""
	}
	if text := strings.TrimSpace(c.Text); text != "" {
		return text
	}
	for _, k := range c.Coding {
		if text := strings.TrimSpace(k.Display); text != "" {
			return text
		}
	}
	for _, k := range c.Coding {
		if k.Code != "" {
			return k.Code
		}
	}
	return ""
}

// pick chooses one coding: of the preferred system, else the one that a person
// chose, else the first that has a code.
func (c *concept) pick(prefer func(system string) bool) coding {
	by := []func(coding) bool{
		func(k coding) bool { return prefer != nil && prefer(k.System) },
		func(k coding) bool { return k.UserSelected },
		func(k coding) bool { return true },
	}
	for _, wanted := range by {
		for _, k := range c.Coding {
			if k.Code != "" && wanted(k) {
				return k
			}
		}
	}
	return coding{}
}

// coded gives the coding, and the text where it says something else.
func (c *concept) coded(prefer func(system string) bool) (clinic.Coding, string) {
	k := c.pick(prefer)
	out := clinic.Coding{
		System: k.System, Code: k.Code, Version: k.Version,
		Name: strings.TrimSpace(k.Display),
	}
	if icd10[k.System] {
		out.System = clinic.ICD10
	}
	text := strings.TrimSpace(c.Text)
	if out.Name == "" {
		out.Name, text = c.words(), ""
	}
	if text == out.Name {
		text = ""
	}
	return out, text
}

// status gives the code of a status element; those have one code system each.
func (c *concept) status() string {
	for _, k := range c.Coding {
		if k.Code != "" {
			return k.Code
		}
	}
	return ""
}

func anyCode(list []concept, codes ...string) bool {
	for i := range list {
		for _, k := range list[i].Coding {
			if slices.Contains(codes, k.Code) {
				return true
			}
		}
	}
	return false
}

func allWords(list []concept) []string {
	out := make([]string, 0, len(list))
	for i := range list {
		out = append(out, list[i].words())
	}
	return out
}

func noteWords(list []annotation) []string {
	out := make([]string, 0, len(list))
	for _, note := range list {
		out = append(out, note.Text)
	}
	return out
}

// joined puts words together, leaving out empty and repeated ones.
func joined(sep string, words ...string) string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, sep)
}

// filled counts what an element holds: the items of a list, one for anything
// else that isn't empty.
func filled(raw json.RawMessage) int {
	raw = bytes.TrimSpace(raw)
	switch string(raw) {
	case "", "null", `""`, "{}", "[]":
		return 0
	}
	if raw[0] != '[' {
		return 1
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return 1
	}
	return len(items)
}
