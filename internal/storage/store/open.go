package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// Founding says what a new clinic begins with.
type Founding struct {
	Organisation clinic.Organisation
	Admin        clinic.Staff // Login set; the first user and administrator
	Password     string
	DeviceName   string
	Params       vault.Params // cost of the password function; zero for the default
}

// Found makes a new clinic in a directory that has none, and gives the recovery
// phrase, which is shown once and kept nowhere. A directory in which founding
// did not come to its end may be founded again.
func Found(ctx context.Context, dir string, f Founding, o Options) (*Store, string, error) {
	if err := os.MkdirAll(dir, 0o700); errIsReadOnly(err) {
		return nil, "", fault.Wrap(err, fault.Space, "fault.dir.readonly", "dir", dir)
	} else if err != nil {
		return nil, "", fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, "", err
	}
	s := newStore(dir, lock, o)
	phrase, err := s.found(ctx, f, o)
	if err != nil {
		return nil, "", errors.Join(err, s.Close(), abandonFounding(dir, err))
	}
	return s, phrase, nil
}

func (s *Store) found(ctx context.Context, f Founding, o Options) (phrase string, err error) {
	if err := beginFounding(s.dir); err != nil {
		return "", err
	}
	if f.Admin.ID.IsZero() {
		f.Admin.ID = clinic.NewID()
	}
	if f.Organisation.ID.IsZero() {
		f.Organisation.ID = clinic.NewID()
	}
	s.session, phrase, err = vault.Init(s.dir, vault.InitParams{
		Organisation: f.Organisation.ID, Login: f.Admin.Login, UserID: f.Admin.ID, Password: f.Password,
		DeviceName: f.DeviceName, Params: f.Params,
	})
	if err != nil {
		return "", err
	}
	if err := s.createDatabase(ctx, o); err != nil {
		return "", err
	}
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	err = s.Update(ctx, journal.Act{Actor: f.Admin.ID, Intent: "clinic.found"}, func(tx *Tx) error {
		if err := tx.PutOrganisation(&f.Organisation); err != nil {
			return err
		}
		if err := tx.setCasePrefix("А"); err != nil {
			return err
		}
		return tx.PutStaff(&f.Admin)
	})
	if err != nil {
		return "", err
	}
	s.fresh = true
	return phrase, endFounding(s.dir)
}

// Open opens the clinic in dir for a user.
func Open(ctx context.Context, dir, login, password string, o Options) (*Store, error) {
	return openWith(ctx, dir, o, func() (*vault.Session, error) { return vault.Open(dir, login, password) })
}

// Recover opens the clinic in dir by its recovery phrase and gives a user a new
// password.
func Recover(ctx context.Context, dir, phrase string, p vault.RecoverParams, o Options) (*Store, error) {
	s, err := openWith(ctx, dir, o, func() (*vault.Session, error) { return vault.Recover(dir, phrase, p) })
	if err != nil {
		return nil, err
	}
	// Somebody took over a login: an auditor wants to see that first of all.
	if err := s.NoteKeys(ctx, "recover"); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func openWith(ctx context.Context, dir string, o Options, unlock func() (*vault.Session, error)) (*Store, error) {
	switch _, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "fault.dir.none", "dir", dir)
	case err != nil:
		return nil, fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, foundingMark)); err == nil {
		return nil, fault.New(fault.NotFound, "fault.dir.unfinished", "dir", dir)
	}
	if !vault.Exists(dir) {
		return nil, fault.New(fault.NotFound, "fault.dir.none", "dir", dir)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := newStore(dir, lock, o)
	if s.session, err = unlock(); err == nil {
		err = s.open(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	var salt []byte
	if v, ok := s.session.Salt(); ok {
		salt = v[:]
	}
	key := s.session.DatabaseKey()
	defer clear(key[:])
	if _, err := os.Stat(s.path()); errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Damaged, "fault.dir.no_database", "file", filepath.Join(s.dir, databaseFile))
	}
	db, err := sealed.Open(ctx, s.path(), key, sealedOptions(o, salt))
	if err != nil {
		// The vault has opened, so the key is right: what does not open under it
		// is damaged.
		if fault.Is(err, fault.Password) {
			return fault.Wrap(err, fault.Damaged, "fault.dir.database_key", "file", databaseFile)
		}
		return err
	}
	s.db = db
	return s.begin(ctx)
}

// begin brings the schema to the present version and starts journal and reader.
func (s *Store) begin(ctx context.Context) (err error) {
	if err := s.tighten(); err != nil {
		return err
	}
	if s.writer, err = s.db.Writer.Conn(ctx); err != nil {
		return sealed.Classify(err)
	}
	version, err := migrateSchema(ctx, s.writer, s.dir, schemaFiles)
	if err != nil {
		return sealed.Classify(err)
	}
	s.reader = newReader(s.db.Reader, s.alive)
	if err := s.identify(ctx); err != nil {
		return err
	}
	return s.resume(ctx, version)
}

// resume starts the journal and does what a break has left undone.
func (s *Store) resume(ctx context.Context, version uint32) (err error) {
	if err := s.knownOffset(ctx); err != nil {
		return sealed.Classify(err)
	}
	if err := s.knownFloor(ctx); err != nil {
		return sealed.Classify(err)
	}
	if s.journal, err = journal.New(ctx, s.writer, keys{s.session}, version, s.stamp); err != nil {
		return sealed.Classify(err)
	}
	s.version = version
	s.journal.Introduce(s.introduce)
	if err := s.settleLetters(ctx); err != nil {
		return sealed.Classify(err)
	}
	shared, err := isShared(s.Reader(ctx))
	if err != nil {
		return sealed.Classify(err)
	}
	s.sync.absorb = shared
	for _, step := range []func(context.Context) error{s.retry, s.absorb, s.purgeLeft} {
		if err := step(ctx); err != nil {
			return sealed.Classify(err)
		}
	}
	return sealed.Classify(s.introduceSelf(ctx, s.session.User()))
}

func newStore(dir string, lock *dirLock, o Options) *Store {
	s := &Store{dir: dir, lock: lock, now: o.Now, outside: o.Outside, throwaway: o.Throwaway, exchanging: make(chan struct{}, 1), watchers: map[int]func([]string){}}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

func sealedOptions(o Options, salt []byte) sealed.Options {
	return sealed.Options{Salt: salt, CacheMB: o.CacheMB, Faults: o.Faults}
}

func errIsReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// tighten keeps other users of the computer out of the directory and the
// database's files. They could read nothing, but they shall not copy it either.
func (s *Store) tighten() error {
	for _, name := range append([]string{s.dir}, sealed.Files(s.path())...) {
		mode := fs.FileMode(0o600)
		if name == s.dir {
			mode = 0o700
		}
		if err := os.Chmod(name, mode); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", s.dir)
		}
	}
	return nil
}
