package sealed

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/fault"
)

// Check reads every page of the database file and every frame of the log,
// authenticates them, and then lets SQLite examine the structure (PRAGMA
// integrity_check). It returns nil or a fault.Damaged that names the first bad
// page. It works beside readers and the writer: only while it reads the log
// does the writer wait. The time is that of reading the whole file twice.
func (db *DB) Check(ctx context.Context) error { return db.CheckBeside(ctx, db.holdWriter) }

// CheckBeside is Check for a caller who keeps the writing connection and so has
// a way of its own to hold writers back: hold returns once nobody writes, and
// release lets them go on.
func (db *DB) CheckBeside(ctx context.Context, hold func(context.Context) (release func(), err error)) error {
	conn, err := db.Reader.Conn(ctx)
	if err != nil {
		return Classify(err)
	}
	defer conn.Close()
	log, pages, err := db.snapshot(ctx, conn, hold)
	if err != nil {
		return Classify(err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	if err := db.checkPages(ctx, conn, log, pages); err != nil {
		return Classify(err)
	}
	return Classify(integrityCheck(ctx, conn))
}

// snapshot begins a read transaction on conn, so that the log can't be begun
// anew, and scans the log while nobody appends to it. It returns the number of
// pages of the database, too.
func (db *DB) snapshot(ctx context.Context, conn *sql.Conn, hold func(context.Context) (func(), error)) (logReport, uint32, error) {
	var log logReport
	release, err := hold(ctx)
	if err != nil {
		return log, 0, err
	}
	defer release()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return log, 0, err
	}
	var pages uint32
	err = conn.QueryRowContext(ctx, "SELECT page_count FROM pragma_page_count, (SELECT count(*) FROM sqlite_schema)").Scan(&pages)
	if err == nil {
		log, err = db.goodLog()
	}
	if err != nil {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	}
	return log, pages, err
}

// holdWriter keeps the writer out by a transaction of its own.
func (db *DB) holdWriter(ctx context.Context) (func(), error) {
	if db.opts.ReadOnly {
		return func() {}, nil
	}
	tx, err := db.Writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return func() { _ = tx.Rollback() }, nil
}

// goodLog scans the log and fails if it is damaged.
func (db *DB) goodLog() (logReport, error) {
	report, size, err := db.v.scanLog(db.state)
	switch {
	case err != nil || report.damaged == 0:
		return report, err
	case size <= walHeaderSize:
		return report, fault.New(fault.Damaged, "sealed.log_missing", "path", db.state.path+walSuffix)
	}
	d := Damage{Path: db.state.path, Part: PartLog, Frame: report.damaged, Page: report.damagedPage}
	return report, damageFault(d)
}

// checkPages authenticates the pages that the database needs from its file.
func (db *DB) checkPages(ctx context.Context, conn *sql.Conn, log logReport, pages uint32) error {
	f, err := db.v.openRaw(db.state.path, openMain)
	if err != nil {
		return err
	}
	defer f.Close()
	c := &coder{sealer: db.state.s}
	var free map[uint32]struct{}
	for page := uint32(1); page <= pages; page++ {
		if page == lockPage {
			continue
		}
		if page%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ok, err := f.opensPatiently(c, page)
		if err != nil {
			return err
		}
		if _, inLog := log.pages[page]; ok || inLog {
			continue
		}
		if free == nil {
			if free, err = freePages(ctx, conn, pages); err != nil {
				return errors.Join(damageFault(Damage{Path: db.state.path, Part: PartDatabase, Page: page}), err)
			}
		}
		if _, unused := free[page]; !unused || !f.blank(page) {
			return damageFault(Damage{Path: db.state.path, Part: PartDatabase, Page: page})
		}
	}
	return nil
}

// opensPatiently tries again, because a checkpoint may be writing the page.
func (r *rawFile) opensPatiently(c *coder, page uint32) (ok bool, err error) {
	for range 10 {
		if ok, err = r.opens(c, page); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// blank says whether a page was never written. A power cut can leave such pages
// where SQLite has only ever had free ones, which it does not read.
func (r *rawFile) blank(page uint32) bool {
	p, rc := r.at(pageSize, int64(page-1)*pageSize)
	return (rc == sqlite3.SQLITE_OK || rc == sqlite3.SQLITE_IOERR_SHORT_READ) && zero(p)
}

// freePages follows SQLite's list of free pages (file format, section 1.5) and
// gives its leaves.
func freePages(ctx context.Context, conn *sql.Conn, pages uint32) (map[uint32]struct{}, error) {
	free := map[uint32]struct{}{}
	first, err := pageData(ctx, conn, 1)
	if err != nil {
		return nil, err
	}
	trunk := binary.BigEndian.Uint32(first[32:])
	for n := uint32(0); trunk != 0 && n < pages; n++ {
		p, err := pageData(ctx, conn, trunk)
		if err != nil {
			return nil, err
		}
		leaves := min(binary.BigEndian.Uint32(p[4:]), usableSize/4-2)
		for i := range leaves {
			free[binary.BigEndian.Uint32(p[8+4*i:])] = struct{}{}
		}
		trunk = binary.BigEndian.Uint32(p)
	}
	return free, nil
}

func pageData(ctx context.Context, conn *sql.Conn, page uint32) (p []byte, err error) {
	err = conn.QueryRowContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno = ?", page).Scan(&p)
	if err == nil && len(p) != pageSize {
		err = fmt.Errorf("page %d has %d bytes", page, len(p))
	}
	return p, err
}

// integrityCheck asks SQLite. Its findings may quote the schema, never rows.
func integrityCheck(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return err
	}
	defer rows.Close()
	var found []error
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			found = append(found, errors.New(line))
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return fault.Wrap(errors.Join(found...), fault.Damaged, "sealed.structure", "count", len(found))
}
