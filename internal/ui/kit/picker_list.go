package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pickList draws the rows of a picker: whole ones only, as many as its place holds. It
// never has the focus.
type pickList struct {
	widget.BaseWidget
	p    *Picker
	top  int // the first row that is seen
	over int // the row under the mouse, -1 for none
}

func newPickList(p *Picker) *pickList {
	l := &pickList{p: p, over: -1}
	l.ExtendBaseWidget(l)
	return l
}

func (l *pickList) height(i int) float32 {
	switch {
	case l.p.rows[i].Heading:
		return Px(26)
	case l.p.tall:
		return Px(44)
	}
	return Px(30)
}

// whole is how many rows from the top on are seen as a whole.
func (l *pickList) whole() int {
	n, room := 0, l.Size().Height
	for i := l.top; i < len(l.p.rows); i++ {
		if room -= l.height(i); room < 0 {
			break
		}
		n++
	}
	return n
}

// follow brings the chosen row in sight, with the heading above it where that is the
// first, and draws anew.
func (l *pickList) follow() {
	at := max(l.p.at, 0)
	if at > 0 && at == l.p.next(-1, 1) {
		at = 0
	}
	l.top = min(l.top, at, max(len(l.p.rows)-1, 0))
	for l.top < l.p.at && l.p.at >= l.top+l.whole() && l.Size().Height > 0 {
		l.top++
	}
	l.Refresh()
}

// scroll moves what is seen by rows.
func (l *pickList) scroll(by int) {
	last := len(l.p.rows)
	room := l.Size().Height
	for last > 0 && room-l.height(last-1) >= 0 {
		last--
		room -= l.height(last)
	}
	l.top = min(max(l.top+by, 0), last)
	l.Refresh()
}

// hit finds the row at a height; -1 for none.
func (l *pickList) hit(y float32) int {
	at := float32(0)
	for i := l.top; i < l.top+l.whole(); i++ {
		h := l.height(i)
		if y >= at && y < at+h {
			return i
		}
		at += h
	}
	return -1
}

// Tapped implements fyne.Tappable: it takes the row, or at its mark marks it.
func (l *pickList) Tapped(ev *fyne.PointEvent) {
	Touch(l)
	i := l.hit(ev.Position.Y)
	if i < 0 || l.p.rows[i].Heading {
		return
	}
	l.p.at = i
	l.Refresh()
	if l.p.OnMark != nil && ev.Position.X < l.markWidth() {
		l.p.MarkChosen()
		return
	}
	l.p.Take()
}

func (l *pickList) markWidth() float32 {
	if l.p.OnMark == nil {
		return Px(8)
	}
	return Px(34)
}

// Scrolled implements fyne.Scrollable.
func (l *pickList) Scrolled(ev *fyne.ScrollEvent) {
	Touch(l)
	switch {
	case ev.Scrolled.DY > 0:
		l.scroll(-2)
	case ev.Scrolled.DY < 0:
		l.scroll(2)
	}
}

// MouseIn implements desktop.Hoverable.
func (l *pickList) MouseIn(ev *desktop.MouseEvent) { l.MouseMoved(ev) }

// MouseMoved implements desktop.Hoverable.
func (l *pickList) MouseMoved(ev *desktop.MouseEvent) {
	if i := l.hit(ev.Position.Y); i != l.over {
		l.over = i
		l.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (l *pickList) MouseOut() {
	l.over = -1
	l.Refresh()
}

// Cursor implements desktop.Cursorable.
func (l *pickList) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (l *pickList) CreateRenderer() fyne.WidgetRenderer {
	r := &pickRenderer{l: l, none: MutedPara(""), bar: canvas.NewRectangle(color.Transparent)}
	r.none.Alignment = fyne.TextAlignCenter
	r.bar.CornerRadius = Px(2)
	return r
}

// pickLine is one row as drawn.
type pickLine struct {
	ground, bar             *canvas.Rectangle
	mark                    *canvas.Image
	marked                  string
	code, text, below, side *canvas.Text
}

func newPickLine() *pickLine {
	word := func() *canvas.Text { return canvas.NewText("", color.Black) }
	n := &pickLine{
		ground: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
		mark: &canvas.Image{FillMode: canvas.ImageFillContain}, code: word(), text: word(), below: word(), side: word(),
	}
	n.ground.CornerRadius = Px(5)
	n.side.Alignment = fyne.TextAlignTrailing
	return n
}

func (n *pickLine) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{n.ground, n.bar, n.mark, n.code, n.text, n.below, n.side}
}

type pickRenderer struct {
	l     *pickList
	lines []*pickLine
	shown int
	none  *widget.Label
	bar   *canvas.Rectangle // where in the list one is
}

func (r *pickRenderer) MinSize() fyne.Size { return fyne.NewSize(Px(200), Px(120)) }

func (r *pickRenderer) Layout(size fyne.Size) {
	if r.l.top > 0 || r.l.p.at > 0 {
		r.l.scroll(0)
	}
	r.draw(size)
}

func (r *pickRenderer) Refresh() {
	r.draw(r.l.Size())
	for _, o := range r.Objects() {
		canvas.Refresh(o)
	}
}

func (r *pickRenderer) draw(size fyne.Size) {
	l := r.l
	r.shown = l.whole()
	for len(r.lines) < r.shown {
		r.lines = append(r.lines, newPickLine())
	}
	width := size.Width
	r.bar.Hide()
	if r.shown < len(l.p.rows) {
		width -= Px(8)
		share := size.Height / float32(len(l.p.rows))
		r.bar.Show()
		r.bar.FillColor = theme.Color(ColorLine)
		r.bar.Move(fyne.NewPos(size.Width-Px(4), share*float32(l.top)))
		r.bar.Resize(fyne.NewSize(Px(4), max(share*float32(r.shown), Px(16))))
	}
	at := float32(0)
	for k := range r.shown {
		i := l.top + k
		h := l.height(i)
		r.line(r.lines[k], &l.p.rows[i], i, fyne.NewPos(0, at), fyne.NewSize(width, h))
		at += h
	}
	r.none.Hide()
	if len(l.p.rows) == 0 && l.p.known {
		if word := l.p.none(l.p.asked); word != "" {
			r.none.SetText(word)
			r.none.Move(fyne.NewPos(Px(12), Px(18)))
			r.none.Resize(fyne.NewSize(max(size.Width-Px(24), 0), r.none.MinSize().Height))
			r.none.Show()
		}
	}
}

func (r *pickRenderer) line(n *pickLine, row *PickRow, i int, at fyne.Position, size fyne.Size) {
	l := r.l
	n.ground.FillColor, n.bar.FillColor = color.Transparent, color.Transparent
	switch {
	case row.Heading:
	case i == l.p.at:
		n.ground.FillColor, n.bar.FillColor = theme.Color(ColorAccentSoft), theme.Color(theme.ColorNamePrimary)
	case i == l.over:
		n.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	n.ground.Move(at)
	n.ground.Resize(size)
	n.bar.Move(at.AddXY(0, Px(4)))
	n.bar.Resize(fyne.NewSize(Px(3), size.Height-Px(8)))
	left, right := l.markWidth(), size.Width-Px(8)
	r.mark(n, row, i, at, size)
	for _, t := range []*canvas.Text{n.code, n.text, n.below, n.side} {
		t.Text = ""
	}
	if row.Heading {
		pickText(n.text, row.Text, TextSmall, ColorMuted, true, at.AddXY(Px(8), size.Height-Px(21)), right-Px(8))
		return
	}
	top := (size.Height - Px(19)) / 2
	if row.Below != "" && l.p.tall {
		top = Px(4)
		room := right - left - Px(l.p.codes)
		pickText(n.below, row.Below, TextSmall, ColorMuted, false, at.AddXY(left+Px(l.p.codes), size.Height-Px(21)), room)
	}
	if row.Side != "" {
		n.side.TextSize = Px(TextSmall)
		w := fyne.MeasureText(row.Side, n.side.TextSize, fyne.TextStyle{}).Width
		pickText(n.side, row.Side, TextSmall, ColorMuted, false, at.AddXY(right-w, top+Px(2)), w+1)
		right -= w + Px(10)
	}
	if l.p.codes > 0 {
		pickText(n.code, row.Code, TextNormal, theme.ColorNamePrimary, true, at.AddXY(left, top), Px(l.p.codes-6))
		left += Px(l.p.codes)
	}
	pickText(n.text, row.Text, TextNormal, theme.ColorNameForeground, false, at.AddXY(left, top), right-left)
}

// mark shows the row's mark, and an empty star where the mouse or the cursor offers one.
func (r *pickRenderer) mark(n *pickLine, row *PickRow, i int, at fyne.Position, size fyne.Size) {
	name := row.Mark
	if name == "" && r.l.p.OnMark != nil && !row.Heading && (i == r.l.over || i == r.l.p.at) {
		name = "star"
	}
	n.mark.Hide()
	if name == "" || row.Heading {
		return
	}
	if n.marked != name {
		n.marked, n.mark.Resource = name, pickMark(name).Resource
	}
	side := Px(16)
	n.mark.Move(at.AddXY(Px(10), (size.Height-side)/2))
	n.mark.Resize(fyne.NewSquareSize(side))
	n.mark.Show()
}

// pickText sets a line of text at a place, cut to its room.
func pickText(t *canvas.Text, s string, size float32, name fyne.ThemeColorName, bold bool, at fyne.Position, room float32) {
	t.TextSize, t.TextStyle.Bold, t.Color = Px(size), bold, theme.Color(name)
	m := fyne.MeasureText(s, t.TextSize, t.TextStyle)
	if m.Width > room {
		s = Ellipsis(s, room, t.TextSize, t.TextStyle)
	}
	t.Text = s
	t.Move(at)
	t.Resize(fyne.NewSize(max(room, 0), m.Height))
}

func (r *pickRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.bar, r.none}
	for _, n := range r.lines[:min(r.shown, len(r.lines))] {
		out = append(out, n.objects()...)
	}
	return out
}
func (r *pickRenderer) Destroy() {}
