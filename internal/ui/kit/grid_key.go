package kit

import (
	"unicode"

	"fyne.io/fyne/v2"
)

// FocusGained implements fyne.Focusable.
func (b *gridBody) FocusGained() { b.g.focused = true; b.update(); b.g.head.update() }

// FocusLost implements fyne.Focusable.
func (b *gridBody) FocusLost() { b.g.focused = false; b.update(); b.g.head.update() }

// AcceptsTab implements fyne.Tabbable: Tab goes on to the next widget.
func (b *gridBody) AcceptsTab() bool { return false }

// TypedRune implements fyne.Focusable: a letter on a free place begins a booking.
func (b *gridBody) TypedRune(r rune) {
	g := b.g
	if g.OnLetter != nil && g.held == nil && unicode.IsLetter(r) && len(g.data.Columns) > 0 && g.block() < 0 {
		g.OnLetter(g.at, r)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (b *gridBody) TypedShortcut(s fyne.Shortcut) { ForwardShortcut(b, s) }

// TypedKey implements fyne.Focusable.
func (b *gridBody) TypedKey(ev *fyne.KeyEvent) {
	if !b.g.Key(ev.Name) && (b.g.OnKey == nil || !b.g.OnKey(ev)) {
		Forward(b, ev)
	}
}

// Key does what a key means here; it reports whether it meant something.
func (g *Grid) Key(name fyne.KeyName) bool {
	if len(g.data.Columns) == 0 {
		return false
	}
	switch name {
	case fyne.KeyUp:
		g.step(-1)
	case fyne.KeyDown:
		g.step(1)
	case fyne.KeyLeft:
		g.turn(-1)
	case fyne.KeyRight:
		g.turn(1)
	case fyne.KeyPageUp:
		g.Choose(g.at.Column, max(g.at.From-g.page(), g.stops[g.at.Column][0].From))
	case fyne.KeyPageDown:
		g.Choose(g.at.Column, g.at.From+g.page())
	case fyne.KeyHome:
		g.Choose(g.at.Column, g.data.Span.From)
	case fyne.KeyEnd:
		g.Choose(g.at.Column, g.data.Span.Until)
	case fyne.KeyReturn, fyne.KeyEnter:
		g.enter()
	case fyne.KeyF6:
		return g.take()
	case fyne.KeyEscape:
		if g.held == nil {
			return false
		}
		g.Release()
	default:
		return false
	}
	return true
}

// page is how many minutes are seen at once, less a little.
func (g *Grid) page() int {
	return max(int(g.scroll.Size().Height/g.body.scale)-30, 60)
}

func (g *Grid) step(n int) {
	stops := g.stops[g.at.Column]
	i := min(max(g.stop()+n, 0), len(stops)-1)
	g.at.Stretch, g.lane = stops[i], 0
	for _, n := range g.of[g.at.Column] {
		if g.data.Blocks[n].From == g.at.From {
			g.lane = g.lanes[n].at
			break
		}
	}
	g.moved()
}

// turn goes to the block beside, or to the next column at the same time.
func (g *Grid) turn(n int) {
	if lanes := g.beside(); g.held == nil && len(lanes) > 1 {
		for i, l := range lanes {
			if l == g.lane && i+n >= 0 && i+n < len(lanes) {
				g.lane = lanes[i+n]
				g.moved()
				return
			}
		}
	}
	if to := g.at.Column + n; to >= 0 && to < len(g.data.Columns) {
		g.at.Column, g.lane = to, 0
		g.settle(g.at.From)
		if lanes := g.beside(); n < 0 && len(lanes) > 0 && g.held == nil {
			g.lane = lanes[len(lanes)-1]
		}
		g.moved()
	}
}

func (g *Grid) enter() {
	if g.held != nil {
		g.drop()
		return
	}
	g.open()
}

func (g *Grid) open() {
	if i := g.block(); i >= 0 {
		if g.OnBlock != nil {
			g.OnBlock(i)
		}
	} else if g.OnPlace != nil {
		g.OnPlace(g.at)
	}
}

// take holds the block under the cursor; a second time it leaves it.
func (g *Grid) take() bool {
	if g.held != nil {
		g.Release()
		return true
	}
	i := g.block()
	if i < 0 || g.OnDrop == nil || g.data.Blocks[i].Fixed {
		return false
	}
	b := g.data.Blocks[i]
	g.held, g.source = &b, i
	g.settle(b.From)
	g.redraw()
	if g.OnTake != nil {
		g.OnTake(b)
	}
	return true
}

// drop puts the held block down where the cursor is.
func (g *Grid) drop() {
	to, ok := g.ghost()
	if !ok {
		return
	}
	b, i := *g.held, g.source
	same := i >= 0 && to.Column == b.Column && to.From == b.From
	g.Release()
	if !same && g.OnDrop != nil {
		g.OnDrop(b, i, to)
	}
}
