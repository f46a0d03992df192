// Package conflicts is the inbox of conflicts: a list of what waits at the left, and
// beside it the two versions of the one at hand, with the words that differ marked
// by colour and a line below. It only places widgets; what they mean stands in
// present/conflicts.
package conflicts

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/conflicts"
)

// Widths of the list, before scaling: where there is room, and with large letters.
const (
	listWidth   = 370
	narrowWidth = 280
	roomy       = 1000 // of the whole page
)

// Page is the inbox.
type Page struct {
	env    *page.Env
	model  *model.Inbox
	keeper *model.Keeper
	lines  []model.Line
	want   conflict.Ref // to be in sight after the first load
	rows   *kit.Rows
	head   *fyne.Container
	right  *fyne.Container
	show   *kit.Check
	sheet  *model.Sheet
	form   *form
	scroll *container.Scroll
	busy   bool // a decision is on its way
	stale  bool // changed while a form is open
}

// New makes the page; the route's Arg names a conflict.
func New(e *page.Env, r present.Route) page.Page {
	p := &Page{env: e, model: model.NewInbox(e.Session), keeper: model.NewKeeper(e.Session)}
	p.want, _ = conflict.ParseRef(r.Arg) // of none the zero one
	return p
}

// Title implements page.Page.
func (p *Page) Title() string { return p.env.T("conflicts_title") }

// Content implements page.Page.
func (p *Page) Content() fyne.CanvasObject {
	p.rows = kit.NewRows([]kit.Column{{Grow: 1}}, p.cell).Tall(62)
	p.rows.OnMove = func(int) { p.open() }
	p.rows.OnOpen = func(int) { p.enter() }
	p.show = kit.NewCheck(p.env.T("conflicts_show_read"), func(on bool) { p.model.ShowAll = on; p.draw() })
	p.show.Hide() // until there is something that was read
	p.head, p.right = container.NewStack(), container.NewStack()
	left := kit.Ground(kit.ColorSurface, container.NewBorder(nil, kit.Inset(4, 12, 8, 12, p.show), nil, nil, p.rows))
	p.setHead()
	width := float32(listWidth)
	if w := p.env.Window.Canvas().Size().Width; w > 0 && w < kit.Px(roomy) {
		width = narrowWidth
	}
	return container.NewBorder(p.head, nil, nil, nil, kit.Panes(0, []float32{0, 1}, kit.Fixed(width, 0, left), p.right))
}

func (p *Page) setHead() {
	p.head.Objects = []fyne.CanvasObject{kit.Head(p.env.T("conflicts_title"), p.model.Head())}
	p.head.Refresh()
}

func (p *Page) cell(row, _ int) kit.Cell {
	if row >= len(p.lines) {
		return kit.Cell{}
	}
	l := p.lines[row]
	below := l.Whose
	if l.About != "" {
		if below != "" {
			below += " · "
		}
		below += l.About
	}
	if below == "" {
		below = l.State
	}
	c := kit.Cell{Text: l.What, Below: below, Icon: l.Icon, Bold: l.Mine && !l.Read}
	if l.Read || !l.Mine {
		c.Color = kit.ColorMuted
	}
	return c
}

// Shown implements page.Page.
func (p *Page) Shown() {
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	p.load()
}

func (p *Page) load() {
	kit.Load(p.env.Loader, "conflicts", p.model.Load, func(take func(), err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		take()
		p.draw()
	})
}

// draw shows the lines anew and keeps the one in sight.
func (p *Page) draw() {
	ref := p.want
	if p.sheet != nil {
		ref = p.sheet.Ref()
	}
	p.want = conflict.Ref{}
	p.lines = p.model.Lines()
	p.setHead()
	p.rows.SetCount(len(p.lines))
	if p.model.Hidden() > 0 {
		p.show.Show()
	} else {
		p.show.Hide()
	}
	if ref.Table != "" {
		if at := slices.IndexFunc(p.lines, func(l model.Line) bool { return l.Ref == ref }); at >= 0 {
			p.rows.Choose(at)
		}
	}
	p.open()
}

// open shows the chosen line at the right; a form that is open stays.
func (p *Page) open() {
	if p.form != nil {
		return
	}
	at := p.rows.At()
	if at >= len(p.lines) {
		p.sheet = nil
		p.place(kit.Empty("merge", p.model.Empty()))
		return
	}
	l := p.lines[at]
	if l.Elsewhere {
		p.sheet = nil
		p.place(p.clash(l))
		return
	}
	kit.Load(p.env.Loader, "conflict", func(ctx context.Context) (*model.Sheet, error) {
		return model.Open(ctx, p.env.Session, l.Ref)
	}, func(s *model.Sheet, err error) {
		if err != nil {
			p.sheet = nil
			p.place(kit.Inset(8, 16, 8, 16, kit.Col(8, kit.Notice(kit.Warn, p.env.Words.Fault(err)))))
			return
		}
		if p.form != nil {
			return
		}
		p.sheet = s
		p.place(p.compare(s))
		p.restore()
	})
}

func (p *Page) place(o fyne.CanvasObject) {
	p.right.Objects = []fyne.CanvasObject{o}
	p.right.Refresh()
	if p.scroll != nil {
		p.scroll.Content.Refresh()
		p.scroll.Refresh()
	}
}

// clash tells of bookings in one place, which are moved on the desk's page.
func (p *Page) clash(l model.Line) fyne.CanvasObject {
	t := p.env.T
	p.scroll = nil
	return kit.Inset(4, 16, 16, 16, kit.Col(10,
		kit.Col(2, kit.Heading(l.What), kit.NewText(l.Whose).Bold().Cut(100), kit.Muted(l.About).Cut(100)),
		kit.Notice(kit.Warn, t("conflicts_clash_about")),
		kit.Row(8, kit.NewButton(t("conflicts_open_desk"), p.follow).Ranked(kit.Primary).With("calendar").Key("F3")),
	))
}

// enter gives the keys to what Enter means for the line.
func (p *Page) enter() {
	if at := p.rows.At(); at < len(p.lines) && p.lines[at].Elsewhere {
		p.follow()
	}
}

// follow goes to where the row stands.
func (p *Page) follow() {
	at := p.rows.At()
	switch {
	case p.form != nil:
	case at < len(p.lines) && p.lines[at].Elsewhere:
		p.env.Go(p.lines[at].Route)
	case p.sheet != nil && p.sheet.Route.Page != "":
		p.env.Go(p.sheet.Route)
	}
}

// decide runs a decision beside the screen and shows what is left.
func (p *Page) decide(work func(context.Context) (string, error), failed func(error)) {
	if p.busy {
		return
	}
	p.busy = true
	kit.Load(p.env.Loader.Lasting(), "settle", func(ctx context.Context) (string, error) {
		return work(context.WithoutCancel(ctx))
	}, func(said string, err error) {
		p.busy = false
		if err != nil {
			failed(err)
			return
		}
		if p.sheet != nil && p.form != nil {
			p.keeper.Forget(p.sheet.Ref())
		}
		p.form, p.sheet = nil, nil
		p.env.Done(said, nil)
		p.load()
		p.env.Window.Canvas().Focus(p.rows.Focusable())
	})
}

func (p *Page) fail(err error) {
	p.env.Fail(err)
	p.sheet = nil
	p.load()
}

func (p *Page) take(right bool) {
	if p.sheet != nil && p.sheet.Settles && p.form == nil {
		p.decide(p.sheet.Take(right), p.fail)
	}
}

func (p *Page) mark() {
	if p.sheet != nil && p.sheet.Marks {
		p.decide(p.sheet.MarkRead(), p.fail)
	}
}

func (p *Page) turn() {
	if p.sheet != nil && p.sheet.More() && p.form == nil {
		p.sheet.Turn()
		p.place(p.compare(p.sheet))
	}
}

func (p *Page) flip() {
	if p.form == nil && p.model.Hidden() > 0 {
		p.show.Flip()
	}
}

// Key implements page.Page.
func (p *Page) Key(k kit.Key) bool {
	if p.form != nil {
		return p.form.key(k)
	}
	switch k {
	case kit.Plain(fyne.Key1):
		p.take(false)
	case kit.Plain(fyne.Key2):
		p.take(true)
	case kit.Plain(fyne.KeyF3):
		p.follow()
	case kit.Plain(fyne.KeyF4):
		p.write()
	case kit.Plain(fyne.KeyF5):
		p.load()
	case kit.Plain(fyne.KeyF6):
		p.turn()
	case kit.Plain(fyne.KeyF7):
		p.flip()
	case kit.Plain(fyne.KeyF8):
		p.mark()
	default:
		return p.scroll != nil && !p.rows.Focused() && kit.ScrollKey(p.scroll, k)
	}
	return true
}

// Keys implements page.Keys.
func (p *Page) Keys() []page.KeyHelp {
	t := p.env.T
	return []page.KeyHelp{
		{Key: "1, 2", What: t("conflicts_key_take")},
		{Key: "F3", What: t("conflicts_key_go"), Do: p.follow},
		{Key: "F4", What: t("conflicts_key_edit"), Do: p.write},
		{Key: "F6", What: t("conflicts_key_turn"), Do: p.turn},
		{Key: "F7", What: t("conflicts_key_read"), Do: p.flip},
		{Key: "F8", What: t("conflicts_key_mark"), Do: p.mark},
		{Key: "Ctrl+Enter", What: t("conflicts_key_save")},
		{Key: t("conflicts_keys_move"), What: t("conflicts_key_move")},
	}
}

// Changed implements page.Refresher: what was settled elsewhere goes, what came
// comes. A form that is open stays and is held against the versions when it is saved.
func (p *Page) Changed([]string) {
	if p.form != nil {
		p.stale = true
		return
	}
	p.load()
}

// Leave implements page.Page.
func (p *Page) Leave() { p.env.Fail(p.keeper.Flush(context.WithoutCancel(p.env.Loader.Context()))) }
