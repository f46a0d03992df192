package stations

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/stations"
)

// panel is what lies over the page; closing it ends what counts in it.
type panel struct {
	layer *kit.Layer
	stop  context.CancelFunc
}

func (x *panel) shut() {
	x.stop()
	x.layer.Close()
}

// show puts a panel over the page.
func (p *Page) show(k kit.Panel) (*panel, context.Context) {
	if p.panel != nil {
		p.panel.shut()
	}
	ctx, stop := context.WithCancel(p.env.Loader.Context())
	x := &panel{stop: stop}
	k.Closed = stop
	x.layer = p.env.Layers.Show(k)
	p.panel = x
	return x, ctx
}

// invite asks for a name and then shows the code.
func (p *Page) invite() {
	if ok, why := p.model.CanInvite(); !ok {
		p.env.Say(page.Message{Tone: kit.Warn, Text: why})
		return
	}
	t, m := p.env.T, p.model.Invite()
	name := kit.NewEntry()
	name.Limit = 60
	field := kit.NewField(t("stations_name"), name)
	said := kit.Col(0)
	var x *panel
	var get *kit.Button
	ask := func() {
		m.Name = name.Value()
		get.Disable()
		get.Set(t("stations_getting"), "sync")
		run(p, "invite", m.Ask(), func(c *model.Code, err error) {
			get.Enable()
			get.Set(t("stations_get_code"), "key")
			m.Blame(err)
			field.Say(kit.Wrong, m.Error)
			notice(said, m.Said)
			if err == nil {
				x.shut()
				p.code(c)
			}
		})
	}
	get = kit.NewButton(t("stations_get_code"), ask).Ranked(kit.Primary).With("key").Key("Enter")
	name.OnSubmitted = func(string) { ask() }
	shut := kit.NewButton(t("stations_cancel"), func() { x.shut() }).Key("Esc")
	x, _ = p.show(kit.Panel{
		Title: t("stations_invite_title"), Width: 560, Height: 260, Focus: name, Buttons: []fyne.CanvasObject{shut, get},
		Content: kit.Col(10, kit.Prose(t("stations_invite_about")), field, said),
	})
}

func notice(place *fyne.Container, text string) {
	place.RemoveAll()
	if text != "" {
		place.Add(kit.Notice(kit.Wrong, text))
	}
	place.Refresh()
}

// code shows an invitation, big enough to be read across a table, until it has run
// out. It can't be copied: other programs read the clipboard.
func (p *Page) code(c *model.Code) {
	t := p.env.T
	left := kit.NewText("").Bold()
	var x *panel
	again := kit.NewButton(t("stations_again"), func() { x.shut(); p.invite() }).With("key")
	again.Hide()
	var groups []fyne.CanvasObject
	for _, g := range c.Groups {
		groups = append(groups, kit.NewText(g).Sized(kit.TextBig).Bold().Mono())
	}
	half := (len(groups) + 1) / 2
	big := kit.Card(kit.Inset(8, 8, 8, 8, kit.Col(6,
		container.NewCenter(kit.Row(26, groups[:half]...)), container.NewCenter(kit.Row(26, groups[half:]...)))))
	address := kit.Col(0, kit.Caption(t("stations_address")), kit.NewText(c.Address).Sized(kit.TextTitle).Mono().Cut(200))
	tick := func() {
		text, over := c.Left()
		left.Set(text)
		if over {
			left.SetColor(theme.ColorNameError)
			again.Show()
		}
	}
	shut := kit.NewButton(t("stations_close"), func() { x.shut() }).Key("Esc")
	var ctx context.Context
	x, ctx = p.show(kit.Panel{
		Title: t("stations_code_title", "name", c.Name), Width: 640, Height: 460, Focus: shut, Buttons: []fyne.CanvasObject{again, shut},
		Content: kit.Col(10, address, kit.Col(2, kit.Caption(t("stations_code")), big),
			kit.Row(8, kit.Picture("clock", kit.ColorMuted, 18), left), kit.Prose(t("stations_code_how")), kit.Prose(t("stations_code_once"))),
	})
	tick()
	go every(ctx, time.Second, tick)
}

// every calls fn on Fyne's thread until the context ends.
func every(ctx context.Context, d time.Duration, fn func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			fyne.Do(func() {
				if ctx.Err() == nil {
					fn()
				}
			})
		}
	}
}

// end asks why a workstation is to be ended, and ends it.
func (p *Page) end() {
	m := p.model.End(p.rows.At())
	if m == nil {
		return
	}
	t := p.env.T
	said := kit.Col(0)
	var x *panel
	var do *kit.Button
	act := func() {
		if !m.Ready() {
			return
		}
		do.Disable()
		run(p, "end", m.Do(), func(text string, err error) {
			if err != nil {
				do.Enable()
				notice(said, p.env.Words.Fault(err))
				return
			}
			x.shut()
			p.env.Done(text, nil)
			p.load()
		})
	}
	do = kit.NewButton(t("stations_end_do"), act).Ranked(kit.Danger).With("forbidden")
	do.Disable()
	why := kit.NewChoice(m.Reasons, -1, func(i int) { m.At = i; do.Enable() })
	shut := kit.NewButton(t("stations_cancel"), func() { x.shut() }).Key("Esc")
	x, _ = p.show(kit.Panel{
		Title: t("stations_end_title", "name", m.Name), Width: 620, Height: 290, Focus: why, Buttons: []fyne.CanvasObject{shut, do},
		Content: kit.Col(12, kit.Prose(t("stations_end_about")), kit.NewField(t("stations_end_why"), why), said),
	})
}

// tie asks for a server's address and code.
func (p *Page) tie() {
	if !p.model.Manages() {
		p.env.Say(page.Message{Tone: kit.Warn, Text: p.env.T("stations_administrator")})
		return
	}
	t, m := p.env.T, p.model.Link()
	address, code := kit.NewEntry(), kit.NewEntry()
	where := kit.NewField(t("stations_address"), address).Hinted(t("stations_address_hint"))
	what := kit.NewField(t("stations_code"), code).Hinted(t("stations_code_hint"))
	said := kit.Col(0)
	var x *panel
	var do *kit.Button
	act := func() {
		m.Address, m.Code = address.Value(), code.Value()
		do.Disable()
		do.Set(t("stations_linking"), "sync")
		run(p, "link", m.Do(), func(text string, err error) {
			do.Enable()
			do.Set(t("stations_link_do"), "link")
			m.Blame(err)
			where.Say(kit.Wrong, m.Errors["address"])
			what.Say(kit.Wrong, m.Errors["code"])
			notice(said, m.Said)
			if err != nil {
				return
			}
			x.shut()
			p.env.Done(text, nil)
			p.setHead()
			p.setExchange(p.env.SyncState())
			p.load()
		})
	}
	do = kit.NewButton(t("stations_link_do"), act).Ranked(kit.Primary).With("link").Key("Enter")
	address.OnSubmitted = func(string) { p.env.Window.Canvas().Focus(code) }
	code.OnSubmitted = func(string) { act() }
	shut := kit.NewButton(t("stations_cancel"), func() { x.shut() }).Key("Esc")
	x, _ = p.show(kit.Panel{
		Title: t("stations_link_title"), Width: 600, Height: 340, Focus: address, Buttons: []fyne.CanvasObject{shut, do},
		Content: kit.Col(10, kit.Prose(t("stations_link_about")), where, what, said),
	})
}
