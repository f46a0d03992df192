package store

import (
	"context"

	"feldsher/internal/storage/sealed"
)

// AbsorbCarried is AbsorbKeys for a record of a draft of the keyring that came on a
// stick: wrap is the one it has for this workstation.
func (s *Store) AbsorbCarried(ctx context.Context, gen uint32, wrap, record []byte) error {
	s.writing.Lock()
	changed, err := s.absorbCarried(ctx, gen, wrap, record)
	s.writing.Unlock()
	s.signal(changed)
	return sealed.Classify(err)
}

func (s *Store) absorbCarried(ctx context.Context, gen uint32, wrap, record []byte) ([]string, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	added, erased, err := s.session.AbsorbCarried(gen, wrap, record)
	if err != nil {
		return nil, err
	}
	changed, err := s.purge(ctx, erased)
	if err != nil || added == 0 {
		return changed, err
	}
	return changed, s.retryGood(ctx)
}

// Blobs lists the files of all attachments, whether they are here or not.
func (s *Store) Blobs(ctx context.Context) ([]BlobHash, error) {
	names, err := column[string](s.Reader(ctx), `SELECT DISTINCT blob FROM attachment WHERE blob <> '' ORDER BY blob`)
	return blobHashes(names), err
}
