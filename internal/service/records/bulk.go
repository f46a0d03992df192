package records

import (
	"context"
	"iter"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Incoming is a patient as an import or the demo generator brings it: ids are
// derived from the source, so the same source twice is the same records.
type Incoming struct {
	Patient   clinic.Patient
	Problems  []clinic.Problem
	Allergies []clinic.Allergy
	Visits    []clinic.Visit
	Protocols []clinic.Protocol // drafts; signed on the way in where Bulk.Sign is set

	Diagnoses     []clinic.Diagnosis // of no visit
	Observations  []clinic.Observation
	Prescriptions []clinic.Prescription
}

// Added counts the records that were really new.
type Added struct {
	Patients      int `json:"patients"`
	Visits        int `json:"visits"`
	Diagnoses     int `json:"diagnoses"`
	Observations  int `json:"observations"`
	Parts         int `json:"parts"` // components of observations, records of their own
	Prescriptions int `json:"prescriptions"`
	Problems      int `json:"problems"`
	Allergies     int `json:"allergies"`
	Protocols     int `json:"protocols"`
}

// countObservations counts observations and, apart, their components.
func (a *Added) countObservations(list []clinic.Observation) {
	for i := range list {
		if list[i].Panel.IsZero() {
			a.Observations++
		} else {
			a.Parts++
		}
	}
}

// Bulk says how a flow of patients is stored.
type Bulk struct {
	Right    clinic.Right // asked of the user: ImportData or MakeDemo
	Intent   string       // "import.fhir", "demo"
	Sign     bool         // protocols are signed by the user, if the user may sign
	Progress func(Added)  // after each batch; may be nil
}

// batchTime is how long one transaction of a bulk may hold the door, its commit
// included: then others may write in between (DESIGN, "Storage").
const batchTime = 50 * time.Millisecond

// filling is how long a batch may take rows in, when sealing and committing the last
// one took so long.
func filling(committing time.Duration) time.Duration {
	return max(batchTime-max(committing, 0), batchTime/5)
}

// Import stores a flow of patients in short transactions that share a batch id.
// What is there already stays as it is: an import that was broken off goes on
// where it stood, and the same import twice changes nothing.
func (r *Records) Import(ctx context.Context, b Bulk, flow iter.Seq2[Incoming, error]) (Added, error) {
	var done Added
	if b.Right != clinic.MakeDemo {
		b.Right = clinic.ImportData
	}
	if err := r.who.Require(b.Right); err != nil {
		return done, err
	}
	b.Sign = b.Sign && r.who.May(clinic.SignProtocols)
	org, err := r.store.Organisation(ctx)
	if err != nil {
		return done, err
	}
	next, stop := iter.Pull2(flow)
	defer stop()
	act := journal.Act{Actor: r.who.ID, Intent: b.Intent, Batch: clinic.NewID()}
	committing := batchTime / 3
	for more := true; more; {
		batch := done
		var filled time.Time
		err := r.store.Update(ctx, act, func(tx *store.Tx) error {
			defer func() { filled = r.now() }()
			until := r.now().Add(filling(committing))
			room, err := roomFor(tx, org.Patients)
			if err != nil {
				return err
			}
			for {
				in, err, ok := next()
				if !ok {
					more = false
					return nil
				}
				if err != nil {
					return err
				}
				if err := r.take(tx, b, org, &room, &in, &batch); err != nil {
					return err
				}
				if r.now().After(until) {
					return nil
				}
			}
		})
		if err != nil {
			return done, err
		}
		done, committing = batch, r.now().Sub(filled)
		if b.Progress != nil {
			b.Progress(done)
		}
	}
	return done, nil
}

// take stores one incoming patient with everything that hangs on it.
func (r *Records) take(tx *store.Tx, b Bulk, org clinic.Organisation, room *int, in *Incoming, n *Added) error {
	p := &in.Patient
	known, err := tx.Has("patient", p.ID)
	if err != nil {
		return err
	}
	if !known {
		if _, err := preparePatient(p, org.Country, r.now()); err != nil {
			return err
		}
		if *room--; *room < 0 {
			return fault.New(fault.Conflict, "fault.patient.limit", "limit", limitOf(org.Patients))
		}
		if err := tx.PutPatient(p); err != nil {
			return err
		}
		n.Patients++
	}
	if err := takeAll(tx, "problem", in.Problems, &n.Problems, func(v *clinic.Problem) clinic.ID { v.Patient = p.ID; return v.ID }, tx.PutProblem); err != nil {
		return err
	}
	if err := takeAll(tx, "allergy", in.Allergies, &n.Allergies, func(v *clinic.Allergy) clinic.ID { v.Patient = p.ID; return v.ID }, tx.PutAllergy); err != nil {
		return err
	}
	if err := r.takeVisits(tx, in, n); err != nil {
		return err
	}
	if err := takeLoose(tx, in, n); err != nil {
		return err
	}
	return r.takeProtocols(tx, b, in, known, n)
}

// takeAll stores the records of one kind that are not there yet. Also of a new
// patient: an id may be another's already, whose record stays where it is.
func takeAll[T any](tx *store.Tx, table string, list []T, n *int, own func(*T) clinic.ID, put func(*T) error) error {
	for i := range list {
		there, err := tx.Has(table, own(&list[i]))
		if err != nil {
			return err
		}
		if there {
			continue
		}
		var c checker
		if c.sane(&list[i]); c.err != nil {
			return c.err
		}
		if err := put(&list[i]); err != nil {
			return err
		}
		*n++
	}
	return nil
}

func (r *Records) takeVisits(tx *store.Tx, in *Incoming, n *Added) error {
	for i := range in.Visits {
		v := &in.Visits[i]
		v.Patient = in.Patient.ID
		if there, err := tx.Has("visit", v.ID); err != nil {
			return err
		} else if there {
			continue
		}
		if v.Entered.IsZero() {
			v.Entered = tx.Now()
		}
		if err := r.prepareVisit(v); err != nil {
			return err
		}
		if v.Source.System == "" {
			v.Late = false
		}
		if err := tx.PutVisit(v); err != nil {
			return err
		}
		n.Visits++
		n.Diagnoses += len(v.Diagnoses)
		n.countObservations(v.Observations)
		n.Prescriptions += len(v.Prescriptions)
	}
	return nil
}

// takeLoose stores what hangs on no visit.
func takeLoose(tx *store.Tx, in *Incoming, n *Added) error {
	p := in.Patient.ID
	if err := takeAll(tx, "diagnosis", in.Diagnoses, &n.Diagnoses, func(v *clinic.Diagnosis) clinic.ID { v.Patient = p; return v.ID }, tx.PutDiagnosis); err != nil {
		return err
	}
	put := func(v *clinic.Observation) error {
		n.countObservations([]clinic.Observation{*v})
		return tx.PutObservation(v)
	}
	if err := takeAll(tx, "observation", in.Observations, new(int), func(v *clinic.Observation) clinic.ID { v.Patient = p; return v.ID }, put); err != nil {
		return err
	}
	return takeAll(tx, "prescription", in.Prescriptions, &n.Prescriptions, func(v *clinic.Prescription) clinic.ID { v.Patient = p; return v.ID }, tx.PutPrescription)
}

func (r *Records) takeProtocols(tx *store.Tx, b Bulk, in *Incoming, known bool, n *Added) error {
	for i := range in.Protocols {
		p := &in.Protocols[i]
		p.Patient = in.Patient.ID
		if there, err := tx.Has("protocol", p.ID); err != nil {
			return err
		} else if there {
			continue
		}
		if err := r.finish(tx, b, in, known, p); err != nil {
			return err
		}
		if err := tx.PutProtocol(p); err != nil {
			return err
		}
		n.Protocols++
	}
	return nil
}

// finish checks an incoming draft and signs it where that is wanted. What is signed
// speaks of the card and the visit as they are stored, not as they came again.
func (r *Records) finish(tx *store.Tx, b Bulk, in *Incoming, known bool, p *clinic.Protocol) error {
	p.Status, p.Signed, p.Signer, p.Digest, p.Signature, p.Care = clinic.ProtocolDraft, 0, clinic.ID{}, nil, nil, nil
	var c checker
	if c.sane(p); c.err != nil {
		return c.err
	}
	if err := checkValues(p, b.Sign); err != nil || !b.Sign {
		return err
	}
	patient, visit := &in.Patient, visitOf(in, p.Visit)
	if known || visit == nil {
		storedPatient, err := tx.Patient(p.Patient)
		if err != nil {
			return err
		}
		storedVisit, err := tx.Visit(p.Visit)
		if err != nil {
			return err
		}
		patient, visit = &storedPatient, &storedVisit
	}
	return r.sign(p, patient, visit, p.Written)
}

func visitOf(in *Incoming, id clinic.ID) *clinic.Visit {
	for i := range in.Visits {
		if in.Visits[i].ID == id {
			return &in.Visits[i]
		}
	}
	return nil
}
