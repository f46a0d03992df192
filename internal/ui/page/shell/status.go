package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
)

// status is the line below the page: what was done, with a way back, and whether
// something typed is not kept yet.
type status struct {
	f      *Frame
	object fyne.CanvasObject
	place  *fyne.Container
	right  *fyne.Container
	last   page.Message
	dirty  bool   // keys are in memory only
	wait   string // what waits to be sent; "" for nothing
	open   int    // conflicts that wait for the user
}

func newStatus(f *Frame) *status {
	s := &status{f: f, place: container.NewStack(), right: container.NewStack()}
	s.object = kit.Edges(kit.Line(), nil, nil, nil, kit.Ground(kit.ColorSurface,
		kit.Fixed(0, 30, kit.Inset(0, 12, 0, 12, container.NewBorder(nil, nil, nil, s.right, s.place)))))
	s.say(page.Message{})
	s.kept(false)
	return s
}

func (s *status) say(m page.Message) {
	s.last = m
	s.place.Objects = nil
	if m.Text != "" {
		text := kit.NewText(m.Text).Cut(60)
		if m.Tone == kit.Wrong {
			text.Colored(theme.ColorNameError)
		}
		parts := []fyne.CanvasObject{kit.Picture(m.Tone.Icon(), m.Tone.Color(), 16)}
		var action fyne.CanvasObject
		if m.Do != nil {
			do := m.Do
			button := kit.NewButton(m.Action, func() { s.say(page.Message{}); do() }).Ranked(kit.Quiet).Small()
			if s.takesBack() {
				button.Key("Ctrl+Z")
			}
			action = button
		}
		line := container.NewBorder(nil, nil, kit.Row(0, kit.Inset(0, 7, 0, 0, parts[0])), action, text)
		s.place.Objects = []fyne.CanvasObject{line}
	}
	s.place.Refresh()
}

// takesBack reports whether the button takes something back: it may also offer what
// comes next, printing say, which Ctrl+Z must not do.
func (s *status) takesBack() bool {
	return s.last.Do != nil && !s.last.Ahead
}

// undo takes back what the status line offers to.
func (s *status) undo() bool {
	if !s.takesBack() {
		return false
	}
	do := s.last.Do
	s.say(page.Message{})
	do()
	return true
}

// kept shows the dot of keys that are not kept yet.
func (s *status) kept(unsaved bool) {
	icon, color, word := "lock", kit.ColorMuted, s.f.Session.T("shell_local")
	if unsaved {
		icon, color, word = "dot", theme.ColorNameWarning, s.f.Session.T("shell_unsaved")
	}
	if unsaved != s.dirty {
		s.dirty = unsaved
		s.f.trace(map[bool]string{true: "unsaved", false: "kept"}[unsaved])
	}
	row := kit.Row(14)
	if s.open > 0 {
		row.Add(kit.NewButton(s.f.Session.T("shell_sync_conflicts", "n", s.open), s.conflicts).Ranked(kit.Quiet).Small().With("merge"))
	}
	if s.wait != "" {
		row.Add(kit.Row(5, kit.Picture("export", kit.ColorMuted, 14), kit.Caption(s.wait)))
	}
	row.Add(kit.Row(5, kit.Picture(icon, color, 14), kit.Caption(word)))
	s.right.Objects = []fyne.CanvasObject{row}
	s.right.Refresh()
	s.object.Refresh()
}

func (s *status) conflicts() { s.f.Go(present.Route{Page: present.PageConflicts}) }
