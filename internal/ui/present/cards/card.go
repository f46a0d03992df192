package cards

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// Card is a patient's card as the page shows it. It is made by Open and never
// changes: after a change the card is opened again.
type Card struct {
	Banner
	Groups        []Group
	Allergies     []Entry
	Problems      []Entry
	Visits        []Line
	Results       []Line
	Prescriptions []Line
	Documents     []Line
	Files         []File
	Can           Can

	chart records.Chart
	s     *present.Session
}

// Can says what the user may do with the card now.
type Can struct {
	Care, Edit, Visit, Book, Merge, Annul, Allergy, Problem, Photo, Export bool
}

// Entry is an allergy or a problem.
type Entry struct {
	ID          clinic.ID
	Text, About string
	Active      bool
	Other       string // number of the merged card that it stands on
}

// Line is a line of a tab: what the columns show, and where Enter leads.
type Line struct {
	When, What, About, State string
	Icon                     string
	Tone                     Tone
	Muted                    bool // struck out, stopped
	Route                    present.Route
	Other                    string // number of the merged card that it stands on
	Sign                     string // key of the vital sign that it is a value of, for its trend

	at clinic.Time // by which lines are sorted
}

// File is an attachment.
type File struct {
	Line
	ID      clinic.ID
	Name    string // for saving
	Picture bool   // can be shown
}

// Open reads a card, of merged ones all. It takes some queries of the database and
// runs beside the screen. Faults: NotFound, Forbidden.
func Open(ctx context.Context, s *present.Session, patient clinic.ID) (*Card, error) {
	chart, namesake, err := readChart(ctx, s, patient)
	if err != nil {
		return nil, err
	}
	c := &Card{Banner: BannerOf(s, &chart, namesake), chart: chart, s: s}
	names, err := mothers(ctx, s, &chart)
	if err != nil {
		return nil, err
	}
	c.Groups = groupsOf(speaker{words: s.Words, names: names}, &chart.Patient, chart.Merged)
	live := chart.Patient.Deleted.IsZero()
	c.Can = Can{
		Care: s.May(clinic.ReadCare), Edit: live && s.May(clinic.WriteCards), Visit: live && s.May(clinic.WriteCare),
		Book: live && s.May(clinic.WriteCards), Merge: live && s.May(clinic.WriteCards),
		Annul: live && s.May(clinic.WriteCards) && len(chart.Merged) == 0, Photo: live && s.May(clinic.WriteCards),
		Allergy: live && s.May(clinic.WriteCare), Problem: live && s.May(clinic.Prescribe), Export: s.May(clinic.ExportCare),
	}
	if !c.Can.Care {
		return c, nil
	}
	c.entries()
	c.care()
	files, err := s.Records.Attachments(ctx, patient)
	if err != nil {
		return nil, err
	}
	for i := range files {
		c.Files = append(c.Files, c.file(&files[i]))
	}
	return c, nil
}

// mothers names the cards of mothers that a card names.
func mothers(ctx context.Context, s *present.Session, c *records.Chart) (map[clinic.ID]string, error) {
	out := map[clinic.ID]string{}
	for _, p := range append([]clinic.Patient{c.Patient}, c.Merged...) {
		if p.Mother.IsZero() || !s.May(clinic.ReadCards) {
			continue
		}
		b, ok, err := s.Records.Brief(ctx, p.Mother)
		if err != nil {
			return nil, err
		}
		if ok {
			out[p.Mother] = join(" · ", b.Name.String(), b.CaseNumber)
		}
	}
	return out, nil
}

// Patient is the card's own record, that of the root.
func (c *Card) Patient() *clinic.Patient { return &c.chart.Patient }

// Chart is the record as it was read.
func (c *Card) Chart() *records.Chart { return &c.chart }

// Merged are the other cards of the person.
func (c *Card) Merged() []clinic.Patient { return c.chart.Merged }

// other gives the number of a card that is not the root.
func (c *Card) other(patient clinic.ID) string {
	for i := range c.chart.Merged {
		if c.chart.Merged[i].ID == patient {
			return c.chart.Merged[i].CaseNumber
		}
	}
	return ""
}

func (c *Card) entries() {
	w := c.s.Words
	for i := range c.chart.Allergies {
		a := &c.chart.Allergies[i]
		c.Allergies = append(c.Allergies, Entry{
			ID: a.ID, Text: a.Substance, Active: a.Status == "active", Other: c.other(a.Patient),
			About: join(" · ", a.Reaction, codeWord(w, "allergy", "severity", a.Severity), codeWord(w, "allergy", "kind", a.Kind),
				w.Date(a.Since), inactive(w, "allergy", a.Status)),
		})
	}
	for i := range c.chart.Problems {
		p := &c.chart.Problems[i]
		c.Problems = append(c.Problems, Entry{
			ID: p.ID, Text: Coded(p.Coding, p.Text), Active: p.Status != "resolved", Other: c.other(p.Patient),
			About: join(" · ", w.Date(p.Since), inactive(w, "problem", p.Status), w.Date(p.Resolved)),
		})
	}
}

// inactive names a state unless it is the ordinary one.
func inactive(w present.Words, table, status string) string {
	if status == "active" {
		return ""
	}
	return codeWord(w, table, "status", status)
}
