package today

import (
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/today"
)

// The codes of what the filter offers.
const (
	fieldCode  = "field:"
	personCode = "person:"
)

// filters offers specialities and doctors; in a week, doctors.
func (b *board) filters() {
	t := b.table
	var options []kit.Option
	if !t.Week {
		options = append(options, kit.Option{Text: b.env.T("today_all")})
		for _, f := range t.Fields {
			options = append(options, kit.Option{Code: fieldCode + f, Text: model.Upper(f)})
		}
	}
	for _, p := range t.People {
		options = append(options, kit.Option{Code: personCode + p.ID.String(), Text: p.Name.String(), Below: p.Position})
	}
	b.filter.SetOptions(options)
	switch {
	case !t.Staff.IsZero():
		b.filter.Set(personCode + t.Staff.String())
	case t.Field != "":
		b.filter.Set(fieldCode + t.Field)
	default:
		b.filter.Set("")
	}
}

// filtered shows what was chosen.
func (b *board) filtered(code string) {
	b.ask.Field = ""
	if !b.ask.Week {
		b.ask.Staff = clinic.ID{}
	}
	if f, ok := strings.CutPrefix(code, fieldCode); ok {
		b.ask.Field = f
	}
	if id, ok := strings.CutPrefix(code, personCode); ok {
		if who, err := clinic.ParseID(id); err == nil {
			b.ask.Staff = who
		}
	}
	b.load()
	b.env.Window.Canvas().Focus(b.grid.Focusable())
}
