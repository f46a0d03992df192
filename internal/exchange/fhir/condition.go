package fhir

import (
	"encoding/json"
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// chronic is the time after which what is over still belongs on the problem
// list: three months, the common border between an acute and a chronic course.
const chronic = 90 * 24 * 60 * 60 * 1000 // milliseconds

// condition makes a diagnosis of every condition, and a line of the problem
// list of one that goes on, that lasted long, or that the file lists as a
// problem. What was entered in error or refuted is no diagnosis.
func (b *builder) condition(n *node) {
	in, fields, ok := decode[condition](b, n)
	if !ok {
		return
	}
	verified := in.VerificationStatus.status()
	if verified == "entered-in-error" || verified == "refuted" {
		b.book.refuse(n, "fhir.warn.status_refused", "status", verified)
		return
	}
	if in.Code.negative() {
		b.book.refuse(n, "fhir.warn.negative")
		return
	}
	stated := b.stated[n]
	c, v, ok := b.place(n, in.Subject, in.Encounter)
	if !ok {
		return
	}
	if in.Encounter == nil && stated.visit != nil && stated.visit.chart == c {
		v = stated.visit
	}
	d := b.diagnosis(n, in, fields, stated)
	d.Patient, d.Visit = c.patient.ID, v.ID
	if d.Recorded.IsZero() {
		d.Recorded = v.CareFrom
	}
	v.Diagnoses = append(v.Diagnoses, d)
	if listed(in, fields) {
		c.problems = append(c.problems, b.problem(n, in, fields, &d))
	} else {
		b.lostCourse(in, fields)
	}
	b.rest(n, fields, "clinicalStatus", "verificationStatus", "category", "code", "subject",
		"encounter", "onsetDateTime", "onsetPeriod", "abatementDateTime", "abatementPeriod",
		"recordedDate", "note")
}

func (b *builder) diagnosis(n *node, in *condition, fields map[string]json.RawMessage, s statement) clinic.Diagnosis {
	r := b.record(n)
	coding, text := in.Code.coded(func(system string) bool { return icd10[system] })
	d := clinic.Diagnosis{
		Record: clinic.Record{ID: r.id}, Source: r.source,
		Coding: coding, Stage: s.stage, Rank: s.rank,
		Text:     joined("\n", append([]string{text}, noteWords(in.Note)...)...),
		Recorded: b.moment(n, "recordedDate", in.RecordedDate),
		Original: compact(fields["code"]),
	}
	if d.Stage == "" {
		switch in.VerificationStatus.status() {
		case "confirmed":
			d.Stage = "final"
		case "unconfirmed", "provisional", "differential":
			d.Stage = "preliminary"
		}
	}
	if d.Name == "" && d.Text == "" {
		b.book.warn(n, "fhir.warn.no_code")
	}
	return d
}

var goingOn = []string{"active", "recurrence", "relapse", "remission"}

// listed decides on the problem list.
func listed(in *condition, fields map[string]json.RawMessage) bool {
	if anyCode(in.Category, "problem-list-item") {
		return true
	}
	if slices.Contains(goingOn, in.ClinicalStatus.status()) && !in.abated(fields) {
		return true
	}
	from, _, known := instant(in.onset())
	until, _, over := instant(in.abatement())
	return known && over && until-from >= chronic
}

func (c *condition) onset() string {
	if c.OnsetDateTime != "" {
		return c.OnsetDateTime
	}
	return c.OnsetPeriod.Start
}

func (c *condition) abatement() string {
	for _, s := range []string{c.AbatementDateTime, c.AbatementPeriod.Start, c.AbatementPeriod.End} {
		if s != "" {
			return s
		}
	}
	return c.OnsetPeriod.End
}

func (b *builder) problem(n *node, in *condition, fields map[string]json.RawMessage, d *clinic.Diagnosis) clinic.Problem {
	p := clinic.Problem{
		Record:  clinic.Record{ID: n.key.derive("problem")},
		Patient: d.Patient, Coding: d.Coding, Text: d.Text, Diagnosis: d.ID, Source: d.Source,
		Status: "active",
		Since:  b.date(n, "onset", in.onset()), Resolved: b.date(n, "abatement", in.abatement()),
	}
	switch status := in.ClinicalStatus.status(); {
	case in.abated(fields), status == "resolved", status == "inactive":
		p.Status = "resolved"
	case status == "remission":
		p.Status = "remission"
	}
	return p
}

// lostCourse counts the dates that a diagnosis has no place for: when a short
// illness ended, and when it began, unless that is the day of the diagnosis.
func (b *builder) lostCourse(in *condition, fields map[string]json.RawMessage) {
	for _, name := range []string{"abatementDateTime", "abatementPeriod", "onsetPeriod"} {
		b.book.element("Condition."+name, filled(fields[name]))
	}
	began, _, _ := strings.Cut(in.OnsetDateTime, "T")
	recorded, _, _ := strings.Cut(in.RecordedDate, "T")
	if began != "" && began != recorded {
		b.book.element("Condition.onsetDateTime", 1)
	}
}
