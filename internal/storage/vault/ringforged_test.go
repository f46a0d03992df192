package vault

import (
	"errors"
	"math"
	"testing"

	"feldsher/internal/fault"
)

// A workstation can't end the ring for the others by a serial that nobody can go
// beyond: they refuse it, and open the one that an administrator makes in its place.
func TestRingSerialFarAheadIsRefused(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, evil := joined(t, a, "Пост 3", testLogin, testPassword)
	meet(t, a, b, evil)
	r := &ringServer{}
	r.renew(t, a)
	r.pull(t, b)
	r.pull(t, evil)
	held := a.body.Ring.Serial
	for _, serial := range []uint64{math.MaxUint64 - 1, held + ringLead} {
		evil.body.Ring.Serial = serial
		r.renew(t, evil)
		for _, s := range []*Session{a, b} {
			wantFault(t, s.OpenRing(r.gen, r.wraps[s.Device()]), fault.Forbidden, "vault.ring.foreign")
		}
	}
	evil.body.Ring.Serial = held + ringLead - 1 // the last that may be
	r.renew(t, evil)
	r.pull(t, b)
	r.pull(t, a)
	must(t, a.RevokeDevice(evil.Device(), 0, nil, "stolen"))
	share(t, a, b)
	r.renew(t, a)
	r.pull(t, b)
}

// After a disk error a tombstone that comes again is no old news: it is said again
// what was erased, and yes only when the files hold it.
func TestAbsorbedTombstoneSurvivesAFailedWrite(t *testing.T) {
	db := testDB
	p := ids(2)
	for n := 1; ; n++ {
		d := newMemDisk(uint64(n))
		k, err := createKeyring(d, "/ring", &db)
		must(t, err)
		must(t, k.Ensure(p, Medical))
		d.ops = 0
		setFault(d, n, false)
		stone := []ringEntry{{keyName{p[0], Medical}, nil}}
		_, gone, err := k.absorb(stone)
		if len(gone) != 1 {
			t.Fatalf("operation %d: erased %v", n, gone)
		}
		if err == nil {
			if d.ops >= n {
				t.Fatalf("operation %d failed, and nobody said so", n)
			}
			if _, gone, err = k.absorb(stone); err != nil || len(gone) != 0 {
				t.Fatal("erased twice", gone, err)
			}
			k.Close()
			return
		}
		_, gone, err = k.absorb(stone)
		if err != nil || len(gone) != 1 || gone[0] != (Tombstone{p[0], Medical}) {
			t.Fatalf("operation %d, again: %v %v", n, gone, err)
		}
		k.Close()
		again, err := openKeyring(d.crash(uint64(n)), "/ring", &db)
		must(t, err)
		if _, err := again.Key(p[0], Medical); !errors.Is(err, ErrErased) {
			t.Fatalf("operation %d: the key is back after a restart", n)
		}
		if _, err := again.Key(p[1], Medical); err != nil {
			t.Fatal(err)
		}
		again.Close()
	}
}
