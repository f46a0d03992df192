package vault

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/ledger"
)

// Whatever order records come in, all vaults hold the same keys in the same order.
func TestRingConverges(t *testing.T) {
	people := ids(4)
	rapid.Check(t, func(rt *rapid.T) {
		rings := make([]*Keyring, 3)
		db := testDB
		for i := range rings {
			var err error
			if rings[i], err = createKeyring(newMemDisk(uint64(i)), "/ring", &db); err != nil {
				rt.Fatal(err)
			}
		}
		erasedOnes := map[keyName]bool{}
		for range rapid.IntRange(1, 30).Draw(rt, "acts") {
			k := rapid.SampledFrom(rings).Draw(rt, "where")
			p, c := rapid.SampledFrom(people).Draw(rt, "who"), rapid.SampledFrom(Classes()[:2]).Draw(rt, "class")
			switch rapid.IntRange(0, 5).Draw(rt, "act") {
			case 0:
				if err := k.Erase(p, c); err != nil {
					rt.Fatal(err)
				}
				erasedOnes[keyName{p, c}] = true
			case 1:
				from := rapid.SampledFrom(rings).Draw(rt, "from")
				if _, _, err := k.absorb(from.entries(0, 1<<20, true)); err != nil {
					rt.Fatal(err)
				}
			default:
				if err := k.Ensure([]ledger.ID{p}, c); err != nil && !errors.Is(err, ErrErased) {
					rt.Fatal(err)
				}
			}
		}
		for range 2 {
			for _, k := range rings {
				for _, from := range rings {
					if _, _, err := k.absorb(from.entries(0, 1<<20, true)); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		for i := range rings {
			d := rings[i].file.pair.disk
			rings[i].Close()
			k, err := openKeyring(d, "/ring", &db)
			if err != nil || len(k.Damage()) > 0 {
				rt.Fatal(err, k.Damage())
			}
			rings[i] = k
		}
		want := allKeys(t, rings[0])
		for _, k := range rings[1:] {
			got := allKeys(t, k)
			if len(got) != len(want) {
				rt.Fatal(len(got), len(want))
			}
			for name, keys := range want {
				if !slices.Equal(keys, got[name]) || erasedOnes[name] != (len(keys) == 0) {
					rt.Fatalf("%v: %d and %d keys", name, len(keys), len(got[name]))
				}
			}
		}
	})
}

func FuzzRingRecord(f *testing.F) {
	f.Add(make([]byte, 4*entrySize))
	f.Add(bytes.Repeat([]byte{1}, 8*entrySize))
	f.Fuzz(func(t *testing.T, plain []byte) {
		entries, err := parseRecord(plain)
		if err != nil {
			return
		}
		key, org := [KeySize]byte{1}, ledger.ID{2}
		sealed := sealRecord(&key, org, 3, entries)
		again, err := OpenSealed(&key, ringRecordContext(org, 3), sealed)
		must(t, err)
		if !bytes.HasPrefix(plain, again[:len(entries)*entrySize]) {
			t.Fatal("another content")
		}
	})
}

func FuzzRingWrap(f *testing.F) {
	_, _, s := newVault(f)
	w := ringWrap{Version: 1, Serial: 1, Key: make([]byte, KeySize), Chain: s.body.Certificates, Signature: make([]byte, 64)}
	f.Add(marshal(w))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if w, err := parseRingWrap(plain); err == nil && !bytes.Equal(marshal(*w), plain) {
			t.Fatal("two encodings of one wrap")
		}
	})
}

func BenchmarkAbsorbKeys1024(b *testing.B) {
	_, k := newRing(b)
	for range b.N {
		entries := make([]ringEntry, recordEntries)
		for i := range entries {
			key := new([KeySize]byte)
			randomBytes(key[:])
			entries[i] = ringEntry{keyName{ledger.NewID(), Medical}, key}
		}
		if _, _, err := k.absorb(entries); err != nil {
			b.Fatal(err)
		}
	}
}
