package journal

import (
	"crypto/ed25519"
	"errors"
	"sync"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// recordTable holds certificates, shares of scope keys and the like. Entries
// behind one that brings some may need them.
const recordTable = "key_record"

// segmentBytes bounds what one transaction of Apply takes in.
const segmentBytes = 8 << 20

// reception takes received entries as far as it can without the database:
// signatures, boxes, the form of every change.
type reception struct {
	j     *Journal
	trust Trust
	// introduced are the keys of devices that came with these entries.
	introduced map[ledger.ID]ed25519.PublicKey
	// vouched are entries that others have built on, who are trusted: they were
	// written before anybody there knew that their device was revoked.
	vouched map[ledger.Hash]bool
}

func newReception(j *Journal, trust Trust, entries []*ledger.Entry) *reception {
	r := &reception{j: j, trust: trust, introduced: map[ledger.ID]ed25519.PublicKey{}, vouched: map[ledger.Hash]bool{}}
	r.vouch(entries)
	return r
}

// believed reports whether a device was trusted when it wrote an entry.
func (r *reception) believed(h ledger.Header) bool {
	return h.Chain != ledger.Changes || r.trust.Accepts(h.Device, h.Seq)
}

// accepts is believed, or others who are trusted have built on the entry.
func (r *reception) accepts(e *ledger.Entry) bool { return r.vouched[e.Hash] || r.believed(e.Header) }

// arrival is a received entry with what can be said of it before its place is
// known.
type arrival struct {
	e        *ledger.Entry
	refused  error // whatever its place
	bad      error // if it has a place here
	payloads []*ledger.Payload
	changes  []change
	lack     *ledger.Lack // the key it waits for
	records  bool         // it brings certificates or keys
}

// change is one changed row, checked against the policy.
type change struct {
	*ledger.Change
	table  *table
	part   partKey
	groups [][]any // by field group; nil for those it leaves alone
}

// stream prepares entries in order, ahead of whoever takes them, up to the end of
// a segment. The caller calls stop before anything else happens to the keys.
func (r *reception) stream(entries []*ledger.Entry) (in <-chan *arrival, stop func()) {
	out, enough := make(chan *arrival, 4), make(chan struct{})
	var working sync.WaitGroup
	working.Go(func() {
		defer close(out)
		size := 0
		for _, e := range entries {
			a := r.prepare(e)
			select {
			case out <- a:
			case <-enough:
				return
			}
			if size += len(e.Encode()); a.records || a.refused != nil || size >= segmentBytes {
				return
			}
		}
	})
	return out, func() { close(enough); working.Wait() }
}

func (r *reception) prepare(e *ledger.Entry) *arrival {
	a, h := &arrival{e: e}, e.Header
	if h.Org != r.j.keys.Organisation() {
		a.refused = badSignature(h)
		return a
	}
	key, known := r.key(h.Device)
	if known && !e.Verify(key) {
		a.refused = badSignature(h)
		return a
	}
	if h.Schema > r.j.schema {
		a.refused = fault.New(fault.Newer, "fault.ledger.schema", "schema", h.Schema)
		return a
	}
	r.open(a)
	if !known {
		r.introduce(a)
	}
	return a
}

func badSignature(h ledger.Header) error {
	return fault.New(fault.Damaged, "fault.ledger.signature", "seq", h.Seq)
}

func (r *reception) key(device ledger.ID) (ed25519.PublicKey, bool) {
	if k, ok := r.trust.DeviceKey(device); ok {
		return k, true
	}
	k, ok := r.introduced[device]
	return k, ok
}

// open opens the boxes. When the key of one is not held here the entry waits:
// nothing is given of it.
func (r *reception) open(a *arrival) {
	var err error
	if a.payloads, a.lack, err = openAll(a.e, r.j.keys); err != nil || a.lack != nil {
		a.bad = err
		return
	}
	a.changes, a.bad = r.j.changesIn(a.payloads)
	for i := range a.changes {
		a.records = a.records || a.changes[i].Table == recordTable
	}
}

// introduce lets the first entry of an unknown device speak for itself.
func (r *reception) introduce(a *arrival) {
	h := a.e.Header
	if a.lack != nil { // perhaps it will, once the key is here
		a.refused = fault.New(fault.Conflict, "fault.ledger.early", "seq", h.Seq)
		return
	}
	var records []Record
	for i := range a.changes {
		if c := &a.changes[i]; c.Table == recordTable {
			records = append(records, recordOf(c.Change))
		}
	}
	key, ok := r.trust.Introduced(h.Device, records)
	if a.bad != nil || !ok || !a.e.Verify(key) {
		a.refused = badSignature(h)
		return
	}
	r.introduced[h.Device] = key
}

func recordOf(c *ledger.Change) Record {
	rec := Record{ID: c.Key}
	for _, col := range c.Columns {
		switch v := col.New.(type) {
		case int64:
			if col.Name == "kind" {
				rec.Kind = uint8(v)
			}
		case []byte:
			if col.Name == "record" {
				rec.Bytes = v
			}
		}
	}
	return rec
}

// openAll opens the boxes of an entry; none of them when it lacks a key.
func openAll(e *ledger.Entry, keys ledger.Keys) (out []*ledger.Payload, lack *ledger.Lack, err error) {
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, keys)
		switch {
		case errors.As(err, &lack):
			return nil, lack, nil
		case err != nil:
			return nil, nil, fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
		}
		out = append(out, p)
	}
	return out, nil, nil
}

// changesIn lists the changes of payloads, each held against the policy.
func (j *Journal) changesIn(payloads []*ledger.Payload) ([]change, error) {
	var out []change
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			checked, err := j.check(c, part)
			if err != nil {
				return nil, err
			}
			out = append(out, checked)
		}
	}
	return out, nil
}

// check holds a change against the policy, whatever rows are here. It must stand
// in the part of the patient and class that it belongs to, else it would outlive
// the erasure of their key.
func (j *Journal) check(c *ledger.Change, part partKey) (change, error) {
	out := change{Change: c, part: part}
	t, known := j.byName[c.Table]
	if !known {
		return out, fault.New(fault.Damaged, "fault.ledger.table", "table", c.Table)
	}
	misplaced := t.Class != part.class
	for _, col := range c.Columns {
		misplaced = misplaced || col.Name == t.Patient && idOf(col.New) != part.patient
	}
	if c.Kind == ledger.Insert && t.Patient == "id" {
		misplaced = misplaced || c.Key != part.patient
	}
	if misplaced {
		return out, fault.New(fault.Damaged, "fault.ledger.part", "table", c.Table)
	}
	out.table = t
	var err error
	out.groups, err = t.valuesOf(c)
	return out, err
}

// valuesOf gives, for each field group that a change writes, the group's values;
// nil for the groups it leaves alone.
func (t *table) valuesOf(c *ledger.Change) ([][]any, error) {
	row, given := make([]any, len(t.columns)), make([]bool, len(t.Groups))
	for i := range t.columns {
		row[i] = t.columns[i].standard
	}
	for i := range c.Columns {
		at, ok := t.byName[c.Columns[i].Name]
		if !ok || t.columns[at].group < 0 {
			return nil, fault.New(fault.Damaged, "fault.ledger.columns", "table", t.Name)
		}
		row[at] = c.Columns[i].New
		given[t.columns[at].group] = true
	}
	out := make([][]any, len(t.Groups))
	flat := make([]any, 0, len(t.columns))
	for g, cols := range t.groupCol {
		if !given[g] && c.Kind != ledger.Insert {
			continue
		}
		from := len(flat)
		for _, at := range cols {
			flat = append(flat, row[at])
		}
		out[g] = flat[from:len(flat):len(flat)]
	}
	return out, nil
}
