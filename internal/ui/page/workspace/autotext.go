package workspace

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// editAutotext shows the doctor's shortcuts as a panel in which they are changed.
func (p *Page) editAutotext() {
	if p.w == nil {
		return
	}
	var list []model.Shortcut
	short, text := kit.NewEntry(), kit.NewEntry()
	short.Limit, text.Limit = 20, 1000
	rows := kit.NewRows([]kit.Column{{Title: p.env.T("visit_autotext_short_label"), Width: 90}, {Title: p.env.T("visit_autotext_text_label"), Grow: 1}, {Width: 60}},
		func(row, column int) kit.Cell {
			s := &list[row]
			switch column {
			case 0:
				return kit.Cell{Text: s.Short, Bold: true}
			case 1:
				return kit.Cell{Text: s.Text}
			}
			if s.Own {
				return kit.Cell{Text: p.env.T("visit_autotext_own"), Color: kit.ColorMuted}
			}
			return kit.Cell{}
		})
	show := func() {
		list = p.w.Autotext().List()
		rows.SetCount(len(list))
		rows.Redraw()
	}
	rows.OnOpen = func(i int) {
		short.SetText(list[i].Short)
		text.SetText(list[i].Text)
		p.env.Window.Canvas().Focus(text)
	}
	shortField := kit.NewField(p.env.T("visit_autotext_short_label"), kit.Fixed(110, 0, short))
	save := func() {
		s, sentence := short.Text, text.Text
		kit.Load(p.env.Loader.Lasting(), "visit.autotext", func(ctx context.Context) (string, error) { return p.w.SetShortcut(ctx, s, sentence) },
			func(wrong string, err error) {
				if err != nil {
					p.env.Fail(err)
					return
				}
				shortField.Say(kit.Wrong, wrong)
				if wrong == "" {
					short.SetText("")
					text.SetText("")
					p.env.Window.Canvas().Focus(short)
					show()
				}
			})
	}
	text.OnSubmitted = func(string) { save() }
	show()
	var layer *kit.Layer
	edit := kit.Columns(10, []float32{0, 1}, shortField, kit.NewField(p.env.T("visit_autotext_text_label"), text))
	layer = p.env.Layers.Show(kit.Panel{
		Title: p.env.T("visit_autotext"), Width: 720, Height: 540, Focus: short,
		Content: kit.Edges(kit.Col(4, kit.Prose(p.env.T("visit_autotext_about")), edit), nil, nil, nil, rows),
		Buttons: []fyne.CanvasObject{
			kit.NewButton(p.env.T("visit_autotext_close"), func() { layer.Close() }).Key("Esc"),
			kit.NewButton(p.env.T("visit_autotext_save"), save).Ranked(kit.Primary).Key("Enter"),
		},
		Closed: func() { p.side.ask(p.field, p.typed()) },
	})
}
