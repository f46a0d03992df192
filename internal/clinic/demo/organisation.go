package demo

import (
	"time"

	"feldsher/internal/clinic"
)

// Organisation gives the demo clinic, plainly made up; the id never depends on a
// seed.
func Organisation(country clinic.Country) clinic.Organisation {
	o := clinic.Organisation{
		Title: "ООО «Демонстрационная клиника “Образец”» (вымышленная)", Country: clinic.Russia,
		Address: "420000, Республика Татарстан, г. Казань, ул. Примерная, д. 1", Phone: "+7 943 000-00-01",
		Email: "clinic@example.org", Licence: "Демонстрационная лицензия № ЛО-00-00-000000 (не существует)",
		TaxID: innOrganisation("160000000"), Zone: "Europe/Moscow", Language: "ru", Patients: 100_000,
	}
	if country == clinic.Kazakhstan {
		o.Title = "ЖШС «“Үлгі” көрсетілім клиникасы» (ойдан шығарылған)"
		o.Country = clinic.Kazakhstan
		o.Address = "100000, Қарағанды облысы, Қарағанды қ., Үлгі көшесі, 1"
		o.Phone, o.Licence = "+7 763 000-00-01", "Көрсетілім лицензиясы № 00000000 (жоқ құжат)"
		o.TaxID = bin(time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), 0)
		o.Zone, o.Language = "Asia/Almaty", "kk"
	}
	o.ID = fixed("organisation/" + string(country))
	return o
}
