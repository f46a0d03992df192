package picker_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present/picker"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

func find(t *testing.T, m *picker.ICD, query string) []picker.Row {
	t.Helper()
	rows, err := m.Find(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func keys(rows []picker.Row) []string {
	var out []string
	for _, r := range rows {
		if !r.Heading {
			out = append(out, r.Key)
		}
	}
	return out
}

// TestFavouritesFirst: nothing asked shows the favourites in sections; a pin changes the
// order of what is found, and goes again (R3.2).
func TestFavouritesFirst(t *testing.T) {
	m := picker.NewICD(presenttest.Open(t, translations.Russian))
	rows := find(t, m, "")
	if len(rows) < 15 || !rows[0].Heading || rows[0].Name != "Частые в вашей специальности" || rows[1].Code != "I10" {
		t.Fatalf("%d rows, %+v", len(rows), rows[:min(2, len(rows))])
	}
	before := find(t, m, "пиелонефрит")
	last := before[len(before)-1].Key
	if on, err := m.Toggle(t.Context(), last); err != nil || !on {
		t.Fatal(on, err)
	}
	rows = find(t, m, "")
	if rows[0].Name != "Избранное" || rows[1].Key != last || !rows[1].Pinned {
		t.Errorf("%+v", rows[:2])
	}
	after := find(t, m, "пиелонефрит")
	if slices.Index(keys(after), last) >= slices.Index(keys(before), last) {
		t.Errorf("the favourite %s did not rise: %v, %v", last, keys(before), keys(after))
	}
	if on, err := m.Toggle(t.Context(), last); err != nil || on {
		t.Fatal(on, err)
	}
	if rows = find(t, m, ""); rows[0].Name == "Избранное" {
		t.Error("the pin stayed")
	}
	if _, err := m.Toggle(t.Context(), "Я99"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// TestFind: rows say where a code hangs, that it can be specified, and that it was guessed.
func TestFind(t *testing.T) {
	m := picker.NewICD(presenttest.Open(t, translations.Russian))
	rows := find(t, m, "j06.9")
	if len(rows) == 0 || rows[0].Code != "J06.9" || !strings.HasPrefix(rows[0].Path, "X · ") || strings.Count(rows[0].Path, " · ") < 2 {
		t.Errorf("%+v", rows)
	}
	if rows := find(t, m, "J06"); len(rows) == 0 || rows[0].Code != "J06" || rows[0].Note != "есть уточнения" {
		t.Errorf("%+v", rows)
	}
	if rows := find(t, m, "гиппертония"); len(rows) == 0 || rows[0].Note != "похоже" {
		t.Errorf("%+v", rows)
	}
	for _, query := range []string{strings.Repeat("я", 10_000), "😀", "\x00", "%' OR 1=1", "ытаьпщ"} {
		find(t, m, query)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Find(gone, "грипп"); err == nil {
		t.Error("a question that nobody waits for was answered")
	}
}

// TestCoding: what is taken names the version of the table, in the language of the note.
func TestCoding(t *testing.T) {
	for lang, want := range map[translations.Lang]string{translations.Russian: "мигрень", translations.English: "мигрень", translations.Kazakh: "бас сақинасы"} {
		m := picker.NewICD(presenttest.Open(t, lang))
		c, err := m.Coding(t.Context(), "G43.9")
		if err != nil || c.System != clinic.ICD10 || c.Version == "" || c.Code != "G43.9" || !strings.Contains(strings.ToLower(c.Name), want) {
			t.Errorf("%s: %+v, %v", lang, c, err)
		}
		if _, err := m.Coding(t.Context(), "Я1"); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	}
}

// TestTemplates: the doctor's speciality first, the clinic's own before the built-in, the
// user's language before the other; what is not offered is not there.
func TestTemplates(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	m := picker.NewTemplates(s)
	rows, err := m.Find(t.Context(), "")
	if err != nil || rows[0].Name != "Ваша специальность" || rows[1].Key != templates.ID("therapist", "ru").String() || rows[2].Key != templates.ID("therapist", "kk").String() {
		t.Fatalf("%+v, %v", rows, err)
	}
	own, err := s.Catalog.CopyTemplate(t.Context(), templates.ID("therapist", "ru"))
	if err != nil {
		t.Fatal(err)
	}
	own.Title = "Диспансерный осмотр"
	if own, err = s.Catalog.SaveTemplate(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if err := s.Catalog.SetTemplateActive(t.Context(), templates.ID("therapist", "kk"), false); err != nil {
		t.Fatal(err)
	}
	rows, err = m.Find(t.Context(), "")
	if err != nil || rows[1].Key != own.ID.String() || rows[3].Heading != true || len(keys(rows)) != 2*len(templates.Kinds()) {
		t.Errorf("%+v, %v", rows, err)
	}
	rows, err = m.Find(t.Context(), "узи")
	if err != nil || len(rows) != 1 || rows[0].Key != templates.ID("ultrasound", "ru").String() {
		t.Errorf("%+v, %v", rows, err)
	}
}

// BenchmarkFind is one letter after another of a question; a frame has 16 ms.
func BenchmarkFind(b *testing.B) {
	m := picker.NewICD(presenttest.Open(b, translations.Russian))
	query := []rune("хронический гастрит")
	i := 0
	for b.Loop() {
		i++
		if _, err := m.Find(b.Context(), string(query[:1+i%len(query)])); err != nil {
			b.Fatal(err)
		}
	}
}
