package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program builds a small program for Windows.
func program(t *testing.T, flags string) string {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "small.exe")
	cmd := exec.Command("go", "build", "-ldflags", flags, "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return out
}

// The check refuses what is no program with windows, icon, manifest and version.
func TestCheckRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"console":      {program(t, ""), "console"},
		"no resources": {program(t, "-H windowsgui"), "no resources"},
		"no program":   {os.Args[0], "PE"},
	} {
		words, err := check(c.file, "0.2.0")
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) && c.want != "PE" {
			t.Errorf("%s: %q, %v", name, words, err)
		}
	}
}

// FuzzResources: a damaged resource section is an error, never a panic.
func FuzzResources(f *testing.F) {
	f.Add(make([]byte, 64), uint32(0))
	f.Fuzz(func(_ *testing.T, data []byte, base uint32) { _, _ = resources(data, base) })
}
