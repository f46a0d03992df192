package fhir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"feldsher/internal/fault"
	"feldsher/translations"
)

// secret stands in odd inputs where a patient's data would; no error and no
// warning may repeat it.
const secret = "Секретова"

func read(t testing.TB, file string, o Options) *Content {
	t.Helper()
	c, err := Read(t.Context(), strings.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bundle puts resources into a collection without addresses.
func bundle(resources ...string) string {
	entries := make([]string, len(resources))
	for i, r := range resources {
		entries[i] = `{"resource":` + r + `}`
	}
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",\n") + `]}`
}

const somebody = `{"resourceType":"Patient","id":"1","name":[{"family":"` + secret + `"}]}`

func TestRefusedFiles(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth+1)
	tests := map[string]struct {
		file, key string
		line      int
	}{
		"nothing":         {"", "fhir.empty", 1},
		"only space":      {" \n\t\n", "fhir.empty", 1},
		"only a mark":     {"\ufeff", "fhir.empty", 1},
		"words":           {secret, "fhir.not_json", 1},
		"xml":             {"\n<Bundle><family>" + secret + "</family></Bundle>", "fhir.xml", 1},
		"zip":             {"PK\x03\x04....", "fhir.packed", 1},
		"gzip":            {"\x1f\x8b\x08....", "fhir.packed", 1},
		"utf-16":          {"\xff\xfe{\x00", "fhir.encoding", 1},
		"utf-16, no mark": {"{\x00\"\x00", "fhir.encoding", 1},
		"a list":          {`["` + secret + `"]`, "fhir.not_fhir", 1},
		"a word":          {`"` + secret + `"`, "fhir.not_fhir", 1},
		"other JSON":      {`{"name":"` + secret + `"}`, "fhir.not_fhir", 1},
		"kind no text":    {`{"resourceType":7,"name":"` + secret + `"}`, "fhir.not_fhir", 1},
		"cut":             {"{\"resourceType\":\"Bundle\",\n\"entry\":[\n{\"resource\":{\"family\":\"" + secret, "fhir.cut", 3},
		"cut in NDJSON":   {somebody + "\n{\"resourceType\":\"Pat", "fhir.cut", 2},
		"bad line":        {somebody + "\n" + somebody + "\n{" + secret + "}\n", "fhir.not_json", 3},
		"rest behind":     {bundle(somebody) + secret, "fhir.not_json", 1},
		"history":         {`{"resourceType":"Bundle","type":"history","entry":[]}`, "fhir.bundle_type", 1},
		"odd type":        {`{"resourceType":"Bundle","type":"` + secret + `"}`, "fhir.bundle_type", 1},
		"entry no list":   {`{"resourceType":"Bundle","entry":{"a":"` + secret + `"}}`, "fhir.not_fhir", 1},
		"late entry":      {`{"entry":"` + secret + `","resourceType":"Bundle"}`, "fhir.not_fhir", 1},
		"deep":            {`{"resourceType":"X","a":` + deep, "fhir.too_deep", 1},
		"deep, quoted":    {`{"a":"\"[` + deep + `"}`, "fhir.not_fhir", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := Read(t.Context(), strings.NewReader(test.file), Options{Name: "file.json"})
			var f *fault.Error
			if c != nil || !errors.As(err, &f) {
				t.Fatalf("content %v, error %v", c, err)
			}
			if f.Kind != fault.Invalid || f.Key != test.key || f.Args["line"] != test.line || f.Args["file"] != "file.json" {
				t.Errorf("fault %v, want %s in line %d", f, test.key, test.line)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells what stands in the file: %v", err)
			}
			for _, lang := range translations.Languages {
				if s := translations.Format(lang, f.Key, f.Args); s == f.Key || strings.Contains(s, "{") {
					t.Errorf("%s: %q", lang, s)
				}
			}
		})
	}
}

func TestLimitOfSize(t *testing.T) {
	file := bundle(somebody)
	for limit, key := range map[int64]string{int64(len(file)): "", int64(len(file)) - 1: "fhir.too_large"} {
		r := NewReader(Options{})
		r.limit = limit
		err := r.Add(t.Context(), "", iotest.OneByteReader(strings.NewReader(file)))
		var f *fault.Error
		if key == "" && err != nil || key != "" && (!errors.As(err, &f) || f.Key != key) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

func TestReadersFault(t *testing.T) {
	broken := errors.New("the stick is gone")
	half := bundle(somebody)[:60]
	_, err := Read(t.Context(), io.MultiReader(strings.NewReader(half), iotest.ErrReader(broken)), Options{})
	if !errors.Is(err, broken) || fault.KindOf(err) != fault.Internal {
		t.Errorf("broken reader: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, strings.NewReader(bundle(somebody)), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	r := NewReader(Options{})
	if err := r.Add(t.Context(), "", strings.NewReader(bundle(somebody))); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Content(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled later: %v", err)
	}
}

func TestAcceptedForms(t *testing.T) {
	list := `{"entry":[{"item":{"display":"x"}}],"resourceType":"List"}`
	tests := map[string]struct {
		file           string
		patients, seen int
	}{
		"bundle":               {bundle(somebody), 1, 1},
		"mark":                 {"\ufeff\n" + bundle(somebody), 1, 1},
		"no type":              {`{"resourceType":"Bundle"}`, 0, 0},
		"entries first":        {`{"entry":[{"resource":` + somebody + `}],"resourceType":"Bundle"}`, 1, 1},
		"one resource":         {somebody, 1, 1},
		"lines":                {somebody + "\r\n\n" + list + "\n", 1, 2},
		"bundles, one a line":  {bundle(somebody) + "\n" + bundle(list), 1, 2},
		"entry without data":   {`{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE"}},{"resource":null}]}`, 0, 2},
		"entry of other shape": {`{"resourceType":"Bundle","entry":[7,{"fullUrl":{}},null]}`, 0, 3},
		"resource no object":   {bundle(`"x"`, `7`, `{"resourceType":{}}`, `{}`), 0, 4},
		"bundle in bundle":     {bundle(bundle(somebody)), 0, 1},
		"patient of odd shape": {bundle(`{"resourceType":"Patient","name":{"family":"x"}}`, `{"resourceType":"Patient","id":7}`), 0, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := read(t, test.file, Options{Source: "s"})
			seen, skipped := 0, 0
			for _, n := range c.Seen {
				seen += n
			}
			for _, n := range c.Skipped {
				skipped += n
			}
			if len(c.Patients) != test.patients || seen != test.seen || skipped != seen-test.patients {
				t.Errorf("%d patients, seen %v, skipped %v", len(c.Patients), c.Seen, c.Skipped)
			}
			if strings.Contains(fmt.Sprint(c.Warnings, c.Skipped, c.Elements), secret) {
				t.Errorf("a warning tells what stands in the file")
			}
		})
	}
}

func TestWarningsSayWhere(t *testing.T) {
	lines := somebody + "\n\n" + `{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/2"}}`
	c := read(t, lines, Options{Source: "s", Name: "f"})
	if len(c.Warnings) != 1 || c.Warnings[0].Entry != 2 || c.Warnings[0].Line != 3 || c.Warnings[0].File != "f" ||
		c.Warnings[0].Key != "fhir.warn.subject" || c.Skipped["Observation"] != 1 {
		t.Errorf("%+v, skipped %v", c.Warnings, c.Skipped)
	}
	c = read(t, `{"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"x"}]}`, Options{})
	if c.Warned["fhir.warn.pages"] != 1 {
		t.Errorf("further pages: %v", c.Warned)
	}
}

// A file can't fill memory or messages with names of its own making.
func TestBooksStayBounded(t *testing.T) {
	var file strings.Builder
	for i := range 3 * maxNames {
		fmt.Fprintf(&file, `{"resourceType":"Patient","id":"p%d","x%d":1}`+"\n", i, i)
	}
	file.WriteString(`{"resourceType":"` + secret + `"}` + "\n")
	c := read(t, file.String(), Options{Source: "s"})
	if len(c.Elements) > maxNames+1 || c.Elements[otherName] != 2*maxNames || c.Skipped[otherName] != 1 {
		t.Errorf("%d names, other %d, skipped %v", len(c.Elements), c.Elements[otherName], c.Skipped)
	}
	if c.Warned["fhir.warn.name"] != 3*maxNames || len(c.Warnings) != maxWarnings {
		t.Errorf("%d warnings kept, counted %v", len(c.Warnings), c.Warned)
	}
}
