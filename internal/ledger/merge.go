package ledger

import (
	"bytes"
	"cmp"
	"slices"
)

// A field group is the unit of merging: columns that mean something only
// together (dose, unit, route, frequency). Each group of each row has heads: the
// latest writes that have not seen one another.

// Write is one write of a field group.
type Write struct {
	Device ID
	Seq    uint64
	HLC    HLC
}

// compare orders writes the same way on every device.
func (w Write) compare(o Write) int {
	return cmp.Or(cmp.Compare(w.HLC, o.HLC), bytes.Compare(w.Device[:], o.Device[:]), cmp.Compare(w.Seq, o.Seq))
}

// Merge gives the heads of a group after a write that had seen what `seen`
// covers: heads that the writer knew are replaced, the others stay beside it as
// concurrent. The result is in order, the winner last; applied to the same writes
// in any causal order it is the same.
func Merge(heads []Write, w Write, seen Vector) []Write {
	out := make([]Write, 0, len(heads)+1)
	for _, h := range heads {
		if h.Device == w.Device && h.Seq == w.Seq {
			continue // the same write again
		}
		if h.Device == w.Device && h.Seq > w.Seq {
			return slices.Clone(heads) // an old write of a device that has written since
		}
		if !seen.Has(h.Device, h.Seq) && h.Device != w.Device {
			out = append(out, h)
		}
	}
	out = append(out, w)
	slices.SortFunc(out, Write.compare)
	return out
}

// Policy says what becomes of concurrent writes of a group.
type Policy uint8

// The policies.
const (
	Winner     Policy = 1 // the last in order holds; the others stay in history (phone, address)
	Conflict   Policy = 2 // both are shown to a person (clinical text, diagnosis, dose)
	InsertOnly Policy = 3 // written once; other content under the same key is refused (signed documents)
)

// Open reports whether the group waits for a person's decision.
func Open(p Policy, heads []Write) bool { return p == Conflict && len(heads) > 1 }
