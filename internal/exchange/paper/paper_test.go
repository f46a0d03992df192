package paper_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/paper"
	"feldsher/internal/fault"
	"feldsher/translations"
)

var (
	update = flag.Bool("update", false, "rewrite the golden texts")
	pages  = flag.String("pages", "", "folder to write the papers to, for looking at them")
)

func render(t testing.TB, d paper.ProtocolPaper) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := paper.Protocol(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tool runs a program of Debian's over the file; the test is skipped, loudly,
// where it is missing.
func tool(t *testing.T, pkg, name string, pdf []byte, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("NOT CHECKED: %s is missing; install the Debian package %s", name, pkg)
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func pdftext(t *testing.T, pdf []byte) string {
	t.Helper()
	return tool(t, "poppler-utils", "pdftotext", pdf, "-layout", "-enc", "UTF-8", "FILE", "-")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from its golden text (-update rewrites it):\n%s", name, got)
	}
}

func keep(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if *pages == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*pages, name+".pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Every sample is a sound PDF for qpdf and reads as its golden text (R6.1, R6.6).
func TestProtocolSamples(t *testing.T) {
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) {
			pdf := render(t, d)
			keep(t, name, pdf)
			golden(t, name, pdftext(t, pdf))
			if out := tool(t, "qpdf", "qpdf", pdf, "--check", "FILE"); !strings.Contains(out, "No syntax or stream encoding errors found") {
				t.Error(out)
			}
		})
	}
}

func TestRecoveryPhrase(t *testing.T) {
	for _, lang := range translations.Languages {
		t.Run(string(lang), func(t *testing.T) {
			d := phrase()
			d.Lang = lang
			var b bytes.Buffer
			if err := paper.RecoveryPhrase(&b, d); err != nil {
				t.Fatal(err)
			}
			keep(t, "phrase-"+string(lang), b.Bytes())
			golden(t, "phrase-"+string(lang), pdftext(t, b.Bytes()))
			info := tool(t, "poppler-utils", "pdfinfo", b.Bytes(), "FILE")
			if !regexp.MustCompile(`(?m)^Pages: +1$`).MatchString(info) {
				t.Errorf("the phrase does not stand on one page:\n%s", info)
			}
		})
	}
}

// The same input gives the same bytes.
func TestDeterministic(t *testing.T) {
	for name, d := range samples() {
		first := render(t, d)
		for range 3 {
			if !bytes.Equal(first, render(t, samples()[name])) {
				t.Fatalf("%s: two printings differ", name)
			}
		}
		d.Printed, d.Protocol.Signed = 0, 0
		if !bytes.Equal(render(t, d), render(t, d)) {
			t.Fatalf("%s: without a moment of printing, two printings differ", name)
		}
	}
}

// The metadata say less than the page: no name, no title, no author; and the
// file holds no stream of XMP.
func TestMetadata(t *testing.T) {
	d := ordinary()
	pdf := render(t, d)
	info := tool(t, "poppler-utils", "pdfinfo", pdf, "FILE")
	for _, secret := range []string{d.Patient.Family, d.Protocol.Title, d.Protocol.SignerName, d.Organisation.Title, d.Patient.CaseNumber, "Author", "Creator"} {
		if strings.Contains(info, secret) {
			t.Errorf("metadata hold %q:\n%s", secret, info)
		}
	}
	for _, want := range []string{`Producer: +Feldsher\n`, `Title: +Протокол 019cd05e-`, `Metadata Stream: +no\n`, `Page size: +595.28 x 841.89 pts \(A4\)`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("metadata lack %s:\n%s", want, info)
		}
	}
}

// All fonts are embedded, as a printer without them needs (R6.6).
func TestFontsAreEmbedded(t *testing.T) {
	out := tool(t, "poppler-utils", "pdffonts", render(t, ordinary()), "FILE")
	lines := strings.Split(strings.TrimSpace(out), "\n")[2:]
	if len(lines) != 4 {
		t.Fatalf("want regular, bold, italic and symbols:\n%s", out)
	}
	for _, l := range lines {
		if !regexp.MustCompile(`CID TrueType +Identity-H +yes`).MatchString(l) {
			t.Errorf("not embedded: %s", l)
		}
	}
}

// Each page says whose it is and which of how many; the last one has the
// signature and text above it.
func TestEveryPageIsNamed(t *testing.T) {
	d := long()
	sheets := strings.Split(strings.TrimSuffix(pdftext(t, render(t, d)), "\f"), "\f")
	if len(sheets) < 3 {
		t.Fatalf("the long sample has %d pages, want 3 or more", len(sheets))
	}
	for i, s := range sheets {
		for _, want := range []string{
			"Тестова Анна Сергеевна", "Карта А-000123", "Протокол " + d.Protocol.ID.String(),
			"Стр. " + string(rune('1'+i)) + " из " + string(rune('0'+len(sheets))),
		} {
			if !strings.Contains(s, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
}

// A draft is marked on every page and bears no place for a stamp (R3.4).
func TestDraftIsMarked(t *testing.T) {
	d := long()
	d.Protocol.Status = "draft"
	text := pdftext(t, render(t, d))
	if n := strings.Count(text, "версия 1 · черновик"); n != strings.Count(text, "\f") {
		t.Errorf("%d of %d pages say that it is a draft", n, strings.Count(text, "\f"))
	}
	if strings.Contains(text, "М. П.") || strings.Contains(text, "Отпечаток") {
		t.Error("a draft looks signed")
	}
}

// 20 000 letters in every place where somebody can type: no letter is lost, no
// line runs over the edge, the file is sound.
func TestEndlessFields(t *testing.T) {
	d := ordinary()
	much := strings.Repeat("очень много слов ", 1180)
	solid := strings.Repeat("ж", 20000)
	d.Patient.Family, d.Protocol.Title, d.Protocol.SignerName, d.Protocol.SignerPost = solid, much, much, solid
	d.Organisation.Title, d.Organisation.Licence, d.Visit.StaffName = much, solid, solid
	d.Visit.Status, d.Visit.Struck = "struck", solid
	d.Protocol.Values["complaints"], d.Protocol.Values["throat"] = solid, much
	d.Protocol.Shape[3].Label, d.Protocol.Shape[2].Label = solid, solid
	d.Protocol.Values["lungs"] = strings.Repeat(much[:200]+"\n", 100)
	d.Visit.Diagnoses[0].Text, d.Visit.Diagnoses[1].Code = much, solid
	d.Visit.Prescriptions[0].INN, d.Visit.Prescriptions[0].Directions = solid, much
	d.Visit.Observations[2].Name, d.Visit.Observations[3].Value = solid, "1"+"00000000000000000000000000000000000000000000000"
	pdf := render(t, d)
	tool(t, "qpdf", "qpdf", pdf, "--check", "FILE")
	text := pdftext(t, pdf)
	want := 0
	for _, s := range []string{d.Patient.Family, d.Organisation.Licence, d.Visit.StaffName, d.Visit.Struck, d.Protocol.Values["complaints"], d.Protocol.SignerPost} {
		want += strings.Count(s, "ж")
	}
	if got := strings.Count(text, "ж"); got < want {
		t.Errorf("%d letters printed, want at least %d", got, want)
	}
	boxes := tool(t, "poppler-utils", "pdftotext", pdf, "-bbox", "FILE", "-")
	for _, m := range regexp.MustCompile(`xMax="(\d+)\.`).FindAllStringSubmatch(boxes, -1) {
		if x, err := strconv.Atoi(m[1]); err != nil || x > 545 { // the margin is at 544.25
			t.Fatalf("a word ends at %s points, beyond the right margin", m[1])
		}
	}
}

type full struct{ error }

func (f full) Write([]byte) (int, error) { return 0, f.error }

// A failing writer is a fault, never a silent half of a paper.
func TestWriterFails(t *testing.T) {
	err := paper.Protocol(full{errors.New("no space left on device")}, ordinary())
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "fault.paper.write" || f.Err == nil {
		t.Errorf("got %v", err)
	}
	own := fault.New(fault.Space, "fault.test")
	if err := paper.Protocol(full{own}, ordinary()); !fault.Is(err, fault.Space) {
		t.Errorf("the writer's own fault was hidden: %v", err)
	}
}

func TestRecoveryPhraseRefuses(t *testing.T) {
	for name, change := range map[string]func(*paper.RecoveryPaper){
		"too few":    func(d *paper.RecoveryPaper) { d.Words = d.Words[:23] },
		"empty word": func(d *paper.RecoveryPaper) { d.Words[3] = "" },
		"two words":  func(d *paper.RecoveryPaper) { d.Words[3] = "два слова" },
		"unprinted":  func(d *paper.RecoveryPaper) { d.Words[3] = "😀" },
		"endless":    func(d *paper.RecoveryPaper) { d.Words[3] = strings.Repeat("а", 25) },
	} {
		d := phrase()
		change(&d)
		var b bytes.Buffer
		err := paper.RecoveryPhrase(&b, d)
		if !fault.Is(err, fault.Invalid) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, b.Len())
		}
		if err != nil && strings.Contains(err.Error(), "журавль") {
			t.Errorf("%s: the fault holds words of the phrase", name)
		}
	}
}

// scatter puts a text wherever somebody can type one.
func scatter(s, kind, birth string) paper.ProtocolPaper {
	d := ordinary()
	d.Patient.Name.Given, d.Patient.BirthDate, d.Patient.BirthTime = s, clinic.Date(birth), kind
	d.Patient.CaseNumber, d.Organisation.Phone, d.Organisation.TaxID = s, s, s
	d.Protocol.Title, d.Protocol.Why, d.Protocol.Version = s, s, len(s)
	d.Protocol.Shape = []clinic.Field{{Key: "a", Label: s, Type: kind, Unit: kind}, {Key: s, Type: "heading", Label: kind}}
	d.Protocol.Values = map[string]string{"a": s, s: kind, birth: s}
	d.Visit.Diagnoses[0].Name, d.Visit.Diagnoses[0].Code, d.Visit.Diagnoses[0].System = s, kind, birth
	d.Visit.Diagnoses[1].Rank, d.Visit.Kind = s, s
	d.Visit.Prescriptions[0].Dose, d.Visit.Observations[2].Value = clinic.Decimal(s), clinic.Decimal(s)
	return d
}

func sound(t interface{ Fatalf(string, ...any) }, d paper.ProtocolPaper) {
	var b bytes.Buffer
	if err := paper.Protocol(&b, d); err != nil || !bytes.HasSuffix(b.Bytes(), []byte("%%EOF\n")) {
		t.Fatalf("no sound paper: %v", err)
	}
}

// Whatever can be typed can be printed.
func TestProtocolProperty(t *testing.T) {
	kinds := []string{"text", "longtext", "number", "date", "bool", "choice", "multichoice", "heading", "?"}
	rapid.Check(t, func(t *rapid.T) {
		d := scatter(
			rapid.String().Draw(t, "s")+string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes")),
			rapid.SampledFrom(kinds).Draw(t, "kind"),
			rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9]{4}(-[0-9]{2}){0,2}`)).Draw(t, "birth"),
		)
		d.Lang = rapid.SampledFrom(translations.Languages).Draw(t, "lang")
		sound(t, d)
	})
}

// FuzzProtocol is the same with a fuzzer's luck; slow, because the fuzzer
// counts fpdf's loops over all letters.
func FuzzProtocol(f *testing.F) {
	f.Add("текст", "longtext", "1980-05-17")
	f.Add("\xff\x00😀{nb}\\(", "number", "1980")
	f.Add("а\u0301\u0301\u0301 \u202e\u2028\u00AD", "multichoice", "")
	f.Fuzz(func(t *testing.T, s, kind, birth string) { sound(t, scatter(s, kind, birth)) })
}

func BenchmarkProtocol(b *testing.B) {
	d := ordinary()
	b.ReportAllocs()
	for b.Loop() {
		if err := paper.Protocol(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
