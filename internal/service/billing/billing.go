// Package billing is the price list and what was rendered at visits (R2.3, R5.1).
//
// It promises that a service rendered keeps the title and price of its day, whatever
// becomes of the price list. Sums are whole kopecks or tiyn. Payments it does not
// know.
package billing

import (
	"context"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Billing works for one logged-in user.
type Billing struct {
	store *store.Store
	who   *access.User
	now   func() time.Time
	looks *access.Looks
}

// New is for the logged-in user who.
func New(s *store.Store, who *access.User, now func() time.Time) *Billing {
	return &Billing{store: s, who: who, now: now, looks: access.NewLooks(s, who, now)}
}

// Flush writes the acts of looking noted so far to the ledger; see records.Flush.
func (b *Billing) Flush(ctx context.Context) error { return b.looks.Flush(ctx) }

func (b *Billing) update(ctx context.Context, intent string, fn func(*store.Tx) error) error {
	return b.store.Update(ctx, journal.Act{Actor: b.who.ID, Intent: intent}, fn)
}

// Currency is what the clinic's country pays with.
func (b *Billing) Currency(ctx context.Context) (string, error) {
	org, err := b.store.Organisation(ctx)
	return clinic.CurrencyOf(org.Country), err
}

// Services lists the price list by speciality, code and title; withdrawn lines only
// where all are asked for.
func (b *Billing) Services(ctx context.Context, all bool) ([]clinic.Service, error) {
	if err := b.who.Require(clinic.ReadPrices); err != nil {
		return nil, err
	}
	return b.store.Reader(ctx).Services(all)
}

// FindServices searches the active price list: words and codes, whole or begun, in any
// order; an empty query finds all. Those of the speciality come first.
func (b *Billing) FindServices(ctx context.Context, query, speciality string, limit int) ([]clinic.Service, error) {
	list, err := b.Services(ctx, false)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(s clinic.Service) bool { return !Answers(&s, query) })
	if speciality != "" {
		slices.SortStableFunc(list, func(x, y clinic.Service) int { return foreign(&x, speciality) - foreign(&y, speciality) })
	}
	return list[:min(len(list), max(limit, 0))], nil
}

// foreign is 0 for the services of the speciality, 1 for anybody's, 2 for others'.
func foreign(s *clinic.Service, speciality string) int {
	switch s.Speciality {
	case speciality:
		return 0
	case "":
		return 1
	}
	return 2
}

// Answers reports whether every word of a query begins a word of the service's title
// or its code.
func Answers(s *clinic.Service, query string) bool {
	have := append(fold.Words(s.Title), fold.Words(s.Code)...)
	code := fold.Text(s.Code)
	for _, w := range fold.Words(query) {
		begins := func(h string) bool { return strings.HasPrefix(h, w) }
		if !slices.ContainsFunc(have, begins) && !strings.HasPrefix(code, w) {
			return false
		}
	}
	return true
}

// SaveService stores a line of the price list, new or changed, in the clinic's own
// currency. A code that another line has is refused. A line is withdrawn by Active, never removed: visits name it.
func (b *Billing) SaveService(ctx context.Context, s clinic.Service) (clinic.Service, error) {
	if err := b.who.Require(clinic.WritePrices); err != nil {
		return clinic.Service{}, err
	}
	own, err := b.Currency(ctx)
	if err != nil {
		return clinic.Service{}, err
	}
	if s.Currency == "" {
		s.Currency = own
	}
	if s.Currency != own { // a bill has one sum
		return clinic.Service{}, fault.At("currency", "fault.field.choice", "choices", own)
	}
	s.Deleted = 0
	if err := s.Check(); err != nil {
		return clinic.Service{}, err
	}
	err = b.update(ctx, "service.save", func(tx *store.Tx) error {
		if !s.ID.IsZero() {
			if _, err := tx.Service(s.ID); err != nil {
				return err
			}
		}
		others, err := tx.Services()
		if err != nil {
			return err
		}
		for i := range others {
			if o := &others[i]; o.ID != s.ID && s.Code != "" && fold.Text(o.Code) == fold.Text(s.Code) {
				return &fault.Error{Kind: fault.Conflict, Key: "fault.billing.code_taken", Field: "code"}
			}
		}
		return tx.PutService(&s)
	})
	if err != nil {
		return clinic.Service{}, err
	}
	return s, nil
}
