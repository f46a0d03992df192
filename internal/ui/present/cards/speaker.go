package cards

import (
	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Speaker writes what the columns of records hold, for other pages that show rows as
// the ledger has them.
type Speaker struct{ speaker }

// NewSpeaker speaks a session's language; names are those of the staff and of the
// cards by id.
func NewSpeaker(s *present.Session, names map[clinic.ID]string) Speaker {
	return Speaker{speaker{words: s.Words, currency: currencyOf(s.Clinic.Country), names: names}}
}

// Value writes what a column holds in one line; "" for nothing, and for what says
// nothing to a person.
func (s Speaker) Value(table, column string, v any) string { return s.value(table, column, v) }

// Whole is Value with texts as long as they are.
func (s Speaker) Whole(table, column string, v any) string {
	s.whole = true
	return s.value(table, column, v)
}

// Summary tells what a row is in one line; "" for a table that is not of a card.
func (s Speaker) Summary(table string, row map[string]any) string {
	t := teller{speaker: s.speaker}
	return t.summary(table, row)
}

// TableName names a table of a card as the history does; "" for others.
func TableName(w present.Words, table string) string {
	if key := "cards_t_" + table; translations.Has(w.Lang, key) {
		return w.T(key)
	}
	return ""
}
