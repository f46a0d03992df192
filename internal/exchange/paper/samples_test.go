package paper_test

import (
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/paper"
	"feldsher/translations"
)

// The people and clinics here are invented.

var (
	yekaterinburg = time.FixedZone("", 5*3600)
	printed       = at("2026-03-16T06:30:00Z")
)

func at(s string) clinic.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return clinic.TimeOf(t)
}

func id(n byte) clinic.ID {
	return clinic.ID{0x01, 0x9c, 0xd0, 0x5e, 0x41, 0x10, 0x7a, 0x3b, 0x8c, 0x22, 0x10, 0x20, 0x30, 0x40, 0x50, n}
}

func digest() []byte {
	d := make([]byte, 32)
	for i := range d {
		d[i] = byte(i*37 + 11)
	}
	return d
}

func samples() map[string]paper.ProtocolPaper {
	return map[string]paper.ProtocolPaper{
		"ordinary":   ordinary(),
		"long":       long(),
		"kazakh":     kazakh(),
		"minimal":    minimal(),
		"amended":    amended(),
		"newborn":    newborn(),
		"unprinted":  hostile(),
		"electronic": electronic(),
	}
}

func ordinary() paper.ProtocolPaper {
	return paper.ProtocolPaper{
		Organisation: clinic.Organisation{
			Title: "Клиника «Берёзовая роща»", Country: clinic.Russia,
			Address: "620014, Екатеринбург, ул. Примерная, д. 7", Phone: "+7 343 200-00-00", Email: "priem@clinic.example",
			Licence: "Лицензия № Л041-00000-66/00000000 от 18.11.2019, выдана Министерством здравоохранения Свердловской области",
			TaxID:   "6670000000",
		},
		Patient: clinic.Patient{
			Name:       clinic.Name{Family: "Тестова", Given: "Анна", Patronymic: "Сергеевна"},
			CaseNumber: "А-000123", Sex: clinic.Female, BirthDate: "1980-05-17",
		},
		Visit: clinic.Visit{
			Kind: "clinic", CareFrom: at("2026-03-12T09:30:00Z"), CareUntil: at("2026-03-12T09:55:00Z"),
			Entered: at("2026-03-12T09:40:00Z"), Status: clinic.VisitDone, StaffName: "Иванова А. П.",
			Observations: []clinic.Observation{
				vital("8480-6", "Систолическое давление", "148", "mm[Hg]", "", "140", "H"),
				vital("8462-4", "Диастолическое давление", "92", "mm[Hg]", "", "90", "H"),
				vital("8867-4", "Пульс", "82", "/min", "60", "90", ""),
				vital("8310-5", "Температура", "36.8", "Cel", "36.0", "37.2", ""),
				vital("59408-5", "Сатурация", "97", "%", "95", "", ""),
			},
			Diagnoses: []clinic.Diagnosis{
				{
					Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9", Version: "2.27", Name: "Острая инфекция верхних дыхательных путей неуточнённая"},
					Rank:   "concomitant", Stage: "final", Onset: "first",
				},
				{
					Coding: clinic.Coding{System: clinic.ICD10, Code: "I11.9", Version: "2.27", Name: "Гипертензивная болезнь с преимущественным поражением сердца без застойной сердечной недостаточности"},
					Text:   "Гипертоническая болезнь II стадии, риск 3. Целевое АД < 130/80", Rank: "main", Stage: "final", Onset: "known",
				},
			},
			Prescriptions: []clinic.Prescription{
				{
					INN: "Периндоприл", Trade: "Престариум А", Form: "таблетки", Dose: "5", DoseUnit: "mg", Route: "внутрь",
					Frequency: "1 раз в день утром", Duration: "3 месяца", Quantity: "90", QuantityUnit: "таб.", Status: "active",
				},
				{
					INN: "Парацетамол", Form: "таблетки", Dose: "500", DoseUnit: "mg", Route: "внутрь", Frequency: "при температуре ≥ 38,5 °C",
					Directions: "Не больше 4 раз в сутки, между приёмами не меньше 6 часов.", Status: "active",
				},
			},
			Orders: []clinic.Order{
				{Kind: "laboratory", Text: "Липидный профиль натощак", Status: "ordered"},
				{Kind: "laboratory", Text: "Креатинин, калий", Status: "done"},
				{Kind: "examination", Text: "ЭКГ в 12 отведениях", Coding: clinic.Coding{System: "http://loinc.org", Code: "11524-6", Name: "EKG study"}, Status: "ordered"},
				{Kind: "regimen", Text: "Поваренной соли не больше 5 г в сутки, ходьба не меньше 30 минут в день, дневник давления утром и вечером", Status: "ordered"},
				{Kind: "referral", Text: "Вычеркнутое направление", Status: "ordered", Record: clinic.Record{Deleted: 1}},
			},
		},
		Protocol: clinic.Protocol{
			Record: clinic.Record{ID: id(1)}, Title: "Осмотр терапевта", Lang: "ru", Version: 1, Status: clinic.ProtocolSigned,
			Shape: []clinic.Field{
				{Key: "complaints", Label: "Жалобы", Type: "longtext", Required: true},
				{Key: "anamnesis", Label: "Анамнез заболевания", Type: "longtext"},
				{Key: "status", Label: "Объективно", Type: "heading"},
				{Key: "state", Label: "Общее состояние", Type: "choice", Choices: []string{"удовлетворительное", "средней тяжести"}},
				{Key: "weight", Label: "Масса тела", Type: "number", Unit: "kg"},
				{Key: "throat", Label: "Зев", Type: "text"},
				{Key: "lungs", Label: "Аускультация лёгких", Type: "multichoice"},
				{Key: "edema", Label: "Отёки", Type: "bool"},
				{Key: "empty", Label: "Не заполнялось", Type: "text"},
				{Key: "next", Label: "Заключение", Type: "heading"},
				{Key: "advice", Label: "Рекомендации", Type: "longtext"},
				{Key: "sick", Label: "Явка", Type: "date"},
			},
			Values: map[string]string{
				"complaints": "Головная боль в затылке по утрам, насморк, першение в горле с 10 марта; температуру дома не мерила.",
				"anamnesis":  "АД повышается около трёх лет, наибольшее 170/100. Лечится нерегулярно: периндоприл пьёт, «когда плохо». Заболела три дня назад после поездки в поезде. Аллергии на лекарства нет. Курит 10 сигарет в день ≈ 20 лет.",
				"state":      "удовлетворительное", "weight": "78.4", "throat": "умеренная гиперемия, налётов нет",
				"lungs": "дыхание везикулярное\nхрипов нет", "edema": "false",
				"advice": "Вести дневник АД утром и вечером.\nСоль ≤ 5 г в сутки, ходьба 30 минут в день → явка с дневником.\nВызвать врача на дом, если температура держится дольше трёх дней.",
				"sick":   "2026-03-26",
			},
			Original: "paper", Signed: at("2026-03-12T10:02:31Z"), Signer: id(9), SignerName: "Иванова Анна Петровна",
			SignerPost: "врач-терапевт участковый", Digest: digest(), Signature: make([]byte, 64),
		},
		Zone: yekaterinburg, Lang: translations.Russian, Printed: printed,
	}
}

func vital(code, name, value, unit, low, high, flag string) clinic.Observation {
	return clinic.Observation{
		Kind: "vital", Coding: clinic.Coding{System: "http://loinc.org", Code: code, Name: name},
		Value: clinic.Decimal(value), Unit: unit, Low: clinic.Decimal(low), High: clinic.Decimal(high), Flag: flag,
	}
}

func long() paper.ProtocolPaper {
	d := ordinary()
	p := &d.Protocol
	p.Record.ID = id(2)
	p.Title = "Комиссионное заключение по результатам углублённого обследования, включая консультации кардиолога, невролога и офтальмолога"
	d.Visit.Late, d.Visit.Entered = true, at("2026-03-13T04:10:00Z")
	p.Shape = append(p.Shape,
		clinic.Field{Key: "consult", Label: "Консультации", Type: "heading"},
		clinic.Field{Key: "cardio", Label: "Кардиолог", Type: "longtext"},
		clinic.Field{Key: "neuro", Label: "Невролог", Type: "longtext"},
		clinic.Field{Key: "list", Label: "Исследования, которые нужно пройти до следующей явки", Type: "multichoice"},
		clinic.Field{Key: "must", Label: "Группа здоровья", Type: "choice", Required: true},
	)
	passage := "При осмотре сознание ясное, положение активное, кожа обычной окраски. Тоны сердца приглушены, ритмичные, акцент II тона над аортой; шумов нет. Границы относительной тупости расширены влево на 1 см. Пульсация на артериях стоп сохранена. "
	p.Values["cardio"] = strings.Repeat(passage, 16)
	p.Values["neuro"] = strings.Repeat("Черепные нервы без особенностей, глазные щели D = S, нистагма нет.\nСухожильные рефлексы живые, равные; патологических знаков нет. Координаторные пробы выполняет уверенно.\n", 14)
	p.Values["list"] = "общий анализ крови с лейкоцитарной формулой\nкреатинин крови с расчётом скорости клубочковой фильтрации\nсуточное мониторирование артериального давления\nэхокардиография"
	p.Values["stray"] = "Значение поля, которого в форме уже нет, но которое было подписано."
	return d
}

func kazakh() paper.ProtocolPaper {
	d := ordinary()
	d.Organisation = clinic.Organisation{
		Title: "«Шипагер» дәрігерлік амбулаториясы", Country: clinic.Kazakhstan, Address: "050000, Алматы қ., Үлгі көшесі, 12-үй",
		Phone: "+7 727 300-00-00", Licence: "Медициналық қызметке № 00000000DX лицензиясы, 04.02.2021 ж.", TaxID: "000140000000",
	}
	d.Patient = clinic.Patient{
		Name:       clinic.Name{Family: "Сынақбаева", Given: "Әсем", Patronymic: "Өмірқызы"},
		CaseNumber: "Қ-000017", Sex: clinic.Female, BirthDate: "2024-11-02",
	}
	d.Visit = clinic.Visit{
		Kind: "home", CareFrom: at("2026-03-12T04:30:00Z"), Entered: at("2026-03-12T11:05:00Z"), Late: true,
		StaffName: "Үлгиева Ғ. Қ.",
		Observations: []clinic.Observation{
			vital("8310-5", "Дене қызуы", "38.1", "Cel", "36.0", "37.2", "H"),
			vital("8867-4", "Тамыр соғуы", "124", "/min", "90", "140", ""),
		},
		Diagnoses: []clinic.Diagnosis{{
			Coding: clinic.Coding{System: clinic.ICD10, Code: "J00", Version: "builtin-1", Name: "Жедел мұрын-жұтқыншақ қабынуы (тұмау)"},
			Rank:   "main", Stage: "preliminary", Onset: "first",
		}},
		Prescriptions: []clinic.Prescription{{
			INN: "Парацетамол", Form: "суспензия 120 мг/5 мл", Dose: "6.5", DoseUnit: "ml", Route: "ішке", Frequency: "қызу 38,5 °C-тан асса, тәулігіне 4 реттен артық емес",
			Duration: "3 күн", Status: "active",
		}},
		Orders: []clinic.Order{{Kind: "procedure", Text: "Мұрынды тұзды ерітіндімен шаю, күніне 3 рет", Status: "refused"}},
	}
	d.Protocol = clinic.Protocol{
		Record: clinic.Record{ID: id(3)}, Title: "Фельдшердің үйге баруы", Lang: "kk", Version: 1, Status: clinic.ProtocolSigned,
		Shape: []clinic.Field{
			{Key: "complaints", Label: "Шағымдары", Type: "longtext"},
			{Key: "fever", Label: "Қызуы көтерілген күн", Type: "date"},
			{Key: "contact", Label: "Науқаспен қарым-қатынас болған", Type: "bool"},
			{Key: "weight", Label: "Салмағы", Type: "number", Unit: "kg"},
			{Key: "price", Label: "Қызмет ақысы", Type: "text"},
		},
		Values: map[string]string{
			"complaints": "Анасының айтуынша: мұрнының бітелуі, жөтел, тәбетінің төмендеуі, екі күннен бері мазасыз. Құсу, іш өту жоқ. Әріптер: Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і.",
			"fever":      "2026-03-11", "contact": "true", "weight": "11.2", "price": "4 500 ₸",
		},
		Original: "paper", Scan: id(40), Signed: at("2026-03-12T11:20:00Z"), SignerName: "Үлгиева Ғалия Қайратқызы", SignerPost: "фельдшер",
		Digest: digest(), Signature: make([]byte, 64),
	}
	d.Zone, d.Lang = time.FixedZone("", 5*3600), translations.Kazakh
	return d
}

func minimal() paper.ProtocolPaper {
	return paper.ProtocolPaper{
		Organisation: clinic.Organisation{Title: "ФАП с. Ключи", Country: clinic.Russia},
		Patient:      clinic.Patient{NameUnknown: true, Sex: clinic.SexUnknown, BirthDate: "1960", CaseNumber: "Б-000002"},
		Visit:        clinic.Visit{CareFrom: at("2026-01-05T20:15:00Z")},
		Protocol: clinic.Protocol{
			Record: clinic.Record{ID: id(4)}, Lang: "ru", Version: 1, Status: clinic.ProtocolDraft,
			Shape:  []clinic.Field{{Key: "text", Label: "Заключение", Type: "longtext", Required: true}},
			Values: map[string]string{},
		},
		Printed: at("2026-01-06T03:00:00Z"),
	}
}

func amended() paper.ProtocolPaper {
	d := ordinary()
	before := d.Protocol
	d.Amended = &before
	d.Lang = translations.English
	d.Organisation.Title, d.Organisation.Address = "Birch Grove Clinic", "7 Sample Street, Yekaterinburg 620014"
	d.Organisation.Licence = "Licence no. L041-00000-66/00000000 of 18 November 2019"
	d.Patient.Name = clinic.Name{Family: "Testova", Given: "Anna"}
	d.Visit.StaffName = "A. Ivanova"
	d.Visit.Prescriptions, d.Visit.Orders, d.Visit.Observations = nil, nil, d.Visit.Observations[2:4]
	d.Visit.Observations[0].Name, d.Visit.Observations[1].Name = "Pulse", "Temperature"
	d.Visit.Diagnoses = []clinic.Diagnosis{{
		Coding: clinic.Coding{System: "http://snomed.info/sct", Code: "195662009", Name: "Acute viral pharyngitis"}, Rank: "main", Stage: "final",
	}}
	before.SignerName = "A. Ivanova"
	p := &d.Protocol
	p.Record.ID, p.Amends, p.Version, p.Lang = id(5), id(1), 2, "en"
	p.Why = "The weight was typed for another patient."
	p.Title = "General practitioner’s examination"
	p.Shape = []clinic.Field{
		{Key: "complaints", Label: "Complaints", Type: "longtext"},
		{Key: "weight", Label: "Weight", Type: "number", Unit: "kg"},
		{Key: "seen", Label: "Next visit", Type: "date"},
	}
	p.Values = map[string]string{"complaints": "Sore throat for three days.", "weight": "71.5", "seen": "2026-03-26"}
	p.Signed, p.SignerName, p.SignerPost = at("2026-03-14T05:12:00Z"), "Anna Ivanova", "general practitioner"
	return d
}

func newborn() paper.ProtocolPaper {
	d := minimal()
	d.Patient = clinic.Patient{
		Name: clinic.Name{Family: "Тестова"}, Sex: clinic.Male, BirthDate: "2026-01-06", BirthTime: "01:40", BirthOrder: 2, CaseNumber: "Б-000003",
	}
	d.Visit.CareFrom = at("2026-01-06T05:00:00Z")
	d.Visit.Status, d.Visit.Struck = clinic.VisitStruck, "записано не в ту карту"
	d.Protocol.Values["text"] = "Осмотрен в первые часы жизни."
	d.Protocol.Status, d.Protocol.Signed, d.Protocol.SignerName = clinic.ProtocolSigned, at("2026-01-06T05:30:00Z"), "Образцова М. И."
	later := clinic.Protocol{Version: 3, Signed: at("2026-01-07T05:30:00Z")}
	d.Superseded = &later
	return d
}

// hostile holds what no font has and what breaks naive printers.
func hostile() paper.ProtocolPaper {
	d := minimal()
	d.Patient.Name = clinic.Name{Family: "Очень" + strings.Repeat("длиннаяфамилия", 12), Given: "شيماء", Patronymic: "\x00\x07"}
	d.Protocol.Title = "Знаки {nb} 😀 (скобка \\ )"
	d.Protocol.Shape = []clinic.Field{
		{Key: "emoji", Label: "Эмодзи 😀", Type: "text"},
		{Key: "arabic", Label: "Арабский, иврит, китайский", Type: "longtext"},
		{Key: "math", Label: "Знаки", Type: "longtext"},
		{Key: "tabs", Label: "Табуляция", Type: "longtext"},
		{Key: "soft", Label: "Переносы", Type: "longtext"},
		{Key: "marks", Label: "Ударения", Type: "longtext"},
		{Key: "broken", Label: "Битые байты", Type: "longtext"},
		{Key: "word", Label: "Слово без пробелов", Type: "longtext"},
		{Key: "date", Label: "Не дата", Type: "date"},
		{Key: "bool", Label: "Не да и не нет", Type: "bool"},
		{Key: "number", Label: "Не число", Type: "number", Unit: "kg"},
	}
	d.Protocol.Values = map[string]string{
		"emoji":  "сердце ❤️, семья 👨‍👩‍👧, \U0001F9EA",
		"arabic": "السلام عليكم — שלום — 你好",
		"math":   "≤ ≥ ± × ÷ ≈ ≠ → ← ↑ ↓ √ ∅ ∞ µ α β ½ ° № ₸ ₽ € “” „“ «» … ‰",
		"tabs":   "раз\tдва\r\nтри\rчетыре\u2028пять",
		"soft":   strings.Repeat("рентген\u00ADэлектро\u00ADкардио\u00ADграфия ", 8),
		"marks":  "за\u0301мок, замо\u0301к, и\u0306од, е\u0308лка",
		"broken": "а\xff\xfeб\xed\xa0\x80в",
		"word":   strings.Repeat("щ", 400),
		"date":   "завтра", "bool": "может быть", "number": "около 5",
	}
	return d
}

func electronic() paper.ProtocolPaper {
	d := ordinary()
	d.Protocol.Original, d.Protocol.Qualified = "electronic", id(41)
	d.Visit.Observations, d.Visit.Prescriptions, d.Visit.Diagnoses, d.Visit.Orders = nil, nil, nil, nil
	return d
}

func phrase() paper.RecoveryPaper {
	words := strings.Fields(`берег ветер гора дождь ежевика журавль зерно игла камень лодка мороз небо
		облако песок река снег трава улица флаг хлеб цветок чайка шалаш яблоко`)
	return paper.RecoveryPaper{Organisation: ordinary().Organisation, Words: words, Zone: yekaterinburg, Lang: translations.Russian, Made: printed}
}
