package depot

import (
	"context"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// org is how an organisation stands: its row.
type org struct {
	id      ledger.ID
	ordinal uint64
	bytes   int64
	ring    []byte // id of the present generation; empty for none
	gen     uint32
	n       uint64
	lacking int64
}

// organisation reads one; ErrUnknown.
func organisation(t tx, id ledger.ID) (o org, err error) {
	o.id = id
	found, err := one(t, "SELECT ordinal, bytes, ring, ring_gen, ring_n, lacking FROM organisation WHERE org = $1", []any{key(id)},
		&o.ordinal, &o.bytes, &o.ring, &o.gen, &o.n, &o.lacking)
	if err == nil && !found {
		err = ErrUnknown
	}
	return o, err
}

// standing is what an answer says of it.
func (d *depot) standing(t tx, o org) (wire.Standing, error) {
	s := wire.Standing{Server: d.Server(), Ordinal: o.ordinal, RingGen: o.gen, RingN: o.n}
	if o.lacking == 0 {
		return s, nil
	}
	err := t.query("SELECT device FROM device WHERE"+lackingOnes+" ORDER BY added, device", []any{key(o.id), blob(o.ring)},
		func(scan scan) error {
			var id []byte
			err := scan(&id)
			s.Lacking = append(s.Lacking, idOf(id))
			return err
		})
	return s, err
}

// standingNow reads it anew, after a change.
func (d *depot) standingNow(t tx, id ledger.ID) (wire.Standing, error) {
	o, err := organisation(t, id)
	if err != nil {
		return wire.Standing{}, err
	}
	return d.standing(t, o)
}

// lackingOnes are live workstations without a wrap of the generation.
const lackingOnes = ` org = $1 AND revoked = 0 AND NOT EXISTS (SELECT 1 FROM ring_wrap
	WHERE ring_wrap.org = $1 AND ring_wrap.ring = $2 AND ring_wrap.reader = device.device)`

// countLacking keeps the number of those, so that most standings need no look at
// devices. To be called by whatever changes devices, wraps or the generation.
func countLacking(t tx, o org) error {
	if o.gen == 0 {
		return t.later("UPDATE organisation SET lacking = 0 WHERE org = $1", key(o.id))
	}
	return t.later("UPDATE organisation SET lacking = (SELECT count(*) FROM device WHERE"+lackingOnes+") WHERE org = $1",
		key(o.id), blob(o.ring))
}

// Standing implements Depot.
func (d *depot) Standing(ctx context.Context, id ledger.ID) (s wire.Standing, err error) {
	err = d.look(ctx, func(t tx) (err error) {
		s, err = d.standingNow(t, id)
		return err
	})
	return s, err
}

// Organisations implements Depot.
func (d *depot) Organisations(ctx context.Context, now time.Time) (all []Organisation, err error) {
	err = d.read(ctx, func(t tx) error {
		err := t.query(`SELECT org, name, country, added, ordinal, bytes, ring_gen,
			(SELECT coalesce(max(contact), 0) FROM device WHERE device.org = organisation.org),
			(SELECT count(*) FROM device WHERE device.org = organisation.org AND revoked = 0),
			(SELECT CAST(coalesce(sum(length(bytes)), 0) AS BIGINT) FROM ring_record WHERE ring_record.org = organisation.org
				AND ring_record.ring = organisation.ring),
			(SELECT CAST(coalesce(sum(whole), 0) AS BIGINT) FROM blob WHERE blob.org = organisation.org),
			(SELECT CAST(coalesce(sum(have), 0) AS BIGINT) FROM blob WHERE blob.org = organisation.org)
			FROM organisation ORDER BY name, org`, nil, func(scan scan) error {
			var o Organisation
			var id []byte
			var added, contact int64
			if err := scan(&id, &o.Name, &o.Country, &added, &o.Entries, &o.Bytes, &o.RingGen,
				&contact, &o.Devices, &o.Ring, &o.Blobs, &o.Stored); err != nil {
				return err
			}
			o.ID, o.Added, o.Contact = idOf(id), moment(added), moment(contact)
			all = append(all, o)
			return nil
		})
		if err != nil {
			return err
		}
		return t.query("SELECT name, country, expires FROM code WHERE kind = $1 AND org = $2 AND used = $3 AND expires > $4 ORDER BY name",
			[]any{int64(codeLink), key(noOrg), []byte{}, now.UnixMilli()}, func(scan scan) error {
				var o Organisation
				var expires int64
				err := scan(&o.Name, &o.Country, &expires)
				o.Expires = moment(expires)
				all = append(all, o)
				return err
			})
	})
	for i, o := range all {
		all[i].Contact = d.touched.latest(o.ID, o.Contact)
	}
	return all, err
}
