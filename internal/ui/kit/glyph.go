package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Glyph is an icon inside a field that answers the mouse and is left out by Tab: the
// eye of a password, which nobody should open by the Enter meant for the next field.
// What it does needs a key of the field too.
type Glyph struct {
	widget.BaseWidget
	icon string
	tap  func()
	over bool
}

// NewGlyph makes an icon that does something when it is clicked.
func NewGlyph(icon string, tap func()) *Glyph {
	g := &Glyph{icon: icon, tap: tap}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes the icon.
func (g *Glyph) Set(icon string) { g.icon = icon; g.Refresh() }

// Tapped implements fyne.Tappable.
func (g *Glyph) Tapped(*fyne.PointEvent) { Touch(g); g.tap() }

// MouseIn implements desktop.Hoverable.
func (g *Glyph) MouseIn(*desktop.MouseEvent) { g.over = true; g.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (g *Glyph) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (g *Glyph) MouseOut() { g.over = false; g.Refresh() }

// Cursor implements desktop.Cursorable.
func (g *Glyph) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (g *Glyph) CreateRenderer() fyne.WidgetRenderer {
	r := &glyphRenderer{g: g, ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.update()
	return r
}

type glyphRenderer struct {
	g      *Glyph
	ground *canvas.Rectangle
	icon   *canvas.Image
}

func (r *glyphRenderer) update() {
	r.ground.CornerRadius = theme.InputRadiusSize()
	r.ground.FillColor = color.Transparent
	if r.g.over {
		r.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.icon.Resource = Icon(r.g.icon)
}

func (r *glyphRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(Px(32)) }

func (r *glyphRenderer) Layout(size fyne.Size) {
	side := Px(18)
	r.ground.Resize(size)
	r.icon.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
	r.icon.Resize(fyne.NewSquareSize(side))
}

func (r *glyphRenderer) Refresh() {
	r.update()
	r.ground.Refresh()
	r.icon.Refresh()
}

func (r *glyphRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.icon} }
func (r *glyphRenderer) Destroy()                     {}
