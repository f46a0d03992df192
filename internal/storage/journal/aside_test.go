package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

const renameStaff = `UPDATE staff SET family = ? WHERE id = ?`

// built gives three stations: a has written three entries, and b has built on them;
// c takes a to be revoked behind the first.
func built(t *testing.T) (a, b, c *station, trust *wary) {
	st := newStations(t, 3)
	a, b, c = st[0], st[1], st[2]
	for _, name := range []string{"А", "Б", "В"} {
		a.put(t, insertStaff, clinic.NewID(), ordinal, name)
	}
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.put(t, `UPDATE staff SET snils = '1' WHERE family = 'В'`)
	return a, b, c, &wary{Trust: c.trust, revoked: a.keys.device, last: 1}
}

// TestColleagueOfRevokedDeviceGoesOn: a device that knows of a revocation takes the
// entries of a colleague who did not, and those of the revoked device that they
// build on, wherever a page ends and also after a restart (R7.5, R7.7).
func TestColleagueOfRevokedDeviceGoesOn(t *testing.T) {
	for _, pages := range [][]int{{4}, {1, 1, 1, 1}, {3, 1}, {2, 2}, {2, 1, 1}}[:brief(5, 2)] {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			_, b, c, trust := built(t)
			rest := b.entries(t)
			for _, size := range pages {
				receive(t, c, trust, rest[:size])
				rest = rest[size:]
				c.start(t)
			}
			agree(t, c, b)
			if n := count(t, c.conn, `SELECT count(*) FROM aside`); n != 0 {
				t.Errorf("%d entries are still kept aside", n)
			}
		})
	}
}

// receive applies a page as an exchange does: what is refused as written after a
// revocation is left, and never comes again.
func receive(t *testing.T, s *station, trust journal.Trust, page []*ledger.Entry) {
	t.Helper()
	for len(page) > 0 {
		n, err := s.j.Apply(context.Background(), page, trust, nil)
		page = page[n:]
		var f *fault.Error
		if err == nil || errors.As(err, &f) && f.Key == "fault.ledger.revoked" {
			page = page[min(len(page), 1):]
			continue
		}
		t.Fatalf("station %s: %v", s.name, err)
	}
}

// TestNobodyVouchesUnsigned: an entry that only looks like a colleague's brings in
// nothing of what a revoked device has written, in its own delivery or later.
func TestNobodyVouchesUnsigned(t *testing.T) {
	a, b, c, trust := built(t)
	all := b.entries(t)
	h := all[3].Header
	forged, err := ledger.Sign(h, all[3].Boxes, a.keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.j.Apply(context.Background(), append(all[:3:3], forged), trust, nil)
	wantFault(t, "with a forged entry behind it", err, fault.Forbidden, "fault.ledger.revoked")
	if n != 1 {
		t.Fatal(n)
	}
	receive(t, c, trust, all[1:3])
	_, err = c.j.Apply(context.Background(), []*ledger.Entry{forged}, trust, nil)
	wantFault(t, "forged", err, fault.Damaged, "fault.ledger.signature")
	if n := len(readTable(t, c.conn, "staff")); n != 1 {
		t.Errorf("%d rows", n)
	}
	// Nor does one that was itself written after a revocation.
	own := &wary{Trust: c.trust, revoked: a.keys.device, last: 1}
	both := doubly{own, b.keys.device}
	_, err = c.j.Apply(context.Background(), all[3:], both, nil)
	wantFault(t, "of another who is revoked", err, fault.Forbidden, "fault.ledger.revoked")
	if n := len(readTable(t, c.conn, "staff")); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// doubly trusts one device less.
type doubly struct {
	journal.Trust
	revoked ledger.ID
}

func (d doubly) Accepts(device ledger.ID, seq uint64) bool {
	return device != d.revoked && d.Trust.Accepts(device, seq)
}

// TestBranchThatAColleagueSawCounts: of two branches that a stolen identity has
// written after its revocation, that one is taken which a colleague has built on.
func TestBranchThatAColleagueSawCounts(t *testing.T) {
	a, b, c, trust := built(t)
	all := b.entries(t)
	other := a.forge(t, all[1].Header, &ledger.Payload{Intent: "test"})
	next := a.forge(t, ledger.Header{
		Format: ledger.Format, Org: sharedOrg, Device: a.keys.device, Chain: ledger.Changes, Seq: 3,
		HLC: all[2].Header.HLC, Prev: other.Hash, Schema: all[1].Header.Schema,
	}, &ledger.Payload{Intent: "test"})
	receive(t, c, trust, []*ledger.Entry{all[0], other, next, all[1], all[2], all[3]})
	agree(t, c, b)
}

// TestRevocationInAnyOrder: stations learn of a revocation at different times, with
// the revoked one and each other at work, and get what there is in pages of any size.
// Once each of them has written again they hold the same (R7.5, R7.7).
func TestRevocationInAnyOrder(t *testing.T) {
	s := seed(t)
	kept := 0
	for round := range soak(12, 500) {
		o := newOutpost(t, rand.New(rand.NewPCG(s, uint64(round))))
		for range brief(60, 25) {
			o.step()
		}
		kept += o.end()
	}
	if kept == 0 && !testing.Short() {
		t.Error("nothing was ever kept aside")
	}
}

// outpost is a few stations around a server that gives pages in the order of arrival.
type outpost struct {
	t       *testing.T
	r       *rand.Rand
	st      []*station // the first is revoked one day
	trust   map[*station]*wary
	all     []*ledger.Entry
	here    map[ledger.Hash]bool
	read    map[*station]int
	staff   []ledger.ID
	last    uint64 // that the revocation names, once there is one
	revoked bool
	kept    int
	n       int
}

func newOutpost(t *testing.T, r *rand.Rand) *outpost {
	o := &outpost{t: t, r: r, st: newStations(t, 4), trust: map[*station]*wary{}, here: map[ledger.Hash]bool{}, read: map[*station]int{}}
	for _, s := range o.st {
		o.trust[s] = &wary{Trust: s.trust}
	}
	for range 3 {
		id := clinic.NewID()
		o.staff = append(o.staff, id)
		o.st[1].put(t, insertStaff, id, ordinal, "")
	}
	for _, s := range []int{1, 0, 2, 3} {
		o.exchange(o.st[s], true)
	}
	return o
}

func (o *outpost) step() {
	s := o.st[o.r.IntN(len(o.st))]
	s.now = s.now.Add(time.Duration(o.r.IntN(9000)-3000) * time.Millisecond)
	switch k := o.r.IntN(20); {
	case k < 8:
		o.write(s)
	case k < 17:
		o.exchange(s, o.r.IntN(3) > 0)
	case k < 18:
		s.start(o.t)
	case s != o.st[0] && !o.revoked:
		o.last, o.revoked = s.applied(o.t)[o.st[0].keys.device], true
		fallthrough
	case s != o.st[0]:
		o.learn(s)
	}
}

func (o *outpost) learn(s *station) {
	o.trust[s].revoked, o.trust[s].last = o.st[0].keys.device, o.last
}

func (o *outpost) write(s *station) {
	o.n++
	s.put(o.t, renameStaff, fmt.Sprint(o.n), o.staff[o.r.IntN(len(o.staff))])
}

// exchange sends what a station has, and takes pages of what there is.
func (o *outpost) exchange(s *station, whole bool) {
	for _, e := range s.entries(o.t) {
		if !o.here[e.Hash] {
			o.here[e.Hash] = true
			o.all = append(o.all, e)
		}
	}
	for o.read[s] < len(o.all) {
		page := o.all[o.read[s]:min(len(o.all), o.read[s]+1+o.r.IntN(5))]
		receive(o.t, s, o.trust[s], page)
		o.read[s] += len(page)
		o.kept += int(count(o.t, s.conn, `SELECT count(*) FROM aside`))
		if !whole {
			return
		}
	}
}

func (o *outpost) end() (kept int) {
	trusted := o.st[1:]
	for _, s := range trusted {
		if o.revoked {
			o.learn(s)
		}
		o.exchange(s, true)
		o.write(s)
	}
	for range 2 {
		for _, s := range trusted {
			o.exchange(s, true)
		}
	}
	agree(o.t, trusted...)
	return o.kept
}
