package store

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/vault"
)

// DumpIndex writes out the search index with the cards' ids for their numbers.
func DumpIndex(t testing.TB, s *Store) string {
	t.Helper()
	var out []string
	for _, query := range []string{
		`SELECT 'patient', hex(id), birth, lines, hex(codes) || hex(brief) FROM find_patient`,
		`SELECT 'name', line, birth, old, (SELECT hex(id) FROM find_patient WHERE n = patient) FROM find_name`,
		`SELECT 'code', hex(code), (SELECT hex(id) FROM find_patient WHERE n = patient), '', '' FROM find_code`,
		`SELECT 'word', word, '', '', '' FROM find_vocabulary`,
		`SELECT 'typo', cut, word, '', '' FROM find_typo`,
	} {
		rows, err := s.Reader(context.Background()).query(query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var v [5]string
			if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4]); err != nil {
				t.Fatal(err)
			}
			out = append(out, strings.Join(v[:], "|"))
		}
		rows.Close()
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// IndexSize is how much of the database the search index takes, in bytes.
func IndexSize(t testing.TB, s *Store) int64 {
	t.Helper()
	n, err := scalar[int64](s.Reader(context.Background()), `SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%find!_%' ESCAPE '!'`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// BreakIndex takes a card out of one table of the index.
func BreakIndex(t testing.TB, s *Store) {
	t.Helper()
	err := s.Local(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM find_patient WHERE n = (SELECT min(n) FROM find_patient)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What other devices write is found, whichever row of the card it was, and what
// they struck out or purged is not.
func TestReindex(t *testing.T) {
	ctx := context.Background()
	s := foundInside(t)
	p := clinic.Patient{Name: clinic.Name{Family: "Соловьёв", Given: "Глеб"}, Sex: clinic.Male}
	q := clinic.Patient{Name: clinic.Name{Family: "Лунёва"}, Sex: clinic.Female}
	update := func(fn func(tx *Tx) error) {
		t.Helper()
		if err := s.Update(ctx, journal.Act{Intent: "test"}, fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *Tx) error {
		if err := tx.PutPatient(&p); err != nil {
			return err
		}
		return tx.PutPatient(&q)
	})
	contact := clinic.Contact{Record: clinic.Record{ID: clinic.NewID()}, Kind: "phone", Value: "+7 701 555-66-77"}
	former := clinic.FormerName{Record: clinic.Record{ID: clinic.NewID()}, Name: clinic.Name{Family: "Вронский"}}
	document := clinic.Document{Record: clinic.Record{ID: clinic.NewID()}, Type: "passport", Number: "99887766"}
	mother := clinic.Representative{Record: clinic.Record{ID: clinic.NewID()}, Relation: "mother", Phone: "87013332211"}
	update(func(tx *Tx) error { // as the merge writes them: past PutPatient
		if err := contacts.save(tx, &contact, p.ID); err != nil {
			return err
		}
		if err := formerNames.save(tx, &former, p.ID); err != nil {
			return err
		}
		if err := documents.save(tx, &document, p.ID); err != nil {
			return err
		}
		if err := representatives.save(tx, &mother, p.ID); err != nil {
			return err
		}
		return reindex(tx, []journal.Row{{Table: "contact", ID: contact.ID}, {Table: "visit", ID: clinic.NewID()}, {Table: "address", ID: clinic.NewID()}})
	})
	expect := func(want bool, queries ...string) {
		t.Helper()
		for _, text := range queries {
			list, err := s.Reader(ctx).FindPatients(text, 10)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(list) == 1 && list[0].ID == p.ID; got != want {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
	expect(true, "5556677", "вронский глеб", "99887766", "3332211", "соловьев")
	contact.Deleted, former.Deleted = 1, 1
	for _, row := range []journal.Row{{Table: "contact", ID: contact.ID}, {Table: "former_name", ID: former.ID}} {
		update(func(tx *Tx) error {
			if row.Table == "contact" {
				if err := contacts.save(tx, &contact, p.ID); err != nil {
					return err
				}
			} else if err := formerNames.save(tx, &former, p.ID); err != nil {
				return err
			}
			return reindex(tx, []journal.Row{row})
		})
	}
	expect(false, "5556677", "вронский")
	expect(true, "99887766", "глеб")
	grown := DumpIndex(t, s)
	if err := s.RebuildIndex(ctx); err != nil {
		t.Fatal(err)
	}
	if DumpIndex(t, s) != grown {
		t.Errorf("reindexing gives another index than a fresh one:\n%s\nnot\n%s", grown, DumpIndex(t, s))
	}
	p.Deleted = 1
	update(func(tx *Tx) error {
		if err := patients.save(tx, &p, p.ID); err != nil {
			return err
		}
		return reindex(tx, []journal.Row{{Table: "patient", ID: p.ID}})
	})
	expect(false, "99887766", "глеб", "соловьев", "3332211")
	if _, err := checkIndex(s.Reader(ctx)); err != nil {
		t.Error(err)
	}
}

// Whatever a card shows comes back as it was written.
func TestBrief(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі№ .,«»–—]{0,40}`))
		p := clinic.Patient{
			Record: clinic.Record{ID: clinic.NewID()}, Name: clinic.Name{Family: text.Draw(t, "family"), Given: text.Draw(t, "given")},
			Sex: clinic.Female, BirthDate: "1980-03", CaseNumber: "А-000001",
			Contacts: []clinic.Contact{
				{Kind: "email", Value: "a@example.org"}, {Kind: "phone", Value: "1", Owner: "сын"}, {Kind: "phone", Value: text.Draw(t, "phone")},
			},
			Addresses: []clinic.Address{{Use: "work", City: "Тверь"}, {Use: "registration", Text: text.Draw(t, "address")}},
		}
		want := clinic.Brief{ID: p.ID, CaseNumber: p.CaseNumber, Name: p.Name, Sex: p.Sex, BirthDate: p.BirthDate}
		want.Phone, want.Address = cmp.Or(p.Contacts[2].Value, "1"), cmp.Or(p.Addresses[1].Text, "Тверь")
		for _, s := range []*string{&want.Family, &want.Given, &want.Phone, &want.Address} {
			*s = strings.ReplaceAll(*s, "\n", " ")
		}
		if got := unpackBrief(p.ID, []byte(briefOf(&p))); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+q, want %+q", got, want)
		}
	})
}

func TestCodeKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.StringMatching(`[0-9а-яa-z]{1,20}`).Draw(t, "code")
		other := rapid.StringMatching(`[0-9а-яa-z]{1,20}`).Draw(t, "other")
		cut := []rune(whole)[:rapid.IntRange(1, len([]rune(whole))).Draw(t, "length")]
		for _, begun := range []string{string(cut), other} {
			key, h := numberKey(whole).key(), numberKey(begun)
			begins, same := h.begins(key)
			if want := strings.HasPrefix(whole, begun); begins != want || same != (whole == begun) {
				t.Fatalf("%q begins %q: %v, whole %v", begun, whole, begins, same)
			}
			from, to := h.bounds()
			if in := string(from) <= key && key < string(to); in != begins {
				t.Fatalf("%q in the range of %q: %v", whole, begun, in)
			}
		}
		codes := []string{numberKey(whole).key(), phoneKey(fold.Digits(whole) + "1").key()}
		if got := unpackCodes(packCodes(codes)); !slices.Equal(got, codes) {
			t.Fatalf("%q → %q", codes, got)
		}
	})
}

// A packed date sorts as the date, and a mask finds exactly what Fits says.
func TestPackBirth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		date := func(label string) clinic.Date {
			d := fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(1890, 2030).Draw(t, label+" year"), rapid.IntRange(1, 12).Draw(t, label+" month"),
				rapid.IntRange(1, 28).Draw(t, label+" day"))
			return clinic.Date(d[:rapid.SampledFrom([]int{0, 4, 7, 10}).Draw(t, label+" length")])
		}
		a, b := date("a"), date("b")
		if (packBirth(a) < packBirth(b)) != (a < b) {
			t.Fatalf("%q and %q change their order", a, b)
		}
		typed := fold.Birth{
			Year: rapid.IntRange(1975, 1985).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month"), Day: rapid.IntRange(0, 28).Draw(t, "day"),
		}
		if typed.Short = rapid.Bool().Draw(t, "short"); typed.Short {
			typed.Year -= 1900
		}
		if got := fitsAll([]fold.Birth{typed}, packBirth(a)); got != typed.Fits(string(a)) {
			t.Fatalf("%+v and %q: %v", typed, a, got)
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	s := foundInside(b)
	digits := func(i, n int) string { return fmt.Sprintf("%0*d", n, uint64(i)*2654435761%100000000000)[:n] }
	for i := 0; i < b.N; {
		err := s.Update(context.Background(), journal.Act{Intent: "test"}, func(tx *Tx) error {
			for range min(1000, b.N-i) {
				i++
				p := clinic.Patient{
					Record: clinic.Record{ID: clinic.NewID()}, Name: clinic.Name{Family: "Иванов" + string(rune('а'+i%32)), Given: "Пётр", Patronymic: "Ильич"},
					BirthDate: "1980-03-12", SNILS: digits(i, 11), Policy: digits(i+7, 11), CaseNumber: fmt.Sprintf("А-%06d", i),
					Contacts:  []clinic.Contact{{Kind: "phone", E164: "+79" + digits(i+3, 9)}},
					Documents: []clinic.Document{{Series: digits(i+1, 4), Number: digits(i+2, 6)}},
				}
				if err := indexPatient(tx, &p, true); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func foundInside(t testing.TB) *Store {
	t.Helper()
	s, _, err := Found(context.Background(), t.TempDir(), Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia},
		Admin:        clinic.Staff{Login: "admin", Roles: []clinic.Role{clinic.Administrator}, Active: true},
		Password:     "correct horse", Params: vault.Params{Time: 1, Memory: 8 * 1024, Threads: 1},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
