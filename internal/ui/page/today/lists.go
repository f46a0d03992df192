package today

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/today"
)

func messageOf(text string) page.Message { return page.Message{Tone: kit.Calm, Text: text} }

// waitPanel is the waiting list: Enter books into the place under the cursor.
type waitPanel struct {
	b     *board
	place model.Place
	free  bool
	list  []model.Waiter
	rows  *kit.Rows
	where *kit.Text
}

func (b *board) waiting() {
	if b.table == nil {
		return
	}
	p := &waitPanel{b: b, where: kit.Muted("").Cut(60)}
	p.rows = kit.NewRows([]kit.Column{{Width: 80, Grow: 1}, {Width: 142}}, p.cell).Tall(46).Empty(b.env.T("today_wait_empty"))
	p.rows.OnOpen = p.take
	b.open(p)
	p.renew()
}

// renew reads the list again, for the place that is under the cursor now.
func (p *waitPanel) renew() {
	at, block := p.b.grid.At()
	p.place, _ = p.b.table.Place(p.b.env.Session, at.Column, model.Stretch(at.Stretch))
	p.free = block < 0 && len(p.b.table.Columns) > 0
	where := p.b.env.T("today_wait_nowhere")
	if p.free {
		where = model.NewForm(p.place).Where(p.b.env.Session)
	}
	p.where.Set(where)
	place, table := p.place, p.b.table
	kit.Load(p.b.env.Loader, "waiting", func(c context.Context) ([]model.Waiter, error) {
		return model.Waiters(c, p.b.env.Session, table, place)
	}, func(list []model.Waiter, err error) {
		if err != nil {
			p.b.env.Fail(err)
			return
		}
		p.list = list
		p.rows.SetCount(len(list))
	})
}

func (p *waitPanel) cell(row, column int) kit.Cell {
	w := &p.list[row]
	if column == 0 {
		return kit.Cell{Text: w.Name, Below: w.Facts, Bold: w.Fits}
	}
	c := kit.Cell{Text: w.Whom, Below: w.When}
	if w.Fits {
		c.Icon, c.Color = "ok", paints[model.Inside].ink
	}
	return c
}

func (p *waitPanel) content() fyne.CanvasObject {
	t := p.b.env.T
	head := kit.Col(1, kit.Heading(t("today_waiting_list")).Cut(60), p.where, kit.Space(1, 4))
	foot := kit.Inset(6, 0, 0, 0, kit.Columns(6, nil, kit.NewButton(t("today_book"), p.rows.Open).Ranked(kit.Primary).With("check").Key("Enter"),
		kit.NewButton(t("today_wait_drop"), p.drop).With("remove").Key("Del")))
	return container.NewBorder(head, foot, nil, nil, p.rows)
}

func (p *waitPanel) focus() fyne.Focusable { return p.rows.Focusable() }
func (p *waitPanel) leave()                {}

func (p *waitPanel) take(row int) {
	if !p.b.may() {
		return
	}
	if !p.free {
		p.b.env.Say(messageOf(p.b.env.T("today_wait_nowhere")))
		return
	}
	w, place, s := p.list[row], p.place, p.b.env.Session
	p.b.do(func(c context.Context) (model.Done, error) { return model.FromWaiting(c, s, &w, place) }, func(_ model.Done, err error) bool {
		if err == nil {
			p.b.close()
		}
		return err == nil
	})
}

func (p *waitPanel) drop() {
	if len(p.list) == 0 || !p.b.may() {
		return
	}
	w, s := p.list[p.rows.At()], p.b.env.Session
	p.b.do(func(c context.Context) (model.Done, error) { return model.DropWaiting(c, s, &w) }, nil)
}

func (p *waitPanel) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyDelete):
		p.drop()
	case kit.Plain(fyne.KeyEscape), kit.Plain(fyne.KeyF9):
		p.b.close()
	default:
		return k.Mod == 0
	}
	return true
}

// awayPanel is an absence: who stands in, and whom to call.
type awayPanel struct {
	b      *board
	column model.Column
	absent *model.Absent // nil: nobody is away yet
	rows   *kit.Rows
	who    *kit.Select
	box    *fyne.Container
}

func (b *board) away() {
	if b.table == nil || len(b.table.Columns) == 0 {
		return
	}
	at, _ := b.grid.At()
	p := &awayPanel{b: b, column: b.table.Columns[at.Column], box: container.NewStack()}
	p.rows = kit.NewRows([]kit.Column{{Width: 78}, {Width: 60, Grow: 1}, {Width: 110}}, p.cell).Tall(46).Empty(b.env.T("today_calls_empty"))
	p.who = kit.NewSelect(nil, p.choose).Hint(b.env.T("today_substitute_none"))
	b.open(p)
	p.renew()
}

// renew reads the absence and its calls again.
func (p *awayPanel) renew() {
	for _, c := range p.b.table.Columns {
		if c.Staff == p.column.Staff && c.Date == p.column.Date {
			p.column = c
		}
	}
	if len(p.column.Absences) == 0 {
		p.absent = nil
		p.lay()
		return
	}
	a, table := p.column.Absences[0], p.b.table
	kit.Load(p.b.env.Loader, "absence", func(c context.Context) (*model.Absent, error) {
		return model.ReadAbsent(c, p.b.env.Session, table, a)
	}, func(got *model.Absent, err error) {
		if err != nil {
			p.b.env.Fail(err)
			return
		}
		first := p.absent == nil
		p.absent = got
		options := []kit.Option{}
		for _, x := range got.Substitutes {
			options = append(options, kit.Option{Code: x.ID.String(), Text: x.Name.String(), Below: x.Speciality})
		}
		p.who.SetOptions(options)
		p.who.Set(got.Substitute.ID.String())
		p.rows.SetCount(len(got.Calls))
		p.lay()
		if first {
			p.b.env.Window.Canvas().Focus(p.rows.Focusable())
		}
	})
}

func (p *awayPanel) cell(row, column int) kit.Cell {
	c := &p.absent.Calls[row]
	switch column {
	case 0:
		return kit.Cell{Text: c.When}
	case 1:
		return kit.Cell{Text: c.Who.Short(), Below: c.Tel, Bold: c.Contacted == ""}
	}
	ink := kit.ColorMuted
	if c.Contacted == "reached" {
		ink = paints[model.Inside].ink
	}
	return kit.Cell{Text: c.Outcome, Icon: c.Icon, Color: ink}
}

func (p *awayPanel) content() fyne.CanvasObject { return p.box }

// lay draws the panel as it is: an absence with its calls, or the way to note one.
func (p *awayPanel) lay() {
	t := p.b.env.T
	p.box.RemoveAll()
	if p.absent == nil {
		p.box.Add(p.note())
		p.box.Refresh()
		return
	}
	a := p.absent
	who := fyne.CanvasObject(kit.NewText(t("today_substitute_none")))
	switch {
	case a.CanChange:
		who = p.who
	case a.Substitute.Name != (clinic.Name{}):
		who = kit.NewText(a.Substitute.Name.String()).Cut(60)
	}
	head := kit.Col(2, kit.Heading(t("today_away_title", "name", a.Doctor)).Cut(60), kit.Muted(a.Reason+" · "+a.Days).Cut(60),
		kit.NewField(t("today_substitute"), who), kit.Heading(t("today_calls", "n", len(a.Calls))))
	foot := kit.Inset(6, 0, 0, 0, kit.Col(6, kit.Caption(t("today_calls_keys")).Cut(60),
		kit.NewButton(t("today_substitute_do"), p.substitute).Ranked(kit.Primary).With("right").Key("Ctrl+Enter")))
	p.box.Add(container.NewBorder(head, foot, nil, nil, p.rows))
	p.box.Refresh()
}

// note offers to note that the doctor does not come that day.
func (p *awayPanel) note() fyne.CanvasObject {
	t := p.b.env.T
	out := kit.Col(6, kit.Heading(t("today_away_head")).Cut(60), kit.Muted(p.column.Name+" · "+p.b.env.Words.LongDay(p.column.Date)).Cut(60))
	if !p.b.env.May(clinic.ManageDesk) {
		out.Add(kit.Prose(t("today_away_ask")))
		return out
	}
	out.Add(kit.Prose(t("today_away_about")))
	for n, r := range clinic.AbsenceReasons {
		out.Add(kit.NewButton(p.b.env.Words.Code("today_absence", r), func() { p.absentFor(n) }).Key(string(rune('1' + n))))
	}
	return out
}

func (p *awayPanel) absentFor(n int) {
	if n >= len(clinic.AbsenceReasons) || !p.b.env.May(clinic.ManageDesk) {
		return
	}
	s, c, reason := p.b.env.Session, p.column, clinic.AbsenceReasons[n]
	p.b.do(func(x context.Context) (model.Done, error) {
		d, _, err := model.NoteAway(x, s, c.Staff, c.Date, reason)
		return d, err
	}, nil)
}

func (p *awayPanel) choose(code string) {
	id, err := clinic.ParseID(code)
	if err != nil || p.absent == nil {
		return
	}
	s, a := p.b.env.Session, p.absent
	p.b.do(func(c context.Context) (model.Done, error) {
		return model.Done{Text: s.T("today_did_substitute_set")}, model.SetSubstitute(c, s, a, id)
	}, nil)
}

func (p *awayPanel) substitute() {
	if p.absent == nil || !p.b.may() {
		return
	}
	s, a := p.b.env.Session, p.absent
	p.b.do(func(c context.Context) (model.Done, error) { return model.Substitute(c, s, a) }, nil)
}

// called notes what a call came to.
func (p *awayPanel) called(n int) {
	if p.absent == nil || p.rows.At() >= len(p.absent.Calls) || n >= len(model.Outcomes) || !p.b.may() {
		return
	}
	s := p.b.env.Session
	p.b.do(withEntry(s, p.absent.Calls[p.rows.At()].Entry, func(c ctx, e *entry) (model.Done, error) { return model.Contacted(c, s, e, model.Outcomes[n]) }), nil)
}

func (p *awayPanel) focus() fyne.Focusable { return nil }
func (p *awayPanel) leave()                {}

func (p *awayPanel) key(k kit.Key) bool {
	switch {
	case k == kit.Plain(fyne.KeyEscape), k == kit.Plain(fyne.KeyF10):
		p.b.close()
	case k == kit.Ctrl(fyne.KeyReturn), k == kit.Ctrl(fyne.KeyEnter):
		p.substitute()
	case k.Mod == 0 && k.Name >= "1" && k.Name <= "9" && len(k.Name) == 1:
		if p.absent == nil {
			p.absentFor(int(k.Name[0] - '1'))
		} else {
			p.called(int(k.Name[0] - '1'))
		}
	default:
		return false
	}
	return true
}
