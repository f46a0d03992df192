package records_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/sealed/faultfs"
	"feldsher/internal/storage/store"
)

// TestAccesses: who views, searches, prints and exports stands in the chain of
// accesses, with the patient, and nothing of what was searched for (R11.4, R10.4).
func TestAccesses(t *testing.T) {
	w, ctx := open(t), context.Background()
	v := w.sick()
	p := w.signed(v.ID, nil)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	act := func(line string, err error) {
		t.Helper()
		must(err)
		want = append(want, line)
	}
	none := clinic.ID{}
	line := func(action, what string, patient clinic.ID, n int) string {
		return fmt.Sprint(action, " ", what, " ", patient, " ", n)
	}
	_, err := w.Patient(ctx, v.Patient)
	act(line("view", "patient", v.Patient, 1), err)
	_, err = w.PatientByCase(ctx, "А-000001")
	act(line("view", "patient", v.Patient, 1), err)
	_, err = w.FindPatients(ctx, "иванов", 5)
	act(line("search", "patient", none, 1), err)
	_, err = w.Visit(ctx, v.ID)
	act(line("view", "visit", v.Patient, 1), err)
	_, err = w.Visits(ctx, v.Patient)
	act(line("view", "visit", v.Patient, 1), err)
	_, err = w.Chart(ctx, v.Patient)
	act(line("view", "chart", v.Patient, 1), err)
	_, err = w.Protocol(ctx, p.ID)
	act(line("view", "protocol", v.Patient, 1), err)
	_, err = w.Protocols(ctx, v.Patient)
	act(line("view", "protocol", v.Patient, 1), err)
	_, err = w.Printout(ctx, p.ID)
	act(line("print", "protocol", v.Patient, 1), err)
	_, err = w.Annulled(ctx)
	act(line("view", "annulled", none, 0), err)
	_, err = w.Log(ctx, v.Patient, 1)
	act(line("view", "ledger", v.Patient, 1), err)
	rows, err := w.ExportPatients(ctx)
	act(line("view", "patients", none, 1), err)
	if got, _ := w.accesses(none); len(got) != len(want) {
		t.Errorf("before the first card of an export is given out %d of %d acts are in the ledger", len(got), len(want))
	}
	for _, err := range rows {
		must(err)
	}
	act(line("export", "patients.xlsx", none, 1), w.Exported(ctx, "patients.xlsx", 1))

	got, actors := w.accesses(none)
	var lines []string
	for _, a := range got {
		lines = append(lines, line(a.Action, a.What, a.Patient, int(a.Count)))
		if a.At != today.UnixMilli() {
			t.Errorf("%s at %d", a.Action, a.At)
		}
	}
	if !slices.Equal(lines, want) {
		t.Errorf("accesses:\n%q\nwant\n%q", lines, want)
	}
	for _, actor := range actors {
		if actor != w.who.ID {
			t.Errorf("by %s", actor)
		}
	}
	if of, _ := w.accesses(v.Patient); len(of) != 9 {
		t.Errorf("%d acts are in the history of the card", len(of))
	}
	// What is not there was not looked at.
	_, err = w.Patient(ctx, clinic.NewID())
	refused(t, err, fault.NotFound, "")
	must(w.Flush(ctx))
	if again, _ := w.accesses(none); len(again) != len(got) {
		t.Error("a card that is not there was viewed")
	}
	w.sound()
}

// TestLogHides: the log shows each only what the cards show too; values of other
// classes are not handed out at all (R11.2).
func TestLogHides(t *testing.T) {
	w, ctx := open(t), context.Background()
	v := w.sick()
	for name, c := range map[string]struct {
		who     *records.Records
		patient clinic.ID
		sees    []ledger.Class
	}{
		"reception":     {w.as("", clinic.Reception), v.Patient, []ledger.Class{ledger.Identity}},
		"doctor":        {w.as("", clinic.Doctor), v.Patient, []ledger.Class{ledger.Identity, ledger.Medical}},
		"auditor":       {w.as("", clinic.Auditor), clinic.ID{}, []ledger.Class{ledger.None}},
		"administrator": {w.as("", clinic.Administrator), v.Patient, nil},
		"head":          {w.as("", clinic.Head), clinic.ID{}, []ledger.Class{ledger.None, ledger.Identity, ledger.Medical}},
	} {
		acts, err := c.who.Log(ctx, c.patient, 1000)
		if err != nil || len(acts) < 2 {
			t.Errorf("%s: %d acts, %v", name, len(acts), err)
			continue
		}
		seen, named := map[ledger.Class]bool{}, map[ledger.Class]bool{}
		note := func(class ledger.Class, rows []ledger.Change) {
			for _, row := range rows {
				for _, col := range row.Columns {
					named[class] = named[class] || col.Name != ""
					seen[class] = seen[class] || col.Old != nil || col.New != nil
				}
			}
		}
		for _, a := range acts {
			note(ledger.None, a.Payload.Rows)
			for _, part := range a.Payload.Parts {
				note(part.Class, part.Rows)
			}
		}
		for _, class := range []ledger.Class{ledger.None, ledger.Identity, ledger.Medical} {
			if seen[class] != slices.Contains(c.sees, class) {
				t.Errorf("%s sees values of class %d: %v", name, class, seen[class])
			}
			if class != ledger.None && !named[class] {
				t.Errorf("%s does not see that rows of class %d were changed", name, class)
			}
		}
	}
	acts, err := w.Log(ctx, clinic.ID{}, 1)
	if err != nil || len(acts) != 1 || acts[0].Who != "Озёрная В." {
		t.Errorf("%d acts, %v", len(acts), err)
	}
	_, err = w.Log(ctx, clinic.NewID(), 1)
	refused(t, err, fault.NotFound, "")
}

// TestLookingTogether: many readers at once, batches written in between; every act is
// in the ledger once (run with -race).
func TestLookingTogether(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	const readers, each = 8, 60
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for i := range each {
				if _, err := w.Patient(ctx, p); err != nil {
					t.Error(err)
					return
				}
				if i == each/2 {
					if err := w.Flush(ctx); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := w.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.accesses(clinic.ID{}); len(got) != readers*each {
		t.Errorf("%d of %d acts are in the ledger", len(got), readers*each)
	}
	w.sound()
}

// TestLookingGoesOn: a reader who does not wait for the answer has seen it all the
// same, and a disk that takes nothing keeps nobody from a card: the acts are held and
// written when it does again (R11.4).
func TestLookingGoesOn(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	if err := w.s.Close(); err != nil {
		t.Fatal(err)
	}
	var full atomic.Bool
	disk := faultfs.Func(func(op faultfs.Op) (out faultfs.Outcome) {
		if full.Load() && op.Kind == faultfs.Write {
			out.Err = faultfs.ENOSPC
		}
		return out
	})
	var err error
	if w.s, err = store.Open(ctx, w.dir, login, password, store.Options{Now: w.clock.now, Faults: disk}); err != nil {
		t.Fatal(err)
	}
	w.sit()
	full.Store(true)
	for range 250 {
		if _, err := w.Patient(ctx, p); err != nil {
			t.Fatalf("a full disk keeps a doctor from a card: %v", err)
		}
	}
	if err := w.Flush(ctx); err == nil {
		t.Error("a full disk took the acts")
	}
	full.Store(false)
	if err := w.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.accesses(p); len(got) != 250 {
		t.Errorf("%d of 250 acts are in the ledger", len(got))
	}
}
