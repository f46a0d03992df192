package shell

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/stations"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/shell"
)

// palette finds patients, sections and commands alike (Ctrl+K).
type palette struct {
	f     *Frame
	layer *kit.Layer
	field *kit.Entry
	rows  *kit.Rows
	items []model.Item
}

func (f *Frame) openPalette(query string) {
	if f.env == nil {
		return
	}
	p := &palette{f: f, field: kit.NewEntry().Hint(f.Session.T("shell_search"))}
	p.rows = kit.NewRows([]kit.Column{{Grow: 1}, {Width: 90, Right: true}}, p.cell).Tall(44)
	p.rows.OnOpen = p.open
	p.field.OnChanged = p.search
	p.field.OnKey = func(ev *fyne.KeyEvent) bool {
		switch ev.Name {
		case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnter:
			return p.rows.Key(ev.Name)
		}
		return false
	}
	f.palette = p
	p.layer = f.Layers.Show(kit.Panel{
		Content: container.NewBorder(kit.Inset(0, 0, 8, 0, p.field), nil, nil, nil, p.rows),
		Width:   720, Height: 460, Focus: p.field, Closed: func() { f.palette = nil },
	})
	p.search(query)
}

func (p *palette) cell(row, column int) kit.Cell {
	x := p.items[row]
	if column == 1 {
		return kit.Cell{Text: x.Key, Color: kit.ColorMuted}
	}
	return kit.Cell{Icon: x.Icon, Text: x.Text, Below: x.Below}
}

func (p *palette) search(query string) {
	commands := p.f.commands()
	kit.Load(p.f.env.Loader, "palette", func(ctx context.Context) ([]model.Item, error) {
		return model.Find(ctx, p.f.Session, query, commands)
	}, func(items []model.Item, err error) {
		if err != nil {
			p.f.env.Fail(err)
		}
		p.items = items
		p.rows.Empty(p.f.Session.T("shell_nothing")) // only now: before the first answer nothing has been looked for
		p.rows.SetCount(len(items))
		p.rows.Choose(0)
		p.f.env.Loader.Note(fmt.Sprintf("answer %d", len([]rune(query))))
	})
}

func (p *palette) open(row int) {
	item := p.items[row]
	p.layer.Close()
	if item.Do != nil {
		item.Do()
		return
	}
	p.f.Go(item.Route)
}

// commands are what the palette can do beside going somewhere: the keys of the page
// and those of the frame.
func (f *Frame) commands() []model.Item {
	s := f.Session
	var out []model.Item
	if k, ok := f.page.(page.Keys); ok {
		for _, x := range k.Keys() {
			if x.Do != nil {
				out = append(out, model.Item{Icon: "keyboard", Text: x.What, Key: x.Key, Do: x.Do})
			}
		}
	}
	out = append(out, f.syncCommands()...)
	dark := kit.Current().Dark
	icon, word := "moon", "shell_dark"
	if dark {
		icon, word = "sun", "shell_light"
	}
	return append(out,
		model.Item{Icon: icon, Text: s.T(word), Do: func() { l := kit.Current(); l.Dark, l.System = !dark, false; f.Look(l) }},
		model.Item{Icon: "language", Text: "Русский язык", Do: func() { f.Speak("ru") }},
		model.Item{Icon: "language", Text: "Қазақ тілі", Do: func() { f.Speak("kk") }},
		model.Item{Icon: "language", Text: "English", Do: func() { f.Speak("en") }},
		model.Item{Icon: "key", Text: s.T("shell_pin_long"), Do: f.pin},
		model.Item{Icon: "hide", Text: s.T("shell_hide_long"), Key: "Ctrl+L", Do: f.Hide},
		model.Item{Icon: "lock", Text: s.T("shell_lock_long"), Key: "Ctrl+Shift+L", Do: f.Lock},
		model.Item{Icon: "help", Text: s.T("shell_help"), Key: "F1", Route: present.Route{Page: present.PageHelp, Arg: f.history.Now().Page}},
	)
}

// syncCommands are those about other workstations.
func (f *Frame) syncCommands() []model.Item {
	s := f.Session
	out := []model.Item{
		{Icon: "merge", Text: s.T("shell_conflicts"), Route: present.Route{Page: present.PageConflicts}},
		{Icon: "online", Text: s.T("shell_stations"), Route: present.Route{Page: present.PageStations}},
	}
	if s.Sync == nil || len(s.SyncState().Links) == 0 {
		return out
	}
	out = append(out, model.Item{Icon: "sync", Text: s.T("shell_sync_wake"), Do: s.Sync.Wake})
	if s.MayManageStations() {
		out = append(out, model.Item{Icon: "add", Text: s.T("shell_sync_invite"), Route: present.Route{Page: present.PageStations, Arg: stations.ArgInvite}})
	}
	return out
}
