package today

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

// deskPage is the desk's day («Сегодня») or, with week, a doctor's week («Расписание»).
type deskPage struct {
	*board
	route present.Route
}

var (
	_ page.Page      = (*deskPage)(nil)
	_ page.Refresher = (*deskPage)(nil)
	_ page.Keys      = (*deskPage)(nil)
)

// NewToday makes the page of present.PageToday: Arg is a day, ID a patient to book.
func NewToday(env *page.Env, r present.Route) page.Page {
	p := &deskPage{board: newBoard(env, model.Ask{Date: dayOf(r.Arg)}), route: r}
	return p
}

// NewTimetable makes the page of present.PageTimetable: ID is the doctor, the user's
// own week where it is zero; Arg a day of the week.
func NewTimetable(env *page.Env, r present.Route) page.Page {
	return &deskPage{board: newBoard(env, model.Ask{Date: dayOf(r.Arg), Staff: r.ID, Week: true}), route: r}
}

func dayOf(arg string) clinic.Date {
	if d := clinic.Date(arg); d.Full() && d.Valid() {
		return d
	}
	return ""
}

// Title implements page.Page.
func (p *deskPage) Title() string {
	if p.ask.Week {
		return p.env.T("today_timetable")
	}
	return p.env.T("today_title")
}

// Content implements page.Page.
func (p *deskPage) Content() fyne.CanvasObject {
	t := p.env.T
	p.title, p.about = kit.Title(p.Title()).Cut(60), kit.Muted("").Cut(60)
	p.date = kit.NewDate(t, string(p.env.Today()))
	p.date.OnKey = p.dateKey
	p.filter = kit.NewSelect(nil, p.filtered).Wide(120)
	title := kit.Col(0, p.title, p.about)
	tools := p.tools()
	head := kit.Inset(8, 14, 8, 14, container.NewBorder(nil, nil, nil, tools, title))
	return container.NewBorder(head, nil, nil, nil, p.body())
}

// tools are the buttons of the head; in a narrow window they do without words.
func (p *deskPage) tools() fyne.CanvasObject {
	wide := p.env.Window.Canvas().Size().Width >= kit.Px(1150) || p.env.Window.Canvas().Size().Width == 0
	word := func(key string) string {
		if !wide {
			return ""
		}
		return p.env.T(key)
	}
	room := float32(196)
	if !wide {
		room = 150
	}
	tools := kit.Row(6,
		kit.NewButton("", func() { p.turn(-1) }).With("left").Ranked(kit.Quiet), kit.Fixed(130, 0, p.date),
		kit.NewButton("", func() { p.turn(1) }).With("right").Ranked(kit.Quiet))
	if wide {
		tools.Add(kit.NewButton(p.env.T("today_now_day"), p.home).Key("F5"))
	}
	tools.Add(kit.Fixed(room, 0, p.filter))
	if p.env.May(clinic.Book) && !p.ask.Week {
		tools.Add(kit.NewButton(word("today_walkin"), func() { p.outside(clinic.WalkIn) }).With("add").Key("F7"))
		tools.Add(kit.NewButton(word("today_urgent"), func() { p.outside(clinic.Urgent) }).With("urgent").Key("F8"))
	}
	tools.Add(kit.NewButton(word("today_waiting_short"), p.waiting).With("list").Key("F9"))
	return tools
}

// Shown implements page.Page.
func (p *deskPage) Shown() {
	if !p.ask.Week && !p.route.ID.IsZero() {
		p.invite(p.route.ID)
	}
	p.shown()
}

// invite loads whom the route wants to book.
func (p *deskPage) invite(id clinic.ID) {
	kit.Load(p.env.Loader, "guest", func(c context.Context) (model.Match, error) { return model.Guest(c, p.env.Session, id) },
		func(m model.Match, err error) {
			if err != nil {
				p.env.Fail(err)
				return
			}
			p.guest = m
			if p.table != nil {
				p.notices()
			}
		})
}

// Changed implements page.Refresher.
func (p *deskPage) Changed(tables []string) { p.changed(tables) }

// Leave implements page.Page.
func (p *deskPage) Leave() { p.leave() }

// dateKey takes the typed day by Enter and goes back to the schedule by Esc.
func (p *deskPage) dateKey(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.date.Settle()
		if iso, ok := p.date.ISO(); ok && len(iso) == 10 {
			p.goDay(clinic.Date(iso))
			p.env.Window.Canvas().Focus(p.grid.Focusable())
		} else {
			p.env.Say(page.Message{Tone: kit.Wrong, Text: p.env.T("today_date_wrong")})
			p.date.Entry.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) // the next digits replace it
		}
	case fyne.KeyEscape:
		p.date.SetISO(string(p.ask.Date))
		p.env.Window.Canvas().Focus(p.grid.Focusable())
	default:
		return false
	}
	return true
}

func (p *deskPage) goDay(d clinic.Date) {
	p.ask.Date = d
	p.load()
}

// turn goes so many days, or weeks, on.
func (p *deskPage) turn(n int) {
	if p.table == nil {
		return
	}
	if p.ask.Week {
		n *= 7
	}
	p.goDay(p.table.Date.AddDays(n))
}

// home goes to today.
func (p *deskPage) home() {
	p.placed = false
	p.goDay(p.env.Today())
	p.env.Window.Canvas().Focus(p.grid.Focusable())
}

// Key implements page.Page.
func (p *deskPage) Key(k kit.Key) bool {
	if p.panel != nil && p.panel.key(k) {
		return true
	}
	switch k {
	case kit.Ctrl(fyne.KeyLeft):
		p.turn(-1)
	case kit.Ctrl(fyne.KeyRight):
		p.turn(1)
	case kit.Ctrl(fyne.KeyUp):
		p.beside(-1)
	case kit.Ctrl(fyne.KeyDown):
		p.beside(1)
	case kit.Ctrl(fyne.KeyD):
		p.env.Window.Canvas().Focus(p.date)
	case kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		if i, ok := p.pick(); ok && p.env.May(clinic.WriteCare) {
			p.openVisit(i)
		}
	default:
		return k.Mod == 0 && p.plain(k.Name)
	}
	return true
}

// plain is a key without modifiers.
func (p *deskPage) plain(name fyne.KeyName) bool {
	switch name {
	case fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4:
		p.step(int(name[0] - '1'))
	case fyne.Key5, fyne.Key6, fyne.Key7:
		p.called(int(name[0] - '5'))
	case fyne.Key0:
		p.back()
	case fyne.KeyF2:
		if i, ok := p.pick(); ok {
			p.openCard(i)
		}
	case fyne.KeyF3:
		p.nextClash()
	case fyne.KeyF4:
		p.env.Window.Canvas().Focus(p.filter)
		p.filter.Open()
	case fyne.KeyF5:
		p.home()
	case fyne.KeyF6:
		p.take()
	case fyne.KeyF7:
		p.outside(clinic.WalkIn)
	case fyne.KeyF8:
		p.outside(clinic.Urgent)
	case fyne.KeyF9:
		p.waiting()
	case fyne.KeyF10:
		p.away()
	case fyne.KeyF12:
		p.freeNext()
	case fyne.KeyDelete:
		p.cancel()
	case fyne.KeyInsert:
		p.double()
	case fyne.KeyEscape:
		if p.queue.rows.Focused() {
			p.env.Window.Canvas().Focus(p.grid.Focusable())
			return true
		}
		return false
	default:
		return false
	}
	return true
}

// beside shows the next doctor: another week, or in the day the column beside.
func (p *deskPage) beside(n int) {
	if p.table == nil {
		return
	}
	if p.ask.Week {
		p.ask.Staff = p.table.Beside(n)
		p.load()
		return
	}
	at, _ := p.grid.At()
	p.grid.Choose(at.Column+n, at.From)
}

// Keys implements page.Keys.
func (p *deskPage) Keys() []page.KeyHelp {
	t := p.env.T
	out := []page.KeyHelp{
		{Key: t("today_keys_walk"), What: t("today_key_walk")},
		{Key: "Enter", What: t("today_key_enter")},
		{Key: "А–Я", What: t("today_key_letter")},
		{Key: "1 2 3 4", What: t("today_key_states")},
		{Key: "0", What: t("today_key_back"), Do: p.back},
		{Key: "5 6 7", What: t("today_key_call")},
		{Key: "Tab", What: t("today_key_queue")},
		{Key: t("today_keys_days"), What: t("today_key_days")},
		{Key: "Ctrl+D", What: t("today_key_date"), Do: func() { p.env.Window.Canvas().Focus(p.date) }},
		{Key: "F2", What: t("today_key_card"), Do: func() { p.plain(fyne.KeyF2) }},
		{Key: "F3", What: t("today_key_clash"), Do: p.nextClash},
		{Key: "F4", What: t("today_key_filter"), Do: func() { p.plain(fyne.KeyF4) }},
		{Key: "F5", What: t("today_key_today"), Do: p.home},
		{Key: "F6", What: t("today_key_move"), Do: p.take},
		{Key: "F7", What: t("today_key_walkin"), Do: func() { p.outside(clinic.WalkIn) }},
		{Key: "F8", What: t("today_key_urgent"), Do: func() { p.outside(clinic.Urgent) }},
		{Key: "F9", What: t("today_key_waiting"), Do: p.waiting},
		{Key: "F10", What: t("today_key_away"), Do: p.away},
		{Key: "F12", What: t("today_key_free"), Do: p.freeNext},
		{Key: "Ins", What: t("today_key_double"), Do: p.double},
		{Key: "Del", What: t("today_key_cancel"), Do: p.cancel},
		{Key: "Ctrl+Enter", What: t("today_key_visit")},
		{Key: "Ctrl+Z", What: t("today_key_undo")},
	}
	if p.ask.Week {
		out = append(out, page.KeyHelp{Key: t("today_keys_doctor"), What: t("today_key_doctor")})
	}
	return out
}
