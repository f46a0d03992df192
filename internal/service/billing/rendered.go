package billing

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Bill is what was rendered at a visit, with the sum in kopecks or tiyn.
type Bill struct {
	Lines    []clinic.Rendered
	Sum      int64
	Currency string
}

// Rendered lists the services of a visit with their sum.
func (b *Billing) Rendered(ctx context.Context, visit clinic.ID) (Bill, error) {
	if err := b.mayRead(); err != nil {
		return Bill{}, err
	}
	lines, err := b.store.Reader(ctx).RenderedOf(visit)
	if err != nil {
		return Bill{}, err
	}
	return b.bill(ctx, lines)
}

// RenderedTo lists all services rendered to a patient, the newest first.
func (b *Billing) RenderedTo(ctx context.Context, patient clinic.ID) (Bill, error) {
	if err := b.mayRead(); err != nil {
		return Bill{}, err
	}
	lines, err := b.store.Reader(ctx).RenderedFor(patient)
	if err != nil {
		return Bill{}, err
	}
	bill, err := b.bill(ctx, lines)
	if err != nil {
		return Bill{}, err
	}
	return bill, b.looks.Note(ctx, "view", "rendered", patient, len(lines))
}

// mayRead asks for the rights to cards and prices: what somebody was treated with is
// not the administrator's to read.
func (b *Billing) mayRead() error {
	if err := b.who.Require(clinic.ReadCards); err != nil {
		return err
	}
	return b.who.Require(clinic.ReadPrices)
}

func (b *Billing) bill(ctx context.Context, lines []clinic.Rendered) (Bill, error) {
	out := Bill{Lines: lines}
	for i := range lines {
		out.Sum += lines[i].Sum()
	}
	if len(lines) > 0 {
		out.Currency = lines[0].Currency
		return out, nil
	}
	var err error
	out.Currency, err = b.Currency(ctx)
	return out, err
}

// AddRendered adds a service to a visit. Of a line with a service of the price list
// title, code and price are taken from there, unless a title or price is given; a line
// without one needs its own title. Quantity 0 is 1, staff is the user if not given.
func (b *Billing) AddRendered(ctx context.Context, r clinic.Rendered) (clinic.Rendered, error) {
	if err := b.who.Require(clinic.WriteServices); err != nil {
		return clinic.Rendered{}, err
	}
	err := b.update(ctx, "service.render", func(tx *store.Tx) error {
		v, err := tx.Visit(r.Visit)
		if err != nil {
			return err
		}
		if v.Status == clinic.VisitStruck || !v.Deleted.IsZero() {
			return fault.New(fault.Conflict, "fault.visit.struck")
		}
		r.Record, r.Patient, r.When = clinic.Record{}, v.Patient, tx.Now()
		if err := fromPriceList(tx, &r); err != nil {
			return err
		}
		if r.Staff.IsZero() {
			r.Staff = b.who.ID
		}
		if err := r.Check(); err != nil {
			return err
		}
		return tx.PutRendered(&r)
	})
	if err != nil {
		return clinic.Rendered{}, err
	}
	return r, nil
}

// fromPriceList fills a line in from the price list and the clinic's currency.
func fromPriceList(tx *store.Tx, r *clinic.Rendered) error {
	if r.Service.IsZero() {
		org, err := tx.Organisation()
		r.Currency = clinic.CurrencyOf(org.Country)
		return err
	}
	s, err := tx.Service(r.Service)
	if fault.Is(err, fault.NotFound) {
		return fault.At("service", "fault.billing.service.none")
	}
	if err != nil {
		return err
	}
	if !s.Active {
		return fault.At("service", "fault.billing.withdrawn")
	}
	r.Code, r.Currency = s.Code, s.Currency
	if r.Title == "" {
		r.Title = s.Title
	}
	if r.Price == 0 {
		r.Price = s.Price
	}
	return nil
}

// SetQuantity changes how often a service was rendered.
func (b *Billing) SetQuantity(ctx context.Context, id clinic.ID, n int) (clinic.Rendered, error) {
	return b.change(ctx, "service.quantity", id, func(r *clinic.Rendered, _ clinic.Time) { r.Quantity = max(n, -1); r.Deleted = 0 })
}

// RemoveRendered strikes a service out; RestoreRendered undoes it.
func (b *Billing) RemoveRendered(ctx context.Context, id clinic.ID) error {
	_, err := b.change(ctx, "service.strike", id, func(r *clinic.Rendered, now clinic.Time) { r.Deleted = now })
	return err
}

// RestoreRendered puts a service back that was struck out.
func (b *Billing) RestoreRendered(ctx context.Context, id clinic.ID) error {
	_, err := b.change(ctx, "service.restore", id, func(r *clinic.Rendered, _ clinic.Time) { r.Deleted = 0 })
	return err
}

func (b *Billing) change(ctx context.Context, intent string, id clinic.ID, fn func(*clinic.Rendered, clinic.Time)) (clinic.Rendered, error) {
	if err := b.who.Require(clinic.WriteServices); err != nil {
		return clinic.Rendered{}, err
	}
	var out clinic.Rendered
	err := b.update(ctx, intent, func(tx *store.Tx) error {
		r, err := tx.Rendered(id)
		if err != nil {
			return err
		}
		fn(&r, tx.Now())
		if r.Quantity < 1 {
			return fault.At("quantity", "fault.billing.quantity", "limit", clinic.MaxQuantity)
		}
		if err := r.Check(); err != nil {
			return err
		}
		out = r
		return tx.PutRendered(&out)
	})
	if err != nil {
		return clinic.Rendered{}, err
	}
	return out, nil
}
