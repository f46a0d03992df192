package signing

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/signing"
)

// sideWidth is how wide the side is, before scaling; sideText what its text has.
const (
	sideWidth = 318
	sideText  = sideWidth - 2*16
)

// top is whose document it is: the banner that stands on every page of a patient.
func (p *Page) top() fyne.CanvasObject {
	banner, read := cards.LoadBanner(p.env, p.sheet.Patient())
	read()
	return banner
}

// lines sets a text over as many lines as a width (before scaling) asks for. A word
// that is wider, the path of a file, goes on in the next line.
func lines(text string, width, size float32, colour fyne.ThemeColorName) *fyne.Container {
	col := kit.Col(1)
	room, letters := kit.Px(width), kit.Px(size)
	for _, s := range kit.Wrap(text, room, letters, fyne.TextStyle{}) {
		for _, part := range broken(s, room, letters) {
			col.Add(kit.NewText(part).Sized(size).Colored(colour).Cut(20))
		}
	}
	return col
}

// broken cuts a line into pieces that are no wider than the place.
func broken(s string, width, size float32) []string {
	var out []string
	for fyne.MeasureText(s, size, fyne.TextStyle{}).Width > width {
		runes := []rune(s)
		n := len(runes) - 1
		for n > 1 && fyne.MeasureText(string(runes[:n]), size, fyne.TextStyle{}).Width > width {
			n--
		}
		out, s = append(out, string(runes[:n])), string(runes[n:])
	}
	return append(out, s)
}

// boxed is a text with an icon on the soft ground of a tone.
func boxed(tone kit.Tone, text string) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(tone.Soft()))
	ground.CornerRadius = theme.InputRadiusSize()
	body := kit.Edges(nil, nil, kit.Inset(0, 8, 0, 0, kit.Col(0, kit.Picture(tone.Icon(), tone.Color(), 18))), nil,
		lines(text, sideText-50, kit.TextNormal, theme.ColorNameForeground))
	return container.NewStack(ground, kit.Inset(8, 10, 8, 10, body))
}

func (p *Page) chip() fyne.CanvasObject {
	word := p.sheet.StateWord()
	switch p.sheet.State() {
	case model.Draft:
		return kit.Chip(kit.Warn, "edit", word)
	case model.Superseded:
		return kit.Chip(kit.Calm, "history", word)
	}
	return kit.Chip(kit.Good, "ok", word)
}

func (p *Page) meaning() string {
	if p.editing {
		return p.env.T("signing_edit_means")
	}
	return p.sheet.Meaning()
}

// aside is the right part: the state in words, what can be done, the versions, and
// the size of the pages.
func (p *Page) aside() fyne.CanvasObject {
	parts := kit.Col(10,
		kit.Heading(p.sheet.Title()).Cut(60),
		kit.Row(0, p.chip()),
		lines(p.meaning(), sideText, kit.TextNormal, theme.ColorNameForeground),
	)
	if text, open := p.sheet.Original(); text != "" {
		tone := kit.Good
		if open {
			tone = kit.Warn
		}
		parts.Add(boxed(tone, text))
	}
	for _, b := range p.buttons() {
		parts.Add(b)
	}
	if versions := p.sheet.Versions(); len(versions) > 1 {
		parts.Add(kit.Line())
		parts.Add(kit.Heading(p.env.T("signing_versions")))
		for i := range versions {
			parts.Add(p.version(&versions[i]))
		}
	}
	foot := kit.Space(1, 1)
	if !p.editing {
		foot = p.sizes()
	}
	return kit.Ground(kit.ColorSurface, kit.Edges(nil, kit.Inset(6, 16, 10, 16, foot), nil, nil,
		container.NewVScroll(kit.Inset(14, 16, 8, 16, parts))))
}

// buttons are what can be done now; the first one is the thing to do.
func (p *Page) buttons() []fyne.CanvasObject {
	t := p.env.T
	var all []fyne.CanvasObject
	add := func(rank kit.Rank, icon, word, key string, do func()) {
		all = append(all, kit.NewButton(word, do).Ranked(rank).With(icon).Key(key))
	}
	if p.sheet.CanSign() {
		add(kit.Primary, "sign", t("signing_sign"), "Ctrl+Enter", p.Sign)
	}
	if p.sheet.Form != nil {
		word, icon := t("signing_edit"), "edit"
		if p.editing {
			word, icon = t("signing_look"), "document"
		}
		add(kit.Normal, icon, word, "F2", p.Edit)
	}
	if p.sheet.CanPrint() {
		rank := kit.Normal
		if p.sheet.State() == model.Signed {
			rank = kit.Primary
		}
		add(rank, "print", t("signing_print"), "Ctrl+P", p.Print)
		add(kit.Normal, "save", t("signing_save"), "Ctrl+S", p.Save)
	}
	if p.sheet.CanScan() {
		add(kit.Normal, "attach", t("signing_scan"), "F6", p.Scan)
	}
	if p.sheet.CanAmend() {
		add(kit.Normal, "edit", t("signing_amend"), "F3", p.Amend)
	}
	return all
}

// version is a line of the list: the one on the page is marked, the others open.
func (p *Page) version(v *model.Version) fyne.CanvasObject {
	icon, colour := "ok", theme.ColorNameSuccess
	switch v.State {
	case model.Draft:
		icon, colour = "edit", theme.ColorNameWarning
	case model.Superseded:
		icon, colour = "history", kit.ColorMuted
	}
	var name fyne.CanvasObject = kit.NewText(v.Name).Bold()
	if !v.Current {
		id := v.ID
		name = kit.Inset(0, 0, 0, -7, kit.NewButton(v.Name, func() { p.open(id, "") }).Ranked(kit.Quiet).Small())
	}
	words := kit.Col(0, kit.Row(0, name), kit.Caption(v.About).Cut(20))
	if v.Why != "" {
		words.Add(lines("«"+v.Why+"»", sideText-30, kit.TextSmall, kit.ColorMuted))
	}
	return container.NewBorder(nil, nil, kit.Inset(1, 8, 0, 0, kit.Col(0, kit.Picture(icon, colour, 18))), nil, words)
}

func (p *Page) open(id clinic.ID, arg string) {
	p.env.Swap(present.Route{Page: present.PageSigning, ID: id, Arg: arg})
}

// sizes shows how large the pages are and how many.
func (p *Page) sizes() fyne.CanvasObject {
	percent, count := kit.Muted(""), kit.Caption("")
	say := func() {
		percent.Set(p.env.T("signing_zoom", "percent", p.preview.percent()))
		count.Set(p.env.T("signing_pages", "n", len(p.preview.pages)))
	}
	p.preview.onDrawn = say
	say()
	return container.NewBorder(nil, nil, kit.Row(4,
		kit.NewButton("", func() { p.preview.step(-1) }).With("zoom-out").Small().Ranked(kit.Quiet),
		kit.Fixed(52, 0, percent.Aligned(fyne.TextAlignCenter)),
		kit.NewButton("", func() { p.preview.step(1) }).With("zoom-in").Small().Ranked(kit.Quiet),
		kit.NewButton(p.env.T("signing_fit"), func() { p.preview.set(0) }).Small().Ranked(kit.Quiet),
	), kit.Fixed(86, 0, count.Aligned(fyne.TextAlignTrailing)))
}

// Key implements page.Page.
func (p *Page) Key(k kit.Key) bool {
	if p.sheet == nil {
		return false
	}
	switch k {
	case kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		p.Sign()
	case kit.Plain(fyne.KeyF2):
		p.Edit()
	case kit.Ctrl(fyne.KeyP):
		p.Print()
	case kit.Ctrl(fyne.KeyS):
		p.Save()
	case kit.Plain(fyne.KeyF3):
		p.Amend()
	case kit.Plain(fyne.KeyF6):
		p.Scan()
	case kit.Plain(fyne.KeyEscape):
		if !p.editing {
			return false
		}
		p.Edit()
	default:
		if p.editing {
			return p.form.Key(k)
		}
		return p.preview.key(k)
	}
	return true
}

// Keys implements page.Keys.
func (p *Page) Keys() []page.KeyHelp {
	t := p.env.T
	keys := []page.KeyHelp{
		{Key: "Ctrl+Enter", What: t("signing_key_sign"), Do: p.Sign},
		{Key: "F2", What: t("signing_key_edit"), Do: p.Edit},
		{Key: "Ctrl+P", What: t("signing_print"), Do: p.Print},
		{Key: "Ctrl+S", What: t("signing_save"), Do: p.Save},
		{Key: "F3", What: t("signing_amend"), Do: p.Amend},
		{Key: "F6", What: t("signing_scan"), Do: p.Scan},
		{Key: "PageUp, PageDown", What: t("signing_key_scroll")},
		{Key: "Ctrl+plus, Ctrl+minus, Ctrl+0", What: t("signing_key_zoom")},
	}
	if p.editing {
		keys = append(keys, p.form.Keys()...)
	}
	return keys
}
