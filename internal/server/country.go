package server

import (
	"context"
	"fmt"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/server/depot"
)

// Country is where the server was last said to stand; empty if it never was.
func Country(ctx context.Context, d depot.Depot) (string, error) {
	b, err := d.Setting(ctx, settingCountry)
	if err != nil {
		return "", fmt.Errorf("server: country: %w", err)
	}
	return string(b), nil
}

// Stand says where the server stands from now on, and gives it; without a word it
// stands where it stood. Data of one country's organisations do not move to another
// with the database: that is refused (R7.8).
func Stand(ctx context.Context, d depot.Depot, country string, now time.Time) (string, error) {
	former, err := Country(ctx, d)
	if err != nil {
		return "", err
	}
	if country == "" {
		country = former
	}
	if country == "" {
		return "", nil
	}
	orgs, err := d.Organisations(ctx, now)
	if err != nil {
		return "", fmt.Errorf("server: country: %w", err)
	}
	for _, o := range orgs {
		if !o.ID.IsZero() && o.Country != country {
			return "", fault.New(fault.Conflict, "fault.licensord.country", "server", country, "org", o.Country)
		}
	}
	if country != former {
		if err := d.PutSetting(ctx, settingCountry, []byte(country)); err != nil {
			return "", fmt.Errorf("server: country: %w", err)
		}
	}
	return country, nil
}
