package depot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// The kinds of codes.
const (
	codeLink = 1
	codeJoin = 2
)

// code is a row of the table.
type code struct {
	kind    int64
	key     []byte
	expires int64
	org     ledger.ID
	name    string
	country string
}

// findCode reads a code that has not run out; ErrUnknown.
func findCode(t tx, id wire.CodeID, now time.Time) (c code, err error) {
	var org []byte
	found, err := one(t, "SELECT kind, key, expires, org, name, country FROM code WHERE code = $1",
		[]any{id[:]}, &c.kind, &c.key, &c.expires, &org, &c.name, &c.country)
	if err == nil && (!found || c.expires <= now.UnixMilli()) {
		err = ErrUnknown
	}
	c.org = idOf(org)
	return c, err
}

// newCode stores a code; ErrTaken.
func newCode(t tx, id wire.CodeID, c code, device ledger.ID, sealed []byte) error {
	n, err := t.exec(`INSERT INTO code (code, kind, key, expires, org, device, name, country, sealed, used)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO NOTHING`,
		id[:], c.kind, blob(c.key), c.expires, key(c.org), key(device), c.name, c.country, blob(sealed), []byte{})
	if err == nil && n == 0 {
		err = ErrTaken
	}
	return err
}

// AddCode implements Depot.
func (d *depot) AddCode(ctx context.Context, c LinkCode) error {
	return d.write(ctx, c.Org, func(t tx) error {
		if !c.Org.IsZero() {
			if _, err := organisation(t, c.Org); err != nil {
				return err
			}
		}
		return newCode(t, c.ID, code{
			kind: codeLink, key: c.Key, expires: c.Expires.UnixMilli(), org: c.Org, name: c.Name, country: c.Country,
		}, ledger.ID{}, nil)
	})
}

// CodeKey implements Depot.
func (d *depot) CodeKey(ctx context.Context, id wire.CodeID, now time.Time) (k []byte, err error) {
	err = d.look(ctx, func(t tx) error {
		c, err := findCode(t, id, now)
		k = c.key
		return err
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// use marks a code as used with some contents, for the first time or with the same
// again; ErrUnknown when it was used with others.
func use(t tx, id wire.CodeID, contents []byte) (again bool, err error) {
	sum := sha256.Sum256(contents)
	n, err := t.exec("UPDATE code SET used = $1 WHERE code = $2 AND used = $3", sum[:], id[:], []byte{})
	if err != nil || n > 0 {
		return false, err
	}
	var used []byte
	if _, err := one(t, "SELECT used FROM code WHERE code = $1", []any{id[:]}, &used); err != nil {
		return false, err
	}
	if !bytes.Equal(used, sum[:]) {
		return false, ErrUnknown
	}
	return true, nil
}

// Link implements Depot.
func (d *depot) Link(ctx context.Context, id wire.CodeID, body *wire.LinkBody, now time.Time) error {
	contents, err := wire.Marshal(body)
	if err != nil {
		return fmt.Errorf("depot: link: %w", err)
	}
	if body.Org.IsZero() || body.Device.IsZero() {
		return ErrOrder
	}
	return d.write(ctx, body.Org, func(t tx) error {
		c, err := findCode(t, id, now)
		switch {
		case err != nil:
			return err
		case c.kind != codeLink:
			return ErrUnknown
		case c.country != "" && c.country != body.Country:
			return ErrCountry
		case !c.org.IsZero() && c.org != body.Org:
			return ErrTaken
		}
		again, err := use(t, id, contents)
		if err != nil || again {
			return err
		}
		if c.org.IsZero() {
			n, err := t.exec(`INSERT INTO organisation (org, name, country, added, ring) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (org) DO NOTHING`, key(body.Org), c.name, body.Country, now.UnixMilli(), []byte{})
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrTaken
			}
		}
		o, err := organisation(t, body.Org)
		if err != nil {
			return err
		}
		if err := register(t, o, newDevice{id: body.Device, signKey: body.SignKey, added: now}); err != nil {
			return err
		}
		return addAdmin(t, body.Org, body.AdminKey, now)
	})
}

// Join implements Depot.
func (d *depot) Join(ctx context.Context, id wire.CodeID, joiner []byte, now time.Time) (sealed []byte, err error) {
	err = d.write(ctx, noOrg, func(t tx) error {
		c, err := findCode(t, id, now)
		if err != nil {
			return err
		}
		if c.kind != codeJoin {
			return ErrUnknown
		}
		if _, err := use(t, id, joiner); err != nil {
			return err
		}
		_, err = one(t, "SELECT sealed FROM code WHERE code = $1", []any{id[:]}, &sealed)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sealed, nil
}
