package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// crowd makes people for the search: surnames by the thousand, common ones far
// commoner than rare ones, two given names and more of every letter.
type crowd struct{ rng *rand.Rand }

func newCrowd(seed uint64) *crowd { return &crowd{rand.New(rand.NewPCG(seed, 7))} }

const (
	crowdStems = `Смирн Иван Кузнец Соколо Поп Лебед Козл Новик Мороз Петр Волк Соловь Васил Зайц Павл Семён Голуб
		Виноград Богдан Воробь Фёдор Михайл Беля Тарас Бел Комар Орл Киселё Макар Андре Ковал Ильи Гусе Титар Кузьм
		Кудряв Баран Кулик Алексе Степан Яковл Сорокин Серге Роман Захар Борис Корол Герасим Пономар Григорь Лазар
		Медвед Ерш Никит Собол Ряб Поляк Цвет Данил Жук Фрол Журавл Никола Крыл Максим Сидор Осип Белоус Федот
		Дорофе Егор Матве Бобр Дмитри Калин Анисим Петух Антон Тимофе Никифор Весел Филипп Марк Больш Сухан Мирон`
	crowdEnds  = `ов ев ин овский ченко ук анов ихин ёнков`
	crowdMen   = `Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Николай Владимир Пётр Павел Роман Олег Игорь Артём Кирилл Денис Антон Руслан Тимур Юрий Виктор Борис Глеб Лев Яков Ербол Нұрлан Әлихан Қайрат`
	crowdWomen = `Анна Мария Елена Ольга Наталья Наталия Екатерина Татьяна Ирина Светлана Юлия Анастасия Дарья Ксения Марина Вера Надежда Любовь Галина Лидия Зоя Инна Яна Әлия Гүлнәр Динара Айгүл Сауле Жанна Софья Полина Алла`
	crowdKazak = `Нұрланов Сейітов Қасымов Оспанов Әбдіров Жұмабаев Мұратов Ахметов Төлегенов Бекмұхамбетов Ысқақов Өтегенов Үсенов Ғабитов`
)

// pick takes the first words of a list oftener than the last.
func (c *crowd) pick(list string) string {
	words := strings.Fields(list)
	x := c.rng.Float64()
	if c.rng.IntN(3) == 0 {
		x *= x
	}
	return words[int(float64(len(words))*x)]
}

// surname glues a stem, for every second a syllable, and an ending.
func (c *crowd) surname(woman bool) string {
	if c.rng.IntN(12) == 0 {
		s := c.pick(crowdKazak)
		if woman {
			s += "а"
		}
		return s
	}
	stem := c.pick(crowdStems)
	if c.rng.IntN(3) == 0 {
		stem += c.pick("ал он ер иш ад уш ель ар ав ос ун ец ик ат ем")
	}
	s := stem + c.pick(crowdEnds)
	switch {
	case !woman || strings.HasSuffix(s, "о") || strings.HasSuffix(s, "к"):
	case strings.HasSuffix(s, "ий"):
		s = strings.TrimSuffix(s, "ий") + "ая"
	default:
		s += "а"
	}
	return s
}

func (c *crowd) patronymic(woman bool) string {
	stem := strings.TrimRight(c.pick(crowdMen), "йь")
	if woman {
		return stem + "овна"
	}
	return stem + "ович"
}

func (c *crowd) patient() clinic.Patient {
	r := c.rng
	woman := r.IntN(2) == 0
	p := clinic.Patient{Sex: clinic.Male}
	p.Family, p.Given, p.Patronymic = c.surname(woman), c.pick(crowdMen), c.patronymic(woman)
	if woman {
		p.Sex, p.Given = clinic.Female, c.pick(crowdWomen)
		if r.IntN(4) == 0 {
			p.FormerNames = []clinic.FormerName{{Name: clinic.Name{Family: c.surname(true)}, Kind: "maiden"}}
		}
	}
	if r.IntN(15) == 0 {
		p.Patronymic = ""
	}
	p.BirthDate = clinic.Date(fmt.Sprintf("%04d-%02d-%02d", 1935+r.IntN(90), 1+r.IntN(12), 1+r.IntN(28)))
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + r.IntN(10))
		}
		return string(b)
	}
	p.SNILS, p.Policy = digits(11), digits(16)
	if r.IntN(2) == 0 {
		p.TaxNumber = digits(12)
	}
	phone := "+79" + digits(9)
	p.Contacts = []clinic.Contact{{Kind: "phone", Value: phone, E164: phone, Use: "mobile"}}
	p.Documents = []clinic.Document{{Type: "passport", Series: fmt.Sprintf("%02d%02d", 1+r.IntN(80), r.IntN(25)), Number: digits(6)}}
	p.Addresses = []clinic.Address{{Use: "residence", City: "Казань", Street: c.surname(false), House: digits(2), Flat: digits(2)}}
	return p
}

// register stores n people in transactions of a thousand.
func (c *crowd) register(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for n > 0 {
		batch := min(n, 1000)
		n -= batch
		err := s.Update(context.Background(), journal.Act{Intent: "test.register"}, func(tx *store.Tx) error {
			for range batch {
				p := c.patient()
				if err := tx.PutPatient(&p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
