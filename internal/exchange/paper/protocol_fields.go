package paper

import (
	"maps"
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// fields prints the protocol's own fields in the order of its shape. Optional
// fields without a value are left out, and so are headings without fields; a
// required one that is empty says so. A value that the shape does not know is
// printed at the end: nothing that was signed is missing from the paper.
func (b *builder) fields() []row {
	p := b.d.Protocol
	var (
		rows    []row
		pending []row // a heading whose first field is still to come
		known   = make(map[string]bool, len(p.Shape))
	)
	for _, f := range p.Shape {
		known[f.Key] = true
		if f.Type == "heading" {
			pending = section(oneLine(b.c(f.Label)), "")
			continue
		}
		part := b.field(f, p.Values[f.Key])
		if len(part) == 0 {
			continue
		}
		if len(rows) == 0 && pending == nil {
			pending = []row{gap(6)}
		}
		rows = append(append(rows, pending...), part...)
		pending = []row{}
	}
	var rest []row
	for _, key := range slices.Sorted(maps.Keys(p.Values)) {
		if v := b.c(p.Values[key]); !known[key] && strings.TrimSpace(v) != "" {
			rest = append(rest, pair(oneLine(b.c(key)), v)...)
		}
	}
	if len(rest) > 0 {
		rows = append(append(rows, section(b.t("fields.other"), "")...), rest...)
	}
	return rows
}

func (b *builder) field(f clinic.Field, value string) []row {
	label := oneLine(b.c(f.Label))
	if label == "" {
		label = oneLine(b.c(f.Key))
	}
	v := b.c(value)
	if strings.TrimSpace(v) == "" {
		if !f.Required {
			return nil
		}
		return pair(label, b.t("fields.empty"))
	}
	switch f.Type {
	case "number":
		v = b.quantity(oneLine(v), b.c(f.Unit))
	case "date":
		v = b.date(clinic.Date(strings.TrimSpace(v)))
	case "bool":
		v = b.yesNo(strings.TrimSpace(v))
	case "multichoice":
		return b.list(label, v)
	default:
		if f.Unit != "" {
			v += noBreakSpace + b.unit(b.c(f.Unit))
		}
	}
	return pair(label, v)
}

// list prints a few short things in one line and others under each other.
func (b *builder) list(label, v string) []row {
	var items []string
	for s := range strings.SplitSeq(v, "\n") {
		if s = strings.TrimSpace(s); s != "" {
			items = append(items, s)
		}
	}
	if one := strings.Join(items, "; "); bodyStyle.width(one) <= valueWidth {
		return pair(label, one)
	}
	return bullets(label, items)
}

func (b *builder) yesNo(v string) string {
	switch strings.ToLower(v) {
	case "true", "1", "yes", "да", "иә":
		return b.t("yes")
	case "false", "0", "no", "нет", "жоқ":
		return b.t("no")
	}
	return v
}
