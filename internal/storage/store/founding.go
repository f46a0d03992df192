package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// foundingMark stands in the directory while a clinic is being founded. What lies
// beside it was never shown to anybody and holds nothing yet.
const foundingMark = "founding"

// beginFounding claims the directory for a new clinic. What a founding that did
// not come to its end has left is taken away; a clinic is never touched.
func beginFounding(dir string) error {
	mark := filepath.Join(dir, foundingMark)
	switch _, err := os.Stat(mark); {
	case err == nil:
		if err := clearUnfinished(dir); err != nil {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	default:
		if _, err := os.Stat(filepath.Join(dir, databaseFile)); err == nil || vault.Exists(dir) {
			return fault.New(fault.Conflict, "fault.dir.taken", "dir", dir)
		}
		if err := os.WriteFile(mark, nil, 0o600); err != nil {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
		}
	}
	return nil
}

// endFounding says that the clinic stands.
func endFounding(dir string) error {
	if err := os.Remove(filepath.Join(dir, foundingMark)); err != nil {
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	return nil
}

func clearUnfinished(dir string) error {
	names := sealed.Files(filepath.Join(dir, databaseFile))
	for _, n := range []string{"slots.a", "slots.b", "keyring.a", "keyring.b"} {
		names = append(names, filepath.Join(dir, n))
	}
	for _, n := range names {
		if err := os.Remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
