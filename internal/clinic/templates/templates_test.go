package templates_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
)

func builtin(t testing.TB) []clinic.Template {
	t.Helper()
	all, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBuiltin: nine kinds in two languages with the same keys and types in the same
// order, each sound by the rules that a clinic's own must keep, and stored as it is
// written (issue 3, part 5).
func TestBuiltin(t *testing.T) {
	all := builtin(t)
	n := len(templates.Kinds())
	if n < 9 || len(all) != 2*n {
		t.Fatalf("%d kinds, %d templates", n, len(all))
	}
	ids := map[clinic.ID]bool{}
	for i, tm := range all {
		ids[tm.ID] = true
		before := tm
		before.Fields = slices.Clone(tm.Fields)
		for _, f := range templates.Check(&tm) {
			t.Errorf("%s, %s: %v", tm.Title, tm.Lang, f)
		}
		if !reflect.DeepEqual(before, tm) {
			t.Errorf("%s, %s is not written as it is stored", tm.Title, tm.Lang)
		}
		lang, kind := "ru", templates.Kinds()[i%n]
		if i >= n {
			lang = "kk"
		}
		if tm.Lang != lang || tm.ID != templates.ID(kind, lang) || tm.Version < 1 || !tm.Active {
			t.Errorf("%s: %s, version %d", tm.Title, tm.Lang, tm.Version)
		}
		if templates.KindOf(tm.Speciality) != kind || templates.Speciality(kind) != tm.Speciality {
			t.Errorf("%s is of %q", tm.Speciality, templates.KindOf(tm.Speciality))
		}
		if i < n {
			same(t, &tm, &all[i+n])
		} else if !strings.ContainsAny(text(&tm), "әғқңөұүһі") {
			t.Errorf("%s speaks no Kazakh", tm.Title)
		}
	}
	if len(ids) != len(all) {
		t.Errorf("%d ids for %d templates", len(ids), len(all))
	}
}

// same holds the two languages of a template against each other.
func same(t *testing.T, ru, kk *clinic.Template) {
	t.Helper()
	if len(ru.Fields) != len(kk.Fields) || ru.Version != kk.Version {
		t.Fatalf("%s: %d and %d fields", ru.Title, len(ru.Fields), len(kk.Fields))
	}
	normal := 0
	for i, f := range ru.Fields {
		g := kk.Fields[i]
		if f.Key != g.Key || f.Type != g.Type || f.Required != g.Required || f.Min != g.Min || f.Max != g.Max ||
			len(f.Choices) != len(g.Choices) || (f.Default == "") != (g.Default == "") || (f.Unit == "") != (g.Unit == "") {
			t.Errorf("%s: %s and %s differ", ru.Title, f.Key, g.Key)
		}
		if f.Default != "" {
			normal++
		}
		if strings.ContainsAny(f.Label+f.Default, "әғқңөұүһі") {
			t.Errorf("%s: %s is Kazakh in the Russian template", ru.Title, f.Key)
		}
	}
	if normal < 4 {
		t.Errorf("%s: only %d texts of the normal state", ru.Title, normal)
	}
}

func text(tm *clinic.Template) string {
	var b strings.Builder
	for _, f := range tm.Fields {
		b.WriteString(f.Label + f.Default + strings.Join(f.Choices, ""))
	}
	return b.String()
}

// TestIDs holds ids that clinics have in their protocols already.
func TestIDs(t *testing.T) {
	for kind, want := range map[string]string{
		"therapist": "f7111b9f-6ab3-5fa8-ae16-8adefdb2afac", "feldsher": "86fbcf8f-eba9-50f2-afe7-1cb33f58108d",
	} {
		if got := templates.ID(kind, "ru").String(); got != want {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

func TestKindOf(t *testing.T) {
	for text, want := range map[string]string{
		"терапия": "therapist", "Врач-терапевт участковый": "therapist", "врач общей практики": "therapist", "жалпы практика дәрігері": "therapist",
		"психотерапевт": "", "педиатрия": "paediatrician", "дәрігер-педиатр": "paediatrician", "врач-детский кардиолог": "cardiologist",
		"акушерство и гинекология": "gynaecologist", "Акушер-гинеколог": "gynaecologist", "хирургия": "surgeon", "кардиохирург": "surgeon",
		"эндокринология": "endocrinologist", "врач УЗИ": "ultrasound", "ультрадыбыстық диагностика": "ultrasound",
		"врач функциональной диагностики": "ecg", "фельдшер скорой помощи": "feldsher", "": "", "главный врач": "", "сестринское дело": "",
	} {
		if got := templates.KindOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := templates.KindOf("организация здравоохранения", "врач-хирург"); got != "surgeon" {
		t.Errorf("the post is not asked: %q", got)
	}
}

// TestCheck: every slip is told at its own place, all at once.
func TestCheck(t *testing.T) {
	field := func(change func(*clinic.Field)) clinic.Template {
		f := clinic.Field{Key: "a", Label: "А", Type: "text"}
		change(&f)
		return clinic.Template{Title: "Осмотр", Lang: "ru", Fields: []clinic.Field{f}}
	}
	for name, c := range map[string]struct {
		tm    clinic.Template
		field string
	}{
		"no title":          {clinic.Template{Lang: "ru", Fields: []clinic.Field{{Key: "a", Label: "А", Type: "text"}}}, "title"},
		"no language":       {clinic.Template{Title: "О", Lang: "fr", Fields: []clinic.Field{{Key: "a", Label: "А", Type: "text"}}}, "lang"},
		"no fields":         {clinic.Template{Title: "О", Lang: "ru"}, "fields"},
		"headings only":     {field(func(f *clinic.Field) { f.Type = "heading" }), "fields"},
		"no label":          {field(func(f *clinic.Field) { f.Label = " " }), "fields[0].label"},
		"a tab":             {field(func(f *clinic.Field) { f.Label = "а\tб" }), "fields[0].label"},
		"turned around":     {field(func(f *clinic.Field) { f.Label = "а\u202eб" }), "fields[0].label"},
		"endless":           {field(func(f *clinic.Field) { f.Label = strings.Repeat("я", 10_000) }), "fields[0].label"},
		"broken letters":    {field(func(f *clinic.Field) { f.Default = "\xff" }), "fields[0].default"},
		"no key":            {field(func(f *clinic.Field) { f.Key = "" }), "fields[0].key"},
		"Cyrillic key":      {field(func(f *clinic.Field) { f.Key = "жалобы" }), "fields[0].key"},
		"unknown type":      {field(func(f *clinic.Field) { f.Type = "money" }), "fields[0].type"},
		"no choices":        {field(func(f *clinic.Field) { f.Type, f.Choices = "choice", []string{" "} }), "fields[0].choices"},
		"a choice twice":    {field(func(f *clinic.Field) { f.Type, f.Choices = "multichoice", []string{"да", "да "} }), "fields[0].choices"},
		"a default of none": {field(func(f *clinic.Field) { f.Type, f.Choices, f.Default = "choice", []string{"да"}, "нет" }), "fields[0].default"},
		"no number":         {field(func(f *clinic.Field) { f.Type, f.Min = "number", "мало" }), "fields[0].min"},
		"an exponent":       {field(func(f *clinic.Field) { f.Type, f.Max = "number", "1e999999999" }), "fields[0].max"},
		"turned limits":     {field(func(f *clinic.Field) { f.Type, f.Min, f.Max = "number", "5", "2" }), "fields[0].max"},
		"default outside":   {field(func(f *clinic.Field) { f.Type, f.Min, f.Max, f.Default = "number", "1", "2", "3" }), "fields[0].default"},
		"no date":           {field(func(f *clinic.Field) { f.Type, f.Default = "date", "2026-02-31" }), "fields[0].default"},
		"no yes or no":      {field(func(f *clinic.Field) { f.Type, f.Default = "bool", "да" }), "fields[0].default"},
	} {
		all := templates.Check(&c.tm)
		if len(all) == 0 || all[0].Field != c.field {
			t.Errorf("%s: %v", name, all)
		}
	}
	two := clinic.Template{Title: "О", Lang: "ru", Fields: []clinic.Field{{Key: "a", Label: "А", Type: "text"}, {Key: "a", Label: "", Type: "choice"}}}
	if all := templates.Check(&two); len(all) != 3 {
		t.Errorf("%d faults: %v", len(all), all)
	}
	tidy := field(func(f *clinic.Field) {
		f.Type, f.Min, f.Max, f.Default, f.Choices, f.Unit = "number", "0,5", " 2 ", "1,50", []string{"x"}, " мм "
	})
	if all := templates.Check(&tidy); len(all) != 0 {
		t.Error(all)
	}
	want := clinic.Field{Key: "a", Label: "А", Type: "number", Min: "0.5", Max: "2", Default: "1.50", Unit: "мм"}
	if !reflect.DeepEqual(tidy.Fields[0], want) {
		t.Errorf("%+v", tidy.Fields[0])
	}
}

// TestCheckTwice: what was checked once is not changed by checking again, and nothing
// makes it fall over.
func TestCheckTwice(t *testing.T) {
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "5", "2,5", "true", "2026-11-21", "да\nнет"}))
	rapid.Check(t, func(rt *rapid.T) {
		tm := clinic.Template{Title: word.Draw(rt, "title"), Lang: "ru"}
		for range rapid.IntRange(0, 4).Draw(rt, "n") {
			tm.Fields = append(tm.Fields, clinic.Field{
				Key: word.Draw(rt, "key"), Label: word.Draw(rt, "label"), Type: rapid.SampledFrom(append(templates.Types(), "x")).Draw(rt, "type"),
				Min: clinic.Decimal(word.Draw(rt, "min")), Max: clinic.Decimal(word.Draw(rt, "max")), Default: word.Draw(rt, "default"),
				Choices: rapid.SliceOfN(word, 0, 3).Draw(rt, "choices"), Unit: word.Draw(rt, "unit"), Required: rapid.Bool().Draw(rt, "required"),
			})
		}
		if len(templates.Check(&tm)) > 0 {
			return
		}
		once := tm
		once.Fields = slices.Clone(tm.Fields)
		if again := templates.Check(&tm); len(again) > 0 || !reflect.DeepEqual(once, tm) {
			rt.Fatalf("%v\n%+v\n%+v", again, once, tm)
		}
	})
}

// TestFill: a new protocol begins with the defaults and what the visit says; a status of
// the visit's own puts out the normal phrases of the examination, and of nothing else.
func TestFill(t *testing.T) {
	all := builtin(t)
	therapist := all[0]
	empty := templates.Fill(therapist.Fields, &clinic.Visit{})
	if empty["abdomen"] == "" || empty["condition"] != "удовлетворительное" || empty["complaints"] != "" {
		t.Errorf("%v", empty)
	}
	v := &clinic.Visit{
		Complaints: "Боль в горле.", Anamnesis: "Три дня.", Objective: "Зев гиперемирован.", Advice: "Тёплое питьё.",
		Diagnoses: []clinic.Diagnosis{
			{Coding: clinic.Coding{Code: "I10", Name: "Гипертензия"}, Rank: "concomitant"},
			{Coding: clinic.Coding{Code: "J02.9", Name: "Фарингит"}, Text: "Острый фарингит", Rank: "main"},
		},
		Prescriptions: []clinic.Prescription{
			{INN: "парацетамол", Form: "таблетки", Dose: "500", DoseUnit: "мг", Frequency: "3 раза в день"},
			{INN: "ибупрофен", Status: "stopped"},
		},
		Orders:       []clinic.Order{{Text: "Общий анализ крови"}},
		Observations: []clinic.Observation{{Coding: clinic.Coding{System: clinic.LOINC, Code: "8310-5"}, Value: "37.8"}, {Coding: clinic.Coding{System: clinic.LOINC, Code: "8867-4"}, Value: "999"}},
	}
	got := templates.Fill(therapist.Fields, v)
	for key, want := range map[string]string{
		"complaints": v.Complaints, "anamnesis": v.Anamnesis, "objective": v.Objective, "recommendations": v.Advice,
		"diagnosis": "Острый фарингит", "diagnosis_code": "J02.9", "concomitant": "I10 Гипертензия", "examinations": "Общий анализ крови",
		"treatment": "парацетамол, таблетки: 500 мг 3 раза в день", "temperature": "37.8", "throat": "", "pulse": "", "condition": "удовлетворительное",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	for _, tm := range all {
		for key, value := range templates.Fill(tm.Fields, v) {
			at := slices.IndexFunc(tm.Fields, func(f clinic.Field) bool { return f.Key == key })
			if at < 0 {
				t.Fatalf("%s has no %s", tm.Title, key)
			}
			if kept, err := templates.Value(&tm.Fields[at], value); err != nil || kept != value {
				t.Errorf("%s, %s: %q, %v", tm.Title, key, value, err)
			}
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add("number", "36,6")
	f.Add("multichoice", "нет\nда")
	f.Add("date", "2026-11-21")
	f.Fuzz(func(t *testing.T, kind, value string) {
		field := clinic.Field{Type: kind, Choices: []string{"да", "нет"}, Min: "0", Max: "100"}
		kept, err := templates.Value(&field, value)
		if err != nil {
			return
		}
		if again, err := templates.Value(&field, kept); err != nil || again != kept {
			t.Errorf("%q became %q, then %q, %v", value, kept, again, err)
		}
	})
}
