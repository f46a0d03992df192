package today_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/today"
	"feldsher/translations"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  today.Newcomer
	}{
		{"ковылина дарья игоревна", today.Newcomer{Family: "Ковылина", Given: "Дарья", Patronymic: "Игоревна"}},
		{"ОЗЁРНАЯ-ЛИСОВА вера", today.Newcomer{Family: "Озёрная-Лисова", Given: "Вера"}},
		{"әбдіғали ерлан қайрат ұлы", today.Newcomer{Family: "Әбдіғали", Given: "Ерлан", Patronymic: "Қайрат ұлы"}},
		{"МакГрегор Иван", today.Newcomer{Family: "МакГрегор", Given: "Иван"}},
		{"Тополев 09.03.1984", today.Newcomer{Family: "Тополев", Birth: "09.03.1984"}},
		{"Тополев, Пётр 09031984 8(916)555-01-42", today.Newcomer{Family: "Тополев", Given: "Пётр", Birth: "09.03.1984", Phone: "8(916)555-01-42"}},
		{"+7 916 555-01-42", today.Newcomer{Phone: "+7916555-01-42"}},
		{"   ", today.Newcomer{}},
	} {
		if got := today.Split(c.typed, presenttest.Now); got != c.want {
			t.Errorf("%q became %+v, want %+v", c.typed, got, c.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"ковылина дарья", "31.02.1980", "👩‍⚕️ ﷽", "09031984 +7916", "\t-\u202e-", strings.Repeat("а", 2000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := today.Split(s, presenttest.Now)
		if utf8.ValidString(s) && !(utf8.ValidString(n.Family) && utf8.ValidString(n.Given) && utf8.ValidString(n.Patronymic)) {
			t.Errorf("%q broke into %+v", s, n)
		}
		if !n.SexShown().Valid() {
			t.Errorf("%q has sex %q", s, n.SexShown())
		}
	})
}

func TestGuessSex(t *testing.T) {
	for _, c := range []struct {
		name clinic.Name
		want clinic.Sex
	}{
		{clinic.Name{Family: "Ковылина", Patronymic: "Игоревна"}, clinic.Female},
		{clinic.Name{Family: "Шевчук", Patronymic: "Ильич"}, clinic.Male},
		{clinic.Name{Family: "Әбдіғали", Patronymic: "Қайратұлы"}, clinic.Male},
		{clinic.Name{Family: "Сейтқызы", Patronymic: "Маратқызы"}, clinic.Female},
		{clinic.Name{Family: "Мамедов", Patronymic: "Ариф оглы"}, clinic.Male},
		{clinic.Name{Family: "Озёрная"}, clinic.Female},
		{clinic.Name{Family: "Тополев"}, clinic.Male},
		{clinic.Name{Family: "Ким"}, clinic.SexUnknown},
		{clinic.Name{}, clinic.SexUnknown},
	} {
		if got := today.GuessSex(c.name); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestBadInputAtTheNewcomer: a clear word at the field, whatever is typed.
func TestBadInputAtTheNewcomer(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	for _, c := range []struct {
		new   today.Newcomer
		field string
	}{
		{today.Newcomer{}, "family"},
		{today.Newcomer{Family: "Новая"}, "birth_date"},
		{today.Newcomer{Family: "Новая", Birth: "31.02.1980"}, "birth_date"},
		{today.Newcomer{Family: "Новая", Birth: "01.01.2099"}, "birth_date"},
		{today.Newcomer{Family: "Новая", Birth: "01.01.1800"}, "birth_date"},
		{today.Newcomer{Family: "Новая", Birth: "буквы"}, "birth_date"},
		{today.Newcomer{Family: strings.Repeat("я", 10_000), Birth: "01.01.1980"}, "family"},
	} {
		f := today.NewForm(today.Place{Staff: s.User.ID})
		f.Kind, f.Registering, f.New = clinic.WalkIn, true, c.new
		_, err := f.Register(t.Context(), s)
		if err == nil || present.At(err) != c.field {
			t.Errorf("%.40q %q: %v at %q, want a fault at %q", c.new.Family, c.new.Birth, err, present.At(err), c.field)
			continue
		}
		if w := s.Words.Fault(err); w == "" || strings.Contains(w, "_") || strings.Contains(w, "fault.") {
			t.Errorf("%q says %q", c.new.Birth, w)
		}
	}
	n := today.Newcomer{Phone: "12"}
	if n.PhoneWord(s) == "" {
		t.Error("a phone of two digits is taken without a word")
	}
}
