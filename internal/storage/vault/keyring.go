package vault

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Class is the keeping class of a patient's data; each has a key of its own, so
// that one can be destroyed while the law bids another to be kept.
type Class uint8

// The classes. Their numbers stand in files.
const (
	Identity Class = 1 // who the patient is
	Medical  Class = 2 // the card
	Money    Class = 3 // services and payments
	Letters  Class = 4 // requests and correspondence
)

const classes = 4

// Classes lists them all.
func Classes() []Class { return []Class{Identity, Medical, Money, Letters} }

// ErrErased is the cause of the fault about a key that was erased for good,
// ErrNoKey of the one about a key that was never made here.
var (
	ErrErased = errors.New("patient key was erased")
	ErrNoKey  = errors.New("no such patient key")
)

// Tombstone says that a patient's key of a class was erased.
type Tombstone struct {
	Patient ledger.ID
	Class   Class
}

// Keyring holds the patients' keys. Any number of goroutines may read while one
// writes; writers wait for each other.
type Keyring struct {
	write sync.Mutex // held by the one writer, over its disk operations
	file  ringFile

	mu     sync.RWMutex // guards what readers see
	closed bool
	index  map[ledger.ID]keyRefs
	twins  twins
	slab   slab
	held   []uint64 // places that the ring's present generation holds, as bits
	damage []*fault.Error
	lost   int
	issued int // keys ever made, erased ones included
}

// keyRefs says where the keys of a patient's classes are: 0 none, erased, or
// one more than the place in the slab.
type keyRefs [classes]uint32

const erased = ^uint32(0)

type keyName struct {
	patient ledger.ID
	class   Class
}

// Keys gives copies of all keys of a patient's class. There are several where two
// workstations made one each without knowing of the other; the first, the same
// everywhere, is the one to seal with, and what was sealed may need any of them.
// Faults as those of Key.
func (k *Keyring) Keys(patient ledger.ID, class Class) ([]*[KeySize]byte, error) {
	first, err := k.Key(patient, class)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := []*[KeySize]byte{first}
	name := keyName{patient, class}
	if len(k.twins[name]) == 0 {
		return all, nil
	}
	now := *k.slab.at(k.index[patient][class-1]) // another may have come first meanwhile
	all[0] = &now
	for _, ref := range k.twins[name] {
		key := *k.slab.at(ref)
		all = append(all, &key)
	}
	return all, nil
}

// Key gives a copy of a patient's key: the first of Keys. Faults: NotFound, with ErrErased or
// ErrNoKey as the cause; Damaged when the key may be among the lost ones.
func (k *Keyring) Key(patient ledger.ID, class Class) (*[KeySize]byte, error) {
	if class < 1 || class > classes {
		return nil, fault.New(fault.Invalid, "vault.keyring.request")
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	switch ref := k.index[patient][class-1]; {
	case k.closed:
		return nil, closedFault()
	case ref == erased:
		return nil, fault.Wrap(ErrErased, fault.NotFound, "vault.keyring.erased")
	case ref == 0 && k.lost > 0:
		return nil, lostFault(k.lost)
	case ref == 0:
		return nil, fault.Wrap(ErrNoKey, fault.NotFound, "vault.keyring.no_key")
	default:
		out := *k.slab.at(ref)
		return &out, nil
	}
}

func lostFault(n int) error { return fault.New(fault.Damaged, "vault.keyring.lost", "n", n) }

// Ensure makes the keys that the patients lack in the classes, all in one
// append, and returns when they are durable in both files; then a transaction
// may use them. Faults: NotFound with ErrErased if any of them was erased (none
// is made then), Space when they could not be written (none of them is given
// out, and asking again is safe), Damaged while lost keys wait for AcceptLoss,
// Invalid.
func (k *Keyring) Ensure(patients []ledger.ID, of ...Class) error {
	k.write.Lock()
	defer k.write.Unlock()
	fresh, err := k.missing(patients, of)
	if err != nil || len(fresh) == 0 {
		return err
	}
	keys := make([][KeySize]byte, len(fresh))
	defer clear(keys)
	entries := make([]ringEntry, len(fresh))
	for i, name := range fresh {
		randomBytes(keys[i][:])
		entries[i] = ringEntry{keyName: name, key: &keys[i]}
	}
	// After a failure the files are rewritten without these keys before
	// anything else is, so no name ever has two keys.
	if err := k.file.add(entries, k.snapshot); err != nil {
		return spaceFault(err)
	}
	k.publish(entries)
	return nil
}

// missing lists the names that have no key yet, each once.
func (k *Keyring) missing(patients []ledger.ID, of []Class) ([]keyName, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return nil, closedFault()
	}
	var fresh []keyName
	seen := make(map[keyName]bool)
	for _, patient := range patients {
		refs := k.index[patient]
		for _, class := range of {
			if patient.IsZero() || class < 1 || class > classes {
				return nil, fault.New(fault.Invalid, "vault.keyring.request")
			}
			name := keyName{patient, class}
			switch ref := refs[class-1]; {
			case ref == erased:
				return nil, fault.Wrap(ErrErased, fault.NotFound, "vault.keyring.erased")
			case ref == 0 && !seen[name]:
				seen[name] = true
				fresh = append(fresh, name)
			}
		}
	}
	if k.lost > 0 && len(fresh) > 0 {
		return nil, lostFault(k.lost)
	}
	return fresh, nil
}

// publish shows the keys and tombstones that became durable to readers.
func (k *Keyring) publish(entries []ringEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range entries {
		refs := k.index[e.patient]
		if e.key == nil {
			k.buryName(&refs, e.keyName)
		} else {
			if refs[e.class-1] == 0 {
				k.issued++
			}
			k.twins.link(&k.slab, &refs, k.slab.add(e.keyName, e.key))
		}
		k.index[e.patient] = refs
	}
}

// Issued counts the keys ever made here, the erased ones included. It never
// shrinks while the files are whole, so whoever remembers it sees a keyring that
// lost its end in both files.
func (k *Keyring) Issued() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.issued
}

// countIssued counts what the files held when they were read.
func (k *Keyring) countIssued() {
	k.issued = 0
	for _, refs := range k.index {
		for _, ref := range refs {
			if ref != 0 {
				k.issued++
			}
		}
	}
}

// snapshot lists all keys and tombstones in the order of their places. Only the
// writer calls it, so nothing changes under it.
func (k *Keyring) snapshot() []ringEntry {
	entries := make([]ringEntry, 0, int(k.slab.n))
	for ref := uint32(1); ref <= k.slab.n; ref++ {
		entries = append(entries, k.entry(ref))
	}
	return entries
}

// entry gives one place; the key points into the slab.
func (k *Keyring) entry(ref uint32) ringEntry {
	name := k.slab.name(ref)
	if k.index[name.patient][name.class-1] == erased {
		return ringEntry{keyName: name}
	}
	return ringEntry{keyName: name, key: k.slab.at(ref)}
}

// Erase destroys a patient's keys of the classes for good: it rewrites both
// files under a fresh wrapping key, with tombstones in the keys' place. Classes
// that never had a key get a tombstone too. From the call on the keys are not
// given out any more, whatever happens. Space means that a file may still hold
// them; the next write of any kind, the next Open, or Erase called again
// finishes the work. Damaged while lost keys wait for AcceptLoss.
func (k *Keyring) Erase(patient ledger.ID, of ...Class) error {
	k.write.Lock()
	defer k.write.Unlock()
	if err := k.bury(patient, of); err != nil {
		return err
	}
	err := k.file.rewrite(k.snapshot())
	return fault.Wrap(err, fault.Space, "vault.keyring.erase_unfinished")
}

// bury puts the tombstones in memory.
func (k *Keyring) bury(patient ledger.ID, of []Class) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return closedFault()
	}
	if k.lost > 0 {
		return lostFault(k.lost)
	}
	if patient.IsZero() || len(of) == 0 || slices.ContainsFunc(of, func(c Class) bool { return c < 1 || c > classes }) {
		return fault.New(fault.Invalid, "vault.keyring.request")
	}
	refs := k.index[patient]
	for _, class := range of {
		k.buryName(&refs, keyName{patient, class})
	}
	k.index[patient] = refs
	return nil
}

// buryName puts one tombstone; a name that never had a key gets a place for it.
func (k *Keyring) buryName(refs *keyRefs, name keyName) {
	switch refs[name.class-1] {
	case erased:
		return
	case 0:
		k.issued++
		k.slab.add(name, nil)
	}
	k.twins.bury(&k.slab, refs, name)
}

// Tombstones lists the erased keys, by patient and class.
func (k *Keyring) Tombstones() []Tombstone {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []Tombstone
	for patient, refs := range k.index {
		for i, ref := range refs {
			if ref == erased {
				all = append(all, Tombstone{patient, Class(i + 1)})
			}
		}
	}
	slices.SortFunc(all, func(a, b Tombstone) int {
		if c := bytes.Compare(a.Patient[:], b.Patient[:]); c != 0 {
			return c
		}
		return int(a.Class) - int(b.Class)
	})
	return all
}

// Len counts the keys.
func (k *Keyring) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	n := 0
	for _, refs := range k.index {
		for _, ref := range refs {
			if ref != 0 && ref != erased {
				n++
			}
		}
	}
	return n
}

// Compact rewrites both files without the appended tail. Ensure does it by
// itself when the tail gets long. Faults: Space, Damaged.
func (k *Keyring) Compact() error {
	k.write.Lock()
	defer k.write.Unlock()
	k.mu.RLock()
	closed, lost := k.closed, k.lost
	k.mu.RUnlock()
	switch {
	case closed:
		return closedFault()
	case lost > 0:
		return lostFault(lost)
	}
	return spaceFault(k.file.rewrite(k.snapshot()))
}

// Damage lists what was wrong with the files when they were opened.
func (k *Keyring) Damage() []*fault.Error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.damage)
}

// Lost counts the keys that neither file holds readably any more. While it is
// not zero the files stay as they are and nothing is written, because a backup
// of the keyring may still have the keys, and a new key made for a patient
// whose key was lost would bury the old data.
func (k *Keyring) Lost() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.lost
}

// AcceptLoss gives the lost keys up: what is readable is written anew.
func (k *Keyring) AcceptLoss() error {
	k.mu.Lock()
	k.lost = 0
	k.mu.Unlock()
	return k.Compact()
}

// Close overwrites the keys in memory. The session does it.
func (k *Keyring) Close() error {
	k.write.Lock()
	defer k.write.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	k.slab.wipe()
	k.index, k.twins = nil, nil
	k.file.wipe()
	return nil
}
