package fhir

import (
	"encoding/json"
	"slices"

	"feldsher/internal/clinic"
)

// kinds of visits by HL7's v3 ActCode. Those not listed are "other".
var kinds = map[string]string{
	"AMB": "clinic", "HH": "home", "VR": "phone", "EMER": "emergency",
	"IMP": "inpatient", "ACUTE": "inpatient", "NONAC": "inpatient", "SS": "inpatient",
	"OBSENC": "inpatient",
}

// checkups are the SNOMED CT types of out-patient encounters with a healthy
// person: check-up, well child visit, general examination.
var checkups = []string{"185349003", "410620009", "162673000"}

// statement is what an encounter says of one of its conditions.
type statement struct {
	visit *visit
	rank  string
	stage string
}

// encounter makes a visit. What was only planned, or was called off, is no
// visit; what was entered in error is no fact.
func (b *builder) encounter(n *node) {
	in, fields, ok := decode[encounter](b, n)
	if !ok {
		return
	}
	status := clinic.VisitDone
	switch in.Status {
	case "planned", "cancelled", "entered-in-error":
		b.book.refuse(n, "fhir.warn.status_refused", "status", in.Status)
		return
	case "arrived", "triaged", "in-progress", "onleave":
		status = clinic.VisitOpen
	}
	c := b.charts[b.index.find(n, in.Subject)]
	if c == nil {
		b.book.refuse(n, "fhir.warn.subject")
		return
	}
	r := b.record(n)
	v := &visit{chart: c}
	v.Visit = clinic.Visit{
		Record: clinic.Record{ID: r.id}, Source: r.source, Patient: c.patient.ID,
		Kind: visitKind(in), Status: status,
		CareFrom:  b.moment(n, "period", in.Period.Start),
		CareUntil: b.moment(n, "period", in.Period.End),
		Entered:   b.moment(n, "meta", in.Meta.LastUpdated),
		Comment:   b.whereabouts(n, in),
	}
	if v.CareFrom.IsZero() {
		b.book.warn(n, "fhir.warn.no_time")
	}
	v.Reason, v.StaffName = b.reason(n, in), b.staff(n, in)
	b.visits[n] = v
	c.visits = append(c.visits, v)
	b.statements(n, in, v)
	b.lostCodes(in)
	b.rest(n, fields, "status", "class", "type", "subject", "period", "participant",
		"reasonCode", "reasonReference", "diagnosis", "serviceProvider", "hospitalization")
	b.parts("Encounter.hospitalization.", fields["hospitalization"], "dischargeDisposition")
}

func visitKind(in *encounter) string {
	kind := kinds[in.Class.Code]
	if kind == "" {
		return "other"
	}
	if kind == "clinic" && anyCode(in.Type, checkups...) {
		return "checkup"
	}
	return kind
}

// reason says why the patient came: the reasons, after the kind of contact.
func (b *builder) reason(n *node, in *encounter) string {
	words := append(allWords(in.Type), allWords(in.ReasonCode)...)
	for i := range in.ReasonReference {
		words = append(words, b.title(n, &in.ReasonReference[i]))
	}
	return joined("; ", words...)
}

// staff names those who took part, the one responsible first.
func (b *builder) staff(n *node, in *encounter) string {
	people := slices.Clone(in.Participant)
	slices.SortStableFunc(people, func(x, y participant) int { return y.weight() - x.weight() })
	names := make([]string, 0, len(people))
	for i := range people {
		names = append(names, b.title(n, people[i].Individual))
	}
	return joined(", ", names...)
}

func (p *participant) weight() int {
	switch {
	case anyCode(p.Type, "ATND"):
		return 2
	case anyCode(p.Type, "PPRF"):
		return 1
	}
	return 0
}

// whereabouts keeps where care was given and how the patient left.
func (b *builder) whereabouts(n *node, in *encounter) string {
	return joined("\n", b.title(n, in.ServiceProvider), in.Hospitalization.DischargeDisposition.words())
}

// title gives the words for what a reference names: a person, a house, a
// condition. Without the resource, the reference's own wording.
func (b *builder) title(n *node, ref *reference) string {
	if ref == nil {
		return ""
	}
	to := b.index.find(n, ref)
	if to == nil {
		return ref.Display
	}
	var named struct {
		Name         json.RawMessage `json:"name"`
		Code         *concept        `json:"code"`
		Practitioner *reference      `json:"practitioner"`
	}
	_ = json.Unmarshal(to.raw, &named) // of another shape: no words
	var people []humanName
	var house string
	switch {
	case json.Unmarshal(named.Name, &people) == nil && mainName(people) >= 0:
		return fullName(&people[mainName(people)])
	case json.Unmarshal(named.Name, &house) == nil && house != "":
		return house
	case named.Code.words() != "" && to.kind != "PractitionerRole":
		return named.Code.words()
	}
	if who := b.index.find(to, named.Practitioner); who != nil && who.kind == "Practitioner" {
		return b.title(to, named.Practitioner)
	}
	if named.Practitioner != nil && named.Practitioner.Display != "" {
		return named.Practitioner.Display
	}
	return ref.Display
}

// statements notes which conditions the encounter calls its diagnoses.
func (b *builder) statements(n *node, in *encounter, v *visit) {
	for i := range in.Diagnosis {
		d := &in.Diagnosis[i]
		to := b.index.find(n, d.Condition)
		if to == nil || to.kind != "Condition" {
			b.book.element("Encounter.diagnosis", 1)
			continue
		}
		s := statement{visit: v}
		switch use := d.Use.status(); {
		case use == "CM":
			s.rank = "concomitant"
		case d.Rank == "1":
			s.rank = "main"
		}
		switch d.Use.status() {
		case "AD":
			s.stage = "preliminary"
		case "DD":
			s.stage = "final"
		}
		b.stated[to] = s
	}
}

// lostCodes counts the codes whose words only a visit can keep.
func (b *builder) lostCodes(in *encounter) {
	for _, c := range in.Type {
		b.book.element("Encounter.type.coding", len(c.Coding))
	}
	for _, c := range in.ReasonCode {
		b.book.element("Encounter.reasonCode.coding", len(c.Coding))
	}
}

// parts counts the filled parts of an element that is mapped only partly.
func (b *builder) parts(prefix string, raw json.RawMessage, read ...string) {
	var fields map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
		return
	}
	for name, part := range fields {
		if !slices.Contains(read, name) {
			b.book.element(prefix+name, filled(part))
		}
	}
}
