package access_test

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// card writes a card, so that the ledger has an entry under the present key.
func (o *office) card(name string) clinic.ID {
	o.t.Helper()
	p := clinic.Patient{Name: clinic.Name{Family: name}, Sex: clinic.SexUnknown}
	err := o.s.Update(context.Background(), journal.Act{Actor: o.who.ID, Intent: "test"}, func(tx *store.Tx) error { return tx.PutPatient(&p) })
	if err != nil {
		o.t.Fatal(err)
	}
	return p.ID
}

// whole checks the ledger and every other part of the clinic.
func (o *office) whole() {
	o.t.Helper()
	if _, err := o.s.Verify(context.Background()); err != nil {
		o.t.Error(err)
	}
	for _, c := range o.s.Checks() {
		if _, err := c.Run(context.Background()); err != nil {
			o.t.Errorf("%s: %v", c.Part, err)
		}
	}
}

func (o *office) epoch() uint32 {
	o.t.Helper()
	_, epoch, _, err := o.s.Session().CurrentScope()
	if err != nil {
		o.t.Fatal(err)
	}
	return epoch
}

// valid counts a user's certificates that are not revoked.
func (o *office) valid(user clinic.ID) (n int) {
	ended := map[clinic.ID]bool{}
	for _, r := range o.s.Session().Revocations() {
		ended[r.Certificate] = true
	}
	for _, c := range o.s.Session().Certificates().Of(vault.CertUser, user) {
		if !ended[c.ID] {
			n++
		}
	}
	return n
}

// TestLeaving: who leaves, leaves the keys behind. What was written before stays readable
// and signed, what is written afterwards is under a fresh key that everybody else has, and
// the ledger is whole, also after the clinic was opened anew (R11.2, R11.3).
func TestLeaving(t *testing.T) {
	o, ctx := found(t), context.Background()
	kim := o.add("ким", clinic.Doctor, clinic.Administrator)
	o.add("сестра", clinic.Nurse)
	o.enter("ким", first)
	before, signature := o.card("Раньше"), o.s.Session().SignAsUser([]byte("слово"))
	o.add("принят", clinic.Nurse) // by who leaves
	o.enter(admin, password)
	epoch := o.epoch()
	if err := o.Remove(ctx, "ким"); err != nil {
		t.Fatal(err)
	}
	if got := o.epoch(); got != epoch+1 || o.valid(kim.ID) != 0 {
		t.Errorf("epoch %d after %d, %d certificates count", got, epoch, o.valid(kim.ID))
	}
	after := o.card("Потом")
	o.whole()
	if err := o.Remove(ctx, "ким"); err != nil || o.epoch() != epoch+1 {
		t.Errorf("a second removal: %v, epoch %d", err, o.epoch())
	}
	refused(t, o.change("ким", first), fault.Password, "")
	for _, login := range []string{"сестра", "принят"} {
		o.enter(login, first)
		for _, id := range []clinic.ID{before, after} {
			if _, err := o.s.Reader(ctx).Patient(id); err != nil {
				t.Errorf("%s: %v", login, err)
			}
		}
		o.card(login)
		o.whole()
	}
	o.enter(admin, password)
	if keys := o.s.SignerKeys(kim.ID); len(keys) == 0 || len(signature) == 0 {
		t.Error("what was signed can't be checked any more")
	}
	o.add("новый", clinic.Doctor) // gets the keys of all epochs
	o.enter("новый", first)
	o.card("новый")
	o.whole()
	// The same person comes back, with keys of their own, and goes again.
	o.enter(admin, password)
	if _, err := o.Add(ctx, kim, "другой пароль"); err != nil {
		t.Fatal(err)
	}
	o.enter("ким", "другой пароль")
	o.card("вернулся")
	o.whole()
	o.enter(admin, password)
	if err := o.Remove(ctx, "ким"); err != nil || o.epoch() != epoch+2 || o.valid(kim.ID) != 0 {
		t.Error(err, o.epoch(), o.valid(kim.ID))
	}
	o.card("снова")
	o.whole()
}

// TestFounderLeaves: the founder's certificate is the root and stays, the slot goes.
func TestFounderLeaves(t *testing.T) {
	o, ctx := found(t), context.Background()
	o.add("второй", clinic.Administrator)
	o.card("Раньше")
	o.enter("второй", first)
	epoch := o.epoch()
	for range 2 {
		if err := o.Remove(ctx, admin); err != nil || o.epoch() != epoch+1 {
			t.Fatal(err, o.epoch())
		}
	}
	o.card("Потом")
	o.whole()
	refused(t, o.change(admin, password), fault.Password, "")
	o.enter("второй", first)
	o.add("третий", clinic.Nurse)
	o.enter("третий", first)
	o.card("третий")
	o.whole()
}

// TestBrokenOff: a removal that was broken off after the slot went is finished by the next
// one.
func TestBrokenOff(t *testing.T) {
	o, ctx := found(t), context.Background()
	kim := o.add("ким", clinic.Doctor)
	epoch := o.epoch()
	if err := o.s.Session().RemoveUser("ким"); err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(ctx, "ким"); err != nil || o.epoch() != epoch+1 || o.valid(kim.ID) != 0 {
		t.Error(err, o.epoch(), o.valid(kim.ID))
	}
	o.whole()
}

// TestDemoted: who is an administrator no more certifies nobody, keeps reading through
// later changes of the key, and may become one again.
func TestDemoted(t *testing.T) {
	o, ctx := found(t), context.Background()
	kim := o.add("ким", clinic.Administrator, clinic.Doctor)
	o.add("сестра", clinic.Nurse)
	roles := func(roles ...clinic.Role) func(clinic.Staff) (clinic.Staff, error) {
		return func(s clinic.Staff) (clinic.Staff, error) { s.Roles = roles; return s, nil }
	}
	if _, err := o.Edit(ctx, "ким", roles(clinic.Doctor)); err != nil {
		t.Fatal(err)
	}
	if n := o.valid(kim.ID); n != 1 {
		t.Errorf("%d certificates count", n)
	}
	if err := o.Remove(ctx, "сестра"); err != nil { // changes the key
		t.Fatal(err)
	}
	o.card("Потом")
	o.enter("ким", first)
	o.card("ким")
	o.whole()
	err := o.s.Session().AddUser(vault.NewUser{ID: clinic.NewID(), Login: "свой", Password: first})
	refused(t, err, fault.Forbidden, "vault.user.not_issuer")
	o.enter(admin, password)
	if _, err := o.Edit(ctx, "ким", roles(clinic.Administrator)); err != nil {
		t.Fatal(err)
	}
	o.enter("ким", first)
	o.add("четвёртый", clinic.Nurse)
	// The founder is demoted by the new one: the root stays, the founder issues nothing.
	if _, err := o.Edit(ctx, admin, roles(clinic.Auditor)); err != nil {
		t.Fatal(err)
	}
	o.enter(admin, password)
	err = o.s.Session().AddUser(vault.NewUser{ID: clinic.NewID(), Login: "свой", Password: first})
	refused(t, err, fault.Forbidden, "vault.user.not_issuer")
	o.whole()
}

// TestNewPhrase: the new phrase opens the clinic, the former one doesn't, and it stands in
// the ledger that it was made.
func TestNewPhrase(t *testing.T) {
	o, ctx := found(t), context.Background()
	former, err := o.NewPhrase(ctx)
	if err != nil {
		t.Fatal(err)
	}
	phrase, err := o.NewPhrase(ctx)
	if err != nil || phrase == former {
		t.Fatal(err)
	}
	o.card("Раньше")
	noted := 0
	for e, err := range o.s.Log(ctx, clinic.ID{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range e.Payloads {
			for _, a := range p.Accesses {
				if a.Action == "phrase" && a.What == "keys" && p.Actor == o.who.ID {
					noted++
				}
			}
		}
	}
	if noted != 2 {
		t.Errorf("noted %d times", noted)
	}
	refused(t, o.s.Session().CheckPhrase(former), fault.Password, "")
	if err := o.s.Session().CheckPhrase(phrase); err != nil {
		t.Error(err)
	}
	o.whole()
	if err := o.s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Recover(ctx, o.dir, phrase, vault.RecoverParams{Login: admin, Password: "новый пароль", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1}}, store.Options{CacheMB: 8})
	if err != nil {
		t.Fatal(err)
	}
	o.sit(again)
	o.card("Потом")
	o.whole()
}
