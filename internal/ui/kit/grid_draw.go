package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// ground draws hours, places, absences and the line of the present.
func (r *gridDraw) ground() {
	g, b := r.b.g, r.b
	r.rects.used, r.words.used = 0, 0
	line, faint := theme.Color(ColorLine), blend(theme.Color(ColorLine), theme.Color(theme.ColorNameBackground), 0.45)
	r.rect(gridRect{0, 0, b.Size().Width, b.Size().Height}, theme.Color(ColorSurface))
	for c := range g.data.Columns {
		col := &g.data.Columns[c]
		x := float32(c) * b.width
		if !r.sees(gridRect{x, r.seen.y, b.width, r.seen.h}) {
			continue
		}
		for _, s := range col.Open {
			r.rect(r.within(gridRect{x, b.y(s.From), b.width, float32(s.len()) * b.scale}), theme.Color(theme.ColorNameBackground))
		}
		for m := (g.data.Span.From + 59) / 60 * 60; len(col.Slots) == 0 && m < g.data.Span.Until; m += 60 {
			r.rect(gridRect{x, b.y(m), b.width, 1}, faint)
		}
		for _, s := range col.Slots {
			at := gridRect{x, b.y(s.From), b.width, 1}
			if s.From%60 == 0 {
				r.rect(at, line)
			} else {
				r.rect(at, faint)
			}
			if s.Until%60 != 0 || !starts(col.Slots, s.Until) {
				r.rect(gridRect{x, b.y(s.Until), b.width, 1}, faint)
			}
		}
		for _, a := range col.Away {
			r.away(gridRect{x, b.y(max(a.From, g.data.Span.From)), b.width, b.y(min(a.Until, g.data.Span.Until)) - b.y(max(a.From, g.data.Span.From))}, a.Word)
		}
		r.rect(gridRect{x + b.width - 1, 0, 1, b.Size().Height}, line)
	}
	if n := g.data.Now; n >= g.data.Span.From && n <= g.data.Span.Until {
		at := gridRect{0, b.y(n) - 1, b.Size().Width, 2}
		if g.data.NowIn >= 0 {
			at.x, at.w = float32(g.data.NowIn)*b.width, b.width
		}
		r.rect(at, theme.Color(theme.ColorNamePrimary))
	}
}

func starts(slots []Stretch, minute int) bool {
	for _, s := range slots {
		if s.From == minute {
			return true
		}
	}
	return false
}

// within cuts a place to what is seen.
func (r *gridDraw) within(a gridRect) gridRect {
	top, bottom := max(a.y, r.seen.y), min(a.y+a.h, r.seen.y+r.seen.h)
	a.y, a.h = top, max(bottom-top, 0)
	return a
}

func (r *gridDraw) rect(at gridRect, c color.Color) {
	if !r.sees(at) || at.h <= 0 {
		return
	}
	o := r.rects.next()
	o.FillColor, o.StrokeWidth, o.CornerRadius = c, 0, 0
	at.put(o)
}

// away shades a place and says why nobody is there.
func (r *gridDraw) away(at gridRect, word string) {
	full := at
	if at = r.within(at); at.h <= 0 {
		return
	}
	shade := blend(theme.Color(ColorSurface), theme.Color(ColorLine), 0.65)
	r.rect(at, shade)
	size := Px(TextSmall)
	w := r.words.next()
	w.TextSize, w.Color, w.TextStyle = size, theme.Color(ColorMuted), fyne.TextStyle{Bold: true}
	w.Alignment = fyne.TextAlignCenter
	room := at.w - Px(12)
	if m := fyne.MeasureText(word, size, w.TextStyle); m.Width > room {
		word = Ellipsis(word, room, size, w.TextStyle)
	}
	w.Text = word
	h := Px(20)
	ground := gridRect{at.x + Px(4), full.y + Px(6), at.w - Px(8) - 1, h}
	if full.h < h+Px(8) {
		ground.y = full.y + (full.h-h)/2
	}
	gridRect{ground.x, ground.y + (h-size*1.36)/2, ground.w, size * 1.36}.put(w)
}

// gridCell is the cursor on a free place, or what is under the mouse.
type gridCell struct {
	frame *canvas.Rectangle
	word  *canvas.Text
	seen  bool
}

func newGridCell() *gridCell {
	return &gridCell{frame: canvas.NewRectangle(color.Transparent), word: canvas.NewText("", color.Transparent)}
}

func (c *gridCell) hide() { c.seen = false }

func (c *gridCell) show(at gridRect, ground, stroke fyne.ThemeColorName, word string, ink fyne.ThemeColorName) {
	c.seen = true
	c.frame.FillColor, c.frame.StrokeWidth, c.frame.CornerRadius = color.Transparent, 0, Px(4)
	if ground != "" {
		c.frame.FillColor = theme.Color(ground)
	}
	if stroke != "" {
		c.frame.StrokeColor, c.frame.StrokeWidth = theme.Color(stroke), 2
	}
	at.put(c.frame)
	c.frame.Refresh()
	c.word.Text = word
	if word != "" {
		c.word.Color, c.word.TextSize, c.word.TextStyle = theme.Color(ink), Px(TextSmall+1), fyne.TextStyle{Bold: true}
		h := c.word.TextSize * 1.36
		top := at.y + min((at.h-h)/2, Px(5))
		gridRect{at.x + Px(7), top, at.w - Px(10), h}.put(c.word)
		c.word.Refresh()
	}
}

func (c *gridCell) objects(to []fyne.CanvasObject) []fyne.CanvasObject {
	if !c.seen {
		return to
	}
	if c.word.Text == "" {
		return append(to, c.frame)
	}
	return append(to, c.frame, c.word)
}

// gridBlockView draws a block.
type gridBlockView struct {
	ground, bar *canvas.Rectangle
	icon        *canvas.Image
	text, below *canvas.Text
	was         GridBlock
	at          gridRect
	known       bool
}

func newGridBlockView() *gridBlockView {
	return &gridBlockView{
		ground: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
		icon: &canvas.Image{FillMode: canvas.ImageFillContain}, text: canvas.NewText("", color.Transparent), below: canvas.NewText("", color.Transparent),
	}
}

// show draws a block at a place, if that is not what it shows already.
func (v *gridBlockView) show(r *gridDraw, b *GridBlock, at gridRect, ghost bool) {
	if v.known && v.was == *b && v.at == at {
		return
	}
	v.known, v.was, v.at = true, *b, at
	ink, ground := b.Ink, b.Ground
	v.ground.FillColor, v.ground.CornerRadius, v.ground.StrokeWidth = theme.Color(ground), Px(4), 0
	if ghost || b.Alarm {
		v.ground.StrokeWidth, v.ground.StrokeColor = 2, theme.Color(ink)
	}
	if b.Alarm && !ghost {
		v.ground.StrokeColor = theme.Color(theme.ColorNameError)
	}
	at.put(v.ground)
	v.bar.FillColor = theme.Color(ink)
	if b.Muted {
		v.bar.FillColor = theme.Color(theme.ColorNameInputBorder)
	}
	v.bar.TopLeftCornerRadius, v.bar.BottomLeftCornerRadius = Px(4), Px(4)
	gridRect{at.x, at.y, Px(3), at.h}.put(v.bar)
	side := Px(gridIcon)
	if icon := r.icon(b.Icon, ink); v.icon.Image != icon {
		v.icon.Image = icon
		v.icon.Refresh()
	}
	if b.Aside {
		gridRect{at.x + (at.w-side)/2 + Px(1), at.y + (at.h-side)/2, side, side}.put(v.icon)
		v.text.Text, v.below.Text = "", ""
		v.refresh()
		return
	}
	v.words(b, at, side, ink)
	v.refresh()
}

func (v *gridBlockView) words(b *GridBlock, at gridRect, side float32, ink fyne.ThemeColorName) {
	name := theme.ColorNameForeground
	if b.Muted {
		name = ColorMuted
	}
	left := at.x + Px(7)
	room := at.w - Px(10) - side - Px(5)
	put := func(t *canvas.Text, s string, size float32, c fyne.ThemeColorName, bold bool) float32 {
		t.TextSize, t.TextStyle.Bold, t.Color = Px(size), bold, theme.Color(c)
		m := fyne.MeasureText(s, t.TextSize, t.TextStyle)
		if m.Width > room {
			s = Ellipsis(s, max(room, 1), t.TextSize, t.TextStyle)
		}
		t.Text = s
		return m.Height
	}
	size := float32(TextSmall + 1)
	if at.w < Px(126) {
		size = TextSmall
	}
	h := put(v.text, b.Text, size, name, false)
	v.below.Text = ""
	below, beside := float32(0), float32(0)
	if used := fyne.MeasureText(v.text.Text, v.text.TextSize, v.text.TextStyle).Width + Px(10); b.Below != "" && at.h < Px(35) && room-used > Px(70) {
		room -= used // one line, but a long one: what for stands after the name
		below = put(v.below, b.Below, TextSmall, ColorMuted, false)
		room += used
		beside = used
	}
	if b.Below != "" && at.h >= Px(35) {
		below = put(v.below, b.Below, TextSmall, ColorMuted, false)
	}
	high := h + below
	if beside > 0 {
		high = h
	}
	top := at.y + min((at.h-high)/2, Px(4))
	gridRect{left, top + (h-side)/2, side, side}.put(v.icon)
	gridRect{left + side + Px(5), top, room, h}.put(v.text)
	if beside > 0 {
		gridRect{left + side + Px(5) + beside, top + (h-below)/2, room - beside, below}.put(v.below)
		return
	}
	gridRect{left + side + Px(5), top + h - Px(1), room, max(below, 1)}.put(v.below)
}

func (v *gridBlockView) refresh() {
	v.ground.Refresh()
	v.bar.Refresh()
	v.text.Refresh()
	v.below.Refresh()
}

func (v *gridBlockView) objects(to []fyne.CanvasObject) []fyne.CanvasObject {
	if !v.known {
		return to
	}
	to = append(to, v.ground, v.bar, v.icon)
	if v.text.Text != "" {
		to = append(to, v.text)
	}
	if v.below.Text != "" {
		to = append(to, v.below)
	}
	return to
}
