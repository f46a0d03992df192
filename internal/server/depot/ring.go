package depot

import (
	"context"
	"crypto/sha256"
	"errors"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// PullRing implements Depot.
func (d *depot) PullRing(ctx context.Context, by Caller, gen uint32, since uint64, limit int) (p wire.RingPulled, err error) {
	err = d.read(ctx, func(t tx) error { // a snapshot: a renewal deletes
		o, err := organisation(t, by.Org)
		if err != nil {
			return err
		}
		if _, err := live(t, by.Org, by.Device); err != nil {
			return err
		}
		if p.Standing, err = d.standing(t, o); err != nil {
			return err
		}
		if gen != o.gen || since > o.n {
			since = 0
		}
		p.Gen, p.First = o.gen, since+1
		if _, err := one(t, "SELECT sealed FROM ring_wrap WHERE org = $1 AND ring = $2 AND reader = $3",
			[]any{key(o.id), blob(o.ring), key(by.Device)}, &p.Wrap); err != nil {
			return err
		}
		p.Records, err = ringRecords(t, o, since, limit)
		p.More = since+uint64(len(p.Records)) < o.n
		return err
	})
	if err != nil {
		return wire.RingPulled{}, err
	}
	return p, nil
}

// ringRecords reads records of the present generation after a place.
func ringRecords(t tx, o org, since uint64, limit int) (records [][]byte, err error) {
	last, bytes := since, 0
	if err := t.query("SELECT n, length(bytes) FROM ring_record WHERE org = $1 AND ring = $2 AND n > $3 ORDER BY n LIMIT $4",
		[]any{key(o.id), blob(o.ring), int64(since), int64(wire.MaxItems)}, func(scan scan) error {
			var n uint64
			var size int
			if err := scan(&n, &size); err != nil {
				return err
			}
			if last > since && bytes+size > limit {
				return errEnough
			}
			last, bytes = n, bytes+size
			return nil
		}); err != nil {
		return nil, err
	}
	err = t.query("SELECT bytes FROM ring_record WHERE org = $1 AND ring = $2 AND n > $3 AND n <= $4 ORDER BY n",
		[]any{key(o.id), blob(o.ring), int64(since), int64(last)}, func(scan scan) error {
			var b []byte
			err := scan(&b)
			records = append(records, b)
			return err
		})
	return records, err
}

// PushRing implements Depot.
func (d *depot) PushRing(ctx context.Context, by Caller, r *wire.RingPush) (s wire.Standing, err error) {
	var grown bool
	err = d.write(ctx, by.Org, func(t tx) error {
		o, err := organisation(t, by.Org)
		if err != nil {
			return err
		}
		if _, err := live(t, by.Org, by.Device); err != nil {
			return err
		}
		if r.Gen != o.gen || o.gen == 0 {
			return ErrStale
		}
		n, err := addRecords(t, o.id, o.ring, o.n, r.Records)
		if err != nil {
			return err
		}
		grown = n > o.n
		if err := t.later("UPDATE organisation SET ring_n = $2 WHERE org = $1", key(o.id), int64(n)); err != nil {
			return err
		}
		if err := addWraps(t, o, r.Wraps); err != nil {
			return err
		}
		s, err = d.standingNow(t, by.Org)
		return err
	})
	if err != nil {
		return wire.Standing{}, err
	}
	if grown {
		d.moved(by.Org)
	}
	return s, nil
}

// addRecords appends what is not there yet after place n, and gives the new last place.
func addRecords(t tx, org ledger.ID, ring []byte, n uint64, records [][]byte) (uint64, error) {
	sums := make([][sha256.Size]byte, len(records))
	lists := make([][]any, len(records))
	for i, r := range records {
		sums[i] = sha256.Sum256(r)
		lists[i] = []any{key(org), ring, sums[i][:]}
	}
	there := map[[sha256.Size]byte]bool{}
	if err := t.many("SELECT 1 FROM ring_record WHERE org = $1 AND ring = $2 AND hash = $3", lists,
		func(i int, scan scan) error {
			there[sums[i]] = true
			return scan(new(int64))
		}); err != nil {
		return 0, err
	}
	for i, r := range records {
		if there[sums[i]] {
			continue
		}
		there[sums[i]] = true
		n++
		if err := t.later("INSERT INTO ring_record (org, ring, n, hash, bytes) VALUES ($1, $2, $3, $4, $5)",
			key(org), ring, int64(n), sums[i][:], blob(r)); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// addWraps gives the wrapping key to live workstations that lack it.
func addWraps(t tx, o org, wraps []wire.Wrap) error {
	if len(wraps) == 0 {
		return nil
	}
	for _, w := range wraps {
		if _, err := live(t, o.id, w.Reader); errors.Is(err, ErrUnknown) || errors.Is(err, ErrRevoked) {
			continue
		} else if err != nil {
			return err
		}
		if err := addWrap(t, o, w.Reader, w.Sealed); err != nil {
			return err
		}
	}
	return countLacking(t, o)
}

func addWrap(t tx, o org, reader ledger.ID, sealed []byte) error {
	return t.later("INSERT INTO ring_wrap (org, ring, reader, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (org, ring, reader) DO NOTHING",
		key(o.id), o.ring, key(reader), blob(sealed))
}
