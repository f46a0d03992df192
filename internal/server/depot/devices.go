package depot

import (
	"bytes"
	"context"
	"errors"
	"time"

	"feldsher/internal/ledger"
)

// newDevice is a workstation to register.
type newDevice struct {
	id      ledger.ID
	signKey []byte
	former  ledger.ID
	added   time.Time
	wrap    []byte // of the present generation; empty for none
}

// register stores a workstation. One that is there with the same key stays as it is;
// with another key: ErrTaken.
func register(t tx, o org, n newDevice) error {
	old, err := device(t, o.id, n.id)
	switch {
	case err == nil && !bytes.Equal(old.SignKey, n.signKey):
		return ErrTaken
	case err == nil:
		return nil
	case !errors.Is(err, ErrUnknown):
		return err
	}
	if err := t.later("INSERT INTO device (org, device, sign_key, former, added) VALUES ($1, $2, $3, $4, $5)",
		key(o.id), key(n.id), blob(n.signKey), key(n.former), n.added.UnixMilli()); err != nil {
		return err
	}
	if o.gen > 0 && len(n.wrap) > 0 {
		if err := addWrap(t, o, n.id, n.wrap); err != nil {
			return err
		}
	}
	return countLacking(t, o)
}

const deviceColumns = `device.device, sign_key, former, added, contact, revoked, revoked_seq, coalesce(head.seq, 0)
	FROM device LEFT JOIN head ON head.org = device.org AND head.device = device.device AND head.chain = 1`

func scanDevice(scan scan) (dev Device, err error) {
	var id, former []byte
	var added, contact, revoked int64
	if err := scan(&id, &dev.SignKey, &former, &added, &contact, &revoked, &dev.RevokedSeq, &dev.Seq); err != nil {
		return dev, err
	}
	dev.ID, dev.Former = idOf(id), idOf(former)
	dev.Added, dev.Contact, dev.Revoked = moment(added), moment(contact), moment(revoked)
	return dev, nil
}

// moment reads a column of milliseconds; 0 is never.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// device reads one; ErrUnknown.
func device(t tx, org, id ledger.ID) (dev Device, err error) {
	err = ErrUnknown
	if qerr := t.query("SELECT "+deviceColumns+" WHERE device.org = $1 AND device.device = $2", []any{key(org), key(id)},
		func(scan scan) error {
			dev, err = scanDevice(scan)
			return err
		}); qerr != nil {
		return Device{}, qerr
	}
	return dev, err
}

// live reads a workstation that may act; ErrUnknown, ErrRevoked.
func live(t tx, org, id ledger.ID) (Device, error) {
	dev, err := device(t, org, id)
	if err == nil && !dev.Revoked.IsZero() {
		err = ErrRevoked
	}
	return dev, err
}

// Device implements Depot.
func (d *depot) Device(ctx context.Context, org, id ledger.ID) (dev Device, err error) {
	err = d.look(ctx, func(t tx) (err error) {
		dev, err = device(t, org, id)
		return err
	})
	return d.touched.seen(org, dev), err
}

// Devices implements Depot.
func (d *depot) Devices(ctx context.Context, org ledger.ID) (all []Device, err error) {
	err = d.look(ctx, func(t tx) error {
		if _, err := organisation(t, org); err != nil {
			return err
		}
		return t.query("SELECT "+deviceColumns+" WHERE device.org = $1 ORDER BY added, device.device", []any{key(org)},
			func(scan scan) error {
				dev, err := scanDevice(scan)
				all = append(all, d.touched.seen(org, dev))
				return err
			})
	})
	return all, err
}

// Revoke implements Depot.
func (d *depot) Revoke(ctx context.Context, org, id ledger.ID, now time.Time) error {
	return d.write(ctx, org, func(t tx) error {
		o, err := organisation(t, org)
		if err != nil {
			return err
		}
		dev, err := device(t, org, id)
		if err != nil || !dev.Revoked.IsZero() {
			return err
		}
		return revoke(t, o, dev, dev.Seq, now)
	})
}

// revoke ends a workstation, and it alone: what becomes of those that it has certified
// is the clinic's to say, one order each. Of one that is ended already the lower number
// stays: a later order can't let it in again.
func revoke(t tx, o org, dev Device, seq uint64, now time.Time) error {
	if err := end(t, o, dev.ID, seq, now); err != nil {
		return err
	}
	return countLacking(t, o)
}

// end leaves its sessions to run out: until then they answer ErrRevoked.
func end(t tx, o org, id ledger.ID, seq uint64, now time.Time) error {
	args := []any{key(o.id), key(id)}
	for _, q := range []string{
		"DELETE FROM nonce WHERE org = $1 AND device = $2",
		"DELETE FROM ring_wrap WHERE org = $1 AND reader = $2",
		// An invitation that nobody has come for ends with it.
		"DELETE FROM code WHERE org = $1 AND device = $2",
	} {
		if err := t.later(q, args...); err != nil {
			return err
		}
	}
	return t.later(`UPDATE device SET revoked_seq = CASE WHEN revoked = 0 OR revoked_seq > $3 THEN $3 ELSE revoked_seq END,
		revoked = CASE WHEN revoked = 0 THEN $4 ELSE revoked END WHERE org = $1 AND device = $2`,
		key(o.id), key(id), int64(seq), now.UnixMilli())
}
