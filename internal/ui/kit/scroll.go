package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// ScrollKey moves what is read, and not filled in, by the keys that move a list; it
// reports whether the key was one of them.
func ScrollKey(s *container.Scroll, k Key) bool {
	if k.Mod != 0 {
		return false
	}
	page := max(s.Size().Height-Px(40), Px(40))
	end := max(s.Content.MinSize().Height-s.Size().Height, 0)
	to := s.Offset.Y
	switch k.Name {
	case fyne.KeyUp:
		to -= Px(40)
	case fyne.KeyDown:
		to += Px(40)
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = end
	default:
		return false
	}
	s.ScrollToOffset(fyne.NewPos(s.Offset.X, min(max(to, 0), end)))
	return true
}
