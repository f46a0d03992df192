package cards

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
)

// Row is a line of a list of patients: enough never to mix two up.
type Row struct {
	ID       clinic.ID
	Icon     string // by sex
	Name     string
	Case     string
	Born     string // birth date and age: «09.03.1984 · 42 года»
	Phone    string // its end
	Address  string
	Namesake bool   // another patient has this surname and birth date
	Merged   string // numbers of the merged cards
}

// RowOf makes a line of what a list knows of a card.
func RowOf(s *present.Session, b clinic.Brief) Row {
	return Row{
		ID: b.ID, Icon: SexIcon(b.Sex), Name: nameOf(s.Words, b.Name), Case: b.CaseNumber,
		Born:  join(" · ", s.Words.Date(b.BirthDate), s.Words.Age(b.BirthDate, s.Today())),
		Phone: phoneTail(b.Phone), Address: b.Address, Namesake: b.Namesake, Merged: strings.Join(b.Merged, ", "),
	}
}

// SexIcon names the picture of a sex.
func SexIcon(s clinic.Sex) string {
	switch s {
	case clinic.Male:
		return "male"
	case clinic.Female:
		return "female"
	}
	return "user"
}

const (
	blockRows  = 128 // rows that are read at once
	keptBlocks = 48  // blocks that are kept
	firstFound = 60  // rows of the first answer
)

// List is the page «Пациенты»: all cards by name, or those that a query finds. Its
// methods are for one thread but for those that read: Answer and Read.
type List struct {
	s      *present.Session
	answer Answer
	blocks map[int][]Row
	wanted []int // blocks that were looked at and are not there, the latest last
}

// NewList makes an empty list.
func NewList(s *present.Session) *List { return &List{s: s} }

// Answer is what a query found; of the empty query the order of all cards.
type Answer struct {
	Query string
	All   bool
	Whole bool // nothing more can be found
	found []Row
	order store.Order
	first []Row // of the order
}

// Ask answers a query. With brief it gives the first rows only, which take no longer
// than a frame; Whole says whether that was all.
func (l *List) Ask(ctx context.Context, query string, brief bool) (Answer, error) {
	query = strings.TrimSpace(query)
	a := Answer{Query: query, All: query == ""}
	limit := store.MostFound
	if brief {
		limit = firstFound
	}
	if !a.All {
		found, err := l.s.Records.FindPatients(ctx, query, limit)
		if err != nil {
			return a, err
		}
		a.found, a.Whole = l.rows(found), len(found) < limit
		return a, nil
	}
	if !brief {
		limit = 0
	}
	order, err := l.s.Records.PatientOrder(ctx, limit)
	if err != nil {
		return a, err
	}
	first, err := l.s.Records.PatientRows(ctx, order, 0, blockRows)
	a.order, a.first, a.Whole = order, l.rows(first), !brief || order.Len() < limit
	return a, err
}

func (l *List) rows(found []clinic.Brief) []Row {
	out := make([]Row, len(found))
	for i := range found {
		if !found[i].ID.IsZero() {
			out[i] = RowOf(l.s, found[i])
		}
	}
	return out
}

// Take shows an answer.
func (l *List) Take(a Answer) {
	l.answer, l.blocks, l.wanted = a, map[int][]Row{}, nil
	if a.All {
		l.blocks[0] = a.first
	}
}

// Count is the number of rows.
func (l *List) Count() int {
	if l.answer.All {
		return l.answer.order.Len()
	}
	return len(l.answer.found)
}

// Query is what was answered.
func (l *List) Query() string { return l.answer.Query }

// Row gives a row; ok is false where it is not read yet: it is wanted then.
func (l *List) Row(i int) (r Row, ok bool) {
	if !l.answer.All {
		if i < 0 || i >= len(l.answer.found) {
			return Row{}, false
		}
		return l.answer.found[i], true
	}
	block := l.blocks[i/blockRows]
	if i%blockRows < len(block) {
		return block[i%blockRows], true
	}
	l.want(i / blockRows)
	return Row{}, false
}

func (l *List) want(block int) {
	for i, w := range l.wanted {
		if w == block {
			l.wanted = append(append(l.wanted[:i:i], l.wanted[i+1:]...), block)
			return
		}
	}
	l.wanted = append(l.wanted, block)
}

// Block is some rows of the list of all cards.
type Block struct {
	at    int
	order store.Order
	rows  []Row
}

// Next takes the block that was wanted last; ok is false where none is.
func (l *List) Next() (b Block, ok bool) {
	if len(l.wanted) == 0 {
		return Block{}, false
	}
	at := l.wanted[len(l.wanted)-1]
	// What was passed by while scrolling is wanted again when it comes in sight.
	l.wanted = nil
	return Block{at: at, order: l.answer.order}, true
}

// Read reads the rows of a block.
func (l *List) Read(ctx context.Context, b Block) (Block, error) {
	found, err := l.s.Records.PatientRows(ctx, b.order, b.at*blockRows, blockRows)
	b.rows = l.rows(found)
	return b, err
}

// Put keeps a block that was read for the order in sight.
func (l *List) Put(b Block) {
	if !l.answer.All || b.order.Len() != l.answer.order.Len() {
		return
	}
	if len(l.blocks) >= keptBlocks {
		far := b.at
		for at := range l.blocks {
			if max(at-b.at, b.at-at) > max(far-b.at, b.at-far) {
				far = at
			}
		}
		delete(l.blocks, far)
	}
	l.blocks[b.at] = b.rows
}

// Open names the card of a row; ok is false for a row that is not read yet or was
// struck out.
func (l *List) Open(i int) (present.Route, bool) {
	r, ok := l.Row(i)
	return present.Route{Page: present.PageCard, ID: r.ID}, ok && !r.ID.IsZero()
}

// Registers tells where a new card is registered, with what was typed as the name.
func (l *List) Registers(query string) present.Route {
	return present.Route{Page: present.PageRegistration, Arg: strings.TrimSpace(query)}
}

// CanRegister reports whether the user may.
func (l *List) CanRegister() bool { return l.s.May(clinic.WriteCards) }

// Summary says how many cards there are.
func (l *List) Summary() string {
	switch n := l.Count(); {
	case l.answer.All:
		return l.s.T("cards_total", "n", n)
	case n == store.MostFound:
		return l.s.T("cards_found_first", "n", n)
	default:
		return l.s.T("cards_found", "n", n)
	}
}

// Empty says what to do where there is no row.
func (l *List) Empty() string {
	switch {
	case !l.answer.All && l.CanRegister():
		return l.s.T("cards_none_found_register", "query", l.answer.Query)
	case !l.answer.All:
		return l.s.T("cards_none_found", "query", l.answer.Query)
	case l.CanRegister():
		return l.s.T("cards_none_yet_register")
	}
	return l.s.T("cards_none_yet")
}
