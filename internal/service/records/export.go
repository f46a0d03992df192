package records

import (
	"context"
	"iter"
	"slices"

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
	Versions            []clinic.Protocol // all of this document, the newest first
}

// Printout reads a protocol with all that stands on its paper, checks its
// signature and notes that it was printed.
func (r *Records) Printout(ctx context.Context, id clinic.ID) (Printout, error) {
	return r.printout(ctx, id, "print")
}

// Preview is Printout for the screen: it notes that the protocol was viewed.
func (r *Records) Preview(ctx context.Context, id clinic.ID) (Printout, error) {
	return r.printout(ctx, id, "view")
}

func (r *Records) printout(ctx context.Context, id clinic.ID, action string) (out Printout, err error) {
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
	out.Versions = versionsOf(all, out.Protocol.ID)
	return out, r.looked(ctx, action, "protocol", out.Patient.ID, 1)
}

// versionsOf are the protocols that are linked to one by corrections, back and forth.
func versionsOf(all []clinic.Protocol, id clinic.ID) []clinic.Protocol {
	linked := map[clinic.ID]bool{id: true}
	for grown := true; grown; {
		grown = false
		for i := range all {
			p := &all[i]
			if !p.Amends.IsZero() && linked[p.ID] != linked[p.Amends] {
				linked[p.ID], linked[p.Amends], grown = true, true, true
			}
		}
	}
	var out []clinic.Protocol
	for i := range all {
		if linked[all[i].ID] {
			out = append(out, all[i])
		}
	}
	slices.SortStableFunc(out, func(a, b clinic.Protocol) int { return b.Version - a.Version })
	return out
}

// SignedProtocols lists the signed protocols, of one patient, merged cards together, or
// of all.
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
	cards, err := q.Component(patient)
	if err != nil {
		return nil, err
	}
	all, err := protocolsOf(q, cards)
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
