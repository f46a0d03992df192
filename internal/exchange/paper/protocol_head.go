package paper

import (
	"slices"

	"feldsher/internal/clinic"
)

// heading is the protocol's title and the remarks that bear on its worth: a
// draft, a correction, a later version, late entry (R3.9), a struck visit.
func (b *builder) heading() []row {
	d := b.d
	rows := glued(lines(left, fullWidth, titleStyle, b.title()))
	rows = append(rows, row{height: 4, space: true, glue: true})
	if !b.signed() {
		rows = append(rows, tag(b.t("draft.tag"))...)
	}
	if d.Protocol.Version > 1 {
		rows = append(rows, tag(b.t("amended.tag", "n", d.Protocol.Version))...)
	}
	if s := d.Superseded; s != nil {
		rows = append(rows, tag(b.t("superseded.tag", "n", s.Version, "time", b.moment(s.Signed)))...)
	}
	if d.Visit.Status == clinic.VisitStruck {
		rows = append(rows, tag(b.t("struck.tag", "why", oneLine(b.c(d.Visit.Struck))))...)
	}
	if d.Visit.Late {
		rows = append(rows, tag(b.t("late.tag", "time", b.moment(d.Visit.Entered)))...)
	}
	return append(rows, gap(4))
}

// patient says who was seen: enough never to mix two people up.
func (b *builder) patient() []row {
	p := b.d.Patient
	birth := b.c(b.date(p.BirthDate))
	if p.BirthTime != "" {
		birth += ", " + b.c(p.BirthTime)
	}
	at := b.d.Visit.CareFrom
	if at.IsZero() {
		at = b.d.Visit.Entered
	}
	if a := b.age(p.BirthDate, p.BirthTime, at); a != "" {
		birth += " (" + a + ")"
	}
	number := oneLine(b.c(p.CaseNumber))
	if number == "" {
		number = "—"
	}
	if birth == "" {
		birth = b.t("patient.birth.unknown")
	}
	sex := p.Sex
	if !sex.Valid() {
		sex = clinic.SexUnknown
	}
	return slices.Concat(
		[]row{ruled()},
		glued(lines(left, fullWidth, smallStyle, b.t("patient"))),
		glued(lines(left, fullWidth, nameStyle, b.name())),
		[]row{{height: 3, glue: true}},
		grid([]cell{
			{b.t("patient.birth"), birth},
			{b.t("patient.sex"), b.known("sex", string(sex))},
			{b.t("patient.case"), number},
		}),
	)
}

// visit says when, where and by whom care was given.
func (b *builder) visit() []row {
	v := b.d.Visit
	rows := grid([]cell{
		{b.t("visit.time"), b.span(v.CareFrom, v.CareUntil)},
		{b.t("visit.kind"), b.c(b.known("visit.kind", v.Kind))},
		{b.t("visit.staff"), oneLine(b.c(v.StaffName))},
	})
	return slices.Concat([]row{ruled()}, rows, []row{ruled()})
}
