package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Column of a list: its heading and its share of the width.
type Column struct {
	Title string
	Width float32 // before scaling; with Grow the least
	Grow  float32 // share of what is left; 0 keeps Width
	Right bool    // figures stand at the right
}

// Cell is what stands in one place of a list.
type Cell struct {
	Text  string
	Below string // second line, small and muted
	Icon  string // before the text
	Color fyne.ThemeColorName
	Bold  bool
}

// Rows is a list of lines over columns, as long as you like: only what is seen is
// made. Arrows, PageUp, PageDown, Home and End move, Enter or a double click opens.
type Rows struct {
	widget.BaseWidget
	columns []Column
	height  float32
	count   int
	cell    func(row, column int) Cell
	empty   *widget.Label
	head    *fyne.Container
	list    *rowList
	at      int

	// OnOpen is called by Enter and a double click, OnMove when another line is
	// chosen, OnKey for every key that the list does not use itself: true means used.
	OnOpen func(row int)
	OnMove func(row int)
	OnKey  func(*fyne.KeyEvent) bool
	// Tint gives a line a ground of its own; empty for none.
	Tint func(row int) fyne.ThemeColorName
}

// NewRows makes a list; cell is asked on Fyne's thread and must be quick.
func NewRows(columns []Column, cell func(row, column int) Cell) *Rows {
	r := &Rows{columns: columns, height: 34, cell: cell, empty: MutedPara("")}
	r.empty.Alignment = fyne.TextAlignCenter
	r.list = newRowList(r)
	r.ExtendBaseWidget(r)
	return r
}

// Tall sets the height of a line before scaling: 46 for two lines of text.
func (r *Rows) Tall(h float32) *Rows { r.height = h; return r }

// Empty sets what stands where there are no lines: what to do first.
func (r *Rows) Empty(s string) *Rows { r.empty.SetText(s); return r }

// SetCount says how many lines there are, and draws them anew.
func (r *Rows) SetCount(n int) {
	r.count = n
	if r.at >= n {
		r.at = max(n-1, 0)
	}
	if n == 0 && r.empty.Text != "" {
		r.empty.Show()
	} else {
		r.empty.Hide()
	}
	r.list.Refresh()
}

// Count is how many lines there are.
func (r *Rows) Count() int { return r.count }

// Redraw draws the lines anew.
func (r *Rows) Redraw() { r.list.Refresh() }

// At is the chosen line.
func (r *Rows) At() int { return r.at }

// Choose takes a line and brings it in sight.
func (r *Rows) Choose(row int) {
	row = min(max(row, 0), max(r.count-1, 0))
	was := r.at
	r.at = row
	if r.count > 0 {
		r.list.ScrollTo(row)
	}
	if was != row {
		r.list.RefreshItem(was)
	}
	r.list.RefreshItem(row)
	if r.OnMove != nil && r.count > 0 && was != row {
		r.OnMove(row)
	}
}

// Open opens the chosen line.
func (r *Rows) Open() {
	if r.count > 0 && r.OnOpen != nil {
		r.OnOpen(r.at)
	}
}

// Focusable is what gets the keys.
func (r *Rows) Focusable() fyne.Focusable { return r.list }

// Focused reports whether keys come here.
func (r *Rows) Focused() bool { return r.list.focused }

// Key moves by a key as if it came here, for a field above the list; it reports
// whether the key moved.
func (r *Rows) Key(name fyne.KeyName) bool {
	page := max(int(r.list.Size().Height/Px(r.height))-1, 1)
	switch name {
	case fyne.KeyUp:
		r.Choose(r.at - 1)
	case fyne.KeyDown:
		r.Choose(r.at + 1)
	case fyne.KeyPageUp:
		r.Choose(r.at - page)
	case fyne.KeyPageDown:
		r.Choose(r.at + page)
	case fyne.KeyHome:
		r.Choose(0)
	case fyne.KeyEnd:
		r.Choose(r.count - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		r.Open()
	default:
		return false
	}
	return true
}

// CreateRenderer implements fyne.Widget.
func (r *Rows) CreateRenderer() fyne.WidgetRenderer {
	titles := make([]fyne.CanvasObject, len(r.columns))
	named := false
	for i, c := range r.columns {
		t := Caption(c.Title).Cut(10)
		if c.Right {
			t.Aligned(fyne.TextAlignTrailing)
		}
		named = named || c.Title != ""
		titles[i] = t
	}
	var head fyne.CanvasObject
	if named {
		r.head = container.New(cells{r}, titles...)
		head = container.NewBorder(nil, Line(), nil, nil, Inset(3, 0, 3, 0, r.head))
	}
	body := container.NewStack(r.list, container.NewBorder(Inset(28, 20, 0, 20, r.empty), nil, nil, nil))
	return widget.NewSimpleRenderer(container.NewBorder(head, nil, nil, nil, body))
}

// cells lays the columns of one line out.
type cells struct{ r *Rows }

const cellPad = 8

func (c cells) widths(total float32) []float32 {
	pad := Px(cellPad)
	left, grow := total, float32(0)
	for _, col := range c.r.columns {
		left -= Px(col.Width) + 2*pad
		grow += col.Grow
	}
	out := make([]float32, len(c.r.columns))
	for i, col := range c.r.columns {
		out[i] = Px(col.Width) + 2*pad
		if grow > 0 {
			out[i] += left * col.Grow / grow
		}
		out[i] = max(out[i], 0)
	}
	return out
}

func (c cells) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w, h float32
	for i, o := range objects {
		w += Px(c.r.columns[i].Width)/2 + 2*Px(cellPad)
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(w, h)
}

func (c cells) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at, pad := float32(0), Px(cellPad)
	for i, w := range c.widths(size.Width) {
		if i < len(objects) {
			objects[i].Move(fyne.NewPos(at+pad, 0))
			objects[i].Resize(fyne.NewSize(max(w-2*pad, 0), size.Height))
		}
		at += w
	}
}

// rowList is Fyne's list with keys and a cursor of our own.
type rowList struct {
	widget.List
	rows    *Rows
	focused bool
}

func newRowList(r *Rows) *rowList {
	l := &rowList{rows: r}
	l.HideSeparators = true
	l.Length = func() int { return r.count }
	l.CreateItem = func() fyne.CanvasObject { return newRowItem(r) }
	l.UpdateItem = func(id widget.ListItemID, o fyne.CanvasObject) { o.(*rowItem).show(id) }
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained implements fyne.Focusable.
func (l *rowList) FocusGained() { l.focused = true; l.RefreshItem(l.rows.at) }

// FocusLost implements fyne.Focusable.
func (l *rowList) FocusLost() { l.focused = false; l.RefreshItem(l.rows.at) }

// TypedKey implements fyne.Focusable.
func (l *rowList) TypedKey(ev *fyne.KeyEvent) {
	if l.rows.OnKey != nil && l.rows.OnKey(ev) {
		return
	}
	if !l.rows.Key(ev.Name) {
		Forward(l, ev)
	}
}

// MinSize implements fyne.CanvasObject.
func (l *rowList) MinSize() fyne.Size { return fyne.NewSize(Px(60), Px(l.rows.height)) }

// rowItem is one line that is seen.
type rowItem struct {
	widget.BaseWidget
	r    *Rows
	id   int
	over bool
}

func newRowItem(r *Rows) *rowItem {
	i := &rowItem{r: r, id: -1}
	i.ExtendBaseWidget(i)
	return i
}

func (i *rowItem) show(id int) { i.id = id; i.Refresh() }

// Tapped implements fyne.Tappable.
func (i *rowItem) Tapped(*fyne.PointEvent) {
	Touch(i)
	if c := fyne.CurrentApp().Driver().CanvasForObject(i.r.list); c != nil {
		c.Focus(i.r.list)
	}
	i.r.Choose(i.id)
}

// DoubleTapped implements fyne.DoubleTappable.
func (i *rowItem) DoubleTapped(*fyne.PointEvent) { i.r.Choose(i.id); i.r.Open() }

// MouseIn implements desktop.Hoverable.
func (i *rowItem) MouseIn(*desktop.MouseEvent) { i.over = true; i.Refresh(); Touch(i) }

// MouseMoved implements desktop.Hoverable.
func (i *rowItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *rowItem) MouseOut() { i.over = false; i.Refresh() }

// CreateRenderer implements fyne.Widget.
func (i *rowItem) CreateRenderer() fyne.WidgetRenderer {
	r := &rowRenderer{i: i, ground: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent)}
	r.objects = []fyne.CanvasObject{r.ground, r.bar}
	for range i.r.columns {
		p := &place{text: canvas.NewText("", color.Black), below: canvas.NewText("", color.Black)}
		r.places = append(r.places, p)
		r.objects = append(r.objects, p.text, p.below)
	}
	return r
}

type place struct {
	cell        Cell
	width       float32
	scale       float32
	set         bool
	dark        bool
	text, below *canvas.Text
	icon        *canvas.Image
}

type rowRenderer struct {
	i           *rowItem
	ground, bar *canvas.Rectangle
	places      []*place
	objects     []fyne.CanvasObject
}

func (r *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(Px(60), Px(r.i.r.height)) }

func (r *rowRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.bar.Resize(fyne.NewSize(Px(3), size.Height))
	r.fill(size)
}

func (r *rowRenderer) Refresh() {
	list := r.i.r
	tint := color.Color(color.Transparent)
	if list.Tint != nil && r.i.id >= 0 && r.i.id < list.count {
		if name := list.Tint(r.i.id); name != "" {
			tint = theme.Color(name)
		}
	}
	bar := color.Color(color.Transparent)
	switch {
	case r.i.id == list.at && list.count > 0:
		tint, bar = theme.Color(ColorAccentSoft), theme.Color(theme.ColorNamePrimary)
		if !list.list.focused {
			bar = theme.Color(ColorLine)
		}
	case r.i.over:
		tint = theme.Color(theme.ColorNameHover)
	}
	if r.ground.FillColor != tint {
		r.ground.FillColor = tint
		r.ground.Refresh()
	}
	if r.bar.FillColor != bar {
		r.bar.FillColor = bar
		r.bar.Refresh()
	}
	r.fill(r.i.Size())
}

// fill sets the texts that differ from what is drawn.
func (r *rowRenderer) fill(size fyne.Size) {
	list := r.i.r
	if r.i.id < 0 || r.i.id >= list.count || size.Width <= 0 {
		return
	}
	look, pad, at := Current(), Px(cellPad), float32(0)
	for c, w := range (cells{list}).widths(size.Width) {
		p, cell := r.places[c], list.cell(r.i.id, c)
		if !p.set || p.cell != cell || p.width != w || p.scale != look.scale() || p.dark != look.Dark {
			p.cell, p.width, p.scale, p.dark, p.set = cell, w, look.scale(), look.Dark, true
			r.draw(p, fyne.NewPos(at+pad, 0), fyne.NewSize(max(w-2*pad, 0), size.Height), list.columns[c].Right)
		}
		at += w
	}
}

func (r *rowRenderer) draw(p *place, at fyne.Position, size fyne.Size, right bool) {
	c := p.cell
	if c.Color == "" {
		c.Color = theme.ColorNameForeground
	}
	if c.Icon != "" && p.icon == nil {
		p.icon = &canvas.Image{FillMode: canvas.ImageFillContain}
		r.objects = append(r.objects, p.icon)
	}
	room := size.Width
	if p.icon != nil {
		if c.Icon == "" {
			p.icon.Hide()
		} else {
			side := Px(17)
			p.icon.Resource = IconIn(c.Icon, c.Color)
			p.icon.Move(fyne.NewPos(at.X, (size.Height-side)/2))
			p.icon.Resize(fyne.NewSquareSize(side))
			p.icon.Show()
			p.icon.Refresh()
			if c.Text != "" {
				at.X += side + Px(6)
				room -= side + Px(6)
			}
		}
	}
	set := func(t *canvas.Text, s string, size float32, name fyne.ThemeColorName, bold bool) float32 {
		t.TextSize, t.TextStyle.Bold, t.Color = Px(size), bold, theme.Color(name)
		m := fyne.MeasureText(s, t.TextSize, t.TextStyle)
		if m.Width > room {
			s = Ellipsis(s, room, t.TextSize, t.TextStyle)
		}
		t.Alignment = fyne.TextAlignLeading
		if right {
			t.Alignment = fyne.TextAlignTrailing
		}
		t.Text = s
		return m.Height
	}
	h := set(p.text, c.Text, TextNormal, c.Color, c.Bold)
	below := float32(0)
	if c.Below != "" {
		below = set(p.below, c.Below, TextSmall, ColorMuted, false)
	} else {
		p.below.Text = ""
	}
	top := (size.Height - h - below) / 2
	p.text.Move(fyne.NewPos(at.X, top))
	p.text.Resize(fyne.NewSize(room, h))
	p.below.Move(fyne.NewPos(at.X, top+h-Px(1)))
	p.below.Resize(fyne.NewSize(room, max(below, 1)))
	p.text.Refresh()
	p.below.Refresh()
}

func (r *rowRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *rowRenderer) Destroy()                     {}
