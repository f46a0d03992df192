package today

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/today"
)

// newcomer is the registration inside the booking panel: the least that a card needs.
type newcomer struct {
	p                         *bookPanel
	family, given, patronymic *kit.Entry
	birth                     *kit.Date
	phone                     *kit.Masked
	sex                       *kit.Tabs
	familyF, birthF, phoneF   *kit.Field
	reason                    *kit.Field
	similar                   *fyne.Container
	like                      []model.Likeness
	filling                   bool
}

var sexes = []clinic.Sex{clinic.Male, clinic.Female, clinic.SexUnknown}

func newNewcomer(p *bookPanel) *newcomer {
	s := p.s()
	n := &newcomer{p: p, family: kit.NewEntry(), given: kit.NewEntry(), patronymic: kit.NewEntry(), similar: kit.Col(6)}
	n.birth = kit.NewDate(s.T, string(s.Today())).Past()
	n.phone = kit.NewMasked(kit.MaskPhone())
	n.sex = kit.NewChoice([]string{s.T("today_male"), s.T("today_female"), s.T("today_sex_unknown")}, 2, func(i int) {
		n.p.form.New.Sex = sexes[i]
		n.p.keep()
	})
	for _, e := range []*kit.Entry{n.family, n.given, n.patronymic} {
		e.OnChanged = func(string) { n.read() }
	}
	n.birth.OnChanged = func(string) { n.read() }
	n.phone.OnChanged = func(string) { n.read() }
	n.familyF = kit.NewField(s.T("today_family"), n.family).Required()
	n.birthF = kit.NewField(s.T("today_birth"), n.birth).Required()
	n.phoneF = kit.NewField(s.T("today_phone"), n.phone)
	return n
}

func (n *newcomer) content() fyne.CanvasObject {
	t := n.p.s().T
	fields := kit.Col(2, n.familyF, kit.Columns(8, nil, kit.NewField(t("today_given"), n.given), kit.NewField(t("today_patronymic"), n.patronymic)),
		kit.Columns(8, nil, n.birthF, n.phoneF), kit.NewField(t("today_sex"), n.sex))
	buttons := kit.Col(6, kit.NewButton(t("today_register"), n.register).Ranked(kit.Primary).With("check").Key("Enter"),
		kit.Columns(6, nil, kit.NewButton(t("today_caller"), n.caller).With("phone").Key("F4"), kit.NewButton(t("today_back"), n.back).With("left").Key("Esc")))
	more := kit.Col(2)
	n.reason = kit.NewField(t("today_reason"), n.p.reason)
	if !n.p.tight() {
		more.Add(n.reason)
	}
	if n.p.form.Taken {
		more.Add(n.p.double)
	}
	if n.p.tight() { // what is alike stands among the fields then, and all of it scrolls
		return container.NewBorder(nil, kit.Col(6, more, buttons), nil, nil, container.NewVScroll(kit.Col(4, fields, n.similar)))
	}
	return container.NewBorder(fields, kit.Col(6, more, buttons), nil, nil, container.NewVScroll(n.similar))
}

// fill puts the form into the fields.
func (n *newcomer) fill() {
	n.filling = true
	f := &n.p.form.New
	n.family.SetText(f.Family)
	n.given.SetText(f.Given)
	n.patronymic.SetText(f.Patronymic)
	n.birth.Entry.SetText(f.Birth) // as it was typed: half a date is not finished for the user
	n.phone.SetText(f.Phone)
	n.filling = false
	n.words()
}

// read takes what is typed into the form.
func (n *newcomer) read() {
	if n.filling {
		return
	}
	f := &n.p.form.New
	f.Family, f.Given, f.Patronymic, f.Birth, f.Phone = n.family.Text, n.given.Text, n.patronymic.Text, n.birth.Text, n.phone.Text
	n.words()
	n.p.keep()
}

// words says at the fields what they tell, and looks for cards that are alike.
func (n *newcomer) words() {
	s, f := n.p.s(), n.p.form.New
	for i, sex := range sexes {
		if sex == f.SexShown() {
			n.sex.Set(i)
		}
	}
	n.familyF.Say(kit.Calm, "")
	word, wrong := f.BirthWord(s)
	tone := kit.Good
	if wrong {
		tone = kit.Wrong
		if !n.birthWhole() { // still being typed
			word, tone = "", kit.Calm
		}
	}
	n.birthF.Say(tone, word)
	n.phoneF.Say(kit.Warn, "")
	if !n.phone.Focused() {
		n.phoneF.Say(kit.Warn, f.PhoneWord(s))
	}
	if !n.p.form.Registering || f.Family == "" {
		return
	}
	kit.Load(n.p.b.env.Loader, "similar", func(ctx context.Context) ([]model.Likeness, error) { return model.Similar(ctx, s, f) },
		func(list []model.Likeness, err error) {
			if err == nil {
				n.warn(list)
			}
		})
}

func (n *newcomer) birthWhole() bool { return len(kit.Digits(n.birth.Text)) >= 8 || !n.birth.Focused() }

// warn shows cards that the newcomer may have already.
func (n *newcomer) warn(list []model.Likeness) {
	n.like = list
	n.similar.RemoveAll()
	if n.reason != nil { // what is alike needs the room more
		if len(list) > 0 {
			n.reason.Hide()
		} else {
			n.reason.Show()
		}
		n.p.box.Refresh()
	}
	for i, l := range list {
		tone, key := kit.Warn, ""
		if i == 0 {
			key = "F3"
		}
		text := kit.Col(0, kit.NewText(l.Text).Bold().Cut(40), kit.Caption(l.Side+" · "+l.Below).Cut(40))
		take := kit.NewButton(n.p.s().T("today_same"), func() { n.take(l.ID) }).Small().Key(key)
		n.similar.Add(kit.Ground(tone.Soft(), kit.Inset(4, 8, 6, 8, kit.Col(3, kit.Caption(l.Why).Colored(tone.Color()).Cut(40), text, kit.Row(0, take)))))
	}
	n.similar.Refresh()
}

// take books the card that was there already.
func (n *newcomer) take(id clinic.ID) {
	n.p.save(func(ctx context.Context, f *model.Form) (model.Done, error) { return f.Book(ctx, n.p.s(), id) })
}

func (n *newcomer) register() {
	n.birth.Settle()
	n.read()
	n.p.save(func(ctx context.Context, f *model.Form) (model.Done, error) { return f.Register(ctx, n.p.s()) })
}

func (n *newcomer) caller() {
	n.p.save(func(ctx context.Context, f *model.Form) (model.Done, error) { return f.BookCaller(ctx, n.p.s()) })
}

// back goes back to the search; what was typed there stands there again.
func (n *newcomer) back() {
	n.p.form.Registering = false
	n.p.clear()
	n.p.turn()
}

// refuse says at the field what is wrong; false where it is none of these.
func (n *newcomer) refuse(field, word string) bool {
	at := map[string]struct {
		f *kit.Field
		w fyne.Focusable
	}{
		"family": {n.familyF, n.family}, "birth_date": {n.birthF, n.birth}, "contacts[0].value": {n.phoneF, n.phone}, "phone": {n.phoneF, n.phone},
	}
	x, ok := at[field]
	if !ok {
		return false
	}
	x.f.Say(kit.Wrong, word)
	n.p.b.env.Window.Canvas().Focus(x.w)
	return true
}

// first is the first field that is still empty.
func (n *newcomer) first() fyne.Focusable {
	switch {
	case n.family.Text == "":
		return n.family
	case n.given.Text == "":
		return n.given
	case !n.born():
		return n.birth
	}
	return n.phone
}

func (n *newcomer) born() bool {
	iso, ok := n.birth.ISO()
	return ok && len(iso) == 10 && strings.Count(n.birth.Text, ".") == 2
}

func (n *newcomer) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
		n.register()
	case kit.Plain(fyne.KeyF3):
		if len(n.like) > 0 {
			n.take(n.like[0].ID)
		}
	case kit.Plain(fyne.KeyF4):
		n.caller()
	case kit.Plain(fyne.KeyEscape):
		n.back()
	case kit.Plain(fyne.KeyF6), kit.Plain(fyne.KeyF7), kit.Plain(fyne.KeyF8), kit.Plain(fyne.KeyF10):
	default:
		return false
	}
	return true
}
