package workspace

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/workspace"
)

// suggestions is the pane at the right: what fits the field where the cursor is. Its
// rows are those of a picker whose question is the field and what stands in it.
type suggestions struct {
	p       *Page
	pick    *kit.Picker
	content fyne.CanvasObject
	moved   bool // the arrows have chosen a row since the last key

	mu     sync.Mutex
	turn   int
	offers map[int][]model.Suggestion
}

// between stands between the field and what is typed in it, in the picker's question.
const between = "\x1f"

func newSuggestions(p *Page) *suggestions {
	s := &suggestions{p: p, offers: map[int][]model.Suggestion{}}
	s.pick = kit.NewPicker(p.env.Loader, "visit", s.find).Codes(60).TwoLines().None(func(question string) string {
		if field, typed, _ := strings.Cut(question, between); typed != "" && field != model.FieldServices {
			return p.env.T("visit_suggest_none")
		}
		return p.env.T("visit_suggest_empty")
	})
	s.pick.Field.Limit = 2000
	s.pick.OnError = p.env.Fail
	s.pick.OnPick = s.picked
	head := kit.Inset(10, 10, 6, 10, kit.Columns(6, []float32{0, 1}, kit.NewText(p.env.T("visit_suggest")).Bold(),
		kit.Caption(p.env.T("visit_suggest_keys")).Aligned(fyne.TextAlignTrailing).Cut(40)))
	s.content = kit.Ground(kit.ColorSurface, kit.Edges(head, nil, nil, nil, kit.Inset(0, 4, 4, 4, s.pick.Results())))
	return s
}

// find answers the picker, beside the screen's thread.
func (s *suggestions) find(ctx context.Context, question string) ([]kit.PickRow, error) {
	field, typed, _ := strings.Cut(question, between)
	list, err := s.p.w.Suggest(ctx, field, typed)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.turn++
	turn := s.turn
	s.offers[turn] = list
	delete(s.offers, turn-8)
	s.mu.Unlock()
	rows := make([]kit.PickRow, len(list))
	for i, o := range list {
		rows[i] = kit.PickRow{Key: fmt.Sprintf("%d.%d", turn, i), Code: o.Code, Text: o.Text, Below: o.Below, Side: o.Side}
		if o.Heading != "" {
			rows[i].Text, rows[i].Heading = o.Heading, true
		}
	}
	return rows, nil
}

// ask asks for what fits a field and what is typed there.
func (s *suggestions) ask(field, typed string) {
	s.moved = false
	field = strings.TrimSuffix(field, ".row")
	switch field {
	case model.FieldPrescriptions, model.FieldOrders, model.FieldServices, model.FieldTemplate:
		s.pick.Codes(0)
	default:
		s.pick.Codes(58)
		if model.SectionOf(field) == model.Vitals {
			s.pick.Codes(0)
		}
	}
	if question := field + between + typed; s.pick.Field.Text != question {
		s.pick.Field.SetText(question)
	} else {
		s.pick.Ask()
	}
}

// step moves in the list.
func (s *suggestions) step(key fyne.KeyName) {
	s.moved = true
	s.pick.Field.OnKey(&fyne.KeyEvent{Name: key})
}

// key is a key in a field in which something is looked for.
func (s *suggestions) key(e *note, ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown, fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp:
		s.step(ev.Name)
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.Value() == "" && !s.moved {
			return false // an empty field: Enter goes on
		}
		s.pick.Take()
	case fyne.KeyEscape:
		if e.Text == "" {
			return false
		}
		e.SetText("")
	default:
		return false
	}
	return true
}

// take takes the chosen row.
func (s *suggestions) take() {
	if !s.p.w.ReadOnly() && s.p.field != "" {
		s.pick.Take()
	}
}

func (s *suggestions) picked(r kit.PickRow) {
	var turn, i int
	if _, err := fmt.Sscanf(r.Key, "%d.%d", &turn, &i); err != nil {
		return
	}
	s.mu.Lock()
	list := s.offers[turn]
	s.mu.Unlock()
	if i >= len(list) || !list[i].Takes() || s.p.w.ReadOnly() {
		return
	}
	p, o, field := s.p, list[i], s.p.field
	template := p.w.Template().ID
	typed := p.empty(field) // what is typed from now on is the next question
	kit.Load(p.env.Loader, "visit.take", func(ctx context.Context) (model.Taken, error) { return p.w.Take(ctx, o) },
		func(t model.Taken, err error) {
			if err != nil {
				p.env.Fail(err)
				if e := p.entryOf(field); e != nil && e.Text == "" {
					e.SetText(typed)
				}
				return
			}
			p.took(field, template != p.w.Template().ID)
			if t.Undo != nil {
				p.env.Say(page.Message{Tone: kit.Calm, Text: p.env.T("visit_put"), Action: p.env.T("page_undo"), Do: func() {
					t.Undo()
					p.took(field, true)
				}})
			}
		})
}

// took shows what came by a suggestion: texts have the cursor behind what was put in.
func (p *Page) took(field string, template bool) {
	if template {
		p.showTemplate()
	}
	p.reread()
	if n := p.notes[field]; n != nil {
		n.taken()
	}
	if e := p.entryOf(field); e != nil {
		p.reveal(e)
	}
	p.side.ask(field, p.typed())
}

// empty takes the question out of a field in which something is looked for.
func (p *Page) empty(field string) (typed string) {
	e := p.entryOf(field)
	if e == nil || e.Text == "" {
		return ""
	}
	typed = e.Text
	was := p.quiet
	p.quiet = true
	e.SetText("")
	p.quiet = was
	return typed
}

// entryOf is the field in which something is looked for; nil for other fields.
func (p *Page) entryOf(field string) *note {
	switch strings.TrimSuffix(field, ".row") {
	case model.FieldDiagnoses:
		return p.diagnoses.entry
	case model.FieldPrescriptions:
		return p.drugs.entry
	case model.FieldOrders:
		return p.orders.entry
	case model.FieldServices:
		return p.services.entry
	case model.FieldTemplate:
		return p.protocol.entry
	}
	return nil
}
