package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// keyRecordTable holds the records of the key files that travel in the ledger.
const keyRecordTable = "key_record"

// Publish writes what the key files hold beyond the ledger into the ledger, in one
// entry: certificates, revocations, scope keys for their readers, users' slots.
// Where nothing is new it writes none, nor in a clinic that never had a server,
// nor while nobody is at work. It belongs right after everything that changes the
// vault, and at the beginning of each exchange; called again it goes on where it
// was broken off.
func (s *Store) Publish(ctx context.Context, intent string) error {
	s.writing.Lock()
	changed, err := s.publish(ctx, intent)
	s.writing.Unlock()
	s.signal(changed)
	return sealed.Classify(err)
}

func (s *Store) publish(ctx context.Context, intent string) ([]string, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	shared, err := isShared(s.Reader(ctx))
	if err != nil {
		return nil, err
	}
	if !shared {
		return nil, nil // nobody else reads the ledger: a new scope key counts at once
	}
	// What others wrote comes first, so that our older state never hides it.
	if err := s.absorb(ctx); err != nil {
		return nil, err
	}
	// Of one moment: an epoch that somebody makes from here on is the next one's.
	records, epochs := s.session.Publication()
	fresh, err := s.unpublished(ctx, records)
	if err != nil {
		return nil, err
	}
	var changed []string
	if len(fresh) > 0 {
		if s.session.User().IsZero() {
			return nil, nil // the next who sits down publishes
		}
		// The entry is sealed under the epoch that all know; what it brings counts
		// from the next one on.
		changed, err = s.write(ctx, journal.Act{Intent: intent}, func(tx *Tx) error { return tx.putKeyRecords(fresh) })
		if err != nil {
			return nil, err
		}
	}
	return changed, s.published(ctx, records, epochs)
}

// isShared reports whether anybody else reads the clinic's ledger: a server was
// ever linked, or this workstation has joined.
func isShared(q querier) (bool, error) {
	n, err := scalar[int64](q, `SELECT EXISTS (SELECT 1 FROM link) OR EXISTS (SELECT 1 FROM key_record)
		OR EXISTS (SELECT 1 FROM meta WHERE name = 'joined')`)
	return n != 0, err
}

// published tells the vault of the epochs that have reached the ledger: those of
// which every share stands in a committed row. What is written from then on is
// sealed under them, so one that others can't open must never be named.
func (s *Store) published(ctx context.Context, records []vault.Record, epochs []vault.Epoch) error {
	lacking, err := s.unpublished(ctx, records)
	if err != nil || slices.ContainsFunc(lacking, func(r vault.Record) bool { return r.Kind == vault.RecordShare }) {
		return err
	}
	for _, e := range epochs {
		s.session.Published(e.Scope, e.Number)
	}
	return nil
}

// unpublished lists those of the vault's records that the ledger does not have.
func (s *Store) unpublished(ctx context.Context, records []vault.Record) ([]vault.Record, error) {
	stored, err := readKeyRecords(s.Reader(ctx))
	if err != nil {
		return nil, err
	}
	have := make(map[ledger.ID][]byte, len(stored))
	for _, r := range stored {
		have[r.ID] = r.Bytes
	}
	var out []vault.Record
	for _, r := range records {
		if known, ok := have[r.ID]; !ok || !bytes.Equal(known, r.Bytes) {
			out = append(out, r)
		}
	}
	return out, nil
}

func readKeyRecords(q querier) ([]vault.Record, error) { return keyRecords(q, `1 ORDER BY rowid`) }

func keyRecords(q querier, where string, args ...any) ([]vault.Record, error) {
	rows, err := q.query(`SELECT id, kind, record FROM key_record WHERE deleted IS NULL AND record IS NOT NULL AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []vault.Record
	for rows.Next() {
		var r vault.Record
		var kind int64
		if err := rows.Scan(&r.ID, &kind, &r.Bytes); err != nil {
			return nil, fmt.Errorf("store: %s: %w", keyRecordTable, err)
		}
		r.Kind = vault.RecordKind(kind)
		if int64(r.Kind) == kind { // else of a later version
			out = append(out, r)
		}
	}
	return out, rows.Err()
}

func (tx *Tx) putKeyRecords(records []vault.Record) error {
	for _, r := range records {
		_, err := tx.Exec(`INSERT INTO key_record (id, born, kind, record) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, record = excluded.record, deleted = NULL`,
			r.ID, tx.Ordinal(), int64(r.Kind), r.Bytes)
		if err != nil {
			return err
		}
	}
	if tx.changed != nil && len(records) > 0 {
		tx.changed[keyRecordTable] = true
	}
	return nil
}

// introduce puts the certificates of this workstation into its first entry, so
// that whoever reads it knows whom to trust.
func (s *Store) introduce(jtx *journal.Tx) error {
	tx := &Tx{Tx: jtx, s: s}
	shared, err := isShared(tx)
	if err != nil || !shared {
		return err
	}
	records := s.session.Introduction()
	if err := tx.putKeyRecords(records); err != nil {
		return err
	}
	for _, r := range records { // also where the row stands already
		if err := jtx.Settle(keyRecordTable, r.ID, "record"); err != nil {
			return err
		}
	}
	return nil
}

// introduceSelf sees to it that a new identity's first entry is one that carries its
// certificates, before any access is recorded in its name.
func (s *Store) introduceSelf(ctx context.Context, actor ledger.ID) error {
	if s.journal.Head(ledger.Changes).Seq > 0 || actor.IsZero() {
		return nil
	}
	shared, err := isShared(s.Reader(ctx))
	if err != nil || !shared {
		return err
	}
	_, err = s.write(ctx, journal.Act{Actor: actor, Intent: "device.introduce"}, func(tx *Tx) error { return s.introduce(tx.Tx) })
	return err
}

// absorb has the vault take in what the rows of key_record bring, and merges the
// entries that waited for it. A break is no harm: it is repeated at the next
// opening.
func (s *Store) absorb(ctx context.Context) error {
	for s.sync.absorb || s.sync.opened {
		if s.sync.absorb {
			records, err := readKeyRecords(s.Reader(ctx))
			if err != nil {
				return err
			}
			changed, bad, err := s.session.Absorb(records)
			if err != nil {
				return err
			}
			s.sync.absorb, s.sync.bad, s.sync.opened = false, bad, s.sync.opened || changed
		}
		if !s.sync.opened {
			return nil
		}
		s.sync.opened = false
		if err := s.retryGood(ctx); err != nil { // what waited may bring more
			s.sync.opened = true
			return err
		}
	}
	return nil
}

// retryGood is retry, but that an entry which is no good is left to verification:
// it goes on waiting.
func (s *Store) retryGood(ctx context.Context) error {
	if err := s.retry(ctx); err != nil && !fault.Is(err, fault.Damaged) {
		return err
	}
	return nil
}

// RefusedRecords lists what the vault has refused of the records that others
// published, for a log.
func (s *Store) RefusedRecords() []error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.sync.bad
}
