package depot

import (
	"context"
	"time"

	"feldsher/internal/ledger"
)

// Server implements Depot.
func (d *depot) Server() ledger.ID { return *d.server.Load() }

// Ping implements Depot. It writes, so that a full or read-only disk is noticed.
func (d *depot) Ping(ctx context.Context) error {
	return d.write(ctx, noOrg, func(t tx) error {
		return put(t, settingPing, []byte(time.Now().UTC().Format(time.RFC3339)))
	})
}

// Settings of the depot itself begin with "depot.", so that they never meet the
// server's.
const (
	settingID     = "depot.id"
	settingStarts = "depot.starts"
	settingPing   = "depot.ping"
	settingServer = "server." // + the server's name for it
)

func put(t tx, name string, value []byte) error {
	return t.later("INSERT INTO server (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		name, blob(value))
}

func get(t tx, name string) (value []byte, err error) {
	_, err = one(t, "SELECT value FROM server WHERE name = $1", []any{name}, &value)
	return value, err
}

// Setting implements Depot.
func (d *depot) Setting(ctx context.Context, name string) (value []byte, err error) {
	err = d.look(ctx, func(t tx) (err error) {
		value, err = get(t, settingServer+name)
		return err
	})
	return value, err
}

// PutSetting implements Depot.
func (d *depot) PutSetting(ctx context.Context, name string, value []byte) error {
	return d.write(ctx, noOrg, func(t tx) error {
		if value == nil {
			return t.later("DELETE FROM server WHERE name = $1", settingServer+name)
		}
		return put(t, settingServer+name, value)
	})
}

// KeepSetting implements Depot.
func (d *depot) KeepSetting(ctx context.Context, name string, value []byte) (stands []byte, err error) {
	err = d.write(ctx, noOrg, func(t tx) (err error) {
		stands, err = keep(t, settingServer+name, value)
		return err
	})
	return stands, err
}

func keep(t tx, name string, value []byte) ([]byte, error) {
	if _, err := t.exec("INSERT INTO server (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, blob(value)); err != nil {
		return nil, err
	}
	return get(t, name)
}

// Beat implements Depot.
func (d *depot) Beat(ctx context.Context, now time.Time) error {
	return d.write(ctx, noOrg, func(t tx) error {
		return t.later("INSERT INTO beat (minute) VALUES ($1) ON CONFLICT (minute) DO NOTHING", now.Unix()/60)
	})
}

// Beats implements Depot.
func (d *depot) Beats(ctx context.Context, from, to time.Time) (n int, err error) {
	err = d.look(ctx, func(t tx) error {
		_, err := one(t, "SELECT count(*) FROM beat WHERE minute >= $1 AND minute < $2",
			[]any{(from.Unix() + 59) / 60, (to.Unix() + 59) / 60}, &n)
		return err
	})
	return n, err
}
