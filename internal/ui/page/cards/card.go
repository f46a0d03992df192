package cards

import (
	"context"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/cards"
)

// The tabs of a card, by the words that routes name them with.
var tabNames = []string{"overview", "visits", "results", "prescriptions", "documents", "files", "history"}

// tabHistory is read when it is looked at, not with the card.
const tabHistory = 6

// card is the page of one patient.
type card struct {
	env     *page.Env
	route   present.Route
	model   *model.Card
	history *model.History
	place   *fyne.Container // the whole page
	body    *fyne.Container // the tab in sight
	tabs    *kit.Tabs
	rows    *kit.Rows         // of the tab, where it is a list
	scroll  *container.Scroll // of the tab, where it is none
	at      int
	typing  *form // the open panel in which something is being typed
	resumed bool  // a draft was looked for
}

// NewCard makes the page of a patient; the route's ID is any card of the person, Arg a
// tab.
func NewCard(env *page.Env, r present.Route) page.Page {
	return &card{env: env, route: r, at: max(slices.Index(tabNames, r.Arg), 0)}
}

// Title implements page.Page.
func (c *card) Title() string { return c.env.T("cards_card") }

// Content implements page.Page.
func (c *card) Content() fyne.CanvasObject {
	c.place = container.NewStack(kit.Edges(Banner(c.env, model.Banner{Icon: "user"}), nil, nil, nil, kit.Space(1, 1)))
	return c.place
}

// Shown implements page.Page.
func (c *card) Shown() { c.load() }

// Leave implements page.Page: what is typed on this page is typed in panels.
func (c *card) Leave() { c.leave() }

// load reads the card and draws it.
func (c *card) load() {
	kit.Load(c.env.Loader, "card", func(ctx context.Context) (*model.Card, error) { return model.Open(ctx, c.env.Session, c.route.ID) },
		func(m *model.Card, err error) {
			if err != nil {
				c.fail(err)
				return
			}
			if c.model != nil && reflect.DeepEqual(c.model, m) {
				return // another patient's rows have changed
			}
			c.model = m
			c.draw()
			if !c.resumed {
				c.resumed = true
				c.resume()
			}
		})
}

func (c *card) fail(err error) {
	c.env.Fail(err)
	if c.model == nil {
		c.place.Objects = []fyne.CanvasObject{kit.Empty("error", c.env.Words.Fault(err), kit.NewButton(c.env.T("cards_close"), c.env.Back).Key("Esc"))}
		c.place.Refresh()
	}
}

// draw builds the page of what was read; the chosen line and the place stay.
func (c *card) draw() {
	chosen, offset := 0, fyne.Position{}
	switch {
	case c.rows != nil:
		chosen = c.rows.At()
	case c.scroll != nil:
		offset = c.scroll.Offset
	}
	names := make([]string, len(tabNames))
	for i, n := range tabNames {
		names[i] = c.env.T("cards_tab_" + n)
	}
	c.tabs = kit.NewTabs(names, c.pick)
	c.tabs.Set(c.at)
	c.body = container.NewStack()
	c.place.Objects = []fyne.CanvasObject{container.New(&frame{}, Banner(c.env, c.model.Banner), c.tabs, kit.Row(8, c.buttons()...), kit.Line(), c.body)}
	c.place.Refresh()
	c.show()
	if c.rows != nil && chosen > 0 {
		c.rows.Choose(chosen)
	}
	if c.scroll != nil && offset.Y > 0 {
		c.scroll.ScrollToOffset(offset)
	}
}

// frame lays the page out: banner, tabs and buttons in one line or, where they have no
// room beside each other, in two, a thin line, and the tab in sight.
type frame struct{}

// MinSize implements fyne.Layout.
func (frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[1].MinSize().Width, o[2].MinSize().Width), o[0].MinSize().Height+2*o[1].MinSize().Height)
}

// Layout implements fyne.Layout.
func (frame) Layout(o []fyne.CanvasObject, size fyne.Size) {
	side, gap := kit.Px(16), kit.Px(6)
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	banner, tabs, buttons := o[0].MinSize(), o[1].MinSize(), o[2].MinSize()
	put(o[0], 0, 0, size.Width, banner.Height)
	at := banner.Height + gap
	if two := tabs.Width+buttons.Width+2*side+gap > size.Width; two {
		put(o[2], side, at, min(buttons.Width, size.Width-2*side), buttons.Height)
		at += buttons.Height + gap
		put(o[1], side, at, size.Width-2*side, tabs.Height)
		at += tabs.Height
	} else {
		h := max(tabs.Height, buttons.Height) + gap/2
		put(o[2], size.Width-side-buttons.Width, at, buttons.Width, buttons.Height)
		put(o[1], side, at+h-tabs.Height, size.Width-2*side-gap-buttons.Width, tabs.Height)
		at += h
	}
	put(o[3], 0, at, size.Width, 1)
	put(o[4], 0, at+1, size.Width, max(size.Height-at-1, 0))
}

// pick goes to another tab.
func (c *card) pick(i int) {
	if i < 0 || i >= len(tabNames) || c.model == nil {
		return
	}
	c.at = i
	c.tabs.Set(i)
	c.show()
}

// show puts the tab into its place and gives it the keys.
func (c *card) show() {
	c.rows, c.scroll = nil, nil
	c.body.Objects = []fyne.CanvasObject{c.tab()}
	c.body.Refresh()
	var focus fyne.Focusable
	if c.rows != nil {
		focus = c.rows.Focusable()
	}
	if !c.env.Layers.Open() {
		c.env.Window.Canvas().Focus(focus)
	}
}

func (c *card) tab() fyne.CanvasObject {
	m, t := c.model, c.env.T
	if !m.Can.Care && c.at > 0 && c.at < tabHistory {
		return kit.Empty("lock", t("cards_no_care"))
	}
	switch c.at {
	case 1:
		return c.lines(m.Visits, "cards_empty_visits", kit.Column{Title: t("cards_col_when"), Width: 130}, kit.Column{Title: t("cards_col_visit"), Width: 300, Grow: 3},
			kit.Column{Title: t("cards_col_about"), Width: 220, Grow: 1.5}, kit.Column{Title: t("cards_col_state"), Width: 120})
	case 2:
		return c.results(m.Results, "cards_empty_results", kit.Column{Title: t("cards_col_when"), Width: 130}, kit.Column{Title: t("cards_col_result"), Width: 260, Grow: 2},
			kit.Column{Title: t("cards_col_value"), Width: 160, Grow: 1.5}, kit.Column{Title: t("cards_col_limits"), Width: 240, Grow: 1})
	case 3:
		return c.lines(m.Prescriptions, "cards_empty_prescriptions", kit.Column{Title: t("cards_col_when"), Width: 90}, kit.Column{Title: t("cards_col_drug"), Width: 260, Grow: 2},
			kit.Column{Title: t("cards_col_dose"), Width: 300, Grow: 2}, kit.Column{Title: t("cards_col_state"), Width: 170})
	case 4:
		return c.lines(m.Documents, "cards_empty_documents", kit.Column{Title: t("cards_col_when"), Width: 130}, kit.Column{Title: t("cards_col_title"), Width: 280, Grow: 2},
			kit.Column{Title: t("cards_col_signer"), Width: 240, Grow: 2}, kit.Column{Title: t("cards_col_state"), Width: 150})
	case 5:
		return c.files()
	case tabHistory:
		return c.told()
	}
	return c.overview()
}

// Key implements page.Page.
func (c *card) Key(k kit.Key) bool {
	if c.model == nil {
		return false
	}
	if k.Mod == fyne.KeyModifierShortcutDefault && len(k.Name) == 1 && k.Name[0] >= '1' && int(k.Name[0]-'1') < len(tabNames) {
		c.pick(int(k.Name[0] - '1'))
		return true
	}
	if k.Mod != 0 {
		return false
	}
	if k.Name == fyne.KeyF10 {
		c.more()
		return true
	}
	for _, a := range c.actions() {
		if a.may && k.Name == a.key {
			a.do()
			return true
		}
	}
	switch k.Name {
	case fyne.KeyLeft:
		c.pick(c.at - 1)
		return true
	case fyne.KeyRight:
		c.pick(c.at + 1)
		return true
	}
	if c.rows != nil {
		return c.rows.Key(k.Name)
	}
	return c.scrolled(k.Name)
}

// scrolled moves a tab that is no list.
func (c *card) scrolled(name fyne.KeyName) bool {
	if c.scroll == nil {
		return false
	}
	steps := map[fyne.KeyName]float32{
		fyne.KeyUp: -kit.Px(40), fyne.KeyDown: kit.Px(40), fyne.KeyPageUp: -c.scroll.Size().Height * 0.9, fyne.KeyPageDown: c.scroll.Size().Height * 0.9,
	}
	by, ok := steps[name]
	if !ok {
		return false
	}
	room := max(c.scroll.Content.MinSize().Height-c.scroll.Size().Height, 0)
	c.scroll.ScrollToOffset(fyne.NewPos(0, min(max(c.scroll.Offset.Y+by, 0), room)))
	return true
}

// Changed implements page.Refresher.
func (c *card) Changed(tables []string) {
	if c.model != nil && slices.ContainsFunc(tables, func(t string) bool { return slices.Contains(shownTables, t) }) {
		c.history = nil
		c.load()
	}
}

// shownTables hold what a card shows.
var shownTables = append([]string{
	"background", "representative", "visit", "diagnosis", "problem", "allergy", "observation", "prescription", "protocol", "attachment",
}, cardTables...)
