package signing

import (
	"context"
	"image"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/exchange/paper"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/signing"
)

// The sizes in which a page is shown: parts of its width on paper at 96 points an
// inch, before scaling. 0 fits the width of the place.
var zooms = []float32{0.5, 0.75, 1, 1.25, 1.5, 2, 2.5}

const (
	sheetWidth = 794 // of A4 at 96 points an inch
	sheetRatio = 841.89 / 595.28
	widest     = 920 // of a page that fits a wide place: wider is not easier to read
	margin     = 16
)

// preview shows the pages of a paper under each other. The pictures are drawn beside
// Fyne's thread for exactly the points of the screen that they take; until they are
// there, those of the size before stand in their place.
type preview struct {
	env     *page.Env
	object  fyne.CanvasObject
	scroll  *container.Scroll
	column  *fyne.Container
	drawing model.Drawing
	there   bool
	zoom    float32 // 0: fit
	dpi     int
	pages   []image.Image
	onDrawn func()
}

func newPreview(env *page.Env) *preview {
	v := &preview{env: env}
	v.column = container.New(&sheets{v: v})
	v.scroll = container.NewScroll(v.column)
	v.object = kit.Ground(kit.ColorSurface, container.New(&watched{then: v.resized}, v.scroll))
	return v
}

// show draws a paper.
func (v *preview) show(d model.Drawing) {
	v.drawing, v.there = d, true
	v.draw()
}

// width of a page on the screen.
func (v *preview) width() float32 {
	if v.zoom > 0 {
		return kit.Px(sheetWidth * v.zoom)
	}
	room := v.scroll.Size().Width - 2*kit.Px(margin) - theme.ScrollBarSize()
	return max(min(room, kit.Px(widest)), kit.Px(300))
}

// resized is told the new size of the place.
func (v *preview) resized() {
	if v.there && v.wanted() != v.dpi {
		v.draw()
	}
}

// wanted is the resolution at which a picture has a point for each of the screen's.
func (v *preview) wanted() int {
	const inches = 595.28 / 72
	dpi := int(v.width()*v.env.Window.Canvas().Scale()/inches + 0.5)
	return min(max(dpi, paper.MinDPI), paper.MaxDPI)
}

func (v *preview) draw() {
	v.dpi = v.wanted()
	drawing, dpi := v.drawing, v.dpi
	v.column.Refresh()
	kit.Load(v.env.Loader, "pages", func(context.Context) ([]image.Image, error) {
		pages, err := drawing.Pages(dpi)
		for i := range pages {
			pages[i] = coloured(pages[i])
		}
		return pages, err
	}, func(pages []image.Image, err error) {
		if err != nil {
			v.env.Fail(err)
			return
		}
		v.put(pages)
	})
}

// coloured is a picture in the form that the screen takes as it is, so that it need
// not be turned on Fyne's thread.
func coloured(from image.Image) *image.RGBA {
	to := image.NewRGBA(from.Bounds())
	draw.Draw(to, to.Rect, from, from.Bounds().Min, draw.Src)
	return to
}

func (v *preview) put(pages []image.Image) {
	v.pages = pages
	v.column.Objects = nil
	for _, img := range pages {
		frame := canvas.NewRectangle(theme.Color(kit.ColorLine))
		sheet := canvas.NewImageFromImage(img)
		sheet.FillMode, sheet.ScaleMode = canvas.ImageFillStretch, canvas.ImageScaleFastest
		v.column.Add(frame)
		v.column.Add(sheet)
	}
	v.column.Refresh()
	v.scroll.Refresh()
	if v.onDrawn != nil {
		v.onDrawn()
	}
}

// percent of the paper's own size.
func (v *preview) percent() int {
	return int(v.width()/kit.Px(sheetWidth)*100 + 0.5)
}

// step makes the pages larger or smaller.
func (v *preview) step(by int) {
	now := v.width() / kit.Px(sheetWidth)
	if by > 0 {
		for _, z := range zooms {
			if z > now+0.01 {
				v.set(z)
				return
			}
		}
		return
	}
	for i := len(zooms) - 1; i >= 0; i-- {
		if zooms[i] < now-0.01 {
			v.set(zooms[i])
			return
		}
	}
}

// set shows the same place of the paper in another size.
func (v *preview) set(zoom float32) {
	before := v.column.MinSize().Height
	v.zoom = zoom
	v.draw()
	if before > 0 {
		v.scroll.ScrollToOffset(fyne.NewPos(0, v.scroll.Offset.Y*v.column.MinSize().Height/before))
	}
	if v.onDrawn != nil {
		v.onDrawn()
	}
}

// key pages through the paper.
func (v *preview) key(k kit.Key) bool {
	high, end := v.scroll.Size().Height, v.column.MinSize().Height
	to := v.scroll.Offset.Y
	switch k {
	case kit.Plain(fyne.KeyPageDown), kit.Plain(fyne.KeySpace):
		to += high * 0.9
	case kit.Plain(fyne.KeyPageUp):
		to -= high * 0.9
	case kit.Plain(fyne.KeyDown):
		to += kit.Px(60)
	case kit.Plain(fyne.KeyUp):
		to -= kit.Px(60)
	case kit.Plain(fyne.KeyHome):
		to = 0
	case kit.Plain(fyne.KeyEnd):
		to = end
	case kit.Ctrl(fyne.KeyEqual), kit.Ctrl(fyne.KeyPlus):
		v.step(1)
		return true
	case kit.Ctrl(fyne.KeyMinus):
		v.step(-1)
		return true
	case kit.Ctrl(fyne.Key0):
		v.set(0)
		return true
	default:
		return false
	}
	v.scroll.ScrollToOffset(fyne.NewPos(v.scroll.Offset.X, min(max(to, 0), max(end-high, 0))))
	return true
}

// sheets sets frames and pictures under each other, in the middle of the place.
type sheets struct{ v *preview }

func (l *sheets) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w, n := l.v.width(), float32(len(objects)/2)
	return fyne.NewSize(w+2*kit.Px(margin), n*(w*sheetRatio+kit.Px(margin))+kit.Px(margin))
}

func (l *sheets) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := l.v.width()
	h := w * sheetRatio
	x, y := max((size.Width-w)/2, kit.Px(margin)), kit.Px(margin)
	for i := 0; i+1 < len(objects); i += 2 {
		objects[i].Move(fyne.NewPos(x-1, y-1))
		objects[i].Resize(fyne.NewSize(w+2, h+2))
		objects[i+1].Move(fyne.NewPos(x, y))
		objects[i+1].Resize(fyne.NewSize(w, h))
		y += h + kit.Px(margin)
	}
}

// watched fills its place and tells when the width of it has changed.
type watched struct {
	then func()
	last float32
}

func (l *watched) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(kit.Px(320), kit.Px(200))
}

func (l *watched) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	if size.Width != l.last {
		l.last = size.Width
		l.then()
	}
}
