package entry

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// login is the page of the closed clinic: who, and the password.
type login struct {
	d        *Door
	model    *model.LoginView
	people   *people
	list     *container.Scroll // where there are many users
	password *secret
	enter    *kit.Button
	fatal    *fyne.Container
	place    *fyne.Container // the whole page; the recovery takes its place
	recover  *recovery
	busy     bool
}

func newLogin(d *Door) *login {
	l := &login{d: d, model: model.NewLogin(d.Gate), place: container.NewStack(), fatal: kit.Col(0)}
	l.model.Load()
	d.beat = l.show
	return l
}

// seen is how many users are in sight before the list scrolls.
const seen = 6

func (l *login) content() fyne.CanvasObject {
	l.place.Objects = []fyne.CanvasObject{l.build()}
	return l.place
}

func (l *login) build() fyne.CanvasObject {
	d := l.d
	l.people = newPeople(len(l.model.Users), false, func(i int) (string, string, string) {
		return l.model.Users[i].Login, l.model.Last(i), ""
	}, l.choose)
	var list fyne.CanvasObject = kit.Col(4, l.people.objects()...)
	if len(l.model.Users) > seen {
		l.list = container.NewVScroll(kit.Inset(1, 14, 1, 1, list))
		l.list.SetMinSize(fyne.NewSize(kit.Px(100), kit.Px(52+4)*(seen-0.5)))
		list = l.list
	}
	l.password = newSecret(d.t("entry_password"), l.submit)
	l.password.typed = func(r rune, shift bool) { l.model.Key(r, shift) }
	l.password.changed = func(string) { l.show() }
	l.password.keys = l.move
	l.enter = kit.NewButton(d.t("entry_enter"), l.submit).Ranked(kit.Primary).With("unlock").Key("Enter")
	forgot := kit.NewButton(d.t("entry_forgot"), l.forgot).Ranked(kit.Quiet).With("key").Key("F2")
	below := d.t("entry_login_below")
	if len(l.model.Users) < 2 {
		below = d.t("entry_login_below_one")
	}
	head := d.t("entry_login")
	if d.Gate.State() == model.Locked {
		head = d.t("entry_locked")
	}
	form := kit.Col(14,
		title(head, below), list, l.password.field,
		kit.Columns(10, []float32{1, 0}, l.enter, forgot), l.fatal,
	)
	l.people.mark(l.model.At())
	l.show()
	return d.sheet(d.side(l.about(), d.speech()), columnWidth, form)
}

// about is what stands at the left: after a lock what waits, else what this is.
func (l *login) about() fyne.CanvasObject {
	if waits := l.model.Waiting(); len(waits) > 0 {
		return kit.Col(10, kit.Heading(l.d.t("entry_waits")), lines("info", waits))
	}
	return kit.Col(10, lines("lock", []string{l.d.t("entry_promise_lock")}), lines("save", []string{l.d.t("entry_promise_draft")}))
}

func (l *login) shown() { l.d.focus(l.password.entry) }

// show brings field, button and notice after the model.
func (l *login) show() {
	if l.password == nil || l.recover != nil {
		return
	}
	if l.busy { // the model is at work
		l.enter.Disable()
		return
	}
	left, wait := l.model.Wait()
	hint := l.model.Hint(l.password.entry.Text)
	if left > 0 {
		hint = model.Say{Tone: model.Wrong, Text: wait}
	}
	l.d.say(l.password.field, hint)
	if left > 0 || len(l.model.Users) == 0 {
		l.enter.Disable()
	} else {
		l.enter.Enable()
	}
}

// notice tells what keeps the clinic closed for everybody.
func (l *login) notice() {
	l.fatal.RemoveAll()
	if text := l.model.Fatal(); text != "" {
		l.fatal.Add(kit.Notice(kit.Wrong, text))
	}
	l.fatal.Refresh()
	l.d.relay()
}

func (l *login) choose(i int) {
	l.model.Choose(i)
	l.people.mark(l.model.At())
	l.reveal()
	l.password.clear()
	l.show()
	l.d.focus(l.password.entry)
}

// reveal brings the chosen user in sight where the list scrolls.
func (l *login) reveal() {
	if l.list == nil {
		return
	}
	row := kit.Px(56)
	top := float32(l.model.At()) * row
	if y, h := l.list.Offset.Y, l.list.Size().Height; h > 0 && (top < y || top+row > y+h) {
		l.list.ScrollToOffset(fyne.NewPos(0, max(top-h/2, 0)))
	}
}

// move goes up and down the list while the password has the keys.
func (l *login) move(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyUp:
		l.choose(l.model.At() - 1)
	case fyne.KeyDown:
		l.choose(l.model.At() + 1)
	default:
		return false
	}
	return true
}

func (l *login) submit() {
	if left, _ := l.model.Wait(); l.busy || left > 0 {
		return
	}
	l.busy = true
	l.enter.Set(l.d.t("entry_entering"), "unlock")
	l.show()
	password := l.password.entry.Text
	kit.Load(l.d.loader, "enter", func(ctx context.Context) (bool, error) {
		// Whoever leaves the page has entered all the same: the clinic must not stay half open.
		return l.model.Enter(context.WithoutCancel(ctx), password), nil
	}, func(in bool, _ error) {
		l.busy = false
		l.enter.Set(l.d.t("entry_enter"), "unlock")
		l.password.clear()
		l.notice()
		l.show()
		if in {
			l.d.Changed()
			return
		}
		l.d.focus(l.password.entry)
	})
}

// forgot puts the way in by the paper in the place of the page.
func (l *login) forgot() {
	if l.busy {
		return
	}
	l.password.clear()
	l.recover = newRecovery(l.d, l.model.Login(), l.back)
	l.place.Objects = []fyne.CanvasObject{l.recover.content()}
	l.place.Refresh()
	l.recover.shown()
}

func (l *login) back() {
	l.recover = nil
	l.place.Objects = []fyne.CanvasObject{l.build()}
	l.place.Refresh()
	l.shown()
}

func (l *login) key(k kit.Key) bool {
	if l.recover != nil {
		return l.recover.key(k)
	}
	switch k {
	case kit.Plain(fyne.KeyUp), kit.Plain(fyne.KeyDown):
		return l.move(&fyne.KeyEvent{Name: k.Name})
	case kit.Plain(fyne.KeyF2):
		l.forgot()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter):
		l.submit()
	default:
		return false
	}
	return true
}
