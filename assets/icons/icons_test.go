package icons_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"feldsher/assets/icons"
)

var update = flag.Bool("update", false, "draw app.png anew and leave a sheet of all icons in the system's temporary folder")

// needed are the names that the screens ask for.
var needed = []string{
	"today", "patients", "calendar", "visit", "card", "cash", "reports", "settings", "search", "lock", "hide", "user", "add", "edit",
	"remove", "undo", "print", "save", "sign", "warning", "error", "info", "ok", "allergy", "phone", "home", "clock", "urgent", "walkin",
	"male", "female", "child", "left", "right", "up", "down", "close", "menu", "help", "sync", "offline", "pin", "star", "star-full",
	"trend", "photo", "link", "unlink", "history", "document", "pill", "stethoscope", "drop",
}

func TestEveryNeededIconIsThere(t *testing.T) {
	t.Parallel()
	names := icons.Names()
	for _, name := range needed {
		if !slices.Contains(names, name) {
			t.Errorf("no icon %q", name)
		}
	}
	if icons.Get("no-such-icon") != nil {
		t.Error("an unknown name gives a drawing")
	}
}

// TestOnlyFillsRemain holds what Fyne's recolouring needs: it drops fill-rule
// and leaves strokes in their first colour.
func TestOnlyFillsRemain(t *testing.T) {
	t.Parallel()
	foreign := regexp.MustCompile(`stroke|fill-rule|NaN|Inf|currentColor`)
	for _, name := range icons.Names() {
		drawing := icons.Get(name)
		if drawing == nil {
			t.Errorf("%s: cannot be outlined", name)
			continue
		}
		if found := foreign.Find(drawing); found != nil {
			t.Errorf("%s: has %q", name, found)
		}
		if len(drawing) > 40_000 {
			t.Errorf("%s: %d bytes", name, len(drawing))
		}
	}
}

// drawn is an icon in a colour on nothing, as Fyne's software painter shows it.
func drawn(t *testing.T, res fyne.Resource, size int) image.Image {
	t.Helper()
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	img := canvas.NewImageFromResource(res)
	c.SetContent(img)
	c.Resize(fyne.NewSquareSize(float32(size)))
	return c.Capture()
}

// TestDrawnInTheThemesColour draws each icon recoloured by Fyne, in a dark and a
// light ink: what is not transparent must be of that ink, the drawing must stay
// inside its square and be neither empty nor a blot.
func TestDrawnInTheThemesColour(t *testing.T) {
	inks := map[string]color.NRGBA{"light": {0x1d, 0x2b, 0x36, 0xff}, "dark": {0xe6, 0xed, 0xf2, 0xff}}
	for ink, colour := range inks {
		test.NewTempApp(t)
		test.ApplyTheme(t, inked{test.Theme(), colour})
		for _, name := range icons.Names() {
			picture := drawn(t, theme.NewThemedResource(fyne.NewStaticResource(name+".svg", icons.Get(name))), 96)
			share, foreign, edge := look(picture, colour)
			if foreign > 0 {
				t.Errorf("%s %s: %d points of another colour", name, ink, foreign)
			}
			if edge > 0 {
				t.Errorf("%s %s: %d points at the very edge: it is cut", name, ink, edge)
			}
			if share < 0.03 || share > 0.5 {
				t.Errorf("%s %s: %.0f %% of the square is ink", name, ink, share*100)
			}
		}
	}
}

type inked struct {
	fyne.Theme
	ink color.NRGBA
}

func (i inked) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameForeground {
		return i.ink
	}
	return i.Theme.Color(name, v)
}

// look measures a picture: the share of ink, and how many points are of another
// colour than the ink or stand in the outermost row or column.
func look(img image.Image, ink color.NRGBA) (share float64, foreign, edge int) {
	b := img.Bounds()
	var sum uint32
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			at := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			sum += uint32(at.A)
			if at.A > 200 && (far(at.R, ink.R) || far(at.G, ink.G) || far(at.B, ink.B)) {
				foreign++
			}
			if at.A > 40 && (x == b.Min.X || y == b.Min.Y || x == b.Max.X-1 || y == b.Max.Y-1) {
				edge++
			}
		}
	}
	return float64(sum) / 255 / float64(b.Dx()*b.Dy()), foreign, edge
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 12 }

// TestAppPicture holds app.png to app.svg.
func TestAppPicture(t *testing.T) {
	test.NewTempApp(t)
	fresh := drawn(t, fyne.NewStaticResource("app.svg", icons.App()), 512)
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, fresh); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("app.png", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		sheet(t)
		return
	}
	kept, err := png.Decode(bytes.NewReader(icons.AppPNG()))
	if err != nil {
		t.Fatal(err)
	}
	if kept.Bounds() != fresh.Bounds() {
		t.Fatalf("app.png is %v, the drawing %v", kept.Bounds(), fresh.Bounds())
	}
	for y := range 512 {
		for x := range 512 {
			a, b := color.NRGBAModel.Convert(kept.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(fresh.At(x, y)).(color.NRGBA)
			if far(a.R, b.R) || far(a.G, b.G) || far(a.B, b.B) || far(a.A, b.A) {
				t.Fatalf("app.png is not app.svg at %d,%d: %v and %v (go test -update draws it)", x, y, a, b)
			}
		}
	}
}

// sheet leaves a picture of all icons, 24 and 48 points large, to look at.
func sheet(t *testing.T) {
	const cell, columns = 88, 14
	names := icons.Names()
	rows := (len(names) + columns - 1) / columns
	img := image.NewRGBA(image.Rect(0, 0, cell*columns, cell*rows*2))
	for half, ink := range []color.NRGBA{{0x1d, 0x2b, 0x36, 0xff}, {0xe6, 0xed, 0xf2, 0xff}} {
		ground := []color.NRGBA{{0xff, 0xff, 0xff, 0xff}, {0x16, 0x1d, 0x24, 0xff}}[half]
		top := half * cell * rows
		draw.Draw(img, image.Rect(0, top, cell*columns, top+cell*rows), image.NewUniform(ground), image.Point{}, draw.Src)
		test.ApplyTheme(t, inked{test.Theme(), ink})
		for i, name := range names {
			res := theme.NewThemedResource(fyne.NewStaticResource(name+".svg", icons.Get(name)))
			x, y := i%columns*cell+8, top+i/columns*cell+16
			draw.Draw(img, image.Rect(x, y, x+48, y+48), drawn(t, res, 48), image.Point{}, draw.Over)
			draw.Draw(img, image.Rect(x+52, y+24, x+76, y+48), drawn(t, res, 24), image.Point{}, draw.Over)
		}
	}
	path := filepath.Join(os.TempDir(), "icons.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	t.Log("look at", path)
}
