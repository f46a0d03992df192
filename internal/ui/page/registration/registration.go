// Package registration has the page on which a card is typed: its form in sections
// with a rail beside it, and the cards that look like the same person. What stands
// in the fields and what is said about them is decided in present/registration.
package registration

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/registration"
)

// keepAfter is how long after a key the draft is written: within the two seconds that
// a power cut may cost.
const keepAfter = 1500 * time.Millisecond

// New makes the page of a route: ID zero for a new card that begins with Arg, else
// the card to edit.
func New(env *page.Env, r present.Route) page.Page {
	p := &form{env: env, route: r, place: container.NewStack()}
	p.after = func(d time.Duration, fn func()) func() bool {
		return time.AfterFunc(d, func() { fyne.Do(fn) }).Stop
	}
	return p
}

// form is the page.
type form struct {
	env   *page.Env
	route present.Route
	place *fyne.Container
	model *model.Form // nil until it is read

	head, notices *fyne.Container
	body          *body
	rail          *rail
	alike         *alike
	save          *kit.Button

	syncing bool // the page sets fields itself
	saving  bool
	refusal bool   // the line under the head says that the card was not stored
	done    bool   // stored: there is no draft any more
	gone    bool   // the page was left
	looked  string // what was last looked for
	last    string // the field that had the focus last
	stop    func() bool
	after   func(time.Duration, func()) (stop func() bool)
}

// Title implements page.Page.
func (p *form) Title() string {
	if p.model != nil {
		return p.model.Title()
	}
	return p.env.T("registration_title_new")
}

// Content implements page.Page.
func (p *form) Content() fyne.CanvasObject {
	return kit.Ground(theme.ColorNameBackground, p.place)
}

// read is what is loaded before the form can be shown.
type read struct {
	model    *model.Form
	restored model.Restored
}

// Shown implements page.Page.
func (p *form) Shown() {
	if p.model != nil {
		p.focus(p.last)
		return
	}
	s, r := p.env.Session, p.route
	if !s.May(clinic.WriteCards) {
		p.empty("forbidden", p.env.T("registration_forbidden"))
		return
	}
	kit.Load(p.env.Loader, "form", func(ctx context.Context) (read, error) {
		if r.ID.IsZero() {
			f := model.New(s, r.Arg)
			restored, err := f.Restore(ctx)
			return read{f, restored}, err
		}
		f, err := model.Open(ctx, s, r.ID)
		if err != nil {
			return read{}, err
		}
		restored, err := f.Restore(ctx)
		return read{f, restored}, err
	}, func(got read, err error) {
		if err != nil {
			p.env.Fail(err)
		}
		if got.model == nil {
			p.empty("card", p.env.Words.Fault(err))
			return
		}
		p.model = got.model
		p.build()
		p.tell(got.restored)
		p.focus(p.model.Cursor)
		p.look()
	})
}

// empty says in the place of the form why there is none.
func (p *form) empty(icon, words string) {
	p.place.Objects = []fyne.CanvasObject{kit.Empty(icon, words)}
	p.place.Refresh()
}

// build makes the whole page of the form.
func (p *form) build() {
	p.notices = kit.Col(0)
	p.save = kit.NewButton(p.env.T("registration_save"), p.store).Ranked(kit.Primary).With("check").Key("Ctrl+S")
	leave := kit.NewButton(p.env.T("registration_leave"), p.env.Back).Key("Esc")
	buttons := []fyne.CanvasObject{leave, p.save}
	if p.model.Editing() {
		banner, reload := cards.LoadBanner(p.env, p.model.ID())
		reload()
		p.head = kit.Col(0, banner, kit.Inset(6, 16, 6, 16, container.NewBorder(nil, nil, nil, kit.Row(8, buttons...), kit.Heading(p.model.About()).Cut(80))), kit.Line())
	} else {
		p.head = kit.Col(0, kit.Head(p.model.Title(), p.model.About(), buttons...), kit.Line())
	}
	p.rail = newRail(p)
	newBody(p)
	var side fyne.CanvasObject
	if !p.model.Editing() {
		p.alike = newAlike(p)
		side = p.alike.object
	}
	top := kit.Col(0, p.head, p.notices)
	p.place.Objects = []fyne.CanvasObject{kit.Edges(top, p.legend(), nil, nil, container.New(threeParts{}, p.parts(side)...))}
	p.place.Refresh()
	p.marks()
}

// legend lists the keys that a form has beyond Tab.
func (p *form) legend() fyne.CanvasObject {
	return kit.Col(0, kit.Line(), kit.Inset(4, 16, 5, 16, kit.Caption(p.env.T("registration_legend")).Cut(100)))
}

func (p *form) parts(side fyne.CanvasObject) []fyne.CanvasObject {
	if side == nil {
		return []fyne.CanvasObject{p.rail.object, p.body.object}
	}
	return []fyne.CanvasObject{p.rail.object, p.body.object, side}
}

// tell shows what came of an older draft.
func (p *form) tell(r model.Restored) {
	if r.Notice == "" {
		p.notice(nil)
		return
	}
	act := func() {
		if r.Switch {
			kit.Load(p.env.Loader, "switch", func(ctx context.Context) (model.Restored, error) { return p.model.Switch(ctx), nil }, func(r model.Restored, _ error) {
				p.rebuild("family")
				p.tell(r)
				p.changed()
			})
			return
		}
		undo := p.model.Discard()
		p.rebuild("family")
		p.notice(nil)
		p.changed()
		p.env.Done(p.env.T("registration_draft_discarded"), func() {
			undo()
			p.rebuild("family")
			p.changed()
		})
	}
	p.notice(kit.Notice(kit.Calm, r.Notice, kit.NewButton(r.Offer, act).Small().Key("F9")))
	p.body.act = act
}

// notice sets the line under the head; nil takes it away.
func (p *form) notice(o fyne.CanvasObject) {
	p.notices.Objects = nil
	p.body.act, p.refusal = nil, false
	if o != nil {
		p.notices.Objects = []fyne.CanvasObject{kit.Inset(6, 16, 2, 16, o)}
	}
	p.place.Refresh()
}

// typed is called at every change in a field.
func (p *form) typed(path, text string) {
	if p.syncing {
		return
	}
	p.model.Set(path, text)
	p.changed()
}

// leftField is called when a field loses the focus.
func (p *form) leftField(path string) {
	if p.done {
		return
	}
	p.model.Left(path)
	p.sync()
}

// changed follows every change: fields that were filled, words, marks, the draft, the
// cards that look like this one.
func (p *form) changed() {
	if p.gone { // an undo from the status line, from another page
		p.write()
		return
	}
	p.sync()
	p.env.Kept(true)
	if p.stop == nil && p.model.Unsaved() {
		p.stop = p.after(keepAfter, p.keep)
	}
	p.look()
}

func (p *form) sync() {
	p.syncing = true
	p.body.sync()
	p.syncing = false
	p.marks()
}

func (p *form) marks() {
	marks := p.model.Marks()
	p.rail.show(marks)
	if p.refusal && !slices.Contains(marks, model.Wrong) {
		p.notice(nil) // all that was named is put right
	}
}

// look looks for cards like this one, when something has changed by which they are
// compared.
func (p *form) look() {
	key := p.model.Key()
	if p.alike == nil || key == p.looked {
		return
	}
	p.looked = key
	if key == "" {
		p.found(nil, nil)
		return
	}
	kit.Load(p.env.Loader, "alike", p.model.Look(), p.found)
}

func (p *form) found(list []clinic.Candidate, err error) {
	if err == nil || list == nil {
		p.model.Found(list)
		p.alike.show(p.model.Alike())
	}
}

// focus gives the keys to a field; "" is the first one.
func (p *form) focus(path string) {
	if p.body == nil {
		return
	}
	p.body.focus(path)
}

// rebuild makes the form's body anew, after a list has got or lost a line, and puts
// the focus into a field.
func (p *form) rebuild(path string) {
	p.syncing = true
	p.body.fill()
	p.syncing = false
	p.marks()
	p.focus(path)
}

// turned follows a choice that changes what other fields are: a contact becomes a
// mail address, a document a foreign one.
func (p *form) turned() {
	for _, sec := range p.model.Sections() {
		if sec.List == nil {
			continue
		}
		for _, line := range sec.List.Lines {
			for _, f := range line {
				if c := p.body.byPath[f.Path]; c != nil && (c.field.Kind != f.Kind || c.field.Mask != f.Mask) {
					p.rebuild(p.last)
					return
				}
			}
		}
	}
}

// Key implements page.Page.
func (p *form) Key(k kit.Key) bool {
	if p.model == nil {
		return p.leaveBy(k)
	}
	if n, err := strconv.Atoi(string(k.Name)); err == nil && k == kit.Ctrl(k.Name) && n >= 1 && n <= len(p.model.Sections()) {
		p.body.jump(n - 1)
		return true
	}
	switch k {
	case kit.Ctrl(fyne.KeyS), kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		p.store()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter):
		p.env.Window.Canvas().FocusNext()
	case kit.Plain(fyne.KeyF7):
		p.add(p.model.SectionOf(p.last))
	case kit.Plain(fyne.KeyF8):
		p.remove(p.last)
	case kit.Plain(fyne.KeyF4):
		return p.meant(p.last)
	case kit.Plain(fyne.KeyF6):
		return p.alike != nil && p.alike.focus()
	case kit.Plain(fyne.KeyF9):
		if p.body.act == nil {
			return false
		}
		p.body.act()
	default:
		return p.leaveBy(k)
	}
	return true
}

// meant puts in the name that the warning about the keyboard layout offers.
func (p *form) meant(path string) bool {
	undo := p.model.TakeMeant(path)
	if undo == nil {
		return false
	}
	p.sync()
	p.changed()
	p.env.Done(p.env.T("registration_meant", "name", p.model.Get(path)), func() {
		undo()
		p.sync()
		p.changed()
	})
	return true
}

func (p *form) leaveBy(k kit.Key) bool {
	if k == kit.Plain(fyne.KeyEscape) {
		p.env.Back()
		return true
	}
	return false
}

// add puts a line into the list of a section.
func (p *form) add(section int) {
	sections := p.model.Sections()
	if section < 0 || section >= len(sections) || sections[section].List == nil {
		section = 1 // most often it is one more phone
	}
	list := sections[section].List
	i := p.model.Add(list.Name)
	p.rebuild(p.model.Sections()[section].List.Lines[i][0].Path)
	p.changed()
}

// remove takes the line out in which a field stands.
func (p *form) remove(path string) {
	section := p.model.SectionOf(path)
	if section < 0 {
		return
	}
	list := p.model.Sections()[section].List
	if list == nil {
		return
	}
	for i, line := range list.Lines {
		for _, f := range line {
			if f.Path != path {
				continue
			}
			undo := p.model.Remove(list.Name, i)
			p.rebuild("")
			p.body.jump(section)
			p.changed()
			p.env.Done(p.env.T("registration_removed_"+list.Name), func() {
				undo()
				p.rebuild(path)
				p.changed()
			})
			return
		}
	}
}

// Keys implements page.Keys.
func (p *form) Keys() []page.KeyHelp {
	return []page.KeyHelp{
		{Key: "Ctrl+S", What: p.env.T("registration_key_save"), Do: p.store},
		{Key: "Esc", What: p.env.T("registration_key_leave"), Do: p.env.Back},
		{Key: "Ctrl+1…9", What: p.env.T("registration_key_section")},
		{Key: "F7", What: p.env.T("registration_key_add"), Do: func() { p.Key(kit.Plain(fyne.KeyF7)) }},
		{Key: "F8", What: p.env.T("registration_key_remove")},
		{Key: "F6", What: p.env.T("registration_key_alike"), Do: func() { p.Key(kit.Plain(fyne.KeyF6)) }},
		{Key: "F4", What: p.env.T("registration_key_field")},
		{Key: p.env.T("registration_space"), What: p.env.T("registration_key_today")},
	}
}
