package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"feldsher/internal/ledger"
)

// batches are the numbers of rows that one statement reads, the largest first.
// The rows of a bulk Update are read many at a time: half of the cost of reading
// one is that of the statement.
var batches = [...]int{64, 16, 4, 2, 1}

// read gives a row by its id as driver values, nil when there is none.
func (j *Journal) read(ctx context.Context, t *table, id ledger.ID) ([]any, error) {
	var row []any
	err := j.readBatch(ctx, t, len(batches)-1, []any{id[:]}, func(_ ledger.ID, found []any) { row = found })
	return row, err
}

// reread gives the present state of every touched row, in the order of touching;
// nil for those that are not there.
func (j *Journal) reread(ctx context.Context) ([][]any, error) {
	byTable := make([][]int, len(j.tables))
	for i := range j.touched {
		t := j.touched[i].table
		byTable[t] = append(byTable[t], i)
	}
	now := make([][]any, len(j.touched))
	var args []any
	for t, touched := range byTable {
		for b, size := range batches {
			for ; len(touched) >= size; touched = touched[size:] {
				args = args[:0]
				for _, i := range touched[:size] {
					args = append(args, j.touched[i].id[:])
				}
				err := j.readBatch(ctx, j.tables[t], b, args, func(id ledger.ID, row []any) {
					now[j.index[touchKey{t, id}]] = row
				})
				if err != nil {
					return nil, err
				}
			}
		}
	}
	return now, nil
}

// readBatch reads the rows with the given ids, as many as the batch has, and
// yields those that are there in any order. It asks the driver itself: for a save
// of a few rows the way through database/sql costs as much as the reading.
func (j *Journal) readBatch(ctx context.Context, t *table, batch int, ids []any, yield func(ledger.ID, []any)) error {
	args := make([]driver.NamedValue, len(ids))
	for i, id := range ids {
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: id}
	}
	return j.conn.Raw(func(c any) error {
		stmt, err := j.direct(ctx, c, t.reread[batch])
		if err != nil {
			return err
		}
		// A context that can end would cost a goroutine each time.
		rows, err := stmt.QueryContext(context.WithoutCancel(ctx), args)
		if err != nil {
			return fmt.Errorf("journal: reread %s: %w", t.Name, err)
		}
		defer func() { _ = rows.Close() }()
		cells := make([]driver.Value, len(t.columns))
		for {
			if err := rows.Next(cells); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("journal: reread %s: %w", t.Name, err)
			}
			row := make([]any, len(cells))
			for i, v := range cells {
				row[i] = v
			}
			yield(idOf(row[0]), row)
		}
	})
}

func (t *table) scan(rows *sql.Rows) ([]any, error) {
	row := make([]any, len(t.columns))
	into := make([]any, len(t.columns))
	for i := range row {
		into[i] = &row[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("journal: read %s: %w", t.Name, err)
	}
	return row, nil
}
