package templates

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

var ctx = context.Background()

func begin(t testing.TB, s *present.Session) *Editor {
	t.Helper()
	e, err := New(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// save does what the page does.
func save(e *Editor) (int, error) {
	if !e.Check() {
		return 0, fault.New(fault.Invalid, "fault.field.empty")
	}
	saved, err := e.Save(ctx)
	e.Settle(saved, err)
	return saved.Version, err
}

func list(t testing.TB, s *present.Session) *List {
	t.Helper()
	l := NewList(s)
	take, err := l.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	take()
	return l
}

// TestList: the user's language and what was begun come first; words and languages
// narrow; what is not offered says so.
func TestList(t *testing.T) {
	s := presenttest.Open(t, translations.Kazakh)
	l := list(t, s)
	if it := l.Item(0); l.Len() != 2*len(builtin.Kinds()) || it.ID != builtin.ID("therapist", "kk") || it.State != "кірістірілген" || !it.Builtin {
		t.Fatalf("%d, %+v", l.Len(), it)
	}
	l.SetQuery("электрокардио")
	l.SetLang("ru")
	if l.Len() != 1 || l.Item(0).ID != builtin.ID("ecg", "ru") || l.Item(0).Speciality != "функционалдық диагностика" {
		t.Errorf("%d", l.Len())
	}
	if err := l.SetActive(ctx, l.Item(0).ID, false); err != nil {
		t.Fatal(err)
	}
	begin(t, s)
	l = list(t, s)
	if it := l.Item(0); !it.Fresh || !it.Draft || it.Title != "Атаусыз" {
		t.Errorf("%+v", it)
	}
	if it := l.Item(l.At(builtin.ID("ecg", "ru"))); it.Active || it.State != "ұсынылмайды" {
		t.Errorf("%+v", it)
	}
	undo, err := l.Drop(ctx, l.Item(0).ID)
	if err != nil || list(t, s).Item(0).Fresh {
		t.Errorf("the draft stays: %v", err)
	}
	if err := undo(ctx); err != nil || !list(t, s).Item(0).Fresh {
		t.Errorf("the draft is gone: %v", err)
	}
	nurse := *s
	who := *s.User
	who.Roles = []clinic.Role{clinic.Nurse}
	nurse.User = &who
	if NewList(&nurse).May() {
		t.Error("a nurse may change templates")
	}
}

// TestSave: a new template is written, becomes a version, then the next; slips stand at
// their fields and the first of them is at hand.
func TestSave(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e := begin(t, s)
	if _, err := save(e); err == nil || e.Word("title") == "" || e.Field(0).Fault == "" {
		t.Fatalf("an empty template was saved: %v, %q", err, e.Word("title"))
	}
	e.SetTitle("Процедурный лист")
	if e.Word("title") != "" {
		t.Error("the word stays after the field is right")
	}
	e.SetLabel("Что сделано")
	e.Add("choice")
	e.SetLabel("Реакция")
	if e.Check() || e.At() != 1 || e.Word("choices") == "" {
		t.Errorf("at %d, %q", e.At(), e.Word("choices"))
	}
	e.SetOptions("нет\n местная \n\nобщая\n")
	e.Toggle("нет")
	e.Add("number")
	e.SetLabel("Температура до")
	e.SetRange("34,5", "43")
	e.SetDefault("36,6")
	e.SetUnit("°C")
	version, err := save(e)
	if err != nil || version != 1 || e.Changed() || e.Fresh() {
		t.Fatalf("%d, %v", version, err)
	}
	stored, err := s.Catalog.Template(ctx, e.Template().ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []clinic.Field{
		{Key: "chto_sdelano", Label: "Что сделано", Type: "longtext", Required: true},
		{Key: "reakcia", Label: "Реакция", Type: "choice", Choices: []string{"нет", "местная", "общая"}, Default: "нет"},
		{Key: "temperatura_do", Label: "Температура до", Type: "number", Min: "34.5", Max: "43", Default: "36.6", Unit: "°C"},
	}
	for i := range want {
		want[i].Key = stored.Fields[i].Key // what they are called is checked by builtin.Check
	}
	if !same(&clinic.Template{Fields: want}, &clinic.Template{Fields: stored.Fields}) {
		t.Errorf("%+v", stored.Fields)
	}
	if it := list(t, s).Item(0); it.Draft || it.State != "свой, версия 1" {
		t.Errorf("%+v", it)
	}
	e.Choose(1)
	key := e.Current().Key
	e.SetLabel("Реакция на процедуру")
	if e.Current().Key != key {
		t.Error("the key of a stored field changed: old protocols and new ones would not compare")
	}
	if version, err = save(e); err != nil || version != 2 {
		t.Errorf("%d, %v", version, err)
	}
}

// TestDraft: what is not saved is there again, at the same field; when it is as stored
// again, or saved, the draft goes (R3.8).
func TestDraft(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e := begin(t, s)
	var wait time.Duration
	var fire func()
	e.keep.after = func(d time.Duration, fn func()) stopper { wait, fire = d, fn; return time.NewTimer(time.Hour) }
	told := 0
	e.OnDraft(func(err error) {
		if err == nil {
			told++
		}
	})
	e.SetTitle("Осмотр")
	e.Add("text")
	e.SetLabel("Поле")
	if wait <= 0 || wait > 2*time.Second {
		t.Fatalf("a draft is written after %s", wait)
	}
	fire()
	if told != 1 {
		t.Error("nobody was told of the draft")
	}
	again, err := Resume(ctx, s, e.Draft())
	if err != nil || !again.Fresh() || again.At() != 1 || again.Field(1).Label != "Поле" || again.Template().Title != "Осмотр" {
		t.Fatalf("%+v, %v", again, err)
	}
	again.Choose(0)
	again.SetLabel("Первое")
	if _, err := save(again); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(ctx, s, e.Draft()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the draft outlived the saving: %v", err)
	}
	id := again.Template().ID
	changed, err := Open(ctx, s, id)
	if err != nil {
		t.Fatal(err)
	}
	changed.SetTitle("Осмотр другой")
	if err := changed.KeepDraft(ctx); err != nil || !list(t, s).Item(0).Draft {
		t.Errorf("no draft: %v", err)
	}
	if open, err := Open(ctx, s, id); err != nil || open.Template().Title != "Осмотр другой" || !open.Changed() || !open.Undo() || open.Changed() {
		t.Errorf("the draft is not laid over: %v", err)
	}
	undo := changed.Discard()
	if err := changed.KeepDraft(ctx); err != nil || changed.Changed() || list(t, s).Item(0).Draft {
		t.Error("discarding leaves something")
	}
	undo()
	if changed.Template().Title != "Осмотр другой" {
		t.Error("discarding can't be undone")
	}
	changed.Stop()
}

// TestTypingOn: what is typed while the template is being saved stays.
func TestTypingOn(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e := begin(t, s)
	e.SetTitle("Осмотр")
	e.SetLabel("Жалобы")
	saved, err := e.Save(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e.SetTitle("Осмотр первый")
	e.Settle(saved, nil)
	if !e.Changed() || e.Fresh() || e.Template().Title != "Осмотр первый" {
		t.Fatal("what was typed is gone")
	}
	if err := e.KeepDraft(ctx); err != nil || !list(t, s).Item(0).Draft {
		t.Error("and is no draft")
	}
	if version, err := save(e); err != nil || version != 2 {
		t.Errorf("%d, %v", version, err)
	}
}

// TestStale: when somebody else saves the template meanwhile, nothing is overwritten and
// nothing lost: the changes become a copy.
func TestStale(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	mine, err := Copy(ctx, s, builtin.ID("ecg", "ru"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := save(mine); err != nil {
		t.Fatal(err)
	}
	theirs, err := Open(ctx, s, mine.Template().ID)
	if err != nil {
		t.Fatal(err)
	}
	mine.SetTitle("Моя ЭКГ")
	if err := mine.KeepDraft(ctx); err != nil {
		t.Fatal(err)
	}
	theirs.s.Records = s.Records
	other := clone(theirs.t)
	other.Title = "Их ЭКГ"
	if _, err := s.Catalog.SaveTemplate(ctx, other); err != nil {
		t.Fatal(err)
	}
	if _, err := save(mine); !fault.Is(err, fault.Conflict) || !mine.Stale() {
		t.Fatalf("%v", err)
	}
	if back, err := Open(ctx, s, mine.Template().ID); err != nil || !back.Stale() || back.Template().Title != "Моя ЭКГ" {
		t.Errorf("%v", err)
	}
	if err := mine.AsCopy()(ctx); err != nil || mine.Stale() {
		t.Fatal(err)
	}
	if version, err := save(mine); err != nil || version != 1 {
		t.Errorf("%d, %v", version, err)
	}
	if stored, err := s.Catalog.Template(ctx, other.ID); err != nil || stored.Title != "Их ЭКГ" {
		t.Errorf("%q, %v", stored.Title, err)
	}
	if _, err := Open(ctx, s, builtin.ID("ecg", "ru")); !fault.Is(err, fault.Conflict) {
		t.Errorf("a built-in template is open for changes: %v", err)
	}
}

// TestSource: a place of the visit belongs to one field; a preview shows defaults.
func TestSource(t *testing.T) {
	e := begin(t, presenttest.Open(t, translations.Russian))
	e.SetLabel("Жалобы")
	at := slices.Index(builtin.Sources(), "complaints") + 1
	e.SetSource(at)
	e.Duplicate()
	if e.Source() != 0 || e.At() != 1 {
		t.Errorf("the copy has the source too: %s", e.Current().Key)
	}
	e.SetSource(at)
	if e.Source() != at || e.t.Fields[0].Key == "complaints" {
		t.Errorf("%+v", e.t.Fields)
	}
	e.SetSource(0)
	if e.Source() != 0 {
		t.Error("the source stays")
	}
	if len(e.SourceNames()) != len(builtin.Sources())+1 {
		t.Error("sources without names")
	}
	e.SetDefault("нет")
	if e.Preview().Text(e.Current().Key) != "нет" {
		t.Error("the preview shows no default")
	}
}

// TestUndo: whatever is done, Undo leads back to the beginning step by step and Redo to
// the end; keys stay unique and Check never falls over.
func TestUndo(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	rapid.Check(t, func(rt *rapid.T) {
		e := newEditor(s, clinic.Template{Lang: "ru", Fields: []clinic.Field{{Key: "field_1", Type: "text"}}})
		e.fresh, e.draft = true, clinic.NewID()
		e.keep.after = func(time.Duration, func()) stopper { return time.NewTimer(time.Hour) }
		start := clone(e.t)
		word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Жалобы", "a", "5", "2,5", "31022026", "😀", "да\nнет", "12 перстная"}))
		for range rapid.IntRange(1, 30).Draw(rt, "n") {
			switch rapid.IntRange(0, 13).Draw(rt, "what") {
			case 0:
				e.Add(rapid.SampledFrom(builtin.Types()).Draw(rt, "type"))
			case 1:
				e.Remove()
			case 2:
				e.Duplicate()
			case 3:
				e.Move(rapid.SampledFrom([]int{-1, 1}).Draw(rt, "by"))
			case 4:
				e.SetLabel(word.Draw(rt, "label"))
			case 5:
				e.SetType(rapid.SampledFrom(builtin.Types()).Draw(rt, "type"))
			case 6:
				e.SetOptions(word.Draw(rt, "options"))
			case 7:
				e.SetDefault(word.Draw(rt, "default"))
			case 8:
				e.SetRange(word.Draw(rt, "low"), word.Draw(rt, "high"))
			case 9:
				e.SetSource(rapid.IntRange(0, len(builtin.Sources())).Draw(rt, "source"))
			case 10:
				e.Choose(rapid.IntRange(-1, 9).Draw(rt, "at"))
			case 11:
				values, _ := e.Answers()
				if len(values) > 0 {
					e.Toggle(values[0])
				}
			case 12:
				e.Undo()
			case 13:
				e.Check()
				e.Preview()
			}
			keys := map[string]bool{}
			for i, f := range e.t.Fields {
				if keys[f.Key] || f.Key == "" {
					rt.Fatalf("%q stands twice: %+v", f.Key, e.t.Fields)
				}
				keys[f.Key] = true
				e.Field(i)
			}
			for _, f := range builtin.Check(&clinic.Template{Title: "О", Lang: "ru", Fields: slices.Clone(e.t.Fields)}) {
				if strings.HasSuffix(f.Field, ".key") {
					rt.Fatalf("%v", f)
				}
			}
		}
		for e.Redo() {
		}
		end := clone(e.t)
		n := 0
		for e.Undo() {
			n++
		}
		if !same(&e.t, &start) {
			rt.Fatalf("%d steps back is not the beginning: %+v", n, e.t)
		}
		for e.Redo() {
		}
		if !same(&e.t, &end) {
			rt.Fatalf("forward again is not the end: %+v, want %+v", e.t, end)
		}
	})
}

// TestDraftFails: a draft that can't be written is tried again and told of.
func TestDraftFails(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e := begin(t, s)
	var told error
	e.OnDraft(func(err error) { told = err })
	e.SetTitle("Осмотр")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := e.KeepDraft(gone); err == nil || !errors.Is(told, err) {
		t.Fatalf("%v, told %v", err, told)
	}
	if err := e.KeepDraft(ctx); err != nil || told != nil {
		t.Errorf("%v, told %v", err, told)
	}
	if again, err := Resume(ctx, s, e.Draft()); err != nil || again.Template().Title != "Осмотр" {
		t.Errorf("%v", err)
	}
}
