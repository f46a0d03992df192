package cards_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// crowd registers invented people, namesakes of one day and two merged cards among
// them.
func crowd(t *testing.T, s *present.Session) {
	t.Helper()
	people := demo.New(7, clinic.Russia, presenttest.Now, 40)
	for people.Left() > 0 {
		p, _ := people.Next()
		p.ID, p.CaseNumber, p.Mother, p.Representatives, p.Photo = clinic.ID{}, "", clinic.ID{}, nil, clinic.ID{}
		if _, err := s.Records.RegisterPatient(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	a := presenttest.Patient(t, s)
	presenttest.Patient(t, s, func(p *clinic.Patient) { p.Given = "Анна" })
	b := presenttest.Patient(t, s, func(p *clinic.Patient) { p.Family = "Кавылина" })
	if _, err := s.Records.MergePatients(t.Context(), a.ID, b.ID, "описка в фамилии"); err != nil {
		t.Fatal(err)
	}
}

func patients(query string) func(*page.Env) page.Page {
	return func(e *page.Env) page.Page {
		return cards.NewPatients(e, present.Route{Page: present.PagePatients, Arg: query})
	}
}

func TestPatientsLook(t *testing.T) {
	pagetest.Golden(t, "patients", crowd, patients(""))
	s := presenttest.Open(t, translations.Russian)
	kittest.Same(t, pagetest.Show(t, s, kit.Look{}, patients("")).Window, "patients-none-ru")
	crowd(t, s)
	kittest.Same(t, pagetest.Show(t, s, kit.Look{}, patients("ковы")).Window, "patients-found-ru")
}

// full gives a card with everything on it.
func full(t testing.TB, s *present.Session) clinic.Patient {
	t.Helper()
	r, ctx := s.Records, t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := presenttest.Patient(t, s, func(p *clinic.Patient) {
		p.SNILS, p.Policy, p.BirthPlace, p.Note = "112-233-445 95", "7700001234567890", "Тверь", "звонить после обеда"
		p.Documents = []clinic.Document{{Type: "passport", Series: "45 10", Number: "123456", Issuer: "ОВД района Северный", Issued: "2010-04-01"}}
		p.FormerNames = []clinic.FormerName{{Name: clinic.Name{Family: "Самойлова"}, Kind: "maiden", Until: "2008-07-12"}}
	})
	for i, v := range []clinic.Visit{
		{Status: clinic.VisitDone, CareFrom: clinic.TimeOf(presenttest.Now.AddDate(0, -7, 0)), Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9", Name: "Острая инфекция верхних дыхательных путей неуточнённая"}, Rank: "main"}}},
		{
			Status: clinic.VisitDone, CareFrom: clinic.TimeOf(presenttest.Now.AddDate(0, -1, -3)),
			Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Эссенциальная (первичная) гипертензия"}, Rank: "main"}},
			Observations: []clinic.Observation{
				{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: "8480-6", Name: "Систолическое давление"}, Value: "168", Unit: "mm[Hg]", Low: "90", High: "140"},
				{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: "8462-4", Name: "Диастолическое давление"}, Value: "95", Unit: "mm[Hg]", Low: "60", High: "90"},
				{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: "8310-5", Name: "Температура тела"}, Value: "36.6", Unit: "Cel", Low: "36.0", High: "37.0"},
				{Kind: "laboratory", Coding: clinic.Coding{Name: "Глюкоза крови"}, Value: "5.4", Unit: "ммоль/л", Low: "3.9", High: "6.1"},
			},
			Prescriptions: []clinic.Prescription{
				{INN: "лизиноприл", Trade: "Диротон", Form: "таблетки", Dose: "10", DoseUnit: "мг", Route: "внутрь", Frequency: "1 раз в день", Duration: "постоянно"},
				{INN: "индапамид", Form: "капсулы", Dose: "2.5", DoseUnit: "мг", Route: "внутрь", Frequency: "утром"},
			},
		},
		{Status: clinic.VisitOpen, Complaints: "Головная боль к вечеру, мелькание мушек перед глазами"},
	} {
		v.Patient = p.ID
		saved, err := r.AddVisit(ctx, v)
		check(err)
		if i == 1 {
			list, err := s.Catalog.Templates(ctx)
			check(err)
			_, err = r.AddProtocol(ctx, s.Catalog, clinic.Protocol{Visit: saved.ID, Template: list[0].ID})
			check(err)
		}
	}
	_, err := r.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "пенициллины", Kind: "drug", Reaction: "отёк Квинке", Severity: "severe", Since: "2011"})
	check(err)
	_, err = r.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "мёд", Kind: "food", Status: "refuted"})
	check(err)
	_, err = r.AddProblem(ctx, clinic.Problem{Patient: p.ID, Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Эссенциальная (первичная) гипертензия"}, Since: "2019"})
	check(err)
	_, err = r.AddProblem(ctx, clinic.Problem{Patient: p.ID, Coding: clinic.Coding{System: clinic.ICD10, Code: "E11.9", Name: "Инсулиннезависимый сахарный диабет без осложнений"}, Since: "2022-03"})
	check(err)
	_, err = r.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "scan", Title: "Выписка из стационара", Taken: clinic.TimeOf(presenttest.Now)}, strings.NewReader("%PDF-1.7"))
	check(err)
	_, err = r.SetPhoto(ctx, p.ID, bytes.NewReader(face(t)))
	check(err)
	b := presenttest.Patient(t, s, func(p *clinic.Patient) { p.BirthDate, p.Contacts = "1984-09-03", nil })
	_, err = r.MergePatients(ctx, p.ID, b.ID, "тот же паспорт")
	check(err)
	presenttest.Patient(t, s, func(p *clinic.Patient) { p.Given = "Анна" })
	presenttest.Patient(t, s, func(p *clinic.Patient) { p.Family = "Ковылена" }) // a second card with a typo
	return p
}

// face is a drawn picture in the place of a photo.
func face(t testing.TB) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 120, 120))
	for y := range 120 {
		for x := range 120 {
			c := color.NRGBA{0xc8, 0xd6, 0xe0, 0xff}
			head, body := (x-60)*(x-60)+(y-48)*(y-48), (x-60)*(x-60)+(y-128)*(y-128)
			if head < 24*24 || body < 46*46 {
				c = color.NRGBA{0x6b, 0x83, 0x94, 0xff}
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shown is the page of the card that fill has made.
func shown(tab string) (func(*testing.T, *present.Session), func(*page.Env) page.Page) {
	var id clinic.ID
	return func(t *testing.T, s *present.Session) { id = full(t, s).ID },
		func(e *page.Env) page.Page {
			return cards.NewCard(e, present.Route{Page: present.PageCard, ID: id, Arg: tab})
		}
}

func TestCardLook(t *testing.T) {
	fill, build := shown("overview")
	pagetest.Golden(t, "card-overview", fill, build)
	s := presenttest.Open(t, translations.Russian)
	id := full(t, s).ID
	for _, tab := range []string{"visits", "results", "prescriptions", "documents", "files", "history"} {
		st := pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
			return cards.NewCard(e, present.Route{Page: present.PageCard, ID: id, Arg: tab})
		})
		kittest.Same(t, st.Window, "card-"+tab+"-ru")
	}
	// At one and a half times the size nothing is cut.
	large := kit.Look{Scale: 1.5}
	kittest.Same(t, pagetest.Show(t, s, large, func(e *page.Env) page.Page {
		return cards.NewCard(e, present.Route{Page: present.PageCard, ID: id})
	}).Window, "card-overview-large")
	kittest.Same(t, pagetest.Show(t, s, large, patients("")).Window, "patients-large")
	st := pagetest.Show(t, s, large, func(e *page.Env) page.Page {
		return cards.NewCard(e, present.Route{Page: present.PageCard, ID: id})
	})
	press(st, fyne.KeyF5)
	kittest.Same(t, st.Window, "panel-allergy-large")
	for _, panel := range []struct {
		name string
		keys []fyne.KeyName
	}{
		{"allergy", []fyne.KeyName{fyne.KeyF5}},
		{"problem", []fyne.KeyName{fyne.KeyF6}},
		{"more", []fyne.KeyName{fyne.KeyF10}},
		{"merge", []fyne.KeyName{fyne.KeyF7}},
		{"merging", []fyne.KeyName{fyne.KeyF7, fyne.KeyReturn}},
	} {
		st := pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
			return cards.NewCard(e, present.Route{Page: present.PageCard, ID: id})
		})
		for _, k := range panel.keys {
			press(st, k)
		}
		kittest.Same(t, st.Window, "panel-"+panel.name+"-ru")
	}
}

// The panel of merging in the other languages: the longest words of these pages.
func TestMergingLook(t *testing.T) {
	fill, build := shown("overview")
	pagetest.Golden(t, "panel-merging", fill, build, func(st *pagetest.Stage) {
		press(st, fyne.KeyF7)
		press(st, fyne.KeyReturn)
	})
}

// press gives a key to whatever has the focus, as the window would.
func press(st *pagetest.Stage, name fyne.KeyName) {
	c := st.Window.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// The banner for pages of others comes in two steps, of one height.
func TestBannerForOthers(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := full(t, s)
	kittest.App(t, kit.Look{})
	st := pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
		return cards.NewPatients(e, present.Route{})
	})
	banner, reload := cards.LoadBanner(st.Env, p.ID)
	before := banner.MinSize().Height
	reload()
	if after := banner.MinSize().Height; after != before || len(banner.(*fyne.Container).Objects) != 1 {
		t.Errorf("the banner grows from %v to %v", before, after)
	}
	w := test.NewTempWindow(t, container.NewVBox(banner))
	w.Resize(fyne.NewSize(620, 120))
	kittest.Same(t, w, "banner-narrow")
}
