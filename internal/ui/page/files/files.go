// Package files has the panels in which a user picks a file to take in, or a place
// to save one: in the user's language, with the keys of every other list.
package files

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/files"
)

// lastFolder is the preference under which the folder is kept.
const lastFolder = "files.folder"

// chooser is the panel.
type chooser struct {
	env     *page.Env
	endings []string
	save    bool
	take    func(path string)

	folder model.Folder
	path   *kit.Entry // the folder in sight
	name   *kit.Entry // of what is saved
	rows   *kit.Rows
	notice *fyne.Container
	body   *fyne.Container // all of it, laid out anew where the notice takes room
	layer  *kit.Layer
	sure   string // a name that is taken and was asked about
}

// Open lets the user pick a file with one of the endings (".jpg", in small letters;
// none for any) and gives its path.
func Open(env *page.Env, title string, endings []string, take func(path string)) {
	(&chooser{env: env, endings: endings, take: take}).show(title, "", "files_open")
}

// Save lets the user pick a folder and a name to save under, and gives the path. A
// file of that name is replaced only after a second press.
func Save(env *page.Env, title, name string, take func(path string)) {
	(&chooser{env: env, save: true, take: take}).show(title, name, "files_save")
}

func (c *chooser) show(title, name, done string) {
	t := c.env.T
	c.path = kit.NewEntry().Hint(t("files_folder"))
	c.path.OnSubmitted = func(string) { c.typed() }
	c.rows = kit.NewRows([]kit.Column{{Title: t("files_name"), Width: 300, Grow: 1}, {Title: t("files_size"), Width: 90, Right: true}, {Title: t("files_changed"), Width: 130}}, c.cell).
		Tall(30).Empty(t("files_none"))
	c.rows.OnOpen = c.open
	c.notice = container.NewStack()
	foot := kit.Col(8, c.notice)
	if c.save {
		c.name = kit.NewEntry()
		c.name.SetText(name)
		foot.Add(kit.NewField(t("files_name"), c.name))
	}
	focus := c.rows.Focusable()
	if c.save {
		focus = c.name
	}
	c.body = container.NewBorder(kit.Inset(0, 0, 6, 0, c.path), foot, nil, nil, c.rows)
	c.layer = c.env.Layers.Show(kit.Panel{
		Title: title, Width: 760, Height: 560, Focus: focus, Key: c.key, Content: c.body,
		Buttons: []fyne.CanvasObject{
			kit.NewButton(t("files_cancel"), func() { c.layer.Close() }).Key("Esc"),
			kit.NewButton(t(done), c.done).Ranked(kit.Primary).Key("Ctrl+Enter"),
		},
	})
	start, err := c.env.Prefs.Get(c.env.Loader.Context(), lastFolder)
	if err != nil {
		start = ""
	}
	c.list(start)
}

// list shows a folder; one that is gone gives way to the user's own.
func (c *chooser) list(path string) {
	kit.Load(c.env.Loader, "files", func(context.Context) (model.Folder, error) { return model.List(path, c.endings) },
		func(f model.Folder, err error) {
			if err != nil {
				if c.folder.Path == "" && path != "" {
					c.list("")
					return
				}
				c.say(kit.Wrong, c.env.Words.Fault(err))
				return
			}
			c.say(kit.Calm, "")
			c.folder = f
			c.path.SetText(f.Path)
			c.rows.SetCount(len(f.Items))
			c.rows.Choose(min(1, max(len(f.Items)-1, 0)))
		})
}

func (c *chooser) say(tone kit.Tone, text string) {
	c.notice.Objects = nil
	if text != "" {
		c.notice.Objects = []fyne.CanvasObject{kit.Notice(tone, text)}
	}
	c.body.Refresh()
}

func (c *chooser) cell(row, column int) kit.Cell {
	i := c.folder.Items[row]
	switch {
	case column == 0 && i.Folder:
		return kit.Cell{Text: i.Name, Icon: "folder", Bold: true}
	case column == 0:
		return kit.Cell{Text: i.Name, Icon: "document"}
	case i.Folder:
		return kit.Cell{}
	case column == 1:
		return kit.Cell{Text: c.env.T("files_kilobytes", "size", (i.Size+1023)>>10), Color: kit.ColorMuted}
	}
	return kit.Cell{Text: c.env.Words.Moment(clinic.TimeOf(i.Changed)), Color: kit.ColorMuted}
}

// open goes into a folder, takes a file, or takes over its name to save under.
func (c *chooser) open(row int) {
	i := c.folder.Items[row]
	switch {
	case i.Folder:
		c.list(i.Path)
	case c.save:
		c.name.SetText(i.Name)
	default:
		c.finish(i.Path)
	}
}

// typed goes where the line of the folder says.
func (c *chooser) typed() {
	if _, file := model.Kind(c.path.Value()); file && !c.save {
		c.finish(model.Expand(c.path.Value()))
		return
	}
	c.list(c.path.Value())
}

// done takes the chosen file, or the name that was typed.
func (c *chooser) done() {
	if !c.save {
		if c.rows.Count() > 0 {
			c.open(c.rows.At())
		}
		return
	}
	name := c.name.Value()
	if name == "" || name != filepath.Base(name) || strings.ContainsAny(name, `\/:*?"<>|`) {
		c.say(kit.Wrong, c.env.T("files_bad_name"))
		return
	}
	path := filepath.Join(c.folder.Path, name)
	if model.Taken(path) && c.sure != path {
		c.sure = path
		c.say(kit.Warn, c.env.T("files_replace"))
		return
	}
	c.finish(path)
}

func (c *chooser) finish(path string) {
	c.layer.Close()
	folder, prefs := filepath.Dir(path), c.env.Prefs
	kit.Load(c.env.Loader.Lasting(), "files.folder", func(ctx context.Context) (bool, error) { return true, prefs.Set(ctx, lastFolder, folder) },
		func(bool, error) {}) // only a convenience
	c.take(path)
}

func (c *chooser) key(k kit.Key) bool {
	enter := k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter
	switch {
	case enter && (c.save || k.Mod != 0):
		c.done()
		return true
	case k.Mod == 0:
		return c.rows.Key(k.Name)
	}
	return false
}
