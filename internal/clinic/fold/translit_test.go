package fold

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// commonNames are frequent given names, patronymics and surnames of Russia and
// Kazakhstan, of nobody in particular.
var commonNames = strings.Fields(`
Александр Алексей Анатолий Андрей Артём Борис Вадим Валентин Василий Виктор Виталий Владимир Вячеслав Геннадий
Георгий Григорий Даниил Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Леонид Максим Михаил Никита Николай
Олег Павел Пётр Роман Сергей Станислав Тимофей Фёдор Юрий Ярослав Анастасия Анна Валерия Вера Виктория Галина Дарья
Евгения Екатерина Елена Елизавета Жанна Зинаида Зоя Инна Ирина Ксения Лариса Лидия Любовь Людмила Маргарита Марина
Мария Надежда Наталья Нина Оксана Ольга Полина Раиса Светлана София Тамара Татьяна Ульяна Юлия Яна
Андреевич Алексеевна Васильевич Григорьевна Дмитриевич Ильинична Николаевич Юрьевна Яковлевич
Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Лебедев Семёнов
Козлов Степанов Николаев Орлов Зайцев Соловьёв Виноградов Воробьёв Голубев Богданов Щербаков Шишкин Чернышёв Жуков
Хасанов Цветков Яковлев Юдин Ершов Белый Островский Толстой Черных Рыбаков Быков Грищенко Мельничук Подъячев
Нурсултан Ерлан Айгуль Жанибек Данияр Алия Гульнара Мадина Тимур Динара Бауржан Серик Асель Айжан Дастан Арман
Ахметов Омаров Жумабаев Нурланов Сейтказиев Абдрахманов Искаков Кенжебеков Шарипов Тлеубаев Мухамеджанов`)

// schemes romanise as papers do: ICAO Doc 9303 (passports since 2014), the
// passport rules in force before it, and the plain way people write in letters.
var schemes = map[string]map[rune]string{
	"icao": table("е e ё e ж zh и i й i х kh ц ts ч ch ш sh щ shch ъ ie ы y ь - э e ю iu я ia"),
	"old":  table("е e ё e ж zh и i й y х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya"),
	"mail": table("е e ё yo ж zh и i й y х h ц ts ч ch ш sh щ sch ъ - ы y ь ' э e ю yu я ya"),
}

func table(special string) map[rune]string {
	t := map[rune]string{}
	plain := strings.Fields("а a б b в v г g д d з z к k л l м m н n о o п p р r с s т t у u ф f")
	fields := append(plain, strings.Fields(special)...)
	for i := 0; i < len(fields); i += 2 {
		t[[]rune(fields[i])[0]] = strings.TrimPrefix(fields[i+1], "-")
	}
	return t
}

func romanise(name string, scheme map[rune]string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		b.WriteString(scheme[r])
	}
	return b.String()
}

// Every name, romanised by every scheme, must come back among the readings, or
// within the one edit that the search with typos allows; nearly all must come back
// exactly (R1.5).
func TestRomanisedNamesComeBack(t *testing.T) {
	total, exact := 0, 0
	for scheme, letters := range schemes {
		for _, name := range commonNames {
			latin, want := romanise(name, letters), Text(name)
			readings := Cyrillic(latin)
			total++
			if slices.Contains(readings, want) {
				exact++
				continue
			}
			near := slices.ContainsFunc(readings, func(r string) bool { return Within(r, want, 1) })
			t.Logf("%s: %s is read as %q, wanted %q", scheme, latin, readings, want)
			if !near {
				t.Errorf("%s: %s has no reading near %q", scheme, latin, want)
			}
		}
	}
	if exact*100 < total*98 {
		t.Errorf("%d of %d romanised names come back exactly, want 98 %%", exact, total)
	}
}

func TestCyrillic(t *testing.T) {
	for latin, want := range map[string]string{
		"ivanov": "иванов", "Juriy": "юри", "Yuriy": "юри", "Iurii": "юри", "Yury": "юри", "Juri": "юри",
		"shcherbakov": "щербаков", "scherbakov": "щербаков", "khasanov": "хасанов", "hasanov": "хасанов",
		"Zhanna": "жанна", "Janibek": "жанибек", "Zhanibek": "жанибек",
		"Yakov": "яков", "Iakov": "яков", "Jakov": "яков",
		"Xenia": "ксения", "Schmidt": "шмидт", "Smirnoff": "смирнов", "Vassiliev": "вассилев",
		"Şoqan": "шокан", "Äliya": "алия", "Tıñıştıq": "тыныштык", "Uälihanūly": "уалиханулы",
		"Əliyev": "алиев", "Çingiz": "чингиз", "Tatyana": "татяна", "Tatiana": "татяна",
		"Il'ya": "иля", "Eduard": "эдуард", "Chernyshov": "чернышов",
	} {
		if got := Cyrillic(latin); !slices.Contains(got, want) {
			t.Errorf("Cyrillic(%q) = %q lacks %q", latin, got, want)
		}
	}
	if got := Cyrillic("Иванов 12"); got != nil {
		t.Errorf("no Latin letter, yet %q", got)
	}
	if got := Cyrillic("иванов petr 1980"); len(got) == 0 || got[0] != "иванов петр 1980" {
		t.Errorf("mixed query: %q", got)
	}
}

func checkReadings(t interface {
	Fatalf(string, ...any)
}, in string,
) {
	got := Cyrillic(in)
	if len(got) > maxForms {
		t.Fatalf("Cyrillic(%q): %d forms", in, len(got))
	}
	seen := map[string]bool{}
	for _, form := range got {
		if form == "" || seen[form] || Text(form) != form {
			t.Fatalf("Cyrillic(%q) = %q: empty, repeated or not folded", in, got)
		}
		seen[form] = true
	}
}

func TestCyrillicProperties(t *testing.T) {
	letters := []rune("abcdefghijklmnopqrstuvwxyz'şıüñ ")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom(letters)).Draw(t, "s")
		checkReadings(t, s)
		for _, form := range Cyrillic(s) {
			if strings.IndexFunc(form, isLatin) >= 0 {
				t.Fatalf("Cyrillic(%q) leaves Latin letters: %q", s, form)
			}
		}
	})
}

// A query is typed by anybody: no word may cost more than its share, however
// many readings of it come out the same.
func TestReadingIsBounded(t *testing.T) {
	for _, unit := range []string{"iy", "ji", "yi", "ia", "h", "ieia", "sch", "jo", "ou", "'"} {
		r := reader{word: strings.Repeat(unit, maxTranslit/len(unit))}
		for doubt := 0; doubt <= maxDoubt; doubt++ {
			r.read(0, doubt, nil)
		}
		if r.steps > 10*maxSteps {
			t.Errorf("%q repeated: %d steps", unit, r.steps)
		}
		long := strings.Repeat(unit, 100_000)
		if got := Cyrillic(long); len(got) > 1 {
			t.Errorf("%q repeated without end: %d readings", unit, len(got))
		}
	}
}

func TestRulesAreUsable(t *testing.T) {
	for from, list := range rules {
		if len(from) > longestRule {
			t.Errorf("rule %q is longer than longestRule", from)
		}
		for _, r := range list {
			if len(r.to) == 0 || r.to[0] == "" {
				t.Errorf("rule %q has no certain reading", from)
			}
		}
		if len(from) == 1 && list[len(list)-1].where != anywhere {
			t.Errorf("letter %q isn't read everywhere", from)
		}
	}
	for r := 'a'; r <= 'z'; r++ {
		if rules[string(r)] == nil {
			t.Errorf("letter %q has no rule", r)
		}
	}
	for r := range marked {
		if !unicode.Is(unicode.Latin, r) {
			t.Errorf("%q isn't Latin", r)
		}
	}
}

func TestKey(t *testing.T) {
	for _, same := range []string{
		"Наталья Наталия Natalia Natalya Nataliia",
		"Юрий Yury Iurii Yuriy Juri",
		"Колесников Калесников Kolesnikoff",
		"Щербаков Shcherbakov Шербаков",
		"Васильев Vasiliev Vasilyev",
		"Геннадий Генадий Gennady",
		"Қуат Куат Quat",
	} {
		words := strings.Fields(same)
		for _, w := range words[1:] {
			if Key(w) != Key(words[0]) {
				t.Errorf("Key(%q) = %q, Key(%q) = %q", words[0], Key(words[0]), w, Key(w))
			}
		}
	}
	keys := map[string]string{}
	for _, name := range []string{"Иванов", "Петров", "Сидоров", "Козлов", "Волков", "Орлов", "Анна", "Инна", "Нина"} {
		if other, taken := keys[Key(name)]; taken {
			t.Errorf("%s and %s share the key %q", name, other, Key(name))
		}
		keys[Key(name)] = name
	}
	if Key("12") != "" || Key("") != "" {
		t.Error("no letters, no key")
	}
}

func FuzzCyrillic(f *testing.F) {
	for _, s := range []string{"Iurii", "O'Connor", "Şoqan", "ивaнов", "x'", "\xff", "Ǆ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkReadings(t, s)
		Key(s)
	})
}

func BenchmarkCyrillic(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Cyrillic("Shcherbakova Iuliia")
	}
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Key("Щербакова")
	}
}
