package demo

import "feldsher/internal/clinic"

// Templates gives the demo clinic's protocols: therapist, paediatrician and a
// feldsher's call, each in Russian and Kazakh. Values of bool fields are "true"
// and "false", of dates ISO, of numbers decimals with a point.
func Templates() []clinic.Template {
	return []clinic.Template{
		template("therapist", "ru"), template("paediatrician", "ru"), template("feldsher", "ru"),
		template("therapist", "kk"), template("paediatrician", "kk"), template("feldsher", "kk"),
	}
}

// places of the templates in the list of one language.
const (
	byTherapist = iota
	byPaediatrician
	byFeldsher
	perLanguage
)

func template(kind, lang string) clinic.Template {
	l := index(lang == "kk")
	t := clinic.Template{Lang: lang, Version: 1, Active: true}
	t.ID = fixed("template/" + kind + "/" + lang)
	switch kind {
	case "therapist":
		t.Title = [...]string{"Осмотр врача-терапевта", "Терапевт дәрігердің қарауы"}[l]
		t.Speciality = "терапия"
		t.Fields = join(subjective(l), adultVitals(l), conclusion(l), disability(l))
	case "paediatrician":
		t.Title = [...]string{"Осмотр врача-педиатра", "Педиатр дәрігердің қарауы"}[l]
		t.Speciality = "педиатрия"
		t.Fields = join(subjective(l), childVitals(l), conclusion(l))
	default:
		t.Title = [...]string{"Вызов фельдшера", "Фельдшерді шақыру"}[l]
		t.Speciality = "лечебное дело"
		t.Fields = join(call(l), subjective(l), adultVitals(l), conclusion(l), outcome(l))
	}
	return t
}

func join(parts ...[]clinic.Field) []clinic.Field {
	var out []clinic.Field
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func field(l int, key, kind, ru, kk string) clinic.Field {
	return clinic.Field{Key: key, Type: kind, Label: [...]string{ru, kk}[l]}
}

func required(f clinic.Field) clinic.Field { f.Required = true; return f }

func measured(f clinic.Field, unit string, lo, hi clinic.Decimal) clinic.Field {
	f.Unit, f.Min, f.Max = unit, lo, hi
	return f
}

func chosen(f clinic.Field, l int, ru, kk []string) clinic.Field {
	f.Choices = [][]string{ru, kk}[l]
	return f
}

func subjective(l int) []clinic.Field {
	return []clinic.Field{
		field(l, "h_examination", "heading", "Осмотр", "Қарау"),
		required(field(l, "complaints", "longtext", "Жалобы", "Шағымдары")),
		field(l, "anamnesis", "longtext", "Анамнез", "Анамнезі"),
		required(field(l, "objective", "longtext", "Объективно", "Объективті")),
		chosen(field(l, "condition", "choice", "Состояние", "Жағдайы"), l,
			[]string{"удовлетворительное", "средней тяжести", "тяжёлое"}, []string{"қанағаттанарлық", "орташа ауырлықта", "ауыр"}),
	}
}

func adultVitals(l int) []clinic.Field {
	return []clinic.Field{
		measured(field(l, "temperature", "number", "Температура", "Дене қызуы"), "°C", "34", "43"),
		measured(field(l, "systolic", "number", "АД систолическое", "Систолалық қысым"), "мм рт. ст.", "40", "300"),
		measured(field(l, "diastolic", "number", "АД диастолическое", "Диастолалық қысым"), "мм рт. ст.", "20", "200"),
		measured(field(l, "pulse", "number", "Пульс", "Тамыр соғуы"), "/мин", "20", "250"),
	}
}

func childVitals(l int) []clinic.Field {
	return []clinic.Field{
		measured(field(l, "temperature", "number", "Температура", "Дене қызуы"), "°C", "34", "43"),
		measured(field(l, "pulse", "number", "Пульс", "Тамыр соғуы"), "/мин", "20", "250"),
		measured(field(l, "weight", "number", "Масса", "Салмағы"), "кг", "0.4", "200"),
		measured(field(l, "height", "number", "Рост", "Бойы"), "см", "25", "220"),
		chosen(field(l, "development", "choice", "Развитие", "Дамуы"), l,
			[]string{"соответствует возрасту", "с опережением", "с задержкой"}, []string{"жасына сай", "жасынан озық", "жасынан кеш"}),
		field(l, "vaccination_allowed", "bool", "Допущен к вакцинации", "Екпеге рұқсат"),
	}
}

func conclusion(l int) []clinic.Field {
	return []clinic.Field{
		field(l, "h_conclusion", "heading", "Заключение", "Қорытынды"),
		required(field(l, "diagnosis", "text", "Диагноз", "Диагноз")),
		field(l, "diagnosis_code", "text", "Код МКБ-10", "АХЖ-10 коды"),
		field(l, "concomitant", "longtext", "Сопутствующие заболевания", "Қосалқы аурулар"),
		field(l, "treatment", "longtext", "Назначения", "Тағайындаулар"),
		required(field(l, "recommendations", "longtext", "Рекомендации", "Ұсыныстар")),
		field(l, "next_visit", "date", "Следующая явка", "Келесі қаралу"),
	}
}

func disability(l int) []clinic.Field {
	return []clinic.Field{chosen(field(l, "disability", "choice", "Трудоспособность", "Еңбекке жарамдылық"), l,
		[]string{"трудоспособен", "выдан листок нетрудоспособности", "не работает"},
		[]string{"еңбекке жарамды", "еңбекке жарамсыздық парағы берілді", "жұмыс істемейді"})}
}

func call(l int) []clinic.Field {
	return []clinic.Field{
		required(field(l, "reason", "text", "Повод к вызову", "Шақыру себебі")),
		field(l, "arrival", "text", "Время прибытия", "Келген уақыты"),
		chosen(field(l, "consciousness", "choice", "Сознание", "Есі"), l,
			[]string{"ясное", "оглушение", "сопор", "кома"}, []string{"анық", "тежелген", "сопор", "кома"}),
	}
}

func outcome(l int) []clinic.Field {
	return []clinic.Field{
		chosen(field(l, "help", "multichoice", "Оказанная помощь", "Көрсетілген көмек"), l,
			[]string{"осмотр", "измерение давления", "лекарства внутрь", "перевязка", "инъекция"},
			[]string{"қарау", "қысым өлшеу", "ішке дәрі", "таңу", "инъекция"}),
		required(chosen(field(l, "result", "choice", "Исход вызова", "Шақыру нәтижесі"), l,
			[]string{"оставлен на месте", "направлен в поликлинику", "передан скорой помощи"},
			[]string{"үйде қалдырылды", "емханаға жіберілді", "жедел жәрдемге берілді"})),
	}
}
