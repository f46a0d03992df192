package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// execer is a transaction with the ledger or without.
type execer func(query string, args ...any) error

// bare runs the same statements on a sealed database without a journal, each
// prepared once as the journal does.
type bare struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	n     int64
}

func (b *bare) exec(query string, args ...any) error {
	ctx := context.Background()
	s, ok := b.stmts[query]
	if !ok {
		var err error
		if s, err = b.conn.PrepareContext(ctx, query); err != nil {
			return err
		}
		b.stmts[query] = s
	}
	_, err := s.ExecContext(ctx, args...)
	return err
}

func (b *bare) update(fn func(execer, int64) error) error {
	b.n++
	if err := b.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	if err := fn(b.exec, b.n); err != nil {
		return err
	}
	return b.exec(`COMMIT`)
}

// pair is one sealed clinic with a journal and one without.
type pair struct {
	with    *room
	without *bare
	patient ledger.ID
}

func newPair(b *testing.B) *pair {
	dir := foundDir(b)
	p := &pair{with: enterRoom(b, dir, true), patient: clinic.NewID()}
	r := enterRoom(b, foundDir(b), false)
	p.without = &bare{conn: r.conn, stmts: map[string]*sql.Stmt{}, n: 1}
	b.Cleanup(func() {
		for _, s := range p.without.stmts {
			_ = s.Close()
		}
	})
	p.run(b, func(e execer, n int64) error {
		return e(`INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p.patient[:], n)
	})
	return p
}

// run does the same in both and gives how long each took.
func (p *pair) run(b *testing.B, fn func(execer, int64) error) (with, without time.Duration) {
	start := time.Now()
	err := p.with.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		return fn(func(q string, args ...any) error { _, err := tx.Exec(q, args...); return err }, tx.Ordinal())
	})
	if err != nil {
		b.Fatal(err)
	}
	middle := time.Now()
	if err := p.without.update(fn); err != nil {
		b.Fatal(err)
	}
	return middle.Sub(start), time.Since(middle)
}

func (p *pair) compare(b *testing.B, fn func(i int) func(execer, int64) error) {
	var with, without time.Duration
	i := 0
	for b.Loop() {
		x, y := p.run(b, fn(i))
		with, without = with+x, without+y
		i++
	}
	b.ReportMetric(float64(with)/float64(without), "ratio")
	b.ReportMetric(float64(with.Microseconds())/float64(i), "with-µs/op")
	b.ReportMetric(float64(without.Microseconds())/float64(i), "without-µs/op")
}

// upsert is the statement that package store writes a record with.
func upsert(table, columns string) string {
	names := strings.Fields(columns)
	sets := make([]string, len(names))
	for i, c := range names {
		sets[i] = `"` + c + `" = excluded."` + c + `"`
	}
	return `INSERT INTO ` + table + ` (id, born, deleted, "` + strings.Join(names, `", "`) + `") VALUES (?, ?, ?` +
		strings.Repeat(", ?", len(names)) + `) ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, ` + strings.Join(sets, ", ")
}

var (
	putVisit = upsert("visit", `patient staff staff_name kind care_from care_until entered late status reason struck complaints anamnesis
		objective comment advice source_system source_code`)
	putDiagnosis   = upsert("diagnosis", `patient visit system code version name text stage rank onset recorded original source_system source_code`)
	putObservation = upsert("observation", `patient visit panel kind system code version name value sign unit text low high flag taken original
		source_system source_code`)
	putPrescription = upsert("prescription", `patient visit staff inn trade form dose dose_unit route frequency duration quantity quantity_unit
		directions status start stop reason written code_system code code_version code_name original source_system source_code`)
)

var note = strings.Repeat("Жалобы на головную боль, слабость. Тоны сердца ритмичные. ", 5)

// visitRows writes a visit with two diagnoses, four vitals and two prescriptions.
func (p *pair) visitRows(i int) func(execer, int64) error {
	ids := make([]ledger.ID, 9)
	for k := range ids {
		ids[k] = clinic.NewID()
	}
	pat, vis := p.patient[:], ids[0][:]
	return func(e execer, n int64) error {
		if err := e(putVisit, vis, n, nil, pat, nil, "Врач", "clinic", int64(i), int64(i), int64(i), int64(0), "open", "", "",
			note, note, "Состояние удовлетворительное.", "", "Явка через 5 дней", "", ""); err != nil {
			return err
		}
		for k := range 2 {
			if err := e(putDiagnosis, ids[1+k][:], n, nil, pat, vis, "icd-10", "J06.9", "2.27", "Острая инфекция верхних дыхательных путей", "",
				"", "main", "", int64(i), "", "", ""); err != nil {
				return err
			}
		}
		for k := range 4 {
			if err := e(putObservation, ids[3+k][:], n, nil, pat, vis, nil, "vital", "loinc", "8480-6", "", "Давление", fmt.Sprint(110+i%40), "",
				"мм рт. ст.", "", "", "", "", int64(i), "", "", ""); err != nil {
				return err
			}
		}
		for k := range 2 {
			if err := e(putPrescription, ids[7+k][:], n, nil, pat, vis, nil, "Парацетамол", "", "таблетки", "500", "мг", "внутрь", "3 раза в день",
				"5 дней", "15", "шт", "после еды", "active", "", "", "", int64(i), "", "", "", "", "", "", ""); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkVisit is a visit of nine rows, saved durably, with the ledger and
// without; the ratio is at most 2, and 1.5 is aimed at.
func BenchmarkVisit(b *testing.B) {
	p := newPair(b)
	p.compare(b, p.visitRows)
}

// BenchmarkVisitAgain saves a visit in which two rows have changed.
func BenchmarkVisitAgain(b *testing.B) {
	p := newPair(b)
	id := clinic.NewID()
	p.run(b, func(e execer, n int64) error {
		return e(`INSERT INTO visit (id, born, patient) VALUES (?, ?, ?)`, id[:], n, p.patient[:])
	})
	p.compare(b, func(i int) func(execer, int64) error {
		return func(e execer, n int64) error {
			return e(`UPDATE visit SET complaints = ?, advice = ? WHERE id = ?`, fmt.Sprint(note, i), "x", id[:])
		}
	})
}

// BenchmarkBulk writes 1 000 rows in one Update, as an import does.
func BenchmarkBulk(b *testing.B) {
	p := newPair(b)
	p.compare(b, func(i int) func(execer, int64) error {
		var many []func(execer, int64) error
		for k := range 111 {
			many = append(many, p.visitRows(i*111+k))
		}
		return func(e execer, n int64) error {
			for _, fn := range many {
				if err := fn(e, n); err != nil {
					return err
				}
			}
			return nil
		}
	})
}

// BenchmarkVerify reads a ledger of 200 visits; the metric is one of entries.
func BenchmarkVerify(b *testing.B) {
	p := newPair(b)
	for i := range 200 {
		p.run(b, p.visitRows(i))
	}
	var report journal.Report
	for b.Loop() {
		var err error
		if report, err = p.with.verify(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(report.Entries), "µs/entry")
}
