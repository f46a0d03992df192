package depot

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

const orderNonce = 16 // bytes

// Carry implements Depot.
func (d *depot) Carry(ctx context.Context, b *wire.OrderBody, by []byte, now time.Time) (s wire.Standing, err error) {
	if !carriable(b) {
		return s, ErrOrder
	}
	if b.Server != d.Server() {
		return s, ErrForbidden
	}
	err = d.write(ctx, b.Org, func(t tx) error {
		o, err := organisation(t, b.Org)
		if err != nil {
			return err
		}
		if err := mayOrder(t, b, by); err != nil {
			return err
		}
		n, err := t.exec("INSERT INTO order_done (org, nonce, at) VALUES ($1, $2, $3) ON CONFLICT (org, nonce) DO NOTHING",
			key(b.Org), b.Nonce, now.UnixMilli())
		if err == nil && n > 0 {
			err = carry(t, o, b, now)
		}
		if err != nil {
			return err
		}
		s, err = d.standingNow(t, b.Org)
		return err
	})
	if err != nil {
		return wire.Standing{}, err
	}
	return s, nil
}

// carriable reports whether exactly one thing is ordered, with fields that can be.
func carriable(b *wire.OrderBody) bool {
	kinds := 0
	ok := len(b.Nonce) == orderNonce
	if i := b.Invite; i != nil {
		kinds++
		ok = ok && !i.Device.IsZero() && len(i.SignKey) == ed25519.PublicKeySize && len(i.Key) > 0 &&
			len(i.Sealed) <= wire.MaxInvite && i.Seconds > 0
	}
	if r := b.Revoke; r != nil {
		kinds++
		ok = ok && r.Seq <= maxSeq
	}
	if s := b.Succeed; s != nil {
		kinds++
		ok = ok && !s.Device.IsZero() && s.Device != s.Former && len(s.SignKey) == ed25519.PublicKeySize
	}
	if a := b.Admin; a != nil {
		kinds++
		ok = ok && len(a.Key) == ed25519.PublicKeySize
	}
	return ok && kinds == 1
}

const maxSeq = 1<<63 - 1 // databases count with a sign

// mayOrder checks whose key has signed. It is asked before it is looked whether the
// order was carried out, so that nobody learns that from an order of his own.
func mayOrder(t tx, b *wire.OrderBody, by []byte) error {
	if b.Succeed != nil {
		former, err := device(t, b.Org, b.Succeed.Former)
		if err == nil && !bytes.Equal(former.SignKey, by) {
			err = ErrForbidden
		}
		return err
	}
	found, err := one(t, "SELECT 1 FROM admin WHERE org = $1 AND key = $2", []any{key(b.Org), blob(by)}, new(int64))
	if err == nil && !found && !removesItself(t, b, by) {
		err = ErrForbidden
	}
	return err
}

// removesItself is the one order whose repetition comes from a key that no longer
// counts: it answers the same.
func removesItself(t tx, b *wire.OrderBody, by []byte) bool {
	if b.Admin == nil || !b.Admin.Remove || !bytes.Equal(b.Admin.Key, by) {
		return false
	}
	found, err := one(t, "SELECT 1 FROM order_done WHERE org = $1 AND nonce = $2", []any{key(b.Org), b.Nonce}, new(int64))
	return err == nil && found
}

func carry(t tx, o org, b *wire.OrderBody, now time.Time) error {
	switch {
	case b.Invite != nil:
		return invite(t, o, b.Invite, now)
	case b.Revoke != nil:
		dev, err := device(t, o.id, b.Revoke.Device)
		if err != nil {
			return err
		}
		return revoke(t, o, dev, b.Revoke.Seq, now)
	case b.Succeed != nil:
		return succeed(t, o, b.Succeed, now)
	case b.Admin.Remove:
		return removeAdmin(t, o.id, b.Admin.Key)
	default:
		return addAdmin(t, o.id, b.Admin.Key, now)
	}
}

func invite(t tx, o org, i *wire.InviteOrder, now time.Time) error {
	if i.RingGen != o.gen {
		return ErrStale
	}
	if _, err := device(t, o.id, i.Device); err == nil {
		return ErrTaken
	} else if !errors.Is(err, ErrUnknown) {
		return err
	}
	expires := now.Add(min(time.Duration(i.Seconds)*time.Second, wire.InviteLives))
	c := code{kind: codeJoin, key: i.Key, expires: expires.UnixMilli(), org: o.id}
	if err := newCode(t, i.Code, c, i.Device, i.Sealed); err != nil {
		return err
	}
	return register(t, o, newDevice{id: i.Device, signKey: i.SignKey, added: now, wrap: i.Wrap})
}

func succeed(t tx, o org, s *wire.SucceedOrder, now time.Time) error {
	if _, err := live(t, o.id, s.Former); err != nil {
		return err
	}
	n := newDevice{id: s.Device, signKey: s.SignKey, former: s.Former, added: now, wrap: s.Wrap}
	if s.RingGen != o.gen {
		n.wrap = nil
	}
	return register(t, o, n)
}

func addAdmin(t tx, org ledger.ID, k []byte, now time.Time) error {
	return t.later("INSERT INTO admin (org, key, added) VALUES ($1, $2, $3) ON CONFLICT (org, key) DO NOTHING",
		key(org), blob(k), now.UnixMilli())
}

func removeAdmin(t tx, org ledger.ID, k []byte) error {
	var rest int64
	if _, err := one(t, "SELECT count(*) FROM admin WHERE org = $1 AND key <> $2", []any{key(org), k}, &rest); err != nil {
		return err
	}
	if rest == 0 {
		return ErrForbidden
	}
	return t.later("DELETE FROM admin WHERE org = $1 AND key = $2", key(org), k)
}
