// Package kit is the set of widgets that every page is built from: a theme of our
// own, text, buttons, fields, lists, panels and the way keys find their page. It
// promises that each widget can be used by keyboard alone, hands on the keys it
// does not use, and looks right in both themes at every size of letters.
//
// It knows nothing of clinics: words come from whoever uses it. It never blocks
// Fyne's thread and never touches a widget outside it.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"feldsher/assets/fonts"
)

// Colours beyond Fyne's own names.
const (
	ColorSurface    fyne.ThemeColorName = "feldsher.surface"    // rail, headers, panels
	ColorLine       fyne.ThemeColorName = "feldsher.line"       // thin borders
	ColorMuted      fyne.ThemeColorName = "feldsher.muted"      // captions, second lines
	ColorAccentSoft fyne.ThemeColorName = "feldsher.accentSoft" // ground of what is chosen
	ColorDangerSoft fyne.ThemeColorName = "feldsher.dangerSoft" // ground of what is dangerous
	ColorWarnSoft   fyne.ThemeColorName = "feldsher.warnSoft"
	ColorOKSoft     fyne.ThemeColorName = "feldsher.okSoft"
)

// Sizes of text, before scaling; the doctor's text is the biggest thing on a page
// beside its title.
const (
	TextSmall  = 12
	TextNormal = 14
	TextNote   = 16
	TextTitle  = 22
	TextBig    = 30
)

// Look is how the program looks to a user.
type Look struct {
	Dark   bool
	System bool    // as the system is: Dark says how that was when it was asked
	Scale  float32 // 1 to 2; 0 is 1
}

// Scales are the sizes of letters on offer.
func Scales() []float32 { return []float32{1, 1.25, 1.5, 1.75, 2} }

func (l Look) scale() float32 {
	if l.Scale <= 0 {
		return 1
	}
	return min(max(l.Scale, 0.8), 2.5)
}

// Theme is the program's theme in a look.
type Theme struct{ Look Look }

var _ fyne.Theme = Theme{}

// NewTheme makes the theme of a look.
func NewTheme(l Look) Theme { return Theme{l} }

type palette map[fyne.ThemeColorName]color.NRGBA

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func clear8(v uint32, a uint8) color.NRGBA { c := rgb(v); c.A = a; return c }

var light = palette{
	theme.ColorNameBackground: rgb(0xffffff), theme.ColorNameForeground: rgb(0x17212b),
	theme.ColorNamePrimary: rgb(0x0b6b6b), theme.ColorNameForegroundOnPrimary: rgb(0xffffff),
	theme.ColorNameButton: rgb(0xeef2f5), theme.ColorNameDisabledButton: rgb(0xf4f6f8),
	theme.ColorNameDisabled: rgb(0x6f7c89), theme.ColorNamePlaceHolder: rgb(0x74818e),
	theme.ColorNameInputBackground: rgb(0xffffff), theme.ColorNameInputBorder: rgb(0xc3ccd5),
	theme.ColorNameHover: clear8(0x0b6b6b, 18), theme.ColorNamePressed: clear8(0x0b6b6b, 40),
	theme.ColorNameFocus: clear8(0x0b6b6b, 110), theme.ColorNameSelection: clear8(0x0b6b6b, 46),
	theme.ColorNameSeparator: rgb(0xe1e7ec), theme.ColorNameShadow: clear8(0x0a1a2a, 46),
	theme.ColorNameScrollBar: clear8(0x17212b, 90), theme.ColorNameScrollBarBackground: clear8(0, 0),
	theme.ColorNameMenuBackground: rgb(0xffffff), theme.ColorNameOverlayBackground: rgb(0xffffff),
	theme.ColorNameHeaderBackground: rgb(0xf4f7f9), theme.ColorNameHyperlink: rgb(0x0b5d8f),
	theme.ColorNameError: rgb(0xb3261e), theme.ColorNameForegroundOnError: rgb(0xffffff),
	theme.ColorNameWarning: rgb(0x8a5300), theme.ColorNameForegroundOnWarning: rgb(0xffffff),
	theme.ColorNameSuccess: rgb(0x1c7440), theme.ColorNameForegroundOnSuccess: rgb(0xffffff),
	ColorSurface: rgb(0xf4f7f9), ColorLine: rgb(0xdde4ea), ColorMuted: rgb(0x566472),
	ColorAccentSoft: rgb(0xdcefee), ColorDangerSoft: rgb(0xfce8e6), ColorWarnSoft: rgb(0xfdf1dc), ColorOKSoft: rgb(0xe1f3e7),
}

var dark = palette{
	theme.ColorNameBackground: rgb(0x131920), theme.ColorNameForeground: rgb(0xe6ebf0),
	theme.ColorNamePrimary: rgb(0x52b8b1), theme.ColorNameForegroundOnPrimary: rgb(0x04211f),
	theme.ColorNameButton: rgb(0x263039), theme.ColorNameDisabledButton: rgb(0x1b232b),
	theme.ColorNameDisabled: rgb(0x8694a1), theme.ColorNamePlaceHolder: rgb(0x84929f),
	theme.ColorNameInputBackground: rgb(0x182028), theme.ColorNameInputBorder: rgb(0x566675),
	theme.ColorNameHover: clear8(0x52b8b1, 26), theme.ColorNamePressed: clear8(0x52b8b1, 56),
	theme.ColorNameFocus: clear8(0x52b8b1, 120), theme.ColorNameSelection: clear8(0x52b8b1, 60),
	theme.ColorNameSeparator: rgb(0x2a343e), theme.ColorNameShadow: clear8(0x000000, 120),
	theme.ColorNameScrollBar: clear8(0xe6ebf0, 90), theme.ColorNameScrollBarBackground: clear8(0, 0),
	theme.ColorNameMenuBackground: rgb(0x1c242c), theme.ColorNameOverlayBackground: rgb(0x1a222a),
	theme.ColorNameHeaderBackground: rgb(0x1a222a), theme.ColorNameHyperlink: rgb(0x7fc4f0),
	theme.ColorNameError: rgb(0xff8d84), theme.ColorNameForegroundOnError: rgb(0x3a0906),
	theme.ColorNameWarning: rgb(0xf0bb62), theme.ColorNameForegroundOnWarning: rgb(0x2d1c00),
	theme.ColorNameSuccess: rgb(0x7dd695), theme.ColorNameForegroundOnSuccess: rgb(0x052410),
	ColorSurface: rgb(0x1a222a), ColorLine: rgb(0x2c3742), ColorMuted: rgb(0x9aa7b4),
	ColorAccentSoft: rgb(0x1c3b3c), ColorDangerSoft: rgb(0x40201f), ColorWarnSoft: rgb(0x3a2e18), ColorOKSoft: rgb(0x1c3826),
}

// Color implements fyne.Theme; the look decides, and the system's variant only
// where the look says so.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if !t.Look.System {
		variant = theme.VariantLight
		if t.Look.Dark {
			variant = theme.VariantDark
		}
	}
	p := light
	if variant == theme.VariantDark {
		p = dark
	}
	if c, ok := p[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

// The letters of the papers are those of the screens: the faces bundled with Fyne
// draw the Kazakh «і» without its dot.
var (
	regular    = fyne.NewStaticResource("NotoSans-Regular.ttf", fonts.Regular())
	bold       = fyne.NewStaticResource("NotoSans-Bold.ttf", fonts.Bold())
	italicFace = fyne.NewStaticResource("NotoSans-Italic.ttf", fonts.Italic())
)

// Font implements fyne.Theme.
func (t Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return bold
	case s.Italic:
		return italicFace
	}
	return regular
}

// Icon implements fyne.Theme.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText: TextNormal, theme.SizeNameCaptionText: TextSmall,
	theme.SizeNameSubHeadingText: 17, theme.SizeNameHeadingText: TextTitle,
	theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 7, theme.SizeNameLineSpacing: 3,
	theme.SizeNameInputRadius: 6, theme.SizeNameSelectionRadius: 4, theme.SizeNameInputBorder: 1,
	theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 4, theme.SizeNameInlineIcon: 18,
	theme.SizeNameSeparatorThickness: 1,
}

// Size implements fyne.Theme.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	v, ok := sizes[name]
	if !ok {
		v = theme.DefaultTheme().Size(name)
	}
	if name == theme.SizeNameSeparatorThickness || name == theme.SizeNameInputBorder {
		return v
	}
	return v * t.Look.scale()
}

// Current is the look in force: of the theme that the program has set.
func Current() Look {
	settings := fyne.CurrentApp().Settings()
	t, ok := settings.Theme().(Theme)
	if !ok {
		return Look{}
	}
	if t.Look.System {
		t.Look.Dark = settings.ThemeVariant() == theme.VariantDark
	}
	return t.Look
}

// Px scales a length with the letters.
func Px(v float32) float32 { return v * Current().scale() }

// Color reads a colour of the theme in force.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }
