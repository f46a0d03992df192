// Package conflicts is what a user sees of the inbox of conflicts and does there:
// which waits and whose it is, both versions side by side with the words that
// differ, taking one of them or writing an own text. It has no widgets.
package conflicts

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/cards"
	"feldsher/translations"
)

// tableName names a table in the user's words.
func tableName(w present.Words, table string) string {
	if key := "conflicts_t_" + table; translations.Has(w.Lang, key) {
		return w.T(key)
	}
	return cmp.Or(cards.TableName(w, table), w.T("conflicts_t_other"))
}

// groupName names a field group: what of the row is in conflict.
func groupName(w present.Words, table, group string) string {
	for _, key := range []string{"conflicts_g_" + table + "_" + group, "conflicts_g_" + group} {
		if translations.Has(w.Lang, key) {
			return w.T(key)
		}
	}
	return ""
}

// label names a column; "" for one that is the program's own.
func label(w present.Words, table, column string) string {
	for _, key := range []string{"conflicts_f_" + table + "_" + column, "conflicts_f_" + column} {
		if translations.Has(w.Lang, key) {
			return w.T(key)
		}
	}
	return cards.Label(w, table, column)
}

// teller writes conflicts in the user's words.
type teller struct {
	s     *present.Session
	w     present.Words
	speak cards.Speaker
	names map[clinic.ID]string
}

// newTeller reads the names that the conflicts speak of.
func newTeller(ctx context.Context, s *present.Session, list ...*conflict.Conflict) (*teller, error) {
	names := map[clinic.ID]string{}
	staff, err := s.Store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	for i := range staff {
		names[staff[i].ID] = cmp.Or(staff[i].Short(), staff[i].Login)
	}
	t := &teller{s: s, w: s.Words, names: names}
	for _, x := range list {
		for id, b := range x.Cards {
			if names[id] == "" {
				names[id] = join(" ", b.CaseNumber, b.Short())
			}
		}
	}
	t.speak = cards.NewSpeaker(s, names)
	return t, nil
}

// value writes what a column holds, whole.
func (t *teller) value(table, column string, v any) string {
	text, isText := v.(string)
	number, isNumber := v.(int64)
	switch {
	case isText && text == "":
		return ""
	case table == "staff" && column == "roles":
		return t.list(text, func(code string) string { return t.w.Code("word_role", code) })
	case isText && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")):
		return leaves(text)
	case isNumber && column == "deleted":
		return t.w.T("conflicts_struck", "when", t.w.Moment(clinic.Time(number)))
	case isNumber && table == "schedule" && column == "weekday":
		return t.w.Weekday(time.Weekday(number % 7))
	case isNumber && (table == "schedule" || table == "absence") && (column == "starts" || column == "ends"):
		return fmt.Sprintf("%02d:%02d", number/60, number%60)
	case isNumber && slices.Contains(flags, column):
		if number == 0 {
			return t.w.T("conflicts_no")
		}
		return t.w.T("conflicts_yes")
	case isText && table == "waiting" && column == "status", isText && table == "booking" && column == "double":
		return t.w.Code("conflicts_v_"+table+"_"+column, text)
	}
	return t.speak.Whole(table, column, v)
}

// flags are columns that are yes or no, and of which no says as much as yes.
var flags = []string{"active", "name_unknown", "incapable"}

func (t *teller) list(text string, word func(string) string) string {
	var codes []string
	if json.Unmarshal([]byte(text), &codes) != nil {
		return text
	}
	for i := range codes {
		codes[i] = word(codes[i])
	}
	return strings.Join(codes, ", ")
}

// leaves writes the texts and numbers of a JSON value, one a line for each of its
// elements.
func leaves(text string) string {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return text
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var lines []string
	for _, x := range list {
		if words := flat(x); len(words) > 0 {
			lines = append(lines, strings.Join(words, ", "))
		}
	}
	return strings.Join(lines, "\n")
}

func flat(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case json.Number:
		return []string{v.String()}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, flat(x)...)
		}
		return out
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a, b)) })
		var out []string
		for _, k := range keys {
			if !slices.Contains(unsaid, k) {
				out = append(out, flat(v[k])...)
			}
		}
		return out
	}
	return nil
}

// unsaid are keys of JSON values that say nothing to a person; told those that come
// first.
var (
	unsaid = []string{"id", "key", "type", "system", "version", "staff", "patient", "visit", "panel"}
	told   = []string{"code", "label", "name", "inn", "trade", "text", "dose", "dose_unit"}
)

func place(key string) int {
	if i := slices.Index(told, key); i >= 0 {
		return i
	}
	return len(told)
}

// whose names the patient of a conflict: name and birth date.
func (t *teller) whose(x *conflict.Conflict) string {
	b, ok := x.Cards[x.Patient]
	if !ok {
		return ""
	}
	name := b.String()
	if name == "" {
		name = t.w.T("conflicts_nameless")
	}
	return join(", ", name, t.w.Date(b.BirthDate))
}

// about tells which row it is.
func (t *teller) about(x *conflict.Conflict) string {
	if x.Row == nil {
		return ""
	}
	text := func(c string) string { v, _ := x.Row[c].(string); return v }
	who := func(c string) string {
		b, ok := x.Row[c].([]byte)
		if !ok || len(b) != len(clinic.ID{}) {
			return ""
		}
		return t.names[clinic.ID(b)]
	}
	switch x.Table {
	case "patient":
		return text("case_number")
	case "staff":
		return cmp.Or(clinic.Name{Family: text("family"), Given: text("given"), Patronymic: text("patronymic")}.Short(), text("login"))
	case "template", "pathway", "organisation":
		return text("title")
	case "service":
		return join(" ", text("code"), text("title"))
	case "schedule":
		return join(", ", who("staff"), t.value(x.Table, "weekday", x.Row["weekday"]))
	case "absence":
		return join(", ", who("staff"), t.w.Date(clinic.Date(text("since"))))
	}
	return cards.Short(t.speak.Summary(x.Table, x.Row), 120)
}

func join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), between)
}
