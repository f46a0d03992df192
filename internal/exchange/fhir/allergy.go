package fhir

import (
	"slices"

	"feldsher/internal/clinic"
)

// allergy makes a record of an allergy or intolerance. "No known allergy" is a
// statement, no substance: it is counted as skipped, with a warning.
func (b *builder) allergy(n *node) {
	in, fields, ok := decode[allergy](b, n)
	if !ok {
		return
	}
	if in.VerificationStatus.status() == "entered-in-error" {
		b.book.refuse(n, "fhir.warn.status_refused", "status", "entered-in-error")
		return
	}
	if in.Code.negative() {
		b.book.refuse(n, "fhir.warn.negative")
		return
	}
	c := b.charts[b.index.find(n, in.Patient)]
	if c == nil {
		b.book.refuse(n, "fhir.warn.subject")
		return
	}
	r := b.record(n)
	a := clinic.Allergy{
		Record: clinic.Record{ID: r.id}, Source: r.source, Patient: c.patient.ID,
		Kind: allergyKind(in.Category), Status: allergyStatus(in), Substance: in.Code.words(),
		Reaction: in.reaction(), Severity: in.severity(),
	}
	a.Coding, _ = in.Code.coded(nil)
	for _, reaction := range in.Reaction {
		if a.Substance == "" {
			a.Substance = reaction.Substance.words()
		}
	}
	if a.Substance == "" {
		b.book.warn(n, "fhir.warn.no_code")
	}
	for _, s := range []string{in.OnsetDateTime, in.OnsetPeriod.Start, in.RecordedDate} {
		if s != "" && a.Since == "" {
			a.Since = b.date(n, "onset", s)
		}
	}
	c.allergies = append(c.allergies, a)
	b.rest(n, fields, "clinicalStatus", "verificationStatus", "category", "code", "patient",
		"onsetDateTime", "onsetPeriod", "recordedDate", "note", "reaction")
	for _, k := range in.Code.Coding {
		if k.Code != a.Code {
			b.book.element("AllergyIntolerance.code.coding", 1)
		}
	}
}

func allergyKind(categories []string) string {
	for _, c := range categories {
		switch c {
		case "medication":
			return "drug"
		case "food", "environment":
			return c
		}
	}
	return "other"
}

func allergyStatus(in *allergy) string {
	if in.VerificationStatus.status() == "refuted" {
		return "refuted"
	}
	switch in.ClinicalStatus.status() {
	case "inactive", "resolved":
		return "resolved"
	}
	return "active"
}

// reaction tells how the body answered, with the notes: what is tolerated may
// stand there.
func (a *allergy) reaction() string {
	var words []string
	for _, r := range a.Reaction {
		words = append(words, allWords(r.Manifestation)...)
		words = append(words, r.Description)
	}
	return joined("; ", append(words, noteWords(a.Note)...)...)
}

// severity is that of the worst reaction known.
func (a *allergy) severity() string {
	worst := ""
	order := []string{"", "mild", "moderate", "severe"}
	for _, r := range a.Reaction {
		if slices.Index(order, r.Severity) > slices.Index(order, worst) {
			worst = r.Severity
		}
	}
	return worst
}
