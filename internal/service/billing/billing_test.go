package billing_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/service/billing"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// till is a clinic with one patient's visit.
type till struct {
	*billing.Billing
	s     *store.Store
	visit clinic.Visit
}

func present() time.Time { return time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC) }

func open(t *testing.T) *till {
	t.Helper()
	ctx, w := context.Background(), &till{}
	var err error
	w.s, _, err = store.Found(ctx, t.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: "верный пароль", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{Login: "все", Active: true, Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}},
	}, store.Options{Now: present, CacheMB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.s.Close() })
	who, err := access.Whoami(ctx, w.s)
	if err != nil {
		t.Fatal(err)
	}
	w.Billing = billing.New(w.s, who, present)
	p := clinic.Patient{Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male}
	err = w.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error {
		if err := tx.PutPatient(&p); err != nil {
			return err
		}
		w.visit = clinic.Visit{Patient: p.ID, Kind: "clinic", Status: clinic.VisitOpen, CareFrom: clinic.TimeOf(present())}
		return tx.PutVisit(&w.visit)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *till) service(t *testing.T, s clinic.Service) clinic.Service {
	t.Helper()
	s, err := w.SaveService(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func refused(t *testing.T, err error, key, field string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key || f.Field != field {
		t.Errorf("%v, want %s at %q", err, key, field)
	}
}

// TestPriceList: lines are added, changed and withdrawn; a code stands once (R2.3).
func TestPriceList(t *testing.T) {
	w, ctx := open(t), context.Background()
	first := w.service(t, clinic.Service{Code: "B01.047.001", Title: "Приём терапевта", Speciality: "терапия", Price: 150050, Active: true})
	if first.Currency != "RUB" {
		t.Errorf("%+v", first)
	}
	_, err := w.SaveService(ctx, clinic.Service{Code: " b01.047.001", Title: "Другое", Active: true})
	refused(t, err, "fault.billing.code_taken", "code")
	_, err = w.SaveService(ctx, clinic.Service{Title: "В тенге", Currency: "KZT", Price: 100, Active: true})
	refused(t, err, "fault.field.choice", "currency") // or a bill would add tenge to roubles
	w.service(t, clinic.Service{Title: "Без кода", Active: true})
	w.service(t, clinic.Service{Title: "Тоже без кода", Active: true})
	first.Price, first.Active = 200000, false
	w.service(t, first)
	active, err := w.Services(ctx, false)
	all, err2 := w.Services(ctx, true)
	if err != nil || err2 != nil || len(active) != 2 || len(all) != 3 {
		t.Errorf("%d active of %d, %v %v", len(active), len(all), err, err2)
	}
	_, err = w.SaveService(ctx, clinic.Service{Record: clinic.Record{ID: clinic.NewID()}, Title: "Не было"})
	refused(t, err, "fault.billing.service.none", "")
}

// TestFind: words and codes in any order, begun, ё as е; the doctor's own first.
func TestFind(t *testing.T) {
	w, ctx := open(t), context.Background()
	for _, s := range demo.Prices(demo.Organisation(clinic.Russia)) {
		s.ID = clinic.ID{}
		w.service(t, s)
	}
	for query, want := range map[string]string{
		"прием терап перв": "B01.047.001", "b01.031.002": "B01.031.002", "первичный педиатра": "B01.031.001", "экг расш": "", "узи плод": "A04.30.001",
	} {
		got, err := w.FindServices(ctx, query, "", 5)
		if err != nil || want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0].Code != want) {
			t.Errorf("%q: %v, %v", query, got, err)
		}
	}
	own, err := w.FindServices(ctx, "", "педиатрия", 3)
	if err != nil || len(own) != 3 || own[0].Speciality != "педиатрия" || own[2].Speciality != "педиатрия" {
		t.Errorf("%+v, %v", own, err)
	}
	if none, err := w.FindServices(ctx, "", "", -1); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

// TestRendered: a service of a visit keeps its price whatever the list becomes; it can be
// struck out and put back; what is withdrawn can't be added (R5.1).
func TestRendered(t *testing.T) {
	w, ctx := open(t), context.Background()
	s := w.service(t, clinic.Service{Code: "1", Title: "Приём", Price: 150050, Active: true})
	r, err := w.AddRendered(ctx, clinic.Rendered{Visit: w.visit.ID, Service: s.ID, Quantity: 2})
	if err != nil || r.Title != "Приём" || r.Price != 150050 || r.Patient != w.visit.Patient || r.Staff.IsZero() || r.When.IsZero() {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.AddRendered(ctx, clinic.Rendered{Visit: w.visit.ID, Title: "Расходники", Price: 9950}); err != nil {
		t.Fatal(err)
	}
	s.Price, s.Active = 1, false
	w.service(t, s)
	bill, err := w.Rendered(ctx, w.visit.ID)
	if err != nil || len(bill.Lines) != 2 || bill.Sum != 2*150050+9950 || bill.Currency != "RUB" {
		t.Errorf("%+v, %v", bill, err)
	}
	_, err = w.AddRendered(ctx, clinic.Rendered{Visit: w.visit.ID, Service: s.ID})
	refused(t, err, "fault.billing.withdrawn", "service")
	_, err = w.AddRendered(ctx, clinic.Rendered{Visit: w.visit.ID, Service: clinic.NewID()})
	refused(t, err, "fault.billing.service.none", "service")
	_, err = w.AddRendered(ctx, clinic.Rendered{Visit: clinic.NewID(), Title: "x"})
	refused(t, err, "fault.visit.none", "")
	_, err = w.AddRendered(ctx, clinic.Rendered{Visit: w.visit.ID})
	refused(t, err, "fault.field.empty", "title")
	if err := w.RemoveRendered(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	if bill, err := w.Rendered(ctx, w.visit.ID); err != nil || bill.Sum != 9950 {
		t.Errorf("%+v, %v", bill, err)
	}
	if err := w.RestoreRendered(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, -3, 1000} {
		_, err := w.SetQuantity(ctx, r.ID, n)
		refused(t, err, "fault.billing.quantity", "quantity")
	}
	if one, err := w.SetQuantity(ctx, r.ID, 1); err != nil || one.Quantity != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	to, err := w.RenderedTo(ctx, w.visit.Patient)
	if err != nil || len(to.Lines) != 2 || to.Sum != 150050+9950 {
		t.Errorf("%+v, %v", to, err)
	}
	for _, c := range w.s.Checks() {
		if _, err := c.Run(ctx); err != nil {
			t.Errorf("%s: %v", c.Part, err)
		}
	}
}

// TestSums: the sum of any lines is exact, also at the highest prices.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := clinic.Rendered{
			Title: "x", Currency: "RUB", Price: rapid.Int64Range(0, clinic.MaxPrice).Draw(t, "price"),
			Quantity: rapid.IntRange(1, clinic.MaxQuantity).Draw(t, "quantity"),
		}
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		if r.Sum()/int64(r.Quantity) != r.Price || r.Sum() < r.Price {
			t.Fatal(r.Sum())
		}
	})
}

// TestRights: a method without a row fails (R11.2).
func TestRights(t *testing.T) {
	w, ctx := open(t), context.Background()
	s := w.service(t, clinic.Service{Title: "Приём", Active: true})
	read := []clinic.Role{clinic.Reception, clinic.Doctor, clinic.Feldsher, clinic.Nurse, clinic.Head, clinic.Administrator}
	cards := read[:5]
	render := read[:4]
	prices := []clinic.Role{clinic.Head, clinic.Administrator}
	none := clinic.NewID()
	table := map[string]struct {
		who  []clinic.Role
		call func(*billing.Billing) error
	}{
		"Services":        {read, func(b *billing.Billing) error { _, err := b.Services(ctx, true); return err }},
		"FindServices":    {read, func(b *billing.Billing) error { _, err := b.FindServices(ctx, "", "", 1); return err }},
		"SaveService":     {prices, func(b *billing.Billing) error { _, err := b.SaveService(ctx, s); return err }},
		"Rendered":        {cards, func(b *billing.Billing) error { _, err := b.Rendered(ctx, none); return err }},
		"RenderedTo":      {cards, func(b *billing.Billing) error { _, err := b.RenderedTo(ctx, none); return err }},
		"AddRendered":     {render, func(b *billing.Billing) error { _, err := b.AddRendered(ctx, clinic.Rendered{}); return err }},
		"SetQuantity":     {render, func(b *billing.Billing) error { _, err := b.SetQuantity(ctx, none, 1); return err }},
		"RemoveRendered":  {render, func(b *billing.Billing) error { return b.RemoveRendered(ctx, none) }},
		"RestoreRendered": {render, func(b *billing.Billing) error { return b.RestoreRendered(ctx, none) }},
		"Currency":        {clinic.Roles, func(b *billing.Billing) error { _, err := b.Currency(ctx); return err }},
		"Flush":           {clinic.Roles, func(b *billing.Billing) error { return b.Flush(ctx) }},
	}
	methods := reflect.TypeFor[*billing.Billing]()
	for i := range methods.NumMethod() {
		if _, ok := table[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", methods.Method(i).Name)
		}
	}
	for _, role := range clinic.Roles {
		quiet := billing.New(w.s, &access.User{Staff: clinic.Staff{Record: clinic.Record{ID: clinic.NewID()}, Roles: []clinic.Role{role}, Active: true}}, present)
		for name, c := range table {
			if err := c.call(quiet); fault.Is(err, fault.Forbidden) == slices.Contains(c.who, role) {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
	}
}
