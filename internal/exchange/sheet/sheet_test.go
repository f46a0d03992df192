package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/translations"
)

func seq(ps ...clinic.Patient) iter.Seq2[clinic.Patient, error] {
	return cycle(ps, len(ps), nil)
}

func open(t testing.TB, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func list(t testing.TB, lang translations.Lang, ps ...clinic.Patient) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	n, err := Patients(&b, lang, seq(ps...), Options{TempDir: t.TempDir(), Created: time.Date(2026, 3, 16, 6, 30, 0, 0, time.UTC)})
	if err != nil || n != len(ps) {
		t.Fatalf("%d of %d rows written: %v", n, len(ps), err)
	}
	return open(t, b.Bytes())
}

func whole() clinic.Patient {
	gone := clinic.Record{Deleted: 1}
	return clinic.Patient{
		Name:       clinic.Name{Family: "Тестова", Given: "Анна", Patronymic: "Сергеевна"},
		CaseNumber: "000123", Sex: clinic.Female, BirthDate: "1980-05-17", Citizenship: "RUS",
		SNILS: "00123344595", TaxNumber: "001234567890", Policy: "0012345678901234", Note: "первая строка\nвторая",
		Contacts: []clinic.Contact{
			{Kind: "phone", Value: "+7 900 000-00-01"},
			{Kind: "phone", Value: "8 800 000-00-02", Owner: "дочь"},
			{Record: gone, Kind: "phone", Value: "стёртый"},
			{Kind: "email", Value: "anna@mail.example"},
		},
		Addresses: []clinic.Address{
			{Use: "registration", PostalCode: "620000", City: "Екатеринбург", Street: "ул. Примерная", House: "7", Flat: "12"},
			{Use: "residence", Text: "там же"},
		},
		Documents: []clinic.Document{{Type: "passport", Series: "0065", Number: "000001", Issued: "2004-05-17", Issuer: "отделом № 3"}},
	}
}

// R6.1: what stands in which cell, and of which type.
func TestCells(t *testing.T) {
	f := list(t, translations.Russian, whole())
	for at, want := range map[string]struct {
		value string
		kind  excelize.CellType
	}{
		"A1": {"Номер карты", excelize.CellTypeInlineString},
		"P1": {"Примечание", excelize.CellTypeInlineString},
		"A2": {"000123", excelize.CellTypeInlineString},
		"B2": {"Тестова", excelize.CellTypeInlineString},
		"C2": {"Анна", excelize.CellTypeInlineString},
		"D2": {"Сергеевна", excelize.CellTypeInlineString},
		"E2": {"женский", excelize.CellTypeInlineString},
		"F2": {"17.05.1980", excelize.CellTypeUnset}, // a number with the format of a date
		"G2": {"+7 900 000-00-01; 8 800 000-00-02 (дочь)", excelize.CellTypeInlineString},
		"H2": {"anna@mail.example", excelize.CellTypeInlineString},
		"I2": {"620000, Екатеринбург, ул. Примерная, 7, 12", excelize.CellTypeInlineString},
		"J2": {"там же", excelize.CellTypeInlineString},
		"K2": {"паспорт 0065 № 000001, выдан 17.05.2004, отделом № 3", excelize.CellTypeInlineString},
		"L2": {"001-233-445 95", excelize.CellTypeInlineString},
		"M2": {"001234567890", excelize.CellTypeInlineString},
		"N2": {"0012345678901234", excelize.CellTypeInlineString},
		"O2": {"RUS", excelize.CellTypeInlineString},
		"P2": {"первая строка\nвторая", excelize.CellTypeInlineString},
	} {
		got, err := f.GetCellValue("Пациенты", at)
		if err != nil || got != want.value {
			t.Errorf("%s holds %q (%v), want %q", at, got, err, want.value)
		}
		if kind, _ := f.GetCellType("Пациенты", at); kind != want.kind {
			t.Errorf("%s has type %v, want %v", at, kind, want.kind)
		}
	}
	raw, _ := f.GetCellValue("Пациенты", "F2", excelize.Options{RawCellValue: true})
	if raw != "29358" { // days since 30 December 1899
		t.Errorf("the date is stored as %q", raw)
	}
}

// Dates that Excel can't hold, and partial ones, are texts.
func TestBirthDates(t *testing.T) {
	for _, c := range []struct {
		lang  translations.Lang
		birth clinic.Date
		want  any
	}{
		{translations.Russian, "1900-03-01", 61},
		{translations.Russian, "2026-11-21", 46347},
		{translations.Russian, "1900-02-28", "28.02.1900"},
		{translations.Russian, "1899-12-31", "31.12.1899"},
		{translations.English, "1899-12-31", "1899-12-31"},
		{translations.Russian, "1980-05", "05.1980"},
		{translations.Kazakh, "1980", "1980"},
		{translations.Russian, "1980-02-31", "1980-02-31"},
		{translations.Russian, "", nil},
	} {
		if got := newCells(c.lang).birth(c.birth); got != c.want {
			t.Errorf("%s %q is %v (%T), want %v", c.lang, c.birth, got, got, c.want)
		}
	}
}

// The header is frozen and filtered, columns are wide enough, properties say
// what the file is and not whose.
func TestLook(t *testing.T) {
	for _, lang := range translations.Languages {
		f := list(t, lang, whole(), clinic.Patient{})
		name := translations.T(lang, "sheet.patients")
		if got := f.GetSheetList(); len(got) != 1 || got[0] != name {
			t.Fatalf("%s: sheets %v", lang, got)
		}
		p, err := f.GetPanes(name)
		if err != nil || !p.Freeze || p.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v %v", lang, p, err)
		}
		var filter string
		for _, d := range f.GetDefinedName() {
			if d.Name == "_xlnm._FilterDatabase" {
				filter = d.RefersTo
			}
		}
		if filter != "'"+name+"'!$A$1:$P$3" {
			t.Errorf("%s: filter over %q", lang, filter)
		}
		for i, c := range columns() {
			col, _ := excelize.ColumnNumberToName(i + 1)
			if w, _ := f.GetColWidth(name, col); w != c.width {
				t.Errorf("%s: column %s is %v wide, want %v", lang, col, w, c.width)
			}
			head, _ := f.GetCellValue(name, col+"1")
			if head == "" || strings.HasPrefix(head, "sheet.") {
				t.Errorf("%s: heading %q", lang, head)
			}
		}
		id, _ := f.GetCellStyle(name, "A1")
		if s, err := f.GetStyle(id); err != nil || s.Font == nil || !s.Font.Bold {
			t.Errorf("%s: the header is not bold", lang)
		}
		id, _ = f.GetCellStyle(name, "M2")
		if s, err := f.GetStyle(id); err != nil || s.NumFmt != 49 {
			t.Errorf("%s: a number typed over a tax number would lose its zeros", lang)
		}
		props, err := f.GetDocProps()
		if err != nil || props.Creator != "Feldsher" || props.Created != "2026-03-16T06:30:00Z" || props.Title != translations.T(lang, "sheet.patients.title") {
			t.Errorf("%s: properties %+v %v", lang, props, err)
		}
	}
}

// What looks like a formula stays a text that Excel does not compute.
func TestFormulasAreHarmless(t *testing.T) {
	evil := []string{"=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "=HYPERLINK(\"http://x.example\")", "\t=1", "_x003D_1", "</t></is></c><c><f>1</f></c>"}
	for _, s := range evil {
		f := list(t, translations.Russian, clinic.Patient{Name: clinic.Name{Family: s}, Note: s, Policy: s})
		for _, at := range []string{"B2", "N2", "P2"} {
			formula, _ := f.GetCellFormula("Пациенты", at)
			kind, _ := f.GetCellType("Пациенты", at)
			value, _ := f.GetCellValue("Пациенты", at)
			if formula != "" || kind != excelize.CellTypeInlineString || value != s {
				t.Errorf("%q became formula %q, type %v, value %q", s, formula, kind, value)
			}
		}
	}
}

// Whatever text a card holds comes back letter by letter; letters that XML
// forbids come back as the visible sign of replacement.
func TestTextProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "s")
		f := list(t, translations.Russian, clinic.Patient{Name: clinic.Name{Family: "x" + s + "x"}})
		got, _ := f.GetCellValue("Пациенты", "B2")
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return '\uFFFD'
			}
			return r
		}, "x"+s+"x")
		if got != want {
			rt.Fatalf("%q came back as %q", want, got)
		}
	})
}

// A text longer than a cell holds says that it was cut.
func TestLongText(t *testing.T) {
	c := newCells(translations.Russian)
	mark := translations.T(translations.Russian, "sheet.cut")
	for _, s := range []string{strings.Repeat("ж", 40000), "я" + strings.Repeat("😀", 20000), strings.Repeat("😀", 20000)} {
		got := c.text(s).(string)
		body, ok := strings.CutSuffix(got, mark)
		if units := len(utf16.Encode([]rune(got))); !ok || units > longest || units < longest-1 || !strings.HasPrefix(s, body) {
			t.Errorf("%d units, marked %v, cut cleanly %v", units, ok, strings.HasPrefix(s, body))
		}
	}
	if s := strings.Repeat("ж", longest); c.text(s) != any(s) {
		t.Error("a text that just fits was cut")
	}
	f := list(t, translations.Russian, clinic.Patient{Note: strings.Repeat("ж", 40000)})
	if got, _ := f.GetCellValue("Пациенты", "P2"); !strings.HasSuffix(got, mark) {
		t.Error("the mark was lost on the way")
	}
}

func TestNamelessAndAnnulled(t *testing.T) {
	f := list(t, translations.Russian, clinic.Patient{NameUnknown: true}, clinic.Patient{Annulled: "двойник", Note: "было"})
	for at, want := range map[string]string{"B2": "имя неизвестно", "P3": "Карта аннулирована: двойник\nбыло"} {
		if got, _ := f.GetCellValue("Пациенты", at); got != want {
			t.Errorf("%s holds %q, want %q", at, got, want)
		}
	}
}

// More rows than a sheet holds go to the next sheets, each with its header and
// filter; none is lost or doubled.
func TestSeveralSheets(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 11, 20, 25} {
		var b bytes.Buffer
		got, err := write(&b, translations.Russian, cycle(invented(100), n, nil), Options{}, 10)
		if err != nil || got != n {
			t.Fatalf("%d rows: %d, %v", n, got, err)
		}
		f := open(t, b.Bytes())
		sheets := f.GetSheetList()
		if want := max(1, (n+9)/10); len(sheets) != want {
			t.Errorf("%d rows stand on %v", n, sheets)
		}
		var numbers []string
		for i, s := range sheets {
			if i > 0 && s != fmt.Sprintf("Пациенты (%d)", i+1) {
				t.Errorf("sheet %d is called %q", i+1, s)
			}
			rows, err := f.GetRows(s)
			if err != nil || rows[0][0] != "Номер карты" {
				t.Fatalf("%s has no header: %v", s, err)
			}
			for _, r := range rows[1:] {
				numbers = append(numbers, r[0])
			}
		}
		for i, number := range numbers {
			if number != fmt.Sprintf("А-%06d", i+1) {
				t.Fatalf("row %d holds %s", i, number)
			}
		}
		if len(numbers) != n {
			t.Errorf("%d of %d rows read back", len(numbers), n)
		}
	}
}

type full struct{ error }

func (f full) Write([]byte) (int, error) { return 0, f.error }

// Errors of the source and of the target come out, nothing is written before
// the last row, and no temporary file with patients' data stays behind.
func TestFailures(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("row 30 000")
	rows := func(yield func(clinic.Patient, error) bool) {
		for p := range cycle(invented(1000), 30000, nil) {
			if !yield(p, nil) {
				return
			}
		}
		yield(clinic.Patient{}, broken)
	}
	temporary := 0
	watched := func(yield func(clinic.Patient, error) bool) {
		for p, err := range rows {
			if err != nil {
				files, _ := filepath.Glob(filepath.Join(dir, "*"))
				temporary = len(files)
			}
			if !yield(p, err) {
				return
			}
		}
	}
	var b bytes.Buffer
	if n, err := Patients(&b, translations.Russian, watched, Options{TempDir: dir}); !errors.Is(err, broken) || n != 30000 || b.Len() != 0 {
		t.Errorf("%d rows, %d bytes, %v", n, b.Len(), err)
	}
	if temporary != 1 {
		t.Errorf("%d temporary files in the folder that was given: the test is too small", temporary)
	}
	_, err := Patients(full{errors.New("no space left on device")}, translations.Russian, cycle(invented(10), 10, nil), Options{TempDir: dir})
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "fault.sheet.write" {
		t.Errorf("a full disk gave %v", err)
	}
	if _, err := Patients(full{fault.New(fault.Space, "fault.test")}, translations.Russian, seq(whole()), Options{}); !fault.Is(err, fault.Space) {
		t.Errorf("the writer's own fault was hidden: %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

// All keys stand in all languages.
func TestTranslations(t *testing.T) {
	for _, topic := range []string{"sheet", "paper"} {
		var want map[string]string
		for _, lang := range translations.Languages {
			b, err := os.ReadFile(filepath.Join("..", "..", "..", "translations", string(lang), topic+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]string
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			for k := range want {
				if got[k] == "" {
					t.Errorf("%s: %s is missing", lang, k)
				}
				if strings.Count(got[k], "{") != strings.Count(want[k], "{") {
					t.Errorf("%s: %s has other arguments: %q", lang, k, got[k])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s/%s.json has %d keys, Russian %d", lang, topic, len(got), len(want))
			}
		}
	}
}

// Memory does not grow with the rows: the ratio of peaks, in one run.
func TestMemoryIsBounded(t *testing.T) {
	few, many := 10000, 30000
	if os.Getenv("FELDSHER_SOAK") == "1" {
		few, many = 50000, 300000
	}
	peak := func(n int) uint64 {
		r := Ratio{}
		if err := r.watch(invented(1000), n); err != nil {
			t.Fatal(err)
		}
		return r.Peak
	}
	a, b := peak(few), peak(many)
	t.Logf("live heap: %d MB with %d rows, %d MB with %d rows", a>>20, few, b>>20, many)
	if limit := uint64(96 << 20); b > limit {
		t.Errorf("%d rows took %d MB", many, b>>20)
	}
}

func BenchmarkPatients(b *testing.B) {
	people := invented(1000)
	for b.Loop() {
		if _, err := Patients(io.Discard, translations.Russian, cycle(people, 10000, nil), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The ratio of issue 2: at most 1.3 (aim 1.1). It is logged, not asserted: the
// measuring of record is `feldsherctl bench` on an idle machine.
func TestBench(t *testing.T) {
	n := 5000
	if os.Getenv("FELDSHER_SOAK") == "1" {
		n = 100000
	}
	r, err := Bench(n)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != n || r.Ours <= 0 || r.Bare <= 0 || r.Peak == 0 {
		t.Errorf("nothing was measured: %+v", r)
	}
	t.Logf("%d rows: ours %v, bare %v, ratio %.2f, live heap %d MB, file %d KB", n, r.Ours, r.Bare, r.Times(), r.Peak>>20, r.Size>>10)
}
