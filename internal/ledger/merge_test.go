package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// event is one write of the field group, with all that its writer had seen.
type event struct {
	w    Write
	seen Vector
}

// replica is a device that writes and applies.
type replica struct {
	id      ID
	applied Vector
	heads   []Write
	hlc     HLC
}

func (r *replica) ready(e event) bool {
	if r.applied[e.w.Device] != e.w.Seq-1 {
		return false
	}
	for d, s := range e.seen {
		if r.applied[d] < s {
			return false
		}
	}
	return true
}

func (r *replica) apply(e event) {
	r.heads = Merge(r.heads, e.w, e.seen)
	r.applied[e.w.Device] = e.w.Seq
}

// history draws a causal history: devices write, and take in what others wrote
// as soon as it is ready for them.
func history(t *rapid.T) (events []event, devices []*replica) {
	n := rapid.IntRange(2, 5).Draw(t, "devices")
	for i := range n {
		devices = append(devices, &replica{id: DeriveID(ID{}, fmt.Sprint(i)), applied: Vector{}})
	}
	for range rapid.IntRange(1, 14).Draw(t, "steps") {
		d := devices[rapid.IntRange(0, n-1).Draw(t, "device")]
		if rapid.Bool().Draw(t, "write") {
			// Clocks differ and may be equal: the stamp only grows on its device.
			d.hlc += HLC(rapid.IntRange(1, 3).Draw(t, "tick"))
			seen := Vector{}
			for k, v := range d.applied {
				seen[k] = v
			}
			e := event{Write{Device: d.id, Seq: d.applied[d.id] + 1, HLC: d.hlc}, seen}
			events = append(events, e)
			d.apply(e)
			continue
		}
		for _, e := range events {
			if d.ready(e) && rapid.Bool().Draw(t, "take") {
				d.apply(e)
				d.hlc = max(d.hlc, e.w.HLC)
			}
		}
	}
	return events, devices
}

// concurrentHeads is the definition that Merge computes step by step: the writes
// that no other write has seen.
func concurrentHeads(events []event) []Write {
	var out []Write
	for _, e := range events {
		superseded := slices.ContainsFunc(events, func(o event) bool {
			return o.seen.Has(e.w.Device, e.w.Seq)
		})
		if !superseded {
			out = append(out, e.w)
		}
	}
	slices.SortFunc(out, Write.compare)
	return out
}

// TestMergeAnyOrder: whatever causal order the same writes arrive in, every
// device ends with the same heads and so with the same winner (R7.5).
func TestMergeAnyOrder(t *testing.T) {
	var checked, open int
	for range soak(10, 100) { // rapid runs 100 histories a time
		rapid.Check(t, func(t *rapid.T) {
			events, devices := history(t)
			want := concurrentHeads(events)
			seed := rapid.Uint64().Draw(t, "delivery")
			for i, d := range devices {
				deliver(t, d, events, rand.New(rand.NewPCG(seed, uint64(i))))
			}
			for i := range 3 { // and devices that were away all the time
				fresh := &replica{id: ID{99, byte(i)}, applied: Vector{}}
				devices = append(devices, fresh)
				deliver(t, fresh, events, rand.New(rand.NewPCG(seed, uint64(100+i))))
			}
			for _, d := range devices {
				if !slices.Equal(d.heads, want) {
					t.Fatalf("heads %v, want %v, after %v", d.heads, want, events)
				}
				if Open(Conflict, d.heads) != (len(want) > 1) || Open(Winner, d.heads) || Open(InsertOnly, d.heads) {
					t.Fatal("open conflicts differ")
				}
			}
			checked++
			if len(want) > 1 {
				open++
			}
		})
	}
	if open*20 < checked {
		t.Fatalf("only %d of %d histories end in conflict: the test looks at too little", open, checked)
	}
}

// deliver applies the events that a device lacks in a random causal order, some
// of them twice.
func deliver(t *rapid.T, d *replica, events []event, r *rand.Rand) {
	missing := slices.DeleteFunc(slices.Clone(events), func(e event) bool { return d.applied.Has(e.w.Device, e.w.Seq) })
	for len(missing) > 0 {
		r.Shuffle(len(missing), func(i, j int) { missing[i], missing[j] = missing[j], missing[i] })
		at := slices.IndexFunc(missing, d.ready)
		if at < 0 {
			t.Fatal("nothing is ready: the history is not causal")
		}
		d.apply(missing[at])
		if r.IntN(4) == 0 {
			again := slices.Clone(d.heads)
			d.heads = Merge(d.heads, missing[at].w, missing[at].seen)
			if !slices.Equal(again, d.heads) {
				t.Fatal("the same write twice changes the heads")
			}
		}
		missing = slices.Delete(missing, at, at+1)
	}
}

// TestReady: an entry waits for its own chain and for all that it has seen.
func TestReady(t *testing.T) {
	a, b := ID{1}, ID{2}
	v := Vector{a: 2}
	v.Add([]Head{{Device: b, Seq: 5}, {Device: a, Seq: 1}})
	if v[a] != 2 || v[b] != 5 {
		t.Fatal(v)
	}
	for _, c := range []struct {
		h    Header
		want bool
	}{
		{Header{Chain: Changes, Device: a, Seq: 3}, true},
		{Header{Chain: Changes, Device: a, Seq: 4}, false},
		{Header{Chain: Changes, Device: a, Seq: 2}, false},
		{Header{Chain: Accesses, Device: a, Seq: 9}, true},
		{Header{Chain: Changes, Device: a, Seq: 3, Seen: []Head{{Device: b, Seq: 5}}}, true},
		{Header{Chain: Changes, Device: a, Seq: 3, Seen: []Head{{Device: b, Seq: 6}}}, false},
	} {
		if v.Ready(c.h) != c.want {
			t.Errorf("%+v: ready is %v", c.h, !c.want)
		}
	}
}

// TestWinner: among writes that have not seen one another the later stamp wins,
// then the greater device, on every device alike.
func TestWinner(t *testing.T) {
	early, late := Write{Device: ID{9}, Seq: 1, HLC: 5}, Write{Device: ID{1}, Seq: 1, HLC: 6}
	twin := Write{Device: ID{2}, Seq: 1, HLC: 6}
	want := []Write{early, late, twin}
	for _, order := range [][]Write{{early, late, twin}, {twin, late, early}, {late, early, twin}} {
		var heads []Write
		for _, w := range order {
			heads = Merge(heads, w, Vector{})
		}
		if !slices.Equal(heads, want) {
			t.Errorf("after %v the heads are %v", order, heads)
		}
	}
	// An older write of a device that comes again after a newer one is nothing.
	again := []Write{{Device: ID{1}, Seq: 7, HLC: 9}}
	if got := Merge(again, Write{Device: ID{1}, Seq: 6, HLC: 8}, Vector{}); !slices.Equal(got, again) {
		t.Errorf("an old write changed the heads to %v", got)
	}
}
