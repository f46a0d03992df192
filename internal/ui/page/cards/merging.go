package cards

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/cards"
)

// merging is the panel in which a second card of the person is found and held
// against this one.
type merging struct {
	c      *card
	model  *model.Merging
	found  []model.Choice
	layer  *kit.Layer
	place  *fyne.Container
	search *kit.Entry
	rows   *kit.Rows
	why    *kit.Entry
	form   *form
	reason string // of a draft
}

// The size of the panel before scaling.
const (
	mergeWidth  = 1040
	mergeHeight = 560
)

// merge opens the panel.
func (c *card) merge() { c.openMerge(nil) }

// openMerge opens the panel with what a draft has.
func (c *card) openMerge(draft *model.Draft) {
	if !c.model.Can.Merge {
		return
	}
	g := &merging{c: c, model: model.NewMerging(c.model), place: container.NewStack()}
	g.find()
	g.layer = c.env.Layers.Show(kit.Panel{
		Title: c.env.T("cards_merge_title"), Content: g.place, Width: mergeWidth, Height: mergeHeight, Focus: g.search, Key: g.key,
		Closed: func() {
			if g.form != nil {
				g.form.forget()
			}
		},
	})
	if draft != nil {
		g.reason = draft.Fields["why"]
		g.compare(draft.Record)
		return
	}
	g.ask()
}

// find is the first step: the second card.
func (g *merging) find() {
	t := g.c.env.T
	g.form, g.why = nil, nil
	g.search = kit.NewEntry().Hint(t("cards_merge_find"))
	g.search.OnChanged = func(string) { g.ask() }
	g.rows = kit.NewRows([]kit.Column{
		{Title: t("cards_col_name"), Width: 330, Grow: 4},
		{Title: t("cards_col_case"), Width: 90},
		{Title: t("cards_col_born"), Width: 160},
		{Title: t("cards_col_phone"), Width: 70},
		{Title: t("cards_col_address"), Width: 150, Grow: 1},
	}, g.cell).Tall(44).Empty(t("cards_merge_none"))
	g.rows.OnOpen = func(row int) { g.compare(g.found[row].ID) }
	g.place.Objects = []fyne.CanvasObject{container.NewBorder(kit.Col(8, kit.Inset(-4, -4, -4, -7, kit.MutedPara(t("cards_merge_about"))), g.search), nil, nil, nil, g.rows)}
	g.place.Refresh()
}

func (g *merging) cell(row, column int) kit.Cell {
	r := g.found[row]
	switch column {
	case 0:
		below := r.Why
		if below == "" && r.Namesake {
			below = g.c.env.T("cards_namesake")
		}
		return kit.Cell{Text: r.Name, Icon: r.Icon, Bold: true, Below: below}
	case 1:
		return kit.Cell{Text: r.Case}
	case 2:
		return kit.Cell{Text: r.Born}
	case 3:
		return kit.Cell{Text: r.Phone}
	}
	return kit.Cell{Text: r.Address, Color: kit.ColorMuted}
}

func (g *merging) ask() {
	query := g.search.Value()
	kit.Load(g.c.env.Loader, "merge.find", func(ctx context.Context) ([]model.Choice, error) { return g.model.Find(ctx, query) },
		func(found []model.Choice, err error) {
			if err != nil {
				g.c.env.Fail(err)
				return
			}
			g.found = found
			word := "cards_merge_none"
			if query != "" {
				word = "cards_merge_not_found"
			}
			g.rows.Empty(g.c.env.T(word))
			g.rows.SetCount(len(found))
			g.rows.Choose(0)
		})
}

// compare is the second step: both side by side, and why they are one.
func (g *merging) compare(other clinic.ID) {
	type read struct {
		card  clinic.Patient
		pairs []model.Pair
	}
	kit.Load(g.c.env.Loader, "merge.compare", func(ctx context.Context) (read, error) {
		p, pairs, err := g.model.Compare(ctx, other)
		return read{p, pairs}, err
	}, func(r read, err error) {
		if err != nil {
			g.c.env.Fail(err)
			return
		}
		g.model.Pick(r.card, r.pairs)
		g.sides()
	})
}

func (g *merging) sides() {
	t := g.c.env.T
	a, b := g.model.Heads()
	table := kit.NewRows([]kit.Column{{Width: 170}, {Title: a, Width: 300, Grow: 1}, {Title: b, Width: 300, Grow: 1}}, g.side).Tall(30)
	table.Tint = func(row int) fyne.ThemeColorName {
		if g.model.Pairs[row].Differ {
			return kit.ColorWarnSoft
		}
		return ""
	}
	table.SetCount(len(g.model.Pairs))
	said := kit.Notice(kit.Good, t("cards_merge_same"))
	if n := g.model.Conflicts(); n > 0 {
		said = kit.Notice(kit.Warn, t("cards_merge_conflicts", "n", n))
	}
	g.form = g.c.newForm()
	g.why = line(g.reason).Hint(t("cards_merge_why_hint"))
	g.reason = ""
	other, why := g.model.Other.ID, g.why
	g.form.watch(func() *model.Draft {
		return &model.Draft{Panel: panelMerge, Record: other, Fields: map[string]string{"why": why.Value()}}
	}, why)
	reason := g.form.field("cards_merge_why", g.why, "why").Required()
	buttons := kit.Right(8,
		kit.NewButton(t("cards_merge_other"), g.again).With("arrow-left"),
		kit.NewButton(t("cards_cancel"), func() { g.layer.Close() }).Key("Esc"),
		kit.NewButton(t("cards_merge_do"), g.do).Ranked(kit.Primary).With("merge").Key("Ctrl+Enter"))
	foot := kit.Col(8, said, reason, buttons)
	g.place.Objects = []fyne.CanvasObject{container.NewBorder(nil, kit.Inset(8, 0, 0, 0, foot), nil, nil, table)}
	g.place.Refresh()
	g.c.env.Window.Canvas().Focus(g.why)
}

func (g *merging) side(row, column int) kit.Cell {
	p := g.model.Pairs[row]
	cell := kit.Cell{Text: p.Label, Color: kit.ColorMuted}
	switch column {
	case 1:
		cell = kit.Cell{Text: p.A}
	case 2:
		cell = kit.Cell{Text: p.B}
	}
	if p.Differ && column > 0 {
		cell.Color, cell.Bold, cell.Icon = theme.ColorNameWarning, true, "warning"
	}
	return cell
}

// again goes back to the first step.
func (g *merging) again() {
	g.form.forget()
	g.find()
	g.c.env.Window.Canvas().Focus(g.search)
	g.ask()
}

func (g *merging) do() {
	why := g.why.Value()
	g.c.work("merge", func(ctx context.Context) (string, func(context.Context) error, error) {
		_, undo, err := g.model.Merge(ctx, why)
		return g.c.env.T("cards_merged"), undo, err
	}, g.form.failed)
}

// key takes the keys that the panel's fields do not use.
func (g *merging) key(k kit.Key) bool {
	enter := k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter
	switch {
	case g.why != nil && enter:
		g.do()
		return true
	case g.why == nil && k.Mod == 0:
		return g.rows.Key(k.Name)
	}
	return false
}
