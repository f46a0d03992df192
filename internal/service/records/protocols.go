package records

import (
	"context"
	"maps"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Templates finds templates: the built-in ones and the clinic's own.
type Templates interface {
	Template(ctx context.Context, id clinic.ID) (clinic.Template, error)
}

// AddProtocol writes a draft by a template (R3.4). Fields that the template does
// not know are refused; those without a value get the template's default.
func (r *Records) AddProtocol(ctx context.Context, templates Templates, p clinic.Protocol) (clinic.Protocol, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return clinic.Protocol{}, err
	}
	t, err := templates.Template(ctx, p.Template)
	if err != nil {
		return clinic.Protocol{}, err
	}
	p.TemplateVersion, p.Title, p.Lang, p.Shape = t.Version, t.Title, t.Lang, t.Fields
	p.Version, p.Amends, p.Why, p.Status, p.Original = 1, clinic.ID{}, "", clinic.ProtocolDraft, clinic.OriginalPaper
	p.Signed, p.Signer, p.Digest, p.Signature, p.Scan, p.Qualified = 0, clinic.ID{}, nil, nil, clinic.ID{}, clinic.ID{}
	p.SignerName, p.SignerPost, p.Care, p.Deleted = "", "", nil, 0
	p.Values = withDefaults(t.Fields, p.Values)
	if err := checkValues(&p, false); err != nil {
		return clinic.Protocol{}, err
	}
	err = r.update(ctx, "protocol.add", func(tx *store.Tx) error {
		v, err := liveVisit(tx, p.Visit)
		if err != nil {
			return err
		}
		if err := ofPerson(tx, p.Patient, v.Patient); err != nil {
			return err
		}
		if !p.ID.IsZero() {
			if _, err := tx.Protocol(p.ID); err == nil {
				return fault.New(fault.Conflict, "fault.protocol.known")
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		p.Patient = v.Patient
		p.Written = tx.Now()
		return tx.PutProtocol(&p)
	})
	if err != nil {
		return clinic.Protocol{}, err
	}
	return p, nil
}

// ofPerson refuses a document that names another patient than its visit does. Cards
// that are merged are one patient.
func ofPerson(tx *store.Tx, named, of clinic.ID) error {
	if named.IsZero() || named == of {
		return nil
	}
	cards, err := tx.Component(of)
	if err == nil && !slices.Contains(cards, named) {
		err = fault.At("patient", "fault.protocol.patient")
	}
	return err
}

// liveVisit reads a visit that a document may stand on: one that was not struck out.
func liveVisit(tx *store.Tx, id clinic.ID) (clinic.Visit, error) {
	v, err := tx.Visit(id)
	if err == nil && v.Status == clinic.VisitStruck {
		err = fault.New(fault.Conflict, "fault.visit.struck")
	}
	return v, err
}

// noSigned refuses to take a visit away from under a signed protocol.
func noSigned(tx *store.Tx, patient, visit clinic.ID) error {
	signed, err := hasSigned(tx, patient, visit)
	if err == nil && signed {
		err = fault.New(fault.Conflict, "fault.visit.signed")
	}
	return err
}

// hasSigned reports whether a signed protocol stands on a patient's visit, or with
// the zero id on any.
func hasSigned(tx *store.Tx, patient, visit clinic.ID) (bool, error) {
	all, err := tx.Protocols(patient)
	if err != nil {
		return false, err
	}
	for i := range all {
		if all[i].Status == clinic.ProtocolSigned && (visit.IsZero() || all[i].Visit == visit) {
			return true, nil
		}
	}
	return false, nil
}

func withDefaults(fields []clinic.Field, values map[string]string) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		if f.Default != "" {
			out[f.Key] = f.Default
		}
	}
	maps.Copy(out, values)
	return out
}

// EditProtocol changes the values of a draft.
func (r *Records) EditProtocol(ctx context.Context, id clinic.ID, values map[string]string) (clinic.Protocol, error) {
	var out clinic.Protocol
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return out, err
	}
	err := r.update(ctx, "protocol.edit", func(tx *store.Tx) error {
		p, err := tx.Protocol(id)
		if err != nil {
			return err
		}
		if p.Status != clinic.ProtocolDraft {
			return fault.New(fault.Conflict, "fault.protocol.signed")
		}
		if p.Values == nil {
			p.Values = map[string]string{}
		}
		maps.Copy(p.Values, values)
		if err := checkValues(&p, false); err != nil {
			return err
		}
		p.Written = tx.Now()
		out = p
		return tx.PutProtocol(&out)
	})
	if err != nil {
		return clinic.Protocol{}, err
	}
	return out, nil
}

// SignProtocol makes a draft final: from here on nobody changes a word of it. The
// signature is the user's own key's, over the digest of everything that stands
// in the document.
func (r *Records) SignProtocol(ctx context.Context, id clinic.ID) (clinic.Protocol, error) {
	var out clinic.Protocol
	if err := r.who.Require(clinic.SignProtocols); err != nil {
		return out, err
	}
	err := r.update(ctx, "protocol.sign", func(tx *store.Tx) error {
		p, err := tx.Protocol(id)
		if err != nil {
			return err
		}
		if p.Status != clinic.ProtocolDraft {
			return fault.New(fault.Conflict, "fault.protocol.signed")
		}
		if err := checkValues(&p, true); err != nil {
			return err
		}
		patient, err := tx.Patient(p.Patient)
		if err != nil {
			return err
		}
		visit, err := liveVisit(tx, p.Visit)
		if err != nil {
			return err
		}
		if err := r.sign(&p, &patient, &visit, tx.Now()); err != nil {
			return err
		}
		out = p
		return tx.PutProtocol(&out)
	})
	if err != nil {
		return clinic.Protocol{}, err
	}
	return out, nil
}

// sign puts the user's name and signature under a protocol and what it stands on.
func (r *Records) sign(p *clinic.Protocol, patient *clinic.Patient, visit *clinic.Visit, at clinic.Time) (err error) {
	p.Care = clinic.CareOf(patient, visit)
	p.Status, p.Signed = clinic.ProtocolSigned, at
	p.Signer, p.SignerName, p.SignerPost = r.who.ID, nameOf(&r.who.Staff), r.who.Position
	// The store keeps an empty list as none: the digest must be of what is read back.
	if len(p.Values) == 0 {
		p.Values = nil
	}
	if len(p.Shape) == 0 {
		p.Shape = nil
	}
	if p.Digest, err = p.SignedDigest(); err != nil {
		return err
	}
	if p.Signature = r.store.Session().SignAsUser(p.Digest); p.Signature == nil {
		return fault.New(fault.Forbidden, "fault.store.closed")
	}
	return nil
}

// AmendProtocol begins a correction: a draft of the next version that names the
// signed one and says why. There is one correction of a version at a time.
func (r *Records) AmendProtocol(ctx context.Context, id clinic.ID, why string, values map[string]string) (clinic.Protocol, error) {
	var out clinic.Protocol
	if err := r.who.Require(clinic.SignProtocols); err != nil {
		return out, err
	}
	if err := reason(&why, "fault.protocol.why"); err != nil {
		return out, err
	}
	err := r.update(ctx, "protocol.amend", func(tx *store.Tx) error {
		old, err := tx.Protocol(id)
		if err != nil {
			return err
		}
		if old.Status != clinic.ProtocolSigned {
			return fault.New(fault.Conflict, "fault.protocol.draft")
		}
		later, err := tx.Amendments(old.ID, old.Patient)
		if err != nil {
			return err
		}
		if len(later) > 0 {
			return fault.New(fault.Conflict, "fault.protocol.amended")
		}
		p := old
		p.Record = clinic.Record{}
		p.Version, p.Amends, p.Why = old.Version+1, old.ID, why
		p.Status, p.Written, p.Signed, p.Original = clinic.ProtocolDraft, tx.Now(), 0, clinic.OriginalPaper
		p.Signer, p.SignerName, p.SignerPost, p.Digest, p.Signature = clinic.ID{}, "", "", nil, nil
		p.Scan, p.Qualified, p.Care = clinic.ID{}, clinic.ID{}, nil
		p.Values = maps.Clone(old.Values)
		if p.Values == nil {
			p.Values = map[string]string{}
		}
		maps.Copy(p.Values, values)
		if err := checkValues(&p, false); err != nil {
			return err
		}
		out = p
		return tx.PutProtocol(&out)
	})
	if err != nil {
		return clinic.Protocol{}, err
	}
	return out, nil
}

// Protocol reads a protocol, checks its signature and notes that it was viewed.
func (r *Records) Protocol(ctx context.Context, id clinic.ID) (clinic.Protocol, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return clinic.Protocol{}, err
	}
	p, err := r.store.Reader(ctx).Protocol(id)
	if err != nil {
		return p, err
	}
	if err := store.VerifyProtocol(p, r.store.SignerKeys(p.Signer)); err != nil {
		return p, err
	}
	return p, r.looked(ctx, "view", "protocol", p.Patient, 1)
}

// Protocols lists a patient's protocols, those of merged cards among them, the
// newest first. Signatures are checked
// where one is opened or printed, not in a list.
func (r *Records) Protocols(ctx context.Context, patient clinic.ID) ([]clinic.Protocol, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return nil, err
	}
	if err := r.known(ctx, patient); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	cards, err := q.Component(patient)
	if err != nil {
		return nil, err
	}
	list, err := protocolsOf(q, cards)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "protocol", patient, len(list))
}
