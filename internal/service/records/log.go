package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// Act is one act that the ledger tells of. Show says of which classes the values
// may be shown to the user who asked; those of others are not in the Payload.
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
		if err := r.known(ctx, patient); err != nil {
			return nil, err
		}
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
			hide(p, r.shows)
			out = append(out, Act{o.Header, p, names[p.Actor], r.shows})
		}
		if len(out) >= limit {
			break
		}
	}
	return out, r.looked(ctx, "view", "ledger", patient, len(out))
}

// hide takes the values out of a payload that the user may not see: what was done to
// which record stays. It is not left to whoever prints the log.
func hide(p *ledger.Payload, show func(ledger.Class) bool) {
	if !show(ledger.None) {
		blank(p.Rows)
	}
	for i := range p.Parts {
		if !show(p.Parts[i].Class) {
			blank(p.Parts[i].Rows)
			p.Parts[i].Sealed = nil
		}
	}
}

func blank(changes []ledger.Change) {
	for i := range changes {
		for j := range changes[i].Columns {
			changes[i].Columns[j].Old, changes[i].Columns[j].New = nil, nil
		}
	}
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
