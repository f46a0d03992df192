package shell

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present"
)

// Item is a line of the palette: going to Route, or doing what Do does.
type Item struct {
	Icon, Text, Below, Key string
	Route                  present.Route
	Do                     func()
}

// patientsShown is how many patients the palette offers.
const patientsShown = 12

// Find answers what is typed into the palette: sections and commands that have the
// words in their names, then patients, then a new card for that name. With nothing
// typed it lists sections and commands.
func Find(ctx context.Context, s *present.Session, query string, commands []Item) ([]Item, error) {
	out := named(s, query, commands)
	query = strings.TrimSpace(query)
	if query == "" || !s.May(clinic.ReadCards) {
		return out, nil
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
	if s.May(clinic.WriteCards) {
		out = append(out, Item{
			Icon: "add", Text: s.T("shell_register", "name", query),
			Route: present.Route{Page: present.PageRegistration, Arg: query},
		})
	}
	return out, nil
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
	var out []Item
	for _, x := range all {
		if begins(strings.Fields(fold.Text(x.Text)), words) {
			out = append(out, x)
		}
	}
	return out
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
