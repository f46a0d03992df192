package vault

import (
	"errors"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// ringFile is the writer's side of the keyring: the two files and what is known
// of them. While dirty is set the files are not equal (a write failed half-way,
// or damage was found), and the next write rewrites both instead of appending.
type ringFile struct {
	pair       pair
	root       [KeySize]byte // wraps wrapping keys
	head       ringHeader    // of both files, when not dirty
	tail       uint32        // records in the tail of both, when not dirty
	generation uint64        // the highest ever written or tried
	next       int           // the copy to replace first: the worse one
	dirty      bool
}

// The tail may grow to the size of the base before it is folded in, so that
// the cost of rewriting stays a constant factor; this much always fits.
const minTail = 4096

func keyringPair(d disk, dir string) pair {
	return pair{disk: d, dir: dir, name: "keyring", max: maxRing, wipe: ringBody}
}

// createKeyring writes an empty keyring.
func createKeyring(d disk, dir string, db *[KeySize]byte) (*Keyring, error) {
	k := newKeyring(d, dir, db)
	if err := k.file.rewrite(nil); err != nil {
		return nil, spaceFault(err)
	}
	return k, nil
}

func newKeyring(d disk, dir string, db *[KeySize]byte) *Keyring {
	return &Keyring{
		index: make(map[ledger.ID]keyRefs), twins: twins{},
		file: ringFile{pair: keyringPair(d, dir), root: ringContext(db)},
	}
}

// openKeyring reads both files, takes what either holds readably, and repairs
// them unless keys are lost.
func openKeyring(d disk, dir string, db *[KeySize]byte) (*Keyring, error) {
	k := newKeyring(d, dir, db)
	var raw [copies][]byte
	var errs [copies]error
	for i := range copies {
		if err := k.file.pair.tidy(i); err != nil {
			k.note("vault.damage.leftover", i, 0, err)
		}
		raw[i], errs[i] = k.file.pair.read(i)
	}
	l, err := loadRing(&k.file.root, raw)
	if err != nil {
		k.file.wipe()
		if errors.Is(err, errNewer) {
			return nil, fault.Wrap(err, fault.Newer, "vault.newer")
		}
		return nil, fault.Wrap(errors.Join(append(errs[:], err)...), fault.Damaged, "vault.keyring.unreadable")
	}
	k.take(l)
	for i := range copies {
		switch {
		case l.head[i] != nil:
			k.note("vault.damage.keyring_head", i, 0, errors.Join(errs[i], l.head[i]))
		case l.bad[i] > 0:
			k.note("vault.damage.keyring", i, l.bad[i], nil)
		}
	}
	if l.dirty && l.lost == 0 {
		if err := k.file.rewrite(k.snapshot()); err != nil {
			k.note("vault.damage.behind", k.file.next, 0, err)
		}
	}
	return k, nil
}

func (k *Keyring) note(key string, copy, n int, err error) {
	k.damage = append(k.damage, &fault.Error{
		Kind: fault.Damaged, Key: key, Args: map[string]any{"file": k.file.pair.file(copy), "n": n}, Err: err,
	})
}

// take fills the memory from what was read.
func (k *Keyring) take(l *ringLoad) {
	k.lost = l.lost
	k.index, k.twins, k.slab = l.refs, l.twins, l.slab
	k.countIssued()
	k.file.head, k.file.tail, k.file.dirty = l.header, l.tail, l.dirty
	k.file.generation, k.file.next = l.header.generation, l.worse
}

// add makes entries durable: appended to one file and then to the other, each
// with its own fsync, or by rewriting when the tail is long. The order matters:
// a record that the second file has was durable in the first (ringload.go).
func (f *ringFile) add(fresh []ringEntry, present func() []ringEntry) error {
	if f.dirty || int(f.tail)+len(fresh) > max(minTail, int(f.head.entries)) {
		return f.rewrite(append(present(), fresh...))
	}
	data := encodeTail(&f.head, f.tail, fresh)
	off := int64(f.head.tailStart()) + int64(f.tail)*tailSize
	for i := range copies {
		if err := f.pair.appendAt(i, data, off); err != nil {
			f.dirty = true
			return err
		}
	}
	f.tail += uint32(len(fresh))
	return nil
}

// rewrite puts a new file with exactly these entries, under a fresh wrapping
// key, in the place of both.
func (f *ringFile) rewrite(entries []ringEntry) error {
	f.dirty = true
	f.generation++
	h := ringHeader{generation: f.generation}
	randomBytes(h.wrap[:])
	raw := encodeRing(&f.root, &h, entries)
	if len(raw) > maxRing {
		return fmt.Errorf("keyring of %d entries is too large", len(entries))
	}
	first := f.next
	if err := f.pair.replace(first, raw); err != nil {
		return err
	}
	f.next = 1 - first
	if err := f.pair.replace(f.next, raw); err != nil {
		return err
	}
	f.next = first
	f.wipeHead()
	f.head, f.tail, f.dirty = h, 0, false
	return nil
}

func (f *ringFile) wipeHead() { clear(f.head.wrap[:]) }

func (f *ringFile) wipe() {
	f.wipeHead()
	clear(f.root[:])
}
