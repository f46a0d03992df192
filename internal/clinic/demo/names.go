package demo

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// stem is the unchanging part of a surname with its ending.
type stem struct{ word, ending string }

// generation is the given names in fashion from a year on.
type generation struct {
	from  int
	names []string
}

// namebook holds the lists of names by people: "ru", "tt", "kk", …
type namebook struct {
	surnames map[string][]stem
	given    map[string][]generation // by people and sex: "ru m"
}

func readNames() *namebook {
	b := &namebook{surnames: map[string][]stem{}, given: map[string][]generation{}}
	for heading, line := range sections("surnames") {
		people, ending, _ := strings.Cut(heading, " ")
		for _, w := range strings.Fields(line) {
			b.surnames[people] = append(b.surnames[people], stem{w, ending})
		}
	}
	for heading, line := range sections("given") {
		f := strings.Fields(heading)
		key := f[0] + " " + f[1]
		b.given[key] = append(b.given[key], generation{number(f[2]), strings.Fields(line)})
	}
	return b
}

// surname is a family's name in both forms.
type surname struct{ male, female string }

func (s surname) of(male bool) string {
	if male {
		return s.male
	}
	return s.female
}

// surname draws one of the people's surnames.
func (b *namebook) surname(d *draw, people string, kazakh bool) surname {
	list := b.surnames[people]
	st := list[d.below(len(list))]
	word := spelled(st.word, kazakh)
	if st.ending == "-" {
		return surname{word, word}
	}
	return surname{word + st.ending, word + feminine(st.ending)}
}

// feminine gives the ending that a woman's surname has.
func feminine(ending string) string {
	switch {
	case strings.HasSuffix(ending, "кий"):
		return strings.TrimSuffix(ending, "ий") + "ая"
	case ending == "ой":
		return "ая"
	case ending == "ян":
		return ending
	case strings.HasSuffix(ending, "в"), strings.HasSuffix(ending, "н"):
		return ending + "а"
	}
	return ending
}

// givenName draws a name in fashion at birth, in the entry's both spellings.
func (b *namebook) givenName(d *draw, people string, male bool, year int, not ...string) string {
	key := people
	if people == "uk" {
		key = "ru"
	}
	if male {
		key += " m"
	} else {
		key += " f"
	}
	list := b.given[key][0].names
	for _, g := range b.given[key] {
		if g.from <= year {
			list = g.names
		}
	}
	for range 20 {
		if name := list[d.early(len(list))]; !slices.Contains(not, name) {
			return name
		}
	}
	return list[0]
}

// oddPatronymics are those that no rule gives: the man's, the woman's.
var oddPatronymics = map[string][2]string{
	"Павел": {"Павлович", "Павловна"}, "Лев": {"Львович", "Львовна"},
	"Пётр": {"Петрович", "Петровна"}, "Михаил": {"Михайлович", "Михайловна"},
	"Яков": {"Яковлевич", "Яковлевна"}, "Илья": {"Ильич", "Ильинична"},
	"Лука": {"Лукич", "Лукинична"}, "Фома": {"Фомич", "Фоминична"},
	"Кузьма": {"Кузьмич", "Кузьминична"}, "Никита": {"Никитич", "Никитична"},
	"Данила": {"Данилович", "Даниловна"}, "Семён": {"Семёнович", "Семёновна"},
	"Добрыня": {"Добрынич", "Добрынична"}, "Али": {"Алиевич", "Алиевна"},
}

// patronymic is formed from the father's name by the habits of his people:
// "-ович", "-ұлы" (spelt "-улы" in Russian letters), or none.
func patronymic(father, people string, male, kazakh, native bool) string {
	father = spelled(father, kazakh)
	switch {
	case people == "xx" || father == "":
		return ""
	case people == "kk" && native:
		return father + kazakhSuffix(male, kazakh)
	}
	if odd, ok := oddPatronymics[father]; ok {
		return odd[index(!male)]
	}
	return father2stem(father) + []string{"ич", "на"}[index(!male)]
}

func kazakhSuffix(male, kazakh bool) string {
	switch {
	case male && kazakh:
		return "ұлы"
	case male:
		return "улы"
	case kazakh:
		return "қызы"
	}
	return "кызы"
}

// father2stem gives "Иванов" of "Иван", "Васильев" of "Василий".
func father2stem(father string) string {
	r := []rune(father)
	last := r[len(r)-1]
	body := string(r[:len(r)-1])
	switch {
	case strings.HasSuffix(father, "ий") && len(r) > 3 && hard(r[len(r)-3]) && hard(r[len(r)-4]):
		return body + "ев" // Дмитрий, Георгий
	case strings.HasSuffix(father, "ий"):
		return string(r[:len(r)-2]) + "ьев" // Юрий, Василий
	case last == 'й' || last == 'ь':
		return body + "ев" // Андрей, Игорь
	case strings.ContainsRune("аеёиоуыэюя", last):
		return father + "ев" // Муса
	case strings.ContainsRune("жшчщц", last):
		return father + "ев"
	}
	return father + "ов"
}

func hard(r rune) bool {
	return !strings.ContainsRune("аеёиоуыэюяьйАЕЁИОУЫЭЮЯ", r)
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// share is how many of a thousand belong to a people.
type share struct {
	people string
	weight int
}

// peoples by country, roughly as the censuses of 2021 have it around the demo
// clinics, with the small ones raised so that a demonstration shows them.
func peoples(country clinic.Country) []share {
	if country == clinic.Kazakhstan {
		return []share{{"kk", 640}, {"ru", 190}, {"uk", 35}, {"de", 30}, {"tt", 30}, {"uz", 30}, {"ko", 18}, {"az", 15}, {"am", 5}, {"xx", 7}}
	}
	return []share{{"ru", 730}, {"tt", 130}, {"uk", 40}, {"am", 20}, {"az", 25}, {"uz", 22}, {"de", 10}, {"ko", 6}, {"kk", 10}, {"xx", 7}}
}
