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

// lines is a tab of what was written at visits: when, what, about, state.
func (c *card) lines(list []model.Line, empty string, columns ...kit.Column) fyne.CanvasObject {
	c.rows = kit.NewRows(columns, func(row, column int) kit.Cell { return c.cell(list[row], column) }).Empty(c.env.T(empty))
	c.rows.OnOpen = func(row int) {
		if to := list[row].Route; to.Page != "" {
			c.env.Go(to)
		}
	}
	c.rows.OnKey = c.listKey
	c.rows.SetCount(len(list))
	return kit.Inset(4, 8, 0, 8, c.rows)
}

// results are lines of which a vital sign opens its trend.
func (c *card) results(list []model.Line, empty string, columns ...kit.Column) fyne.CanvasObject {
	o := c.lines(list, empty, columns...)
	visit := c.rows.OnOpen
	c.rows.OnOpen = func(row int) {
		if sign := list[row].Sign; sign != "" {
			c.trend(sign)
			return
		}
		visit(row)
	}
	return o
}

// listKey hands on the keys by which tabs are changed.
func (c *card) listKey(ev *fyne.KeyEvent) bool {
	if ev.Name == fyne.KeyLeft || ev.Name == fyne.KeyRight {
		return c.Key(kit.Plain(ev.Name))
	}
	return false
}

func (c *card) cell(l model.Line, column int) kit.Cell {
	color := theme.ColorNameForeground
	if l.Muted {
		color = kit.ColorMuted
	}
	switch column {
	case 0:
		return kit.Cell{Text: l.When, Color: kit.ColorMuted}
	case 1:
		what := l.What
		if l.Other != "" {
			what += " (" + c.env.T("cards_on_card", "number", l.Other) + ")"
		}
		return kit.Cell{Text: what, Icon: l.Icon, Color: color, Bold: !l.Muted}
	case 2:
		return kit.Cell{Text: l.About, Color: color}
	}
	cell := kit.Cell{Text: l.State, Color: color}
	if l.Tone != model.Plain && !l.Muted {
		cell.Color = tone(l.Tone).Color()
	}
	return cell
}

// files is the tab of attachments.
func (c *card) files() fyne.CanvasObject {
	list := c.model.Files
	lines := make([]model.Line, len(list))
	for i := range list {
		lines[i] = list[i].Line
	}
	t := c.env.T
	o := c.lines(lines, "cards_empty_files", kit.Column{Title: t("cards_col_when"), Width: 130}, kit.Column{Title: t("cards_col_title"), Width: 300, Grow: 3},
		kit.Column{Title: t("cards_col_size"), Width: 110}, kit.Column{Title: t("cards_col_kind"), Width: 120})
	c.rows.OnOpen = func(row int) { c.openFile(list[row]) }
	return o
}

// overview is the first tab: the card at the left, what is known at the right.
func (c *card) overview() fyne.CanvasObject {
	// Values are broken into lines at the width that the page has now.
	half := (c.place.Size().Width - kit.Px(16+16+28)) / 2
	left := kit.Col(14)
	for _, g := range c.model.Groups {
		left.Add(group(c.env.T, g, half-kit.Px(labelWidth+12)))
	}
	right := kit.Col(12)
	if c.model.Can.Care {
		right.Add(c.known("cards_allergies", "allergy", c.model.Allergies, "cards_no_allergies", c.model.Can.Allergy, c.allergy))
		right.Add(c.known("cards_problems", "heart", c.model.Problems, "cards_no_problems", c.model.Can.Problem, c.problem))
		c.latest(right)
	} else {
		right.Add(kit.Notice(kit.Calm, c.env.T("cards_no_care")))
	}
	c.scroll = container.NewVScroll(kit.Inset(12, 16, 16, 16, kit.Columns(28, []float32{1, 1}, left, right)))
	return c.scroll
}

// labelWidth is that of the names of fields, before scaling.
const labelWidth = 170

// wrapped is a text over as many lines as it needs in a width; a width of nothing keeps
// it in one.
func wrapped(text string, width float32, style func(*kit.Text) *kit.Text) *fyne.Container {
	col := kit.Col(0)
	for _, line := range kit.Wrap(text, max(width, 0), kit.Px(kit.TextNormal), fyne.TextStyle{}) {
		col.Add(style(kit.NewText(line).Cut(60)))
	}
	return col
}

func plain(t *kit.Text) *kit.Text { return t }
func muted(t *kit.Text) *kit.Text { return t.Colored(kit.ColorMuted) }

// group is some facts under a heading: label at the left, value beside it.
func group(t func(string, ...any) string, g model.Group, width float32) fyne.CanvasObject {
	col := kit.Col(3, kit.Inset(0, 0, 4, 0, kit.Heading(g.Title)))
	for _, f := range g.Facts {
		values := kit.Col(0)
		if f.Value != "" {
			values.Add(wrapped(f.Value, width, plain))
		}
		for _, o := range f.Others {
			values.Add(kit.Row(5, kit.Picture("link", theme.ColorNameWarning, 14), kit.NewText(t("cards_on_card_says", "number", o.Case, "value", o.Value)).Colored(theme.ColorNameWarning)))
		}
		col.Add(kit.Columns(10, []float32{0, 1}, kit.Fixed(labelWidth, 0, wrapped(f.Label, kit.Px(labelWidth), muted)), values))
	}
	return col
}

// known is the list of allergies or problems with a way to each.
func (c *card) known(title, icon string, list []model.Entry, none string, may bool, edit func(id clinic.ID)) fyne.CanvasObject {
	var add fyne.CanvasObject
	if may {
		key := map[string]string{"allergy": "F5", "heart": "F6"}[icon]
		add = kit.NewButton("", func() { edit(clinic.ID{}) }).With("add").Key(key).Small().Ranked(kit.Quiet)
	}
	col := kit.Col(2, container.NewBorder(nil, nil, nil, add, kit.Heading(c.env.T(title))))
	if len(list) == 0 {
		col.Add(kit.Muted(c.env.T(none)).Cut(60))
	}
	for _, e := range list {
		col.Add(c.entry(icon, e, may, edit))
	}
	return kit.Card(col)
}

func (c *card) entry(icon string, e model.Entry, may bool, edit func(id clinic.ID)) fyne.CanvasObject {
	color, bold := theme.ColorNameForeground, false
	switch {
	case !e.Active:
		color = kit.ColorMuted
	case icon == "allergy":
		color, bold = theme.ColorNameError, true
	}
	word := wrapped(e.Text, c.place.Size().Width/2-kit.Px(130), func(t *kit.Text) *kit.Text {
		if bold {
			t.Bold()
		}
		return t.Colored(color)
	})
	about := e.About
	if e.Other != "" {
		if about != "" {
			about += " · "
		}
		about += c.env.T("cards_on_card", "number", e.Other)
	}
	text := kit.Col(0, word)
	if about != "" {
		text.Add(kit.Caption(about).Cut(80))
	}
	var button fyne.CanvasObject
	if may {
		button = kit.NewButton("", func() { edit(e.ID) }).With("edit").Small().Ranked(kit.Quiet)
	}
	return container.NewBorder(nil, nil, kit.Inset(0, 8, 0, 0, kit.Picture(icon, color, 17)), button, text)
}

// How much of a tab the overview shows.
const (
	overviewVisits  = 5
	overviewRunning = 8
)

// latest adds what the patient takes and the last visits.
func (c *card) latest(right *fyne.Container) {
	running := kit.Col(2, kit.Heading(c.env.T("cards_running")))
	n := 0
	for _, l := range c.model.Prescriptions {
		if !l.Muted && n < overviewRunning {
			running.Add(kit.Columns(8, []float32{1, 1}, kit.NewText(l.What).Cut(60), kit.Muted(l.About).Cut(60)))
			n++
		}
	}
	if n > 0 {
		right.Add(kit.Card(running))
	}
	visits := kit.Col(2, kit.Heading(c.env.T("cards_last_visits")))
	for i, l := range c.model.Visits {
		if i == overviewVisits {
			break
		}
		visits.Add(newLink(l, func() { c.env.Go(l.Route) }))
	}
	if len(c.model.Visits) == 0 {
		visits.Add(kit.Muted(c.env.T("cards_empty_visits")).Cut(80))
	}
	right.Add(kit.Card(visits))
}

// told is the history of the card: it is read when the tab is opened.
func (c *card) told() fyne.CanvasObject {
	if c.history == nil {
		c.readHistory(nil)
		if c.history == nil { // it is on its way
			return kit.Space(1, 1)
		}
	}
	return c.historyRows()
}

func (c *card) readHistory(earlier *model.History) {
	kit.Load(c.env.Loader, "history", func(ctx context.Context) (*model.History, error) {
		return model.LoadHistory(ctx, c.env.Session, c.route.ID, earlier)
	}, func(h *model.History, err error) {
		if err != nil {
			c.env.Fail(err)
			return
		}
		at := 0
		if earlier != nil && c.rows != nil {
			at = c.rows.At()
		}
		c.history = h
		if c.at == tabHistory && c.body != nil {
			c.show()
			if at > 0 {
				c.rows.Choose(at)
			}
		}
	})
}

// historyLine is one line of the history in sight: the head of an act, what changed,
// or the way to older acts.
type historyLine struct {
	act  *model.Told
	text string
	more bool
}

// The widths of the history's columns before scaling: when, what, who.
const (
	historyWhen = 130
	historyWho  = 180
)

func (c *card) historyRows() fyne.CanvasObject {
	var lines []historyLine
	width := c.body.Size().Width - kit.Px(historyWhen+historyWho+3*16+16+14)
	for i := range c.history.Acts {
		a := &c.history.Acts[i]
		lines = append(lines, historyLine{act: a})
		for _, text := range a.Lines {
			for _, part := range kit.Wrap(text, max(width, 0), kit.Px(kit.TextNormal), fyne.TextStyle{}) {
				lines = append(lines, historyLine{text: part})
			}
		}
	}
	if c.history.More {
		lines = append(lines, historyLine{text: c.env.T("cards_load_more"), more: true})
	}
	c.rows = kit.NewRows([]kit.Column{{Width: historyWhen}, {Width: 400, Grow: 1}, {Width: historyWho}}, func(row, column int) kit.Cell {
		return historyCell(lines[row], column)
	}).Tall(26).Empty(c.env.T("cards_empty_history"))
	c.rows.OnOpen = func(row int) {
		if lines[row].more {
			c.readHistory(c.history)
		}
	}
	c.rows.OnKey = c.listKey
	c.rows.Tint = func(row int) fyne.ThemeColorName {
		if lines[row].act != nil {
			return kit.ColorSurface
		}
		return ""
	}
	c.rows.SetCount(len(lines))
	return kit.Inset(4, 8, 0, 8, c.rows)
}

func historyCell(l historyLine, column int) kit.Cell {
	switch {
	case l.more && column == 1:
		return kit.Cell{Text: l.text, Icon: "down", Color: theme.ColorNameHyperlink}
	case l.act == nil && column == 1:
		return kit.Cell{Text: l.text}
	case l.act == nil:
		return kit.Cell{}
	}
	switch column {
	case 0:
		return kit.Cell{Text: l.act.When, Color: kit.ColorMuted}
	case 1:
		return kit.Cell{Text: l.act.What, Icon: l.act.Icon, Bold: true}
	}
	return kit.Cell{Text: l.act.Who, Color: kit.ColorMuted}
}
