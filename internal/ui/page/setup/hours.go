package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/setup"
)

// linesWidth is that of one doctor's lines, before scaling.
const linesWidth = 336

// hours is the week of all doctors, and beside it the lines of the one at hand.
type hours struct {
	p     *Page
	env   *page.Env
	about model.Section
	week  *model.Week
	table *kit.Rows
	lines *list
	place *fyne.Container
}

func newHours(p *Page, about model.Section) section {
	return &hours{p: p, env: p.env, about: about, week: model.NewWeek(p.env.Session)}
}

func (h *hours) content() fyne.CanvasObject {
	columns := h.week.Columns()
	wide := roomy(h.env, linesWidth+640)
	if !wide {
		columns = columns[:1] // the days stand in the lines of the one at hand
	}
	head := make([]kit.Column, len(columns))
	for i, c := range columns {
		head[i] = kit.Column{Title: c.Title, Width: c.Width, Grow: c.Grow}
	}
	h.table = kit.NewRows(head, func(row, column int) kit.Cell {
		c := h.week.Cell(row, column)
		out := kit.Cell{Text: c.Text, Below: c.Below, Bold: c.Bold}
		if c.Muted {
			out.Color = kit.ColorMuted
		}
		return out
	}).Tall(46)
	h.table.OnMove = func(row int) { h.choose(row) }
	h.table.OnOpen = func(int) {
		if h.lines != nil {
			h.lines.enter()
		}
	}
	h.place = container.NewStack()
	left := container.NewBorder(kit.Head(h.about.Word, h.about.About), nil, nil, nil, kit.Inset(0, 8, 8, 8, h.table))
	if !wide {
		return kit.Panes(0, []float32{2, 3}, left, h.place)
	}
	return kit.Panes(0, []float32{1, 0}, left, kit.Fixed(linesWidth, 0, h.place))
}

// choose shows the lines of a member of staff.
func (h *hours) choose(row int) {
	person, ok := h.week.Person(row)
	if !ok || h.lines != nil && h.lines.form != nil {
		return
	}
	t := h.env.T
	l := newList(h.p, model.Section{Name: model.Hours + " lines", Word: person.Name.Short(), About: person.Position},
		model.NewLines(h.env.Session, person), nil, words{t("setup_lines_add"), t("setup_lines_remove")})
	l.narrow, l.again = true, h.lines != nil
	l.build()
	add := kit.NewButton(l.words.add, l.add).Ranked(kit.Primary).With("add").Key("F2")
	lost := kit.Col(0)
	l.loaded = func() {
		lost.RemoveAll()
		if text := l.model.(*model.Lines).Lost(); text != "" {
			show := kit.NewButton(t("setup_lines_lost_show"), func() { h.env.Go(present.Route{Page: present.PageTimetable, ID: person.ID}) }).Small()
			lost.Add(kit.Notice(kit.Warn, text, show))
		}
		lost.Refresh()
		h.place.Refresh()
	}
	l.stored = func() { h.load(false) }
	l.inner = container.NewBorder(
		kit.Inset(14, 12, 6, 14, kit.Col(0, kit.Heading(person.Name.String()).Cut(100), kit.Muted(person.Position).Cut(100))),
		kit.Inset(10, 14, 12, 14, kit.Col(8, lost, kit.Caption(t("setup_lines_hint")).Cut(100), add)), nil, nil, l.rows)
	h.lines = l
	h.place.Objects = []fyne.CanvasObject{kit.Ground(kit.ColorSurface, container.NewStack(l.inner, l.panel))}
	h.place.Refresh()
	l.load(nil)
}

func (h *hours) shown() { h.load(true) }

func (h *hours) load(first bool) {
	kit.Load(h.env.Loader, "week", h.week.Load, func(take func(), err error) {
		if err != nil {
			h.env.Fail(err)
			return
		}
		take()
		h.table.Empty(h.week.Empty())
		h.table.SetCount(h.week.Len())
		if first {
			h.toDraft()
			h.choose(h.table.At())
		}
	})
}

// toDraft chooses the doctor of whom a half filled form is kept.
func (h *hours) toDraft() {
	section, _, ok := model.DraftOf(h.p.draft)
	for row := 0; ok && row < h.week.Len(); row++ {
		if p, _ := h.week.Person(row); section == model.Hours+p.ID.String() {
			h.table.OnMove = nil
			h.table.Choose(row)
			h.table.OnMove = func(row int) { h.choose(row) }
		}
	}
}

func (h *hours) enter() { h.env.Window.Canvas().Focus(h.table.Focusable()) }

func (h *hours) key(k kit.Key) bool {
	if h.lines == nil {
		return false
	}
	if k == kit.Plain(fyne.KeyEscape) && h.lines.form == nil && h.lines.rows.Focused() {
		h.enter()
		return true
	}
	return h.lines.key(k)
}

func (h *hours) keys() []page.KeyHelp {
	if h.lines == nil {
		return nil
	}
	return h.lines.keys()
}

func (h *hours) changed(tables []string) {
	for _, t := range tables {
		if t == "schedule" || t == "staff" {
			h.load(false)
			if h.lines != nil {
				h.lines.load(nil)
			}
			return
		}
	}
}
