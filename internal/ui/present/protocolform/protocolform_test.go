package protocolform_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/protocolform"
	"feldsher/translations"
)

var russian = present.Words{Lang: translations.Russian}

func shape() []clinic.Field {
	return []clinic.Field{
		{Key: "h", Type: "heading", Label: "Осмотр"},
		{Key: "complaints", Type: "longtext", Label: "Жалобы", Required: true},
		{Key: "throat", Type: "text", Label: "Зев", Default: "не гиперемирован"},
		{Key: "weight", Type: "number", Label: "Вес", Unit: "кг", Min: "0.3", Max: "300"},
		{Key: "pulse", Type: "number", Label: "Пульс", Max: "300"},
		{Key: "seen", Type: "date", Label: "Явка"},
		{Key: "state", Type: "choice", Label: "Состояние", Choices: []string{"удовлетворительное", "тяжёлое"}, Default: "удовлетворительное"},
		{Key: "skin", Type: "multichoice", Label: "Кожа", Choices: []string{"чистая", "бледная", "сыпь"}},
		{Key: "smoker", Type: "bool", Label: "Курит"},
	}
}

func form(values map[string]string) *protocolform.Form {
	return protocolform.New(russian, shape(), values)
}

// Stored values are shown as people read them, and what is typed is kept as
// protocols keep it (R3.4).
func TestShownAndKept(t *testing.T) {
	t.Parallel()
	f := form(map[string]string{"weight": "71.5", "seen": "2026-11-28", "skin": "чистая"})
	if f.Text("weight") != "71,5" || f.Text("seen") != "28.11.2026" || !f.Chosen("skin", "чистая") || f.Changed() {
		t.Errorf("%q %q, changed %v", f.Text("weight"), f.Text("seen"), f.Changed())
	}
	f.Set("weight", " 72,4 ")
	f.Set("seen", "21112026")
	f.Toggle("skin", "сыпь")
	f.Toggle("skin", "бледная")
	f.Toggle("skin", "чистая")
	f.Toggle("state", "тяжёлое")
	f.Toggle("smoker", "true")
	f.Set("h", "заголовок не поле")
	if got := f.Settle("seen"); got != "21.11.2026" || f.Settle("weight") != "72,4" {
		t.Errorf("settled as %q, %q", got, f.Text("weight"))
	}
	want := map[string]string{
		"complaints": "", "throat": "", "weight": "72.4", "pulse": "", "seen": "2026-11-21", "state": "тяжёлое", "skin": "бледная\nсыпь", "smoker": "true",
	}
	if got := f.Values(); !reflect.DeepEqual(got, want) || !f.Changed() {
		t.Errorf("%v", got)
	}
	f.Toggle("smoker", "true")
	f.Toggle("state", "тяжёлое")
	if v := f.Values(); v["smoker"] != "" || v["state"] != "" {
		t.Errorf("a second press does not take the answer back: %v", v)
	}
	f.Saved(f.Values())
	if f.Changed() {
		t.Error("changed after it was saved")
	}
}

// Each kind of bad input has its word at its field, nothing typed is lost, and the
// protocol keeps what it had.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, typed, word string }{
		{"seen", "31.02.2026", "Такой даты нет"},
		{"seen", "завтра", "Такой даты нет"},
		{"weight", "семь", "Здесь ждут число"},
		{"weight", "1e9", "Здесь ждут число"},
		{"weight", "0,1", "от 0,3 до 300"},
		{"pulse", "301", "Не больше 300"},
		{"pulse", "½", "Здесь ждут число"},
	} {
		f := form(map[string]string{"weight": "70", "seen": "2026-11-28", "pulse": "80"})
		before := f.Values()[c.key]
		f.Set(c.key, c.typed)
		if f.Word(c.key) != "" {
			t.Errorf("%s %q: a word before the field was left", c.key, c.typed)
		}
		if f.Settle(c.key) != c.typed || !strings.Contains(f.Word(c.key), c.word) {
			t.Errorf("%s %q: %q at the field", c.key, c.typed, f.Word(c.key))
		}
		if f.Values()[c.key] != before || !f.Changed() {
			t.Errorf("%s %q: %q would be kept", c.key, c.typed, f.Values()[c.key])
		}
		if wrong := f.Check(false); !reflect.DeepEqual(wrong, []string{c.key}) {
			t.Errorf("%s %q: wrong are %v", c.key, c.typed, wrong)
		}
		f.Set(c.key, "")
		if f.Word(c.key) != "" {
			t.Errorf("%s: the word stays when the field is right", c.key)
		}
	}
}

func TestFinalCheck(t *testing.T) {
	t.Parallel()
	f := form(nil)
	if wrong := f.Check(false); wrong != nil || f.Missing() != 1 {
		t.Errorf("a draft may be empty: %v, %d", wrong, f.Missing())
	}
	if wrong := f.Check(true); !reflect.DeepEqual(wrong, []string{"complaints"}) || f.Word("complaints") == "" || f.Sound() {
		t.Errorf("%v", wrong)
	}
	f.Set("complaints", "кашель")
	if wrong := f.Check(true); wrong != nil || f.Missing() != 0 || !f.Sound() {
		t.Errorf("%v", wrong)
	}
}

func TestFaultAtItsField(t *testing.T) {
	t.Parallel()
	f := form(nil)
	if key, ok := f.Fail(fault.At("fields.weight", "fault.field.range", "low", "0.3", "high", "300")); !ok || key != "weight" || !strings.Contains(f.Word("weight"), "0,3") {
		t.Errorf("%q %v %q", key, ok, f.Word("weight"))
	}
	if _, ok := f.Fail(fault.New(fault.Conflict, "fault.protocol.signed")); ok {
		t.Error("a fault of no field was taken")
	}
	if _, ok := f.Fail(fault.At("fields.stray", "fault.field.empty")); ok {
		t.Error("a fault of another field was taken")
	}
}

// The normal phrases never overwrite what a doctor wrote, and go again by one Undo.
func TestNormal(t *testing.T) {
	t.Parallel()
	f := form(map[string]string{"state": "тяжёлое"})
	if !f.PutNormal("throat") || f.Text("throat") != "не гиперемирован" || !f.PutNormal("throat") || f.Text("throat") != "" {
		t.Errorf("%q", f.Text("throat"))
	}
	if f.PutNormal("state") || f.PutNormal("complaints") {
		t.Error("other text was overwritten, or a field without a phrase has got one")
	}
	filled := f.PutNormals()
	if !reflect.DeepEqual(filled, []string{"throat"}) || f.Values()["state"] != "тяжёлое" {
		t.Errorf("%v", filled)
	}
	f.Empty(filled)
	if f.Text("throat") != "" || f.Changed() {
		t.Error("Undo does not bring back what was")
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]clinic.Date{
		"21112026": "2026-11-21", "211126": "2026-11-21", "21.11.2026": "2026-11-21", "1.2.26": "2026-02-01", "21/11/2026": "2026-11-21",
		"21 11 2026": "2026-11-21", "2026-11-21": "2026-11-21", "29.02.72": "2072-02-29", "31.02.2026": "", "": "", "2026": "", "99.99.99": "", "21.11": "",
	} {
		if got, ok := protocolform.Day(typed); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// Whatever is typed comes back from a draft letter by letter, and what the form
// would store passes its own check.
func TestTypedProperty(t *testing.T) {
	t.Parallel()
	keys := []string{"complaints", "throat", "weight", "pulse", "seen", "state", "skin", "smoker"}
	rapid.Check(t, func(t *rapid.T) {
		f := form(nil)
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			key := rapid.SampledFrom(keys).Draw(t, "key")
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				f.Set(key, rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9.,-]{0,12}`)).Draw(t, "text"))
			case 1:
				f.Toggle(key, rapid.SampledFrom([]string{"сыпь", "чистая", "тяжёлое", "true"}).Draw(t, "choice"))
			case 2:
				f.Settle(key)
			default:
				f.PutNormal(key)
			}
		}
		again := form(nil)
		again.Restore(f.Typed())
		for _, key := range keys {
			f.Settle(key)
		}
		if !maps.Equal(again.Typed(), f.Typed()) && !maps.Equal(again.Values(), f.Values()) {
			t.Fatalf("%v came back as %v", f.Typed(), again.Typed())
		}
		stored := form(f.Values())
		if wrong := stored.Check(false); wrong != nil {
			t.Fatalf("%v would be stored: %v", f.Values(), wrong)
		}
		if !maps.Equal(stored.Values(), f.Values()) {
			t.Fatalf("%v is read back as %v", f.Values(), stored.Values())
		}
	})
}
