package templates

import (
	"strings"

	"feldsher/internal/clinic/fold"
)

// stems are the beginnings by which a speciality or a post is known, in Russian and in
// Kazakh, in the order in which they are tried: a «кардиохирург» is a surgeon.
var stems = [...]struct{ stem, kind string }{
	{"ультразвук", "ultrasound"},
	{"ультрадыбыс", "ultrasound"},
	{"узи", "ultrasound"},
	{"функциональ", "ecg"},
	{"функционал", "ecg"},
	{"кардиохирург", "surgeon"},
	{"кардио", "cardiologist"},
	{"эндокрин", "endocrinologist"},
	{"гинеколог", "gynaecologist"},
	{"акушер", "gynaecologist"},
	{"хирург", "surgeon"},
	{"травмат", "surgeon"},
	{"педиатр", "paediatrician"},
	{"неонатолог", "paediatrician"},
	{"фельдшер", "feldsher"},
	{"лечебное дело", "feldsher"},
	{"скорая", "feldsher"},
	{"скорой", "feldsher"},
	{"жедел жардем", "feldsher"},
	{"терап", "therapist"},
	{"общая врачебная", "therapist"},
	{"общей практики", "therapist"},
	{"семейн", "therapist"},
	{"жалпы практика", "therapist"},
	{"отбасылык", "therapist"},
}

// KindOf tells which of Kinds a member of staff works by, from the speciality and the
// post as they stand on the card; the first text that says anything decides. A stem
// begins a word: a «психотерапевт» is no therapist. "" where nothing is said.
func KindOf(texts ...string) string {
	for _, text := range texts {
		words := " " + fold.Text(text)
		for _, s := range stems {
			if strings.Contains(words, " "+fold.Text(s.stem)) {
				return s.kind
			}
		}
	}
	return ""
}
