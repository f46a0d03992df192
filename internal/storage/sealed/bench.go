package sealed

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// Ratio is how much longer one sort of work takes on a sealed database than on
// a plain one with the same settings, on this machine.
type Ratio struct {
	Name   string        // bulk-insert, point-read, prefix-search, durable-commit
	Ratio  float64       // median of the rounds' sealed time / plain time
	Sealed time.Duration // median
	Plain  time.Duration // median
	Target float64       // what the ratio is not meant to exceed
}

// Bench measures in the folder dir, which must be writable, and removes its
// files. Sealed and plain take turns every few milliseconds, so that a busy
// machine slows both. quick takes a few seconds and gives rough numbers.
func Bench(ctx context.Context, dir string, quick bool) ([]Ratio, error) {
	dir, err := os.MkdirTemp(dir, "feldsher-bench-")
	if err != nil {
		return nil, Classify(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	size, rounds := fullLoad, 7
	if quick {
		size, rounds = quickLoad, 3
	}
	times := make([]sideTimes, len(benchWorks))
	for round := range rounds {
		if err := benchRound(ctx, filepath.Join(dir, fmt.Sprint("round", round)), size, times); err != nil {
			return nil, Classify(err)
		}
	}
	out := make([]Ratio, len(benchWorks))
	for i, w := range benchWorks {
		out[i] = ratioOf(w, times[i])
	}
	return out, nil
}

// sideTimes are a work's times, one a round: sealed, plain.
type sideTimes [2][]time.Duration

// load is how much a measurement does.
type load struct{ rows, reads, searches, commits int }

var (
	fullLoad  = load{rows: 200_000, reads: 50_000, searches: 2_000, commits: 1000}
	quickLoad = load{rows: 20_000, reads: 10_000, searches: 400, commits: 60}
)

// benchWork is one sort of work, done in benchParts parts. They run in order on
// one database.
type benchWork struct {
	name   string
	target float64
	run    func(ctx context.Context, p pools, n load, part int) error
}

const benchParts = 20

var benchWorks = []benchWork{
	{"bulk-insert", 1.35, bulkInsert},
	{"point-read", 1.15, pointReads},
	{"prefix-search", 1.1, prefixSearches},
	{"durable-commit", 1.1, durableCommits},
}

// pools are the connections of either sort of database.
type pools struct{ writer, reader *sql.DB }

// benchRound does all works once on a new pair of databases.
func benchRound(ctx context.Context, path string, n load, times []sideTimes) error {
	var sides [2]pools
	for side, sealed := range []bool{true, false} {
		p, closeAll, err := benchOpen(ctx, path+fmt.Sprint("-", side), sealed)
		if closeAll != nil {
			defer func() { _ = closeAll() }() // the files are thrown away
		}
		if err != nil {
			return err
		}
		sides[side] = p
	}
	for i, w := range benchWorks {
		var spent [2]time.Duration
		for part := range benchParts {
			for turn := range 2 {
				side := (part + turn) % 2 // who begins changes
				begin := time.Now()
				if err := w.run(ctx, sides[side], n, part); err != nil {
					return err
				}
				spent[side] += time.Since(begin)
			}
		}
		for side := range spent {
			times[i][side] = append(times[i][side], spent[side])
		}
	}
	return nil
}

// benchOpen makes a sealed or a plain database with the same settings.
func benchOpen(ctx context.Context, path string, sealed bool) (pools, func() error, error) {
	if sealed {
		var key Key
		rand.Read(key[:])
		db, err := Create(ctx, path, key, Options{})
		if err != nil {
			return pools{}, nil, err
		}
		return pools{db.Writer, db.Reader}, db.Close, benchSchema(ctx, db.Writer)
	}
	p, err := openPlain(path, Options{})
	if err != nil {
		return pools{}, nil, err
	}
	closeAll := func() error { return errors.Join(p.reader.Close(), p.writer.Close()) }
	return p, closeAll, benchSchema(ctx, p.writer)
}

// openPlain opens a database without encryption, for comparison only.
func openPlain(path string, o Options) (pools, error) {
	var p [2]*sql.DB
	for i, r := range []role{roleWrite, roleRead} {
		c, err := sqlite.NewConnector(o.dsn(path, "", r))
		if err != nil {
			return pools{}, err
		}
		p[i] = sql.OpenDB(c)
	}
	p[0].SetMaxOpenConns(1)
	p[1].SetMaxOpenConns(defaultReaders)
	p[1].SetMaxIdleConns(defaultReaders)
	return pools{p[0], p[1]}, nil
}

func benchSchema(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `
		CREATE TABLE patient(id INTEGER PRIMARY KEY, uuid BLOB UNIQUE, name TEXT, born TEXT, phone TEXT);
		CREATE INDEX patient_name ON patient(name);
		CREATE VIRTUAL TABLE patient_words USING fts5(name, prefix='2 3');`)
	return err
}

// syllables make names that look like nobody's.
var syllables = strings.Fields("ба вет гри дон жер зам кул лаш мер нур оль пет рус сым тай уль фед хас чин шак айг бек")

func benchName(r *mrand.Rand) string {
	var b strings.Builder
	for word := range 3 {
		if word > 0 {
			b.WriteByte(' ')
		}
		for range 3 {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
	}
	return b.String()
}

func bulkInsert(ctx context.Context, p pools, n load, part int) error {
	rows := n.rows / benchParts
	return insertBatch(ctx, p.writer, mrand.New(mrand.NewPCG(1, uint64(part))), part*rows, rows)
}

func insertBatch(ctx context.Context, db *sql.DB, r *mrand.Rand, first, n int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.PrepareContext(ctx, "INSERT INTO patient VALUES(?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	words, err := tx.PrepareContext(ctx, "INSERT INTO patient_words(rowid, name) VALUES(?, ?)")
	if err != nil {
		return err
	}
	for i := range n {
		id, name := first+i+1, benchName(r)
		uuid := fmt.Appendf(nil, "%08x%08x", r.Uint32(), id)
		if _, err := rows.ExecContext(ctx, id, uuid, name, "1970-01-01", "+7 000 000 00 00"); err != nil {
			return err
		}
		if id%10 != 0 {
			continue // the index of words is dear; a tenth shows enough
		}
		if _, err := words.ExecContext(ctx, id, name); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func pointReads(ctx context.Context, p pools, n load, part int) error {
	r := mrand.New(mrand.NewPCG(3, uint64(part)))
	read, err := p.reader.PrepareContext(ctx, "SELECT name, born FROM patient WHERE id = ?")
	if err != nil {
		return err
	}
	defer func() { _ = read.Close() }()
	var name, born string
	for range n.reads / benchParts {
		if err := read.QueryRowContext(ctx, 1+r.IntN(n.rows)).Scan(&name, &born); err != nil {
			return err
		}
	}
	return nil
}

func prefixSearches(ctx context.Context, p pools, n load, part int) error {
	r := mrand.New(mrand.NewPCG(5, uint64(part)))
	var found int
	for i := range n.searches / benchParts {
		prefix := syllables[r.IntN(len(syllables))] + syllables[r.IntN(len(syllables))]
		query, args := "SELECT count(*) FROM (SELECT 1 FROM patient WHERE name >= ? AND name < ? LIMIT 200)", []any{prefix, prefix + "я"}
		if i%2 == 0 {
			query, args = "SELECT count(*) FROM (SELECT 1 FROM patient_words WHERE patient_words MATCH ? LIMIT 200)", []any{prefix + "*"}
		}
		if err := p.reader.QueryRowContext(ctx, query, args...).Scan(&found); err != nil {
			return err
		}
	}
	return nil
}

func durableCommits(ctx context.Context, p pools, n load, part int) error {
	for i := range n.commits / benchParts {
		if _, err := p.writer.ExecContext(ctx, "UPDATE patient SET phone = ? WHERE id = ?", fmt.Sprint(i), 1+(part*n.commits+i*37)%n.rows); err != nil {
			return err
		}
	}
	return nil
}

// ratioOf takes the median of the rounds' ratios: neighbours in time compare
// better than medians of each side.
func ratioOf(w benchWork, t sideTimes) Ratio {
	ratios := make([]float64, len(t[0]))
	for i := range ratios {
		ratios[i] = float64(t[0][i]) / float64(t[1][i])
	}
	return Ratio{
		Name: w.name, Target: w.target, Ratio: median(ratios),
		Sealed: median(t[0]), Plain: median(t[1]),
	}
}

func median[T float64 | time.Duration](v []T) T {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
