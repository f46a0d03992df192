package registration

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// FuzzDraft: whatever lies on the disk as a draft, the form opens, and what it made of
// it comes back the same.
func FuzzDraft(f *testing.F) {
	s := presenttest.Open(f, translations.Russian)
	for _, body := range []string{
		``, `{}`, `null`, `{"input":{"values":{}}}`,
		`{"input":{"values":{"family":"Озёрная","sex":"x","mother":"не номер"},"lists":{"contacts":[{},{"values":null}],"никакой":[{}]}}}`,
		`{"base":{"lists":{"documents":[{"id":"01a200c6-0cb0-744d-9102-6e40bc6b97e8"}]}},"input":{"values":{"birth_date":"31.02.1980"}},"earlier":{"input":{"values":{}}}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		k, ok := unpack(body)
		if !ok {
			return
		}
		form := New(s, "")
		form.takeUp(k)
		form.know(t.Context())
		for _, sec := range form.Sections() {
			_ = sec
		}
		form.Marks()
		form.Alike()
		form.Key()
		_ = form.draft()
		again, ok := unpack((&kept{Base: form.base, Input: form.in, Own: form.own, Auto: form.auto}).body())
		if !ok || !same(again.Input, form.in) {
			t.Fatalf("%q does not come back", body)
		}
		if form.Submit() != nil {
			_, _, err := form.apply(clinic.Patient{})
			if err != nil && !form.Refused(err) && form.First() != "" {
				t.Fatalf("%v", err)
			}
		}
		form.Remove("contacts", 0)()
	})
}

// FuzzText: names, times and sums as anybody may type them.
func FuzzText(f *testing.F) {
	for _, s := range []string{"иванов-петров оглы", "О’КОННОР", "9:5", "24:00", "1 250,5", "-1", "\xff\x00", "ǅ", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clean(s, false)
		if clean(c, false) != c {
			t.Errorf("cleaning %q twice differs", s)
		}
		if n := capital(c); capital(n) != n {
			t.Errorf("%q becomes %q, then %q", c, n, capital(n))
		}
		if at, ok := clock(c); ok && at != "" {
			if again, ok := clock(at); !ok || again != at {
				t.Errorf("%q is %q, then %q", c, at, again)
			}
		}
		if n, ok := sum(c); ok && n < 0 {
			t.Errorf("%q is %d", c, n)
		}
		sexOf(c)
		if d := digitsOnly(c); strings.Trim(d, "0123456789+ -()") != "" {
			t.Errorf("%q leaves %q", c, d)
		}
	})
}
