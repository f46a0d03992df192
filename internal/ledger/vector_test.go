package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the test vector anew")

const vectorFile = "vector-1.json"

// published is testdata/vector-1.json: what another implementation must decode,
// verify and open (docs/formats/ledger.md). Bytes are in hex.
type published struct {
	Dictionary string            `json:"dictionary_sha256"`
	Device     string            `json:"device_public_key"`
	Scope      string            `json:"scope_key"`
	Patients   map[string]string `json:"patient_keys"` // by "patient/class"
	Entries    []publishedEntry  `json:"entries"`
}

type publishedEntry struct {
	Bytes   string          `json:"bytes"`
	Hash    string          `json:"hash"`
	Header  json.RawMessage `json:"header"`
	Payload json.RawMessage `json:"payload"` // blobs within are in base64
}

// vectorKeys are the published keys, taken from their text.
type vectorKeys struct{ p published }

func (k vectorKeys) ScopeKey(ID, uint32) (*[32]byte, error) { return unhexKey(k.p.Scope) }

func (k vectorKeys) PatientKey(patient ID, class Class) (*[32]byte, error) {
	return unhexKey(k.p.Patients[fmt.Sprintf("%s/%d", patient, class)])
}

func (k vectorKeys) PatientKeys(patient ID, class Class) ([]*[32]byte, error) {
	return one(k.PatientKey(patient, class))
}

func unhexKey(s string) (*[32]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 32 {
		return nil, ErrNoKey
	}
	key := [32]byte(b)
	return &key, nil
}

// TestVector: the published entries decode, verify and open, today and in every
// later version.
func TestVector(t *testing.T) {
	name := filepath.Join("testdata", vectorFile)
	if *update {
		writeVector(t, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v published
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(dictionary); hex.EncodeToString(sum[:]) != v.Dictionary {
		t.Fatal("dictionary-1.bin was changed: entries that were written with it can't be read any more")
	}
	device, err := unhexKey(v.Device)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range v.Entries {
		raw, err := hex.DecodeString(want.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Decode(raw)
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		if !e.Verify(device[:]) || hex.EncodeToString(e.Hash[:]) != want.Hash {
			t.Fatalf("entry %d does not verify", i)
		}
		p, err := e.OpenBox(e.Boxes[0], vectorKeys{v})
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		sameJSON(t, e.Header, want.Header)
		sameJSON(t, p, want.Payload)
	}
	if len(v.Entries) != 3 {
		t.Fatalf("%d entries", len(v.Entries))
	}
}

func sameJSON(t *testing.T, got any, want json.RawMessage) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(mustJSON(t, got), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	if string(mustJSON(t, a)) != string(mustJSON(t, b)) {
		t.Fatalf("got %s, want %s", mustJSON(t, a), mustJSON(t, b))
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeVector makes the vector: three entries of one device, the last in the
// chain of accesses.
func writeVector(t *testing.T, name string) {
	dev, keys := newSigner("vector"), fixedKeys{seed: "vector"}
	sum := sha256.Sum256(dictionary)
	scope, _ := keys.ScopeKey(testScope, 1)
	v := published{
		Dictionary: hex.EncodeToString(sum[:]), Device: hex.EncodeToString(dev.public()),
		Scope: hex.EncodeToString(scope[:]), Patients: map[string]string{},
	}
	add := func(h Header, p *Payload) *Entry {
		box, err := SealBox(h, testScope, 1, p, keys)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Sign(h, []Box{box}, dev.sign)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := e.OpenBox(box, keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range p.Parts {
			key, _ := keys.PatientKey(part.Patient, part.Class)
			v.Patients[fmt.Sprintf("%s/%d", part.Patient, part.Class)] = hex.EncodeToString(key[:])
		}
		v.Entries = append(v.Entries, publishedEntry{
			hex.EncodeToString(e.Encode()), hex.EncodeToString(e.Hash[:]), mustJSON(t, h), mustJSON(t, opened),
		})
		return e
	}
	patient, visit := DeriveID(ID{}, "patient"), DeriveID(ID{}, "visit")
	first := add(dev.header(nil), &Payload{Actor: DeriveID(ID{}, "doctor"), Intent: "visit.save", Parts: []Part{{
		Patient: patient, Class: Medical, Rows: []Change{{Table: "visit", Key: visit, Kind: Insert, Columns: []Column{
			{Name: "patient", New: patient[:]}, {Name: "complaints", New: "Жалоб нет."}, {Name: "care_from", New: int64(1_700_000_000_000)},
		}}},
	}}})
	h := dev.header(first)
	h.Seen, h.Batch = []Head{{Device: DeriveID(ID{}, "other"), Seq: 7, Hash: Hash{7}}}, DeriveID(ID{}, "batch")
	add(h, &Payload{
		Actor: DeriveID(ID{}, "doctor"), Intent: "visit.save", Reason: "исправление",
		Rows: []Change{{Table: "staff", Key: DeriveID(ID{}, "doctor"), Kind: Update, Columns: []Column{{Name: "active", Old: int64(0), New: int64(1)}}}},
		Parts: []Part{{Patient: patient, Class: Medical, Rows: []Change{{Table: "visit", Key: visit, Kind: Update, Columns: []Column{
			{Name: "complaints", Old: "Жалоб нет.", New: ""}, {Name: "deleted", Old: nil, New: int64(-1)}, {Name: "photo", Old: []byte{}, New: []byte{1, 2}},
		}}}}},
	})
	access := dev.header(nil)
	access.Chain = Accesses
	add(access, &Payload{Actor: DeriveID(ID{}, "doctor"), Intent: "access", Accesses: []Access{
		{At: 1_700_000_000_000, Action: "view", What: "patient", Patient: patient, Count: 1},
	}})
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
