// Package picker is what the pickers of the visit show: codes of the МКБ-10 and
// templates of protocols, the user's own first. A picker asks with what stands in its
// field and gets rows; everything it knows comes from the services, and nothing here
// holds a page up: the caller asks beside the screen's thread.
package picker

import (
	"context"
	"strings"
	"sync"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/fault"
	"feldsher/internal/service/catalog"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Row is a line of a picker: a code of the МКБ-10, a template, or with Heading the name
// of the rows below.
type Row struct {
	Key     string // the code, or the id of a template
	Code    string
	Name    string // in the user's language
	Path    string // where it hangs: chapter, blocks, category
	Note    string // what to mind: found by a guess, to be divided further
	Pinned  bool   // a favourite by the user's own hand
	Heading bool
}

// most is how many codes a question is answered with, and how many favourites of a
// section are shown before anything is asked.
const (
	mostHits      = 60
	mostFavourite = 30
)

// ICD finds codes of the МКБ-10 for one user. It may be asked from several goroutines.
type ICD struct {
	s *present.Session

	mu     sync.Mutex
	fav    *catalog.Favourites
	prefer func(string) bool
}

// NewICD makes the picker's model; favourites are read at the first question.
func NewICD(s *present.Session) *ICD { return &ICD{s: s} }

// favourites are read once and after every Toggle.
func (m *ICD) favourites(ctx context.Context) (*catalog.Favourites, func(string) bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fav == nil {
		f, err := m.s.Catalog.Favourites(ctx)
		if err != nil {
			return nil, nil, err
		}
		m.fav, m.prefer = &f, f.Prefer()
	}
	return m.fav, m.prefer, nil
}

// Find answers a question: a code, its beginning, words in any order; the empty one with
// the favourites (R3.2).
func (m *ICD) Find(ctx context.Context, query string) ([]Row, error) {
	x, err := m.s.Catalog.Index(ctx)
	if err != nil {
		return nil, err
	}
	fav, prefer, err := m.favourites(ctx)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(query) == "" {
		return m.first(x, fav), ctx.Err()
	}
	hits := x.Search(query, mostHits, icd.Options{Lang: m.lang(), Prefer: prefer})
	if err := ctx.Err(); err != nil {
		return nil, err // a later question was asked
	}
	pinned := set(fav.Pinned)
	rows := make([]Row, 0, len(hits))
	for i := range hits {
		r := m.row(x, &hits[i].Entry, pinned)
		if r.Note == "" && hits[i].Match == icd.ByGuess {
			r.Note = m.s.T("picker_guess")
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (m *ICD) lang() icd.Lang { return icd.Lang(m.s.Words.Lang) }

// first is what stands there before anything is asked: pinned, habit, speciality.
func (m *ICD) first(x *icd.Index, fav *catalog.Favourites) []Row {
	var rows []Row
	pinned, seen := set(fav.Pinned), map[string]bool{}
	for _, part := range []struct {
		title string
		codes []string
	}{{"picker_icd_pinned", fav.Pinned}, {"picker_icd_habit", fav.Habit}, {"picker_icd_usual", fav.Usual}} {
		n := 0
		for _, code := range part.codes {
			e, ok := x.Entry(code)
			if !ok || seen[code] || n >= mostFavourite {
				continue
			}
			if n == 0 {
				rows = append(rows, Row{Name: m.s.T(part.title), Heading: true})
			}
			n, seen[code] = n+1, true
			rows = append(rows, m.row(x, &e, pinned))
		}
	}
	return rows
}

func set(codes []string) map[string]bool {
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out
}

func (m *ICD) row(x *icd.Index, e *icd.Entry, pinned map[string]bool) Row {
	r := Row{Key: e.Code, Code: e.Code, Name: e.Names.In(m.lang()), Pinned: pinned[e.Code]}
	parts := make([]string, 0, 3)
	for _, up := range x.Path(e.Code) {
		if up.Kind == icd.KindChapter {
			parts = append(parts, up.Code)
		} else {
			parts = append(parts, up.Names.In(m.lang()))
		}
	}
	r.Path = strings.Join(parts, " · ")
	switch {
	case e.Additional == icd.Asterisk:
		r.Note = m.s.T("picker_icd_asterisk")
	case x.Divided(e.Code):
		r.Note = m.s.T("picker_icd_divided")
	}
	return r
}

// Toggle pins a code or takes the pin away; it reports whether it is pinned now.
func (m *ICD) Toggle(ctx context.Context, code string) (bool, error) {
	fav, _, err := m.favourites(ctx)
	if err != nil {
		return false, err
	}
	on := !set(fav.Pinned)[code]
	if err := m.s.Catalog.PinICD(ctx, code, on); err != nil {
		return !on, err
	}
	m.mu.Lock()
	m.fav = nil
	m.mu.Unlock()
	return on, nil
}

// Coding is a code as a diagnosis keeps it: with the version of the table in use and its
// wording, Kazakh for who works in Kazakh, else Russian. Fault: Invalid for a code that
// is not offered.
func (m *ICD) Coding(ctx context.Context, code string) (clinic.Coding, error) {
	c := clinic.Coding{Code: code}
	x, err := m.s.Catalog.Index(ctx)
	if err != nil {
		return c, err
	}
	e, ok := x.Entry(icd.Normalize(code))
	if !ok {
		return c, fault.At("code", "fault.icd.unknown")
	}
	if m.s.Words.Lang == translations.Kazakh {
		c.Name = e.Names.In(icd.Kazakh)
	}
	return c, m.s.Catalog.Complete(ctx, &c)
}
