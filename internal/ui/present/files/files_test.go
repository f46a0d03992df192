package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ui/present/files"
)

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"б.jpg", "А.JPG", "notes.txt", ".hidden.jpg"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("12345"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "снимки"), 0o700); err != nil {
		t.Fatal(err)
	}
	names := func(f files.Folder) (out []string) {
		for _, i := range f.Items {
			out = append(out, i.Name)
		}
		return out
	}
	f, err := files.List(dir, []string{".jpg"})
	if got := names(f); err != nil || len(got) != 4 || got[0] != ".." || got[1] != "снимки" || got[2] != "А.JPG" || got[3] != "б.jpg" {
		t.Errorf("%q, %v", got, err)
	}
	if f.Items[3].Size != 5 || f.Items[3].Path != filepath.Join(dir, "б.jpg") || !f.Items[1].Folder {
		t.Errorf("%+v", f.Items)
	}
	if f, err = files.List(filepath.Join(dir, "notes.txt"), nil); err != nil || f.Path != dir || len(f.Items) != 5 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err = files.List(filepath.Join(dir, "нет"), nil); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if folder, file := files.Kind(filepath.Join(dir, "notes.txt")); folder || !file {
		t.Error(folder, file)
	}
	if !files.Taken(dir) || files.Taken(filepath.Join(dir, "нет")) {
		t.Error("taken")
	}
	if home, err := os.UserHomeDir(); err == nil && (files.Expand("~") != home || files.Expand("") != home) {
		t.Error(files.Expand("~"))
	}
}
