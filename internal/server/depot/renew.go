package depot

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// A draft is written under its own id beside the present generation; to put it in
// that one's place is to name it in the organisation's row.

// RenewRing implements Depot.
func (d *depot) RenewRing(ctx context.Context, by Caller, r *wire.RingRenew, now time.Time) (s wire.Standing, err error) {
	if r.Draft.IsZero() {
		return s, ErrOrder
	}
	var adopted, stale bool
	err = d.write(ctx, by.Org, func(t tx) error {
		adopted, stale = false, false
		o, err := organisation(t, by.Org)
		if err != nil {
			return err
		}
		if _, err := live(t, by.Org, by.Device); err != nil {
			return err
		}
		if string(o.ring) == string(r.Draft[:]) { // it is the present one already
			s, err = d.standing(t, o)
			return err
		}
		if r.Old != o.gen {
			stale = true // and nothing else, so that the draft's end is kept
			return dropDrafts(t, "org = $1 AND ring = $2 AND device = $3", key(o.id), key(r.Draft), key(by.Device))
		}
		if adopted, err = draftPart(t, o, by.Device, r, now); err != nil {
			return err
		}
		s, err = d.standingNow(t, by.Org)
		return err
	})
	switch {
	case err != nil:
		return wire.Standing{}, err
	case stale:
		return wire.Standing{}, ErrStale
	case adopted:
		d.moved(by.Org)
		d.shred()
	}
	return s, nil
}

// draft is a row of the table.
type draft struct {
	parts uint32
	n     uint64
}

// draftPart takes one part, and says whether the draft has become the present
// generation by it.
func draftPart(t tx, o org, device ledger.ID, r *wire.RingRenew, now time.Time) (adopted bool, err error) {
	have, err := findDraft(t, o, device, r, now)
	if err != nil {
		return false, err
	}
	if r.Part > have.parts {
		return false, ErrGap
	}
	// Before anything is stored: with an error the part has not come.
	if r.Last && r.OldN != o.n {
		return false, ErrStale
	}
	if r.Part == have.parts {
		if have.n, err = addRecords(t, o.id, key(r.Draft), have.n, r.Records); err != nil {
			return false, err
		}
		if err := draftWraps(t, o, r); err != nil {
			return false, err
		}
		if err := t.later("UPDATE ring_draft SET parts = $3, n = $4 WHERE org = $1 AND ring = $2",
			key(o.id), key(r.Draft), int64(have.parts)+1, int64(have.n)); err != nil {
			return false, err
		}
	}
	if !r.Last {
		return false, nil
	}
	return true, adopt(t, o, r.Draft, have.n)
}

// findDraft finds the draft, or begins it; the workstation's others end then.
func findDraft(t tx, o org, device ledger.ID, r *wire.RingRenew, now time.Time) (have draft, err error) {
	var whose []byte
	found, err := one(t, "SELECT device, parts, n FROM ring_draft WHERE org = $1 AND ring = $2",
		[]any{key(o.id), key(r.Draft)}, &whose, &have.parts, &have.n)
	if err != nil {
		return have, err
	}
	if found && idOf(whose) != device {
		return have, ErrUnknown
	}
	if found || r.Part > 0 {
		return have, nil
	}
	if err := dropDrafts(t, "org = $1 AND device = $2", key(o.id), key(device)); err != nil {
		return have, err
	}
	return have, t.later("INSERT INTO ring_draft (org, ring, device, old, parts, n, added) VALUES ($1, $2, $3, $4, 0, 0, $5)",
		key(o.id), key(r.Draft), key(device), int64(r.Old), now.UnixMilli())
}

// draftWraps stores the wraps of a draft, but those of revoked workstations.
func draftWraps(t tx, o org, r *wire.RingRenew) error {
	o.ring = key(r.Draft)
	for _, w := range r.Wraps {
		if _, err := live(t, o.id, w.Reader); errors.Is(err, ErrRevoked) {
			continue
		} else if err != nil && !errors.Is(err, ErrUnknown) {
			return err
		}
		if err := addWrap(t, o, w.Reader, w.Sealed); err != nil {
			return err
		}
	}
	return nil
}

// adopt puts a draft in the place of the present generation, which is deleted, as are
// all other drafts: they were made of it.
func adopt(t tx, o org, ring ledger.ID, n uint64) error {
	for _, q := range []string{
		"DELETE FROM ring_record WHERE org = $1 AND ring <> $2",
		// A workstation that was revoked while the draft grew.
		`DELETE FROM ring_wrap WHERE org = $1 AND (ring <> $2 OR reader IN
			(SELECT device FROM device WHERE device.org = $1 AND revoked <> 0))`,
	} {
		if err := t.later(q, key(o.id), key(ring)); err != nil {
			return err
		}
	}
	if err := t.later("DELETE FROM ring_draft WHERE org = $1", key(o.id)); err != nil {
		return err
	}
	if err := t.later("UPDATE organisation SET ring = $2, ring_gen = $3, ring_n = $4 WHERE org = $1",
		key(o.id), key(ring), int64(o.gen)+1, int64(n)); err != nil {
		return err
	}
	o.ring, o.gen, o.n = key(ring), o.gen+1, n
	return countLacking(t, o)
}

// dropDrafts deletes drafts of an organisation with what they hold.
func dropDrafts(t tx, which string, args ...any) error {
	for _, q := range []string{
		"DELETE FROM ring_record WHERE org = $1 AND ring IN (SELECT ring FROM ring_draft WHERE " + which + ")",
		"DELETE FROM ring_wrap WHERE org = $1 AND ring IN (SELECT ring FROM ring_draft WHERE " + which + ")",
		"DELETE FROM ring_draft WHERE " + which,
	} {
		if err := t.later(q, args...); err != nil {
			return err
		}
	}
	return nil
}
