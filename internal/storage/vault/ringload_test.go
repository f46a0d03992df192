package vault

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// sampleRing has a base of several blocks, tombstones, and three appends.
func sampleRing(t testing.TB) (raw []byte, root [KeySize]byte, want map[keyName][KeySize]byte) {
	t.Helper()
	dir, k := newRing(t)
	p := ids(60)
	must(t, k.Ensure(p[:40], Identity, Medical))
	must(t, k.Erase(p[0], Identity))
	must(t, k.Ensure(p[40:50], Money))
	must(t, k.Ensure(p[50:53], Money, Letters))
	must(t, k.Ensure(p[53:54], Money))
	db := testDB
	return readFiles(t, dir)["keyring.a"], ringContext(&db), contents(k)
}

// loaded gives what was read, and fails on any key that differs from want.
func loaded(t testing.TB, l *ringLoad, want map[keyName][KeySize]byte) (missing int) {
	t.Helper()
	k := &Keyring{index: l.refs, slab: l.slab}
	got := contents(k)
	for name, key := range got {
		if key != want[name] {
			t.Fatalf("wrong key for %v", name)
		}
		if _, ok := want[name]; !ok {
			t.Fatalf("invented key for %v", name)
		}
	}
	return len(want) - len(got)
}

// One changed byte in one file costs nothing and is reported; only in the last
// append of the second file it may pass for a torn write.
func TestRingFlipInOneFile(t *testing.T) {
	raw, root, want := sampleRing(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	lastAppend := len(raw) - tailSize
	for range rounds(1000) {
		i, at := random.IntN(copies), random.IntN(len(raw))
		files := [copies][]byte{raw, raw}
		files[i] = bytes.Clone(raw)
		files[i][at] ^= 1 << random.IntN(8)
		l, err := loadRing(&root, files)
		must(t, err)
		if missing := loaded(t, l, want); missing != 0 || l.lost != 0 || !l.dirty {
			t.Fatalf("file %d byte %d: %d missing, %d lost", i, at, missing, l.lost)
		}
		if l.bad[i] != 1 && (i == 0 || at < lastAppend) {
			t.Fatalf("file %d byte %d: not reported (%v)", i, at, l.bad)
		}
		if l.bad[1-i] != 0 || l.worse != i {
			t.Fatalf("file %d byte %d: the other file is blamed", i, at)
		}
	}
}

// Many changed bytes in both: keys may be lost, and then they are counted, but
// none is wrong.
func TestRingFlipsInBothFiles(t *testing.T) {
	raw, root, want := sampleRing(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	lostOnce := false
	for range rounds(300) {
		var files [copies][]byte
		for i := range files {
			files[i] = bytes.Clone(raw)
			for range 1 + random.IntN(40) {
				files[i][random.IntN(len(raw))] ^= 1 << random.IntN(8)
			}
			if random.IntN(4) == 0 {
				files[i] = files[i][:random.IntN(len(raw)+1)]
			}
		}
		l, err := loadRing(&root, files)
		if err != nil {
			if !errors.Is(err, errDamaged) && !errors.Is(err, errSealed) {
				t.Fatal(err)
			}
			continue
		}
		missing := loaded(t, l, want)
		if !l.dirty {
			t.Fatal("damage not noticed")
		}
		lostOnce = lostOnce || l.lost > 0
		// What one file lacks at its end and the other has spoilt looks like a
		// torn append: with a cut file only an upper bound can be checked.
		cut := min(len(files[0]), len(files[1])) < len(raw)
		if missing < l.lost || missing > l.lost && !cut {
			t.Fatalf("%d missing, %d lost", missing, l.lost)
		}
	}
	if !lostOnce {
		t.Fatal("the test never lost a key")
	}
}

// A tail cut anywhere, as a power cut during the last append leaves it, is no
// damage: cut in the first file with nothing in the second yet, or cut in the
// second. (An append that is not the last one can't be cut by a crash.)
func TestRingTornTail(t *testing.T) {
	raw, root, want := sampleRing(t)
	start := len(raw) - (7 * tailSize) // the last two appends have 6 and 1 records
	// As if the append of six were the last.
	whole := raw[:len(raw)-tailSize]
	for cut := start; cut <= len(whole); cut++ {
		for _, files := range [][copies][]byte{{raw[:cut], raw[:start]}, {whole, raw[:cut]}} {
			l, err := loadRing(&root, files)
			must(t, err)
			if l.bad != [copies]int{} || l.lost != 0 {
				t.Fatalf("cut at %d: %v damaged, %d lost", cut-start, l.bad, l.lost)
			}
			loaded(t, l, want)
		}
	}
	// The second file cut by more than one append: damage of that file.
	l, err := loadRing(&root, [copies][]byte{raw, raw[:start]})
	must(t, err)
	if l.bad != [copies]int{0, 6} || loaded(t, l, want) != 0 {
		t.Fatal(l.bad)
	}
	// The first file shorter than the second: damage, and nothing lost.
	l, err = loadRing(&root, [copies][]byte{raw[:start], raw})
	must(t, err)
	if l.bad != [copies]int{7, 0} || loaded(t, l, want) != 0 || l.lost != 0 {
		t.Fatal(l.bad)
	}
}

// Parts can't be moved, doubled or taken from another time.
func TestRingPartsStayInPlace(t *testing.T) {
	raw, root, want := sampleRing(t)
	block := func(b []byte, n int) []byte { return b[ringBody+n*blockSize:][:blockSize] }
	moved := bytes.Clone(raw)
	copy(block(moved, 0), block(raw, 1))
	copy(block(moved, 1), block(raw, 0))
	copy(moved[len(moved)-tailSize:], moved[len(moved)-2*tailSize:len(moved)-tailSize])
	l, err := loadRing(&root, [copies][]byte{moved, moved})
	must(t, err)
	if missing := loaded(t, l, want); missing != 33 || l.lost != 33 {
		t.Fatal(missing, l.lost)
	}
}

// Damage of both files in different places, with a crash between rewriting
// them: the older file fills what is unreadable in the newer.
func TestRingOlderFileFills(t *testing.T) {
	dir, k := newRing(t)
	p := ids(40)
	must(t, k.Ensure(p, Identity))
	old := readFiles(t, dir)["keyring.b"]
	must(t, k.Erase(p[39], Identity))
	want := contents(k)
	k.Close()
	raw := readFiles(t, dir)["keyring.a"]
	raw[ringBody+5] ^= 1 // first of three blocks
	writeFile(t, dir, "keyring.a", raw)
	writeFile(t, dir, "keyring.b", old)
	k = reopenRing(t, dir)
	got := contents(k)
	if k.Lost() != 0 || len(got) != len(want) {
		t.Fatal(k.Lost(), len(got), len(want))
	}
	if _, err := k.Key(p[39], Identity); !errors.Is(err, ErrErased) {
		t.Fatal("the older file revived an erased key", err)
	}
	if keys := damageKeys(k.Damage()); !slices.Equal(keys, []string{"vault.damage.keyring"}) {
		t.Fatal(keys)
	}
	files := readFiles(t, dir)
	if !bytes.Equal(files["keyring.a"], files["keyring.b"]) || len(reopenRing(t, dir).Damage()) != 0 {
		t.Fatal("not repaired")
	}
}

// Keys that both files lost stop writing until somebody accepts it: a new key
// for such a patient would bury the old data, and a backup may have the old one.
func TestLostKeys(t *testing.T) {
	dir, k := newRing(t)
	p := ids(40)
	must(t, k.Ensure(p, Identity))
	must(t, k.Compact())
	k.Close()
	raw := readFiles(t, dir)["keyring.a"]
	raw[ringBody+5] ^= 1
	writeFile(t, dir, "keyring.a", raw)
	writeFile(t, dir, "keyring.b", raw)
	k = reopenRing(t, dir)
	if k.Lost() != blockEntries || k.Len() != 40-blockEntries {
		t.Fatal(k.Lost(), k.Len())
	}
	fresh := ledger.NewID()
	wantFault(t, k.Ensure([]ledger.ID{fresh}, Identity), fault.Damaged, "vault.keyring.lost")
	wantFault(t, k.Erase(p[0], Identity), fault.Damaged, "vault.keyring.lost")
	wantFault(t, k.Compact(), fault.Damaged, "vault.keyring.lost")
	_, err := k.Key(fresh, Identity)
	wantFault(t, err, fault.Damaged, "vault.keyring.lost")
	if files := readFiles(t, dir); !bytes.Equal(files["keyring.a"], raw) || !bytes.Equal(files["keyring.b"], raw) {
		t.Fatal("the files were touched")
	}
	must(t, k.AcceptLoss())
	must(t, k.Ensure([]ledger.ID{fresh}, Identity))
	k = reopenRing(t, dir)
	if k.Lost() != 0 || k.Len() != 41-blockEntries || len(k.Damage()) != 0 {
		t.Fatal(k.Lost(), k.Len(), k.Damage())
	}
}

// FuzzRing starts from a file that is the same in every process (the fuzzer
// runs several): the published example.
func FuzzRing(f *testing.F) {
	raw := vectorBlock(f, "keyring.a")
	db := vectorDatabaseKey(f)
	root := ringContext(&db)
	l, err := loadRing(&root, [copies][]byte{raw, raw})
	must(f, err)
	want := contents(&Keyring{index: l.refs, slab: l.slab})
	f.Add(raw, raw)
	f.Add(raw[:ringBody], raw[:len(raw)-10])
	f.Add([]byte{}, raw)
	f.Fuzz(func(t *testing.T, a, b []byte) {
		l, err := loadRing(&root, [copies][]byte{a, b})
		if err != nil {
			return
		}
		loaded(t, l, want)
	})
}

// With one file gone nothing proves that an unreadable last record was torn, so
// it counts as lost rather than pass unseen.
func TestRingLastRecordOfTheOnlyFile(t *testing.T) {
	raw, root, want := sampleRing(t)
	spoilt := bytes.Clone(raw)
	spoilt[len(raw)-1] ^= 1
	for _, files := range [][copies][]byte{{spoilt, nil}, {nil, spoilt}} {
		l, err := loadRing(&root, files)
		must(t, err)
		if l.lost != 1 || loaded(t, l, want) != 1 {
			t.Fatal(l.lost)
		}
	}
}

func BenchmarkOpenSession(b *testing.B) {
	p := testInit()
	p.Params = Params{} // the real cost of the password function
	dir := b.TempDir()
	s, _, err := Init(dir, p)
	must(b, err)
	must(b, s.Close())
	for b.Loop() {
		mustOpen(b, dir, testLogin, testPassword).Close()
	}
}
