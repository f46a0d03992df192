// Package workspace is the page of a visit: the history at the left, the note in the
// middle as one scroll, at the right what fits the place where the cursor is. What
// stands there and how it is kept is decided in present/workspace; here are widgets,
// their places and keys.
package workspace

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/page/protocolform"
	"feldsher/internal/ui/page/vitals"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/workspace"
)

// Page is a visit on the screen.
type Page struct {
	env   *page.Env
	route present.Route
	w     *model.Workspace // nil until it is read

	root   *fyne.Container
	body   *fyne.Container // the note
	scroll *container.Scroll
	heads  [model.Sections]fyne.CanvasObject
	firsts [model.Sections]fyne.Focusable
	field  string // where the cursor is
	sign   string // the vital sign where it was last

	notes     map[string]*noteField
	kind      *kit.Select
	day       *kit.Field
	clock     *kit.Field
	signs     map[string]*signField
	diagnoses *diagnosisList
	drugs     *rxList
	orders    *orderList
	services  *serviceList
	protocol  *protocolPart
	form      *protocolform.Form

	side     *suggestions
	timeline *timeline
	swapped  bool
	banner   func() // reads the banner again
	state    *stateLine
	left     bool
	quiet    bool // fields are being filled, not typed in
}

var (
	_ page.Page      = (*Page)(nil)
	_ page.Keys      = (*Page)(nil)
	_ page.Refresher = (*Page)(nil)
)

// New makes the page of a route: ID names the visit, or with Arg "new" the patient,
// with Arg "booking" the booking.
func New(env *page.Env, route present.Route) *Page {
	return &Page{env: env, route: route, notes: map[string]*noteField{}, signs: map[string]*signField{}}
}

// Title implements page.Page.
func (p *Page) Title() string {
	if p.w == nil {
		return p.env.T("visit_title_new")
	}
	return p.env.T("visit_title", "name", p.w.Patient.Name.Short())
}

// Model is the visit that the page shows; nil until it is read.
func (p *Page) Model() *model.Workspace { return p.w }

// Content implements page.Page. It is an empty page until the visit is read: building
// the note takes its time, and the frame shall stand at once.
func (p *Page) Content() fyne.CanvasObject {
	p.root = container.NewStack(kit.Space(1, 1))
	return p.root
}

// Shown implements page.Page.
func (p *Page) Shown() {
	if p.w != nil {
		p.focusPlace()
		return
	}
	kit.Load(p.env.Loader, "visit.open", func(ctx context.Context) (*model.Workspace, error) {
		return model.Open(ctx, p.env.Session, p.route)
	}, func(w *model.Workspace, err error) {
		if err != nil {
			p.failed(err)
			return
		}
		p.w = w
		w.OnState(func() { fyne.Do(p.showState) })
		p.build()
		p.focusPlace()
		p.loadHistory()
	})
}

func (p *Page) failed(err error) {
	back := kit.NewButton(p.env.T("visit_leave"), p.env.Back).Key("Esc")
	p.root.Objects = []fyne.CanvasObject{kit.Empty("visit", p.env.T("visit_failed", "why", p.env.Words.Fault(err)), back)}
	p.root.Refresh()
	p.env.Window.Canvas().Focus(back)
}

func (p *Page) loadHistory() {
	kit.Load(p.env.Loader, "visit.history", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.w.LoadHistory(ctx)
	}, func(_ struct{}, err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		p.timeline.refresh()
		p.showBorrow()
		p.showSigns()
		p.drugs.refresh()
		p.side.ask(p.field, p.typed())
	})
}

// build makes the page of the visit.
func (p *Page) build() {
	banner, reload := cards.LoadBanner(p.env, p.w.Patient.ID)
	p.banner = reload
	p.side = newSuggestions(p)
	p.timeline = newTimeline(p)
	p.state = newStateLine(p)
	middle := container.New(panes{&p.swapped}, p.timeline.content, p.noteContent(), p.side.content)
	p.root.Objects = []fyne.CanvasObject{container.New(between3{}, middle, banner, p.state.content)}
	p.root.Refresh()
	p.relayout()
	p.showState()
	reload()
}

// noteContent is the middle: one scroll with the sections one under another.
func (p *Page) noteContent() fyne.CanvasObject {
	p.body = flow(16,
		p.notices(),
		flow(0, p.head(), p.section(model.Complaints, p.text(model.FieldComplaints, 2))),
		p.section(model.Anamnesis, p.text(model.FieldAnamnesis, 2)),
		p.section(model.Status, p.text(model.FieldObjective, 3)),
		p.section(model.Vitals, p.vitals()),
		p.section(model.Diagnoses, p.diagnosisPart()),
		p.section(model.Prescriptions, p.rxPart()),
		p.section(model.Orders, p.orderPart()),
		p.section(model.Protocol, p.protocolPart()),
		kit.Space(1, 120),
	)
	p.scroll = container.NewVScroll(nil)
	p.scroll.Content = container.NewStack(kit.Inset(12, 22, 0, 22, p.body), newWheel(p.scroll))
	p.scroll.Refresh()
	if p.w.ReadOnly() {
		p.lock()
	}
	return p.scroll
}

// relayout sets the note anew after something in it has grown or gone.
func (p *Page) relayout() {
	if p.scroll == nil {
		return
	}
	size := p.scroll.Content.Size()
	if size.Width > 0 {
		p.scroll.Content.Resize(fyne.NewSize(size.Width, p.scroll.Content.MinSize().Height))
	}
	p.scroll.Refresh()
}

// notices are what is to be known of the visit before one types.
func (p *Page) notices() fyne.CanvasObject {
	box := flow(6)
	say := func(tone kit.Tone, key string, buttons ...fyne.CanvasObject) {
		box.Add(kit.Notice(tone, p.env.T(key), buttons...))
	}
	v := p.w.Visit()
	switch {
	case v.Status == "struck":
		say(kit.Warn, "visit_struck_note")
	case !p.w.May.Write:
		say(kit.Calm, "visit_read_only")
	case p.w.Restored:
		say(kit.Good, "visit_restored")
	case p.w.Continued:
		say(kit.Calm, "visit_continued")
	}
	if id := p.w.Signed(); !id.IsZero() {
		say(kit.Calm, "visit_protocol_signed", kit.NewButton(p.env.T("visit_print"), p.print).With("print").Key("Ctrl+P").Small())
	}
	if len(box.Objects) == 0 {
		box.Hide()
	}
	return box
}

// section is a part of the note under its heading.
func (p *Page) section(s model.Section, content fyne.CanvasObject) fyne.CanvasObject {
	head := container.NewBorder(nil, nil, kit.Heading(p.env.T(s.Name())), kit.Caption(jumpKey(s)))
	p.heads[s] = head
	return flow(4, head, content)
}

func jumpKey(s model.Section) string { return "Ctrl+" + string(rune('1'+int(s))) }

// jump goes to a section: its heading at the top, the cursor in its first field.
func (p *Page) jump(s model.Section) {
	if p.w == nil || s >= model.Sections || p.heads[s] == nil {
		return
	}
	if f := p.firsts[s]; f != nil {
		p.env.Window.Canvas().Focus(f)
	} else { // nothing there may be written: keys shall not go on somewhere else
		p.env.Window.Canvas().Unfocus()
		p.field = ""
	}
	top := p.offsetOf(p.heads[s]) - kit.Px(8)
	room := p.scroll.Content.MinSize().Height - p.scroll.Size().Height
	p.scroll.ScrollToOffset(fyne.NewPos(0, min(max(top, 0), max(room, 0))))
}

// offsetOf is how far below the top of the note an object stands.
func (p *Page) offsetOf(o fyne.CanvasObject) float32 {
	d := fyne.CurrentApp().Driver()
	return d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(p.scroll.Content).Y
}

// reveal brings an object of the note in sight.
func (p *Page) reveal(o fyne.CanvasObject) {
	if p.scroll == nil || p.scroll.Size().Height <= 0 {
		return
	}
	top, at, room := p.offsetOf(o), p.scroll.Offset.Y, p.scroll.Size().Height
	bottom := top + min(o.Size().Height, room-kit.Px(60))
	switch {
	case top-kit.Px(34) < at:
		at = max(top-kit.Px(34), 0)
	case bottom+kit.Px(24) > at+room:
		at = bottom + kit.Px(24) - room
	default:
		return
	}
	p.scroll.ScrollToOffset(fyne.NewPos(0, at))
}

// entered notes that the cursor has come into a field.
func (p *Page) entered(field string, o fyne.CanvasObject) {
	if p.quiet {
		return
	}
	p.field = field
	p.reveal(o)
	p.w.SetPlace(field, 0)
	p.side.ask(field, p.typed())
}

// typed is what stands in the field where something is looked for.
func (p *Page) typed() string {
	if e := p.entryOf(p.field); e != nil {
		return e.Text
	}
	return ""
}

// focusPlace sets the cursor where it was when the visit was kept, else into the
// complaints, or into the reason of a new visit that has none.
func (p *Page) focusPlace() {
	if p.w == nil || p.w.ReadOnly() {
		return
	}
	field, _ := p.w.Place()
	if n := p.notes[field]; n != nil {
		p.env.Window.Canvas().Focus(n.focusable())
		n.end()
		return
	}
	if field == "" {
		p.env.Window.Canvas().Focus(p.firsts[model.Complaints])
		return
	}
	p.jump(model.SectionOf(field))
}

// lock shows a visit that may be read only.
func (p *Page) lock() {
	for _, n := range p.notes {
		n.disable()
	}
	for _, s := range p.signs {
		if s.entry != nil {
			s.entry.Disable()
		}
	}
	p.kind.Disable()
	for _, f := range []*kit.Field{p.day, p.clock} {
		f.Input.(*kit.Entry).Disable()
	}
	for _, e := range []*note{p.diagnoses.entry, p.drugs.entry, p.orders.entry, p.services.entry, p.protocol.entry} {
		e.Disable()
	}
}

// reread shows what the visit has now, where it is not what the fields show.
func (p *Page) reread() {
	p.quiet = true
	for _, n := range p.notes {
		n.refresh()
	}
	p.showHead()
	p.showSigns()
	p.quiet = false
	p.diagnoses.refresh()
	p.drugs.refresh()
	p.orders.refresh()
	p.services.refresh()
	p.relayout()
}

// Changed implements page.Refresher: somebody has written, perhaps to this visit.
func (p *Page) Changed(tables []string) {
	if p.w == nil || p.left {
		return
	}
	ours := []string{"visit", "diagnosis", "observation", "prescription", "care_order"}
	if slices.ContainsFunc(tables, func(t string) bool { return slices.Contains(ours, t) }) {
		kit.Load(p.env.Loader, "visit.refresh", p.w.Refresh, func(fresh bool, err error) {
			if err == nil && fresh {
				p.reread()
				p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("visit_changed_elsewhere")})
			}
		})
	}
	if slices.ContainsFunc(tables, func(t string) bool {
		return slices.Contains([]string{"visit", "observation", "protocol", "allergy", "problem"}, t)
	}) {
		p.loadHistory()
	}
	if slices.Contains(tables, "allergy") || slices.Contains(tables, "problem") || slices.Contains(tables, "patient") {
		p.banner()
	}
}

// Leave implements page.Page: what was typed is a draft at once, and the ledger gets
// the visit beside.
func (p *Page) Leave() {
	if p.w == nil || p.left {
		return
	}
	p.left = true
	p.env.Say(page.Message{}) // what it offers to take back is on this page
	if err := p.w.Leave(); err != nil {
		p.env.Fail(err)
	}
	p.env.Kept(false)
	kit.Load(p.env.Loader.Lasting(), "visit.left", func(context.Context) (struct{}, error) { return struct{}{}, p.w.Wait() },
		func(_ struct{}, err error) {
			if err != nil {
				p.env.Say(page.Message{Tone: kit.Warn, Text: p.env.T("visit_left_failed", "why", p.env.Words.Fault(err))})
			}
		})
}

// trend shows how the vital sign under the cursor went.
func (p *Page) trend() {
	key := p.sign
	if key == "" {
		key = "pressure"
	}
	visits, loose := p.w.Measured()
	vitals.OpenOf(p.env, &p.w.Patient, visits, loose, key)
}
