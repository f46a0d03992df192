package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// newRing makes a keyring alone, in a directory of its own.
func newRing(t testing.TB) (dir string, k *Keyring) {
	t.Helper()
	dir = t.TempDir()
	db := testDB
	k, err := createKeyring(osDisk{}, dir, &db)
	must(t, err)
	t.Cleanup(func() { k.Close() })
	return dir, k
}

var testDB = [KeySize]byte{4, 2}

func reopenRing(t testing.TB, dir string) *Keyring {
	t.Helper()
	db := testDB
	k, err := openKeyring(osDisk{}, dir, &db)
	must(t, err)
	t.Cleanup(func() { k.Close() })
	return k
}

// contents lists a keyring's keys and tombstones.
func contents(k *Keyring) map[keyName][KeySize]byte {
	all := map[keyName][KeySize]byte{}
	for _, e := range k.snapshot() {
		if all[e.keyName] = [KeySize]byte{}; e.key != nil {
			all[e.keyName] = *e.key
		}
	}
	return all
}

func TestKeyringBasics(t *testing.T) {
	dir, k := newRing(t)
	p := ids(3)
	must(t, k.Ensure(p[:2], Identity, Medical))
	must(t, k.Ensure(p, Identity, Medical, Identity)) // the third's, once
	must(t, k.Ensure(nil, Identity))
	must(t, k.Ensure(p))
	if k.Len() != 6 {
		t.Fatalf("%d keys", k.Len())
	}
	seen := map[[KeySize]byte]bool{}
	for _, key := range contents(k) {
		seen[key] = true
	}
	if len(seen) != 6 || seen[[KeySize]byte{}] {
		t.Fatal("keys are not all different")
	}
	_, err := k.Key(p[0], Money)
	wantFault(t, err, fault.NotFound, "vault.keyring.no_key")
	if !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
	for _, class := range []Class{0, 5, 129, 255} {
		_, err := k.Key(p[0], class)
		wantFault(t, err, fault.Invalid, "vault.keyring.request")
		wantFault(t, k.Ensure(p, class), fault.Invalid, "vault.keyring.request")
		wantFault(t, k.Erase(p[0], class), fault.Invalid, "vault.keyring.request")
	}
	wantFault(t, k.Ensure([]ledger.ID{{}}, Money), fault.Invalid, "vault.keyring.request")
	wantFault(t, k.Erase(ledger.ID{}, Money), fault.Invalid, "vault.keyring.request")
	wantFault(t, k.Erase(p[0]), fault.Invalid, "vault.keyring.request")

	key, err := k.Key(p[0], Identity)
	must(t, err)
	*key = [KeySize]byte{} // a copy: the caller may wipe it
	again := reopenRing(t, dir)
	if len(again.Damage()) != 0 || !maps.Equal(contents(again), contents(k)) {
		t.Fatal("another content after reopening")
	}
}

// R10.3: an erased key is in neither file and never comes back.
func TestErase(t *testing.T) {
	dir, k := newRing(t)
	p := ids(40)
	must(t, k.Ensure(p, Classes()...))
	before := contents(k)
	old := readFiles(t, dir)
	must(t, k.Erase(p[7], Identity, Letters))
	must(t, k.Erase(p[8], Medical))
	must(t, k.Erase(p[8], Medical)) // again is no error

	for _, ring := range []*Keyring{k, reopenRing(t, dir)} {
		for name, want := range before {
			key, err := ring.Key(name.patient, name.class)
			gone := name.patient == p[7] && (name.class == Identity || name.class == Letters) ||
				name.patient == p[8] && name.class == Medical
			switch {
			case gone:
				wantFault(t, err, fault.NotFound, "vault.keyring.erased")
				if !errors.Is(err, ErrErased) {
					t.Fatal(err)
				}
			case err != nil || *key != want:
				t.Fatal(name, err)
			}
		}
		stones := ring.Tombstones()
		want := []Tombstone{{p[7], Identity}, {p[7], Letters}, {p[8], Medical}}
		if !slices.Equal(stones, want) {
			t.Fatal(stones)
		}
		err := ring.Ensure([]ledger.ID{ledger.NewID(), p[8]}, Money, Medical)
		wantFault(t, err, fault.NotFound, "vault.keyring.erased")
		if ring.Len() != 157 {
			t.Fatal("a refused Ensure made keys")
		}
	}
	// Neither the wrapping key under which the erased keys stood, nor a block
	// of that time, is in the files.
	for name, content := range readFiles(t, dir) {
		for _, former := range old {
			if bytes.Contains(content, former[ringBound:ringHead]) || bytes.Contains(content, former[ringBody:ringBody+64]) {
				t.Fatalf("%s still has former content", name)
			}
		}
	}
}

// A patient who never had a key can be erased: no key is made afterwards.
func TestEraseUnknown(t *testing.T) {
	dir, k := newRing(t)
	p := ids(1)
	must(t, k.Erase(p[0], Classes()...))
	k = reopenRing(t, dir)
	wantFault(t, k.Ensure(p, Money), fault.NotFound, "vault.keyring.erased")
	if len(k.Tombstones()) != 4 || k.Len() != 0 {
		t.Fatal(k.Tombstones())
	}
}

// A copy from before the erasure, put back into one file, revives nothing.
func TestErasedStaysErased(t *testing.T) {
	for _, name := range []string{"keyring.a", "keyring.b"} {
		dir, k := newRing(t)
		p := ids(2)
		must(t, k.Ensure(p, Identity))
		old := readFiles(t, dir)
		must(t, k.Erase(p[0], Identity))
		writeFile(t, dir, name, old[name])
		k = reopenRing(t, dir)
		if _, err := k.Key(p[0], Identity); !errors.Is(err, ErrErased) {
			t.Fatal(err)
		}
		if _, err := k.Key(p[1], Identity); err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(readFiles(t, dir)[name], old[name]) {
			t.Fatal("the old copy stayed")
		}
	}
}

// The tail is folded into the base when it gets long, and by Compact.
func TestTailIsFolded(t *testing.T) {
	dir, k := newRing(t)
	must(t, k.Ensure(ids(10), Identity))
	if k.file.tail != 10 || k.file.head.entries != 0 {
		t.Fatal(k.file.tail, k.file.head.entries)
	}
	must(t, k.Ensure(ids(minTail), Identity))
	if k.file.tail != 0 || k.file.head.entries != minTail+10 {
		t.Fatal(k.file.tail, k.file.head.entries)
	}
	must(t, k.Ensure(ids(100), Identity))
	if k.file.tail != 100 {
		t.Fatal(k.file.tail)
	}
	want := contents(k)
	if got := contents(reopenRing(t, dir)); !maps.Equal(got, want) {
		t.Fatal("base and tail")
	}
	must(t, k.Compact())
	if k.file.tail != 0 || !maps.Equal(contents(reopenRing(t, dir)), want) {
		t.Fatal("after Compact")
	}
}

// Any sequence of acts, with reopening between, behaves as a map does.
func TestKeyringModel(t *testing.T) {
	people := ids(12)
	rapid.Check(t, func(rt *rapid.T) {
		d := newMemDisk(1)
		db := testDB
		k, err := createKeyring(d, "/ring", &db)
		if err != nil {
			rt.Fatal(err)
		}
		model := map[keyName][KeySize]byte{}
		stones := map[keyName]bool{}
		person := rapid.SampledFrom(people)
		class := rapid.SampledFrom(Classes())
		rt.Repeat(map[string]func(*rapid.T){
			"ensure": func(rt *rapid.T) {
				who, of := rapid.SliceOf(person).Draw(rt, "who"), rapid.SliceOf(class).Draw(rt, "of")
				refused := false
				for _, p := range who {
					for _, c := range of {
						refused = refused || stones[keyName{p, c}]
					}
				}
				if err := k.Ensure(who, of...); refused != errors.Is(err, ErrErased) || !refused && err != nil {
					rt.Fatal(refused, err)
				}
				if refused {
					return
				}
				for _, p := range who {
					for _, c := range of {
						key, err := k.Key(p, c)
						if err != nil {
							rt.Fatal(err)
						}
						if _, had := model[keyName{p, c}]; !had {
							model[keyName{p, c}] = *key
						}
					}
				}
			},
			"erase": func(rt *rapid.T) {
				p, c := person.Draw(rt, "who"), class.Draw(rt, "class")
				if err := k.Erase(p, c); err != nil {
					rt.Fatal(err)
				}
				delete(model, keyName{p, c})
				stones[keyName{p, c}] = true
			},
			"compact": func(rt *rapid.T) {
				if err := k.Compact(); err != nil {
					rt.Fatal(err)
				}
			},
			"reopen": func(rt *rapid.T) {
				k.Close()
				if k, err = openKeyring(d, "/ring", &db); err != nil {
					rt.Fatal(err)
				}
				if len(k.Damage()) != 0 {
					rt.Fatal(k.Damage())
				}
			},
			"": func(rt *rapid.T) {
				for _, p := range people {
					for _, c := range Classes() {
						key, err := k.Key(p, c)
						want, has := model[keyName{p, c}]
						if has != (err == nil) || has && *key != want || stones[keyName{p, c}] != errors.Is(err, ErrErased) {
							rt.Fatalf("%v %d: %v", p, c, err)
						}
					}
				}
				if k.Len() != len(model) || len(k.Tombstones()) != len(stones) {
					rt.Fatal(k.Len(), len(model), k.Tombstones())
				}
			},
		})
	})
}

// Readers see a key or its absence while a writer works. (Run with -race.)
func TestConcurrentReaders(t *testing.T) {
	_, k := newRing(t)
	p := ids(200)
	must(t, k.Ensure(p[:50], Identity))
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				key, err := k.Key(p[i%len(p)], Identity)
				if err == nil && *key == [KeySize]byte{} {
					t.Error("a key of zeros")
					return
				}
				k.Tombstones()
			}
		})
	}
	for i := 50; i < 100; i++ {
		must(t, k.Ensure(p[i:i+1], Identity))
	}
	must(t, k.Erase(p[3], Identity))
	must(t, k.Compact())
	close(stop)
	wg.Wait()
}

func TestKeyringNewer(t *testing.T) {
	dir, k := newRing(t)
	k.Close()
	raw := readFiles(t, dir)["keyring.b"]
	for _, at := range []int{0, ringSecond} {
		head := raw[at : at+ringHead]
		binary.BigEndian.PutUint16(head[8:], ringVersion+1)
		resum(head)
	}
	writeFile(t, dir, "keyring.b", raw)
	db := testDB
	_, err := openKeyring(osDisk{}, dir, &db)
	wantFault(t, err, fault.Newer, "vault.newer")
}

// The keyring of another vault, or none at all, is damage, not emptiness.
func TestForeignKeyring(t *testing.T) {
	dir, k := newRing(t)
	k.Close()
	other := [KeySize]byte{1}
	_, err := openKeyring(osDisk{}, dir, &other)
	wantFault(t, err, fault.Damaged, "vault.keyring.unreadable")
	_, err = openKeyring(osDisk{}, filepath.Join(dir, "нет"), &other)
	wantFault(t, err, fault.Damaged, "vault.keyring.unreadable")
}

func BenchmarkKeyringOpen200k(b *testing.B) {
	dir, k := newRing(b)
	must(b, k.Ensure(ids(100_000), Identity, Medical))
	b.ResetTimer()
	for range b.N {
		reopenRing(b, dir).Close()
	}
}

func BenchmarkKeyringOpen200kLongTail(b *testing.B) {
	dir, k := newRing(b)
	must(b, k.Ensure(ids(55_000), Identity, Medical))
	must(b, k.Ensure(ids(45_000), Identity, Medical))
	if k.file.tail != 90_000 {
		b.Fatal(k.file.tail)
	}
	b.ResetTimer()
	for range b.N {
		reopenRing(b, dir).Close()
	}
}

func BenchmarkEnsureOne(b *testing.B) {
	_, k := newRing(b)
	must(b, k.Ensure(ids(100_000), Identity, Medical))
	b.ResetTimer()
	for range b.N {
		must(b, k.Ensure(ids(1), Identity, Medical))
	}
}

func BenchmarkEnsureBulk1000(b *testing.B) {
	_, k := newRing(b)
	for range b.N {
		must(b, k.Ensure(ids(1000), Identity, Medical, Money))
	}
}

func BenchmarkErase200k(b *testing.B) {
	_, k := newRing(b)
	p := ids(100_000)
	must(b, k.Ensure(p, Identity, Medical))
	b.ResetTimer()
	for i := range b.N {
		must(b, k.Erase(p[i], Identity, Medical))
	}
}

func BenchmarkKey(b *testing.B) {
	_, k := newRing(b)
	p := ids(100_000)
	must(b, k.Ensure(p, Identity))
	b.ResetTimer()
	for i := range b.N {
		if _, err := k.Key(p[i%len(p)], Identity); err != nil {
			b.Fatal(err)
		}
	}
}
