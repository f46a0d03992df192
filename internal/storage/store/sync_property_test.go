package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/sealed/faultfs"
	"feldsher/internal/storage/store"
)

// party is one workstation of a schedule. Its store is closed while it is nil.
type party struct {
	dir   string
	s     *store.Store
	disk  *faultfs.Disk
	ahead time.Duration // of its clock
}

func (p *party) open(t *testing.T) {
	t.Helper()
	disk, err := faultfs.NewDisk(p.dir)
	must(t, err)
	disk.Plan(nil)
	p.disk = disk
	p.s, err = store.Open(context.Background(), p.dir, "admin", "correct horse", store.Options{
		Faults: disk, Now: func() time.Time { return time.Now().Add(p.ahead) },
	})
	must(t, err)
}

// schedule is a random history of several workstations on one hub.
type schedule struct {
	t       *testing.T
	rng     *rand.Rand
	h       *hub
	all     []*party
	known   []clinic.ID
	acked   []string // values that somebody was told are saved
	written int
}

func (h *hub) clone() *hub {
	c := *h
	c.have, c.last, c.wraps = maps.Clone(h.have), maps.Clone(h.last), maps.Clone(h.wraps)
	c.entries, c.ring = append([]*ledger.Entry(nil), h.entries...), append([][]byte(nil), h.ring...)
	return &c
}

var errDropped = errors.New("the line has dropped")

// dropping makes the hub's line drop after so many steps; 0 for never.
func (h *hub) dropping(after int) { h.steps = after }

func (h *hub) step() error {
	if h.steps == 0 {
		return nil
	}
	if h.steps--; h.steps == 0 {
		return errDropped
	}
	return nil
}

// TestSchedules: workstations work, drop the line, hand over pages twice and out of
// order, have wrong clocks, failing disks and breaks, and are copied; in the end all
// of them hold the same, every ledger verifies, and nothing acknowledged is missing
// (R7.5).
func TestSchedules(t *testing.T) {
	a, h, dir := linked(t)
	parties := []string{dir}
	for i := range 2 {
		s, d := h.joined(t, a, fmt.Sprint("Место ", i), "admin", "correct horse", store.Options{})
		must(t, s.Close())
		parties = append(parties, d)
	}
	first := register(t, a, "Общий")
	must(t, h.round(a))
	must(t, a.Close())
	n := 12
	if testing.Short() {
		n = 2
	}
	if os.Getenv("FELDSHER_SOAK") != "" {
		n = 300
	}
	for i := range n {
		seed := rand.Uint64()
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := schedule{t: t, rng: rand.New(rand.NewPCG(seed, 7)), h: h.clone(), known: []clinic.ID{first.ID}}
			for j, from := range parties {
				p := &party{dir: filepath.Join(t.TempDir(), fmt.Sprint(j))}
				copyDir(t, from, p.dir)
				p.open(t)
				c.all = append(c.all, p)
			}
			c.run(60)
			c.end()
		})
		if !ok {
			t.Fatalf("schedule %d", i)
		}
	}
}

func (c *schedule) run(steps int) {
	for range steps {
		p := c.all[c.rng.IntN(len(c.all))]
		switch k := c.rng.IntN(100); {
		case k < 45:
			c.write(p)
		case k < 70:
			c.h.dropping(c.rng.IntN(12))
			c.exchange(p)
			c.h.dropping(0)
		case k < 78:
			c.shuffled(p)
		case k < 84:
			p.ahead = time.Duration(c.rng.Int64N(int64(48*time.Hour))) - 24*time.Hour
		case k < 92:
			c.broken(p)
		case k < 98:
			c.killed(p)
		case len(c.all) < 5:
			c.copied(p)
		}
	}
}

// write makes a card, or changes one that is there, and notes what was acknowledged.
func (c *schedule) write(p *party) {
	ctx := context.Background()
	c.written++
	value := fmt.Sprintf("значение %d", c.written)
	card := clinic.Patient{Name: clinic.Name{Family: value, Given: "Олег"}, Sex: clinic.Male}
	if id := c.known[c.rng.IntN(len(c.known))]; c.rng.IntN(3) > 0 {
		if old, err := p.s.Reader(ctx).Patient(id); err == nil {
			card = old
			if c.rng.IntN(2) == 0 {
				card.Family = value // asked about
			} else {
				card.Note = value // the last wins
			}
		}
	}
	if p.s.Update(ctx, daily, func(tx *store.Tx) error { return tx.PutPatient(&card) }) == nil {
		c.acked = append(c.acked, value)
		c.known = append(c.known, card.ID)
	}
}

// exchange may fail as long as it says so.
func (c *schedule) exchange(p *party) {
	if s := p.s.Session(); c.h.wraps[s.Device()] == nil {
		if w, err := s.WrapRing(s.Device()); err == nil {
			c.h.wraps[s.Device()] = w
		}
	}
	if err := c.h.round(p.s); err != nil {
		c.t.Logf("round: %v", err)
	}
}

// shuffled hands entries over twice and out of order.
func (c *schedule) shuffled(p *party) {
	for range 5 {
		from := c.rng.IntN(len(c.h.entries))
		page := c.h.entries[from:min(len(c.h.entries), from+c.rng.IntN(6))]
		_, _ = p.s.Apply(context.Background(), page) // early ones are refused
	}
}

// broken has the disk fail while the party works, and starts it anew.
func (c *schedule) broken(p *party) {
	outcomes := []faultfs.Outcome{{Err: faultfs.EIO}, {Err: faultfs.ENOSPC}, {Err: faultfs.EIO, Wrote: 100}}
	p.disk.Plan(faultfs.From(1+c.rng.IntN(40), outcomes[c.rng.IntN(len(outcomes))]))
	c.write(p)
	c.exchange(p)
	c.write(p)
	p.disk.Plan(nil)
	_ = p.s.Close()
	p.open(c.t)
}

// killed goes on from what a kill leaves on the disk.
func (c *schedule) killed(p *party) {
	next := filepath.Join(c.t.TempDir(), "after")
	copyDir(c.t, p.dir, next)
	_ = p.s.Close()
	p.dir = next
	p.open(c.t)
}

// copied puts a second directory of the same identity to work.
func (c *schedule) copied(p *party) {
	must(c.t, p.s.Close())
	twin := &party{dir: filepath.Join(c.t.TempDir(), "twin"), ahead: p.ahead}
	copyDir(c.t, p.dir, twin.dir)
	p.open(c.t)
	twin.open(c.t)
	c.all = append(c.all, twin)
}

// end lets all exchange without faults and compares.
func (c *schedule) end() {
	t, ctx := c.t, context.Background()
	for _, p := range c.all {
		p.ahead = 0
	}
	for range 4 {
		for i, p := range c.all {
			if s := p.s.Session(); c.h.wraps[s.Device()] == nil {
				c.h.wraps[s.Device()] = wrapOf(t, nil, p.s)
			}
			if err := c.h.round(p.s); err != nil {
				t.Fatalf("party %d: %v", i, err)
			}
		}
	}
	want := c.all[0].s.Dump(ctx)
	for i, p := range c.all {
		sound(t, p.s, fmt.Sprint("party ", i))
		got := p.s.Dump(ctx)
		for table, rows := range want {
			if got[table] != rows {
				t.Errorf("party %d: table %s differs from party 0\n%.2000s\n%.2000s", i, table, rows, got[table])
			}
		}
	}
	history := map[any]bool{}
	for o, err := range c.all[0].s.Log(ctx, clinic.ID{}) {
		must(t, err)
		for _, p := range o.Payloads {
			for _, part := range p.Parts {
				for _, row := range part.Rows {
					for _, col := range row.Columns {
						if s, ok := col.New.(string); ok {
							history[s] = true
						}
					}
				}
			}
		}
	}
	for _, v := range c.acked {
		if !history[v] {
			t.Errorf("%q was acknowledged and is in no entry", v)
		}
	}
	for _, p := range c.all {
		must(t, p.s.Close())
	}
}
