package today

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/today"
)

// queue is the list of the day with its states.
type queue struct {
	b     *board
	lines []model.Line
	rows  *kit.Rows
	count *kit.Text
	day   clinic.Date // whose lines are shown, and of which table
	of    *model.Table
	whole fyne.CanvasObject
}

func newQueue(b *board) *queue {
	q := &queue{b: b, count: kit.Caption("").Cut(40)}
	q.rows = kit.NewRows([]kit.Column{{Width: 38}, {Width: 60, Grow: 1}, {Width: 104}}, q.cell).Tall(46).Empty(b.env.T("today_queue_empty"))
	q.rows.OnOpen = func(row int) {
		if i := b.table.Find(q.lines[row].ID); i >= 0 {
			b.goTo(q.lines[row].ID)
			b.details(b.table.Items[i])
		}
	}
	q.rows.Tint = func(row int) fyne.ThemeColorName {
		if row < len(q.lines) && q.lines[row].Kind == clinic.Urgent && q.lines[row].Status == clinic.Arrived {
			return kit.ColorDangerSoft
		}
		return ""
	}
	head := kit.Inset(8, 12, 6, 12, container.NewBorder(nil, nil, kit.Heading(b.env.T("today_queue")), nil, kit.Inset(3, 0, 0, 10, q.count)))
	q.whole = container.NewBorder(head, nil, nil, nil, kit.Inset(0, 0, 0, 4, q.rows))
	return q
}

func (q *queue) content() fyne.CanvasObject { return q.whole }

// renew shows the queue of the day; in a week that of the day under the cursor.
func (q *queue) renew() {
	t := q.b.table
	if t == nil {
		return
	}
	lines, day := t.Queue, t.Date
	if at, _ := q.b.grid.At(); t.Week && at.Column < len(t.Columns) {
		day = t.Columns[at.Column].Date
		lines = t.QueueOf(day)
	}
	if day == q.day && t == q.of {
		return
	}
	q.day, q.of = day, t
	q.show(lines)
}

func (q *queue) show(lines []model.Line) {
	was, had := q.chosen()
	q.lines = lines
	q.rows.SetCount(len(lines))
	at := 0
	for i := range lines {
		if had && lines[i].ID == was.ID {
			at = i
		}
	}
	q.rows.Choose(at)
	s := q.b.env.Session
	q.count.Set(s.T("today_count_waiting", "n", model.Count(lines, clinic.Arrived)) + " · " +
		s.T("today_count_inside", "n", model.Count(lines, clinic.InRoom)) + " · " + s.T("today_count_booked", "n", model.Count(lines, clinic.Booked)))
}

func (q *queue) chosen() (model.Line, bool) {
	if i := q.rows.At(); i < len(q.lines) {
		return q.lines[i], true
	}
	return model.Line{}, false
}

func (q *queue) cell(row, column int) kit.Cell {
	doctor, _, _ := strings.Cut(q.lines[row].Doctor, " ")
	if q.b.ask.Week {
		doctor = ""
	}
	c := lineCell(&q.lines[row], column, doctor)
	if column == 1 {
		c.Text = q.lines[row].Brief
	}
	return c
}

// lineCell draws a line of a queue: time, patient, state.
func lineCell(l *model.Line, column int, doctor string) kit.Cell {
	over := l.State.Tone == model.Over || l.State.Tone == model.Missing
	ink := theme.ColorNameForeground
	if over {
		ink = kit.ColorMuted
	}
	switch column {
	case 0:
		return kit.Cell{Text: l.When, Color: ink}
	case 1:
		c := kit.Cell{Text: l.Name, Below: doctor, Color: ink, Bold: l.State.Tone == model.Waits || l.State.Tone == model.Inside}
		if doctor != "" && l.Facts != "" {
			c.Below += " · "
		}
		c.Below += l.Facts
		if l.Apart != "" {
			c.Below = l.Apart
		}
		if l.Kind == clinic.Urgent {
			c.Icon, c.Color = "urgent", theme.ColorNameError
			if over {
				c.Color = kit.ColorMuted
			}
		}
		if len(l.Clashes) > 0 {
			c.Icon, c.Color = "warning", theme.ColorNameError
		}
		return c
	}
	c := kit.Cell{Text: l.State.Word, Below: l.Since, Icon: l.State.Icon, Color: inkOf(l.State.Tone)}
	if l.Late && l.State.Tone == model.Plain {
		c.Color = theme.ColorNameWarning
	}
	return c
}
