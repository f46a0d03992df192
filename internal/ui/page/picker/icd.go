// Package picker has the pickers of the visit as widgets: codes of the МКБ-10 and
// templates of protocols, found while one types. A page puts one among its own things or
// opens it as a panel; what is found and in which order is the view-model's matter.
package picker

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/picker"
)

// ICD picks a diagnosis. All calls come on Fyne's thread.
type ICD struct {
	*kit.Picker
	env   *page.Env
	model *model.ICD
}

// NewICD makes the picker; pick is told what was taken, with wording and version.
func NewICD(env *page.Env, pick func(clinic.Coding)) *ICD {
	p := &ICD{env: env, model: model.NewICD(env.Session)}
	p.Picker = kit.NewPicker(env.Loader, "icd", func(ctx context.Context, query string) ([]kit.PickRow, error) {
		rows, err := p.model.Find(ctx, query)
		return shown(rows), err
	}).Codes(70).TwoLines().Hint(env.T("picker_icd_hint")).None(func(query string) string {
		if query == "" {
			return env.T("picker_icd_first")
		}
		return env.T("picker_icd_none")
	})
	p.OnError = env.Fail
	p.OnPick = func(r kit.PickRow) {
		kit.Load(env.Loader, "icd.coding", func(ctx context.Context) (clinic.Coding, error) { return p.model.Coding(ctx, r.Key) },
			func(c clinic.Coding, err error) {
				if err != nil {
					env.Fail(err)
					return
				}
				pick(c)
			})
	}
	p.OnMark = func(r kit.PickRow) { p.toggle(r.Key) }
	return p
}

func (p *ICD) toggle(code string) {
	kit.Load(p.env.Loader, "icd.pin", func(ctx context.Context) (bool, error) { return p.model.Toggle(ctx, code) },
		func(on bool, err error) {
			if err != nil {
				p.env.Fail(err)
				return
			}
			word := "picker_icd_unpinned_done"
			if on {
				word = "picker_icd_pinned_done"
			}
			p.env.Done(p.env.T(word, "code", code), func() { p.toggle(code) })
			p.Ask()
		})
}

// Content is field and rows as one thing, with the keys named below.
func (p *ICD) Content() fyne.CanvasObject { return p.Picker.Content(p.env.T("picker_icd_keys")) }

// Open shows the picker as a panel over the page, with words typed already; taking a
// code closes it.
func (p *ICD) Open(query string) {
	p.Field.SetText(query)
	p.Field.CursorColumn = len([]rune(query))
	p.Show(p.env.Layers, p.env.T("picker_icd_title"), p.env.T("picker_icd_keys"))
}

// shown turns rows into those of the kit.
func shown(rows []model.Row) []kit.PickRow {
	out := make([]kit.PickRow, len(rows))
	for i, r := range rows {
		out[i] = kit.PickRow{Key: r.Key, Code: r.Code, Text: r.Name, Below: r.Path, Side: r.Note, Heading: r.Heading}
		if r.Pinned {
			out[i].Mark = "star-full"
		}
	}
	return out
}
