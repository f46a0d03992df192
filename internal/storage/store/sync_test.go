package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// TestTwoWorkstations: one joins, both work, each sees the other's work, and the
// numbers of their cards differ (R1.2, R7).
func TestTwoWorkstations(t *testing.T) {
	ctx := context.Background()
	a, h, _ := linked(t)
	first := register(t, a, "Иванов")
	visit := visited(t, a, first.ID, "кашель")
	b, _ := h.joined(t, a, "Регистратура", "admin", "correct horse", store.Options{})
	got, err := b.Reader(ctx).Patient(first.ID)
	must(t, err)
	if got.Family != "Иванов" || len(got.Contacts) != 1 {
		t.Fatalf("%+v", got)
	}
	second := register(t, b, "Петров")
	if first.CaseNumber != "А-000001" || second.CaseNumber != "Б-000001" {
		t.Error(first.CaseNumber, second.CaseNumber)
	}
	v, err := b.Reader(ctx).Visit(visit.ID)
	must(t, err)
	v.Complaints = "кашель, насморк"
	must(t, b.Update(ctx, daily, func(tx *store.Tx) error { return tx.PutVisit(&v) }))
	h.settle(t, b, a)
	if v, err = a.Reader(ctx).Visit(visit.ID); err != nil || v.Complaints != "кашель, насморк" {
		t.Error(err, v.Complaints)
	}
	if found, err := a.Reader(ctx).Patient(second.ID); err != nil || found.Family != "Петров" {
		t.Error(err)
	}
	sound(t, a, "founder")
	sound(t, b, "joined")
	// Nothing moves any more once all have exchanged.
	n := len(h.entries)
	h.settle(t, a, b)
	if len(h.entries) != n {
		t.Errorf("%d entries after %d: an exchange of nothing writes", len(h.entries), n)
	}
}

// TestUnlinkedWritesNothing: a clinic without a server has no entries about keys.
func TestUnlinkedWritesNothing(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	before, err := s.Outbox(ctx, 0, 1<<20)
	must(t, err)
	must(t, s.Session().AddUser(vault.NewUser{ID: clinic.NewID(), Login: "врач", Password: "second horse"}))
	must(t, s.Publish(ctx, "user.keys"))
	after, err := s.Outbox(ctx, 0, 1<<20)
	must(t, err)
	if len(after) != len(before) {
		t.Errorf("%d entries, %d before", len(after), len(before))
	}
}

// TestUsersTravel: a user made at one workstation logs in at the other; a changed
// password opens there and the former does not; a removed user stays out.
func TestUsersTravel(t *testing.T) {
	ctx := context.Background()
	a, h, _ := linked(t)
	b, _ := h.joined(t, a, "Кабинет 2", "admin", "correct horse", store.Options{})
	doctor := clinic.NewID()
	must(t, a.Session().AddUser(vault.NewUser{ID: doctor, Login: "врач", Password: "second horse"}))
	h.settle(t, a, b)
	id, err := b.Admit(ctx, "врач", "second horse")
	if err != nil || id != doctor {
		t.Fatal(id, err)
	}
	must(t, b.ActAs(doctor))
	must(t, b.Session().ChangePassword("second horse", "third horse"))
	h.settle(t, b, a)
	if _, err := a.Admit(ctx, "врач", "second horse"); !fault.Is(err, fault.Password) {
		t.Errorf("the former password: %v", err)
	}
	if _, err := a.Admit(ctx, "врач", "third horse"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	must(t, b.ActAs(b.Admitted()[1]))
	must(t, a.Session().RemoveUser("врач"))
	h.settle(t, a, b)
	if _, err := b.Admit(ctx, "врач", "third horse"); !fault.Is(err, fault.Password) && !fault.Is(err, fault.Forbidden) {
		t.Errorf("a removed user: %v", err)
	}
	sound(t, a, "founder")
	sound(t, b, "joined")
}

// TestRevocation: a workstation that was shut out reads nothing new, what it wrote
// before counts, what it writes after does not (R7.7).
func TestRevocation(t *testing.T) {
	ctx := context.Background()
	a, h, _ := linked(t)
	b, _ := h.joined(t, a, "Ноутбук", "admin", "correct horse", store.Options{})
	c, _ := h.joined(t, a, "Кабинет 3", "admin", "correct horse", store.Options{})
	before := register(t, b, "До")
	h.settle(t, b, a, c)
	gone := b.Session().Device()
	last := h.last[chainOf{gone, ledger.Changes}]
	must(t, a.Session().RevokeDevice(gone, last.Header.Seq, last.Hash[:], "lost"))
	must(t, a.Publish(ctx, "device.revoke"))
	must(t, h.renew(a))
	secret := register(t, a, "После")
	must(t, h.round(a))
	must(t, h.round(c))
	if p, err := c.Reader(ctx).Patient(secret.ID); err != nil || p.Family != "После" {
		t.Fatal(err)
	}
	if _, err := c.Reader(ctx).Patient(before.ID); err != nil {
		t.Errorf("what was written before is gone: %v", err)
	}
	// It pulls all there is, and is even handed the ring's records.
	l, err := h.link(b)
	must(t, err)
	_ = h.pull(b, &l)
	if _, err := b.Reader(ctx).Patient(secret.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the revoked workstation reads on: %v", err)
	}
	// What it writes now is refused by the others, and holds nobody up.
	late := register(t, b, "Поздний")
	out, err := b.Outbox(ctx, l.Pushed, 1<<20)
	must(t, err)
	for _, o := range out {
		if o.Device != gone {
			continue
		}
		e, err := ledger.Decode(o.Raw)
		must(t, err)
		if _, err := c.Apply(ctx, []*ledger.Entry{e}); err == nil && o.Seq > last.Header.Seq && o.Chain == ledger.Changes {
			t.Errorf("entry %d of the revoked was taken", o.Seq)
		}
	}
	if _, err := c.Reader(ctx).Patient(late.ID); !fault.Is(err, fault.NotFound) {
		t.Error("a card of the revoked workstation")
	}
	register(t, c, "Дальше")
	h.settle(t, a, c)
	sound(t, a, "founder")
	sound(t, c, "other")
}

// TestErasure: what is erased at one workstation goes from the other, files and
// drafts too, and does not come back with what a third one brings late (R10.3).
func TestErasure(t *testing.T) {
	ctx := context.Background()
	a, h, dirA := linked(t)
	b, dirB := h.joined(t, a, "Кабинет 2", "admin", "correct horse", store.Options{})
	c, _ := h.joined(t, a, "Кабинет 3", "admin", "correct horse", store.Options{})
	p := register(t, a, "Стираемый")
	kept := register(t, a, "Остающийся")
	v := visited(t, a, p.ID, "тайна")
	scan := clinic.Attachment{Patient: p.ID, Kind: "scan", Title: "снимок", Media: "image/png"}
	must(t, a.PutAttachment(ctx, daily, &scan, strings.NewReader("снимок больного")))
	h.settle(t, a, b, c)
	bring(t, h, a, b)
	for _, s := range []*store.Store{a, b} {
		must(t, s.Local(ctx, func(tx *store.Tx) error {
			return tx.PutDraft(store.Draft{Staff: s.Session().User(), Kind: "visit", ID: v.ID, Body: `{"text":"тайна"}`})
		}))
	}
	// The third one has written about the patient, and is away.
	visited(t, c, p.ID, "поздняя запись")
	must(t, a.Erase(ctx, p.ID, ledger.Identity, ledger.Medical, ledger.Money, ledger.Letters))
	must(t, h.renew(a))
	h.settle(t, a, b)
	h.settle(t, c, a, b)
	for name, s := range map[string]*store.Store{"a": a, "b": b, "c": c} {
		if _, err := s.Reader(ctx).Patient(p.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: the card: %v", name, err)
		}
		if _, err := s.Reader(ctx).Patient(kept.ID); err != nil {
			t.Errorf("%s: another card: %v", name, err)
		}
		if vs, err := s.Reader(ctx).Visits(p.ID); err != nil || len(vs) != 0 {
			t.Errorf("%s: %d visits, %v", name, len(vs), err)
		}
		if ds, err := s.Reader(ctx).Drafts(s.Session().User()); err != nil || len(ds) != 0 {
			t.Errorf("%s: %d drafts, %v", name, len(ds), err)
		}
		if found, err := s.Reader(ctx).FindPatients("Стираемый", 5); err != nil || len(found) != 0 {
			t.Errorf("%s: found %d, %v", name, len(found), err)
		}
		sound(t, s, name)
	}
	for _, dir := range []string{dirA, dirB} {
		if _, err := os.Stat(filepath.Join(dir, "blobs", scan.Blob[:2], scan.Blob)); err == nil {
			t.Errorf("the attachment's file is still in %s", filepath.Base(dir))
		}
	}
}

// TestAbsorbIsRepeated: a break between an entry that brings keys and the vault's
// taking them in is made good at the next opening.
func TestAbsorbIsRepeated(t *testing.T) {
	ctx := context.Background()
	a, h, _ := linked(t)
	b, dir := h.joined(t, a, "Кабинет 2", "admin", "correct horse", store.Options{})
	before := t.TempDir()
	slots := []string{"slots.a", "slots.b"}
	for _, n := range slots {
		content, err := os.ReadFile(filepath.Join(dir, n))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(before, n), content, 0o600))
	}
	must(t, a.Session().AddUser(vault.NewUser{ID: clinic.NewID(), Login: "врач", Password: "second horse"}))
	h.settle(t, a, b)
	must(t, b.Close())
	// The database has the entry, the key files are those of before it.
	for _, n := range slots {
		content, err := os.ReadFile(filepath.Join(before, n))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, n), content, 0o600))
	}
	b, err := store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	must(t, err)
	defer b.Close()
	if _, err := b.Admit(ctx, "врач", "second horse"); err != nil {
		t.Error(err)
	}
}

// TestErasureIsRepeated: keys that are gone while rows still stand (a break between
// the two) make the rows go at the next opening.
func TestErasureIsRepeated(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := found(t, dir)
	p := register(t, s, "Стираемый")
	must(t, s.Session().Keyring().Erase(p.ID, vault.Classes()...))
	must(t, s.Close())
	s, err := store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	must(t, err)
	defer s.Close()
	if _, err := s.Reader(ctx).Patient(p.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	sound(t, s, "reopened")
}

// TestCaseLettersNeverClash: whoever invites whom, no two workstations get the same
// letters, and none of them reads as another's with more behind (R1.2).
func TestCaseLettersNeverClash(t *testing.T) {
	seen := map[string]bool{}
	var grow func(own string, founder bool, depth int)
	grow = func(own string, founder bool, depth int) {
		if seen[own] {
			t.Fatalf("%s was given twice", own)
		}
		seen[own] = true
		if depth == 0 {
			return
		}
		for given := range 60 {
			grow(store.CaseLetters(own, given), false, depth-1)
		}
	}
	grow("А", true, 2)
	if !seen["Б"] || !seen["БА"] || !seen["Я"+"А"] || len(seen) != 1+60+60*60 {
		t.Error(len(seen))
	}
}

// TestClockIsCorrected: entries are stamped by the server's clock.
func TestClockIsCorrected(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	const hour = 3600e9
	if !s.CorrectClock(hour) {
		t.Fatal("an hour is no reason to doubt")
	}
	// A server that is wrong by more than a day moves no stamps (R7.5).
	for _, lie := range []time.Duration{250 * 365 * 24 * time.Hour, -250 * 365 * 24 * time.Hour, store.MaxClockOffset + 1, -store.MaxClockOffset - 1} {
		if s.CorrectClock(lie) {
			t.Errorf("an offset of %v was taken", lie)
		}
	}
	register(t, s, "Иванов")
	out, err := s.Outbox(ctx, 0, 1<<20)
	must(t, err)
	one, err := ledger.Decode(out[0].Raw)
	must(t, err)
	two, err := ledger.Decode(out[len(out)-1].Raw)
	must(t, err)
	if ahead := two.Header.HLC.Time().Sub(one.Header.HLC.Time()); ahead < hour || ahead > 2*hour {
		t.Errorf("stamped %v later", ahead)
	}
}

// TestLinkIsKept: what is put comes back; another database behind a server begins
// with every attachment due.
func TestLinkIsKept(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	p := register(t, s, "Иванов")
	a := clinic.Attachment{Patient: p.ID, Kind: "scan"}
	must(t, s.PutAttachment(ctx, journal.Act{Intent: "x"}, &a, strings.NewReader("x")))
	l := store.Link{URL: hubURL, Server: ledger.NewID(), Pin: []byte{1}, Cursor: 1 << 40, Pushed: 3, RingGen: 7, RingN: 9, KeyPlace: 4, Offset: -5, Problem: "x"}
	must(t, s.PutLink(ctx, l))
	got, err := s.Links(ctx)
	if err != nil || len(got) != 1 || got[0].Cursor != l.Cursor || got[0].Server != l.Server || got[0].RingN != 9 || got[0].Offset != -5 || got[0].Pin[0] != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	due, err := s.BlobsUnsent(ctx, l.Server, 10)
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	must(t, s.BlobsSent(ctx, l.Server, due...))
	must(t, s.PutLink(ctx, l))
	if due, err = s.BlobsUnsent(ctx, l.Server, 10); err != nil || len(due) != 0 {
		t.Error(due, err)
	}
	l.Server = ledger.NewID()
	must(t, s.PutLink(ctx, l))
	if due, err = s.BlobsUnsent(ctx, l.Server, 10); err != nil || len(due) != 1 {
		t.Error(due, err)
	}
	must(t, s.DropLink(ctx, hubURL))
	if got, err = s.Links(ctx); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
}
