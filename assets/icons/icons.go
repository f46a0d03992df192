// Package icons carries the program's own drawings: the line icons of its
// screens and the picture by which people find it among other programs.
//
// It promises that every line icon is a 24×24 SVG document made of filled paths
// alone. Fyne recolours an icon for the theme by replacing fills and leaves
// strokes as they are, so a stroked drawing would stay black in the dark theme:
// the drawings in line/ are strokes two units wide, as people edit them, and Get
// turns each into the outline of its strokes.
//
// It needs nothing and never changes what it embeds.
package icons

import (
	"embed"
	"strings"
)

//go:embed line/*.svg
var lines embed.FS

//go:embed app.svg
var app []byte

//go:embed app.png
var appPNG []byte

const folder = "line"

// App is the program's icon as an SVG document in its own colours, 256×256. It
// must not be recoloured.
func App() []byte { return app }

// AppPNG is App as a picture of 512×512 pixels with a transparent ground, for
// windows and packages that take no SVG. A test holds the two together.
func AppPNG() []byte { return appPNG }

// Get is the icon of a name ("today", "star-full") as an SVG document of filled
// paths, nil if there is no such icon. It is drawn anew at each call, which
// takes about a tenth of a millisecond: keep what it gives.
func Get(name string) []byte {
	drawing, err := lines.ReadFile(folder + "/" + name + ".svg")
	if err != nil {
		return nil
	}
	outline, err := outlined(drawing)
	if err != nil {
		return nil
	}
	return outline
}

// Names are the names of all icons in alphabetical order.
func Names() []string {
	files, err := lines.ReadDir(folder)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(files))
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file.Name(), ".svg"))
	}
	return names
}
