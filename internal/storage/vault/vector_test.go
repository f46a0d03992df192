package vault

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"feldsher/internal/ledger"
)

var update = flag.Bool("update", false, "write a new example into docs/formats/keys.md")

const vectorDoc = "../../../docs/formats/keys.md"

// vector is the example of the format's description: what a reader must find in
// the two files that stand there.
type vector struct {
	Login       string `json:"login"`
	Password    string `json:"password"`
	Phrase      string `json:"phrase"`
	DatabaseKey string `json:"database_key"`
	Scope       string `json:"scope"`
	ScopeKey    string `json:"scope_key_epoch_1"`
	DeviceSeed  string `json:"device_sign_seed"`
	Patient     string `json:"patient"`
	MedicalKey  string `json:"patient_medical_key"`
	MoneyKey    string `json:"patient_money_key"`
	Erased      string `json:"patient_identity"`
}

func vectorFence(name string) *regexp.Regexp {
	return regexp.MustCompile("(?s)```" + regexp.QuoteMeta(name) + "\n(.*?)```")
}

func vectorText(t testing.TB, name string) string {
	t.Helper()
	doc, err := os.ReadFile(vectorDoc)
	must(t, err)
	m := vectorFence(name).FindSubmatch(doc)
	if m == nil {
		t.Fatalf("no block %s in %s", name, vectorDoc)
	}
	return string(m[1])
}

func vectorBlock(t testing.TB, name string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(vectorText(t, name)), ""))
	must(t, err)
	return b
}

func readVector(t testing.TB) (v vector) {
	t.Helper()
	must(t, json.Unmarshal([]byte(vectorText(t, "json")), &v))
	return v
}

func vectorDatabaseKey(t testing.TB) [KeySize]byte {
	t.Helper()
	b, err := hex.DecodeString(readVector(t).DatabaseKey)
	must(t, err)
	return [KeySize]byte(b)
}

// The example opens, by password and by phrase, with the keys that it names.
func TestPublishedExample(t *testing.T) {
	if *update {
		writeVector(t)
	}
	v := readVector(t)
	dir := t.TempDir()
	for _, name := range []string{"slots", "keyring"} {
		for _, suffix := range []string{".a", ".b"} {
			writeFile(t, dir, name+suffix, vectorBlock(t, name+".a"))
		}
	}
	s := mustOpen(t, dir, v.Login, v.Password)
	if len(s.Damage()) != 0 {
		t.Fatal(s.Damage())
	}
	must(t, s.CheckPhrase(v.Phrase))
	if got := vectorOf(t, s, v.Phrase, v.Patient); got != v {
		t.Fatalf("got  %+v\nwant %+v", got, v)
	}
}

func vectorOf(t testing.TB, s *Session, phrase, patientID string) vector {
	t.Helper()
	patient, err := ledger.ParseID(patientID)
	must(t, err)
	db := s.DatabaseKey()
	scope, _, scopeKey, err := s.CurrentScope()
	must(t, err)
	medical, err := s.Keyring().Key(patient, Medical)
	must(t, err)
	money, err := s.Keyring().Key(patient, Money)
	must(t, err)
	erased := "none"
	if stones := s.Keyring().Tombstones(); len(stones) == 1 && stones[0] == (Tombstone{patient, Identity}) {
		erased = "erased"
	}
	return vector{
		Login: "feldsher", Password: "пароль для примера", Phrase: phrase,
		DatabaseKey: hex.EncodeToString(db[:]),
		Scope:       scope.String(), ScopeKey: hex.EncodeToString(scopeKey[:]),
		DeviceSeed: hex.EncodeToString(s.device.seed[:]),
		Patient:    patientID, MedicalKey: hex.EncodeToString(medical[:]), MoneyKey: hex.EncodeToString(money[:]),
		Erased: erased,
	}
}

func writeVector(t *testing.T) {
	dir := t.TempDir()
	s, phrase, err := Init(dir, InitParams{
		Organisation: ledger.NewID(), Login: "feldsher", UserID: ledger.NewID(), Password: "пароль для примера",
		DeviceName: "example", Params: Params{Time: 2, Memory: 1024, Threads: 1},
	})
	must(t, err)
	defer s.Close()
	patient := ledger.NewID()
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Identity, Medical))
	must(t, s.Keyring().Erase(patient, Identity))
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Money))
	must(t, s.SetDatabaseSalt([16]byte([]byte("0123456789abcdef"))))
	v, err := json.MarshalIndent(vectorOf(t, s, phrase, patient.String()), "", "  ")
	must(t, err)
	doc, err := os.ReadFile(vectorDoc)
	must(t, err)
	files := readFiles(t, dir)
	blocks := map[string]string{"json": string(v) + "\n"}
	for _, name := range []string{"slots.a", "keyring.a"} {
		text := base64.StdEncoding.EncodeToString(files[name])
		for len(text) > 96 {
			blocks[name] += text[:96] + "\n"
			text = text[96:]
		}
		blocks[name] += text + "\n"
	}
	for name, text := range blocks {
		doc = vectorFence(name).ReplaceAllLiteral(doc, []byte("```"+name+"\n"+text+"```"))
	}
	must(t, os.WriteFile(filepath.Clean(vectorDoc), doc, 0o644))
}

// The example read by the description alone, with nothing of this package: if
// this fails, docs/formats/keys.md is wrong or unclear.
func TestExampleReadByItsDescription(t *testing.T) {
	v := readVector(t)
	raw := vectorBlock(t, "slots.a")
	sum := sha256.Sum256(raw[:len(raw)-32])
	if string(raw[:8]) != "FELDSLOT" || binary.BigEndian.Uint16(raw[8:]) != 2 || !bytes.Equal(sum[:], raw[len(raw)-32:]) {
		t.Fatal("head or checksum")
	}
	n := int(binary.BigEndian.Uint32(raw[18:]))
	content := cborMap(t, raw[22:22+n])
	org := content[1].([]byte)
	user := content[7].([]any)[0].(map[any]any)
	params := user[uint64(3)].(map[any]any)

	// Certificates: the root signs itself, the device's and the phrase's.
	var certs []map[int]any
	rootBody := content[9].([]any)[0].(map[any]any)[uint64(1)].([]byte)
	for _, c := range content[9].([]any) {
		signed := c.(map[any]any)
		certs = append(certs, cborMap(t, signed[uint64(1)].([]byte)))
		message := join("feldsher certificate 1\x00", signed[uint64(1)].([]byte))
		if !ed25519.Verify(certs[0][7].([]byte), message, signed[uint64(2)].([]byte)) {
			t.Fatal("certificate")
		}
	}

	password := argon2.IDKey([]byte(v.Password), user[uint64(4)].([]byte), uint32(params[uint64(1)].(uint64)),
		uint32(params[uint64(2)].(uint64)), uint8(params[uint64(3)].(uint64)), 32)
	rootHash := sha256.Sum256(rootBody)
	aad := join("feldsher vault 1 user slot 2\x00", org, rootHash[:], user[uint64(1)].([]byte), []byte(v.Login))
	receive := openX(t, password, aad, user[uint64(5)].([]byte))[32:64]
	checkSigned(t, certs[0], "feldsher slot 1\x00", map[int]any{1: 1, 2: org, 3: without(user, 10)}, user[uint64(10)])

	db := openerByDescription(t, content, certs, 1, receive)
	if hex.EncodeToString(db) != v.DatabaseKey {
		t.Fatal("database key")
	}

	mac := hmac.New(sha256.New, hkdf32(t, db, nil, "slots mac"))
	mac.Write(raw[:22+n])
	if !bytes.Equal(mac.Sum(nil), raw[22+n:22+n+32]) {
		t.Fatal("MAC")
	}

	device := openX(t, db, join("feldsher vault 1 device keys\x00", org, content[2].([]byte)), content[5].([]byte))
	if hex.EncodeToString(device[:32]) != v.DeviceSeed {
		t.Fatal("device keys")
	}

	scope := content[11].([]any)[0].(map[any]any)
	share := scope[uint64(3)].([]any)[0].(map[any]any) // the first user's
	info := join("feldsher vault 1 scope key\x00", org, scope[uint64(1)].([]byte), []byte{0, 0, 0, 1}, []byte{1}, user[uint64(1)].([]byte))
	if hex.EncodeToString(openHPKE(t, receive, info, share[uint64(3)].([]byte))) != v.ScopeKey {
		t.Fatal("scope key")
	}
	checkSigned(t, certs[1], "feldsher share 1\x00",
		map[int]any{1: 1, 2: org, 3: scope[uint64(1)], 4: 1, 5: without(share, 5)}, share[uint64(5)])

	entropy := phraseEntropy(t, v.Phrase)
	private, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(hkdf32(t, entropy, org, "phrase receive"))
	must(t, err)
	paper, err := private.Bytes()
	must(t, err)
	if !bytes.Equal(openerByDescription(t, content, certs, 3, paper), db) {
		t.Fatal("phrase")
	}
	readKeyringByDescription(t, v, db)
}

// openerByDescription gives the database key to a reader of a kind.
func openerByDescription(t *testing.T, content map[int]any, certs []map[int]any, kind byte, private []byte) []byte {
	t.Helper()
	for _, o := range content[8].([]any) {
		opener := o.(map[any]any)
		if opener[uint64(1)].(uint64) != uint64(kind) {
			continue
		}
		sealed := opener[uint64(4)].([]byte)
		info := join("feldsher vault 1 database key\x00", content[1].([]byte), content[2].([]byte), []byte{kind}, opener[uint64(2)].([]byte))
		message := join("feldsher opener 1\x00", info, opener[uint64(3)].([]byte), sealed)
		if !ed25519.Verify(certs[1][7].([]byte), message, opener[uint64(5)].([]byte)) {
			t.Fatal("the device has not signed the opener")
		}
		return openHPKE(t, private, info, sealed)
	}
	t.Fatal("no opener")
	return nil
}

// without gives a map whose signature is empty, as it is signed.
func without(m map[any]any, signature uint64) map[any]any {
	out := maps.Clone(m)
	out[signature] = []byte{}
	return out
}

func checkSigned(t *testing.T, cert map[int]any, label string, record map[int]any, signature any) {
	t.Helper()
	mode, err := cbor.CoreDetEncOptions().EncMode()
	must(t, err)
	body, err := mode.Marshal(record)
	must(t, err)
	if !ed25519.Verify(cert[7].([]byte), join(label, body), signature.([]byte)) {
		t.Fatal(label)
	}
}

func openHPKE(t *testing.T, private, info, sealed []byte) []byte {
	t.Helper()
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	must(t, err)
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, sealed)
	must(t, err)
	return plain
}

func readKeyringByDescription(t *testing.T, v vector, db []byte) {
	raw := vectorBlock(t, "keyring.a")
	sum := sha256.Sum256(raw[:98])
	if string(raw[:8]) != "FELDRING" || !bytes.Equal(sum[:], raw[98:130]) || !bytes.Equal(raw[:512], raw[512:1024]) {
		t.Fatal("header")
	}
	generation, blocks := raw[10:18], binary.BigEndian.Uint32(raw[18:])
	wrap := openX(t, hkdf32(t, db, nil, "keyring"), join("feldsher vault 1 keyring header\x00", raw[:26]), raw[26:98])
	got := map[string]string{}
	take := func(entry []byte) {
		if class := entry[16]; class != 0 {
			got[hex.EncodeToString(entry[:16])+hex.EncodeToString([]byte{class})] = hex.EncodeToString(entry[17:49])
		}
	}
	at := 1024
	for number := range blocks {
		aad := binary.BigEndian.AppendUint32(join("feldsher vault 1 keyring block\x00", generation), number)
		plain := openX(t, wrap, aad, raw[at:at+824])
		for i := range 16 {
			take(plain[i*49:])
		}
		at += 824
	}
	for number := uint32(0); at < len(raw); number++ {
		aad := binary.BigEndian.AppendUint32(join("feldsher vault 1 keyring tail\x00", generation), number)
		take(openX(t, wrap, aad, raw[at:at+93]))
		at += 93
	}
	patient := strings.ReplaceAll(v.Patient, "-", "")
	if len(got) != 3 || got[patient+"02"] != v.MedicalKey || got[patient+"03"] != v.MoneyKey ||
		got[patient+"81"] != strings.Repeat("0", 64) {
		t.Fatal(got)
	}
}

func phraseEntropy(t *testing.T, phrase string) []byte {
	list := strings.Fields(wordFile)
	bits := ""
	for _, w := range strings.Fields(phrase) {
		for i, known := range list {
			if known == w {
				for bit := 10; bit >= 0; bit-- {
					bits += string(rune('0' + i>>bit&1))
				}
			}
		}
	}
	out := make([]byte, 33)
	for i, b := range bits {
		out[i/8] |= byte(b-'0') << (7 - i%8)
	}
	if sum := sha256.Sum256(out[:32]); len(bits) != 264 || sum[0] != out[32] {
		t.Fatal("phrase checksum")
	}
	return out[:32]
}

func cborMap(t *testing.T, data []byte) map[int]any {
	t.Helper()
	var m map[int]any
	must(t, cbor.Unmarshal(data, &m))
	return m
}

func openX(t *testing.T, key, aad, sealed []byte) []byte {
	t.Helper()
	aead, err := chacha20poly1305.NewX(key)
	must(t, err)
	plain, err := aead.Open(nil, sealed[:24], sealed[24:], aad)
	must(t, err)
	return plain
}

func hkdf32(t *testing.T, secret, salt []byte, label string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, secret, salt, "feldsher vault 1 "+label, 32)
	must(t, err)
	return key
}

func join(label string, parts ...[]byte) []byte {
	return append([]byte(label), bytes.Join(parts, nil)...)
}
