package shell_test

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/shell"
	"feldsher/translations"
)

// texts are the lines of the palette that lead to a page, with what they name there.
func texts(t *testing.T, s *present.Session, query, page string) (args []string) {
	t.Helper()
	items, err := shell.Find(t.Context(), s, query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range items {
		if x.Route.Page == page {
			args = append(args, x.Route.Arg)
		}
	}
	return args
}

// The sections of the settings are found by their names and by what people call them,
// by those who have to do with them.
func TestSettingsAreFound(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	for query, want := range map[string]string{"клиник": "clinic", "пользоват": "users", "прайс": "prices", "отпуск": "absences", "пароль": "password"} {
		if got := texts(t, s, query, present.PageSettings); len(got) != 1 || got[0] != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	if got := texts(t, s, "шаблон", present.PageTemplates); len(got) != 1 {
		t.Errorf("templates: %q", got)
	}
	if got := texts(t, s, "", present.PageSettings); len(got) != 1 {
		t.Errorf("with nothing typed the list has %q", got)
	}
	nurse := presenttest.Open(t, translations.Russian, clinic.Nurse)
	if got := texts(t, nurse, "пользоват", present.PageSettings); len(got) != 0 {
		t.Errorf("who may not is offered %q", got)
	}
}

// A new card is offered for the name that was meant, then for the one that was typed.
func TestRegisterMeant(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	if got := texts(t, s, "rehrby", present.PageRegistration); len(got) != 2 || got[0] != "Куркин" || got[1] != "rehrby" {
		t.Errorf("%q", got)
	}
	if got := texts(t, s, "smith", present.PageRegistration); len(got) != 1 || got[0] != "smith" {
		t.Errorf("%q", got)
	}
}
