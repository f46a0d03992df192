package setup

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/service/billing"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// PriceList is the clinic's price list.
type PriceList struct {
	s     *present.Session
	all   []clinic.Service
	staff []desk.Person
	shown []int // places in all that the filter lets through
	query string
	old   bool // withdrawn lines too
}

// NewPrices makes the list; nothing is in it before Load.
func NewPrices(s *present.Session) *PriceList { return &PriceList{s: s} }

// Columns of the list.
func (l *PriceList) Columns() []Column {
	t := l.s.T
	return []Column{
		{Title: t("setup_prices_code"), Width: 130},
		{Title: t("setup_prices_title"), Width: 200, Grow: 3},
		{Title: t("setup_prices_state"), Width: 106},
		{Title: t("setup_prices_minutes"), Width: 60, Right: true},
		{Title: t("setup_prices_price"), Width: 110, Right: true},
	}
}

// Empty says what to do first, or that the filter finds nothing.
func (l *PriceList) Empty() string {
	if len(l.all) > 0 {
		return l.s.T("setup_prices_not_found")
	}
	return l.s.T("setup_prices_none")
}

// Load reads the list.
func (l *PriceList) Load(ctx context.Context) (func(), error) {
	all, err := l.s.Billing.Services(ctx, true)
	slices.SortStableFunc(all, func(a, b clinic.Service) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Title, b.Title))
	})
	if err != nil {
		return nil, err
	}
	var staff []desk.Person
	if l.s.May(clinic.ReadDesk) || l.s.May(clinic.ManageDesk) {
		if staff, err = l.s.Desk.Staff(ctx); err != nil {
			return nil, err
		}
	}
	return func() { l.all, l.staff = all, staff; l.filter() }, nil
}

// Filter shows the lines that answer a query, withdrawn ones only where old is set.
func (l *PriceList) Filter(query string, old bool) {
	l.query, l.old = query, old
	l.filter()
}

func (l *PriceList) filter() {
	l.shown = l.shown[:0]
	for i := range l.all {
		if (l.old || l.all[i].Active) && billing.Answers(&l.all[i], l.query) {
			l.shown = append(l.shown, i)
		}
	}
}

// Len is how many lines are shown.
func (l *PriceList) Len() int { return len(l.shown) }

// Withdrawn is how many lines are withdrawn.
func (l *PriceList) Withdrawn() int {
	n := 0
	for i := range l.all {
		if !l.all[i].Active {
			n++
		}
	}
	return n
}

// Cell shows code, title, length and price.
func (l *PriceList) Cell(row, column int) Cell {
	v := &l.all[l.shown[row]]
	c := Cell{Muted: !v.Active}
	switch column {
	case 0:
		c.Text = v.Code
	case 1:
		c.Text, c.Below = v.Title, v.Speciality
	case 3:
		if v.Minutes > 0 {
			c.Text = fmt.Sprint(v.Minutes)
		}
	case 4:
		c.Text = l.s.Words.Money(v.Price, v.Currency)
	case 2:
		c.Icon, c.Text = "ok", l.s.T("setup_prices_active")
		if !v.Active {
			c.Icon, c.Text = "close", l.s.T("setup_prices_withdrawn")
		}
	}
	return c
}

// New is an empty line.
func (l *PriceList) New() *Form {
	if !l.s.May(clinic.WritePrices) {
		return nil
	}
	f := l.form(&clinic.Service{Active: true})
	f.Title = l.s.T("setup_prices_new")
	return f
}

// Edit changes a line.
func (l *PriceList) Edit(row int) *Form {
	if row < 0 || row >= len(l.shown) || !l.s.May(clinic.WritePrices) {
		return nil
	}
	f := l.form(&l.all[l.shown[row]])
	f.was = l.all[l.shown[row]]
	f.Title = l.s.T("setup_prices_edit")
	return f
}

func (l *PriceList) form(v *clinic.Service) *Form {
	t := l.s.T
	price, minutes := "", ""
	if !v.ID.IsZero() {
		price = MoneyText(v.Price)
	}
	if v.Minutes > 0 {
		minutes = fmt.Sprint(v.Minutes)
	}
	return &Form{Section: Prices, ID: v.ID, Fields: []*Field{
		{Key: "title", Label: t("setup_prices_title"), Kind: Note, Value: v.Title, Required: true},
		{Key: "code", Label: t("setup_prices_code"), Value: v.Code, Hint: t("setup_prices_code_hint"), Half: true},
		{Key: "price", Label: t("setup_prices_price_of", "currency", l.mark()), Kind: Money, Value: price, Required: true, Half: true},
		{Key: "speciality", Label: t("setup_prices_speciality"), Value: v.Speciality, Hint: t("setup_prices_speciality_hint"), Offers: l.specialities()},
		{Key: "minutes", Label: t("setup_prices_minutes_long"), Kind: Number, Value: minutes, Hint: t("setup_prices_minutes_hint")},
		{Key: "active", Label: t("setup_prices_active_long"), Kind: Tick, Value: tick(v.Active)},
	}}
}

// mark is the sign of the clinic's currency.
func (l *PriceList) mark() string {
	if l.s.Clinic.Country == clinic.Kazakhstan {
		return "₸"
	}
	return "₽"
}

func tick(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// specialities are those of the staff and of the list.
func (l *PriceList) specialities() []string {
	var out []string
	for _, p := range l.staff {
		out = append(out, p.Speciality)
	}
	for i := range l.all {
		out = append(out, l.all[i].Speciality)
	}
	return distinct(out)
}

// distinct puts words into order, each once, without empty ones.
func distinct(words []string) []string {
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(s string) bool { return s == "" })
}

// Save stores a line.
func (l *PriceList) Save(ctx context.Context, f *Form) (Done, error) {
	v := clinic.Service{Record: clinic.Record{ID: f.ID}, Title: f.Get("title"), Code: f.Get("code"), Speciality: f.Get("speciality"), Active: f.Get("active") != ""}
	old, known := f.was.(clinic.Service)
	v.Currency = old.Currency
	var err error
	if v.Price, err = ParseMoney("price", f.Get("price")); err != nil {
		return Done{}, err
	}
	if v.Minutes, err = ParseNumber("minutes", f.Get("minutes")); err != nil {
		return Done{}, err
	}
	saved, err := l.s.Billing.SaveService(ctx, v)
	if err != nil {
		return Done{}, err
	}
	undone := saved
	undone.Active = false // a line that was new is withdrawn: it may have been used meanwhile
	if known {
		undone = old
	}
	return Done{
		Text: l.s.T("setup_saved_price"),
		Undo: func(ctx context.Context) error { _, err := l.s.Billing.SaveService(ctx, undone); return err },
	}, nil
}

// CanRemove reports whether the line can be withdrawn, which can be undone.
func (l *PriceList) CanRemove(row int) bool {
	return row >= 0 && row < len(l.shown) && l.s.May(clinic.WritePrices) && l.all[l.shown[row]].Active
}

// Remove withdraws a line.
func (l *PriceList) Remove(row int) func(context.Context) (Done, error) {
	old := l.all[l.shown[row]]
	gone := old
	gone.Active = false
	return func(ctx context.Context) (Done, error) {
		if _, err := l.s.Billing.SaveService(ctx, gone); err != nil {
			return Done{}, err
		}
		return Done{
			Text: l.s.T("setup_withdrawn_price"),
			Undo: func(ctx context.Context) error { _, err := l.s.Billing.SaveService(ctx, old); return err },
		}, nil
	}
}
