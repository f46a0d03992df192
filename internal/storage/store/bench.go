package store

import (
	"context"
	"slices"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
)

// BenchVisits saves visits twice over, each in a transaction of its own, by turns
// with the ledger and without, and gives the median time of each. The clinic is
// good for nothing afterwards: half of its rows stand in no entry.
func (s *Store) BenchVisits(ctx context.Context, visits []clinic.Visit) (with, without time.Duration, err error) {
	if !s.throwaway {
		return 0, 0, fault.New(fault.Forbidden, "fault.internal", "why", "not a clinic to be thrown away")
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var on, off []time.Duration
	for i := range visits {
		v := &visits[i]
		put := func(jtx *journal.Tx) error { return (&Tx{Tx: jtx, s: s}).PutVisit(v) }
		renew(v)
		start := time.Now()
		if err := s.journal.Update(ctx, journal.Act{Actor: s.session.User(), Intent: "visit.add"}, put); err != nil {
			return 0, 0, err
		}
		on = append(on, time.Since(start))
		renew(v)
		start = time.Now()
		if err := s.journal.Migrate(ctx, put); err != nil {
			return 0, 0, err
		}
		off = append(off, time.Since(start))
	}
	return median(on), median(off), nil
}

// renew makes a visit a new one.
func renew(v *clinic.Visit) {
	v.ID = clinic.NewID()
	for i := range v.Diagnoses {
		v.Diagnoses[i].ID = clinic.NewID()
	}
	for i := range v.Observations {
		v.Observations[i].ID = clinic.NewID()
	}
	for i := range v.Prescriptions {
		v.Prescriptions[i].ID = clinic.NewID()
	}
	for i := range v.Orders {
		v.Orders[i].ID = clinic.NewID()
	}
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchCards opens the whole cards of patients, one after another, and gives the
// median and the 99th percentile of the times. The first tenth is opened
// unmeasured: a program that has just been opened is another matter.
func (s *Store) BenchCards(ctx context.Context, ids []clinic.ID) (mid, p99 time.Duration, err error) {
	q := s.Reader(ctx)
	var times []time.Duration
	for i, id := range ids {
		start := time.Now()
		if err := q.openCard(id); err != nil {
			return 0, 0, err
		}
		if i >= len(ids)/10 {
			times = append(times, time.Since(start))
		}
	}
	mid = median(times)
	return mid, times[len(times)*99/100], nil
}

// openCard reads what a doctor sees on opening a card.
func (r *Reader) openCard(id clinic.ID) error {
	if _, err := r.Patient(id); err != nil {
		return err
	}
	if _, err := r.Visits(id); err != nil {
		return err
	}
	if _, err := r.Problems(id); err != nil {
		return err
	}
	if _, err := r.Allergies(id); err != nil {
		return err
	}
	_, err := r.Protocols(id)
	return err
}

// Sample draws n live cards, evenly over the order of registration.
func (r *Reader) Sample(n int) ([]clinic.ID, error) {
	return r.ids(`SELECT id FROM patient WHERE deleted IS NULL AND rowid % max(1, (SELECT count(*) FROM patient) / ?) = 0 LIMIT ?`, n, n)
}
