package shell

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// help shows what the page in sight is for and its keys (F1).
func (f *Frame) help() {
	if f.page == nil || f.history.Now().Page == present.PageHelp {
		return
	}
	var keys []page.KeyHelp
	if k, ok := f.page.(page.Keys); ok {
		keys = k.Keys()
	}
	s := f.Session
	content := container.NewVScroll(helpContent(f.env, f.history.Now().Page, keys))
	var layer *kit.Layer
	shut := kit.NewButton(s.T("shell_close"), func() { layer.Close() }).Key("Esc")
	layer = f.Layers.Show(kit.Panel{
		Title: s.T("shell_help_of", "page", f.page.Title()), Content: content, Buttons: []fyne.CanvasObject{shut},
		Width: 760, Height: 540, Focus: shut, Key: func(k kit.Key) bool { return kit.ScrollKey(content, k) },
	})
}

// frameKeys mean the same on every page.
var frameKeys = [][2]string{
	{"Ctrl+K", "shell_key_palette"},
	{"Alt+1…9", "shell_key_sections"},
	{"shell_key_alt_left", "shell_key_back"},
	{"shell_key_alt_right", "shell_key_forward"},
	{"Ctrl+Z", "shell_key_undo"},
	{"Esc", "shell_key_escape"},
	{"F1", "shell_key_help"},
	{"Ctrl+L", "shell_key_hide"},
	{"Ctrl+Shift+L", "shell_key_lock"},
	{"Tab", "shell_key_tab"},
}

func helpContent(e *page.Env, name string, keys []page.KeyHelp) fyne.CanvasObject {
	s := e.Session
	col := kit.Col(4)
	if key := "help_" + name; translations.Has(s.Words.Lang, key) {
		col.Add(kit.Prose(s.T(key)))
	}
	wide := float32(150) // the longest name of keys must not run into what they do
	table := func(title string, rows [][2]string) {
		col.Add(kit.Inset(8, 0, 2, 0, kit.Heading(title)))
		for _, r := range rows {
			col.Add(kit.Columns(12, []float32{0, 1}, kit.Fixed(wide, 0, kit.NewText(r[0]).Bold()), kit.NewText(r[1]).Cut(200)))
		}
	}
	var own, all [][2]string
	for _, k := range keys {
		own = append(own, [2]string{k.Key, k.What})
	}
	for _, k := range frameKeys {
		all = append(all, [2]string{s.T(k[0]), s.T(k[1])}) // a key's own name is no key of translations and stays
	}
	for _, r := range slices.Concat(own, all) {
		wide = max(wide, kit.NewText(r[0]).Bold().MinSize().Width/kit.Px(1))
	}
	if len(own) > 0 {
		table(s.T("shell_keys_page"), own)
	}
	table(s.T("shell_keys_all"), all)
	return col
}

// helpPage is the help as a page of its own, for the palette.
type helpPage struct {
	env  *page.Env
	arg  string
	body *container.Scroll
}

func newHelp(e *page.Env, r present.Route) page.Page { return &helpPage{env: e, arg: r.Arg} }

func (h *helpPage) Title() string { return h.env.T("shell_help") }

func (h *helpPage) Content() fyne.CanvasObject {
	body := kit.Col(6)
	for _, name := range []string{
		present.PageToday, present.PageMine, present.PageTimetable, present.PagePatients, present.PageCard, present.PageRegistration,
		present.PageVisit, present.PageSigning, present.PageTemplates, present.PageSettings, present.PageConflicts, present.PageStations,
	} {
		body.Add(kit.Heading(h.env.T("shell_" + name)))
		body.Add(kit.Prose(h.env.T("help_" + name)))
	}
	body.Add(helpContent(h.env, "", nil))
	h.body = container.NewVScroll(kit.Inset(0, 24, 24, 16, kit.Fixed(0, 0, body)))
	return container.NewBorder(kit.Head(h.env.T("shell_help"), ""), nil, nil, nil, h.body)
}

func (h *helpPage) Shown()             {}
func (h *helpPage) Key(k kit.Key) bool { return kit.ScrollKey(h.body, k) }
func (h *helpPage) Leave()             {}
