package store

import (
	"context"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed"
)

// Retry merges entries that waited for a key which is here now, whichever way it has
// come. It costs little where none can be opened. One that is no good is left to
// verification: it goes on waiting.
func (s *Store) Retry(ctx context.Context) error {
	changed, err := s.retryNow(ctx)
	s.signal(changed)
	if err = sealed.Classify(err); fault.Is(err, fault.Damaged) {
		return nil
	}
	return err
}

func (s *Store) retryNow(ctx context.Context) ([]string, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return nil, err
	}
	changed := map[string]bool{}
	_, err := s.journal.Retry(ctx, s.derive(changed))
	return slices.Sorted(maps.Keys(changed)), err
}
