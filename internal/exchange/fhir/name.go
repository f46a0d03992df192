package fhir

import (
	"slices"
	"strings"
	"unicode"

	"feldsher/internal/clinic"
)

// names takes the name that is in use as the patient's, and all others as
// former ones. Titles before and after a name have no place and are counted.
func (b *builder) names(n *node, list []humanName, p *clinic.Patient) {
	main := mainName(list)
	for i := range list {
		b.book.element("Patient.name.prefix", len(list[i].Prefix))
		b.book.element("Patient.name.suffix", len(list[i].Suffix))
	}
	if main < 0 {
		p.NameUnknown = true
		b.book.warn(n, "fhir.warn.name")
		return
	}
	p.Name = list[main].clinic()
	for i := range list {
		name := list[i].clinic()
		if i == main || name == p.Name || name == (clinic.Name{}) {
			continue
		}
		former := clinic.FormerName{
			Record: clinic.Record{ID: n.key.part("name", i)},
			Name:   name, Kind: nameKind(list[i].Use, name, p.Name),
		}
		former.Until = b.date(n, "name.period", list[i].Period.End)
		p.FormerNames = append(p.FormerNames, former)
	}
}

// mainName chooses the name to go by; -1 if no name says anything.
func mainName(list []humanName) int {
	for _, uses := range [][]string{
		{"official"}, {"usual"}, {""}, {"temp", "nickname"}, {"anonymous", "old", "maiden"},
	} {
		for i := range list {
			if slices.Contains(uses, list[i].Use) && list[i].clinic() != (clinic.Name{}) {
				return i
			}
		}
	}
	return -1
}

func nameKind(use string, name, main clinic.Name) string {
	switch {
	case use == "maiden":
		return "maiden"
	case use == "old":
		return "former"
	case latin(name.String()) && !latin(main.String()):
		return "latin"
	}
	return "other"
}

func latin(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r)
	})
}

// clinic splits the name into our parts. The last given name is the patronymic
// if it has the form of one; a name written only as a whole stays whole, as the
// family name, where search finds each of its words.
func (h *humanName) clinic() clinic.Name {
	name := clinic.Name{Family: strings.TrimSpace(h.Family)}
	given := strings.Fields(strings.Join(h.Given, " "))
	if len(given) > 1 && patronymic(given[len(given)-1]) {
		name.Patronymic = given[len(given)-1]
		given = given[:len(given)-1]
	} else if k := len(given); k > 2 && patronymic(given[k-2]+" "+given[k-1]) {
		name.Patronymic = given[k-2] + " " + given[k-1]
		given = given[:k-2]
	}
	name.Given = strings.Join(given, " ")
	if name == (clinic.Name{}) {
		name.Family = strings.Join(strings.Fields(h.Text), " ")
	}
	return name
}

// patronymics are the endings of Russian patronymics, and of Kazakh and other
// Turkic ones written together or apart, in both scripts.
var patronymics = []string{
	"вич", "ич", "вна", "ична", "инична", "ұлы", "улы", "қызы", "кызы", "оглы", "оғлу",
	"vich", "ovna", "evna", "ichna", "uly", "kyzy", "qyzy", "ogly",
}

func patronymic(s string) bool {
	s = strings.ToLower(s)
	for _, end := range patronymics {
		if strings.HasSuffix(s, end) && len([]rune(s)) > len([]rune(end))+2 {
			return true
		}
	}
	return false
}

// fullName writes a name for a person to read.
func fullName(h *humanName) string {
	if h == nil {
		return ""
	}
	return h.clinic().String()
}
