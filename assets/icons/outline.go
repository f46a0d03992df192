package icons

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// half is half the width of every stroke.
const half = 1.0

// drawing is what of an SVG document the icons use.
type drawing struct {
	Shapes []shape `xml:",any"`
}

type shape struct {
	XMLName xml.Name
	Path    string  `xml:"d,attr"`
	Fill    string  `xml:"fill,attr"`
	Stroke  string  `xml:"stroke,attr"`
	X       float64 `xml:"cx,attr"`
	Y       float64 `xml:"cy,attr"`
	R       float64 `xml:"r,attr"`
}

func (s shape) lines() ([]line, error) {
	switch s.XMLName.Local {
	case "path":
		return readPath(s.Path)
	case "circle":
		return []line{circle(point{s.X, s.Y}, s.R)}, nil
	}
	return nil, fmt.Errorf("an icon is made of paths and circles, not of %q", s.XMLName.Local)
}

// outlined turns a drawing of strokes into one of filled shapes: all of them
// wind the same way, so that where they lie over one another nothing cancels,
// whether a painter fills by the nonzero rule or by summing areas.
func outlined(svg []byte) ([]byte, error) {
	var d drawing
	if err := xml.Unmarshal(svg, &d); err != nil {
		return nil, err
	}
	var ink []line
	for _, s := range d.Shapes {
		lines, err := s.lines()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if s.Fill == "currentColor" {
				ink = append(ink, l)
			}
			if s.Stroke != "none" {
				ink = append(ink, stroke(l)...)
			}
		}
	}
	return document(ink), nil
}

func circle(centre point, radius float64) line {
	steps := chords(radius, 2*math.Pi)
	points := make([]point, steps)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(steps))
		points[i] = centre.plus(point{cos, sin}.times(radius))
	}
	return line{points, true}
}

// stroke gives the shapes that together cover a line with round ends and corners:
// a quadrangle for each of its parts and a slice of a disc at each corner.
func stroke(l line) []line {
	n := len(l.points)
	parts := n - 1
	if l.closed {
		parts = n
	}
	var ink []line
	for i := range parts {
		a, b := l.points[i], l.points[(i+1)%n]
		side := across(a, b)
		ink = append(ink, line{[]point{a.plus(side), b.plus(side), b.minus(side), a.minus(side)}, true})
		if i+1 < parts || l.closed {
			ink = append(ink, corner(b, side, across(b, l.points[(i+2)%n])))
		}
	}
	if !l.closed && parts > 0 {
		first, last := across(l.points[0], l.points[1]), across(l.points[n-2], l.points[n-1])
		ink = append(ink, slice(l.points[0], first, math.Pi), slice(l.points[n-1], last, -math.Pi))
	}
	return ink
}

// across is the vector from a line to its side.
func across(a, b point) point {
	d := b.minus(a)
	return point{-d.y, d.x}.times(half / d.length())
}

// corner covers the wedge that opens outside of a bend.
func corner(at, before, after point) line {
	turn := math.Atan2(before.x*after.y-before.y*after.x, before.x*after.x+before.y*after.y)
	if turn < 0 {
		return slice(at, before, turn)
	}
	return slice(at, before.times(-1), turn)
}

// slice is a part of a disc from a side through a turn.
func slice(at, side point, turn float64) line {
	steps := chords(half, turn)
	points := []point{at}
	for i := range steps + 1 {
		sin, cos := math.Sincos(turn * float64(i) / float64(steps))
		points = append(points, at.plus(point{side.x*cos - side.y*sin, side.x*sin + side.y*cos}))
	}
	return line{points, true}
}

// document writes closed lines as the only path of an SVG document.
func document(ink []line) []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000000" d="`)
	for _, l := range ink {
		points := l.points
		area := signed(points)
		if math.Abs(area) < 1e-4 {
			continue
		}
		for i := range points {
			p := points[i]
			if area < 0 {
				p = points[len(points)-1-i]
			}
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(short(p.x))
			b.WriteByte(' ')
			b.WriteString(short(p.y))
		}
		b.WriteByte('z')
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String())
}

func short(x float64) string {
	return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64)
}

// signed is twice the area of a polygon, negative if it winds the other way.
func signed(points []point) float64 {
	sum := 0.0
	for i, p := range points {
		q := points[(i+1)%len(points)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum
}
