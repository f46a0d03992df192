package cards

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// Banner is what stands on top of every page of a patient, so that no two can be
// mixed up.
type Banner struct {
	ID        clinic.ID // of the root, where cards are merged
	Name      string
	About     string // «09.03.1984 · 42 года · женский»
	Case      string
	Icon      string // by sex, where there is no photo
	HasPhoto  bool
	Allergies []string // of which everybody has to know, active ones
	Care      bool     // the user may see allergies and problems
	Problems  []string
	Flags     []Flag
}

// Tone is how serious a flag is.
type Tone uint8

// The tones of flags.
const (
	Plain Tone = iota
	Caution
	Alarm
)

// Flag is a mark on a patient, in words and with an icon.
type Flag struct {
	Icon, Text string
	Tone       Tone
}

// adult is the age from which nobody else signs for a patient (ГК РФ art. 21; of
// Kazakhstan's ГК art. 17).
const adult = 18

// BannerOf makes the banner of what Chart has read. namesake says that another
// patient has this surname and birth date (Brief.Namesake).
func BannerOf(s *present.Session, c *records.Chart, namesake bool) Banner {
	p := &c.Patient
	w := s.Words
	b := Banner{
		ID: p.ID, Name: nameOf(w, p.Name), Case: p.CaseNumber, Icon: SexIcon(p.Sex), HasPhoto: !p.Photo.IsZero(),
		About: join(" · ", w.Date(p.BirthDate), ageOf(s, p), w.Code("word_sex", string(p.Sex))), Care: s.May(clinic.ReadCare),
	}
	for i := range c.Merged {
		b.HasPhoto = b.HasPhoto || !c.Merged[i].Photo.IsZero()
	}
	for i := range c.Allergies {
		if a := &c.Allergies[i]; a.Status == "active" {
			b.Allergies = append(b.Allergies, join(": ", a.Substance, a.Reaction))
		}
	}
	for i := range c.Problems {
		if x := &c.Problems[i]; x.Status != "resolved" {
			b.Problems = append(b.Problems, Coded(x.Coding, x.Text))
		}
	}
	b.Flags = flagsOf(s, c, namesake)
	return b
}

func ageOf(s *present.Session, p *clinic.Patient) string {
	on := s.Today()
	if p.DeathDate.Full() {
		on = p.DeathDate
	}
	return s.Words.Age(p.BirthDate, on)
}

func flagsOf(s *present.Session, c *records.Chart, namesake bool) []Flag {
	p := &c.Patient
	var out []Flag
	if !p.Deleted.IsZero() || p.Annulled != "" {
		out = append(out, Flag{"forbidden", s.T("cards_flag_annulled", "why", p.Annulled), Alarm})
	}
	if p.DeathDate != "" {
		out = append(out, Flag{"info", s.T("cards_flag_dead", "date", s.Words.Date(p.DeathDate)), Caution})
	}
	if namesake {
		out = append(out, Flag{"warning", s.T("cards_namesake"), Caution})
	}
	if minor(s.Now(), p) {
		out = append(out, Flag{"child", s.T("cards_flag_minor"), Caution})
	}
	if p.Incapable {
		out = append(out, Flag{"user", s.T("cards_flag_incapable"), Caution})
	}
	for i := range c.Merged {
		out = append(out, Flag{"link", s.T("cards_flag_merged", "number", c.Merged[i].CaseNumber), Plain})
	}
	return out
}

// minor reports whether a patient is under age; where only the year is known, only
// those who surely are.
func minor(now time.Time, p *clinic.Patient) bool {
	if p.BirthDate.Year() == 0 || p.DeathDate != "" {
		return false
	}
	limit := now.AddDate(-adult, 0, 0).Format("2006-01-02")
	return string(p.BirthDate) > limit[:len(p.BirthDate)]
}

// LoadBanner reads the banner of a patient for a page that has not opened the chart.
func LoadBanner(ctx context.Context, s *present.Session, patient clinic.ID) (Banner, error) {
	c, namesake, err := readChart(ctx, s, patient)
	if err != nil {
		return Banner{}, err
	}
	return BannerOf(s, &c, namesake), nil
}

// readChart opens a patient's record; without the right to care only its cards.
func readChart(ctx context.Context, s *present.Session, patient clinic.ID) (c records.Chart, namesake bool, err error) {
	if s.May(clinic.ReadCare) {
		c, err = s.Records.Chart(ctx, patient)
	} else {
		var people []clinic.Patient
		if people, err = s.Records.MergedCards(ctx, patient); err == nil {
			c.Patient = people[0]
			if len(people) > 1 {
				c.Merged = people[1:]
			}
		}
	}
	if err != nil {
		return c, false, err
	}
	if !s.May(clinic.ReadCards) {
		return c, false, nil
	}
	b, ok, err := s.Records.Brief(ctx, c.Patient.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return c, false, err
	}
	return c, ok && b.Namesake, nil
}
