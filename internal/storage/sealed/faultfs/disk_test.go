package faultfs

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

func mustDisk(t testing.TB, dir string) *Disk {
	t.Helper()
	d, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// image is what a power cut leaves; nil for a file that is gone.
func image(t testing.TB, d *Disk, seed uint64, name string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := d.Image(dir, rand.New(rand.NewPCG(seed, 1))); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return data
}

func TestWhatAPowerCutLeaves(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("durable"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := mustDisk(t, dir)
	a, b := bytes.Repeat([]byte{'a'}, 3000), bytes.Repeat([]byte{'b'}, 3000)
	d.Do(Op{Kind: Write, Path: filepath.Join(dir, "new"), Data: a})
	d.Do(Op{Kind: Sync, Path: filepath.Join(dir, "new")})
	d.Do(Op{Kind: Write, Path: filepath.Join(dir, "new"), Data: b})
	d.Do(Op{Kind: Write, Path: filepath.Join(dir, "unflushed"), Data: b})
	d.Do(Op{Kind: Delete, Path: filepath.Join(dir, "old")})
	seen := map[string]bool{}
	for seed := range uint64(200) {
		got := image(t, d, seed, "new")
		if len(got) != 3000 {
			t.Fatalf("seed %d: a flushed file has %d bytes", seed, len(got))
		}
		for i := 0; i < len(got); i += sector {
			s := got[i:min(i+sector, len(got))]
			if !bytes.Equal(s, a[:len(s)]) && !bytes.Equal(s, b[:len(s)]) {
				t.Fatalf("seed %d: half a sector at %d", seed, i)
			}
		}
		seen["all lost"] = seen["all lost"] || bytes.Equal(got, a)
		seen["all kept"] = seen["all kept"] || bytes.Equal(got, b)
		seen["torn"] = seen["torn"] || (bytes.Contains(got, []byte("ab")) || bytes.Contains(got, []byte("ba")))
		seen["name lost"] = seen["name lost"] || image(t, d, seed, "unflushed") == nil
		seen["removal lost"] = seen["removal lost"] || string(image(t, d, seed, "old")) == "durable"
		seen["removal kept"] = seen["removal kept"] || image(t, d, seed, "old") == nil
	}
	for _, what := range []string{"all lost", "all kept", "torn", "name lost", "removal lost", "removal kept"} {
		if !seen[what] {
			t.Errorf("never seen: %s", what)
		}
	}
}

func TestPlans(t *testing.T) {
	d := mustDisk(t, t.TempDir())
	do := func() Errno { return d.Do(Op{Kind: Write, Path: "x", Data: []byte("1")}).Err }
	d.Plan(At(2, Outcome{Err: EIO}))
	if a, b, c := do(), do(), do(); a != OK || b != EIO || c != OK {
		t.Errorf("at: %v %v %v", a, b, c)
	}
	d.Plan(From(2, Outcome{Err: ENOSPC}))
	if a, b, c := do(), do(), do(); a != OK || b != ENOSPC || c != ENOSPC {
		t.Errorf("from: %v %v %v", a, b, c)
	}
	d.Plan(At(1, Outcome{Err: EPOWER}))
	if a, b := do(), do(); a != EPOWER || b != EPOWER {
		t.Errorf("power: %v %v", a, b)
	}
	if n, last := d.Count(); n != 2 || last.Kind != Write {
		t.Errorf("counted %d, last %v", n, last.Kind)
	}
	d.Plan(nil)
	d.Lie(true)
	if out := d.Do(Op{Kind: Sync, Path: "x"}); !out.Silent || out.Err != OK {
		t.Errorf("a lie: %+v", out)
	}
}

// TestFlushedIsSafe: after a flush every image is the file as it was written.
func TestFlushedIsSafe(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := mustDisk(t, t.TempDir())
		var model []byte
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			off := int64(rapid.IntRange(0, 9000).Draw(r, "off"))
			if rapid.Bool().Draw(r, "cut") {
				d.Do(Op{Kind: Truncate, Path: "x", Size: off})
				model = resize(model, off)
				continue
			}
			p := bytes.Repeat([]byte{rapid.Byte().Draw(r, "byte")}, rapid.IntRange(1, 5000).Draw(r, "n"))
			d.Do(Op{Kind: Write, Path: "x", Off: off, Data: p})
			if int64(len(model)) < off+int64(len(p)) {
				model = resize(model, off+int64(len(p)))
			}
			copy(model[off:], p)
		}
		d.Do(Op{Kind: Sync, Path: "x"})
		if got := image(t, d, rapid.Uint64().Draw(r, "seed"), "x"); !bytes.Equal(got, model) {
			r.Fatal("a flushed file changed")
		}
	})
}
