package store

import (
	"cmp"
	"slices"

	"feldsher/internal/clinic"
)

// PutService writes a line of the price list.
func (tx *Tx) PutService(s *clinic.Service) error { return services.save(tx, s, clinic.ID{}) }

// Services lists the price list in the order of its codes and titles; withdrawn
// lines only where all are asked for.
func (r *Reader) Services(all bool) ([]clinic.Service, error) {
	const order = ` ORDER BY speciality, code, title, rowid`
	if all {
		return services.list(r, `deleted IS NULL`+order)
	}
	return services.list(r, `deleted IS NULL AND active = 1`+order)
}

// Services lists the price list, withdrawn lines too.
func (tx *Tx) Services() ([]clinic.Service, error) {
	return services.list(tx, `deleted IS NULL ORDER BY rowid`)
}

// Service reads a line of the price list; Fault: NotFound, also when struck out.
func (r *Reader) Service(id clinic.ID) (clinic.Service, error) {
	return live(services, r, id, "fault.billing.service.none")
}

// Service reads a line of the price list; Fault: NotFound, also when struck out.
func (tx *Tx) Service(id clinic.ID) (clinic.Service, error) {
	return live(services, tx, id, "fault.billing.service.none")
}

// PutRendered writes a service of a visit.
func (tx *Tx) PutRendered(r *clinic.Rendered) error { return rendered.save(tx, r, r.Patient) }

// RenderedOf lists the services of a visit in the order they were added.
func (r *Reader) RenderedOf(visit clinic.ID) ([]clinic.Rendered, error) {
	return rendered.list(r, `visit = ? AND deleted IS NULL ORDER BY rowid`, visit)
}

// RenderedFor lists the services rendered to a patient, the newest first, those of
// merged cards too.
func (r *Reader) RenderedFor(patient clinic.ID) ([]clinic.Rendered, error) {
	cards, err := component(r, patient)
	if err != nil {
		return nil, err
	}
	var out []clinic.Rendered
	for _, card := range cards {
		list, err := rendered.list(r, `patient = ? AND deleted IS NULL ORDER BY rendered DESC, rowid DESC`, card)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b clinic.Rendered) int { return cmp.Compare(b.When, a.When) })
	return out, nil
}

// Rendered reads a service of a visit, struck out or not; Fault: NotFound.
func (tx *Tx) Rendered(id clinic.ID) (clinic.Rendered, error) {
	v, err := rendered.one(tx, `id = ?`, id)
	if err == nil && v == nil {
		return live(rendered, tx, id, "fault.billing.rendered.none")
	}
	if err != nil {
		return clinic.Rendered{}, err
	}
	return *v, nil
}
