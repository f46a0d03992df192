package signing_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/signing"
	"feldsher/translations"
)

// desk is a clinic with a patient, a visit and a draft of a protocol.
func desk(t *testing.T, roles ...clinic.Role) (*present.Session, clinic.Protocol) {
	t.Helper()
	s := presenttest.Open(t, translations.Russian, roles...)
	p := presenttest.Patient(t, s)
	v, err := s.Records.AddVisit(t.Context(), clinic.Visit{
		Patient: p.ID, Kind: "clinic", CareFrom: clinic.TimeOf(presenttest.Now.Add(-600e9)), CareUntil: clinic.TimeOf(presenttest.Now),
		Orders: []clinic.Order{{Kind: "laboratory", Text: "Общий анализ крови", Status: "ordered"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Records.AddProtocol(t.Context(), s.Catalog, clinic.Protocol{
		Visit: v.ID, Template: templates.ID("therapist", "ru"), Values: map[string]string{"complaints": "кашель"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, draft
}

func open(t *testing.T, s *present.Session, id clinic.ID) *signing.Sheet {
	t.Helper()
	sh, err := signing.Open(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

func sign(t *testing.T, sh *signing.Sheet) *signing.Sheet {
	t.Helper()
	sh.Form.Set("diagnosis", "Острый бронхит")
	sh.Form.Set("recommendations", "Обильное питьё, осмотр через три дня")
	if wrong := sh.Form.Check(true); wrong != nil {
		t.Fatalf("can't be signed: %v", wrong)
	}
	signed, err := sh.Change().Sign(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestSign goes the whole way: preview, sign, final; print and save only then (R3.4).
func TestSign(t *testing.T) {
	s, draft := desk(t)
	sh := open(t, s, draft.ID)
	if sh.State() != signing.Draft || !sh.CanSign() || !sh.CanEdit() || sh.CanPrint() || sh.CanAmend() || sh.CanScan() || sh.AwaitsPaper() {
		t.Fatalf("a draft: %+v", sh.State())
	}
	if _, err := sh.PDF(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft is printed: %v", err)
	}
	if wrong := sh.Form.Check(true); len(wrong) == 0 {
		t.Fatal("the template asks for no diagnosis")
	}
	signed := sign(t, sh)
	if signed.State() != signing.Signed || signed.CanSign() || signed.CanEdit() || signed.Form != nil || !signed.CanPrint() || !signed.CanAmend() || !signed.CanScan() || !signed.AwaitsPaper() {
		t.Fatalf("signed: %v", signed.State())
	}
	if text, open := signed.Original(); !open || !strings.Contains(text, "Не подписан от руки") {
		t.Errorf("%q, %v", text, open)
	}
	if !strings.Contains(signed.Meaning(), "21.11.2026 12:30") || !strings.Contains(signed.Subject(), "Ковылина") {
		t.Errorf("%s / %s", signed.Meaning(), signed.Subject())
	}
	pdf, err := signed.PDF(t.Context())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("%v", err)
	}
	again, err := s.Records.Preview(t.Context(), draft.ID)
	if err != nil || again.Protocol.Care == nil || len(again.Protocol.Care.Orders) != 1 {
		t.Errorf("the orders are not under the signature: %v", err)
	}
}

// TestPagesShowWhatIsTyped: the preview has what stands in the form, kept or not.
func TestPagesShowWhatIsTyped(t *testing.T) {
	s, draft := desk(t)
	sh := open(t, s, draft.ID)
	before, err := sh.Drawing().Pages(72)
	if err != nil || len(before) == 0 {
		t.Fatal(err)
	}
	sh.Form.Set("anamnesis", strings.Repeat("Очень долгая история болезни, подробно записанная. ", 120))
	after, err := sh.Drawing().Pages(72)
	if err != nil || len(after) <= len(before) {
		t.Errorf("%d pages before, %d with a long text: %v", len(before), len(after), err)
	}
}

// TestDraftIsKept: what was typed and never kept comes back for its user, also what the
// protocol can't hold; when it is kept the draft is gone (R3.8).
func TestDraftIsKept(t *testing.T) {
	s, draft := desk(t)
	sh := open(t, s, draft.ID)
	sh.Form.Set("anamnesis", "три дня")
	sh.Form.Set("pulse", "частый")
	if err := sh.Change().Draft(t.Context()); err != nil {
		t.Fatal(err)
	}
	back := open(t, s, draft.ID)
	if !back.Restored || back.Form.Text("anamnesis") != "три дня" || back.Form.Text("pulse") != "частый" || back.Form.Word("pulse") == "" {
		t.Fatalf("restored %v: %q %q", back.Restored, back.Form.Text("anamnesis"), back.Form.Text("pulse"))
	}
	wrong := back.Form.Check(false)
	p, err := back.Change().Save(t.Context(), len(wrong) > 0)
	if err != nil || p.Values["anamnesis"] != "три дня" || p.Values["pulse"] != "" {
		t.Fatalf("%v, %v", p.Values, err)
	}
	back.Saved(p)
	if third := open(t, s, draft.ID); third.Form.Text("pulse") != "частый" || !third.Restored {
		t.Errorf("the wrong field is lost: %q", third.Form.Text("pulse"))
	}
	back.Form.Set("pulse", "96")
	if p, err = back.Change().Save(t.Context(), false); err != nil || p.Values["pulse"] != "96" {
		t.Fatalf("%v, %v", p.Values, err)
	}
	back.Saved(p)
	if _, there, err := s.Records.Draft(t.Context(), records.DraftOther, draft.ID); there || err != nil || back.Form.Changed() {
		t.Errorf("a draft is left: %v, changed %v, %v", there, back.Form.Changed(), err)
	}
	if open(t, s, draft.ID).Restored {
		t.Error("restored what was kept")
	}
}

// TestAmend: a reason is needed; the new version names the old one, and when it is
// signed the old one says so.
func TestAmend(t *testing.T) {
	s, draft := desk(t)
	first := sign(t, open(t, s, draft.ID))
	if _, err := first.Amend(t.Context(), "  "); present.At(err) != "why" {
		t.Errorf("without a reason: %v", err)
	}
	id, err := first.Amend(t.Context(), "опечатка")
	if err != nil {
		t.Fatal(err)
	}
	if again := open(t, s, draft.ID); again.CanAmend() || again.State() != signing.Signed {
		t.Error("two corrections of one version at a time")
	}
	second := open(t, s, id)
	if second.Form.Text("complaints") != "кашель" || second.State() != signing.Draft {
		t.Errorf("%q", second.Form.Text("complaints"))
	}
	second = sign(t, second)
	old := open(t, s, draft.ID)
	if old.State() != signing.Superseded || old.CanAmend() || !old.CanPrint() || !strings.Contains(old.Meaning(), "версия 2") {
		t.Errorf("the old version: %v, %s", old.State(), old.Meaning())
	}
	v := second.Versions()
	if len(v) != 2 || !v[0].Current || v[0].Why != "опечатка" || v[1].State != signing.Superseded || v[1].ID != draft.ID || v[0].Name != "Версия 2" {
		t.Errorf("%+v", v)
	}
}

func TestSaveAs(t *testing.T) {
	s, draft := desk(t)
	sh := sign(t, open(t, s, draft.ID))
	if name := sh.FileName(false); strings.Contains(name, "Ковылина") || !strings.HasSuffix(name, "-v1.pdf") {
		t.Errorf("the plain name is %q", name)
	}
	if name := sh.FileName(true); !strings.HasPrefix(name, "Ковылина 21.11.2026 ") {
		t.Errorf("the named one is %q", name)
	}
	dir := t.TempDir()
	for name, c := range map[string]struct{ folder, file, field string }{
		"no folder":   {"", "a", "folder"},
		"no such":     {filepath.Join(dir, "нет"), "a", "folder"},
		"no name":     {dir, " ", "name"},
		"climbs":      {dir, "../a", "name"},
		"hidden":      {dir, ".a", "name"},
		"drive":       {dir, "c:a", "name"},
		"line":        {dir, "a\nb", "name"},
		"endless":     {dir, strings.Repeat("ж", 200), "name"},
		"folder file": {filepath.Join(dir, "x.pdf"), "a", "folder"},
	} {
		if _, err := sh.Save(t.Context(), c.folder, c.file); present.At(err) != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range []string{"протокол.pdf", "протокол (2).pdf"} {
		path, err := sh.Save(t.Context(), dir, "протокол.pdf")
		if err != nil || filepath.Base(path) != want {
			t.Fatalf("%q, %v", path, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 || info.Size() < 1000 {
			t.Errorf("%v, %v", info, err)
		}
		if _, err := exec.LookPath("pdftotext"); err != nil {
			t.Log("NOT CHECKED: pdftotext is missing; install the Debian package poppler-utils")
			continue
		}
		text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
		if err != nil || !bytes.Contains(text, []byte("Острый бронхит")) || !bytes.Contains(text, []byte("Общий анализ крови")) {
			t.Errorf("the text of the PDF: %v\n%s", err, text)
		}
	}
	if err := sh.KeepFolder(t.Context(), dir); err != nil || sh.Folder(t.Context()) != dir {
		t.Errorf("the folder is forgotten: %v", err)
	}
}

// TestScan: the scan closes the task «not signed by hand».
func TestScan(t *testing.T) {
	s, draft := desk(t)
	sh := sign(t, open(t, s, draft.ID))
	dir := t.TempDir()
	for name, content := range map[string]string{"text.pdf": "не PDF", "empty.pdf": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sh.Scan(t.Context(), path); present.At(err) != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{"", dir, filepath.Join(dir, "нет.pdf")} {
		_, err := sh.Scan(t.Context(), path)
		if present.At(err) != "file" || path != "" && strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", path, err)
		}
	}
	good := filepath.Join(dir, "скан.pdf")
	if err := os.WriteFile(good, []byte("%PDF-1.4\n1 0 obj\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sh.Scan(t.Context(), `"`+good+`"`); err != nil {
		t.Fatal(err)
	}
	if done := open(t, s, draft.ID); done.AwaitsPaper() {
		t.Error("the task is still open")
	}
}

// TestRights: a nurse reads, writes fields, and signs nothing; reception sees nothing.
func TestRights(t *testing.T) {
	s, draft := desk(t, clinic.Administrator, clinic.Nurse, clinic.Reception)
	sh := open(t, s, draft.ID)
	if sh.CanSign() || !sh.CanEdit() {
		t.Errorf("a nurse signs: %v, edits: %v", sh.CanSign(), sh.CanEdit())
	}
	if !strings.Contains(sh.Meaning(), "врач") {
		t.Errorf("%s", sh.Meaning())
	}
	if _, err := sh.Change().Sign(t.Context()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	var f *fault.Error
	if _, err := signing.Open(t.Context(), s, clinic.NewID()); !errors.As(err, &f) || f.Kind != fault.NotFound {
		t.Errorf("%v", err)
	}
}
