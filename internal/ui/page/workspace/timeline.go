package workspace

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/workspace"
)

// timeline is the pane at the left: earlier visits and results, the newest first. It is
// a picker whose field looks in the history.
type timeline struct {
	p       *Page
	pick    *kit.Picker
	content fyne.CanvasObject

	mu     sync.Mutex // of what the search beside the screen's thread has to do with
	filter model.TimelineFilter
	list   []model.Happening
}

func newTimeline(p *Page) *timeline {
	t := &timeline{p: p}
	t.pick = kit.NewPicker(p.env.Loader, "history", t.find).Codes(46).TwoLines().Hint(p.env.T("visit_timeline_find")).
		None(func(words string) string {
			if words != "" || t.narrowed() != model.Everything {
				return p.env.T("visit_timeline_none")
			}
			return p.env.T("visit_timeline_empty")
		})
	t.pick.OnPick = t.open
	t.pick.OnError = p.env.Fail
	var options []kit.Option
	for _, key := range []string{"all", "visits", "results", "mine"} {
		options = append(options, kit.Option{Code: key, Text: p.env.T("visit_timeline_" + key)})
	}
	which := kit.NewSelect(options, func(code string) {
		for i, o := range options {
			if o.Code == code {
				t.mu.Lock()
				t.filter = model.TimelineFilter(i)
				t.mu.Unlock()
			}
		}
		t.refresh()
	}).Wide(92)
	which.Set("all")
	head := kit.Inset(10, 10, 8, 10, kit.Columns(6, []float32{1, 0}, t.pick.Field, which))
	t.content = kit.Ground(kit.ColorSurface, kit.Edges(head, nil, nil, nil, kit.Inset(0, 4, 4, 4, t.pick.Results())))
	return t
}

func (t *timeline) narrowed() model.TimelineFilter {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.filter
}

// refresh shows what is known by now.
func (t *timeline) refresh() { t.pick.Ask() }

func (t *timeline) find(_ context.Context, words string) ([]kit.PickRow, error) {
	list := t.p.w.Timeline(t.narrowed(), words)
	rows := make([]kit.PickRow, len(list))
	for i := range list {
		h := &list[i]
		if h.Heading != "" {
			rows[i] = kit.PickRow{Text: h.Heading, Heading: true}
			continue
		}
		rows[i] = kit.PickRow{Key: strconv.Itoa(i), Code: h.Code, Text: h.Title, Below: t.below(h)}
	}
	t.mu.Lock()
	t.list = list
	t.mu.Unlock()
	return rows, nil
}

func (t *timeline) below(h *model.Happening) string {
	parts := []string{h.Day}
	switch {
	case h.Here:
		parts = append(parts, t.p.env.T("visit_here"))
	case h.Kind == "struck":
		parts = append(parts, t.p.env.T("visit_struck"))
	case h.Signed:
		parts = append(parts, t.p.env.T("visit_signed"))
	}
	if h.Below != "" && !h.Here {
		parts = append(parts, h.Below)
	}
	return strings.Join(parts, " · ")
}

// open shows an earlier visit: what stands there can be taken into this one.
func (t *timeline) open(r kit.PickRow) {
	i, err := strconv.Atoi(r.Key)
	t.mu.Lock()
	list := t.list
	t.mu.Unlock()
	if err != nil || i >= len(list) {
		return
	}
	if list[i].Here {
		t.p.jump(model.Complaints)
		return
	}
	t.p.openEarlier(list[i])
}

// openEarlier shows an earlier visit or a day's results as a panel: Enter takes the
// line under the cursor into this visit.
func (p *Page) openEarlier(h model.Happening) {
	pieces := p.w.Pieces(h)
	var layer *kit.Layer
	rows := kit.NewRows([]kit.Column{{Width: 130}, {Grow: 1}}, func(row, column int) kit.Cell {
		piece := &pieces[row]
		if column == 0 {
			return kit.Cell{Text: piece.Heading, Color: kit.ColorMuted}
		}
		return kit.Cell{Text: piece.Text, Below: piece.Below, Icon: piece.Icon}
	}).Tall(46)
	rows.SetCount(len(pieces))
	rows.OnOpen = func(i int) {
		if !pieces[i].Takes() || p.w.ReadOnly() {
			return
		}
		undo := p.w.TakePiece(pieces[i])
		p.reread()
		p.env.Done(p.env.T("visit_taken", "day", h.Day), func() {
			if undo != nil {
				undo()
				p.reread()
			}
		})
		rows.Choose(i + 1)
	}
	buttons := []fyne.CanvasObject{}
	if !h.ID.IsZero() {
		buttons = append(buttons, kit.NewButton(p.env.T("visit_earlier_open"), func() {
			layer.Close()
			p.env.Go(present.Route{Page: present.PageVisit, ID: h.ID})
		}))
	}
	buttons = append(buttons, kit.NewButton(p.env.T("visit_autotext_close"), func() { layer.Close() }).Key("Esc"))
	title := p.env.T("visit_earlier_title", "day", h.Day, "who", h.Who)
	if h.Who == "" {
		title = p.env.T("visit_earlier_title", "day", h.Day, "who", p.env.T("visit_results"))
	}
	layer = p.env.Layers.Show(kit.Panel{
		Title: title, Width: 760, Height: 520,
		Content: kit.Edges(nil, kit.Inset(6, 0, 0, 0, kit.Caption(p.env.T("visit_earlier_keys")).Cut(80)), nil, nil, rows),
		Buttons: buttons, Focus: rows.Focusable(),
	})
}
