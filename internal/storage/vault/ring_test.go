package vault

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// allKeys lists every key of a keyring, by name, the one to seal with first.
func allKeys(t testing.TB, k *Keyring) map[keyName][][KeySize]byte {
	t.Helper()
	all := map[keyName][][KeySize]byte{}
	for _, e := range k.snapshot() {
		if _, done := all[e.keyName]; done {
			continue
		}
		keys, err := k.Keys(e.patient, e.class)
		if errors.Is(err, ErrErased) {
			all[e.keyName] = nil
			continue
		}
		must(t, err)
		for _, key := range keys {
			all[e.keyName] = append(all[e.keyName], *key)
		}
	}
	return all
}

func sameKeys(t testing.TB, all ...*Session) {
	t.Helper()
	want := allKeys(t, all[0].Keyring())
	for _, s := range all[1:] {
		got := allKeys(t, s.Keyring())
		if len(got) != len(want) {
			t.Fatal(len(got), len(want))
		}
		for name, keys := range want {
			if !slices.Equal(got[name], keys) {
				t.Fatalf("%v differs", name)
			}
		}
	}
}

// R7, R10.3: keys travel in the ring; an erasure reaches a workstation that was
// away, and it brings nothing back.
func TestRing(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	p := ids(3)
	must(t, a.Keyring().Ensure(p[:2], Identity, Medical))
	_, _, err := a.SealKeys(0)
	wantFault(t, err, fault.Conflict, "vault.ring.none")
	_, err = a.WrapRing(b.Device())
	wantFault(t, err, fault.Conflict, "vault.ring.none")
	var server ringServer
	server.renew(t, a)
	if len(server.wraps) != 3 || a.RingGen() != 1 { // two devices and the phrase
		t.Fatal(len(server.wraps))
	}
	if n, _ := server.pull(t, b); n != 4 {
		t.Fatal(n, "keys came")
	}
	if n, _ := server.pull(t, b); n != 0 {
		t.Fatal("keys came twice")
	}
	if server.push(t, b, 0); len(server.records) != 1 {
		t.Fatal("what came out of the ring was pushed into it")
	}
	must(t, b.Keyring().Ensure(p, Identity, Money))
	place := server.push(t, b, 0)
	if place != 8 || len(server.records) != 2 {
		t.Fatal(place, len(server.records))
	}
	server.pull(t, a)
	sameKeys(t, a, b)

	// The invited takes the ring's key from the invitation, or from a wrap for it.
	inv, err := a.Invite("Пост 3")
	must(t, err)
	wrap, err := a.WrapRing(inv.Device)
	must(t, err)
	c, err := Join(t.TempDir(), inv.Plain, JoinParams{Login: testLogin, Password: testPassword})
	must(t, err)
	defer c.Close()
	if c.RingGen() != 1 {
		t.Fatal(c.RingGen())
	}
	must(t, c.OpenRing(1, wrap))
	server.wraps[c.Device()] = wrap
	server.pull(t, c)
	sameKeys(t, a, b, c)

	// b is away while a erases.
	must(t, b.Keyring().Ensure(ids(1), Letters))
	must(t, a.Keyring().Erase(p[0], Identity, Medical))
	former := server
	share(t, b, a)
	server.renew(t, a)
	wantFault(t, a.OpenRing(1, former.wraps[a.Device()]), fault.Conflict, "vault.ring.behind")
	if err := a.OpenRing(1, former.wraps[a.Device()]); !errors.Is(err, ErrRingBehind) {
		t.Fatal(err)
	}
	_, gone := server.pull(t, b)
	if !slices.Equal(gone, []Tombstone{{p[0], Identity}, {p[0], Medical}}) {
		t.Fatal(gone)
	}
	if _, err := b.Keyring().Key(p[0], Medical); !errors.Is(err, ErrErased) {
		t.Fatal(err)
	}
	server.push(t, b, 0)
	server.pull(t, a)
	sameKeys(t, a, b)
	_, _, err = a.AbsorbKeys(former.records[0])
	wantFault(t, err, fault.Forbidden, "vault.ring.foreign")
	for _, record := range server.records {
		if len(record) > 64<<10 || bytes.Contains(record, p[1][:]) {
			t.Fatal("a record is too long, or names a patient")
		}
	}
}

// Two workstations made a key for the same patient and class without knowing of each
// other: both keys stay, both workstations seal with the same one, and an erasure
// destroys both.
func TestTwoKeysForOneName(t *testing.T) {
	dirA, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, c := joined(t, a, "Пост 3", testLogin, testPassword)
	p := ids(1)
	for _, s := range []*Session{a, b, c} {
		must(t, s.Keyring().Ensure(p, Medical))
	}
	own := allKeys(t, b.Keyring())[keyName{p[0], Medical}][0]
	var server ringServer
	server.renew(t, a)
	for _, s := range []*Session{b, c, a, b} {
		server.pull(t, s)
		server.push(t, s, 0)
	}
	sameKeys(t, a, b, c)
	keys := allKeys(t, a.Keyring())[keyName{p[0], Medical}]
	if len(keys) != 3 || !slices.Contains(keys, own) {
		t.Fatal(len(keys))
	}
	first, err := a.Keyring().Key(p[0], Medical)
	must(t, err)
	if *first != keys[0] || a.Keyring().Len() != 1 || a.Keyring().Issued() != 1 {
		t.Fatal("the first key")
	}
	must(t, a.Keyring().Compact())
	sameKeys(t, mustOpen(t, dirA, testLogin, testPassword), b)
	must(t, a.Keyring().Erase(p[0], Medical))
	for _, raw := range readFiles(t, dirA) {
		for _, key := range keys {
			if bytes.Contains(raw, key[:]) {
				t.Fatal("in clear")
			}
		}
	}
	a = mustOpen(t, dirA, testLogin, testPassword)
	for _, block := range a.ring.slab.blocks {
		for _, key := range block {
			if key != [KeySize]byte{} {
				t.Fatal("a key outlived the erasure")
			}
		}
	}
	server.renew(t, a)
	server.pull(t, b)
	if _, err := b.Keyring().Keys(p[0], Medical); !errors.Is(err, ErrErased) {
		t.Fatal(err)
	}
}

// Only a live device of the organisation can give out a ring's key.
func TestRingWrapIsSigned(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, gone := joined(t, a, "Пост 3", testLogin, testPassword)
	meet(t, a, b, gone)
	draft := func(s *Session) []byte {
		d, err := s.DraftRing(5)
		must(t, err)
		for _, w := range d.Wraps {
			if w.Reader == b.Device() {
				return w.Sealed
			}
		}
		t.Fatal("no wrap")
		return nil
	}
	late := draft(gone)
	must(t, a.RevokeDevice(gone.Device(), 0, nil, "lost"))
	share(t, a, b)
	d, err := a.DraftRing(5)
	must(t, err)
	for _, w := range d.Wraps {
		if w.Reader == gone.Device() {
			t.Fatal("a wrap for a revoked device")
		}
	}
	wantFault(t, b.OpenRing(5, late), fault.Forbidden, "vault.ring.foreign")
	wantFault(t, b.OpenRing(6, draft(a)), fault.Forbidden, "vault.ring.foreign")
	wantFault(t, b.OpenRing(0, draft(a)), fault.Forbidden, "vault.ring.foreign")
	// Whoever knows b's public key, and signs with what they have.
	public, err := publicReceiveKey(&b.device.receive)
	must(t, err)
	for _, chain := range [][]Signed{nil, a.body.chain(a.certs, CertDevice, a.Device())} {
		w := ringWrap{Version: 1, Serial: 9, Key: make([]byte, KeySize), Chain: chain}
		w.Signature = gone.Sign(append([]byte(ringLabel), w.text(b.Organisation(), b.Device(), 5)...))
		sealed, err := sealTo(public, ringWrapInfo(b.Organisation(), b.Device(), 5), marshal(w))
		must(t, err)
		wantFault(t, b.OpenRing(5, sealed), fault.Forbidden, "vault.ring.foreign")
	}
	must(t, b.OpenRing(5, draft(a)))
	// A directory that was copied opens what was sealed to its former identity.
	again := draft(a)
	_, _, err = b.Succeed()
	must(t, err)
	must(t, b.OpenRing(5, again))
	if _, err := b.WrapRing(b.Device()); err != nil {
		t.Fatal(err)
	}
	_, err = b.WrapRing(gone.Device())
	wantFault(t, err, fault.NotFound, "vault.device.unknown")
}

// Places stay over a restart, an erasure and Compact; a draft has everything before
// its place, and SealKeys the rest.
func TestPlaces(t *testing.T) {
	dir, _, a := newVault(t)
	var server ringServer
	must(t, a.Keyring().Ensure(ids(1500), Identity, Medical))
	server.renew(t, a)
	if len(server.records) != 3 {
		t.Fatal(len(server.records))
	}
	p := ids(5)
	must(t, a.Keyring().Ensure(p, Identity))
	_, place, err := a.SealKeys(3000)
	must(t, err)
	if place != 3005 {
		t.Fatal(place)
	}
	must(t, a.Keyring().Erase(p[1], Identity, Money))
	must(t, a.Keyring().Ensure(p[:1], Money))
	must(t, a.Close())
	a = mustOpen(t, dir, testLogin, testPassword)
	must(t, a.Keyring().Compact())
	names := func(from int) (out []keyName) {
		for _, e := range a.ring.entries(from, 1<<20, true) {
			out = append(out, e.keyName)
		}
		return out
	}
	want := []keyName{{p[0], Identity}, {p[1], Identity}, {p[2], Identity}, {p[3], Identity}, {p[4], Identity}, {p[1], Money}, {p[0], Money}}
	if got := names(3000); !slices.Equal(got, want) {
		t.Fatal(got)
	}
	records, next, err := a.SealKeys(3005)
	must(t, err)
	if next != 3007 || len(records) != 1 {
		t.Fatal(next, len(records))
	}
	if records, again, err := a.SealKeys(next); err != nil || len(records) != 0 || again != next {
		t.Fatal(len(records), again, err)
	}
	if _, again, err := a.SealKeys(next + 9); err != nil || again != next {
		t.Fatal(again, err)
	}
}

// A fault at every operation of absorbing: keys that are given out are in both
// files, and a tombstone keeps what it said.
func TestAbsorbKeysFaultAtEveryOperation(t *testing.T) {
	db := testDB
	p := ids(6)
	key := func(n byte) *[KeySize]byte { return &[KeySize]byte{n, 9} }
	batch := []ringEntry{
		{keyName{p[0], Medical}, key(1)},
		{keyName{p[1], Medical}, key(2)},
		{keyName{p[1], Medical}, key(3)},
		{keyName{p[2], Medical}, nil},
		{keyName{p[3], Medical}, nil},
		{keyName{p[3], Medical}, key(4)},
	}
	for n := 1; ; n++ {
		d := newMemDisk(uint64(n))
		k, err := createKeyring(d, "/ring", &db)
		must(t, err)
		must(t, k.Ensure([]ledger.ID{p[1], p[2], p[5]}, Medical))
		d.ops = 0
		setFault(d, n, n%2 == 0)
		added, gone, err := k.absorb(batch)
		if err == nil && (added != 3 || len(gone) != 2) {
			t.Fatal(added, gone)
		}
		if _, keyErr := k.Key(p[2], Medical); !errors.Is(keyErr, ErrErased) {
			t.Fatal("given out after its tombstone came")
		}
		if err != nil && !d.dead {
			_, _, err = k.absorb(batch)
			must(t, err)
		}
		ops, dead := d.ops, d.dead
		k.Close()
		again, openErr := openKeyring(d.crash(uint64(n)), "/ring", &db)
		must(t, openErr)
		if len(again.Damage()) != 0 {
			t.Fatal(again.Damage())
		}
		if _, err := again.Key(p[5], Medical); err != nil {
			t.Fatal(err)
		}
		if err == nil && !dead {
			keys, err := again.Keys(p[1], Medical)
			must(t, err)
			if _, err := again.Key(p[2], Medical); len(keys) != 3 || !errors.Is(err, ErrErased) {
				t.Fatal(len(keys), err)
			}
			if _, err := again.Key(p[3], Medical); !errors.Is(err, ErrErased) {
				t.Fatal(err)
			}
		}
		again.Close()
		if ops < n {
			return
		}
	}
}

// A draft that came on a stick gives its keys, and the ring that is held stays.
func TestAbsorbCarried(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	p := ids(2)
	must(t, a.Keyring().Ensure(p, Medical))
	must(t, b.Keyring().Ensure(p[1:], Medical))
	must(t, a.Keyring().Erase(p[1], Medical))
	d, err := a.DraftRing(9)
	must(t, err)
	var server ringServer
	server.renew(t, b)
	for record := range d.Records() {
		for _, w := range d.Wraps {
			added, gone, err := b.AbsorbCarried(9, w.Sealed, record)
			if w.Reader != b.Device() {
				wantFault(t, err, fault.Forbidden, "vault.ring.foreign")
				continue
			}
			must(t, err)
			if added != 1 || !slices.Equal(gone, []Tombstone{{p[1], Medical}}) {
				t.Fatal(added, gone)
			}
			_, _, err = b.AbsorbCarried(9, w.Sealed, record[1:])
			wantFault(t, err, fault.Forbidden, "vault.ring.foreign")
		}
	}
	sameKeys(t, a, b)
	if b.RingGen() != 1 {
		t.Fatal("another ring")
	}
	if records, _, err := b.SealKeys(0); err != nil || len(records) != 1 {
		t.Fatal("the ring was taken to hold what came on the stick", err)
	}
}
