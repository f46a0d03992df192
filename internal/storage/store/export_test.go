package store

import (
	"context"

	"feldsher/internal/storage/journal"
)

// Tamper writes without an entry and past every rule, as a defect of the program
// or a hand on the file would.
func (s *Store) Tamper(ctx context.Context, fn func(*journal.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.journal.Migrate(ctx, fn)
}
