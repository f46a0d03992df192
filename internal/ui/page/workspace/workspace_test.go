package workspace_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/service/billing"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/workspace"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	model "feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

var patient clinic.Patient

// fill makes a patient with a past: allergies, problems, three visits and a result.
func fill(t *testing.T, s *present.Session) {
	t.Helper()
	patient = presenttest.Patient(t, s)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Records.AddAllergy(ctx, clinic.Allergy{Patient: patient.ID, Substance: "пенициллины", Kind: "drug", Status: "active", Reaction: "крапивница"})
	must(err)
	_, err = s.Records.AddProblem(ctx, clinic.Problem{Patient: patient.ID, Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Эссенциальная (первичная) гипертензия", Version: "builtin-1"}, Status: "active"})
	must(err)
	vital := func(code, value, unit string) clinic.Observation {
		v, _ := clinic.VitalOf(clinic.LOINC, code)
		return clinic.Observation{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: code, Name: s.T(v.Name())}, Value: clinic.Decimal(value), Unit: unit}
	}
	for i, v := range []clinic.Visit{
		{
			CareFrom: clinic.TimeOf(presenttest.Now.AddDate(-1, -2, 0)), Complaints: "кашель", Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9", Name: "Острая инфекция верхних дыхательных путей неуточнённая", Version: "builtin-1"}, Rank: "main"}},
			Observations: []clinic.Observation{vital("8310-5", "37.8", "Cel"), vital("8480-6", "135", "mm[Hg]"), vital("8462-4", "85", "mm[Hg]")},
		},
		{
			CareFrom: clinic.TimeOf(presenttest.Now.AddDate(0, -5, 0)), Complaints: "головная боль, шум в ушах", Anamnesis: "АД повышается с 2019 года до 160/100, принимает лозартан нерегулярно.",
			Diagnoses:     []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Эссенциальная (первичная) гипертензия", Version: "builtin-1"}, Rank: "main", Stage: "final"}},
			Observations:  []clinic.Observation{vital("8480-6", "158", "mm[Hg]"), vital("8462-4", "96", "mm[Hg]"), vital("8867-4", "82", "/min"), vital("29463-7", "71", "kg"), vital("8302-2", "168", "cm")},
			Prescriptions: []clinic.Prescription{{INN: "лозартан", Form: "таблетки", Dose: "50", DoseUnit: "мг", Frequency: "1 раз в день", Route: "внутрь", Status: "active"}},
		},
		{
			CareFrom: clinic.TimeOf(presenttest.Now.AddDate(0, -1, -3)), Reason: "контроль АД", Anamnesis: "АД повышается с 2019 года до 160/100. Принимает лозартан 50 мг ежедневно.",
			Diagnoses:    []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Эссенциальная (первичная) гипертензия", Version: "builtin-1"}, Rank: "main", Stage: "final"}},
			Observations: []clinic.Observation{vital("8480-6", "138", "mm[Hg]"), vital("8462-4", "88", "mm[Hg]"), vital("8867-4", "76", "/min"), {Kind: "laboratory", Coding: clinic.Coding{Name: "Холестерин общий"}, Value: "6.1", Unit: "ммоль/л", High: "5.2"}},
		},
	} {
		v.Patient, v.Status, v.Kind = patient.ID, clinic.VisitDone, "clinic"
		_, err := s.Records.AddVisit(ctx, v)
		if err != nil {
			t.Fatal(i, err)
		}
	}
	prices := billing.New(s.Store, s.User, s.Now)
	for _, x := range []clinic.Service{
		{Code: "B01.047.001", Title: "Приём врача-терапевта первичный", Speciality: "терапия", Price: 180000, Active: true},
		{Code: "A05.10.006", Title: "Регистрация ЭКГ", Price: 65000, Active: true},
	} {
		_, err := prices.SaveService(ctx, x)
		must(err)
	}
}

func build(env *page.Env) page.Page {
	return workspace.New(env, present.Route{Page: present.PageVisit, Arg: "new", ID: patient.ID})
}

func key(st *pagetest.Stage, name fyne.KeyName) {
	c := st.Window.Canvas()
	if f := c.Focused(); f != nil {
		if name == fyne.KeyTab {
			c.FocusNext()
			return
		}
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// ctrl is a key with the shortcut modifier, as the window gives it to the page: the
// test driver's canvas has no shortcuts of its own.
func ctrl(st *pagetest.Stage, name fyne.KeyName) {
	if k := kit.Ctrl(name); !st.Env.Layers.Key(k) {
		st.Page.Key(k)
	}
}

func write(st *pagetest.Stage, text string) {
	for _, r := range text {
		st.Window.Canvas().Focused().TypedRune(r)
	}
}

// work types a visit as a doctor does, by keys alone.
func work(st *pagetest.Stage) {
	ctrl(st, fyne.Key1)
	write(st, "Головная боль в затылке, шум в ушах последние три дня, слабость. ")
	ctrl(st, fyne.Key2)
	key(st, fyne.KeyF4)
	ctrl(st, fyne.Key3)
	write(st, "су ")
	key(st, fyne.KeyReturn)
	write(st, "Тоны сердца приглушены, акцент II тона над аортой. лн ")
	ctrl(st, fyne.Key4)
	for _, v := range []string{"36,6", "152/94", "84", "16", "98", "71,5", "168"} {
		write(st, v)
		key(st, fyne.KeyReturn)
	}
	ctrl(st, fyne.Key5)
	write(st, "i11")
	key(st, fyne.KeyReturn)
	ctrl(st, fyne.Key6)
	write(st, "лозартан 50 мг 1 р/д 30 дней внутрь")
	key(st, fyne.KeyReturn)
	write(st, "амокси 500 мг 3 р/д 7 дней")
	key(st, fyne.KeyReturn)
	ctrl(st, fyne.Key7)
	write(st, "экг")
	key(st, fyne.KeyReturn)
}

// still is a page whose clock does not disturb the test.
func still(st *pagetest.Stage) { st.Page.(*workspace.Page).Still() }

// done shows the state of things and leaves the page, so that no clock outlives the test.
func done(st *pagetest.Stage) {
	st.Page.(*workspace.Page).ShowState()
	st.Page.Leave()
}

// show opens a page for a test that is no picture.
func show(t *testing.T, s *present.Session) *pagetest.Stage {
	t.Helper()
	st := pagetest.Show(t, s, kit.Look{}, build)
	still(st)
	t.Cleanup(st.Page.Leave)
	return st
}

func TestPicturesEmpty(t *testing.T) {
	pagetest.Golden(t, "empty", func(t *testing.T, s *present.Session) { patient = presenttest.Patient(t, s) }, build)
}

func TestPicturesFull(t *testing.T) {
	pagetest.Golden(t, "full", fill, build, still, work, func(st *pagetest.Stage) { ctrl(st, fyne.Key1) }, done)
}

func TestPicturesLower(t *testing.T) {
	pagetest.Golden(t, "lower", fill, build, still, work, func(st *pagetest.Stage) { ctrl(st, fyne.Key5) }, done)
}

// A visit by keys alone: complaints, a code by words, a medicine that the patient is
// allergic to, the protocol, and out: all of it is in the store (R3.1-R3.4).
func TestVisitByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := show(t, s)
	write(st, "Боль в горле, температура до 38,5. ")
	key(st, fyne.KeyTab)
	write(st, "Болен третий день. аао ")
	ctrl(st, fyne.Key3)
	write(st, "Зев гиперемирован, налёты на миндалинах.")
	ctrl(st, fyne.Key4)
	write(st, "38,4")
	key(st, fyne.KeyReturn)
	write(st, "120 80")
	ctrl(st, fyne.Key5)
	write(st, "острый тонзиллит неут")
	key(st, fyne.KeyReturn)
	ctrl(st, fyne.Key6)
	write(st, "флемоксин 500 мг 3 р/д 7 дней")
	key(st, fyne.KeyReturn)
	w := st.Page.(*workspace.Page).Model()
	if rx := w.Prescriptions(); len(rx) != 1 || len(rx[0].Warnings) != 1 || rx[0].Warnings[0].Wrong {
		t.Fatalf("the allergy is not told: %+v", rx)
	}
	ctrl(st, fyne.Key7)
	write(st, "общий анализ кр")
	key(st, fyne.KeyReturn)
	key(st, fyne.KeyTab)
	write(st, "приём")
	key(st, fyne.KeyReturn)
	key(st, fyne.KeyTab)
	write(st, "Обильное питьё, полоскание.")
	ctrl(st, fyne.KeyReturn)
	if len(st.Went) != 1 || st.Went[0].Page != present.PageSigning {
		t.Fatalf("went %v, said %v", st.Went, st.Said)
	}
	st.Page.Leave()
	if err := w.Wait(); err != nil {
		t.Fatal(err)
	}
	v, err := s.Records.Visit(t.Context(), w.ID())
	if err != nil {
		t.Fatal(err)
	}
	if v.Complaints != "Боль в горле, температура до 38,5." || v.Anamnesis != "Болен третий день. Аллергоанамнез не отягощён" || v.Advice == "" {
		t.Errorf("%q %q %q", v.Complaints, v.Anamnesis, v.Advice)
	}
	if len(v.Diagnoses) != 1 || v.Diagnoses[0].Code != "J03.9" || len(v.Prescriptions) != 1 || v.Prescriptions[0].Trade != "Флемоксин" || v.Prescriptions[0].INN != "амоксициллин" {
		t.Errorf("%+v %+v", v.Diagnoses, v.Prescriptions)
	}
	if len(v.Observations) != 3 || len(v.Orders) != 1 || v.Orders[0].Text != "Общий анализ крови" {
		t.Errorf("%+v %+v", v.Observations, v.Orders)
	}
	bill, err := billing.New(s.Store, s.User, s.Now).Rendered(t.Context(), v.ID)
	if err != nil || bill.Sum != 180000 {
		t.Errorf("%+v %v", bill, err)
	}
	p, err := s.Records.Protocol(t.Context(), st.Went[0].ID)
	if err != nil || p.Values["complaints"] != v.Complaints || p.Values["diagnosis_code"] != "J03.9" {
		t.Errorf("%v %v", p.Values, err)
	}
}

// Killed in the middle of a word: a new session shows what the draft has, and the
// cursor in its field (R3.8).
func TestKilledOnThePage(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := show(t, s)
	ctrl(st, fyne.Key2)
	write(st, "Болеет с дет")
	w := st.Page.(*workspace.Page).Model()
	if err := w.SaveDraft(t.Context()); err != nil { // what the clock does 1.5 s after the first key
		t.Fatal(err)
	}
	again := show(t, s)
	write(again, "ства")
	if got := again.Page.(*workspace.Page).Model().Text(model.FieldAnamnesis); got != "Болеет с детства" {
		t.Errorf("%q", got)
	}
}

// Bad input at every field: a word at the field, nothing lost, no crash.
func TestBadInput(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := show(t, s)
	nasty := []string{strings.Repeat("ж", 10_000), "🫀🩺", "مرحبا", "31.02.2026", "-1", "\u202etxet", "<b>"}
	for _, text := range nasty {
		for n := fyne.KeyName("1"); n <= "7"; n = fyne.KeyName(rune(n[0]) + 1) {
			ctrl(st, n)
			if len(text) > 1000 && n != "1" {
				continue
			}
			paste(st, text)
			if n != "1" && n != "2" && n != "3" {
				key(st, fyne.KeyReturn)
			}
		}
	}
	ctrl(st, fyne.KeyReturn)
	if len(st.Went) != 0 || len(st.Said) == 0 {
		t.Errorf("signed with nonsense: %v", st.Went)
	}
	st.Page.Leave()
	_ = st.Page.(*workspace.Page).Model().Wait()
	d, err := s.Records.Drafts(t.Context())
	if err != nil || len(d) != 1 || !strings.Contains(d[0].Body, "🫀🩺") {
		t.Errorf("%d drafts, %v", len(d), err)
	}
}

func paste(st *pagetest.Stage, text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	if f, ok := st.Window.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	}
}

// Who may not prescribe, who may not write, and a visit that was struck out: the page
// stands, and keys change nothing that they may not.
func TestWithoutRights(t *testing.T) {
	nurse := presenttest.Open(t, translations.Russian, clinic.Administrator, clinic.Nurse, clinic.Reception)
	patient = presenttest.Patient(t, nurse)
	st := show(t, nurse)
	ctrl(st, fyne.Key1)
	write(st, "укол")
	ctrl(st, fyne.Key5)
	key(st, fyne.KeyF2)
	w := st.Page.(*workspace.Page).Model()
	if w.Text(model.FieldComplaints) != "укол" || len(w.Diagnoses()) != 0 {
		t.Errorf("%q, %d diagnoses", w.Text(model.FieldComplaints), len(w.Diagnoses()))
	}

	s := presenttest.Open(t, translations.Russian)
	patient = presenttest.Patient(t, s)
	saved, err := s.Records.AddVisit(t.Context(), clinic.Visit{Patient: patient.ID, Complaints: "кашель"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.EditVisit(t.Context(), saved.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Status, v.Struck = clinic.VisitStruck, "не тот пациент"
		return v, nil
	}); err != nil {
		t.Fatal(err)
	}
	struck := pagetest.Show(t, s, kit.Look{}, func(env *page.Env) page.Page {
		return workspace.New(env, present.Route{Page: present.PageVisit, ID: saved.ID})
	})
	for _, k := range []fyne.KeyName{fyne.KeyF2, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6} {
		struck.Page.Key(kit.Plain(k))
	}
	struck.Page.Key(kit.Ctrl(fyne.KeyReturn))
	if m := struck.Page.(*workspace.Page).Model(); !m.ReadOnly() || m.Dirty() || len(struck.Went) != 0 {
		t.Errorf("a struck visit is written: %v", struck.Went)
	}
	struck.Page.Leave()

	none := pagetest.Show(t, s, kit.Look{}, func(env *page.Env) page.Page {
		return workspace.New(env, present.Route{Page: present.PageVisit, ID: clinic.NewID()})
	})
	none.Page.Key(kit.Plain(fyne.KeyEscape))
	if len(none.Went) != 1 {
		t.Errorf("a visit that is not there: %v", none.Went)
	}
	none.Page.Leave()
}
