package store

import (
	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// PutProtocol writes a protocol. A signed one never changes but for where its
// original is (R3.4).
func (tx *Tx) PutProtocol(p *clinic.Protocol) error {
	if !p.ID.IsZero() {
		stored, err := protocols.one(tx, `id = ?`, p.ID)
		if err != nil {
			return err
		}
		if stored != nil && stored.Status == clinic.ProtocolSigned && !onlyOriginal(*stored, *p) {
			return fault.New(fault.Conflict, "fault.protocol.signed")
		}
	}
	return protocols.save(tx, p, p.Patient)
}

// onlyOriginal reports whether two states of a protocol differ in nothing but
// the whereabouts of the original.
func onlyOriginal(a, b clinic.Protocol) bool {
	a.Original, a.Scan, a.Qualified = b.Original, b.Scan, b.Qualified
	x, errX := jsonText{a}.Value()
	y, errY := jsonText{b}.Value()
	return errX == nil && errY == nil && x == y
}

// Protocol reads one protocol.
func (r *Reader) Protocol(id clinic.ID) (clinic.Protocol, error) { return readProtocol(r, id) }

// Protocol reads one protocol.
func (tx *Tx) Protocol(id clinic.ID) (clinic.Protocol, error) { return readProtocol(tx, id) }

func readProtocol(q querier, id clinic.ID) (clinic.Protocol, error) {
	p, err := protocols.one(q, `id = ?`, id)
	if err != nil {
		return clinic.Protocol{}, err
	}
	if p == nil {
		return clinic.Protocol{}, fault.New(fault.NotFound, "fault.protocol.none")
	}
	return *p, nil
}

// Protocols reads the protocols of a patient, the newest first.
func (r *Reader) Protocols(patient clinic.ID) ([]clinic.Protocol, error) {
	return protocols.list(r, `patient = ? AND deleted IS NULL ORDER BY written DESC, rowid DESC`, patient)
}

// Protocols reads the protocols of a patient, the newest first.
func (tx *Tx) Protocols(patient clinic.ID) ([]clinic.Protocol, error) {
	return protocols.list(tx, `patient = ? AND deleted IS NULL ORDER BY written DESC, rowid DESC`, patient)
}

// AllProtocols lists the ids of the protocols in a state, in order of signing.
func (r *Reader) AllProtocols(status string) ([]clinic.ID, error) {
	return r.ids(`SELECT id FROM protocol WHERE status = ? AND deleted IS NULL ORDER BY signed, rowid`, status)
}

// unsignedLooked is among how many unsigned protocols of the clinic, the latest first, a
// doctor's own are looked for: where people sign on paper only, there are as many as
// visits.
const unsignedLooked = 3000

// Unsigned lists the protocols of a member of staff's visits that wait for a signature,
// the latest first. The state stands in the words of the index.
func (r *Reader) Unsigned(staff clinic.ID, limit int) ([]clinic.ID, error) {
	return r.ids(`SELECT p.id FROM (
			SELECT id, visit, written FROM protocol INDEXED BY protocol_unsigned
			WHERE status = 'draft' AND deleted IS NULL ORDER BY written DESC LIMIT ?) p
		JOIN visit v ON v.id = p.visit
		WHERE v.deleted IS NULL AND v.staff = ? ORDER BY p.written DESC LIMIT ?`, unsignedLooked, staff, limit)
}

// Amendments lists the protocols that name one as the version they correct.
func (tx *Tx) Amendments(of, patient clinic.ID) ([]clinic.Protocol, error) {
	return protocols.list(tx, `patient = ? AND amends = ? AND deleted IS NULL`, patient, of)
}

func (r *Reader) ids(query string, args ...any) ([]clinic.ID, error) {
	rows, err := r.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []clinic.ID
	for rows.Next() {
		var id clinic.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// PutTemplate writes a template.
func (tx *Tx) PutTemplate(t *clinic.Template) error { return templates.save(tx, t, clinic.ID{}) }

// Template reads a template; the zero one and false when the clinic has none of
// this id.
func (r *Reader) Template(id clinic.ID) (clinic.Template, bool, error) { return readTemplate(r, id) }

// Template reads a template, as Reader.Template does.
func (tx *Tx) Template(id clinic.ID) (clinic.Template, bool, error) { return readTemplate(tx, id) }

func readTemplate(q querier, id clinic.ID) (clinic.Template, bool, error) {
	t, err := templates.one(q, liveID, id)
	if err != nil || t == nil {
		return clinic.Template{}, false, err
	}
	return *t, true, nil
}

// Templates lists the clinic's own templates.
func (r *Reader) Templates() ([]clinic.Template, error) {
	return templates.list(r, `deleted IS NULL ORDER BY title, rowid`)
}

// PutPathway writes a treatment protocol.
func (tx *Tx) PutPathway(p *clinic.Pathway) error { return pathways.save(tx, p, clinic.ID{}) }

// Pathways lists the treatment protocols.
func (r *Reader) Pathways() ([]clinic.Pathway, error) {
	return pathways.list(r, `deleted IS NULL ORDER BY title, rowid`)
}

// Pathway reads one treatment protocol. Fault: NotFound, also when it was struck
// out.
func (r *Reader) Pathway(id clinic.ID) (clinic.Pathway, error) {
	p, err := pathways.one(r, liveID, id)
	if err == nil && p == nil {
		err = fault.New(fault.NotFound, "fault.pathway.none")
	}
	if err != nil {
		return clinic.Pathway{}, err
	}
	return *p, nil
}
