package vault

import (
	"feldsher/internal/fault"
)

// place counts the entries, which is where the next one will stand.
func (k *Keyring) place() (int, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	switch {
	case k.closed:
		return 0, closedFault()
	case k.lost > 0:
		return 0, lostFault(k.lost)
	}
	return int(k.slab.n), nil
}

// entries gives copies of the keys at the places from … to−1: with stones all of
// them and the tombstones, without only the keys that the ring does not hold.
func (k *Keyring) entries(from, to int, stones bool) (out []ringEntry) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return nil
	}
	for ref := uint32(from) + 1; ref <= min(uint32(to), k.slab.n); ref++ {
		e := k.entry(ref)
		switch {
		case e.key != nil && (stones || !k.holds(ref)):
			key := *e.key
			e.key = &key
			out = append(out, e)
		case e.key == nil && stones:
			out = append(out, e)
		}
	}
	return out
}

// holds reports whether the ring's present generation is known to hold a place.
func (k *Keyring) holds(ref uint32) bool {
	i := (ref - 1) / 64
	return int(i) < len(k.held) && k.held[i]>>((ref-1)%64)&1 == 1
}

func (k *Keyring) hold(ref uint32) {
	i := int((ref - 1) / 64)
	for len(k.held) <= i {
		k.held = append(k.held, 0)
	}
	k.held[i] |= 1 << ((ref - 1) % 64)
}

// holdAll notes that the ring holds every place before one; holdNone that it is
// another ring.
func (k *Keyring) holdAll(before int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = nil
	for ref := uint32(1); ref <= uint32(before); ref++ {
		k.hold(ref)
	}
}

func (k *Keyring) holdNone() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = nil
}

// absorb takes entries of the ring, and notes that it holds them. The keys in them
// are copied.
func (k *Keyring) absorb(entries []ringEntry) (added int, buried []Tombstone, err error) {
	k.write.Lock()
	defer k.write.Unlock()
	added, buried, err = k.takeIn(entries)
	if err != nil {
		return added, buried, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range entries {
		if first := k.index[e.patient][e.class-1]; e.key != nil && first != 0 && first != erased {
			k.holdKey(e)
		}
	}
	return added, buried, nil
}

// takeIn makes entries durable and gives them out from then on.
func (k *Keyring) takeIn(entries []ringEntry) (added int, buried []Tombstone, err error) {
	fresh, buried, err := k.sift(entries)
	if err != nil {
		return 0, nil, err
	}
	switch {
	case len(buried) > 0 || k.file.dirty: // keys of them are in the files, or a write was cut off
		if err := k.file.rewrite(append(k.snapshot(), fresh...)); err != nil {
			if len(buried) == 0 {
				return 0, nil, spaceFault(err)
			}
			return 0, buried, fault.Wrap(err, fault.Space, "vault.keyring.erase_unfinished")
		}
	case len(fresh) > 0:
		if err := k.file.add(fresh, k.snapshot); err != nil {
			return 0, nil, spaceFault(err)
		}
	}
	k.publish(fresh)
	for _, e := range fresh {
		if e.key == nil {
			buried = append(buried, Tombstone{e.patient, e.class})
		} else {
			added++
		}
	}
	return added, buried, nil
}

// holdKey notes that the ring holds a key that is there.
func (k *Keyring) holdKey(e ringEntry) {
	for _, ref := range append([]uint32{k.index[e.patient][e.class-1]}, k.twins[e.keyName]...) {
		if *k.slab.at(ref) == *e.key {
			k.hold(ref)
		}
	}
}

// sift lists what is new: keys, and tombstones for names that never had one. Keys
// that a tombstone destroys are gone at once, and named in buried; so is what was
// erased before, as long as the files may not say so: a write had failed.
func (k *Keyring) sift(entries []ringEntry) (fresh []ringEntry, buried []Tombstone, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.closed:
		return nil, nil, closedFault()
	case k.lost > 0:
		return nil, nil, lostFault(k.lost)
	}
	stones := map[keyName]bool{}
	for _, e := range entries {
		refs := k.index[e.patient]
		first := refs[e.class-1]
		if e.key != nil || stones[e.keyName] || first == erased && !k.file.dirty {
			continue
		}
		if stones[e.keyName] = true; first == 0 {
			fresh = append(fresh, e)
			continue
		}
		k.buryName(&refs, e.keyName) // nothing where it was buried before
		k.index[e.patient] = refs
		buried = append(buried, Tombstone{e.patient, e.class})
	}
	type named struct {
		keyName
		key [KeySize]byte
	}
	seen := map[named]bool{}
	for _, e := range entries {
		if e.key == nil || stones[e.keyName] {
			continue
		}
		first := k.index[e.patient][e.class-1]
		n := named{e.keyName, *e.key}
		if first == erased || seen[n] || first != 0 && k.twins.has(&k.slab, first, e.keyName, e.key) {
			continue
		}
		seen[n] = true
		fresh = append(fresh, e)
	}
	return fresh, buried, nil
}
