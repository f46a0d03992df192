package demo

import "feldsher/internal/clinic"

// household is a family that lives together; parents come before children, so
// that a stream of cards never names one that isn't there yet.
type household struct {
	members []*person
	home    home
	kazakh  bool // notes of its visits are in Kazakh
}

// kinds of households with their weights in Russia and Kazakhstan: lone old
// women and men, old couples, young and middle-aged people alone, couples with
// or without children, lone mothers, three generations.
var kinds = map[clinic.Country][]int{
	clinic.Russia:     {12, 4, 10, 23, 36, 10, 5},
	clinic.Kazakhstan: {6, 2, 5, 12, 50, 9, 16},
}

// sizes of families: weights of none, one … five children.
var sizes = map[clinic.Country][]int{
	clinic.Russia:     {16, 38, 34, 10, 2, 0},
	clinic.Kazakhstan: {6, 16, 29, 29, 15, 5},
}

func (g *Generator) nextHousehold() household {
	d := g.people
	d.reseed(g.seed^g.salt, uint64(g.families)|1<<40)
	g.families++
	h := household{}
	people := g.drawPeople()
	spelling := people == "kk" && d.chance(55)
	h.kazakh = people == "kk" && g.country == clinic.Kazakhstan && d.chance(45)
	switch d.weighted(kinds[g.country]) {
	case 0:
		h.members = g.alone(people, spelling, false, d.between(62, 92))
	case 1:
		h.members = g.alone(people, spelling, true, d.between(60, 84))
	case 2:
		h.members = g.couple(people, spelling, d.between(60, 82), 0)
	case 3:
		h.members = g.alone(people, spelling, d.chance(52), d.between(18, 60))
	case 4:
		h.members = g.couple(people, spelling, d.between(21, 57), d.weighted(sizes[g.country]))
	case 5:
		h.members = g.loneMother(people, spelling, d.between(20, 48), max(1, d.weighted(sizes[g.country])))
	default:
		h.members = g.threeGenerations(people, spelling)
	}
	for _, p := range h.members {
		p.kazakh = spelling
	}
	g.settle(h.members)
	h.home = g.places.home(d, h.kazakh)
	return h
}

func (g *Generator) drawPeople() string {
	weights := make([]int, len(g.shares))
	for i, s := range g.shares {
		weights[i] = s.weight
	}
	return g.shares[g.people.weighted(weights)].people
}

// bornAt gives a birthday of somebody who is so many years old today.
func (g *Generator) bornAt(age int) day {
	return g.today.plusYears(-age) - day(g.people.below(365))
}

// adult draws somebody with a father who is on no card.
func (g *Generator) adult(people string, male bool, age int, kazakh bool) *person {
	d := g.people
	p := &person{male: male, people: people, born: g.bornAt(age), kazakh: kazakh}
	p.family = g.names.surname(d, people, kazakh)
	if d.chance(0.8) && p.people != "xx" {
		second := g.names.surname(d, people, kazakh)
		p.family = surname{p.family.male + "-" + second.male, p.family.female + "-" + second.female}
	}
	year := p.born.year()
	p.given = g.names.givenName(d, people, male, year)
	p.patronymic = g.patronymicOf(g.names.givenName(d, people, true, year-28), p)
	return p
}

// patronymicOf forms the child's patronymic; among Kazakhs the young mostly
// have "-ұлы", the old "-ович".
func (g *Generator) patronymicOf(father string, p *person) string {
	native := p.people == "kk" && (p.born.year() > 1991 && g.people.chance(80) || g.people.chance(15))
	return patronymic(father, p.people, p.male, p.kazakh, native)
}

func (g *Generator) alone(people string, kazakh, male bool, age int) []*person {
	p := g.adult(people, male, age, kazakh)
	if !male && g.people.chance(60) {
		p.maiden = g.names.surname(g.people, people, p.kazakh).female
	}
	return []*person{p}
}

// couple draws wife and husband and so many children as still live at home.
func (g *Generator) couple(people string, kazakh bool, age, children int) []*person {
	d := g.people
	wife := g.adult(people, false, age, kazakh)
	husband := g.adult(people, true, max(19, age+d.between(-3, 7)), kazakh)
	wife.spouse, husband.spouse = husband, wife
	switch {
	case people == "xx":
	case d.chance(82):
		wife.maiden, wife.family = wife.family.female, husband.family
	case d.chance(12):
		wife.family.female += "-" + husband.family.female
	}
	return append([]*person{husband, wife}, g.childrenOf(wife, husband, husband.family, children)...)
}

func (g *Generator) loneMother(people string, kazakh bool, age, children int) []*person {
	mother := g.adult(people, false, age, kazakh)
	father := g.adult(people, true, age+2, kazakh)
	return append([]*person{mother}, g.childrenOf(mother, father, mother.family, children)...)
}

func (g *Generator) threeGenerations(people string, kazakh bool) []*person {
	d := g.people
	age := d.between(25, 45)
	rest := g.couple(people, kazakh, age, max(1, d.weighted(sizes[g.country])))
	husband := rest[0]
	old := g.adult(people, false, husband.born.years(g.today)+d.between(20, 33), kazakh)
	old.maiden, old.family = old.family.female, husband.family
	return append([]*person{old}, rest...)
}

// childrenOf gives births from the mother's twentieth year on, a few years
// apart; those who are grown up have mostly left the house.
func (g *Generator) childrenOf(mother, father *person, family surname, count int) []*person {
	d := g.people
	var out []*person
	var names []string
	at := mother.born.plusYears(d.between(19, 31)) + day(d.below(365))
	for range count {
		if at > g.today || at > mother.born.plusYears(45) {
			break
		}
		twins := 1
		if d.chance(1.3) {
			twins = 2
		}
		for i := range twins {
			c := g.child(mother, father, family, at, names)
			names = append(names, c.given)
			if twins == 2 {
				c.twin = i + 1
			}
			if c.born.years(g.today) < 19 || d.chance(12) {
				out = append(out, c)
			}
		}
		mother.children++
		at += day(d.between(500, 2000))
	}
	if age := mother.born.years(g.today); age > 19 && age < 40 && d.chance(2.2) {
		newborn := g.child(mother, father, family, g.today-day(d.between(1, 27)), names)
		if len(out) == 0 || newborn.born-out[len(out)-1].born > 300 {
			newborn.unnamed = newborn.born > g.today-20 && d.chance(70)
			out = append(out, newborn)
			mother.children++
		}
	}
	return out
}

func (g *Generator) child(mother, father *person, family surname, born day, not []string) *person {
	d := g.people
	c := &person{male: d.chance(51.3), people: father.people, born: born, kazakh: father.kazakh, family: family, mother: mother, father: father}
	c.given = g.names.givenName(d, c.people, c.male, born.year(), not...)
	c.patronymic = g.patronymicOf(father.given, c)
	return c
}

// settle gives ids, ordinals and, to some of the old, the day of death.
func (g *Generator) settle(members []*person) {
	for i, p := range members {
		p.ordinal = g.ordinal + i
		p.id = g.deriver.patient(p.ordinal)
		age := p.born.years(g.today)
		if age >= 45 && g.people.chance(0.4+float64(age-45)*0.12) {
			p.died = g.today - day(g.people.between(20, 1300))
		}
		p.incapable = age >= 18 && g.people.chance(0.15)
	}
}
