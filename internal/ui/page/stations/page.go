// Package stations is the page of workstations and exchange: which there are, how
// far each is known here, and how the exchange with the servers stands. A new
// workstation is let in by a code that is read from the screen and typed. It only
// places widgets; what they mean stands in present/stations.
package stations

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/stations"
)

// Widths of the exchange beside the list, before scaling: where there is room, and with
// large letters.
const (
	sideWidth   = 400
	narrowWidth = 310
	roomy       = 1000 // of the whole page
)

// Page is the page of workstations.
type Page struct {
	env      *page.Env
	arg      string
	model    *model.Devices
	rows     *kit.Rows
	head     *fyne.Container
	exchange *fyne.Container
	unwatch  func()
	panel    *panel
}

// ArgInvite is the route's Arg that opens the panel of an invitation at once.
const ArgInvite = "invite"

// New makes the page; the route's Arg may be ArgInvite.
func New(e *page.Env, r present.Route) page.Page {
	return &Page{env: e, arg: r.Arg, model: model.NewDevices(e.Session), unwatch: func() {}}
}

// Title implements page.Page.
func (p *Page) Title() string { return p.env.T("stations_title") }

// Content implements page.Page.
func (p *Page) Content() fyne.CanvasObject {
	t := p.env.T
	p.rows = kit.NewRows([]kit.Column{
		{Title: t("stations_col_name"), Width: 200, Grow: 2},
		{Title: t("stations_col_state"), Width: 150, Grow: 1},
		{Title: t("stations_col_last"), Width: 150, Grow: 1},
	}, p.cell).Tall(48)
	p.rows.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDelete {
			p.end()
			return true
		}
		return false
	}
	p.rows.OnMove = func(int) { p.setHead() }
	p.head, p.exchange = container.NewStack(), container.NewStack()
	p.setHead()
	p.setExchange(p.env.SyncState())
	width := float32(sideWidth)
	if w := p.env.Window.Canvas().Size().Width; w > 0 && w < kit.Px(roomy) {
		width = narrowWidth
	}
	side := kit.Fixed(width, 0, kit.Ground(kit.ColorSurface, container.NewVScroll(kit.Inset(14, 16, 16, 16, p.exchange))))
	return container.NewBorder(p.head, nil, nil, nil, kit.Panes(0, []float32{1, 0}, kit.Inset(0, 8, 8, 8, p.rows), side))
}

func (p *Page) setHead() {
	t := p.env.T
	row := kit.Row(8)
	ok, why := p.model.CanInvite()
	if p.model.CanEnd(p.rows.At()) {
		row.Add(kit.NewButton(t("stations_end"), p.end).With("forbidden").Key("Delete"))
	}
	if ok {
		row.Add(kit.NewButton(t("stations_invite"), p.invite).Ranked(kit.Primary).With("add").Key("F2"))
		why = ""
	}
	p.head.Objects = []fyne.CanvasObject{kit.Head(t("stations_title"), why, row)}
	p.head.Refresh()
}

func (p *Page) cell(row, column int) kit.Cell {
	all := p.model.Rows()
	if row >= len(all) {
		return kit.Cell{}
	}
	r := all[row]
	muted := fyne.ThemeColorName("")
	if !r.Live {
		muted = kit.ColorMuted
	}
	switch column {
	case 0:
		return kit.Cell{Text: r.Name, Below: r.Below, Bold: r.This, Color: muted}
	case 1:
		c := kit.Cell{Text: r.State, Icon: r.Icon, Color: muted}
		if r.Tone == model.Warn {
			c.Color = theme.ColorNameWarning
		}
		return c
	}
	return kit.Cell{Text: r.Last, Below: r.Entries, Color: muted}
}

var tones = map[model.Tone]kit.Tone{model.Calm: kit.Calm, model.Warn: kit.Warn, model.Wrong: kit.Wrong, model.Good: kit.Good}

// setExchange shows how the exchange stands.
func (p *Page) setExchange(state present.SyncState) {
	t := p.env.T
	x := model.ExchangeOf(p.env.Session, state)
	col := kit.Col(12, kit.Heading(t("stations_exchange")), kit.Prose(x.Head))
	if x.Fetched != "" {
		bar := widget.NewProgressBar()
		bar.TextFormatter = func() string { return "" }
		bar.SetValue(x.Share)
		col.Add(kit.Col(4, bar, kit.Prose(x.Fetched)))
	} else if x.Working {
		col.Add(kit.Row(6, kit.Picture("sync", kit.ColorMuted, 16), kit.Muted(t("stations_working"))))
	}
	for _, l := range x.Links {
		col.Add(p.link(l))
	}
	buttons := kit.Col(8)
	if len(x.Links) > 0 {
		buttons.Add(kit.Row(0, kit.NewButton(t("stations_wake"), p.wake).With("sync").Key("F5")))
	}
	if p.model.Manages() {
		b := kit.NewButton(t("stations_link"), p.tie).With("link").Key("F3")
		if len(x.Links) == 0 {
			b.Ranked(kit.Primary)
		}
		buttons.Add(kit.Row(0, b))
	}
	if len(buttons.Objects) > 0 {
		col.Add(buttons)
	}
	p.exchange.Objects = []fyne.CanvasObject{col}
	p.exchange.Refresh()
}

func (p *Page) link(l model.Link) fyne.CanvasObject {
	tone := tones[l.Tone]
	col := kit.Col(4,
		kit.Edges(nil, nil, kit.Row(0, kit.Picture(l.Icon, tone.Color(), 18), kit.Space(8, 1)), nil, kit.NewText(l.Address).Bold().Cut(60)),
		kit.Prose(l.State),
	)
	if l.Waiting != "" {
		col.Add(kit.Inset(-4, -4, -4, -theme.InnerPadding()/kit.Px(1), kit.MutedPara(l.Waiting)))
	}
	if l.Problem != "" {
		col.Add(kit.Notice(kit.Warn, l.Problem))
	}
	return kit.Card(col)
}

// Shown implements page.Page.
func (p *Page) Shown() {
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	if x := p.env.Sync; x != nil {
		p.unwatch = x.Watch(func(s present.SyncState) {
			fyne.Do(func() {
				if p.env.Loader.Context().Err() == nil {
					p.setExchange(s)
					p.setHead()
				}
			})
		})
	}
	p.load()
	if p.arg == ArgInvite {
		p.arg = ""
		p.invite()
	}
}

func (p *Page) load() {
	kit.Load(p.env.Loader, "stations", p.model.Load, func(take func(), err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		take()
		p.rows.Empty(p.env.T("stations_empty"))
		p.rows.SetCount(len(p.model.Rows()))
		p.setHead()
	})
}

// wake asks for an exchange; its time appears once the server has confirmed it.
func (p *Page) wake() {
	if p.env.Sync != nil && len(p.env.SyncState().Links) > 0 {
		p.env.Sync.Wake()
		p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("stations_woken")})
	}
}

// Key implements page.Page.
func (p *Page) Key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyF2):
		p.invite()
	case kit.Plain(fyne.KeyF3):
		p.tie()
	case kit.Plain(fyne.KeyF5):
		p.wake()
		p.load()
	case kit.Plain(fyne.KeyDelete):
		p.end()
	default:
		return false
	}
	return true
}

// Keys implements page.Keys.
func (p *Page) Keys() []page.KeyHelp {
	t := p.env.T
	return []page.KeyHelp{
		{Key: "F2", What: t("stations_key_invite"), Do: p.invite},
		{Key: "F3", What: t("stations_key_link"), Do: p.tie},
		{Key: "F5", What: t("stations_key_wake"), Do: p.wake},
		{Key: "Delete", What: t("stations_key_end"), Do: p.end},
	}
}

// Changed implements page.Refresher: whatever was written, somebody wrote it.
func (p *Page) Changed([]string) { p.load() }

// Leave implements page.Page.
func (p *Page) Leave() {
	p.unwatch()
	if p.panel != nil {
		p.panel.shut()
	}
}

// run does a deed beside the screen, to its end also where the page is left meanwhile:
// then the status line tells what went wrong, and says what was done. On the page, done
// shows both.
func run[T any](p *Page, name string, work func(context.Context) (T, error), done func(T, error)) {
	kit.Load(p.env.Loader.Lasting(), name, work, func(v T, err error) {
		switch said, ok := any(v).(string); {
		case p.env.Loader.Context().Err() == nil:
			done(v, err)
		case err != nil:
			p.env.Fail(err)
		case ok:
			p.env.Done(said, nil)
		}
	})
}
