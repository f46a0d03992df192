package main

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func document(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/licensord.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// outputs are the types behind what each command prints with --json.
var outputs = map[string][]any{
	"serve": {servingOut{}}, "org add": {addedOut{}}, "org list": {orgOut{}}, "device list": {deviceOut{}}, "stats": {statsOut{}, monthOut{}},
}

// TestDocument: docs/licensord.md has each command with its flags, arguments and
// fields, and each exit code.
func TestDocument(t *testing.T) {
	t.Parallel()
	doc := document(t)
	p := &program{getenv: func(string) string { return "" }}
	k, err := kong.New(&cli{}, kong.Name("licensord"), p.vars())
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range k.Model.Leaves(true) {
		name := strings.TrimPrefix(leaf.FullPath(), "licensord ")
		_, section, ok := strings.Cut(doc, "\n### "+name+"\n")
		if !ok {
			t.Errorf("no heading for %s", name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		section, _, _ = strings.Cut(section, "\n### ")
		for _, flag := range leaf.Flags {
			if !strings.Contains(section, "--"+flag.Name) {
				t.Errorf("%s: nothing about --%s", name, flag.Name)
			}
		}
		for _, arg := range leaf.Positional {
			if !strings.Contains(section, strings.ToUpper(arg.Name)) {
				t.Errorf("%s: nothing about %s", name, strings.ToUpper(arg.Name))
			}
		}
		for _, out := range outputs[name] {
			typ := reflect.TypeOf(out)
			for i := range typ.NumField() {
				if field := typ.Field(i).Tag.Get("json"); !strings.Contains(section, "`"+field+"`") {
					t.Errorf("%s: nothing about the field %s", name, field)
				}
			}
		}
	}
	for _, flag := range k.Model.Flags {
		if !strings.Contains(doc, "--"+flag.Name) {
			t.Errorf("nothing about --%s", flag.Name)
		}
	}
	for _, kind := range kinds {
		if row := fmt.Sprintf("| %d | `%s` |", kind.ExitCode(), kind); !strings.Contains(doc, row) {
			t.Errorf("no row %q", row)
		}
	}
}

// TestMetricsAreDocumented: what the server counts stands in the document.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../internal/server/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`Name: "(licensord_[a-z_]+)"`).FindAllStringSubmatch(string(b), -1)
	if len(names) < 5 {
		t.Fatal(names)
	}
	doc := document(t)
	for _, n := range names {
		if !strings.Contains(doc, "`"+n[1]+"`") {
			t.Errorf("nothing about %s", n[1])
		}
	}
}

// TestHelp: help in each language, with no word left out.
func TestHelp(t *testing.T) {
	t.Parallel()
	unfinished := regexp.MustCompile(`\$\{|licensord_|cli_|%!`)
	for _, lang := range []string{"ru", "kk", "en"} {
		for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"org", "add", "--help"}, {"device", "revoke", "--help"}} {
			r := run(append([]string{"--lang", lang}, args...)...)
			if r.code != 0 || unfinished.MatchString(r.stdout) {
				t.Errorf("%s %q: %d %s%s", lang, args, r.code, r.stdout, r.stderr)
			}
		}
	}
	if r := run("version"); r.code != 0 || !strings.HasPrefix(r.stdout, "licensord "+version) {
		t.Error(r)
	}
}
