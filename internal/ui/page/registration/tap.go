package registration

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
)

// tap is a quiet word with an icon that is only for the mouse: the keyboard has a key
// for the same, and Tab shall go from field to field.
type tap struct {
	widget.BaseWidget
	word *kit.Text
	line *fyne.Container
	do   func()
}

func newTap(icon, text, key string, do func()) *tap {
	name := theme.ColorNamePrimary
	if text == "" {
		name = kit.ColorMuted
	}
	t := &tap{do: do, word: kit.NewText(text).Colored(name)}
	t.line = kit.Row(5, kit.Picture(icon, name, 16))
	if text != "" {
		t.line.Add(t.word)
	}
	if key != "" {
		t.line.Add(kit.NewText(key).Sized(kit.TextSmall).Colored(kit.ColorMuted))
	}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable.
func (t *tap) Tapped(*fyne.PointEvent) { kit.Touch(t); t.do() }

// Cursor implements desktop.Cursorable.
func (t *tap) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (t *tap) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(kit.Inset(5, 6, 5, 6, t.line))
}
