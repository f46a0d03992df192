package today

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/today"
)

// newRow is the key of the row that goes on to registration.
const newRow = "new"

// bookPanel finds a patient by one field and books; who is not found is registered in
// the same panel.
type bookPanel struct {
	b       *board
	form    *model.Form
	over    bool // booked: nothing is left to keep
	timer   *time.Timer
	box     *fyne.Container
	title   *kit.Text
	where   *kit.Text
	notice  *fyne.Container
	picker  *kit.Picker
	service *kit.Select
	minutes *kit.Entry
	reason  *kit.Entry
	double  *kit.Field
	why     *kit.Entry
	person  *newcomer
	busy    bool
	main    *kit.Button
	none    bool // nobody answers what is typed: Enter registers
	more    bool // optional fields are shown in a low window
}

// book opens the panel for a place; typed is the letter that opened it.
func (b *board) book(p kit.GridPlace, kind, typed string) {
	place, ok := b.table.Place(b.env.Session, p.Column, model.Stretch(p.Stretch))
	if !ok || !b.may() {
		return
	}
	if open, ok := b.panel.(*bookPanel); ok && kind == clinic.Planned && !open.form.Outside() { // what is typed there goes on
		b.env.Window.Canvas().Focus(open.focus())
		return
	}
	f := model.NewForm(place)
	f.Kind, f.Query = kind, typed
	if f.Outside() {
		f.Place.Start, f.Place.Minutes = 0, 0
	}
	if !b.guest.ID.IsZero() && typed == "" {
		f.Patient, f.Who, f.Query = b.guest.ID, b.guest.Text, b.guest.Text
	}
	b.openForm(f)
}

// rehome gives what is being booked another place, when the cursor has gone there.
func (p *bookPanel) rehome(at kit.GridPlace, block int) {
	if p.form.Outside() || (block >= 0) != p.form.Taken || p.busy {
		return
	}
	stretch := model.Stretch(at.Stretch)
	if block >= 0 {
		stretch = p.b.table.Items[block].Stretch
	}
	if place, ok := p.b.table.Place(p.s(), at.Column, stretch); ok && place != p.form.Place {
		p.form.Place = place
		p.where.Set(p.form.Where(p.s()))
		p.clear()
		p.keep()
	}
}

// may tells whoever may not book that it is so.
func (b *board) may() bool {
	if b.env.May(clinic.Book) {
		return true
	}
	b.env.Fail(fault.New(fault.Forbidden, "today_no_right"))
	return false
}

func (b *board) openForm(f *model.Form) {
	p := &bookPanel{b: b, form: f}
	p.build()
	b.open(p)
	p.fill()
}

func (p *bookPanel) s() *present.Session { return p.b.env.Session }

func (p *bookPanel) build() {
	t := p.s().T
	p.title, p.where = kit.Heading("").Cut(60), kit.Muted("").Cut(60)
	p.notice, p.box = kit.Col(6), container.NewStack()
	p.picker = kit.NewPicker(p.b.env.Loader, "book", p.find).TwoLines().Hint(t("today_find_hint"))
	p.picker.None(func(q string) string {
		if q == "" {
			return t("today_find_what")
		}
		return ""
	})
	p.picker.OnPick = p.pick
	p.picker.OnError = func(err error) { p.tell(kit.Wrong, p.s().Words.Fault(err)) }
	asked := p.picker.Field.OnChanged
	p.picker.Field.OnChanged = func(q string) {
		p.form.Query = q
		if q != p.form.Who {
			p.form.Patient, p.form.Who = clinic.ID{}, ""
		}
		asked(q)
		p.keep()
	}
	p.service = kit.NewSelect(nil, func(code string) { p.form.Service = clinic.ID{}; p.chose(code) }).Hint(t("today_service_none"))
	p.minutes = kit.NewEntry().Hint(t("today_minutes_usual", "n", max(p.form.Place.Minutes, 0)))
	p.minutes.OnChanged = func(v string) { p.form.Minutes = v; p.keep() }
	p.reason = kit.NewEntry().Hint(t("today_reason_hint"))
	p.reason.OnChanged = func(v string) { p.form.Reason = v; p.keep() }
	p.why = kit.NewEntry().Hint(t("today_double_hint"))
	p.why.OnChanged = func(v string) { p.form.Double = v; p.keep() }
	p.double = kit.NewField(t("today_double_why"), p.why).Required()
	p.person = newNewcomer(p)
}

// fill puts the form into the widgets and loads what can be chosen.
func (p *bookPanel) fill() {
	p.minutes.SetText(p.form.Minutes)
	p.reason.SetText(p.form.Reason)
	p.why.SetText(p.form.Double)
	p.picker.SetQuery(p.form.Query)
	p.person.fill()
	p.turn()
	staff, table := p.form.Place.Staff, p.b.table
	kit.Load(p.b.env.Loader, "services", func(ctx context.Context) ([]clinic.Service, error) {
		return model.Services(ctx, p.s(), staff, table)
	}, func(list []clinic.Service, err error) {
		if err != nil {
			return // a booking needs none
		}
		options := []kit.Option{{Text: p.s().T("today_service_none")}}
		for _, v := range list {
			options = append(options, kit.Option{Code: v.ID.String(), Text: v.Title, Below: p.s().Words.Money(v.Price, v.Currency)})
		}
		p.service.SetOptions(options)
		if !p.form.Service.IsZero() {
			p.service.Set(p.form.Service.String())
		}
	})
}

func (p *bookPanel) chose(code string) {
	if id, err := clinic.ParseID(code); err == nil {
		p.form.Service = id
	}
	p.keep()
}

// content implements panel.
func (p *bookPanel) content() fyne.CanvasObject {
	head := kit.Col(0, p.title, p.where, kit.Space(1, 4), p.notice)
	return container.NewBorder(head, nil, nil, nil, p.box)
}

// turn shows the search or the registration, as the form is.
func (p *bookPanel) turn() {
	p.title.Set(p.form.Title(p.s()))
	p.where.Set(p.form.Where(p.s()))
	p.box.RemoveAll()
	if p.form.Registering {
		p.box.Add(p.person.content())
	} else {
		p.box.Add(p.search())
	}
	p.box.Refresh()
	p.b.env.Window.Canvas().Focus(p.focus())
}

func (p *bookPanel) search() fyne.CanvasObject {
	t := p.s().T
	more := kit.Col(2)
	if !p.tight() || p.more {
		more.Add(kit.Columns(8, []float32{3, 1}, kit.NewField(t("today_service"), p.service), kit.NewField(t("today_minutes"), p.minutes)))
		more.Add(kit.NewField(t("today_reason"), p.reason))
	}
	if p.form.Taken {
		more.Add(p.double)
	}
	p.main = kit.NewButton(p.verb(), p.picker.Take).Ranked(kit.Primary).With("check").Key("Enter")
	buttons := kit.Col(6, p.main,
		kit.Columns(6, nil, kit.NewButton(t("today_new"), p.begin).With("add").Key("F2"), kit.NewButton(t("today_wait"), p.wait).With("list").Key("F9")))
	if p.tight() {
		buttons = kit.Columns(6, []float32{2, 1, 1}, p.main,
			kit.NewButton("", p.begin).With("add").Key("F2"), kit.NewButton("", p.unfold).With("more").Key("F3"))
	}
	return container.NewBorder(nil, kit.Inset(6, 0, 0, 0, kit.Col(4, more, buttons)), nil, nil, p.picker.Content(""))
}

// tight reports whether the window is too low for the optional fields: F3 shows them.
func (p *bookPanel) tight() bool {
	return p.b.env.Window.Canvas().Size().Height < kit.Px(600)
}

func (p *bookPanel) unfold() {
	p.more = !p.more
	p.turn()
	if p.more {
		p.b.env.Window.Canvas().Focus(p.reason)
	}
}

func (p *bookPanel) verb() string {
	switch {
	case p.none:
		return p.s().T("today_new_patient")
	case p.form.Outside():
		return p.s().T("today_take")
	}
	return p.s().T("today_book")
}

// find answers what is typed: patients, and last the way to registration.
func (p *bookPanel) find(ctx context.Context, query string) ([]kit.PickRow, error) {
	list, err := model.Find(ctx, p.s(), query)
	if err != nil || query == "" {
		return nil, err
	}
	fyne.Do(func() {
		if ctx.Err() == nil {
			p.offer(len(list) > 0)
		}
	})
	rows := make([]kit.PickRow, 0, len(list)+1)
	for _, m := range list {
		rows = append(rows, kit.PickRow{Key: m.ID.String(), Text: m.Text, Below: m.Below, Side: m.Side})
	}
	if p.s().May(clinic.WriteCards) {
		rows = append(rows, kit.PickRow{Key: newRow, Text: p.s().T("today_new_row"), Below: query, Side: "F2"})
	}
	return rows, nil
}

// offer names the button after what Enter will do.
func (p *bookPanel) offer(found bool) {
	p.none = !found && p.s().May(clinic.WriteCards)
	if p.main != nil {
		p.main.Set(p.verb(), "check")
	}
}

// pick books the patient of a row, or begins the registration.
func (p *bookPanel) pick(r kit.PickRow) {
	if r.Key == newRow {
		p.begin()
		return
	}
	id, err := clinic.ParseID(r.Key)
	if err != nil {
		return
	}
	p.save(func(ctx context.Context, f *model.Form) (model.Done, error) { return f.Book(ctx, p.s(), id) })
}

func (p *bookPanel) begin() {
	if !p.form.Registering {
		p.form.Begin(p.s())
		p.person.fill()
		p.clear()
		p.turn()
	}
}

// wait puts whoever is chosen on the waiting list instead.
func (p *bookPanel) wait() {
	var id clinic.ID
	if r, ok := p.picker.Chosen(); ok && r.Key != newRow && !p.form.Registering {
		id, _ = clinic.ParseID(r.Key)
	}
	p.save(func(ctx context.Context, f *model.Form) (model.Done, error) { return f.Wait(ctx, p.s(), id) })
}

// save runs a deed on a copy of the form; what it learned comes back with the answer.
func (p *bookPanel) save(deed func(context.Context, *model.Form) (model.Done, error)) {
	if p.busy {
		return
	}
	p.busy = true
	form := *p.form
	p.b.do(func(ctx context.Context) (model.Done, error) { return deed(ctx, &form) }, func(d model.Done, err error) bool {
		p.busy = false
		if err == nil {
			p.over = true
			p.b.guest = model.Match{}
			if p.b.panel == p {
				p.b.close()
			}
			return true
		}
		p.form.Taken, p.form.Patient, p.form.Who = form.Taken, form.Patient, form.Who
		p.refused(err)
		return true
	})
}

// refused says what is wrong where it is wrong.
func (p *bookPanel) refused(err error) {
	word := p.s().Words.Fault(err)
	p.clear()
	switch field := present.At(err); {
	case p.form.Registering && p.person.refuse(field, word):
		return
	case field == "double" || p.form.Taken:
		p.turn()
		if field == "double" {
			p.double.Say(kit.Wrong, word)
		} else {
			p.tell(kit.Warn, word)
		}
		p.b.env.Window.Canvas().Focus(p.why)
	case field == "minutes":
		p.tell(kit.Wrong, word)
		p.b.env.Window.Canvas().Focus(p.minutes)
	default:
		p.tell(kit.Wrong, word)
	}
}

func (p *bookPanel) tell(tone kit.Tone, word string) {
	p.notice.RemoveAll()
	p.notice.Add(kit.Notice(tone, word))
	p.notice.Refresh()
}

func (p *bookPanel) clear() {
	p.notice.RemoveAll()
	p.notice.Refresh()
	p.double.Say(kit.Calm, "")
}

// focus implements panel.
func (p *bookPanel) focus() fyne.Focusable {
	if len(p.box.Objects) == 0 { // nothing stands there before turn
		return nil
	}
	if p.form.Registering {
		return p.person.first()
	}
	return p.picker.Field
}

// key implements panel.
func (p *bookPanel) key(k kit.Key) bool {
	if p.form.Registering {
		return p.person.key(k)
	}
	switch k {
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		p.picker.Take()
	case kit.Plain(fyne.KeyF2):
		p.begin()
	case kit.Plain(fyne.KeyF3):
		if p.tight() {
			p.unfold()
		}
	case kit.Plain(fyne.KeyF9):
		p.wait()
	case kit.Plain(fyne.KeyEscape):
		p.b.close()
	case kit.Plain(fyne.KeyF6), kit.Plain(fyne.KeyF7), kit.Plain(fyne.KeyF8), kit.Plain(fyne.KeyF10):
		// another deed begins only when this one is over
	default:
		return slices.Contains([]fyne.KeyName{fyne.KeyUp, fyne.KeyDown}, k.Name)
	}
	return true
}
