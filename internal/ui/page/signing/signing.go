// Package signing is the page on which a protocol becomes final. At the left stands
// the paper as it will be printed, or the form of its fields; at the right what the
// document's state means, what can be done, and its versions. What is allowed and what
// words mean stands in the view-model.
//
// Keys: Ctrl+Enter signs, F2 goes to the fields and back, Ctrl+P prints, Ctrl+S saves
// as PDF, F3 begins a correction, F6 attaches the scan; PageUp, PageDown, Home, End and
// the arrows page through the paper, Ctrl+plus, Ctrl+minus and Ctrl+0 change its size.
package signing

import (
	"context"
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/printer"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	fields "feldsher/internal/ui/page/protocolform"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/signing"
)

// ArgEdit in a route opens the page at the fields of a draft.
const ArgEdit = "edit"

// draftAfter is how long after the last key the draft is written: within 2 s (R3.8).
const draftAfter = 1500 * time.Millisecond

// Page shows one protocol.
type Page struct {
	env     *page.Env
	id      clinic.ID
	printer *printer.System

	sheet   *model.Sheet
	preview *preview
	form    *fields.Form
	scroll  *container.Scroll // round the form
	editing bool
	busy    bool // a signature is on its way
	blamed  bool // the status line says that fields are wrong

	root             fyne.CanvasObject
	head, body, side *fyne.Container
	timer            *time.Timer
	unsaved          bool
}

var (
	_ page.Page      = (*Page)(nil)
	_ page.Refresher = (*Page)(nil)
	_ page.Keys      = (*Page)(nil)
)

// New makes the page of a route {Page: "signing", ID: protocol}.
func New(env *page.Env, r present.Route) page.Page {
	folder, err := printer.Folder()
	if err != nil {
		folder = "" // printing will say that it has no place for files
	}
	return NewWith(env, r, printer.New(folder))
}

// NewWith makes the page with printers of the caller's choice.
func NewWith(env *page.Env, r present.Route, system *printer.System) *Page {
	p := &Page{env: env, id: r.ID, printer: system, editing: r.Arg == ArgEdit}
	p.preview = newPreview(env)
	p.head, p.body, p.side = container.NewStack(), container.NewStack(), container.NewStack()
	return p
}

// Title implements page.Page.
func (p *Page) Title() string {
	if p.sheet == nil {
		return p.env.T("signing_protocol")
	}
	return p.sheet.Title()
}

// Content implements page.Page.
func (p *Page) Content() fyne.CanvasObject {
	p.root = kit.Edges(p.head, nil, nil, kit.Fixed(sideWidth, 0, p.side), p.body)
	return p.root
}

// Shown implements page.Page.
func (p *Page) Shown() { p.load() }

// Changed implements page.Refresher: somebody else may have signed or corrected. What
// is being typed is left alone.
func (p *Page) Changed(tables []string) {
	if slices.Contains(tables, "protocol") && p.sheet != nil && !p.editing && !p.busy {
		p.load()
	}
}

// Leave implements page.Page: what was typed is kept at once, and in the protocol a
// little later.
func (p *Page) Leave() {
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.sheet == nil || p.sheet.Form == nil || !p.unsaved && !p.sheet.Form.Changed() {
		return
	}
	p.unsaved = false
	change, wrong := p.sheet.Change(), len(p.sheet.Form.Check(false)) > 0
	if err := change.Draft(context.WithoutCancel(p.env.Loader.Context())); err != nil {
		p.env.Fail(err)
		return
	}
	kit.Load(p.env.Loader.Lasting(), "signing", func(ctx context.Context) (clinic.Protocol, error) {
		return change.Save(ctx, wrong)
	}, func(clinic.Protocol, error) {}) // what fails is in the draft still
}

func (p *Page) load() {
	kit.Load(p.env.Loader, "sheet", func(ctx context.Context) (*model.Sheet, error) {
		return model.Open(ctx, p.env.Session, p.id)
	}, func(sh *model.Sheet, err error) {
		if err != nil {
			p.refused(err)
			return
		}
		p.take(sh)
		if sh.Restored {
			m := page.Message{Tone: kit.Warn, Text: p.env.T("signing_restored")}
			if !p.editing {
				m.Action, m.Do = p.env.T("signing_edit"), p.Edit
			}
			p.env.Say(m)
		}
	})
}

// refused shows why there is nothing to show.
func (p *Page) refused(err error) {
	p.body.Objects = []fyne.CanvasObject{kit.Empty("error", p.env.Words.Fault(err), kit.NewButton(p.env.T("signing_close"), p.env.Back).Key("Esc"))}
	p.body.Refresh()
}

// take shows a sheet.
func (p *Page) take(sh *model.Sheet) {
	p.sheet, p.form = sh, nil
	p.editing = p.editing && sh.Form != nil
	if sh.Form != nil {
		p.form = fields.New(p.env, sh.Form)
		p.form.OnChange = p.typed
		p.scroll = container.NewVScroll(kit.Inset(8, 20, 16, 16, p.form.Content()))
	}
	p.head.Objects = []fyne.CanvasObject{p.top()}
	p.root.Refresh()
	p.show()
}

// show sets the left part by what the user is doing, and the side by the state.
func (p *Page) show() {
	left := p.preview.object
	if p.editing {
		left = p.scroll
	}
	p.body.Objects = []fyne.CanvasObject{left}
	p.body.Refresh()
	p.side.Objects = []fyne.CanvasObject{p.aside()}
	p.side.Refresh()
	if p.editing {
		p.form.Focus("")
		return
	}
	p.env.Window.Canvas().Unfocus()
	p.preview.show(p.sheet.Drawing())
}

// typed notes that a draft is to be written.
func (p *Page) typed() {
	p.unsaved = true
	p.env.Kept(true)
	if p.blamed && p.sheet.Form.Sound() {
		p.absolve()
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = time.AfterFunc(draftAfter, func() { fyne.Do(p.keepDraft) })
}

func (p *Page) keepDraft() {
	if !p.unsaved || p.sheet == nil {
		return
	}
	p.unsaved = false
	change := p.sheet.Change()
	kit.Load(p.env.Loader, "draft", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, change.Draft(ctx)
	}, func(_ struct{}, err error) {
		if err != nil {
			p.unsaved = true
			p.env.Fail(err)
			return
		}
		p.env.Kept(p.unsaved)
	})
}

// Edit goes to the fields and, when it is called again, back to the paper: what was
// typed is written into the protocol then.
func (p *Page) Edit() {
	if p.form == nil {
		return
	}
	p.editing = !p.editing
	if p.editing {
		p.show()
		return
	}
	wrong := p.sheet.Form.Check(false)
	p.save(len(wrong) > 0)
	p.show()
	if len(wrong) > 0 {
		p.blame(page.Message{Tone: kit.Warn, Text: p.env.T("signing_wrong", "n", len(wrong)), Action: p.env.T("signing_edit"), Do: p.Edit, Ahead: true})
	}
}

// blame says in the status line that fields are wrong, absolve takes that back.
func (p *Page) blame(m page.Message) {
	p.blamed = true
	p.env.Say(m)
}

func (p *Page) absolve() {
	if p.blamed {
		p.blamed = false
		p.env.Say(page.Message{})
	}
}

// save writes what is typed into the protocol.
func (p *Page) save(wrong bool) {
	p.unsaved = false
	change := p.sheet.Change()
	kit.Load(p.env.Loader.Lasting(), "signing", func(ctx context.Context) (clinic.Protocol, error) {
		return change.Save(ctx, wrong)
	}, func(kept clinic.Protocol, err error) {
		if err != nil {
			p.failed(err)
			return
		}
		p.sheet.Saved(kept)
		p.env.Kept(false)
	})
}

// failed shows an error at its field, or in the status line where it has none.
func (p *Page) failed(err error) {
	if p.form != nil {
		if key, ok := p.sheet.Form.Fail(err); ok {
			p.toField(key)
			return
		}
	}
	if !errors.Is(err, context.Canceled) {
		p.env.Fail(err)
	}
}

// toField shows the form at a field.
func (p *Page) toField(key string) {
	if !p.editing {
		p.editing = true
		p.show()
	}
	p.form.Refresh()
	p.form.Focus(key)
	p.scroll.ScrollToOffset(fyne.NewPos(0, max(p.form.Top(key)-kit.Px(40), 0)))
}
