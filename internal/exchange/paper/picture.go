package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"feldsher/internal/fault"
)

// The resolutions of a picture in points an inch: below the lowest nobody can
// read it, above the highest a page has more than the 4096 points a side that old
// graphics cards can show.
const (
	MinDPI = 36
	MaxDPI = 340
)

// pictures draws the document as one grey picture a page.
func (d document) pictures(dpi int) ([]image.Image, error) {
	if dpi < MinDPI || dpi > MaxDPI {
		return nil, fault.New(fault.Invalid, "fault.paper.dpi", "dpi", dpi, "min", MinDPI, "max", MaxDPI)
	}
	b := &brush{scale: float64(dpi) / 72}
	d.paint(b)
	return b.pages, nil
}

// sheetSize is how many pixels an A4 page has.
func sheetSize(dpi int) image.Point {
	scale := float64(dpi) / 72
	return image.Pt(int(math.Ceil(pageWidth*scale-0.01)), int(math.Ceil(pageHeight*scale-0.01)))
}

// brush draws pages as pictures. Letters stand where PDF puts them: each as many
// thousandths of an em after the one before as the font's own table says, without
// kerning and without hints, so that lines end where they will end on paper.
type brush struct {
	scale   float64 // pixels in a point
	pages   []image.Image
	on      *image.Gray
	sin     float64 // of the turn, counter-clockwise
	cos     float64
	about   [2]float64
	raster  vector.Rasterizer
	cover   []uint8
	outline sfnt.Buffer
}

func (b *brush) page() {
	b.sin, b.cos = 0, 1
	size := sheetSize(int(math.Round(b.scale * 72)))
	b.on = image.NewGray(image.Rectangle{Max: size})
	for i := range b.on.Pix {
		b.on.Pix[i] = 0xFF
	}
	b.pages = append(b.pages, b.on)
}

func (b *brush) turned(degrees, x, y float64, draw func()) {
	b.sin, b.cos = math.Sincos(degrees * math.Pi / 180)
	b.about = [2]float64{x, y}
	draw()
	b.sin, b.cos = 0, 1
}

func (b *brush) letters(x, y float64, f face, size float64, grey int, s string) {
	for _, r := range s {
		b.letter(x, y, f, size, grey, r)
		x += float64(f.advance(r)) * size / 1000
	}
}

// letter fills one glyph's outline.
func (b *brush) letter(x, y float64, f face, size float64, grey int, r rune) {
	shape := shapes()[f]
	glyph, err := shape.font.GlyphIndex(&b.outline, r)
	if err != nil || glyph == 0 {
		return
	}
	segments, err := shape.font.LoadGlyph(&b.outline, glyph, fixed.I(shape.em), nil)
	if err != nil || len(segments) == 0 {
		return
	}
	unit := size / float64(shape.em)
	place := func(p fixed.Point26_6) (float64, float64) {
		return b.pixel(x+float64(p.X)/64*unit, y+float64(p.Y)/64*unit)
	}
	box := reach(segments, place).Intersect(b.on.Rect)
	if box.Empty() {
		return
	}
	b.raster.Reset(box.Dx(), box.Dy())
	at := func(p fixed.Point26_6) (float32, float32) {
		px, py := place(p)
		return float32(px - float64(box.Min.X)), float32(py - float64(box.Min.Y))
	}
	trace(&b.raster, segments, at)
	b.fill(box, grey)
}

// pixel turns a place on the page into one on the picture.
func (b *brush) pixel(x, y float64) (float64, float64) {
	if b.sin != 0 {
		dx, dy := x-b.about[0], y-b.about[1]
		x, y = b.about[0]+b.cos*dx+b.sin*dy, b.about[1]-b.sin*dx+b.cos*dy
	}
	return x * b.scale, y * b.scale
}

// fill puts what was traced on the page.
func (b *brush) fill(box image.Rectangle, grey int) {
	n := box.Dx() * box.Dy()
	b.cover = slices.Grow(b.cover[:0], n)[:n]
	part := &image.Alpha{Pix: b.cover, Stride: box.Dx(), Rect: image.Rectangle{Max: box.Size()}}
	b.raster.DrawOp = draw.Src
	b.raster.Draw(part, part.Rect, image.Opaque, image.Point{})
	ink := uint32(grey)
	for y := range box.Dy() {
		from := part.Pix[y*part.Stride : (y+1)*part.Stride]
		to := b.on.Pix[b.on.PixOffset(box.Min.X, box.Min.Y+y):]
		for x, cover := range from {
			if cover != 0 {
				to[x] = uint8((uint32(to[x])*(255-uint32(cover)) + ink*uint32(cover) + 127) / 255)
			}
		}
	}
}

// reach is the rectangle of pixels that an outline may touch.
func reach(segments sfnt.Segments, place func(fixed.Point26_6) (float64, float64)) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range segments {
		for _, p := range segments[i].Args[:points(segments[i].Op)] {
			x, y := place(p)
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+1, int(math.Ceil(y1))+1)
}

// points is how many points a segment has.
func points(op sfnt.SegmentOp) int {
	switch op {
	case sfnt.SegmentOpQuadTo:
		return 2
	case sfnt.SegmentOpCubeTo:
		return 3
	}
	return 1
}

func trace(to *vector.Rasterizer, segments sfnt.Segments, at func(fixed.Point26_6) (float32, float32)) {
	open := false
	for i := range segments {
		s := &segments[i]
		ax, ay := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if open {
				to.ClosePath()
			}
			to.MoveTo(ax, ay)
			open = true
		case sfnt.SegmentOpLineTo:
			to.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			to.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := at(s.Args[1])
			cx, cy := at(s.Args[2])
			to.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	if open {
		to.ClosePath()
	}
}

// rule draws a line or a frame: whole pixels, at least one wide, as a printer
// does with lines thinner than its dots. Papers have level and upright ones only.
func (b *brush) rule(x, y float64, o op) {
	if !o.frame {
		b.stroke(x, y, o.dx, o.dy, o.rule, 0, o.dashed)
		return
	}
	along := 0.0
	for _, side := range [][4]float64{{x, y, o.dx, 0}, {x + o.dx, y, 0, o.dy}, {x + o.dx, y + o.dy, -o.dx, 0}, {x, y + o.dy, 0, -o.dy}} {
		b.stroke(side[0], side[1], side[2], side[3], o.rule, along, o.dashed)
		along += math.Abs(side[2]) + math.Abs(side[3])
	}
}

// dash is the length of a dash and of the gap after it, in points.
const dash = 2.0

// stroke draws one line, the pattern of dashes begun `along` points before it.
func (b *brush) stroke(x, y, dx, dy float64, l *line, along float64, dashed bool) {
	length := math.Hypot(dx, dy)
	if !dashed {
		b.bar(x, y, x+dx, y+dy, l)
		return
	}
	for at := -math.Mod(along, 2*dash); at < length; at += 2 * dash {
		from, to := max(at, 0)/length, min(at+dash, length)/length
		if to > from {
			b.bar(x+dx*from, y+dy*from, x+dx*to, y+dy*to, l)
		}
	}
}

func (b *brush) bar(x0, y0, x1, y1 float64, l *line) {
	thick := max(int(math.Round(l.weight*b.scale)), 1)
	span := func(a, z float64, level bool) (int, int) {
		if level { // across the line
			from := int(math.Floor(a*b.scale - float64(thick-1)/2))
			return from, from + thick
		}
		a, z = min(a, z)*b.scale, max(a, z)*b.scale
		return int(math.Round(a)), max(int(math.Round(z)), int(math.Round(a))+1)
	}
	left, right := span(x0, x1, x0 == x1)
	top, foot := span(y0, y1, x0 != x1)
	ink := image.NewUniform(color.Gray{Y: uint8(l.grey)})
	draw.Draw(b.on, image.Rect(left, top, right, foot), ink, image.Point{}, draw.Src)
}

// shape is a face's outlines and how many units its em has.
type shape struct {
	font *sfnt.Font
	em   int
}

var shapes = sync.OnceValue(func() *[faceCount]shape {
	var all [faceCount]shape
	for f := range faceCount {
		_, _, data := f.file()
		parsed, err := sfnt.Parse(data)
		if err != nil {
			panic(fmt.Sprintf("paper: embedded font %d: %v", f, err)) // the package's tests have read them
		}
		all[f] = shape{parsed, int(parsed.UnitsPerEm())}
	}
	return &all
})
