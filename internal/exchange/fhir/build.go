package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// builder turns the nodes into entities, type by type, so that whatever is
// named by others is there before them.
type builder struct {
	ctx    context.Context
	lang   translations.Lang
	reader *Reader
	book   *book
	index  *index

	order  []*chart
	charts map[*node]*chart
	visits map[*node]*visit
	stated map[*node]statement           // what an encounter says of its conditions
	looks  map[*node]*clinic.Observation // for panels made of whole observations
}

// chart and visit are under construction; pointers stay good while they grow.
type chart struct {
	patient   clinic.Patient
	visits    []*visit
	problems  []clinic.Problem
	allergies []clinic.Allergy
	loose     visit
}

type visit struct {
	clinic.Visit
	chart *chart
	looks []*clinic.Observation
}

func newBuilder(ctx context.Context, r *Reader) *builder {
	return &builder{
		ctx: ctx, lang: r.o.Lang, reader: r, book: r.book,
		charts: map[*node]*chart{}, visits: map[*node]*visit{},
		stated: map[*node]statement{}, looks: map[*node]*clinic.Observation{},
	}
}

func (b *builder) build() error {
	b.reader.identify()
	b.index = newIndex(b.reader.nodes, b.book)
	steps := []struct {
		kind string
		do   func(*node)
	}{
		{"Patient", b.patient},
		{"Encounter", b.encounter},
		{"Condition", b.condition},
		{"Observation", b.observation},
		{"MedicationRequest", b.medicationRequest},
		{"AllergyIntolerance", b.allergy},
	}
	for _, step := range steps {
		for i, n := range b.reader.nodes {
			if i%1000 == 0 && b.ctx.Err() != nil {
				return b.ctx.Err()
			}
			if n.kind == step.kind && !n.dead {
				step.do(n)
			}
		}
	}
	for _, n := range b.reader.nodes {
		if b.looks[n] != nil && bytes.Contains(n.raw, []byte(`"hasMember"`)) {
			b.panel(n)
		}
	}
	b.leftovers()
	return nil
}

// content closes the construction.
func (b *builder) content() *Content {
	c := &Content{
		Patients: make([]Chart, 0, len(b.order)),
		Seen:     b.book.seen, Skipped: b.book.skipped, Elements: b.book.elements,
		Warnings: b.book.warnings, Warned: b.book.warned,
	}
	for _, from := range b.order {
		to := Chart{
			Patient: from.patient, Problems: from.problems, Allergies: from.allergies,
			Loose: Loose{
				Diagnoses:     from.loose.Diagnoses,
				Observations:  from.loose.observations(),
				Prescriptions: from.loose.Prescriptions,
			},
		}
		for _, v := range from.visits {
			v.Observations = v.observations()
			to.Visits = append(to.Visits, v.Visit)
		}
		c.Patients = append(c.Patients, to)
	}
	return c
}

func (v *visit) observations() []clinic.Observation {
	var out []clinic.Observation
	for _, o := range v.looks {
		out = append(out, *o)
	}
	return out
}

// decode reads a resource into its struct and its fields. A resource that says
// "you must understand this to read me" in a way not known here is refused, as
// the specification of modifierExtension and implicitRules demands.
func decode[T any](b *builder, n *node) (*T, map[string]json.RawMessage, bool) {
	var to T
	var fields map[string]json.RawMessage
	if json.Unmarshal(n.raw, &to) != nil || json.Unmarshal(n.raw, &fields) != nil {
		b.book.refuse(n, "fhir.warn.unreadable")
		return nil, nil, false
	}
	if bytes.Contains(n.raw, []byte(`"modifierExtension"`)) || filled(fields["implicitRules"]) > 0 {
		b.book.refuse(n, "fhir.warn.modifier")
		return nil, nil, false
	}
	n.unpack(fields)
	return &to, fields, true
}

// rest counts the filled elements that are not among those that the mapping
// reads. The narrative (text) repeats the elements and is not counted.
func (b *builder) rest(n *node, fields map[string]json.RawMessage, read ...string) {
	read = append(read, "resourceType", "id", "meta", "text", "language", "contained")
	for name, raw := range fields {
		if !slices.Contains(read, name) {
			b.book.element(n.kind+"."+name, filled(raw))
		}
	}
	var meta struct {
		Security json.RawMessage `json:"security"`
	}
	_ = json.Unmarshal(fields["meta"], &meta) // it has been read once already
	b.book.element(n.kind+".meta.security", filled(meta.Security))
}

// leftovers counts contained resources that nothing referred to.
func (b *builder) leftovers() {
	for _, n := range b.reader.nodes {
		for _, inner := range n.contained {
			if !inner.used {
				b.book.element(n.kind+".contained", 1)
			}
		}
	}
}

func (b *builder) extensions(owner string, list []extension, read ...string) {
	for _, x := range list {
		if !slices.Contains(read, x.URL) {
			b.book.element(owner+".extension:"+tail(x.URL), 1)
		}
	}
}

func (b *builder) record(n *node) record {
	return record{id: n.key.derive(), source: b.reader.source(n)}
}

// place finds the chart of a resource and the visit it hangs on: the loose one
// of the chart if it names none, or one that is not to be had. False when the
// patient is not in the file; the resource is counted as skipped then.
func (b *builder) place(n *node, subject, met *reference) (*chart, *visit, bool) {
	c := b.charts[b.index.find(n, subject)]
	v := b.visits[b.index.find(n, met)]
	if c == nil && subject == nil && v != nil {
		c = v.chart
	}
	if c == nil {
		b.book.refuse(n, "fhir.warn.subject")
		return nil, nil, false
	}
	switch {
	case met == nil:
		return c, &c.loose, true
	case v == nil:
		b.book.warn(n, "fhir.warn.visit")
		return c, &c.loose, true
	case v.chart != c:
		b.book.warn(n, "fhir.warn.other_patient")
		return c, &c.loose, true
	}
	return c, v, true
}

// moment reads a dateTime for an element, warning of one that is partial or
// can't be read.
func (b *builder) moment(n *node, element, s string) clinic.Time {
	if s == "" {
		return 0
	}
	at, whole, ok := instant(s)
	switch {
	case !ok:
		b.book.warn(n, "fhir.warn.date", "element", element)
	case !whole:
		b.book.warn(n, "fhir.warn.partial", "element", element)
	}
	return at
}

// date reads the calendar day of an element, warning of one that can't be read.
func (b *builder) date(n *node, element, s string) clinic.Date {
	d, ok := day(s)
	if !ok {
		b.book.warn(n, "fhir.warn.date", "element", element)
		return ""
	}
	return d
}

// decimal gives a number, warning of one that is kept as text only.
func (b *builder) decimal(n *node, q *quantity) (clinic.Decimal, bool) {
	if q == nil || q.Value == "" {
		return "", false
	}
	d, ok := exact(q.Value)
	if !ok {
		b.book.warn(n, "fhir.warn.number")
	}
	return d, ok
}
