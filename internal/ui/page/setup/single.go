package setup

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/setup"
)

// single is a section that is one form.
type single struct {
	p      *Page
	env    *page.Env
	about  model.Section
	read   func(context.Context) (*model.Form, error)
	save   func(context.Context, *model.Form) (model.Done, error)
	saved  func()
	width  float32 // of the form, before scaling
	advise func(*model.Form)
	place  *fyne.Container
	form   *form

	saving bool // the form is on its way
}

func newClinic(p *Page, about model.Section) section {
	s := p.env.Session
	v := &single{p: p, env: p.env, about: about, width: 720}
	v.read = func(ctx context.Context) (*model.Form, error) { return model.ClinicForm(ctx, s) }
	v.save = func(ctx context.Context, f *model.Form) (model.Done, error) { return model.SaveClinic(ctx, s, f) }
	v.saved = func() {
		kit.Load(p.env.Loader, "clinic", s.Store.Organisation, func(o clinic.Organisation, err error) {
			if err == nil {
				s.Clinic = o // what papers and pages print from now on
			}
		})
	}
	return v
}

func newPassword(p *Page, about model.Section) section {
	s := p.env.Session
	return &single{
		p: p, env: p.env, about: about, width: 440,
		advise: func(f *model.Form) { model.AdvisePassword(s, f) },
		read:   func(context.Context) (*model.Form, error) { return model.PasswordForm(s), nil },
		save:   func(_ context.Context, f *model.Form) (model.Done, error) { return model.SavePassword(s, f) },
	}
}

func (v *single) content() fyne.CanvasObject {
	v.place = container.NewStack()
	save := kit.NewButton(v.env.T("setup_save"), v.store).Ranked(kit.Primary).With("check").Key("Ctrl+Enter")
	return container.NewBorder(kit.Head(v.about.Word, v.about.About, save), nil, nil, nil, v.place)
}

func (v *single) shown() {
	kit.Load(v.env.Loader, "form", v.read, func(f *model.Form, err error) {
		if err != nil {
			v.env.Fail(err)
			return
		}
		if v.p.draft != "" && f.Restore(v.p.draft) {
			f.Notice = v.env.T("setup_draft_back")
		}
		v.show(f)
	})
}

func (v *single) show(f *model.Form) {
	v.form = newForm(v.env, f, func() { v.p.keeper.Typed(f) })
	v.form.advise = v.advise
	v.place.Objects = []fyne.CanvasObject{container.NewVScroll(kit.Columns(0, []float32{0, 1}, kit.Fixed(v.width, 0, kit.Inset(4, 16, 16, 16, v.form.body)), kit.Space(1, 1)))}
	v.place.Refresh()
}

func (v *single) enter() {
	if v.form != nil && v.form.first != nil {
		v.env.Window.Canvas().Focus(v.form.first)
	}
}

func (v *single) store() {
	if v.form == nil || v.saving {
		return
	}
	v.saving = true
	shown := v.form
	sent := shown.model.Copy()
	kit.Load(v.env.Loader, "save", func(ctx context.Context) (model.Done, error) {
		return v.save(context.WithoutCancel(ctx), sent)
	}, func(d model.Done, err error) {
		v.saving = false
		shown.model.Blame(v.env.Words, err)
		if err != nil {
			shown.tell()
			shown.toFault()
			return
		}
		v.p.keeper.Forget()
		v.p.draft = ""
		v.done(d)
	})
}

func (v *single) done(d model.Done) {
	var undo func()
	if d.Undo != nil {
		undo = func() {
			kit.Load(v.env.Loader, "undo", func(ctx context.Context) (struct{}, error) {
				return struct{}{}, d.Undo(context.WithoutCancel(ctx))
			}, func(_ struct{}, err error) {
				if err != nil {
					v.env.Fail(err)
					return
				}
				v.env.Done(v.env.T("setup_undone"), nil)
				v.shown()
			})
		}
	}
	v.env.Done(d.Text, undo)
	if v.saved != nil {
		v.saved()
	}
	v.shown()
}

func (v *single) key(k kit.Key) bool {
	if k == kit.Ctrl(fyne.KeyReturn) || k == kit.Ctrl(fyne.KeyEnter) || k == kit.Ctrl(fyne.KeyS) {
		v.store()
		return true
	}
	return v.form != nil && v.form.key(k)
}

func (v *single) keys() []page.KeyHelp {
	return []page.KeyHelp{{Key: "Ctrl+Enter", What: v.env.T("setup_key_save"), Do: v.store}}
}

func (v *single) changed([]string) {}
