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

// mostUnfinished is more than a database of nothing but its schema takes.
const mostUnfinished = 4 << 20

// beginFounding claims the directory for a new clinic. What a founding that did
// not come to its end has left is taken away; a clinic is never touched.
func beginFounding(dir string) error {
	mark := filepath.Join(dir, foundingMark)
	switch _, err := os.Stat(mark); {
	case err == nil:
		// A database that has grown is somebody's, whatever the mark says.
		if info, err := os.Stat(filepath.Join(dir, databaseFile)); err == nil && info.Size() > mostUnfinished {
			return fault.New(fault.Conflict, "fault.dir.taken", "dir", dir)
		}
		if err := clearUnfinished(dir); err != nil {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	default:
		if _, err := os.Stat(filepath.Join(dir, databaseFile)); err == nil || vault.Exists(dir) {
			return fault.New(fault.Conflict, "fault.dir.taken", "dir", dir)
		}
		if err := errors.Join(os.WriteFile(mark, nil, 0o600), syncFolder(dir)); err != nil {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
		}
	}
	return nil
}

// endFounding says that the clinic stands, for good: a mark that came back after
// a power cut would let the next founding clear a clinic away.
func endFounding(dir string) error {
	if err := errors.Join(os.Remove(filepath.Join(dir, foundingMark)), syncFolder(dir)); err != nil {
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	return nil
}

// abandonFounding leaves the directory as it was found, where the founding failed
// with the program still running. A clinic that stood there before has no mark.
func abandonFounding(dir string, cause error) error {
	if fault.Is(cause, fault.Conflict) {
		return nil
	}
	mark := filepath.Join(dir, foundingMark)
	if _, err := os.Stat(mark); err != nil {
		return nil //nolint:nilerr // nothing was begun
	}
	if err := clearUnfinished(dir); err != nil {
		return err
	}
	return errors.Join(os.Remove(mark), syncFolder(dir))
}

func clearUnfinished(dir string) error {
	names := sealed.Files(filepath.Join(dir, databaseFile))
	for _, n := range []string{"slots.a", "slots.b", "keyring.a", "keyring.b"} {
		// A replacement of vault's that was cut off may have left the other two.
		for _, step := range []string{"", ".tmp", ".old"} {
			names = append(names, filepath.Join(dir, n+step))
		}
	}
	for _, n := range names {
		if err := os.Remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
