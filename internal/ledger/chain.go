package ledger

import (
	"crypto/ed25519"
	"fmt"
)

// ChainError is a fault in a chain: what is wrong with which entry.
type ChainError struct {
	Device ID
	Chain  Chain
	Seq    uint64
	Reason string // gap, order, prev, signature, organisation, unknown_device, stamp
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("ledger: chain %d of device %s, entry %d: %s", e.Chain, e.Device, e.Seq, e.Reason)
}

// Verifier checks chains as their entries are fed to it in order of seq.
type Verifier struct {
	org    ID
	device func(ID) (ed25519.PublicKey, bool)
	heads  map[chainKey]Head
	stamps map[chainKey]HLC
}

type chainKey struct {
	device ID
	chain  Chain
}

// NewVerifier checks entries of one organisation; device gives the public key
// of a device whose certificate holds.
func NewVerifier(org ID, device func(ID) (ed25519.PublicKey, bool)) *Verifier {
	return &Verifier{org: org, device: device, heads: map[chainKey]Head{}, stamps: map[chainKey]HLC{}}
}

// Start sets where a chain begins for us: the last entry trimmed behind a signed
// checkpoint.
func (v *Verifier) Start(chain Chain, h Head) { v.heads[chainKey{h.Device, chain}] = h }

// Add checks the next entry of its chain. The first difference is returned as
// *ChainError.
func (v *Verifier) Add(e *Entry) error {
	h := e.Header
	k := chainKey{h.Device, h.Chain}
	last := v.heads[k]
	bad := func(reason string) error {
		return &ChainError{Device: h.Device, Chain: h.Chain, Seq: h.Seq, Reason: reason}
	}
	key, known := v.device(h.Device)
	switch {
	case h.Org != v.org:
		return bad("organisation")
	case h.Seq > last.Seq+1:
		return &ChainError{Device: h.Device, Chain: h.Chain, Seq: last.Seq + 1, Reason: "gap"}
	case h.Seq != last.Seq+1:
		return bad("order")
	case h.Prev != last.Hash:
		return bad("prev")
	case !known:
		return bad("unknown_device")
	case !e.Verify(key):
		return bad("signature")
	case h.HLC <= v.stamps[k]:
		return bad("stamp")
	}
	v.heads[k] = Head{Device: h.Device, Seq: h.Seq, Hash: e.Hash}
	v.stamps[k] = h.HLC
	return nil
}

// Heads gives the last entry of each device's chain so far.
func (v *Verifier) Heads(chain Chain) []Head {
	var out []Head
	for k, h := range v.heads {
		if k.chain == chain {
			out = append(out, h)
		}
	}
	return out
}
