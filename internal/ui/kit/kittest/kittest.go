// Package kittest draws widgets and pages without a screen and holds them against
// golden pictures. `go test ./... -golden` rewrites the pictures; then look at them.
package kittest

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/ui/kit"
)

var golden = flag.Bool("golden", false, "rewrite the golden pictures")

// PageSize is what a screen of 1366×768 leaves for a page inside the frame.
var PageSize = fyne.NewSize(1302, 688)

// App starts a test program in a look.
func App(t testing.TB, look kit.Look) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(look))
	return a
}

// Window shows what build makes in a window of a size.
func Window(t testing.TB, size fyne.Size, build func(fyne.Window) fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, nil)
	w.SetPadded(false)
	w.Resize(size)
	w.SetContent(build(w))
	w.Resize(size)
	return w
}

// Same compares what a window shows with the golden picture testdata/golden/name.png.
// A tenth of a percent of the points may differ.
func Same(t testing.TB, w fyne.Window, name string) {
	t.Helper()
	got := w.Canvas().Capture()
	path := filepath.Join("testdata", "golden", name+".png")
	if *golden {
		write(t, path, got)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("no golden picture (run with -golden and look at it): %v", err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if d := Differ(got, want); d > 0.001 {
		failed := filepath.Join("testdata", "failed", name+".png")
		write(t, failed, got)
		t.Errorf("%s: %.2f %% of the points differ; see %s", name, d*100, failed)
	}
}

// Differ is the share of points that differ visibly.
func Differ(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1
	}
	size, n := a.Bounds().Size(), 0
	for y := range size.Y {
		for x := range size.X {
			r1, g1, b1, _ := a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y).RGBA()
			r2, g2, b2, _ := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) {
				n++
			}
		}
	}
	return float64(n) / float64(size.X*size.Y)
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x0c00 }

func write(t testing.TB, path string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
