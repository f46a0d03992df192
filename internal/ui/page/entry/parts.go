package entry

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/assets/icons"
	"feldsher/internal/ui/kit"
	"feldsher/translations"
)

// Widths before scaling: the panel at the left, and the column of a page.
const (
	sideWidth   = 330
	columnWidth = 460
	wideColumn  = 660
)

// Languages in the order of their pills.
var languages = []translations.Lang{translations.Russian, translations.Kazakh, translations.English}

// speech lets one choose the language; on is whether it may be changed now.
func (d *Door) speech() fyne.CanvasObject {
	at := 0
	for i, l := range languages {
		if l == d.Gate.Words().Lang {
			at = i
		}
	}
	return kit.NewChoice([]string{"РУС", "ҚАЗ", "ENG"}, at, func(i int) {
		if d.Speak != nil {
			d.Speak(string(languages[i]))
		}
	})
}

// logo is the program's picture.
func logo(size float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(fyne.NewStaticResource("app.svg", icons.App()))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(kit.Px(size)))
	return img
}

// side is the calm panel at the left: whose program this is, what belongs there, and
// the languages.
func (d *Door) side(middle, bottom fyne.CanvasObject) fyne.CanvasObject {
	brand := kit.Row(14, logo(52), kit.Col(0, kit.NewText("Feldsher").Sized(kit.TextTitle).Bold(), kit.Caption(d.t("entry_tagline"))))
	if bottom == nil {
		bottom = kit.Space(1, 1)
	}
	foot := kit.Col(14, bottom)
	inner := kit.Edges(brand, foot, nil, nil, kit.Inset(44, 0, 0, 0, container.New(top{}, middle)))
	return kit.Fixed(sideWidth, 0, kit.Ground(kit.ColorSurface, kit.Edges(nil, nil, nil, upright(), kit.Inset(36, 26, 28, 30, inner))))
}

// upright is a thin line that stands.
func upright() fyne.CanvasObject {
	r := canvas.NewRectangle(kit.Color(kit.ColorLine))
	r.SetMinSize(fyne.NewSquareSize(1))
	return r
}

// sheet is a whole page: the panel and, beside it, a column in the middle that
// scrolls where the window is too low.
func (d *Door) sheet(side fyne.CanvasObject, width float32, content fyne.CanvasObject) fyne.CanvasObject {
	scroll := container.NewVScroll(container.New(column{width}, content))
	d.scroll = scroll
	return kit.Ground(theme.ColorNameBackground, kit.Edges(nil, nil, side, nil, scroll))
}

// column keeps one object in the middle, no wider than width.
type column struct{ width float32 }

// columnPad is what is left free round the column, a third of it where it is high.
const columnPad = 24

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	return fyne.NewSize(kit.Px(120), m.Height+2*columnPad/3)
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o, pad := objects[0], kit.Px(columnPad)
	w := min(kit.Px(c.width), size.Width-2*pad)
	h := settle(o, w)
	o.Move(fyne.NewPos((size.Width-w)/2, max((size.Height-h)*0.42, columnPad/3)))
}

// title is the heading of a page with a line below it.
func title(head, below string) fyne.CanvasObject {
	return kit.Col(4, kit.NewText(head).Sized(26).Bold().Cut(100), muted(below))
}

// lines are sentences under an icon's column each.
func lines(icon string, all []string) fyne.CanvasObject {
	out := kit.Col(10)
	for _, s := range all {
		out.Add(kit.Edges(nil, nil, kit.Inset(1, 12, 0, 0, kit.Col(0, kit.Picture(icon, kit.ColorMuted, 18))), nil, muted(s)))
	}
	return out
}

// relay lays the column out again after its content has grown or shrunk.
func (d *Door) relay() {
	if d.scroll != nil {
		d.scroll.Content.Refresh()
		d.scroll.Refresh()
	}
}
