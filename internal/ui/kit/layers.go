package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Layers are what lies over the page of a window: the top one gets the keys first.
type Layers struct {
	canvas  fyne.Canvas
	open    []*Layer
	retired bool
}

// NewLayers are those of a window's canvas.
func NewLayers(c fyne.Canvas) *Layers { return &Layers{canvas: c} }

// Layer is one panel over the page.
type Layer struct {
	layers  *Layers
	popup   *widget.PopUp
	key     func(Key) bool
	closed  func()
	before  fyne.Focusable
	content fyne.CanvasObject
}

// Panel says what lies over the page.
type Panel struct {
	Title   string
	Content fyne.CanvasObject
	Buttons []fyne.CanvasObject // the last is the one that Enter means; see Key
	Width   float32             // before scaling; 0: as wide as the content
	Height  float32
	Focus   fyne.Focusable // gets the keys first; may be nil
	Key     func(Key) bool // keys that no widget used; Esc closes if this does not use it
	Closed  func()
}

// Show puts a panel in the middle of the window, over all else; nowhere after Retire.
func (l *Layers) Show(p Panel) *Layer {
	if l.retired {
		return &Layer{layers: l, key: p.Key, closed: p.Closed}
	}
	body := []fyne.CanvasObject{}
	if p.Title != "" {
		body = append(body, Inset(0, 0, 10, 0, Heading(p.Title).Cut(80)))
	}
	var foot fyne.CanvasObject
	if len(p.Buttons) > 0 {
		foot = Inset(12, 0, 0, 0, Right(8, p.Buttons...))
	}
	var head fyne.CanvasObject
	if len(body) > 0 {
		head = body[0]
	}
	inner := container.NewBorder(head, foot, nil, nil, p.Content)
	box := Inset(14, 18, 14, 18, inner)
	layer := &Layer{layers: l, key: p.Key, closed: p.Closed, before: l.canvas.Focused(), content: box}
	layer.popup = widget.NewModalPopUp(box, l.canvas)
	size := box.MinSize()
	room := l.canvas.Size()
	size = fyne.NewSize(max(size.Width, Px(p.Width)), max(size.Height, Px(p.Height)))
	if room.Width > 0 {
		size = fyne.NewSize(min(size.Width, room.Width-20), min(size.Height, room.Height-20))
	}
	layer.popup.Resize(size)
	l.open = append(l.open, layer)
	layer.popup.Show()
	if p.Focus != nil {
		l.canvas.Focus(p.Focus)
	}
	return layer
}

// Close takes the layer away and gives the focus back to what had it.
func (y *Layer) Close() {
	for i, o := range y.layers.open {
		if o != y {
			continue
		}
		y.layers.open = append(y.layers.open[:i:i], y.layers.open[i+1:]...)
		y.popup.Hide()
		if y.before != nil && len(y.layers.open) == i {
			y.layers.canvas.Focus(y.before)
		}
		if y.closed != nil {
			y.closed()
		}
		return
	}
}

// Key gives a key to the top layer; it reports whether there is one: what lies
// below gets no keys then.
func (l *Layers) Key(k Key) bool {
	if len(l.open) == 0 {
		return false
	}
	top := l.open[len(l.open)-1]
	if top.key != nil && top.key(k) {
		return true
	}
	if k == Plain(fyne.KeyEscape) {
		top.Close()
	}
	return true
}

// Open reports whether anything lies over the page.
func (l *Layers) Open() bool { return len(l.open) > 0 }

// CloseAll takes every layer away, as hiding the screen does; lists and calendars
// that hang from a field too.
func (l *Layers) CloseAll() {
	if l.retired {
		return // what lies over the page now is another's
	}
	l.closeAll()
}

// Retire takes every layer away for good, as when the user leaves: a work that ends
// later (a print that failed, say) shows nothing on the hidden screen or over the page
// of whoever sits down next. They have Layers of their own.
func (l *Layers) Retire() {
	if !l.retired {
		l.retired = true
		l.closeAll()
	}
}

func (l *Layers) closeAll() {
	for len(l.open) > 0 {
		l.open[len(l.open)-1].Close()
	}
	over := l.canvas.Overlays()
	for top := over.Top(); top != nil; top = over.Top() {
		over.Remove(top)
	}
}

// Ask puts a question with two answers; yes is called when the user agrees by mouse
// or Enter. For what can't be undone only: everything else has Undo.
func (l *Layers) Ask(title, text, yes, no string, rank Rank, then func()) {
	var layer *Layer
	agree := NewButton(yes, func() { layer.Close(); then() }).Ranked(rank)
	refuse := NewButton(no, func() { layer.Close() }).Key("Esc")
	para := Para(text)
	layer = l.Show(Panel{Title: title, Content: para, Buttons: []fyne.CanvasObject{refuse, agree}, Width: 460, Height: 190, Focus: agree})
}

// Card is a framed ground for what belongs together.
func Card(content fyne.CanvasObject) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(theme.ColorNameBackground))
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = theme.Color(ColorLine), 1, theme.InputRadiusSize()
	return container.NewStack(ground, Inset(10, 12, 10, 12, content))
}

// Ground puts a colour of the theme behind an object.
func Ground(name fyne.ThemeColorName, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(canvas.NewRectangle(theme.Color(name)), content)
}

// Line is a thin line between things.
func Line() fyne.CanvasObject {
	r := canvas.NewRectangle(theme.Color(ColorLine))
	r.SetMinSize(fyne.NewSquareSize(1))
	return r
}

// Space is an empty place.
func Space(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(Px(w), Px(h)))
	return r
}
