package entry

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
)

// para is a text over as many lines as its width makes it need, in one size and
// colour. It knows its height once it knows its width: see settle.
type para struct {
	widget.BaseWidget
	text  string
	size  float32
	color fyne.ThemeColorName
}

// muted is a para of second rank.
func muted(text string) *para {
	p := &para{text: text, size: kit.TextNormal, color: kit.ColorMuted}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *para) CreateRenderer() fyne.WidgetRenderer { return &paraRenderer{p: p} }

type paraRenderer struct {
	p     *para
	lines []fyne.CanvasObject
	width float32
	size  float32
}

func (r *paraRenderer) line() float32 {
	return fyne.MeasureText("Щ", kit.Px(r.p.size), fyne.TextStyle{}).Height + kit.Px(1)
}

func (r *paraRenderer) wrap() {
	width, size := r.p.Size().Width, kit.Px(r.p.size)
	if r.lines != nil && r.width == width && r.size == size {
		return
	}
	r.width, r.size = width, size
	r.lines = []fyne.CanvasObject{}
	for _, s := range kit.Wrap(r.p.text, width, size, fyne.TextStyle{}) {
		t := canvas.NewText(s, theme.Color(r.p.color))
		t.TextSize = size
		r.lines = append(r.lines, t)
	}
}

func (r *paraRenderer) MinSize() fyne.Size {
	r.wrap()
	return fyne.NewSize(kit.Px(60), r.line()*float32(len(r.lines)))
}

func (r *paraRenderer) Layout(size fyne.Size) {
	r.wrap()
	h := r.line()
	for i, o := range r.lines {
		o.Move(fyne.NewPos(0, float32(i)*h))
		o.Resize(fyne.NewSize(size.Width, h))
	}
}

func (r *paraRenderer) Refresh() {
	r.lines = nil
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *paraRenderer) Objects() []fyne.CanvasObject { r.wrap(); return r.lines }
func (r *paraRenderer) Destroy()                     {}

// settle lays one object out again until its height fits what its width makes it
// need: what wraps knows its height only when it knows its width.
func settle(o fyne.CanvasObject, width float32) (height float32) {
	for range 4 {
		h := o.MinSize().Height
		if h == height && height > 0 {
			break
		}
		height = h
		o.Resize(fyne.NewSize(width, height))
	}
	return height
}

// top keeps one object at the top of its place, as wide as that and as high as it
// needs.
type top struct{}

func (top) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (top) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	settle(objects[0], size.Width)
	objects[0].Move(fyne.NewPos(0, 0))
}
