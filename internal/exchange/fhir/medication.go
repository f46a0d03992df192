package fhir

import (
	"strings"

	"feldsher/internal/clinic"
)

// drugStatus maps the status of a request. A drug whose status is not known
// counts as taken: the doctor is to ask, and the checks of interactions are to
// see it.
var drugStatus = map[string]string{
	"active": "active", "unknown": "active", "on-hold": "stopped",
	"stopped": "stopped", "cancelled": "stopped", "completed": "completed",
}

// medicationRequest makes a prescription. A proposal, a draft and an order not
// to give a drug are no prescriptions.
func (b *builder) medicationRequest(n *node) {
	in, fields, ok := decode[medicationRequest](b, n)
	if !ok {
		return
	}
	status := drugStatus[in.Status]
	switch {
	case in.DoNotPerform:
		b.book.refuse(n, "fhir.warn.do_not_perform")
		return
	case status == "", in.Intent == "proposal", in.Intent == "option":
		b.book.refuse(n, "fhir.warn.status_refused", "status", code(joined("/", in.Status, in.Intent)))
		return
	case in.Status == "unknown", in.Status == "on-hold":
		b.book.warn(n, "fhir.warn.status_unsure", "status", in.Status)
	}
	c, v, ok := b.place(n, in.Subject, in.Encounter)
	if !ok {
		return
	}
	r := b.record(n)
	p := clinic.Prescription{
		Record: clinic.Record{ID: r.id}, Source: r.source,
		Patient: c.patient.ID, Visit: v.ID, Status: status,
		Written: b.moment(n, "authoredOn", in.AuthoredOn),
		Original: original(fields, "medicationCodeableConcept", "medicationReference",
			"dosageInstruction", "dispenseRequest"),
	}
	reasons := allWords(in.ReasonCode)
	for i := range in.ReasonReference {
		reasons = append(reasons, b.title(n, &in.ReasonReference[i]))
	}
	p.Reason = joined("; ", reasons...)
	b.drug(n, in, &p)
	b.dosages(n, in, &p)
	v.Prescriptions = append(v.Prescriptions, p)
	b.rest(n, fields, "status", "intent", "doNotPerform", "medicationCodeableConcept",
		"medicationReference", "subject", "encounter", "authoredOn", "reasonCode",
		"reasonReference", "note", "dosageInstruction", "dispenseRequest")
}

// drug names what was prescribed. The name stands as the trade name, being
// written by somebody else; an ATC wording and an ingredient are the INN.
func (b *builder) drug(n *node, in *medicationRequest, p *clinic.Prescription) {
	what := in.MedicationCodeableConcept
	var more medication
	if to := b.index.find(n, in.MedicationReference); to != nil && to.kind == "Medication" {
		if m, ok := medicationOf(to); ok {
			more = *m
		}
	}
	if what == nil {
		what = more.Code
	}
	if what == nil {
		what = &concept{}
	}
	p.Coding, _ = what.coded(func(system string) bool { return system == atc })
	p.Trade = what.words()
	if p.Trade == "" && in.MedicationReference != nil {
		p.Trade = strings.TrimSpace(in.MedicationReference.Display)
	}
	p.Form = more.Form.words()
	var ingredients []string
	for _, i := range more.Ingredient {
		ingredients = append(ingredients, i.Item.words())
	}
	p.INN = joined(" + ", ingredients...)
	if p.INN == "" && p.Coding.System == atc && len(p.Coding.Code) == 7 {
		p.INN = p.Coding.Name
	}
	if p.Trade == "" {
		p.Trade = p.INN
	}
	if p.Trade == "" {
		b.book.warn(n, "fhir.warn.drug")
	}
}
