package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed/faultfs"
	"feldsher/internal/storage/store"
)

// The tests here run this test program a second time, as another program that
// uses the same folder: FELDSHER_TEST_CHILD says what it does, FELDSHER_TEST_DIR
// where. It says what it did in lines on standard output.

const (
	childVar = "FELDSHER_TEST_CHILD"
	dirVar   = "FELDSHER_TEST_DIR"
	atVar    = "FELDSHER_TEST_AT"
)

func child(t testing.TB, what, dir string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), exe, "-test.run=^TestChildProgram$")
	cmd.Env = append(append(os.Environ(), childVar+"="+what, dirVar+"="+dir), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// TestChildProgram is the second program, and nothing in an ordinary run.
func TestChildProgram(t *testing.T) {
	dir := os.Getenv(dirVar)
	switch os.Getenv(childVar) {
	case "":
		t.Skip("only for the other tests")
	case "open":
		s, err := open(dir, rightPassword)
		sayFault(err)
		if err == nil {
			_ = s.Close()
		}
	case "found":
		_, _, err := store.Found(context.Background(), dir, founding(), store.Options{Faults: killAt(t)})
		sayFault(err)
	case "work":
		work(dir)
	}
	os.Exit(0)
}

func sayFault(err error) {
	var f *fault.Error
	if errors.As(err, &f) {
		fmt.Println("fault", f.Kind, f.Key)
	} else if err != nil {
		fmt.Println("error", err)
	} else {
		fmt.Println("done")
	}
}

// work registers patients, visits and attachments until it is killed.
func work(dir string) {
	ctx := context.Background()
	fmt.Println("begin")
	s, err := open(dir, rightPassword)
	if err != nil {
		sayFault(err)
		return
	}
	fmt.Println("open")
	for i := 0; ; i++ {
		p := clinic.Patient{Name: clinic.Name{Family: "Сидоров", Given: strconv.Itoa(i)}, Contacts: []clinic.Contact{{Kind: "phone", Value: "+7 916 000-00-01"}}}
		if err := s.Update(ctx, journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
			sayFault(err)
			return
		}
		fmt.Println("patient", p.ID)
		v := clinic.Visit{
			Patient: p.ID, Kind: "clinic", Status: "open", Complaints: strings.Repeat("кашель ", 60),
			Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}}},
		}
		if err := s.Update(ctx, journal.Act{Intent: "visit.save"}, func(tx *store.Tx) error { return tx.PutVisit(&v) }); err != nil {
			sayFault(err)
			return
		}
		fmt.Println("visit", v.ID)
		if i%4 > 0 {
			continue
		}
		a := clinic.Attachment{Patient: p.ID, Kind: "scan", Media: "image/png"}
		if err := s.PutAttachment(ctx, attach, &a, sized(int64(i)*chunkSize/3)); err != nil {
			sayFault(err)
			return
		}
		fmt.Println("attachment", a.ID)
	}
}

// acknowledged is what the killed programs had said to be done.
type acknowledged struct{ patients, visits, attachments []clinic.ID }

func (a *acknowledged) note(t *testing.T, line string) {
	t.Helper()
	kind, text, _ := strings.Cut(line, " ")
	id, err := clinic.ID{}, error(nil)
	if text != "" && kind != "fault" && kind != "error" {
		id, err = parseID(text)
	}
	switch {
	case err != nil: // the last line was cut off
	case kind == "patient":
		a.patients = append(a.patients, id)
	case kind == "visit":
		a.visits = append(a.visits, id)
	case kind == "attachment":
		a.attachments = append(a.attachments, id)
	case kind == "fault", kind == "error":
		t.Fatal("the program stopped by itself: ", line)
	}
}

func parseID(s string) (id clinic.ID, err error) { return id, id.UnmarshalText([]byte(s)) }

// there checks the acknowledged records from the given places on.
func (a *acknowledged) there(t *testing.T, s *store.Store, from acknowledged) {
	t.Helper()
	r := s.Reader(context.Background())
	for _, id := range a.patients[len(from.patients):] {
		if p, err := r.Patient(id); err != nil || len(p.Contacts) != 1 {
			t.Fatalf("patient %s: %v", id, err)
		}
	}
	for _, id := range a.visits[len(from.visits):] {
		if v, err := r.Visit(id); err != nil || len(v.Diagnoses) != 1 {
			t.Fatalf("visit %s: %v", id, err)
		}
	}
	for _, id := range a.attachments[len(from.attachments):] {
		if _, err := readAttachment(s, id); err != nil {
			t.Fatalf("attachment %s: %v", id, err)
		}
	}
}

// Killed in the middle of writes, again and again on one clinic: every
// acknowledged record is there, and ledger, tables and attachments fit.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	closed(t, found(t, dir))
	r := seeded(t)
	times := 20
	if soaking() {
		times = 200
	}
	var all acknowledged
	orphans := 0
	for range times {
		before := all
		killAfter(t, dir, 1+r.IntN(40), &all)
		s := reopened(t, dir)
		all.there(t, s, before)
		if _, err := s.Verify(context.Background()); err != nil {
			t.Fatal(err)
		}
		closed(t, s)
	}
	s := reopened(t, dir)
	all.there(t, s, acknowledged{})
	if d := s.Session().Damage(); len(d) > 0 {
		t.Error("a kill passes for damage:", d)
	}
	n, err := s.CheckAttachments(context.Background(), func(id clinic.ID, err error) {
		if !errors.Is(err, store.ErrOrphan) {
			t.Error(id, err)
		}
		orphans++
	})
	if err != nil || n < len(all.attachments) {
		t.Fatal(n, err)
	}
	if swept, err := s.SweepBlobs(context.Background(), 0); swept != orphans || err != nil {
		t.Error(swept, err)
	}
	wellChecked(t, s, n)
	cards, err := s.Reader(context.Background()).PatientCount()
	if err != nil || cards < len(all.patients) || cards > len(all.patients)+times {
		t.Fatal(cards, err)
	}
	counted(t, s, cards)
	t.Logf("%d kills: %d patients, %d visits, %d attachments acknowledged, %d orphans",
		times, len(all.patients), len(all.visits), len(all.attachments), orphans)
}

// killAfter runs a working program and kills it once it has said so many lines.
func killAfter(t *testing.T, dir string, lines int, all *acknowledged) {
	t.Helper()
	cmd := child(t, "work", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// What it says between the last line counted and its death counts too.
	scan := bufio.NewScanner(out)
	for n := 1; scan.Scan(); n++ {
		all.note(t, scan.Text())
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("it was not killed")
	}
}

func said(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// A second program on the folder is told so, and disturbs nothing.
func TestTwoPrograms(t *testing.T) {
	dir := t.TempDir()
	s := found(t, dir)
	for _, what := range []string{"open", "found"} {
		if got := said(t, child(t, what, dir)); got != "fault locked fault.dir.locked" {
			t.Errorf("%s: %s", what, got)
		}
	}
	if _, err := open(dir, rightPassword); !isFault(err, fault.Locked, "fault.dir.locked") {
		t.Error("within one program:", err)
	}
	whole(t, s, registered(t, s, "Иванов"))
	closed(t, s)
	if got := said(t, child(t, "open", dir)); got != "done" {
		t.Error(got)
	}
	if got := said(t, child(t, "found", dir)); got != "fault conflict fault.dir.taken" {
		t.Error(got)
	}
}

// killAt kills this program at the operation on the database's files that the
// environment names.
func killAt(t *testing.T) faultfs.Layer {
	n, err := strconv.Atoi(os.Getenv(atVar))
	if err != nil {
		return nil
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return faultfs.Func(func(faultfs.Op) faultfs.Outcome {
		if n--; n == 0 {
			_ = self.Kill()
			select {}
		}
		return faultfs.Outcome{}
	})
}

// Founding cut off at any operation on the database, or at any moment, leaves a
// whole clinic or a folder that can be founded again.
func TestFoundingKilled(t *testing.T) {
	step, kills := 5, 20
	if testing.Short() {
		step, kills = 20, 4
	}
	if soaking() {
		step = 1
	}
	for at := 1; ; at += step {
		dir := filepath.Join(t.TempDir(), "data")
		cmd := child(t, "found", dir, atVar+"="+strconv.Itoa(at))
		out, err := cmd.Output()
		if err == nil {
			if strings.TrimSpace(string(out)) != "done" || at == 1 {
				t.Fatalf("operation %d: %s", at, out)
			}
			t.Logf("founding takes fewer than %d operations", at)
			break
		}
		foundOrAgain(t, dir, fmt.Sprint("operation ", at))
	}
	r := seeded(t)
	for range kills {
		dir := filepath.Join(t.TempDir(), "data")
		cmd := child(t, "found", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		after := time.Duration(r.IntN(60)) * time.Millisecond
		stop := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stop.Stop()
		foundOrAgain(t, dir, after.String())
	}
}

func foundOrAgain(t *testing.T, dir, label string) {
	t.Helper()
	s, err := open(dir, rightPassword)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("killed at %s: does not open, and does not say that there is no clinic: %v", label, err)
		}
		if s, _, err = store.Found(context.Background(), dir, founding(), store.Options{}); err != nil {
			t.Errorf("killed at %s: can't be founded again: %v", label, err)
			return
		}
	}
	defer s.Close()
	if _, err := s.Organisation(context.Background()); err != nil {
		t.Errorf("killed at %s: opens without a clinic: %v", label, err)
		return
	}
	complete(t, s)
}

// Whatever a cut-off founding left beside its mark, the next one clears it away.
func TestFoundingLeftovers(t *testing.T) {
	for _, name := range []string{
		"vault.new", "slots.a", "slots.a.old", "slots.b.tmp", "keyring.a", "keyring.b.old", "keyring.a.tmp",
		"clinic.db", "clinic.db-wal", "clinic.db-anchor", "clinic.db-new", "clinic.db-new-wal",
	} {
		dir := t.TempDir()
		for _, path := range []string{"founding", name} {
			if err := os.WriteFile(filepath.Join(dir, path), []byte("left"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := open(dir, rightPassword); !isFault(err, fault.NotFound, "fault.dir.unfinished") {
			t.Errorf("%s: %v", name, err)
		}
		s, _, err := store.Found(context.Background(), dir, founding(), store.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		closed(t, s)
		s = reopened(t, dir)
		complete(t, s)
		closed(t, s)
	}
}
