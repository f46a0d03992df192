package syncer

import (
	"context"
	"errors"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/service/station"
	"feldsher/internal/storage/store"
)

// Deeds are what people order of a clinic's server, as package station asks for it.
type Deeds struct {
	Store *store.Store
	Wake  func() // has a running exchange work at once; may be nil
}

var _ station.Exchange = Deeds{}

// Invite implements station.Exchange.
func (d Deeds) Invite(ctx context.Context, name string) (station.Invitation, error) {
	links, err := d.Store.Links(ctx)
	if err != nil {
		return station.Invitation{}, err
	}
	code, until, err := Invite(ctx, d.Store, name)
	if err != nil {
		return station.Invitation{}, err
	}
	d.wake()
	return station.Invitation{Code: code.String(), Address: links[0].URL, Until: until.UTC()}, nil
}

// Link implements station.Exchange.
func (d Deeds) Link(ctx context.Context, address, code string) error {
	c, err := client.ParseCode(code)
	if err != nil {
		return err
	}
	if err := Link(ctx, d.Store, address, c); err != nil {
		return err
	}
	d.wake()
	return nil
}

// Revoke implements station.Exchange. The fault fault.station.untold (Offline)
// says that the workstation is ended here, and that the server is to be told yet.
func (d Deeds) Revoke(ctx context.Context, device ledger.ID, reason string) error {
	unreached, err := Revoke(ctx, d.Store, device, reason)
	if err != nil {
		return err
	}
	d.wake()
	if len(unreached) > 0 {
		return fault.Wrap(errors.Join(slices.Collect(maps.Values(unreached))...), fault.Offline, "fault.station.untold")
	}
	return nil
}

func (d Deeds) wake() {
	if d.Wake != nil {
		d.Wake()
	}
}
