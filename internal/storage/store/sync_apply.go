package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"maps"
	"os"
	"slices"

	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// syncState is what the exchange with others keeps in memory. The writers' lock
// guards it.
type syncState struct {
	absorb bool    // rows of key_record were written that the vault has not taken in
	opened bool    // the vault has taken in what may open entries that wait
	bad    []error // records that it refused
	noted  outsideNote
}

// Apply merges entries of other devices, and brings what is derived from rows
// after them: the search index, the vault, the list of attachments to fetch.
// The first of them, as many as applied says, are durable then; the error is
// about the one behind them.
func (s *Store) Apply(ctx context.Context, entries []*ledger.Entry) (applied int, err error) {
	applied, changed, err := s.apply(ctx, entries)
	s.signal(changed)
	return applied, sealed.Classify(err)
}

func (s *Store) apply(ctx context.Context, entries []*ledger.Entry) (applied int, tables []string, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return 0, nil, err
	}
	changed := map[string]bool{}
	moved := -1 // the entry for which our own branch gave way
	for applied < len(entries) {
		n, e := s.journal.Apply(ctx, entries[applied:], s.trust(), s.derive(changed))
		applied += n
		if e == nil {
			break
		}
		again := false
		if moved < applied {
			moved = applied
			again, e = s.ourOwn(ctx, entries[applied], e)
		}
		if !again {
			err = e
			break
		}
	}
	// What has come before an error has come for good.
	if e := s.absorb(ctx); err == nil {
		err = e
	}
	return applied, slices.Sorted(maps.Keys(changed)), err
}

// retry merges entries that waited for a key which is here now.
func (s *Store) retry(ctx context.Context) error {
	_, err := s.journal.Retry(ctx, s.derive(nil))
	return sealed.Classify(err)
}

// derive gives what runs at the end of a transaction that has written rows of
// others; it notes the tables in changed.
func (s *Store) derive(changed map[string]bool) func(*journal.Tx, []journal.Row) error {
	return func(jtx *journal.Tx, rows []journal.Row) error {
		tx := &Tx{Tx: jtx, s: s, changed: changed}
		var records []ledger.ID
		for _, r := range rows {
			if changed != nil {
				changed[r.Table] = true
			}
			switch r.Table {
			case keyRecordTable:
				records = append(records, r.ID)
			case attachments.table:
				if err := s.wantBlob(tx, r.ID); err != nil {
					return err
				}
			}
		}
		if err := s.absorbNow(tx, records); err != nil {
			return err
		}
		return reindex(tx, rows)
	}
}

// absorbNow hands records to the vault within the transaction that brings them, so
// that the entries behind it open. Should the transaction fail in the end, the
// vault knows something good too early.
func (s *Store) absorbNow(tx *Tx, ids []ledger.ID) error {
	var records []vault.Record
	for _, id := range ids {
		found, err := keyRecords(tx, `id = ?`, id)
		if err != nil {
			return err
		}
		records = append(records, found...)
	}
	if len(records) == 0 {
		return nil
	}
	changed, bad, err := s.session.Absorb(records)
	s.sync.opened = s.sync.opened || changed
	// What is lacking may come with the next entries: the whole is tried then.
	s.sync.absorb = s.sync.absorb || errors.Join(append(bad, err)...) != nil
	return nil
}

// wantBlob notes that the file of an attachment that has come is to be fetched,
// and handed on to other servers.
func (s *Store) wantBlob(tx *Tx, attachment ledger.ID) error {
	names, err := column[string](tx, `SELECT blob FROM attachment WHERE id = ?`, attachment)
	if err != nil || len(names) == 0 || !isBlobName(names[0]) {
		return err
	}
	if _, err := os.Stat(s.blobPath(names[0])); err != nil {
		if _, err := tx.Exec(`INSERT OR IGNORE INTO blob_wanted (blob) VALUES (?)`, names[0]); err != nil {
			return err
		}
	}
	return dueBlob(tx, names[0])
}

// trust shows whom the vault trusts to the journal. It remembers who was
// introduced, for the vault learns of it only after the transaction.
type trust struct {
	s   *vault.Session
	met map[ledger.ID]ed25519.PublicKey
}

func (s *Store) trust() trust { return trust{s.session, map[ledger.ID]ed25519.PublicKey{}} }

// DeviceKey implements journal.Trust.
func (t trust) DeviceKey(device ledger.ID) (ed25519.PublicKey, bool) {
	if key, ok := t.met[device]; ok {
		return key, true
	}
	return t.s.DeviceKey(device)
}

// Accepts implements journal.Trust.
func (t trust) Accepts(device ledger.ID, seq uint64) bool { return t.s.Accepts(device, seq) }

// Introduced implements journal.Trust.
func (t trust) Introduced(device ledger.ID, records []journal.Record) (ed25519.PublicKey, bool) {
	given := make([]vault.Record, len(records))
	for i, r := range records {
		given[i] = vault.Record{ID: r.ID, Kind: vault.RecordKind(r.Kind), Bytes: r.Bytes}
	}
	key, ok := t.s.Introduced(device, given)
	if ok {
		t.met[device] = key
	}
	return key, ok
}
