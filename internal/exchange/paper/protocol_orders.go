package paper

import "feldsher/internal/clinic"

// orders prints what was ordered beside drugs: examinations, procedures,
// referrals, the regimen (R3.3). The kind stands at the left, once for those
// that follow each other.
func (b *builder) orders() []row {
	var rows []row
	last := ""
	for _, o := range b.d.Visit.Orders {
		if !o.Deleted.IsZero() {
			continue
		}
		if rows == nil {
			rows = section(b.t("orders"), "")
		}
		kind := oneLine(b.c(b.known("orders.kind", o.Kind)))
		if kind == last {
			rows = append(rows, b.order("", o)...)
			continue
		}
		last = kind
		rows = append(rows, b.order(kind, o)...)
	}
	return rows
}

func (b *builder) order(kind string, o clinic.Order) []row {
	what, name := b.c(o.Text), oneLine(b.c(o.Coding.Name))
	if what == "" {
		what, name = name, ""
	}
	col := lines(valueX, valueWidth, bodyStyle, what)
	if code := oneLine(b.c(o.Coding.Code)); code != "" {
		if name == what {
			name = ""
		}
		if name != "" {
			name += " "
		}
		name += "[" + systemName(b.c(o.Coding.System)) + " " + code + "]"
	}
	if name != "" && name != what {
		col[len(col)-1].glue = true
		col = append(col, lines(valueX, valueWidth, smallStyle, name)...)
	}
	if o.Status != "ordered" {
		if s := b.known("orders.status", o.Status); s != "" {
			col[len(col)-1].glue = true
			col = append(col, lines(valueX, valueWidth, noteStyle, b.c(s))...)
		}
	}
	return append(beside(lines(left, labelWidth, labelStyle, kind), col), gap(3))
}
