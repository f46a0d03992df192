package setup

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/setup"
)

// panelWidth is that of the form beside a list, before scaling.
const panelWidth = 400

// list is a section of lines, each of which is changed in a panel at its right.
type list struct {
	p      *Page
	env    *page.Env
	about  model.Section
	model  model.List
	tables []string // that it shows
	words  words
	extra  []fyne.CanvasObject // buttons before the one that adds
	above  fyne.CanvasObject   // between head and lines; may be nil
	ask    func(row int) (title, text string)
	more   func(kit.Key) bool // further keys
	help   []page.KeyHelp
	narrow bool // the panel takes the place of the lines, as in a narrow list
	moved  func(row int)
	loaded func() // is told that the lines are new
	stored func() // is told that a line was changed here
	advise func(*model.Form)
	opens  func(row int) bool // instead of the form; true means done

	rows    *kit.Rows
	buttons *fyne.Container // of the head: gone while a form is open
	panel   *fyne.Container
	inner   fyne.CanvasObject // what the panel covers where it is narrow
	form    *form
	again   bool // the draft was looked at
	saving  bool // a form is on its way
}

// words of a list's buttons.
type words struct{ add, remove string }

func (l *list) content() fyne.CanvasObject {
	l.build()
	buttons := slices.Clone(l.extra)
	if l.model.New() != nil {
		buttons = append(buttons, kit.NewButton(l.words.add, l.add).Ranked(kit.Primary).With("add").Key("F2"))
	}
	l.buttons = kit.Row(8, buttons...)
	head := kit.Head(l.about.Word, l.about.About, l.buttons)
	if l.above != nil {
		head = kit.Col(0, head, kit.Inset(0, 16, 8, 16, l.above))
	}
	main := container.NewBorder(head, nil, nil, nil, kit.Inset(0, 8, 8, 8, l.rows))
	if !roomy(l.env, panelWidth+560) { // the form takes the place of the lines
		l.narrow, l.inner = true, main
		return container.NewStack(main, l.panel)
	}
	return kit.Panes(0, []float32{1, 0}, main, l.panel)
}

// build makes lines and panel.
func (l *list) build() {
	columns := l.model.Columns()
	head := make([]kit.Column, len(columns))
	for i, c := range columns {
		head[i] = kit.Column{Title: c.Title, Width: c.Width, Grow: c.Grow, Right: c.Right}
	}
	l.rows = kit.NewRows(head, func(row, column int) kit.Cell {
		if row >= l.model.Len() {
			return kit.Cell{}
		}
		c := l.model.Cell(row, column)
		out := kit.Cell{Text: c.Text, Below: c.Below, Icon: c.Icon, Bold: c.Bold}
		if c.Muted {
			out.Color = kit.ColorMuted
		}
		return out
	}).Tall(44)
	l.rows.OnOpen = l.edit
	l.rows.OnMove = l.moved
	l.rows.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDelete {
			l.remove()
			return true
		}
		return false
	}
	l.panel = container.NewStack()
	l.panel.Hide()
}

func (l *list) shown() { l.load(nil) }

func (l *list) enter() { l.env.Window.Canvas().Focus(l.rows.Focusable()) }

func (l *list) changed(tables []string) {
	if slices.ContainsFunc(tables, func(t string) bool { return slices.Contains(l.tables, t) }) {
		l.load(nil)
	}
}

// load reads the lines anew.
func (l *list) load(then func()) {
	kit.Load(l.env.Loader, "list "+l.about.Name, l.model.Load, func(take func(), err error) {
		if err != nil {
			l.env.Fail(err)
			return
		}
		take()
		l.redraw()
		l.restore()
		if l.loaded != nil {
			l.loaded()
		}
		if then != nil {
			then()
		}
	})
}

func (l *list) redraw() {
	l.rows.Empty(l.model.Empty())
	l.rows.SetCount(l.model.Len())
}

// restore opens the form that was left half filled in.
func (l *list) restore() {
	if l.again || l.p.draft == "" {
		return
	}
	section, id, ok := model.DraftOf(l.p.draft)
	if !ok {
		return
	}
	f := l.model.New()
	for row := 0; row < l.model.Len() && !id.IsZero(); row++ {
		if g := l.model.Edit(row); g != nil && g.ID == id {
			f = g
		}
	}
	if f == nil || f.Section != section || !f.Restore(l.p.draft) {
		return
	}
	l.again = true
	f.Notice = l.env.T("setup_draft_back")
	l.open(f)
}

func (l *list) add() {
	if f := l.model.New(); f != nil {
		l.open(f)
	}
}

func (l *list) edit(row int) {
	if l.opens != nil && l.opens(row) {
		return
	}
	if f := l.model.Edit(row); f != nil {
		l.open(f)
	}
}

// open shows a form in the panel.
func (l *list) open(f *model.Form) {
	l.form = newForm(l.env, f, func() { l.p.keeper.Typed(f) })
	l.form.advise = l.advise
	save := kit.NewButton(l.env.T("setup_save"), l.save).Ranked(kit.Primary).With("check").Key("Ctrl+Enter")
	shut := kit.NewButton(l.env.T("setup_cancel"), l.cancel).Key("Esc")
	foot := kit.Col(0, kit.Line(), kit.Inset(10, 14, 10, 16, kit.Right(8, shut, save)))
	body := container.NewBorder(kit.Inset(14, 14, 8, 16, kit.Heading(f.Title).Cut(100)), foot, nil, nil, l.form.scroll())
	inside := kit.Ground(kit.ColorSurface, body)
	if !l.narrow {
		inside = kit.Fixed(panelWidth, 0, inside)
	}
	l.panel.Objects = []fyne.CanvasObject{inside}
	l.panel.Show()
	if l.inner != nil {
		l.inner.Hide()
	}
	if l.buttons != nil {
		l.buttons.Hide()
	}
	l.panel.Refresh()
	l.relay()
	if l.form.first != nil {
		l.env.Window.Canvas().Focus(l.form.first)
	}
}

// relay lays the page out anew after the panel came or went.
func (l *list) relay() {
	if c := l.env.Window.Content(); c != nil {
		c.Refresh()
	}
}

// close takes the panel away and gives the keys back to the lines.
func (l *list) close() {
	l.form = nil
	l.panel.Hide()
	l.panel.RemoveAll()
	if l.inner != nil {
		l.inner.Show()
	}
	if l.buttons != nil {
		l.buttons.Show()
	}
	l.relay()
	l.enter()
}

// cancel closes the form without saving; what was typed can be had back.
func (l *list) cancel() {
	f := l.form.model
	changed := l.p.keeper.Dirty()
	l.p.keeper.Forget()
	l.close()
	if changed {
		l.env.Say(page.Message{Tone: kit.Calm, Text: l.env.T("setup_thrown"), Action: l.env.T("setup_bring_back"), Do: func() {
			l.open(f)
			l.p.keeper.Typed(f)
		}})
	}
}

func (l *list) save() {
	if l.form == nil || l.saving {
		return
	}
	l.saving = true
	v := l.form
	sent := v.model.Copy()
	kit.Load(l.env.Loader, "save", func(ctx context.Context) (model.Done, error) {
		return l.model.Save(context.WithoutCancel(ctx), sent)
	}, func(d model.Done, err error) {
		l.saving = false
		v.model.Blame(l.env.Words, err)
		if err != nil {
			v.tell()
			v.toFault()
			return
		}
		l.p.keeper.Forget()
		l.close()
		l.done(d)
	})
}

// done says what was done, with the way back, and shows it.
func (l *list) done(d model.Done) {
	var undo func()
	if d.Undo != nil {
		undo = func() {
			kit.Load(l.env.Loader, "undo", func(ctx context.Context) (struct{}, error) {
				return struct{}{}, d.Undo(context.WithoutCancel(ctx))
			}, func(_ struct{}, err error) {
				if err != nil {
					l.env.Fail(err)
					return
				}
				l.env.Done(l.env.T("setup_undone"), nil)
				l.reload()
			})
		}
	}
	l.env.Done(d.Text, undo)
	l.reload()
}

// reload shows what was changed here.
func (l *list) reload() {
	l.load(nil)
	if l.stored != nil {
		l.stored()
	}
}

// remove takes the chosen line away; what can't be undone is asked first.
func (l *list) remove() {
	row := l.rows.At()
	if l.form != nil || !l.model.CanRemove(row) {
		return
	}
	work := l.model.Remove(row)
	act := func() {
		kit.Load(l.env.Loader, "remove", func(ctx context.Context) (model.Done, error) {
			return work(context.WithoutCancel(ctx))
		}, func(d model.Done, err error) {
			if err != nil {
				l.env.Fail(err)
				return
			}
			l.done(d)
		})
	}
	if l.ask == nil {
		act()
		return
	}
	title, text := l.ask(row)
	l.env.Layers.Ask(title, text, l.words.remove, l.env.T("setup_cancel"), kit.Danger, act)
}

func (l *list) key(k kit.Key) bool {
	switch {
	case l.form != nil && (k == kit.Ctrl(fyne.KeyReturn) || k == kit.Ctrl(fyne.KeyEnter) || k == kit.Ctrl(fyne.KeyS)):
		l.save()
	case l.form != nil && k == kit.Plain(fyne.KeyEscape):
		l.cancel()
	case l.form != nil && l.form.key(k):
	case l.form == nil && k == kit.Plain(fyne.KeyF2) && l.model.New() != nil:
		l.add()
	case l.more != nil && l.more(k):
	default:
		return false
	}
	return true
}

func (l *list) keys() []page.KeyHelp {
	t := l.env.T
	out := []page.KeyHelp{{Key: "Enter", What: t("setup_key_edit")}}
	if l.model.New() != nil {
		out = append(out, page.KeyHelp{Key: "F2", What: l.words.add, Do: l.add})
	}
	if l.words.remove != "" {
		out = append(out, page.KeyHelp{Key: "Delete", What: l.words.remove})
	}
	out = append(out, page.KeyHelp{Key: "Ctrl+Enter", What: t("setup_key_save")})
	return append(out, l.help...)
}
