package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRoundTrip: whatever is sealed and signed comes back as it was (R11.4).
func TestRoundTrip(t *testing.T) {
	dev := newSigner("device")
	rapid.Check(t, func(t *rapid.T) {
		h := dev.header(nil)
		h.Chain = Chain(rapid.IntRange(1, 2).Draw(t, "chain"))
		h.Seq = rapid.Uint64Range(1, math.MaxInt64).Draw(t, "seq")
		h.HLC = HLC(rapid.Uint64Range(0, math.MaxInt64).Draw(t, "hlc"))
		h.Batch, h.Schema = drawID(t, "batch"), rapid.Uint32().Draw(t, "schema")
		for range rapid.IntRange(0, 3).Draw(t, "seen") {
			h.Seen = append(h.Seen, Head{Device: drawID(t, "seen device"), Seq: rapid.Uint64().Draw(t, "seen seq"), Hash: Hash{1}})
		}
		in := &Payload{Actor: drawID(t, "actor"), Intent: rapid.String().Draw(t, "intent"), Reason: rapid.String().Draw(t, "reason")}
		if h.Chain == Changes {
			in.Rows = drawRows(t, 5)
			for range rapid.IntRange(0, 3).Draw(t, "parts") {
				in.Parts = append(in.Parts, Part{Patient: drawID(t, "patient"), Class: Class(rapid.IntRange(1, 4).Draw(t, "class")), Rows: drawRows(t, 5)})
			}
		} else {
			for range rapid.IntRange(1, 3).Draw(t, "accesses") {
				in.Accesses = append(in.Accesses, Access{
					At: rapid.Int64().Draw(t, "at"), Action: "view", What: rapid.String().Draw(t, "what"),
					Patient: drawID(t, "seen patient"), Count: rapid.Int64().Draw(t, "count"),
				})
			}
		}
		scope, epoch := drawID(t, "scope"), rapid.Uint32().Draw(t, "epoch")
		box, err := SealBox(h, scope, epoch, in, fixedKeys{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := Sign(h, []Box{box}, dev.sign)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Decode(bytes.Clone(e.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if !d.Verify(dev.public()) || d.Hash != e.Hash || !bytes.Equal(d.Encode(), e.Encode()) {
			t.Fatal("entry differs")
		}
		if !slices.Equal(d.Header.Seen, h.Seen) {
			t.Fatalf("seen %v, want %v", d.Header.Seen, h.Seen)
		}
		if got := d.Header; got.Seq != h.Seq || got.HLC != h.HLC || got.Batch != h.Batch || got.Schema != h.Schema || got.Prev != h.Prev {
			t.Fatalf("header %+v, want %+v", got, h)
		}
		out, err := d.OpenBox(d.Boxes[0], fixedKeys{})
		if err != nil {
			t.Fatal(err)
		}
		if out.Actor != in.Actor || out.Intent != in.Intent || out.Reason != in.Reason || !slices.Equal(out.Accesses, in.Accesses) {
			t.Fatalf("payload %+v, want %+v", out, in)
		}
		if !sameRows(out.Rows, in.Rows) || len(out.Parts) != len(in.Parts) {
			t.Fatal("rows differ")
		}
		for i, p := range out.Parts {
			if p.Patient != in.Parts[i].Patient || p.Class != in.Parts[i].Class || !sameRows(p.Rows, in.Parts[i].Rows) {
				t.Fatalf("part %d differs", i)
			}
		}
	})
}

// TestEveryFlippedByte: no entry with a byte changed is taken for a good one,
// and no box opens in another entry.
func TestEveryFlippedByte(t *testing.T) {
	dev := newSigner("device")
	e := dev.entry(t, dev.header(nil), visitPayload())
	accepted := func(raw []byte) bool {
		d, err := Decode(raw)
		return err == nil && d.Verify(dev.public())
	}
	if !accepted(e.Encode()) {
		t.Fatal("the entry itself is not accepted")
	}
	for i := range e.Encode() {
		for _, mask := range []byte{0x01, 0x80, 0x20, 0xff} {
			raw := bytes.Clone(e.Encode())
			raw[i] ^= mask
			if accepted(raw) {
				t.Fatalf("accepted with byte %d ^ %#x", i, mask)
			}
		}
	}
	for i := range len(e.Encode()) {
		if accepted(e.Encode()[:i]) {
			t.Fatalf("accepted when cut to %d bytes", i)
		}
	}
	if accepted(append(bytes.Clone(e.Encode()), 0)) {
		t.Fatal("accepted with a byte more")
	}
}

// TestOneFormOnly: the frame around the signed bytes can't be written in another
// way, so that the same entry never travels as different bytes.
func TestOneFormOnly(t *testing.T) {
	dev := newSigner("device")
	e := dev.entry(t, dev.header(nil), visitPayload())
	raw := e.Encode()
	// 82 59 <len16> …: write the length in four bytes instead of two.
	if raw[0] != 0x82 || raw[1] != 0x59 {
		t.Fatalf("frame begins % x", raw[:4])
	}
	longer := append([]byte{0x82, 0x5a, 0, 0}, raw[2:]...)
	if _, err := Decode(longer); !errors.Is(err, ErrMalformed) {
		t.Fatalf("another form of the same entry: %v", err)
	}
}

// TestBoxOpensInItsEntryOnly: a box or a part moved to another entry, scope or
// epoch does not open.
func TestBoxOpensInItsEntryOnly(t *testing.T) {
	dev := newSigner("device")
	first := dev.entry(t, dev.header(nil), visitPayload())
	second := dev.entry(t, dev.header(first), visitPayload())
	if _, err := second.OpenBox(first.Boxes[0], fixedKeys{}); !errors.Is(err, ErrSealed) {
		t.Fatalf("box of another entry: %v", err)
	}
	box := first.Boxes[0]
	box.Epoch++
	if _, err := first.OpenBox(box, fixedKeys{}); !errors.Is(err, ErrSealed) {
		t.Fatalf("box under another epoch: %v", err)
	}
	p, err := first.OpenBox(first.Boxes[0], fixedKeys{})
	if err != nil {
		t.Fatal(err)
	}
	part := partWire{Patient: p.Parts[0].Patient, Class: p.Parts[0].Class, Sealed: p.Parts[0].Sealed}
	if _, err := second.openPart(part, fixedKeys{}); !errors.Is(err, ErrSealed) || !errors.Is(err, ErrNoKey) {
		t.Fatalf("part in another entry: %v", err)
	}
	part.Class = Money
	if _, err := first.openPart(part, fixedKeys{}); !errors.Is(err, ErrSealed) || !errors.Is(err, ErrNoKey) {
		t.Fatalf("part under another class: %v", err)
	}
}

// TestKeysMissing: without the scope's key the box waits; a destroyed patient's
// key takes that patient's rows only (R10.3).
func TestKeysMissing(t *testing.T) {
	dev := newSigner("device")
	in := visitPayload()
	other := DeriveID(ID{}, "another patient")
	in.Parts = append(in.Parts, Part{Patient: other, Class: Identity, Rows: []Change{{Table: "patient", Key: other, Kind: Insert}}})
	e := dev.entry(t, dev.header(nil), in)
	if _, err := e.OpenBox(e.Boxes[0], fixedKeys{noKey: map[ID]bool{testScope: true}}); !errors.Is(err, ErrNoKey) {
		t.Fatalf("without the scope's key: %v", err)
	}
	if _, err := e.OpenBox(e.Boxes[0], fixedKeys{noKey: map[ID]bool{other: true}}); !errors.Is(err, ErrNoKey) {
		t.Fatalf("without a patient's key: %v", err)
	}
	p, err := e.OpenBox(e.Boxes[0], fixedKeys{erased: map[ID]bool{other: true}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Parts[0].Erased || len(p.Parts[0].Rows) != 9 || !p.Parts[1].Erased || p.Parts[1].Rows != nil {
		t.Fatalf("%+v", p.Parts)
	}
	if _, err := e.OpenBox(e.Boxes[0], fixedKeys{seed: "wrong"}); !errors.Is(err, ErrSealed) {
		t.Fatalf("with a wrong key: %v", err)
	}
}

// TestRefusedBeforeSealing: what could not be opened again is never written.
func TestRefusedBeforeSealing(t *testing.T) {
	h := newSigner("device").header(nil)
	column := func(v any) *Payload {
		return &Payload{Rows: []Change{{Table: "staff", Kind: Insert, Columns: []Column{{Name: "x", New: v}}}}}
	}
	ofKind := func(k Kind) *Payload { return &Payload{Rows: []Change{{Table: "staff", Kind: k}}} }
	accesses := h
	accesses.Chain = Accesses
	for name, c := range map[string]struct {
		h Header
		p *Payload
	}{
		"float":            {h, column(1.5)},
		"bool":             {h, column(true)},
		"list":             {h, column([]any{int64(1)})},
		"not UTF-8":        {h, column("\xff")},
		"reason not UTF-8": {h, &Payload{Reason: "\xc3\x28"}},
		"rows as accesses": {accesses, column("x")},
		"too large":        {h, column(make([]byte, maxPayload))},
		"no kind":          {h, ofKind(0)},
		"purge":            {h, ofKind(Purge)},
		"unknown kind":     {h, ofKind(4)},
	} {
		if _, err := SealBox(c.h, testScope, 1, c.p, fixedKeys{}); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	noise := make([]byte, MaxEntry) // zeros shrink, so spread them over columns that don't
	for i := range noise {
		noise[i] = byte(uint32(i) * 2654435761 >> 24)
	}
	box := Box{Sealed: noise}
	if _, err := Sign(h, []Box{box}, newSigner("device").sign); err == nil {
		t.Error("an entry of more than 16 MiB was signed")
	}
}

// TestKindsRefusedOnOpening: a purge, and kinds that are none, don't come out of a
// box either, be it that a trusted device has put them in.
func TestKindsRefusedOnOpening(t *testing.T) {
	id := DeriveID(ID{}, "patient")
	for k := range Kind(6) {
		rows := compress(must(enc.Marshal([]Change{{Table: "patient", Key: id, Kind: k}})))
		h := newSigner("device").header(nil) // sealedWire's
		part := partWire{Patient: id, Class: Identity, Sealed: seal(must(fixedKeys{}.PatientKey(id, Identity)), partAAD(h, id, Identity), rows)}
		for name, w := range map[string]payloadWire{"row": {Rows: rows}, "part": {Parts: []partWire{part}}} {
			e := sealedWire(t, pad(must(enc.Marshal(w))))
			_, err := e.OpenBox(e.Boxes[0], fixedKeys{})
			if good := k == Insert || k == Update; good != (err == nil) || !good && !errors.Is(err, ErrMalformed) {
				t.Errorf("kind %d in a %s: %v", k, name, err)
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestHeaderBounds: headers that no device writes are no entries.
func TestHeaderBounds(t *testing.T) {
	dev := newSigner("device")
	for name, change := range map[string]func(*Header){
		"format":    func(h *Header) { h.Format = 2 },
		"seq 0":     func(h *Header) { h.Seq = 0 },
		"huge seq":  func(h *Header) { h.Seq = math.MaxInt64 + 1 },
		"huge hlc":  func(h *Header) { h.HLC = math.MaxInt64 + 1 },
		"chain 0":   func(h *Header) { h.Chain = 0 },
		"chain 3":   func(h *Header) { h.Chain = 3 },
		"much seen": func(h *Header) { h.Seen = make([]Head, maxSeen+1) },
	} {
		h := dev.header(nil)
		change(&h)
		e, err := Sign(h, nil, dev.sign)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(e.Encode()); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h := dev.header(nil)
	e, err := Sign(h, make([]Box, maxSeen+1), dev.sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(e.Encode()); !errors.Is(err, ErrMalformed) {
		t.Errorf("too many boxes: %v", err)
	}
	short, err := Sign(h, nil, func([]byte) []byte { return []byte{1} })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(short.Encode()); !errors.Is(err, ErrMalformed) {
		t.Errorf("short signature: %v", err)
	}
	if e.Verify(ed25519.PublicKey{1}) {
		t.Error("verified by a key of one byte")
	}
}

func BenchmarkSealAndSign(b *testing.B) {
	dev := newSigner("device")
	p, h := visitPayload(), dev.header(nil)
	var size int
	for b.Loop() {
		size = len(dev.entry(b, h, p).Encode())
	}
	b.ReportMetric(float64(size), "bytes")
}

func BenchmarkDecodeVerifyOpen(b *testing.B) {
	dev := newSigner("device")
	raw := dev.entry(b, dev.header(nil), visitPayload()).Encode()
	for b.Loop() {
		e, err := Decode(raw)
		if err != nil || !e.Verify(dev.public()) {
			b.Fatal(err)
		}
		if _, err := e.OpenBox(e.Boxes[0], fixedKeys{}); err != nil {
			b.Fatal(err)
		}
	}
}
