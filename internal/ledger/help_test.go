package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// fixedKeys derives every key from a label, and may lack or have destroyed some.
type fixedKeys struct {
	seed   string
	noKey  map[ID]bool // scopes or patients
	erased map[ID]bool // patients
}

func (k fixedKeys) derive(parts ...any) *[32]byte {
	sum := sha256.Sum256([]byte(fmt.Sprint(append([]any{k.seed}, parts...)...)))
	return &sum
}

func (k fixedKeys) ScopeKey(scope ID, epoch uint32) (*[32]byte, error) {
	if k.noKey[scope] {
		return nil, ErrNoKey
	}
	return k.derive("scope", scope, epoch), nil
}

func (k fixedKeys) PatientKey(patient ID, class Class) (*[32]byte, error) {
	switch {
	case k.erased[patient]:
		return nil, ErrErased
	case k.noKey[patient]:
		return nil, ErrNoKey
	}
	return k.derive("patient", patient, class), nil
}

func (k fixedKeys) PatientKeys(patient ID, class Class) ([]*[32]byte, error) {
	return one(k.PatientKey(patient, class))
}

// one makes a list of the only key.
func one(key *[32]byte, err error) ([]*[32]byte, error) {
	if err != nil {
		return nil, err
	}
	return []*[32]byte{key}, nil
}

// signer is a device with a key of its own.
type signer struct {
	id  ID
	key ed25519.PrivateKey
}

func newSigner(label string) signer {
	seed := sha256.Sum256([]byte(label))
	return signer{DeriveID(ID{}, label), ed25519.NewKeyFromSeed(seed[:])}
}

func (s signer) sign(m []byte) []byte { return ed25519.Sign(s.key, m) }

func (s signer) public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

var testOrg = DeriveID(ID{}, "organisation")

// header of a device's entry after the one before; nil for the first.
func (s signer) header(last *Entry) Header {
	h := Header{Format: Format, Org: testOrg, Device: s.id, Chain: Changes, Seq: 1, HLC: 1 << 16, Schema: 1}
	if last != nil {
		h.Seq, h.Prev, h.HLC = last.Header.Seq+1, last.Hash, last.Header.HLC+1
	}
	return h
}

func (s signer) entry(t testing.TB, h Header, p *Payload) *Entry {
	t.Helper()
	box, err := SealBox(h, testScope, 1, p, fixedKeys{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Sign(h, []Box{box}, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var testScope = DeriveID(ID{}, "scope")

// visitPayload is what the save of a visit with eight rows beside it looks like.
func visitPayload() *Payload {
	patient := DeriveID(ID{}, "patient")
	rows := []Change{{Table: "visit", Key: DeriveID(patient, "visit"), Kind: Insert, Columns: []Column{
		{Name: "complaints", New: "Жалобы на головную боль, слабость. Объективно: состояние удовлетворительное."},
		{Name: "patient", New: patient[:]},
		{Name: "care_from", New: int64(1_700_000_000_000)},
	}}}
	for i := range 8 {
		rows = append(rows, Change{Table: "diagnosis", Key: DeriveID(patient, fmt.Sprint(i)), Kind: Insert, Columns: []Column{
			{Name: "code", New: "J06.9"}, {Name: "patient", New: patient[:]}, {Name: "visit", New: make([]byte, 16)},
		}})
	}
	return &Payload{
		Actor: DeriveID(ID{}, "doctor"), Intent: "visit.save",
		Parts: []Part{{Patient: patient, Class: Medical, Rows: rows}},
	}
}

// soak gives the long count under FELDSHER_SOAK=1.
func soak(ordinary, long int) int {
	if os.Getenv("FELDSHER_SOAK") == "1" {
		return long
	}
	return ordinary
}

func drawID(t *rapid.T, label string) ID {
	return ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
}

func drawValue(t *rapid.T, label string) any {
	switch rapid.IntRange(0, 3).Draw(t, label+" kind") {
	case 0:
		return nil
	case 1:
		return rapid.Int64().Draw(t, label)
	case 2:
		return rapid.String().Draw(t, label)
	}
	return rapid.SliceOf(rapid.Byte()).Draw(t, label)
}

func drawRows(t *rapid.T, most int) []Change {
	rows := make([]Change, rapid.IntRange(0, most).Draw(t, "rows"))
	for i := range rows {
		rows[i] = Change{Table: rapid.String().Draw(t, "table"), Key: drawID(t, "key"), Kind: Kind(rapid.IntRange(1, 2).Draw(t, "kind"))}
		for range rapid.IntRange(0, 4).Draw(t, "columns") {
			rows[i].Columns = append(rows[i].Columns, Column{
				Name: rapid.String().Draw(t, "name"), Old: drawValue(t, "old"), New: drawValue(t, "new"),
			})
		}
	}
	return rows
}

func sameRows(a, b []Change) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Table != y.Table || x.Key != y.Key || x.Kind != y.Kind || len(x.Columns) != len(y.Columns) {
			return false
		}
		for c := range x.Columns {
			p, q := x.Columns[c], y.Columns[c]
			if p.Name != q.Name || !sameValue(p.Old, q.Old) || !sameValue(p.New, q.New) {
				return false
			}
		}
	}
	return true
}

func sameValue(a, b any) bool {
	x, blobA := a.([]byte)
	y, blobB := b.([]byte)
	if blobA || blobB {
		return blobA && blobB && bytes.Equal(x, y)
	}
	return a == b
}
