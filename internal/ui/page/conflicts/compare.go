package conflicts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/conflicts"
)

// compare shows two versions side by side.
func (p *Page) compare(s *model.Sheet) fyne.CanvasObject {
	title := kit.Col(2, p.heading(s))
	if s.Whose != "" {
		title.Add(kit.NewText(s.Whose).Bold().Cut(100))
	}
	if s.About != "" {
		title.Add(kit.Muted(s.About).Cut(100))
	}
	tone := kit.Calm
	if s.Marks {
		tone = kit.Warn
	}
	body := kit.Col(8, title, kit.Notice(tone, s.Note), kit.Space(1, 2))
	if len(s.Sides) > 1 {
		body.Add(pair(side(s.Sides[s.Left], "1", s.Settles), side(s.Sides[s.Right], "2", s.Settles)))
	}
	same := kit.Col(4)
	for _, f := range s.Fields() {
		if f.Same {
			same.Add(alike(f))
		} else {
			body.Add(p.field(f))
		}
	}
	if len(same.Objects) > 0 {
		body.Add(kit.Inset(6, 0, 0, 0, kit.Caption(p.env.T("conflicts_same"))))
		body.Add(same)
	}
	p.scroll = container.NewVScroll(kit.Inset(4, 16, 12, 16, body))
	return container.NewBorder(nil, p.feet(s), nil, nil, p.scroll)
}

// heading is what is in conflict, and the way to where it stands.
func (p *Page) heading(s *model.Sheet) fyne.CanvasObject {
	if s.Route.Page == "" {
		return kit.Heading(s.Title).Cut(100)
	}
	open := kit.NewButton(p.env.T("conflicts_goto"), p.follow).Ranked(kit.Quiet).Small().With("card").Key("F3")
	return container.NewBorder(nil, nil, nil, open, kit.Heading(s.Title).Cut(100))
}

// pair puts left and right beside each other.
func pair(left, right fyne.CanvasObject) fyne.CanvasObject {
	return kit.Columns(14, []float32{1, 1}, left, right)
}

// side says whose version it is and when it was written.
func side(s model.Side, key string, settles bool) fyne.CanvasObject {
	tone, icon := kit.Calm, "edit"
	switch {
	case s.Present:
		tone, icon = kit.Good, "check"
	case s.Void:
		tone, icon = kit.Warn, "history"
	}
	head := kit.Row(8, kit.Chip(tone, icon, s.Title))
	if settles {
		head.Add(kit.Caption(key))
	}
	return kit.Col(2, head, kit.NewText(s.Who).Bold().Cut(60), kit.Caption(s.When).Cut(60))
}

// field is a column in which the versions differ.
func (p *Page) field(f model.Field) fyne.CanvasObject {
	label := kit.Row(6, kit.Caption(f.Label), kit.Picture("warning", theme.ColorNameWarning, 13),
		kit.NewText(p.env.T("conflicts_differs")).Sized(kit.TextSmall).Colored(theme.ColorNameWarning))
	return kit.Col(2, label, pair(p.text(f.Left), p.text(f.Right)))
}

// alike is a column in which they do not.
func alike(f model.Field) fyne.CanvasObject {
	value := ""
	for _, x := range f.Left {
		value += x.Text
	}
	return kit.Columns(14, []float32{0, 1}, kit.Fixed(170, 0, kit.Inset(2, 0, 0, 0, kit.Muted(f.Label).Cut(100))), kit.Inset(-3, 0, -3, -8, kit.Para(value)))
}

// text is what one version holds; words that the other lacks are bold, coloured and
// underlined.
func (p *Page) text(pieces []model.Piece) fyne.CanvasObject {
	var segments []widget.RichTextSegment
	for _, x := range pieces {
		style := widget.RichTextStyle{Inline: true, SizeName: theme.SizeNameText, ColorName: theme.ColorNameForeground}
		if x.Differs {
			style.ColorName = theme.ColorNameWarning
			style.TextStyle = fyne.TextStyle{Bold: true, Underline: true}
		}
		segments = append(segments, &widget.TextSegment{Text: x.Text, Style: style})
	}
	if len(segments) == 0 {
		segments = append(segments, &widget.TextSegment{Text: p.env.T("conflicts_nothing"), Style: widget.RichTextStyle{
			Inline: true, SizeName: theme.SizeNameText, ColorName: kit.ColorMuted, TextStyle: fyne.TextStyle{Italic: false},
		}})
	}
	text := widget.NewRichText(segments...)
	text.Wrapping = fyne.TextWrapWord
	ground := canvas.NewRectangle(theme.Color(kit.ColorWarnSoft))
	ground.CornerRadius = theme.InputRadiusSize()
	return container.NewStack(ground, kit.Inset(0, 4, 0, 4, text))
}

// feet are the buttons of what can be decided.
func (p *Page) feet(s *model.Sheet) fyne.CanvasObject {
	t := p.env.T
	row := kit.Row(8)
	if s.Settles {
		row.Add(kit.NewButton(t("conflicts_take_left"), func() { p.take(false) }).With("arrow-left").Key("1"))
		row.Add(kit.NewButton(t("conflicts_take_right"), func() { p.take(true) }).With("arrow-right").Key("2"))
		if s.Writes {
			row.Add(kit.NewButton(t("conflicts_edit"), p.write).With("edit").Key("F4"))
		}
	}
	if s.Marks {
		row.Add(kit.NewButton(t("conflicts_mark"), p.mark).Ranked(kit.Primary).With("check").Key("F8"))
	}
	if s.More() {
		row.Add(kit.NewButton(t("conflicts_turn"), p.turn).With("right").Key("F6"))
	}
	if len(row.Objects) == 0 {
		return kit.Space(1, 1)
	}
	return kit.Col(0, kit.Line(), kit.Inset(10, 16, 10, 16, row))
}
