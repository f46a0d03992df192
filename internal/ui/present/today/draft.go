package today

import (
	"context"
	"encoding/json"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// draftOf is the id under which the booking panel of the desk keeps its draft: there
// is one panel a user.
var draftOf = clinic.ID{}

// KeepForm keeps what is typed in the panel; nil, or a form with nothing typed,
// forgets it.
func KeepForm(ctx context.Context, s *present.Session, f *Form) error {
	body := ""
	if f != nil && f.typed() {
		b, err := json.Marshal(f)
		if err != nil {
			return err
		}
		body = string(b)
	}
	return s.Records.SaveDraft(ctx, records.DraftBooking, draftOf, body)
}

// KeptForm is the form that was left half typed, nil for none. A draft that can't be
// read any more is none: it is of an older program.
func KeptForm(ctx context.Context, s *present.Session) (*Form, error) {
	d, ok, err := s.Records.Draft(ctx, records.DraftBooking, draftOf)
	if err != nil || !ok {
		return nil, err
	}
	f := readForm(d.Body)
	if f == nil || !f.typed() {
		return nil, nil
	}
	return f, nil
}

// readForm gives the form of a draft, nil where it can't be read.
func readForm(body string) *Form {
	f := &Form{}
	if json.Unmarshal([]byte(body), f) != nil {
		return nil
	}
	return f
}

// typed reports whether anything is lost when the form is.
func (f *Form) typed() bool {
	return f.Query != "" || f.Registering && f.New != (Newcomer{}) || f.Reason != "" || f.Double != "" || f.Minutes != ""
}

// Past reports whether the day of the form has gone by: then another place must be
// chosen.
func (f *Form) Past(s *present.Session) bool {
	return !f.Place.Start.IsZero() && f.Place.Date < s.Today()
}
