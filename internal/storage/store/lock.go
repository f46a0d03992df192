package store

import (
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"feldsher/internal/fault"
)

// dirLock keeps a second program out of a data directory.
type dirLock struct{ f *flock.Flock }

// lockDir takes the directory, or says that another program has it.
func lockDir(dir string) (*dirLock, error) {
	f := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	got, err := f.TryLock()
	if os.IsPermission(err) || errIsReadOnly(err) {
		return nil, fault.Wrap(err, fault.Space, "fault.dir.readonly", "dir", dir)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	if !got {
		return nil, fault.New(fault.Locked, "fault.dir.locked", "dir", dir)
	}
	return &dirLock{f}, nil
}

func (l *dirLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Unlock()
}
