package cards

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Told is one act on a card in words: who did what and when.
type Told struct {
	When, Who, What string
	Icon            string
	Lines           []string
}

// actsAtOnce is how many acts the history reads first, and by how many more it grows.
const actsAtOnce = 200

// History is the history of a card in words, from the newest act back.
type History struct {
	Acts []Told
	More bool // there are older ones
	asks int
}

// LoadHistory reads the history of a card and of those merged with it: of nil the
// newest acts, of an earlier one more of them. Content that the user may not see is
// not in it (R11.4).
func LoadHistory(ctx context.Context, s *present.Session, patient clinic.ID, earlier *History) (*History, error) {
	h := &History{asks: actsAtOnce}
	if earlier != nil {
		h.asks = earlier.asks + actsAtOnce
	}
	acts, more, err := s.Records.History(ctx, patient, h.asks)
	if err != nil {
		return nil, err
	}
	names, err := namesFor(ctx, s, acts)
	if err != nil {
		return nil, err
	}
	h.More = more
	t := teller{speaker: speaker{words: s.Words, currency: currencyOf(s.Clinic.Country), names: names}, rows: map[clinic.ID]map[string]any{}}
	for _, a := range slices.Backward(acts) { // the oldest first, so that what is struck out is known
		h.Acts = append(h.Acts, t.tell(a))
	}
	slices.Reverse(h.Acts)
	return h, nil
}

func currencyOf(c clinic.Country) string {
	if c == clinic.Kazakhstan {
		return "KZT"
	}
	return "RUB"
}

// namesFor gives the names of the people, and the numbers of the cards, that acts
// speak of.
func namesFor(ctx context.Context, s *present.Session, acts []records.Act) (map[clinic.ID]string, error) {
	out := map[clinic.ID]string{}
	staff, err := s.Store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	for i := range staff {
		out[staff[i].ID] = cmp.Or(staff[i].Short(), staff[i].Login)
	}
	if !s.May(clinic.ReadCards) {
		return out, nil
	}
	for _, a := range acts {
		for _, part := range a.Payload.Parts {
			for i := range part.Rows {
				for _, c := range part.Rows[i].Columns {
					id, ok := idOf(c.New)
					if !ok || out[id] != "" || c.Name != "other" && c.Name != "mother" && c.Name != "person" && (c.Name != "patient" || part.Rows[i].Table != "patient_link") {
						continue
					}
					p, err := s.Records.Patient(ctx, id)
					if err == nil {
						out[id] = join(" ", p.CaseNumber, p.Short())
					}
				}
			}
		}
	}
	return out, nil
}

func idOf(v any) (clinic.ID, bool) {
	b, ok := v.([]byte)
	if !ok || len(b) != len(clinic.ID{}) {
		return clinic.ID{}, false
	}
	return clinic.ID(b), true
}

// teller makes words of acts, the oldest first.
type teller struct {
	speaker
	rows map[clinic.ID]map[string]any // what is known of each row by then
}

func (t *teller) tell(a records.Act) Told {
	w := t.words
	told := Told{When: w.Moment(clinic.Time(a.Header.HLC.Time().UnixMilli())), Who: a.Who, Icon: "edit"}
	if told.Who == "" {
		told.Who = w.T("cards_somebody")
	}
	key := "cards_act_" + strings.ReplaceAll(a.Payload.Intent, ".", "_")
	if !translations.Has(w.Lang, key) {
		key = "cards_act_other"
	}
	told.What = w.T(key)
	told.Icon = actIcon(a.Payload.Intent)
	for _, part := range a.Payload.Parts {
		if part.Erased {
			told.Lines = append(told.Lines, w.T("cards_erased"))
			continue
		}
		for i := range part.Rows {
			told.Lines = append(told.Lines, t.row(&part.Rows[i], a.Show(part.Class))...)
		}
	}
	told.Lines = counted(w, told.Lines)
	return told
}

func actIcon(intent string) string {
	area, what, _ := strings.Cut(intent, ".")
	switch {
	case what == "merge":
		return "merge"
	case what == "unmerge":
		return "unlink"
	case what == "annul":
		return "forbidden"
	case what == "sign":
		return "sign"
	case what == "register":
		return "add"
	}
	for _, known := range [...][2]string{
		{"visit", "visit"},
		{"allergy", "allergy"},
		{"problem", "heart"},
		{"protocol", "document"},
		{"attachment", "attach"},
		{"booking", "calendar"},
		{"import", "import"},
		{"demo", "import"},
		{"service", "cash"},
	} {
		if area == known[0] {
			return known[1]
		}
	}
	return "edit"
}

// counted says once what several lines say alike.
func counted(w present.Words, lines []string) []string {
	var out []string
	times := map[string]int{}
	for _, l := range lines {
		if times[l]++; times[l] == 1 {
			out = append(out, l)
		}
	}
	for i, l := range out {
		if n := times[l]; n > 1 {
			out[i] = w.T("cards_times", "what", l, "n", n)
		}
	}
	return out
}

// row tells of one changed row.
func (t *teller) row(c *ledger.Change, shown bool) []string {
	w := t.words
	name := tableName(w, c.Table)
	if !shown {
		return []string{w.T("cards_hidden", "what", name)}
	}
	known := t.rows[c.Key]
	if known == nil {
		known = map[string]any{}
		t.rows[c.Key] = known
	}
	for _, col := range c.Columns {
		known[col.Name] = col.New
	}
	if c.Table == "patient" && c.Kind != ledger.Insert {
		return t.columns(c, "")
	}
	if c.Kind == ledger.Insert {
		return []string{w.T("cards_row_added", "what", name, "value", t.summary(c.Table, known))}
	}
	for _, col := range c.Columns {
		if col.Name == "deleted" && col.New != nil {
			return []string{w.T("cards_row_struck", "what", name, "value", t.summary(c.Table, known))}
		}
	}
	return t.columns(c, name)
}

func tableName(w present.Words, table string) string {
	if key := "cards_t_" + table; translations.Has(w.Lang, key) {
		return w.T(key)
	}
	return w.T("cards_t_other")
}

// columns tells of the fields of a row one by one.
func (t *teller) columns(c *ledger.Change, name string) []string {
	w := t.words
	var out []string
	for _, col := range c.Columns {
		label := Label(w, c.Table, col.Name)
		if label == "" {
			continue
		}
		if name != "" {
			label = name + ", " + strings.ToLower(label[:letter(label)]) + label[letter(label):]
		}
		was, is := t.value(c.Table, col.Name, col.Old), t.value(c.Table, col.Name, col.New)
		switch {
		case was == is:
		case was == "":
			out = append(out, w.T("cards_field_set", "field", label, "new", is))
		case is == "":
			out = append(out, w.T("cards_field_gone", "field", label, "old", was))
		default:
			out = append(out, w.T("cards_field_changed", "field", label, "old", was, "new", is))
		}
	}
	return out
}

// letter is the length of the first letter of a label; 0 where the second is large
// too: СНИЛС stays as it is.
func letter(label string) int {
	at, second := 0, ""
	for i, r := range label {
		if i == 0 {
			continue
		}
		if at == 0 {
			at, second = i, string(r)
		}
	}
	if second != strings.ToLower(second) {
		return 0
	}
	return at
}

// summaries are the columns by which a row of a table is told in a line.
var summaries = map[string][]string{
	"patient":        {"case_number", "family", "given", "patronymic", "sex", "birth_date", "snils", "tax_number", "policy", "note"},
	"former_name":    {"family", "given", "patronymic", "kind"},
	"contact":        {"kind", "value", "use", "owner"},
	"address":        {"use", "text", "region", "city", "street", "house", "flat"},
	"document":       {"type", "series", "number", "issued", "issuer"},
	"background":     {"kind", "title", "organisation"},
	"representative": {"relation", "family", "given", "patronymic", "phone"},
	"visit":          {"care_from", "kind", "staff_name", "reason"},
	"diagnosis":      {"code", "name", "text", "stage", "rank"},
	"problem":        {"code", "name", "text", "status", "since"},
	"allergy":        {"substance", "reaction", "severity"},
	"observation":    {"name", "code", "value", "unit", "text"},
	"prescription":   {"inn", "trade", "dose", "dose_unit", "route", "frequency", "duration"},
	"care_order":     {"kind", "code_name", "text"},
	"protocol":       {"title", "status", "why"},
	"attachment":     {"kind", "title"},
	"patient_link":   {"patient", "other", "why"},
	"booking":        {"starts", "staff", "reason", "status"},
	"waiting":        {"speciality", "staff", "note"},
	"rendered":       {"code", "title", "price"},
}

// summary tells what a row is in one line.
func (t *teller) summary(table string, known map[string]any) string {
	var parts []string
	for _, column := range summaries[table] {
		if column == "code" && table == "observation" && known["name"] != nil && known["name"] != "" {
			continue // a code of LOINC says nothing to a person
		}
		parts = append(parts, t.value(table, column, known[column]))
	}
	return join(", ", parts...)
}
