package wire

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"feldsher/internal/ledger"
)

// messages are all that travel, one of each.
func messages() []any {
	return []any{
		&Hello{}, &Prove{}, &Proof{}, &Link{}, &LinkBody{}, &Linked{}, &Join{}, &Joined{}, &Challenge{}, &Challenged{}, &Open{}, &Opened{},
		&State{}, &Standing{}, &Push{}, &Pushed{}, &Pull{}, &Pulled{}, &RingPull{}, &RingPulled{}, &RingPush{}, &RingPushed{}, &RingRenew{},
		&Devices{}, &DeviceList{}, &Order{}, &OrderBody{}, &Ordered{}, &BlobAsk{}, &BlobHave{}, &Problem{},
	}
}

func fresh(message any) any { return reflect.New(reflect.TypeOf(message).Elem()).Interface() }

// What is decoded is what Marshal gives, and nothing else.
func TestOneForm(t *testing.T) {
	t.Parallel()
	good, err := Marshal(&Challenge{Org: ledger.ID{1}, Device: ledger.ID{2}})
	if err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal(good, new(Challenge)); err != nil {
		t.Fatal(err)
	}
	id := append([]byte{0x50, 1}, make([]byte, 15)...)
	other := append([]byte{0x50, 2}, make([]byte, 15)...)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, bad := range map[string][]byte{
		"empty":           {},
		"null":            {0xf6},
		"trailing":        join(good, []byte{0}),
		"lacking field":   join([]byte{0xa1, 1}, id),
		"unknown field":   join([]byte{0xa3, 1}, id, []byte{2}, other, []byte{3, 0}),
		"doubled field":   join([]byte{0xa2, 1}, id, []byte{1}, other),
		"other order":     join([]byte{0xa2, 2}, other, []byte{1}, id),
		"long key":        join([]byte{0xa2, 0x18, 1}, id, []byte{2}, other),
		"long length":     join([]byte{0xa2, 1, 0x58, 16}, id[1:], []byte{2}, other),
		"long id":         join([]byte{0xa2, 1, 0x51}, id[1:], []byte{0}, []byte{2}, other),
		"short id":        join([]byte{0xa2, 1, 0x4f}, id[1:16], []byte{2}, other),
		"null id":         join([]byte{0xa2, 1, 0xf6, 2}, other),
		"list id":         join([]byte{0xa2, 1, 0x90}, make([]byte, 16), []byte{2}, other),
		"tagged":          join([]byte{0xa2, 1, 0xd8, 24}, id, []byte{2}, other),
		"endless":         join([]byte{0xbf, 1}, id, []byte{2}, other, []byte{0xff}),
		"endless bytes":   join([]byte{0xa2, 1, 0x5f}, id, []byte{0xff, 2}, other),
		"text key":        join([]byte{0xa2, 0x61, '1'}, id, []byte{2}, other),
		"array":           join([]byte{0x82}, id, other),
		"cut":             good[:len(good)-1],
		"another message": join([]byte{0xa1, 1, 0x41, 1}),
	} {
		if err := Unmarshal(bad, new(Challenge)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := Marshal(&Push{}); err != nil || !bytes.Equal(b, []byte{0xa2, 1, 0, 2, 0x80}) {
		t.Errorf("an empty list is a list: %x %v", b, err)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	b32, b64 := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{1}, 64)
	id := ledger.ID{1}
	big := uint64(math.MaxInt64) + 1
	invite := func(change func(*InviteOrder)) *OrderBody {
		i := &InviteOrder{Key: b32, Sealed: []byte{1}, Device: id, SignKey: b32, Wrap: []byte{1}, Seconds: 600}
		change(i)
		return &OrderBody{Org: id, Nonce: b32[:16], Invite: i}
	}
	for _, good := range []any{
		&Prove{Nonce: b32}, &Link{Body: b32, MAC: b32}, &Join{Joiner: b32, MAC: b32}, &Open{Nonce: b32, Signature: b64}, &Opened{Token: "a"},
		&LinkBody{Org: id, Device: id, SignKey: b32, AdminKey: b32, Country: "kz"}, &Hello{Magic: HelloMagic, Oldest: 1, Newest: 1},
		invite(func(*InviteOrder) {}), &OrderBody{Nonce: b32[:16], Revoke: &RevokeOrder{}}, &Problem{Code: "gap"},
		&OrderBody{Nonce: b32[:16], Admin: &AdminOrder{Key: b32}}, &BlobAsk{}, &BlobHave{Sizes: []int64{0}, Whole: []bool{true}},
		&Pull{Have: []Head{{Device: id, Chain: ledger.Accesses}}}, &RingRenew{Draft: id}, &RingPush{Wraps: []Wrap{{Sealed: b32}}},
		&OrderBody{Nonce: b32[:16], Succeed: &SucceedOrder{Former: ledger.ID{2}, Device: id, SignKey: b32}},
	} {
		if err := roundTrip(good); err != nil {
			t.Errorf("%T: %v", good, err)
		}
	}
	for _, bad := range []any{
		&Prove{Nonce: b32[:31]}, &Prove{}, &Proof{MAC: b64}, &Link{Body: b32, MAC: b32[:31]}, &Link{MAC: b32}, &Join{Joiner: b32[:16], MAC: b32},
		&LinkBody{Org: id, Device: id, SignKey: b32, AdminKey: b32, Country: "KZ"}, &LinkBody{Org: id, Device: id, SignKey: b32, AdminKey: nil},
		&LinkBody{Device: id, SignKey: b32, AdminKey: b32}, &Joined{}, &Challenged{Nonce: b64}, &Open{Nonce: b32, Signature: b32},
		&Opened{}, &Opened{Token: "a\r\nX: y"}, &Opened{Token: "а"}, &Opened{Token: strings.Repeat("a", maxToken+1)},
		&Hello{Magic: strings.Repeat("a", 99), Newest: 1}, &Hello{Oldest: 2, Newest: 1}, &Hello{Time: -1}, &Hello{Country: "kaz"},
		&Standing{Ordinal: big}, &Standing{RingN: big}, &Standing{Time: -1}, &Standing{Heads: []Head{{Chain: 3}}}, &Standing{Heads: []Head{{}}},
		&Push{Entries: [][]byte{{}}}, &Pull{Since: big}, &Pull{Have: []Head{{Chain: 1, Seq: big}}}, &Pulled{Next: big}, &Pulled{Entries: [][]byte{nil}},
		&RingPull{Since: big}, &RingPulled{First: big}, &RingPulled{Wrap: make([]byte, maxWrap+1)}, &RingPush{Records: [][]byte{make([]byte, MaxRecord+1)}},
		&RingPush{Wraps: []Wrap{{}}}, &RingRenew{}, &RingRenew{Draft: id, Old: math.MaxUint32}, &RingRenew{Draft: id, OldN: big},
		&DeviceList{Devices: []Device{{Added: -1}}}, &DeviceList{Devices: []Device{{Seq: big}}}, &Order{Key: b32, Signature: b64}, &Order{Body: b32, Key: b64, Signature: b64},
		&OrderBody{Nonce: b32[:16]}, &OrderBody{Nonce: b32, Revoke: &RevokeOrder{}},
		&OrderBody{Nonce: b32[:16], Revoke: &RevokeOrder{}, Admin: &AdminOrder{Key: b32}}, // two in one
		&OrderBody{Nonce: b32[:16], Admin: &AdminOrder{Key: b64}}, &OrderBody{Nonce: b32[:16], Revoke: &RevokeOrder{Seq: big}},
		&OrderBody{Nonce: b32[:16], Succeed: &SucceedOrder{Former: id, Device: id, SignKey: b32}},
		invite(func(i *InviteOrder) { i.Seconds = 601 }), invite(func(i *InviteOrder) { i.Seconds = 0 }), invite(func(i *InviteOrder) { i.Key = b64 }),
		invite(func(i *InviteOrder) { i.Device = ledger.ID{} }), invite(func(i *InviteOrder) { i.Sealed = nil }), invite(func(i *InviteOrder) { i.SignKey = nil }),
		invite(func(i *InviteOrder) { i.Sealed = make([]byte, MaxInvite+1) }),
		&BlobAsk{Hashes: [][]byte{b64}}, &BlobHave{Sizes: []int64{1}}, &BlobHave{Sizes: []int64{-1}, Whole: []bool{false}},
		&BlobHave{Sizes: []int64{MaxBlob + 1}, Whole: []bool{false}}, &Problem{}, &Problem{Code: strings.Repeat("a", 33)},
	} {
		if err := roundTrip(bad); !errors.Is(err, errBounds) || !errors.Is(err, ErrMalformed) {
			t.Errorf("%T %.80v: %v", bad, bad, err)
		}
	}
	many := &BlobAsk{Hashes: make([][]byte, MaxItems+1)}
	for i := range many.Hashes {
		many.Hashes[i] = b32
	}
	if err := roundTrip(many); !errors.Is(err, ErrMalformed) {
		t.Error("too many items:", err)
	}
	if _, err := Marshal(&Push{Entries: [][]byte{make([]byte, MaxBody)}}); err == nil {
		t.Error("a message beyond MaxBody was made")
	}
	if err := Unmarshal(make([]byte, MaxBody+1), &Push{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

func roundTrip(message any) error {
	b, err := Marshal(message)
	if err != nil {
		return err
	}
	return Unmarshal(b, fresh(message))
}

func TestCompress(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 255, 256, 70_000, 1 << 20, MaxBody} {
		b := bytes.Repeat([]byte("ab"), n/2+1)[:n]
		if out, err := Decompress(Compress(b)); err != nil || !bytes.Equal(out, b) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	bomb := Compress(make([]byte, MaxBody))
	unknown := mustMode(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)))
	var open bytes.Buffer // without the size in its header
	unknown.Reset(&open)
	for range MaxBody>>20 + 1 {
		_, _ = unknown.Write(make([]byte, 1<<20))
	}
	if err := unknown.Close(); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"two frames": append(bytes.Clone(bomb), bomb...),
		"one byte":   append(bytes.Clone(bomb), Compress([]byte{1})...),
		"no size":    open.Bytes(),
		"no zstd":    []byte("hello"),
		"cut":        bomb[:len(bomb)-3],
		"large":      make([]byte, MaxBody+1),
	} {
		if out, err := Decompress(b); !errors.Is(err, ErrMalformed) || len(out) > MaxBody {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
}

// Property: a code survives how people type it, and no other is taken for it.
func TestTypedCodes(t *testing.T) {
	t.Parallel()
	looks := map[rune][]rune{'0': []rune("0oOоО"), '1': []rune("1lLiIіІ"), 'A': []rune("AaАа"), 'B': []rune("BВв"), 'K': []rune("kКк"), 'X': []rune("xХх"), 'V': []rune("vVuU")}
	rapid.Check(t, func(t *rapid.T) {
		c := Code{}
		copy(c.secret[:], rapid.SliceOfN(rapid.Byte(), codeBytes, codeBytes).Draw(t, "secret"))
		c.secret[codeBytes-1] &= 0xf0
		var typed strings.Builder
		for _, r := range c.String() {
			if to := looks[r]; to != nil {
				r = rapid.SampledFrom(to).Draw(t, "letter")
			}
			if r == '-' {
				typed.WriteString(rapid.SampledFrom([]string{"", " ", "-", " - ", "–", "\u00a0", "\n"}).Draw(t, "mark"))
				continue
			}
			typed.WriteRune(r)
		}
		if got, err := ParseCode(typed.String()); err != nil || got != c {
			t.Fatalf("%q: %v", typed.String(), err)
		}
		text := []byte(strings.ReplaceAll(c.String(), "-", ""))
		i := rapid.IntRange(0, codeChars-1).Draw(t, "at")
		was := text[i]
		if text[i] = alphabet[rapid.IntRange(0, 31).Draw(t, "other")]; text[i] == was {
			return
		}
		if got, err := ParseCode(string(text)); err == nil && got == c {
			t.Fatal("another text is the same code")
		}
	})
	for _, bad := range []string{"", "-", "0", strings.Repeat("0", 30), strings.Repeat("Ж", 15), strings.Repeat("*", 30)} {
		if c, err := ParseCode(bad); !errors.Is(err, ErrCode) || c != (Code{}) {
			t.Errorf("%q: %v %v", bad, c, err)
		}
	}
}

// The check finds a mistyped or exchanged character nearly always: 1 of 1024 slips
// through.
func TestCodeCheck(t *testing.T) {
	t.Parallel()
	taken, tried := 0, 0
	for range 200 {
		text := []byte(strings.ReplaceAll(NewCode().String(), "-", ""))
		for i := range codeData - 1 {
			if text[i] == text[i+1] {
				continue
			}
			swapped := bytes.Clone(text)
			swapped[i], swapped[i+1] = text[i+1], text[i]
			tried++
			if _, err := ParseCode(string(swapped)); err == nil {
				taken++
			}
		}
	}
	if tried < 4000 || taken > tried/200 {
		t.Errorf("%d of %d swaps were taken", taken, tried)
	}
}

// The parts of a MAC and of a signed text can't be shifted into one another, and a
// purpose can't serve another.
func TestTexts(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{1}, 32)
	all := [][]byte{
		MAC(key, "prove", []byte("ab"), []byte("c")), MAC(key, "prove", []byte("a"), []byte("bc")), MAC(key, "prove", []byte("abc")),
		MAC(key, "prove", []byte("abc"), nil), MAC(key, "link", []byte("abc")), MAC(key, "join", []byte("abc")), MAC(key[:31], "prove", []byte("abc")),
		ProofMAC(key, []byte("a"), []byte("b")), ProofMAC(key, []byte("ab"), nil),
		SessionText(ledger.ID{1}, ledger.ID{2}, ledger.ID{3}, key, key), SessionText(ledger.ID{1}, ledger.ID{3}, ledger.ID{2}, key, key),
		SessionText(ledger.ID{1}, ledger.ID{2}, ledger.ID{3}, key, nil), OrderText(key), OrderText(nil),
	}
	for i := range all {
		for j := range i {
			if SameMAC(all[i], all[j]) {
				t.Errorf("%d and %d are the same", i, j)
			}
		}
	}
	var zero Code
	if v := zero.LogValue(); strings.Contains(v.String(), zero.String()) {
		t.Error("a code stands in a log")
	}
}

func TestCodeOpens(t *testing.T) {
	t.Parallel()
	c, other := NewCode(), NewCode()
	sealed := c.Seal(nil)
	if _, err := other.Open(sealed); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 0x40
		if _, err := c.Open(broken); !errors.Is(err, ErrMalformed) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	for n := range sealed {
		if _, err := c.Open(sealed[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if p, err := c.Open(sealed); err != nil || len(p) != 0 {
		t.Error(err)
	}
	for code, status := range statuses {
		if p := (&Problem{Code: code}); p.Status() != status || !strings.Contains(p.Error(), code) {
			t.Error(code)
		}
	}
	if (&Problem{Code: "later"}).Status() != 500 {
		t.Error("an unknown code")
	}
}
