package journal_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
)

// sealedStation is a workstation on an encrypted database, as a clinic's is.
func sealedStation(b *testing.B, like *station, name string) *station {
	b.Helper()
	ctx := context.Background()
	s := &station{name: name, trust: like.trust, now: like.now, keys: like.keys}
	key := sealed.Key(*sharedKey("database", name))
	db, err := sealed.Create(ctx, filepath.Join(b.TempDir(), "clinic.db"), key, sealed.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s.db = db.Reader
	if s.conn, err = db.Writer.Conn(ctx); err != nil {
		b.Fatal(err)
	}
	s.schema(b)
	s.start(b)
	b.Cleanup(func() {
		_ = s.j.Close()
		_ = s.conn.Close()
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// written counts the rows of synced tables.
func written(b *testing.B, db *sql.Conn) (n int64) {
	for _, t := range clinic.Tables {
		n += count(b, db, `SELECT count(*) FROM `+t.Name)
	}
	return n
}

// benchApply writes visits of nine rows at one workstation, so many to an entry,
// and applies the entries at another; the ratio is of the times.
func benchApply(b *testing.B, perEntry, entries int) {
	st := newStations(b, 2)
	var writing, applying time.Duration
	var rows int64
	for b.Loop() {
		from, to := sealedStation(b, st[0], "a"), sealedStation(b, st[1], "b")
		p := &pair{patient: clinic.NewID()}
		from.put(b, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p.patient, ordinal)
		start := time.Now()
		for i := range entries {
			var many []func(execer, int64) error
			for k := range perEntry {
				many = append(many, p.visitRows(i*perEntry+k))
			}
			err := from.j.Update(context.Background(), act, func(tx *journal.Tx) error {
				for _, fn := range many {
					if err := fn(func(q string, args ...any) error { _, err := tx.Exec(q, args...); return err }, tx.Ordinal()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		writing += time.Since(start)
		var all []*ledger.Entry
		for after := int64(0); ; { // pages, as they come
			page, err := journal.After(context.Background(), from.db, after, 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			after = page[len(page)-1].N
			all = all[:0]
			for _, s := range page {
				e, err := ledger.Decode(s.Raw)
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, e)
			}
			start := time.Now()
			if n, err := to.j.Apply(context.Background(), all, to.trust, nil); err != nil || n != len(all) {
				b.Fatal(n, err)
			}
			applying += time.Since(start)
		}
		rows += written(b, to.conn)
	}
	b.ReportMetric(float64(rows)/writing.Seconds(), "written-rows/s")
	b.ReportMetric(float64(rows)/applying.Seconds(), "applied-rows/s")
	b.ReportMetric(float64(applying)/float64(writing), "ratio")
}

// BenchmarkApplyBulk is an import of 20 000 rows.
func BenchmarkApplyBulk(b *testing.B) { benchApply(b, 111, 20) }

// BenchmarkApplyVisits are 500 visits saved one by one.
func BenchmarkApplyVisits(b *testing.B) { benchApply(b, 1, 500) }
