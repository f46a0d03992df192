package entry

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// hidden is the hidden screen: the time, who is here today, and one field.
type hidden struct {
	d       *Door
	model   *model.HiddenView
	clock   *kit.Text
	day     *kit.Text
	tiles   *people
	who     *kit.Select     // the list of all, where that is asked
	place   *fyne.Container // tiles or list, and the field
	pin     *secret         // of figures
	secret  *secret         // the password
	busy    bool
	loaded  bool
	failure error
}

func newHidden(d *Door) *hidden {
	h := &hidden{d: d, model: model.NewHidden(d.Gate), place: container.NewStack()}
	h.clock = kit.NewText("").Sized(46).Aligned(fyne.TextAlignCenter)
	h.day = kit.Muted("").Aligned(fyne.TextAlignCenter)
	d.beat = h.tick
	return h
}

func (h *hidden) content() fyne.CanvasObject {
	h.tick()
	brand := kit.Row(10, logo(32), kit.NewText("Feldsher").Sized(kit.TextNote).Bold())
	foot := kit.Edges(nil, nil, kit.Caption(h.d.t("entry_hidden_safe")), kit.Right(12, h.d.speech()), kit.Space(1, 1))
	h.d.scroll = container.NewVScroll(container.New(column{820}, kit.Col(18, kit.Col(0, h.clock, h.day), h.place)))
	return kit.Ground(kit.ColorSurface, kit.Inset(18, 26, 14, 26, kit.Edges(brand, foot, nil, nil, h.d.scroll)))
}

// tick sets the clock, and the countdown where one runs.
func (h *hidden) tick() {
	w := h.d.Gate.Words()
	now := h.d.Gate.Now()
	if w.Zone != nil {
		now = now.In(w.Zone)
	} else {
		now = now.UTC()
	}
	h.clock.Set(now.Format("15:04"))
	h.day.Set(w.LongDay(w.DateOf(h.d.Gate.Now())))
	if h.loaded && !h.busy && h.secret != nil {
		if n, text := h.model.Wait(); n > 0 {
			h.secret.field.Say(kit.Wrong, text)
		} else if tone, _ := h.secret.field.Message(); tone == kit.Wrong && h.secret.entry.Text == "" {
			say(h.secret.field, h.model.Hint(""))
		}
	}
}

func (h *hidden) shown() {
	kit.Load(h.d.loader, "seats", func(ctx context.Context) (struct{}, error) { return struct{}{}, h.model.Load(ctx) },
		func(_ struct{}, err error) {
			h.loaded, h.failure = true, err
			h.build()
		})
}

// build puts tiles or list and the right field into the page.
func (h *hidden) build() {
	d := h.d
	h.pin, h.secret = nil, nil
	parts := []fyne.CanvasObject{}
	if h.failure != nil {
		parts = append(parts, kit.Notice(kit.Wrong, d.Gate.Words().Fault(h.failure)))
	}
	if h.model.ByName() {
		parts = append(parts, h.byName())
	} else {
		parts = append(parts, h.byTile())
	}
	h.place.Objects = []fyne.CanvasObject{kit.Col(18, parts...)}
	h.place.Refresh()
	d.relay()
	h.take()
}

func (h *hidden) byTile() fyne.CanvasObject {
	d := h.d
	h.tiles = newPeople(len(h.model.Tiles), true, func(i int) (string, string, string) {
		return h.model.Tiles[i].Name, h.model.Tiles[i].Position, ""
	}, h.choose)
	h.tiles.mark(h.model.At())
	rows := kit.Col(12)
	const abreast = 4
	all := h.tiles.objects()
	for from := 0; from < len(all); from += abreast {
		rows.Add(container.NewCenter(kit.Row(12, all[from:min(from+abreast, len(all))]...)))
	}
	other := kit.NewButton(d.t("entry_hidden_other"), func() { h.another(true) }).Ranked(kit.Quiet).With("user").Key("F2")
	return kit.Col(14, rows, container.NewCenter(kit.Fixed(300, 0, h.field())), container.NewCenter(other))
}

// byName is the list of all who may enter, for somebody who was not here today.
func (h *hidden) byName() fyne.CanvasObject {
	d := h.d
	options := make([]kit.Option, len(h.model.Others))
	for i, o := range h.model.Others {
		options[i] = kit.Option{Code: o.Login, Text: o.Login}
	}
	who := kit.NewSelect(options, func(code string) {
		for i, o := range h.model.Others {
			if o.Login == code {
				h.model.ChooseOther(i)
			}
		}
		h.secret.clear()
		say(h.secret.field, h.model.Hint(""))
	})
	if len(h.model.Others) > 0 {
		who.Set(h.model.Others[h.model.Other()].Login)
	}
	buttons := []fyne.CanvasObject{kit.NewButton(d.t("entry_enter"), h.submit).Ranked(kit.Primary).With("unlock").Key("Enter")}
	if len(h.model.Tiles) > 0 {
		buttons = append(buttons, kit.NewButton(d.t("entry_back"), func() { h.another(false) }).Ranked(kit.Quiet).With("arrow-left").Key("Esc"))
	}
	h.who = who
	form := kit.Col(10, kit.NewField(d.t("entry_hidden_login"), who), h.field(), kit.Row(8, buttons...))
	return container.NewCenter(kit.Fixed(340, 0, form))
}

// field is for the PIN of the chosen tile, or for a password.
func (h *hidden) field() fyne.CanvasObject {
	d := h.d
	label := d.t("entry_password")
	if h.model.ByPIN() {
		label = d.t("entry_pin")
	}
	s := newSecret(label, h.submit)
	if h.model.ByPIN() {
		s.entry.Limit = 8
		h.pin = s
	} else {
		h.secret = s
		s.typed = func(r rune, shift bool) { h.model.Key(r, shift) }
		if !h.model.ByName() {
			s.field.Hinted(d.t("entry_hidden_no_pin"))
		}
	}
	s.changed = func(text string) {
		if !h.busy { // the model is at work
			d.say(s.field, h.model.Hint(text))
		}
	}
	s.keys = h.move
	say(s.field, h.model.Hint(""))
	return s.field
}

func (h *hidden) active() *secret {
	if h.pin != nil {
		return h.pin
	}
	return h.secret
}

func (h *hidden) take() {
	if s := h.active(); s != nil {
		h.d.focus(s.entry)
	}
}

func (h *hidden) choose(i int) {
	if h.busy {
		return
	}
	h.model.Choose(i)
	h.build()
}

func (h *hidden) another(yes bool) {
	if h.busy {
		return
	}
	h.model.Another(yes)
	h.build()
}

// move goes along the tiles while the field is empty: in a text the arrows are its
// own.
func (h *hidden) move(ev *fyne.KeyEvent) bool {
	empty := h.active() == nil || h.active().entry.Text == ""
	switch {
	case h.model.ByName() && (ev.Name == fyne.KeyUp || ev.Name == fyne.KeyDown):
		h.who.TypedKey(ev) // as on the page of entry, where arrows choose while the password has the keys
	case h.model.ByName():
		return false
	case ev.Name == fyne.KeyLeft && empty, ev.Name == fyne.KeyUp:
		h.choose(h.model.At() - 1)
	case ev.Name == fyne.KeyRight && empty, ev.Name == fyne.KeyDown:
		h.choose(h.model.At() + 1)
	default:
		return false
	}
	return true
}

func (h *hidden) submit() {
	s := h.active()
	if h.busy || s == nil {
		return
	}
	h.busy = true
	typed := s.entry.Text
	kit.Load(h.d.loader, "enter", func(ctx context.Context) (bool, error) {
		return h.model.Enter(context.WithoutCancel(ctx), typed), nil
	}, func(in bool, _ error) {
		h.busy = false
		s.clear()
		if in {
			h.d.Changed()
			return
		}
		h.build()
	})
}

func (h *hidden) key(k kit.Key) bool {
	switch k {
	case kit.CtrlShift(fyne.KeyL):
		if h.d.Lock != nil {
			h.d.Lock()
		}
	case kit.Plain(fyne.KeyF2):
		h.another(true)
	case kit.Plain(fyne.KeyEscape):
		h.another(false)
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter):
		h.submit()
	default:
		return h.move(&fyne.KeyEvent{Name: k.Name})
	}
	return true
}
