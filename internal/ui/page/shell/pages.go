package shell

import (
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/page/conflicts"
	"feldsher/internal/ui/page/registration"
	"feldsher/internal/ui/page/setup"
	"feldsher/internal/ui/page/signing"
	"feldsher/internal/ui/page/stations"
	"feldsher/internal/ui/page/templates"
	"feldsher/internal/ui/page/today"
	"feldsher/internal/ui/page/workspace"
	"feldsher/internal/ui/present"
)

// Pages are the screens by the names that routes carry.
func Pages() map[string]Maker {
	return map[string]Maker{
		present.PageToday:        today.NewToday,
		present.PageMine:         today.NewMine,
		present.PageTimetable:    today.NewTimetable,
		present.PagePatients:     cards.NewPatients,
		present.PageCard:         cards.NewCard,
		present.PageRegistration: registration.New,
		present.PageVisit:        func(e *page.Env, r present.Route) page.Page { return workspace.New(e, r) },
		present.PageSigning:      signing.New,
		present.PageTemplates:    templates.New,
		present.PageSettings:     setup.New,
		present.PageConflicts:    conflicts.New,
		present.PageStations:     stations.New,
		present.PageHelp:         newHelp,
	}
}
