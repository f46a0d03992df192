package records

import (
	"cmp"
	"context"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// History reads what was changed on a card and on those merged with it, from the
// newest act back, at most limit acts; more says that there are older ones. Also
// mergings that have ended are in it. Rights as for Log with a patient: values that
// the user may not see are not there (R11.4).
func (r *Records) History(ctx context.Context, patient clinic.ID, limit int) (acts []Act, more bool, err error) {
	if !r.who.May(clinic.ReadLedger) {
		if err := r.who.Require(clinic.ReadCards); err != nil {
			return nil, false, err
		}
	}
	if err := r.known(ctx, patient); err != nil {
		return nil, false, err
	}
	q := r.store.Reader(ctx)
	cards, err := q.Component(patient)
	if err != nil {
		return nil, false, err
	}
	links, err := gather(cards, q.Links)
	if err != nil {
		return nil, false, err
	}
	names, err := r.staffNames(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, card := range cards {
		if acts, err = r.changesOf(ctx, acts, card, limit, names, nil); err != nil {
			return nil, false, err
		}
	}
	// A link's row is kept with one of its two cards, which may be another
	// patient's again.
	for _, l := range links {
		if !slices.Contains(cards, l.Patient) {
			only := func(c ledger.Change) bool { return c.Table == "patient_link" && c.Key == l.ID }
			if acts, err = r.changesOf(ctx, acts, l.Patient, limit, names, only); err != nil {
				return nil, false, err
			}
		}
	}
	slices.SortStableFunc(acts, func(a, b Act) int { return cmp.Compare(b.Header.HLC, a.Header.HLC) })
	acts = joinActs(acts)
	if more = len(acts) > limit; more {
		acts = acts[:limit]
	}
	return acts, more, r.looked(ctx, "view", "ledger", patient, len(acts))
}

// changesOf adds a card's changes, the newest first, one more than limit; with only,
// those rows of them that it takes.
func (r *Records) changesOf(ctx context.Context, acts []Act, card clinic.ID, limit int, names map[clinic.ID]string, only func(ledger.Change) bool) ([]Act, error) {
	found := 0
	for o, err := range r.store.Log(ctx, card) {
		if err != nil {
			return nil, err
		}
		if o.Header.Chain != ledger.Changes {
			continue
		}
		for _, p := range o.Payloads {
			if only != nil {
				keepRows(p, only)
			}
			if len(p.Parts) == 0 {
				continue
			}
			hide(p, r.shows)
			acts = append(acts, Act{o.Header, p, names[p.Actor], r.shows})
		}
		if found++; found > limit {
			break
		}
	}
	return acts, nil
}

func keepRows(p *ledger.Payload, keep func(ledger.Change) bool) {
	for i := range p.Parts {
		p.Parts[i].Rows = slices.DeleteFunc(p.Parts[i].Rows, func(c ledger.Change) bool { return !keep(c) })
	}
	p.Parts = slices.DeleteFunc(p.Parts, func(part ledger.Part) bool { return len(part.Rows) == 0 })
}

// joinActs makes one of what one act did on several cards.
func joinActs(acts []Act) []Act {
	var out []Act
	for _, a := range acts {
		if n := len(out) - 1; n >= 0 && out[n].Header.Device == a.Header.Device && out[n].Header.Seq == a.Header.Seq {
			out[n].Payload.Parts = append(out[n].Payload.Parts, a.Payload.Parts...)
			continue
		}
		out = append(out, a)
	}
	return out
}

// shows says of which classes the user may see the values.
func (r *Records) shows(c ledger.Class) bool {
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
