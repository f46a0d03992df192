package kit

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// PickRow is one answer of a picker.
type PickRow struct {
	Key     string // what whoever asked knows it by
	Code    string // stands in a column of its own; see Picker.Codes
	Text    string
	Below   string // second line; see Picker.TwoLines
	Side    string // at the right: a price, a date, how it was found
	Mark    string // icon before all: "star-full" for a favourite
	Heading bool   // names the rows below; it is never chosen
}

// Picker finds while one types: a field, and under it the rows that answer. The keys
// stay in the field: up and down choose, Enter takes, F8 marks, Esc empties the field and
// in the empty one goes on to the page. Answers come from beside Fyne's thread and the
// latest question wins; Enter typed faster than the answer waits for it, so that it never
// takes a row of an older question.
type Picker struct {
	Field *Entry
	// OnPick takes a row. OnMark is F8 or a click on the mark; nil: rows have no marks.
	OnPick func(PickRow)
	OnMark func(PickRow)
	// OnError tells that the answers could not be had; the old ones stay.
	OnError func(error)

	loader *Loader
	name   string
	find   func(context.Context, string) ([]PickRow, error)
	none   func(query string) string
	list   *pickList
	codes  float32
	tall   bool
	rows   []PickRow
	at     int
	asked  string // the question that the rows answer
	known  bool   // it has been answered
	enter  bool   // Enter waits for the answer
}

// NewPicker makes a picker. find is called beside Fyne's thread with what stands in the
// field, "" at first; its context ends when another question is asked.
func NewPicker(l *Loader, name string, find func(ctx context.Context, query string) ([]PickRow, error)) *Picker {
	p := &Picker{loader: l, find: find, Field: NewEntry(), none: func(string) string { return "" }}
	p.name = fmt.Sprintf("pick.%s.%p", name, p) // several may stand on a page
	p.Field.Limit = 200
	p.list = newPickList(p)
	p.Field.OnChanged = func(string) { p.enter = false; p.Ask() }
	p.Field.OnKey = p.key
	return p
}

// Codes gives the rows a column for codes, of a width before scaling.
func (p *Picker) Codes(width float32) *Picker { p.codes = width; return p }

// TwoLines makes the rows high enough for a second line.
func (p *Picker) TwoLines() *Picker { p.tall = true; return p }

// Hint sets what stands in the empty field.
func (p *Picker) Hint(s string) *Picker { p.Field.Hint(s); return p }

// None says what stands where nothing answers a question: what to try.
func (p *Picker) None(say func(query string) string) *Picker { p.none = say; return p }

// Content is the field with its rows below; under them a line that tells the keys, if
// legend is not empty.
func (p *Picker) Content(legend string) fyne.CanvasObject {
	var foot fyne.CanvasObject
	if legend != "" {
		foot = Inset(6, 2, 0, 2, Caption(legend).Cut(60))
	}
	return container.NewBorder(Inset(0, 0, 6, 0, p.Field), foot, nil, nil, p.list)
}

// Results are the rows alone, for a page that has the field elsewhere.
func (p *Picker) Results() fyne.CanvasObject { return p.list }

// Show opens the picker as a panel over the page; taking a row closes it.
func (p *Picker) Show(l *Layers, title, legend string) *Layer {
	var layer *Layer
	pick := p.OnPick
	p.OnPick = func(r PickRow) {
		layer.Close()
		if pick != nil {
			pick(r)
		}
	}
	layer = l.Show(Panel{
		Title: title, Content: p.Content(legend), Width: 760, Height: 560, Focus: p.Field,
		Closed: func() { p.OnPick = pick },
	})
	p.Ask()
	return layer
}

// Ask asks again what stands in the field, as after a mark has changed.
func (p *Picker) Ask() {
	query := p.Field.Text
	Load(p.loader, p.name, func(ctx context.Context) ([]PickRow, error) { return p.find(ctx, query) },
		func(rows []PickRow, err error) {
			if err != nil {
				p.enter = false
				if p.OnError != nil {
					p.OnError(err)
				}
				return
			}
			p.answer(query, rows)
		})
}

func (p *Picker) answer(query string, rows []PickRow) {
	if p.known && p.asked == query {
		p.at = p.same(rows) // the same question again: the cursor stays on its row
	} else {
		p.at = -1
	}
	p.asked, p.known, p.rows = query, true, rows
	p.loader.Note(fmt.Sprintf("answer %d", len([]rune(query))))
	if p.at < 0 {
		p.list.top = 0
		p.at = p.next(-1, 1)
	}
	p.list.follow()
	if p.enter {
		p.enter = false
		p.Take()
	}
}

// same finds the chosen row among others; -1 if it is not there.
func (p *Picker) same(rows []PickRow) int {
	if p.at < 0 || p.at >= len(p.rows) {
		return -1
	}
	key := p.rows[p.at].Key
	return slices.IndexFunc(rows, func(r PickRow) bool { return r.Key == key && !r.Heading })
}

// next is the nearest row from a place on that can be chosen, the place itself left out;
// -1 if there is none.
func (p *Picker) next(from, by int) int {
	for i := from + by; i >= 0 && i < len(p.rows); i += by {
		if !p.rows[i].Heading {
			return i
		}
	}
	return -1
}

// Rows are the answers as they stand.
func (p *Picker) Rows() []PickRow { return p.rows }

// Chosen is the row under the cursor; false where there is none.
func (p *Picker) Chosen() (PickRow, bool) {
	if p.at < 0 || p.at >= len(p.rows) {
		return PickRow{}, false
	}
	return p.rows[p.at], true
}

// Query is what stands in the field.
func (p *Picker) Query() string { return p.Field.Text }

// SetQuery types for the user, and asks.
func (p *Picker) SetQuery(s string) {
	if p.Field.Text == s {
		p.Ask()
		return
	}
	p.Field.SetText(s) // tells OnChanged
	p.Field.CursorColumn = len([]rune(s))
}

// Take takes the chosen row; if the answer to what stands in the field is still to come,
// as soon as it is there.
func (p *Picker) Take() {
	if !p.known || p.asked != p.Field.Text {
		p.enter = true
		return
	}
	if r, ok := p.Chosen(); ok && p.OnPick != nil {
		p.OnPick(r)
	}
}

// MarkChosen marks the chosen row or takes its mark away.
func (p *Picker) MarkChosen() bool {
	r, ok := p.Chosen()
	if ok && p.OnMark != nil {
		p.OnMark(r)
		return true
	}
	return false
}

// key is a key in the field before the field uses it.
func (p *Picker) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown:
		p.step(1)
	case fyne.KeyUp:
		p.step(-1)
	case fyne.KeyPageDown:
		p.step(max(p.list.whole()-1, 1))
	case fyne.KeyPageUp:
		p.step(-max(p.list.whole()-1, 1))
	case fyne.KeyReturn, fyne.KeyEnter:
		p.Take()
	case fyne.KeyF8:
		return p.MarkChosen()
	case fyne.KeyEscape:
		if p.Field.Text == "" {
			return false
		}
		p.Field.SetText("")
	default:
		return false
	}
	return true
}

// step moves the cursor by so many rows, headings not counted, as far as it goes.
func (p *Picker) step(by int) {
	one := 1
	if by < 0 {
		one, by = -1, -by
	}
	for range by {
		to := p.next(p.at, one)
		if to < 0 {
			break
		}
		p.at = to
	}
	p.list.follow()
}

// pickMark is the picture of a mark.
func pickMark(name string) *canvas.Image {
	color := theme.ColorNameWarning
	if name == "star" {
		color = ColorMuted
	}
	return Picture(name, color, 16)
}
