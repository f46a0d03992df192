package workspace

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// OrderView is an order as it stands on the page.
type OrderView struct {
	ID     clinic.ID
	Kind   string // of OrderKinds
	Text   string
	Status string
	Remark Remark
}

// OrderKinds are the kinds of orders in the order in which keys go through them.
var OrderKinds = []string{"laboratory", "examination", "procedure", "referral", "regimen"}

// Orders are the orders of the visit.
func (w *Workspace) Orders() []OrderView {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]OrderView, len(w.form.Now.Orders))
	for i := range w.form.Now.Orders {
		o := &w.form.Now.Orders[i]
		text := o.Text
		if text == "" {
			text = o.Coding.Name
		}
		out[i] = OrderView{o.ID, o.Kind, text, o.Status, w.rowRemark("orders", i)}
	}
	return out
}

// AddOrder puts an order on the visit; its kind is guessed from its words, and can be
// changed.
func (w *Workspace) AddOrder(text string) clinic.ID {
	return w.addOrder(clinic.Order{Kind: w.kindOfOrder(text), Text: plain(text)})
}

func (w *Workspace) addOrder(o clinic.Order) (id clinic.ID) {
	if o.Text == "" && o.Coding.Name == "" {
		return id
	}
	w.change(func(f *Form) {
		at := slices.IndexFunc(f.Now.Orders, func(x clinic.Order) bool {
			return fold.Text(x.Text) == fold.Text(o.Text) && x.Coding.Code == o.Coding.Code
		})
		if at >= 0 {
			id = f.Now.Orders[at].ID
			return
		}
		o.ID, o.Status = clinic.NewID(), "ordered"
		f.Now.Orders = append(slices.Clone(f.Now.Orders), o)
		id = o.ID
	})
	return id
}

// kindOfOrder guesses from the beginnings of words; an examination of a laboratory is
// what is ordered most.
func (w *Workspace) kindOfOrder(text string) string {
	words := fold.Words(text)
	for _, kind := range OrderKinds {
		for _, begin := range fold.Words(w.s.T("visit_order_words_" + kind)) {
			if slices.ContainsFunc(words, func(x string) bool { return strings.HasPrefix(x, begin) }) {
				return kind
			}
		}
	}
	return OrderKinds[0]
}

// SetOrder changes a field of an order: "text", "kind" or "status".
func (w *Workspace) SetOrder(id clinic.ID, field, value string) {
	w.mu.Lock()
	row := rowOf(w.form.Now.Orders, id, orderRow)
	idle := row == nil || orderField(row, field) == nil || *orderField(row, field) == value
	w.mu.Unlock()
	if idle {
		return
	}
	w.change(func(f *Form) {
		f.Now.Orders = slices.Clone(f.Now.Orders)
		if o := rowOf(f.Now.Orders, id, orderRow); o != nil {
			*orderField(o, field) = value
		}
		w.refused = nil
	})
}

func orderField(o *clinic.Order, field string) *string {
	switch field {
	case "text":
		return &o.Text
	case "kind":
		return &o.Kind
	case "status":
		return &o.Status
	}
	return nil
}

// StrikeOrder takes an order off the visit; the function given puts it back.
func (w *Workspace) StrikeOrder(id clinic.ID) (undo func()) {
	var was clinic.Order
	at := -1
	w.change(func(f *Form) {
		at = slices.IndexFunc(f.Now.Orders, func(o clinic.Order) bool { return o.ID == id })
		if at >= 0 {
			was = f.Now.Orders[at]
			f.Now.Orders = slices.Delete(slices.Clone(f.Now.Orders), at, at+1)
		}
	})
	return func() {
		if at >= 0 {
			w.change(func(f *Form) {
				f.Now.Orders = slices.Insert(slices.Clone(f.Now.Orders), min(at, len(f.Now.Orders)), was)
			})
		}
	}
}

// ApplyPathway adds a treatment protocol's orders and prescriptions in one step (R3.5);
// the function given takes them away again.
func (w *Workspace) ApplyPathway(p clinic.Pathway) (undo func()) {
	var orders, drugs []clinic.ID
	w.change(func(f *Form) {
		f.Now.Orders = slices.Clone(f.Now.Orders)
		for _, o := range p.Orders {
			o.Record = clinic.Record{ID: clinic.NewID()}
			o.Pathway, o.Status = p.ID, "ordered"
			f.Now.Orders = append(f.Now.Orders, o)
			orders = append(orders, o.ID)
		}
		if !w.May.Prescribe {
			return
		}
		f.Now.Prescriptions = slices.Clone(f.Now.Prescriptions)
		for i := range p.Prescriptions {
			q := pattern(&p.Prescriptions[i])
			q.ID, q.Status = clinic.NewID(), "active"
			f.Now.Prescriptions = append(f.Now.Prescriptions, q)
			drugs = append(drugs, q.ID)
		}
	})
	return func() {
		w.change(func(f *Form) {
			f.Now.Orders = slices.DeleteFunc(slices.Clone(f.Now.Orders), func(o clinic.Order) bool { return slices.Contains(orders, o.ID) })
			f.Now.Prescriptions = slices.DeleteFunc(slices.Clone(f.Now.Prescriptions), func(p clinic.Prescription) bool { return slices.Contains(drugs, p.ID) })
		})
	}
}
