package demo

import (
	"math"
	"strconv"
	"strings"
)

// drug is one way to give a drug at an age: a line of data/drugs.txt.
type drug struct {
	from, to       float64
	inn            string
	trades         []string
	form, strength string
	dose, unit     string
	count, per     string
	route          string
	times          int
	when           string
	dayLo, dayHi   int // 0 for a lasting course
	pack           int
	packOf         string
	atc            string
	classes        []string
	avoid          []string
}

func parseDrug(line string) (string, drug) {
	f := strings.Split(line, ";")
	x := drug{
		inn: f[2], trades: strings.Split(strings.ReplaceAll(f[3], "...", ""), "/"), form: f[4], strength: f[5],
		dose: f[6], unit: f[7], count: f[8], per: f[9], route: f[10], times: number(f[11]), when: f[12],
		atc: f[15], classes: strings.Fields(f[16]), avoid: strings.Fields(f[17]),
	}
	x.from, x.to = span(f[1])
	if f[13] != "L" {
		lo, hi := span(f[13])
		x.dayLo, x.dayHi = int(lo), int(hi)
	}
	n, of, _ := strings.Cut(f[14], " ")
	x.pack, x.packOf = number(n), of
	return f[0], x
}

func (x *drug) class(name string) bool {
	for _, c := range x.classes {
		if c == name {
			return true
		}
	}
	return false
}

// words of the lists in Russian and Kazakh: forms of drugs, then routes.
var forms = map[string][2]string{
	"tab": {"таблетки", "таблетка"}, "dtab": {"таблетки диспергируемые", "ерігіш таблетка"},
	"entab": {"таблетки кишечнорастворимые", "ішекте еритін таблетка"}, "efftab": {"таблетки шипучие", "көпіршікті таблетка"},
	"mrtab": {"таблетки пролонгированного действия", "ұзақ әсерлі таблетка"}, "chtab": {"таблетки жевательные", "шайнайтын таблетка"},
	"sltab": {"таблетки подъязычные", "тіл асты таблеткасы"}, "vagtab": {"таблетки вагинальные", "қынаптық таблетка"},
	"cap": {"капсулы", "капсула"}, "mrcap": {"капсулы пролонгированного действия", "ұзақ әсерлі капсула"},
	"inhcap": {"капсулы с порошком для ингаляций", "ингаляцияға арналған капсула"}, "lozenge": {"таблетки для рассасывания", "соратын таблетка"},
	"susp": {"суспензия для приёма внутрь", "ішуге арналған суспензия"}, "syrup": {"сироп", "шәрбат"},
	"drops": {"капли для приёма внутрь", "ішуге арналған тамшы"}, "sachet": {"порошок в пакетиках", "қалташадағы ұнтақ"},
	"nspray": {"спрей назальный", "мұрын спрейі"}, "ndrops": {"капли назальные", "мұрын тамшысы"},
	"tspray": {"спрей для местного применения", "жергілікті спрей"}, "slspray": {"спрей подъязычный", "тіл асты спрейі"},
	"sol": {"раствор для местного применения", "жергілікті ерітінді"}, "inhaler": {"ингалятор", "ингалятор"},
	"nebsusp": {"суспензия для ингаляций", "ингаляцияға арналған суспензия"}, "nebsol": {"раствор для ингаляций", "ингаляцияға арналған ерітінді"},
	"edrops": {"капли ушные", "құлақ тамшысы"}, "eyedrops": {"капли глазные", "көз тамшысы"},
	"cream": {"крем", "крем"}, "gel": {"гель", "гель"}, "oint": {"мазь", "жақпа май"}, "lacquer": {"лак для ногтей", "тырнақ лагы"},
	"supp": {"суппозитории ректальные", "ректалды суппозиторий"}, "inj": {"раствор для подкожного введения", "тері астына егуге арналған ерітінді"},
}

var routes = map[string][2]string{
	"oral": {"внутрь", "ішке"}, "sip": {"внутрь", "ішке"}, "weekly": {"внутрь", "ішке"},
	"sublingual": {"под язык", "тіл астына"}, "suck": {"рассасывать", "сору"}, "nasal": {"в нос", "мұрынға"},
	"throat": {"в горло", "тамаққа"}, "rinse": {"полоскание", "шаю"}, "inh": {"ингаляционно", "ингаляция"},
	"neb": {"через небулайзер", "небулайзермен"}, "ear": {"в ухо", "құлаққа"}, "eye": {"в глаза", "көзге"},
	"skin": {"наружно", "сыртқа"}, "nailweekly": {"на ногти", "тырнаққа"}, "rectal": {"ректально", "тік ішекке"},
	"vaginal": {"вагинально", "қынапқа"}, "sc": {"подкожно", "тері астына"},
}

// amounts of one dose: after 1, after 2 … 4 and fractions, after 5 and more;
// then Kazakh.
var amounts = map[string][4]string{
	"tab": {"таблетке", "таблетки", "таблеток", "таблеткадан"}, "cap": {"капсуле", "капсулы", "капсул", "капсуладан"},
	"ml": {"мл", "мл", "мл", "мл-ден"}, "drop": {"капле", "капли", "капель", "тамшыдан"},
	"spray": {"впрыскиванию", "впрыскивания", "впрыскиваний", "бүркуден"}, "puff": {"вдоху", "вдоха", "вдохов", "ингаляциядан"},
	"sachet": {"пакетику", "пакетика", "пакетиков", "қалташадан"}, "lozenge": {"пастилке", "пастилки", "пастилок", "таблеткадан"},
	"supp": {"суппозиторию", "суппозитория", "суппозиториев", "суппозиторийден"}, "iu": {"ЕД", "ЕД", "ЕД", "бірліктен"},
}

// packs are what a quantity counts.
var packs = map[string][2]string{
	"tab": {"табл.", "табл."}, "cap": {"капс.", "капс."}, "bottle": {"фл.", "құты"}, "tube": {"туба", "туба"},
	"sachet": {"пак.", "қалташа"}, "lozenge": {"паст.", "табл."}, "inhaler": {"шт.", "дана"},
	"amp": {"шт.", "дана"}, "supp": {"супп.", "супп."}, "pen": {"шприц-ручка", "шприц-қалам"},
}

var whens = map[string][2]string{
	"a": {" после еды", " тамақтан кейін"}, "b": {" до еды", " тамақ алдында"}, "m": {" утром", " таңертең"},
	"n": {" на ночь", " түнде"}, "w": {" во время еды", " тамақпен бірге"}, "f": {" при необходимости", " қажет болғанда"},
	"-": {"", ""},
}

// frequency says how often, in words.
func (x *drug) frequency(kk bool) string {
	l := index(kk)
	switch {
	case x.route == "weekly", x.route == "nailweekly":
		return []string{"1 раз в неделю", "аптасына 1 рет"}[l]
	case x.route == "sip":
		return []string{"дробно в течение дня", "күні бойы аз-аздан"}[l]
	case x.times == 0:
		return []string{"по требованию", "қажет болғанда"}[l]
	case x.when == "f":
		return []string{"не чаще " + strconv.Itoa(x.times) + " раз в день", "күніне " + strconv.Itoa(x.times) + " реттен асырмай"}[l]
	case kk:
		return "күніне " + strconv.Itoa(x.times) + " рет"
	}
	return strconv.Itoa(x.times) + " " + plural(4, x.times, false) + " в день"
}

// directions is the whole signature in words.
func (x *drug) directions(days int, kk bool) string {
	l := index(kk)
	var b strings.Builder
	route := []rune(routes[x.route][l])
	b.WriteString(strings.ToUpper(string(route[:1])) + string(route[1:]))
	if a, ok := amounts[x.per]; ok {
		if kk {
			b.WriteString(" " + x.count + " " + a[3])
		} else {
			b.WriteString(" по " + strings.ReplaceAll(x.count, ".", ",") + " " + inflect(a, x.count))
		}
	} else if x.per == "appl" {
		b.WriteString([]string{" тонким слоем", " жұқа қабатпен"}[l])
	}
	b.WriteString(" " + x.frequency(kk))
	if x.times > 0 && x.route != "sip" {
		b.WriteString(whens[x.when][l])
	}
	if days > 0 && x.route != "sip" || days > 1 {
		if kk {
			b.WriteString(", " + strconv.Itoa(days) + " күн")
		} else {
			b.WriteString(", " + strconv.Itoa(days) + " " + plural(1, days, false))
		}
	} else if x.when != "f" {
		b.WriteString([]string{", длительно", ", ұзақ уақыт"}[l])
	}
	return b.String()
}

// inflect takes the form of the noun that "по" and the number ask for.
func inflect(a [4]string, count string) string {
	n, err := strconv.Atoi(count)
	switch {
	case err != nil || n%10 >= 2 && n%10 <= 4 && (n < 12 || n > 14):
		return a[1]
	case n%10 == 1 && n != 11:
		return a[0]
	}
	return a[2]
}

// quantity is how much to sell for so many days: whole packs of what is counted.
func (x *drug) quantity(days int) int {
	switch x.packOf {
	case "tab", "cap", "sachet", "supp", "lozenge":
	default:
		return x.pack
	}
	if days == 0 {
		days = 30
	}
	each, err := strconv.ParseFloat(x.count, 64)
	if err != nil {
		each = 1
	}
	need := each * float64(x.times*days)
	if x.route == "weekly" {
		need = each * float64((days+6)/7)
	}
	if x.route == "sip" || need == 0 {
		need = 1
	}
	return int(math.Ceil(need/float64(x.pack))) * x.pack
}
