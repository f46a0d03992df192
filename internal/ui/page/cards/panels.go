package cards

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page/picker"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/cards"
)

// form is a panel with fields whose faults stand where they belong.
type form struct {
	c      *card
	layer  *kit.Layer
	fields map[string]*kit.Field
	main   *kit.Field // takes the faults that belong to no field
	save   func()
	other  func(kit.Key) bool // keys of the panel's own

	typed func() *model.Draft // what stands in the fields
	first *model.Draft        // and what stood there at first
	timer *time.Timer         // until what was typed is kept
}

func (c *card) newForm() *form {
	return &form{c: c, fields: map[string]*kit.Field{}}
}

// keptAfter is how long after a key what is typed is kept: within two seconds of it
// (R3.8).
const keptAfter = 1500 * time.Millisecond

// watch makes the form a draft: typed gives what stands in its fields. It is kept while
// one types and when the page is left with the panel open.
func (f *form) watch(typed func() *model.Draft, entries ...*kit.Entry) {
	f.typed, f.first, f.c.typing = typed, typed(), f
	for _, e := range entries {
		e.OnChanged = func(string) { f.touched() }
	}
}

func (f *form) touched() {
	f.c.env.Kept(true)
	if f.timer != nil {
		f.timer.Stop()
	}
	f.timer = time.AfterFunc(keptAfter, func() { fyne.Do(f.keep) })
}

// keep keeps what is typed now, beside the screen.
func (f *form) keep() {
	if f.c.typing != f {
		return
	}
	d, m := f.typed(), f.c.model
	kit.Load(f.c.env.Loader.Lasting(), "draft", func(ctx context.Context) (bool, error) { return true, m.Keep(ctx, d) }, func(_ bool, err error) {
		f.c.env.Fail(err)
		if err == nil && f.c.env.Loader.Context().Err() == nil {
			f.c.env.Kept(false)
		}
	})
}

// forget ends the draft: what was typed is saved, or given up by the user.
func (f *form) forget() {
	if f.c.typing != f {
		return
	}
	f.c.typing = nil
	if f.timer != nil {
		f.timer.Stop()
	}
	m := f.c.model
	kit.Load(f.c.env.Loader.Lasting(), "draft", func(ctx context.Context) (bool, error) { return true, m.Keep(ctx, nil) },
		func(bool, error) { f.c.env.Kept(false) })
}

// leave keeps at once what stands in an open panel.
func (c *card) leave() {
	f := c.typing
	if f == nil {
		return
	}
	c.typing = nil
	if f.timer != nil {
		f.timer.Stop()
	}
	d := f.typed()
	if reflect.DeepEqual(d, f.first) {
		return // only looked at
	}
	if err := c.model.Keep(context.WithoutCancel(c.env.Loader.Context()), d); err != nil {
		c.env.Fail(err)
	}
}

// resume opens the panel in which something was typed and not saved.
func (c *card) resume() {
	m := c.model
	kit.Load(c.env.Loader, "draft", func(ctx context.Context) (*model.Draft, error) { return m.Draft(ctx) },
		func(d *model.Draft, err error) {
			c.env.Fail(err)
			if d == nil || c.env.Layers.Open() {
				return
			}
			switch d.Panel {
			case panelAllergy:
				c.editAllergy(d.Record, d.Fields)
			case panelProblem:
				c.editProblem(d.Record, d.Fields)
			case panelMerge:
				c.openMerge(d)
			case panelAnnul:
				c.askAnnul(d.Fields["why"])
			}
		})
}

// The panels that keep drafts, by the names that drafts have.
const (
	panelAllergy = "allergy"
	panelProblem = "problem"
	panelMerge   = "merge"
	panelAnnul   = "annul"
)

// field adds a field under the names that faults call it by.
func (f *form) field(label string, input fyne.CanvasObject, names ...string) *kit.Field {
	x := kit.NewField(f.c.env.T(label), input)
	if f.main == nil {
		f.main = x
	}
	for _, n := range names {
		f.fields[n] = x
	}
	return x
}

// open shows the panel; Enter in a line and Ctrl+Enter anywhere save.
func (f *form) open(title string, width float32, focus fyne.Focusable, done string, rank kit.Rank, save func(), content ...fyne.CanvasObject) {
	f.save = save
	t := f.c.env.T
	col := kit.Inset(2, 2, 0, 2, kit.Col(8, content...))
	// Large letters in a small window: what finds no room is scrolled to.
	around := kit.Heading(title).MinSize().Height + kit.NewButton(done, nil).MinSize().Height + kit.Px(14+10+12+14+20)
	f.layer = f.c.env.Layers.Show(kit.Panel{
		Title: title, Content: container.NewVScroll(col), Width: width, Height: (col.MinSize().Height + around) / kit.Px(1), Focus: focus,
		Buttons: []fyne.CanvasObject{
			kit.NewButton(t("cards_cancel"), func() { f.layer.Close() }).Key("Esc"),
			kit.NewButton(t(done), func() { f.save() }).Ranked(rank).Key("Ctrl+Enter"),
		},
		Key: f.key, Closed: f.forget,
	})
}

func (f *form) key(k kit.Key) bool {
	if f.other != nil && f.other(k) {
		return true
	}
	switch k {
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		f.save()
		return true
	}
	return false
}

// failed shows a fault at its field, one of no field at the first.
func (f *form) failed(err error) {
	for _, x := range f.fields {
		x.Say(kit.Calm, "")
	}
	at := f.fields[present.At(err)]
	if at == nil {
		at = f.main
	}
	at.Say(kit.Wrong, f.c.env.Words.Fault(err))
}

// run saves beside the screen; the panel closes when that went through.
func (f *form) run(name string, do func(context.Context) (string, func(context.Context) error, error)) {
	f.c.work(name, do, f.failed)
}

// choice is a few answers of which one holds.
func choice(picks []model.Pick, code *string) *kit.Tabs {
	names, at := make([]string, len(picks)), -1
	for i, p := range picks {
		names[i] = p.Word
		if p.Code == *code {
			at = i
		}
	}
	return kit.NewChoice(names, at, func(i int) { *code = picks[i].Code })
}

// line is a field of one line with what is stored.
func line(text string) *kit.Entry {
	e := kit.NewEntry()
	e.SetText(text)
	e.CursorColumn = len([]rune(text))
	return e
}

func (c *card) date(text string) *kit.Date {
	d := kit.NewDate(c.env.T, string(c.env.Today())).Partial().Past()
	d.SetText(text)
	return d
}

// allergy opens the panel of an allergy; the zero id is a new one.
func (c *card) allergy(id clinic.ID) { c.editAllergy(id, nil) }

// editAllergy opens the panel with what a draft has.
func (c *card) editAllergy(id clinic.ID, draft map[string]string) {
	if !c.model.Can.Allergy {
		return
	}
	m, f, title := c.model.Allergy(id), c.newForm(), "cards_allergy_edit"
	m.Restore(draft)
	if m.New() {
		title = "cards_allergy_new"
	}
	substance, reaction, since := line(m.Substance), line(m.Reaction), c.date(m.Since)
	content := []fyne.CanvasObject{
		f.field("cards_allergy_substance", substance, "substance").Required(),
		f.field("cards_allergy_kind", choice(m.Kinds, &m.Kind), "kind"),
		kit.Columns(12, []float32{1, 0}, f.field("cards_allergy_reaction", reaction, "reaction"), f.field("cards_since", since, "since")),
		f.field("cards_allergy_severity", choice(m.Severities, &m.Severity), "severity"),
	}
	if !m.New() {
		content = append(content, f.field("cards_allergy_status", choice(m.States, &m.Status), "status"))
	}
	read := func() { m.Substance, m.Reaction, m.Since = substance.Value(), reaction.Value(), since.Value() }
	f.watch(func() *model.Draft {
		read()
		return &model.Draft{Panel: panelAllergy, Record: id, Fields: m.Fields()}
	}, substance, reaction, &since.Entry)
	f.open(c.env.T(title), 560, substance, "cards_save", kit.Primary, func() {
		read()
		f.run("allergy", func(ctx context.Context) (string, func(context.Context) error, error) {
			warning, undo, err := m.Save(ctx)
			if warning != "" {
				return c.env.T("cards_allergy_warns", "warning", warning), undo, err
			}
			return c.env.T("cards_allergy_saved"), undo, err
		})
	}, content...)
}

// problem opens the panel of a line of the problem list; the zero id is a new one.
func (c *card) problem(id clinic.ID) { c.editProblem(id, nil) }

// editProblem opens the panel with what a draft has.
func (c *card) editProblem(id clinic.ID, draft map[string]string) {
	if !c.model.Can.Problem {
		return
	}
	m, f, title := c.model.Problem(id), c.newForm(), "cards_problem_edit"
	m.Restore(draft)
	if m.New() {
		title = "cards_problem_new"
	}
	text, since, resolved := line(m.Text), c.date(m.Since), c.date(m.Resolved)
	pick := func() {
		query := ""
		if m.New() {
			query = text.Value()
		}
		picker.NewICD(c.env, func(code clinic.Coding) {
			m.Take(code)
			text.SetText(m.Text)
		}).Open(query)
	}
	f.other = func(k kit.Key) bool {
		if k == kit.Plain(fyne.KeyF4) {
			pick()
			return true
		}
		return false
	}
	button := kit.NewButton(c.env.T("cards_problem_pick"), pick).With("search").Key("F4")
	read := func() { m.Text, m.Since, m.Resolved = text.Value(), since.Value(), resolved.Value() }
	f.watch(func() *model.Draft {
		read()
		return &model.Draft{Panel: panelProblem, Record: id, Fields: m.Fields()}
	}, text, &since.Entry, &resolved.Entry)
	f.open(c.env.T(title), 600, text, "cards_save", kit.Primary, func() {
		read()
		f.run("problem", func(ctx context.Context) (string, func(context.Context) error, error) {
			undo, err := m.Save(ctx)
			return c.env.T("cards_problem_saved"), undo, err
		})
	},
		f.field("cards_problem_text", container.NewBorder(nil, nil, nil, kit.Inset(0, 0, 0, 8, button), text), "text", "code").Required(),
		f.field("cards_problem_status", choice(m.States, &m.Status), "status"),
		kit.Row(16, f.field("cards_since", kit.Row(0, since), "since"), f.field("cards_resolved", kit.Row(0, resolved), "resolved")),
	)
}

// annul asks why the card was a mistake; there is no way back.
func (c *card) annul() { c.askAnnul("") }

func (c *card) askAnnul(typed string) {
	if !c.model.Can.Annul {
		return
	}
	f, why, m := c.newForm(), line(typed), c.model
	f.watch(func() *model.Draft {
		return &model.Draft{Panel: panelAnnul, Fields: map[string]string{"why": why.Value()}}
	}, why)
	f.open(c.env.T("cards_annul_title", "number", m.Case), 560, why, "cards_annul", kit.Danger, func() {
		reason := why.Value()
		f.run("annul", func(ctx context.Context) (string, func(context.Context) error, error) {
			return c.env.T("cards_annulled", "number", m.Case), nil, m.Annul(ctx, reason)
		})
	}, kit.Prose(c.env.T("cards_annul_text")), f.field("cards_annul_why", why, "why").Required())
}
