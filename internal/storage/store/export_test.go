package store

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
)

// Tamper writes without an entry and past every rule, as a defect of the program
// or a hand on the file would.
func (s *Store) Tamper(ctx context.Context, fn func(*journal.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.journal.Migrate(ctx, fn)
}

// CaseLetters gives the letters that a workstation gives to the next after so many.
func CaseLetters(own string, given int) string { return caseGiven(own, given) }

// Dump gives every synced table as text, without what is local to a workstation.
func (s *Store) Dump(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, t := range clinic.Tables {
		names := []string{"hex(id)"}
		for _, g := range t.Groups {
			for _, c := range g.Columns {
				names = append(names, `quote("`+c+`")`)
			}
		}
		list, err := column[string](s.Reader(ctx), `SELECT concat_ws(' ', `+strings.Join(names, ", ")+`) FROM `+t.Name+` ORDER BY id`)
		if err != nil {
			panic(err)
		}
		out[t.Name] = strings.Join(list, "\n")
	}
	return out
}
