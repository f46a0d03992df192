package vault

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Absorb takes the records of other vaults that are new, in any order, and only
// what leads to the root by valid signatures; the rest is named in bad and may be
// given again. Records that are known cost nothing. Every epoch that stands in a
// record counts as published.
//
// It may leave more to be published (changed is true then): a reader who was added
// while somebody else made an epoch gets the key, and an epoch that somebody reads
// who may no more is followed by another, because two workstations have each shut
// somebody out without knowing of the other. Faults: Space (nothing was taken).
func (s *Session) Absorb(records []Record) (changed bool, bad []error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, nil, closedFault()
	}
	fresh := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return s.known[r.ID] })
	if len(fresh) == 0 {
		return false, nil, nil
	}
	a := absorption{s: s, b: s.body.clone(), good: make([]ledger.ID, 0, len(fresh))}
	if bad, err = a.take(fresh); err != nil {
		return false, bad, err
	}
	if a.changed {
		if err := s.keep(a.b); err != nil {
			return false, bad, err
		}
		s.adjust()
	}
	if s.known == nil {
		s.known = map[ledger.ID]bool{}
	}
	for _, id := range a.good {
		s.known[id] = true
	}
	return a.changed, bad, nil
}

// absorption is the work of one Absorb.
type absorption struct {
	s       *Session
	b       *body
	certs   CertSet
	ended   endings
	good    []ledger.ID // records that need no second look
	changed bool
}

func (a *absorption) take(records []Record) (bad []error, err error) {
	p := parseRecords(a.b.Organisation, records)
	bad = p.bad
	bad = append(bad, a.certificates(p.certificates)...)
	bad = append(bad, a.revocations(p.revocations)...)
	a.ended = a.b.endings(a.certs)
	bad = append(bad, a.slots(p.slots)...)
	bad = append(bad, a.shares(p.shares)...)
	if a.changed {
		err = a.heal()
	}
	return bad, err
}

func (a *absorption) done(kind RecordKind, bytes []byte) {
	a.good = append(a.good, recordID(kind, bytes))
}

// mergeSigned adds what is not there yet.
func mergeSigned(held, fresh []Signed) []Signed {
	for _, f := range fresh {
		if !slices.ContainsFunc(held, f.equal) {
			held = append(held, f)
		}
	}
	return held
}

func (s Signed) equal(o Signed) bool {
	return bytes.Equal(s.Body, o.Body) && bytes.Equal(s.Signature, o.Signature)
}

func (a *absorption) certificates(fresh []Signed) (bad []error) {
	merged := mergeSigned(slices.Clip(a.b.Certificates), fresh)
	a.certs, bad = VerifyCertificates(a.b.Organisation, a.b.Root, merged)
	if len(merged) == len(a.b.Certificates) && len(bad) == 0 {
		for _, f := range fresh {
			a.done(RecordCertificate, marshal(f))
		}
		return nil
	}
	var kept []Signed
	seen := map[ledger.ID]bool{}
	for i, c := range merged {
		parsed, err := ParseCertificate(c)
		if err != nil || seen[parsed.ID] || !a.certs.signed(c, parsed) {
			continue
		}
		seen[parsed.ID] = true
		kept = append(kept, c)
		a.changed = a.changed || i >= len(a.b.Certificates)
		a.done(RecordCertificate, marshal(c))
	}
	a.b.Certificates = kept
	a.b.sortCertificates()
	a.certs, _ = VerifyCertificates(a.b.Organisation, a.b.Root, a.b.Certificates)
	return bad
}

func (a *absorption) revocations(fresh []Signed) (bad []error) {
	for _, f := range fresh {
		if slices.ContainsFunc(a.b.Revocations, f.equal) {
			a.done(RecordRevocation, marshal(f))
			continue
		}
		if _, err := VerifyRevocation(f, a.certs); err != nil {
			bad = append(bad, err)
			continue
		}
		a.b.Revocations = append(a.b.Revocations, f)
		a.changed = true
		a.done(RecordRevocation, marshal(f))
	}
	return bad
}

// slots takes the versions that administrators made before those of the users,
// which stand on them.
func (a *absorption) slots(fresh []userSlot) (bad []error) {
	slices.SortStableFunc(fresh, func(x, y userSlot) int {
		return cmp.Or(cmp.Compare(x.Grant, y.Grant), cmp.Compare(x.Turn, y.Turn))
	})
	for i := range fresh {
		u := &fresh[i]
		record := u.record(a.b.Organisation)
		if a.b.holdsVersion(u) {
			a.done(RecordSlot, record)
			continue
		}
		err := u.verify(a.b.Organisation, a.certs)
		if err == nil && !a.b.provable(u) {
			err = errors.New("slot: no administrator has made it")
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("user %v: %w", u.User, err))
			continue
		}
		a.b.putSlot(*u)
		a.changed = a.changed || a.b.holdsVersion(u)
		a.done(RecordSlot, record)
	}
	return bad
}

// holdsVersion reports whether exactly this version of a slot is kept.
func (b *body) holdsVersion(u *userSlot) bool {
	same := func(o userSlot) bool { return o.User == u.User && bytes.Equal(o.Signature, u.Signature) }
	return slices.ContainsFunc(b.Users, same) || slices.ContainsFunc(b.Grants, same)
}

// shares takes the lower epochs first: each may be only so far ahead of those before.
func (a *absorption) shares(fresh []shareRecord) (bad []error) {
	slices.SortStableFunc(fresh, func(x, y shareRecord) int { return cmp.Compare(x.Epoch, y.Epoch) })
	for _, f := range fresh {
		e := scopeEpoch{Scope: f.Scope, Epoch: f.Epoch}
		held := a.b.at(f.Scope, f.Epoch)
		known := held != nil && slices.ContainsFunc(held.Recipients, func(r recipient) bool {
			return r.Kind == f.Share.Kind && r.ID == f.Share.ID && bytes.Equal(r.Signature, f.Share.Signature)
		})
		if !known {
			err := e.verify(a.b.Organisation, f.Share, a.certs)
			if err == nil && !a.b.follows(f.Scope, f.Epoch) {
				err = errors.New("share: its epoch is too far ahead")
			}
			if err != nil {
				bad = append(bad, fmt.Errorf("scope %v epoch %d: %w", f.Scope, f.Epoch, err))
				continue
			}
			a.changed = a.b.putShare(f.Scope, f.Epoch, f.Share) || a.changed
		}
		a.changed = a.b.publish(f.Scope, f.Epoch) || a.changed
		a.done(RecordShare, e.record(a.b.Organisation, f.Share))
	}
	return bad
}

// heal gives every reader of a scope all its epochs, and makes a new one where the
// last is read by somebody who may no more. A device that is itself shut out leaves
// that to the others.
func (a *absorption) heal() error {
	s, b := a.s, a.b
	if _, ok := b.live(CertDevice, b.Device, a.certs, a.ended); !ok {
		return nil
	}
	by := s.deviceSigner()
	defer clear(by.key)
	for _, scope := range b.scopes() {
		for _, r := range b.readers(scope) {
			c, ok := b.live(r.Kind, r.ID, a.certs, a.ended)
			if !ok {
				continue
			}
			if err := a.give(scope, c, by); err != nil {
				return err
			}
		}
	}
	for _, scope := range b.stale(a.certs, a.ended) {
		if _, err := s.rotate(b, scope, a.certs, a.ended); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// give seals to a reader what of a scope was not sealed to it yet.
func (a *absorption) give(scope ledger.ID, c Certificate, by signer) error {
	s, b := a.s, a.b
	for i := range b.Scopes {
		e := &b.Scopes[i]
		if e.Scope != scope || e.reads(c.Kind, c.Subject) {
			continue
		}
		key, ok := s.scopes[scopeKey{scope, e.Epoch}]
		if !ok {
			opened, mine := e.open(b.Organisation, CertDevice, b.Device, &s.device.receive)
			if !mine {
				continue // somebody else has it
			}
			key = &opened
		}
		if err := e.sealFor(b.Organisation, c, key, by); err != nil {
			return err
		}
	}
	return nil
}

// readers lists who reads any epoch of a scope, each once.
func (b *body) readers(scope ledger.ID) (all []recipient) {
	for i := range b.Scopes {
		if b.Scopes[i].Scope != scope {
			continue
		}
		for _, r := range b.Scopes[i].Recipients {
			if !slices.ContainsFunc(all, func(o recipient) bool { return o.Kind == r.Kind && o.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	return all
}

// adjust lets the session follow what others have changed: who was removed or
// revoked is out, who became an administrator is one.
func (s *Session) adjust() {
	for user, id := range s.seats {
		if _, ok := s.counts(user, id); !ok {
			s.dismiss(user)
		}
	}
	if !s.userID.IsZero() {
		if cert, ok := s.counts(s.userID, &s.user); ok {
			s.userCert = cert
		} else {
			s.dismiss(s.userID)
		}
	}
	for _, key := range s.scopes {
		clear(key[:])
	}
	s.loadScopes()
}
