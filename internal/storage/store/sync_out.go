package store

import (
	"context"

	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
)

// Outbox gives the entries behind a local ordinal, ours and others' (those may
// have come by a stick or from another server), in the order of their arrival.
// It stops before their bytes exceed maxBytes, but gives one where there is one.
func (s *Store) Outbox(ctx context.Context, after int64, maxBytes int) ([]journal.Stored, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	out, err := journal.After(ctx, s.db.Reader, after, maxBytes)
	return out, sealed.Classify(err)
}

// Unsent counts the entries behind a local ordinal.
func (s *Store) Unsent(ctx context.Context, after int64) (int, error) {
	n, err := scalar[int64](s.Reader(ctx), `SELECT count(*) FROM entry WHERE n > ?`, after)
	return int(n), err
}

// Heads gives the last entry that is here of every chain of every workstation.
func (s *Store) Heads(ctx context.Context) ([]journal.ChainHead, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	out, err := journal.Heads(ctx, s.db.Reader)
	return out, sealed.Classify(err)
}
