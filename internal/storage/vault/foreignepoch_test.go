package vault

import (
	"math"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// sealedBy gives the shares of an epoch whose key a device has chosen, for everybody
// but that device.
func sealedBy(t *testing.T, s *Session, epoch uint32, key *[KeySize]byte) (records []Record) {
	t.Helper()
	e := scopeEpoch{Scope: firstScope(t, s), Epoch: epoch}
	by := s.deviceSigner()
	defer clear(by.key)
	for _, c := range s.certs.All() {
		if c.Kind == CertUser || c.Kind == CertDevice && c.Subject != s.Device() {
			must(t, e.sealFor(s.Organisation(), c, key, by))
		}
	}
	for _, r := range e.Recipients {
		records = append(records, newRecord(RecordShare, e.record(s.Organisation(), r)))
	}
	return records
}

// A workstation can't have the others seal for ever under a key that it knows, by
// giving it the highest number of all: after it was ended they seal under another,
// and go on counting.
func TestEpochFarAheadIsRefused(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, evil := joined(t, a, "Пост 3", testLogin, testPassword)
	meet(t, a, b, evil)
	scope := firstScope(t, a)
	known := [KeySize]byte{6, 6, 6}
	held := a.body.epoch(scope) >> epochCounter
	for _, epoch := range []uint32{math.MaxUint32, (held + epochLead + 1) << epochCounter} {
		records := sealedBy(t, evil, epoch, &known)
		for _, s := range []*Session{a, b} {
			changed, bad, err := s.Absorb(records)
			must(t, err)
			if changed || len(bad) != len(records) || s.body.epoch(scope) == epoch {
				t.Fatalf("epoch %x was taken: %v", epoch, bad)
			}
		}
	}
	must(t, a.RevokeDevice(evil.Device(), 0, nil, "stolen"))
	share(t, a, b)
	for range 3 {
		_, epochs := a.Publication()
		for _, e := range epochs {
			a.Published(e.Scope, e.Number)
		}
		share(t, a, b)
		for _, s := range []*Session{a, b} {
			if _, epoch, key, err := s.CurrentScope(); err != nil || *key == known || epoch != a.body.epoch(scope) {
				t.Fatalf("sealed under epoch %x: %v", epoch, err)
			}
		}
		was := a.body.epoch(scope)
		if now, err := a.Rotate(scope); err != nil || now <= was {
			t.Fatalf("%x after %x: %v", now, was, err)
		}
	}
}

// Whoever was away while the others made many epochs takes all of them, in whatever
// order they come.
func TestEpochsThatWereMissedAreTaken(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	scope := firstScope(t, a)
	for range 3 * epochLead {
		_, err := a.Rotate(scope)
		must(t, err)
	}
	records := a.Records()
	for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
		records[i], records[j] = records[j], records[i]
	}
	if _, bad, err := b.Absorb(records); err != nil || len(bad) > 0 || b.body.epoch(scope) != a.body.epoch(scope) {
		t.Fatal(bad, err)
	}
}

// Where the numbers are used up all the same, the count does not begin anew, and a
// device can still be ended.
func TestEpochNumbersNeverBeginAnew(t *testing.T) {
	for range 100 {
		if number, ok := nextEpoch(0xffe<<epochCounter|5, true); !ok || number>>epochCounter != 0xfff {
			t.Fatal(number, ok)
		}
		for _, shared := range []bool{false, true} {
			if number, ok := nextEpoch(math.MaxUint32, shared); ok {
				t.Fatal(number)
			}
		}
	}
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	scope := firstScope(t, a)
	a.body.at(scope, a.body.epoch(scope)).Epoch = math.MaxUint32
	_, err := a.Rotate(scope)
	wantFault(t, err, fault.Conflict, "vault.scope.exhausted")
	must(t, a.RevokeDevice(b.Device(), 0, nil, "stolen"))
	if a.Accepts(b.Device(), 1) {
		t.Fatal("it writes on")
	}
}

// Publication is of one moment: the epochs are those whose shares are in the records.
func TestPublicationNamesTheEpochsOfItsRecords(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	scope := firstScope(t, a)
	done := make(chan error, 1)
	go func() {
		for range 20 {
			if _, err := a.Rotate(scope); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for last := false; !last; {
		select {
		case err := <-done:
			must(t, err)
			last = true
		default:
		}
		records, epochs := a.Publication()
		p := parseRecords(a.Organisation(), records)
		if len(p.bad) > 0 {
			t.Fatal(p.bad)
		}
		shared := map[Epoch]map[ledger.ID]bool{}
		for _, r := range p.shares {
			e := Epoch{r.Scope, r.Epoch}
			if shared[e] == nil {
				shared[e] = map[ledger.ID]bool{}
			}
			shared[e][r.Share.ID] = true
		}
		if len(epochs) != len(shared) {
			t.Fatalf("%d epochs, shares of %d", len(epochs), len(shared))
		}
		for _, e := range epochs {
			if !shared[e][a.Device()] || !shared[e][b.Device()] {
				t.Fatal("an epoch is named whose shares are not there", e)
			}
		}
	}
	must(t, a.Close())
	if records, epochs := a.Publication(); records != nil || epochs != nil {
		t.Fatal("given out after Close")
	}
}
