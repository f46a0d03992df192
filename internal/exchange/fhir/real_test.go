package fhir

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// realFiles gives the bundles of made-up patients that lie beside the project.
func realFiles(t testing.TB) map[string][]byte {
	t.Helper()
	shared := os.Getenv("FELDSHER_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	names, err := filepath.Glob(filepath.Join(shared, "data", "fhir-r4-synthea", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Skip("SKIPPED: no FHIR bundles; set FELDSHER_SHARED to the folder that holds data/fhir-r4-synthea")
	}
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = b
	}
	return files
}

// object is a resource read without any of this package's code.
type object = map[string]any

func resources(t testing.TB, file []byte) []object {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	var bundle struct {
		Entry []struct{ Resource object }
	}
	if err := dec.Decode(&bundle); err != nil {
		t.Fatal(err)
	}
	var out []object
	for _, e := range bundle.Entry {
		out = append(out, e.Resource)
	}
	return out
}

func readAll(t testing.TB, o Options, files map[string][]byte) *Content {
	t.Helper()
	r := NewReader(o)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := r.Add(t.Context(), name, bytes.NewReader(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	c, err := r.Content(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRealCounts(t *testing.T) {
	files := realFiles(t)
	raw, parts := map[string]int{}, 0
	for _, file := range files {
		for _, r := range resources(t, file) {
			raw[r["resourceType"].(string)]++
			list, _ := r["component"].([]any)
			parts += len(list)
		}
	}
	c := readAll(t, Options{}, files)
	if diff := cmp.Diff(raw, c.Seen); diff != "" {
		t.Errorf("resources seen (-file +read):\n%s", diff)
	}
	n := c.Counts()
	n.Problems = 0 // not one a resource; see TestRealProblems
	want := Counts{
		Patients: raw["Patient"], Visits: raw["Encounter"], Diagnoses: raw["Condition"],
		Allergies: raw["AllergyIntolerance"], Observations: raw["Observation"], Parts: parts,
		Prescriptions: raw["MedicationRequest"],
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("records (-file +read):\n%s", diff)
	}
	known := Counts{
		Patients: 14, Visits: 406, Diagnoses: 102, Allergies: 8,
		Observations: 1910, Parts: 260, Prescriptions: 204,
	}
	if diff := cmp.Diff(known, n); diff != "" {
		t.Errorf("records (-known +read):\n%s", diff)
	}
	for kind := range mapped {
		delete(raw, kind)
	}
	if diff := cmp.Diff(raw, c.Skipped); diff != "" {
		t.Errorf("skipped (-file +read):\n%s", diff)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings on clean files: %v", c.Warned)
	}
	if c.Elements["MedicationRequest.requester"] != 204 || c.Elements["Patient.maritalStatus"] != 14 {
		t.Errorf("elements left out: %v", c.Elements)
	}
}

// A file read alone holds the same chart as in the company of the others: each
// of these files is whole.
func TestRealFileByFile(t *testing.T) {
	files := realFiles(t)
	all := readAll(t, Options{}, files)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		one, err := Read(t.Context(), bytes.NewReader(files[name]), Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all.Patients[i:i+1], one.Patients); diff != "" {
			t.Fatalf("%s (-together +alone):\n%s", name, diff)
		}
	}
}

// R3.7: results keep their digits. The expected digits come from the file's
// text, not from this package.
func TestRealDecimals(t *testing.T) {
	files := realFiles(t)
	want := map[string]string{}
	note := func(id string, o object) {
		if q, ok := o["valueQuantity"].(object); ok {
			want[id] = q["value"].(json.Number).String() + " " + q["code"].(string)
		}
	}
	for _, file := range files {
		for _, r := range resources(t, file) {
			if r["resourceType"] != "Observation" {
				continue
			}
			id := r["id"].(string)
			note(id, r)
			list, _ := r["component"].([]any)
			for i, part := range list {
				note(id+"#"+string(rune('1'+i)), part.(object))
			}
		}
	}
	got := map[string]string{}
	each(readAll(t, Options{}, files), func(v *clinic.Visit) {
		for _, o := range v.Observations {
			if o.Value != "" {
				got[o.Source.Code] = string(o.Value) + " " + o.Unit
			}
			if (o.Value == "") == (o.Text == "") && !strings.Contains(o.Original, `"Blood Pressure"`) {
				t.Errorf("observation %s: value and text", o.Source.Code)
			}
		}
	})
	if len(want) != 1634+260 {
		t.Errorf("the files hold %d numbers", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers (-file +read):\n%s", diff)
	}
}

func each(c *Content, do func(*clinic.Visit)) {
	for i := range c.Patients {
		p := &c.Patients[i]
		for j := range p.Visits {
			do(&p.Visits[j])
		}
		do(&clinic.Visit{
			Diagnoses: p.Loose.Diagnoses, Observations: p.Loose.Observations,
			Prescriptions: p.Loose.Prescriptions,
		})
	}
}

// Coding and wording of each condition are the file's, untouched; whatever has
// no end is on the problem list.
func TestRealProblems(t *testing.T) {
	files := realFiles(t)
	codes, open := map[string]any{}, map[string]bool{}
	for _, file := range files {
		for _, r := range resources(t, file) {
			if r["resourceType"] == "Condition" {
				codes[r["id"].(string)] = r["code"]
				if _, over := r["abatementDateTime"]; !over {
					open[r["id"].(string)] = true
				}
			}
		}
	}
	c := readAll(t, Options{}, files)
	each(c, func(v *clinic.Visit) {
		for _, d := range v.Diagnoses {
			var kept any
			if err := json.Unmarshal([]byte(d.Original), &kept); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(codes[d.Source.Code], kept); diff != "" {
				t.Errorf("original of %s:\n%s", d.Source.Code, diff)
			}
			if d.System != "http://snomed.info/sct" || d.Name == "" || d.Patient != v.Patient || d.Visit != v.ID {
				t.Errorf("diagnosis %s: %q %q", d.Source.Code, d.System, d.Code)
			}
		}
	})
	active := map[string]bool{}
	for _, p := range c.Patients {
		for _, line := range p.Problems {
			if line.Status == "active" {
				active[line.Source.Code] = true
			} else if line.Resolved == "" || !line.Since.Valid() {
				t.Errorf("problem %s is over without an end", line.Source.Code)
			}
		}
	}
	if diff := cmp.Diff(open, active); diff != "" || len(open) != 43 {
		t.Errorf("active problems (-file +read):\n%s", diff)
	}
	if all := c.Counts().Problems; all != 48 {
		t.Errorf("%d problems, want 43 active and 5 that lasted over three months", all)
	}
}

// The same people, sent as an export of one resource a line or as the pages of
// a server, are the same records.
func TestRealOtherForms(t *testing.T) {
	files := realFiles(t)
	kinds := map[string]string{}
	var all []object
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, r := range resources(t, files[name]) {
			kinds[r["id"].(string)] = r["resourceType"].(string)
			all = append(all, r)
		}
	}
	const base = "https://ehr.example/fhir"
	for form, prefix := range map[string]string{"lines": "", "pages": base + "/", "mixed": ""} {
		var lines, pages bytes.Buffer
		pages.WriteString("\ufeff" + `{"type":"searchset","entry":[`)
		for i, r := range all {
			r := relink(r, func(urn string) string {
				id := strings.TrimPrefix(urn, "urn:uuid:")
				return prefix + kinds[id] + "/" + id
			})
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(append(b, "\r\n"...))
			if i > 0 {
				pages.WriteByte(',')
			}
			o := r.(object)
			pages.WriteString(`{"fullUrl":"` + base + "/" + o["resourceType"].(string) + "/" +
				o["id"].(string) + `","resource":` + string(b) + "}\n")
		}
		pages.WriteString(`],"resourceType":"Bundle"}`)
		file := pages.Bytes()
		if form == "lines" {
			file = lines.Bytes()
		}
		got, err := Read(t.Context(), bytes.NewReader(file), Options{})
		if err != nil {
			t.Fatal(form, err)
		}
		want := readAll(t, Options{}, files)
		if diff := cmp.Diff(want.Patients, got.Patients, ignoreForm...); diff != "" {
			t.Fatalf("%s (-bundles +%s):\n%s", form, form, diff)
		}
	}
}

// ignoreForm: the text kept as it stood is another text, since Go wrote it, and
// the source names the server where one is known.
var ignoreForm = []cmp.Option{
	cmp.Comparer(func(a, b clinic.Source) bool { return a.Code == b.Code }),
	cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Original" }, cmp.Ignore()),
}

func relink(v any, to func(string) string) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for k, x := range v {
			if s, ok := x.(string); ok && k == "reference" && strings.HasPrefix(s, "urn:uuid:") {
				x = to(s)
			}
			out[k] = relink(x, to)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = relink(v[i], to)
		}
		return out
	}
	return v
}

// R6.5: the same file twice is the same import, whatever the clinic's language.
func TestRealDeterminism(t *testing.T) {
	files := realFiles(t)
	first, second := readAll(t, Options{}, files), readAll(t, Options{}, files)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Fatalf("second reading:\n%s", diff)
	}
	ids := idsOf(t, first)
	if diff := cmp.Diff(ids, idsOf(t, readAll(t, Options{Lang: translations.Kazakh}, files))); diff != "" {
		t.Errorf("ids in another language:\n%s", diff)
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("id %s stands twice", id)
		}
		seen[id] = true
	}
}

// idsOf lists the ids of all records, found by their JSON name at any depth.
func idsOf(t tester, c *Content) []string {
	t.Helper()
	b, err := json.Marshal(c.Patients)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	var ids []string
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case object:
			if id, ok := v["id"].(string); ok && name != "source" {
				ids = append(ids, id)
			}
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(k, v[k])
			}
		case []any:
			for _, x := range v {
				walk(name, x)
			}
		}
	}
	walk("", v)
	return ids
}
