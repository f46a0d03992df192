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
	late    []Write
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
	var late bool
	if r.heads, late = Merge(r.heads, e.w, e.seen); late {
		r.late = append(r.late, e.w)
	}
	r.applied[e.w.Device] = e.w.Seq
}

// history draws a causal history: devices write, and take in what others wrote
// as soon as it is ready for them. Of three histories one has no write that
// seals, one some, one only such.
func history(t *rapid.T) (events []event, devices []*replica) {
	n := rapid.IntRange(2, 5).Draw(t, "devices")
	seals := rapid.SampledFrom([]*rapid.Generator[bool]{
		rapid.Just(false), rapid.Map(rapid.IntRange(0, 3), func(n int) bool { return n == 0 }), rapid.Just(true),
	}).Draw(t, "seals")
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
			e := event{Write{Device: d.id, Seq: d.applied[d.id] + 1, HLC: d.hlc, Seals: seals.Draw(t, "seal")}, seen}
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

// definition is what Merge computes step by step: late are the writes whose writer
// had seen one that seals; heads are, of the others, those that seal and those
// that no other has seen.
func definition(events []event) (heads, late []Write) {
	isLate := func(e event) bool {
		return slices.ContainsFunc(events, func(o event) bool { return o.w.Seals && e.seen.Has(o.w.Device, o.w.Seq) })
	}
	for _, e := range events {
		superseded := slices.ContainsFunc(events, func(o event) bool {
			return !isLate(o) && o.seen.Has(e.w.Device, e.w.Seq)
		})
		switch {
		case isLate(e):
			late = append(late, e.w)
		case e.w.Seals || !superseded:
			heads = append(heads, e.w)
		}
	}
	slices.SortFunc(heads, Write.compare)
	slices.SortFunc(late, Write.compare)
	return heads, late
}

// holding is the definition of what Standing gives.
func holding(heads []Write) Write {
	for _, h := range heads {
		if h.Seals {
			return h
		}
	}
	return heads[len(heads)-1]
}

// TestMergeAnyOrder: whatever causal order the same writes arrive in, every
// device ends with the same heads and so with the same winner (R7.5).
func TestMergeAnyOrder(t *testing.T) {
	var checked, open, tardy, sealed int
	for range soak(10, 100) { // rapid runs 100 histories a time
		rapid.Check(t, func(t *rapid.T) {
			events, devices := history(t)
			want, wantLate := definition(events)
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
				slices.SortFunc(d.late, Write.compare)
				if !slices.Equal(d.late, wantLate) {
					t.Fatalf("late are %v, want %v, after %v", d.late, wantLate, events)
				}
				if len(want) > 0 && d.heads[Standing(d.heads)] != holding(want) {
					t.Fatalf("of %v holds %v", d.heads, d.heads[Standing(d.heads)])
				}
				if Open(Conflict, d.heads) != (len(want) > 1) || Open(Winner, d.heads) || Open(InsertOnly, d.heads) {
					t.Fatal("open conflicts differ")
				}
			}
			checked++
			if len(want) > 1 {
				open++
			}
			if len(wantLate) > 0 {
				tardy++
			}
			if len(want) > 1 && want[0].Seals != want[len(want)-1].Seals {
				sealed++
			}
		})
	}
	t.Logf("of %d histories %d end in conflict, %d of sealed with unsealed, %d have late writes", checked, open, sealed, tardy)
	if open*20 < checked || tardy*20 < checked || sealed*100 < checked {
		t.Fatal("the test looks at too little")
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
			d.heads, _ = Merge(d.heads, missing[at].w, missing[at].seen)
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
			heads, _ = Merge(heads, w, Vector{})
		}
		if !slices.Equal(heads, want) {
			t.Errorf("after %v the heads are %v", order, heads)
		}
	}
	// An older write of a device that comes again after a newer one is nothing.
	again := []Write{{Device: ID{1}, Seq: 7, HLC: 9}}
	if got, late := Merge(again, Write{Device: ID{1}, Seq: 6, HLC: 8}, Vector{}); late || !slices.Equal(got, again) {
		t.Errorf("an old write changed the heads to %v", got)
	}
}

// TestSealed: a write that seals stands against earlier, later and knowing ones.
func TestSealed(t *testing.T) {
	draft, signed := Write{Device: ID{1}, Seq: 1, HLC: 1}, Write{Device: ID{1}, Seq: 2, HLC: 5, Seals: true}
	heads, late := Merge([]Write{draft}, signed, Vector{ID{1}: 1})
	if late || !slices.Equal(heads, []Write{signed}) {
		t.Fatalf("heads %v, late %v", heads, late)
	}
	for name, c := range map[string]struct {
		w    Write
		seen Vector
		want []Write // nil: late
		is   Write
	}{
		"edit beside it":           {Write{Device: ID{2}, Seq: 1, HLC: 9}, Vector{ID{1}: 1}, []Write{signed, {Device: ID{2}, Seq: 1, HLC: 9}}, signed},
		"edit before it":           {Write{Device: ID{2}, Seq: 1, HLC: 2}, Vector{ID{1}: 1}, []Write{{Device: ID{2}, Seq: 1, HLC: 2}, signed}, signed},
		"edit that knew":           {Write{Device: ID{2}, Seq: 1, HLC: 9}, Vector{ID{1}: 2}, nil, signed},
		"own edit":                 {Write{Device: ID{1}, Seq: 3, HLC: 9}, Vector{}, nil, signed},
		"signature that knew":      {Write{Device: ID{2}, Seq: 1, HLC: 9, Seals: true}, Vector{ID{1}: 2}, nil, signed},
		"its clock behind":         {Write{Device: ID{2}, Seq: 1, HLC: 2, Seals: true}, Vector{ID{1}: 2}, nil, signed},
		"earlier signature beside": {Write{Device: ID{2}, Seq: 1, HLC: 2, Seals: true}, Vector{ID{1}: 1}, []Write{{Device: ID{2}, Seq: 1, HLC: 2, Seals: true}, signed}, Write{Device: ID{2}, Seq: 1, HLC: 2, Seals: true}},
	} {
		got, late := Merge(heads, c.w, c.seen)
		if late != (c.want == nil) || !late && !slices.Equal(got, c.want) || late && !slices.Equal(got, heads) || got[Standing(got)] != c.is {
			t.Errorf("%s: heads %v, late %v", name, got, late)
		}
	}
}
