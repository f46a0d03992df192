package store_test

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// TestEpochMadeWhilePublishingWaits: a scope key that is made while others are being
// published is not written under before its own shares stand in the ledger (R7.7).
func TestEpochMadeWhilePublishingWaits(t *testing.T) {
	ctx := context.Background()
	a, h, dir := linked(t)
	b, _ := h.joined(t, a, "Кабинет 2", "admin", "correct horse", store.Options{})
	h.settle(t, a, b)
	must(t, a.Close())
	meanwhile := func() {} // runs when the entry is being stamped
	a, err := store.Open(ctx, dir, "admin", "correct horse", store.Options{Now: func() time.Time {
		meanwhile()
		return time.Now()
	}})
	must(t, err)
	t.Cleanup(func() { _ = a.Close() })
	scope, before, _, err := a.Session().CurrentScope()
	must(t, err)
	for _, login := range []string{"врач", "сестра"} {
		must(t, a.Session().AddUser(vault.NewUser{ID: clinic.NewID(), Login: login, Password: "second horse"}))
		var made uint32
		meanwhile = func() {
			meanwhile = func() {}
			var err error
			made, err = a.Session().Rotate(scope)
			must(t, err)
		}
		must(t, a.Publish(ctx, "user.keys"))
		if _, now, _, err := a.Session().CurrentScope(); err != nil || made <= before || now >= made {
			t.Fatalf("sealed under epoch %d; %d was made while %d was published: %v", now, made, before, err)
		}
		p := register(t, a, "До "+login)
		h.settle(t, a, b)
		if got, err := b.Reader(ctx).Patient(p.ID); err != nil || got.Family != p.Family {
			t.Error(got.Family, err)
		}
		// The exchange has published it: from here on it is in force.
		if _, before, _, err = a.Session().CurrentScope(); err != nil || before != made {
			t.Errorf("sealed under epoch %d of %d: %v", before, made, err)
		}
		p = register(t, a, "После "+login)
		h.settle(t, a, b)
		if got, err := b.Reader(ctx).Patient(p.ID); err != nil || got.Family != p.Family {
			t.Error(got.Family, err)
		}
	}
	sound(t, a, "founder")
	sound(t, b, "joined")
}

// TestColleagueOfRevokedWorkstationIsNotCutOff: a workstation is revoked while a
// colleague, who does not know of it yet, takes in what it goes on to write and
// builds on that. His work reaches the one who revoked it (R7.5, R7.7).
func TestColleagueOfRevokedWorkstationIsNotCutOff(t *testing.T) {
	ctx := context.Background()
	a, h, _ := linked(t)
	b, _ := h.joined(t, a, "Ноутбук", "admin", "correct horse", store.Options{})
	c, _ := h.joined(t, a, "Кабинет 3", "admin", "correct horse", store.Options{})
	p := register(t, b, "Общая")
	h.settle(t, b, a, c)
	gone := b.Session().Device()
	last := h.last[chainOf{gone, ledger.Changes}]
	must(t, a.Session().RevokeDevice(gone, last.Header.Seq, last.Hash[:], "stolen"))
	must(t, a.Publish(ctx, "device.revoke")) // and the server can't be reached
	p.Given = "Поздний"
	must(t, b.Update(ctx, daily, func(tx *store.Tx) error { return tx.PutPatient(&p) }))
	must(t, h.round(b))
	if err := h.round(a); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("what was written after the revocation: %v", err)
	}
	l, err := h.link(a)
	must(t, err)
	l.Cursor = uint64(len(h.entries)) // left lying, as an exchange does
	must(t, a.PutLink(ctx, l))
	if got, err := a.Reader(ctx).Patient(p.ID); err != nil || got.Given == "Поздний" {
		t.Fatal("it was taken", err)
	}
	// The revocation waits at a; c has only what the server had.
	var page []*ledger.Entry
	for _, e := range h.entries {
		if e.Header.Device == gone {
			page = append(page, e)
		}
	}
	if _, err := c.Apply(ctx, page); err != nil {
		t.Fatal(err)
	}
	q := register(t, c, "Карта коллеги")
	h.settle(t, c, a)
	for _, id := range []clinic.ID{p.ID, q.ID} {
		mine, err := a.Reader(ctx).Patient(id)
		must(t, err)
		his, err := c.Reader(ctx).Patient(id)
		must(t, err)
		if mine.Family != his.Family || mine.Given != his.Given {
			t.Errorf("%q and %q", mine.Given, his.Given)
		}
	}
	sound(t, a, "founder")
	sound(t, c, "colleague")
}
