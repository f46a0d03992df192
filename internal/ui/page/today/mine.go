package today

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

// mine is the doctor's own day («Мой приём»).
type mine struct {
	env    *page.Env
	date   clinic.Date
	writes *kit.Loader
	deeds  int
	day    *model.MyDay
	about  *kit.Text
	count  *kit.Text
	field  *kit.Date
	rows   *kit.Rows
	undone *kit.Rows
	foot   *fyne.Container
	root   *fyne.Container
	next   *kit.Button
	begun  bool
}

var (
	_ page.Page      = (*mine)(nil)
	_ page.Refresher = (*mine)(nil)
	_ page.Keys      = (*mine)(nil)
)

// NewMine makes the page of present.PageMine; Arg is a day.
func NewMine(env *page.Env, r present.Route) page.Page {
	return &mine{env: env, date: dayOf(r.Arg), writes: env.Loader.Lasting()}
}

// Title implements page.Page.
func (p *mine) Title() string { return p.env.T("today_mine") }

// Content implements page.Page.
func (p *mine) Content() fyne.CanvasObject {
	t := p.env.T
	p.about, p.count = kit.Muted("").Cut(60), kit.Caption("").Cut(60)
	p.field = kit.NewDate(t, string(p.env.Today()))
	p.field.OnKey = p.dateKey
	p.next = kit.NewButton(t("today_next"), p.callNext).Ranked(kit.Primary).With("bell").Key("F2")
	tools := kit.Row(6, kit.NewButton("", func() { p.turn(-1) }).With("left").Ranked(kit.Quiet), kit.Fixed(140, 0, p.field),
		kit.NewButton("", func() { p.turn(1) }).With("right").Ranked(kit.Quiet), kit.NewButton(t("today_now_day"), p.home).Key("F5"), p.next)
	head := kit.Inset(8, 14, 8, 14, container.NewBorder(nil, nil, nil, tools, kit.Col(0, kit.Title(p.Title()).Cut(60), p.about)))
	p.rows = kit.NewRows([]kit.Column{
		{Title: t("today_col_time"), Width: 52},
		{Title: t("today_col_patient"), Width: 200, Grow: 3},
		{Title: t("today_col_reason"), Width: 160, Grow: 2},
		{Title: t("today_col_state"), Width: 190},
	}, p.cell).Tall(48)
	p.rows.OnOpen = p.open
	p.rows.Tint = func(row int) fyne.ThemeColorName {
		l := &p.day.Lines[row]
		switch {
		case l.Status == clinic.InRoom:
			return kit.ColorOKSoft
		case l.Kind == clinic.Urgent && l.Status == clinic.Arrived:
			return kit.ColorDangerSoft
		}
		return ""
	}
	p.undone = kit.NewRows([]kit.Column{{Width: 300, Grow: 1}, {Width: 150}}, p.undoneCell)
	p.undone.OnOpen = func(row int) { p.env.Go(p.day.Undone[row].Route) }
	p.foot = container.NewStack()
	legend := kit.Inset(4, 14, 5, 14, kit.Caption(t("today_mine_legend")).Cut(100))
	bottom := kit.Col(0, p.foot, kit.Line(), legend)
	list := kit.Inset(4, 10, 0, 6, p.rows)
	p.root = container.NewBorder(kit.Col(0, head, kit.Inset(0, 14, 6, 14, p.count), kit.Line()), bottom, nil, nil, list)
	return p.root
}

// Shown implements page.Page.
func (p *mine) Shown() {
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	p.load()
	ctx := p.env.Loader.Context()
	go func() {
		t := time.NewTicker(time.Minute)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				fyne.Do(p.load)
			}
		}
	}()
}

// Leave implements page.Page.
func (p *mine) Leave() {}

// Changed implements page.Refresher.
func (p *mine) Changed([]string) { p.load() }

func (p *mine) load() {
	date := p.date
	kit.Load(p.env.Loader, "mine", func(c context.Context) (*model.MyDay, error) { return model.ReadMine(c, p.env.Session, date) },
		func(d *model.MyDay, err error) {
			if err != nil {
				p.rows.Empty(p.env.Words.Fault(err)).SetCount(0)
				return
			}
			p.show(d)
		})
}

func (p *mine) show(d *model.MyDay) {
	var was clinic.ID
	if l, ok := p.chosen(); ok && p.begun {
		was = l.ID
	}
	p.day = d
	p.about.Set(d.About)
	p.count.Set(d.Summary(p.env.Session))
	p.field.SetISO(string(d.Date))
	p.rows.Empty(d.Empty).SetCount(len(d.Lines))
	at := d.Next
	for i := range d.Lines {
		if d.Lines[i].ID == was {
			at = i
		}
	}
	if !p.begun || !was.IsZero() {
		p.rows.Choose(max(at, 0))
	}
	p.begun = true
	if d.Next < 0 {
		p.next.Disable()
	} else {
		p.next.Enable()
	}
	p.showUndone()
}

// showUndone draws what the day must not close without.
func (p *mine) showUndone() {
	p.undone.SetCount(len(p.day.Undone))
	p.foot.RemoveAll()
	if n := len(p.day.Undone); n > 0 {
		head := kit.Row(8, kit.Picture("warning", theme.ColorNameWarning, 18), kit.Heading(p.env.T("today_undone_title", "n", n)), kit.Caption(p.env.T("today_undone_keys")))
		rows := kit.Fixed(100, float32(min(n, 3))*38+4, p.undone)
		p.foot.Add(kit.Ground(kit.ColorSurface, container.NewBorder(kit.Col(0, kit.Line(), kit.Inset(8, 14, 2, 16, head)), nil, nil, nil, kit.Inset(0, 10, 4, 6, rows))))
	}
	p.root.Refresh()
}

func (p *mine) undoneCell(row, column int) kit.Cell {
	u := &p.day.Undone[row]
	if column == 0 {
		return kit.Cell{Text: u.Text, Icon: u.Icon}
	}
	return kit.Cell{Text: u.Below, Color: kit.ColorMuted}
}

func (p *mine) cell(row, column int) kit.Cell {
	l := &p.day.Lines[row]
	switch column {
	case 0, 1:
		return lineCell(l, column, "")
	case 2:
		c := kit.Cell{Text: l.Reason, Below: l.Note}
		if l.Kind != clinic.Planned {
			c.Below = p.env.T("today_kind_" + l.Kind)
		}
		if c.Text == "" {
			c.Text, c.Below = c.Below, ""
		}
		if l.State.Tone == model.Over || l.State.Tone == model.Missing {
			c.Color = kit.ColorMuted
		}
		return c
	}
	return lineCell(l, 2, "")
}

func (p *mine) chosen() (model.Line, bool) {
	if p.day == nil || p.rows.At() >= len(p.day.Lines) {
		return model.Line{}, false
	}
	return p.day.Lines[p.rows.At()], true
}

// open goes to the visit; a patient who waits is in the room from then on.
func (p *mine) open(row int) {
	l := p.day.Lines[row]
	if l.Patient.IsZero() {
		p.env.Say(page.Message{Tone: kit.Warn, Text: p.env.T("today_no_card_visit")})
		return
	}
	if !p.day.Today && p.env.Words.DateOf(l.Start.Std()) > p.env.Today() {
		p.env.Say(page.Message{Tone: kit.Warn, Text: p.env.T("today_visit_ahead")})
		return
	}
	to := present.Route{Page: present.PageVisit, Arg: "booking", ID: l.ID}
	if p.day.Today && (l.Status == clinic.Arrived || l.Status == clinic.Booked) {
		p.state(l, clinic.InRoom, func() { p.env.Go(to) })
		return
	}
	p.env.Go(to)
}

// callNext asks the next patient in.
func (p *mine) callNext() {
	if p.day == nil || p.day.Next < 0 {
		return
	}
	p.rows.Choose(p.day.Next)
	p.state(p.day.Lines[p.day.Next], clinic.InRoom, nil)
}

func (p *mine) state(l model.Line, to string, then func()) {
	s := p.env.Session
	p.do(withEntry(s, l.Entry, func(c ctx, e *entry) (model.Done, error) { return model.SetState(c, s, e, to) }), then)
}

// do runs a deed to its end and shows the day anew.
func (p *mine) do(work func(context.Context) (model.Done, error), then func()) {
	p.deeds++
	kit.Load(p.writes, deedName(p.deeds), work, func(d model.Done, err error) {
		if err != nil {
			p.env.Fail(err)
			p.load()
			return
		}
		p.env.Done(d.Text, p.undo(d))
		p.load()
		if then != nil {
			then()
		}
	})
}

func (p *mine) undo(d model.Done) func() {
	if d.Undo == nil {
		return nil
	}
	return func() {
		p.do(func(c context.Context) (model.Done, error) {
			return model.Done{Text: p.env.T("today_undone")}, d.Undo(c)
		}, nil)
	}
}

func (p *mine) turn(n int) {
	if p.day != nil {
		p.goDay(p.day.Date.AddDays(n))
	}
}

func (p *mine) home() { p.goDay(p.env.Today()) }

func (p *mine) goDay(d clinic.Date) {
	p.date, p.begun = d, false
	p.load()
	p.env.Window.Canvas().Focus(p.rows.Focusable())
}

func (p *mine) dateKey(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.field.Settle()
		if iso, ok := p.field.ISO(); ok && len(iso) == 10 {
			p.goDay(clinic.Date(iso))
		} else {
			p.env.Say(page.Message{Tone: kit.Wrong, Text: p.env.T("today_date_wrong")})
			p.field.Entry.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) // the next digits replace it
		}
	case fyne.KeyEscape:
		p.env.Window.Canvas().Focus(p.rows.Focusable())
	default:
		return false
	}
	return true
}

// Key implements page.Page.
func (p *mine) Key(k kit.Key) bool {
	l, ok := p.chosen()
	switch k {
	case kit.Ctrl(fyne.KeyLeft):
		p.turn(-1)
	case kit.Ctrl(fyne.KeyRight):
		p.turn(1)
	case kit.Ctrl(fyne.KeyD):
		p.env.Window.Canvas().Focus(p.field)
	case kit.Plain(fyne.KeyF2):
		p.callNext()
	case kit.Plain(fyne.KeyF3):
		if ok && !l.Patient.IsZero() {
			p.env.Open(l.Patient)
		}
	case kit.Plain(fyne.KeyF4):
		if p.day != nil && len(p.day.Undone) > 0 {
			p.env.Window.Canvas().Focus(p.undone.Focusable())
		}
	case kit.Plain(fyne.KeyF5):
		p.home()
	case kit.Plain(fyne.Key1), kit.Plain(fyne.Key2), kit.Plain(fyne.Key3), kit.Plain(fyne.Key4):
		if ok {
			p.state(l, model.Steps[int(k.Name[0]-'1')], nil)
		}
	case kit.Plain(fyne.Key0):
		if s := p.env.Session; ok {
			p.do(withEntry(s, l.Entry, func(c ctx, e *entry) (model.Done, error) { return model.StepBack(c, s, e) }), nil)
		}
	case kit.Plain(fyne.KeyEscape):
		if p.undone.Focused() {
			p.env.Window.Canvas().Focus(p.rows.Focusable())
			return true
		}
		return false
	default:
		return false
	}
	return true
}

// Keys implements page.Keys.
func (p *mine) Keys() []page.KeyHelp {
	t := p.env.T
	return []page.KeyHelp{
		{Key: "Enter", What: t("today_key_open_visit")},
		{Key: "F2", What: t("today_key_next"), Do: p.callNext},
		{Key: "F3", What: t("today_key_card")},
		{Key: "F4", What: t("today_key_undone")},
		{Key: "F5", What: t("today_key_today"), Do: p.home},
		{Key: "1 2 3 4", What: t("today_key_states")},
		{Key: "0", What: t("today_key_back")},
		{Key: t("today_keys_days"), What: t("today_key_days")},
		{Key: "Ctrl+D", What: t("today_key_date")},
		{Key: "Ctrl+Z", What: t("today_key_undo")},
	}
}
