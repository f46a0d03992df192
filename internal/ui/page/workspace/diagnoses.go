package workspace

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// diagnosisList is the diagnoses of the visit, and the field in which the next one is
// looked for.
type diagnosisList struct {
	p     *Page
	entry *note
	list  *fyne.Container
	rows  map[clinic.ID]*diagnosisRow
	order []clinic.ID
}

type diagnosisRow struct {
	object             fyne.CanvasObject
	text               *kit.Entry
	stage, rank, onset *kit.Select
	word               *fyne.Container
	said               string
}

func (p *Page) diagnosisPart() fyne.CanvasObject {
	d := &diagnosisList{p: p, list: flow(8), rows: map[clinic.ID]*diagnosisRow{}}
	p.diagnoses = d
	d.entry = p.pick(model.FieldDiagnoses)
	d.refresh()
	if !p.w.May.Prescribe {
		d.entry.Hide()
		return flow(6, kit.Prose(p.env.T("visit_no_prescribe")), d.list)
	}
	p.firsts[model.Diagnoses] = d.entry
	return flow(8, d.list, d.entry)
}

// pick is a field in which something is looked for: the answers stand at the right,
// the arrows choose among them and Enter takes.
func (p *Page) pick(field string) *note {
	e := newLook(p.env.T("visit_" + field + "_hint"))
	e.OnEnter = func() { p.entered(field, e) }
	e.OnChanged = func(text string) {
		if !p.quiet {
			p.side.ask(field, text)
		}
	}
	e.OnKey = func(ev *fyne.KeyEvent) bool { return p.side.key(e, ev) }
	return e
}

// refresh shows the diagnoses that the visit has; rows that stay keep their widgets, and
// with them the cursor.
func (d *diagnosisList) refresh() {
	views := d.p.w.Diagnoses()
	same := len(views) == len(d.order)
	for i := range views {
		same = same && i < len(d.order) && views[i].ID == d.order[i]
	}
	if !same {
		d.order = d.order[:0]
		kept := map[clinic.ID]*diagnosisRow{}
		d.list.Objects = nil
		for i := range views {
			row := d.rows[views[i].ID]
			if row == nil {
				row = d.row(&views[i])
			}
			kept[views[i].ID] = row
			d.order = append(d.order, views[i].ID)
			d.list.Add(row.object)
		}
		d.rows = kept
		d.list.Hidden = len(views) == 0
	}
	for i := range views {
		d.show(d.rows[views[i].ID], &views[i])
	}
	if !same {
		d.list.Refresh()
		d.p.relayout()
	}
}

func (d *diagnosisList) row(v *model.DiagnosisView) *diagnosisRow {
	p, id := d.p, v.ID
	set := func(field string) func(string) {
		return func(value string) {
			if !p.quiet {
				p.w.SetDiagnosis(id, field, value)
				d.refresh()
			}
		}
	}
	r := &diagnosisRow{word: flow(0)}
	r.word.Hide()
	r.text = kit.NewEntry().Hint(p.env.T("visit_dx_text_hint"))
	r.text.Limit = 2000
	r.text.OnChanged = set("text")
	r.rank = kit.NewSelect(p.options("visit_rank", model.Ranks), set("rank")).Wide(148)
	r.stage = kit.NewSelect(p.options("visit_stage", model.Stages), set("stage")).Wide(174)
	r.onset = kit.NewSelect(p.options("visit_onset", model.Onsets), set("onset")).Wide(146)
	strike := func() { d.strike(id, v.Code+" "+v.Name) }
	keys := func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyF9 {
			strike()
			return true
		}
		return false
	}
	r.text.OnKey = keys
	enter := func() { p.entered(model.FieldDiagnoses+".row", r.object) }
	r.text.OnEnter = enter
	for _, s := range []*kit.Select{r.rank, r.stage, r.onset} {
		s.OnKey, s.OnEnter = keys, enter
		if !p.w.May.Prescribe || p.w.ReadOnly() {
			s.Disable()
		}
	}
	name := kit.NewText(v.Name).Sized(kit.TextNote).Bold().Cut(80)
	top := kit.Columns(10, []float32{0, 1, 0}, kit.NewText(v.Code).Sized(kit.TextNote).Bold().Colored(theme.ColorNamePrimary), name, newCross(strike))
	if v.Code == "" {
		top = container.NewStack(kit.Right(0, newCross(strike)))
	}
	below := kit.Columns(8, []float32{1, 0, 0, 0}, r.text, r.rank, r.stage, r.onset)
	r.object = flow(3, top, below, r.word)
	if v.Code == "" {
		r.object = flow(3, kit.Columns(8, []float32{1, 0, 0, 0, 0}, r.text, r.rank, r.stage, r.onset, newCross(strike)), r.word)
	}
	if !p.w.May.Prescribe || p.w.ReadOnly() {
		r.text.Disable()
	}
	return r
}

// options are the answers to a question, in the words of the language.
func (p *Page) options(area string, codes []string) []kit.Option {
	out := make([]kit.Option, len(codes))
	for i, c := range codes {
		out[i] = kit.Option{Code: c, Text: p.env.T(area + "_" + c)}
	}
	return out
}

func (d *diagnosisList) show(r *diagnosisRow, v *model.DiagnosisView) {
	was := d.p.quiet
	d.p.quiet = true
	if r.text.Text != v.Text {
		r.text.SetText(v.Text)
	}
	d.p.quiet = was
	r.rank.Set(v.Rank)
	r.stage.Set(v.Stage)
	r.onset.Set(v.Onset)
	if v.Remark.Text == r.said {
		return
	}
	r.said = v.Remark.Text
	r.word.Objects = nil
	r.word.Hide()
	if v.Remark.Text != "" {
		tone := kit.Warn
		if v.Remark.Wrong {
			tone = kit.Wrong
		}
		r.word.Objects = []fyne.CanvasObject{remark(tone, v.Remark.Text)}
		r.word.Show()
	}
	d.p.relayout()
}

func (d *diagnosisList) strike(id clinic.ID, what string) {
	undo := d.p.w.StrikeDiagnosis(id)
	d.refresh()
	d.p.env.Window.Canvas().Focus(d.entry)
	d.p.env.Done(d.p.env.T("visit_struck_row", "what", what), func() { undo(); d.refresh() })
}
