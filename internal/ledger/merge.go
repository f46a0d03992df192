package ledger

import (
	"bytes"
	"cmp"
	"slices"
)

// A field group is the unit of merging: columns that mean something only
// together (dose, unit, route, frequency). Each group of each row has heads: the
// latest writes that have not seen one another.

// Write is one write of a field group. One that seals is the last: writes of
// those who knew it count for nothing.
type Write struct {
	Device ID
	Seq    uint64
	HLC    HLC
	Seals  bool
}

// compare orders writes the same way on every device.
func (w Write) compare(o Write) int {
	return cmp.Or(cmp.Compare(w.HLC, o.HLC), bytes.Compare(w.Device[:], o.Device[:]), cmp.Compare(w.Seq, o.Seq))
}

// knew reports whether the writer of w, who had seen what `seen` covers, knew h.
func (w Write) knew(h Write, seen Vector) bool {
	return seen.Has(h.Device, h.Seq) || h.Device == w.Device && h.Seq < w.Seq
}

// Merge gives the heads of a group after a write that had seen what `seen`
// covers: heads that the writer knew are replaced, the others stay beside it as
// concurrent. A head that seals is never replaced; a write whose writer knew one
// is late: it leaves the heads as they are. The result is in order; applied to
// the same writes in any causal order it is the same.
func Merge(heads []Write, w Write, seen Vector) (merged []Write, late bool) {
	for _, h := range heads {
		if h.Seals && w.knew(h, seen) {
			return slices.Clone(heads), true
		}
	}
	out := make([]Write, 0, len(heads)+1)
	for _, h := range heads {
		if h.Device == w.Device && h.Seq == w.Seq {
			continue // the same write again
		}
		if h.Device == w.Device && h.Seq > w.Seq {
			return slices.Clone(heads), false // an old write of a device that has written since
		}
		if h.Seals || !w.knew(h, seen) {
			out = append(out, h)
		}
	}
	out = append(out, w)
	slices.SortFunc(out, Write.compare)
	return out, false
}

// Standing gives the place of the head whose values hold: the first that seals,
// else the last.
func Standing(heads []Write) int {
	if i := slices.IndexFunc(heads, func(h Write) bool { return h.Seals }); i >= 0 {
		return i
	}
	return len(heads) - 1
}

// Policy says what becomes of concurrent writes of a group.
type Policy uint8

// The policies.
const (
	Winner     Policy = 1 // the last in order holds; the others stay in history (phone, address)
	Conflict   Policy = 2 // both are shown to a person (clinical text, diagnosis, dose)
	InsertOnly Policy = 3 // written once: every write seals (whose record it is, payments, results)
)

// Open reports whether the group waits for a person's decision.
func Open(p Policy, heads []Write) bool { return p == Conflict && len(heads) > 1 }
