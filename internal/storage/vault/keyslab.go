package vault

import "bytes"

// slab keeps the entries of a keyring in the order in which they came, which is
// the order of their places; in blocks that never move, so that wiping them wipes
// the only copy. The key of an erased entry is zeros.
type slab struct {
	blocks []*[1024][KeySize]byte
	names  []*[1024]keyName
	n      uint32
}

// add takes an entry and gives its reference: one more than its place.
func (s *slab) add(name keyName, key *[KeySize]byte) (ref uint32) {
	i := s.n
	if int(i/1024) == len(s.blocks) {
		s.blocks = append(s.blocks, new([1024][KeySize]byte))
		s.names = append(s.names, new([1024]keyName))
	}
	s.names[i/1024][i%1024] = name
	if key != nil {
		s.blocks[i/1024][i%1024] = *key
	}
	s.n++
	return i + 1
}

func (s *slab) at(ref uint32) *[KeySize]byte {
	return &s.blocks[(ref-1)/1024][(ref-1)%1024]
}

func (s *slab) name(ref uint32) keyName {
	return s.names[(ref-1)/1024][(ref-1)%1024]
}

func (s *slab) wipe() {
	for _, b := range s.blocks {
		clear(b[:])
	}
	s.blocks, s.names, s.n = nil, nil, 0
}

// twins are the further keys of names that have several: two workstations made one
// each without knowing of the other. The least key, bytewise, is the first
// everywhere, and seals; all of them open.
type twins map[keyName][]uint32

// link puts an entry of the slab into the references of its patient.
func (t twins) link(s *slab, refs *keyRefs, ref uint32) (fresh bool) {
	name := s.name(ref)
	first := &refs[name.class-1]
	switch {
	case *first == erased:
		clear(s.at(ref)[:])
		return false
	case *first == 0:
		*first = ref
		return true
	case t.has(s, *first, name, s.at(ref)):
		return false
	}
	if bytes.Compare(s.at(ref)[:], s.at(*first)[:]) < 0 {
		*first, ref = ref, *first
	}
	at := 0
	for at < len(t[name]) && bytes.Compare(s.at(t[name][at])[:], s.at(ref)[:]) < 0 {
		at++
	}
	list := append(t[name], 0)
	copy(list[at+1:], list[at:])
	list[at] = ref
	t[name] = list
	return true
}

// has reports whether a name has this key already; first is its first one.
func (t twins) has(s *slab, first uint32, name keyName, key *[KeySize]byte) bool {
	if *s.at(first) == *key {
		return true
	}
	for _, ref := range t[name] {
		if *s.at(ref) == *key {
			return true
		}
	}
	return false
}

// bury destroys all keys of a name.
func (t twins) bury(s *slab, refs *keyRefs, name keyName) {
	if first := refs[name.class-1]; first != 0 && first != erased {
		clear(s.at(first)[:])
		for _, ref := range t[name] {
			clear(s.at(ref)[:])
		}
	}
	delete(t, name)
	refs[name.class-1] = erased
}
