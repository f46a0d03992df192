package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"
)

// TestVerifierFinds names each way to spoil a chain (R11.4).
func TestVerifierFinds(t *testing.T) {
	a, b := newSigner("a"), newSigner("b")
	trust := func(id ID) (ed25519.PublicKey, bool) {
		switch id {
		case a.id:
			return a.public(), true
		case b.id:
			return b.public(), true
		}
		return nil, false
	}
	var chain []*Entry
	var last *Entry
	for range 4 {
		last = a.entry(t, a.header(last), visitPayload())
		chain = append(chain, last)
	}
	again := func(e *Entry, change func(*Header), by signer) *Entry {
		h := e.Header
		change(&h)
		return by.entry(t, h, visitPayload())
	}
	same := func(*Header) {}
	swapped := *chain[1]
	swapped.Sig = chain[2].Sig
	stranger := newSigner("stranger")
	for name, c := range map[string]struct {
		entries []*Entry
		reason  string
		seq     uint64
	}{
		"good":            {chain, "", 0},
		"gap":             {[]*Entry{chain[0], chain[2]}, "gap", 2},
		"no beginning":    {chain[1:], "gap", 1},
		"two swapped":     {[]*Entry{chain[0], chain[2], chain[1], chain[3]}, "gap", 2},
		"twice":           {[]*Entry{chain[0], chain[0]}, "order", 1},
		"replaced":        {[]*Entry{chain[0], again(chain[1], same, a), chain[2]}, "prev", 3},
		"signature":       {[]*Entry{chain[0], &swapped}, "signature", 2},
		"signed by other": {[]*Entry{chain[0], again(chain[1], same, b)}, "signature", 2},
		"organisation":    {[]*Entry{again(chain[0], func(h *Header) { h.Org = ID{9} }, a)}, "organisation", 1},
		"unknown device":  {[]*Entry{stranger.entry(t, stranger.header(nil), visitPayload())}, "unknown_device", 1},
		"device of other": {[]*Entry{again(chain[0], func(h *Header) { h.Device = b.id }, a)}, "signature", 1},
		"stamp stands":    {[]*Entry{chain[0], again(chain[1], func(h *Header) { h.HLC = chain[0].Header.HLC }, a)}, "stamp", 2},
	} {
		t.Run(name, func(t *testing.T) {
			v := NewVerifier(testOrg, trust)
			var err error
			for _, e := range c.entries {
				if err = v.Add(e); err != nil {
					break
				}
			}
			var found *ChainError
			switch {
			case c.reason == "" && err == nil:
				if heads := v.Heads(Changes); len(heads) != 1 || heads[0].Hash != chain[3].Hash || len(v.Heads(Accesses)) != 0 {
					t.Fatalf("heads %v", heads)
				}
			case c.reason == "" || !errors.As(err, &found):
				t.Fatal(err)
			case found.Reason != c.reason || found.Seq != c.seq:
				t.Fatalf("found %v, want %s at %d", err, c.reason, c.seq)
			}
		})
	}
}

// TestVerifierChangedByte: an entry in a chain with any byte changed is found.
func TestVerifierChangedByte(t *testing.T) {
	a := newSigner("a")
	trust := func(ID) (ed25519.PublicKey, bool) { return a.public(), true }
	first := a.entry(t, a.header(nil), visitPayload())
	second := a.entry(t, a.header(first), visitPayload())
	for i := range second.Encode() {
		raw := bytes.Clone(second.Encode())
		raw[i] ^= 0x10
		e, err := Decode(raw)
		if err != nil {
			continue
		}
		v := NewVerifier(testOrg, trust)
		if err := v.Add(first); err != nil {
			t.Fatal(err)
		}
		if err := v.Add(e); err == nil {
			t.Fatalf("byte %d changed unseen", i)
		}
	}
}

// TestVerifierStart: a chain trimmed behind a checkpoint goes on from there, and
// only from there.
func TestVerifierStart(t *testing.T) {
	a := newSigner("a")
	trust := func(ID) (ed25519.PublicKey, bool) { return a.public(), true }
	first := a.entry(t, a.header(nil), visitPayload())
	second := a.entry(t, a.header(first), visitPayload())
	third := a.entry(t, a.header(second), visitPayload())
	v := NewVerifier(testOrg, trust)
	v.Start(Changes, Head{Device: a.id, Seq: 1, Hash: first.Hash})
	if err := v.Add(third); err == nil {
		t.Fatal("a gap after the checkpoint was not seen")
	}
	if err := v.Add(second); err != nil {
		t.Fatal(err)
	}
	if err := v.Add(third); err != nil {
		t.Fatal(err)
	}
	// The tail: a chain alone can't tell that its end was cut off.
	if h := v.Heads(Changes); len(h) != 1 || h[0].Seq != 3 {
		t.Fatal(h)
	}
}
