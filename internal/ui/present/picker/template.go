package picker

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/templates"
)

// Templates finds templates of protocols for one user.
type Templates struct{ s *present.Session }

// NewTemplates makes the picker's model.
func NewTemplates(s *present.Session) *Templates { return &Templates{s} }

// Find answers with the templates that are offered and whose title or speciality has all
// the words: those of the user's speciality first, the clinic's own before the built-in
// ones, in the user's language before others.
func (m *Templates) Find(ctx context.Context, query string) ([]Row, error) {
	all, err := m.s.Catalog.Templates(ctx)
	if err != nil {
		return nil, err
	}
	words := fold.Words(query)
	all = slices.DeleteFunc(all, func(t clinic.Template) bool { return !t.Active || !has(&t, words) })
	mine := templates.KindOf(m.s.User.Speciality, m.s.User.Position)
	rank := func(t *clinic.Template) int {
		n := 0
		if mine == "" || templates.KindOf(t.Speciality) != mine {
			n += 4
		}
		if t.Lang != m.lang() {
			n += 2
		}
		if m.s.Catalog.Builtin(t.ID) {
			n++
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b clinic.Template) int { return rank(&a) - rank(&b) })
	var rows []Row
	section := ""
	for i := range all {
		t := &all[i]
		title := "picker_templates_others"
		if rank(t) < 4 {
			title = "picker_templates_mine"
		}
		if mine != "" && title != section && len(words) == 0 {
			section = title
			rows = append(rows, Row{Name: m.s.T(title), Heading: true})
		}
		r := Row{Key: t.ID.String(), Name: t.Title, Path: model.SpecialityWord(m.s.Words, t.Speciality), Note: m.s.T("picker_lang_" + t.Lang)}
		if !m.s.Catalog.Builtin(t.ID) {
			r.Path = joined(r.Path, m.s.T("picker_templates_own"))
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// lang is the language of papers that the user's language means: documents are not
// written in English unless a template is.
func (m *Templates) lang() string { return string(m.s.Words.Lang) }

func has(t *clinic.Template, words []string) bool {
	text := " " + fold.Text(t.Title) + " " + fold.Text(t.Speciality)
	for _, w := range words {
		if !strings.Contains(text, " "+w) {
			return false
		}
	}
	return true
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}
