package workspace

import (
	"context"
	"slices"

	"feldsher/internal/clinic"
)

// maxQuantity is the most of one service at a visit.
const maxQuantity = clinic.MaxQuantity

// readLines reads the services that the ledger has. Of a draft, lines that were stored
// just before the program went are found again by their service.
func (w *Workspace) readLines(ctx context.Context) error {
	if w.form.New || !w.s.May(clinic.ReadPrices) {
		return nil
	}
	bill, err := w.bills.Rendered(ctx, w.form.Now.ID)
	if err != nil {
		return err
	}
	w.form.Lines = joinLines(w.form.Lines, bill.Lines)
	return nil
}

func joinLines(mine []Line, stored []clinic.Rendered) []Line {
	out := slices.Clone(mine)
	for i := range stored {
		r := &stored[i]
		at := slices.IndexFunc(out, func(l Line) bool { return l.ID == r.ID })
		if at < 0 {
			at = slices.IndexFunc(out, func(l Line) bool { return l.ID.IsZero() && l.Service == r.Service && l.Title == r.Title })
		}
		if at < 0 {
			out = append(out, Line{
				ID: r.ID, Service: r.Service, Code: r.Code, Title: r.Title, Price: r.Price, Currency: r.Currency,
				Quantity: r.Quantity, Kept: r.Quantity,
			})
			continue
		}
		l := &out[at]
		if l.ID == r.ID && l.Quantity == l.Kept {
			l.Quantity = r.Quantity
		}
		l.ID, l.Kept, l.Price = r.ID, r.Quantity, r.Price
	}
	return out
}

// putLines brings the services of the form into the ledger, one by one; what is done
// is noted at once, so that nothing is billed twice.
func (w *Workspace) putLines(ctx context.Context) error {
	if !w.May.Services {
		return nil
	}
	for i := 0; ; i++ {
		w.mu.Lock()
		if i >= len(w.form.Lines) {
			w.form.Lines = slices.DeleteFunc(w.form.Lines, func(l Line) bool { return l.Gone && l.ID.IsZero() })
			w.mu.Unlock()
			return nil
		}
		l, visit := w.form.Lines[i], w.form.Now.ID
		w.mu.Unlock()
		kept, err := w.putLine(ctx, visit, l)
		if err != nil {
			return err
		}
		w.mu.Lock()
		if i < len(w.form.Lines) && w.form.Lines[i].Service == l.Service && w.form.Lines[i].Title == l.Title {
			n := &w.form.Lines[i]
			n.ID, n.Kept = kept.ID, kept.Kept
		}
		w.mu.Unlock()
	}
}

func (w *Workspace) putLine(ctx context.Context, visit clinic.ID, l Line) (Line, error) {
	switch {
	case l.Gone && l.ID.IsZero():
		return l, nil
	case l.Gone:
		err := w.bills.RemoveRendered(ctx, l.ID)
		l.ID, l.Kept = clinic.ID{}, 0
		return l, err
	case l.ID.IsZero():
		r, err := w.bills.AddRendered(ctx, clinic.Rendered{
			Visit: visit, Service: l.Service, Code: l.Code, Title: l.Title, Price: l.Price, Quantity: l.Quantity,
		})
		if err != nil {
			return l, err
		}
		l.ID, l.Kept = r.ID, r.Quantity
		return l, nil
	case l.Quantity != l.Kept:
		r, err := w.bills.SetQuantity(ctx, l.ID, l.Quantity)
		l.Kept = r.Quantity
		return l, err
	}
	return l, nil
}

// LineView is a service as it stands on the page.
type LineView struct {
	Row             int // for the methods
	Code, Title     string
	Quantity        int
	Price, Sum      string
	AlreadyInLedger bool
}

// Services are the services of the visit, with their sum in the clinic's words.
func (w *Workspace) Services() (list []LineView, sum string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var total int64
	currency := clinic.CurrencyOf(w.s.Clinic.Country)
	for i := range w.form.Lines {
		l := &w.form.Lines[i]
		if l.Gone {
			continue
		}
		if l.Currency != "" {
			currency = l.Currency
		}
		total += l.Price * int64(l.Quantity)
		list = append(list, LineView{
			Row: i, Code: l.Code, Title: l.Title, Quantity: l.Quantity, AlreadyInLedger: !l.ID.IsZero(),
			Price: w.s.Words.Money(l.Price, currency), Sum: w.s.Words.Money(l.Price*int64(l.Quantity), currency),
		})
	}
	return list, w.s.Words.Money(total, currency)
}

// AddService puts a line of the price list on the visit; once more, and it counts two.
func (w *Workspace) AddService(x clinic.Service) {
	if !w.May.Services {
		return
	}
	w.change(func(f *Form) {
		at := slices.IndexFunc(f.Lines, func(l Line) bool { return l.Service == x.ID && !l.Gone })
		if at >= 0 {
			f.Lines[at].Quantity = min(f.Lines[at].Quantity+1, maxQuantity)
			return
		}
		f.Lines = append(f.Lines, Line{
			Service: x.ID, Code: x.Code, Title: x.Title, Price: x.Price, Currency: x.Currency, Quantity: 1,
		})
	})
}

// Count changes how often a service was rendered, by one up or down; below one it is
// struck out.
func (w *Workspace) Count(row, by int) {
	if !w.May.Services {
		return
	}
	w.change(func(f *Form) {
		if row < 0 || row >= len(f.Lines) {
			return
		}
		l := &f.Lines[row]
		if l.Quantity+by < 1 {
			l.Gone = true
			return
		}
		l.Quantity = min(l.Quantity+by, maxQuantity)
	})
}

// StrikeService takes a service off the visit; the function given puts it back.
func (w *Workspace) StrikeService(row int) (undo func()) {
	if !w.May.Services {
		return func() {}
	}
	var struck Line
	w.change(func(f *Form) {
		if row >= 0 && row < len(f.Lines) {
			f.Lines[row].Gone = true
			struck = f.Lines[row]
		}
	})
	return func() {
		w.change(func(f *Form) {
			for i := range f.Lines {
				l := &f.Lines[i]
				if l.Gone && l.Service == struck.Service && l.Title == struck.Title {
					l.Gone = false
					return
				}
			}
			if struck.Title != "" {
				struck.ID, struck.Kept, struck.Gone = clinic.ID{}, 0, false
				f.Lines = append(f.Lines, struck)
			}
		})
	}
}
