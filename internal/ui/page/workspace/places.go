package workspace

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
)

// flow puts objects one under another, each as wide as the place and as high as it is
// at that width.
func flow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flowLayout{kit.Px(gap)}, objects...)
}

type flowLayout struct{ gap float32 }

// MinSize implements fyne.Layout.
func (l *flowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w, h float32
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		w, h = max(w, m.Width), h+m.Height
		n++
	}
	return fyne.NewSize(w, h+l.gap*float32(max(n-1, 0)))
}

// Layout implements fyne.Layout.
func (l *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if o.Size().Width != size.Width {
			o.Resize(fyne.NewSize(size.Width, o.MinSize().Height)) // now it knows how high it is
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

// tiles puts objects into columns of equal width, as many as find room.
func tiles(least, gapX, gapY float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&tilesLayout{least: kit.Px(least), gapX: kit.Px(gapX), gapY: kit.Px(gapY)}, objects...)
}

type tilesLayout struct {
	least, gapX, gapY float32
	width             float32 // of the last layout: the height depends on it
}

func (l *tilesLayout) columns(width float32) int {
	return max(int((width+l.gapX)/(l.least+l.gapX)), 1)
}

// MinSize implements fyne.Layout.
func (l *tilesLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	n := l.columns(l.width)
	var h, line float32
	for i, o := range objects {
		line = max(line, o.MinSize().Height)
		if i%n == n-1 || i == len(objects)-1 {
			h += line + l.gapY
			line = 0
		}
	}
	return fyne.NewSize(l.least, max(h-l.gapY, 0))
}

// Layout implements fyne.Layout.
func (l *tilesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	n := l.columns(size.Width)
	w := (size.Width - l.gapX*float32(n-1)) / float32(n)
	var y, line float32
	for i, o := range objects {
		if o.Size().Width != w {
			o.Resize(fyne.NewSize(w, o.MinSize().Height))
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(float32(i%n)*(w+l.gapX), y))
		o.Resize(fyne.NewSize(w, h))
		line = max(line, h)
		if i%n == n-1 {
			y += line + l.gapY
			line = 0
		}
	}
}

// panes puts history, note and suggestions side by side. Where the place is narrow
// (big letters on a small screen) the history gives way; F6 brings it in place of the
// suggestions.
type panes struct{ swapped *bool }

// Widths before scaling, and the width from which all three find room.
const (
	leftWidth  = 232
	rightWidth = 292
	allThree   = 1120
)

// MinSize implements fyne.Layout.
func (p panes) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(kit.Px(rightWidth+320), kit.Px(200))
}

// Layout implements fyne.Layout.
func (p panes) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, middle, right := objects[0], objects[1], objects[2]
	at, rest := float32(0), size.Width
	put := func(o fyne.CanvasObject, x, w float32) {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
	}
	l, r := kit.Px(leftWidth), kit.Px(rightWidth)
	if size.Width >= kit.Px(allThree) {
		left.Show()
		right.Show()
		put(left, 0, l)
		at, rest = l, rest-l-r
		put(right, size.Width-r, r)
	} else {
		r = min(r, size.Width*0.4)
		side, other := right, left
		if *p.swapped {
			side, other = left, right
		}
		other.Hide()
		side.Show()
		rest -= r
		put(side, size.Width-r, r)
	}
	put(middle, at, rest)
}

// between3 sets the panes between banner and foot, which lie over what looks out of the
// scroll.
type between3 struct{}

// MinSize implements fyne.Layout.
func (between3) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		m := o.MinSize()
		size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
	}
	return size
}

// Layout implements fyne.Layout.
func (between3) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	panes, banner, foot := objects[0], objects[1], objects[2]
	top, bottom := banner.MinSize().Height, foot.MinSize().Height
	banner.Move(fyne.NewPos(0, 0))
	banner.Resize(fyne.NewSize(size.Width, top))
	panes.Move(fyne.NewPos(0, top))
	panes.Resize(fyne.NewSize(size.Width, max(size.Height-top-bottom, 0)))
	foot.Move(fyne.NewPos(0, size.Height-bottom))
	foot.Resize(fyne.NewSize(size.Width, bottom))
}
