package icd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asked are queries as doctors type them, with the codes of which one must be
// among the first three; the official table answers them alone, without the
// built-in names.
var asked = []struct{ query, codes string }{
	// Codes, whatever the layout.
	{"I10", "I10"},
	{"и10", "I10"},
	{"ш10", "I10"},
	{"i 10", "I10"},
	{"J069", "J06.9"},
	{"j06,9", "J06.9"},
	{"о06.9", "J06.9"},
	{"у11.9", "E11.9"},
	{"М54.5", "M54.5"},
	{"н20.0", "N20.0"},
	{"к29", "K29"},
	{"S52.50", "S52.50"},
	{"z00", "Z00"},
	{"E11", "E11"},
	{"J06 неут", "J06.9"},
	{"k29 хр", "K29.5"},
	{"м42 взросл", "M42.1"},
	// Abbreviations and speech.
	{"ОРВИ", "J06.9"},
	{"орз", "J06.9"},
	{"гипертония", "I10"},
	{"АГ", "I10"},
	{"ГБ", "I10 I11.9"},
	{"ИБС", "I25.9 I25.1"},
	{"хобл", "J44.9 J44.8"},
	{"СД 2", "E11.9"},
	{"сд2", "E11.9"},
	{"сд 1", "E10.9"},
	{"диабет 2 типа", "E11.9 E11"},
	{"ГЭРБ", "K21.9"},
	{"ВСД", "G90.8 G90.9"},
	{"ЖКБ", "K80.2"},
	{"МКБ", "N20.0"},
	{"ЧМТ", "S06.9 S06.0"},
	{"ПМС", "N94.3"},
	{"хбп", "N18.9"},
	{"хсн", "I50.0"},
	{"онмк", "I64"},
	{"пикс", "I25.2"},
	{"АИТ", "E06.3"},
	{"ДГПЖ", "N40"},
	{"ФКМ", "N60.1"},
	{"сотрясение", "S06.0"},
	{"ветрянка", "B01.9"},
	{"ковид", "U07.1"},
	{"молочница", "B37.3"},
	{"гайморит", "J01.0 J32.0"},
	{"ангина", "J03.9"},
	{"насморк", "J00"},
	{"близорукость", "H52.1"},
	{"рак молочной железы", "C50.9 C50"},
	{"рак почки", "C64"},
	{"камни в почках", "N20.0"},
	{"боль в пояснице", "M54.5"},
	{"пяточная шпора", "M77.3"},
	{"укус клеща", "W57 T14.0"},
	{"медосмотр", "Z00.0"},
	// Names: any order, forms, beginnings.
	{"бронхит острый", "J20.9 J20"},
	{"остр бронх", "J20"},
	{"хр тонз", "J35.0"},
	{"хронического гастрита", "K29.5"},
	{"язва желудка", "K25 K25.9"},
	{"пневм", "J18.9"},
	{"сахарный диабет", "E11.9"},
	{"лучевой кости перелом", "S52.5"},
	{"перелом шейки бедра", "S72.0"},
	{"ушиб колена", "S80.0"},
	{"вывих плеча", "S43.0"},
	{"невралгия тройничного", "G50.0"},
	{"инородное тело глаза", "T15 T15.9"},
	{"геморрой", "K64.9"},
	{"железодеф анемия", "D50.9 D50"},
	{"варикозное расширение вен", "I83.9"},
	{"острый цистит", "N30.0"},
	{"бессонница", "G47.0"},
	{"кашель", "R05"},
	{"боль в горле", "R07.0"},
	{"гепатит C", "B18.2"},
	{"гепатит с", "B18.2"},
	{"гепатит В", "B18.1"},
	{"дефицит витамина д", "E55.9"},
	{"в12 анемия", "D51.9"},
	{"атопический дерматит", "L20.9"},
	{"закрытый перелом лучевой кости", "S52.30 S52.50"},
	{"беременность двойней", "O30.0"},
	{"мигрень с аурой", "G43.1"},
	{"ожог кисти", "T23 T23.0"},
	// Slips.
	{"гипиртония", "I10"},
	{"гастирт", "K29.7"},
	{"пневмания", "J18.9"},
	{"пнвмония", "J18.9"},
	{"конъюктивит", "H10.9"},
	{"холицистит", "K81.9"},
	{"пиелонифрит", "N10 N11.9"},
	{"депресия", "F32.9"},
	{"аллергический ренит", "J30.4"},
	{"экстросистолия", "I49.4 I49.3"},
	{"фибриляция предсердий", "I48.9 I48"},
	{"остиохондроз", "M42.1"},
	{"дермотит атопичский", "L20.9"},
	{"атероскелроз", "I70.9 I70.2"},
	// The wrong layout.
	{"ubgthnjybz", "I10"},
	{"jhdb", "J06.9"},
	{",hjy[bn", "J20.9"},
	{"cl 2", "E11.9"},
	{"'gbktgcbz", "G40.9"},
	{"fcnvf", "J45.9"},
	{"zpdf ;tkelrf", "K25 K25.9"},
	{"gytdvjybz", "J18.9"},
	// ё, more words than the name has, other languages.
	{"жёлчный пузырь камни", "K80.2 K80.5 K80"},
	{"бронхит у взрослого", "J20.9"},
	{"гипертоническая болезнь 2 стадии", "I10"},
	{"хронический гастрит с обострением", "K29.5"},
	{"қант диабеті", "E11.9"},
	{"тұмау", "J11.1 J11"},
	{"кант диабети", "E11.9"},
	{"asthma", "J45.9"},
	{"hypertension", "I10"},
	{"low back pain", "M54.5"},
}

func TestAsDoctorsType(t *testing.T) {
	x := officialIndex(t)
	missed := 0
	for _, c := range asked {
		hits := x.Search(c.query, 3, Options{})
		if rank(hits, strings.Fields(c.codes)...) == 0 {
			t.Errorf("%q finds %v, want %s", c.query, codesOf(hits), c.codes)
			missed++
		}
	}
	t.Logf("%d of %d queries have their code among the first three", len(asked)-missed, len(asked))
}

// More of the same, a line each: the query, then the codes. They were written
// before looking at what the search finds; a third missed then, nearly all for
// want of a synonym, and the synonyms were added. So this list guards what works
// and no longer measures how well the search does on words it has never seen.
func TestMoreQueries(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "queries.txt"))
	if err != nil {
		t.Fatal(err)
	}
	x := officialIndex(t)
	for line := range strings.Lines(string(text)) {
		query, codes, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			t.Fatalf("no codes in %q", line)
		}
		if hits := x.Search(query, 3, Options{}); rank(hits, strings.Fields(codes)...) == 0 {
			t.Errorf("%q finds %v, want %s", query, codesOf(hits), codes)
		}
	}
}

// Every beginning of a query is a query too: nothing breaks, and from the fourth
// letter of «гипертония» on the wanted code is in sight.
func TestWhileTyping(t *testing.T) {
	x := officialIndex(t)
	for _, c := range asked {
		typed := []rune(c.query)
		for n := range typed {
			x.Search(string(typed[:n]), 20, Options{})
		}
	}
	for n := 4; n <= len([]rune("гипертония")); n++ {
		if query := head("гипертония", n); rank(x.Search(query, 10, Options{}), "I10") == 0 {
			t.Errorf("%q does not show I10", query)
		}
	}
}
