package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// MouseDown implements desktop.Mouseable: the cursor goes where the mouse is.
func (b *gridBody) MouseDown(ev *desktop.MouseEvent) {
	Touch(b)
	g := b.g
	if len(g.data.Columns) == 0 {
		return
	}
	g.focus()
	if i := b.hit(ev.Position); i >= 0 {
		blk := g.data.Blocks[i]
		if blk.Aside {
			if g.OnBlock != nil && g.held == nil {
				g.OnBlock(i)
			}
			return
		}
		if g.held == nil {
			g.at.Column = blk.Column
			g.settle(blk.From)
			g.lane = g.lanes[i].at
			g.moved()
			return
		}
	}
	column, minute := b.where(ev.Position)
	g.Choose(column, minute)
}

// MouseUp implements desktop.Mouseable.
func (b *gridBody) MouseUp(*desktop.MouseEvent) {}

// Tapped implements fyne.Tappable: a click puts down what F6 has taken.
func (b *gridBody) Tapped(*fyne.PointEvent) {
	if b.g.held != nil && !b.g.drag {
		b.g.drop()
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (b *gridBody) DoubleTapped(*fyne.PointEvent) {
	if len(b.g.data.Columns) > 0 {
		b.g.enter()
	}
}

// Dragged implements fyne.Draggable.
func (b *gridBody) Dragged(ev *fyne.DragEvent) {
	g := b.g
	if len(g.data.Columns) == 0 {
		return
	}
	if g.held == nil {
		start := ev.Position.Subtract(fyne.NewPos(ev.Dragged.DX, ev.Dragged.DY))
		i := b.hit(start)
		if i < 0 || g.data.Blocks[i].Fixed || g.data.Blocks[i].Aside || g.OnDrop == nil {
			return
		}
		blk := g.data.Blocks[i]
		g.held, g.source, g.drag = &blk, i, true
		_, minute := b.where(start)
		b.grip = minute - blk.From
	}
	if !g.drag {
		return
	}
	b.nearEdge(ev.Position)
	column, minute := b.where(ev.Position)
	was := g.at
	g.at.Column = column
	g.settle(minute - b.grip)
	if g.at != was || !b.dragging {
		b.dragging = true
		b.update()
		g.head.update()
	}
}

// nearEdge scrolls when the mouse drags near the edge of what is seen.
func (b *gridBody) nearEdge(at fyne.Position) {
	s, edge, step := b.g.scroll, Px(28), Px(14)
	view, off := s.Size(), s.Offset
	if at.X < off.X+edge {
		off.X -= step
	} else if at.X > off.X+view.Width-edge {
		off.X += step
	}
	if at.Y < off.Y+edge {
		off.Y -= step
	} else if at.Y > off.Y+view.Height-edge {
		off.Y += step
	}
	total := b.MinSize()
	off = fyne.NewPos(min(max(off.X, 0), max(total.Width-view.Width, 0)), min(max(off.Y, 0), max(total.Height-view.Height, 0)))
	if off != s.Offset {
		s.ScrollToOffset(off)
		b.g.scrolled()
	}
}

// DragEnd implements fyne.Draggable.
func (b *gridBody) DragEnd() {
	b.dragging = false
	if b.g.drag {
		b.g.drag = false
		b.g.drop()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *gridBody) MouseIn(ev *desktop.MouseEvent) { b.MouseMoved(ev) }

// MouseMoved implements desktop.Hoverable: the free place under the mouse shows its time.
func (b *gridBody) MouseMoved(ev *desktop.MouseEvent) {
	g := b.g
	was := g.over
	g.over = GridPlace{Column: -1}
	if len(g.data.Columns) > 0 && b.hit(ev.Position) < 0 {
		column, minute := b.where(ev.Position)
		for _, s := range g.data.Columns[column].Slots {
			if s.From <= minute && minute < s.Until {
				g.over = GridPlace{column, s}
			}
		}
	}
	if g.over != was {
		b.update()
	}
}

// MouseOut implements desktop.Hoverable.
func (b *gridBody) MouseOut() {
	if b.g.over.Column >= 0 {
		b.g.over.Column = -1
		b.update()
	}
}

// hit is the block at a point, -1 for none.
func (b *gridBody) hit(at fyne.Position) int {
	column, minute := b.where(at)
	for i, blk := range b.g.data.Blocks {
		if blk.Column != column || blk.Until < minute-60 || blk.From > minute+60 {
			continue
		}
		if b.blockRect(i).holds(at) {
			return i
		}
	}
	return -1
}

// where is the column and the minute at a point.
func (b *gridBody) where(at fyne.Position) (column, minute int) {
	column = int(at.X / b.width)
	minute = b.g.data.Span.From + int(at.Y/b.scale)
	return min(max(column, 0), max(len(b.g.data.Columns)-1, 0)), minute
}

// KeyDown implements desktop.Keyable.
func (b *gridBody) KeyDown(*fyne.KeyEvent) { Touch(b) }

// KeyUp implements desktop.Keyable.
func (b *gridBody) KeyUp(*fyne.KeyEvent) {}
