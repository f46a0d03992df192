package fhir

import (
	"encoding/json"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// looking are the kinds of observations by HL7's categories; examination is the
// rest.
var looking = map[string]string{
	"vital-signs": "vital", "laboratory": "laboratory",
	"survey": "survey", "social-history": "survey",
	"exam": "examination", "imaging": "examination", "procedure": "examination",
	"therapy": "examination", "activity": "examination",
}

// kept are the elements of a result that Observation.Original holds as they
// stood: all that says what was measured, how, and what came of it.
var kept = []string{
	"status", "code", "bodySite", "method",
	"valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
	"valueRange", "valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
	"dataAbsentReason", "interpretation", "referenceRange",
}

// observation makes a record of the result, and one of each component, which
// names the first as its panel.
func (b *builder) observation(n *node) {
	in, fields, ok := decode[observation](b, n)
	if !ok {
		return
	}
	if in.Status == "entered-in-error" || in.Status == "cancelled" {
		b.book.refuse(n, "fhir.warn.status_refused", "status", in.Status)
		return
	}
	parts, ok := components(in)
	if !ok {
		b.book.refuse(n, "fhir.warn.unreadable")
		return
	}
	c, v, ok := b.place(n, in.Subject, in.Encounter)
	if !ok {
		return
	}
	r := b.record(n)
	o := &clinic.Observation{
		Record: clinic.Record{ID: r.id}, Source: r.source,
		Patient: c.patient.ID, Visit: v.ID, Kind: observationKind(in.Category),
		Taken: b.taken(n, in), Original: original(fields, kept...),
	}
	b.fill(n, o, &in.Code, &in.value, noteWords(in.Note))
	v.looks = append(v.looks, o)
	b.looks[n] = o
	for i, p := range parts {
		part := &clinic.Observation{
			Record: clinic.Record{ID: n.key.part("component", i)},
			Source: clinic.Source{System: r.source.System, Code: r.source.Code + "#" + strconv.Itoa(i+1)},
			Panel:  o.ID, Patient: o.Patient, Visit: o.Visit, Kind: o.Kind, Taken: o.Taken,
			Original: original(p.fields, kept...),
		}
		b.fill(n, part, &p.Code, &p.value, nil)
		v.looks = append(v.looks, part)
	}
	b.rest(n, fields, append([]string{
		"category", "subject", "encounter", "effectiveDateTime", "effectivePeriod",
		"effectiveInstant", "issued", "note", "hasMember", "component",
	}, kept...)...)
}

// isPart reports whether the record is a component, which has no resource of
// its own.
func isPart(o *clinic.Observation) bool {
	return !o.Panel.IsZero() && strings.Contains(o.Source.Code, "#")
}

type partOf struct {
	component
	fields map[string]json.RawMessage
}

func components(in *observation) ([]partOf, bool) {
	parts := make([]partOf, len(in.Component))
	for i, raw := range in.Component {
		if json.Unmarshal(raw, &parts[i].component) != nil || json.Unmarshal(raw, &parts[i].fields) != nil {
			return nil, false
		}
	}
	return parts, true
}

func observationKind(categories []concept) string {
	for _, c := range categories {
		for _, k := range c.Coding {
			if kind := looking[k.Code]; kind != "" {
				return kind
			}
		}
	}
	return "examination"
}

// taken is when the measured thing was so; when the result was issued is second
// best.
func (b *builder) taken(n *node, in *observation) clinic.Time {
	if in.EffectivePeriod.End != "" && in.EffectivePeriod.End != in.EffectivePeriod.Start {
		b.book.element("Observation.effectivePeriod.end", 1)
	}
	for _, s := range []string{in.EffectiveTime, in.EffectiveInstant, in.EffectivePeriod.Start, in.Issued} {
		if s != "" {
			return b.moment(n, "effective", s)
		}
	}
	b.book.warn(n, "fhir.warn.no_time")
	return 0
}

// panel binds whole observations to the one that lists them as its members.
func (b *builder) panel(n *node) {
	in, _, ok := decode[observation](b, n)
	if !ok {
		return
	}
	o := b.looks[n]
	for i := range in.HasMember {
		member := b.looks[b.index.find(n, &in.HasMember[i])]
		if member == nil || member == o || member.Patient != o.Patient ||
			!member.Panel.IsZero() || o.Panel == member.ID {
			b.book.element("Observation.hasMember", 1)
			continue
		}
		member.Panel = o.ID
	}
}
