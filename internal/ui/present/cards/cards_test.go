package cards_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/cards"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

func opened(t testing.TB, s *present.Session, id clinic.ID) *cards.Card {
	t.Helper()
	c, err := cards.Open(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// must gives a value or ends the test.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// ill gives a patient with all that a card shows.
func ill(t testing.TB, s *present.Session) clinic.Patient {
	t.Helper()
	p := presenttest.Patient(t, s, func(p *clinic.Patient) { p.SNILS = "112-233-445 95" })
	r, ctx := s.Records, t.Context()
	v := must[records.SavedVisit](t)(r.AddVisit(ctx, clinic.Visit{
		Patient: p.ID, Complaints: "Кашель", Status: clinic.VisitDone,
		Diagnoses: []clinic.Diagnosis{{Text: "Фоновое"}, {Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9", Name: "Острая инфекция"}, Rank: "main"}},
		Observations: []clinic.Observation{
			{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: "8480-6", Name: "Systolic"}, Value: "168", Unit: "mm[Hg]", Low: "90", High: "140"},
			{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: "8462-4", Name: "Diastolic"}, Value: "80", Unit: "mm[Hg]", Low: "60", High: "90"},
			{Kind: "vital", Coding: clinic.Coding{Name: "Температура тела"}, Value: "38.4", Unit: "°C", Low: "36.0", High: "37.0"},
		},
		Prescriptions: []clinic.Prescription{{INN: "парацетамол", Trade: "Панадол", Dose: "500", DoseUnit: "мг", Frequency: "3 раза в день"}},
	}))
	must[clinic.Protocol](t)(r.AddProtocol(ctx, s.Catalog, clinic.Protocol{Visit: v.ID, Template: must[[]clinic.Template](t)(s.Catalog.Templates(ctx))[0].ID}))
	must[clinic.Attachment](t)(r.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "scan", Title: "Выписка"}, strings.NewReader("%PDF-1.7")))
	must[records.SavedAllergy](t)(r.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "йод", Reaction: "отёк", Severity: "severe"}))
	must[records.SavedAllergy](t)(r.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "мёд", Status: "refuted"}))
	must[clinic.Problem](t)(r.AddProblem(ctx, clinic.Problem{Patient: p.ID, Coding: clinic.Coding{System: clinic.ICD10, Code: "J45.0", Name: "Астма"}, Since: "2019"}))
	return p
}

// What the banner says, so that nobody is mixed up (UX.md).
func TestBanner(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := ill(t, s)
	presenttest.Patient(t, s, func(p *clinic.Patient) { p.Given = "Анна" }) // a namesake of the day
	b := must[cards.Banner](t)(cards.LoadBanner(t.Context(), s, p.ID))
	if b.Name != "Ковылина Дарья Игоревна" || b.About != "09.03.1984 · 42 года · женский" || b.Case != p.CaseNumber || b.Icon != "female" {
		t.Errorf("%+v", b)
	}
	if !slices.Equal(b.Allergies, []string{"йод: отёк"}) || !slices.Equal(b.Problems, []string{"J45.0 Астма"}) || !b.Care {
		t.Errorf("%+v", b)
	}
	if len(b.Flags) != 1 || b.Flags[0].Text != "ОДНОФАМИЛЕЦ" {
		t.Errorf("%+v", b.Flags)
	}
	child := presenttest.Patient(t, s, func(p *clinic.Patient) {
		p.BirthDate, p.Incapable, p.DeathDate = "2020-02-01", true, ""
	})
	if b = must[cards.Banner](t)(cards.LoadBanner(t.Context(), s, child.ID)); len(b.Flags) != 2 || b.Flags[0].Icon != "child" {
		t.Errorf("%+v", b.Flags)
	}
	if err := s.Records.AnnulPatient(t.Context(), child.ID, "ошибка"); err != nil {
		t.Fatal(err)
	}
	b = must[cards.Banner](t)(cards.LoadBanner(t.Context(), s, child.ID))
	if b.Flags[0].Tone != cards.Alarm || !strings.Contains(b.Flags[0].Text, "ошибка") {
		t.Errorf("%+v", b.Flags)
	}
	if _, err := cards.LoadBanner(t.Context(), s, clinic.NewID()); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// Reception sees the card and nothing of care (R11.2).
func TestReceptionSeesNoCare(t *testing.T) {
	s := presenttest.Open(t, translations.Russian, clinic.Reception, clinic.Administrator)
	p := presenttest.Patient(t, s)
	c := opened(t, s, p.ID)
	if c.Can.Care || c.Can.Visit || c.Can.Allergy || !c.Can.Edit || !c.Can.Book || len(c.Groups) == 0 || c.Visits != nil {
		t.Errorf("%+v", c.Can)
	}
}

// All tabs of the card.
func TestCard(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	c := opened(t, s, ill(t, s).ID)
	if len(c.Visits) != 1 || c.Visits[0].What != "J06.9 Острая инфекция" || c.Visits[0].When != "21.11.2026 12:30" || c.Visits[0].Route.Page != present.PageVisit {
		t.Errorf("%+v", c.Visits)
	}
	if r := c.Results; len(r) != 2 || r[0].About != "168/80 мм рт. ст." || r[0].Tone != cards.Caution || r[0].State != "выше нормы · 90–140/60–90" {
		t.Errorf("%+v", r)
	} else if r = r[1:]; r[0].About != "38,4 °C" || r[0].Tone == cards.Plain || !strings.Contains(r[0].State, "36,0–37,0") {
		t.Errorf("%+v", r)
	}
	if r := c.Prescriptions; len(r) != 1 || r[0].What != "парацетамол (Панадол)" || r[0].About != "500 мг · 3 раза в день" {
		t.Errorf("%+v", r)
	}
	if d := c.Documents; len(d) != 1 || d[0].State != "черновик" || d[0].Route.Page != present.PageSigning {
		t.Errorf("%+v", d)
	}
	if f := c.Files; len(f) != 1 || f[0].What != "Выписка" || f[0].Picture || !strings.HasSuffix(f[0].Name, ".pdf") {
		t.Errorf("%+v", f)
	}
	if len(c.Allergies) != 2 || !c.Allergies[0].Active || c.Allergies[1].Active || !strings.Contains(c.Allergies[1].About, "не подтвердилась") {
		t.Errorf("%+v", c.Allergies)
	}
	facts := map[string]string{}
	for _, g := range c.Groups {
		for _, f := range g.Facts {
			facts[f.Label] = f.Value
		}
	}
	for label, want := range map[string]string{
		"Фамилия": "Ковылина", "Дата рождения": "09.03.1984", "Пол": "женский", "Телефон": "+7 916 555-01-42",
		"Адрес проживания": "Тверь, ул. Озёрная, 4, 12",
	} {
		if facts[label] != want {
			t.Errorf("%s: %q, want %q", label, facts[label], want)
		}
	}
}

// Two cards side by side, merged, shown as one with what differs, and parted by undo
// (R1.6).
func TestMerging(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), t.Context()
	a := ill(t, s)
	b := presenttest.Patient(t, s, func(p *clinic.Patient) { p.BirthDate, p.Contacts = "1984-09-03", nil })
	presenttest.Patient(t, s, func(p *clinic.Patient) { p.Family, p.BirthDate = "Сомова", "1950-01-01" })
	m := cards.NewMerging(opened(t, s, a.ID))
	alike := must[[]cards.Choice](t)(m.Find(ctx, ""))
	if len(alike) != 1 || alike[0].ID != b.ID || !strings.Contains(alike[0].Why, "похожая дата рождения") {
		t.Fatalf("%+v", alike)
	}
	if found := must[[]cards.Choice](t)(m.Find(ctx, "ковылина")); len(found) != 1 || found[0].ID != b.ID {
		t.Errorf("%+v", found)
	}
	other, pairs, err := m.Compare(ctx, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	m.Pick(other, pairs)
	if m.Conflicts() != 1 {
		t.Errorf("%+v", pairs)
	}
	for _, p := range pairs {
		if p.Differ != (p.Label == "Дата рождения") {
			t.Errorf("%+v", p)
		}
	}
	if _, _, err := m.Merge(ctx, ""); present.At(err) != "why" {
		t.Error(err)
	}
	root, undo, err := m.Merge(ctx, "та же пациентка")
	if err != nil || root != a.ID {
		t.Fatal(root, err)
	}
	c := opened(t, s, b.ID)
	if c.ID != a.ID || len(c.Merged()) != 1 || c.Flags[0].Icon != "link" || c.Can.Annul {
		t.Errorf("%+v", c.Banner)
	}
	said := false
	for _, g := range c.Groups {
		for _, f := range g.Facts {
			if f.Label == "Дата рождения" {
				said = f.Value == "09.03.1984" && len(f.Others) == 1 && f.Others[0] == cards.Other{Case: b.CaseNumber, Value: "03.09.1984"}
			}
		}
	}
	if !said {
		t.Errorf("the other birth date is not shown: %+v", c.Groups)
	}
	back, err := c.Part(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(opened(t, s, a.ID).Merged()) != 0 {
		t.Error("still merged")
	}
	if err := back(ctx); err != nil || len(opened(t, s, a.ID).Merged()) != 1 {
		t.Error(err)
	}
	if err := undo(ctx); err != nil || len(opened(t, s, a.ID).Merged()) != 0 {
		t.Error(err)
	}
}

// The list of all cards reads what comes in sight; a query finds while typing.
func TestList(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), t.Context()
	l := cards.NewList(s)
	l.Take(must[cards.Answer](t)(l.Ask(ctx, "", true)))
	if l.Count() != 0 || l.Empty() == "" || l.Summary() != "0 карт" {
		t.Errorf("%d %q %q", l.Count(), l.Empty(), l.Summary())
	}
	for i := range 300 {
		presenttest.Patient(t, s, func(p *clinic.Patient) {
			p.Family, p.BirthDate = "Ко"+string([]rune{'а' + rune(i/26), 'а' + rune(i%26)}), clinic.Date("1980-01-0"+string(rune('1'+i%9)))
		})
	}
	brief := must[cards.Answer](t)(l.Ask(ctx, "", true))
	l.Take(brief)
	if l.Count() != 60 || brief.Whole {
		t.Errorf("%d, whole %v", l.Count(), brief.Whole)
	}
	l.Take(must[cards.Answer](t)(l.Ask(ctx, " ", false)))
	if l.Count() != 300 {
		t.Fatal(l.Count())
	}
	if r, ok := l.Row(0); !ok || r.Name != "Коаа Дарья Игоревна" || r.Phone != "…01-42" || r.Born != "01.01.1980 · 46 лет" {
		t.Errorf("%+v", r)
	}
	if _, ok := l.Row(299); ok {
		t.Error("a row that was not read")
	}
	if _, ok := l.Open(299); ok {
		t.Error("a row that was not read can be opened")
	}
	b, ok := l.Next()
	if !ok {
		t.Fatal("nothing is wanted")
	}
	if _, ok := l.Next(); ok {
		t.Error("wanted twice")
	}
	l.Put(must[cards.Block](t)(l.Read(ctx, b)))
	if r, ok := l.Row(299); !ok || r.ID.IsZero() || r.Name <= "Ко" {
		t.Errorf("%+v", r)
	}
	if _, ok := l.Row(300); ok {
		t.Error("a row beyond the end")
	}
	l.Take(must[cards.Answer](t)(l.Ask(ctx, "коба", false)))
	if l.Count() != 1 || l.Summary() != "Найдена 1 карта" {
		t.Errorf("%d %q", l.Count(), l.Summary())
	}
	if to, ok := l.Open(0); !ok || to.Page != present.PageCard || to.ID.IsZero() {
		t.Errorf("%+v", to)
	}
	l.Take(must[cards.Answer](t)(l.Ask(ctx, "никого", false)))
	if l.Count() != 0 || !strings.Contains(l.Empty(), "никого") || l.Registers(" никого ").Arg != "никого" {
		t.Errorf("%d %q", l.Count(), l.Empty())
	}
}

// Allergies and problems in their panels, each undone again.
func TestPanels(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), context.Background()
	id := ill(t, s).ID
	c := opened(t, s, id)
	a := c.Allergy(clinic.ID{})
	a.Since = "31.02.2020"
	if _, _, err := a.Save(ctx); present.At(err) != "since" {
		t.Error(err)
	}
	a.Since = "2020"
	if _, _, err := a.Save(ctx); present.At(err) != "substance" {
		t.Error(err)
	}
	a.Substance, a.Severity = "парацетамол", "mild"
	warning, undo, err := a.Save(ctx)
	if err != nil || warning == "" {
		t.Fatalf("%q %v", warning, err)
	}
	if b := opened(t, s, id).Banner; len(b.Allergies) != 2 {
		t.Errorf("%+v", b.Allergies)
	}
	if err := undo(ctx); err != nil {
		t.Fatal(err)
	}
	if b := opened(t, s, id).Banner; len(b.Allergies) != 1 {
		t.Errorf("%+v", b.Allergies)
	}
	a = c.Allergy(c.Allergies[0].ID)
	if a.Substance != "йод" || a.Severity != "severe" || a.New() {
		t.Errorf("%+v", a)
	}
	a.Status = "resolved"
	if _, undo, err = a.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if b := opened(t, s, id).Banner; len(b.Allergies) != 0 {
		t.Errorf("%+v", b.Allergies)
	}
	if err := undo(ctx); err != nil || len(opened(t, s, id).Banner.Allergies) != 1 {
		t.Error(err)
	}

	p := c.Problem(clinic.ID{})
	if _, err := p.Save(ctx); present.At(err) != "code" {
		t.Error(err)
	}
	p.Text = "Мигрень"
	if undo, err = p.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if err := undo(ctx); err != nil {
		t.Fatal(err)
	}
	p = c.Problem(c.Problems[0].ID)
	if p.Text != "J45.0 Астма" || p.Since != "2019" {
		t.Errorf("%+v", p)
	}
	p.Status, p.Resolved = "resolved", "01.2026"
	if _, err = p.Save(ctx); err != nil {
		t.Fatal(err)
	}
	c = opened(t, s, id)
	if got := c.Problems[0]; got.Text != "J45.0 Астма" || got.Active || !strings.Contains(got.About, "01.2026") {
		t.Errorf("%+v", got)
	}
	p = c.Problem(c.Problems[0].ID)
	p.Take(clinic.Coding{System: clinic.ICD10, Code: "J45.1", Version: "1", Name: "Другая астма"})
	if _, err = p.Save(ctx); err != nil || opened(t, s, id).Problems[0].Text != "J45.1 Другая астма" {
		t.Error(err)
	}
}
