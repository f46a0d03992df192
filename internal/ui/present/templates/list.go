// Package templates is the editor of the clinic's own templates of protocols: the list
// of what there is, and one template being changed, with its undo, its draft and what is
// wrong with it field by field.
//
// It promises that nothing typed is lost: what is not saved is a draft of the user within
// two seconds and at once when the page is left; that saving makes a new version and
// never touches a protocol; and that built-in templates are copied, not changed. It knows
// no widgets. Rights are asked for by the service; May tells a page what to offer.
package templates

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// Item is a line of the list.
type Item struct {
	ID         clinic.ID
	Title      string
	Speciality string
	Lang       string // in words
	State      string // «встроенный», «версия 3», «не предлагается», «черновик»
	Builtin    bool
	Active     bool
	Draft      bool // the user has changes of it that are not saved
	Fresh      bool // it was never saved: ID is that of the draft
}

// List is all templates, as far as a filter lets them.
type List struct {
	s      *present.Session
	all    []clinic.Template
	fresh  map[int]clinic.ID // drafts of templates that were never saved, by place in all
	drafts map[clinic.ID]bool
	shown  []int
	query  string
	lang   string
}

// NewList makes an empty list; Load fills it.
func NewList(s *present.Session) *List { return &List{s: s} }

// May reports whether the user may change templates.
func (l *List) May() bool { return l.s.May(clinic.ManageClinic) }

// Load reads the templates; take puts them into the list.
func (l *List) Load(ctx context.Context) (take func(), err error) {
	all, err := l.s.Catalog.Templates(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := l.s.Records.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	drafts, fresh := map[clinic.ID]bool{}, map[int]clinic.ID{}
	var begun []clinic.Template
	for _, k := range kept {
		d, ours := parse(k.Body)
		switch {
		case k.Kind != records.DraftOther || !ours:
		case d.Template.ID.IsZero():
			fresh[len(begun)] = k.ID
			begun = append(begun, d.Template)
		default:
			drafts[k.ID] = true
		}
	}
	order := builtin.Kinds()
	rank := func(t *clinic.Template) int {
		n := slices.Index(order, builtin.KindOf(t.Speciality))
		if n < 0 {
			n = len(order)
		}
		if l.s.Catalog.Builtin(t.ID) {
			n += 100
		}
		if t.Lang != string(l.s.Words.Lang) {
			n += 50
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b clinic.Template) int { return rank(&a) - rank(&b) })
	return func() {
		l.all, l.fresh, l.drafts = append(begun, all...), fresh, drafts
		l.filter()
	}, nil
}

// SetQuery shows only what has the words in its title, speciality or fields.
func (l *List) SetQuery(query string) { l.query = query; l.filter() }

// SetLang shows only one language; "" for all.
func (l *List) SetLang(lang string) { l.lang = lang; l.filter() }

func (l *List) filter() {
	l.shown = l.shown[:0]
	words := fold.Words(l.query)
	for i := range l.all {
		if t := &l.all[i]; (l.lang == "" || t.Lang == l.lang) && answers(t, words) {
			l.shown = append(l.shown, i)
		}
	}
}

func answers(t *clinic.Template, words []string) bool {
	if len(words) == 0 {
		return true
	}
	var b strings.Builder
	b.WriteString(" " + fold.Text(t.Title) + " " + fold.Text(t.Speciality))
	for i := range t.Fields {
		b.WriteString(" " + fold.Text(t.Fields[i].Label))
	}
	text := b.String()
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, " "+w) })
}

// Len is how many lines are shown.
func (l *List) Len() int { return len(l.shown) }

// Template is that of a line.
func (l *List) Template(i int) *clinic.Template { return &l.all[l.shown[i]] }

// At is the line of a template; -1 where it is not shown.
func (l *List) At(id clinic.ID) int {
	return slices.IndexFunc(l.shown, func(i int) bool { return l.all[i].ID == id || !id.IsZero() && l.fresh[i] == id })
}

// Item is a line in words.
func (l *List) Item(i int) Item {
	t := l.Template(i)
	it := Item{
		ID: t.ID, Title: t.Title, Speciality: SpecialityWord(l.s.Words, t.Speciality), Lang: l.s.Words.Code("templates_lang", t.Lang),
		Builtin: l.s.Catalog.Builtin(t.ID), Active: t.Active, Draft: l.drafts[t.ID],
	}
	if at, fresh := l.fresh[l.shown[i]]; fresh {
		it.ID, it.Fresh, it.Draft, it.Builtin = at, true, true, false
	}
	if it.Title == "" {
		it.Title = l.s.T("templates_untitled")
	}
	switch {
	case it.Draft:
		it.State = l.s.T("templates_state_draft")
	case !t.Active:
		it.State = l.s.T("templates_state_off")
	case it.Builtin:
		it.State = l.s.T("templates_state_builtin")
	default:
		it.State = l.s.T("templates_state_version", "version", t.Version)
	}
	return it
}

// SetActive says whether a template is offered for new protocols.
func (l *List) SetActive(ctx context.Context, id clinic.ID, on bool) error {
	return l.s.Catalog.SetTemplateActive(ctx, id, on)
}

// Drop throws a draft away; the function given brings it back.
func (l *List) Drop(ctx context.Context, draft clinic.ID) (undo func(context.Context) error, err error) {
	kept, ok, err := l.s.Records.Draft(ctx, records.DraftOther, draft)
	if err != nil || !ok {
		return func(context.Context) error { return nil }, err
	}
	return func(ctx context.Context) error {
		return l.s.Records.SaveDraft(ctx, records.DraftOther, draft, kept.Body)
	}, l.s.Records.SaveDraft(ctx, records.DraftOther, draft, "")
}

// SpecialityWord names a speciality in the user's language: one of the built-in
// templates by its word, any other as it stands.
func SpecialityWord(w present.Words, speciality string) string {
	if kind := builtin.KindOf(speciality); kind != "" && builtin.Speciality(kind) == speciality {
		return w.Code("templates_speciality", kind)
	}
	return speciality
}
