package fold_test

import (
	"testing"

	"feldsher/internal/clinic/fold"
)

// TestMeant: names typed with the Latin layout are understood, names that are Latin
// stay what they are.
func TestMeant(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"rehrby": "куркин", "Bdfyjd": "иванов", "cthutq": "сергей", "jkmuf": "ольга", "gtnhjdf fyyf": "петрова анна",
		",jhbcjd": "борисов", "rehrby 1970": "куркин 1970", "vfhbz": "мария", "REHRBY": "куркин",
		"smith": "", "Schmidt": "", "Schwartz": "", "novak kwame": "", "john brown": "", "kim": "", "lee": "", "nguyen": "", "anna": "",
		"petrov": "", "иванов": "", "иванов rehrby": "", "79161234567": "", "": "", "o'brien": "", "lynch": "", "garcia": "",
	} {
		got, ok := fold.Meant(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, ok, want)
		}
	}
}

func FuzzMeant(f *testing.F) {
	for _, s := range []string{"rehrby", "smith", ",jhbcjd 1970", "-", "o'brien", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := fold.Meant(s)
		if again, twice := fold.Meant(name); ok && twice {
			t.Errorf("%q is %q is %q", s, name, again)
		}
	})
}
