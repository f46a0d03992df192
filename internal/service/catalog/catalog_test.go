package catalog_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/service/catalog"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// shelf is a clinic on disk with its catalogue.
type shelf struct {
	*catalog.Catalog
	s *store.Store
}

func found(t *testing.T) *shelf {
	t.Helper()
	s, _, err := store.Found(context.Background(), t.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: "верный пароль", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{Login: "a", Roles: []clinic.Role{clinic.Administrator}, Active: true},
	}, store.Options{CacheMB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &shelf{as(s, clinic.Administrator), s}
}

func as(s *store.Store, role clinic.Role) *catalog.Catalog {
	who := &access.User{Staff: clinic.Staff{Record: clinic.Record{ID: clinic.NewID()}, Roles: []clinic.Role{role}, Active: true}}
	return catalog.New(s, who, builtin())
}

func builtin() []clinic.Template {
	all, err := templates.Builtin()
	if err != nil {
		panic(err)
	}
	return all
}

// table writes an official table of one chapter with n codes; every tenth is no longer
// used.
func table(n int) string {
	var b strings.Builder
	b.WriteString("ID;MKB_CODE;MKB_NAME;ID_PARENT;ACTUAL\n1;I;НЕКОТОРЫЕ ИНФЕКЦИОННЫЕ БОЛЕЗНИ;;1\n2;A00-A99;КИШЕЧНЫЕ ИНФЕКЦИИ;1;1\n")
	id := 3
	for i := 0; id-3 < n; i++ {
		parent := id
		fmt.Fprintf(&b, "%d;A%02d;Болезнь %d;2;1\n", id, i, i)
		id++
		for j := 0; j < 10 && id-3 < n; j++ {
			fmt.Fprintf(&b, "%d;A%02d.%d;Болезнь %d, вид %d;%d;%d\n", id, i, j, i, j, parent, min(j, 1))
			id++
		}
	}
	return b.String()
}

func name(version string) string { return "1.2.643.5.1.13.13.11.1005_" + version + ".csv" }

func (s *shelf) load(t *testing.T, version string, n int) catalog.Imported {
	t.Helper()
	out, err := s.ImportICD(context.Background(), name(version), strings.NewReader(table(n)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestImport: a table is counted, the same again adds nothing, versions stay side by
// side and the last one is in use.
func TestImport(t *testing.T) {
	s, ctx := found(t), context.Background()
	before, err := s.SearchICD(ctx, "I10", 1, icd.Options{})
	if err != nil || len(before) == 0 {
		t.Fatalf("the built-in table does not work: %v", err)
	}
	out := s.load(t, "2.26", 1000)
	if out.Rows != 1002 || out.Added != 1002 || out.Inactive == 0 || out.Active+out.Inactive != out.Rows || out.Version != "2.26" {
		t.Errorf("%+v", out)
	}
	report, err := s.s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again := s.load(t, "2.26", 1000); again.Added != 0 {
		t.Errorf("the second time %d rows were added", again.Added)
	}
	if after, err := s.s.Verify(ctx); err != nil || after.Entries != report.Entries {
		t.Errorf("the second time wrote %d entries, %v", after.Entries-report.Entries, err)
	}
	s.load(t, "2.27", 100)
	versions, err := s.Versions(ctx)
	if err != nil || len(versions) != 2 || versions[0].Rows != 1002 || versions[1].Version != "2.27" {
		t.Errorf("%v, %v", versions, err)
	}
	x, err := s.Index(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := x.Entry("A01.1"); !ok || e.Version != "2.27" {
		t.Errorf("A01.1: %+v", e)
	}
	for file, text := range map[string]string{"мкб.csv": table(5), name("2.28"): "ID;MKB_CODE\n1;A00\n", name("2.29"): table(5) + "x;;;;\n"} {
		if _, err := s.ImportICD(ctx, file, strings.NewReader(text), nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if versions, err := s.Versions(ctx); err != nil || len(versions) != 2 {
		t.Errorf("an unsound table left rows: %v, %v", versions, err)
	}
}

// TestImportBrokenOff: half a table does not stand in for a whole one, here or after
// the next opening; the next try completes it and counts what was missing.
func TestImportBrokenOff(t *testing.T) {
	s := found(t)
	s.load(t, "2.26", 600)
	ctx, cancel := context.WithCancel(context.Background())
	part, err := s.ImportICD(ctx, name("2.27"), strings.NewReader(table(1000)), func(done, all int) {
		if done > 0 && done < all {
			cancel()
		}
	})
	if err == nil || part.Added == 0 || part.Added >= 1002 {
		t.Fatalf("%+v, %v", part, err)
	}
	for _, c := range []*catalog.Catalog{s.Catalog, as(s.s, clinic.Doctor)} {
		x, err := c.Index(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := x.Entry("A00.1"); !ok || e.Version != "2.26" {
			t.Errorf("half a table is in use: %+v", e)
		}
	}
	if rest := s.load(t, "2.27", 1000); rest.Added+part.Added != 1002 {
		t.Errorf("%d and %d rows make no 1002", part.Added, rest.Added)
	}
	x, err := s.Index(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := x.Entry("A00.1"); !ok || e.Version != "2.27" {
		t.Errorf("the whole table is not in use: %+v", e)
	}
}

// TestTogether: searching while a table is imported (run with -race).
func TestTogether(t *testing.T) {
	s, ctx := found(t), context.Background()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if hits, err := s.SearchICD(ctx, "болезнь", 5, icd.Options{}); err != nil || len(hits) == 0 {
					t.Errorf("%d hits, %v", len(hits), err)
				}
				if err := s.Complete(ctx, &clinic.Coding{Code: "A03"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	s.load(t, "2.26", 1000)
	wg.Wait()
	if x, err := s.Index(ctx); err != nil {
		t.Error(err)
	} else if _, ok := x.Entry("A80.5"); !ok {
		t.Error("the imported table is not in use")
	}
}

// TestComplete: a code alone becomes a coding with wording and version; one that is
// unknown or no longer used is refused, and what names its version stays (R3.2).
func TestComplete(t *testing.T) {
	s, ctx := found(t), context.Background()
	s.load(t, "2.26", 100)
	c := clinic.Coding{Code: " a01.2 "}
	if err := s.Complete(ctx, &c); err != nil || c != (clinic.Coding{System: clinic.ICD10, Code: "A01.2", Version: "2.26", Name: "Болезнь 1, вид 2"}) {
		t.Errorf("%+v, %v", c, err)
	}
	c = clinic.Coding{Code: "a01.2", Name: "моими словами"}
	if err := s.Complete(ctx, &c); err != nil || c.Name != "моими словами" {
		t.Errorf("%+v, %v", c, err)
	}
	old := clinic.Coding{Code: "Х99", Version: "1.0"}
	c = old
	if err := s.Complete(ctx, &c); err != nil || c != old {
		t.Errorf("%+v, %v", c, err)
	}
	for _, code := range []string{"", "Я10", "A99.9", "A01.0"} { // A01.0 is no longer used
		c := clinic.Coding{Code: code}
		if err := s.Complete(ctx, &c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %+v, %v", code, c, err)
		}
	}
}

// TestTemplates: the clinic's own come before the built-in ones, of the same id instead
// of them; a template is found by what people call it (R3.4).
func TestTemplates(t *testing.T) {
	s, ctx := found(t), context.Background()
	built := builtin()
	own := built[0]
	own.Title, own.Version = "Наш осмотр", built[0].Version+1
	if err := s.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error { return tx.PutTemplate(&own) }); err != nil {
		t.Fatal(err)
	}
	all, err := s.Templates(ctx)
	if err != nil || len(all) != len(built) || all[0].Title != own.Title {
		t.Errorf("%d templates, %v", len(all), err)
	}
	if got, err := s.Template(ctx, own.ID); err != nil || got.Version != own.Version {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = s.Template(ctx, clinic.NewID())
	if !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	for query, want := range map[string]string{
		"наш ОСМОТР": own.Title, built[1].ID.String(): built[1].Title, "педиатрия": built[1].Title, built[5].Title: built[5].Title, "хирургия": built[4].Title,
	} {
		if got, err := s.FindTemplate(ctx, query, "ru"); err != nil || got.Title != want {
			t.Errorf("%q: %q, %v", query, got.Title, err)
		}
	}
	if got, err := s.FindTemplate(ctx, "педиатрия", "kk"); err != nil || got.Lang != "kk" {
		t.Errorf("%q, %v", got.Lang, err)
	}
	for _, query := range []string{"", "  ", "астрология"} {
		if _, err := s.FindTemplate(ctx, query, "ru"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", query, err)
		}
	}
}

// TestRights: reference tables are for every user to read, for head and administrator to
// change; a method without a row fails (R11.2).
func TestRights(t *testing.T) {
	s, ctx := found(t), context.Background()
	manage := []clinic.Role{clinic.Head, clinic.Administrator}
	rows := map[string]struct {
		who  []clinic.Role
		call func(*catalog.Catalog) error
	}{
		"ImportICD": {manage, func(c *catalog.Catalog) error {
			_, err := c.ImportICD(ctx, "", strings.NewReader(""), nil)
			return err
		}},
		"Index":        {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.Index(ctx); return err }},
		"SearchICD":    {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.SearchICD(ctx, "I10", 1, icd.Options{}); return err }},
		"Versions":     {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.Versions(ctx); return err }},
		"Template":     {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.Template(ctx, clinic.NewID()); return err }},
		"FindTemplate": {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.FindTemplate(ctx, "x", "ru"); return err }},
		"Templates":    {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.Templates(ctx); return err }},
		"Builtin":      {clinic.Roles, func(c *catalog.Catalog) error { c.Builtin(clinic.NewID()); return nil }},
		"CopyTemplate": {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.CopyTemplate(ctx, clinic.NewID()); return err }}, // writes nothing
		"SaveTemplate": {[]clinic.Role{clinic.Head, clinic.Administrator}, func(c *catalog.Catalog) error {
			_, err := c.SaveTemplate(ctx, clinic.Template{})
			return err
		}},
		"SetTemplateActive": {[]clinic.Role{clinic.Head, clinic.Administrator}, func(c *catalog.Catalog) error {
			return c.SetTemplateActive(ctx, clinic.NewID(), false)
		}},
		"Favourites": {clinic.Roles, func(c *catalog.Catalog) error { _, err := c.Favourites(ctx); return err }},
		"PinICD":     {clinic.Roles, func(c *catalog.Catalog) error { return c.PinICD(ctx, "I10", true) }}, // the user's own list
		"Complete":   {clinic.Roles, func(c *catalog.Catalog) error { return c.Complete(ctx, &clinic.Coding{Code: "I10"}) }},
	}
	methods := reflect.TypeFor[*catalog.Catalog]()
	for i := range methods.NumMethod() {
		if _, ok := rows[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", methods.Method(i).Name)
		}
	}
	for _, role := range clinic.Roles {
		for name, c := range rows {
			may := slices.Contains(c.who, role)
			if err := c.call(as(s.s, role)); fault.Is(err, fault.Forbidden) == may {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
	}
}
