package demo

import (
	"fmt"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// card writes the registration card of a person.
func (g *Generator) card(p *person) clinic.Patient {
	d := g.people
	d.reseed(g.seed^g.salt, uint64(p.ordinal)|2<<40)
	c := clinic.Patient{Record: clinic.Record{ID: p.id}, Name: p.name(), Sex: p.sex(), BirthDate: p.born.date()}
	if p.died != 0 {
		c.DeathDate = p.died.date()
	}
	c.Citizenship = g.citizenship(p)
	if d.chance(70) {
		c.BirthPlace = birthPlace(g.family.home)
	}
	g.birth(p, &c)
	g.registers(p, &c)
	g.contacts(p, &c)
	g.addresses(&c)
	g.documents(p, &c)
	g.formerNames(p, &c)
	g.representatives(p, &c)
	if len(g.family.members) == 1 && d.chance(0.4) {
		unknown(p, &c)
	}
	return c
}

func birthPlace(h home) string {
	prefix := "г. "
	if h.town.name == "Высокая Гора" {
		prefix = "с. "
	}
	return prefix + h.town.name
}

// birth adds what a newborn's card has and takes from an old one's what nobody
// remembers.
func (g *Generator) birth(p *person, c *clinic.Patient) {
	d := g.people
	c.BirthOrder = p.twin
	if g.today-p.born < 29 {
		c.BirthTime = fmt.Sprintf("%02d:%02d", d.below(24), d.below(60))
	}
	if p.unnamed {
		c.Mother = p.mother.id
		c.Note = "Новорождённый ребёнок, имя не дано"
		if !p.male {
			c.Note = "Новорождённая девочка, имя не дано"
		}
	}
	if p.born.years(g.today) > 68 && d.chance(1.5) {
		c.BirthDate = c.BirthDate[:4]
		c.Note = "Год рождения со слов, документа нет"
	}
}

// unknown makes the card of somebody brought in without papers.
func unknown(p *person, c *clinic.Patient) {
	*c = clinic.Patient{
		Record: c.Record, NameUnknown: true, Sex: c.Sex, DeathDate: c.DeathDate,
		BirthDate: c.BirthDate[:4], Note: "Доставлен без документов, личность устанавливается; возраст на вид",
	}
	if !p.male {
		c.Note = "Доставлена без документов, личность устанавливается; возраст на вид"
	}
}

func (g *Generator) citizenship(p *person) string {
	home := "RUS"
	if g.country == clinic.Kazakhstan {
		home = "KAZ"
	}
	switch {
	case p.people == "xx":
		return pick(g.people, "DEU", "TUR", "IND", "CHN", "VNM", "USA")
	case p.people == "uz" && g.people.chance(50):
		return "UZB"
	case p.people == "am" && g.people.chance(20):
		return "ARM"
	case p.people == "az" && g.people.chance(20):
		return "AZE"
	}
	return home
}

// registers gives the numbers of insurance and tax that the citizen has.
func (g *Generator) registers(p *person, c *clinic.Patient) {
	d := g.people
	switch {
	case g.country == clinic.Kazakhstan && c.Citizenship == "KAZ":
		c.TaxNumber = g.iin(p)
	case g.country == clinic.Kazakhstan || c.Citizenship != "RUS":
	default:
		region := g.family.home.town.code
		age := p.born.years(g.today)
		if g.today-p.born > 30 && d.chance(94) {
			c.SNILS = snils(p.ordinal)
			c.Policy = enp(region, p.born, p.male, d.below(100_000))
			c.Insurer = pick(d, "АО «Страховая медицинская компания “Образец”»", "ООО «Медстрах-Демо»", "АО «Пример-Мед»")
		}
		if age >= 18 && d.chance(55) {
			c.TaxNumber = inn(region, p.ordinal)
		}
	}
}

// iin gives a number that nobody of this clinic has yet.
func (g *Generator) iin(p *person) string {
	key := uint64(p.born+100_000)<<1 | uint64(index(p.male))
	for {
		n := int(g.iins[key])
		g.iins[key]++
		serial := (int(mix(g.seed^key)%10_000) + n*37) % 10_000
		if s, ok := iin(p.born, p.male, serial); ok {
			return s
		}
	}
}

func (g *Generator) addresses(c *clinic.Patient) {
	h := g.family.home
	country := "RUS"
	if g.country == clinic.Kazakhstan {
		country = "KAZ"
	}
	a := clinic.Address{
		Use: "registration", Country: country, PostalCode: h.postal, Region: h.town.region,
		City: h.town.name, Street: h.street, House: h.house, Flat: h.flat,
	}
	if g.people.chance(88) {
		a.Use = "residence"
	}
	a.ID = g.deriver.child(c.ID, "address", 0)
	c.Addresses = append(c.Addresses, a)
	if g.people.chance(12) {
		other := g.places.home(g.people, g.family.kazakh)
		a = clinic.Address{
			Use: "registration", Country: country, PostalCode: other.postal, Region: other.town.region,
			City: other.town.name, Street: other.street, House: other.house, Flat: other.flat,
		}
		if c.Addresses[0].Use == "registration" {
			a.Use = "residence"
		}
		a.ID = g.deriver.child(c.ID, "address", 1)
		c.Addresses = append(c.Addresses, a)
	}
}

// formerNames gives maiden names and the Latin spelling of a foreign passport.
func (g *Generator) formerNames(p *person, c *clinic.Patient) {
	n := c.Name
	switch {
	case p.maiden != "" && p.maiden != n.Family && g.people.chance(60):
		n.Family = p.maiden
		f := clinic.FormerName{Name: n, Kind: "maiden"}
		if p.spouse != nil && g.people.chance(70) {
			f.Until = clinic.Date(strconv.Itoa(min(g.today.year(), p.born.year()+g.people.between(19, 28))))
		}
		f.ID = g.deriver.child(c.ID, "name", 0)
		c.FormerNames = append(c.FormerNames, f)
	case c.Citizenship == "UZB":
		f := clinic.FormerName{Name: clinic.Name{Family: latin(n.Family), Given: latin(n.Given)}, Kind: "latin"}
		f.ID = g.deriver.child(c.ID, "name", 0)
		c.FormerNames = append(c.FormerNames, f)
	}
}

// letters is the transliteration of Russian passports (ICAO 9303).
var letters = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh",
	"з", "z", "и", "i", "й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s",
	"т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y",
	"ь", "", "э", "e", "ю", "iu", "я", "ia", "ә", "a", "ғ", "g", "қ", "q", "ң", "n", "ө", "o", "ұ", "u", "ү", "u",
	"һ", "h", "і", "i", "ı", "i", "ü", "u", "á", "a", "'", "")

func latin(s string) string {
	s = letters.Replace(strings.ToLower(s))
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
