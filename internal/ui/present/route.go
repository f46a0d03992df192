package present

import "feldsher/internal/clinic"

// Route names a page and what it shows: going back, the palette, the remembered
// last page and links in the status line all are routes.
type Route struct {
	Page string    `json:"page"`
	ID   clinic.ID `json:"id,omitzero"`   // the record the page is about
	Arg  string    `json:"arg,omitempty"` // anything else: a day, a query, a tab
}

// The pages.
const (
	PageToday        = "today"        // the desk's day; Arg: a day; ID: the patient to book
	PageMine         = "mine"         // the doctor's own patients of the day
	PageTimetable    = "timetable"    // a doctor's week; ID: the doctor
	PagePatients     = "patients"     // Arg: a query
	PageCard         = "card"         // ID: the patient; Arg: a tab
	PageRegistration = "registration" // ID: the patient, zero for a new one; Arg: a name to begin with
	PageVisit        = "visit"        // ID: the visit; or Arg "new" and ID the patient; or Arg "booking" and ID the booking
	PageSigning      = "signing"      // ID: the protocol
	PageTemplates    = "templates"
	PageSettings     = "settings"  // Arg: a section
	PageConflicts    = "conflicts" // Arg: the conflict in sight
	PageStations     = "stations"
	PageHelp         = "help" // Arg: the page that help is about
)
