package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"feldsher/assets/icons"
)

// Icon is a picture of our own in the theme's ordinary colour.
func Icon(name string) fyne.Resource { return IconIn(name, theme.ColorNameForeground) }

// IconIn is a picture in a colour of the theme.
func IconIn(name string, c fyne.ThemeColorName) fyne.Resource {
	r := theme.NewThemedResource(fyne.NewStaticResource(name+".svg", icons.Get(name)))
	r.ColorName = c
	return r
}

// Picture is an icon as an object of a size before scaling.
func Picture(name string, c fyne.ThemeColorName, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(IconIn(name, c))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(Px(size)))
	return img
}
