package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaDir holds the contract's schemas.
const schemaDir = "../../docs/cli"

// contract says which schemas bind a command: what it reads and what it prints.
type contract struct{ in, out string }

// contracts of all commands, by the words that name them.
var contracts = map[string]contract{
	"init":             {"", "init-out"},
	"recover":          {"", "recover-out"},
	"tour":             {"", "tour-out"},
	"demo":             {"", "demo-out"},
	"bench":            {"", "bench-out"},
	"version":          {"", "version-out"},
	"check":            {"", "check-out"},
	"patient add":      {"patient-add-in", "patient-out"},
	"patient edit":     {"patient-edit-in", "patient-out"},
	"patient show":     {"", "patient-out"},
	"patient find":     {"", "patient-find-out"},
	"patient annul":    {"", "id-out"},
	"patient annulled": {"", "annulled-out"},
	"patient merge":    {"", "merged-out"},
	"patient unmerge":  {"", "merged-out"},
	"visit add":        {"visit-add-in", "visit-out"},
	"visit edit":       {"visit-edit-in", "visit-out"},
	"visit show":       {"", "visit-out"},
	"visit list":       {"", "visit-list-out"},
	"protocol add":     {"protocol-add-in", "protocol-out"},
	"protocol edit":    {"protocol-edit-in", "protocol-out"},
	"protocol sign":    {"", "protocol-out"},
	"protocol show":    {"", "protocol-out"},
	"protocol list":    {"", "protocol-list-out"},
	"protocol pdf":     {"", "files-out"},
	"protocol amend": {
		"protocol-amend-in", "protocol-out",
	},
	"protocol scan":   {"", "protocol-out"},
	"allergy add":     {"allergy-add-in", "allergy-out"},
	"allergy edit":    {"allergy-edit-in", "allergy-out"},
	"problem add":     {"problem-add-in", "problem-out"},
	"problem edit":    {"problem-edit-in", "problem-out"},
	"attachment add":  {"", "attachment-out"},
	"attachment list": {"", "attachment-list-out"},
	"attachment get":  {"", "files-out"},
	"pathway add":     {"pathway-add-in", "pathway-out"},
	"pathway list":    {"", "pathway-list-out"},
	"pathway apply":   {"", "visit-out"},
	"template list":   {"", "template-list-out"},
	"icd search":      {"", "icd-search-out"},
	"icd import":      {"", "icd-import-out"},
	"icd versions":    {"", "icd-versions-out"},
	"import fhir":     {"", "import-fhir-out"},
	"export xlsx":     {"", "export-out"},
	"export pdf":      {"", "export-out"},
	"ledger verify":   {"", "ledger-verify-out"},
	"ledger log":      {"", "ledger-log-out"},
	"user add":        {"user-add-in", "user-out"},
	"user edit":       {"user-edit-in", "user-out"},
	"phrase new":      {"", "phrase-new-out"},
	"user passwd":     {"", "login-out"},
	"user remove":     {"", "login-out"},
	"user list":       {"", "user-list-out"},
	"link":            {"", "link-out"},
	"unlink":          {"", "link-out"},
	"join":            {"", "join-out"},
	"sync":            {"", "sync-out"},
	"device invite":   {"", "device-invite-out"},
	"device list":     {"", "device-list-out"},
	"device revoke":   {"", "device-revoke-out"},
	"conflict list":   {"", "conflict-list-out"},
	"conflict show":   {"", "conflict-show-out"},
	"conflict settle": {"conflict-settle-in", "conflict-settle-out"},
}

// chartSchema is what patient show prints with --chart.
const chartSchema = "patient-chart-out"

// compiled reads all schemas once.
var compiled = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	files, err := filepath.Glob(filepath.Join(schemaDir, "*.schema.json"))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	out := map[string]*jsonschema.Schema{}
	for _, file := range files {
		s, err := c.Compile(file)
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(filepath.Base(file), ".schema.json")] = s
	}
	return out, nil
})

// obeys holds a JSON text against a schema.
func obeys(name, text string) error {
	all, err := compiled()
	if err != nil {
		return err
	}
	s := all[name]
	if s == nil {
		return fmt.Errorf("there is no schema %q", name)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// command gives the words that name the command in args.
func command(args []string) string {
	var words []string
	for i := 0; i < len(args) && len(words) < 2; i++ {
		switch a := args[i]; {
		case a == "--data" || a == "--user" || a == "--lang":
			i++
		case strings.HasPrefix(a, "-"):
		default:
			words = append(words, a)
		}
	}
	if len(words) == 0 {
		return ""
	}
	if _, ok := contracts[words[0]]; ok {
		return words[0]
	}
	return strings.Join(words, " ")
}

// checkOutput holds what a successful run printed with --json against the
// command's schema, and its input too: what is accepted must be documented.
func checkOutput(args []string, stdin, stdout string) error {
	c, ok := contracts[command(args)]
	if !ok {
		return fmt.Errorf("no contract for %q", args)
	}
	if command(args) == "patient show" && strings.Contains(strings.Join(args, " "), "--chart") {
		c.out = chartSchema
	}
	if command(args) == "conflict settle" && !slices.Contains(args, "--values") {
		c.in = ""
	}
	if c.in != "" {
		if err := obeys(c.in, stdin); err != nil {
			return fmt.Errorf("input of %s: %w", command(args), err)
		}
	}
	if err := obeys(c.out, stdout); err != nil {
		return fmt.Errorf("output of %s: %w", command(args), err)
	}
	return nil
}

// checkErrors holds what a run with --json left on standard error against the
// contract: any number of warnings, and an error at the end or none. It gives
// the error.
func checkErrors(stderr string) (map[string]any, error) {
	all, err := values(stderr)
	if err != nil {
		return nil, err
	}
	for i, v := range all {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		fault, isError := v.(map[string]any)["error"].(map[string]any)
		if !isError {
			err = obeys("warning", string(text))
		} else {
			err = obeys("error", string(text))
		}
		if err != nil {
			return nil, err
		}
		if isError {
			if i < len(all)-1 {
				return nil, fmt.Errorf("something follows the error: %s", stderr)
			}
			return fault, nil
		}
	}
	return nil, nil
}

func TestSchemasAreUsed(t *testing.T) {
	all, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{"error": true, "warning": true, "records": true, chartSchema: true}
	for name, c := range contracts {
		for _, s := range []string{c.in, c.out} {
			if s != "" && all[s] == nil {
				t.Errorf("%s: no schema %s", name, s)
			}
			used[s] = true
		}
	}
	doc, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range all {
		if !used[name] {
			t.Errorf("schema %s binds no command", name)
		}
		if !strings.Contains(string(doc), "cli/"+name+".schema.json") {
			t.Errorf("docs/cli.md does not name %s", name)
		}
	}
}
