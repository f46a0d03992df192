package templates

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/fault"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	protocolform "feldsher/internal/ui/page/protocolform"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/templates"
)

// editor is one template of the clinic's own: at the left what it is called and its
// fields, in the middle the field at hand, at the right the form as a doctor sees it.
type editor struct {
	env   *page.Env
	route present.Route
	model *model.Editor // nil until it is read

	place        *fyne.Container // all of it, empty until it is read
	notice       *fyne.Container
	title, about *kit.Text
	name         *kit.Field
	rows         *kit.Rows
	head         []*kit.Entry // title and speciality
	langs        *kit.Tabs
	field        *fieldForm
	preview      *container.Scroll
}

// Title implements page.Page.
func (p *editor) Title() string { return p.env.T("templates_title") }

// Content implements page.Page.
func (p *editor) Content() fyne.CanvasObject {
	p.place = container.NewStack()
	return p.place
}

// Shown implements page.Page.
func (p *editor) Shown() {
	if p.model != nil {
		return
	}
	kit.Load(p.env.Loader, "template", func(ctx context.Context) (*model.Editor, error) {
		if p.route.Arg == argDraft {
			return model.Resume(ctx, p.env.Session, p.route.ID)
		}
		return model.Open(ctx, p.env.Session, p.route.ID)
	}, func(e *model.Editor, err error) {
		if err != nil {
			p.gone(err)
			return
		}
		p.model = e
		p.build()
		e.OnDraft(func(err error) {
			fyne.Do(func() {
				p.env.Kept(err != nil)
				p.env.Fail(err)
			})
		})
		p.env.Window.Canvas().Focus(p.first())
	})
}

// first is where the cursor stands when the page is opened: in the title of a new
// template, else in its fields.
func (p *editor) first() fyne.Focusable {
	if p.model.Fresh() {
		return p.head[0]
	}
	return p.rows.Focusable()
}

// gone says that there is nothing to edit here any more.
func (p *editor) gone(err error) {
	word := p.env.Words.Fault(err)
	if fault.Is(err, fault.NotFound) {
		word = p.env.T("templates_gone")
	}
	back := kit.NewButton(p.env.T("templates_to_list"), p.toList).Ranked(kit.Primary)
	p.place.Objects = []fyne.CanvasObject{kit.Empty("template", word, back)}
	p.place.Refresh()
	p.env.Window.Canvas().Focus(back)
}

func (p *editor) toList() { p.env.Swap(present.Route{Page: present.PageTemplates}) }

func (p *editor) build() {
	p.title, p.about = kit.Title("").Cut(80), kit.Muted("").Cut(80)
	discard := kit.NewButton(p.env.T("templates_discard"), p.discard).Ranked(kit.Quiet).With("undo")
	save := kit.NewButton(p.env.T("templates_save"), p.save).Ranked(kit.Primary).With("save").Key("Ctrl+S")
	head := kit.Inset(10, 16, 8, 16, container.NewBorder(nil, nil, nil, kit.Row(8, discard, save), kit.Col(0, p.title, p.about)))
	p.notice = container.NewStack()
	p.field = newFieldForm(p)
	p.preview = container.NewScroll(kit.Space(1, 1)) // to both sides: large letters need more than a third of the page
	right := container.NewBorder(kit.Inset(10, 16, 4, 16, kit.Caption(p.env.T("templates_preview"))), nil, nil, nil, p.preview)
	about := p.whole()
	body := kit.Panes(0, nil, p.left(), kit.Inset(0, 8, 0, 8, p.field.place), kit.Ground(kit.ColorSurface, right))
	p.place.Objects = []fyne.CanvasObject{container.NewBorder(kit.Col(0, head, p.notice, about), nil, nil, nil, body)}
	p.place.Refresh()
	p.redraw()
}

// whole is what the template as a whole is: title, speciality, language.
func (p *editor) whole() fyne.CanvasObject {
	t := p.model.Template()
	name := kit.NewEntry()
	name.Limit = 200
	name.SetText(t.Title)
	name.OnChanged = func(s string) { p.model.SetTitle(s); p.changed() }
	p.name = kit.NewField(p.env.T("templates_name"), name).Required()
	speciality := kit.NewEntry()
	speciality.Limit = 200
	speciality.SetText(t.Speciality)
	speciality.OnChanged = func(s string) { p.model.SetSpeciality(s); p.changed() }
	p.head = []*kit.Entry{name, speciality}
	codes := []string{"ru", "kk", "en"}
	names, at := make([]string, len(codes)), -1
	for i, c := range codes {
		names[i] = p.env.T("templates_lang_" + c)
		if c == t.Lang {
			at = i
		}
	}
	p.langs = kit.NewChoice(names, at, func(i int) { p.model.SetLang(codes[i]); p.changed() })
	return kit.Inset(0, 16, 0, 16, kit.Columns(14, []float32{3, 2, 0}, p.name,
		kit.NewField(p.env.T("templates_speciality"), speciality), kit.NewField(p.env.T("templates_language"), p.langs)))
}

// left is the list of fields with what can be done to them.
func (p *editor) left() fyne.CanvasObject {
	p.rows = kit.NewRows([]kit.Column{{Grow: 1}}, p.cell).Tall(44).Empty(p.env.T("templates_fields_empty"))
	p.rows.OnMove = func(i int) { p.model.Choose(i); p.field.show() }
	p.rows.OnOpen = func(int) { p.field.focus("label") }
	p.rows.OnKey = p.listKey
	small := func(word, icon, key string, do func()) fyne.CanvasObject {
		return kit.NewButton(word, do).Small().With(icon).Key(key)
	}
	tools := kit.Columns(6, nil,
		kit.Col(4, small(p.env.T("templates_add"), "add", "F2", func() { p.add("longtext") }),
			small(p.env.T("templates_duplicate"), "copy", "Ctrl+D", p.duplicate), small(p.env.T("templates_up"), "up", p.env.T("templates_keys_up"), func() { p.move(-1) })),
		kit.Col(4, small(p.env.T("templates_add_heading"), "add", "F3", func() { p.add("heading") }),
			small(p.env.T("templates_remove"), "remove", "Del", p.remove), small(p.env.T("templates_down"), "down", p.env.T("templates_keys_down"), func() { p.move(1) })),
	)
	top := kit.Heading(p.env.T("templates_fields"))
	return container.NewBorder(kit.Inset(8, 8, 4, 16, top), kit.Inset(6, 8, 10, 16, tools), nil, nil, kit.Inset(0, 8, 0, 8, p.rows))
}

func (p *editor) cell(row, _ int) kit.Cell {
	if row >= p.model.Len() {
		return kit.Cell{}
	}
	f := p.model.Field(row)
	c := kit.Cell{Text: f.Label, Below: f.Detail, Bold: f.Heading}
	if f.Fault != "" {
		c.Icon, c.Color, c.Below = "error", kit.Wrong.Color(), f.Fault
	}
	return c
}

// listKey is a key in the list of fields.
func (p *editor) listKey(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDelete:
		p.remove()
	case fyne.KeyRight:
		p.field.focus("label")
	default:
		return false
	}
	return true
}

// followAfter is how long after a letter the preview follows: drawing a long form anew
// costs more than a letter may.
const followAfter = 250 * time.Millisecond

// changed shows what a key of the page has changed, but for the field that it was typed
// in; the preview follows when there is a pause.
func (p *editor) changed() {
	p.env.Kept(true)
	p.words()
	p.rows.Redraw()
	kit.Later(p.env.Loader, "preview", followAfter, p.draw)
}

// redraw shows all of it anew, after a step that moved fields.
func (p *editor) redraw() {
	p.rows.SetCount(p.model.Len())
	p.rows.Choose(max(p.model.At(), 0))
	p.rows.Redraw()
	t := p.model.Template()
	for i, s := range []string{t.Title, t.Speciality} {
		if p.head[i].Text != s {
			p.head[i].SetText(s)
		}
	}
	p.field.show()
	p.words()
	p.draw()
}

// words tells what the template is and what is wrong with it as a whole.
func (p *editor) words() {
	t := p.model.Template()
	title := t.Title
	if title == "" {
		title = p.env.T("templates_new_title")
	}
	p.title.Set(title)
	about := p.env.T("templates_new_about")
	if v := p.model.Version(); !p.model.Fresh() {
		about = p.env.T("templates_version_title", "version", v, "next", v+1)
	}
	p.about.Set(about)
	p.name.Say(kit.Wrong, p.model.Word("title"))
	p.field.words()
	var over []fyne.CanvasObject
	if p.model.Stale() {
		keep := kit.NewButton(p.env.T("templates_as_copy"), p.asCopy).Small().Ranked(kit.Primary)
		over = append(over, kit.Inset(0, 16, 8, 16, kit.Notice(kit.Warn, p.env.T("templates_stale"), keep)))
	} else if word := p.model.Word("fields"); word != "" {
		over = append(over, kit.Inset(0, 16, 8, 16, kit.Notice(kit.Wrong, word)))
	}
	if len(over) > 0 || len(p.notice.Objects) > 0 {
		p.notice.Objects = over
		p.notice.Refresh()
	}
}

// draw shows the form as it is now.
func (p *editor) draw() {
	p.preview.Content = kit.Inset(4, 16, 16, 16, kit.Card(protocolform.New(p.env, p.model.Preview()).Content()))
	p.preview.Refresh()
}

// Key implements page.Page.
func (p *editor) Key(k kit.Key) bool {
	if p.model == nil {
		return false
	}
	switch k {
	case kit.Ctrl(fyne.KeyS):
		p.save()
	case kit.Plain(fyne.KeyF2):
		p.add("longtext")
	case kit.Plain(fyne.KeyF3):
		p.add("heading")
	case kit.Ctrl(fyne.KeyD):
		p.duplicate()
	case kit.Ctrl(fyne.KeyUp):
		p.move(-1)
	case kit.Ctrl(fyne.KeyDown):
		p.move(1)
	case kit.Ctrl(fyne.KeyZ):
		p.travel(p.model.Undo)
	case kit.Ctrl(fyne.KeyY), kit.CtrlShift(fyne.KeyZ):
		p.travel(p.model.Redo)
	case kit.Plain(fyne.KeyEscape):
		if p.rows.Focused() {
			return false
		}
		p.env.Window.Canvas().Focus(p.rows.Focusable())
	default:
		return false
	}
	return true
}

// Keys implements page.Keys.
func (p *editor) Keys() []page.KeyHelp {
	return []page.KeyHelp{
		{Key: "F2", What: p.env.T("templates_key_new"), Do: func() { p.add("longtext") }},
		{Key: p.env.T("templates_keys_up") + ", " + p.env.T("templates_keys_down"), What: p.env.T("templates_key_move")},
		{Key: "Ctrl+D", What: p.env.T("templates_key_duplicate"), Do: p.duplicate},
		{Key: "Delete", What: p.env.T("templates_key_remove"), Do: p.remove},
		{Key: "Ctrl+Z", What: p.env.T("templates_key_undo"), Do: func() { p.travel(p.model.Undo) }},
		{Key: "Ctrl+Y", What: p.env.T("templates_key_redo"), Do: func() { p.travel(p.model.Redo) }},
		{Key: "Ctrl+S", What: p.env.T("templates_key_save"), Do: p.save},
	}
}

// Leave implements page.Page.
func (p *editor) Leave() {
	if p.model == nil {
		return
	}
	p.model.Stop()
	p.env.Fail(p.model.KeepDraft(context.Background()))
}
