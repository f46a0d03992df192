package today

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

// details shows a booking with all that can be done with it. The keys stay in the
// schedule and mean the same there.
type details struct {
	b    *board
	item model.Item
}

func (b *board) details(i model.Item) {
	if d, ok := b.panel.(*details); ok && d.item.ID == i.ID {
		b.openCard(i) // Enter a second time
		return
	}
	b.open(&details{b, i})
}

// follow shows another booking when the cursor has gone to it, and the queue when it
// has left.
func (b *board) follow(i int) {
	if _, ok := b.panel.(*details); !ok {
		return
	}
	if i >= 0 && i < len(b.table.Items) {
		b.open(&details{b, b.table.Items[i]})
		return
	}
	b.open(nil)
}

// renew shows the booking as it is after the table was read anew.
func (d *details) renew() {
	if i := d.b.table.Find(d.item.ID); i >= 0 {
		d.b.open(&details{d.b, d.b.table.Items[i]})
		return
	}
	d.b.open(nil)
}

func (d *details) focus() fyne.Focusable { return nil }
func (d *details) leave()                {}

func (d *details) key(k kit.Key) bool {
	if k == kit.Plain(fyne.KeyEscape) {
		d.b.close()
		return true
	}
	return false
}

func (d *details) content() fyne.CanvasObject {
	s, i := d.b.env.Session, &d.item
	t := s.T
	ink := inkOf(i.State.Tone)
	state := kit.Row(6, kit.Picture(i.State.Icon, ink, 18), kit.NewText(i.State.Word).Bold().Colored(ink))
	head := kit.Col(1, kit.NewText(model.NameOf(s, &i.Entry)).Sized(kit.TextNote+1).Bold().Cut(60), kit.Muted(facts(s, i)).Cut(60))
	if a := i.Card.Address; a != "" {
		head.Add(kit.Muted(a).Cut(60))
	}
	if i.Namesake {
		head.Add(kit.Inset(3, 0, 3, 0, kit.Row(0, kit.Chip(kit.Warn, "warning", t("today_namesake")))))
	}
	about := kit.Col(3, head, kit.Space(1, 2), state,
		kit.NewText(s.Words.Clock(i.Start)+"–"+s.Words.Clock(i.End())+" · "+d.b.table.Columns[i.Column].Name).Cut(60))
	for _, line := range []string{i.Reason, told(t("today_double_said", "why", i.Double), i.Double), i.Note, told(t("today_kind_"+i.Kind), mark(i.Kind)), told(s.Words.Code("today_call", i.Contacted), i.Contacted)} {
		if line != "" {
			about.Add(kit.Prose(line))
		}
	}
	if len(i.Clashes) > 0 {
		about.Add(kit.Notice(kit.Wrong, t("today_clash_this")))
	}
	return container.NewBorder(about, nil, nil, nil, container.NewVScroll(kit.Inset(8, 0, 0, 0, d.buttons())))
}

// told is a sentence where there is something to tell.
func told(sentence, of string) string {
	if of == "" {
		return ""
	}
	return sentence
}

func mark(kind string) string {
	if kind == clinic.Planned {
		return ""
	}
	return kind
}

func facts(s *present.Session, i *model.Item) string {
	out := s.Words.Date(i.Card.BirthDate)
	if age := s.Words.Age(i.Card.BirthDate, s.Today()); age != "" {
		out += ", " + age
	}
	if i.Tel != "" && out != "" {
		out += " · "
	}
	out += i.Tel
	return cmp.Or(out, s.T("today_no_card"))
}

func (d *details) buttons() fyne.CanvasObject {
	t, b, i := d.b.env.T, d.b, d.item
	out := kit.Col(6)
	if b.env.May(clinic.Book) {
		pair := kit.Columns(6, nil)
		for n, to := range model.Steps {
			if !clinic.CanStep(i.Status, to) || b.table.Columns[i.Column].Date > b.table.Today {
				continue
			}
			st := model.StateOf(b.env.Session, to)
			btn := kit.NewButton(t("today_do_"+to), func() { b.step(n) }).With(st.Icon).Key(string(rune('1' + n)))
			if len(out.Objects) == 0 && len(pair.Objects) == 0 {
				btn.Ranked(kit.Primary)
			}
			pair.Add(btn)
			if len(pair.Objects) == 2 {
				out.Add(pair)
				pair = kit.Columns(6, nil)
			}
		}
		if i.Former() != "" {
			pair.Add(kit.NewButton(t("today_step_back"), b.back).With("undo").Key("0"))
		}
		if len(pair.Objects) > 0 {
			out.Add(pair)
		}
		if !i.Fixed {
			out.Add(kit.Columns(6, nil, kit.NewButton(t("today_move"), b.take).With("right").Key("F6"), kit.NewButton(t("today_cancel"), b.cancel).With("close").Key("Del")))
		}
		out.Add(kit.NewButton(t("today_double"), b.double).With("add").Key("Ins"))
		if i.Status == clinic.Booked {
			out.Add(kit.Inset(4, 0, 0, 0, kit.Caption(t("today_calling"))))
			calls := kit.Columns(6, nil)
			for n, o := range model.Outcomes {
				calls.Add(kit.NewButton(b.env.Words.Code("today_call", o), func() { b.called(n) }).Small().Key(string(rune('5' + n))))
			}
			out.Add(calls)
		}
	}
	if !i.Patient.IsZero() {
		out.Add(kit.NewButton(t("today_card"), func() { b.openCard(i) }).With("card").Key("F2"))
	}
	if b.env.May(clinic.WriteCare) && i.Staff == b.env.User.ID && !i.Patient.IsZero() {
		out.Add(kit.NewButton(t("today_visit"), func() { b.openVisit(i) }).With("visit").Key("Ctrl+Enter"))
	}
	return out
}

// openCard goes to the patient's card.
func (b *board) openCard(i model.Item) {
	if !i.Patient.IsZero() {
		b.env.Open(i.Patient)
	}
}

// openVisit goes to the visit of a booking.
func (b *board) openVisit(i model.Item) {
	b.env.Go(present.Route{Page: present.PageVisit, Arg: "booking", ID: i.ID})
}

// cancelPanel asks why a booking is cancelled: a digit gives a common reason.
type cancelPanel struct {
	b       *board
	item    model.Item
	reasons *kit.Options
	own     *kit.Entry
	field   *kit.Field
}

func (b *board) cancel() {
	i, ok := b.pick()
	if !ok || !b.may() {
		return
	}
	p := &cancelPanel{b: b, item: i, own: kit.NewEntry()}
	list := model.CancelReasons(b.env.Session)
	names := make([]string, len(list))
	for n, r := range list {
		names[n] = string(rune('1'+n)) + "  " + r
	}
	p.reasons = kit.NewOptions(names, false, func(int) bool { return false }, func(n int) { p.do(list[n]) })
	p.field = kit.NewField(b.env.T("today_cancel_own"), p.own)
	b.open(p)
}

func (p *cancelPanel) content() fyne.CanvasObject {
	t, i := p.b.env.T, &p.item
	head := kit.Col(2, kit.Heading(t("today_cancel_title")).Cut(60),
		kit.NewText(model.NameOf(p.b.env.Session, &i.Entry)).Cut(60),
		kit.Muted(p.b.env.Words.Moment(i.Start)+" · "+p.b.table.Columns[i.Column].Name).Cut(60), kit.Space(1, 4), kit.Caption(t("today_cancel_why")))
	return container.NewBorder(head, nil, nil, nil, kit.Col(8, p.reasons, p.field,
		kit.Columns(6, nil, kit.NewButton(t("today_cancel"), func() { p.do(p.own.Value()) }).Ranked(kit.Primary).With("check").Key("Enter"),
			kit.NewButton(t("today_back"), p.b.close).With("left").Key("Esc"))))
}

func (p *cancelPanel) do(why string) {
	e := p.item.Entry
	s := p.b.env.Session
	p.b.do(withEntry(s, e, func(c ctx, e *entry) (model.Done, error) { return model.Cancel(c, s, e, why) }), func(_ model.Done, err error) bool {
		if err != nil {
			if present.At(err) == "why" {
				p.field.Say(kit.Wrong, s.Words.Fault(err))
				p.b.env.Window.Canvas().Focus(p.own)
				return true
			}
			return false
		}
		p.b.close()
		return true
	})
}

func (p *cancelPanel) focus() fyne.Focusable { return p.reasons }
func (p *cancelPanel) leave()                {}

func (p *cancelPanel) key(k kit.Key) bool {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.do(p.own.Value())
	case fyne.KeyEscape:
		p.b.close()
	}
	return true
}

// movePanel asks why a taken place is taken once more by what was moved there.
type movePanel struct {
	b     *board
	entry entry
	to    model.Place
	why   *kit.Entry
	field *kit.Field
	word  string
}

func (p *movePanel) content() fyne.CanvasObject {
	t := p.b.env.T
	p.why = kit.NewEntry().Hint(t("today_double_hint"))
	p.field = kit.NewField(t("today_double_why"), p.why).Required()
	return container.NewVBox(kit.Heading(t("today_double")).Cut(60), kit.Muted(p.b.env.Words.Moment(p.to.Start)+" · "+p.to.StaffName).Cut(60),
		kit.Notice(kit.Warn, p.word), p.field,
		kit.Columns(6, nil, kit.NewButton(t("today_move"), p.do).Ranked(kit.Primary).With("check").Key("Enter"), kit.NewButton(t("today_back"), p.b.close).With("left").Key("Esc")))
}

func (p *movePanel) do() {
	why := p.why.Value()
	if why == "" {
		p.field.Say(kit.Wrong, p.b.env.T("today_double_needed"))
		return
	}
	s := p.b.env.Session
	p.b.close()
	p.b.do(withEntry(s, p.entry, func(c ctx, e *entry) (model.Done, error) { return model.Move(c, s, e, p.to, why) }), nil)
}

func (p *movePanel) focus() fyne.Focusable { return p.why }
func (p *movePanel) leave()                {}
func (p *movePanel) key(k kit.Key) bool {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.do()
	case fyne.KeyEscape:
		p.b.close()
	}
	return true
}
