package journal_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"feldsher/internal/clinic"
)

// links reads the merged cards of a workstation.
func (s *station) links(t *testing.T) []clinic.Link {
	t.Helper()
	rows, err := s.conn.QueryContext(context.Background(), `SELECT id, deleted, patient, other, ended FROM patient_link`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []clinic.Link
	for rows.Next() {
		var l clinic.Link
		if err := rows.Scan(&l.ID, &l.Deleted, &l.Patient, &l.Other, &l.Ended); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// Workstations that merge and part cards without seeing one another come to the same
// roots, in whatever order the entries arrive (R1.6): among them the same pair merged
// twice, a ring of three, and a link that two ended.
func TestMergedCardsConverge(t *testing.T) {
	for seed := range uint64(brief(12, 2)) {
		rng := rand.New(rand.NewPCG(seed, 7))
		stations := newStations(t, 3)
		var cards []clinic.ID
		for range 6 {
			id := clinic.NewID()
			cards = append(cards, id)
			stations[0].put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'Вишнякова')`, id[:], ordinal)
		}
		spread := func() {
			t.Helper()
			for _, to := range rng.Perm(len(stations)) {
				for _, from := range rng.Perm(len(stations)) {
					if to != from {
						if err := stations[to].apply(stations[from].entries(t)...); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
		spread()
		for range 3 {
			for _, s := range stations {
				for range 1 + rng.IntN(2) {
					a, b := cards[rng.IntN(len(cards))], cards[rng.IntN(len(cards))]
					id := clinic.NewID()
					if a != b {
						s.put(t, `INSERT INTO patient_link (id, born, patient, other, why, at) VALUES (?, ?, ?, ?, 'та же', 1)`, id[:], ordinal, a[:], b[:])
					}
				}
				if have := s.links(t); len(have) > 0 && rng.IntN(2) == 0 {
					l := have[rng.IntN(len(have))]
					s.put(t, `UPDATE patient_link SET ended = ? WHERE id = ?`, 100+rng.Int64N(9), l.ID[:])
				}
			}
			if rng.IntN(2) == 0 {
				spread()
			}
		}
		spread()
		spread()
		for _, card := range cards {
			want := clinic.Component(stations[0].links(t), card)
			for _, s := range stations[1:] {
				if got := clinic.Component(s.links(t), card); !slices.Equal(got, want) {
					t.Fatalf("seed %d: %s has %v, a has %v", seed, s.name, got, want)
				}
			}
		}
	}
}
