package depot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

// TestKeeper: the server's own values, and the minutes it was there. (R8.6)
func TestKeeper(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		d := w.open(t)
		ctx := t.Context()
		want(t, d.Ping(ctx), nil)
		get := func(value string) {
			t.Helper()
			if v, err := d.Setting(ctx, "name"); err != nil || string(v) != value || (v == nil) != (value == "") {
				t.Fatalf("%q %v", v, err)
			}
		}
		get("")
		for range 2 {
			if v, err := d.KeepSetting(ctx, "name", []byte("kept")); err != nil || string(v) != "kept" {
				t.Fatalf("%q %v", v, err)
			}
		}
		if v, err := d.KeepSetting(ctx, "name", []byte("late")); err != nil || string(v) != "kept" {
			t.Fatalf("%q %v", v, err)
		}
		want(t, d.PutSetting(ctx, "name", []byte("put")), nil)
		get("put")
		want(t, d.PutSetting(ctx, "name", nil), nil)
		get("")

		for _, at := range []time.Duration{0, 10 * time.Second, time.Minute, time.Hour} {
			want(t, d.Beat(ctx, day.Add(at)), nil)
		}
		if n, err := d.Beats(ctx, day, day.Add(time.Hour)); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		want(t, d.Tidy(ctx, day.Add(BeatLives+time.Minute)), nil)
		if n, err := d.Beats(ctx, day, day.Add(2*time.Hour)); err != nil || n != 2 {
			t.Fatal(n, err)
		}
	})
}

// TestRestored: a database that is older than what was seen of it gets another name.
func TestRestored(t *testing.T) {
	t.Parallel()
	w := sqliteHere(t)
	d := w.open(t)
	first := d.Server()
	want(t, d.Close(), nil)
	d = w.open(t)
	if d.Server() != first {
		t.Fatal("the name has changed without a reason")
	}
	want(t, d.Close(), nil)
	backup, err := os.ReadFile(w.dsn)
	want(t, err, nil)
	d = w.open(t)
	want(t, d.Close(), nil)
	want(t, os.WriteFile(w.dsn, backup, 0o600), nil)
	d = w.open(t)
	second := d.Server()
	if second == first {
		t.Fatal("put back from a backup, and nobody has noticed")
	}
	third, err := d.Restored(t.Context())
	if err != nil || third == second || d.Server() != third {
		t.Fatal("the operator's word doesn't count", err)
	}
	want(t, d.Close(), nil)
	if d = w.open(t); d.Server() != third {
		t.Fatal("the name is not kept")
	}
	want(t, d.Close(), nil)
	want(t, os.RemoveAll(w.blobs), nil) // the database was put back, the attachments were not
	if d = w.open(t); d.Server() == third {
		t.Fatal("the attachments are lost, and nobody will give them again")
	}
	fourth := d.Server()
	want(t, d.Close(), nil)
	if d = w.open(t); d.Server() != fourth {
		t.Fatal("the name has changed without a reason")
	}
	want(t, d.Close(), nil)
	want(t, os.WriteFile(filepath.Join(w.blobs, witnessFile), []byte("garbage"), 0o600), nil)
	if _, err := Open(t.Context(), w.dsn, w.blobs); !fault.Is(err, fault.Damaged) {
		t.Fatal(err)
	}
}

// TestOpening: what the operator is told.
func TestOpening(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	file := filepath.Join(dir, "file")
	want(t, os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600), nil)
	for _, c := range []struct {
		dsn, blobs string
		kind       fault.Kind
	}{
		{filepath.Join(dir, "a"), filepath.Join(file, "blobs"), fault.Space},
		{filepath.Join(dir, "none", "a"), dir, fault.Space},
		{file, dir, fault.Damaged},
		{"postgres://nobody@127.0.0.1:1/x?connect_timeout=2", dir, fault.Offline},
		{"postgres://nobody:secret@127.0.0.1:port/x", dir, fault.Offline},
	} {
		_, err := Open(ctx, c.dsn, c.blobs)
		if !fault.Is(err, c.kind) || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: %v", c.dsn, err)
		}
	}
	both(t, func(t *testing.T, w where) {
		d := w.open(t)
		want(t, d.(*depot).write(t.Context(), noOrg, func(t tx) error {
			return t.later("INSERT INTO schema_version (version, at) VALUES (99, 0)")
		}), nil)
		want(t, d.Close(), nil)
		if _, err := Open(t.Context(), w.dsn, w.blobs); !fault.Is(err, fault.Newer) {
			t.Fatal(err)
		}
	})
}

// TestSchemas: both kinds of database have the same tables, columns and keys, and the
// key of each of an organisation's tables begins with the organisation.
func TestSchemas(t *testing.T) {
	t.Parallel()
	lite, pg := sqliteHere(t), postgresHere(t)
	lite.open(t)
	pg.open(t)
	db, err := sql.Open("sqlite", lite.dsn)
	want(t, err, nil)
	defer db.Close()
	conn, err := pgx.Connect(t.Context(), pg.dsn)
	want(t, err, nil)
	defer conn.Close(context.Background())

	var a, b []string
	rows, err := db.Query(`SELECT m.name || '.' || c.name || ' ' || c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	want(t, err, nil)
	defer rows.Close()
	for rows.Next() {
		var s string
		want(t, rows.Scan(&s), nil)
		a = append(a, s)
	}
	found, err := conn.Query(t.Context(), `SELECT c.table_name || '.' || c.column_name || ' ' || coalesce(k.ordinal_position, 0)
		FROM information_schema.columns c LEFT JOIN information_schema.key_column_usage k
		ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name AND k.constraint_name LIKE '%_pkey'
		WHERE c.table_schema = 'public'`)
	want(t, err, nil)
	b, err = pgx.CollectRows(found, pgx.RowTo[string])
	want(t, err, nil)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Fatalf("sqlite:\n%s\npostgres:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	for _, column := range a {
		table, rest, _ := strings.Cut(column, ".")
		own := slices.Contains([]string{"server", "beat", "code", "schema_version"}, table)
		if strings.HasSuffix(rest, " 1") && rest != "org 1" && !own {
			t.Errorf("the key of %s begins with %s", table, rest)
		}
	}
}

// TestShredded: what a renewal has deleted is in no file of the SQLite database.
func TestShredded(t *testing.T) {
	t.Parallel()
	w := sqliteHere(t)
	c := found(t, w.open(t), 1)
	a := c.stations[0]
	mark := func(i int) []byte { return fmt.Appendf(nil, "MARKED%04d%s", i, strings.Repeat("x", 3000*(i%3))) }
	var records [][]byte
	for i := range 200 {
		records = append(records, mark(i))
	}
	c.ring(t, a, records...)
	c.push(t, a, 50, a.changes(50)...)
	if n := grep(t, w, "MARKED"); n == 0 {
		t.Fatal("the test sees nothing")
	}
	// A reader in the way is waited for.
	open, release := make(chan struct{}), make(chan struct{})
	read := make(chan error)
	go func() {
		read <- c.d.(*depot).read(t.Context(), func(t tx) error {
			_, err := one(t, "SELECT count(*) FROM ring_record", nil, new(int64))
			close(open)
			<-release
			return err
		})
	}()
	<-open
	s := c.ring(t, a, []byte("kept"))
	if s.RingGen != 2 {
		t.Fatal(s)
	}
	close(release)
	want(t, <-read, nil)
	for end := time.Now().Add(20 * time.Second); grep(t, w, "MARKED") > 0; {
		if time.Now().After(end) {
			t.Fatalf("%d remains", grep(t, w, "MARKED"))
		}
		c.push(t, a, 1, a.change())
	}
	if c.records(t, a); grep(t, w, "kept") == 0 {
		t.Fatal("the test sees nothing")
	}
}

// grep counts a text in all files of a SQLite database.
func grep(t *testing.T, w where, text string) (n int) {
	t.Helper()
	files, err := filepath.Glob(w.dsn + "*")
	want(t, err, nil)
	for _, f := range files {
		b, err := os.ReadFile(f)
		want(t, err, nil)
		n += strings.Count(string(b), text)
	}
	return n
}

// TestNothingInClear: of codes, tokens and invitations the database holds what can't
// be used by who reads it.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	w := sqliteHere(t)
	c := found(t, w.open(t), 1)
	s, code := newStation(c.org), wire.NewCode()
	b := c.order()
	b.Invite = inviteOrder(t, c, code, s)
	b.Invite.Sealed = code.Seal([]byte("plain invitation"))
	c.carry(t, b)
	token := openSession(t, c.d, s)
	for _, text := range []string{"plain invitation", token, code.String(), strings.ReplaceAll(code.String(), "-", "")} {
		if grep(t, w, text) > 0 {
			t.Errorf("%q is there", text)
		}
	}
	if grep(t, w, string(b.Invite.Sealed[:20])) == 0 {
		t.Error("the test sees nothing")
	}
}

// TestDurable: every connection is set up so that what is committed is on disk, and
// what is deleted is not.
func TestDurable(t *testing.T) {
	t.Parallel()
	d := sqliteHere(t).open(t).(*depot)
	check := func(t tx) error {
		for pragma, value := range map[string]string{"synchronous": "2", "journal_mode": "wal", "secure_delete": "1", "foreign_keys": "1"} {
			var got string
			if _, err := one(t, "PRAGMA "+pragma, nil, &got); err != nil || got != value {
				return fmt.Errorf("%s is %s: %v", pragma, got, err)
			}
		}
		return nil
	}
	want(t, d.write(t.Context(), noOrg, check), nil)
	want(t, d.look(t.Context(), check), nil)
	if err := d.look(t.Context(), func(t tx) error { return t.later("DELETE FROM server") }); err == nil {
		t.Error("a reader writes")
	}
	pg := postgresHere(t).open(t).(*depot)
	want(t, pg.write(t.Context(), noOrg, func(t tx) error {
		for name, value := range map[string]string{"synchronous_commit": "on", "fsync": "on", "transaction_isolation": "read committed"} {
			var got string
			if _, err := one(t, "SHOW "+name, nil, &got); err != nil || got != value {
				return fmt.Errorf("%s is %s: %v", name, got, err)
			}
		}
		return nil
	}), nil)
}

// TestAlone: of writes that share a transaction each fails for itself.
func TestAlone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		d := w.open(t).(*depot)
		wrong := errors.New("wrong")
		var g errgroup.Group
		for i := range 200 {
			g.Go(func() error {
				err := d.write(t.Context(), noOrg, func(t tx) error {
					if err := put(t, fmt.Sprint("row ", i), []byte{1}); err != nil || i%3 > 0 {
						return err
					}
					return wrong
				})
				if errors.Is(err, wrong) != (i%3 == 0) {
					return fmt.Errorf("write %d: %v", i, err)
				}
				return nil
			})
		}
		want(t, g.Wait(), nil)
		var n int
		want(t, d.look(t.Context(), func(t tx) error {
			_, err := one(t, "SELECT count(*) FROM server WHERE name LIKE 'row %'", nil, &n)
			return err
		}), nil)
		if n != 133 {
			t.Fatalf("%d rows", n)
		}
	})
}
