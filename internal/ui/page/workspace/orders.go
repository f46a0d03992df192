package workspace

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// orderList is the orders of the visit and the field for the next one.
type orderList struct {
	p     *Page
	entry *note
	list  *fyne.Container
	lines map[clinic.ID]*line
}

// orderPart is the section of orders, services and advice.
func (p *Page) orderPart() fyne.CanvasObject {
	o := &orderList{p: p, list: flow(2), lines: map[clinic.ID]*line{}}
	p.orders = o
	o.entry = p.pick(model.FieldOrders)
	p.firsts[model.Orders] = o.entry
	o.refresh()
	parts := []fyne.CanvasObject{o.list, o.entry}
	parts = append(parts, p.servicePart())
	parts = append(parts, kit.Inset(4, 0, 0, 0, kit.Caption(p.env.T("visit_advice"))), p.text(model.FieldAdvice, 2))
	return flow(6, parts...)
}

// refresh shows the orders that the visit has.
func (o *orderList) refresh() {
	kept := map[clinic.ID]*line{}
	objects := []fyne.CanvasObject{}
	for _, v := range o.p.w.Orders() {
		said := lineView{Icon: model.OrderIcon(v.Kind), Text: v.Text, Side: o.p.env.Words.Code("visit_order", v.Kind)}
		if v.Remark.Text != "" {
			said.Words = []model.Remark{v.Remark}
		}
		l := o.lines[v.ID]
		if l == nil {
			id, kind := v.ID, v.Kind
			l = newLine(said, func() { o.turn(id) }, func() { o.strike(id, v.Text) })
			l.entered = func() { o.p.entered(model.FieldOrders+".row", l) }
			_ = kind
			if o.p.w.ReadOnly() {
				l.open, l.strike = nil, nil
				l.show(said)
			}
		} else if !sameView(&l.view, &said) {
			l.show(said)
		}
		kept[v.ID] = l
		objects = append(objects, l)
	}
	o.lines = kept
	o.list.Objects = objects
	o.list.Hidden = len(objects) == 0
	o.list.Refresh()
	o.p.relayout()
}

// turn gives an order the next kind: what was guessed may be wrong.
func (o *orderList) turn(id clinic.ID) {
	for _, v := range o.p.w.Orders() {
		if v.ID != id {
			continue
		}
		for i, k := range model.OrderKinds {
			if k == v.Kind {
				o.p.w.SetOrder(id, "kind", model.OrderKinds[(i+1)%len(model.OrderKinds)])
				break
			}
		}
	}
	o.refresh()
}

func (o *orderList) strike(id clinic.ID, what string) {
	undo := o.p.w.StrikeOrder(id)
	o.refresh()
	o.p.env.Window.Canvas().Focus(o.entry)
	o.p.env.Done(o.p.env.T("visit_struck_row", "what", what), func() { undo(); o.refresh() })
}

// serviceList is the services of the price list that were rendered, with their sum.
type serviceList struct {
	p     *Page
	entry *note
	list  *fyne.Container
	sum   *kit.Text
	lines []*line
}

func (p *Page) servicePart() fyne.CanvasObject {
	s := &serviceList{p: p, list: flow(2), sum: kit.NewText("").Bold()}
	p.services = s
	s.entry = p.pick(model.FieldServices)
	s.refresh()
	if !p.w.May.Services {
		s.entry.Disable()
	}
	head := kit.Inset(4, 8, 0, 0, kit.Columns(8, []float32{1, 0}, kit.Caption(p.env.T("visit_services")), s.sum))
	return flow(4, head, s.list, s.entry)
}

// refresh shows the services that the visit has. A line is told from others by its
// place: the same widget serves whatever stands there.
func (s *serviceList) refresh() {
	views, sum := s.p.w.Services()
	objects := []fyne.CanvasObject{}
	for i, v := range views {
		below := v.Code
		side := v.Sum
		if v.Quantity > 1 {
			side = s.p.env.T("visit_service_count", "n", v.Quantity) + "  " + v.Sum
		}
		said := lineView{Icon: "price", Text: v.Title, Below: below, Side: side}
		if i == len(s.lines) {
			s.lines = append(s.lines, newLine(said, nil, func() { s.strike(i) }))
			l := s.lines[i]
			l.entered = func() { s.p.entered(model.FieldServices+".row", l) }
			l.onKey = func(ev *fyne.KeyEvent) bool { return s.key(i, ev) }
		} else if !sameView(&s.lines[i].view, &said) {
			s.lines[i].show(said)
		}
		objects = append(objects, s.lines[i])
	}
	s.list.Objects = objects
	s.list.Hidden = len(objects) == 0
	s.sum.Set("")
	if len(objects) > 0 {
		s.sum.Set(s.p.env.T("visit_services_sum", "sum", sum))
	}
	s.list.Refresh()
	s.p.relayout()
}

// key counts a service up or down.
func (s *serviceList) key(i int, ev *fyne.KeyEvent) bool {
	by := map[fyne.KeyName]int{fyne.KeyPlus: 1, fyne.KeyEqual: 1, fyne.KeyRight: 1, fyne.KeyMinus: -1, fyne.KeyLeft: -1}[ev.Name]
	views, _ := s.p.w.Services()
	if by == 0 || i >= len(views) || views[i].Quantity+by < 1 {
		return false
	}
	s.p.w.Count(views[i].Row, by)
	s.refresh()
	return true
}

func (s *serviceList) strike(i int) {
	views, _ := s.p.w.Services()
	if i >= len(views) || s.p.w.ReadOnly() {
		return
	}
	undo := s.p.w.StrikeService(views[i].Row)
	s.refresh()
	s.p.env.Window.Canvas().Focus(s.entry)
	s.p.env.Done(s.p.env.T("visit_struck_row", "what", views[i].Title), func() { undo(); s.refresh() })
}
