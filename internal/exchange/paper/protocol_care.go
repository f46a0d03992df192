package paper

import (
	"cmp"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/icd"
)

// diagnoses prints each with its rank at the left, its code and wording at the
// right: the doctor's own wording first where there is one (R3.2).
func (b *builder) diagnoses() []row {
	var ds []clinic.Diagnosis
	for _, d := range b.d.Visit.Diagnoses {
		if d.Deleted.IsZero() {
			ds = append(ds, d)
		}
	}
	if len(ds) == 0 {
		return nil
	}
	order := []string{"main", "complication", "concomitant", "background"}
	place := func(d clinic.Diagnosis) int {
		if i := slices.Index(order, d.Rank); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(ds, func(x, y clinic.Diagnosis) int { return cmp.Compare(place(x), place(y)) })
	rows := section(b.t("diagnoses"), b.tableVersion(ds))
	for i, d := range ds {
		rank := b.c(b.known("rank", d.Rank))
		if i > 0 && d.Rank == ds[i-1].Rank {
			rank = ""
		}
		rows = append(rows, b.diagnosis(rank, d)...)
	}
	return rows
}

func (b *builder) diagnosis(rank string, d clinic.Diagnosis) []row {
	const codeWidth = 44.0
	code, name, own := oneLine(b.c(d.Code)), oneLine(b.c(d.Name)), b.c(d.Text)
	if d.System != clinic.ICD10 && code != "" {
		name = strings.TrimSpace(name + " [" + systemName(b.c(d.System)) + " " + code + "]")
		code = ""
	}
	if own == "" || own == name {
		own, name = name, ""
	}
	x, width := valueX, valueWidth
	var col []row
	if code != "" && strongStyle.width(code) < codeWidth-6 {
		x, width = valueX+codeWidth, valueWidth-codeWidth
	} else if code != "" {
		own = code + " " + own
		code = ""
	}
	col = lines(x, width, strongStyle, own)
	if code != "" {
		col[0].ops = append(col[0].ops, text(valueX, 0, strongStyle, code))
	}
	var details []string
	for _, s := range []string{name, b.c(b.known("stage", d.Stage)), b.c(b.known("onset", d.Onset))} {
		if s != "" {
			details = append(details, s)
		}
	}
	if len(details) > 0 {
		col[len(col)-1].glue = true
		col = append(col, lines(x, width, smallStyle, strings.Join(details, "  ·  "))...)
	}
	return append(beside(lines(left, labelWidth, labelStyle, rank), col), gap(4))
}

// systemName shortens the addresses of the code systems that imports bring.
func systemName(s string) string {
	switch s {
	case "http://snomed.info/sct":
		return "SNOMED CT"
	case "http://loinc.org":
		return "LOINC"
	}
	return s
}

// tableVersion names the edition of the ICD-10 table where all codes come from
// the same.
func (b *builder) tableVersion(ds []clinic.Diagnosis) string {
	var version string
	for _, d := range ds {
		if d.System != clinic.ICD10 || (version != "" && d.Version != version) {
			return ""
		}
		version = d.Version
	}
	if version == "" {
		return b.t("icd10")
	}
	if version == icd.BuiltinVersion {
		return b.t("icd10.builtin")
	}
	return b.t("icd10.version", "version", oneLine(b.c(version)))
}

// prescriptions prints each drug with its name at the left and how it is taken
// at the right (R3.3).
func (b *builder) prescriptions() []row {
	var rows []row
	for _, p := range b.d.Visit.Prescriptions {
		if !p.Deleted.IsZero() {
			continue
		}
		if rows == nil {
			rows = section(b.t("prescriptions"), "")
		}
		rows = append(rows, b.prescription(p)...)
	}
	return rows
}

func (b *builder) prescription(p clinic.Prescription) []row {
	name, trade := oneLine(b.c(p.INN)), oneLine(b.c(p.Trade))
	if name == "" {
		name, trade = trade, ""
	}
	if name == "" {
		name = oneLine(b.c(p.Coding.Name))
	}
	drug := lines(left, labelWidth, strongStyle, name)
	if trade != "" && trade != name {
		drug = append(drug, lines(left, labelWidth, labelStyle, "("+trade+")")...)
	}
	var how []string
	for _, s := range []string{
		oneLine(b.c(p.Form)),
		b.quantity(b.c(string(p.Dose)), b.c(p.DoseUnit)),
		oneLine(b.c(p.Route)), oneLine(b.c(p.Frequency)), oneLine(b.c(p.Duration)),
		b.period(p.Start, p.Stop),
	} {
		if s != "" {
			how = append(how, s)
		}
	}
	if q := b.quantity(b.c(string(p.Quantity)), b.c(p.QuantityUnit)); q != "" {
		how = append(how, b.t("prescriptions.quantity", "quantity", q))
	}
	col := lines(valueX, valueWidth, bodyStyle, strings.Join(how, ", "))
	if len(how) == 0 {
		col = nil
	}
	if s := b.c(p.Directions); s != "" {
		col = append(col, lines(valueX, valueWidth, bodyStyle, s)...)
	}
	if s := b.known("prescriptions.status", p.Status); s != "" && p.Status != "active" {
		if why := oneLine(b.c(p.Reason)); why != "" {
			s += ": " + why
		}
		col = append(col, lines(valueX, valueWidth, noteStyle, b.c(s))...)
	}
	return append(beside(drug, col), gap(4))
}

func (b *builder) period(from, until clinic.Date) string {
	switch {
	case from != "" && until != "":
		return b.t("period", "from", b.c(b.date(from)), "until", b.c(b.date(until)))
	case from != "":
		return b.t("period.from", "from", b.c(b.date(from)))
	case until != "":
		return b.t("period.until", "until", b.c(b.date(until)))
	}
	return ""
}
