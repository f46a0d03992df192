package icd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// officialName is the file that the ministry publishes, as it is named there.
const officialName = NSIOID + "_2.27.csv"

// official opens the real table, which is kept beside the repository and not in
// it; without it the test is skipped and says what it missed.
func official(t testing.TB) *os.File {
	t.Helper()
	shared := os.Getenv("FELDSHER_SHARED")
	if shared == "" {
		shared = filepath.Join(root(t), "..", "shared")
	}
	path := filepath.Join(shared, "data", "icd10", officialName)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("SKIPPED: the official ICD-10 table %s is missing; set FELDSHER_SHARED to the folder that has it", filepath.Join("data", "icd10", officialName))
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// root climbs to the folder of go.mod.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// officialIndex builds the index of the real table.
func officialIndex(t testing.TB) *Index {
	t.Helper()
	rows, err := ParseNSI(official(t))
	if err != nil {
		t.Fatal(err)
	}
	return NewIndex(Entries(rows, "2.27"))
}

// sample is a table small enough to see through, in three languages.
const sample = `code;kind;parent;ru;kk;en
I;chapter;;Инфекции;Жұқпалы аурулар;Infectious diseases
IV;chapter;;Эндокринные болезни;Эндокриндік аурулар;Endocrine diseases
IX;chapter;;Болезни системы кровообращения;Қан айналымы жүйесінің аурулары;Diseases of the circulatory system
X;chapter;;Болезни органов дыхания;Тыныс алу ағзаларының аурулары;Diseases of the respiratory system
E10-E14;block;IV;Сахарный диабет;Қант диабеті;Diabetes mellitus
I10-I15;block;IX;Повышенное давление;Жоғары қан қысымы;Hypertensive diseases
J00-J06;block;X;Острые инфекции верхних дыхательных путей;Жоғарғы тыныс жолдарының жедел инфекциялары;Acute upper respiratory infections
J20-J22;block;X;Другие острые инфекции нижних путей;Төменгі жолдардың басқа инфекциялары;Other acute lower respiratory infections
E11;category;E10-E14;Сахарный диабет 2 типа;2 типті қант диабеті;Type 2 diabetes mellitus
E11.9;subcategory;E11;Сахарный диабет 2 типа без осложнений;Асқынусыз 2 типті қант диабеті;Type 2 diabetes mellitus without complications
I10;category;I10-I15;Гипертоническая болезнь;Гипертония ауруы;Essential hypertension
I11;category;I10-I15;Гипертония с поражением сердца;Жүрек зақымдалған гипертония;Hypertensive heart disease
J00;category;J00-J06;Насморк;Тұмау тию;Common cold
J02;category;J00-J06;Острый фарингит;Жедел фарингит;Acute pharyngitis
J06;category;J00-J06;Острая инфекция верхних дыхательных путей;Жоғарғы тыныс жолдарының жедел инфекциясы;Acute upper respiratory infection
J06.9;subcategory;J06;ОРВИ неуточнённая;Анықталмаған ЖРВИ;Acute upper respiratory infection, unspecified
J20;category;J20-J22;Острый бронхит;Жедел бронхит;Acute bronchitis
J20.9;subcategory;J20;Острый бронхит неуточнённый;Анықталмаған жедел бронхит;Acute bronchitis, unspecified
`

func sampleEntries(t testing.TB) []Entry {
	t.Helper()
	entries, err := ParseBuiltin(strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// rank gives the place of the first of the wanted codes, from 1; 0 if absent.
func rank(hits []Hit, codes ...string) int {
	for i, h := range hits {
		for _, c := range codes {
			if h.Code == c {
				return i + 1
			}
		}
	}
	return 0
}

func codesOf(hits []Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Code)
	}
	return out
}
