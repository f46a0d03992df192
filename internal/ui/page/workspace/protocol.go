package workspace

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page/protocolform"
	model "feldsher/internal/ui/present/workspace"
)

// protocolPart is the section of the protocol: which template, and the fields of it
// that the note does not fill.
type protocolPart struct {
	entry *note
	title *kit.Text
	place *fyne.Container // of the fields
}

func (p *Page) protocolPart() fyne.CanvasObject {
	part := &protocolPart{title: kit.NewText("").Sized(kit.TextNote).Bold().Cut(80), place: container.NewStack()}
	p.protocol = part
	part.entry = p.pick(model.FieldTemplate)
	part.entry.SetPlaceHolder(p.env.T("visit_template_hint"))
	part.entry.Wide(280)
	p.firsts[model.Protocol] = part.entry
	line := kit.Columns(12, []float32{1, 0}, part.title, part.entry)
	p.showTemplate()
	return flow(8, line, kit.Prose(p.env.T("visit_protocol_about")), part.place,
		kit.Caption(p.env.T("visit_comment")), p.text(model.FieldComment, 2))
}

// showTemplate shows the chosen template and its own fields.
func (p *Page) showTemplate() {
	part := p.protocol
	part.title.Set(p.w.Template().Title)
	part.place.Objects = nil
	p.form = nil
	if fields := p.w.Fields(); fields != nil && len(fields.Fields()) > 0 && !p.w.ReadOnly() {
		p.form = protocolform.New(p.env, fields)
		p.form.OnChange = p.w.FieldsTyped
		part.place.Objects = []fyne.CanvasObject{p.form.Content()}
	}
	part.place.Refresh()
	p.relayout()
}
