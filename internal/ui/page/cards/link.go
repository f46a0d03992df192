package cards

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/cards"
)

// link is a line of the overview that leads to a visit.
type link struct {
	widget.BaseWidget
	ground *canvas.Rectangle
	inside fyne.CanvasObject
	tap    func()
}

func newLink(l model.Line, tap func()) *link {
	name := theme.ColorNameForeground
	if l.Muted {
		name = kit.ColorMuted
	}
	k := &link{ground: canvas.NewRectangle(color.Transparent), tap: tap}
	k.inside = kit.Inset(2, 4, 2, 0, kit.Columns(8, []float32{0, 1}, kit.Fixed(128, 0, kit.Muted(l.When).Cut(60)), kit.NewText(l.What).Colored(name).Cut(80)))
	k.ExtendBaseWidget(k)
	return k
}

// Tapped implements fyne.Tappable.
func (k *link) Tapped(*fyne.PointEvent) { kit.Touch(k); k.tap() }

// Cursor implements desktop.Cursorable.
func (k *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (k *link) MouseIn(*desktop.MouseEvent) {
	k.ground.FillColor = theme.Color(theme.ColorNameHover)
	k.ground.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (k *link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (k *link) MouseOut() {
	k.ground.FillColor = color.Transparent
	k.ground.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (k *link) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(k.ground, k.inside))
}
