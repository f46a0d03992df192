// Package templates is the pages of the templates of protocols: the list of what there
// is with the form beside it, and the editor of the clinic's own. Widgets, places and
// keys only; what they mean stands in present/templates.
package templates

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	protocolform "feldsher/internal/ui/page/protocolform"
	"feldsher/internal/ui/present"
	form "feldsher/internal/ui/present/protocolform"
	model "feldsher/internal/ui/present/templates"
)

// What a route's Arg says: the editor of a template, or of one that was never saved and
// whose draft the ID names. Anything else is the list, with the template of the ID chosen.
const (
	argEdit  = "edit"
	argDraft = "draft"
)

// New makes the page of a route.
func New(env *page.Env, r present.Route) page.Page {
	if r.Arg == argEdit || r.Arg == argDraft {
		return &editor{env: env, route: r}
	}
	return &listPage{env: env, first: r.ID, model: model.NewList(env.Session)}
}

// listPage is what there is, with the form of the chosen one beside it.
type listPage struct {
	env   *page.Env
	model *model.List
	first clinic.ID // to be chosen when it is there

	rows            *kit.Rows
	find            *kit.Entry
	langs           *kit.Tabs
	view            *fyne.Container
	scroll          *container.Scroll
	shown           clinic.ID
	edit, copy, off *kit.Button
}

// Title implements page.Page.
func (p *listPage) Title() string { return p.env.T("templates_title") }

// Content implements page.Page.
func (p *listPage) Content() fyne.CanvasObject {
	p.rows = kit.NewRows([]kit.Column{
		{Title: p.env.T("templates_column_title"), Width: 160, Grow: 1},
		{Title: p.env.T("templates_column_state"), Width: 146},
	}, p.cell).Tall(44).Empty(p.env.T("templates_none"))
	p.rows.OnMove = func(int) { p.show() }
	p.rows.OnOpen = func(int) { p.open() }
	p.rows.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDelete {
			p.drop()
			return true
		}
		return false
	}
	p.find = kit.NewEntry().Hint(p.env.T("templates_find"))
	p.find.OnChanged = func(s string) { p.model.SetQuery(s); p.filtered() }
	p.find.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyEscape && p.find.Text != "" {
			p.find.SetText("")
			return true
		}
		return ev.Name != fyne.KeyHome && ev.Name != fyne.KeyEnd && p.rows.Key(ev.Name)
	}
	langs := []string{"", "ru", "kk", "en"}
	p.langs = kit.NewChoice([]string{
		p.env.T("templates_all_languages"), p.env.T("templates_lang_ru"), p.env.T("templates_lang_kk"), p.env.T("templates_lang_en"),
	}, 0, func(i int) { p.model.SetLang(langs[i]); p.filtered() })
	p.scroll = container.NewVScroll(container.NewStack())
	p.view = container.NewStack(p.scroll)
	top := kit.Col(8, p.find, p.langs)
	left := container.NewBorder(kit.Inset(0, 16, 8, 16, top), nil, nil, nil, kit.Inset(0, 8, 8, 8, p.rows))
	right := container.NewBorder(kit.Inset(10, 16, 4, 16, kit.Caption(p.env.T("templates_preview"))), nil, nil, nil, p.view)
	body := kit.Panes(0, []float32{1.05, 1}, left, kit.Ground(kit.ColorSurface, right))
	return container.NewBorder(p.head(), nil, nil, nil, body)
}

func (p *listPage) head() fyne.CanvasObject {
	about := p.env.T("templates_about")
	if !p.model.May() {
		return kit.Head(p.Title(), p.env.T("templates_about_read"))
	}
	p.off = kit.NewButton(p.env.T("templates_off"), p.offer).With("hide").Key("F6").Ranked(kit.Quiet)
	p.copy = kit.NewButton(p.env.T("templates_copy"), p.duplicate).With("copy").Key("F3")
	p.edit = kit.NewButton(p.env.T("templates_edit"), p.open).With("edit").Key("Enter")
	add := kit.NewButton(p.env.T("templates_new"), p.add).With("add").Key("F2").Ranked(kit.Primary)
	return kit.Head(p.Title(), about, p.off, p.copy, p.edit, add)
}

func (p *listPage) cell(row, column int) kit.Cell {
	if row >= p.model.Len() {
		return kit.Cell{}
	}
	it := p.model.Item(row)
	color := fyne.ThemeColorName("")
	if !it.Active {
		color = kit.ColorMuted
	}
	if column == 0 {
		below := it.Lang
		if it.Speciality != "" {
			below = it.Speciality + " · " + it.Lang
		}
		return kit.Cell{Text: it.Title, Below: below, Color: color, Bold: !it.Builtin}
	}
	c := kit.Cell{Text: it.State, Color: kit.ColorMuted}
	switch {
	case it.Draft:
		c.Icon = "edit"
	case !it.Active:
		c.Icon = "hide"
	}
	return c
}

// Shown implements page.Page.
func (p *listPage) Shown() {
	p.env.Window.Canvas().Focus(p.rows.Focusable())
	p.load()
}

// Changed implements page.Refresher.
func (p *listPage) Changed(tables []string) {
	for _, t := range tables {
		if t == "template" {
			p.load()
			return
		}
	}
}

func (p *listPage) load() {
	kit.Load(p.env.Loader, "templates", p.model.Load, func(take func(), err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		at := p.first
		if at.IsZero() {
			at = p.shown
		}
		take()
		p.first, p.shown = clinic.ID{}, clinic.ID{}
		p.filtered()
		if i := p.model.At(at); i >= 0 {
			p.rows.Choose(i)
		}
		p.show()
	})
}

func (p *listPage) filtered() {
	p.rows.SetCount(p.model.Len())
	p.show()
}

func (p *listPage) item() (model.Item, bool) {
	if at := p.rows.At(); at < p.model.Len() {
		return p.model.Item(at), true
	}
	return model.Item{}, false
}

// show draws the form of the chosen template.
func (p *listPage) show() {
	it, ok := p.item()
	if !ok {
		p.shown = clinic.ID{}
		p.view.Objects = []fyne.CanvasObject{kit.Empty("template", p.env.T("templates_preview_empty"))}
		p.view.Refresh()
		return
	}
	p.buttons(it)
	if p.shown == it.ID {
		return
	}
	p.shown = it.ID
	t := p.model.Template(p.rows.At())
	m := form.New(p.env.Words, t.Fields, model.Defaults(t))
	p.scroll.Content = kit.Inset(4, 16, 16, 16, kit.Card(protocolform.New(p.env, m).Content()))
	p.scroll.Offset = fyne.Position{}
	p.view.Objects = []fyne.CanvasObject{p.scroll}
	p.scroll.Refresh()
	p.view.Refresh()
}

func (p *listPage) buttons(it model.Item) {
	if p.off == nil {
		return
	}
	word, icon := p.env.T("templates_off"), "hide"
	switch {
	case it.Fresh:
		word, icon = p.env.T("templates_drop"), "remove"
	case !it.Active:
		word, icon = p.env.T("templates_on"), "show"
	}
	p.off.Set(word, icon)
	able(p.edit, !it.Builtin)
	able(p.copy, !it.Fresh)
}

func able(b *kit.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// open goes to the editor; of a built-in template to that of its copy.
func (p *listPage) open() {
	it, ok := p.item()
	switch {
	case !ok || !p.model.May():
	case it.Builtin:
		p.duplicate()
	case it.Fresh:
		p.env.Go(present.Route{Page: present.PageTemplates, ID: it.ID, Arg: argDraft})
	default:
		p.env.Go(present.Route{Page: present.PageTemplates, ID: it.ID, Arg: argEdit})
	}
}

func (p *listPage) add() {
	p.begin(func(ctx context.Context) (*model.Editor, error) { return model.New(ctx, p.env.Session) })
}

func (p *listPage) duplicate() {
	if it, ok := p.item(); ok && !it.Fresh {
		p.begin(func(ctx context.Context) (*model.Editor, error) { return model.Copy(ctx, p.env.Session, it.ID) })
	}
}

// begin makes a new template and goes to its editor, which finds it by its draft.
func (p *listPage) begin(make func(context.Context) (*model.Editor, error)) {
	if !p.model.May() {
		return
	}
	kit.Load(p.env.Loader, "begin", make, func(e *model.Editor, err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		p.env.Go(present.Route{Page: present.PageTemplates, ID: e.Draft(), Arg: argDraft})
	})
}

// offer says whether the chosen template is offered; a draft that was never saved goes.
func (p *listPage) offer() {
	it, ok := p.item()
	switch {
	case !ok || !p.model.May():
	case it.Fresh:
		p.drop()
	default:
		p.setActive(it, !it.Active)
	}
}

func (p *listPage) setActive(it model.Item, on bool) {
	kit.Load(p.env.Loader, "active", func(ctx context.Context) (bool, error) { return on, p.model.SetActive(ctx, it.ID, on) },
		func(on bool, err error) {
			if err != nil {
				p.env.Fail(err)
				return
			}
			word := "templates_off_done"
			if on {
				word = "templates_on_done"
			}
			p.env.Done(p.env.T(word, "title", it.Title), func() { p.setActive(it, !on) })
			p.load()
		})
}

// drop throws the chosen draft away.
func (p *listPage) drop() {
	it, ok := p.item()
	if !ok || !it.Draft || !p.model.May() {
		return
	}
	kit.Load(p.env.Loader, "drop", func(ctx context.Context) (func(context.Context) error, error) { return p.model.Drop(ctx, it.ID) },
		func(undo func(context.Context) error, err error) {
			if err != nil {
				p.env.Fail(err)
				return
			}
			p.env.Done(p.env.T("templates_drop_done", "title", it.Title), func() {
				kit.Load(p.env.Loader, "drop", func(ctx context.Context) (bool, error) { return true, undo(ctx) },
					func(_ bool, err error) { p.env.Fail(err); p.load() })
			})
			p.load()
		})
}

// Key implements page.Page.
func (p *listPage) Key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyF2):
		p.add()
	case kit.Plain(fyne.KeyF3):
		p.duplicate()
	case kit.Plain(fyne.KeyF6):
		p.offer()
	case kit.Ctrl(fyne.KeyF):
		p.env.Window.Canvas().Focus(p.find)
	default:
		return false
	}
	return true
}

// Keys implements page.Keys.
func (p *listPage) Keys() []page.KeyHelp {
	return []page.KeyHelp{
		{Key: "F2", What: p.env.T("templates_key_new"), Do: p.add},
		{Key: "F3", What: p.env.T("templates_key_copy"), Do: p.duplicate},
		{Key: "Enter", What: p.env.T("templates_key_open"), Do: p.open},
		{Key: "F6", What: p.env.T("templates_key_offer"), Do: p.offer},
		{Key: "Delete", What: p.env.T("templates_key_remove")},
		{Key: "Ctrl+F", What: p.env.T("templates_find"), Do: func() { p.env.Window.Canvas().Focus(p.find) }},
	}
}

// Leave implements page.Page.
func (p *listPage) Leave() {}
