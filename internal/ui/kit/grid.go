package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Stretch is a stretch of a day in minutes since midnight.
type Stretch struct{ From, Until int }

func (s Stretch) len() int { return s.Until - s.From }

// GridColumn is a column of a schedule: a member of staff, or a day.
type GridColumn struct {
	Title, Below string    // who, and what and where
	Note         string    // below that: how many places are free
	Tone         Tone      // of the note
	Mark         bool      // this is today
	Open         []Stretch // working hours
	Away         []GridAway
	Slots        []Stretch // the places, in order; the cursor walks on them
}

// GridAway is when somebody is away, with the word for it.
type GridAway struct {
	Stretch
	Word string
}

// GridBlock is what stands in a schedule.
type GridBlock struct {
	Key    string // what whoever made the data knows it by
	Column int
	Stretch
	Text, Below string // who, and what for
	Icon        string // its state
	Ink, Ground fyne.ThemeColorName
	Muted       bool // over: drawn in the second rank
	Alarm       bool // stands where something else stands
	Fixed       bool // can't be moved
	Aside       bool // takes no place: a small mark at the edge
}

// GridData is what a schedule shows.
type GridData struct {
	Columns []GridColumn
	Blocks  []GridBlock
	Span    Stretch // what is shown of the day at least
	Now     int     // minute of the line of the present; below 0 for none
	NowIn   int     // the column of that line; below 0 for all
}

// GridPlace is a place in a schedule.
type GridPlace struct {
	Column int
	Stretch
}

// Grid is a schedule: columns over the time of a day. Arrows, PageUp, PageDown, Home
// and End move the cursor, Enter or a double click opens what is there, F6 takes a
// block and Enter puts it down, the mouse drags it. It draws only what is seen.
type Grid struct {
	widget.BaseWidget
	data   GridData
	stops  [][]Stretch // of each column, where the cursor can stand
	lanes  []lane      // of each block, its place beside others
	of     [][]int     // blocks of each column that take a place, in order of time
	edge   [][]Stretch // of each column, where marks stand at its edge
	at     GridPlace   // the cursor
	lane   int         // which of the blocks side by side
	held   *GridBlock  // taken by F6 or the mouse
	source int         // which block it was, -1 after the data have changed
	drag   bool        // held by the mouse
	over   GridPlace   // under the mouse; Column below 0 for none

	least   float32 // width of a column, before scaling
	body    *gridBody
	head    *gridHead
	side    *gridSide
	scroll  *container.Scroll
	focused bool
	empty   *widget.Label

	// OnPlace is called for a free place, OnBlock for a block, by Enter or a double click.
	OnPlace func(GridPlace)
	OnBlock func(block int)
	// OnDrop is called when a block was put down elsewhere. The block is given as it
	// was taken: the data may have changed since.
	OnDrop func(GridBlock, int, GridPlace)
	// OnTake is called when a block was taken by a key.
	OnTake func(GridBlock)
	// OnRelease is called when a held block is held no longer: put down, or left.
	OnRelease func()
	// OnMove is called when the cursor has moved; block is -1 on a free place.
	OnMove func(at GridPlace, block int)
	// OnHead is called when the heading of a column is clicked.
	OnHead func(column int)
	// OnLetter is called for a letter typed on a free place.
	OnLetter func(GridPlace, rune)
	// OnKey sees every key that the schedule does not use; true means used.
	OnKey func(*fyne.KeyEvent) bool
	// Clock writes a minute of the day; needed.
	Clock func(minute int) string
}

// NewGrid makes an empty schedule.
func NewGrid(clock func(minute int) string) *Grid {
	g := &Grid{Clock: clock, empty: MutedPara(""), source: -1, least: gridColumn}
	g.over.Column = -1
	g.empty.Alignment = fyne.TextAlignCenter
	g.body, g.head, g.side = newGridBody(g), newGridHead(g), newGridSide(g)
	g.scroll = container.NewScroll(g.body)
	g.scroll.OnScrolled = func(fyne.Position) { g.scrolled() }
	g.ExtendBaseWidget(g)
	return g
}

// Least sets how narrow a column may be, before scaling.
func (g *Grid) Least(w float32) *Grid { g.least = w; return g }

// Empty sets what stands where there are no columns: what to do first.
func (g *Grid) Empty(s string) *Grid { g.empty.SetText(s); return g }

// Set shows other data. The cursor stays as near as it can.
func (g *Grid) Set(d GridData) {
	if d.Span.len() <= 0 {
		d.Span = Stretch{8 * 60, 20 * 60}
	}
	g.data, g.source, g.over.Column = d, -1, -1
	g.arrange()
	g.at.Column = min(max(g.at.Column, 0), max(len(d.Columns)-1, 0))
	g.settle(g.at.From)
	if len(d.Columns) == 0 && g.empty.Text != "" {
		g.empty.Show()
	} else {
		g.empty.Hide()
	}
	g.body.stale()
	g.redraw()
}

// Data is what is shown.
func (g *Grid) Data() GridData { return g.data }

// At is the cursor's place and the block there, -1 for none.
func (g *Grid) At() (GridPlace, int) { return g.at, g.block() }

// Choose puts the cursor at a minute of a column and brings it in sight.
func (g *Grid) Choose(column, minute int) {
	if len(g.data.Columns) == 0 {
		return
	}
	g.at.Column = min(max(column, 0), len(g.data.Columns)-1)
	g.lane = 0
	g.settle(minute)
	g.moved()
}

// ChooseBlock puts the cursor on a block.
func (g *Grid) ChooseBlock(i int) {
	if i < 0 || i >= len(g.data.Blocks) {
		return
	}
	b := g.data.Blocks[i]
	g.Choose(b.Column, b.From)
	g.lane = g.lanes[i].at
	g.moved()
}

// Holding is the block that was taken and not put down yet.
func (g *Grid) Holding() (GridBlock, bool) {
	if g.held == nil {
		return GridBlock{}, false
	}
	return *g.held, true
}

// Hold takes a block that stands elsewhere, in another day say: the next Enter puts
// it down here.
func (g *Grid) Hold(b GridBlock) {
	g.held, g.source = &b, -1
	g.redraw()
	if g.OnTake != nil {
		g.OnTake(b)
	}
}

// Release leaves the taken block where it was.
func (g *Grid) Release() {
	if g.held != nil {
		g.held, g.drag, g.source = nil, false, -1
		g.settle(g.at.From)
		g.redraw()
		if g.OnRelease != nil {
			g.OnRelease()
		}
	}
}

// Focusable is what gets the keys.
func (g *Grid) Focusable() fyne.Focusable { return g.body }

// Focused reports whether keys come here.
func (g *Grid) Focused() bool { return g.focused }

// block is the block under the cursor, -1 for none.
func (g *Grid) block() int {
	best := -1
	if g.at.Column >= len(g.of) {
		return -1
	}
	for _, i := range g.of[g.at.Column] {
		b := g.data.Blocks[i]
		if b.From < g.at.Until && b.Until > g.at.From {
			if best < 0 || g.lanes[i].at == g.lane {
				best = i
			}
			if g.lanes[i].at == g.lane {
				break
			}
		}
	}
	return best
}

// moved brings the cursor in sight and tells.
func (g *Grid) moved() {
	g.reveal()
	g.body.update()
	g.head.update()
	if g.OnMove != nil {
		g.OnMove(g.at, g.block())
	}
}

func (g *Grid) scrolled() {
	g.head.place()
	g.side.place()
	g.body.update()
}

func (g *Grid) redraw() {
	g.body.measure()
	g.scroll.Refresh()
	g.head.update()
	g.side.update()
	g.scrolled()
}

// reveal scrolls so that the cursor is seen, with a little of what is round it.
func (g *Grid) reveal() {
	view := g.scroll.Size()
	if view.Width <= 0 || len(g.data.Columns) == 0 {
		return
	}
	at, total, off := g.body.rect(g.at.Column, g.at.Stretch, lane{0, 1}), g.body.MinSize(), g.scroll.Offset
	margin := Px(30)
	fit := func(off, from, to, view, total float32) float32 {
		if to+margin > off+view {
			off = to + margin - view
		}
		if from-margin < off {
			off = from - margin
		}
		return min(max(off, 0), max(total-view, 0))
	}
	to := fyne.NewPos(fit(off.X, at.x-margin/2, at.x+at.w+margin/2, view.Width, total.Width), fit(off.Y, at.y, at.y+at.h, view.Height, total.Height))
	if to != off {
		g.scroll.ScrollToOffset(to)
		g.scrolled()
	}
}

// Tapped gives the focus: implements fyne.Tappable for the ground beside columns.
func (g *Grid) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(g.body); c != nil {
		c.Focus(g.body)
	}
}

// Ahead scrolls so that what comes after the cursor is seen, and a little before it.
func (g *Grid) Ahead() {
	view, total := g.scroll.Size(), g.body.MinSize()
	if view.Height <= 0 || len(g.data.Columns) == 0 {
		return
	}
	y := g.body.y(g.at.From) - view.Height/4
	to := fyne.NewPos(g.scroll.Offset.X, min(max(y, 0), max(total.Height-view.Height, 0)))
	if to != g.scroll.Offset {
		g.scroll.ScrollToOffset(to)
		g.scrolled()
	}
}

const (
	gridSideWidth = 50
	gridHeadRoom  = 62
	gridColumn    = 146 // least width
)

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	corner := Space(gridSideWidth, gridHeadRoom)
	top := container.NewBorder(nil, Line(), corner, nil, g.head.clip())
	inner := container.NewBorder(top, nil, g.side.clip(), nil, g.scroll)
	return &gridRenderer{g: g, inner: container.NewStack(inner, container.NewBorder(Inset(60, 40, 0, 40, g.empty), nil, nil, nil))}
}

type gridRenderer struct {
	g     *Grid
	inner *fyne.Container
}

func (r *gridRenderer) MinSize() fyne.Size { return fyne.NewSize(Px(240), Px(160)) }

func (r *gridRenderer) Layout(size fyne.Size) {
	if r.inner.Size() == size {
		return
	}
	r.inner.Resize(size)
	r.g.body.measure()
	r.g.scroll.Refresh()
	r.g.reveal()
	r.g.redraw()
}

func (r *gridRenderer) Refresh() {
	r.g.body.forget()
	r.g.redraw()
}
func (r *gridRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.inner} }
func (r *gridRenderer) Destroy()                     {}

var (
	_ desktop.Mouseable   = (*gridBody)(nil)
	_ desktop.Hoverable   = (*gridBody)(nil)
	_ fyne.Draggable      = (*gridBody)(nil)
	_ fyne.DoubleTappable = (*gridBody)(nil)
	_ fyne.Focusable      = (*gridBody)(nil)
	_ fyne.Shortcutable   = (*gridBody)(nil)
	_ fyne.Tappable       = (*gridBody)(nil)
	_ fyne.Tabbable       = (*gridBody)(nil)
	_ fyne.Widget         = (*Grid)(nil)
	_ fyne.WidgetRenderer = (*gridRenderer)(nil)
	_ fyne.CanvasObject   = (*gridHead)(nil)
	_ fyne.CanvasObject   = (*gridSide)(nil)
)
