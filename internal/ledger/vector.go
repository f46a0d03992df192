package ledger

// Vector says, for each device, up to which entry its chain of changes has been
// applied.
type Vector map[ID]uint64

// Has reports whether the entry seq of a device is covered.
func (v Vector) Has(device ID, seq uint64) bool { return v[device] >= seq }

// Add takes heads in; it never goes back.
func (v Vector) Add(heads []Head) {
	for _, h := range heads {
		if h.Seq > v[h.Device] {
			v[h.Device] = h.Seq
		}
	}
}

// Ready reports whether everything that an entry had seen has been applied here,
// the entry before it in its own chain included. An entry that is not ready
// waits.
func (v Vector) Ready(h Header) bool {
	if h.Chain == Changes && v[h.Device] != h.Seq-1 {
		return false
	}
	for _, s := range h.Seen {
		if !v.Has(s.Device, s.Seq) {
			return false
		}
	}
	return true
}
