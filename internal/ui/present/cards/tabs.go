package cards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// care fills the tabs with what was written at visits.
func (c *Card) care() {
	for i := range c.chart.Visits {
		v := &c.chart.Visits[i]
		c.Visits = append(c.Visits, c.visit(v))
		struck := v.Status == clinic.VisitStruck
		c.measured(v, struck)
		for j := range v.Prescriptions {
			c.Prescriptions = append(c.Prescriptions, c.prescription(&v.Prescriptions[j], v, struck))
		}
	}
	for i := range c.chart.Observations {
		c.Results = append(c.Results, c.result(&c.chart.Observations[i], false))
	}
	for i := range c.chart.Prescriptions {
		c.Prescriptions = append(c.Prescriptions, c.prescription(&c.chart.Prescriptions[i], nil, false))
	}
	newestFirst(c.Results)
	newestFirst(c.Prescriptions)
	for i := range c.chart.Protocols {
		c.Documents = append(c.Documents, c.document(&c.chart.Protocols[i]))
	}
}

func newestFirst(lines []Line) {
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(b.at, a.at) })
}

func (c *Card) visit(v *clinic.Visit) Line {
	w := c.s.Words
	l := Line{
		When: w.Moment(v.CareFrom), What: mainDiagnosis(v), Icon: "visit", Other: c.other(v.Patient),
		About: join(" · ", codeWord(w, "visit", "kind", v.Kind), v.StaffName),
		State: codeWord(w, "visit", "status", v.Status), Route: present.Route{Page: present.PageVisit, ID: v.ID},
	}
	if l.What == "" {
		l.What = Short(join(". ", v.Reason, v.Complaints), 160)
	}
	if l.What == "" {
		l.What = w.T("cards_visit_plain")
	}
	switch v.Status {
	case clinic.VisitStruck:
		l.Muted, l.Icon, l.About = true, "forbidden", join(" · ", l.About, v.Struck)
	case clinic.VisitOpen:
		l.Tone, l.Icon = Caution, "edit"
	}
	return l
}

// mainDiagnosis is what a visit is known by: the main diagnosis, else the first.
func mainDiagnosis(v *clinic.Visit) string {
	at := slices.IndexFunc(v.Diagnoses, func(d clinic.Diagnosis) bool { return d.Rank == "main" })
	if at < 0 && len(v.Diagnoses) > 0 {
		at = 0
	}
	if at < 0 {
		return ""
	}
	return Coded(v.Diagnoses[at].Coding, v.Diagnoses[at].Text)
}

// measured adds the results of a visit; both numbers of a blood pressure are one.
func (c *Card) measured(v *clinic.Visit, struck bool) {
	pressure, _ := clinic.Sign("pressure")
	values, at := pressure.Values(v.Observations)
	both := !slices.Contains(values, "") && len(at) == 2
	for i := range v.Observations {
		o := &v.Observations[i]
		if !both || !slices.Contains(at, i) {
			c.Results = append(c.Results, c.result(o, struck))
			continue
		}
		if i != at[0] {
			continue
		}
		low := &v.Observations[at[1]]
		l := c.result(o, struck)
		second := c.result(low, struck)
		l.What, l.About = c.s.T(pressure.Name()), join(" ", string(o.Value)+"/"+string(low.Value), unit(c.s.Words, o.Unit))
		l.State = flagWords(c.s.Words, worst(o.Flag, low.Flag), join("/", limits(c.s.Words, o), limits(c.s.Words, low)))
		l.Tone, l.Sign = max(l.Tone, second.Tone), pressure.Key
		c.Results = append(c.Results, l)
	}
}

// signOf is the key of the vital sign that an observation is a value of; "" for none.
func signOf(o *clinic.Observation) string {
	for _, s := range clinic.VitalSigns() {
		if slices.ContainsFunc(s.Parts, func(v clinic.Vital) bool { return o.System == clinic.LOINC && v.Code == o.Code }) {
			return s.Key
		}
	}
	return ""
}

// worst is the mark that tells more.
func worst(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// limits writes the reference range.
func limits(w present.Words, o *clinic.Observation) string {
	return join("–", number(w, o.Low), number(w, o.High))
}

// flagWords tells how a value lies to its range.
func flagWords(w present.Words, flag, limits string) string {
	return join(" · ", codeWord(w, "observation", "flag", flag), limits)
}

// unit is the word for a unit of UCUM; one without a word stays as it is.
func unit(w present.Words, code string) string {
	for _, s := range clinic.VitalSigns() {
		for _, v := range s.Parts {
			if v.Unit == code {
				return w.T(v.VitalUnit())
			}
		}
	}
	return code
}

func (c *Card) result(o *clinic.Observation, struck bool) Line {
	w := c.s.Words
	name := cmp.Or(o.Name, o.Code)
	if v, ok := clinic.VitalOf(o.System, o.Code); ok {
		name = w.T(v.Name())
	}
	l := Line{
		at: o.Taken, When: w.Moment(o.Taken), What: name, About: join(" ", o.Sign+number(w, o.Value), unit(w, o.Unit)), Icon: "flask", Muted: struck,
		State: flagWords(w, o.Flag, limits(w, o)), Other: c.other(o.Patient),
	}
	if l.About == "" || o.Text != "" {
		l.About = join(" · ", l.About, Short(o.Text, 160))
	}
	if o.Kind == "vital" {
		l.Icon, l.Sign = "pulse", signOf(o)
	}
	switch o.Flag {
	case "HH", "LL", "AA":
		l.Tone = Alarm
	case "H", "L", "A":
		l.Tone = Caution
	}
	if !o.Visit.IsZero() {
		l.Route = present.Route{Page: present.PageVisit, ID: o.Visit}
	}
	return l
}

func (c *Card) prescription(p *clinic.Prescription, v *clinic.Visit, struck bool) Line {
	w := c.s.Words
	drug := join(" ", p.INN, bracketed(p.Trade, p.INN))
	if drug == "" {
		drug = p.Coding.Name
	}
	l := Line{
		at: p.Written, When: w.Day(p.Written), What: join(", ", drug, p.Form), Icon: "pill", Other: c.other(p.Patient),
		About: join(" · ", join(" ", number(w, p.Dose), p.DoseUnit), p.Route, p.Frequency, p.Duration, p.Directions),
		State: join(" ", codeWord(w, "prescription", "status", p.Status), w.Date(p.Stop)), Muted: struck || p.Status != "active",
	}
	if v != nil {
		l.Route = present.Route{Page: present.PageVisit, ID: v.ID}
		if l.at.IsZero() {
			l.at, l.When = v.CareFrom, w.Day(v.CareFrom)
		}
	}
	return l
}

// bracketed is the trade name beside the international one, where it is another.
func bracketed(trade, inn string) string {
	switch {
	case inn == "":
		return trade
	case trade == "" || strings.EqualFold(trade, inn):
		return ""
	}
	return "(" + trade + ")"
}

func (c *Card) document(p *clinic.Protocol) Line {
	w := c.s.Words
	l := Line{
		When: w.Moment(p.Written), What: p.Title, Icon: "document", Other: c.other(p.Patient),
		About: join(" · ", p.SignerName, p.SignerPost), Route: present.Route{Page: present.PageSigning, ID: p.ID},
		State: codeWord(w, "protocol", "status", p.Status),
	}
	if p.Version > 1 {
		l.About = join(" · ", l.About, w.T("cards_version", "n", p.Version), p.Why)
	}
	switch {
	case p.Status == clinic.ProtocolDraft:
		l.Tone, l.Icon = Caution, "edit"
	case p.AwaitsPaper():
		l.State = join(", ", l.State, w.T("cards_no_scan"))
	}
	return l
}

func (c *Card) file(a *clinic.Attachment) File {
	w := c.s.Words
	f := File{ID: a.ID, Picture: a.Media == "image/jpeg" || a.Media == "image/png", Name: fileName(a)}
	f.Line = Line{
		When: w.Moment(a.Taken), What: a.Title, About: size(w, a.Size), State: codeWord(w, "attachment", "kind", a.Kind),
		Icon: "attach", Other: c.other(a.Patient),
	}
	if f.What == "" {
		f.What = f.State
	}
	if f.Picture {
		f.Icon = "image"
	}
	return f
}

var extensions = map[string]string{
	"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif", "application/dicom": ".dcm", "text/plain": ".txt",
}

// fileName is under what an attachment is saved: never a patient's name.
func fileName(a *clinic.Attachment) string {
	return "attachment-" + a.ID.String()[:8] + extensions[a.Media]
}

func size(w present.Words, bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return w.T("cards_megabytes", "size", decimal(w, float64(bytes)/(1<<20)))
	case bytes >= 1<<10:
		return w.T("cards_kilobytes", "size", fmt.Sprint(bytes>>10))
	}
	return w.T("cards_bytes", "size", fmt.Sprint(bytes))
}

func decimal(w present.Words, v float64) string {
	s := fmt.Sprintf("%.1f", v)
	if w.Lang != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
