package server

import (
	"context"
	"fmt"
	"time"

	"feldsher/internal/server/depot"
)

// Availability is how a month went, as the server measured it itself: a minute
// counts as up when it was noted durably in the database, by whichever process.
// Planned maintenance is not taken off: the server can't know it. (R8.6)
type Availability struct {
	Month time.Time // its first instant, UTC
	Up    int       // minutes
	Of    int       // minutes that were to be served: since the server first served, until now
}

// Percent is the share of minutes up, rounded down to hundredths so that it never
// promises more than was; 100 when nothing was to be served yet.
func (a Availability) Percent() float64 {
	if a.Of == 0 {
		return 100
	}
	return float64(a.Up*10000/a.Of) / 100
}

// Measure gives the availability of the month of now, and of the one before if the
// server served then.
func Measure(ctx context.Context, d depot.Depot, now time.Time) ([]Availability, error) {
	since, err := servedSince(ctx, d, now)
	if err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Minute)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var out []Availability
	for _, span := range [][2]time.Time{{month, now}, {month.AddDate(0, -1, 0), month}} {
		from, to := span[0], span[1]
		if since.After(from) {
			from = since
		}
		a := Availability{Month: span[0]}
		if from.Before(to) {
			if a.Up, err = d.Beats(ctx, from, to); err != nil {
				return nil, fmt.Errorf("server: availability: %w", err)
			}
			a.Of = int(to.Sub(from) / time.Minute)
			a.Up = min(a.Up, a.Of)
		} else if len(out) > 0 {
			break
		}
		out = append(out, a)
	}
	return out, nil
}

// servedSince is the minute in which the server first served; now if it never did.
func servedSince(ctx context.Context, d depot.Depot, now time.Time) (time.Time, error) {
	b, err := d.Setting(ctx, settingSince)
	if err != nil {
		return now, fmt.Errorf("server: availability: %w", err)
	}
	if b == nil {
		return now, nil
	}
	t, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return now, fmt.Errorf("server: availability: %w", err)
	}
	return t.UTC().Truncate(time.Minute), nil
}

// beat notes that the server is there.
func (s *Server) beat(ctx context.Context) error {
	now := s.options.Now()
	if _, err := s.options.Depot.KeepSetting(ctx, settingSince, []byte(now.UTC().Truncate(time.Minute).Format(time.RFC3339))); err != nil {
		return err
	}
	return s.options.Depot.Beat(ctx, now)
}
