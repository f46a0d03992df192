package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"feldsher/internal/ledger"
	"feldsher/internal/server/depot"
	"feldsher/translations"
)

// pagePath is where the operator sees how things stand (R8.8).
const pagePath = "/operator"

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// policy lets the page have its own style and nothing else: no script, no frame,
// nothing from anywhere.
func policy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// view is what the page shows, in words already.
type view struct {
	Lang     string
	Style    template.CSS
	Now      string
	Facts    []fact
	Months   []fact
	Orgs     []orgView
	One      *orgView
	Stations []stationView
	t        translations.Lang
}

// T gives a sentence of the page.
func (v view) T(key string, args ...any) string { return translations.T(v.t, key, args...) }

type fact struct{ Name, Value, Note string }

type orgView struct {
	ID, Name, Country, Devices, Entries, Volume, Contact, Added string
	Waits                                                       bool
}

type stationView struct {
	ID, Added, Contact, Revoked, Seq string
	Ended                            bool
}

func (s *Server) page(o *observed, r *http.Request) {
	h := o.Header()
	h.Set("Content-Security-Policy", policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !s.operator(o, r) {
		return
	}
	v, err := s.look(r.Context(), pageLanguage(r), r.URL.Query().Get("org"))
	if errors.Is(err, depot.ErrUnknown) {
		http.Error(o, "404", http.StatusNotFound)
		return
	}
	var out bytes.Buffer
	if err == nil {
		err = pageTemplate().Execute(&out, v)
	}
	if err != nil {
		o.cause = err
		http.Error(o, "503", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	_, _ = (&steadyWriter{http.NewResponseController(o), o}).Write(out.Bytes())
}

func pageTemplate() *template.Template {
	return template.Must(template.New("page").Parse(pageText)) // embedded: a test has parsed it
}

var pageLanguages = language.NewMatcher([]language.Tag{language.Russian, language.Kazakh, language.English})

// pageLanguage is the language of the program that suits the browser's best;
// Russian where none does.
func pageLanguage(r *http.Request) translations.Lang {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return translations.Russian
	}
	_, i, _ := pageLanguages.Match(tags...)
	return translations.Languages[i]
}

// look gathers what the page shows: all organisations, or one with its
// workstations.
func (s *Server) look(ctx context.Context, lang translations.Lang, one string) (*view, error) {
	d, now := s.options.Depot, s.options.Now().UTC()
	v := &view{Lang: string(lang), t: lang, Style: template.CSS(pageStyle), Now: stamp(now)}
	orgs, err := d.Organisations(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		shown := v.org(o)
		if one != "" && shown.ID == one {
			v.One = &shown
		}
		v.Orgs = append(v.Orgs, shown)
	}
	if one != "" {
		id, err := ledger.ParseID(one)
		if err != nil || v.One == nil {
			return nil, depot.ErrUnknown
		}
		return v, v.stations(ctx, d, id)
	}
	return v, s.facts(ctx, v, orgs, now)
}

func (s *Server) facts(ctx context.Context, v *view, orgs []depot.Organisation, now time.Time) error {
	months, err := Measure(ctx, s.options.Depot, now)
	if err != nil {
		return err
	}
	for _, m := range months {
		v.Months = append(v.Months, fact{
			m.Month.Format("01.2006"), decimal(v.t, fmt.Sprintf("%.2f", m.Percent())) + " %",
			v.T("licensord_page_minutes", "up", m.Up, "of", m.Of),
		})
	}
	prints, err := s.options.Certificate.Fingerprints()
	if err != nil {
		return err
	}
	var total int64
	for _, o := range orgs {
		total += o.Bytes + o.Ring + o.Stored
	}
	v.Facts = []fact{
		{v.T("licensord_page_up"), v.duration(now.Sub(s.started)), v.T("licensord_page_since", "time", stamp(s.started.UTC()))},
		{v.T("licensord_page_volume"), v.bytes(total), ""},
		{v.T("licensord_page_polls"), strconv.Itoa(s.polls.count()), v.T("licensord_page_polls_note")},
		{v.T("licensord_page_country"), v.country(s.options.Country), ""},
		{v.T("licensord_page_server"), s.options.Depot.Server().String(), ""},
	}
	if len(prints[0]) > 0 {
		v.Facts = append(v.Facts, fact{v.T("licensord_page_certificate"), groups(prints[0]), v.T("licensord_page_certificate_note")})
	}
	return nil
}

func (v *view) org(o depot.Organisation) orgView {
	out := orgView{
		ID: o.ID.String(), Name: o.Name, Country: v.country(o.Country), Devices: strconv.Itoa(o.Devices),
		Entries: thousands(o.Entries), Volume: v.bytes(o.Bytes + o.Ring + o.Stored), Contact: v.stamp(o.Contact), Added: v.stamp(o.Added),
	}
	if o.ID.IsZero() {
		out.Waits = true
		out.Contact = v.T("licensord_page_waits", "time", stamp(o.Expires.UTC()))
	}
	return out
}

func (v *view) stations(ctx context.Context, d depot.Depot, org ledger.ID) error {
	all, err := d.Devices(ctx, org)
	if err != nil {
		return err
	}
	for _, one := range all {
		v.Stations = append(v.Stations, stationView{
			ID: one.ID.String(), Added: v.stamp(one.Added), Contact: v.stamp(one.Contact), Revoked: v.stamp(one.Revoked),
			Seq: thousands(one.Seq), Ended: !one.Revoked.IsZero(),
		})
	}
	return nil
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") + " UTC" }

func (v *view) stamp(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return stamp(t.UTC())
}

func (v *view) country(code string) string {
	switch code {
	case "ru", "kz":
		return v.T("licensord_page_country_" + code)
	case "":
		return "—"
	}
	return code
}

func (v *view) duration(d time.Duration) string {
	days, hours := int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour)
	if days > 0 {
		return v.T("licensord_page_days", "days", days, "hours", hours)
	}
	return v.T("licensord_page_hours", "hours", hours, "minutes", int(d%time.Hour/time.Minute))
}

// bytes are shown in the unit that leaves at most four digits.
func (v *view) bytes(n int64) string {
	size, unit := float64(n), 0
	for size >= 1000 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	digits := 1
	if unit == 0 || size >= 100 {
		digits = 0
	}
	return decimal(v.t, strconv.FormatFloat(size, 'f', digits, 64)) + " " + v.T("licensord_page_unit_"+strconv.Itoa(unit))
}

func decimal(lang translations.Lang, number string) string {
	if lang == translations.English {
		return number
	}
	return strings.Replace(number, ".", ",", 1)
}

// thousands sets narrow spaces between groups of three digits.
func thousands(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// groups shows a fingerprint so that two people can compare it by voice.
func groups(print []byte) string {
	var b strings.Builder
	for i, x := range print {
		if i > 0 && i%2 == 0 {
			b.WriteByte(' ')
		}
		_, _ = fmt.Fprintf(&b, "%02X", x)
	}
	return b.String()
}
