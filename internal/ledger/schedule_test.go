package ledger

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// letter is an entry on its way: the header as everybody sees it, and the field
// groups that it writes.
type letter struct {
	h      Header
	groups []int
	seals  bool
}

func (l letter) write() Write {
	return Write{Device: l.h.Device, Seq: l.h.Seq, HLC: l.h.HLC, Seals: l.seals}
}

// node is a workstation of the simulation: what it holds, and what it has made of
// it by Merge, as Apply does.
type node struct {
	id      ID
	log     []letter // in the order of their taking in
	applied Vector
	knows   map[ID]Vector // what writers had seen, summed up
	told    Vector        // of others, by its own entries
	heads   map[int][]Write
	late    map[int][]Write
	waiting []letter // whose bases are not here yet
	clock   *Clock
	wall    time.Time
}

const groups = 4

func newNode(name string, from *node, wall time.Time) *node {
	n := &node{id: DeriveID(ID{}, name), applied: Vector{}, knows: map[ID]Vector{}, told: Vector{}, heads: map[int][]Write{}, late: map[int][]Write{}, wall: wall}
	var last HLC
	if from != nil { // a copy of its directory, under an identity of its own
		n.log, n.applied, n.waiting = slices.Clone(from.log), maps.Clone(from.applied), slices.Clone(from.waiting)
		n.heads, n.late = maps.Clone(from.heads), maps.Clone(from.late)
		for id, v := range from.knows {
			n.knows[id] = maps.Clone(v)
		}
		last = from.clock.last
	}
	n.clock = NewClock(func() time.Time { return n.wall }, last)
	return n
}

// write is an entry of the node's own: it has seen all that is here.
func (n *node) write(r *rand.Rand, seals bool) letter {
	l := letter{h: Header{Format: Format, Device: n.id, Chain: Changes, Seq: n.applied[n.id] + 1, HLC: n.clock.Now()}, seals: seals}
	for _, id := range slices.SortedFunc(maps.Keys(n.applied), func(a, b ID) int { return slices.Compare(a[:], b[:]) }) {
		if seq := n.applied[id]; id != n.id && seq > n.told[id] {
			l.h.Seen = append(l.h.Seen, Head{Device: id, Seq: seq})
		}
	}
	n.told.Add(l.h.Seen)
	for g := range groups {
		if r.IntN(2) == 0 {
			l.groups = append(l.groups, g)
		}
	}
	n.take(l)
	return l
}

// receive takes an entry in as soon as its bases are here, whatever order and how
// often it comes.
func (n *node) receive(l letter) {
	if n.applied.Has(l.h.Device, l.h.Seq) {
		return
	}
	n.waiting = append(n.waiting, l)
	for again := true; again; {
		again = false
		n.waiting = slices.DeleteFunc(n.waiting, func(w letter) bool {
			switch {
			case n.applied.Has(w.h.Device, w.h.Seq):
				return true
			case !n.applied.Ready(w.h):
				return false
			}
			n.take(w)
			again = true
			return true
		})
	}
}

func (n *node) take(l letter) {
	seen := n.knows[l.h.Device]
	if seen == nil {
		seen = Vector{}
		n.knows[l.h.Device] = seen
	}
	seen.Add(l.h.Seen)
	for _, g := range l.groups {
		var late bool
		if n.heads[g], late = Merge(n.heads[g], l.write(), seen); late {
			n.late[g] = append(slices.Clone(n.late[g]), l.write())
		}
	}
	n.applied[l.h.Device] = l.h.Seq
	n.log = append(n.log, l)
	n.clock.Observe(l.h.HLC)
}

// net carries letters and loses, doubles and turns them round.
type net struct {
	r      *rand.Rand
	nodes  []*node
	flying []flight
	side   map[*node]bool // the two halves of a parted network
	parted bool
}

type flight struct {
	to *node
	letter
}

func (x *net) send(from, to *node, l letter) {
	if from == to || x.parted && x.side[from] != x.side[to] || x.r.IntN(4) == 0 {
		return // dropped
	}
	for range 1 + x.r.IntN(2) {
		x.flying = append(x.flying, flight{to, l})
	}
}

func (x *net) land() {
	if len(x.flying) == 0 {
		return
	}
	i := x.r.IntN(len(x.flying))
	f := x.flying[i]
	x.flying[i] = x.flying[len(x.flying)-1]
	x.flying = x.flying[:len(x.flying)-1]
	f.to.receive(f.letter)
}

// step is one thing that happens.
func (x *net) step(n, seals int) {
	r := x.r
	d := x.nodes[r.IntN(len(x.nodes))]
	d.wall = d.wall.Add(time.Duration(r.IntN(5000)) * time.Millisecond)
	switch r.IntN(12) {
	case 0, 1, 2:
		l := d.write(r, seals > 0 && r.IntN(seals) == 0)
		for _, to := range x.nodes {
			x.send(d, to, l)
		}
	case 3: // what it has from others goes on, too
		to := x.nodes[r.IntN(len(x.nodes))]
		for _, l := range d.log {
			x.send(d, to, l)
		}
	case 4: // somebody sets the clock
		d.wall = d.wall.Add(time.Duration(r.IntN(96)-48) * time.Hour)
	case 5:
		x.parted, x.side = r.IntN(2) == 0, map[*node]bool{}
		for _, n := range x.nodes {
			x.side[n] = r.IntN(2) == 0
		}
	case 6: // a directory is copied, or put back from a copy: that one goes on as another
		if len(x.nodes) < 9 {
			x.nodes = append(x.nodes, newNode(fmt.Sprint("clone ", n), d, d.wall))
		}
	default:
		x.land()
	}
}

// settle ends all trouble: everybody gets what anybody has.
func (x *net) settle() {
	for len(x.flying) > 0 {
		x.land()
	}
	for range 2 {
		for _, to := range x.nodes {
			for _, from := range x.nodes {
				log := slices.Clone(from.log)
				x.r.Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
				for _, l := range log {
					to.receive(l)
				}
			}
		}
	}
}

// TestSchedules: five workstations write through partitions, drops, duplicates,
// reorders, clocks set wrong and copied directories. In the end all hold the same
// heads, which are those of the definition, and every entry that was written is
// everywhere (R7.3).
func TestSchedules(t *testing.T) {
	var ran, conflicts, clones, entries int
	for range soak(10, 100) { // rapid runs 100 schedules a time and prints the seed of one that fails
		rapid.Check(t, func(t *rapid.T) {
			seed := rapid.Uint64().Draw(t, "schedule")
			seals := rapid.SampledFrom([]int{0, 0, 5, 1}).Draw(t, "seals")
			x := &net{r: rand.New(rand.NewPCG(seed, 1))}
			start := time.UnixMilli(1_700_000_000_000)
			for i := range 5 {
				x.nodes = append(x.nodes, newNode(fmt.Sprint(i), nil, start.Add(time.Duration(x.r.IntN(240)-120)*time.Minute)))
			}
			for n := range 60 {
				x.step(n, seals)
			}
			x.settle()
			all := eventsOf(x.nodes)
			ran, clones, entries = ran+1, clones+len(x.nodes)-5, entries+len(x.nodes[0].log)
			for g := range groups {
				want, late := definition(all[g])
				if len(want) > 1 {
					conflicts++
				}
				for _, d := range x.nodes {
					slices.SortFunc(d.late[g], Write.compare)
					if !slices.Equal(d.heads[g], want) || !slices.Equal(d.late[g], late) {
						t.Fatalf("group %d of %s: heads %v, late %v; want %v, %v", g, d.id, d.heads[g], d.late[g], want, late)
					}
				}
			}
			for _, d := range x.nodes {
				if len(d.waiting) > 0 || len(d.log) != len(x.nodes[0].log) {
					t.Fatalf("%s: %d wait, %d of %d entries", d.id, len(d.waiting), len(d.log), len(x.nodes[0].log))
				}
			}
		})
	}
	t.Logf("%d schedules, %d entries, %d copies of directories, %d field groups with several heads", ran, entries, clones, conflicts)
	if conflicts < ran || clones < ran || entries < 5*ran {
		t.Fatal("the test looks at too little")
	}
}

// eventsOf gives every write of each group that anybody holds, with all that its
// writer had seen.
func eventsOf(nodes []*node) (out [groups][]event) {
	done := map[string]bool{}
	for _, d := range nodes {
		sums := map[ID]Vector{}
		for _, l := range d.log {
			if sums[l.h.Device] == nil {
				sums[l.h.Device] = Vector{}
			}
			sums[l.h.Device].Add(l.h.Seen)
			name := fmt.Sprint(l.h.Device, l.h.Seq)
			if done[name] {
				continue
			}
			done[name] = true
			seen := maps.Clone(sums[l.h.Device])
			seen[l.h.Device] = l.h.Seq - 1
			for _, g := range l.groups {
				out[g] = append(out[g], event{l.write(), seen})
			}
		}
	}
	return out
}
