package cards_test

import (
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present/cards"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// The history tells who changed what and when, in the words of the screen (R11.4).
func TestHistoryInWords(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), t.Context()
	p := ill(t, s)
	other := presenttest.Patient(t, s, func(p *clinic.Patient) { p.Given = "Дария" })
	_, err := s.Records.EditPatient(ctx, p.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Family, p.BirthDate, p.SNILS, p.Note = "Сомова", "1984-03-10", "", "звонить после обеда"
		p.Contacts = append(p.Contacts[:0:0], clinic.Contact{Kind: "email", Value: "d@example.org"})
		p.Addresses[0].House = "6"
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.MergePatients(ctx, p.ID, other.ID, "тот же паспорт"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.UnmergePatients(ctx, p.ID, other.ID); err != nil {
		t.Fatal(err)
	}
	h := must[*cards.History](t)(cards.LoadHistory(ctx, s, p.ID, nil))
	all := ""
	for _, a := range h.Acts {
		if a.Who != "Озёрная В. П." || !strings.HasPrefix(a.When, "21.11.2026 12:3") || a.What == "" || a.Icon == "" {
			t.Errorf("%+v", a)
		}
		all += a.What + "\n  " + strings.Join(a.Lines, "\n  ") + "\n"
	}
	for _, want := range []string{
		"Карта заведена", "Карта изменена", "Фамилия: было «Ковылина», стало «Сомова»", "Дата рождения: было «09.03.1984», стало «10.03.1984»",
		"СНИЛС: убрано «112-233-445 95»", "Примечание: указано «звонить после обеда»", "Контакт: Телефон, +7 916 555-01-42 — вычеркнуто",
		"Контакт: Эл. почта, d@example.org", "Адрес, дом: было «4», стало «6»", "Карта: " + p.CaseNumber + ", Ковылина, Дарья, Игоревна, женский, 09.03.1984, 112-233-445 95",
		"Карты объединены\n  Объединение карт: " + p.CaseNumber, "тот же паспорт", "Карты разъединены\n  Объединение карт, разъединены: указано «21.11.2026",
		"Аллергия: йод, отёк, тяжёлая", "Проблема: J45.0, Астма, активна, 2019", "Диагноз: J06.9, Острая инфекция, основной",
		"Назначение: парацетамол, Панадол, 500, мг", "Показатель: Температура тела, 38,4, °C", "Файл: скан, Выписка",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	for _, never := range []string{"cards_", "digest", "%!", "J45.0 J45.0"} {
		if strings.Contains(all, never) {
			t.Errorf("the history says %q", never)
		}
	}
	if t.Failed() {
		t.Log(all)
	}
	if h.More || h.Acts[0].What != "Карты разъединены" || h.Acts[len(h.Acts)-1].What != "Карта заведена" {
		t.Errorf("more %v, %s … %s", h.More, h.Acts[0].What, h.Acts[len(h.Acts)-1].What)
	}
	if again := must[*cards.History](t)(cards.LoadHistory(ctx, s, p.ID, h)); len(again.Acts) != len(h.Acts) {
		t.Errorf("%d acts, then %d", len(h.Acts), len(again.Acts))
	}
}

// A registrar's history has no clinical word in it (R11.2).
func TestHistoryHidesCare(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), t.Context()
	p := ill(t, s)
	staff := s.User.Staff
	staff.Roles = []clinic.Role{clinic.Reception}
	desk := *s.User
	desk.Staff = staff
	clerk := *s
	clerk.User, clerk.Records = &desk, records.New(s.Store, &desk, s.Now)
	h := must[*cards.History](t)(cards.LoadHistory(ctx, &clerk, p.ID, nil))
	var lines []string
	for _, a := range h.Acts {
		lines = append(lines, a.Lines...)
	}
	all := strings.Join(lines, "\n")
	for _, never := range []string{"йод", "Астма", "J06.9", "парацетамол", "38,4", "Выписка"} {
		if strings.Contains(all, never) {
			t.Errorf("a registrar reads %q", never)
		}
	}
	if !slices.ContainsFunc(lines, func(l string) bool {
		return strings.Contains(l, "содержание вам не показывается")
	}) || !strings.Contains(all, "Ковылина") {
		t.Error(all)
	}
}

// Every field that a person may change has a name in every language, and every code
// a word: nothing is told in the program's own words.
func TestEveryFieldHasAName(t *testing.T) {
	ours := []string{ // never shown
		"patient", "visit", "panel", "deleted", "source_system", "source_code", "e164", "mother", "person", "other", "at", "author", "ended_by",
		"staff", "system", "version", "entered", "recorded", "sign", "original", "pathway", "code_system", "code_version", "code_name", "template",
		"template_version", "lang", "shape", "amends", "written", "signer", "signer_post", "care", "digest", "signature", "scan", "qualified",
		"owner", "media", "size", "blob", "key", "diagnosis", "fields", "currency",
	}
	for _, lang := range translations.Languages {
		s := presenttest.Open(t, lang)
		for _, table := range clinic.Tables {
			if table.Patient == "" || table.Name == "booking" || table.Name == "waiting" || table.Name == "rendered" {
				continue
			}
			for _, g := range table.Groups {
				for _, c := range g.Columns {
					if cards.Label(s.Words, table.Name, c) == "" && !slices.Contains(ours, c) {
						t.Errorf("%s: %s.%s has no name", lang, table.Name, c)
					}
				}
			}
			if !translations.Has(lang, "cards_t_"+table.Name) {
				t.Errorf("%s: %s has no name", lang, table.Name)
			}
		}
	}
}
