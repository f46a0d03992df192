package depot

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"sync"
	"time"

	"feldsher/internal/ledger"
)

const (
	nonceBytes  = 32
	nonceAtOnce = 8
	tokenSecret = 32 // bytes, after the 16 of the organisation
)

// Challenge implements Depot.
func (d *depot) Challenge(ctx context.Context, org, device ledger.ID, now time.Time) ([]byte, error) {
	nonce := make([]byte, nonceBytes)
	_, _ = rand.Read(nonce) // never fails
	err := d.write(ctx, noOrg, func(t tx) error {
		if _, err := live(t, org, device); err != nil {
			return err
		}
		if err := t.later(`DELETE FROM nonce WHERE org = $1 AND device = $2 AND nonce NOT IN (SELECT nonce FROM nonce
			WHERE org = $1 AND device = $2 ORDER BY expires DESC LIMIT $3)`, key(org), key(device), int64(nonceAtOnce-1)); err != nil {
			return err
		}
		return t.later("INSERT INTO nonce (org, device, nonce, expires) VALUES ($1, $2, $3, $4)",
			key(org), key(device), nonce, now.Add(ChallengeLives).UnixMilli())
	})
	if err != nil {
		return nil, err
	}
	return nonce, nil
}

// OpenSession implements Depot.
func (d *depot) OpenSession(ctx context.Context, by Caller, nonce []byte, life time.Duration, now time.Time) (string, error) {
	text := make([]byte, len(by.Org)+tokenSecret)
	copy(text, by.Org[:])
	_, _ = rand.Read(text[len(by.Org):])
	sum := sha256.Sum256(text)
	err := d.write(ctx, noOrg, func(t tx) error {
		if _, err := live(t, by.Org, by.Device); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM nonce WHERE org = $1 AND device = $2 AND nonce = $3 AND expires > $4",
			key(by.Org), key(by.Device), blob(nonce), now.UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrUnknown
		}
		return t.later("INSERT INTO session (org, token, device, expires) VALUES ($1, $2, $3, $4)",
			key(by.Org), sum[:], key(by.Device), now.Add(life).UnixMilli())
	})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

// Session implements Depot.
func (d *depot) Session(ctx context.Context, token string, now time.Time) (by Caller, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(text) != len(by.Org)+tokenSecret {
		return Caller{}, ErrUnknown
	}
	sum := sha256.Sum256(text)
	var id []byte
	var expires, revoked int64
	err = d.look(ctx, func(t tx) error {
		found, err := one(t, `SELECT session.device, expires, revoked FROM session JOIN device
			ON device.org = session.org AND device.device = session.device WHERE session.org = $1 AND token = $2`,
			[]any{text[:len(by.Org)], sum[:]}, &id, &expires, &revoked)
		switch {
		case err != nil:
			return err
		case !found || expires <= now.UnixMilli():
			return ErrUnknown
		case revoked != 0:
			return ErrRevoked
		}
		return nil
	})
	if err != nil {
		return Caller{}, err
	}
	return Caller{Org: idOf(text[:len(by.Org)]), Device: idOf(id)}, nil
}

// touched are contacts that are not written yet.
type touched struct {
	mu  sync.Mutex
	all map[Caller]time.Time
}

// Touch implements Depot.
func (d *depot) Touch(by Caller, now time.Time) {
	d.touched.mu.Lock()
	defer d.touched.mu.Unlock()
	if d.touched.all == nil {
		d.touched.all = map[Caller]time.Time{}
	}
	if now.After(d.touched.all[by]) {
		d.touched.all[by] = now
	}
}

// seen adds what is not written yet to what was read.
func (c *touched) seen(org ledger.ID, dev Device) Device {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.all[Caller{org, dev.ID}]; at.After(dev.Contact) {
		dev.Contact = at.UTC().Truncate(time.Millisecond)
	}
	return dev
}

// latest is seen for an organisation.
func (c *touched) latest(org ledger.ID, contact time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for by, at := range c.all {
		if by.Org == org && at.After(contact) {
			contact = at.UTC().Truncate(time.Millisecond)
		}
	}
	return contact
}

// keepTouched writes contacts now and then, and at the end. What can't be written is
// noted again by the next call of the workstation.
func (d *depot) keepTouched() {
	every := time.NewTicker(touchEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			_ = d.writeTouched()
		case <-d.quit:
			_ = d.writeTouched()
			return
		}
	}
}

func (d *depot) writeTouched() error {
	d.touched.mu.Lock()
	all := d.touched.all
	d.touched.all = nil
	d.touched.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	callers := slices.SortedFunc(maps.Keys(all), func(a, b Caller) int {
		return cmp.Or(bytes.Compare(a.Org[:], b.Org[:]), bytes.Compare(a.Device[:], b.Device[:]))
	}) // in one order, so that two processes don't wait for each other's rows
	return d.engine.write(context.Background(), noOrg, func(t tx) error {
		for _, by := range callers {
			if err := t.later("UPDATE device SET contact = $3 WHERE org = $1 AND device = $2 AND contact < $3",
				key(by.Org), key(by.Device), all[by].UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}
