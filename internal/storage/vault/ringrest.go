package vault

import "iter"

// Rest gives sealed records of what has come to the keyring since the draft was made,
// or since Rest was called last, and lets the draft stand for it too: another
// workstation has given keys to the former generation while this one was sent. What
// was erased meanwhile, and had gone out in an earlier record, is not in it: then
// another draft is due. Faults: Forbidden after Close, Damaged while keys are lost.
func (d *RingDraft) Rest() (iter.Seq[[]byte], error) {
	place, err := d.s.ring.place()
	if err != nil {
		return nil, err
	}
	from := d.Place
	d.Place = place
	return d.records(from, place), nil
}

func (d *RingDraft) records(from, to int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := from; at < to; at += recordEntries {
			entries := d.s.ring.entries(at, min(at+recordEntries, to), true)
			if len(entries) > 0 && !yield(sealRecord(&d.key, d.s.Organisation(), d.Gen, entries)) {
				return
			}
		}
	}
}
