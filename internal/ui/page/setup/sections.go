package setup

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/setup"
)

func newList(p *Page, about model.Section, m model.List, tables []string, w words) *list {
	return &list{p: p, env: p.env, about: about, model: m, tables: tables, words: w}
}

func newUsers(p *Page, about model.Section) section {
	m := model.NewUsers(p.env.Session)
	l := newList(p, about, m, []string{"staff"}, words{p.env.T("setup_users_add"), p.env.T("setup_users_remove")})
	l.ask, l.advise = m.Question, m.Advise
	l.extra = []fyne.CanvasObject{kit.NewButton(l.words.remove, l.remove).With("forbidden").Key("Delete")}
	return l
}

// prices is the price list with a field to search it.
type prices struct {
	*list
	model *model.PriceList
	query *kit.Entry
	old   *kit.Check
}

func newPrices(p *Page, about model.Section) section {
	m := model.NewPrices(p.env.Session)
	s := &prices{model: m, list: newList(p, about, m, []string{"service"}, words{p.env.T("setup_prices_add"), p.env.T("setup_prices_withdraw")})}
	s.query = kit.NewEntry().Hint(p.env.T("setup_prices_search"))
	s.query.OnChanged = func(string) { s.filter() }
	s.query.OnKey = func(ev *fyne.KeyEvent) bool {
		return s.rows.Key(ev.Name) && ev.Name != fyne.KeyHome && ev.Name != fyne.KeyEnd
	}
	s.old = kit.NewCheck(p.env.T("setup_prices_old"), func(bool) { s.filter() })
	s.above = kit.Columns(12, []float32{1, 0}, s.query, s.old)
	s.help = []page.KeyHelp{{Key: "Ctrl+F", What: p.env.T("setup_key_search")}}
	s.more = func(k kit.Key) bool {
		if k != kit.Ctrl(fyne.KeyF) {
			return false
		}
		p.env.Window.Canvas().Focus(s.query)
		return true
	}
	return s
}

func (s *prices) filter() {
	s.model.Filter(s.query.Text, s.old.On())
	s.redraw()
}

func (s *prices) enter() { s.env.Window.Canvas().Focus(s.query) }

// absences is who is away, and over it the call list of one absence.
type absences struct {
	*list
	model *model.AbsenceList
	place *fyne.Container
	plain fyne.CanvasObject
	calls *calls
}

func newAbsences(p *Page, about model.Section) section {
	m := model.NewAbsences(p.env.Session)
	s := &absences{model: m, list: newList(p, about, m, []string{"absence", "booking", "staff"}, words{p.env.T("setup_absences_add"), p.env.T("setup_absences_remove")})}
	s.extra = []fyne.CanvasObject{kit.NewButton(p.env.T("setup_calls"), s.ring).With("phone").Key("F4")}
	s.help = []page.KeyHelp{{Key: "F4", What: p.env.T("setup_calls"), Do: s.ring}}
	s.more = func(k kit.Key) bool {
		if k != kit.Plain(fyne.KeyF4) {
			return false
		}
		s.ring()
		return true
	}
	return s
}

func (s *absences) content() fyne.CanvasObject {
	s.plain = s.list.content()
	s.place = container.NewStack(s.plain)
	return s.place
}

// ring shows the call list of the chosen absence.
func (s *absences) ring() {
	m, ok := s.model.CallsOf(s.rows.At())
	if !ok || s.form != nil {
		return
	}
	s.calls = newCalls(s, m)
	s.place.Objects = []fyne.CanvasObject{s.calls.content()}
	s.place.Refresh()
	s.calls.load()
	s.env.Window.Canvas().Focus(s.calls.rows.Focusable())
}

// back shows the absences again.
func (s *absences) back() {
	s.calls = nil
	s.place.Objects = []fyne.CanvasObject{s.plain}
	s.place.Refresh()
	s.load(nil)
	s.enter()
}

func (s *absences) enter() {
	if s.calls != nil {
		s.env.Window.Canvas().Focus(s.calls.rows.Focusable())
		return
	}
	s.list.enter()
}

func (s *absences) key(k kit.Key) bool {
	if s.calls == nil {
		return s.list.key(k)
	}
	return s.calls.key(k)
}

func (s *absences) changed(tables []string) {
	s.list.changed(tables)
	if s.calls != nil {
		s.calls.load()
	}
}

// calls is the call list of an absence.
type calls struct {
	s     *absences
	env   *page.Env
	model *model.Calls
	rows  *kit.Rows
	move  *kit.Button
}

func newCalls(s *absences, m *model.Calls) *calls {
	return &calls{s: s, env: s.env, model: m}
}

func (c *calls) content() fyne.CanvasObject {
	t := c.env.T
	columns := c.model.Columns()
	head := make([]kit.Column, len(columns))
	for i, x := range columns {
		head[i] = kit.Column{Title: x.Title, Width: x.Width, Grow: x.Grow}
	}
	c.rows = kit.NewRows(head, func(row, column int) kit.Cell {
		if row >= c.model.Len() {
			return kit.Cell{}
		}
		x := c.model.Cell(row, column)
		out := kit.Cell{Text: x.Text, Below: x.Below, Icon: x.Icon, Bold: x.Bold}
		if x.Muted {
			out.Color = kit.ColorMuted
		}
		return out
	}).Tall(46).Empty(c.model.Empty())
	c.move = kit.NewButton(t("setup_calls_move"), c.substitute).Ranked(kit.Primary).With("arrow-right").Key("F6")
	c.move.Disable()
	back := kit.NewButton(t("setup_calls_back"), c.s.back).With("arrow-left").Key("Esc")
	marks := kit.Row(8)
	for i, o := range c.model.Outcomes() {
		marks.Add(kit.NewButton(o.Word, func() { c.mark(o.Value) }).Small().Key("F" + string(rune('7'+i))))
	}
	top := kit.Col(0, kit.Head(t("setup_calls"), c.model.Head, back, c.move), kit.Inset(0, 16, 8, 16, marks))
	return container.NewBorder(top, nil, nil, nil, kit.Inset(0, 8, 8, 8, c.rows))
}

func (c *calls) load() {
	kit.Load(c.env.Loader, "calls", c.model.Load, func(take func(), err error) {
		if err != nil {
			c.env.Fail(err)
			return
		}
		take()
		c.rows.SetCount(c.model.Len())
		if c.model.CanSubstitute() {
			c.move.Enable()
		} else {
			c.move.Disable()
		}
	})
}

func (c *calls) mark(outcome string) {
	row := c.rows.At()
	work := c.model.Mark(row, outcome)
	kit.Load(c.env.Loader, "mark", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, work(context.WithoutCancel(ctx))
	}, func(_ struct{}, err error) {
		if err != nil {
			c.env.Fail(err)
			return
		}
		c.load()
		c.rows.Choose(row + 1)
	})
}

func (c *calls) substitute() {
	if !c.model.CanSubstitute() {
		return
	}
	kit.Load(c.env.Loader, "substitute", func(ctx context.Context) (model.Done, error) {
		return c.model.Substitute(context.WithoutCancel(ctx))
	}, func(d model.Done, err error) {
		if err != nil {
			c.env.Fail(err)
			return
		}
		c.s.done(d)
		c.load()
	})
}

func (c *calls) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyEscape):
		c.s.back()
		return true
	case kit.Plain(fyne.KeyF6):
		c.substitute()
		return true
	}
	for i, o := range c.model.Outcomes() {
		if k == kit.Plain([]fyne.KeyName{fyne.KeyF7, fyne.KeyF8, fyne.KeyF9}[i]) {
			c.mark(o.Value)
			return true
		}
	}
	return false
}
