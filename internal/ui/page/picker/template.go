package picker

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/picker"
)

// Templates picks the template of a new protocol. All calls come on Fyne's thread.
type Templates struct {
	*kit.Picker
	env *page.Env
}

// NewTemplates makes the picker; pick is told the template's id.
func NewTemplates(env *page.Env, pick func(clinic.ID)) *Templates {
	m := model.NewTemplates(env.Session)
	p := &Templates{env: env}
	p.Picker = kit.NewPicker(env.Loader, "templates", func(ctx context.Context, query string) ([]kit.PickRow, error) {
		rows, err := m.Find(ctx, query)
		return shown(rows), err
	}).TwoLines().Hint(env.T("picker_templates_hint")).None(func(string) string { return env.T("picker_templates_none") })
	p.OnError = env.Fail
	p.OnPick = func(r kit.PickRow) {
		if id, err := clinic.ParseID(r.Key); err == nil {
			pick(id)
		}
	}
	return p
}

// Content is field and rows as one thing.
func (p *Templates) Content() fyne.CanvasObject {
	return p.Picker.Content(p.env.T("picker_templates_keys"))
}

// Open shows the picker as a panel over the page; taking a template closes it.
func (p *Templates) Open() {
	p.Show(p.env.Layers, p.env.T("picker_templates_title"), p.env.T("picker_templates_keys"))
}
