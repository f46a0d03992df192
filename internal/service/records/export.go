package records

import (
	"context"
	"iter"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

// Printout is what a protocol's paper needs.
type Printout struct {
	Organisation        clinic.Organisation
	Patient             clinic.Patient
	Visit               clinic.Visit
	Protocol            clinic.Protocol
	Amended, Superseded *clinic.Protocol
}

// Printout reads a protocol with all that stands on its paper, checks its
// signature and notes that it was printed.
func (r *Records) Printout(ctx context.Context, id clinic.ID) (out Printout, err error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return out, err
	}
	q := r.store.Reader(ctx)
	if out.Protocol, err = q.Protocol(id); err != nil {
		return out, err
	}
	if err := store.VerifyProtocol(out.Protocol, r.store.SignerKeys(out.Protocol.Signer)); err != nil {
		return out, err
	}
	if out.Organisation, err = q.Organisation(); err != nil {
		return out, err
	}
	if out.Patient, err = q.Patient(out.Protocol.Patient); err != nil {
		return out, err
	}
	if out.Visit, err = q.Visit(out.Protocol.Visit); err != nil {
		return out, err
	}
	if out.Protocol.Care != nil {
		out.Protocol.Care.Onto(&out.Patient, &out.Visit)
	}
	all, err := q.Protocols(out.Protocol.Patient)
	if err != nil {
		return out, err
	}
	for i := range all {
		p := &all[i]
		if p.ID == out.Protocol.Amends {
			out.Amended = p
		}
		if p.Amends == out.Protocol.ID && p.Status == clinic.ProtocolSigned {
			out.Superseded = p
		}
	}
	return out, r.looked(ctx, "print", "protocol", out.Patient.ID, 1)
}

// SignedProtocols lists the signed protocols, of one patient or of all.
func (r *Records) SignedProtocols(ctx context.Context, patient clinic.ID) ([]clinic.ID, error) {
	if err := r.who.Require(clinic.ExportCare); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	if patient.IsZero() {
		return q.AllProtocols(clinic.ProtocolSigned)
	}
	if err := r.known(ctx, patient); err != nil {
		return nil, err
	}
	all, err := q.Protocols(patient)
	if err != nil {
		return nil, err
	}
	var out []clinic.ID
	for i := range all {
		if all[i].Status == clinic.ProtocolSigned {
			out = append(out, all[i].ID)
		}
	}
	return out, nil
}

// ExportPatients walks over all cards for a list that leaves the program. That all
// of them are read is in the ledger before the first one is given out; what became
// of it is for Exported to say.
func (r *Records) ExportPatients(ctx context.Context) (iter.Seq2[clinic.Patient, error], error) {
	if err := r.who.Require(clinic.ExportCards); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	n, err := q.PatientCount()
	if err != nil {
		return nil, err
	}
	return q.Patients, r.left(ctx, "view", "patients", n)
}

// Exported notes in the ledger that data have left the program (R10.4, R11.4).
func (r *Records) Exported(ctx context.Context, what string, count int) error {
	if !r.who.May(clinic.ExportCards) {
		if err := r.who.Require(clinic.ExportCare); err != nil {
			return err
		}
	}
	return r.left(ctx, "export", what, count)
}
