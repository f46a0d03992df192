package vault

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"iter"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// The ring is how patients' keys travel: records at the server, sealed under a
// wrapping key that belongs to a generation and is itself sealed to each live
// device and to the phrase. An erasure or a revocation makes the next generation
// under a fresh key, and the server destroys the former one.

// ErrRingBehind is the cause of the fault of OpenRing about a generation that is
// older than one that was held here: the server was restored from a backup, or lies.
var ErrRingBehind = errors.New("a former generation of the keys' ring")

// ringLead is how far a wrap's serial may be ahead of the one that is held. No clinic
// makes so many wrapping keys, and whoever could give the highest serial of all would
// have every later ring refused.
const ringLead = 1 << 32

// ringState is the wrapping key that is held.
type ringState struct {
	Gen uint32 `cbor:"1,keyasint"` // at the server; 0 for none
	// Serial counts the wrapping keys ever made, at whatever server: it never goes
	// back.
	Serial uint64 `cbor:"2,keyasint"`
	Sealed []byte `cbor:"3,keyasint"` // wrapping key, sealed under the database key
}

func (r *ringState) valid() bool {
	return r.Gen == 0 && len(r.Sealed) == 0 || r.Gen > 0 && len(r.Sealed) == KeySize+Overhead
}

func (b *body) ringContext(gen uint32) []byte {
	return context("ring", b.Organisation[:], binary.BigEndian.AppendUint32(nil, gen))
}

func sealRing(b *body, db *[KeySize]byte, gen uint32, serial uint64, key *[KeySize]byte) ringState {
	return ringState{Gen: gen, Serial: serial, Sealed: Seal(db, b.ringContext(gen), key[:])}
}

// ringKey opens the present wrapping key, for the caller to clear.
func (s *Session) ringKey() (key [KeySize]byte, ok bool) {
	if s.closed || s.body.Ring.Gen == 0 {
		return key, false
	}
	plain, err := OpenSealed(&s.db, s.body.ringContext(s.body.Ring.Gen), s.body.Ring.Sealed)
	if err != nil || len(plain) != KeySize {
		return key, false
	}
	copy(key[:], plain)
	clear(plain)
	return key, true
}

// RingGen is the generation whose wrapping key is held; 0 for none.
func (s *Session) RingGen() uint32 { return s.body0().Ring.Gen }

// RingWrap is the ring's wrapping key sealed to one reader.
type RingWrap struct {
	Reader ledger.ID // device, or subject of the phrase's certificate
	Sealed []byte
}

// ringWrap is what is sealed in a RingWrap. The device that made it signs, and
// brings the certificates that vouch for it: otherwise a server together with
// somebody who was shut out could have keys sealed under a key that they know.
type ringWrap struct {
	Version   uint8    `cbor:"1,keyasint"`
	Serial    uint64   `cbor:"2,keyasint"`
	Key       []byte   `cbor:"3,keyasint"`
	Chain     []Signed `cbor:"4,keyasint"` // from the root to the signing device
	Signature []byte   `cbor:"5,keyasint"`
}

const ringLabel = "feldsher ring 1\x00"

func ringWrapInfo(org, reader ledger.ID, gen uint32) []byte {
	return context("ring wrap", org[:], reader[:], binary.BigEndian.AppendUint32(nil, gen))
}

// text is what the device signs.
func (w *ringWrap) text(org, reader ledger.ID, gen uint32) []byte {
	return append(binary.BigEndian.AppendUint64(ringWrapInfo(org, reader, gen), w.Serial), w.Key...)
}

// wrap seals a wrapping key to a reader.
func (s *Session) wrap(c Certificate, gen uint32, serial uint64, key *[KeySize]byte) (RingWrap, error) {
	org := s.body.Organisation
	by := s.deviceSigner()
	defer clear(by.key)
	w := ringWrap{Version: 1, Serial: serial, Key: key[:], Chain: s.body.chain(s.certs, CertDevice, s.body.Device)}
	w.Signature = by.sign(ringLabel, w.text(org, c.Subject, gen))
	plain := marshal(w)
	defer clear(plain)
	sealed, err := sealTo(c.ReceiveKey, ringWrapInfo(org, c.Subject, gen), plain)
	return RingWrap{c.Subject, sealed}, err
}

// RingDraft is a generation of the ring that the server has not taken yet.
type RingDraft struct {
	Gen   uint32
	Wraps []RingWrap // for each live device and the phrase
	// Place is where SealKeys goes on after the draft was adopted.
	Place  int
	serial uint64
	key    [KeySize]byte
	s      *Session
}

// DraftRing makes a generation of the ring under a fresh wrapping key, sealed to
// every device that is not revoked and to the phrase. Nothing here changes until
// AdoptRing. Faults: Forbidden after Close, Damaged while keys are lost.
func (s *Session) DraftRing(gen uint32) (*RingDraft, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, closedFault()
	}
	place, err := s.ring.place()
	if err != nil {
		return nil, err
	}
	d := &RingDraft{Gen: gen, Place: place, serial: s.body.Ring.Serial + 1, s: s}
	randomBytes(d.key[:])
	readers := liveDevices(s.certs, s.ended)
	for _, c := range s.certs.All() {
		if c.Kind == CertRecovery && !s.ended.has(c.ID) {
			readers = append(readers, c)
		}
	}
	for _, c := range readers {
		w, err := s.wrap(c, gen, d.serial, &d.key)
		if err != nil {
			return nil, err
		}
		d.Wraps = append(d.Wraps, w)
	}
	return d, nil
}

// Records gives the sealed records of the draft, each at most 64 KiB: all keys and
// tombstones that were there when it was drafted, and what was erased since as
// tombstones. It may be gone through again; then the same is sealed anew.
func (d *RingDraft) Records() iter.Seq[[]byte] { return d.records(0, d.Place) }

// AdoptRing keeps the draft's wrapping key, since the server took the draft; the
// former key is overwritten. Faults: Space.
func (s *Session) AdoptRing(d *RingDraft) error {
	err := s.change(func(b *body) error {
		b.Ring = sealRing(b, &s.db, d.Gen, d.serial, &d.key)
		return nil
	})
	if err != nil {
		return err
	}
	clear(d.key[:])
	s.ring.holdAll(d.Place)
	return nil
}

// OpenRing takes another generation's wrapping key over from the wrap that the
// server keeps for this device (or for a former identity of this directory). From
// then on SealKeys(0) gives whatever the records of that generation, once absorbed,
// did not hold. Faults: Conflict with ErrRingBehind as the cause for a generation
// older than the present: renew the ring (DraftRing) on top of it; Forbidden for a
// wrap that does not open, that no live device of the organisation has made, or whose
// serial no honest one has.
func (s *Session) OpenRing(gen uint32, wrap []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return closedFault()
	}
	w, err := s.openWrap(gen, wrap)
	if err != nil {
		return fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
	}
	defer clear(w.Key)
	held, ok := s.ringKey()
	defer clear(held[:])
	switch {
	case w.Serial < s.body.Ring.Serial:
		return fault.Wrap(ErrRingBehind, fault.Conflict, "vault.ring.behind")
	case w.Serial-s.body.Ring.Serial > ringLead:
		return fault.Wrap(errors.New("ring wrap: its serial is too far ahead"), fault.Forbidden, "vault.ring.foreign")
	case ok && gen == s.body.Ring.Gen && string(held[:]) == string(w.Key):
		return nil
	}
	b := s.body.clone()
	b.Ring = sealRing(b, &s.db, gen, w.Serial, (*[KeySize]byte)(w.Key))
	if err := s.keep(b); err != nil {
		return err
	}
	s.ring.holdNone()
	return nil
}

// openWrap opens a wrap with this device's key or that of a former identity.
func (s *Session) openWrap(gen uint32, wrap []byte) (*ringWrap, error) {
	org := s.body.Organisation
	if gen == 0 {
		return nil, errSealed
	}
	reader := s.body.Device
	plain, err := openFrom(&s.device.receive, ringWrapInfo(org, reader, gen), wrap)
	for i := len(s.body.Formers) - 1; i >= 0 && err != nil; i-- {
		reader = s.body.Formers[i].Device
		if id, ok := s.formerKeys(reader); ok {
			plain, err = openFrom(&id.receive, ringWrapInfo(org, reader, gen), wrap)
			id.wipe()
		}
	}
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	w, err := parseRingWrap(plain)
	if err != nil {
		return nil, err
	}
	all := *s.body
	all.Certificates = mergeSigned(slices.Clip(all.Certificates), w.Chain)
	certs, _ := VerifyCertificates(org, all.Root, all.Certificates)
	ended := all.endings(certs)
	for _, signed := range w.Chain {
		c, err := ParseCertificate(signed)
		if err != nil || c.Kind != CertDevice || ended.has(c.ID) {
			continue
		}
		if known, ok := certs.Get(c.ID); ok && ed25519.Verify(known.SignKey, append([]byte(ringLabel), w.text(org, reader, gen)...), w.Signature) {
			return w, nil
		}
	}
	clear(w.Key)
	return nil, errors.New("ring wrap: no live device has signed it")
}

func parseRingWrap(plain []byte) (*ringWrap, error) {
	w, err := unmarshal[ringWrap](plain)
	if err != nil {
		return nil, err
	}
	if w.Version != 1 || len(w.Key) != KeySize || w.Serial == 0 || len(w.Chain) > maxSuccessors {
		return nil, errors.New("ring wrap: a field is out of its bounds")
	}
	return &w, nil
}

// WrapRing seals the present wrapping key to a device: an invited one, or this
// directory's new identity. Faults: Conflict while there is no ring, NotFound for a
// device that is unknown or revoked.
func (s *Session) WrapRing(device ledger.ID) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, closedFault()
	}
	key, ok := s.ringKey()
	defer clear(key[:])
	if !ok {
		return nil, fault.New(fault.Conflict, "vault.ring.none")
	}
	c, ok := s.body.live(CertDevice, device, s.certs, s.ended)
	if !ok {
		return nil, fault.New(fault.NotFound, "vault.device.unknown")
	}
	w, err := s.wrap(c, s.body.Ring.Gen, s.body.Ring.Serial, &key)
	return w.Sealed, err
}
