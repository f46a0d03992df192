package syncer_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/syncer"
)

func (s *station) stick(dir string) syncer.Report {
	s.t.Helper()
	r, err := syncer.Stick(context.Background(), s.Store, dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// three workstations of a clinic that have exchanged all.
func three(t *testing.T) (h *hub, a, b, c *station) {
	t.Helper()
	h = newHub(t)
	a = linked(t, h)
	a.sync()
	b, c = a.joined(h, "вторая"), a.joined(h, "третья")
	for _, s := range []*station{b, c, a, b, c} {
		s.sync()
	}
	return h, a, b, c
}

// TestStick: what is written apart comes together by a stick, in several visits.
func TestStick(t *testing.T) {
	_, a, b, c := three(t)
	dir := t.TempDir()
	p := a.patient("Первый")
	if r := a.stick(dir); r.Pushed == 0 || r.Pulled != 0 {
		t.Fatalf("%+v", r)
	}
	if r := a.stick(dir); r.Pushed != 0 {
		t.Fatalf("written again: %+v", r)
	}
	if r := b.stick(dir); r.Pulled == 0 {
		t.Fatalf("%+v", r)
	}
	b.rename(p.ID, "Второй")
	q := b.patient("Свой")
	b.stick(dir)
	c.stick(dir)
	if c.family(p.ID) != "Второй" || c.family(q.ID) != "Свой" {
		t.Fatal("the stick did not bring it")
	}
	c.rename(q.ID, "Третий")
	c.stick(dir)
	a.stick(dir)
	b.stick(dir)
	if a.family(q.ID) != "Третий" {
		t.Fatal("it did not come round")
	}
	same(t, a, b, c)
}

// TestStickHalfCopied: a file that is not whole counts as not there, and is written
// again by the next who has what it held.
func TestStickHalfCopied(t *testing.T) {
	_, a, b, c := three(t)
	dir := t.TempDir()
	p := a.patient("Половина")
	a.stick(dir)
	files, err := filepath.Glob(filepath.Join(dir, "feldsher", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if !info.IsDir() {
			if err := os.Truncate(f, info.Size()*2/3); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r := b.stick(dir); r.Pulled != 0 {
		t.Fatalf("%+v", r)
	}
	a.stick(dir)
	c.stick(dir)
	if c.family(p.ID) != "Половина" {
		t.Fatal("it was not written again")
	}
	same(t, a, c)
}

// TestStickErased: an erasure comes by the stick, and takes the keys from the stick.
func TestStickErased(t *testing.T) {
	ctx := context.Background()
	_, a, b, _ := three(t)
	dir := t.TempDir()
	p := a.patient("Забытый")
	a.stick(dir)
	b.stick(dir)
	if err := b.Erase(ctx, p.ID, ledger.Identity, ledger.Medical); err != nil {
		t.Fatal(err)
	}
	b.stick(dir)
	a.stick(dir)
	if _, err := a.Reader(ctx).Patient(p.ID); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	rings, _ := filepath.Glob(filepath.Join(dir, "feldsher", "*", "*.ring"))
	if len(rings) != 1 || !strings.Contains(rings[0], a.Session().Device().String()) {
		t.Fatalf("former keys are left on the stick: %v", rings)
	}
	same(t, a, b)
}

// TestStickPath: what is no stick is named.
func TestStickPath(t *testing.T) {
	a := founded(t)
	if _, err := syncer.Stick(context.Background(), a.Store, filepath.Join(t.TempDir(), "нет")); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "файл")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := syncer.Stick(context.Background(), a.Store, file); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}
