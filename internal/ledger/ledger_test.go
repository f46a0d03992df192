package ledger

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"
)

type testKeys map[string]*[32]byte

func (k testKeys) ScopeKey(ID, uint32) (*[32]byte, error) { return &[32]byte{1}, nil }
func (k testKeys) PatientKey(ID, Class) (*[32]byte, error) { return &[32]byte{2}, nil }

func BenchmarkEntry(b *testing.B) {
	_, priv, _ := ed25519.GenerateKey(nil)
	note := "Жалобы на головную боль, слабость, повышение артериального давления до 160/95 мм рт. ст. Объективно: состояние удовлетворительное. Тоны сердца ритмичные."
	p := &Payload{Actor: NewID(), Intent: "visit.save", Parts: []Part{{Patient: NewID(), Class: Medical}}}
	rows := []Change{{Table: "visit", Key: NewID(), Kind: Insert, Columns: []Column{{Name: "complaints", New: note}, {Name: "patient", New: make([]byte, 16)}, {Name: "care_from", New: time.Now().UnixMilli()}}}}
	for range 8 {
		rows = append(rows, Change{Table: "diagnosis", Key: NewID(), Kind: Insert, Columns: []Column{{Name: "code", New: "J06.9"}, {Name: "visit", New: make([]byte, 16)}, {Name: "patient", New: make([]byte, 16)}}})
	}
	p.Parts[0].Rows = rows
	h := Header{Format: Format, Org: NewID(), Device: NewID(), Chain: Changes, Seq: 1, HLC: 5, Schema: 1}
	var size int
	for b.Loop() {
		box, err := SealBox(h, NewID(), 1, p, testKeys{})
		if err != nil {
			b.Fatal(err)
		}
		e, err := Sign(h, []Box{box}, func(m []byte) []byte { return ed25519.Sign(priv, m) })
		if err != nil {
			b.Fatal(err)
		}
		size = len(e.Encode())
	}
	b.ReportMetric(float64(size), "bytes")
}

func TestRoundTrip(t *testing.T) {
	pub, priv, _ := ed25519.GenerateKey(nil)
	h := Header{Format: Format, Org: NewID(), Device: NewID(), Chain: Changes, Seq: 1, HLC: 5, Schema: 1}
	pat := NewID()
	in := &Payload{Actor: NewID(), Intent: "x", Parts: []Part{{Patient: pat, Class: Medical, Rows: []Change{{Table: "visit", Key: pat, Kind: Insert, Columns: []Column{{Name: "a", New: int64(-5)}, {Name: "b", Old: "x", New: []byte{1, 2}}}}}}}}
	box, err := SealBox(h, NewID(), 1, in, testKeys{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Sign(h, []Box{box}, func(m []byte) []byte { return ed25519.Sign(priv, m) })
	if err != nil {
		t.Fatal(err)
	}
	d, err := Decode(bytes.Clone(e.Encode()))
	if err != nil || !d.Verify(pub) || d.Hash != e.Hash {
		t.Fatal(err, d)
	}
	p, err := d.OpenBox(d.Boxes[0], testKeys{})
	if err != nil {
		t.Fatal(err)
	}
	got := p.Parts[0].Rows[0].Columns
	if got[0].New != int64(-5) || !bytes.Equal(got[1].New.([]byte), []byte{1, 2}) || got[1].Old != "x" {
		t.Fatalf("%#v", got)
	}
}
