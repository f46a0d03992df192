package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"feldsher/internal/ledger"
)

// RecordKind says what a record holds.
type RecordKind uint8

// The kinds of records. Their numbers stand in the ledger.
const (
	RecordCertificate RecordKind = 1
	RecordRevocation  RecordKind = 2
	RecordShare       RecordKind = 3 // a scope epoch's key sealed to one reader
	RecordSlot        RecordKind = 4 // a user's private keys wrapped by the password
)

// Record is what one vault tells the others: signed, and good in any order. The id
// is drawn from kind and bytes, so the same id never means two things. Older records
// stay good: a vault that is given all of them keeps what counts. Slots are wrapped
// by passwords alone, so records travel inside the ledger's boxes, never in clear.
type Record struct {
	ID    ledger.ID
	Kind  RecordKind
	Bytes []byte // canonical CBOR, docs/formats/keys.md
}

// maxRecord bounds the bytes of a record.
const maxRecord = 8 << 10

func newRecord(kind RecordKind, bytes []byte) Record {
	return Record{ID: recordID(kind, bytes), Kind: kind, Bytes: bytes}
}

func recordID(kind RecordKind, bytes []byte) ledger.ID {
	return hashedID("feldsher record 1\x00", []byte{byte(kind)}, bytes)
}

// Records lists everything that other vaults of the organisation need to know of
// this one: certificates in the order of issue, revocations, slots, shares. Nothing
// changed, nothing else comes out; ids and bytes stay over a restart.
func (s *Session) Records() []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	return s.body.records()
}

func (b *body) records() (all []Record) {
	for _, c := range b.Certificates {
		all = append(all, newRecord(RecordCertificate, marshal(c)))
	}
	for _, r := range b.Revocations {
		all = append(all, newRecord(RecordRevocation, marshal(r)))
	}
	for _, list := range [][]userSlot{b.Grants, b.Users} {
		for _, u := range list {
			all = append(all, newRecord(RecordSlot, u.record(b.Organisation)))
		}
	}
	for i := range b.Scopes {
		for _, r := range b.Scopes[i].Recipients {
			all = append(all, newRecord(RecordShare, b.Scopes[i].record(b.Organisation, r)))
		}
	}
	return all
}

// parsed are records that were read and not verified yet.
type parsed struct {
	certificates, revocations []Signed
	slots                     []userSlot
	shares                    []shareRecord
	bad                       []error
}

// parseRecords reads records and refuses what no version 1 writes.
func parseRecords(org ledger.ID, records []Record) (p parsed) {
	for _, r := range records {
		if err := p.add(org, r); err != nil {
			p.bad = append(p.bad, fmt.Errorf("record %v of kind %d: %w", r.ID, r.Kind, err))
		}
	}
	return p
}

var errRecord = errors.New("not a record of this version and organisation")

func (p *parsed) add(org ledger.ID, r Record) error {
	if len(r.Bytes) > maxRecord || r.ID != recordID(r.Kind, r.Bytes) {
		return errRecord
	}
	switch r.Kind {
	case RecordCertificate, RecordRevocation:
		signed, err := unmarshal[Signed](r.Bytes)
		if err != nil {
			return err
		}
		if r.Kind == RecordCertificate {
			p.certificates = append(p.certificates, signed)
		} else {
			p.revocations = append(p.revocations, signed)
		}
	case RecordSlot:
		v, err := unmarshal[slotRecord](r.Bytes)
		if err != nil {
			return err
		}
		if v.Version != 1 || v.Organisation != org || !v.Slot.valid() {
			return errRecord
		}
		p.slots = append(p.slots, v.Slot)
	case RecordShare:
		v, err := unmarshal[shareRecord](r.Bytes)
		if err != nil {
			return err
		}
		if v.Version != 1 || v.Organisation != org || v.Scope.IsZero() || v.Epoch == 0 || !v.Share.valid() {
			return errRecord
		}
		p.shares = append(p.shares, v)
	default:
		return errRecord
	}
	return nil
}

// Introduced gives the signing key of a device whose chain to the root is completed
// by records that were not absorbed yet; false where there is no such chain or a
// revocation covers it.
func (s *Session) Introduced(device ledger.ID, records []Record) (ed25519.PublicKey, bool) {
	b := s.body0()
	p := parseRecords(b.Organisation, slices.DeleteFunc(slices.Clone(records), func(r Record) bool {
		return r.Kind != RecordCertificate && r.Kind != RecordRevocation
	}))
	all := *b
	all.Certificates = mergeSigned(slices.Clip(b.Certificates), p.certificates)
	all.Revocations = mergeSigned(slices.Clip(b.Revocations), p.revocations)
	certs, _ := VerifyCertificates(all.Organisation, all.Root, all.Certificates)
	ended := all.endings(certs)
	for _, c := range certs.Of(CertDevice, device) {
		if !ended.covered[c.ID] {
			return slices.Clone(c.SignKey), true
		}
	}
	return nil, false
}

// Introduction gives the certificates that another vault of the organisation needs
// to trust this device: its own and its issuers', up to the root.
func (s *Session) Introduction() []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	var all []Record
	for _, signed := range s.body.chain(s.certs, CertDevice, s.body.Device) {
		all = append(all, newRecord(RecordCertificate, marshal(signed)))
	}
	return all
}

// chain lists the certificates from the root to a subject's present one.
func (b *body) chain(certs CertSet, kind CertKind, subject ledger.ID) (chain []Signed) {
	found := certs.Of(kind, subject)
	if len(found) == 0 {
		return nil
	}
	wanted := map[ledger.ID]bool{}
	for c, ok := found[0], true; ok && !wanted[c.ID]; c, ok = certs.Get(c.Issuer) {
		wanted[c.ID] = true
	}
	for _, signed := range b.Certificates {
		if c, err := ParseCertificate(signed); err == nil && wanted[c.ID] {
			chain = append(chain, signed)
		}
	}
	return chain
}

// Published tells that an epoch of a scope is in the ledger: what is written now is
// sealed under it, if there is no later one.
func (s *Session) Published(scope ledger.ID, epoch uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.body.at(scope, epoch) == nil {
		return
	}
	b := s.body.clone()
	if !b.publish(scope, epoch) {
		return
	}
	if err := s.store.save(b, &s.db); err != nil {
		s.store.note("vault.damage.behind", s.store.next, err)
	}
	s.body = b // also where the disk refused: Absorb finds the epoch in the ledger
}
