package store

import (
	"context"
	"crypto/ed25519"
	"errors"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed"
)

// Check is one thing that can be checked about a clinic's data. Run gives how
// much it has read; a failure is a fault of kind Damaged.
type Check struct {
	Part string
	Run  func(context.Context) (int64, error)
}

// Checks lists everything that can be checked, the ground first.
func (s *Store) Checks() []Check {
	return []Check{
		{"database", s.checkDatabase},
		{"foreign_keys", s.checkForeignKeys},
		{"keys", s.checkKeys},
		{"index", func(ctx context.Context) (int64, error) { return checkIndex(s.Reader(ctx)) }},
		{"ledger", func(ctx context.Context) (int64, error) {
			report, err := s.Verify(ctx)
			return report.Entries, err
		}},
		{"protocols", s.checkProtocols},
		{"attachments", s.checkAttachments},
	}
}

// checkDatabase authenticates every page and has SQLite check its structure.
func (s *Store) checkDatabase(ctx context.Context) (int64, error) {
	pages, err := scalar[int64](s.Reader(ctx), `PRAGMA page_count`)
	if err != nil {
		return 0, sealed.Classify(err)
	}
	return pages, s.db.CheckBeside(ctx, func(context.Context) (func(), error) {
		s.writing.Lock()
		return s.writing.Unlock, nil
	})
}

// checkForeignKeys looks for rows that name a row that is not there.
func (s *Store) checkForeignKeys(ctx context.Context) (int64, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return 0, sealed.Classify(err)
	}
	defer rows.Close()
	if rows.Next() {
		var table, parent string
		var rowid, id any
		if err := rows.Scan(&table, &rowid, &parent, &id); err != nil {
			return 0, sealed.Classify(err)
		}
		return 0, fault.New(fault.Damaged, "fault.check.foreign_key", "table", table, "parent", parent)
	}
	return int64(len(clinic.Tables)), sealed.Classify(rows.Err())
}

// checkKeys reports what the vault has found wrong with its files.
func (s *Store) checkKeys(context.Context) (int64, error) {
	for _, d := range s.session.Damage() {
		return 0, d
	}
	if err := s.journal.KeysLost(); err != nil {
		return 0, err
	}
	return int64(s.session.Keyring().Len()), nil
}

// checkProtocols holds every signed protocol against its signature.
func (s *Store) checkProtocols(ctx context.Context) (n int64, err error) {
	q := s.Reader(ctx)
	ids, err := q.AllProtocols(clinic.ProtocolSigned)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		p, err := q.Protocol(id)
		if err != nil {
			return n, err
		}
		if err := VerifyProtocol(p, s.SignerKeys(p.Signer)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// VerifyProtocol holds a signed protocol against its digest and signature, by
// any of the signer's keys: a recovered password makes a new one, and what was
// signed before stays valid. A draft has none.
func VerifyProtocol(p clinic.Protocol, keys []ed25519.PublicKey) error {
	if p.Status != clinic.ProtocolSigned {
		return nil
	}
	digest, err := p.SignedDigest()
	if err != nil {
		return err
	}
	if string(digest) == string(p.Digest) {
		for _, key := range keys {
			if ed25519.Verify(key, digest, p.Signature) {
				return nil
			}
		}
	}
	return fault.New(fault.Damaged, "fault.protocol.signature", "id", p.ID)
}

func (s *Store) checkAttachments(ctx context.Context) (int64, error) {
	var first error
	n, err := s.CheckAttachments(ctx, func(_ clinic.ID, err error) {
		if first == nil && !errors.Is(err, ErrOrphan) {
			first = err
		}
	})
	return int64(n), errors.Join(first, err)
}
