package entry

import (
	"context"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// phraseStep shows the recovery phrase, once, and puts it on paper.
type phraseStep struct {
	w      *wizard
	folder *kit.Entry
	said   *fyne.Container
	on     *kit.Button
}

func newPhraseStep(w *wizard) *phraseStep { return &phraseStep{w: w, said: kit.Col(0)} }

func (s *phraseStep) content() fyne.CanvasObject {
	w, d := s.w, s.w.d
	s.folder = kit.NewEntry()
	s.folder.Limit = 1000
	places := model.Places()
	if len(places) > 0 {
		s.folder.SetText(places[0])
	}
	s.folder.OnSubmitted = func(string) { s.save() }
	save := kit.NewButton(d.t("entry_phrase_save"), s.save).With("save").Key("F2")
	keep := []fyne.CanvasObject{save}
	if d.Print != nil {
		keep = append(keep, kit.NewButton(d.t("entry_phrase_print"), s.print).With("print").Key("F3"))
	}
	chips := kit.Row(6)
	for _, p := range places {
		chips.Add(kit.NewButton(filepath.Base(p), func() { s.folder.SetText(p) }).Ranked(kit.Quiet).Small().With("folder"))
	}
	if len(places) < 2 {
		chips.Hide()
	}
	s.on = w.forward()
	form := kit.Col(8,
		title(d.t("entry_phrase"), d.t("entry_phrase_below")),
		kit.Card(words(w.model.Words24())),
		kit.Columns(12, []float32{1, 0}, kit.NewField(d.t("entry_phrase_folder"), s.folder), kit.Col(0, kit.Space(1, 18), kit.Row(8, keep...))),
		chips, s.said,
		kit.Notice(kit.Warn, d.t("entry_phrase_once")),
		w.feet(s.on),
	)
	return w.sheet(wideColumn+60, form)
}

// words are the phrase in four columns that are read downwards, as on paper.
func words(all []string) fyne.CanvasObject {
	const columns = 4
	cols := make([]fyne.CanvasObject, 0, columns)
	per := (len(all) + columns - 1) / columns
	for c := range columns {
		col := kit.Col(3)
		for i := c * per; i < min((c+1)*per, len(all)); i++ {
			n := kit.Fixed(24, 0, kit.Caption(strconv.Itoa(i+1)).Aligned(fyne.TextAlignTrailing))
			col.Add(kit.Row(8, n, kit.NewText(all[i]).Sized(kit.TextNote).Bold()))
		}
		cols = append(cols, col)
	}
	return kit.Columns(8, nil, cols...)
}

func (s *phraseStep) first() fyne.Focusable { return s.on }

func (s *phraseStep) show() {
	s.said.RemoveAll()
	if said := s.w.model.Said(); said.Text != "" {
		s.said.Add(kit.Notice(tone(said.Tone), said.Text))
	}
	s.said.Refresh()
	s.w.d.relay()
}

func (s *phraseStep) next() { s.w.next() }

func (s *phraseStep) save() {
	folder := s.folder.Text
	kit.Load(s.w.d.loader, "phrase", func(context.Context) (struct{}, error) {
		_, err := s.w.model.SavePhrase(folder)
		return struct{}{}, err
	}, func(struct{}, error) { s.show() })
}

func (s *phraseStep) print() {
	if s.w.d.Print == nil {
		return
	}
	kit.Load(s.w.d.loader, "phrase", func(ctx context.Context) (struct{}, error) {
		path, remove, err := s.w.model.PhrasePage()
		if err == nil {
			err = s.w.d.Print(ctx, path)
			remove()
		}
		s.w.model.Printed(err)
		return struct{}{}, err
	}, func(struct{}, error) { s.show() })
}

func (s *phraseStep) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyF2):
		s.save()
	case kit.Plain(fyne.KeyF3):
		s.print()
	default:
		return false
	}
	return true
}

// askedStep asks two words of the phrase back.
type askedStep struct {
	w      *wizard
	words  [2]*kit.Entry
	fields [2]*kit.Field
}

func newAskedStep(w *wizard) *askedStep { return &askedStep{w: w} }

func (s *askedStep) content() fyne.CanvasObject {
	w, d := s.w, s.w.d
	for i, n := range w.model.Asked() {
		s.words[i] = w.enter(kit.NewEntry())
		s.words[i].Limit = 40
		s.fields[i] = kit.NewField(d.t("entry_word", "n", n), s.words[i])
	}
	form := kit.Col(10,
		title(d.t("entry_asked"), d.t("entry_asked_below")), kit.Space(1, 4),
		kit.Columns(16, nil, s.fields[0], s.fields[1]),
		w.feet(w.forward()),
	)
	return w.sheet(520, form)
}

func (s *askedStep) first() fyne.Focusable { return s.words[0] }

func (s *askedStep) show() {
	for i, f := range s.fields {
		s.w.d.say(f, s.w.model.Errors["word"+strconv.Itoa(i)])
	}
}

func (s *askedStep) next() {
	if s.words[1].Text == "" && s.words[0].Text != "" && s.words[0].Focused() {
		s.w.d.focus(s.words[1])
		return
	}
	if s.w.model.Answer(s.w.d.ctx, [2]string{s.words[0].Text, s.words[1].Text}) {
		s.w.turn()
		return
	}
	s.show()
	for i := range s.fields {
		if s.w.model.Errors["word"+strconv.Itoa(i)].Text != "" {
			s.w.d.focus(s.words[i])
			return
		}
	}
}

// doneStep says that everything stands.
type doneStep struct {
	w  *wizard
	on *kit.Button
}

func newDoneStep(w *wizard) *doneStep { return &doneStep{w: w} }

func (s *doneStep) content() fyne.CanvasObject {
	d := s.w.d
	s.on = kit.NewButton(d.t("entry_done_enter"), s.next).Ranked(kit.Primary).With("arrow-right").Key("Enter")
	form := kit.Col(14,
		kit.Row(0, kit.Picture("ok", "success", 56)),
		title(d.t("entry_done"), d.t("entry_done_below", "login", s.w.model.Login)),
		lines("pin", []string{d.t("entry_done_pin")}), lines("user", []string{d.t("entry_done_users")}), lines("clock", []string{d.t("entry_done_hours")}),
		kit.Inset(8, 0, 0, 0, kit.Row(10, s.on)),
	)
	return s.w.sheet(520, form)
}

func (s *doneStep) first() fyne.Focusable { return s.on }
func (s *doneStep) show()                 {}
func (s *doneStep) next()                 { s.w.finish() }
