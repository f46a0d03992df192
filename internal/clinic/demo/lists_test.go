package demo

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/clinic/icd"
)

// TestCodesExist holds every code of the lists against the ministry's table.
func TestCodesExist(t *testing.T) {
	path := filepath.Join(sharedDir(t), "data", "icd10", "1.2.643.5.1.13.13.11.1005_2.27.csv")
	f, err := os.Open(path)
	if err != nil {
		t.Skip("SKIPPED: the official ICD-10 table data/icd10/…2.27.csv is missing; set FELDSHER_SHARED to the folder that has it")
	}
	defer f.Close()
	active := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if cols := strings.Split(s.Text(), ";"); len(cols) > 6 && cols[len(cols)-2] == "1" {
			active[strings.Trim(cols[2], `"`)] = true
		}
	}
	b := readBook()
	for code, names := range b.names {
		if !active[code] || names[0] == "" || names[1] == "" {
			t.Errorf("%s is not active in the table or lacks a wording", code)
		}
	}
	for _, s := range b.scenarios {
		if b.names[s.code][0] == "" {
			t.Errorf("%s has no wording", s.code)
		}
		for _, x := range s.with {
			if b.names[x.code][0] == "" {
				t.Errorf("%s has no wording", x.code)
			}
		}
		for _, g := range s.rx {
			for _, key := range append(g.first, g.fallback...) {
				if b.drugs[key] == nil {
					t.Errorf("%s calls for the unknown drug %s", s.code, key)
				}
			}
		}
	}
}

// TestWordingsAreTheBuiltinTables holds every code and wording against the table
// that the diagnoses name as their version.
func TestWordingsAreTheBuiltinTables(t *testing.T) {
	f, err := os.Open(filepath.Join(moduleDir(t), "assets", "icd10", "builtin.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, err := icd.ParseBuiltin(f)
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]icd.Entry{}
	for _, e := range entries {
		table[e.Code] = e
	}
	for code, names := range readBook().names {
		e, ok := table[code]
		if !ok || e.Names.RU != names[0] || e.Names.KK != names[1] {
			t.Errorf("%s is %q and %q here, %+v in the built-in table", code, names[0], names[1], e)
		}
	}
}

func sharedDir(t *testing.T) string {
	if dir := os.Getenv("FELDSHER_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join(moduleDir(t), "..", "shared")
}

// moduleDir climbs to the folder of go.mod.
func moduleDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the test")
	return ""
}
