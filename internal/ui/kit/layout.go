package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Inset leaves room round an object: top, right, bottom, left, before scaling.
func Inset(top, right, bottom, left float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(inset{Px(top), Px(right), Px(bottom), Px(left)}, o)
}

type inset struct{ top, right, bottom, left float32 }

func (i inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

func (i inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(i.left, i.top))
		o.Resize(size.SubtractWidthHeight(i.left+i.right, i.top+i.bottom))
	}
}

// Row puts objects side by side, each as wide as it needs, in the middle of the
// line; Col one under another, each as wide as the place.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(line{gap: Px(gap)}, objects...)
}

// Right is Row at the right end of its place.
func Right(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(line{gap: Px(gap), right: true}, objects...)
}

// Col puts objects one under another.
func Col(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(line{gap: Px(gap), down: true}, objects...)
}

type line struct {
	gap         float32
	down, right bool
}

func (l line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if l.down {
			size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
		} else {
			size = fyne.NewSize(size.Width+m.Width, max(size.Height, m.Height))
		}
		n++
	}
	gaps := l.gap * float32(max(n-1, 0))
	if l.down {
		return size.AddWidthHeight(0, gaps)
	}
	return size.AddWidthHeight(gaps, 0)
}

func (l line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at := float32(0)
	if l.right {
		at = max(size.Width-l.MinSize(objects).Width, 0)
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if l.down {
			o.Move(fyne.NewPos(0, at))
			o.Resize(fyne.NewSize(size.Width, m.Height))
			if now := o.MinSize().Height; now != m.Height { // words wrapped at this width
				m.Height = now
				o.Resize(fyne.NewSize(size.Width, now))
			}
			at += m.Height + l.gap
		} else {
			o.Move(fyne.NewPos(at, (size.Height-m.Height)/2))
			o.Resize(m)
			at += m.Width + l.gap
		}
	}
}

// Columns share the width by weights, with a gap; a weight of 0 takes what the
// object needs. All are as high as the highest, set to the top.
func Columns(gap float32, weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(columns{Px(gap), weights, false}, objects...)
}

// Panes are Columns that fill the height of their place.
func Panes(gap float32, weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(columns{Px(gap), weights, true}, objects...)
}

type columns struct {
	gap     float32
	weights []float32
	fill    bool
}

func (c columns) weight(i int) float32 {
	if i < len(c.weights) {
		return c.weights[i]
	}
	return 1
}

func (c columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w, h float32
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if i > 0 {
			w += c.gap
		}
		w += m.Width
		h = max(h, m.Height)
	}
	return fyne.NewSize(w, h)
}

func (c columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var fixed, total float32
	n := 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		if n > 0 {
			fixed += c.gap
		}
		n++
		if w := c.weight(i); w == 0 {
			fixed += o.MinSize().Width
		} else {
			total += w
		}
	}
	at := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		w := o.MinSize().Width
		if v := c.weight(i); v > 0 && total > 0 {
			w = max((size.Width-fixed)*v/total, 0)
		}
		h := size.Height
		if !c.fill {
			h = max(o.MinSize().Height, size.Height)
		}
		o.Move(fyne.NewPos(at, 0))
		o.Resize(fyne.NewSize(w, h))
		at += w + c.gap
	}
}

// Fixed gives an object a width (before scaling) whatever it needs; 0 keeps its own.
func Fixed(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(fixed{Px(w), Px(h)}, o)
}

type fixed struct{ w, h float32 }

func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	if f.w > 0 {
		m.Width = f.w
	}
	if f.h > 0 {
		m.Height = f.h
	}
	return m
}

func (f fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(size)
}

// Edges puts objects at the edges of a place and one in the middle, without gaps;
// nil is none.
func Edges(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	var all []fyne.CanvasObject
	for _, o := range []fyne.CanvasObject{top, bottom, left, right, middle} {
		if o != nil {
			all = append(all, o)
		}
	}
	return container.New(edges{top, bottom, left, right, middle}, all...)
}

type edges struct{ top, bottom, left, right, middle fyne.CanvasObject }

func least(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func (e edges) MinSize([]fyne.CanvasObject) fyne.Size {
	t, b, l, r, m := least(e.top), least(e.bottom), least(e.left), least(e.right), least(e.middle)
	return fyne.NewSize(max(t.Width, b.Width, l.Width+m.Width+r.Width), t.Height+b.Height+max(l.Height, m.Height, r.Height))
}

func (e edges) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		if o != nil {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(w, h))
		}
	}
	t, b, l, r := least(e.top).Height, least(e.bottom).Height, least(e.left).Width, least(e.right).Width
	h := max(size.Height-t-b, 0)
	put(e.top, 0, 0, size.Width, t)
	put(e.bottom, 0, size.Height-b, size.Width, b)
	put(e.left, 0, t, l, h)
	put(e.right, size.Width-r, t, r, h)
	put(e.middle, l, t, max(size.Width-l-r, 0), h)
}
