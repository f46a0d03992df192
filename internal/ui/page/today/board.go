// Package today holds the pages of the day: the desk's day, a doctor's week, and the
// doctor's own patients. Logic stands in the view-models; here are widgets, their
// places, and which key does what.
package today

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

// board is a schedule with what stands beside it: the queue, or the panel of what is
// being done. The desk's day and a doctor's week are boards.
type board struct {
	env    *page.Env
	ask    model.Ask
	table  *model.Table
	writes *kit.Loader // what must come to its end though the page is left
	deeds  int

	grid   *kit.Grid
	queue  *queue
	panel  panel // nil: the queue is in sight
	side   *fyne.Container
	notes  *fyne.Container
	root   *fyne.Container
	title  *kit.Text
	about  *kit.Text
	date   *kit.Date
	filter *kit.Select
	guest  model.Match // whom the route wants to book; zero for nobody
	clash  int         // which of the clashes was shown last
	placed bool        // the cursor stands where the day wants it
	resume *model.Form // left half typed, to be shown once the table is there
}

// panel is what is being done, in the place of the queue.
type panel interface {
	content() fyne.CanvasObject
	focus() fyne.Focusable // nil: the keys stay in the schedule
	key(kit.Key) bool
	leave()
}

func newBoard(env *page.Env, ask model.Ask) *board {
	b := &board{env: env, ask: ask, writes: env.Loader.Lasting(), clash: -1}
	b.grid = kit.NewGrid(clockOf)
	if ask.Week {
		b.grid.Least(118)
	}
	b.grid.OnPlace = func(p kit.GridPlace) { b.book(p, clinic.Planned, "") }
	b.grid.OnLetter = func(p kit.GridPlace, r rune) { b.book(p, clinic.Planned, string(r)) }
	b.grid.OnBlock = func(i int) { b.details(b.table.Items[i]) }
	b.grid.OnMove = func(at kit.GridPlace, i int) {
		b.follow(i)
		if p, ok := b.panel.(*bookPanel); ok {
			p.rehome(at, i)
		}
		if ask.Week {
			b.queue.renew()
		}
	}
	b.grid.OnDrop = b.drop
	told := false // the status line says what is held
	b.grid.OnTake = func(block kit.GridBlock) {
		told = true
		env.Say(messageOf(env.T("today_holding", "name", block.Text)))
	}
	b.grid.OnRelease = func() {
		if told {
			told = false
			env.Say(page.Message{})
		}
	}
	b.queue = newQueue(b)
	b.notes = kit.Col(4)
	b.side = container.NewStack(b.queue.content())
	return b
}

func clockOf(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

// sideWidth is the width of the queue and of panels, before scaling.
const sideWidth = 396

// body lays the schedule and what stands beside it out.
func (b *board) body() fyne.CanvasObject {
	legend := kit.Inset(4, 14, 5, 14, kit.Caption(b.env.T("today_legend")).Cut(100))
	side := kit.Ground(kit.ColorSurface, container.NewBorder(nil, nil, vertical(), nil, b.side))
	main := kit.Panes(0, []float32{1, 0}, b.grid, kit.Fixed(sideWidth, 100, side))
	b.root = container.NewBorder(kit.Inset(0, 14, 0, 14, b.notes), container.NewBorder(kit.Line(), nil, nil, nil, legend), nil, nil,
		container.NewBorder(kit.Line(), nil, nil, nil, main))
	return b.root
}

func vertical() fyne.CanvasObject { return kit.Fixed(1, 10, kit.Line()) }

// load reads the table anew.
func (b *board) load() {
	ask := b.ask
	kit.Load(b.env.Loader, "table", func(ctx context.Context) (*model.Table, error) { return model.Read(ctx, b.env.Session, ask) },
		func(t *model.Table, err error) {
			if err != nil {
				b.grid.Empty(b.env.Words.Fault(err)).Set(kit.GridData{Now: -1, NowIn: -1})
				return
			}
			b.show(t)
		})
}

func (b *board) show(t *model.Table) {
	place, _ := b.grid.At()
	var staff clinic.ID
	if b.table != nil && place.Column < len(b.table.Columns) {
		staff = b.table.Columns[place.Column].Staff
	}
	other := b.table == nil || b.table.Date != t.Date || b.table.Staff != t.Staff
	b.table, b.ask = t, t.Ask
	b.title.Set(t.Title)
	b.about.Set(t.About)
	b.date.SetISO(string(t.Date))
	b.grid.Empty(b.env.T("today_empty")).Set(gridData(t))
	b.filters()
	b.notices()
	switch {
	case !b.placed || other:
		b.begin()
		b.grid.Ahead()
	case !t.Week:
		b.stay(staff, place)
	}
	b.queue.renew()
	if f := b.resume; f != nil {
		b.resume = nil
		if at, _ := b.grid.At(); f.Past(b.env.Session) { // typed on another day: for the place in sight then
			if p, ok := t.Place(b.env.Session, at.Column, model.Stretch(at.Stretch)); ok {
				f.Place = p
			}
		}
		b.openForm(f)
	}
	if r, ok := b.panel.(interface{ renew() }); ok {
		r.renew()
	}
}

// stay keeps the cursor with its doctor though columns may have come or gone.
func (b *board) stay(staff clinic.ID, place kit.GridPlace) {
	for i, c := range b.table.Columns {
		if c.Staff == staff && i != place.Column {
			b.grid.Choose(i, place.From)
		}
	}
}

// begin puts the cursor where the day goes on: on the first free place from now.
func (b *board) begin() {
	b.placed = true
	t := b.table
	from, column := 0, 0
	if t.Now >= 0 {
		from = t.Now
	}
	if t.Week {
		column = max(t.NowColumn, 0)
	}
	for c := column; c < len(t.Columns); c++ {
		for _, s := range t.Columns[c].Slots {
			if s.From >= from && !b.taken(c, s) {
				b.grid.Choose(c, s.From)
				return
			}
		}
		if t.Week {
			from = 0
		}
	}
	b.grid.Choose(column, max(t.Now, t.Span.From))
}

func (b *board) taken(column int, at model.Stretch) bool {
	return slices.ContainsFunc(b.table.Items, func(i model.Item) bool {
		return i.Column == column && i.Occupies() && i.From < at.Until && i.Until > at.From
	})
}

// notices are the lines above the schedule: clashes, and whom to book.
func (b *board) notices() {
	b.notes.RemoveAll()
	if n := len(b.table.Clashes); n > 0 {
		b.notes.Add(kit.Notice(kit.Wrong, b.clashText(), kit.NewButton(b.env.T("today_show"), b.nextClash).Small().Key("F3")))
	}
	switch t := b.table; {
	case t.NoHours && b.env.May(clinic.ManageDesk):
		set := kit.NewButton(b.env.T("today_set_hours"), func() { b.env.Go(present.Route{Page: present.PageSettings, Arg: "hours"}) }).Small()
		b.notes.Add(kit.Notice(kit.Calm, b.env.T("today_no_hours"), set))
	case t.NoHours:
		b.notes.Add(kit.Notice(kit.Calm, b.env.T("today_no_hours_ask")))
	case t.Closed:
		b.notes.Add(kit.Notice(kit.Calm, b.env.T("today_nobody")))
	}
	if !b.guest.ID.IsZero() {
		text := b.env.T("today_guest", "name", b.guest.Text)
		b.notes.Add(kit.Notice(kit.Good, text, kit.NewButton(b.env.T("today_guest_drop"), func() { b.guest = model.Match{}; b.notices() }).Small()))
	}
	b.root.Refresh()
}

// clashText lists the bookings that stand where another stands (R2.4).
func (b *board) clashText() string {
	return b.env.T("today_clash", "list", b.table.ClashWords())
}

func (b *board) nextClash() {
	if n := len(b.table.Clashes); n > 0 {
		b.clash = (b.clash + 1) % n
		b.goTo(b.table.Clashes[b.clash].ID)
	}
}

// goTo puts the cursor on a booking.
func (b *board) goTo(id clinic.ID) {
	if i := b.table.Find(id); i >= 0 {
		if b.table.Items[i].Aside {
			b.grid.Choose(b.table.Items[i].Column, b.table.Items[i].From)
		} else {
			b.grid.ChooseBlock(i)
		}
	}
}

// pick is the booking that keys are about: of the queue where that has the keys, else
// under the cursor.
func (b *board) pick() (model.Item, bool) {
	if b.table == nil {
		return model.Item{}, false
	}
	if d, ok := b.panel.(*details); ok {
		return d.item, true
	}
	if l, ok := b.queue.chosen(); ok && b.queue.rows.Focused() {
		if i := b.table.Find(l.ID); i >= 0 {
			return b.table.Items[i], true
		}
		return model.Item{}, false
	}
	if _, i := b.grid.At(); i >= 0 && i < len(b.table.Items) {
		return b.table.Items[i], true
	}
	return model.Item{}, false
}

// do runs a deed beside Fyne's thread to its end, says what was done and how to take
// it back, and then shows the table anew.
func (b *board) do(work func(context.Context) (model.Done, error), then func(model.Done, error) bool) {
	b.deeds++
	kit.Load(b.writes, deedName(b.deeds), work, func(d model.Done, err error) {
		if then != nil && then(d, err) {
			if err == nil {
				b.say(d)
				b.load()
			}
			return
		}
		if err != nil {
			b.env.Fail(err)
			b.load()
			return
		}
		b.say(d)
		b.load()
	})
}

func deedName(n int) string { return "deed" + strconv.Itoa(n) }

func (b *board) say(d model.Done) {
	text, tone := d.Text, kit.Good
	if d.Warn != "" {
		text, tone = text+" "+d.Warn, kit.Warn
	}
	m := page.Message{Tone: tone, Text: text}
	if d.Undo != nil {
		m.Action = b.env.T("page_undo")
		m.Do = func() {
			b.do(func(ctx context.Context) (model.Done, error) {
				return model.Done{Text: b.env.T("today_undone")}, d.Undo(ctx)
			}, nil)
		}
	}
	b.env.Say(m)
}

// open puts a panel in the place of the queue; nil brings the queue back.
func (b *board) open(p panel) {
	if b.panel != nil {
		b.panel.leave()
	}
	b.panel = p
	b.side.RemoveAll()
	if p == nil {
		b.side.Add(b.queue.content())
		b.side.Refresh()
		return
	}
	b.side.Add(kit.Inset(10, 14, 10, 14, p.content()))
	b.side.Refresh()
	if f := p.focus(); f != nil {
		b.env.Window.Canvas().Focus(f)
	}
}

// close brings the queue back and the keys to the schedule.
func (b *board) close() {
	b.open(nil)
	b.env.Window.Canvas().Focus(b.grid.Focusable())
}

// changed reads the table anew when rows that it shows have changed.
func (b *board) changed(tables []string) {
	if slices.ContainsFunc(tables, func(t string) bool {
		return slices.Contains([]string{"booking", "schedule", "absence", "patient", "contact", "staff", "waiting"}, t)
	}) {
		b.load()
	}
}

// tick shows the time that goes on.
func (b *board) tick() {
	ctx := b.env.Loader.Context()
	go func() {
		t := time.NewTicker(time.Minute)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				fyne.Do(b.load)
			}
		}
	}()
}

// shown loads the table and what was left half typed.
func (b *board) shown() {
	b.env.Window.Canvas().Focus(b.grid.Focusable())
	kit.Load(b.env.Loader, "draft", func(ctx context.Context) (*model.Form, error) {
		if !b.env.May(clinic.Book) {
			return nil, nil
		}
		return model.KeptForm(ctx, b.env.Session)
	}, func(f *model.Form, err error) {
		if err == nil && f != nil && b.panel == nil {
			b.resume = f
			if f.Place.Date != "" && b.ask.Date == "" && !f.Past(b.env.Session) {
				b.ask.Date = f.Place.Date
			}
		}
		b.load()
	})
	b.tick()
}

func (b *board) leave() {
	if b.panel != nil {
		b.panel.leave()
	}
}
