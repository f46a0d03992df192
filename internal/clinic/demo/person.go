package demo

import "feldsher/internal/clinic"

// person is somebody before the card is written: what the lists and the family
// have given.
type person struct {
	ordinal int
	id      clinic.ID
	male    bool
	people  string
	born    day
	died    day  // 0 while alive
	kazakh  bool // spells the name with Kazakh letters

	family     surname
	given      string // both spellings
	patronymic string
	maiden     string

	mother, father *person
	spouse         *person
	children       int
	twin           int // order of birth among twins
	unnamed        bool
	incapable      bool
}

// name is the person's name as on the card.
func (p *person) name() clinic.Name {
	n := clinic.Name{Family: p.family.of(p.male), Given: spelled(p.given, p.kazakh), Patronymic: p.patronymic}
	if p.unnamed {
		n.Given, n.Patronymic = "", ""
	}
	return n
}

func (p *person) sex() clinic.Sex {
	if p.male {
		return clinic.Male
	}
	return clinic.Female
}

// end is the last day of the person's life, or the present one.
func (p *person) end(today day) day {
	if p.died != 0 {
		return p.died
	}
	return today
}
