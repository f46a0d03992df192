package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/files"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// ground is an empty page under the panel.
type ground struct{}

func (ground) Title() string              { return "" }
func (ground) Content() fyne.CanvasObject { return kit.Space(1, 1) }
func (ground) Shown()                     {}
func (ground) Key(kit.Key) bool           { return false }
func (ground) Leave()                     {}
func place(t *testing.T) (*pagetest.Stage, string) {
	t.Helper()
	s := presenttest.Open(t, translations.Russian)
	dir := t.TempDir()
	for _, name := range []string{"снимок.jpg", "выписка.pdf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "сканы"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Prefs.Set(t.Context(), "files.folder", dir); err != nil {
		t.Fatal(err)
	}
	return pagetest.Show(t, s, kit.Look{}, func(*page.Env) page.Page { return ground{} }), dir
}

func press(st *pagetest.Stage, names ...fyne.KeyName) {
	for _, n := range names {
		st.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// A file is taken by keys; folders are gone into and out of; other files are not shown.
func TestOpen(t *testing.T) {
	st, dir := place(t)
	took := ""
	files.Open(st.Env, "Фото", []string{".jpg"}, func(path string) { took = path })
	press(st, fyne.KeyReturn)               // into the folder
	press(st, fyne.KeyHome, fyne.KeyReturn) // out again
	press(st, fyne.KeyEnd, fyne.KeyReturn)  // the last is the picture
	if took != filepath.Join(dir, "снимок.jpg") || st.Env.Layers.Open() {
		t.Errorf("took %q", took)
	}
	took = ""
	files.Open(st.Env, "Фото", []string{".jpg"}, func(path string) { took = path })
	press(st, fyne.KeyEscape)
	if took != "" || st.Env.Layers.Open() {
		t.Errorf("took %q", took)
	}
}

// A file of the name is replaced after a second press only; a name that no system
// takes is refused.
func TestSave(t *testing.T) {
	st, dir := place(t)
	took := ""
	files.Save(st.Env, "Сохранить", "выписка.pdf", func(path string) { took = path })
	press(st, fyne.KeyReturn)
	if took != "" {
		t.Fatal("replaced at once")
	}
	press(st, fyne.KeyReturn)
	if took != filepath.Join(dir, "выписка.pdf") {
		t.Errorf("took %q", took)
	}
	took = ""
	files.Save(st.Env, "Сохранить", "a/b", func(path string) { took = path })
	press(st, fyne.KeyReturn)
	if took != "" || !st.Env.Layers.Open() {
		t.Errorf("took %q", took)
	}
}
