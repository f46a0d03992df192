package today

import (
	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
)

// unsignedShown is how many protocols are looked at for whose they are.
const unsignedShown = 200

// unsigned lists the protocols of the user's visits that are not signed.
func unsigned(s *present.Session, q *store.Reader) ([]Undone, error) {
	ids, err := q.AllProtocols("draft")
	if err != nil {
		return nil, err
	}
	if len(ids) > unsignedShown {
		ids = ids[len(ids)-unsignedShown:]
	}
	var out []Undone
	for _, id := range ids {
		p, err := q.Protocol(id)
		if err != nil {
			return nil, err
		}
		if p.Visit.IsZero() {
			continue
		}
		v, err := q.Visit(p.Visit)
		if err != nil || v.Staff != s.User.ID {
			continue
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
