package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Act is one act that the ledger tells of. Show says of which classes the values
// may be shown to the user who asked.
type Act struct {
	Header  ledger.Header
	Payload *ledger.Payload
	Who     string
	Show    func(ledger.Class) bool
}

// Log reads the ledger from the newest act back (R11.4). The history of one card
// is for whoever may read it; the whole log for whoever may read the ledger, who
// sees what was done, and values only where the cards are open to them too.
func (r *Records) Log(ctx context.Context, patient clinic.ID, limit int) ([]Act, error) {
	if !r.who.May(clinic.ReadLedger) {
		if patient.IsZero() {
			return nil, r.who.Require(clinic.ReadLedger)
		}
		if err := r.who.Require(clinic.ReadCards); err != nil {
			return nil, err
		}
	}
	if !patient.IsZero() {
		if known, err := r.store.Reader(ctx).HasPatient(patient); err != nil {
			return nil, err
		} else if !known {
			return nil, fault.New(fault.NotFound, "fault.patient.none")
		}
	}
	show := func(c ledger.Class) bool {
		switch c {
		case ledger.Identity:
			return r.who.May(clinic.ReadCards)
		case ledger.Medical:
			return r.who.May(clinic.ReadCare)
		case ledger.None:
			return r.who.May(clinic.ReadLedger)
		}
		return false
	}
	names, err := r.staffNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []Act
	for o, err := range r.store.Log(ctx, patient) {
		if err != nil {
			return nil, err
		}
		for _, p := range o.Payloads {
			out = append(out, Act{o.Header, p, names[p.Actor], show})
		}
		if len(out) >= limit {
			break
		}
	}
	return out, r.looked(ctx, "view", "ledger", patient, len(out))
}

func (r *Records) staffNames(ctx context.Context) (map[clinic.ID]string, error) {
	all, err := r.store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	out := make(map[clinic.ID]string, len(all))
	for _, s := range all {
		if out[s.ID] = s.Short(); out[s.ID] == "" {
			out[s.ID] = s.Login
		}
	}
	return out, nil
}
