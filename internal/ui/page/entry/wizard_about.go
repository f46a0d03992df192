package entry

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// fields are the inputs of a step by the model's names.
type fields map[string]*kit.Field

// show puts the model's words at the fields.
func (f fields) show(w *wizard) {
	for name, field := range f {
		w.d.say(field, w.model.Errors[name])
	}
}

// clinicStep asks about the clinic.
type clinicStep struct {
	w      *wizard
	title  *kit.Entry
	zone   *kit.Select
	fields fields
}

func newClinicStep(w *wizard) *clinicStep { return &clinicStep{w: w, fields: fields{}} }

// countries in the order of their pills.
var countries = []clinic.Country{clinic.Russia, clinic.Kazakhstan}

// line makes a field of one line that writes into the model.
func line(w *wizard, value *string, hint string, leave func()) *kit.Entry {
	e := w.enter(kit.NewEntry().Hint(hint))
	e.SetText(*value)
	e.OnChanged = func(s string) { *value = s }
	e.OnLeave = leave
	return e
}

func (s *clinicStep) content() fyne.CanvasObject {
	w, d, m := s.w, s.w.d, s.w.model
	look := func() { m.CheckClinic(); s.quiet(); s.show() }
	s.title = line(w, &m.Title, d.t("entry_title_hint"), nil)
	s.title.OnChanged = func(text string) {
		m.Title = text
		if text != "" {
			s.fields["title"].Say(kit.Calm, "")
		}
	}
	country := 0
	if m.Country == clinic.Kazakhstan {
		country = 1
	}
	pills := kit.NewChoice([]string{d.t("entry_country_ru"), d.t("entry_country_kz")}, country, func(i int) {
		m.ChooseCountry(countries[i])
		w.turn()
	})
	s.zone = kit.NewSelect(s.zones(), m.ChooseZone)
	s.zone.Set(m.Zone)
	tax := "entry_tax_ru"
	if m.Country == clinic.Kazakhstan {
		tax = "entry_tax_kz"
	}
	s.fields["title"] = kit.NewField(d.t("entry_title"), s.title).Required()
	s.fields["phone"] = kit.NewField(d.t("entry_phone"), line(w, &m.Phone, "+7", look))
	s.fields["tax"] = kit.NewField(d.t(tax), line(w, &m.TaxID, "", look))
	form := kit.Col(6,
		title(d.t("entry_clinic"), d.t("entry_clinic_below")), kit.Space(1, 4),
		kit.Columns(16, []float32{0, 1}, kit.NewField(d.t("entry_country"), pills), kit.NewField(d.t("entry_zone"), s.zone)),
		s.fields["title"],
		kit.Columns(16, nil, kit.NewField(d.t("entry_address"), line(w, &m.Address, "", nil)),
			kit.NewField(d.t("entry_licence"), line(w, &m.Licence, d.t("entry_licence_hint"), nil))),
		kit.Columns(16, nil, s.fields["phone"], s.fields["tax"]),
		w.feet(w.forward()),
	)
	return w.sheet(wideColumn, form)
}

// quiet leaves out that the name is still empty while other fields are being left.
func (s *clinicStep) quiet() {
	if s.w.model.Title == "" {
		delete(s.w.model.Errors, "title")
	}
}

func (s *clinicStep) zones() []kit.Option {
	list, _ := s.w.model.Zones()
	out := make([]kit.Option, len(list))
	for i, z := range list {
		out[i] = kit.Option{Code: z.Name, Text: z.Text}
	}
	return out
}

func (s *clinicStep) first() fyne.Focusable { return s.title }
func (s *clinicStep) show()                 { s.fields.show(s.w) }
func (s *clinicStep) next()                 { s.w.next() }

// youStep asks about the administrator.
type youStep struct {
	w      *wizard
	family *kit.Entry
	login  *kit.Entry
	fields fields
	roles  *kit.Field
}

func newYouStep(w *wizard) *youStep { return &youStep{w: w, fields: fields{}} }

func (s *youStep) content() fyne.CanvasObject {
	w, d, m := s.w, s.w.d, s.w.model
	var given, patronymic *kit.Entry
	s.login = w.enter(kit.NewEntry())
	s.login.SetText(m.Login)
	s.login.OnChanged = func(text string) {
		if text != m.Login {
			m.TypeLogin(text)
		}
	}
	name := func(string) {
		m.Name(s.family.Text, given.Text, patronymic.Text)
		if s.login.Text != m.Login {
			s.login.SetText(m.Login)
		}
		s.fields["family"].Say(kit.Calm, "")
	}
	part := func(text string) *kit.Entry {
		e := w.enter(kit.NewEntry())
		e.SetText(text)
		return e
	}
	s.family, given, patronymic = part(m.Family), part(m.Given), part(m.Patronymic)
	s.family.OnChanged, given.OnChanged, patronymic.OnChanged = name, name, name
	position := line(w, &m.Position, d.t("entry_position_hint"), nil)
	pills := kit.NewOptions([]string{d.t("entry_role_doctor"), d.t("entry_role_feldsher"), d.t("entry_role_admin")}, false,
		func(i int) bool { return m.Alone == (i < 2) && (!m.Alone || m.Feldsher == (i == 1)) },
		func(i int) {
			m.Alone, m.Feldsher = i < 2, i == 1
			s.show()
		})
	s.fields["family"] = kit.NewField(d.t("entry_family"), s.family).Required()
	s.fields["login"] = kit.NewField(d.t("entry_login_label"), s.login).Required().Hinted(d.t("entry_login_hint"))
	s.roles = kit.NewField(d.t("entry_roles"), pills)
	form := kit.Col(6,
		title(d.t("entry_you"), d.t("entry_you_below")), kit.Space(1, 4),
		kit.Columns(16, nil, s.fields["family"], kit.NewField(d.t("entry_given"), given), kit.NewField(d.t("entry_patronymic"), patronymic)),
		kit.Columns(16, nil, kit.NewField(d.t("entry_position"), position), s.fields["login"]),
		s.roles,
		w.feet(w.forward()),
	)
	return w.sheet(wideColumn, form)
}

func (s *youStep) first() fyne.Focusable { return s.family }
func (s *youStep) next()                 { s.w.next() }

func (s *youStep) show() {
	s.fields.show(s.w)
	m := s.w.model
	key := "entry_roles_admin"
	switch {
	case m.Alone && m.Feldsher:
		key = "entry_roles_feldsher"
	case m.Alone:
		key = "entry_roles_doctor"
	}
	s.w.d.say(s.roles, model.Say{Text: s.w.d.t(key)})
}
