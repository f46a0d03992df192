package vault

import (
	"slices"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Station is a workstation of the organisation.
type Station struct {
	ID    ledger.ID
	Name  string
	Added time.Time
	// Revoked is when the workstation was ended, by itself or together with the
	// identity that certified it; zero for not.
	Revoked time.Time
	// Successor is the former identity of the same data directory, which was copied or
	// restored; zero for a workstation that was invited.
	Successor ledger.ID
}

// Stations lists the workstations, the oldest first.
func (s *Session) Stations() []Station {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []Station
	for _, c := range s.certs.All() {
		if c.Kind != CertDevice {
			continue
		}
		st := Station{ID: c.Subject, Name: c.Name, Added: time.Unix(c.IssuedAt, 0).UTC()}
		if s.ended.has(c.ID) {
			st.Revoked = s.endedAt(c)
		}
		if issuer, ok := s.certs.Get(c.Issuer); ok && issuer.Kind == CertDevice {
			st.Successor = issuer.Subject
		}
		all = append(all, st)
	}
	return all
}

// endedAt finds the revocation that ended a certificate, its own or one before it.
func (s *Session) endedAt(c Certificate) time.Time {
	for range maxSuccessors {
		if over, ok := s.ended.of[c.ID]; ok {
			return time.Unix(over.at, 0).UTC()
		}
		next, ok := s.certs.Get(c.Issuer)
		if !ok || next.Kind != CertDevice {
			break
		}
		c = next
	}
	return time.Time{}
}

// Accepts reports whether an entry of a device counts by its number: false after
// the last entry that a revocation names, and for devices that a revoked one has
// certified (unless the revocation keeps them, or they were revoked with a number
// of their own). It says nothing of devices that are unknown.
func (s *Session) Accepts(device ledger.ID, seq uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ended.accepts(s.certs, device, seq)
}

// Successors lists the identities that a device has certified, and they in turn,
// that are not revoked: RevokeDevice must say what becomes of each.
func (s *Session) Successors(device ledger.ID) []ledger.ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []ledger.ID
	for _, c := range successors(s.certs, device) {
		if !s.ended.has(c.ID) {
			all = append(all, c.Subject)
		}
	}
	return all
}

// successors lists certificates that lead to a device through devices.
func successors(certs CertSet, device ledger.ID) (found []Certificate) {
	from := map[ledger.ID]bool{}
	for _, c := range certs.Of(CertDevice, device) {
		from[c.ID] = true
	}
	for more := len(from) > 0; more; {
		more = false
		for _, c := range certs.All() {
			if c.Kind == CertDevice && from[c.Issuer] && !from[c.ID] {
				from[c.ID], more = true, true
				found = append(found, c)
			}
		}
	}
	return found
}

// SuccessorEnd says what becomes of a successor when its former identity is
// revoked: it stays (Keep), or ends with its own last entry.
type SuccessorEnd struct {
	Device   ledger.ID
	Keep     bool
	LastSeq  uint64
	LastHash []byte
}

// RevokeDevice ends a workstation: nothing of it counts after its entry lastSeq with
// lastHash (0 and nil for none), and a new epoch of every scope is sealed to the
// others (but of one whose numbers are used up: see Rotate), all in one save. Whoever this device has certified ends with it: give each
// of Successors in ends, with the last entry of it that was applied anywhere, or its
// entries are refused by whoever has none of them yet. Faults: Forbidden, NotFound
// for an unknown device, Conflict for the workstation that asks, Invalid, Space.
func (s *Session) RevokeDevice(device ledger.ID, lastSeq uint64, lastHash []byte, reason string, ends ...SuccessorEnd) error {
	return s.change(func(b *body) error {
		issuer, err := s.issuer()
		if err != nil {
			return err
		}
		if device == b.Device {
			return fault.New(fault.Conflict, "vault.device.own")
		}
		certs := s.certs.Of(CertDevice, device)
		if len(certs) == 0 {
			return fault.New(fault.NotFound, "vault.device.unknown")
		}
		r := Revocation{
			Organisation: b.Organisation, LastSeq: lastSeq, LastHash: lastHash, Reason: reason, RevokedAt: now(), Issuer: issuer.ID,
		}
		over := []deviceEnd{{certs, r}}
		for _, c := range successors(s.certs, device) {
			at := slices.IndexFunc(ends, func(e SuccessorEnd) bool { return e.Device == c.Subject })
			switch {
			case at < 0 && c.Subject == b.Device, at >= 0 && ends[at].Keep:
				over[0].r.Kept = append(over[0].r.Kept, c.ID)
			case at >= 0:
				own := r
				own.LastSeq, own.LastHash = ends[at].LastSeq, ends[at].LastHash
				over = append(over, deviceEnd{[]Certificate{c}, own})
			}
		}
		if err := s.endDevices(b, over); err != nil {
			return err
		}
		return s.rotateAll(b)
	}, s.loadScopes)
}

// deviceEnd is a revocation and the certificates that it is for.
type deviceEnd struct {
	certs []Certificate
	r     Revocation
}

// endDevices signs the revocations.
func (s *Session) endDevices(b *body, over []deviceEnd) error {
	by := s.userSigner()
	defer clear(by.key)
	for _, o := range over {
		for _, c := range o.certs {
			o.r.Certificate = c.ID
			signed := SignRevocation(by.key, o.r)
			if _, err := VerifyRevocation(signed, s.certs); err != nil {
				return fault.Wrap(err, fault.Invalid, "vault.revocation.bad")
			}
			b.Revocations = mergeSigned(b.Revocations, []Signed{signed}) // twice in a second it is the same
		}
	}
	return nil
}

// scopes lists the scopes, each once.
func (b *body) scopes() (all []ledger.ID) {
	for i := range b.Scopes {
		if scope := b.Scopes[i].Scope; !slices.Contains(all, scope) {
			all = append(all, scope)
		}
	}
	return all
}
