// Package journal is the one door through which a clinic's rows change. In the
// transaction that changes them it writes the ledger entry that says who, when,
// why, the old values and the new (R11.4), and it applies the entries of other
// workstations (R7).
//
// It promises that no write to a synced table escapes the ledger: SQLite's
// pre-update hook on the one writing connection notes what is touched, before
// the commit the rows are read again and only real differences are written as
// the entry; a commit that would leave touched rows without an entry is refused
// by the commit hook. It never writes a patient's row to the ledger but sealed
// under that patient's key. What is written once, or sealed, is changed
// neither by a local write nor by an entry of others.
//
// It needs the schema of storage/store and the policy of clinic.Tables.
package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// Keys is what the journal needs of an unlocked vault.
type Keys interface {
	ledger.Keys
	// Ensure makes the patients' keys of the class durable before it returns.
	Ensure(patients []ledger.ID, class ledger.Class) error
	// Scope is where new rows are sealed.
	Scope() (scope ledger.ID, epoch uint32)
	Organisation() ledger.ID
	Device() ledger.ID
	Sign(message []byte) []byte
	// Issued counts the patients' keys ever made, the erased ones included.
	Issued() int
}

// Act says who changes something and what for.
type Act struct {
	Actor  ledger.ID
	Intent string    // "patient.register", "visit.save", …
	Reason string    // where one is asked for
	Batch  ledger.ID // shared by the transactions of one import
}

// mode of the writing connection.
type mode uint8

const (
	idle    mode = iota // any write to a synced table is refused at commit
	local               // writes become an entry
	apply               // a received entry is being stored
	merging             // and the journal itself writes a row of it
	migrate             // deterministic, without an entry
)

// Journal owns the writing connection.
type Journal struct {
	conn   *sql.Conn
	keys   Keys
	clock  *ledger.Clock
	schema uint32
	tables []*table
	byName map[string]*table
	stmts  map[string]*sql.Stmt
	// directs are the driver's own statements, for rereading.
	directs map[string]statement
	named   []driver.NamedValue // their arguments

	mode    mode
	touched []touch
	index   map[touchKey]int
	hookErr error

	ordinal int64 // of the last entry stored
	self    int64 // our number in table device
	heads   map[ledger.Chain]ledger.Head
	issued  int // patients' keys that committed entries may need
	// issuedNext is what issued will be once the present transaction commits.
	issuedNext int
	news       bool // entries of others were applied since our last one
	waits      waits
	introduce  func(*Tx) error
	settled    map[touchKey]map[int]bool // groups that the present transaction writes whole

	chains *chains // nil: to be read
	past   *past
	opener *opener
}

// New takes over the writing connection. The schema must be in place; version
// is its number, written into every entry.
func New(ctx context.Context, conn *sql.Conn, keys Keys, version uint32, now func() time.Time) (*Journal, error) {
	j := &Journal{
		conn: conn, keys: keys, schema: version,
		byName: map[string]*table{}, stmts: map[string]*sql.Stmt{}, directs: map[string]statement{},
		index: map[touchKey]int{}, heads: map[ledger.Chain]ledger.Head{}, opener: newOpener(conn, keys),
	}
	for i, t := range clinic.Tables {
		tab, err := newTable(ctx, conn, i, t)
		if err != nil {
			return nil, err
		}
		j.tables = append(j.tables, tab)
		j.byName[t.Name] = tab
	}
	if err := j.resume(ctx, now); err != nil {
		return nil, err
	}
	return j, j.hook()
}

// resume reads where our chains stand.
func (j *Journal) resume(ctx context.Context, now func() time.Time) error {
	self, err := j.device(ctx, j.keys.Device())
	if err != nil {
		return err
	}
	j.self = self
	row := j.conn.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM entry`)
	if err := row.Scan(&j.ordinal); err != nil {
		return fmt.Errorf("journal: resume: %w", err)
	}
	var last int64
	for _, chain := range []ledger.Chain{ledger.Changes, ledger.Accesses} {
		head := ledger.Head{Device: j.keys.Device()}
		var hash []byte
		var hlc int64
		err := j.conn.QueryRowContext(ctx,
			`SELECT seq, hash, hlc FROM entry WHERE device = ? AND chain = ? ORDER BY seq DESC LIMIT 1`,
			self, chain).Scan(&head.Seq, &hash, &hlc)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("journal: resume: %w", err)
		}
		copy(head.Hash[:], hash)
		j.heads[chain] = head
		last = max(last, hlc)
	}
	j.clock = ledger.NewClock(now, ledger.HLC(last))
	if err := j.observe(ctx); err != nil {
		return err
	}
	if err := j.resumeIssued(ctx); err != nil {
		return err
	}
	if err := j.resumeWaits(ctx); err != nil {
		return err
	}
	return j.checkNews(ctx)
}

// observe takes in the last stamp of each other device, as their arrival did; one
// that runs too far ahead moves the clock now as little as it did then.
func (j *Journal) observe(ctx context.Context) error {
	rows, err := j.conn.QueryContext(ctx, `SELECT coalesce((SELECT hlc FROM entry
		WHERE device = d.n AND chain = 1 ORDER BY seq DESC LIMIT 1), 0) FROM device d WHERE d.n <> ?`, j.self)
	if err != nil {
		return fmt.Errorf("journal: resume: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hlc int64
		if err := rows.Scan(&hlc); err != nil {
			return fmt.Errorf("journal: resume: %w", err)
		}
		j.clock.Observe(ledger.HLC(hlc))
	}
	return rows.Err()
}

// Close takes the hooks off and closes the prepared statements; the connection
// stays the caller's.
func (j *Journal) Close() error {
	var errs []error
	for _, s := range j.stmts {
		errs = append(errs, s.Close())
	}
	errs = append(errs, j.conn.Raw(func(c any) error {
		errs = append(errs, closeAll(j.directs))
		h, ok := c.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("journal: connection %T has no hooks", c)
		}
		h.RegisterPreUpdateHook(nil)
		h.RegisterCommitHook(nil)
		return nil
	}))
	return errors.Join(errs...)
}

// SetBack reports by how much the machine's clock stands behind the last entry.
func (j *Journal) SetBack() time.Duration { return j.clock.SetBack() }

// Head gives the last entry of our own chain.
func (j *Journal) Head(chain ledger.Chain) ledger.Head { return j.heads[chain] }

// prepare keeps one statement a text for as long as the journal lives.
func (j *Journal) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := j.stmts[query]; ok {
		return s, nil
	}
	s, err := j.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("journal: prepare: %w", err)
	}
	j.stmts[query] = s
	return s, nil
}
