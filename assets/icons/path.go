package icons

import (
	"fmt"
	"math"
	"strconv"
)

// point is a place on the drawing, in its units, y downwards.
type point struct{ x, y float64 }

func (p point) plus(q point) point         { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point        { return point{p.x - q.x, p.y - q.y} }
func (p point) times(factor float64) point { return point{p.x * factor, p.y * factor} }
func (p point) length() float64            { return math.Hypot(p.x, p.y) }

// line is one stroke as a chain of points; a closed one ends where it begins,
// without naming the point twice.
type line struct {
	points []point
	closed bool
}

// near is how far a chain of points may stand off the curve it stands for: at
// four times the icon's size that is less than a tenth of a pixel.
const near = 0.02

// reader follows the data of a path (SVG 1.1, 8.3) and collects its strokes.
// It knows M, L, H, V, C, S, A and Z, absolute and relative.
type reader struct {
	data    string
	at      int
	pen     point
	control point // second control point of the last C or S, else the pen
	lines   []line
}

func readPath(data string) ([]line, error) {
	r := reader{data: data}
	var letter byte
	for {
		r.skip()
		if r.at == len(r.data) {
			return r.lines, nil
		}
		switch next := r.data[r.at]; {
		case isLetter(next):
			letter = next
			r.at++
		case letter == 'M':
			letter = 'L'
		case letter == 'm':
			letter = 'l'
		}
		if err := r.step(letter); err != nil {
			return nil, fmt.Errorf("path %q at %d: %w", data, r.at, err)
		}
	}
}

// counts says how many numbers a command takes.
func counts(letter byte) (int, bool) {
	switch letter | 0x20 {
	case 'm', 'l':
		return 2, true
	case 'h', 'v':
		return 1, true
	case 'c':
		return 6, true
	case 's':
		return 4, true
	case 'a':
		return 7, true
	case 'z':
		return 0, true
	}
	return 0, false
}

func (r *reader) step(letter byte) error {
	want, known := counts(letter)
	if !known {
		return fmt.Errorf("unknown command %q", letter)
	}
	numbers := make([]float64, want)
	for i := range numbers {
		flag := letter|0x20 == 'a' && (i == 3 || i == 4)
		number, err := r.number(flag)
		if err != nil {
			return err
		}
		numbers[i] = number
	}
	if letter != 'M' && letter != 'm' && len(r.lines) == 0 {
		return fmt.Errorf("a stroke before its beginning")
	}
	from := point{}
	if letter >= 'a' {
		from = r.pen
	}
	r.draw(letter|0x20, numbers, from)
	return nil
}

// draw carries out one command whose numbers are relative to from.
func (r *reader) draw(letter byte, n []float64, from point) {
	place := func(i int) point { return point{n[i], n[i+1]}.plus(from) }
	control := r.pen
	switch letter {
	case 'm':
		r.lines = append(r.lines, line{points: []point{place(0)}})
		r.pen, control = place(0), place(0)
	case 'l':
		r.to(place(0))
	case 'h':
		r.to(point{n[0] + from.x, r.pen.y})
	case 'v':
		r.to(point{r.pen.x, n[0] + from.y})
	case 'c':
		control = place(2)
		r.curve(place(0), place(2), place(4))
	case 's':
		control = place(0)
		r.curve(r.pen.times(2).minus(r.control), place(0), place(2))
	case 'a':
		r.arc(n[0], n[3] != 0, n[4] != 0, place(5))
	case 'z':
		r.close()
	}
	if letter != 'c' && letter != 's' {
		control = r.pen
	}
	r.control = control
}

func (r *reader) to(p point) {
	last := &r.lines[len(r.lines)-1]
	if p.minus(r.pen).length() > 1e-9 {
		last.points = append(last.points, p)
	}
	r.pen = p
}

func (r *reader) close() {
	last := &r.lines[len(r.lines)-1]
	start := last.points[0]
	if end := len(last.points) - 1; end > 0 && last.points[end].minus(start).length() < 0.01 {
		last.points = last.points[:end]
	}
	last.closed = true
	r.pen = start
}

func (r *reader) curve(a, b, end point) {
	start := r.pen
	const steps = 16
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		u := 1 - t
		p := start.times(u * u * u).plus(a.times(3 * u * u * t)).plus(b.times(3 * u * t * t)).plus(end.times(t * t * t))
		r.to(p)
	}
}

// arc draws a part of a circle (SVG 1.1, F.6.5, for equal radii) to end.
func (r *reader) arc(radius float64, large, clockwise bool, end point) {
	half := end.minus(r.pen).times(0.5)
	distance := half.length()
	radius = max(radius, distance)
	height := math.Sqrt(max(radius*radius-distance*distance, 0))
	across := point{-half.y, half.x}.times(height / distance)
	if large == clockwise {
		across = across.times(-1)
	}
	centre := r.pen.plus(half).plus(across)
	start := r.pen.minus(centre)
	stop := end.minus(centre)
	turn := math.Atan2(start.x*stop.y-start.y*stop.x, start.x*stop.x+start.y*stop.y)
	if clockwise && turn < 0 {
		turn += 2 * math.Pi
	}
	if !clockwise && turn > 0 {
		turn -= 2 * math.Pi
	}
	steps := chords(radius, turn)
	for i := 1; i < steps; i++ {
		sin, cos := math.Sincos(turn * float64(i) / float64(steps))
		r.to(centre.plus(point{start.x*cos - start.y*sin, start.x*sin + start.y*cos}))
	}
	r.to(end)
}

// chords is how many straight lines stand for a turn of a circle.
func chords(radius, turn float64) int {
	step := 2 * math.Acos(1-min(near/radius, 0.5))
	return max(int(math.Ceil(math.Abs(turn)/step)), 1)
}

func (r *reader) skip() {
	for r.at < len(r.data) && (r.data[r.at] == ' ' || r.data[r.at] == ',') {
		r.at++
	}
}

// number reads one number; a flag is one digit that needs no space after it.
func (r *reader) number(flag bool) (float64, error) {
	r.skip()
	start := r.at
	if flag && r.at < len(r.data) {
		r.at++
		return strconv.ParseFloat(r.data[start:r.at], 64)
	}
	if r.at < len(r.data) && r.data[r.at] == '-' {
		r.at++
	}
	for dots := 0; r.at < len(r.data); r.at++ {
		c := r.data[r.at]
		if c == '.' {
			dots++
		}
		if (c < '0' || c > '9') && c != '.' || dots > 1 {
			break
		}
	}
	return strconv.ParseFloat(r.data[start:r.at], 64)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
