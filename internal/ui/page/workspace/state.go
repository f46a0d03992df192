package workspace

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// stateLine is the foot of the page: how well the visit is kept, and what can be done
// with it.
type stateLine struct {
	content fyne.CanvasObject
	dot     *canvas.Circle
	word    *kit.Text
}

func newStateLine(p *Page) *stateLine {
	s := &stateLine{dot: canvas.NewCircle(kit.Color(kit.ColorMuted)), word: kit.Muted("").Cut(80)}
	t := p.env.T
	line := container.New(
		footLayout{}, kit.Fixed(9, 9, s.dot), s.word,
		kit.NewButton(t("visit_trend"), p.trend).With("trend").Key("Ctrl+T").Ranked(kit.Quiet),
		kit.NewButton(t("visit_autotext"), p.editAutotext).Key("F7").Ranked(kit.Quiet),
		kit.NewButton(t("visit_finish"), p.finish).Key("Ctrl+Shift+Enter"),
		kit.NewButton(t("visit_sign"), p.toSigning).With("sign").Key("Ctrl+Enter").Ranked(kit.Primary),
	)
	s.content = kit.Ground(theme.ColorNameBackground, kit.Edges(kit.Line(), nil, nil, nil, kit.Inset(6, 14, 6, 16, line)))
	return s
}

// showState tells how well what was typed is kept.
func (p *Page) showState() {
	if p.state == nil || p.left {
		return
	}
	p.named()
	state, at, err := p.w.State()
	t := p.env.T
	clock := p.env.Words.Clock(clinic.TimeOf(at))
	name, word := kit.ColorMuted, t("visit_state_untouched")
	switch state {
	case model.Typing:
		name, word = theme.ColorNameWarning, t("visit_state_typing")
	case model.Drafted:
		name, word = theme.ColorNamePrimary, t("visit_state_drafted", "time", clock)
		if clock == "" {
			word = t("visit_state_drafted_once")
		}
	case model.Kept:
		name, word = theme.ColorNameSuccess, t("visit_state_kept", "time", clock)
		if clock == "" {
			word = t("visit_state_kept_before")
		}
	case model.Failed:
		name, word = theme.ColorNameError, t("visit_state_failed", "why", p.env.Words.Fault(err))
	}
	p.env.Kept(p.w.Dirty())
	p.state.word.Set(word)
	p.state.word.SetColor(theme.ColorNameForeground)
	if c := kit.Color(name); p.state.dot.FillColor != c {
		p.state.dot.FillColor = c
		p.state.dot.Refresh()
	}
}

// named gives the page the visit's own route once there is one, so that coming back
// leads to this visit also after it was ended.
func (p *Page) named() {
	if to := p.w.Route(p.route); to != p.route && p.env.Become != nil {
		p.route = to
		p.env.Become(to)
	}
}

// footLayout sets the dot and its word to the left and the buttons to the right. Where
// the place is narrow the word has it before the buttons of second rank, whose keys work
// all the same.
type footLayout struct{}

// MinSize implements fyne.Layout.
func (footLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	last := objects[len(objects)-1].MinSize()
	return fyne.NewSize(last.Width+kit.Px(120), last.Height)
}

// Layout implements fyne.Layout.
func (footLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	dot, word, buttons := objects[0], objects[1], objects[2:]
	put := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
		o.Resize(fyne.NewSize(w, h))
	}
	gap, left := kit.Px(8), kit.Px(18)
	right := size.Width
	for i := len(buttons) - 1; i >= 0; i-- {
		w := buttons[i].MinSize().Width
		if i < 2 && right-w-gap < left+kit.Px(260) {
			buttons[i].Hide()
			continue
		}
		buttons[i].Show()
		right -= w
		put(buttons[i], right, w)
		right -= gap
	}
	put(dot, 0, dot.MinSize().Width)
	put(word, left, max(right-left-gap, 0))
}
