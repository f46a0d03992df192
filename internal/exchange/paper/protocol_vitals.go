package paper

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// vital is a measured sign as printed.
type vital struct {
	name, value, unit, reference, mark string
}

// The parts of a blood pressure in LOINC.
const (
	loincSystolic  = "8480-6"
	loincDiastolic = "8462-4"
)

// vitals prints the vital signs of the visit in four columns: name, value with
// unit, norm. What lies outside the norm is bold and says so in words.
func (b *builder) vitals() []row {
	const columns = 4
	all := b.vitalSigns()
	if len(all) == 0 {
		return nil
	}
	rows := section(b.t("vitals"), "")
	const width = fullWidth / columns
	for len(all) > 0 {
		n := min(columns, len(all))
		var cols [][]row
		names := 0
		for i, v := range all[:n] {
			c := lines(left+float64(i)*width, width-8, smallStyle, v.name)
			names = max(names, len(c))
			cols = append(cols, c)
		}
		for i, v := range all[:n] {
			for len(cols[i]) < names {
				cols[i] = append(cols[i], row{height: smallStyle.lead})
			}
			cols[i] = append(cols[i], b.vitalValue(left+float64(i)*width, width-8, v)...)
		}
		rows = append(rows, abreast(cols...)...)
		rows = append(rows, gap(4))
		all = all[n:]
	}
	return rows
}

func (b *builder) vitalValue(x, width float64, v vital) []row {
	st := style{regular, 11, 15, 0, 0}
	if v.mark != "" {
		st.face = bold
	}
	unit := v.unit
	if unit != "" {
		unit = noBreakSpace + unit
	}
	var rows []row
	if w := st.width(v.value); w+smallStyle.width(unit) <= width {
		down := (st.lead + 0.714*st.size - smallStyle.lead - 0.714*smallStyle.size) / 2
		rows = []row{{height: st.lead, ops: []op{text(x, 0, st, v.value), text(x+w, down, smallStyle, unit)}}}
	} else {
		rows = lines(x, width, bodyStyle, v.value+unit)
	}
	for _, s := range []string{v.mark, v.reference} {
		if s != "" {
			rows = append(rows, lines(x, width, footStyle, s)...)
		}
	}
	return rows
}

// vitalSigns gathers the vital signs: parts of a panel under the panel's name,
// systolic and diastolic pressure as one sign, "120/80".
func (b *builder) vitalSigns() []vital {
	parts := make(map[clinic.ID][]clinic.Observation)
	var tops []clinic.Observation
	ids := make(map[clinic.ID]bool)
	for _, o := range b.d.Visit.Observations {
		ids[o.ID] = ids[o.ID] || !o.ID.IsZero()
	}
	for _, o := range b.d.Visit.Observations {
		switch {
		case o.Kind != "vital" || !o.Deleted.IsZero():
		case !o.Panel.IsZero() && ids[o.Panel]:
			parts[o.Panel] = append(parts[o.Panel], o)
		default:
			tops = append(tops, o)
		}
	}
	var all []vital
	for i := 0; i < len(tops); i++ {
		o := tops[i]
		under := parts[o.ID]
		if o.Code == loincSystolic && len(under) == 0 {
			if j := slices.IndexFunc(tops, func(p clinic.Observation) bool { return pressurePair(o, p) }); j >= 0 {
				all = append(all, b.pressure("", o, tops[j]))
				tops = slices.Delete(tops, j, j+1)
				if j < i {
					i--
				}
				continue
			}
		}
		all = append(all, b.panel(o, under)...)
	}
	return all
}

func pressurePair(s, d clinic.Observation) bool {
	return d.Code == loincDiastolic && s.Code == loincSystolic && s.Unit == d.Unit && s.Taken == d.Taken &&
		s.Value != "" && d.Value != ""
}

func (b *builder) panel(o clinic.Observation, under []clinic.Observation) []vital {
	if len(under) == 2 {
		if under[0].Code == loincDiastolic {
			slices.Reverse(under)
		}
		if pressurePair(under[0], under[1]) {
			return []vital{b.pressure(oneLine(b.c(o.Name)), under[0], under[1])}
		}
	}
	var all []vital
	for _, o := range append([]clinic.Observation{o}, under...) {
		if o.Value != "" || o.Text != "" {
			all = append(all, b.single(o))
		}
	}
	return all
}

func (b *builder) single(o clinic.Observation) vital {
	v := vital{name: oneLine(b.c(o.Name)), unit: b.unit(b.c(o.Unit)), mark: oneLine(b.c(b.known("flag", o.Flag)))}
	if v.name == "" {
		v.name = oneLine(b.c(o.Code))
	}
	v.value = oneLine(b.c(o.Sign + b.number(string(o.Value))))
	if o.Value == "" {
		v.value, v.unit = oneLine(b.c(o.Text)), ""
	}
	v.reference = b.reference(string(o.Low), string(o.High))
	return v
}

func (b *builder) pressure(name string, s, d clinic.Observation) vital {
	if name == "" {
		name = b.t("vitals.pressure")
	}
	v := vital{
		name:  name,
		value: oneLine(b.c(b.number(string(s.Value)) + "/" + b.number(string(d.Value)))),
		unit:  b.unit(b.c(s.Unit)),
	}
	switch {
	case s.Low != "" && s.High != "" && d.Low != "" && d.High != "":
		v.reference = b.reference(string(s.Low), string(s.High)+"/"+b.number(string(d.Low))+"–"+b.number(string(d.High)))
	case s.Low == "" && d.Low == "" && s.High != "" && d.High != "":
		v.reference = b.reference("", string(s.High)+"/"+string(d.High))
	default:
		v.reference = strings.TrimPrefix(b.reference(string(s.Low), string(s.High))+", "+b.reference(string(d.Low), string(d.High)), ", ")
		v.reference = strings.TrimSuffix(v.reference, ", ")
	}
	for _, f := range []string{s.Flag, d.Flag} {
		if m := oneLine(b.c(b.known("flag", f))); m != "" && v.mark == "" {
			v.mark = m
		}
	}
	return v
}

func (b *builder) reference(low, high string) string {
	low, high = b.number(b.c(low)), b.number(b.c(high))
	switch {
	case low != "" && high != "":
		return b.t("vitals.norm", "low", low, "high", high)
	case low != "":
		return b.t("vitals.norm.low", "low", low)
	case high != "":
		return b.t("vitals.norm.high", "high", high)
	}
	return ""
}
