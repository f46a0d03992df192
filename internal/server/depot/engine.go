package depot

import (
	"context"
	"errors"

	"feldsher/internal/ledger"
)

// engine is what differs between the two kinds of database. Statements are written
// once, in the words that both understand ($1, ON CONFLICT, RETURNING); all bytes
// are byte strings, all times milliseconds, all numbers 64 bits with sign, and no
// column is ever NULL.
type engine interface {
	// write runs fn in one durable transaction, which no other write of the same
	// organisation overlaps (zero: of none in particular). fn may be run several
	// times, each but the last without effect. Once it has begun the transaction is
	// carried to its end, whatever becomes of ctx.
	write(ctx context.Context, org ledger.ID, fn func(tx) error) error
	// alone is a write that no other alone overlaps, whichever process's.
	alone(ctx context.Context, fn func(tx) error) error
	// read runs fn on one snapshot, look on the present state statement by statement.
	read(ctx context.Context, fn func(tx) error) error
	look(ctx context.Context, fn func(tx) error) error
	// guard runs fn while no other process or goroutine has a guard of the same name;
	// what fn changes is durable when guard returns, and not necessarily in one
	// transaction.
	guard(ctx context.Context, name string, fn func(tx) error) error
	// announce tells other processes that something of an organisation has moved.
	announce(org ledger.ID)
	// shred removes what deleted rows have left in files of the database, as far as
	// the kind of database can. It may go on in the background.
	shred()
	close() error
}

// tx is a transaction, or what stands for one.
type tx interface {
	exec(sql string, args ...any) (rows int64, err error)
	// later is an exec of which nobody wants to know the outcome: it is done before
	// the next other statement, or before the end.
	later(sql string, args ...any) error
	// query calls row for each row, until it gives errEnough. row may not use the
	// transaction.
	query(sql string, args []any, row func(scan scan) error) error
	// many is a query for each of several lists of arguments.
	many(sql string, lists [][]any, row func(i int, scan scan) error) error
}

// errEnough ends the rows of one list of arguments, without being an error.
var errEnough = errors.New("depot: enough rows")

type scan = func(dest ...any) error

// one reads a single row; false if there is none.
func one(t tx, sql string, args []any, dest ...any) (found bool, err error) {
	err = t.query(sql, args, func(scan scan) error {
		found = true
		return scan(dest...)
	})
	return found, err
}

// key gives an id as an argument.
func key(id ledger.ID) []byte { return id[:] }

// blob gives bytes as an argument: none are an empty string, not NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// idOf reads a column of 16 bytes.
func idOf(b []byte) (id ledger.ID) {
	copy(id[:], b)
	return id
}

// hashOf reads a column of 32 bytes.
func hashOf(b []byte) (h ledger.Hash) {
	copy(h[:], b)
	return h
}
