package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Notice is a line with an icon on a soft ground: what happened, and what can be
// done about it.
func Notice(tone Tone, text string, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(tone.Soft()))
	ground.CornerRadius = theme.InputRadiusSize()
	row := container.NewBorder(nil, nil, Inset(0, 8, 0, 0, Picture(tone.Icon(), tone.Color(), 18)), Row(8, buttons...), Para(text))
	return container.NewStack(ground, Inset(2, 10, 2, 10, row))
}

// Chip is a word on a small ground, with an icon or without.
func Chip(tone Tone, icon, text string) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(tone.Soft()))
	ground.CornerRadius = Px(9)
	name := tone.Color()
	if tone == Calm {
		name = theme.ColorNameForeground
	}
	word := NewText(text).Sized(TextSmall).Colored(name)
	if tone == Wrong {
		word.Bold()
	}
	if icon == "" {
		return container.NewStack(ground, Inset(2, 8, 2, 8, word))
	}
	return container.NewStack(ground, Inset(2, 8, 2, 6, Row(4, Picture(icon, name, 14), word)))
}

// Head is the top of a page: its title, what it is about, and its buttons.
func Head(title, about string, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	words := Col(0, Title(title).Cut(80))
	if about != "" {
		words.Add(Muted(about).Cut(80))
	}
	return Inset(10, 16, 8, 16, container.NewBorder(nil, nil, nil, Row(8, buttons...), words))
}

// Empty says in the middle of a place what to do first.
func Empty(icon, text string, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	para := MutedPara(text)
	para.Alignment = fyne.TextAlignCenter
	parts := []fyne.CanvasObject{container.NewCenter(Picture(icon, ColorMuted, 44)), Fixed(420, 0, para)}
	if len(buttons) > 0 {
		parts = append(parts, container.NewCenter(Row(8, buttons...)))
	}
	return container.NewCenter(Col(10, parts...))
}
