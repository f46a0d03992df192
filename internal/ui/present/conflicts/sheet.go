package conflicts

import (
	"context"
	"encoding/json"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/present"
)

// Sheet is one conflict in sight: two of its versions side by side.
type Sheet struct {
	s *present.Session
	t *teller
	x conflict.Conflict

	Title, Whose, About string
	Note                string // what it means and what to do
	Settles             bool   // the user may take or write
	Marks               bool   // the user may mark it as read
	Reads               bool
	Sides               []Side
	Left, Right         int // which of the sides are compared
	Route               present.Route
	Writes              bool // the user may write an own version

	fields []Field          // of the sides in sight: comparing long texts takes a while
	parts  map[string]Field // the same by column
}

// Side is one version.
type Side struct {
	Title   string // «Сейчас в карте», «Другая версия»
	Who     string // the person and the workstation
	When    string
	Void    bool // counts for nothing
	Present bool // stands
}

// Field is a column of both sides.
type Field struct {
	key         string
	Label       string
	Left, Right []Piece
	Same        bool
}

// Open reads a conflict.
func Open(ctx context.Context, s *present.Session, ref conflict.Ref) (*Sheet, error) {
	x, err := s.Conflicts.Show(ctx, ref)
	if err != nil {
		return nil, err
	}
	t, err := newTeller(ctx, s, &x)
	if err != nil {
		return nil, err
	}
	w := s.Words
	sh := &Sheet{
		s: s, t: t, x: x, Title: t.what(&x), Whose: t.whose(&x), About: t.about(&x), Settles: x.Settles && x.Reads,
		Marks: x.Is != conflict.Open && x.Reads && !x.Read, Reads: x.Reads, Right: min(1, len(x.Versions)-1), Route: routeOf(s, &x),
	}
	for i := range x.Versions {
		sh.Sides = append(sh.Sides, t.side(&x, i))
	}
	sh.Note = w.T("conflicts_note_" + string(x.Is))
	switch {
	case !x.Reads:
		sh.Note = w.T("conflicts_note_hidden")
	case x.Is == conflict.Open && !x.Settles:
		sh.Note = w.T("conflicts_note_others")
	}
	sh.compare()
	sh.Writes = sh.Form() != nil
	return sh, nil
}

func (t *teller) side(x *conflict.Conflict, i int) Side {
	v := &x.Versions[i]
	out := Side{
		Who:  join(" · ", t.person(v.Who), v.Station),
		When: t.moment(v.At), Void: v.Void, Present: v.Standing,
	}
	if x.Is == conflict.Twice {
		out.When = join(" · ", out.When, t.names[v.Patient])
	}
	switch {
	case v.Standing:
		out.Title = t.w.T("conflicts_side_now")
	case x.Is == conflict.Late && v.Void:
		out.Title = t.w.T("conflicts_side_late")
	case v.Void:
		out.Title = t.w.T("conflicts_side_void")
	case len(x.Versions) > 2:
		out.Title = t.w.T("conflicts_side_nth", "n", i+1, "of", len(x.Versions))
	default:
		out.Title = t.w.T("conflicts_side_other")
	}
	return out
}

func (t *teller) person(name string) string {
	if name == "" {
		return t.w.T("conflicts_somebody")
	}
	return name
}

// routeOf is the page on which the row stands.
func routeOf(s *present.Session, x *conflict.Conflict) present.Route {
	switch {
	case !x.Reads:
	case x.Table == "visit" && s.May(clinic.ReadCare):
		return present.Route{Page: present.PageVisit, ID: x.ID}
	case x.Table == "booking" || x.Table == "waiting":
		if at, ok := x.Row["starts"].(int64); ok {
			return present.Route{Page: present.PageToday, Arg: string(s.Words.DateOf(clinic.Time(at).Std()))}
		}
	case !x.Patient.IsZero() && s.May(clinic.ReadCards):
		return present.Route{Page: present.PageCard, ID: x.Patient}
	}
	return present.Route{}
}

// Ref names the conflict.
func (s *Sheet) Ref() conflict.Ref { return s.x.Ref }

// Turn compares the next version with the one that stands, where there are more
// than two.
func (s *Sheet) Turn() {
	if n := len(s.Sides); n > 2 {
		s.Right = s.Right%(n-1) + 1
		s.compare()
	}
}

// More reports whether there are more versions than fit side by side.
func (s *Sheet) More() bool { return len(s.Sides) > 2 }

// Erased reports whether the values of a side are gone with their key.
func (s *Sheet) erased(i int) bool { return s.x.Versions[i].Values == nil }

// Fields are the two sides column by column; those that say nothing to a person or are
// empty on both sides are left out.
func (s *Sheet) Fields() []Field { return s.fields }

// compare holds the two sides against each other.
func (s *Sheet) compare() {
	s.fields, s.parts = nil, map[string]Field{}
	if !s.Reads || len(s.x.Versions) < 2 {
		return
	}
	l, r := s.rows(s.Left), s.rows(s.Right)
	order := slices.Clone(l)
	for _, x := range r {
		if !slices.ContainsFunc(order, func(o row) bool { return o.key == x.key }) {
			order = append(order, x)
		}
	}
	find := func(in []row, key string) string {
		for _, x := range in {
			if x.key == key {
				return x.value
			}
		}
		return ""
	}
	for _, x := range order {
		a, b := find(l, x.key), find(r, x.key)
		if a == b && (a == "" || slices.Contains(flags, x.key) && a == s.t.w.T("conflicts_no")) {
			continue
		}
		f := Field{key: x.key, Label: x.label, Same: a == b}
		f.Left, f.Right = Compare(a, b)
		s.fields, s.parts[f.key] = append(s.fields, f), f
	}
}

// row is a field of one side.
type row struct{ key, label, value string }

// rows writes what a side holds.
func (s *Sheet) rows(side int) []row {
	if s.erased(side) {
		return []row{{"", "", s.t.w.T("conflicts_erased")}}
	}
	values := s.x.Versions[side].Values
	var out []row
	for _, c := range s.x.Columns {
		if s.x.Table == "protocol" && c == "fields" {
			out = append(out, s.protocol(values)...)
			continue
		}
		name := label(s.t.w, s.x.Table, c)
		if name == "" {
			continue
		}
		out = append(out, row{c, name, s.t.value(s.x.Table, c, values[c])})
	}
	return out
}

// protocol writes the fields of a protocol by the names of its template.
func (s *Sheet) protocol(values map[string]any) []row {
	var texts map[string]string
	var shape []clinic.Field
	text, _ := values["fields"].(string)
	form, _ := values["shape"].(string)
	_ = json.Unmarshal([]byte(text), &texts) // what can't be read is empty
	_ = json.Unmarshal([]byte(form), &shape)
	var out []row
	for _, f := range shape {
		if f.Type != "heading" {
			out = append(out, row{"fields." + f.Key, f.Label, texts[f.Key]})
		}
	}
	return out
}

// seen are the keys of the versions that the user has before them.
func (s *Sheet) seen() []string {
	var out []string
	for i := range s.x.Versions {
		out = append(out, s.x.Versions[i].Key)
	}
	return out
}

// Take gives the work that takes the left or the right version.
func (s *Sheet) Take(right bool) func(context.Context) (string, error) {
	side := s.Left
	if right {
		side = s.Right
	}
	key := s.x.Versions[side].Key
	return func(ctx context.Context) (string, error) {
		err := s.s.Conflicts.Settle(ctx, s.x.Ref, conflict.Decision{Seen: s.seen(), Take: key})
		return s.s.T("conflicts_settled"), err
	}
}

// MarkRead gives the work that marks what came too late as read.
func (s *Sheet) MarkRead() func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		return s.s.T("conflicts_marked"), s.s.Conflicts.MarkRead(ctx, s.x.Ref)
	}
}
