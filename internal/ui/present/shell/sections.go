package shell

import (
	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// Section is an entry of the rail.
type Section struct {
	Page string // of present's pages
	Icon string
	Word string // key of its name
	Key  string // as printed on keyboards
}

// Sections are what a user's roles have to do with, in the order of the day; Ctrl
// and the digit of its place opens each.
func Sections(s *present.Session) []Section {
	var out []Section
	add := func(ok bool, page, icon string) {
		if ok {
			out = append(out, Section{Page: page, Icon: icon, Word: "shell_" + page})
		}
	}
	cards := s.May(clinic.ReadCards)
	care := s.May(clinic.WriteCare)
	if s.User.Has(clinic.Reception) || !care {
		add(cards, present.PageToday, "today")
		add(care, present.PageMine, "stethoscope")
	} else {
		add(care, present.PageMine, "stethoscope")
		add(cards, present.PageToday, "today")
	}
	add(cards, present.PagePatients, "patients")
	add(cards, present.PageTimetable, "calendar")
	add(true, present.PageSettings, "settings")
	for i := range out {
		out[i].Key = string(rune('1' + i))
	}
	return out
}

// Home is the page on which a user's day begins.
func Home(s *present.Session) present.Route {
	return present.Route{Page: Sections(s)[0].Page}
}

// Of is the section that a page belongs to, for the mark on the rail.
func Of(page string) string {
	switch page {
	case present.PageCard, present.PageRegistration, present.PageVisit, present.PageSigning:
		return present.PagePatients
	case present.PageTemplates, present.PageConflicts, present.PageStations:
		return present.PageSettings
	}
	return page
}
