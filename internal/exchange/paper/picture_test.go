package paper_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"feldsher/internal/exchange/paper"
	"feldsher/internal/fault"
)

// The bounds within which a picture of a page is the page: how many pixels a word
// may stand off where poppler draws it from the PDF, how many are searched, the
// least likeness of a word there, and of two pages as they lie upon each other
// (correlations of grey values; poppler puts letters on whole lines of pixels, so
// that thin ones differ by half a pixel).
const (
	nearPixels   = 1
	searched     = 4
	wordLikeness = 0.70
	pageLikeness = 0.85
)

// rasters draws the PDF with poppler, one grey picture a page.
func rasters(t *testing.T, pdf []byte, dpi int) []image.Image {
	t.Helper()
	folder := t.TempDir()
	tool(t, "poppler-utils", "pdftoppm", pdf, "-gray", "-png", "-r", strconv.Itoa(dpi), "FILE", filepath.Join(folder, "page"))
	files, err := filepath.Glob(filepath.Join(folder, "page*.png"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var all []image.Image
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, img)
	}
	return all
}

// word is where pdftotext finds one, in points.
type word struct {
	page           int
	x0, y0, x1, y1 float64
	text           string
}

var (
	pageTag = regexp.MustCompile(`<page `)
	wordTag = regexp.MustCompile(`<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)</word>`)
)

func wordsOf(t *testing.T, pdf []byte) []word {
	t.Helper()
	var all []word
	page := -1
	for line := range strings.Lines(tool(t, "poppler-utils", "pdftotext", pdf, "-bbox", "FILE", "-")) {
		if pageTag.MatchString(line) {
			page++
		}
		m := wordTag.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		w := word{page: page, text: m[5]}
		for i, at := range []*float64{&w.x0, &w.y0, &w.x1, &w.y1} {
			v, err := strconv.ParseFloat(m[i+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			*at = v
		}
		all = append(all, w)
	}
	return all
}

func grey(img image.Image, x, y int) int {
	return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
}

// alike is the correlation of a part of a picture with the part of another that
// stands `by` further: 1 for the same. Where one has nothing but ground, it is 0.
func alike(a, b image.Image, part image.Rectangle, by image.Point) float64 {
	var n, sa, sb, saa, sbb, sab float64
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			p, q := float64(grey(a, x, y)), float64(grey(b, x+by.X, y+by.Y))
			n++
			sa, sb, saa, sbb, sab = sa+p, sb+q, saa+p*p, sbb+q*q, sab+p*q
		}
	}
	if spread := (n*saa - sa*sa) * (n*sbb - sb*sb); spread > 0 {
		return (n*sab - sa*sb) / math.Sqrt(spread)
	}
	return 0
}

// shift is how far a part of the one picture has to be moved to be most like the
// other, and how like it then is.
func shift(a, b image.Image, part image.Rectangle) (by image.Point, best float64) {
	for dy := -searched; dy <= searched; dy++ {
		for dx := -searched; dx <= searched; dx++ {
			if same := alike(a, b, part, image.Pt(dx, dy)); same > best {
				by, best = image.Pt(dx, dy), same
			}
		}
	}
	return by, best
}

// TestPicturesAreThePages holds what a doctor sees before signing to what will be
// printed (R3.4): as many pages, every word of the PDF in its place on the
// picture, and the two pages alike as a whole.
func TestPicturesAreThePages(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("NOT CHECKED: pdftoppm is missing; install the Debian package poppler-utils")
	}
	const dpi = 110
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf := render(t, d)
			want := rasters(t, pdf, dpi)
			got, err := paper.ProtocolPages(d, dpi)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) {
				t.Fatalf("%d pictures of %d pages", len(got), len(want))
			}
			lowest := 1.0
			for i := range want {
				if got[i].Bounds() != want[i].Bounds() {
					t.Fatalf("page %d is %v, poppler's %v", i+1, got[i].Bounds(), want[i].Bounds())
				}
				keepPicture(t, fmt.Sprintf("%s-%d", name, i+1), got[i])
				same := alike(got[i], want[i], got[i].Bounds(), image.Point{})
				if lowest = min(lowest, same); same < pageLikeness {
					t.Errorf("page %d: likeness %.3f, want %.2f", i+1, same, pageLikeness)
				}
			}
			words := wordsOf(t, pdf)
			if len(words) == 0 {
				t.Fatal("no words in the PDF")
			}
			least := 1.0
			for _, w := range words {
				least = min(least, checkWord(t, w, got[w.page], want[w.page], dpi))
			}
			t.Logf("%d pages, likeness at least %.3f; %d words, likeness at least %.3f", len(got), lowest, len(words), least)
		})
	}
}

// checkWord looks for a word where poppler has drawn it. The letters of a
// watermark, which pdftotext gives one by one, are too pale to be looked for.
func checkWord(t *testing.T, w word, got, want image.Image, dpi int) float64 {
	t.Helper()
	scale := float64(dpi) / 72
	part := image.Rect(int(w.x0*scale)-1, int(w.y0*scale), int(w.x1*scale)+2, int(w.y1*scale)+1)
	if part.Dy() > 60 || !part.Inset(-searched).In(want.Bounds()) {
		return 1
	}
	by, same := shift(want, got, part)
	if max(by.X, -by.X) > nearPixels || max(by.Y, -by.Y) > nearPixels || same < wordLikeness {
		t.Errorf("page %d: %q at %v: shifted by %v, likeness %.2f", w.page+1, w.text, part, by, same)
	}
	return same
}

func keepPicture(t *testing.T, name string, img image.Image) {
	t.Helper()
	if *pages == "" {
		return
	}
	f, err := os.Create(filepath.Join(*pages, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// TestWatermarks: a draft and a superseded version bear their word across every
// page of the picture, a signed one that holds bears none.
func TestWatermarks(t *testing.T) {
	pale := func(img image.Image) (n int) {
		b := img.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if grey(img, x, y) == 236 {
					n++
				}
			}
		}
		return n
	}
	signed, draft, old := long(), long(), long()
	draft.Protocol.Status = "draft"
	old.Superseded = &signed.Protocol
	for name, d := range map[string]paper.ProtocolPaper{"signed": signed, "draft": draft, "superseded": old} {
		pictures, err := paper.ProtocolPages(d, 60)
		if err != nil {
			t.Fatal(err)
		}
		if len(pictures) < 3 {
			t.Fatalf("%s: %d pages", name, len(pictures))
		}
		for i, img := range pictures {
			if n := pale(img); (n > 2000) == (name == "signed") {
				t.Errorf("%s, page %d: %d points of a watermark", name, i+1, n)
			}
		}
	}
}

func TestPicturesRefuse(t *testing.T) {
	t.Parallel()
	for _, dpi := range []int{-1, 0, paper.MinDPI - 1, paper.MaxDPI + 1, 1 << 30} {
		if _, err := paper.ProtocolPages(ordinary(), dpi); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d dpi: %v", dpi, err)
		}
	}
}

func BenchmarkProtocolPages(b *testing.B) {
	d := ordinary()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := paper.ProtocolPages(d, 110); err != nil {
			b.Fatal(err)
		}
	}
}

// TestShiftIsSeen proves that the comparison can fail.
func TestShiftIsSeen(t *testing.T) {
	t.Parallel()
	pictures, err := paper.ProtocolPages(ordinary(), 80)
	if err != nil {
		t.Fatal(err)
	}
	page := pictures[0]
	b := page.Bounds()
	moved := image.NewGray(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			moved.Set(x+3, y-2, page.At(x, y))
		}
	}
	if by, same := shift(page, moved, image.Rect(60, 120, 300, 150)); by != image.Pt(3, -2) || same < 0.99 {
		t.Errorf("a picture moved by 3,-2 is found at %v, likeness %.2f", by, same)
	}
	if same := alike(page, moved, b.Inset(searched), image.Point{}); same > pageLikeness {
		t.Errorf("a picture moved by 3,-2 still counts as the same: %.2f", same)
	}
}
