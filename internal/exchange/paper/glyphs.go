package paper

import (
	"encoding/binary"
	"fmt"
	"sync"

	"feldsher/assets/fonts"
)

// face is one of the embedded fonts.
type face uint8

const (
	regular face = iota
	bold
	italic
	symbols // Noto Sans Math: only what the three others lack
	faceCount
)

// file gives the TrueType file and the style under which fpdf knows it.
func (f face) file() (family, style string, data []byte) {
	switch f {
	case bold:
		return "noto", "B", fonts.Bold()
	case italic:
		return "noto", "I", fonts.Italic()
	case symbols:
		return "notomath", "", fonts.Math()
	}
	return "noto", "", fonts.Regular()
}

// missing in an advance table says that the font has no glyph for the letter.
const missing = 0xFFFF

// advances holds the widths of the letters of the basic plane in 1/1000 em.
// fpdf can't be asked whether a font has a letter (it answers with a default
// width) and knows no plane but the basic one, so the program reads the tables
// of the font itself and never hands fpdf a letter that is not there.
type advances [1 << 16]uint16

var tables = sync.OnceValue(func() *[faceCount]*advances {
	var all [faceCount]*advances
	for f := range faceCount {
		_, _, data := f.file()
		a, err := readAdvances(data)
		if err != nil {
			panic(fmt.Sprintf("paper: embedded font %d: %v", f, err)) // the package's tests have read them
		}
		all[f] = a
	}
	return &all
})

// has reports whether the face itself has the letter.
func (f face) has(r rune) bool {
	return r >= 0 && r < 1<<16 && tables()[f][r] != missing
}

// pick gives the face that draws the letter where f is asked for.
func (f face) pick(r rune) (face, bool) {
	if f.has(r) {
		return f, true
	}
	if symbols.has(r) {
		return symbols, true
	}
	return f, false
}

// advance gives the width of a letter in 1/1000 em; none for one that no face
// has (clean has replaced those before).
func (f face) advance(r rune) int {
	g, ok := f.pick(r)
	if !ok {
		return 0
	}
	return int(tables()[g][r])
}

// width measures a line in points.
func (f face) width(s string, size float64) float64 {
	var w int
	for _, r := range s {
		w += f.advance(r)
	}
	return float64(w) * size / 1000
}

// readAdvances reads the tables cmap (format 4), head, hhea and hmtx of a
// TrueType file (ISO/IEC 14496-22).
func readAdvances(data []byte) (*advances, error) {
	t, err := tablesOf(data)
	if err != nil {
		return nil, err
	}
	head, hhea, hmtx := t["head"], t["hhea"], t["hmtx"]
	if len(head) < 54 || len(hhea) < 36 {
		return nil, fmt.Errorf("font: head or hhea is cut short")
	}
	em := int(u16(head, 18))
	count := int(u16(hhea, 34))
	if em == 0 || count == 0 || len(hmtx) < 4*count {
		return nil, fmt.Errorf("font: hmtx is cut short")
	}
	cmap, err := format4(t["cmap"])
	if err != nil {
		return nil, err
	}
	a := new(advances)
	for i := range a {
		a[i] = missing
	}
	err = cmap.each(func(r, glyph int) {
		glyph = min(glyph, count-1)
		a[r] = uint16((int(u16(hmtx, 4*glyph))*1000 + em/2) / em)
	})
	return a, err
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }

func tablesOf(data []byte) (map[string][]byte, error) {
	if len(data) < 12 {
		return nil, fmt.Errorf("font: no header")
	}
	n := int(u16(data, 4))
	if len(data) < 12+16*n {
		return nil, fmt.Errorf("font: directory is cut short")
	}
	t := make(map[string][]byte, n)
	for i := range n {
		e := data[12+16*i:]
		from := uint64(binary.BigEndian.Uint32(e[8:]))
		to := from + uint64(binary.BigEndian.Uint32(e[12:]))
		if to > uint64(len(data)) {
			return nil, fmt.Errorf("font: table %q reaches beyond the file", e[:4])
		}
		t[string(e[:4])] = data[from:to]
	}
	return t, nil
}

// cmap4 is a subtable that maps letters of the basic plane to glyphs.
type cmap4 []byte

func format4(cmap []byte) (cmap4, error) {
	if len(cmap) < 4 || len(cmap) < 4+8*int(u16(cmap, 2)) {
		return nil, fmt.Errorf("font: cmap is cut short")
	}
	for i := range int(u16(cmap, 2)) {
		e := cmap[4+8*i:]
		platform, encoding := u16(e, 0), u16(e, 2)
		at := uint64(binary.BigEndian.Uint32(e[4:]))
		if at+14 > uint64(len(cmap)) || (platform != 0 && (platform != 3 || encoding != 1)) {
			continue
		}
		if sub := cmap[at:]; u16(sub, 0) == 4 {
			if 16+8*(int(u16(sub, 6))/2) > len(sub) {
				return nil, fmt.Errorf("font: cmap is cut short")
			}
			return cmap4(sub), nil
		}
	}
	return nil, fmt.Errorf("font: no cmap of format 4")
}

// each calls fn for every letter that has a glyph.
func (c cmap4) each(fn func(r, glyph int)) error {
	n := int(u16(c, 6)) / 2
	ends, starts, deltas, offsets := 14, 16+2*n, 16+4*n, 16+6*n
	for i := range n {
		first, last := int(u16(c, starts+2*i)), int(u16(c, ends+2*i))
		delta, offset := int(u16(c, deltas+2*i)), int(u16(c, offsets+2*i))
		for r := first; r <= last && r < 0xFFFF; r++ {
			glyph := r
			if offset != 0 {
				at := offsets + 2*i + offset + 2*(r-first)
				if at+2 > len(c) {
					return fmt.Errorf("font: cmap points beyond its end")
				}
				if glyph = int(u16(c, at)); glyph == 0 {
					continue
				}
			}
			if glyph = (glyph + delta) & 0xFFFF; glyph != 0 {
				fn(r, glyph)
			}
		}
	}
	return nil
}
