package demo

import (
	"fmt"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// town is a place where patients live.
type town struct {
	name, region   string
	postal         string // first three digits
	code, passport string // of the region: in ЕНП and ИНН, in passports' series
}

// gazetteer holds towns and streets of one country.
type gazetteer struct {
	towns   []town
	weights []int
	streets []string
}

func readPlaces(country clinic.Country) *gazetteer {
	g := &gazetteer{}
	for heading, line := range sections("places") {
		switch heading {
		case string(country) + " towns":
			f := strings.Split(line, ";")
			g.towns = append(g.towns, town{f[0], f[1], f[2], f[3], f[4]})
			g.weights = append(g.weights, number(f[5]))
		case string(country) + " streets":
			g.streets = append(g.streets, line)
		}
	}
	return g
}

// home is where a family lives.
type home struct {
	town   town
	street string
	house  string
	flat   string
	postal string
}

func (g *gazetteer) home(d *draw, kazakh bool) home {
	t := g.towns[d.weighted(g.weights)]
	t.name, t.region = spelled(t.name, kazakh), spelled(t.region, kazakh)
	h := home{town: t, postal: fmt.Sprintf("%s%03d", t.postal, d.between(0, 120))}
	street := spelled(g.streets[d.early(len(g.streets))], kazakh)
	if kazakh {
		h.street = street + " көшесі"
	} else {
		h.street = "ул. " + street
	}
	h.house = strconv.Itoa(d.between(1, 90))
	switch {
	case d.chance(6):
		h.house += pick(d, "А", "Б", "В")
	case d.chance(8):
		h.house += " корп. " + pick(d, "1", "2", "3")
	case d.chance(4):
		h.house += "/" + strconv.Itoa(d.between(1, 40))
	}
	if d.chance(80) {
		h.flat = strconv.Itoa(d.between(1, 180))
	}
	return h
}

// phone gives a mobile number of an ordinal and its E.164 form. Russia: codes
// 943 … 948, which lists of the numbering plan show as given to nobody.
// Kazakhstan: codes 763 and 764, valid by the plan and of operators that have
// left the market (as far as is known). Neither country keeps a range for
// fiction.
func phone(country clinic.Country, ordinal int, d *draw) (shown, e164 string) {
	var n int
	if country == clinic.Kazakhstan {
		n = 7_630_000_000 + spread(ordinal, 1_236_067, 19_999_999)
	} else {
		n = 9_430_000_000 + spread(ordinal, 37_082_039, 59_999_999)
	}
	s := strconv.Itoa(n)
	a, b, c, e := s[:3], s[3:6], s[6:8], s[8:]
	switch d.below(6) {
	case 0:
		shown = "8 (" + a + ") " + b + "-" + c + "-" + e
	case 1:
		shown = "8-" + a + "-" + b + "-" + c + "-" + e
	case 2:
		shown = "+7" + s
	case 3:
		shown = "8" + s
	default:
		shown = "+7 " + a + " " + b + "-" + c + "-" + e
	}
	return shown, "+7" + s
}

// foreignPhone is a German number of the range that the Bundesnetzagentur keeps
// for films and books: 0176 040690xx.
func foreignPhone(d *draw) (shown, e164 string) {
	n := fmt.Sprintf("%02d", d.below(100))
	return "+49 176 040690" + n, "+49176040690" + n
}
