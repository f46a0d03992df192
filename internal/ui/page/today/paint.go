package today

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/today"
)

// paints are the colours of the tones: the words and icons say the same.
var paints = map[model.Tone]struct{ ink, ground fyne.ThemeColorName }{
	model.Plain:   {theme.ColorNamePrimary, kit.ColorAccentSoft},
	model.Waits:   {theme.ColorNameWarning, kit.ColorWarnSoft},
	model.Inside:  {theme.ColorNameSuccess, kit.ColorOKSoft},
	model.Over:    {kit.ColorMuted, kit.ColorSurface},
	model.Missing: {kit.ColorMuted, kit.ColorSurface},
	model.Gone:    {kit.ColorMuted, kit.ColorSurface},
}

func inkOf(t model.Tone) fyne.ThemeColorName { return paints[t].ink }

// gridData draws a table as a schedule.
func gridData(t *model.Table) kit.GridData {
	d := kit.GridData{Span: kit.Stretch(t.Span), Now: t.Now, NowIn: t.NowColumn}
	for i := range t.Columns {
		c := &t.Columns[i]
		col := kit.GridColumn{Title: c.Title, Below: c.Below, Note: c.Note, Mark: t.Week && c.Today, Open: stretches(c.Open), Slots: stretches(c.Slots)}
		if c.Free > 0 {
			col.Tone = kit.Good
		}
		for _, a := range c.Away {
			col.Away = append(col.Away, kit.GridAway{Stretch: kit.Stretch(a.Stretch), Word: a.Word})
		}
		d.Columns = append(d.Columns, col)
	}
	for i := range t.Items {
		d.Blocks = append(d.Blocks, blockOf(&t.Items[i]))
	}
	return d
}

func stretches(list []model.Stretch) []kit.Stretch {
	out := make([]kit.Stretch, len(list))
	for i, s := range list {
		out[i] = kit.Stretch(s)
	}
	return out
}

func blockOf(i *model.Item) kit.GridBlock {
	p := paints[i.State.Tone]
	b := kit.GridBlock{
		Key: i.ID.String(), Column: i.Column, Stretch: kit.Stretch(i.Stretch), Text: i.Name, Below: i.Words, Icon: i.State.Icon,
		Ink: p.ink, Ground: p.ground, Muted: i.State.Tone == model.Over, Alarm: i.Clash, Fixed: i.Fixed,
		Aside: i.Aside || i.Status == clinic.NoShow,
	}
	if i.Kind == clinic.Urgent && i.State.Tone == model.Waits {
		b.Ink, b.Ground = theme.ColorNameError, kit.ColorDangerSoft
	}
	if i.Kind == clinic.WalkIn && i.State.Tone == model.Waits {
		b.Icon = "user"
	}
	return b
}
