package cards

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/cards"
)

// patients is the page «Пациенты».
type patients struct {
	env     *page.Env
	route   present.Route
	list    *model.List
	search  *kit.Entry
	summary *kit.Text
	rows    *kit.Rows
	reading bool // a block of rows is on its way
	narrow  bool // number and address stand below the name
}

// narrowWidth is the width before scaling below which not all columns find room.
const narrowWidth = 1150

// NewPatients makes the page «Пациенты»; the route's Arg is a query to begin with.
func NewPatients(env *page.Env, r present.Route) page.Page {
	return &patients{env: env, route: r, list: model.NewList(env.Session)}
}

// Title implements page.Page.
func (p *patients) Title() string { return p.env.T("cards_title") }

// Content implements page.Page.
func (p *patients) Content() fyne.CanvasObject {
	t := p.env.T
	p.search = kit.NewEntry().Hint(t("cards_search"))
	p.search.SetText(p.route.Arg)
	p.search.OnChanged = func(string) { p.ask(false) }
	p.summary = kit.Muted("").Cut(100)
	columns := []kit.Column{
		{Title: t("cards_col_name"), Width: 240, Grow: 3},
		{Width: 152},
		{Title: t("cards_col_born"), Width: 165},
		{Title: t("cards_col_phone"), Width: 66},
		{Title: t("cards_col_case"), Width: 88},
		{Title: t("cards_col_address"), Width: 180, Grow: 3},
	}
	// Large letters in a small window: number and address go below the name.
	if p.narrow = p.env.Window.Canvas().Size().Width < kit.Px(narrowWidth); p.narrow {
		columns = columns[:4]
		columns[1].Width = 0 // the mark goes below the name too
	}
	p.rows = kit.NewRows(columns, p.cell)
	if p.narrow {
		p.rows.Tall(46)
	}
	p.rows.OnOpen = p.open
	var buttons []fyne.CanvasObject
	if p.list.CanRegister() {
		buttons = append(buttons, kit.NewButton(t("cards_register"), p.register).Ranked(kit.Primary).With("add").Key("F2"))
	}
	field := kit.Columns(12, []float32{0, 1, 0}, kit.Picture("search", kit.ColorMuted, 20), p.search, kit.Row(8, buttons...))
	top := kit.Inset(12, 16, 4, 16, kit.Col(4, field, p.summary))
	return kit.Edges(top, nil, nil, nil, kit.Inset(4, 8, 0, 8, p.rows))
}

// Shown implements page.Page.
func (p *patients) Shown() {
	p.env.Window.Canvas().Focus(p.search)
	p.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	p.ask(false)
}

// Leave implements page.Page; there is nothing to lose but the query, which the
// history of pages keeps.
func (p *patients) Leave() {}

// ask answers what stands in the field: the first rows at once, all of them then.
// again keeps the chosen row.
func (p *patients) ask(again bool) {
	query := p.search.Value()
	show := func(a model.Answer) {
		at := 0
		if again {
			at = p.rows.At()
		}
		p.list.Take(a)
		p.reading = false
		p.rows.Empty(p.list.Empty())
		p.rows.SetCount(p.list.Count())
		p.rows.Choose(at)
		p.summary.Set(p.list.Summary())
	}
	kit.Load(p.env.Loader, "find", func(ctx context.Context) (model.Answer, error) { return p.list.Ask(ctx, query, !again) },
		func(a model.Answer, err error) {
			if err != nil {
				p.env.Fail(err)
				return
			}
			show(a)
			if a.Whole || again {
				return
			}
			kit.Load(p.env.Loader, "find", func(ctx context.Context) (model.Answer, error) { return p.list.Ask(ctx, query, false) },
				func(a model.Answer, err error) {
					if err == nil {
						again = true // somebody may have moved meanwhile
						show(a)
					}
				})
		})
}

// cell is asked for what is in sight only.
func (p *patients) cell(row, column int) kit.Cell {
	r, ok := p.list.Row(row)
	if !ok {
		p.read()
		if column == 0 {
			return kit.Cell{Text: "…", Color: kit.ColorMuted}
		}
		return kit.Cell{}
	}
	if r.ID.IsZero() {
		if column == 0 {
			return kit.Cell{Text: p.env.T("cards_row_gone"), Icon: "forbidden", Color: kit.ColorMuted}
		}
		return kit.Cell{}
	}
	switch column {
	case 0:
		cell := kit.Cell{Text: r.Name, Icon: r.Icon, Bold: true}
		if p.narrow {
			cell.Below = r.Case + " · " + r.Address
			if r.Namesake {
				cell.Below = p.env.T("cards_namesake") + " · " + cell.Below
			} else if r.Merged != "" {
				cell.Below = r.Merged + " · " + cell.Below
			}
		}
		return cell
	case 1:
		switch {
		case p.narrow:
		case r.Namesake:
			return kit.Cell{Text: p.env.T("cards_namesake"), Icon: "warning", Color: theme.ColorNameWarning, Bold: true}
		case r.Merged != "":
			return kit.Cell{Text: r.Merged, Icon: "link", Color: kit.ColorMuted}
		}
	case 2:
		return kit.Cell{Text: r.Born}
	case 3:
		return kit.Cell{Text: r.Phone}
	case 4:
		return kit.Cell{Text: r.Case, Color: kit.ColorMuted}
	case 5:
		return kit.Cell{Text: r.Address, Color: kit.ColorMuted}
	}
	return kit.Cell{}
}

// read reads the rows that came in sight, one block after another, the latest first.
func (p *patients) read() {
	if p.reading {
		return
	}
	b, ok := p.list.Next()
	if !ok {
		return
	}
	p.reading = true
	kit.Load(p.env.Loader, "rows", func(ctx context.Context) (model.Block, error) { return p.list.Read(ctx, b) },
		func(b model.Block, err error) {
			p.reading = false
			if err != nil {
				p.env.Fail(err)
				return
			}
			p.list.Put(b)
			p.rows.Redraw()
		})
}

func (p *patients) open(row int) {
	to, ok := p.list.Open(row)
	if !ok {
		return
	}
	if query := p.search.Value(); query != p.route.Arg {
		p.env.Swap(present.Route{Page: present.PagePatients, Arg: query}) // for whoever comes back
	}
	p.env.Go(to)
}

func (p *patients) register() {
	if p.list.CanRegister() {
		p.env.Go(p.list.Registers(p.search.Value()))
	}
}

// Key implements page.Page.
func (p *patients) Key(k kit.Key) bool {
	if k.Mod != 0 {
		return false
	}
	switch k.Name {
	case fyne.KeyF2, fyne.KeyInsert:
		p.register()
		return true
	case fyne.KeyEscape:
		if p.search.Text == "" {
			return false
		}
		p.search.SetText("")
		p.env.Window.Canvas().Focus(p.search)
		return true
	}
	return p.rows.Key(k.Name)
}

// Keys implements page.Keys.
func (p *patients) Keys() []page.KeyHelp {
	t := p.env.T
	out := []page.KeyHelp{{Key: "Enter", What: t("cards_key_open")}, {Key: t("cards_keys_move"), What: t("cards_key_move")}}
	if p.list.CanRegister() {
		out = append(out, page.KeyHelp{Key: "F2, Ins", What: t("cards_key_register"), Do: p.register})
	}
	return out
}

// Changed implements page.Refresher.
func (p *patients) Changed(tables []string) {
	if slices.ContainsFunc(tables, func(t string) bool { return slices.Contains(cardTables, t) }) {
		p.ask(true)
	}
}

// cardTables hold what the list shows.
var cardTables = []string{"patient", "former_name", "contact", "address", "document", "patient_link"}
