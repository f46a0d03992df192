// Package files lists the folders of the computer for whoever picks a file to take
// in or a place to save one. It reads names, sizes and dates, never content.
package files

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"feldsher/internal/fault"
)

// Item is a file or a folder.
type Item struct {
	Name    string
	Path    string
	Folder  bool
	Size    int64
	Changed time.Time
}

// Folder is what stands in one place: the way up first, then folders, then files.
type Folder struct {
	Path  string
	Items []Item
}

// List reads a folder; endings (".jpg") leave other files out, none leaves none out.
// Of a path to a file it lists the folder that holds it. Hidden things are left out.
// Fault: NotFound for a place that can't be read.
func List(path string, endings []string) (Folder, error) {
	path = Expand(path)
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return Folder{}, fault.Wrap(err, fault.NotFound, "fault.folder.read")
	}
	f := Folder{Path: path}
	if up := filepath.Dir(path); up != path {
		f.Items = append(f.Items, Item{Name: "..", Path: up, Folder: true})
	}
	first := len(f.Items)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		full := filepath.Join(path, e.Name())
		info, err := os.Stat(full) // where a link leads
		if err != nil {
			continue // gone meanwhile
		}
		if !info.IsDir() && (!info.Mode().IsRegular() || !fits(e.Name(), endings)) {
			continue
		}
		f.Items = append(f.Items, Item{e.Name(), full, info.IsDir(), info.Size(), info.ModTime()})
	}
	slices.SortFunc(f.Items[first:], func(a, b Item) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return f, nil
}

func fits(name string, endings []string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return len(endings) == 0 || slices.Contains(endings, ending)
}

// Expand makes a whole path of what was typed: «~» and nothing are the user's own
// folder.
func Expand(path string) string {
	path = strings.TrimSpace(path)
	home, err := os.UserHomeDir()
	if err != nil {
		home = string(filepath.Separator)
	}
	switch {
	case path == "" || path == "~":
		return home
	case strings.HasPrefix(path, "~"+string(filepath.Separator)):
		return filepath.Join(home, path[2:])
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// Kind says what stands at a path.
func Kind(path string) (folder, file bool) {
	info, err := os.Stat(Expand(path))
	if err != nil {
		return false, false
	}
	return info.IsDir(), info.Mode().IsRegular()
}

// Taken reports whether something stands at a path already.
func Taken(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
