package demo

import (
	"fmt"

	"feldsher/internal/clinic"
)

// crew is the staff by what they do.
type crew struct {
	head, therapist, district, paediatrician, gynaecologist, feldsher, nurse, reception int
	all                                                                                 []clinic.Staff
}

// Staff gives the demo clinic's staff; the ids never depend on a seed.
func Staff(country clinic.Country) []clinic.Staff { return newCrew(country).all }

type post struct {
	family, given, patronymic, login, position, speciality string
	roles                                                  []clinic.Role
}

var posts = map[clinic.Country][]post{
	clinic.Russia: {
		{"Образцова", "Вера", "Павловна", "obraztsova", "главный врач", "организация здравоохранения", []clinic.Role{clinic.Head, clinic.Doctor, clinic.Administrator}},
		{"Примеров", "Андрей", "Сергеевич", "primerov", "врач-терапевт", "терапия", []clinic.Role{clinic.Doctor}},
		{"Хайруллина", "Лейсан", "Маратовна", "khairullina", "врач-терапевт участковый", "терапия", []clinic.Role{clinic.Doctor}},
		{"Ромашкина", "Ольга", "Дмитриевна", "romashkina", "врач-педиатр участковый", "педиатрия", []clinic.Role{clinic.Doctor}},
		{"Ласточкина", "Ирина", "Викторовна", "lastochkina", "врач-акушер-гинеколог", "акушерство и гинекология", []clinic.Role{clinic.Doctor}},
		{"Полевой", "Николай", "Иванович", "polevoy", "фельдшер", "лечебное дело", []clinic.Role{clinic.Feldsher}},
		{"Снегирёва", "Татьяна", "Юрьевна", "snegireva", "медицинская сестра участковая", "сестринское дело", []clinic.Role{clinic.Nurse}},
		{"Журавлёва", "Марина", "Олеговна", "zhuravleva", "медицинский регистратор", "", []clinic.Role{clinic.Reception}},
	},
	clinic.Kazakhstan: {
		{"Үлгібаева", "Сәуле", "Бақытқызы", "ulgibaeva", "бас дәрігер", "денсаулық сақтауды ұйымдастыру", []clinic.Role{clinic.Head, clinic.Doctor, clinic.Administrator}},
		{"Мысалов", "Ерлан", "Серікұлы", "mysalov", "врач-терапевт", "терапия", []clinic.Role{clinic.Doctor}},
		{"Ким", "Светлана", "Владимировна", "kim", "врач общей практики", "общая врачебная практика", []clinic.Role{clinic.Doctor}},
		{"Бәйшешекова", "Айгүл", "Нұрланқызы", "baisheshekova", "дәрігер-педиатр", "педиатрия", []clinic.Role{clinic.Doctor}},
		{"Примерова", "Ирина", "Викторовна", "primerova", "врач-акушер-гинеколог", "акушерство и гинекология", []clinic.Role{clinic.Doctor}},
		{"Далабаев", "Марат", "Қанатұлы", "dalabaev", "фельдшер", "лечебное дело", []clinic.Role{clinic.Feldsher}},
		{"Қарлығашева", "Динара", "Асқарқызы", "karlygasheva", "мейіргер", "мейіргер ісі", []clinic.Role{clinic.Nurse}},
		{"Шмидт", "Эльвира", "Андреевна", "shmidt", "медицинский регистратор", "", []clinic.Role{clinic.Reception}},
	},
}

func newCrew(country clinic.Country) crew {
	c := crew{head: 0, therapist: 1, district: 2, paediatrician: 3, gynaecologist: 4, feldsher: 5, nurse: 6, reception: 7}
	for i, p := range posts[country] {
		s := clinic.Staff{
			Name:  clinic.Name{Family: p.family, Given: p.given, Patronymic: p.patronymic},
			Login: p.login, Roles: p.roles, Position: p.position, Speciality: p.speciality, Active: true,
		}
		s.ID = fixed(fmt.Sprintf("staff/%s/%d", country, i))
		if country == clinic.Russia {
			s.SNILS = snils(99_000_000 + i)
		}
		if i != c.reception {
			s.Licence = fmt.Sprintf("аккредитация ДЕМО-%04d, до 31.12.2029", 100+i)
		}
		if i == c.feldsher {
			s.Order = "приказ № 1-Д от 09.01.2024: приём, диагностика и назначение лекарств при неотложных и острых состояниях, бессрочно"
		}
		c.all = append(c.all, s)
	}
	return c
}
