package depot

import (
	"context"
	"time"

	"feldsher/internal/ledger"
)

// Tidy implements Depot.
func (d *depot) Tidy(ctx context.Context, now time.Time) error {
	ended, err := d.uninvited(ctx, now)
	if err != nil {
		return err
	}
	for org, devices := range ended {
		if err := d.write(ctx, org, func(t tx) error { return strikeOut(t, org, devices) }); err != nil {
			return err
		}
	}
	var codes int64
	err = d.write(ctx, noOrg, func(t tx) (err error) {
		if codes, err = t.exec("DELETE FROM code WHERE expires <= $1", now.UnixMilli()); err != nil {
			return err
		}
		for _, q := range []string{"DELETE FROM nonce WHERE expires <= $1", "DELETE FROM session WHERE expires <= $1"} {
			if err := t.later(q, now.UnixMilli()); err != nil {
				return err
			}
		}
		if err := t.later("DELETE FROM beat WHERE minute < $1", now.Add(-BeatLives).Unix()/60); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	drafts, err := d.oldDrafts(ctx, now)
	if err != nil {
		return err
	}
	for _, org := range drafts {
		if err := d.write(ctx, org, func(t tx) error {
			return dropDrafts(t, "org = $1 AND added < $2", key(org), now.Add(-DraftLives).UnixMilli())
		}); err != nil {
			return err
		}
	}
	if codes > 0 || len(drafts) > 0 {
		d.shred()
	}
	return nil
}

// uninvited finds workstations whose invitation ran out before anybody came for it.
func (d *depot) uninvited(ctx context.Context, now time.Time) (map[ledger.ID][]ledger.ID, error) {
	ended := map[ledger.ID][]ledger.ID{}
	err := d.look(ctx, func(t tx) error {
		return t.query("SELECT org, device FROM code WHERE kind = $1 AND expires <= $2 AND used = $3",
			[]any{int64(codeJoin), now.UnixMilli(), []byte{}}, func(scan scan) error {
				var org, device []byte
				err := scan(&org, &device)
				ended[idOf(org)] = append(ended[idOf(org)], idOf(device))
				return err
			})
	})
	return ended, err
}

// strikeOut removes workstations that never were there.
func strikeOut(t tx, org ledger.ID, devices []ledger.ID) error {
	o, err := organisation(t, org)
	if err != nil {
		return err
	}
	for _, id := range devices {
		n, err := t.exec(`DELETE FROM device WHERE org = $1 AND device = $2 AND contact = 0
			AND NOT EXISTS (SELECT 1 FROM head WHERE head.org = $1 AND head.device = $2)
			AND NOT EXISTS (SELECT 1 FROM code WHERE code.org = $1 AND code.device = $2 AND used <> $3)`,
			key(org), key(id), []byte{})
		if err != nil {
			return err
		}
		if n > 0 {
			if err := t.later("DELETE FROM ring_wrap WHERE org = $1 AND reader = $2", key(org), key(id)); err != nil {
				return err
			}
		}
	}
	return countLacking(t, o)
}

func (d *depot) oldDrafts(ctx context.Context, now time.Time) (orgs []ledger.ID, err error) {
	err = d.look(ctx, func(t tx) error {
		return t.query("SELECT DISTINCT org FROM ring_draft WHERE added < $1", []any{now.Add(-DraftLives).UnixMilli()},
			func(scan scan) error {
				var org []byte
				err := scan(&org)
				orgs = append(orgs, idOf(org))
				return err
			})
	})
	return orgs, err
}
