package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// AbsorbKeys takes in a record of the keyring at a server: patients' keys, and
// tombstones, after which what was erased elsewhere is erased here too: rows, the
// search index, files. Entries that waited for the keys are merged.
func (s *Store) AbsorbKeys(ctx context.Context, record []byte) error {
	s.writing.Lock()
	changed, err := s.absorbKeys(ctx, record)
	s.writing.Unlock()
	s.signal(changed)
	return sealed.Classify(err)
}

func (s *Store) absorbKeys(ctx context.Context, record []byte) ([]string, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	added, erased, err := s.session.AbsorbKeys(record)
	if err != nil {
		return nil, err
	}
	changed, err := s.purge(ctx, erased)
	if err != nil || added == 0 {
		return changed, err
	}
	return changed, s.retryGood(ctx)
}

// Erase destroys a patient's keys of the given classes for good, and takes the
// rows and files that they opened out of this workstation (R10.3). Other
// workstations learn of it by the keyring's renewal (package syncer). It may be
// repeated; what a break leaves undone is done at the next opening.
func (s *Store) Erase(ctx context.Context, patient ledger.ID, classes ...ledger.Class) error {
	s.writing.Lock()
	changed, err := s.erase(ctx, patient, classes)
	s.writing.Unlock()
	s.signal(changed)
	return sealed.Classify(err)
}

func (s *Store) erase(ctx context.Context, patient ledger.ID, classes []ledger.Class) ([]string, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	of := make([]vault.Class, len(classes))
	erased := make([]vault.Tombstone, len(classes))
	for i, c := range classes {
		of[i] = vault.Class(c)
		erased[i] = vault.Tombstone{Patient: patient, Class: of[i]}
	}
	if err := s.session.Keyring().Erase(patient, of...); err != nil {
		return nil, err
	}
	return s.purge(ctx, erased)
}

// purgedName is the row of meta that counts the tombstones whose rows are gone.
const purgedName = "purged"

// purgeLeft does what a break has left undone of former erasures.
func (s *Store) purgeLeft(ctx context.Context) error {
	erased := s.session.Keyring().Tombstones()
	done, err := s.meta(ctx, purgedName)
	if err != nil || done == strconv.Itoa(len(erased)) || done == "" && len(erased) == 0 {
		return err
	}
	_, err = s.purge(ctx, erased)
	return err
}

// meta reads a note of this workstation; empty where there is none.
func (s *Store) meta(ctx context.Context, name string) (string, error) {
	v, err := scalar[[]byte](s.Reader(ctx), `SELECT value FROM meta WHERE name = ?`, name)
	return string(v), err
}

func (tx *Tx) putMeta(name, value string) error {
	_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, []byte(value))
	return err
}

// purge takes what was sealed under destroyed keys out of the tables, and gives
// the names of those that changed.
func (s *Store) purge(ctx context.Context, erased []vault.Tombstone) ([]string, error) {
	if len(erased) == 0 {
		return nil, nil
	}
	files, err := s.blobsOf(ctx, erased)
	if err != nil {
		return nil, err
	}
	gone := make([]journal.Erased, len(erased))
	for i, t := range erased {
		gone[i] = journal.Erased{Patient: t.Patient, Class: ledger.Class(t.Class)}
	}
	var changed []string
	err = s.journal.Purge(ctx, gone, func(jtx *journal.Tx, rows []journal.Row) error {
		for _, r := range rows {
			if !slices.Contains(changed, r.Table) {
				changed = append(changed, r.Table)
			}
		}
		return purgeDerived(&Tx{Tx: jtx, s: s}, rows, erased, files)
	})
	if err == nil {
		// Before the note below: after a break all this is done once more.
		err = s.purgeFiles(ctx, files)
	}
	if err != nil {
		return nil, err
	}
	all := strconv.Itoa(len(s.session.Keyring().Tombstones()))
	return changed, s.journal.Local(ctx, func(jtx *journal.Tx) error {
		return (&Tx{Tx: jtx, s: s}).putMeta(purgedName, all)
	})
}

// blobsOf lists the files whose keys the patients' medical keys have wrapped.
func (s *Store) blobsOf(ctx context.Context, erased []vault.Tombstone) ([]string, error) {
	var out []string
	for _, t := range erased {
		if t.Class != vault.Medical {
			continue
		}
		names, err := column[string](s.Reader(ctx), `SELECT blob FROM attachment WHERE patient = ?`, t.Patient)
		if err != nil {
			return nil, err
		}
		out = append(out, names...)
	}
	return out, nil
}

// purgeDerived takes the rows out of what is derived from them and is local.
func purgeDerived(tx *Tx, rows []journal.Row, erased []vault.Tombstone, files []string) error {
	for _, name := range files {
		for _, q := range []string{`DELETE FROM blob_wanted WHERE blob = ?`, `DELETE FROM blob_due WHERE blob = ?`} {
			if _, err := tx.Exec(q, name); err != nil {
				return err
			}
		}
	}
	// What was being typed about the patient, or at a visit of the patient.
	ids := make([]ledger.ID, 0, len(rows)+len(erased))
	for _, t := range erased {
		ids = append(ids, t.Patient)
	}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	for _, id := range ids {
		if _, err := tx.Exec(`DELETE FROM draft WHERE id = ?`, key16(id)); err != nil {
			return err
		}
	}
	if err := reindex(tx, rows); err != nil {
		return err
	}
	return dropOrphans(tx)
}

// purgeFiles removes attachments that no row names any more, copies of the
// database from before the erasure, and what the log still holds of the rows.
func (s *Store) purgeFiles(ctx context.Context, files []string) error {
	var errs []error
	for _, name := range files {
		if !isBlobName(name) {
			continue
		}
		n, err := scalar[int64](s.Reader(ctx), `SELECT count(*) FROM attachment WHERE blob = ?`, name)
		if err != nil {
			return err
		}
		if n == 0 {
			errs = append(errs, removed(s.blobPath(name)), removed(filepath.Join(s.blobs(), blobPart+name)))
		}
	}
	errs = append(errs, os.RemoveAll(filepath.Join(s.dir, upgradeFolder)))
	if err := errors.Join(errs...); err != nil {
		return fault.Wrap(err, fault.Space, "fault.erase.files")
	}
	// Readers that are at work may hold the log up; the next checkpoint writes it back.
	rows, err := s.writer.QueryContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() { // its one row says how far it came
	}
	return rows.Err()
}

func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
