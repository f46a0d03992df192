// Package store keeps a clinic's records in the encrypted database of one
// workstation. It owns the schema, the SQL and the data directory; every change
// goes through Store.Update, which writes the ledger entry in the same
// transaction (package journal), and reads go through Store.View or the methods
// of Reader.
//
// It promises that what Update has returned without an error is on the disk, and
// that nothing of an Update that failed is. It keeps no rules: what a user may do
// and what a record must be is decided by the services above.
//
// Everything of a clinic lies in one directory:
//
//	clinic.db, -wal, -shm, -anchor   the database (package sealed)
//	slots.a, slots.b                 users, device, scope keys (package vault)
//	keyring.a, keyring.b             keys of patients (package vault)
//	blobs/                           attachments, each encrypted by itself
//	attempts.json                    failed logins (package vault)
//	before-upgrade/                  copies made before a migration
//	incarnation                      by which a copied directory is noticed
//	lock                             held while a program has the clinic open
package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/sealed/faultfs"
	"feldsher/internal/storage/vault"
)

// Store is an open clinic.
type Store struct {
	dir     string
	lock    *dirLock
	session *vault.Session
	db      *sealed.DB
	journal *journal.Journal
	writer  *sql.Conn
	writing sync.Mutex
	closed  atomic.Bool
	now     func() time.Time
	reader  *Reader
	offset  atomic.Int64 // of a server's clock to ours
	floor   atomic.Int64 // milliseconds: no entry is stamped before
	sync    syncState
	version uint32 // of the schema
	outside string // Options.Outside

	throwaway bool
	fresh     bool // founded by this program

	exchanging chan struct{} // full while an exchange is at a step

	watching sync.Mutex
	watchers map[int]func([]string)
	nextID   int
}

// databaseFile is the name of the database within the data directory.
const databaseFile = "clinic.db"

// Options of opening.
type Options struct {
	Now func() time.Time // the clock; time.Now by default
	// Throwaway marks a clinic that is made to be measured and thrown away.
	Throwaway bool

	// Outside is a directory apart from the data directory, where it is noted how
	// far each workstation of this computer has come: by it a data directory that
	// was copied or put back is noticed, before it writes under an identity that
	// another has. Empty for none: the clinic then relies on its server.
	Outside string

	CacheMB int           // page cache a connection; 0 for the default of 64
	Faults  faultfs.Layer // tests only: what goes wrong below the database
}

// Session gives the keys of the users who entered and of the device.
func (s *Store) Session() *vault.Session { return s.session }

// Dir is the data directory.
func (s *Store) Dir() string { return s.dir }

// Update runs fn in one transaction and writes its ledger entry. It waits for
// other writers of this program.
func (s *Store) Update(ctx context.Context, act journal.Act, fn func(*Tx) error) error {
	changed, err := s.update(ctx, act, fn)
	if err != nil {
		return sealed.Classify(err)
	}
	s.signal(changed)
	return nil
}

func (s *Store) update(ctx context.Context, act journal.Act, fn func(*Tx) error) ([]string, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write(ctx, act, fn)
}

// write is Update under the writers' lock; it gives the tables that were written.
func (s *Store) write(ctx context.Context, act journal.Act, fn func(*Tx) error) ([]string, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	if act.Actor.IsZero() {
		act.Actor = s.session.User()
	}
	if err := nobody(act.Actor); err != nil {
		return nil, err
	}
	defer s.session.Signing(act.Actor)()
	var tx *Tx
	err := s.journal.Update(ctx, act, func(jtx *journal.Tx) error {
		tx = &Tx{Tx: jtx, s: s, changed: map[string]bool{}}
		return fn(tx)
	})
	if err != nil || tx == nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(tx.changed)), nil
}

// Local writes to tables that belong to this workstation alone.
func (s *Store) Local(ctx context.Context, fn func(*Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return err
	}
	return sealed.Classify(s.journal.Local(ctx, func(tx *journal.Tx) error { return fn(&Tx{Tx: tx, s: s}) }))
}

// Access records acts of looking in the ledger's second chain.
func (s *Store) Access(ctx context.Context, acts []ledger.Access) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.access(ctx, s.session.User(), acts)
}

func (s *Store) access(ctx context.Context, user ledger.ID, acts []ledger.Access) error {
	if err := s.alive(); err != nil {
		return err
	}
	if len(acts) == 0 {
		return nil
	}
	if err := nobody(user); err != nil {
		return err
	}
	return sealed.Classify(s.journal.Access(ctx, user, acts))
}

// NoteKeys records in the ledger's second chain what was done with the keys of
// the logged-in user: "recover", "password", "phrase", "user".
func (s *Store) NoteKeys(ctx context.Context, action string) error {
	return s.Access(ctx, []ledger.Access{{At: s.now().UnixMilli(), Action: action, What: "keys", Count: 1}})
}

// Verify checks the ledger and holds the tables against it.
func (s *Store) Verify(ctx context.Context) (journal.Report, error) {
	if err := s.alive(); err != nil {
		return journal.Report{}, err
	}
	v := journal.Verifier{DB: s.db.Reader, Keys: keys{s.session}, Org: s.session.Organisation(), Trust: s.trust()}
	report, err := v.Verify(ctx)
	return report, sealed.Classify(err)
}

// Watch calls fn after every committed change with the names of the tables that
// were written, until the returned function is called. fn runs on the writer's
// goroutine, with no lock held: it may use the store, and should be quick.
func (s *Store) Watch(fn func(tables []string)) (stop func()) {
	s.watching.Lock()
	defer s.watching.Unlock()
	id := s.nextID
	s.nextID++
	s.watchers[id] = fn
	return func() {
		s.watching.Lock()
		defer s.watching.Unlock()
		delete(s.watchers, id)
	}
}

func (s *Store) signal(tables []string) {
	if len(tables) == 0 {
		return
	}
	s.watching.Lock()
	fns := slices.Collect(maps.Values(s.watchers))
	s.watching.Unlock()
	for _, fn := range fns {
		fn(tables)
	}
}

// Organisation reads the clinic's own record.
func (s *Store) Organisation(ctx context.Context) (clinic.Organisation, error) {
	return s.Reader(ctx).Organisation()
}

// path is the database file.
func (s *Store) path() string { return filepath.Join(s.dir, databaseFile) }

// Close writes the log back, forgets the keys and lets the directory go. What is
// asked of the store afterwards fails with the kind Forbidden; a second call does
// nothing.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	if s.journal != nil {
		errs = append(errs, s.noteHeads(context.Background()))
	}
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.session != nil {
		errs = append(errs, s.session.Close())
	}
	return errors.Join(append(errs, s.lock.release())...)
}

// alive fails once the store is closed.
func (s *Store) alive() error {
	if s.closed.Load() {
		return fault.New(fault.Forbidden, "fault.store.closed")
	}
	return nil
}

// Log walks over the ledger from the newest entry back; see journal.Log.
func (s *Store) Log(ctx context.Context, patient clinic.ID) iter.Seq2[journal.Opened, error] {
	if patient.IsZero() {
		return journal.Log(ctx, s.db.Reader, keys{s.session}, patient)
	}
	return journal.Log(ctx, s.db.Reader, keysOf{keys{s.session}, patient}, patient)
}
