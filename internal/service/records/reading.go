package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Visit reads a visit whole and notes that it was viewed.
func (r *Records) Visit(ctx context.Context, id clinic.ID) (clinic.Visit, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return clinic.Visit{}, err
	}
	v, err := r.store.Reader(ctx).Visit(id)
	if err != nil {
		return v, err
	}
	return v, r.looked(ctx, "view", "visit", v.Patient, 1)
}

// Chart is what a doctor opens: the card with everything that hangs on it.
type Chart struct {
	Patient   clinic.Patient    `json:"patient"`          // of merged cards the root
	Merged    []clinic.Patient  `json:"merged,omitempty"` // the other cards of this person
	Problems  []clinic.Problem  `json:"problems,omitempty"`
	Allergies []clinic.Allergy  `json:"allergies,omitempty"`
	Visits    []clinic.Visit    `json:"visits,omitempty"`
	Protocols []clinic.Protocol `json:"protocols,omitempty"`

	// What hangs on no visit: imported results and the like.
	Observations  []clinic.Observation  `json:"observations,omitempty"`
	Prescriptions []clinic.Prescription `json:"prescriptions,omitempty"`
	Diagnoses     []clinic.Diagnosis    `json:"diagnoses,omitempty"`
}

// Chart opens a patient's whole record: of merged cards what hangs on all of them,
// each thing with the card that it was written on (R1.6).
func (r *Records) Chart(ctx context.Context, id clinic.ID) (c Chart, err error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return c, err
	}
	q := r.store.Reader(ctx)
	people, err := cardsOf(q, id)
	if err != nil {
		return c, err
	}
	c.Patient = people[0]
	if len(people) > 1 {
		c.Merged = people[1:]
	}
	cards := make([]clinic.ID, len(people))
	for i := range people {
		cards[i] = people[i].ID
	}
	if c.Problems, err = gather(cards, q.Problems); err != nil {
		return c, err
	}
	if c.Allergies, err = gather(cards, q.Allergies); err != nil {
		return c, err
	}
	if c.Visits, err = visitsOf(q, cards); err != nil {
		return c, err
	}
	if c.Protocols, err = protocolsOf(q, cards); err != nil {
		return c, err
	}
	for _, card := range cards {
		o, p, d, err := q.Loose(card)
		if err != nil {
			return c, err
		}
		c.Observations, c.Prescriptions, c.Diagnoses = append(c.Observations, o...), append(c.Prescriptions, p...), append(c.Diagnoses, d...)
	}
	return c, r.looked(ctx, "view", "chart", c.Patient.ID, 1)
}

// visitsOf reads the visits of all cards of a person, the newest first.
func visitsOf(q *store.Reader, cards []clinic.ID) ([]clinic.Visit, error) {
	list, err := gather(cards, q.Visits)
	return newestFirst(cards, list, func(v *clinic.Visit) clinic.Time { return v.CareFrom }), err
}

// protocolsOf reads the protocols of all cards of a person, the newest first.
func protocolsOf(q *store.Reader, cards []clinic.ID) ([]clinic.Protocol, error) {
	list, err := gather(cards, q.Protocols)
	return newestFirst(cards, list, func(p *clinic.Protocol) clinic.Time { return p.Written }), err
}

// Visits reads a patient's visits, those of merged cards among them, the newest
// first.
func (r *Records) Visits(ctx context.Context, patient clinic.ID) ([]clinic.Visit, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return nil, err
	}
	if err := r.known(ctx, patient); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	cards, err := q.Component(patient)
	if err != nil {
		return nil, err
	}
	list, err := visitsOf(q, cards)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "visit", patient, len(list))
}

// known refuses the id of a card that is not there, where an empty list would pass
// for an answer.
func (r *Records) known(ctx context.Context, patient clinic.ID) error {
	if there, err := r.store.Reader(ctx).HasPatient(patient); err != nil || there {
		return err
	}
	return fault.New(fault.NotFound, "fault.patient.none")
}
