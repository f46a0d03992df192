package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/online/syncer"
	"feldsher/internal/online/wire"
	"feldsher/internal/service/access"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

// What the exchange is held against: PouchDB on LevelDB with express-pouchdb, both
// moving the same records: a document a visit with its children and its protocol, and
// one a card (make bench).
const (
	besidePatients = 6900     // more than 20 000 visits
	mostPush       = 1.0 / 10 // of PouchDB's time
	mostWhole      = 1.0 / 3
	mostBytes      = 1.0 / 2
)

func TestExchangeBesidePouch(t *testing.T) {
	if os.Getenv("FELDSHER_BENCH") == "" {
		t.Skip("make bench measures the exchange beside PouchDB")
	}
	modules, err := filepath.Abs("../../build/bench")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules")); err != nil {
		t.Fatalf("%v: make bench installs them", err)
	}
	dir := t.TempDir()
	docs := filepath.Join(dir, "docs.ndjson")
	out, err := os.Create(docs)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(out)
	st := filled(t, filepath.Join(dir, "one"), besidePatients, w)
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		t.Fatal(err)
	}

	ours := moveOurs(t, st, dir)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	theirs := movePouch(t, modules, docs, dir)

	row := func(name string, a, b, most float64, unit string) {
		ratio := a / b
		t.Logf("%-44s %8.2f / %8.2f %s = %.3f × (at most %.3f)", name, a, b, unit, ratio, most)
		if ratio > most {
			t.Errorf("%s: %.3f × of PouchDB's, at most %.3f", name, ratio, most)
		}
	}
	row("push to a durable server", ours.push.Seconds(), theirs.push.Seconds(), mostPush, "s")
	row("push, pull and apply", (ours.push + ours.pull).Seconds(), (theirs.push + theirs.pull).Seconds(), mostWhole, "s")
	row("bytes on the wire, both ways", mb(ours.bytes), mb(theirs.bytes), mostBytes, "MB")
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// moved is what one side took.
type moved struct {
	push, pull time.Duration
	bytes      int64
}

// filled founds a clinic of n patients and writes the same records as documents.
func filled(t *testing.T, dir string, n int, docs io.Writer) *store.Store {
	t.Helper()
	ctx := t.Context()
	st, _, err := store.Found(ctx, dir, store.Founding{
		Organisation: demo.Organisation(clinic.Russia), DeviceName: "first", Password: tourPassword,
		Admin: clinic.Staff{
			Name: clinic.Name{Family: "Озёрная", Given: "Анна"}, Login: "anna", Active: true,
			Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor},
		},
	}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	who, err := access.Whoami(ctx, st)
	if err != nil {
		t.Fatal(err)
	}
	visits := 0
	flow := noted(people(demo.New(11, clinic.Russia, time.Now(), n), nil), func(in records.Incoming) error {
		visits += len(in.Visits)
		return documents(docs, in)
	})
	if _, err := records.New(st, who, time.Now).Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo"}, flow); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d visits of %d patients", visits, n)
	return st
}

func noted(flow iter.Seq2[records.Incoming, error], each func(records.Incoming) error) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for in, err := range flow {
			if err == nil {
				err = each(in)
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

// documents writes what PouchDB shall move: the card with its problems and allergies,
// and each visit with its protocol.
func documents(w io.Writer, in records.Incoming) error {
	card := map[string]any{"patient": in.Patient, "problems": in.Problems, "allergies": in.Allergies}
	if err := document(w, in.Patient.ID, card); err != nil {
		return err
	}
	for i, v := range in.Visits {
		doc := map[string]any{"visit": v}
		for _, p := range in.Protocols {
			if p.Visit == in.Visits[i].ID {
				doc["protocol"] = p
			}
		}
		if err := document(w, v.ID, doc); err != nil {
			return err
		}
	}
	return nil
}

func document(w io.Writer, id clinic.ID, doc map[string]any) error {
	doc["_id"] = id.String()
	b, err := json.Marshal(doc)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s\n", b)
	}
	return err
}

// moveOurs pushes a clinic to a licensord process and lets a second workstation join.
func moveOurs(t *testing.T, st *store.Store, dir string) moved {
	t.Helper()
	ctx := t.Context()
	line, code := licensord(t, dir)
	url := line.url()
	if err := syncer.Link(ctx, st, url, code); err != nil {
		t.Fatal(err)
	}
	var m moved
	start := time.Now()
	if _, err := syncer.New(st, syncer.Options{}).Once(ctx); err != nil {
		t.Fatal(err)
	}
	m.push = time.Since(start)
	invited, _, err := syncer.Invite(ctx, st, "second")
	if err != nil {
		t.Fatal(err)
	}
	second, err := syncer.Join(ctx, filepath.Join(dir, "two"), url, invited, "anna", tourPassword, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	start = time.Now()
	if _, err := syncer.New(second, syncer.Options{}).Once(ctx); err != nil {
		t.Fatal(err)
	}
	m.pull = time.Since(start)
	m.bytes = line.bytes.Load()
	n, err := second.Reader(ctx).PatientCount()
	if err != nil || n != besidePatients {
		t.Fatalf("%d of %d patients arrived (%v)", n, besidePatients, err)
	}
	return m
}

// licensord starts the server as a process of its own, with a clinic's code.
func licensord(t *testing.T, dir string) (*counter, wire.Code) {
	t.Helper()
	ctx := t.Context()
	program := filepath.Join(dir, "licensord")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "feldsher/app/licensord").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db := filepath.Join(dir, "licensord.db")
	var made struct{ Code string }
	out, err := exec.CommandContext(ctx, program, "--db", db, "org", "add", "bench", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	code, err := wire.ParseCode(made.Code)
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, exec.CommandContext(ctx, program, "--db", db, "serve", "--listen", "127.0.0.1:0"))
	return count(t, server), code
}

// movePouch does the same with the same documents.
func movePouch(t *testing.T, modules, docs, dir string) moved {
	t.Helper()
	ctx := t.Context()
	run := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "node", append([]string{"pouch.js"}, args...)...)
		cmd.Dir, cmd.Stderr = modules, os.Stderr
		return cmd
	}
	line := count(t, serve(t, run("serve", filepath.Join(dir, "pouch-server"))))
	out, err := run("move", docs, filepath.Join(dir, "pouch"), "http://"+line.addr+"/clinic").Output()
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Docs int     `json:"docs"`
		Push float64 `json:"push_ms"`
		Pull float64 `json:"pull_ms"`
	}
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatal(err)
	}
	ms := func(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
	return moved{push: ms(told.Push), pull: ms(told.Pull), bytes: line.bytes.Load()}
}

// serve starts a server and gives the address it prints, the last word of its first
// line; a bare port is one of the loopback.
func serve(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	r := bufio.NewReader(pipe)
	first, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	words := strings.Fields(first)
	addr := strings.TrimPrefix(words[len(words)-1], "https://")
	if !strings.Contains(addr, ":") {
		addr = net.JoinHostPort("127.0.0.1", addr)
	}
	return addr
}

// counter is a line to a server that counts what passes, both ways.
type counter struct {
	addr  string
	bytes atomic.Int64
}

func (c *counter) url() string { return "https://" + c.addr }

func count(t *testing.T, server string) *counter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &counter{addr: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(t.Context(), client, server)
		}
	}()
	return c
}

func (c *counter) carry(ctx context.Context, client net.Conn, server string) {
	defer client.Close()
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", server)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(io.MultiWriter(far, c), client)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(io.MultiWriter(client, c), far)
}

// Write counts.
func (c *counter) Write(p []byte) (int, error) {
	c.bytes.Add(int64(len(p)))
	return len(p), nil
}
