package today

import (
	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
)

// unsignedShown is how many protocols are listed at most.
const unsignedShown = 200

// unsigned lists the protocols of the user's visits that are not signed.
func unsigned(s *present.Session, q *store.Reader) ([]Undone, error) {
	ids, err := q.Unsigned(s.User.ID, unsignedShown)
	if err != nil {
		return nil, err
	}
	var out []Undone
	for _, id := range ids {
		p, err := q.Protocol(id)
		if err != nil {
			return nil, err
		}
		out = append(out, Undone{
			"sign", s.T("today_undone_protocol", "name", nameOfCard(s, q, p.Patient), "title", p.Title),
			s.Words.Moment(p.Written),
			present.Route{Page: present.PageSigning, ID: p.ID},
		})
	}
	return out, nil
}

func nameOfCard(s *present.Session, q *store.Reader, id clinic.ID) string {
	b, ok, err := q.Brief(id)
	if err != nil || !ok || b.Name == (clinic.Name{}) {
		return s.T("today_nameless")
	}
	return b.Name.String()
}
