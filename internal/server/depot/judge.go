package depot

import (
	"errors"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// chainID names one chain of a device, place one entry.
type chainID struct {
	device ledger.ID
	chain  ledger.Chain
}

type place struct {
	chainID
	seq uint64
}

// judge decides about entries, one after the other, by what is stored and what has
// been let in before. It is fed with all that it may ask: see needs.
type judge struct {
	org     ledger.ID
	devices map[ledger.ID]Device
	heads   map[chainID]wire.Head
	hashes  map[place]ledger.Hash // of stored entries behind the heads, and of those let in
}

// needs lists the chains that the entries speak of.
func needs(entries []*ledger.Entry) (chains []chainID) {
	seen := map[chainID]bool{}
	add := func(c chainID) {
		if !seen[c] {
			seen[c] = true
			chains = append(chains, c)
		}
	}
	for _, e := range entries {
		add(chainID{e.Header.Device, e.Header.Chain})
		for _, s := range e.Header.Seen {
			add(chainID{s.Device, ledger.Changes})
		}
	}
	return chains
}

// behind lists the places behind the heads whose hashes will be asked for.
func (j *judge) behind(entries []*ledger.Entry) (places []place) {
	seen := map[place]bool{}
	add := func(p place) {
		if p.seq < j.heads[p.chainID].Seq && !seen[p] {
			seen[p] = true
			places = append(places, p)
		}
	}
	for _, e := range entries {
		add(place{chainID{e.Header.Device, e.Header.Chain}, e.Header.Seq})
		for _, s := range e.Header.Seen {
			add(place{chainID{s.Device, ledger.Changes}, s.Seq})
		}
	}
	return places
}

func (j *judge) hash(p place) (ledger.Hash, bool) {
	if h := j.heads[p.chainID]; h.Seq == p.seq && p.seq > 0 {
		return h.Hash, true
	}
	h, ok := j.hashes[p]
	return h, ok
}

// admit lets an entry in (true), passes it over because it is there (false), or says
// what is wrong with it; head is then the chain in question as it stands.
func (j *judge) admit(e *ledger.Entry) (fresh bool, head wire.Head, err error) {
	h := &e.Header
	c := chainID{h.Device, h.Chain}
	head = j.heads[c]
	dev, known := j.devices[h.Device]
	switch {
	case h.Org != j.org:
		return false, head, ErrOrg
	case !known:
		return false, head, ErrUnknown
	case h.Seq <= head.Seq:
		if stored, ok := j.hash(place{c, h.Seq}); !ok || stored != e.Hash {
			return false, head, ErrFork
		}
		return false, head, nil
	case !dev.Revoked.IsZero() && h.Chain == ledger.Changes && h.Seq > dev.RevokedSeq:
		return false, head, ErrRevoked
	case h.Seq > head.Seq+1:
		return false, head, ErrGap
	case h.Prev != head.Hash:
		return false, head, ErrFork
	}
	if head, err := j.sawStored(h.Seen); err != nil {
		if errors.Is(err, ErrEarly) {
			head = j.heads[c]
		}
		return false, head, err
	}
	if head.Seq > 0 {
		j.hashes[place{c, head.Seq}] = head.Hash
	}
	j.heads[c] = wire.Head{Device: h.Device, Chain: h.Chain, Seq: h.Seq, Hash: e.Hash}
	return true, j.heads[c], nil
}

// sawStored checks what an entry's writer had seen: it must be stored, and be the same.
func (j *judge) sawStored(seen []ledger.Head) (wire.Head, error) {
	for _, s := range seen {
		c := chainID{s.Device, ledger.Changes}
		head := j.heads[c]
		if s.Seq > head.Seq {
			return head, ErrEarly
		}
		if stored, ok := j.hash(place{c, s.Seq}); !ok || stored != s.Hash {
			return head, ErrFork
		}
	}
	return wire.Head{}, nil
}
