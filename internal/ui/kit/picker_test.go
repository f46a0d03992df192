package kit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

// fruit answers with what begins as asked, under a heading.
func fruit(_ context.Context, query string) ([]kit.PickRow, error) {
	if query == "!" {
		return nil, errors.New("no answer")
	}
	rows := []kit.PickRow{{Text: "Плоды", Heading: true}}
	for i, name := range []string{"абрикос", "айва", "ананас", "апельсин", "арбуз", "банан", "вишня", "груша", "дыня", "ежевика", "яблоко"} {
		if strings.HasPrefix(name, query) {
			rows = append(rows, kit.PickRow{Key: name, Code: fmt.Sprintf("%02d", i), Text: name, Below: "сад · огород", Side: "10 ₽"})
		}
	}
	if len(rows) == 1 {
		return nil, nil
	}
	return rows, nil
}

type picked struct {
	*kit.Picker
	took, marked []string
	keys         []fyne.KeyName // that came to the window
	failed       error
}

func pickerOf(t testing.TB, l *kit.Loader, find func(context.Context, string) ([]kit.PickRow, error)) (*picked, fyne.Window) {
	t.Helper()
	kittest.App(t, kit.Look{})
	p := &picked{Picker: kit.NewPicker(l, "fruit", find).Codes(40).TwoLines().Hint("Плод").None(func(string) string { return "Нет такого" })}
	p.OnPick = func(r kit.PickRow) { p.took = append(p.took, r.Key) }
	p.OnMark = func(r kit.PickRow) { p.marked = append(p.marked, r.Key) }
	p.OnError = func(err error) { p.failed = err }
	w := kittest.Window(t, fyne.NewSize(420, 360), func(fyne.Window) fyne.CanvasObject { return p.Content("Enter") })
	kit.Listen(w.Canvas(), func(k kit.Key) { p.keys = append(p.keys, k.Name) })
	w.Canvas().Focus(p.Field)
	return p, w
}

func pickKeys(p *picked, names ...fyne.KeyName) {
	for _, n := range names {
		p.Field.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// TestPickerKeys: the keys stay in the field; headings are stepped over; what the picker
// has no use for goes on to the page.
func TestPickerKeys(t *testing.T) {
	p, _ := pickerOf(t, kit.NewLoader(t.Context()).Inline(), fruit)
	p.Ask()
	if r, ok := p.Chosen(); !ok || r.Key != "абрикос" {
		t.Fatalf("%+v", r)
	}
	pickKeys(p, fyne.KeyUp, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if len(p.took) != 1 || p.took[0] != "ананас" {
		t.Errorf("%v", p.took)
	}
	test.Type(p.Field, "ап")
	pickKeys(p, fyne.KeyEnter, fyne.KeyF8)
	if p.took[1] != "апельсин" || p.marked[0] != "апельсин" {
		t.Errorf("%v, %v", p.took, p.marked)
	}
	test.Type(p.Field, "ъ")
	if _, ok := p.Chosen(); ok {
		t.Error("a row is chosen where there is none")
	}
	pickKeys(p, fyne.KeyReturn, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyF8)
	if len(p.took) != 2 || len(p.marked) != 1 {
		t.Error("something was taken out of nothing")
	}
	pickKeys(p, fyne.KeyEscape)
	if p.Query() != "" || len(p.Rows()) != 12 {
		t.Errorf("%q, %d rows", p.Query(), len(p.Rows()))
	}
	pickKeys(p, fyne.KeyEscape, fyne.KeyF1)
	if want := []fyne.KeyName{fyne.KeyF8, fyne.KeyEscape, fyne.KeyF1}; fmt.Sprint(p.keys) != fmt.Sprint(want) {
		t.Errorf("the page got %v, want %v", p.keys, want)
	}
	pickKeys(p, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageDown)
	if r, _ := p.Chosen(); r.Key != "яблоко" {
		t.Errorf("the end is %+v", r)
	}
	p.SetQuery("!")
	if p.failed == nil || len(p.Rows()) != 12 {
		t.Errorf("%v, %d rows", p.failed, len(p.Rows()))
	}
}

// TestPickerLatestWins: an answer that comes late is thrown away, and Enter before the
// answer takes what answers the last question.
func TestPickerLatestWins(t *testing.T) {
	gate := map[string]chan struct{}{"а": make(chan struct{}), "аб": make(chan struct{})}
	var asked sync.WaitGroup
	l := kit.NewLoader(t.Context())
	p, _ := pickerOf(t, l, func(ctx context.Context, query string) ([]kit.PickRow, error) {
		if g := gate[query]; g != nil {
			asked.Done()
			<-g
		}
		return fruit(ctx, query)
	})
	asked.Add(2)
	fyne.DoAndWait(func() {
		test.Type(p.Field, "аб")
		pickKeys(p, fyne.KeyReturn)
	})
	asked.Wait()
	if len(p.took) != 0 {
		t.Fatalf("%v was taken before there was an answer", p.took)
	}
	close(gate["аб"])
	close(gate["а"])
	l.Wait()
	var took []string
	fyne.DoAndWait(func() { took = p.took })
	if len(took) != 1 || took[0] != "абрикос" {
		t.Errorf("%v", took)
	}
}

func TestPickerMouse(t *testing.T) {
	p, w := pickerOf(t, kit.NewLoader(t.Context()).Inline(), fruit)
	p.Ask()
	w.Canvas().Capture()
	list, ok := p.Results().(interface {
		Tapped(*fyne.PointEvent)
		Scrolled(*fyne.ScrollEvent)
	})
	if !ok {
		t.Fatal("the rows take no mouse")
	}
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 10)}) // the heading
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 26+44+10)})
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(12, 26+10)})
	if fmt.Sprint(p.took) != "[айва]" || fmt.Sprint(p.marked) != "[абрикос]" {
		t.Errorf("%v, %v", p.took, p.marked)
	}
	for range 20 {
		list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -10)})
	}
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 10)})
	if p.took[1] == "абрикос" || p.took[1] == "яблоко" {
		t.Errorf("%v", p.took)
	}
}

func TestPickerPicture(t *testing.T) {
	p, w := pickerOf(t, kit.NewLoader(t.Context()).Inline(), func(ctx context.Context, q string) ([]kit.PickRow, error) {
		rows, err := fruit(ctx, q)
		rows[2].Mark = "star-full"
		rows[3].Text = strings.Repeat("очень длинное название ", 5)
		return rows, err
	})
	p.Ask()
	pickKeys(p, fyne.KeyDown)
	kittest.Same(t, w, "picker")
}

// BenchmarkPickerAnswer is what an answer costs Fyne's thread.
func BenchmarkPickerAnswer(b *testing.B) {
	p, w := pickerOf(b, kit.NewLoader(b.Context()).Inline(), func(_ context.Context, q string) ([]kit.PickRow, error) {
		rows := make([]kit.PickRow, 60)
		for i := range rows {
			rows[i] = kit.PickRow{Key: fmt.Sprint(i), Code: fmt.Sprint(i), Text: strings.Repeat("Острый бронхит "+q, 3), Below: strings.Repeat("Болезни органов дыхания ", 4)}
		}
		return rows, nil
	})
	w.Canvas().Capture()
	i := 0
	for b.Loop() {
		i++
		p.SetQuery(fmt.Sprint(i))
	}
}
