package journal_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// wary trusts like known, but for one device that was revoked behind an entry and
// one that has to introduce itself.
type wary struct {
	journal.Trust
	revoked  ledger.ID
	last     uint64
	stranger *station
	asked    int
}

func (w *wary) Accepts(device ledger.ID, seq uint64) bool {
	return device != w.revoked || seq <= w.last
}

func (w *wary) DeviceKey(device ledger.ID) (ed25519.PublicKey, bool) {
	if w.stranger != nil && device == w.stranger.keys.device {
		return nil, false
	}
	return w.Trust.DeviceKey(device)
}

func (w *wary) Introduced(device ledger.ID, records []journal.Record) (ed25519.PublicKey, bool) {
	w.asked++
	for _, r := range records {
		if w.stranger != nil && r.Kind == 7 && bytes.Equal(r.Bytes, w.stranger.keys.device[:]) {
			return w.Trust.DeviceKey(device)
		}
	}
	return nil, false
}

// TestRevokedDevice: what a device wrote after it was revoked is refused singly;
// unless another, who is trusted, had built on it.
func TestRevokedDevice(t *testing.T) {
	st := newStations(t, 4)
	a, b, c, d := st[0], st[1], st[2], st[3]
	for _, name := range []string{"А", "Б", "В"} {
		a.put(t, insertStaff, clinic.NewID(), ordinal, name)
	}
	written := a.entries(t)
	trust := &wary{Trust: c.trust, revoked: a.keys.device, last: 1}
	n, err := c.j.Apply(context.Background(), written, trust, nil)
	wantFault(t, "second", err, fault.Forbidden, "fault.ledger.revoked")
	if n != 1 {
		t.Fatalf("%d applied", n)
	}
	n, err = c.j.Apply(context.Background(), written[2:], trust, nil)
	wantFault(t, "third", err, fault.Forbidden, "fault.ledger.revoked")
	if n != 0 || len(readTable(t, c.conn, "staff")) != 1 {
		t.Fatal(n)
	}
	// What is here already is passed over as ever.
	if err := d.apply(written...); err != nil {
		t.Fatal(err)
	}
	if n, err := d.j.Apply(context.Background(), written, trust, nil); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	// b had taken in the second before anybody knew, and has written since.
	if err := b.apply(written[:2]...); err != nil {
		t.Fatal(err)
	}
	b.put(t, `UPDATE staff SET snils = '1' WHERE family = 'Б'`)
	delivery := append(written[:2:2], b.entries(t)[2])
	if n, err := c.j.Apply(context.Background(), delivery, trust, nil); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	// Two that vouch for each other are not trusted for it.
	trust = &wary{Trust: c.trust, revoked: a.keys.device, last: 2}
	_, err = c.j.Apply(context.Background(), written[2:], trust, nil)
	wantFault(t, "third again", err, fault.Forbidden, "fault.ledger.revoked")
	if _, err := c.verify(); err != nil {
		t.Fatal(err)
	}
}

const insertRecord = `INSERT INTO key_record (id, born, kind, record) VALUES (?, ?, 7, ?)`

// TestDeviceIntroducesItself: the first entry of an unknown device brings its
// certificate; then those behind it are taken, in the same delivery and later.
func TestDeviceIntroducesItself(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	a.j.Introduce(func(tx *journal.Tx) error {
		_, err := tx.Exec(insertRecord, clinic.NewID(), tx.Ordinal(), a.keys.device[:])
		return err
	})
	// Nothing is introduced by a transaction that changes nothing.
	a.put(t, `UPDATE staff SET family = ''`)
	if len(a.entries(t)) != 0 {
		t.Fatal("an entry for nothing")
	}
	a.put(t, insertStaff, clinic.NewID(), ordinal, "А")
	a.put(t, insertStaff, clinic.NewID(), ordinal, "Б")
	all := a.entries(t)
	if len(readTable(t, a.conn, "key_record")) != 1 {
		t.Fatal("introduced twice")
	}
	trust := &wary{Trust: b.trust, stranger: a}
	var ends []int
	n, err := b.j.Apply(context.Background(), all, trust, func(_ *journal.Tx, rows []journal.Row) error {
		ends = append(ends, len(rows))
		return nil
	})
	if n != 2 || err != nil {
		t.Fatal(n, err)
	}
	// Behind the entry with the certificate a transaction ends, so that whoever
	// looks after the keys may take it in.
	if len(ends) != 2 || ends[0] != 2 || ends[1] != 1 {
		t.Fatalf("transactions of %v rows", ends)
	}
	// A stranger whose certificate says something else is none of ours.
	n, err = c.j.Apply(context.Background(), all, &wary{Trust: c.trust, stranger: b}, nil)
	if n != 2 || err != nil {
		t.Fatal(n, err)
	}
	d := newStations(t, 3)[2]
	stranger := *a
	stranger.keys = &stationKeys{device: clinic.NewID()}
	n, err = d.j.Apply(context.Background(), all, &wary{Trust: nobody{}, stranger: &stranger}, nil)
	wantFault(t, "stranger", err, fault.Damaged, "fault.ledger.signature")
	if n != 0 {
		t.Fatal(n)
	}
	// One whose box can't be read yet may come to be known: it is early.
	d.keys.holds = 0
	_, err = d.j.Apply(context.Background(), all, &wary{Trust: nobody{}, stranger: a}, nil)
	wantFault(t, "unreadable stranger", err, fault.Conflict, "fault.ledger.early")
}

// nobody knows no device.
type nobody struct{}

func (nobody) DeviceKey(ledger.ID) (ed25519.PublicKey, bool) { return nil, false }
func (nobody) Accepts(ledger.ID, uint64) bool                { return true }
func (nobody) Introduced(ledger.ID, []journal.Record) (ed25519.PublicKey, bool) {
	return nil, false
}

// TestAfterAndHeads: what is handed on is what is stored, in the order of
// arrival, in pages.
func TestAfterAndHeads(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	ctx := context.Background()
	for range 5 {
		a.put(t, insertStaff, clinic.NewID(), ordinal, "А")
	}
	if err := a.j.Access(ctx, clinic.NewID(), []ledger.Access{{At: 1, Action: "view", What: "patient"}}); err != nil {
		t.Fatal(err)
	}
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.put(t, insertStaff, clinic.NewID(), ordinal, "Б")
	all := b.entries(t)
	for _, size := range []int{1, len(all[0].Encode()) * 2, 1 << 20} {
		i, pages := 0, 0
		for after := int64(0); ; pages++ {
			page, err := journal.After(ctx, b.db, after, size)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			total := 0
			for _, s := range page {
				h := all[i].Header
				if !bytes.Equal(s.Raw, all[i].Encode()) || s.Device != h.Device || s.Chain != h.Chain || s.Seq != h.Seq || s.N <= after {
					t.Fatalf("entry %d: %+v", i, s)
				}
				after = s.N
				total += len(s.Raw)
				i++
			}
			if total > size && len(page) > 1 {
				t.Fatalf("a page of %d bytes, at most %d", total, size)
			}
		}
		if i != len(all) || size == 1 && pages != len(all) {
			t.Fatalf("%d of %d entries in %d pages", i, len(all), pages)
		}
	}
	heads, err := journal.Heads(ctx, b.db)
	if err != nil || len(heads) != 3 {
		t.Fatal(heads, err)
	}
	for _, h := range heads {
		from := a
		if h.Device == b.keys.device {
			from = b
		}
		want := from.j.Head(h.Chain)
		if h.Device != want.Device || h.Seq != want.Seq || h.Hash != want.Hash {
			t.Errorf("%+v, not %+v", h, want)
		}
	}
}

// TestTwoKeysOfAPatient: two workstations that were out of each other's reach have
// made a key each for the same patient. What the other has sealed waits until its
// key is here, and is then merged as if it had been all along.
func TestTwoKeysOfAPatient(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	patient := clinic.NewID()
	held := map[*station][]int{a: {1}, b: {2}, c: {}}
	for s, own := range map[*station]int{a: 1, b: 2, c: 0} {
		s.keys.keyed = func(ledger.ID) (int, []int) { return own, held[s] }
	}
	a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'Из А')`, patient, ordinal)
	b.now = b.now.Add(1e9)
	b.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'Из Б')`, patient, ordinal)
	exchangeAll(t, a, b)
	for _, s := range []*station{a, b} {
		report, err := s.verify()
		if err != nil || report.Waiting != 1 {
			t.Fatal(report, err)
		}
		if n := s.retry(t); n != 0 {
			t.Fatalf("%d entries without their key", n)
		}
	}
	if err := c.apply(append(a.entries(t)[:1:1], b.entries(t)[0])...); err != nil {
		t.Fatal(err)
	}
	held[a], held[b], held[c] = []int{1, 2}, []int{2, 1}, []int{2}
	for s, want := range map[*station]int{a: 1, b: 1, c: 1} {
		s.start(t) // what an entry waits for is found out again
		if n := s.retry(t); n != want {
			t.Fatalf("station %s: %d entries", s.name, n)
		}
	}
	agree(t, a, b)
	held[c] = []int{1, 2}
	if n := c.retry(t); n != 1 {
		t.Fatalf("%d entries", n)
	}
	agree(t, a, b, c)
}

// exchangeAll brings two stations all that either has.
func exchangeAll(t *testing.T, a, b *station) {
	t.Helper()
	for _, way := range [][2]*station{{a, b}, {b, a}} {
		if err := way[1].apply(way[0].entries(t)...); err != nil {
			t.Fatal(err)
		}
	}
}
