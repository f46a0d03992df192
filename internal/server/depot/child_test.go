package depot

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// childPushes is the process that is killed: it pushes for all workstations of the
// organisations named, and prints a line for each push that was acknowledged.
func childPushes(dsn string) {
	ctx := context.Background()
	d, err := Open(ctx, dsn, os.Getenv("DEPOT_BLOBS"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var g errgroup.Group
	for _, text := range strings.Fields(os.Getenv("DEPOT_ORGS")) {
		org, err := ledger.ParseID(text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		devices, err := d.Devices(ctx, org)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, dev := range devices {
			g.Go(func() error { return childStation(ctx, d, org, dev.ID) })
		}
	}
	fmt.Fprintln(os.Stderr, g.Wait())
	os.Exit(1)
}

// childStation goes on where the chain stands, until it is killed.
func childStation(ctx context.Context, d Depot, org, id ledger.ID) error {
	heads, err := d.Heads(ctx, org)
	if err != nil {
		return err
	}
	s := &station{org: org, id: id, head: map[ledger.Chain]*ledger.Entry{}}
	for _, h := range heads {
		if h.Device == id {
			s.head[h.Chain] = &ledger.Entry{Header: ledger.Header{Seq: h.Seq, HLC: ledger.HLC(h.Seq)}, Hash: h.Hash}
		}
	}
	blob, at := random(1<<20), int64(0)
	name := sum(blob)
	for {
		var batch []*ledger.Entry
		for range 1 + rand.IntN(5) {
			batch = append(batch, s.entry(ledger.Changes, rand.IntN(3000)))
		}
		if _, _, err := d.Push(ctx, s.caller(), 1, batch); err != nil {
			return err
		}
		record := random(100)
		if _, err := d.PushRing(ctx, s.caller(), &wire.RingPush{Gen: 1, Records: [][]byte{record}}); err != nil {
			return err
		}
		next := min(at+10_000, int64(len(blob)))
		if _, _, err := d.PutBlob(ctx, org, name, int64(len(blob)), at, blob[at:next]); err != nil {
			return err
		}
		if at = next; at == int64(len(blob)) {
			blob, at = random(1<<20), 0
			name = sum(blob)
		}
		last := batch[len(batch)-1]
		// One write a line, so that a line is whole or not there.
		fmt.Fprintf(os.Stdout, "%s %s %d %x %x %x %d\n", org, id, last.Header.Seq, last.Hash, sum(record), name, at)
	}
}

// TestKilled: the process is killed in the middle of pushes, again and again; what it
// had acknowledged is there, and the next one goes on.
func TestKilled(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		d := w.open(t)
		var orgs []string
		var clinics []*clinic
		for range 3 {
			c := found(t, d, 3)
			c.ring(t, c.stations[0])
			clinics, orgs = append(clinics, c), append(orgs, c.org.String())
		}
		want(t, d.Close(), nil)
		for range soak(3, 30) {
			acknowledged := killAfter(t, w, orgs, 50+rand.IntN(100))
			d := w.open(t)
			for _, line := range acknowledged {
				checkLine(t, d, line)
			}
			for _, c := range clinics {
				c.d = d
				c.all(t)
				c.records(t, c.stations[0])
			}
			want(t, d.Close(), nil)
		}
		clinics[0].d = w.open(t)
		t.Logf("%d entries in one of them", len(clinics[0].all(t)))
	})
}

// killAfter runs a process and kills it after so many acknowledged rounds.
func killAfter(t *testing.T, w where, orgs []string, lines int) (acknowledged []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "DEPOT_CHILD="+w.dsn, "DEPOT_BLOBS="+w.blobs, "DEPOT_ORGS="+strings.Join(orgs, " "))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	want(t, err, nil)
	want(t, cmd.Start(), nil)
	for s := bufio.NewScanner(out); s.Scan(); {
		if acknowledged = append(acknowledged, s.Text()); len(acknowledged) == lines {
			want(t, cmd.Process.Kill(), nil) // and read on: what was printed before counts
		}
	}
	if err := cmd.Wait(); err == nil || len(acknowledged) < lines {
		t.Fatalf("the process ended by itself after %d: %v", len(acknowledged), err)
	}
	return acknowledged
}

func checkLine(t *testing.T, d Depot, line string) {
	t.Helper()
	f := strings.Fields(line)
	org, err := ledger.ParseID(f[0])
	want(t, err, nil)
	device, err := ledger.ParseID(f[1])
	want(t, err, nil)
	var seq, at int64
	var hash, record, name []byte
	_, err = fmt.Sscanf(strings.Join(f[2:], " "), "%d %x %x %x %d", &seq, &hash, &record, &name, &at)
	want(t, err, nil)
	have, _, err := d.HaveBlobs(t.Context(), org, []ledger.Hash{hashOf(name)})
	want(t, err, nil)
	if have[0] < at {
		t.Fatalf("%d bytes of an attachment, %d were acknowledged", have[0], at)
	}
	want(t, d.(*depot).look(t.Context(), func(t tx) error {
		found, err := one(t, "SELECT 1 FROM entry WHERE org = $1 AND device = $2 AND chain = 1 AND seq = $3 AND hash = $4",
			[]any{key(org), key(device), seq, hash}, new(int64))
		if err != nil || !found {
			return fmt.Errorf("an acknowledged entry is lost: %v", err)
		}
		found, err = one(t, "SELECT 1 FROM ring_record WHERE org = $1 AND hash = $2", []any{key(org), record}, new(int64))
		if err != nil || !found {
			return fmt.Errorf("an acknowledged record is lost: %v", err)
		}
		return nil
	}), nil)
}
