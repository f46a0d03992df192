package store

import (
	"errors"
	"os"
	"path/filepath"

	"feldsher/internal/fault"
	"feldsher/internal/storage/vault"
)

// Probe looks at a data directory before anybody was asked for a password: whether
// a clinic is there, and what speaks against working in it. It makes the directory
// where there is none, and takes and frees its lock. Faults: Space for one that
// can't be made or written, Locked when another program works in it, Damaged and
// Newer as far as the key files tell; found says then whether a clinic is there.
func Probe(dir string) (found bool, err error) {
	if err := os.MkdirAll(dir, 0o700); errIsReadOnly(err) || os.IsPermission(err) {
		return false, fault.Wrap(err, fault.Space, "fault.dir.readonly", "dir", dir)
	} else if err != nil {
		return false, fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return vault.Exists(dir), err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if err := writable(dir); err != nil {
		return vault.Exists(dir), err
	}
	if _, err := os.Stat(filepath.Join(dir, foundingMark)); err == nil || !vault.Exists(dir) {
		return false, nil
	}
	_, err = vault.Logins(dir)
	return true, err
}

// writable makes sure of it by writing: rights alone don't tell of a full or
// read-only disk.
func writable(dir string) error {
	path := filepath.Join(dir, "probe")
	err := os.WriteFile(path, []byte("probe"), 0o600)
	switch {
	case errIsReadOnly(err) || os.IsPermission(err):
		return fault.Wrap(err, fault.Space, "fault.dir.readonly", "dir", dir)
	case err != nil:
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	return fault.Wrap(os.Remove(path), fault.Space, "fault.dir.unusable", "dir", dir)
}

// Discard closes a clinic that this program has founded (Found) and takes it away
// again: a demo that was broken off, say. Any other is closed and stays, with the
// fault Conflict.
func (s *Store) Discard() error {
	if !s.fresh {
		return errors.Join(fault.New(fault.Conflict, "fault.dir.taken", "dir", s.dir), s.Close())
	}
	mark := filepath.Join(s.dir, foundingMark)
	// From here on the directory holds nothing that counts, whatever happens.
	if err := errors.Join(os.WriteFile(mark, nil, 0o600), syncFolder(s.dir)); err != nil {
		return errors.Join(fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", s.dir), s.Close())
	}
	err := s.Close()
	if cleared := clearUnfinished(s.dir); cleared != nil {
		return errors.Join(err, fault.Wrap(cleared, fault.Space, "fault.dir.unusable", "dir", s.dir))
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(s.dir, "blobs")), os.Remove(mark), syncFolder(s.dir))
}
