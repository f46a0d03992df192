package server

import (
	"context"
	"encoding/base64"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"feldsher/internal/server/depot"
	"feldsher/translations"
)

func basic(secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte("operator:"+secret))
}

func TestPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	other := s.invite()
	if _, p := s.push(s.entry(5000)); p != nil {
		t.Fatal(p)
	}
	if p := s.order(revoke(other)); p != nil {
		t.Fatal(p)
	}
	w.code("ru")
	get := func(path, lang, secret string) *reply {
		return w.send("GET", path, map[string]string{"Authorization": basic(secret), "Accept-Language": lang}, nil)
	}
	if r := get(pagePath, "ru", "anything"); r.status != http.StatusUnauthorized {
		t.Fatal("a page without a secret made:", r.status)
	}
	former, err := NewSecret(t.Context(), w.depot)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := NewSecret(t.Context(), w.depot)
	if err != nil {
		t.Fatal(err)
	}
	if r := get(pagePath, "ru", former); r.status != http.StatusUnauthorized {
		t.Fatal("a former secret opens it:", r.status)
	}
	for lang, want := range map[string]string{"ru": "Доступность", "kk-KZ,ru;q=0.5": "Қолжетімділік", "en-GB": "Availability", "be": "Доступность", "xx": "Доступность"} {
		r := get(pagePath, lang, strings.ToLower(secret))
		body := string(r.body)
		if r.status != http.StatusOK || !strings.Contains(body, want) || !strings.Contains(body, "Тайная клиника") || !strings.Contains(body, s.org.String()) {
			t.Errorf("%s: %d\n%s", lang, r.status, body)
		}
		if strings.Contains(body, "licensord_") || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "<no value>") {
			t.Errorf("%s: an unfinished page\n%s", lang, body)
		}
		csp := r.header.Get("Content-Security-Policy")
		style := body[strings.Index(body, "<style>")+len("<style>") : strings.Index(body, "</style>")]
		if style != pageStyle || !strings.Contains(csp, "default-src 'none'") || strings.Contains(body, "<script") || strings.Contains(body, "http") {
			t.Errorf("the page's style is not the one that its policy lets pass: %s", csp)
		}
	}
	r := get(pagePath+"?org="+s.org.String(), "en", secret)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), s.id.String()) || !strings.Contains(string(r.body), other.id.String()) || !strings.Contains(string(r.body), `class="ended"`) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for _, bad := range []string{"x", "<script>", w.depot.Server().String()} {
		if r := get(pagePath+"?org="+bad, "en", secret); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", bad, r.status)
		}
	}
}

// Guesses at the secret end after a few, and do not keep its owner out for good.
func TestSecretIsNotGuessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	secret, err := NewSecret(t.Context(), w.depot)
	if err != nil {
		t.Fatal(err)
	}
	get := func(secret string) int {
		return w.send("GET", pagePath, map[string]string{"Authorization": basic(secret)}, nil).status
	}
	for range DefaultRates().Secret.Burst {
		if got := get("wrong"); got != http.StatusUnauthorized {
			t.Fatal(got)
		}
	}
	if got := get(secret); got != http.StatusTooManyRequests {
		t.Fatal(got)
	}
	w.ahead.Store(int64(time.Minute))
	if got := get(secret); got != http.StatusOK {
		t.Fatal(got)
	}
	if r := w.send("GET", pagePath, nil, nil); r.status != http.StatusUnauthorized || r.header.Get("WWW-Authenticate") == "" {
		t.Fatal(r.status)
	}
	if r := w.send("GET", "/metrics", map[string]string{"X-Forwarded-For": "203.0.113.7"}, nil); r.status != http.StatusUnauthorized {
		t.Fatal("metrics for anybody:", r.status)
	}
	if r := w.send("GET", "/metrics", map[string]string{"X-Forwarded-For": "203.0.113.7", "Authorization": basic(secret)}, nil); r.status != http.StatusOK {
		t.Fatal(r.status)
	}
}

// Every sentence that the page asks for is there in each language.
func TestPageWords(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`\.T "([a-z_]+)"`).FindAllStringSubmatch(pageText, -1)
	if len(asked) < 10 {
		t.Fatal("the template asks for", len(asked))
	}
	for _, a := range asked {
		for _, lang := range translations.Languages {
			if !translations.Has(lang, a[1]) {
				t.Errorf("%s: no %s", lang, a[1])
			}
		}
	}
	pageTemplate()
}

// R8.6: minutes up by the server's own count, rounded down.
func TestAvailability(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := depot.Open(t.Context(), filepath.Join(dir, "d.sqlite"), filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	start := time.Date(2031, 5, 30, 10, 0, 0, 0, time.UTC)
	s := &Server{options: Options{Depot: d}}
	beatAt := func(at time.Time) {
		s.options.Now = func() time.Time { return at }
		if err := s.beat(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 { // an hour, each minute three times; ten minutes lost
		if i >= 20 && i < 30 {
			continue
		}
		for j := range 3 {
			beatAt(start.Add(time.Duration(i)*time.Minute + time.Duration(j)*20*time.Second))
		}
	}
	got, err := Measure(t.Context(), d, start.Add(time.Hour))
	if err != nil || len(got) != 1 || got[0].Of != 60 || got[0].Up != 50 || got[0].Percent() != 83.33 {
		t.Fatal(got, err)
	}
	got, err = Measure(t.Context(), d, time.Date(2031, 6, 1, 0, 10, 0, 0, time.UTC))
	if err != nil || len(got) != 2 || got[0].Of != 10 || got[0].Up != 0 || got[1].Up != 50 || got[1].Of != 38*60 {
		t.Fatal(got, err)
	}
	if none := (Availability{}); none.Percent() != 100 {
		t.Error(none.Percent())
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	v := &view{t: translations.Russian}
	for n, want := range map[int64]string{0: "0 Б", 999: "999 Б", 1500: "1,5 КБ", 123_456: "123 КБ", 2_000_000_000: "2,0 ГБ"} {
		if got := v.bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := thousands(1234567); got != "1\u202f234\u202f567" {
		t.Error(got)
	}
}
