package entry

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/entry"
)

// PIN shows a panel in which who works sets a PIN for the hidden screen, or takes it
// away.
func PIN(env *page.Env, gate *model.Gate) {
	p := &pinPanel{env: env, gate: gate}
	p.show()
}

type pinPanel struct {
	env        *page.Env
	gate       *model.Gate
	layer      *kit.Layer
	content    *fyne.Container
	password   *secret // once more
	pin, again *secret
	busy       bool
}

func (p *pinPanel) show() {
	e := p.env
	p.password = newSecret(e.T("entry_password"), func() { e.Window.Canvas().Focus(p.pin.entry) })
	p.pin = newSecret(e.T("entry_pin"), func() { e.Window.Canvas().Focus(p.again.entry) })
	p.pin.entry.Limit = 8
	p.pin.field.Hinted(e.T("entry_pin_shape"))
	p.pin.changed = func(text string) {
		if w := check.PIN(text); len(w) > 0 && len(text) >= 4 {
			p.say(p.pin, kit.Warn, e.Words.Warning(w[0]))
			return
		}
		p.say(p.pin, kit.Calm, "")
	}
	p.again = newSecret(e.T("entry_pin_again"), p.save)
	p.again.entry.Limit = 8
	save := kit.NewButton(e.T("entry_pin_save"), p.save).Ranked(kit.Primary).With("check").Key("Enter")
	drop := kit.NewButton(e.T("entry_pin_drop"), func() { p.keep("") }).Ranked(kit.Quiet).With("remove")
	p.content = kit.Col(8, muted(e.T("entry_pin_below")), p.password.field, p.pin.field, p.again.field)
	p.layer = e.Layers.Show(kit.Panel{
		Title: e.T("entry_pin_title"), Width: 460, Height: 400,
		Content: p.content,
		Buttons: []fyne.CanvasObject{drop, save}, Focus: p.password.entry,
		Key: func(k kit.Key) bool {
			if k == kit.Plain(fyne.KeyReturn) || k == kit.Plain(fyne.KeyEnter) {
				p.save()
				return true
			}
			return false
		},
	})
}

// say puts a word at a field; it may need more lines than stood there.
func (p *pinPanel) say(s *secret, tone kit.Tone, word string) {
	s.field.Say(tone, word)
	p.content.Refresh()
}

func (p *pinPanel) save() {
	switch {
	case !access.ValidPIN(p.pin.entry.Text):
		p.say(p.pin, kit.Wrong, p.env.T("access.pin.shape"))
		p.env.Window.Canvas().Focus(p.pin.entry)
	case p.pin.entry.Text != p.again.entry.Text:
		p.say(p.again, kit.Wrong, p.env.T("entry_pin_differ"))
		p.env.Window.Canvas().Focus(p.again.entry)
	default:
		p.keep(p.pin.entry.Text)
	}
}

func (p *pinPanel) keep(pin string) {
	if p.busy {
		return
	}
	p.busy = true
	password := p.password.entry.Text
	kit.Load(p.env.Loader, "pin", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.gate.SetPIN(context.WithoutCancel(ctx), password, pin)
	}, func(_ struct{}, err error) {
		p.busy = false
		if err != nil {
			at := p.pin
			if fault.Is(err, fault.Password) || fault.Is(err, fault.Forbidden) {
				at = p.password
			}
			p.say(at, kit.Wrong, p.env.Words.Fault(err))
			p.env.Window.Canvas().Focus(at.entry)
			return
		}
		p.layer.Close()
		key := "entry_pin_kept"
		if pin == "" {
			key = "entry_pin_dropped"
		}
		p.env.Done(p.env.T(key), nil)
	})
}
