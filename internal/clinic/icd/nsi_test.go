package icd

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"feldsher/internal/fault"
	"feldsher/translations"
)

const nsiHeading = "ID;REC_CODE;MKB_CODE;MKB_NAME;ID_PARENT;ADDL_CODE;ACTUAL;DATE\n"

const nsiGood = nsiHeading +
	"1;01;\"I\";\"ИНФЕКЦИИ\";;;1;\n" +
	"4;\"0101A000\";\"A00.0\";\"Холера \"\"классическая\"\"\";3;;0;\"07.10.2020\"\n" + // before its parent
	"2;0101;\"A00-A09\";\"КИШЕЧНЫЕ ИНФЕКЦИИ\";1;;1;\n" +
	"3;\"0101A00\";\"A00\";\"Холера\";2;1;1;\"01.01.2015\"\n"

func TestParseNSI(t *testing.T) {
	want := []Row{
		{ID: "1", RecCode: "01", Code: "I", Name: "ИНФЕКЦИИ", Kind: KindChapter, Active: true},
		{ID: "4", RecCode: "0101A000", Code: "A00.0", Name: `Холера "классическая"`, Parent: "A00", Kind: KindSubcategory, Changed: "2020-10-07"},
		{ID: "2", RecCode: "0101", Code: "A00-A09", Name: "КИШЕЧНЫЕ ИНФЕКЦИИ", Parent: "I", Kind: KindBlock, Active: true},
		{ID: "3", RecCode: "0101A00", Code: "A00", Name: "Холера", Parent: "A00-A09", Kind: KindCategory, Additional: Dagger, Active: true, Changed: "2015-01-01"},
	}
	turned := "actual;MKB_NAME;extra;ID_PARENT;mkb_code;ID;ADDL_CODE;DATE;REC_CODE\n" +
		"1;ИНФЕКЦИИ;;;I;1;;;01\n" +
		"0;\"Холера \"\"классическая\"\"\";x;3;а000;4;;07.10.2020;0101A000\n" +
		"1;КИШЕЧНЫЕ ИНФЕКЦИИ;;1;A00 – A09;2;;;0101\n" +
		"1; Холера ;;2;A00;3;1;01.01.2015;0101A00\n"
	for name, text := range map[string]string{
		"as published": nsiGood,
		"mark":         "\ufeff" + nsiGood,
		"CRLF":         strings.ReplaceAll(nsiGood, "\n", "\r\n"),
		"no last line": strings.TrimSuffix(nsiGood, "\n"),
		"blank lines":  nsiGood + "\n\n",
		"other order":  turned,
		"commas":       strings.ReplaceAll(nsiGood, ";", ","),
		"tabs":         strings.ReplaceAll(nsiGood, ";", "\t"),
	} {
		rows, err := ParseNSI(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if fmt.Sprint(rows) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %v\nwant %v", name, rows, want)
		}
	}
	rows, _ := ParseNSI(strings.NewReader(nsiGood))
	if rows[1].Until() != "2020-10-07" || rows[3].Until() != "" {
		t.Error("Until must be the date of inactive rows only")
	}
}

// A file that is no such table is named as what it is.
func TestNoSuchTable(t *testing.T) {
	for _, c := range []struct{ name, text, key string }{
		{"empty", "", "icd.table.foreign"},
		{"prose", "Дорогие коллеги!\nВо вложении справочник.", "icd.table.foreign"},
		{"other table", "family;given;birth\nx;y;z\n", "icd.table.foreign"},
		{"archive", "PK\x03\x04....", "icd.table.packed"},
		{"other encoding", nsiHeading + "1;01;I;\xc8\xcd\xd4;;;1;\n", "icd.table.encoding"},
		{"zero bytes", "ID;MKB_CODE\x00", "icd.table.foreign"},
		{"missing columns", "ID;MKB_CODE;MKB_NAME\n1;I;x\n", "icd.table.columns"},
		{"column twice", "ID;ID;MKB_CODE;MKB_NAME;ID_PARENT;ACTUAL\n", "icd.table.column_twice"},
	} {
		rows, err := ParseNSI(strings.NewReader(c.text))
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Key != c.key || f.Kind != fault.Invalid || rows != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
		if len(Problems(err)) != 0 {
			t.Errorf("%s: has no lines to complain of", c.name)
		}
	}
	if _, err := ParseNSI(strings.NewReader("ID;MKB_CODE;MKB_NAME;ID_PARENT\n")); err == nil ||
		err.(*fault.Error).Args["columns"] != "ACTUAL" {
		t.Errorf("the missing column must be named: %v", err)
	}
}

// An unsound line is named with its number and column, and no row is given.
func TestUnsoundLines(t *testing.T) {
	for _, c := range []struct {
		lines  string // behind a heading and a chapter with a block, lines 1 to 3
		key    string
		line   int
		column string
	}{
		{"3;;ZZZ;x;2;;1;\n", "icd.line.code", 4, "MKB_CODE"},
		{"3;;A00;;2;;1;\n", "icd.line.empty", 4, "MKB_NAME"},
		{";;A00;x;2;;1;\n", "icd.line.empty", 4, "ID"},
		{"3;;A00;x;2;7;1;\n", "icd.line.mark", 4, "ADDL_CODE"},
		{"3;;A00;x;2;;да;\n", "icd.line.active", 4, "ACTUAL"},
		{"3;;A00;x;2;;1;2020-10-07\n", "icd.line.date", 4, "DATE"},
		{"3;;A00;x;2;;1;31.02.2020\n", "icd.line.date", 4, "DATE"},
		{"3;;A00;x;2;;1;\n4;;A00;y;2;;1;\n", "icd.line.twice", 5, "MKB_CODE"},
		{"3;;A00;x;2;;1;\n3;;A01;y;2;;1;\n", "icd.line.twice", 5, "ID"},
		{"3;;A00;x;99;;1;\n", "icd.line.parent_unknown", 4, "ID_PARENT"},
		{"3;;A00;x;;;1;\n", "icd.line.parent_kind", 4, "ID_PARENT"},
		{"3;;A00.1;x;2;;1;\n", "icd.line.parent_kind", 4, "ID_PARENT"},
		{"3;;II;x;1;;1;\n", "icd.line.parent_kind", 4, "ID_PARENT"},
		{"3;;A10-A19;x;4;;1;\n4;;A20-A28;x;3;;1;\n", "icd.line.circle", 4, "ID_PARENT"},
		{"3;;A10-A19;x;3;;1;\n", "icd.line.circle", 4, "ID_PARENT"},
		{"3;;A00;x;2;;1\n", "icd.line.cells", 4, "8"},
		{"3;;A00;x;2;;1;;;\n", "icd.line.cells", 4, "9"},
		{"3;;A00;\"ж\"y;2;;1;\n", "icd.line.quotes", 4, "10"},
		{"3;;A00;\"x;2;;1;\n", "icd.line.quotes", 4, ""},
		{"3;;A00;" + strings.Repeat("ж", maxCell+1) + ";2;;1;\n", "icd.line.long", 4, "MKB_NAME"},
	} {
		text := nsiHeading + "1;01;I;ИНФЕКЦИИ;;;1;\n2;0101;A00-A09;КИШЕЧНЫЕ;1;;1;\n" + c.lines
		rows, err := ParseNSI(strings.NewReader(text))
		list := Problems(err)
		if rows != nil || len(list) == 0 {
			t.Errorf("%q: %d rows, %v", c.lines, len(rows), err)
			continue
		}
		f := list[0]
		if len(list) != 1 || f.Key != c.key || f.Args["line"] != c.line || c.column != "" && f.Args["column"] != c.column {
			t.Errorf("%.60q: %v, want %s at %d %s", c.lines, list, c.key, c.line, c.column)
		}
		if whole := (*fault.Error)(nil); !errors.As(err, &whole) || whole.Key != "icd.table.problems" || whole.Args["n"] != 1 || whole.Args["line"] != c.line {
			t.Errorf("%q: %v", c.lines, err)
		}
	}
}

// The wrong file may be a list of patients: nothing of it gets into the log.
func TestNoCellsInErrors(t *testing.T) {
	_, err := ParseNSI(strings.NewReader(nsiHeading + "Сергеева;Сергеева;Сергеева;Сергеева;Сергеева;Сергеева;Сергеева;Сергеева\n"))
	if err == nil || strings.Contains(err.Error(), "Сергеева") {
		t.Errorf("got %v", err)
	}
	for _, p := range Problems(err) {
		if strings.Contains(p.Error(), "Сергеева") {
			t.Errorf("got %v", p)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	text := nsiHeading + strings.Repeat("1;;;;;;;\n", 500)
	_, err := ParseNSI(strings.NewReader(text))
	if f := (*fault.Error)(nil); len(Problems(err)) != maxProblems || !errors.As(err, &f) || f.Args["n"].(int) < 500 {
		t.Errorf("%d listed of %v", len(Problems(err)), err)
	}
}

// endless gives the same line for ever.
type endless struct{ line string }

func (e endless) Read(b []byte) (int, error) { return copy(b, e.line), nil }

func TestTableLimits(t *testing.T) {
	_, err := ParseNSI(endless{"1;01;I;x;;;1;\n"})
	if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Key != "icd.table.size" {
		t.Errorf("an endless file: %v", err)
	}
	many := nsiHeading + strings.Repeat("1;;A00;x;;;1;\n", maxRows+1)
	_, err = ParseNSI(strings.NewReader(many))
	if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Key != "icd.table.rows" {
		t.Errorf("too many rows: %v", err)
	}
	failing := io.MultiReader(strings.NewReader(nsiHeading), brokenReader{})
	if _, err = ParseNSI(failing); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a broken reader: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestVersionFromName(t *testing.T) {
	for name, want := range map[string]string{
		officialName: "2.27", "/home/x/" + officialName: "2.27", `C:\Загрузки\` + officialName: "2.27",
		NSIOID + "_2.28 (1).csv": "2.28", NSIOID + "_3": "3", NSIOID + "_2.27_csv.zip": "2.27",
		"": "", "icd.csv": "", NSIOID + ".csv": "", "1.2.3_2.27.csv": "", NSIOID + "_x.csv": "",
	} {
		got, ok := VersionFromName(name)
		if got != want || ok != (want != "") {
			t.Errorf("VersionFromName(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}

// Every fault of this package has its sentence in every language.
func TestSentences(t *testing.T) {
	for _, key := range []string{
		"icd.range.shape", "icd.table.foreign", "icd.table.columns", "icd.table.column_twice", "icd.table.packed",
		"icd.table.encoding", "icd.table.size", "icd.table.rows", "icd.table.problems", "icd.line.quotes", "icd.line.cells",
		"icd.line.long", "icd.line.empty", "icd.line.code", "icd.line.kind", "icd.line.mark", "icd.line.active", "icd.line.date",
		"icd.line.twice", "icd.line.parent_unknown", "icd.line.parent_kind", "icd.line.circle",
	} {
		for _, lang := range translations.Languages {
			if !translations.Has(lang, key) {
				t.Errorf("%s has no sentence for %s", lang, key)
			}
		}
	}
	_, err := ParseNSI(strings.NewReader(nsiHeading + "3;;ZZZ;x;;;1;\n"))
	f := Problems(err)[0]
	if got := translations.Format(translations.Russian, f.Key, f.Args); got != "Строка 2, столбец MKB_CODE: это не код МКБ-10." {
		t.Error(got)
	}
}

func FuzzParseNSI(f *testing.F) {
	f.Add(nsiGood)
	f.Add("\ufeff" + strings.ReplaceAll(nsiGood, "\n", "\r\n"))
	f.Add(nsiHeading + "3;;A10-A19;x;4;;1;\n4;;A20-A28;x;3;;1;\n")
	f.Add(sample)
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ParseNSI(strings.NewReader(text))
		if err != nil && rows != nil {
			t.Fatal("rows beside an error")
		}
		codes := make(map[string]bool)
		for _, r := range rows {
			if KindOf(r.Code) != r.Kind || r.Kind == "" || r.ID == "" || r.Name == "" || codes[r.Code] {
				t.Fatalf("unsound row %+v", r)
			}
			codes[r.Code] = true
		}
		tree := NewTree(Entries(rows, "fuzz"))
		for _, r := range rows {
			if r.Parent != "" && !codes[r.Parent] {
				t.Fatalf("%s hangs on nothing", r.Code)
			}
			if len(tree.Path(r.Code)) > len(rows) {
				t.Fatalf("%s has a longer path than there are rows", r.Code)
			}
		}
		if _, err := ParseBuiltin(strings.NewReader(text)); err != nil {
			_ = Problems(err)
		}
	})
}
