package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"feldsher/internal/fault"
)

// The keyring lies beside the database and knows nothing of it. So the database
// counts the patients' keys ever made: a keyring that has fewer has lost its end,
// and a key made anew would bury what the lost one has sealed.

// resumeIssued compares the keyring with the count.
func (j *Journal) resumeIssued(ctx context.Context) error {
	var noted []byte
	err := j.conn.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'keys_issued'`).Scan(&noted)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("journal: keys: %w", err)
	}
	if len(noted) > 0 {
		if j.issued, err = strconv.Atoi(string(noted)); err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.keys.lost")
		}
	}
	return nil
}

// KeysLost reports whether the keyring has fewer keys than were made.
func (j *Journal) KeysLost() error {
	if have := j.keys.Issued(); have < j.issued {
		return fault.New(fault.Damaged, "fault.keys.lost", "lost", j.issued-have)
	}
	return nil
}

// noteIssued counts keys made in the present transaction.
func (j *Journal) noteIssued(ctx context.Context) error {
	have := j.keys.Issued()
	if have <= j.issued {
		return nil
	}
	stmt, err := j.prepare(ctx, `INSERT INTO meta (name, value) VALUES ('keys_issued', ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(ctx, []byte(strconv.Itoa(have))); err != nil {
		return fmt.Errorf("journal: keys: %w", err)
	}
	j.issuedNext = have
	return nil
}
