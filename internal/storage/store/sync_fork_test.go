package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/store"
)

func reopen(t *testing.T, dir, outside string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{Outside: outside})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// noted founds a clinic that is noted outside, linked and closed.
func noted(t *testing.T, outside string) (dir string, h *hub, device ledger.ID) {
	t.Helper()
	s, h, dir := linked(t)
	register(t, s, "Общий")
	must(t, h.round(s))
	must(t, s.Close())
	s = reopen(t, dir, outside)
	device = s.Session().Device()
	if _, _, forked := s.Forked(); forked {
		t.Fatal("a directory that was never noted is no copy")
	}
	must(t, s.Close())
	return dir, h, device
}

// sees checks that a workstation has cards of all these names.
func sees(t *testing.T, s *store.Store, what string, families ...string) {
	t.Helper()
	for number, n := range seesCards(t, s, what, families...) {
		if n > 1 {
			t.Errorf("%s: case number %s stands %d times (R1.2)", what, number, n)
		}
	}
}

// seesCards is sees, but that numbers may clash: it gives how often each stands.
func seesCards(t *testing.T, s *store.Store, what string, families ...string) map[string]int {
	t.Helper()
	numbers := map[string]int{}
	have := map[string]int{}
	for p, err := range s.Reader(context.Background()).Patients {
		must(t, err)
		have[p.Family]++
		numbers[p.CaseNumber]++
	}
	for _, f := range families {
		if have[f] != 1 {
			t.Errorf("%s: %d cards of %s", what, have[f], f)
		}
	}
	return numbers
}

// TestCopiedDirectory: a directory copied to another computer gets an identity of
// its own there before it writes; what both write survives (R7).
func TestCopiedDirectory(t *testing.T) {
	outside, elsewhere := t.TempDir(), t.TempDir()
	dir, h, device := noted(t, outside)
	copied := filepath.Join(t.TempDir(), "copy")
	copyDir(t, dir, copied)
	a, b := reopen(t, dir, outside), reopen(t, copied, elsewhere)
	if _, _, forked := a.Forked(); forked || a.Session().Device() != device {
		t.Error("the original has changed its identity")
	}
	former, sign, forked := b.Forked()
	if !forked || former != device || b.Session().Device() == device || len(sign([]byte("x"))) == 0 {
		t.Fatal("the copy has kept its identity")
	}
	first, second := register(t, a, "Подлинный"), register(t, b, "Списанный")
	if first.CaseNumber == second.CaseNumber {
		t.Errorf("both gave %s", first.CaseNumber)
	}
	h.wraps[b.Session().Device()] = wrapOf(t, a, b)
	h.settle(t, a, b)
	for name, s := range map[string]*store.Store{"original": a, "copy": b} {
		sees(t, s, name, "Общий", "Подлинный", "Списанный")
		sound(t, s, name)
	}
	// Opened again, each stays who it is.
	now := b.Session().Device()
	must(t, b.Close())
	if b = reopen(t, copied, elsewhere); b.Session().Device() != now {
		t.Error("the copy changes its identity at every opening")
	}
	if _, _, forked := b.Forked(); !forked {
		t.Error("who the former was is forgotten before a server knows")
	}
}

// wrapOf is what a server would be given for a successor: by itself, for it has
// the ring's key.
func wrapOf(t *testing.T, _, s *store.Store) []byte {
	t.Helper()
	w, err := s.Session().WrapRing(s.Session().Device())
	must(t, err)
	return w
}

// TestCopyOnOneComputer: a copy beside the original is noticed by either being
// there, and a moved directory is no copy.
func TestCopyOnOneComputer(t *testing.T) {
	outside := t.TempDir()
	dir, _, device := noted(t, outside)
	copied := filepath.Join(t.TempDir(), "copy")
	copyDir(t, dir, copied)
	b := reopen(t, copied, outside)
	if b.Session().Device() == device {
		t.Error("the copy has kept its identity")
	}
	if a := reopen(t, dir, outside); a.Session().Device() != device {
		t.Error("the original has changed its identity")
	} else {
		must(t, a.Close())
	}
	moved := filepath.Join(t.TempDir(), "moved")
	must(t, os.Rename(dir, moved))
	if a := reopen(t, moved, outside); a.Session().Device() != device {
		t.Error("a moved directory has changed its identity")
	}
}

// TestRestoredDirectory: an older state put in the place of a newer one gets a new
// identity; what the lost state had pushed comes back from the server.
func TestRestoredDirectory(t *testing.T) {
	outside := t.TempDir()
	dir, h, device := noted(t, outside)
	backup := filepath.Join(t.TempDir(), "backup")
	copyDir(t, dir, backup)
	a := reopen(t, dir, outside)
	register(t, a, "Позже")
	must(t, h.round(a))
	must(t, a.Close())
	must(t, os.RemoveAll(dir))
	copyDir(t, backup, dir)
	a = reopen(t, dir, outside)
	if a.Session().Device() == device {
		t.Fatal("the restored directory has kept its identity")
	}
	h.wraps[a.Session().Device()] = wrapOf(t, a, a)
	register(t, a, "После возврата")
	h.settle(t, a)
	sees(t, a, "restored", "Общий", "Позже", "После возврата")
	sound(t, a, "restored")
}

// TestKilledWhileNoting: whatever of the note and the secret a break leaves, the
// directory is no stranger afterwards.
func TestKilledWhileNoting(t *testing.T) {
	outside := t.TempDir()
	dir, _, device := noted(t, outside)
	note := filepath.Join(outside, device.String()+".json")
	secret := filepath.Join(dir, "incarnation")
	before, err := os.ReadFile(secret)
	must(t, err)
	a := reopen(t, dir, outside)
	must(t, a.Close())
	// As if the note named the next secret and the directory still had the former.
	text, err := os.ReadFile(note)
	must(t, err)
	after, err := os.ReadFile(secret)
	must(t, err)
	half := `{"path":"` + dir + `","incarnation":"` + string(before) + `","next":"` + string(after) + `","heads":[]}`
	for _, own := range [][]byte{before, after} {
		must(t, os.WriteFile(note, []byte(half), 0o600))
		must(t, os.WriteFile(secret, own, 0o600))
		a := reopen(t, dir, outside)
		if a.Session().Device() != device {
			t.Error("a break while noting has made a stranger of the directory")
		}
		must(t, a.Close())
	}
	_ = text
}

// TestBothWrote: two copies that nobody noticed write under one identity; the one
// that comes second to the server gives way, and both branches survive, the
// accesses too.
func TestBothWrote(t *testing.T) {
	ctx := context.Background()
	a, h, dir := linked(t)
	register(t, a, "Общий")
	look := func(s *store.Store, what string) {
		must(t, s.Access(ctx, []ledger.Access{{At: 1, Action: "view", What: what, Count: 1}}))
	}
	look(a, "before")
	must(t, h.round(a))
	c, _ := h.joined(t, a, "Кабинет 3", "admin", "correct horse", store.Options{})
	must(t, h.round(a))
	must(t, a.Close())
	copied := filepath.Join(t.TempDir(), "copy")
	copyDir(t, dir, copied)
	a, b := reopen(t, dir, ""), reopen(t, copied, "")
	device := a.Session().Device()
	p := register(t, c, "Третий")
	must(t, h.round(c))
	register(t, a, "Первый")
	look(a, "a")
	must(t, h.round(a))
	register(t, a, "Первый ещё")
	q := register(t, b, "Второй")
	look(b, "b")
	must(t, b.Update(ctx, daily, func(tx *store.Tx) error { q.Note = "изменено"; return tx.PutPatient(&q) }))
	visited(t, b, q.ID, "кашель")
	must(t, h.round(a))
	if err := h.round(b); err != nil {
		t.Fatal(err)
	}
	if b.Session().Device() == device {
		t.Error("the second has kept the identity")
	}
	h.settle(t, a, b, c)
	register(t, b, "Второй ещё")
	look(b, "b again")
	h.settle(t, b, a, c)
	for name, s := range map[string]*store.Store{"first": a, "second": b, "third": c} {
		// Nobody could know of the other's numbers: clashes are shown, not prevented.
		seesCards(t, s, name, "Третий", "Первый", "Первый ещё", "Второй ещё", "Общий")
		if got, err := s.Reader(ctx).Patient(q.ID); err != nil || got.Note != "изменено" {
			t.Errorf("%s: %v %q", name, err, got.Note)
		}
		if vs, err := s.Reader(ctx).Visits(q.ID); err != nil || len(vs) != 1 {
			t.Errorf("%s: %d visits, %v", name, len(vs), err)
		}
		looked := map[string]int{}
		for o, err := range s.Log(ctx, clinic.ID{}) {
			must(t, err)
			for _, b := range o.Payloads {
				for _, acc := range b.Accesses {
					looked[acc.What]++
				}
			}
		}
		for _, what := range []string{"before", "a", "b", "b again"} {
			if looked[what] != 1 {
				t.Errorf("%s: access %q stands %d times", name, what, looked[what])
			}
		}
		sound(t, s, name)
	}
	_ = p
	must(t, b.Close())
	sound(t, reopen(t, copied, ""), "second, opened again")
}
