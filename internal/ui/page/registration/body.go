package registration

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/registration"
)

// body is the form itself: all sections in one scroll.
type body struct {
	p       *form
	object  fyne.CanvasObject
	scroll  *container.Scroll
	content *fyne.Container
	flow    *flow
	cells   []*cell
	byPath  map[string]*cell
	heads   []*block // headings, by section
	act     func()   // of the notice's button
}

// newBody makes the body of a page.
func newBody(p *form) {
	b := &body{p: p, flow: &flow{}}
	b.content = container.New(b.flow)
	b.scroll = container.NewVScroll(b.content)
	b.object = container.New(&widthFirst{b}, b.scroll)
	p.body = b
	p.syncing = true
	b.fill()
	p.syncing = false
}

// fill makes the fields of all sections.
func (b *body) fill() {
	b.cells, b.byPath, b.heads, b.flow.blocks = nil, map[string]*cell{}, nil, nil
	for n, sec := range b.p.model.Sections() {
		head := heading(sec, n)
		b.heads = append(b.heads, head)
		b.flow.blocks = append(b.flow.blocks, head)
		b.line(sec.Fields, nil)
		if sec.List == nil {
			continue
		}
		for _, line := range sec.List.Lines {
			path := line[0].Path
			b.line(line, newTap("close", "", "", func() { b.p.remove(path) }))
		}
		add := newTap("add", sec.List.Add, "F7", func() { b.p.add(n) })
		b.flow.blocks = append(b.flow.blocks, &block{objects: []fyne.CanvasObject{add}, height: func(float32) float32 { return add.MinSize().Height }, put: func(x, y, w float32) {
			add.Move(fyne.NewPos(x-kit.Px(6), y))
			add.Resize(add.MinSize())
		}})
	}
	var objects []fyne.CanvasObject
	for _, k := range b.flow.blocks {
		objects = append(objects, k.objects...)
	}
	b.content.Objects = objects
	b.sync()
	b.content.Refresh()
}

// line puts fields side by side, as many as fit; remove is the mark that takes a line
// of a list away.
func (b *body) line(fields []model.Field, remove fyne.CanvasObject) {
	if len(fields) == 0 {
		return
	}
	group := &lineOfCells{remove: remove}
	k := &block{height: group.height, put: group.put}
	for _, f := range fields {
		c := newCell(b.p, f)
		b.cells = append(b.cells, c)
		b.byPath[f.Path] = c
		group.cells = append(group.cells, c)
		k.objects = append(k.objects, c.objects()...)
	}
	if remove != nil {
		k.objects = append(k.objects, remove)
		group.frame = canvas.NewRectangle(theme.Color(kit.ColorSurface))
		group.frame.CornerRadius = kit.Px(8)
		k.objects = append([]fyne.CanvasObject{group.frame}, k.objects...)
	}
	b.flow.blocks = append(b.flow.blocks, k)
}

// sync shows in every field what the model has, and what it says there.
func (b *body) sync() {
	moved := false
	for _, c := range b.cells {
		c.show()
		if c.say(b.p.model.Say(c.field.Path)) {
			moved = true
		}
	}
	if moved {
		b.relayout()
	}
}

// relayout places everything anew after a height has changed.
func (b *body) relayout() {
	if b.flow.width == 0 {
		return
	}
	size := fyne.NewSize(b.flow.width, max(b.flow.measure(), b.scroll.Size().Height))
	if size == b.content.Size() {
		b.flow.Layout(nil, size)
	} else {
		b.content.Resize(size)
	}
	b.scroll.Refresh()
}

// settle writes what stands in the focused field as if it were left.
func (b *body) settle() {
	if s, ok := b.p.env.Window.Canvas().Focused().(interface{ Settle() }); ok {
		s.Settle()
	}
}

// focus gives the keys to a field, "" to the first, and brings it in sight.
func (b *body) focus(path string) {
	c := b.byPath[path]
	if c == nil {
		if len(b.cells) == 0 {
			return
		}
		c = b.cells[0]
	}
	b.p.env.Window.Canvas().Focus(c.focusable)
	b.reveal(c)
}

// jump goes to a section.
func (b *body) jump(section int) {
	sections := b.p.model.Sections()
	if section < 0 || section >= len(b.heads) {
		return
	}
	b.offset(b.heads[section].top)
	sec := sections[section]
	switch {
	case sec.List != nil && len(sec.List.Lines) > 0 && len(sec.Fields) == 0:
		b.focus(sec.List.Lines[0][0].Path)
	case len(sec.Fields) > 0:
		b.focus(sec.Fields[0].Path)
	default: // nothing there yet: the first line is what one came for
		b.p.add(section)
	}
	b.offset(b.heads[section].top)
}

// entered is called when a field has got the focus.
func (b *body) entered(c *cell) {
	b.p.last = c.field.Path
	b.reveal(c)
	b.p.rail.at(b.p.model.SectionOf(c.field.Path))
}

// reveal scrolls as little as is needed to see a field and the word at it.
func (b *body) reveal(c *cell) {
	top, bottom := c.top-kit.Px(30), c.top+c.high+kit.Px(40)
	switch high := b.scroll.Size().Height; {
	case high <= 0:
	case top < b.scroll.Offset.Y:
		b.offset(top)
	case bottom > b.scroll.Offset.Y+high:
		b.offset(bottom - high)
	}
}

func (b *body) offset(y float32) {
	most := max(b.content.Size().Height-b.scroll.Size().Height, 0)
	b.scroll.Offset.Y = min(max(y, 0), most)
	b.scroll.Refresh()
}

// widthFirst gives the flow its width before the scroll asks how high it is.
type widthFirst struct{ b *body }

func (l *widthFirst) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(kit.Px(300), kit.Px(100))
}

func (l *widthFirst) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.b.flow.width = size.Width
	l.b.scroll.Resize(size)
	l.b.relayout()
}

// block is one thing in the flow from top to bottom: a heading, a line of fields.
type block struct {
	objects []fyne.CanvasObject
	height  func(width float32) float32
	put     func(x, y, width float32)
	gap     float32 // above it, before scaling
	top     float32 // where it stands
}

// flow places blocks one under another at the width that the page has.
type flow struct {
	blocks []*block
	width  float32
}

const (
	flowSide = 20 // room at both sides of the form, before scaling
	flowGap  = 6  // between blocks
	flowWide = 980
)

func (f *flow) inner() (x, width float32) {
	x = kit.Px(flowSide)
	return x, min(max(f.width-2*x, kit.Px(120)), kit.Px(flowWide))
}

func (f *flow) measure() float32 {
	_, w := f.inner()
	y := kit.Px(2)
	for _, b := range f.blocks {
		y += kit.Px(flowGap+b.gap) + b.height(w)
	}
	return y + kit.Px(40)
}

func (f *flow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(kit.Px(200), f.measure()) }

func (f *flow) Layout([]fyne.CanvasObject, fyne.Size) {
	x, w := f.inner()
	y := kit.Px(2)
	for _, b := range f.blocks {
		y += kit.Px(flowGap + b.gap)
		b.top = y - kit.Px(flowGap+b.gap)
		b.put(x, y, w)
		y += b.height(w)
	}
}

// heading of a section, with a line above it and a word beside it.
func heading(sec model.Section, n int) *block {
	title, about := kit.Heading(sec.Title), kit.Caption(sec.About).Cut(60)
	line := kit.Line()
	b := &block{objects: []fyne.CanvasObject{title, about}, gap: 10}
	if n > 0 {
		b.objects = append(b.objects, line)
	}
	over := func() float32 {
		if n == 0 {
			return 0
		}
		return kit.Px(12)
	}
	beside := func(w float32) bool {
		return sec.About == "" || title.MinSize().Width+kit.Px(14)+fyne.MeasureText(sec.About, kit.Px(kit.TextSmall), fyne.TextStyle{}).Width <= w
	}
	b.height = func(w float32) float32 {
		h := over() + title.MinSize().Height
		if !beside(w) {
			h += about.MinSize().Height
		}
		return h
	}
	b.put = func(x, y, w float32) {
		line.Move(fyne.NewPos(x, y))
		line.Resize(fyne.NewSize(w, 1))
		size := title.MinSize()
		title.Move(fyne.NewPos(x, y+over()))
		title.Resize(size)
		if beside(w) {
			about.Move(fyne.NewPos(x+size.Width+kit.Px(14), y+over()+(size.Height-about.MinSize().Height)*0.75))
			about.Resize(fyne.NewSize(max(w-size.Width-kit.Px(14), 0), about.MinSize().Height))
			return
		}
		about.Move(fyne.NewPos(x, y+over()+size.Height))
		about.Resize(fyne.NewSize(w, about.MinSize().Height))
	}
	return b
}
