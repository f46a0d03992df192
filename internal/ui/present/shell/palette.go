package shell

import (
	"context"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/registration"
	"feldsher/internal/ui/present/setup"
)

// Item is a line of the palette: going to Route, or doing what Do does.
type Item struct {
	Icon, Text, Below, Key string
	Also                   string // further words that it is found by
	Route                  present.Route
	Do                     func()
}

// patientsShown is how many patients the palette offers.
const patientsShown = 12

// Find answers what is typed into the palette: sections and commands that have the
// words in their names, then patients, sections of the settings, and a new card for that
// name. With nothing typed it lists sections and commands.
func Find(ctx context.Context, s *present.Session, query string, commands []Item) ([]Item, error) {
	out := named(s, query, commands)
	query = strings.TrimSpace(query)
	if query == "" || !s.May(clinic.ReadCards) {
		return append(out, settings(s, query)...), nil
	}
	found, err := s.Records.FindPatients(ctx, query, patientsShown)
	if err != nil {
		return out, err
	}
	for _, b := range found {
		out = append(out, Item{
			Icon: "user", Text: s.T("shell_patient", "name", Name(s, b), "birth", s.Words.Date(b.BirthDate)),
			Below: strings.Trim(strings.Join([]string{b.CaseNumber, b.Phone, b.Address}, " · "), " ·"),
			Route: present.Route{Page: present.PageCard, ID: b.ID},
		})
	}
	out = append(out, settings(s, query)...)
	if s.May(clinic.WriteCards) {
		out = append(out, register(s, query)...)
	}
	return out, nil
}

// register offers a new card for what was typed; for what looks typed in the wrong
// keyboard layout first as it was meant.
func register(s *present.Session, query string) (out []Item) {
	names := []string{query}
	if meant := registration.Meant(s.Words, query); meant != "" {
		names = []string{meant, query}
	}
	for _, name := range names {
		out = append(out, Item{
			Icon: "add", Text: s.T("shell_register", "name", name),
			Route: present.Route{Page: present.PageRegistration, Arg: name},
		})
	}
	return out
}

// Name is how lists show whose card it is.
func Name(s *present.Session, b clinic.Brief) string {
	if n := b.String(); n != "" {
		return n
	}
	return s.T("shell_nameless")
}

// named are the sections and commands whose names have every typed word's beginning.
func named(s *present.Session, query string, commands []Item) []Item {
	var all []Item
	for _, x := range Sections(s) {
		all = append(all, Item{Icon: x.Icon, Text: s.T(x.Word), Key: "Alt+" + x.Key, Route: present.Route{Page: x.Page}})
	}
	all = append(all, commands...)
	words := strings.Fields(fold.Text(query))
	if len(words) == 0 {
		return all
	}
	return matching(all, words)
}

func matching(all []Item, words []string) (out []Item) {
	for _, x := range all {
		if begins(strings.Fields(fold.Text(x.Text+" "+x.Also)), words) {
			out = append(out, x)
		}
	}
	return out
}

// fewest is how many letters ask for a section of the settings: fewer begin too many
// names of patients.
const fewest = 3

// settings are the sections of the settings, each with a way to it; those that are
// pages of their own lead to the page, and two of these are commands already.
func settings(s *present.Session, query string) []Item {
	words := strings.Fields(fold.Text(query))
	if len(words) == 0 || utf8.RuneCountInString(strings.Join(words, "")) < fewest {
		return nil
	}
	var out []Item
	for _, x := range setup.Sections(s) {
		to := present.Route{Page: present.PageSettings, Arg: x.Name}
		switch x.Name {
		case setup.Stations, setup.Conflicts:
			continue
		case setup.Templates:
			to = present.Route{Page: present.PageTemplates}
		}
		out = append(out, Item{Icon: x.Icon, Text: x.Word, Also: s.T("shell_find_" + x.Name), Below: s.T("shell_settings"), Route: to})
	}
	return matching(out, words)
}

// begins reports whether each wanted word begins one of the words.
func begins(words, wanted []string) bool {
	for _, w := range wanted {
		ok := false
		for _, x := range words {
			ok = ok || strings.HasPrefix(x, w)
		}
		if !ok {
			return false
		}
	}
	return true
}
