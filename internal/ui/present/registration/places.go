package registration

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/translations"
)

// countries whose citizens come most, by ISO 3166-1; any other is written in words.
var countries = []string{"RUS", "KAZ", "BLR", "KGZ", "UZB", "TJK", "ARM", "AZE", "TKM", "MDA", "UKR", "GEO", "MNG", "CHN", "TUR", "DEU", "IND"}

// countryWord gives the name of a country for its code, and anything else as it is.
func (f *Form) countryWord(code string) string {
	if slices.Contains(countries, code) {
		return f.s.T("registration_country_" + code)
	}
	return code
}

// countryCode gives the code for a country's name in any of our languages.
func (f *Form) countryCode(text string) string {
	for _, code := range countries {
		if strings.EqualFold(text, code) {
			return code
		}
		for _, lang := range translations.Languages {
			if fold.Text(text) == fold.Text(translations.T(lang, "registration_country_"+code)) {
				return code
			}
		}
	}
	return text
}

// suggestions is the most that hang below a field.
const suggestions = 8

// Suggest gives what may be meant by what stands in a field: those that begin with
// it first, then those in which a word does. A field without suggestions gives nil.
func (f *Form) Suggest(path, text string) []string {
	list, _, name := split(path)
	var all []string
	kz := f.s.Clinic.Country == clinic.Kazakhstan
	switch {
	case name == "citizenship" || name == "country":
		first := "RUS"
		if kz {
			first = "KAZ"
		}
		all = []string{f.countryWord(first)}
		for _, code := range countries {
			if code != first {
				all = append(all, f.countryWord(code))
			}
		}
	case name == "region" && kz:
		all = regionsKZ
	case name == "region":
		all = regionsRU
	case name == "city" && kz:
		all = append(slices.Clone(citiesKZ), citiesRU...)
	case name == "city":
		all = append(slices.Clone(citiesRU), citiesKZ...)
	case name == "insurer" && !kz:
		all = insurersRU
	case name == "issuer" && kz:
		all = issuersKZ
	case name == "issuer":
		all = issuersRU
	case list == "representatives" && name == "basis_type":
		for _, code := range []string{"birth", "passport", "guardianship", "court", "adoption", "power"} {
			all = append(all, f.s.T("registration_basis_"+code))
		}
	}
	return like(all, text)
}

func like(all []string, text string) []string {
	want := fold.Text(text)
	var first, then []string
	for _, s := range all {
		have := fold.Text(s)
		switch {
		case want == "" || strings.HasPrefix(have, want):
			first = append(first, s)
		case strings.Contains(" "+have, " "+want):
			then = append(then, s)
		}
	}
	out := append(first, then...)
	if len(out) == 1 && fold.Text(out[0]) == want {
		return nil // it stands there already
	}
	return out[:min(len(out), suggestions)]
}

// The subjects of the Russian Federation as people type them, those of Kazakhstan
// after the changes of 2022, and towns with more than about two hundred thousand
// people, by name: what a clinic's own list would begin with.
var (
	regionsRU = lines(`Адыгея|Алтай|Алтайский край|Амурская область|Архангельская область|Астраханская область|Башкортостан|Белгородская область|Брянская область|Бурятия|Владимирская область|Волгоградская область|Вологодская область|Воронежская область|Дагестан|Еврейская автономная область|Забайкальский край|Ивановская область|Ингушетия|Иркутская область|Кабардино-Балкария|Калининградская область|Калмыкия|Калужская область|Камчатский край|Карачаево-Черкесия|Карелия|Кемеровская область — Кузбасс|Кировская область|Коми|Костромская область|Краснодарский край|Красноярский край|Курганская область|Курская область|Ленинградская область|Липецкая область|Магаданская область|Марий Эл|Мордовия|Москва|Московская область|Мурманская область|Ненецкий автономный округ|Нижегородская область|Новгородская область|Новосибирская область|Омская область|Оренбургская область|Орловская область|Пензенская область|Пермский край|Приморский край|Псковская область|Ростовская область|Рязанская область|Самарская область|Санкт-Петербург|Саратовская область|Саха (Якутия)|Сахалинская область|Свердловская область|Севастополь|Северная Осетия — Алания|Смоленская область|Ставропольский край|Тамбовская область|Татарстан|Тверская область|Томская область|Тульская область|Тыва|Тюменская область|Удмуртия|Ульяновская область|Хабаровский край|Хакасия|Ханты-Мансийский автономный округ — Югра|Челябинская область|Чечня|Чувашия|Чукотский автономный округ|Ямало-Ненецкий автономный округ|Ярославская область`)
	regionsKZ = lines(`Абайская область|Акмолинская область|Актюбинская область|Алматинская область|Алматы|Астана|Атырауская область|Восточно-Казахстанская область|Жамбылская область|Жетысуская область|Западно-Казахстанская область|Карагандинская область|Костанайская область|Кызылординская область|Мангистауская область|Павлодарская область|Северо-Казахстанская область|Туркестанская область|Улытауская область|Шымкент`)
	citiesRU  = lines(`Москва|Санкт-Петербург|Новосибирск|Екатеринбург|Казань|Нижний Новгород|Красноярск|Челябинск|Самара|Уфа|Ростов-на-Дону|Краснодар|Омск|Воронеж|Пермь|Волгоград|Саратов|Тюмень|Тольятти|Барнаул|Ижевск|Махачкала|Хабаровск|Ульяновск|Иркутск|Владивосток|Ярославль|Кемерово|Томск|Набережные Челны|Ставрополь|Оренбург|Новокузнецк|Рязань|Балашиха|Пенза|Чебоксары|Липецк|Калининград|Астрахань|Тула|Киров|Сочи|Курск|Улан-Удэ|Тверь|Магнитогорск|Сургут|Брянск|Иваново|Якутск|Владимир|Белгород|Нижний Тагил|Калуга|Чита|Грозный|Волжский|Смоленск|Подольск|Саранск|Вологда|Курган|Череповец|Орёл|Архангельск|Владикавказ|Нижневартовск|Йошкар-Ола|Стерлитамак|Мурманск|Кострома|Новороссийск|Тамбов|Химки|Мытищи|Нальчик|Таганрог|Нижнекамск|Благовещенск|Комсомольск-на-Амуре|Петрозаводск|Люберцы|Королёв|Энгельс|Великий Новгород|Шахты|Братск|Сыктывкар|Ангарск|Старый Оскол|Дзержинск|Псков|Красногорск|Орск|Одинцово|Абакан|Армавир|Балаково|Бийск|Южно-Сахалинск|Норильск|Прокопьевск|Рыбинск|Волгодонск|Сызрань|Петропавловск-Камчатский|Каменск-Уральский|Новочеркасск|Альметьевск|Златоуст|Северодвинск|Хасавюрт|Керчь|Симферополь|Севастополь|Миасс|Копейск|Пятигорск|Электросталь|Майкоп|Находка|Березники|Коломна|Щёлково|Серпухов|Ковров|Нефтекамск|Кисловодск|Батайск|Рубцовск|Обнинск|Кызыл|Дербент|Нефтеюганск|Назрань|Каспийск|Долгопрудный|Новочебоксарск|Ессентуки|Невинномысск|Октябрьский|Раменское|Первоуральск|Михайловск|Реутов|Черкесск|Жуковский|Димитровград|Пушкино|Артём|Камышин|Евпатория|Муром|Ханты-Мансийск|Новый Уренгой|Северск|Орехово-Зуево|Арзамас|Ногинск|Новошахтинск|Бердск|Элиста|Торжок|Ржев|Вышний Волочёк|Кимры`)
	citiesKZ  = lines(`Астана|Алматы|Шымкент|Актобе|Караганда|Тараз|Усть-Каменогорск|Павлодар|Семей|Атырау|Кызылорда|Актау|Костанай|Уральск|Туркестан|Петропавловск|Кокшетау|Темиртау|Талдыкорган|Экибастуз|Рудный|Жезказган|Жанаозен|Балхаш|Каскелен|Кентау|Сатпаев|Қонаев|Степногорск|Щучинск|Риддер|Аксу|Жаркент|Сарыагаш|Аркалык|Лисаковск|Шу|Хромтау|Байконур`)
	// Insurers of compulsory medical insurance by their usual short names.
	insurersRU = lines(`СОГАЗ-Мед|Капитал МС|АльфаСтрахование-ОМС|МАКС-М|Ингосстрах-М|РЕСО-Мед|АСП ОМС|Чулпан-Мед`)
	issuersRU  = lines(`ГУ МВД России по г. Москве|ГУ МВД России по Московской области|ГУ МВД России по г. Санкт-Петербургу и Ленинградской области|УМВД России по |ГУ МВД России по |МВД по Республике |ОВД |отдел ЗАГС |МФЦ `)
	issuersKZ  = lines(`МВД РК|Министерство внутренних дел РК|Министерство юстиции РК|РАГС |ЦОН `)
)

func lines(s string) []string { return strings.Split(s, "|") }
