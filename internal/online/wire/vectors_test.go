package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/crypto/chacha20poly1305"
)

var update = flag.Bool("update", false, "write docs/vectors anew")

const vectors = "../../../docs/vectors"

// The files of docs/vectors.
type (
	codeVectors struct {
		Note  string       `json:"note"`
		Codes []codeVector `json:"codes"`
		Typed []typedCode  `json:"typed"`
	}
	codeVector struct {
		Secret string `json:"secret"`
		Text   string `json:"text"`
		ID     string `json:"id"`
		MACKey string `json:"mac_key"`
		Nonce  string `json:"nonce"`
		Plain  string `json:"plain"`
		Sealed string `json:"sealed"`
	}
	typedCode struct {
		Typed string `json:"typed"`
		Text  string `json:"text,omitempty"` // none: refused
	}
	macVectors struct {
		Note string      `json:"note"`
		MACs []macVector `json:"macs"`
	}
	macVector struct {
		Purpose string   `json:"purpose"`
		Key     string   `json:"key"`
		Parts   []string `json:"parts"`
		MAC     string   `json:"mac"`
	}
	signVectors struct {
		Note       string       `json:"note"`
		Signatures []signVector `json:"signatures"`
	}
	signVector struct {
		What      string   `json:"what"`
		Purpose   string   `json:"purpose"`
		Parts     []string `json:"parts"`
		Text      string   `json:"text"`
		Seed      string   `json:"seed"`
		Signature string   `json:"signature"`
	}
	messageVectors struct {
		Note     string          `json:"note"`
		Messages []messageVector `json:"messages"`
		Refused  []refusedVector `json:"refused"`
	}
	messageVector struct {
		Message string         `json:"message"`
		Fields  map[string]any `json:"fields"`
		CBOR    string         `json:"cbor"`
	}
	refusedVector struct {
		Why     string `json:"why"`
		Message string `json:"message"`
		CBOR    string `json:"cbor"`
	}
)

// TestVectors: docs/vectors holds what the program makes of fixed inputs.
func TestVectors(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]any{
		"codes.json": makeCodes(), "macs.json": makeMACs(), "signatures.json": makeSignatures(), "messages.json": makeMessages(),
	} {
		b, err := json.MarshalIndent(made, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(vectors, name)
		b = append(b, '\n')
		if *update {
			if err := os.WriteFile(path, b, 0o644); err != nil { //nolint:gosec // a document
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, b) {
			t.Errorf("%s is not what the program makes (run with -update, and see whether the protocol may change): %v", name, err)
		}
	}
}

func makeCodes() codeVectors {
	out := codeVectors{Note: "Pairing codes: docs/sync-protocol.md, Codes. Byte strings are hexadecimal; secret is the 140 bits followed by four zero bits."}
	ones := Code{}
	copy(ones.secret[:], fill(0xff, codeBytes))
	ones.secret[codeBytes-1] = 0xf0
	for i, c := range []Code{fixedCode(), {}, ones} {
		nonce, plain := fill(byte(i+1), chacha20poly1305.NonceSizeX), fmt.Appendf(nil, "invitation %d", i)
		id := c.ID()
		aead := mustMode(chacha20poly1305.NewX(c.derive("seal", 32)))
		out.Codes = append(out.Codes, codeVector{
			Secret: hex.EncodeToString(c.secret[:]), Text: c.String(), ID: hex.EncodeToString(id[:]), MACKey: hex.EncodeToString(c.MACKey()),
			Nonce: hex.EncodeToString(nonce), Plain: hex.EncodeToString(plain), Sealed: hex.EncodeToString(aead.Seal(nonce, nonce, plain, id[:])),
		})
	}
	good := fixedCode().String()
	for _, typed := range []string{
		good, strings.ToLower(good), strings.ReplaceAll(good, "-", " "), strings.ReplaceAll(good, "-", ""), strings.ReplaceAll(good, "0", "о"),
		strings.ReplaceAll(good, "1", "l"), good + "0", good[1:], good[:10] + flip(good[10]) + good[11:],
	} {
		v := typedCode{Typed: typed}
		if c, err := ParseCode(typed); err == nil {
			v.Text = c.String()
		}
		out.Typed = append(out.Typed, v)
	}
	return out
}

func flip(c byte) string {
	i := strings.IndexByte(alphabet, c)
	return string(alphabet[(i+1)%len(alphabet)])
}

func makeMACs() macVectors {
	out := macVectors{Note: "docs/sync-protocol.md, MACs. prove: nonce, fingerprint (empty over plain HTTP); link: LinkBody encoded; join: joiner."}
	key := fixedCode().MACKey()
	link := samples()[3].(*Link)
	for _, v := range []struct {
		purpose string
		parts   [][]byte
	}{{"prove", [][]byte{sampleNonce, samplePrint}}, {"prove", [][]byte{sampleNonce, {}}}, {"link", [][]byte{link.Body}}, {"join", [][]byte{fill(0x10, 32)}}} {
		out.MACs = append(out.MACs, macVector{Purpose: v.purpose, Key: hex.EncodeToString(key), Parts: hexes(v.parts), MAC: hex.EncodeToString(MAC(key, v.purpose, v.parts...))})
	}
	return out
}

func hexes(parts [][]byte) (out []string) {
	for _, p := range parts {
		out = append(out, hex.EncodeToString(p))
	}
	return out
}

func makeSignatures() signVectors {
	out := signVectors{Note: "docs/sync-protocol.md, Signed texts. Ed25519; session: server, org, device, nonce, fingerprint; order: OrderBody encoded."}
	add := func(what, purpose string, key ed25519.PrivateKey, text []byte, parts ...[]byte) {
		out.Signatures = append(out.Signatures, signVector{
			What: what, Purpose: purpose, Parts: hexes(parts), Text: hex.EncodeToString(text),
			Seed: hex.EncodeToString(key.Seed()), Signature: hex.EncodeToString(ed25519.Sign(key, text)),
		})
	}
	for what, print := range map[string][]byte{"session": samplePrint, "session over plain HTTP": nil} {
		add(what, "session", sampleKey, SessionText(sampleServer, sampleOrg, sampleDevice, sampleNonce, print),
			sampleServer[:], sampleOrg[:], sampleDevice[:], sampleNonce, print)
	}
	for what, body := range sampleOrders() {
		key := sampleAdmin
		if body.Succeed != nil {
			key = sampleKey // of the former identity
		}
		b := must(body)
		add("order: "+what, "order", key, OrderText(b), b)
	}
	slices.SortFunc(out.Signatures, func(a, b signVector) int { return strings.Compare(a.What, b.What) })
	return out
}

func makeMessages() messageVectors {
	out := messageVectors{Note: "One of each message. A field is named by its key and its name in docs/sync-protocol.md; byte strings and ids are hexadecimal."}
	all := samples()
	for _, name := range []string{"revoke", "succeed", "admin"} {
		all = append(all, sampleOrders()[name])
	}
	for _, m := range all {
		out.Messages = append(out.Messages, messageVector{
			Message: reflect.TypeOf(m).Elem().Name(), Fields: plain(reflect.ValueOf(m)).(map[string]any), CBOR: hex.EncodeToString(must(m)),
		})
	}
	id := "50" + strings.Repeat("01", 16)
	for _, r := range [][2]string{
		{"a field is lacking", "a101" + id},
		{"a field that there is not", "a301" + id + "02" + id + "0300"},
		{"keys in another order", "a202" + id + "01" + id},
		{"a key twice", "a201" + id + "01" + id},
		{"a key in a longer form", "a2180101" + id[2:] + "02" + id},
		{"a length in a longer form", "a2015810" + id[2:] + "02" + id},
		{"an id of 15 bytes", "a2014f" + id[4:] + "02" + id},
		{"an id of 17 bytes", "a20151" + id[2:] + "0102" + id},
		{"null", "a201f602" + id},
		{"indefinite length", "bf01" + id + "02" + id + "ff"},
		{"a byte too many", "a201" + id + "02" + id + "00"},
	} {
		out.Refused = append(out.Refused, refusedVector{Why: r[0], Message: "Challenge", CBOR: r[1]})
	}
	return out
}

// plain gives a value as JSON shows it, fields under "key name".
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			tag := strings.Split(v.Type().Field(i).Tag.Get("cbor"), ",")
			if slices.Contains(tag, "omitempty") && v.Field(i).IsZero() {
				continue
			}
			out[tag[0]+" "+v.Type().Field(i).Name] = plain(v.Field(i))
		}
		return out
	case reflect.Array:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return hex.EncodeToString(b)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return hex.EncodeToString(v.Bytes())
		}
		out := []any{}
		for i := range v.Len() {
			out = append(out, plain(v.Index(i)))
		}
		return out
	default:
		return v.Interface()
	}
}

// TestVectorsByTheDocument reads the vectors with nothing of this package: what
// docs/sync-protocol.md says is enough.
func TestVectorsByTheDocument(t *testing.T) {
	t.Parallel()
	var codes codeVectors
	var macs macVectors
	var signs signVectors
	var messages messageVectors
	for name, into := range map[string]any{"codes.json": &codes, "macs.json": &macs, "signatures.json": &signs, "messages.json": &messages} {
		b, err := os.ReadFile(filepath.Join(vectors, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatal(name, err)
		}
	}
	for _, c := range codes.Codes {
		codeByTheDocument(t, c)
	}
	for _, m := range macs.MACs {
		text := append([]byte("feldsher wire mac 1 "+m.Purpose+"\x00"), lengths(t, m.Parts)...)
		if got := hmacOf(unhex(t, m.Key), text); hex.EncodeToString(got) != m.MAC {
			t.Errorf("MAC %s", m.Purpose)
		}
	}
	for _, s := range signs.Signatures {
		text := append([]byte("feldsher wire "+s.Purpose+" 1\x00"), lengths(t, s.Parts)...)
		key := ed25519.NewKeyFromSeed(unhex(t, s.Seed))
		if hex.EncodeToString(text) != s.Text || !ed25519.Verify(key.Public().(ed25519.PublicKey), text, unhex(t, s.Signature)) {
			t.Errorf("signature of %s", s.What)
		}
	}
	if len(codes.Codes) < 3 || len(macs.MACs) < 4 || len(signs.Signatures) < 6 || len(messages.Messages) < 30 {
		t.Error("vectors are lacking")
	}
	for _, m := range messages.Messages {
		var generic map[uint64]any
		if err := cbor.Unmarshal(unhex(t, m.CBOR), &generic); err != nil {
			t.Errorf("%s: %v", m.Message, err)
		}
		same(t, m.Message, m.Fields, generic)
	}
	for _, r := range messages.Refused {
		if err := Unmarshal(unhex(t, r.CBOR), new(Challenge)); err == nil {
			t.Errorf("%s was taken", r.Why)
		}
	}
}

func codeByTheDocument(t *testing.T, v codeVector) {
	t.Helper()
	secret := unhex(t, v.Secret)
	n := new(big.Int).Rsh(new(big.Int).SetBytes(secret), 4)
	digits := make([]byte, 28)
	for i := range digits {
		digits[27-i] = alphabet[new(big.Int).And(new(big.Int).Rsh(n, uint(5*i)), big.NewInt(31)).Int64()]
	}
	sum := sha256.Sum256(append([]byte("feldsher code check 1\x00"), digits...))
	digits = append(digits, alphabet[sum[0]%32], alphabet[sum[1]%32])
	if got := strings.ReplaceAll(v.Text, "-", ""); got != string(digits) || len(v.Text) != 35 {
		t.Errorf("code %s, want %s", got, digits)
	}
	derive := func(use string, n int) []byte { // RFC 5869, no salt
		return hmacOf(hmacOf(make([]byte, 32), secret), append([]byte("feldsher code 1 "+use), 1))[:n]
	}
	if hex.EncodeToString(derive("id", 16)) != v.ID || hex.EncodeToString(derive("mac", 32)) != v.MACKey {
		t.Errorf("keys of %s", v.Text)
	}
	sealed := unhex(t, v.Sealed)
	plain, err := mustMode(chacha20poly1305.NewX(derive("seal", 32))).Open(nil, sealed[:24], sealed[24:], unhex(t, v.ID))
	if err != nil || hex.EncodeToString(plain) != v.Plain || hex.EncodeToString(sealed[:24]) != v.Nonce {
		t.Errorf("invitation of %s: %v", v.Text, err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hmacOf(key, text []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(text)
	return m.Sum(nil)
}

func lengths(t *testing.T, parts []string) (out []byte) {
	t.Helper()
	for _, p := range parts {
		b := unhex(t, p)
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	return out
}

// same compares what JSON says with what CBOR holds.
func same(t *testing.T, at string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		fields, ok := generic(got)
		if !ok || len(fields) != len(w) {
			t.Errorf("%s: %d fields in CBOR, %d in JSON", at, len(fields), len(w))
		}
		for name, value := range w {
			key, _, _ := strings.Cut(name, " ")
			same(t, at+"."+name, value, fields[key])
		}
	case []any:
		list, _ := got.([]any)
		if len(list) != len(w) {
			t.Fatalf("%s: %d, want %d", at, len(list), len(w))
		}
		for i := range w {
			same(t, fmt.Sprintf("%s[%d]", at, i), w[i], list[i])
		}
	default:
		if b, ok := got.([]byte); ok {
			got = hex.EncodeToString(b)
		}
		if f, ok := want.(float64); ok {
			want = uint64(f)
		}
		if want != got {
			t.Errorf("%s: %v in CBOR, %v in JSON", at, got, want)
		}
	}
}

func generic(v any) (map[string]any, bool) {
	out := map[string]any{}
	switch m := v.(type) {
	case map[uint64]any:
		for k, x := range m {
			out[fmt.Sprint(k)] = x
		}
		return out, true
	case map[any]any:
		for k, x := range m {
			out[fmt.Sprint(k)] = x
		}
		return out, true
	}
	return out, false
}
