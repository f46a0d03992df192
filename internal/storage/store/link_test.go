package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

func card(family, given string, birth clinic.Date) *clinic.Patient {
	return &clinic.Patient{Name: clinic.Name{Family: family, Given: given}, BirthDate: birth, Sex: clinic.Female}
}

func link(t testing.TB, s *store.Store, l *clinic.Link) {
	t.Helper()
	err := s.Update(context.Background(), journal.Act{Intent: "test.link"}, func(tx *store.Tx) error { return tx.PutLink(l) })
	if err != nil {
		t.Fatal(err)
	}
}

// A search gives merged cards once, under the root and with the other numbers,
// whichever of them it finds; ending the link gives both back (R1.6).
func TestMergedCardsAreFoundOnce(t *testing.T) {
	s, ctx := found(t, t.TempDir()), context.Background()
	newCrowd(3).register(t, s, 50)
	a, b, c := card("Вишнякова", "Ольга", "1977-02-03"), card("Вишнякова", "Оля", "1977-02-03"), card("Вишнякова", "Олеся", "1977-02-03")
	put(t, s, a, b, c)
	r := s.Reader(ctx)
	before, err := r.PatientOrder(0)
	if err != nil {
		t.Fatal(err)
	}
	l := clinic.Link{Patient: b.ID, Other: a.ID, Why: "одна и та же", At: 1}
	link(t, s, &l)
	for _, q := range []string{"вишнякова", b.CaseNumber, "вишнякова оля", "03.02.1977"} {
		list := find(t, s, q)
		if !slices.ContainsFunc(list, func(x clinic.Brief) bool { return x.ID == a.ID && slices.Equal(x.Merged, []string{b.CaseNumber}) }) ||
			slices.ContainsFunc(list, func(x clinic.Brief) bool { return x.ID == b.ID }) {
			t.Errorf("%q: %+v", q, list)
		}
	}
	if n := len(find(t, s, "вишнякова")); n != 2 {
		t.Errorf("%d cards", n)
	}
	for _, id := range []clinic.ID{a.ID, b.ID} {
		if whole, err := r.Component(id); err != nil || !slices.Equal(whole, []clinic.ID{a.ID, b.ID}) {
			t.Error(whole, err)
		}
		if brief, ok, err := r.Brief(id); !ok || err != nil || brief.ID != a.ID || !brief.Namesake {
			t.Errorf("%+v %v", brief, err)
		}
	}
	merged, err := r.PatientOrder(0)
	if err != nil || merged.Len() != before.Len()-1 {
		t.Errorf("%d cards listed, %v", merged.Len(), err)
	}
	// The third goes with the second; the first is annulled: the second is the root.
	link(t, s, &clinic.Link{Patient: c.ID, Other: b.ID, At: 2})
	a.Deleted = 1
	put(t, s, a)
	if whole, err := r.Component(c.ID); err != nil || !slices.Equal(whole, []clinic.ID{b.ID, c.ID}) {
		t.Error(whole, err)
	}
	if whole, err := r.Component(a.ID); err != nil || !slices.Equal(whole, []clinic.ID{a.ID}) {
		t.Error(whole, err)
	}
	a.Deleted = 0
	put(t, s, a)
	l.Ended = 3
	link(t, s, &l)
	if list := find(t, s, "вишнякова"); len(list) != 2 || list[0].ID != a.ID && list[1].ID != a.ID {
		t.Errorf("%+v", list)
	}
	if all, err := r.Links(a.ID); err != nil || len(all) != 1 || all[0].Lives() {
		t.Error(all, err)
	}
	check(t, s)
}

// Namesakes of one birth day are marked, merged cards are not their own (R1.5).
func TestNamesakesAreMarked(t *testing.T) {
	s := found(t, t.TempDir())
	a, b := card("Лопухина", "Вера", "1977-02-03"), card("Лопухина", "Анна", "1977-02-03")
	other, year := card("Лопухина", "Зоя", "1977-02-04"), card("Лопухина", "Яна", "1977")
	put(t, s, a, b, other, year, card("Сомова", "Вера", "1977-02-03"))
	for _, x := range find(t, s, "лопухина") {
		if want := x.ID == a.ID || x.ID == b.ID; x.Namesake != want {
			t.Errorf("%s: %v", x.Name, x.Namesake)
		}
	}
	link(t, s, &clinic.Link{Patient: a.ID, Other: b.ID, At: 1})
	for _, x := range find(t, s, "лопухина") {
		if x.Namesake {
			t.Errorf("%s: marked as a namesake of itself", x.Name)
		}
	}
}

// The list of all cards is in the order of names, surname first, with those of one
// surname together, and can be read from any place (R1.5).
func TestPatientOrder(t *testing.T) {
	s := found(t, t.TempDir())
	want := []string{"Абрамов", "Иванов Глеб", "Иванов Яков", "Иванова Анна", "Қасымова Әлия", "Яковлев Ян", ""}
	for _, i := range []int{3, 0, 6, 1, 4, 2, 5} {
		p := &clinic.Patient{NameUnknown: want[i] == "", Sex: clinic.SexUnknown}
		_, _ = fmt.Sscan(want[i], &p.Family, &p.Given)
		put(t, s, p)
	}
	r := s.Reader(context.Background())
	order, err := r.PatientOrder(0)
	if err != nil || order.Len() != len(want) {
		t.Fatal(order.Len(), err)
	}
	for from := range want {
		rows, err := r.PatientRows(order, from, 3)
		if err != nil || len(rows) != min(3, len(want)-from) {
			t.Fatal(rows, err)
		}
		for i, b := range rows {
			if b.Name.String() != want[from+i] || b.CaseNumber == "" {
				t.Errorf("row %d: %q, want %q", from+i, b.Name, want[from+i])
			}
		}
	}
	for _, place := range [][2]int{{-1, 2}, {99, 5}, {0, -3}} {
		if rows, err := r.PatientRows(order, place[0], place[1]); err != nil || len(rows) > 2 {
			t.Error(rows, err)
		}
	}
	if first, err := r.PatientOrder(2); err != nil || first.Len() != 2 {
		t.Error(first.Len(), err)
	}
	// Struck out since the order was read: a row without an id.
	gone, err := r.PatientRows(order, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Patient(gone[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	p.Deleted = 1
	put(t, s, &p)
	if rows, err := r.PatientRows(order, 0, 3); err != nil || len(rows) != 3 || !rows[1].ID.IsZero() || rows[2].ID.IsZero() {
		t.Error(rows, err)
	}
}

// What is being typed finds the card that is there already, and not the twin, the
// father or the card itself (R1.6).
func TestSimilar(t *testing.T) {
	s := found(t, t.TempDir())
	newCrowd(5).register(t, s, 400)
	petr := &clinic.Patient{
		Name: clinic.Name{Family: "Щербаков", Given: "Пётр", Patronymic: "Юрьевич"}, BirthDate: "1980-03-12", Sex: clinic.Male,
		SNILS: "112-233-445 95", Contacts: []clinic.Contact{{Kind: "phone", Value: "8 (701) 123-45-67", E164: "+77011234567"}},
		Documents: []clinic.Document{{Type: "passport", Series: "45 10", Number: "123456"}},
	}
	twin := &clinic.Patient{Name: clinic.Name{Family: "Щербаков", Given: "Глеб", Patronymic: "Юрьевич"}, BirthDate: "1980-03-12", Sex: clinic.Male}
	son := &clinic.Patient{
		Name: clinic.Name{Family: "Щербаков", Given: "Пётр", Patronymic: "Юрьевич"}, BirthDate: "2010-03-12", Sex: clinic.Male,
		Contacts: []clinic.Contact{{Kind: "phone", Value: "8 (701) 123-45-67", E164: "+77011234567"}},
	}
	put(t, s, petr, twin, son)
	r := s.Reader(context.Background())
	name := petr.Name
	for _, c := range []struct {
		draft clinic.Patient
		want  clinic.Grade
	}{
		{clinic.Patient{Name: name, BirthDate: "1980-03-12"}, clinic.Certain},
		{clinic.Patient{Name: clinic.Name{Family: "щебаков", Given: "петр", Patronymic: "юрьевич"}, BirthDate: "1980-03-12"}, clinic.Likely},
		{clinic.Patient{Name: clinic.Name{Family: "Scherbakov", Given: "Petr"}, BirthDate: "1980-03-12"}, clinic.Likely},
		{clinic.Patient{Name: name, BirthDate: "1980-12-03"}, clinic.Likely},
		{clinic.Patient{Name: name, BirthDate: "1980"}, clinic.Likely},
		{clinic.Patient{SNILS: "11223344595"}, clinic.Certain},
		{clinic.Patient{Name: clinic.Name{Family: "Иной"}, SNILS: "11223344595"}, clinic.Likely},
		{clinic.Patient{Name: name, Documents: petr.Documents}, clinic.Certain},
		{clinic.Patient{Name: clinic.Name{Family: "Щербаков", Given: "Пётр"}, Contacts: petr.Contacts}, clinic.Possible},
	} {
		list, err := r.Similar(&c.draft, 10)
		if err != nil {
			t.Fatal(err)
		}
		got := clinic.Unlike
		for _, x := range list {
			if x.ID == petr.ID {
				got = x.Grade
			} else if x.Grade > clinic.Possible || x.ID == twin.ID {
				t.Errorf("%+v proposes %s: %v", c.draft.Name, x.Name, x.Reasons)
			}
		}
		if got != c.want {
			t.Errorf("%+v %s: %v, want %v", c.draft.Name, c.draft.BirthDate, got, c.want)
		}
	}
	for _, draft := range []*clinic.Patient{petr, {}, {Name: name}, {Name: clinic.Name{Family: "Щербаков"}, BirthDate: "1980-03-12"}} {
		if list, err := r.Similar(draft, 10); err != nil || len(list) > 0 {
			t.Errorf("%+v: %+v, %v", draft.Name, list, err)
		}
	}
	// A second card that is merged is shown once, under the root, and not to itself.
	second := &clinic.Patient{Name: name, BirthDate: "1980-03-12", Sex: clinic.Male}
	put(t, s, second)
	link(t, s, &clinic.Link{Patient: second.ID, Other: petr.ID, At: 1})
	list, err := r.Similar(&clinic.Patient{Name: name, BirthDate: "1980-03-12"}, 10)
	if err != nil || len(list) != 1 || list[0].ID != petr.ID || !slices.Equal(list[0].Merged, []string{second.CaseNumber}) {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := r.Similar(second, 10); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// How long the list and the warning of second cards take. FELDSHER_SOAK=1 measures
// at 100 000 cards; the bound is held there only.
func TestListSpeed(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 200
	}
	soak := os.Getenv("FELDSHER_SOAK") == "1"
	if soak {
		n = 100_000
	}
	s := found(t, t.TempDir())
	registerDemo(t, s, n)
	r := s.Reader(context.Background())
	start := time.Now()
	order, err := r.PatientOrder(0)
	if err != nil || order.Len() != n {
		t.Fatal(order.Len(), err)
	}
	t.Logf("order of %d cards: %v", n, time.Since(start))
	start = time.Now()
	if _, err := r.PatientOrder(60); err != nil {
		t.Fatal(err)
	}
	t.Logf("order of the first: %v", time.Since(start))
	rows := measure(200, func(i int) {
		if list, err := r.PatientRows(order, i*(n/200), 40); err != nil || len(list) == 0 {
			t.Fatal(err)
		}
	})
	var warned [4]int
	alike := measure(400, func(i int) {
		one, err := r.PatientRows(order, i*(n/400), 1)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Patient(one[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		p.ID, p.CaseNumber = clinic.ID{}, "" // typed again
		list, err := r.Similar(&p, 5)
		if err != nil || p.Given != "" && p.BirthDate.Full() && (len(list) == 0 || list[0].Grade < clinic.Likely) {
			t.Fatalf("%+v: %+v, %v", p, list, err)
		}
		p.SNILS, p.TaxNumber, p.Policy, p.Documents, p.Contacts = "", "", "", nil, nil
		if p.Given == "" || !p.BirthDate.Full() {
			return
		}
		p.BirthDate = p.BirthDate[:4] + "-01-01" // somebody else
		if list, err = r.Similar(&p, 5); err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			warned[x.Grade]++
		}
	})
	t.Logf("40 rows: %v; two warnings: %v; strangers warned of, by grade: %v of 400", rows, alike, warned)
	if soak && rows > frame {
		t.Errorf("rows of the list take %v", rows)
	}
}

// measure gives the time below which 99 of 100 runs stayed.
func measure(n int, fn func(int)) time.Duration {
	took := make([]time.Duration, n)
	for i := range took {
		start := time.Now()
		fn(i)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return took[n*99/100]
}
