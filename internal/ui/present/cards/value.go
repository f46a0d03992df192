package cards

import (
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// How the values of records are written for people: the same way on the card, in
// the comparison of two cards and in the history of changes. Fields are named as the
// columns of their tables.

// What the columns hold that are no plain text.
var (
	dateColumns   = []string{"birth_date", "death_date", "until", "issued", "valid_until", "basis_date", "since", "resolved", "start", "stop", "last"}
	momentColumns = []string{
		"care_from", "care_until", "entered", "recorded", "taken", "written", "signed", "at", "ended", "starts", "arrived", "called",
		"done", "cancel_at", "contacted_at", "made", "added", "rendered",
	}
	flagColumns = []string{"name_unknown", "incapable", "late", "active"}
	codeColumns = []string{
		"sex", "kind", "use", "type", "relation", "status", "stage", "rank", "onset", "severity", "flag", "original",
	}
	moneyColumns   = []string{"amount", "price"}
	decimalColumns = []string{"value", "low", "high", "dose", "quantity"}
)

// Label is the name of a field in the user's language; "" for one that is the
// program's own and is never shown.
func Label(w present.Words, table, column string) string {
	for _, key := range []string{"cards_f_" + table + "_" + column, "cards_f_" + column} {
		if translations.Has(w.Lang, key) {
			return w.T(key)
		}
	}
	return ""
}

// codeWord gives the word for a code; the code itself where it has none.
func codeWord(w present.Words, table, column, code string) string {
	if column == "sex" {
		return w.Code("word_sex", code)
	}
	for _, area := range []string{"cards_v_" + table + "_" + column, "cards_v_" + column} {
		if word := w.Code(area, code); word != code {
			return word
		}
	}
	return code
}

// speaker writes values; names are those of the staff and of the cards by id.
type speaker struct {
	words    present.Words
	currency string
	names    map[clinic.ID]string
	whole    bool // texts are not cut
}

// value writes what a column holds; "" for nothing, and for what says nothing to a
// person.
func (s speaker) value(table, column string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		if len(v) != len(clinic.ID{}) {
			return ""
		}
		if column == "photo" {
			return s.words.T("cards_v_photo")
		}
		return s.names[clinic.ID(v)]
	case int64:
		return s.number(column, v)
	case string:
		return s.text(table, column, v)
	}
	return ""
}

func (s speaker) number(column string, v int64) string {
	switch {
	case slices.Contains(momentColumns, column):
		return s.words.Moment(clinic.Time(v))
	case slices.Contains(flagColumns, column):
		if v == 0 {
			return ""
		}
		return s.words.T("cards_yes")
	case slices.Contains(moneyColumns, column):
		if v == 0 {
			return ""
		}
		return s.words.Money(v, s.currency)
	case v == 0:
		return ""
	}
	return fmt.Sprint(v)
}

// longest is how much of a text is shown in a line.
const longest = 240

func (s speaker) text(table, column, v string) string {
	switch {
	case v == "":
		return ""
	case slices.Contains(dateColumns, column) && clinic.Date(v).Valid():
		return s.words.Date(clinic.Date(v))
	case slices.Contains(codeColumns, column):
		return codeWord(s.words, table, column, v)
	case slices.Contains(decimalColumns, column) && table != "contact":
		return number(s.words, clinic.Decimal(v))
	case column == "basis_type":
		return codeWord(s.words, "document", "type", v)
	case column == "citizenship":
		return s.words.Code("registration_country", v)
	case column == "unit":
		return unit(s.words, v)
	case column == "snils":
		return snils(v)
	case s.whole:
		return strings.TrimSpace(v)
	}
	return Short(v, longest)
}

// number writes an exact decimal, which is stored with a point, as the language
// does.
func number(w present.Words, d clinic.Decimal) string {
	if w.Lang == translations.English {
		return string(d)
	}
	return strings.Replace(string(d), ".", ",", 1)
}

// snils writes the eleven digits as they stand on paper: 112-233-445 95.
func snils(v string) string {
	if len(v) != 11 || strings.Trim(v, "0123456789") != "" {
		return v
	}
	return v[:3] + "-" + v[3:6] + "-" + v[6:9] + " " + v[9:]
}

// Short puts a text on one line and cuts it after so many letters.
func Short(text string, letters int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > letters {
		return strings.TrimSpace(string(runes[:letters])) + "…"
	}
	return text
}

// join puts what is there into one line.
func join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), between)
}

// Coded writes a code with its wording: «J06.9 Острая инфекция…».
func Coded(c clinic.Coding, text string) string {
	name := c.Name
	if name == "" {
		name = text
	} else if text != "" && text != name {
		name += " — " + text
	}
	if c.System != clinic.ICD10 && c.System != "" {
		return name
	}
	return join(" ", c.Code, name)
}

// Case of an empty name: what a list shows of a nameless card.
func nameOf(w present.Words, n clinic.Name) string {
	if s := n.String(); s != "" {
		return s
	}
	return w.T("cards_nameless")
}

// phoneTail is the end of a phone, enough to tell namesakes apart.
func phoneTail(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
	if len(digits) < 4 {
		return digits
	}
	return "…" + digits[len(digits)-4:len(digits)-2] + "-" + digits[len(digits)-2:]
}
