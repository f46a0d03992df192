package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

const hubURL = "https://hub.example"

// hub is what a server keeps, without one: entries in the order of their coming
// and the keys' ring. Workstations exchange with it by hand.
type hub struct {
	id      ledger.ID
	entries []*ledger.Entry
	have    map[ledger.Hash]bool
	last    map[chainOf]*ledger.Entry
	gen     uint32
	wraps   map[ledger.ID][]byte
	ring    [][]byte
	blobs   map[store.BlobHash][]byte
	steps   int // until the line drops; 0 for never
}

type chainOf struct {
	device ledger.ID
	chain  ledger.Chain
}

func newHub() *hub {
	return &hub{id: ledger.NewID(), have: map[ledger.Hash]bool{}, last: map[chainOf]*ledger.Entry{}, blobs: map[store.BlobHash][]byte{}}
}

// renew replaces the ring's generation by what a workstation has.
func (h *hub) renew(s *store.Store) error {
	d, err := s.Session().DraftRing(h.gen + 1)
	if err != nil {
		return err
	}
	h.gen, h.wraps, h.ring = h.gen+1, map[ledger.ID][]byte{}, nil
	for _, w := range d.Wraps {
		h.wraps[w.Reader] = w.Sealed
	}
	for r := range d.Records() {
		h.ring = append(h.ring, r)
	}
	if err := s.Session().AdoptRing(d); err != nil {
		return err
	}
	l, err := h.link(s)
	if err != nil {
		return err
	}
	l.RingGen, l.RingN, l.KeyPlace = h.gen, uint64(len(h.ring)), d.Place
	return s.PutLink(context.Background(), l)
}

func (h *hub) link(s *store.Store) (store.Link, error) {
	all, err := s.Links(context.Background())
	for _, l := range all {
		if l.Server == h.id {
			return l, err
		}
	}
	return store.Link{URL: hubURL, Server: h.id}, err
}

var errForked = errors.New("another entry stands there")

// round is one exchange: ring, keys, entries out, entries in.
func (h *hub) round(s *store.Store) error {
	ctx := context.Background()
	if err := s.Publish(ctx, "keys.publish"); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	l, err := h.link(s)
	if err != nil {
		return err
	}
	if h.gen == 0 {
		if err := h.renew(s); err != nil {
			return fmt.Errorf("first ring: %w", err)
		}
		if l, err = h.link(s); err != nil {
			return err
		}
	}
	if err := h.pullRing(s, &l); err != nil {
		return err
	}
	records, next, err := s.Session().SealKeys(l.KeyPlace)
	if err != nil {
		return fmt.Errorf("seal keys: %w", err)
	}
	h.ring = append(h.ring, records...)
	l.KeyPlace = next
	err = h.push(s, &l)
	if err != nil && !errors.Is(err, errForked) {
		return err
	}
	if errors.Is(err, errForked) {
		l.Cursor = 0
	}
	if e := h.pull(s, &l); e != nil {
		return e
	}
	if e := s.PutLink(ctx, l); e != nil {
		return e
	}
	if err != nil { // as a new identity now, or for good
		return h.again(s)
	}
	return nil
}

// again goes on after our own chain was found divided.
func (h *hub) again(s *store.Store) error {
	l, err := h.link(s)
	if err != nil {
		return err
	}
	l.Pushed = 0
	if h.wraps[s.Session().Device()] == nil {
		w, err := s.Session().WrapRing(s.Session().Device())
		if err != nil {
			return err
		}
		h.wraps[s.Session().Device()] = w
	}
	if err := h.push(s, &l); err != nil {
		return fmt.Errorf("as the new identity: %w", err)
	}
	return s.PutLink(context.Background(), l)
}

func (h *hub) pullRing(s *store.Store, l *store.Link) error {
	if l.RingGen != h.gen {
		if s.Session().RingGen() != h.gen {
			if err := s.Session().OpenRing(h.gen, h.wraps[s.Session().Device()]); err != nil {
				return fmt.Errorf("open ring: %w", err)
			}
		}
		l.RingGen, l.RingN, l.KeyPlace = h.gen, 0, 0
	}
	for ; l.RingN < uint64(len(h.ring)); l.RingN++ {
		if err := h.step(); err != nil {
			return err
		}
		if err := s.AbsorbKeys(context.Background(), h.ring[l.RingN]); err != nil {
			return fmt.Errorf("absorb keys: %w", err)
		}
	}
	return nil
}

func (h *hub) push(s *store.Store, l *store.Link) error {
	for {
		page, err := s.Outbox(context.Background(), l.Pushed, 1<<16)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, stored := range page {
			if err := h.step(); err != nil {
				return err
			}
			e, err := ledger.Decode(stored.Raw)
			if err != nil {
				return err
			}
			if err := h.store(e); err != nil {
				return err
			}
			l.Pushed = stored.N
		}
	}
}

// store checks what a server checks.
func (h *hub) store(e *ledger.Entry) error {
	if h.have[e.Hash] {
		return nil
	}
	c := chainOf{e.Header.Device, e.Header.Chain}
	var seq uint64
	var prev ledger.Hash
	if last := h.last[c]; last != nil {
		seq, prev = last.Header.Seq, last.Hash
	}
	switch {
	case e.Header.Seq <= seq, e.Header.Seq == seq+1 && e.Header.Prev != prev:
		return fmt.Errorf("%w: %v %d", errForked, e.Header.Device, e.Header.Seq)
	case e.Header.Seq != seq+1:
		return fmt.Errorf("gap: %d after %d", e.Header.Seq, seq)
	}
	for _, seen := range e.Header.Seen {
		if last := h.last[chainOf{seen.Device, ledger.Changes}]; last == nil || last.Header.Seq < seen.Seq {
			return fmt.Errorf("early: entry %d has seen what is not here", e.Header.Seq)
		}
	}
	h.have[e.Hash], h.last[c] = true, e
	h.entries = append(h.entries, e)
	return nil
}

func (h *hub) pull(s *store.Store, l *store.Link) error {
	for l.Cursor < uint64(len(h.entries)) {
		page := h.entries[l.Cursor:min(int(l.Cursor)+50, len(h.entries))]
		// As from the wire, so that nothing is shared in memory.
		fresh := make([]*ledger.Entry, len(page))
		for i, e := range page {
			var err error
			if fresh[i], err = ledger.Decode(e.Encode()); err != nil {
				return err
			}
		}
		if err := h.step(); err != nil {
			return err
		}
		device := s.Session().Device()
		n, err := s.Apply(context.Background(), fresh)
		l.Cursor += uint64(n)
		if s.Session().Device() != device {
			// What stood here under the former identity was written anew. The server's
			// version of it is lacking, and what builds on it comes too early, wherever the
			// place stands: the syncer begins from the first entry then.
			l.Cursor = 0
			continue
		}
		if err != nil {
			return fmt.Errorf("apply entry %d of the hub: %w", l.Cursor+1, err)
		}
	}
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// linked founds a clinic and ties it to a hub.
func linked(t *testing.T) (*store.Store, *hub, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "founder")
	s, h := found(t, dir), newHub()
	must(t, s.PutLink(context.Background(), store.Link{URL: hubURL, Server: h.id}))
	must(t, h.round(s))
	return s, h, dir
}

// joined has a further workstation join by invitation of s.
func (h *hub) joined(t *testing.T, s *store.Store, name, login, password string, o store.Options) (*store.Store, string) {
	t.Helper()
	ctx := context.Background()
	inv, err := s.Invite(ctx, name)
	must(t, err)
	wrap, err := s.Session().WrapRing(inv.Device)
	must(t, err)
	h.wraps[inv.Device] = wrap
	must(t, h.round(s))
	dir := filepath.Join(t.TempDir(), "joined")
	n, err := store.Join(ctx, dir, inv.Plain, login, password, o)
	must(t, err)
	t.Cleanup(func() { _ = n.Close() })
	must(t, n.PutLink(ctx, store.Link{URL: hubURL, Server: h.id}))
	must(t, h.round(n))
	return n, dir
}

// settle lets everybody exchange until nothing moves.
func (h *hub) settle(t *testing.T, all ...*store.Store) {
	t.Helper()
	for range 3 {
		for i, s := range all {
			if err := h.round(s); err != nil {
				t.Fatalf("workstation %d: %v", i, err)
			}
		}
	}
}

var daily = journal.Act{Intent: "work"}

func register(t testing.TB, s *store.Store, family string) clinic.Patient {
	t.Helper()
	p := clinic.Patient{
		Name: clinic.Name{Family: family, Given: "Олег"}, Sex: clinic.Male, BirthDate: "1970-02-03",
		Contacts: []clinic.Contact{{Kind: "phone", Value: "+7 916 000-00-01"}},
	}
	must(t, s.Update(context.Background(), daily, func(tx *store.Tx) error { return tx.PutPatient(&p) }))
	return p
}

func visited(t testing.TB, s *store.Store, patient clinic.ID, complaints string) clinic.Visit {
	t.Helper()
	v := clinic.Visit{
		Patient: patient, Kind: "clinic", CareFrom: 1_700_000_000_000, Status: "open", Complaints: complaints,
		Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}}},
	}
	must(t, s.Update(context.Background(), daily, func(tx *store.Tx) error { return tx.PutVisit(&v) }))
	return v
}

// sound verifies ledger and everything else of a workstation.
func sound(t testing.TB, s *store.Store, what string) {
	t.Helper()
	for _, c := range s.Checks() {
		if _, err := c.Run(context.Background()); err != nil {
			t.Errorf("%s: check of %s: %v", what, c.Part, err)
		}
	}
	if bad := s.RefusedRecords(); len(bad) > 0 {
		t.Errorf("%s: refused records: %v", what, bad)
	}
}
