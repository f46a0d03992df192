package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/online/syncer"
	"feldsher/internal/service/catalog"
	"feldsher/internal/service/records"
	"feldsher/internal/service/station"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// shapes are the types behind the definitions and the outputs: a field that is
// added to one of them must be documented, and a documented one must be there.
var shapes = map[string]any{
	"records#patient": clinic.Patient{}, "records#former_name": clinic.FormerName{}, "records#contact": clinic.Contact{},
	"records#address": clinic.Address{}, "records#document": clinic.Document{}, "records#background": clinic.Background{},
	"records#representative": clinic.Representative{}, "records#visit": clinic.Visit{}, "records#diagnosis": clinic.Diagnosis{},
	"records#observation": clinic.Observation{}, "records#prescription": clinic.Prescription{}, "records#order": clinic.Order{},
	"records#problem": clinic.Problem{}, "records#allergy": clinic.Allergy{}, "records#coding": clinic.Coding{},
	"records#source": clinic.Source{}, "records#template": clinic.Template{}, "records#field": clinic.Field{},
	"records#protocol": clinic.Protocol{}, "records#care": clinic.Care{}, "records#staff": clinic.Staff{},
	"records#added": records.Added{}, "records#note": note{},
	"patient-find-out": briefOut{}, "patient-chart-out": records.Chart{}, "protocol-add-in": newProtocol{}, "user-add-in": newUser{},
	"icd-search-out": icdOut{}, "icd-import-out": catalog.Imported{}, "icd-versions-out": store.ICDVersion{},
	"export-out": exportOut{}, "ledger-verify-out": journal.Report{}, "ledger-log-out": logOut{}, "init-out": initDone{},
	"bench-out": measure{}, "records#attachment": clinic.Attachment{}, "records#pathway": clinic.Pathway{},
	"allergy-add-in": clinic.Allergy{}, "allergy-out": allergyOut{}, "problem-add-in": clinic.Problem{}, "problem-out": clinic.Problem{},
	"merged-out": records.Merged{}, "pathway-add-in": clinic.Pathway{}, "phrase-new-out": phraseOut{},
	"sync-out": syncer.Report{}, "link-out": linkOut{}, "join-out": joinOut{}, "device-invite-out": station.Invitation{},
	"device-list-out": station.Station{}, "device-revoke-out": revokedOut{}, "conflict-show-out": conflictOut{},
	"conflict-settle-out": settledOut{},
}

// schemaText reads a schema as plain JSON.
func schemaText(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(schemaDir, name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// jsonNames lists the members that encoding/json gives a struct.
func jsonNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			out = append(out, jsonNames(f.Type)...)
		case name != "":
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestSchemasAndTypesAgree(t *testing.T) {
	for name, v := range shapes {
		file, def, _ := strings.Cut(name, "#")
		schema := schemaText(t, file)
		if def != "" {
			schema = schema["$defs"].(map[string]any)[def].(map[string]any)
		}
		if items, ok := schema["items"].(map[string]any); ok {
			schema = items
		}
		var documented []string
		for field, about := range schema["properties"].(map[string]any) {
			documented = append(documented, field)
			if text, _ := about.(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s: %s is not described", name, field)
			}
		}
		slices.Sort(documented)
		if real := jsonNames(reflect.TypeOf(v)); !slices.Equal(documented, real) {
			t.Errorf("%s:\ndocumented %v\nin code    %v", name, documented, real)
		}
	}
}

// model gives the grammar of the command line.
func model(t *testing.T) *kong.Application {
	t.Helper()
	p := &program{getenv: func(string) string { return "" }}
	k, err := kong.New(&cli{}, kong.Name("feldsherctl"), p.vars())
	if err != nil {
		t.Fatal(err)
	}
	return k.Model
}

// TestEveryCommandHasAContract: each command has its schemas, and docs/cli.md its
// heading, its flags and its arguments.
func TestEveryCommandHasAContract(t *testing.T) {
	doc, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, leaf := range model(t).Leaves(true) {
		name := strings.TrimPrefix(leaf.FullPath(), "feldsherctl ")
		seen[name] = true
		if _, ok := contracts[name]; !ok {
			t.Errorf("%s has no contract", name)
		}
		_, section, ok := strings.Cut(string(doc), "\n### "+name+"\n")
		if !ok {
			t.Errorf("docs/cli.md has no heading for %s", name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n### ")
		for _, flag := range leaf.Flags {
			if !strings.Contains(section, "--"+flag.Name) {
				t.Errorf("docs/cli.md, %s: nothing about --%s", name, flag.Name)
			}
		}
		for _, arg := range leaf.Positional {
			if !strings.Contains(section, strings.ToUpper(arg.Name)) {
				t.Errorf("docs/cli.md, %s: nothing about %s", name, strings.ToUpper(arg.Name))
			}
		}
		for _, s := range []string{contracts[name].in, contracts[name].out} {
			if s != "" && !strings.Contains(section, "cli/"+s+".schema.json") {
				t.Errorf("docs/cli.md, %s: does not name %s", name, s)
			}
		}
	}
	for name := range contracts {
		if !seen[name] {
			t.Errorf("there is no command %s", name)
		}
	}
}

// TestDocumentNamesEverything: exit codes, kinds, rights, roles and fields stand
// in docs/cli.md as they are in the code.
func TestDocumentNamesEverything(t *testing.T) {
	b, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for _, k := range kinds {
		if row := fmt.Sprintf("| %d | `%s` |", k.ExitCode(), k); !strings.Contains(doc, row) {
			t.Errorf("no row %q", row)
		}
	}
	for _, role := range clinic.Roles {
		member := clinic.Staff{Roles: []clinic.Role{role}, Active: true}
		row := regexp.MustCompile("(?m)^\\| `" + string(role) + "` \\|.*$").FindString(doc)
		for _, right := range []clinic.Right{
			clinic.ReadCards, clinic.WriteCards, clinic.ReadCare, clinic.WriteCare, clinic.Prescribe, clinic.SignProtocols,
			clinic.ExportCards, clinic.ExportCare, clinic.ImportData, clinic.ReadLedger, clinic.ManageUsers, clinic.ManageClinic,
			clinic.MakeDemo, clinic.CheckClinic, clinic.ReadDesk, clinic.Book, clinic.ManageDesk, clinic.ReadPrices, clinic.WritePrices,
			clinic.WriteServices,
		} {
			if strings.Contains(row, "`"+string(right)+"`") != member.May(right) {
				t.Errorf("%s and %s: the document and the program differ", role, right)
			}
		}
	}
	for def, v := range schemaText(t, "records")["$defs"].(map[string]any) {
		properties, _ := v.(map[string]any)["properties"].(map[string]any)
		if len(properties) == 0 || def == "added" || def == "care" || def == "note" || strings.HasPrefix(def, "stored_") {
			continue
		}
		_, section, ok := strings.Cut(doc, "\n#### "+def+"\n")
		if !ok {
			t.Errorf("docs/cli.md has no table of %s", def)
			continue
		}
		section, _, _ = strings.Cut(section, "\n#")
		for field := range properties {
			if field != "id" && field != "deleted" && field != "source" && !strings.Contains(section, "| `"+field+"`") {
				t.Errorf("docs/cli.md, %s: no row for %s", def, field)
			}
		}
	}
}

// TestChoicesInSchemas: what the schemas say a field may hold, the services take,
// and nothing else.
func TestChoicesInSchemas(t *testing.T) {
	env := clinicEnv(t)
	r := call{args: []string{"--json", "patient", "add"}, stdin: `{"family":"Иванов"}`, env: env}.run()
	all, err := values(r.stdout)
	if err != nil || len(all) != 1 {
		t.Fatal(r.stderr, err)
	}
	id, err := at(all[0], "id")
	if err != nil {
		t.Fatal(err)
	}
	defs := schemaText(t, "records")["$defs"].(map[string]any)
	// How to put a value into each field; %s is the value.
	for place, template := range map[string][2]string{
		"patient.sex":             {"patient", `{"sex":%q}`},
		"contact.kind":            {"patient", `{"contacts":[{"kind":%q,"value":"1"}]}`},
		"address.use":             {"patient", `{"addresses":[{"use":%q}]}`},
		"document.type":           {"patient", `{"documents":[{"type":%q,"number":"1"}]}`},
		"background.kind":         {"patient", `{"background":[{"kind":%q}]}`},
		"representative.relation": {"patient", `{"representatives":[{"relation":%q}]}`},
		"visit.kind":              {"visit", `{"kind":%q}`},
		"diagnosis.stage":         {"visit", `{"diagnoses":[{"text":"x","stage":%q}]}`},
		"diagnosis.rank":          {"visit", `{"diagnoses":[{"text":"x","rank":%q}]}`},
		"diagnosis.onset":         {"visit", `{"diagnoses":[{"text":"x","onset":%q}]}`},
		"observation.kind":        {"visit", `{"observations":[{"value":"1","kind":%q}]}`},
		"prescription.status":     {"visit", `{"prescriptions":[{"inn":"x","status":%q}]}`},
		"order.kind":              {"visit", `{"orders":[{"text":"x","kind":%q}]}`},
		"allergy.kind":            {"allergy", `{"substance":"x","kind":%q}`},
		"allergy.severity":        {"allergy", `{"substance":"x","severity":%q}`},
		"allergy.status":          {"allergy", `{"substance":"x","status":%q}`},
		"problem.status":          {"problem", `{"text":"x","status":%q}`},
	} {
		def, field, _ := strings.Cut(place, ".")
		enum := defs[def].(map[string]any)["properties"].(map[string]any)[field].(map[string]any)["enum"].([]any)
		args := []string{"--json", "patient", "edit", id.(string)}
		for i, value := range append(slices.Clone(enum), "nosuch") {
			if value == "" {
				continue
			}
			stdin := fmt.Sprintf(template[1], value)
			if template[0] != "patient" {
				args = []string{"--json", template[0], "add"}
				stdin = fmt.Sprintf(`{"patient":%q,`, id) + stdin[1:]
			}
			r := call{args: args, stdin: stdin, env: env}.run()
			if want := i < len(enum); (r.code == 0) != want {
				t.Errorf("%s = %v: exit %d, %s", place, value, r.code, r.stderr)
			}
		}
	}
}

// TestInterrupted: an interrupted command says so and leaves the clinic whole.
func TestInterrupted(t *testing.T) {
	env := clinicEnv(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := call{ctx: ctx, args: []string{"--json", "patient", "add"}, stdin: `{"family":"Иванов"}`, env: env}.run()
	f, err := checkErrors(r.stderr)
	if err != nil || r.code != 1 || f["key"] != "fault.cancelled" || r.stdout != "" {
		t.Fatalf("exit %d: %s%s, %v", r.code, r.stdout, r.stderr, err)
	}
	if r := (call{args: []string{"check"}, env: env}).run(); r.code != 0 {
		t.Fatal(r.stderr)
	}
}

// TestSearchLimit: what is looked for by words takes the limits that docs/cli.md names.
func TestSearchLimit(t *testing.T) {
	for _, args := range [][]string{{"icd", "search", "грипп"}, {"patient", "find", "иванов"}} {
		for _, limit := range []string{"0", "501"} {
			if r := (call{args: append(args[:len(args):len(args)], "--limit", limit)}).run(); r.code != 2 {
				t.Errorf("%v --limit %s: %d", args, limit, r.code)
			}
		}
	}
}

// TestVersionLine: the line has no blank at its end, with a revision or without.
func TestVersionLine(t *testing.T) {
	r := call{args: []string{"version"}}.run()
	if line := strings.TrimSuffix(r.stdout, "\n"); r.code != 0 || line != strings.TrimSpace(line) || !strings.HasPrefix(line, "feldsherctl "+version) {
		t.Errorf("%d: %q", r.code, r.stdout)
	}
}

// TestExitCodesAreListed: --help tells every code, in each language.
func TestExitCodesAreListed(t *testing.T) {
	for _, lang := range []string{"ru", "kk", "en"} {
		r := call{args: []string{"--lang", lang, "--help"}}.run()
		if r.code != 0 {
			t.Fatal(r.stderr)
		}
		for code := range 12 {
			if !regexp.MustCompile(fmt.Sprintf(`(?m)^ +%d +\S`, code)).MatchString(r.stdout) {
				t.Errorf("%s: no code %d in\n%s", lang, code, r.stdout)
			}
		}
	}
	var seen []int
	for k := fault.Internal; k <= fault.Offline; k++ {
		seen = append(seen, k.ExitCode())
	}
	if !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
		t.Errorf("the codes moved: %v", seen)
	}
}
