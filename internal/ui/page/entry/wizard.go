package entry

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// wizard is the first start: a page a step, beside a list of the steps.
type wizard struct {
	d     *Door
	model *model.Wizard
	place *fyne.Container
	step  step
}

// step is the page of one step.
type step interface {
	content() fyne.CanvasObject
	first() fyne.Focusable // gets the keys; nil for none
	next()                 // Enter, and the primary button
	show()                 // brings fields after the model
}

func newWizard(d *Door) *wizard {
	w := &wizard{d: d, model: d.Gate.Wizard(), place: container.NewStack()}
	if w.model.Busy() { // language or look changed while the clinic is being made
		d.beat = func() {
			if w.model.Busy() {
				return
			}
			d.beat = nil
			if w.model.Joined() {
				w.finish()
				return
			}
			w.turn()
		}
	}
	return w
}

func (w *wizard) content() fyne.CanvasObject {
	w.build()
	return w.place
}

func (w *wizard) shown() {
	if f := w.step.first(); f != nil {
		w.d.focus(f)
	}
}

// build shows the page of the model's step.
func (w *wizard) build() {
	w.d.unbusy()
	if w.model.Busy() {
		w.step = busyStep{w}
		w.place.Objects = []fyne.CanvasObject{w.step.content()}
		w.place.Refresh()
		return
	}
	switch w.model.Step {
	case model.AboutIt:
		w.step = newClinicStep(w)
	case model.AboutYou:
		w.step = newYouStep(w)
	case model.Secret:
		w.step = newPasswordStep(w)
	case model.Phrase:
		w.step = newPhraseStep(w)
	case model.Asked:
		w.step = newAskedStep(w)
	case model.Done:
		w.step = newDoneStep(w)
	case model.DemoPlan:
		w.step = newDemoStep(w)
	case model.DemoReady:
		w.step = newDemoReadyStep(w)
	case model.JoinIt:
		w.step = newJoinStep(w)
	default:
		w.step = newWelcomeStep(w)
	}
	w.place.Objects = []fyne.CanvasObject{w.step.content()}
	w.step.show()
	w.place.Refresh()
	w.d.trace(fmt.Sprintf("step %d", w.model.Step))
	if w.model.Step == model.Asked {
		w.d.trace(fmt.Sprint("asked ", w.model.Asked()))
	}
}

// turn goes to the page of the model's step, with the keys in its first field.
func (w *wizard) turn() {
	w.build()
	w.shown()
}

func (w *wizard) back() {
	if w.model.Busy() {
		return
	}
	w.model.Back()
	w.turn()
}

// next checks the step and turns the page.
func (w *wizard) next() {
	if w.model.Busy() {
		return
	}
	if w.model.Next() {
		w.turn()
		return
	}
	w.step.show()
}

// sheet puts a step beside the list of steps.
func (w *wizard) sheet(width float32, content fyne.CanvasObject) fyne.CanvasObject {
	return w.d.sheet(w.d.side(w.steps(), w.d.speech()), width, content)
}

// stepKeys are the names of the counted steps.
var stepKeys = []string{"entry_step_clinic", "entry_step_you", "entry_step_password", "entry_step_phrase", "entry_step_asked"}

// steps shows how far one is; before and after the counted ones, what this is.
func (w *wizard) steps() fyne.CanvasObject {
	at, _ := w.model.Progress()
	switch w.model.Step {
	case model.Welcome, model.DemoPlan, model.DemoReady, model.JoinIt:
		d := w.d
		return kit.Col(10, lines("lock", []string{d.t("entry_promise_lock")}), lines("offline", []string{d.t("entry_promise_offline")}), lines("save", []string{d.t("entry_promise_draft")}))
	case model.Done:
		at = len(stepKeys) + 1
	}
	out := kit.Col(14)
	for i, key := range stepKeys {
		out.Add(stepLine(i+1, at, w.d.t(key)))
	}
	return out
}

// stepLine is a number in a circle and the step's name: done, present or to come.
func stepLine(n, at int, name string) fyne.CanvasObject {
	side := kit.Px(26)
	circle := canvas.NewCircle(theme.Color(kit.ColorLine))
	var inside fyne.CanvasObject
	word := kit.NewText(name)
	switch {
	case n < at:
		circle.FillColor = theme.Color(theme.ColorNamePrimary)
		inside = container.NewCenter(kit.Picture("check", theme.ColorNameForegroundOnPrimary, 16))
		word.Colored(kit.ColorMuted)
	case n == at:
		circle.FillColor = theme.Color(theme.ColorNamePrimary)
		inside = container.NewCenter(kit.NewText(string(rune('0' + n))).Bold().Colored(theme.ColorNameForegroundOnPrimary))
		word.Bold()
	default:
		inside = container.NewCenter(kit.NewText(string(rune('0' + n))).Colored(kit.ColorMuted))
		word.Colored(kit.ColorMuted)
	}
	mark := container.NewGridWrap(fyne.NewSquareSize(side), container.NewStack(circle, inside))
	return kit.Row(12, mark, word)
}

// feet are the buttons of a step: back and forward.
func (w *wizard) feet(next *kit.Button) fyne.CanvasObject {
	row := []fyne.CanvasObject{next}
	if w.model.CanGoBack() {
		row = append(row, kit.NewButton(w.d.t("entry_back"), w.back).Ranked(kit.Quiet).With("arrow-left").Key("Esc"))
	}
	return kit.Inset(8, 0, 0, 0, kit.Row(10, row...))
}

// forward is the button of a step that goes on.
func (w *wizard) forward() *kit.Button {
	return kit.NewButton(w.d.t("entry_next"), func() { w.step.next() }).Ranked(kit.Primary).With("arrow-right").Key("Enter")
}

// enter makes a field of one line go on by Enter.
func (w *wizard) enter(e *kit.Entry) *kit.Entry {
	e.OnSubmitted = func(string) { w.step.next() }
	e.Limit = 200
	return e
}

func (w *wizard) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyEscape):
		if w.model.Busy() {
			w.model.Stop()
			return true
		}
		w.back()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter):
		w.step.next()
	default:
		if s, ok := w.step.(interface{ key(kit.Key) bool }); ok {
			return s.key(k)
		}
		return false
	}
	return true
}

// finish hands the clinic over: somebody works.
func (w *wizard) finish() {
	if w.model.Busy() {
		return
	}
	kit.Load(w.d.loader, "finish", w.model.FinishIn, func(_ struct{}, err error) {
		if err != nil {
			w.d.Gate.Look()
		}
		w.d.Changed()
	})
}

// busyStep is shown where the page was made anew while the clinic is being made.
type busyStep struct{ w *wizard }

func (s busyStep) content() fyne.CanvasObject {
	d := s.w.d
	form := kit.Col(14, title(d.t("entry_founding"), d.t("entry_founding_below")))
	if s.w.model.Step == model.JoinIt {
		form = kit.Col(14, title(d.t("entry_join"), d.t("entry_join_waits")))
	}
	if !d.Inline {
		form.Add(d.busy())
	}
	return d.sheet(d.side(kit.Space(1, 1), nil), 520, form)
}

func (busyStep) first() fyne.Focusable { return nil }
func (busyStep) next()                 {}
func (busyStep) show()                 {}
