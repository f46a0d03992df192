package setup_test

import (
	"context"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/setup"
	"feldsher/translations"
)

// clinicWithDesk is a clinic whose desk has something on it.
func clinicWithDesk(t *testing.T, roles ...clinic.Role) *present.Session {
	t.Helper()
	s := presenttest.Open(t, translations.Russian, roles...)
	tt := demo.NewTimetable(demo.DeskOptions{Seed: 1, Clinic: s.Clinic, Now: s.Now(), Staff: demo.Staff(clinic.Russia)})
	if _, err := s.Desk.Import(t.Context(), desk.Incoming(tt)); err != nil {
		t.Fatal(err)
	}
	return s
}

func load(t *testing.T, l interface {
	Load(context.Context) (func(), error)
},
) {
	t.Helper()
	take, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	take()
}

// save stores a form and gives what was done; the list is loaded anew.
func save(t *testing.T, l setup.List, f *setup.Form) setup.Done {
	t.Helper()
	d, err := l.Save(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	load(t, l)
	return d
}

func undo(t *testing.T, l setup.List, d setup.Done) {
	t.Helper()
	if err := d.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	load(t, l)
}

// wrong saves a form that can't be saved and gives the field that is to blame.
func wrong(t *testing.T, s *present.Session, l setup.List, f *setup.Form) string {
	t.Helper()
	_, err := l.Save(t.Context(), f)
	if err == nil {
		t.Error("it was saved")
		return ""
	}
	f.Blame(s.Words, err)
	for _, x := range f.Fields {
		if x.Fault != "" {
			return x.Key
		}
	}
	return f.Fault
}

// TestSections: everybody sees what their roles have to do with.
func TestSections(t *testing.T) {
	for role, want := range map[clinic.Role]string{
		clinic.Reception: "prices stations conflicts look password", clinic.Doctor: "prices templates stations conflicts look password",
		clinic.Auditor:       "stations conflicts look password",
		clinic.Administrator: "hours absences prices users clinic templates stations conflicts look password",
	} {
		s := presenttest.Open(t, translations.Russian, clinic.Administrator)
		s.User.Roles = []clinic.Role{role}
		var got []string
		for _, x := range setup.Sections(s) {
			got = append(got, x.Name)
			if strings.HasPrefix(x.Word, "setup_") || strings.HasPrefix(x.About, "setup_") {
				t.Errorf("%s has no words", x.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", role, got)
		}
	}
}

// TestHours: hours for several days are added in one form, changed, removed, and each is
// undone; what can't be is said at its field (R2.1).
func TestHours(t *testing.T) {
	s := clinicWithDesk(t)
	w := setup.NewWeek(s)
	load(t, w)
	if w.Len() < 5 || len(w.Columns()) != 8 {
		t.Fatalf("%d people, %d columns", w.Len(), len(w.Columns()))
	}
	row := 0
	for ; w.Cell(row, 0).Text != "Снегирёва Т. Ю."; row++ {
	}
	if c := w.Cell(row, 1); c.Text != "—" {
		t.Errorf("the nurse works: %+v", c)
	}
	p, _ := w.Person(row)
	l := setup.NewLines(s, p)
	load(t, l)
	f := l.New()
	if got := f.Get("weekday"); got != "1,2,3,4,5" {
		t.Errorf("the days begin as %q", got)
	}
	for _, c := range []struct{ key, value, blame string }{
		{"from", "", "from"},
		{"from", "25:00", "from"},
		{"until", "8", "until"},
		{"slot", "я", "slot"},
		{"slot", "500", "slot"},
		{"since", "31022027", "since"},
		{"weekday", "", "weekday"},
		{"room", strings.Repeat("1", 99), "room"},
	} {
		f := l.New()
		f.Field("from").Value, f.Field("until").Value = "0900", "13"
		f.Field(c.key).Value = c.value
		if at := wrong(t, s, l, f); at != c.blame {
			t.Errorf("%s %q: blamed is %q", c.key, c.value, at)
		}
	}
	f.Field("from").Value, f.Field("until").Value = "900", "13:30"
	d := save(t, l, f)
	load(t, w)
	if l.Len() != 5 || w.Cell(row, 5).Text != "9–13:30" || w.Cell(row, 6).Text != "—" {
		t.Errorf("%d lines, %+v", l.Len(), w.Cell(row, 5))
	}
	undo(t, l, d)
	if l.Len() != 0 {
		t.Errorf("%d lines after undoing", l.Len())
	}
	save(t, l, f)
	f = l.Edit(0)
	f.Field("weeks").Toggle(clinic.OddWeeks)
	f.Field("room").Value = "7"
	d = save(t, l, f)
	if c := l.Cell(0, 2); c.Text != "каб. 7, нечётные" {
		t.Errorf("%+v", c)
	}
	undo(t, l, d)
	if c := l.Cell(0, 2); c.Text != "" {
		t.Errorf("%+v", c)
	}
	gone, err := l.Remove(0)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	load(t, l)
	if l.Len() != 4 {
		t.Errorf("%d lines", l.Len())
	}
	undo(t, l, gone)
	if l.Len() != 5 || l.Cell(0, 1).Text != "09:00–13:30" {
		t.Errorf("%d lines", l.Len())
	}
	again := l.New()
	again.Field("weekday").Value, again.Field("from").Value, again.Field("until").Value = "1,6", "12", "15"
	if at := wrong(t, s, l, again); at != "from" {
		t.Errorf("hours at the same time: %q", at)
	}
	if load(t, l); l.Len() != 5 {
		t.Error("one of two days was stored")
	}
}

// TestAbsences: an absence is added with a substitute; its call list is rung through and
// handed over, and that is undone (R2.2).
func TestAbsences(t *testing.T) {
	s := clinicWithDesk(t)
	l := setup.NewAbsences(s)
	load(t, l)
	if l.Len() != 1 || l.Cell(0, 1).Text != "24–25.11.2026" || l.Cell(0, 4).Icon != "phone" {
		t.Fatalf("%d absences, %+v", l.Len(), l.Cell(0, 1))
	}
	calls, ok := l.CallsOf(0)
	if !ok {
		t.Fatal("no call list")
	}
	load(t, calls)
	before := calls.Len()
	if before == 0 || !calls.CanSubstitute() {
		t.Fatal("nobody to ring")
	}
	for _, want := range []string{"Предупреждён", "ещё не звонили"} {
		if err := calls.Mark(0, "reached")(t.Context()); err != nil {
			t.Fatal(err)
		}
		if load(t, calls); calls.Cell(0, 3).Text != want {
			t.Errorf("%+v, want %s", calls.Cell(0, 3), want)
		}
	}
	d, err := calls.Substitute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if load(t, calls); calls.Len() >= before {
		t.Errorf("%d of %d are still to be rung", calls.Len(), before)
	}
	if err := d.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if load(t, calls); calls.Len() != before {
		t.Errorf("%d of %d are back", calls.Len(), before)
	}
	f := l.New()
	if at := wrong(t, s, l, f); at != "staff" {
		t.Errorf("blamed is %q", at)
	}
	f.Field("staff").Value = f.Field("staff").Options[0].Value
	f.Field("from").Value, f.Field("until").Value = "3011", "2812"
	if at := wrong(t, s, l, withValue(f, "until", "29.11.2026")); at != "until" {
		t.Errorf("blamed is %q", at)
	}
	if at := wrong(t, s, l, withValue(f, "substitute", f.Get("staff"))); at != "substitute" {
		t.Errorf("blamed is %q", at)
	}
	if at := wrong(t, s, l, withValue(f, "until_time", "нет")); at != "until_time" {
		t.Errorf("blamed is %q", at)
	}
	d = save(t, l, f)
	if l.Len() != 2 || l.Cell(1, 1).Text != "30.11–28.12.2026" {
		t.Errorf("%d absences, %+v", l.Len(), l.Cell(1, 1))
	}
	undo(t, l, d)
	edit := l.Edit(0)
	edit.Field("reason").Toggle("sick")
	d = save(t, l, edit)
	if l.Cell(0, 2).Text != "болезнь" || l.Cell(0, 0).Text != "Примеров А. С." {
		t.Errorf("%+v", l.Cell(0, 2))
	}
	undo(t, l, d)
	gone, err := l.Remove(0)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	undo(t, l, gone)
	if l.Len() != 1 || l.Cell(0, 2).Text != "учёба" {
		t.Errorf("%d absences", l.Len())
	}
}

func withValue(f *setup.Form, key, value string) *setup.Form {
	g := f.Copy()
	g.Field(key).Value = value
	return g
}

// TestPrices: a line is found, added, changed, withdrawn and brought back (R2.3).
func TestPrices(t *testing.T) {
	s := clinicWithDesk(t)
	l := setup.NewPrices(s)
	load(t, l)
	all := l.Len()
	l.Filter("кардиолог", false)
	if l.Len() != 1 || l.Cell(0, 4).Text != s.Words.Money(190000, "RUB") {
		t.Errorf("%d found, %+v", l.Len(), l.Cell(0, 4))
	}
	l.Filter("", false)
	f := l.New()
	if at := wrong(t, s, l, f); at != "title" {
		t.Errorf("blamed is %q", at)
	}
	f.Field("title").Value, f.Field("price").Value, f.Field("code").Value = "Снятие швов", "450,50", "Ш-1"
	if at := wrong(t, s, l, withValue(f, "price", "дорого")); at != "price" {
		t.Errorf("blamed is %q", at)
	}
	if at := wrong(t, s, l, withValue(f, "code", "b01.047.001")); at != "code" {
		t.Errorf("blamed is %q", at)
	}
	d := save(t, l, f)
	if l.Len() != all+1 {
		t.Errorf("%d lines", l.Len())
	}
	undo(t, l, d)
	if l.Len() != all || l.Withdrawn() != 1 {
		t.Errorf("%d lines, %d withdrawn", l.Len(), l.Withdrawn())
	}
	l.Filter("швов", true)
	edit := l.Edit(0)
	if edit.Get("price") != "450,50" || edit.Get("active") != "" {
		t.Errorf("%+v", edit)
	}
	edit.Field("active").Value = "1"
	save(t, l, edit)
	gone, err := l.Remove(0)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	load(t, l)
	if l.CanRemove(0) {
		t.Error("a withdrawn line can be withdrawn")
	}
	undo(t, l, gone)
	s.User.Roles = []clinic.Role{clinic.Reception}
	if l.New() != nil || l.Edit(0) != nil || l.CanRemove(0) {
		t.Error("the desk may change prices")
	}
}

// TestUsers: a user is added with a first password, changed and removed; whoever is on the
// staff gets a login; nobody removes themselves (R11.2).
func TestUsers(t *testing.T) {
	s := clinicWithDesk(t)
	l := setup.NewUsers(s)
	load(t, l)
	staff := l.Len()
	f := l.New()
	f.Field("login").Value, f.Field("family").Value, f.Field("roles").Value = "petrov", "Петров", "doctor"
	if at := wrong(t, s, l, f); at != "password" {
		t.Errorf("blamed is %q", at)
	}
	f.Field("password").Value = "короткий"[:6]
	if at := wrong(t, s, l, f); at != "password" {
		t.Errorf("blamed is %q", at)
	}
	f.Field("password").Value = "12345678"
	if l.Advise(f); f.Field("password").Warning == "" {
		t.Error("12345678 is taken without a word")
	}
	f.Field("password").Value = "лось читает газету вслух"
	if l.Advise(f); f.Field("password").Warning != "" {
		t.Errorf("%q", f.Field("password").Warning)
	}
	if strings.Contains(f.Draft(), "лось") {
		t.Error("the draft holds a password")
	}
	if at := wrong(t, s, l, withValue(f, "roles", "")); at != "roles" {
		t.Errorf("blamed is %q", at)
	}
	if at := wrong(t, s, l, withValue(f, "login", "ozernaya")); at == "" {
		t.Error("a login twice")
	}
	save(t, l, f)
	if l.Len() != staff+1 {
		t.Errorf("%d lines", l.Len())
	}
	row := func(name string) int {
		for i := range l.Len() {
			if strings.HasPrefix(l.Cell(i, 0).Text, name) {
				return i
			}
		}
		t.Fatal("no line of", name)
		return 0
	}
	edit := l.Edit(row("Петров"))
	edit.Field("position").Value = "врач-хирург"
	edit.Field("roles").Toggle("head")
	d := save(t, l, edit)
	if c := l.Cell(row("Петров"), 3); c.Text != "врач, заведующий" {
		t.Errorf("%+v", c)
	}
	undo(t, l, d)
	if c := l.Cell(row("Петров"), 2); c.Text != "" {
		t.Errorf("%+v", c)
	}
	give := l.Edit(row("Полевой"))
	give.Field("login").Value, give.Field("password").Value = "polevoy", "лось читает газету вслух"
	save(t, l, give)
	if c := l.Cell(row("Полевой"), 1); c.Text != "polevoy" || l.Len() != staff+1 {
		t.Errorf("%+v, %d lines", c, l.Len())
	}
	if l.CanRemove(row("Озёрная")) || l.CanRemove(row("Журавлёва")) || !l.CanRemove(row("Петров")) {
		t.Error("who can be removed is wrong")
	}
	if _, err := l.Remove(row("Петров"))(t.Context()); err != nil {
		t.Fatal(err)
	}
	load(t, l)
	if l.Len() != staff {
		t.Errorf("%d lines", l.Len())
	}
}

// TestClinicForm: what stands on papers is changed and undone; a bad zone is refused.
func TestClinicForm(t *testing.T) {
	s := clinicWithDesk(t)
	f, err := setup.ClinicForm(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if o := f.Field("zone"); len(o.Options) != 11 || o.Value != "Europe/Moscow" || o.Options[1].Word != "Москва, UTC+03:00" {
		t.Errorf("%+v", o)
	}
	title := f.Get("title")
	f.Field("title").Value, f.Field("extra").Value = "Клиника на Лесной", "1"
	d, err := setup.SaveClinic(t.Context(), s, f)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := s.Store.Organisation(t.Context()); err != nil || o.Title != "Клиника на Лесной" || !o.Extra {
		t.Errorf("%+v, %v", o, err)
	}
	if err := d.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Store.Organisation(t.Context()); err != nil || o.Title != title || o.Extra {
		t.Errorf("%+v, %v", o, err)
	}
	_, err = setup.SaveClinic(t.Context(), s, withValue(f, "zone", "Луна"))
	if present.At(err) != "zone" {
		t.Error(err)
	}
}

// TestOwnPassword: the old one must be right, the new one long enough and typed twice.
func TestOwnPassword(t *testing.T) {
	s := clinicWithDesk(t)
	for _, c := range []struct{ old, fresh, again, at string }{
		{"", "x", "x", "old"},
		{presenttest.Password, "", "", "password"},
		{presenttest.Password, "новый пароль 1", "новый пароль 2", "again"},
		{"не тот пароль", "новый пароль 1", "новый пароль 1", "old"},
		{presenttest.Password, "коротк", "коротк", "password"},
		{presenttest.Password, "новый пароль 1", "новый пароль 1", ""},
	} {
		f := setup.PasswordForm(s)
		f.Field("old").Value, f.Field("password").Value, f.Field("again").Value = c.old, c.fresh, c.again
		if _, err := setup.SavePassword(s, f); present.At(err) != c.at || (c.at == "") != (err == nil) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := s.Users.ChangePassword("новый пароль 1", presenttest.Password); err != nil {
		t.Error(err) // the new one is the one that counts
	}
}

// TestDraft: a form that was begun comes back, in its own section and nowhere else (R3.8).
func TestDraft(t *testing.T) {
	s := clinicWithDesk(t)
	l := setup.NewPrices(s)
	load(t, l)
	f := l.Edit(3)
	k := setup.NewKeeper(s, setup.Prices)
	f.Field("title").Value = "Половина названия"
	k.Typed(f)
	if !k.Dirty() || k.Flush(t.Context()) != nil {
		t.Error("it was not kept")
	}
	body := setup.NewKeeper(s, setup.Prices).Read(t.Context())
	if section, id, ok := setup.DraftOf(body); !ok || section != setup.Prices || id != f.ID {
		t.Errorf("%q", body)
	}
	if setup.NewKeeper(s, setup.Users).Read(t.Context()) != "" {
		t.Error("another section has it too")
	}
	if l.New().Restore(body) || setup.NewUsers(s).New().Restore(body) {
		t.Error("another form took it")
	}
	if g := l.Edit(3); !g.Restore(body) || g.Get("title") != "Половина названия" {
		t.Error("it did not come back")
	}
	k.Forget()
	if k.Dirty() || k.Read(t.Context()) != "" {
		t.Error("it was not forgotten")
	}
	for _, bad := range []string{"", "{", "[]", `{"section":5}`} {
		if _, _, ok := setup.DraftOf(bad); ok || f.Restore(bad) {
			t.Errorf("%q is a draft", bad)
		}
	}
}
