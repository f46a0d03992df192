// Package archtest is the law of the house: which floor may import which, and
// which rooms of one floor may see each other. DESIGN's drawing is its picture.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// floor of each package tree, the deepest prefix counts. A package imports floors
// below its own only, or rooms of its own floor by the arrows.
var floors = map[string]int{
	"app":               9,
	"internal/ui":       8,
	"internal/server":   7,
	"internal/online":   6,
	"internal/exchange": 5,
	"internal/service":  4,
	"internal/storage":  3,
	"internal/clinic":   2,
	"internal/ledger":   1,
	"internal/fault":    0,
	"assets":            0,
	"translations":      0,
	"internal/archtest": 10,
}

// arrows between rooms of one floor: from → to.
var arrows = map[string][]string{
	"internal/storage/store":    {"internal/storage/sealed", "internal/storage/vault", "internal/storage/journal"},
	"internal/storage/backup":   {"internal/storage/store", "internal/storage/vault"},
	"internal/online/syncer":    {"internal/online/client", "internal/online/wire"},
	"internal/server":           {"internal/server/depot"},
	"internal/online/client":    {"internal/online/wire"},
	"internal/exchange/archive": {"internal/exchange/paper", "internal/exchange/sheet", "internal/exchange/xmlio"},
	"internal/ui/page":          {"internal/ui/kit", "internal/ui/present"},
	"internal/service/records":  {"internal/service/access"},
	"internal/service/catalog":  {"internal/service/access"},
	"internal/service/desk":     {"internal/service/access"},
	"internal/service/billing":  {"internal/service/access"},
	"internal/service/conflict": {"internal/service/access"},
	"internal/service/station":  {"internal/service/access"},
	"internal/service/pharmacy": {"internal/service/access"},
	"internal/service/imaging":  {"internal/service/access"},
	"internal/service/privacy":  {"internal/service/access"},
	"internal/clinic":           {"internal/clinic/check", "internal/clinic/fold", "internal/clinic/icd"},
	"internal/clinic/check":     {"internal/clinic", "internal/clinic/fold"},
	"internal/clinic/icd":       {"internal/clinic/fold"},
	"internal/clinic/demo":      {"internal/clinic", "internal/clinic/check", "internal/clinic/fold", "internal/clinic/icd", "internal/clinic/templates"},
	"internal/clinic/templates": {"internal/clinic", "internal/clinic/fold"},
}

// never lists what a tree may not import, directly or not at all, beyond floors.
var never = map[string][]string{
	"internal/server":     {"feldsher/internal/clinic", "feldsher/internal/storage/store", "feldsher/internal/storage/vault", "feldsher/internal/service", "feldsher/internal/exchange"},
	"internal/ui/present": {"fyne.io/"},
	"internal/clinic":     {"os", "os/exec", "net", "net/http", "database/sql", "io/ioutil", "syscall"},
	"internal/ledger":     {"os", "os/exec", "net", "net/http", "database/sql", "syscall"},
	"internal":            {"fyne.io/fyne/v2/app"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func load(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,GoFiles", "feldsher/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func inside(path, tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") }

func floorOf(path string) (int, bool) {
	best, floor := -1, 0
	for tree, f := range floors {
		if inside(path, tree) && len(tree) > best {
			best, floor = len(tree), f
		}
	}
	return floor, best >= 0
}

// room is the tree a package belongs to on its floor, for the arrows.
func room(path string) string {
	parts := strings.Split(path, "/")
	if parts[0] == "app" || parts[0] == "assets" || parts[0] == "translations" {
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func allowed(from, to string) (ok bool, why string) {
	f, _ := floorOf(from)
	g, known := floorOf(to)
	switch {
	case !known:
		return false, "stands on no floor"
	case g < f:
		return true, ""
	case g > f:
		return false, "imports a higher floor"
	case room(from) == room(to):
		return true, ""
	}
	for _, a := range arrows[room(from)] {
		if room(to) == a {
			return true, ""
		}
	}
	return false, "no arrow between these rooms"
}

func TestLayers(t *testing.T) {
	t.Parallel()
	packages := load(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages found", len(packages))
	}
	for _, p := range packages {
		path := strings.TrimPrefix(p.ImportPath, "feldsher/")
		if _, known := floorOf(path); !known {
			t.Errorf("%s stands on no floor", path)
		}
		for _, imp := range p.Imports {
			if inner, own := strings.CutPrefix(imp, "feldsher/"); own {
				if ok, why := allowed(path, inner); !ok {
					t.Errorf("%s → %s: %s", path, inner, why)
				}
			}
			for tree, banned := range never {
				if inside(path, tree) && forbidden(imp, banned) {
					t.Errorf("%s imports %s", path, imp)
				}
			}
		}
		if len(p.GoFiles) > 0 {
			switch last := path[strings.LastIndex(path, "/")+1:]; last {
			case "util", "utils", "common", "helpers", "misc":
				t.Errorf("%s: a package's name says what it promises", path)
			}
		}
	}
}

// forbidden reports whether an import is among the banned: a standard package by
// its name, our own and others' with all below.
func forbidden(imp string, banned []string) bool {
	for _, b := range banned {
		if imp == b || strings.Contains(b, ".") || strings.HasPrefix(b, "feldsher/") {
			if inside(imp, strings.TrimSuffix(b, "/")) {
				return true
			}
		}
	}
	return false
}

// TestLawBites proves that the test can fail.
func TestLawBites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"internal/clinic", "internal/storage/store", false},
		{"internal/service/records", "internal/storage/store", true},
		{"internal/service/records", "internal/exchange/paper", false},
		{"internal/exchange/paper", "internal/exchange/sheet", false},
		{"internal/exchange/archive", "internal/exchange/sheet", true},
		{"internal/storage/sealed", "internal/storage/vault", false},
		{"internal/storage/sealed/faultfs", "internal/storage/sealed", true},
		{"app/feldsherctl", "internal/ui/page", true},
		{"app/licensord", "internal/server", true},
		{"internal/fault", "elsewhere", false},
	} {
		if got, _ := allowed(c.from, c.to); got != c.want {
			t.Errorf("%s → %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
