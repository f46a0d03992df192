package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

func put(t testing.TB, s *store.Store, cards ...*clinic.Patient) {
	t.Helper()
	err := s.Update(context.Background(), journal.Act{Intent: "test.card"}, func(tx *store.Tx) error {
		for _, p := range cards {
			if err := tx.PutPatient(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, s *store.Store, query string) []clinic.Brief {
	t.Helper()
	list, err := s.Reader(context.Background()).FindPatients(query, 50)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return list
}

func finds(t testing.TB, s *store.Store, query string, id clinic.ID) bool {
	t.Helper()
	return slices.ContainsFunc(find(t, s, query), func(b clinic.Brief) bool { return b.ID == id })
}

// One card and everything that people type for it (R1.5).
func TestFindWays(t *testing.T) {
	s := found(t, t.TempDir())
	newCrowd(3).register(t, s, 300)
	petr := clinic.Patient{
		Name: clinic.Name{Family: "Щербаков", Given: "Пётр", Patronymic: "Юрьевич"}, BirthDate: "1980-03-12", Sex: clinic.Male,
		CaseNumber: "А-009123", SNILS: "112-233-445 95", TaxNumber: "500100732259", Policy: "7700 0000 1234 5678",
		FormerNames: []clinic.FormerName{{Name: clinic.Name{Family: "Чайка"}, Kind: "former"}},
		Contacts: []clinic.Contact{
			{Kind: "phone", Value: "8 (701) 123-45-67", E164: "+77011234567"},
			{Kind: "email", Value: "a1234@example.org"},
		},
		Documents: []clinic.Document{
			{Type: "passport", Series: "45 10", Number: "123456"},
			{Type: "birth_certificate", Series: "II-АЖ", Number: "654321"},
			{Type: "foreign", Number: "N12345678"},
		},
		Addresses:       []clinic.Address{{Use: "registration", City: "Тверь"}, {Use: "residence", City: "Казань", Street: "Баумана", House: "5"}},
		Representatives: []clinic.Representative{{Relation: "mother", Phone: "+7 999 765-43-21"}},
	}
	aliya := clinic.Patient{Name: clinic.Name{Family: "Қасымова", Given: "Әлия"}, Sex: clinic.Female, BirthDate: "1991"}
	yuri := clinic.Patient{Name: clinic.Name{Family: "Shcherbina", Given: "Iurii"}, Sex: clinic.Male}
	connor := clinic.Patient{Name: clinic.Name{Family: "О'Коннор", Given: "Анна-Мария"}, Sex: clinic.Female}
	put(t, s, &petr, &aliya, &yuri, &connor)
	for _, c := range []struct {
		want    *clinic.Patient
		queries []string
	}{
		{&petr, []string{
			"щербаков", "Щербаков Петр", "пётр щербаков", "юрьевич щербаков", "петр юрьевич", "щерб пет юр", "юр щерб",
			"чайка", "чайка петр", "юрьевич чайка", "чайка щербаков", "щербаков 1980", "щербаков 80", "щербаков 12.03",
			"щербоков", "щебаков петр", "щербакоа птр", "щербакв птер", "щерак", "щербаков петр 12.03.1980", "12.03.1980", "12.03.80", "03.1980 щерб", "12031980",
			"othf,frjd", "shcherbakov petr", "shcherbakov", "shcherbakov петр", "oth, gtnh", "othf,frjd 1980",
			"4567", "...4567", "234567", "77011234567", "87011234567", "+7 701 123 45 67", "7011234567", "щербаков 567", "567 пётр", "othf,frjd 4567",
			"4321", "89997654321", "4510 123456", "4510123456", "123456", "щербаков 4510", "4510", "II-АЖ 654321", "654321", "N12345678", "12345678",
			"112-233-445 95", "11223344595", "500100732259", "7700000012345678", "77000000123", "А-009123", "A-009123", "9123", "009123", "f-009123",
			"щербаков 9123", "щербоков 4567", "12.03.1980 щербоков",
		}},
		{&aliya, []string{"касымова", "қасымова әлия", "алия касымова", "Aliya Kasymova", "2kbz", "rfcsvjdf", "алея касымова", "касымова 1991", "касымова 91"}},
		{&yuri, []string{"shcherbina", "iurii shcherbina", "щербина", "щербина юрий", "юри щерб", "yuri shcherbina", "othb,yf", "ырсрукиштф"}},
		{&connor, []string{"о'коннор", "коннор", "мария анна", "анна-мария", "коннор мария", "анна коннор"}},
	} {
		for _, q := range c.queries {
			if !finds(t, s, q, c.want.ID) {
				t.Errorf("%q does not find %s", q, c.want.Name)
			}
		}
	}
	if t.Failed() {
		return
	}
	best := find(t, s, "щербаков петр")[0]
	if best.ID != petr.ID || best.Phone != "8 (701) 123-45-67" || best.Address != "Казань, Баумана, 5" || best.CaseNumber != "А-009123" {
		t.Errorf("%+v", best)
	}
	for _, q := range []string{"", " ", "щербаков 1981", "щербаков 13.03.1980", "петров чайка сидор", "00000", "\x00", "щербаков 0000"} {
		if finds(t, s, q, petr.ID) {
			t.Errorf("%q finds a card it should not", q)
		}
	}
	petr.Deleted = 1
	put(t, s, &petr)
	for _, q := range []string{"щербаков", "чайка", "12.03.1980", "4567", "4510123456"} {
		if finds(t, s, q, petr.ID) {
			t.Errorf("%q finds a card that was struck out", q)
		}
	}
	check(t, s)
}

// The order of the list: the surname typed before the given name, the word before
// what it begins, the present name before the former (R1.5).
func TestFindOrder(t *testing.T) {
	s := found(t, t.TempDir())
	name := func(family, given, former string) *clinic.Patient {
		p := &clinic.Patient{Name: clinic.Name{Family: family, Given: given}, Sex: clinic.Male}
		if former != "" {
			p.FormerNames = []clinic.FormerName{{Name: clinic.Name{Family: former}}}
		}
		return p
	}
	put(t, s, &clinic.Patient{Name: clinic.Name{Family: "Попова", Given: "Наталья", Patronymic: "Ильинична"}},
		&clinic.Patient{Name: clinic.Name{Family: "Попова", Given: "Наталия", Patronymic: "Ильинична"}}, name("Яковлев", "Иван", "Петров"), name("Иванов", "Пётр", ""), name("Петрова", "Иванна", ""),
		name("Петров", "Иван", ""), name("Петров", "Иванко", ""), name("Петроф", "Иван", ""))
	for _, c := range []struct{ query, want string }{
		{"петров иван", "Петров Иван, Яковлев Иван, Петров Иванко, Петрова Иванна"},
		{"петр", "Петров Иван, Петров Иванко, Петрова Иванна, Петроф Иван, Яковлев Иван, Иванов Пётр"},
		{"петрова иван", "Петрова Иванна, Петров Иван, Яковлев Иван, Петров Иванко"},
		{"наталья попова", "Попова Наталья Ильинична, Попова Наталия Ильинична"},
		{"наталья ильинична попова", "Попова Наталья Ильинична"},
		{"петрав иван", "Петров Иван, Яковлев Иван, Петров Иванко"},
	} {
		var got []string
		for _, b := range find(t, s, c.query) {
			got = append(got, b.Name.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q: %s\nwant %s", c.query, strings.Join(got, ", "), c.want)
		}
	}
}

// The order in which a card's lists are written makes no difference to its index.
func TestFindReordered(t *testing.T) {
	s := found(t, t.TempDir())
	p := clinic.Patient{
		Name: clinic.Name{Family: "Лаптева", Given: "Зоя"}, Sex: clinic.Female,
		FormerNames: []clinic.FormerName{{Name: clinic.Name{Family: "Ветрова"}}, {Name: clinic.Name{Family: "Смехова", Given: "Заря"}}},
		Contacts:    []clinic.Contact{{Kind: "phone", Value: "1112233"}, {Kind: "phone", Value: "4445566"}},
		Addresses:   []clinic.Address{{Use: "residence", City: "Уфа"}, {Use: "residence", City: "Омск"}},
	}
	put(t, s, &p)
	before := find(t, s, "лаптева")
	slices.Reverse(p.FormerNames)
	slices.Reverse(p.Contacts)
	slices.Reverse(p.Addresses)
	p.Note = "перечитано"
	put(t, s, &p)
	if after := find(t, s, "лаптева"); !cmp.Equal(before, after) {
		t.Errorf("%+v, before %+v", after, before)
	}
	check(t, s)
}

// check holds the index against the cards.
func check(t testing.TB, s *store.Store) {
	t.Helper()
	for _, c := range s.Checks() {
		if c.Part != "index" {
			continue
		}
		if _, err := c.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("the index is not among the checks")
}

func drawCard(t *rapid.T) *clinic.Patient {
	word := rapid.OneOf(rapid.StringMatching(`[А-ЩЭ-ЯЁ][а-яё]{2,11}`), rapid.StringMatching(`[А-ЯӘҚҒ]а[а-яәіңғүұқөһ]{2,8}`),
		rapid.StringMatching(`[A-Z][a-z]{3,9}`), rapid.StringMatching(`[А-ЩЭ-Я][а-я]{2,6}-[А-ЩЭ-Я][а-я]{2,6}`))
	optional := func(g *rapid.Generator[string], label string) string {
		if rapid.Bool().Draw(t, "has "+label) {
			return g.Draw(t, label)
		}
		return ""
	}
	p := &clinic.Patient{Sex: clinic.SexUnknown}
	p.Family, p.Given, p.Patronymic = word.Draw(t, "family"), optional(word, "given"), optional(word, "patronymic")
	p.SNILS = optional(rapid.StringMatching(`[0-9]{11}`), "snils")
	p.TaxNumber = optional(rapid.StringMatching(`[0-9]{12}`), "tax")
	p.Policy = optional(rapid.StringMatching(`[0-9]{16}`), "policy")
	p.CaseNumber = optional(rapid.StringMatching(`[АБВ]-[0-9]{6}`), "case")
	p.BirthDate = clinic.Date(optional(rapid.StringMatching(`(19[0-9]{2}|20[01][0-9])-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`), "birth"))
	for range rapid.IntRange(0, 2).Draw(t, "phones") {
		p.Contacts = append(p.Contacts, clinic.Contact{Kind: "phone", Value: rapid.StringMatching(`\+7 7[0-9]{2} [0-9]{3}-[0-9]{2}-[0-9]{2}`).Draw(t, "phone")})
	}
	if rapid.Bool().Draw(t, "document") {
		p.Documents = []clinic.Document{{
			Type: "passport", Series: rapid.StringMatching(`[0-9]{4}|[IVX]{1,3}-[А-Я]{2}|`).Draw(t, "series"),
			Number: rapid.StringMatching(`[0-9]{6,9}`).Draw(t, "number"),
		}}
	}
	if rapid.Bool().Draw(t, "former") {
		p.FormerNames = []clinic.FormerName{{Name: clinic.Name{Family: word.Draw(t, "former surname")}}}
	}
	return p
}

// cardQueries lists what must find a card, whatever it is.
func cardQueries(t *rapid.T, p *clinic.Patient) []string {
	words := fold.Words(p.Name.String())
	out := slices.Clone(words)
	out = append(out, strings.Join(rapid.Permutation(words).Draw(t, "order"), " "))
	for _, f := range p.FormerNames {
		out = append(out, f.Family, f.Family+" "+p.Given)
	}
	for _, c := range p.Contacts {
		digits := fold.Digits(c.Value)
		out = append(out, digits[len(digits)-rapid.IntRange(3, len(digits)).Draw(t, "tail"):], p.Family+" "+digits[len(digits)-4:])
	}
	for _, d := range p.Documents {
		out = append(out, d.Number, d.Series+" "+d.Number)
	}
	for _, number := range []string{p.SNILS, p.TaxNumber, p.Policy, p.CaseNumber} {
		if number != "" {
			out = append(out, number, number+" "+p.Family)
		}
	}
	if d := string(p.BirthDate); d != "" {
		russian := d[8:] + "." + d[5:7] + "." + d[:4]
		out = append(out, russian, p.Family+" "+russian, p.Family+" "+d[:4], d[:4]+" "+p.Family, p.Family+" "+russian[3:])
	}
	return out
}

// Whatever a card holds finds it; after an edit what it held no longer does, and
// the index is what a fresh one would be (R1.5).
func TestFindWhateverIsStored(t *testing.T) {
	s := found(t, t.TempDir())
	newCrowd(5).register(t, s, 200)
	rapid.Check(t, func(rt *rapid.T) {
		p := drawCard(rt)
		defer func() { // so that what rapid tries next is not lost among the like
			p.Deleted = 1
			put(t, s, p)
		}()
		put(t, s, p)
		old := cardQueries(rt, p)
		for _, q := range old {
			if !finds(t, s, q, p.ID) {
				rt.Fatalf("%q does not find %+v", q, p)
			}
		}
		changed := drawCard(rt)
		changed.ID, changed.CaseNumber = p.ID, p.CaseNumber // a case number is given once (R1.2)
		put(t, s, changed)
		now := cardQueries(rt, changed)
		for _, q := range now {
			if !finds(t, s, q, p.ID) {
				rt.Fatalf("%q does not find %+v after the change", q, changed)
			}
		}
		for _, gone := range []string{p.Family, p.SNILS, p.Policy} {
			if len(gone) < 6 || near(gone, changed) {
				continue
			}
			if finds(t, s, gone, p.ID) {
				rt.Fatalf("%q still finds %+v", gone, changed)
			}
		}
	})
	check(t, s)
}

// near reports whether a text may well find the card: it holds something like it.
func near(text string, p *clinic.Patient) bool {
	for _, a := range fold.Alternatives(text) {
		for _, typed := range strings.Fields(a.Text) {
			names := p.Name.String()
			for _, f := range p.FormerNames {
				names += " " + f.Family
			}
			words := fold.Words(names)
			for _, w := range slices.Clone(words) {
				words = append(words, fold.Cyrillic(w)...)
			}
			for _, reading := range fold.Cyrillic(names) {
				words = append(words, strings.Fields(reading)...)
			}
			for _, w := range words {
				runes, n := []rune(w), len([]rune(typed))
				for cut := n - 1; cut <= n+1; cut++ {
					if cut > 0 && fold.Within(string(runes[:min(cut, len(runes))]), typed, 1) {
						return true
					}
				}
			}
		}
	}
	return strings.Contains(fmt.Sprint(p.SNILS, p.Policy, p.TaxNumber), text)
}

// A rebuilt index is the same as the one that grew with the cards.
func TestRebuildIndex(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	c := newCrowd(9)
	c.register(t, s, 450)
	queries, err := store.FindQueries(s.Reader(ctx), 200, 4)
	if err != nil {
		t.Fatal(err)
	}
	before := store.DumpIndex(t, s)
	if err := s.RebuildIndex(ctx); err != nil {
		t.Fatal(err)
	}
	if after := store.DumpIndex(t, s); before != after {
		t.Fatal("the rebuilt index differs")
	}
	check(t, s)
	report, err := s.BenchFind(ctx, queries)
	if err != nil || report.Top10 < 0.98 {
		t.Fatal(err, report.Top10, report.Missed)
	}
	store.BreakIndex(t, s)
	for _, part := range s.Checks() {
		if _, err := part.Run(ctx); part.Part == "index" && err == nil {
			t.Fatal("a broken index passes the check")
		}
	}
	if err := s.RebuildIndex(ctx); err != nil {
		t.Fatal(err)
	}
	check(t, s)
}

// No query makes the search fail (R1.5).
func FuzzFindPatients(f *testing.F) {
	s := found(f, f.TempDir())
	newCrowd(11).register(f, s, 300)
	for _, q := range []string{
		"иванов", "bdfyjd", "…4567", "ңғ,. әлия", "А-000123", ";", "а а а а а а а", "\xff\x00\"'%_", "1985 1985 1985", "12.03 4567",
		"'; DROP TABLE patient;--", "о'коннор анна-мария", "а-1 б-2 в-3 г-4", "٣.٤.١٩٨٠", strings.Repeat("ы", 1000), "юю ёё",
	} {
		f.Add(q)
	}
	r := s.Reader(context.Background())
	f.Fuzz(func(t *testing.T, q string) {
		for _, limit := range []int{-1, 3, 10000} {
			list, err := r.FindPatients(q, limit)
			if err != nil {
				t.Fatalf("%q: %v", q, err)
			}
			if len(list) > max(limit, 0) {
				t.Fatalf("%q: %d cards", q, len(list))
			}
		}
	})
}
