package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"feldsher/internal/ledger"
)

// bounded is a message that knows its own limits, beyond those of the encoding.
// Unmarshal asks, so a message that was decoded keeps them.
type bounded interface{ within() bool }

var errBounds = errors.New("a field beyond its limits")

func bounds(message any) error {
	if b, ok := message.(bounded); ok && !b.within() {
		return fmt.Errorf("%w: %w in %T", ErrMalformed, errBounds, message)
	}
	return nil
}

const (
	nonceBytes = 32
	orderNonce = 16
	maxToken   = 512
	maxWrap    = 8 << 10
	maxWord    = 32
)

// number keeps to what databases can sort as signed.
func number(ns ...uint64) bool {
	for _, n := range ns {
		if n > math.MaxInt64 {
			return false
		}
	}
	return true
}

func moment(ts ...int64) bool {
	for _, t := range ts {
		if t < 0 {
			return false
		}
	}
	return true
}

// country is empty or two small letters (ISO 3166-1).
func country(c string) bool {
	return c == "" || len(c) == 2 && c[0] >= 'a' && c[0] <= 'z' && c[1] >= 'a' && c[1] <= 'z'
}

func each(parts [][]byte, most int) bool {
	for _, p := range parts {
		if len(p) == 0 || len(p) > most {
			return false
		}
	}
	return true
}

func heads(hs []Head) bool {
	for _, h := range hs {
		if h.Chain != ledger.Changes && h.Chain != ledger.Accesses || !number(h.Seq) {
			return false
		}
	}
	return true
}

func wraps(ws []Wrap) bool {
	for _, w := range ws {
		if len(w.Sealed) == 0 || len(w.Sealed) > maxWrap {
			return false
		}
	}
	return true
}

func (h *Hello) within() bool {
	return len(h.Magic) <= maxWord && h.Oldest <= h.Newest && moment(h.Time) && country(h.Country)
}
func (p *Prove) within() bool { return len(p.Nonce) == nonceBytes }
func (p *Proof) within() bool { return len(p.MAC) == sha256.Size }
func (l *Link) within() bool  { return len(l.Body) > 0 && len(l.MAC) == sha256.Size }
func (l *LinkBody) within() bool {
	return len(l.SignKey) == ed25519.PublicKeySize && len(l.AdminKey) == ed25519.PublicKeySize && country(l.Country) &&
		!l.Org.IsZero() && !l.Device.IsZero()
}

func (j *Join) within() bool       { return len(j.Joiner) == nonceBytes && len(j.MAC) == sha256.Size }
func (j *Joined) within() bool     { return len(j.Sealed) > 0 && len(j.Sealed) <= MaxInvite }
func (c *Challenged) within() bool { return len(c.Nonce) == nonceBytes }
func (o *Open) within() bool {
	return len(o.Nonce) == nonceBytes && len(o.Signature) == ed25519.SignatureSize
}

// A token travels in a header: letters, digits and marks of ASCII only.
func (o *Opened) within() bool {
	for i := range len(o.Token) {
		if c := o.Token[i]; c <= ' ' || c > '~' {
			return false
		}
	}
	return o.Token != "" && len(o.Token) <= maxToken
}

func (s *Standing) within() bool {
	return number(s.Ordinal, s.RingN) && moment(s.Time) && heads(s.Heads)
}
func (p *Push) within() bool   { return each(p.Entries, ledger.MaxEntry) }
func (p *Pushed) within() bool { return p.Standing.within() }
func (p *Pull) within() bool   { return number(p.Since, p.RingN) && heads(p.Have) }
func (p *Pulled) within() bool {
	return p.Standing.within() && number(p.Next) && each(p.Entries, ledger.MaxEntry)
}
func (r *RingPull) within() bool { return number(r.Since) }
func (r *RingPulled) within() bool {
	return r.Standing.within() && number(r.First) && len(r.Wrap) <= maxWrap && each(r.Records, MaxRecord)
}
func (r *RingPush) within() bool   { return each(r.Records, MaxRecord) && wraps(r.Wraps) }
func (r *RingPushed) within() bool { return r.Standing.within() }
func (r *RingRenew) within() bool {
	return r.Old < math.MaxUint32 && number(r.OldN) && !r.Draft.IsZero() && each(r.Records, MaxRecord) && wraps(r.Wraps)
}

func (d *DeviceList) within() bool {
	for _, x := range d.Devices {
		if !moment(x.Added, x.Contact, x.Revoked) || !number(x.Seq) {
			return false
		}
	}
	return d.Standing.within()
}

func (o *Order) within() bool {
	return len(o.Body) > 0 && len(o.Key) == ed25519.PublicKeySize && len(o.Signature) == ed25519.SignatureSize
}

// An order says one thing, so that nobody signs two and reads one.
func (o *OrderBody) within() bool {
	set := 0
	for _, is := range []bool{o.Invite != nil, o.Revoke != nil, o.Succeed != nil, o.Admin != nil} {
		if is {
			set++
		}
	}
	return set == 1 && len(o.Nonce) == orderNonce && (o.Invite == nil || o.Invite.within()) &&
		(o.Revoke == nil || number(o.Revoke.Seq)) && (o.Succeed == nil || o.Succeed.within()) &&
		(o.Admin == nil || len(o.Admin.Key) == ed25519.PublicKeySize)
}

func (i *InviteOrder) within() bool {
	return len(i.Key) == sha256.Size && len(i.Sealed) > 0 && len(i.Sealed) <= MaxInvite && !i.Device.IsZero() &&
		len(i.SignKey) == ed25519.PublicKeySize && len(i.Wrap) <= maxWrap &&
		i.Seconds > 0 && i.Seconds <= uint32(InviteLives.Seconds())
}

func (s *SucceedOrder) within() bool {
	return !s.Device.IsZero() && s.Device != s.Former && len(s.SignKey) == ed25519.PublicKeySize && len(s.Wrap) <= maxWrap
}
func (o *Ordered) within() bool { return o.Standing.within() }

func (b *BlobAsk) within() bool {
	for _, h := range b.Hashes {
		if len(h) != sha256.Size {
			return false
		}
	}
	return true
}

func (b *BlobHave) within() bool {
	for _, n := range b.Sizes {
		if n < 0 || n > MaxBlob {
			return false
		}
	}
	return len(b.Sizes) == len(b.Whole)
}

func (p *Problem) within() bool { return p.Code != "" && len(p.Code) <= maxWord && heads(p.Heads) }
