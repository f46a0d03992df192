package records_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/records"
)

// people gives n invented patients with all that hangs on them, the same each time.
func people(n int) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for g := demo.New(5, clinic.Russia, today, n); g.Left() > 0; {
			p, chart := g.Next()
			in := records.Incoming{Patient: p, Problems: chart.Problems, Allergies: chart.Allergies}
			for _, v := range chart.Visits {
				in.Visits = append(in.Visits, v.Visit)
				if v.Protocol != nil {
					in.Protocols = append(in.Protocols, *v.Protocol)
				}
			}
			in.Observations = []clinic.Observation{{Record: clinic.Record{ID: ledger.DeriveID(p.ID, "weight")}, Kind: "vital", Value: "70"}}
			if !yield(in, nil) {
				return
			}
		}
	}
}

var bulk = records.Bulk{Right: clinic.MakeDemo, Intent: "test", Sign: true}

// TestImportTwice: the same people again change nothing, nor does a broken-off import
// followed by a whole one differ from a whole one (R6.5).
func TestImportTwice(t *testing.T) {
	w, ctx := open(t), context.Background()
	first, err := w.Import(ctx, bulk, people(12))
	if err != nil || first.Patients != 12 || first.Visits == 0 || first.Observations == 0 || first.Protocols == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	before := w.entries()
	again, err := w.Import(ctx, bulk, people(12))
	if err != nil || again != (records.Added{}) || w.entries() != before {
		t.Errorf("the second time: %+v, %d entries, %v", again, w.entries()-before, err)
	}
	w.sound()

	for name, stop := range map[string]func(context.CancelFunc) error{
		"cancelled": func(cancel context.CancelFunc) error { cancel(); return nil },
		"failed":    func(context.CancelFunc) error { return errors.New("the file ends here") },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			halves, err := w.Import(ctx, bulk, func(yield func(records.Incoming, error) bool) {
				n := 0
				for in := range people(12) {
					w.clock.forward(30 * time.Millisecond)
					var broken error
					if n++; n == 7 {
						broken = stop(cancel)
					}
					if !yield(in, broken) {
						return
					}
				}
			})
			if err == nil || halves.Patients == 0 || halves.Patients > 6 {
				t.Fatalf("%+v, %v", halves, err)
			}
			if n, err := w.s.Reader(context.Background()).PatientCount(); err != nil || n != halves.Patients {
				t.Errorf("%d cards are there, %d said to be, %v", n, halves.Patients, err)
			}
			rest, err := w.Import(context.Background(), bulk, people(12))
			if err != nil || rest.Patients+halves.Patients != 12 || rest.Visits+halves.Visits != first.Visits ||
				rest.Protocols+halves.Protocols != first.Protocols || rest.Prescriptions+halves.Prescriptions != first.Prescriptions {
				t.Errorf("%+v and %+v make no %+v: %v", halves, rest, first, err)
			}
			w.sound()
		})
	}
}

// TestImportMore: a second import with more visits adds those alone, also under a
// card that was edited meanwhile, and what it signs speaks of the stored card.
func TestImportMore(t *testing.T) {
	w, ctx := open(t), context.Background()
	var in records.Incoming
	for x := range people(40) {
		if len(x.Visits) >= 2 && len(x.Protocols) > 0 && x.Protocols[0].Visit == x.Visits[len(x.Visits)-1].ID {
			in = x
			break
		}
	}
	if in.Patient.ID.IsZero() {
		t.Fatal("nobody has two visits, the last with a protocol")
	}
	less := in
	less.Visits, less.Protocols = in.Visits[:len(in.Visits)-1], nil
	if _, err := w.Import(ctx, bulk, one(less)); err != nil {
		t.Fatal(err)
	}
	edited, err := w.EditPatient(ctx, in.Patient.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Family = "Иначева"
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	in.Patient.CaseNumber, in.Protocols = "", in.Protocols[:1]
	more, err := w.Import(ctx, bulk, one(in))
	if err != nil || more.Patients != 0 || more.Visits != 1 || more.Protocols != 1 {
		t.Fatalf("%+v, %v", more, err)
	}
	p, err := w.Protocol(ctx, in.Protocols[0].ID)
	if err != nil || p.Care == nil || p.Care.Family != "Иначева" || p.Care.CaseNumber != edited.CaseNumber {
		t.Errorf("signed over another card: %s, %v", asJSON(t, p.Care), err)
	}
	if read, err := w.Patient(ctx, in.Patient.ID); err != nil || read.Family != "Иначева" {
		t.Errorf("the import overwrote the card: %q, %v", read.Family, err)
	}
	w.sound()
}

func one(list ...records.Incoming) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for _, in := range list {
			if !yield(in, nil) {
				return
			}
		}
	}
}

// TestImportForeignRows: a file that claims for a new patient what is another's takes
// nothing away, and a document comes in as a draft, whatever it says of itself.
func TestImportForeignRows(t *testing.T) {
	w, ctx := open(t), context.Background()
	id := func() clinic.Record { return clinic.Record{ID: clinic.NewID()} }
	a := records.Incoming{
		Patient:      clinic.Patient{Record: id(), NameUnknown: true},
		Allergies:    []clinic.Allergy{{Record: id(), Substance: "пыль", Kind: "environment", Status: "active"}},
		Observations: []clinic.Observation{{Record: id(), Kind: "vital", Value: "70"}},
	}
	b := a
	b.Patient.Record = id()
	b.Visits = []clinic.Visit{{Record: id()}}
	b.Protocols = []clinic.Protocol{{
		Record: id(), Visit: b.Visits[0].ID, Title: "Выписка", Status: clinic.ProtocolSigned, Signer: clinic.NewID(),
		SignerName: "Кто-то", Digest: []byte{1}, Signature: []byte{2}, Values: map[string]string{}, Shape: []clinic.Field{},
	}}
	quiet := bulk
	quiet.Sign = false
	added, err := w.Import(ctx, quiet, one(a, b))
	if err != nil || added.Patients != 2 || added.Allergies != 1 || added.Observations != 1 {
		t.Fatalf("%+v, %v", added, err)
	}
	chart, err := w.Chart(ctx, a.Patient.ID)
	if err != nil || len(chart.Allergies) != 1 || len(chart.Observations) != 1 {
		t.Errorf("rows moved away: %s, %v", asJSON(t, chart), err)
	}
	if p, err := w.Protocol(ctx, b.Protocols[0].ID); err != nil || p.Status != clinic.ProtocolDraft || p.Signature != nil {
		t.Errorf("came in signed: %s, %v", p.Status, err)
	}
	// The same document signed here, with an empty list of fields, verifies.
	b.Protocols[0].ID = clinic.NewID()
	b.Protocols[0].Values, b.Protocols[0].Shape = map[string]string{}, []clinic.Field{}
	if _, err := w.Import(ctx, bulk, one(b)); err != nil {
		t.Fatal(err)
	}
	if p, err := w.Protocol(ctx, b.Protocols[0].ID); err != nil || p.Status != clinic.ProtocolSigned {
		t.Errorf("%s, %v", p.Status, err)
	}
	for name, bad := range map[string]records.Incoming{
		"allergy":     {Allergies: []clinic.Allergy{{Record: id(), Substance: "пыль\x01"}}},
		"problem":     {Problems: []clinic.Problem{{Record: id(), Text: "\xff"}}},
		"observation": {Observations: []clinic.Observation{{Record: id(), Text: "\x00"}}},
		"protocol":    {Protocols: []clinic.Protocol{{Record: id(), Title: "\x1b"}}},
	} {
		bad.Patient = clinic.Patient{Record: id(), NameUnknown: true}
		_, err := w.Import(ctx, bulk, one(bad))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.sound()
}

// TestImportLetsOthersIn: a batch ends 50 ms after it began, with the patient it is
// at, and earlier where commits are slow; between batches others write (DESIGN,
// "Storage").
func TestImportLetsOthersIn(t *testing.T) {
	w, ctx := open(t), context.Background()
	b, last, most, batches := bulk, 0, 0, 0
	b.Progress = func(n records.Added) {
		most, last, batches = max(most, n.Patients-last), n.Patients, batches+1
		w.register(clinic.Patient{Name: clinic.Name{Family: "Срочных"}}) // the door is open here
	}
	added, err := w.Import(ctx, b, func(yield func(records.Incoming, error) bool) {
		for in := range people(12) {
			w.clock.forward(15 * time.Millisecond)
			if !yield(in, nil) {
				return
			}
		}
	})
	if err != nil || added.Patients != 12 || most > 4 || batches < 4 {
		t.Errorf("%d patients, at most %d in one of %d batches, %v", added.Patients, most, batches, err)
	}
	// All entries of the import, and no others, share its batch.
	shared := map[clinic.ID]int{}
	for o, err := range w.s.Log(ctx, clinic.ID{}) {
		if err != nil {
			t.Fatal(err)
		}
		shared[o.Header.Batch]++
	}
	if len(shared) != 2 || shared[clinic.ID{}] != batches+1 {
		t.Errorf("batches of the ledger: %v", shared)
	}
}

// TestImportRights: an import asks for the right to import whatever it is told to ask
// for, and signs for nobody who may not sign (R11.2).
func TestImportRights(t *testing.T) {
	w, ctx := open(t), context.Background()
	_, err := w.as("", clinic.Reception).Import(ctx, records.Bulk{Right: clinic.ReadCards, Intent: "test"}, people(1))
	refused(t, err, fault.Forbidden, "")
	if _, err := w.as("", clinic.Administrator).Import(ctx, bulk, people(12)); err != nil {
		t.Fatal(err)
	}
	if signed, err := w.SignedProtocols(ctx, clinic.ID{}); err != nil || len(signed) != 0 {
		t.Errorf("an administrator signed %d protocols, %v", len(signed), err)
	}
}
