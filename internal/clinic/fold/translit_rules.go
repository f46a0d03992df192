package fold

// rule is one way to read a sequence of Latin letters: options likeliest first,
// the index of an option is the doubt it costs; an empty one is a gap.
type rule struct {
	where place
	to    []string
}

// longestRule is the length of the longest sequence in rules.
const longestRule = 4

// rules are the readings by sequence; of several for one sequence the first
// whose place holds applies. They follow the spellings in use: ICAO Doc 9303 (Russian passports since
// 2014), the older passport rules of 1997 and 2010 ("Ye", "Yu", "Zh"), the
// German and Polish habit ("Juri", "Schmidt"), Kazakh names in Latin.
var rules = map[string][]rule{
	"shch": {{anywhere, []string{"щ"}}},
	"ieia": {{anywhere, []string{"иея", "я"}}}, // ICAO writes ъ as "ie": «Подъячев»
	"tsch": {{anywhere, []string{"ч"}}},
	"sch":  {{beforeConsonant, []string{"ш", "щ"}}, {anywhere, []string{"щ", "ш", "сх"}}},
	"tch":  {{anywhere, []string{"ч"}}},
	"dzh":  {{anywhere, []string{"дж"}}},
	"iia":  {{anywhere, []string{"ия"}}},
	"off":  {{atEnd, []string{"ов", "офф"}}},
	"eff":  {{atEnd, []string{"ев", "ефф"}}},
	"ow":   {{atEnd, []string{"ов", "оу"}}},
	"ew":   {{atEnd, []string{"ев"}}},

	"sh": {{anywhere, []string{"ш", "", "щ"}}},
	"zh": {{anywhere, []string{"ж"}}},
	"kh": {{anywhere, []string{"х", "", "кх"}}},
	"ch": {{anywhere, []string{"ч", "", "х"}}},
	"ts": {{anywhere, []string{"ц", "тс"}}},
	"tz": {{anywhere, []string{"ц"}}},
	"dj": {{anywhere, []string{"дж", "дь"}}},
	"ph": {{anywhere, []string{"ф"}}},
	"th": {{anywhere, []string{"т"}}},
	"gh": {{anywhere, []string{"г"}}},
	"ck": {{anywhere, []string{"к", "цк"}}},
	"qu": {{anywhere, []string{"ку", "кв"}}},

	"ya": {{anywhere, []string{"я"}}},
	"yu": {{anywhere, []string{"ю"}}},
	"ye": {{anywhere, []string{"е"}}},
	"yo": {{anywhere, []string{"е", "йо"}}},
	"yi": {{anywhere, []string{"и", "ый"}}},
	"yy": {{anywhere, []string{"ый"}}},
	"yj": {{anywhere, []string{"ый"}}},
	"ja": {{anywhere, []string{"я", "жа", "джа"}}},
	"ju": {{anywhere, []string{"ю", "жу", "джу"}}},
	"je": {{anywhere, []string{"е", "же", "дже"}}},
	"jo": {{anywhere, []string{"е", "йо", "жо", "джо"}}},
	"ji": {{anywhere, []string{"жи", "и", "джи"}}},
	"ia": {{atStart, []string{"я", "иа"}}, {atEnd, []string{"ия", "я", "", "иа"}}, {anywhere, []string{"иа", "я", "", "ия"}}},
	"iu": {{anywhere, []string{"ю", "иу"}}},
	"io": {{anywhere, []string{"ио", "е"}}},
	"ie": {{atStart, []string{"е", "ие"}}, {anywhere, []string{"ие", "е"}}},
	"iy": {{atEnd, []string{"ий"}}, {beforeConsonant, []string{"и"}}},
	"ij": {{atEnd, []string{"ий"}}, {beforeConsonant, []string{"и"}}},
	"ou": {{anywhere, []string{"у", "оу"}}},

	"c": {{beforeFront, []string{"ц", "с", "к"}}, {anywhere, []string{"к", "ц"}}},
	"e": {{atStart, []string{"е", "э"}}, {afterVowel, []string{"е", "", "э"}}, {anywhere, []string{"е"}}},
	"h": {{anywhere, []string{"х", "г"}}},
	"j": {{beforeBack, []string{"ж", "дж"}}, {anywhere, []string{"й", "ж", "дж"}}},
	"q": {{anywhere, []string{"к", "г"}}},
	"w": {{anywhere, []string{"в", "у"}}},
	"x": {{anywhere, []string{"кс", "х"}}},
	"y": {
		{afterVowel, []string{"й", "", "ы"}},
		{endAfterC, []string{"ий", "ы"}},
		{anywhere, []string{"ы", "и"}},
	},

	"a": {{anywhere, []string{"а"}}},
	"b": {{anywhere, []string{"б"}}},
	"d": {{anywhere, []string{"д"}}},
	"f": {{anywhere, []string{"ф"}}},
	"g": {{anywhere, []string{"г"}}},
	"i": {{anywhere, []string{"и"}}},
	"k": {{anywhere, []string{"к"}}},
	"l": {{anywhere, []string{"л"}}},
	"m": {{anywhere, []string{"м"}}},
	"n": {{anywhere, []string{"н"}}},
	"o": {{anywhere, []string{"о"}}},
	"p": {{anywhere, []string{"п"}}},
	"r": {{anywhere, []string{"р"}}},
	"s": {{anywhere, []string{"с"}}},
	"t": {{anywhere, []string{"т"}}},
	"u": {{anywhere, []string{"у"}}},
	"v": {{anywhere, []string{"в"}}},
	"z": {{anywhere, []string{"з"}}},
}

// marked are Latin letters whose diacritic decides the sound: Kazakh (the
// alphabets of 2018 and 2021), Turkish, Azerbaijani, Czech, Polish, Baltic.
// All others are read as their bare letter.
var marked = map[rune]string{
	'ş': "ш", 'š': "ш", 'ș': "ш",
	'ç': "ч", 'č': "ч", 'ć': "ч",
	'ž': "ж",
	'ț': "ц", 'ţ': "ц",
	'ı': "ы", 'ý': "у",
	'ü': "у", 'ú': "у", 'ū': "у", 'ů': "у", 'û': "у",
	'ä': "а", 'á': "а", 'ə': "а", 'â': "а",
	'ö': "о", 'ó': "о", 'ō': "о", 'ő': "о", 'ø': "о",
	'ğ': "г", 'ǵ': "г", 'ń': "н", 'ñ': "н", 'ŋ': "н",
	'ě': "е", 'é': "е", 'è': "е", 'ë': "е", 'ė': "е", 'ę': "е",
}
