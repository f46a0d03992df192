// Package setup is the page of settings: a list of sections at the left, and the
// section at hand beside it: doctors' hours, absences, the price list, users, the
// clinic's data, the looks. It only places widgets and hands keys on; what they mean
// stands in present/setup.
package setup

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/setup"
)

// section is what stands beside the list.
type section interface {
	content() fyne.CanvasObject
	// shown loads; enter gives the keys to the section.
	shown()
	enter()
	key(kit.Key) bool
	keys() []page.KeyHelp
	// changed is told of rows that were changed by whomever.
	changed(tables []string)
}

// Page is the page of settings.
type Page struct {
	env      *page.Env
	keeper   *model.Keeper
	sections []model.Section
	at       int
	rows     *kit.Rows
	section  section
	draft    string
}

// New makes the page; the route's Arg names a section.
func New(e *page.Env, r present.Route) page.Page {
	p := &Page{env: e, sections: model.Sections(e.Session)}
	p.at = max(slices.IndexFunc(p.sections, func(s model.Section) bool { return s.Name == r.Arg }), 0)
	p.keeper = model.NewKeeper(e.Session, p.sections[p.at].Name)
	return p
}

// listWidth is that of the list of sections, before scaling.
const listWidth = 220

// roomy reports whether beside the list of sections something so wide (before scaling)
// has its place: with large letters it may not.
func roomy(e *page.Env, width float32) bool {
	const rail = 64 // the frame's
	return e.Window.Canvas().Size().Width == 0 || e.Window.Canvas().Size().Width-kit.Px(listWidth+rail) >= kit.Px(width)
}

// Title implements page.Page.
func (p *Page) Title() string { return p.env.T("setup_title") }

// Content implements page.Page.
func (p *Page) Content() fyne.CanvasObject {
	p.section = p.make(p.sections[p.at])
	p.rows = kit.NewRows([]kit.Column{{Grow: 1}}, func(row, _ int) kit.Cell {
		s := p.sections[row]
		return kit.Cell{Text: s.Word, Icon: s.Icon, Bold: row == p.at}
	}).Tall(40)
	p.rows.SetCount(len(p.sections))
	p.rows.Choose(p.at)
	p.rows.OnMove = func(row int) {
		p.env.Swap(present.Route{Page: present.PageSettings, Arg: p.sections[row].Name})
	}
	p.rows.OnOpen = func(int) { p.section.enter() }
	p.rows.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyRight {
			p.section.enter()
			return true
		}
		return false
	}
	left := kit.Ground(kit.ColorSurface, container.NewBorder(kit.Inset(14, 12, 10, 16, kit.Title(p.env.T("setup_title")).Cut(60)), nil, nil, nil, p.rows))
	return kit.Panes(0, []float32{0, 1}, kit.Fixed(listWidth, 0, left), p.section.content())
}

func (p *Page) make(s model.Section) section {
	e := p.env
	switch s.Name {
	case model.Hours:
		return newHours(p, s)
	case model.Absences:
		return newAbsences(p, s)
	case model.Prices:
		return newPrices(p, s)
	case model.Users:
		return newUsers(p, s)
	case model.Clinic:
		return newClinic(p, s)
	case model.Password:
		return newPassword(p, s)
	case model.Templates:
		return &link{env: e, about: s, to: present.Route{Page: present.PageTemplates}}
	case model.Stations:
		return &link{env: e, about: s, to: present.Route{Page: present.PageStations}}
	case model.Conflicts:
		return &link{env: e, about: s, to: present.Route{Page: present.PageConflicts}}
	}
	return newLook(p, s)
}

// Shown implements page.Page.
func (p *Page) Shown() {
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	p.rows.Choose(p.at) // once more, now that the list has its size
	kit.Load(p.env.Loader, "draft", p.readDraft, func(body string, err error) {
		p.draft = body
		p.section.shown()
	})
}

// Key implements page.Page.
func (p *Page) Key(k kit.Key) bool {
	switch k {
	case kit.Ctrl(fyne.KeyPageUp):
		p.rows.Choose(p.rows.At() - 1)
		return true
	case kit.Ctrl(fyne.KeyPageDown):
		p.rows.Choose(p.rows.At() + 1)
		return true
	}
	return p.section.key(k)
}

// Keys implements page.Keys.
func (p *Page) Keys() []page.KeyHelp {
	return append(p.section.keys(), page.KeyHelp{Key: "Ctrl+PageUp, Ctrl+PageDown", What: p.env.T("setup_key_section")})
}

// Changed implements page.Refresher.
func (p *Page) Changed(tables []string) { p.section.changed(tables) }

// Leave implements page.Page.
func (p *Page) Leave() { p.env.Fail(p.keeper.Flush(p.env.Loader.Context())) }

// link is a section that is a page of its own.
type link struct {
	env   *page.Env
	about model.Section
	to    present.Route
	open  *kit.Button
}

func (l *link) content() fyne.CanvasObject {
	l.open = kit.NewButton(l.env.T("setup_open"), l.follow).Ranked(kit.Primary).With("right").Key("Enter")
	return container.NewBorder(kit.Head(l.about.Word, ""), nil, nil, nil, kit.Empty(l.about.Icon, l.about.About, l.open))
}

func (l *link) follow()              { l.env.Go(l.to) }
func (l *link) shown()               {}
func (l *link) enter()               { l.follow() }
func (l *link) key(kit.Key) bool     { return false }
func (l *link) keys() []page.KeyHelp { return nil }
func (l *link) changed([]string)     {}

// readDraft reads the form that was left half filled in.
func (p *Page) readDraft(ctx context.Context) (string, error) { return p.keeper.Read(ctx), nil }
