package vault

import (
	"bytes"
	"encoding/binary"
	"errors"

	"feldsher/internal/ledger"
)

// ringLoad is what two files of a keyring, in whatever state, hold together.
//
// Base and tail consist of parts at known places, each sealed for itself and
// bound to its generation and number, so a changed byte costs one part of one
// file, and the other file has that part. Files of different generations come
// from a crash between two replacements: the newer has everything, and the
// older is asked only for what is unreadable in the newer.
//
// The end of the tail needs thought, because a crash may tear the last append
// without anybody having been promised those keys. Appends are fsynced in the
// first file before they begin in the second. So a part that is unreadable in
// the first was torn only if it belongs to the last append and the second file
// has nothing at its place; in the second only if it belongs to the last
// append. Everything else is damage.
type ringLoad struct {
	header ringHeader
	refs   map[ledger.ID]keyRefs
	twins  twins
	slab   slab
	tail   uint32
	head   [copies]error // why neither header of a file is good
	bad    [copies]int   // damaged parts, by file
	lost   int           // keys that neither file has
	dirty  bool          // the files are not equal and whole
	worse  int           // the file to replace first

	raw     [copies][]byte
	current [copies]bool // of the newest generation, or of an unknown one
	missing int          // entries of unreadable base blocks and damaged tail records
}

// loadRing fails only if no header of either file opens.
func loadRing(root *[KeySize]byte, raw [copies][]byte) (*ringLoad, error) {
	l := &ringLoad{raw: raw, twins: twins{}}
	var headers [copies]ringHeader
	whole := true
	for i := range copies {
		var both bool
		headers[i], both, l.head[i] = fileHeader(root, raw[i])
		if whole = whole && both; !both && l.head[i] == nil {
			l.bad[i]++
		}
		if errors.Is(l.head[i], errNewer) {
			return nil, errNewer
		}
	}
	best := 0
	switch {
	case l.head[0] != nil && l.head[1] != nil:
		return nil, errors.Join(l.head[:]...)
	case l.head[0] != nil, l.head[1] == nil && headers[1].generation > headers[0].generation:
		best = 1
	}
	l.header = headers[best]
	for i := range copies {
		l.current[i] = l.head[i] != nil || headers[i].generation == l.header.generation
	}
	l.refs = make(map[ledger.ID]keyRefs, min(int(l.header.entries), len(raw[best])/entrySize))
	c := newRingCipher(&l.header)
	defer c.wipe()
	l.readBase(c)
	l.readTail(c)
	l.dirty = !whole || l.bad[0]+l.bad[1] > 0 || !bytes.Equal(raw[0], raw[1]) ||
		len(raw[best]) != l.header.tailStart()+int(l.tail)*tailSize
	l.worse = 1 - best
	if l.current[0] && l.current[1] && l.bad[best] > l.bad[1-best] && l.head[1-best] == nil {
		l.worse = best
	}
	if l.missing > 0 && !l.current[1-best] {
		l.fill(&headers[1-best])
	}
	l.lost = max(0, l.missing)
	for i := range headers {
		clear(headers[i].wrap[:])
	}
	return l, nil
}

// fileHeader takes the first of the two headers that is good.
func fileHeader(root *[KeySize]byte, raw []byte) (h ringHeader, both bool, err error) {
	first, err1 := decodeRingHeader(root, raw)
	second, err2 := decodeRingHeader(root, raw[min(len(raw), ringSecond):])
	switch {
	case err1 == nil:
		return first, err2 == nil && first == second && zeroGaps(raw), nil
	case err2 == nil && !errors.Is(err1, errNewer):
		return second, false, nil
	}
	return h, false, err1
}

// zeroGaps checks the room between and after the headers.
func zeroGaps(raw []byte) bool {
	if len(raw) < ringBody {
		return false
	}
	gaps := append(bytes.Clone(raw[ringHead:ringSecond]), raw[ringSecond+ringHead:ringBody]...)
	return len(bytes.Trim(gaps, "\x00")) == 0
}

// part gives the bytes of a part of file i, nil where the file ends before.
func (l *ringLoad) part(i, off, size int) []byte {
	if !l.current[i] || off+size > len(l.raw[i]) {
		return nil
	}
	return l.raw[i][off : off+size]
}

// readPart opens a part from the first file that has it whole, and tells in
// which files it is not. Equal bytes are opened once.
func (l *ringLoad) readPart(c *ringCipher, label string, number uint32, off, size int) (plain []byte, good, there [copies]bool) {
	a, b := l.part(0, off, size), l.part(1, off, size)
	there = [copies]bool{a != nil, b != nil}
	if a != nil {
		if plain = c.open(label, number, a); plain != nil {
			return plain, [copies]bool{true, bytes.Equal(a, b)}, there
		}
	}
	if b != nil && !bytes.Equal(a, b) {
		plain = c.open(label, number, b)
	}
	return plain, [copies]bool{false, plain != nil}, there
}

func (l *ringLoad) readBase(c *ringCipher) {
	entries := int(l.header.entries)
	for number := range l.header.blocks {
		plain, good, _ := l.readPart(c, blockLabel, number, ringBody+int(number)*blockSize, blockSize)
		for i := range copies {
			if l.current[i] && !good[i] && l.head[i] == nil {
				l.bad[i]++
			}
		}
		here := min(entries, blockEntries)
		entries -= here
		l.missing += here
		for i := 0; i < here && plain != nil; i++ {
			if e, ok := getEntry(plain[i*entrySize:]); ok {
				l.missing--
				l.put(e)
			}
		}
	}
}

// tailPart is what became of one record of the tail.
type tailPart struct{ good, there [copies]bool }

func (l *ringLoad) readTail(c *ringCipher) {
	start := l.header.tailStart()
	n := 0
	for i := range copies {
		if l.current[i] {
			n = max(n, (len(l.raw[i])-start)/tailSize)
		}
	}
	parts := make([]tailPart, n)
	last := uint32(0) // first record of the last append of which anything is readable
	for number := range parts {
		plain, good, there := l.readPart(c, tailLabel, uint32(number), start+number*tailSize, tailSize)
		parts[number] = tailPart{good, there}
		if plain == nil {
			continue
		}
		if e, ok := getEntry(plain); ok {
			l.put(e)
		}
		last = max(last, binary.BigEndian.Uint32(plain[entrySize:]))
		l.tail = uint32(number) + 1
	}
	for number, p := range parts {
		l.judge(p, uint32(number) >= last)
	}
}

// judge counts damage, but not what a crash leaves.
func (l *ringLoad) judge(p tailPart, lastAppend bool) {
	if p.good[0] && p.good[1] {
		return
	}
	alone := !l.current[0] || !l.current[1] || l.head[0] != nil || l.head[1] != nil
	torn := [copies]bool{
		lastAppend && !p.there[1] && !alone,
		lastAppend && (p.good[0] || !p.there[1]) && !alone,
	}
	lost := !p.good[0] && !p.good[1]
	for i := range copies {
		if l.current[i] && l.head[i] == nil && !p.good[i] && !torn[i] {
			l.bad[i]++
			if lost {
				l.missing++
				lost = false
			}
		}
	}
}

// put takes an entry, which has a place whatever it says; a tombstone always wins.
func (l *ringLoad) put(e ringEntry) {
	refs := l.refs[e.patient]
	ref := l.slab.add(e.keyName, e.key)
	if e.key != nil {
		l.twins.link(&l.slab, &refs, ref)
	} else {
		l.twins.bury(&l.slab, &refs, e.keyName)
	}
	l.refs[e.patient] = refs
}

// lacks reports whether an entry says something new.
func (l *ringLoad) lacks(e ringEntry) bool {
	first := l.refs[e.patient][e.class-1]
	switch {
	case first == erased:
		return false
	case first == 0, e.key == nil:
		return true
	}
	return !l.twins.has(&l.slab, first, e.keyName, e.key)
}

// fill takes from a file of an older generation what the newer can't give.
func (l *ringLoad) fill(older *ringHeader) {
	i := 0
	if l.current[0] {
		i = 1
	}
	sub := &ringLoad{raw: l.raw, header: *older, refs: make(map[ledger.ID]keyRefs), twins: twins{}}
	sub.current[i] = true
	c := newRingCipher(older)
	defer c.wipe()
	sub.readBase(c)
	sub.readTail(c)
	for ref := uint32(1); ref <= sub.slab.n; ref++ {
		e := ringEntry{keyName: sub.slab.name(ref)}
		if sub.refs[e.patient][e.class-1] != erased {
			e.key = sub.slab.at(ref)
		}
		if l.lacks(e) {
			l.put(e)
			l.missing--
		}
	}
	sub.slab.wipe()
}
