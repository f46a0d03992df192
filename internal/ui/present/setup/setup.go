// Package setup is what the page of settings shows and does: doctors' hours,
// absences and who must be rung because of them, the price list, users, the clinic's
// own data and how the program looks. It reads what people type (a time, a day, a
// sum) and tells at which field something is wrong.
//
// Everything that waits takes a context and may run beside the screen's thread; what
// it has read comes back as a function that the screen calls to take it over.
package setup

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// The sections of the page, as a route's Arg names them.
const (
	Hours     = "hours"
	Absences  = "absences"
	Prices    = "prices"
	Users     = "users"
	Clinic    = "clinic"
	Look      = "look"
	Password  = "password"
	Templates = "templates" // another page
	Stations  = "stations"  // another page
	Conflicts = "conflicts" // another page
)

// Section is a line of the list at the left.
type Section struct{ Name, Icon, Word, About string }

// Sections lists what the user has to do with; everybody has the looks and the own
// password.
func Sections(s *present.Session) []Section {
	var out []Section
	add := func(may bool, name, icon string) {
		if may {
			out = append(out, Section{name, icon, s.T("setup_" + name), s.T("setup_" + name + "_about")})
		}
	}
	add(s.May(clinic.ManageDesk), Hours, "clock")
	add(s.May(clinic.ManageDesk), Absences, "calendar")
	add(s.May(clinic.ReadPrices), Prices, "price")
	add(s.May(clinic.ManageUsers), Users, "user")
	add(s.May(clinic.ManageClinic), Clinic, "clinic")
	add(s.May(clinic.ManageClinic) || s.May(clinic.SignProtocols), Templates, "template")
	add(true, Stations, "online")
	add(true, Conflicts, "merge")
	add(true, Look, "sun")
	add(true, Password, "key")
	return out
}

// Column of a list; Grow is its share of what is left.
type Column struct {
	Title string
	Width float32
	Grow  float32
	Right bool
}

// Cell is a place of a list.
type Cell struct {
	Text, Below, Icon string
	Muted, Bold       bool
}

// Done says what was done, and undoes it; Undo may be nil.
type Done struct {
	Text string
	Undo func(context.Context) error
}

// List is a section that shows lines, of which each is changed in a form. Load, Save
// and what Remove gives may run beside the screen's thread and touch nothing that the
// others read; all else is asked on it.
type List interface {
	Columns() []Column
	Empty() string
	// Load reads the lines; the function that comes back takes them over.
	Load(context.Context) (func(), error)
	Len() int
	Cell(row, column int) Cell
	// New and Edit give a form to fill in; nil where the user may not.
	New() *Form
	Edit(row int) *Form
	// Save stores what a form holds.
	Save(context.Context, *Form) (Done, error)
	// CanRemove says whether a line can go; Remove gives the work that takes it away.
	CanRemove(row int) bool
	Remove(row int) func(context.Context) (Done, error)
}
