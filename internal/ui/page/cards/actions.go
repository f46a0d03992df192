package cards

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/vitals"
	"feldsher/internal/ui/present"
)

// action is something that the user does with a card, by key or button.
type action struct {
	key   fyne.KeyName
	shown string // the key as it is printed
	word  string // key of translations
	help  string
	icon  string
	rank  kit.Rank
	rest  bool // stands under «Ещё»
	may   bool
	do    func()
}

// actions lists what can be done with the card; may says whether this user may now.
func (c *card) actions() []action {
	can, id := c.model.Can, c.model.Patient().ID
	return []action{
		{fyne.KeyF3, "F3", "cards_new_visit", "cards_key_visit", "visit", kit.Primary, false, can.Visit, func() {
			c.env.Go(present.Route{Page: present.PageVisit, ID: id, Arg: "new"})
		}},
		{fyne.KeyF4, "F4", "cards_book", "cards_key_book", "calendar", kit.Normal, false, can.Book, func() {
			c.env.Go(present.Route{Page: present.PageToday, ID: id})
		}},
		{fyne.KeyF2, "F2", "cards_edit", "cards_key_edit", "edit", kit.Normal, false, can.Edit, func() {
			c.env.Go(present.Route{Page: present.PageRegistration, ID: id})
		}},
		{fyne.KeyF5, "F5", "cards_add_allergy", "cards_key_allergy", "allergy", kit.Normal, true, can.Allergy, func() { c.allergy(clinic.ID{}) }},
		{fyne.KeyF6, "F6", "cards_add_problem", "cards_key_problem", "heart", kit.Normal, true, can.Problem, func() { c.problem(clinic.ID{}) }},
		{fyne.KeyF11, "F11", "cards_trend", "cards_key_trend", "trend", kit.Normal, true, can.Care, func() { c.trend("") }},
		{fyne.KeyF7, "F7", "cards_merge", "cards_key_merge", "merge", kit.Normal, true, can.Merge, c.merge},
		{fyne.KeyF8, "F8", "cards_photo", "cards_key_photo", "photo", kit.Normal, true, can.Photo, c.photo},
		{fyne.KeyInsert, "Ins", "cards_add_file", "cards_add_file", "attach", kit.Normal, true, can.Allergy, c.attach},
		{fyne.KeyF9, "F9", "cards_annul", "cards_key_annul", "forbidden", kit.Normal, true, can.Annul, c.annul},
	}
}

// buttons are those of the bar: the three that a day is made of, and the rest behind
// one.
func (c *card) buttons() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	rest := false
	for _, a := range c.actions() {
		switch {
		case !a.may:
		case a.rest:
			rest = true
		default:
			out = append(out, kit.NewButton(c.env.T(a.word), a.do).With(a.icon).Key(a.shown).Ranked(a.rank))
		}
	}
	if rest || len(c.model.Merged()) > 0 {
		out = append(out, kit.NewButton(c.env.T("cards_more_menu"), c.more).Key("F10"))
	}
	return out
}

// more shows what is done seldom.
func (c *card) more() {
	var layer *kit.Layer
	shut := func(do func()) func() { return func() { layer.Close(); do() } }
	col := kit.Col(6)
	var first *kit.Button
	add := func(b *kit.Button) {
		if first == nil {
			first = b
		}
		col.Add(b)
	}
	var listed []action
	for _, a := range c.actions() {
		if a.may && a.rest {
			listed = append(listed, a)
			add(kit.NewButton(c.env.T(a.word), shut(a.do)).With(a.icon).Key(a.shown))
		}
	}
	if c.model.Can.Merge {
		for i, p := range c.model.Merged() {
			add(kit.NewButton(c.env.T("cards_part", "number", p.CaseNumber), shut(func() { c.part(i) })).With("unlink"))
		}
	}
	if first == nil {
		return
	}
	layer = c.env.Layers.Show(kit.Panel{
		Title: c.env.T("cards_more_menu"), Content: col, Width: 340, Focus: first,
		Key: func(k kit.Key) bool {
			for _, a := range listed {
				if k == kit.Plain(a.key) {
					shut(a.do)()
					return true
				}
			}
			return false
		},
	})
}

// Keys implements page.Keys.
func (c *card) Keys() []page.KeyHelp {
	t := c.env.T
	out := []page.KeyHelp{{Key: "Ctrl+1…7", What: t("cards_key_tabs")}}
	if c.model == nil {
		return out
	}
	for _, a := range c.actions() {
		if a.may {
			out = append(out, page.KeyHelp{Key: a.shown, What: t(a.help), Do: a.do})
		}
	}
	return out
}

// work runs a change beside the screen; the page is read again when it is done.
func (c *card) work(name string, do func(context.Context) (string, func(context.Context) error, error), failed func(error)) {
	type done struct {
		text string
		undo func(context.Context) error
	}
	kit.Load(c.env.Loader.Lasting(), name, func(ctx context.Context) (done, error) {
		text, undo, err := do(ctx)
		return done{text, undo}, err
	}, func(d done, err error) {
		if err != nil {
			failed(err)
			return
		}
		c.history = nil
		c.env.Layers.CloseAll()
		if d.undo == nil {
			c.env.Done(d.text, nil)
		} else {
			c.env.Done(d.text, func() { c.undo(d.undo) })
		}
		c.load()
	})
}

// undo takes a change back, also where the page has been left since.
func (c *card) undo(back func(context.Context) error) {
	kit.Load(c.env.Loader.Lasting(), "undo", func(ctx context.Context) (bool, error) { return true, back(ctx) },
		func(_ bool, err error) {
			c.env.Fail(err)
			c.history = nil
			c.load()
		})
}

// trend shows how the vital signs went over time, the one with the key first.
func (c *card) trend(sign string) {
	chart := c.model.Chart()
	vitals.OpenOf(c.env, &chart.Patient, chart.Visits, chart.Observations, sign)
}

// part parts a merged card.
func (c *card) part(i int) {
	m := c.model
	c.work("part", func(ctx context.Context) (string, func(context.Context) error, error) {
		undo, err := m.Part(ctx, i)
		return c.env.T("cards_parted"), undo, err
	}, c.env.Fail)
}
