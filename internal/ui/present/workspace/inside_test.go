package workspace

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

func speaking(lang translations.Lang) *Workspace {
	return &Workspace{s: &present.Session{Words: present.Words{Lang: lang}}}
}

// A prescription is read from a line as doctors say it.
func TestParseRx(t *testing.T) {
	t.Parallel()
	w := speaking(translations.Russian)
	for line, want := range map[string]clinic.Prescription{
		"амоксициллин 500 мг 3 р/д 7 дней №21 внутрь": {
			INN: "амоксициллин", Dose: "500", DoseUnit: "мг", Frequency: "3 раза в день", Duration: "7 дней", Quantity: "21", Route: "внутрь",
		},
		"Флемоксин таб. по 1000 мг 2 раза в день 10 дней":    {INN: "амоксициллин", Trade: "Флемоксин", Form: "таблетки", Dose: "1000", DoseUnit: "мг", Frequency: "2 раза в день", Duration: "10 дней"},
		"цефтриаксон 1 г в/м х2 5 дней":                      {INN: "цефтриаксон", Dose: "1", DoseUnit: "г", Route: "в/м", Frequency: "2 раза в день", Duration: "5 дней"},
		"бисопролол 2,5 мг утром":                            {INN: "бисопролол", Dose: "2.5", DoseUnit: "мг", Frequency: "утром"},
		"Ибупрофен (Нурофен) сироп 5 мл каждые 8 часов":      {INN: "ибупрофен", Trade: "Нурофен", Form: "сироп", Dose: "5", DoseUnit: "мл", Frequency: "каждые 8 часов"},
		"парацетамол 500 мг 3-4 раза в день при температуре": {INN: "парацетамол", Dose: "500", DoseUnit: "мг", Frequency: "3-4 раза в день при температуре"},
		"отвар шиповника":                                    {INN: "отвар шиповника"},
		"мирамистин спрей местно 4 р/сут":                    {INN: "мирамистин", Form: "спрей", Route: "местно", Frequency: "4 раза в день"},
		"": {},
	} {
		if got := w.ParseRx(line); got != want {
			t.Errorf("%q:\n got %+v\nwant %+v", line, got, want)
		}
	}
	if got := speaking(translations.Kazakh).ParseRx("амоксициллин 500 мг күніне 3 рет 7 күн ішке"); got.Dose != "500" || got.Duration != "7 күн" || got.Route != "ішке" || !strings.Contains(got.Frequency, "3") {
		t.Errorf("%+v", got)
	}
}

func FuzzParseRx(f *testing.F) {
	for _, s := range []string{"амоксициллин 500 мг 3 р/д", "×3", "(((", "5 мл5мл №№1", "\xff 1 мг"} {
		f.Add(s)
	}
	w := speaking(translations.Russian)
	f.Fuzz(func(t *testing.T, line string) {
		p := w.ParseRx(line)
		for _, d := range []clinic.Decimal{p.Dose, p.Quantity} {
			if strings.Trim(string(d), "0123456789.") != "" {
				t.Errorf("%q gave the number %q", line, d)
			}
		}
	})
}

func TestExpand(t *testing.T) {
	t.Parallel()
	a := Autotext{own: map[string]string{"кн": "", "жн": "живот мягкий"}, builtin: map[string]string{"жн": "другое", "кн": "кожа", "лн": "хрипов нет"}}
	for _, c := range []struct {
		text string
		at   int
		want string
		then int
	}{
		{"сегодня жн ", 11, "сегодня живот мягкий ", 21},
		{"Кашля нет. лн ", 14, "Кашля нет. Хрипов нет ", 22},
		{"Жн ", 3, "Живот мягкий ", 13},
		{"жн  далее", 3, "Живот мягкий  далее", 13},
		{"кн ", 3, "кн ", 3},
		{"ажн ", 4, "ажн ", 4},
		{"жн", 2, "жн", 2},
		{"", 0, "", 0},
		{" ", 1, " ", 1},
		{"жн ", 99, "жн ", 99},
	} {
		got, at := c.text, c.at
		back, sentence, ok := a.At(c.text, c.at)
		if ok {
			runes := []rune(c.text)
			got = string(runes[:c.at-back]) + sentence + string(runes[c.at:])
			at = c.at - back + len([]rune(sentence))
		}
		if got != c.want || at != c.then || ok != (got != c.text) {
			t.Errorf("%q at %d: %q at %d", c.text, c.at, got, at)
		}
	}
	if list := a.List(); len(list) != 2 || list[0].Short != "жн" || !list[0].Own || list[1].Own {
		t.Errorf("%+v", list)
	}
}

func TestTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"21112026": "21.11.2026", "211126": "21.11.2026", "2111": "21.11.2026", "1.2.26": "01.02.2026", "21/11/2026": "21.11.2026",
		"31.02.2026": "", "": "", "21": "", "99999999": "", "1.1.1800": "", "21.11.2026.1": "", "½": "", "-": "",
	} {
		got := ""
		if d, ok := readDay(typed, 2026); ok {
			got = d.Format("02.01.2006")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]int{"9:40": 580, "0940": 580, "940": 580, "9.40": 580, "9": 540, "23:59": 1439, "24:00": -1, "12:60": -1, "": -1, "утром": -1, "12345": -1} {
		got, ok := readClock(typed)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q is %d, want %d", typed, got, want)
		}
	}
	for typed, want := range map[string]string{"0,5": "0.5", " 500 ": "500", "": "", "0": "!", "1.": "!", "-1": "!", "1e5": "!", "½": "!", "0.0": "!", "1234567890123": "!"} {
		got, ok := readNumber(typed)
		if !ok {
			got = "!"
		}
		if string(got) != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// Whatever a draft's body is, reading it does no harm, and a sound one comes back whole.
func FuzzDraft(f *testing.F) {
	for _, s := range []string{`{"format":1}`, `{"format":1,"lines":[{"quantity":-5}],"raw":{"x":"y"},"now":{"diagnoses":[{}]}}`, `null`, `{"format":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, ok := decode(body)
		if !ok {
			return
		}
		_ = form.blank()
		for i := range form.Lines {
			if form.Lines[i].Quantity < 1 {
				t.Error("a service was rendered less than once")
			}
		}
		again, err := encode(&form)
		if err != nil {
			return // times beyond the calendar
		}
		if back, ok := decode(again); ok && !reflect.DeepEqual(form, back) && len(form.Raw)+len(form.Marked)+len(form.Values)+len(form.Lines) > 0 {
			once, _ := encode(&back)
			if once != again {
				t.Errorf("%s\nbecame\n%s", again, once)
			}
		}
	})
}

// drawVisit makes a visit of few words and rows, so that two of them often touch the
// same things.
func drawVisit(t *rapid.T, name string, from clinic.Visit, ids []clinic.ID) clinic.Visit {
	v := from
	word := rapid.SampledFrom([]string{"", "кашель", "жар", " жар ", "сыпь"})
	for _, f := range noteFields {
		if rapid.IntRange(0, 2).Draw(t, name+f) == 0 {
			*textOf(&v, f) = word.Draw(t, name+f+"text")
		}
	}
	v.Prescriptions = nil
	for i, id := range ids {
		was := rowOf(from.Prescriptions, id, prescriptionRow)
		if rapid.IntRange(0, 3).Draw(t, name+"there") == 0 == (was != nil) {
			continue
		}
		p := clinic.Prescription{}
		if was != nil {
			p = *was
		}
		p.ID = id
		if was == nil || rapid.Bool().Draw(t, name+"dose") {
			p.Dose = clinic.Decimal(rapid.SampledFrom([]string{"5", "10"}).Draw(t, name+"n"))
			p.DoseUnit = rapid.SampledFrom([]string{"мг", "мкг"}).Draw(t, name+"u")
		}
		if was == nil || rapid.Bool().Draw(t, name+"drug") {
			p.INN = []string{"а", "б", "в"}[i%3]
		}
		v.Prescriptions = append(v.Prescriptions, p)
	}
	return v
}

// Who touched nothing gets the others' state; what one touched alone comes through;
// a dose and its unit are never mixed of two hands (R7.5).
func TestMergeProperty(t *testing.T) {
	t.Parallel()
	ids := []clinic.ID{clinic.NewID(), clinic.NewID(), clinic.NewID()}
	rapid.Check(t, func(t *rapid.T) {
		base := drawVisit(t, "base", clinic.Visit{}, ids)
		mine := drawVisit(t, "mine", base, ids)
		theirs := drawVisit(t, "theirs", base, ids)
		if out, clashes := merge(&base, &base, &theirs); !equal(&out, &theirs) || len(clashes) > 0 {
			t.Fatal("who touched nothing does not get what others wrote")
		}
		if out, clashes := merge(&base, &mine, &base); !equal(&out, &mine) || len(clashes) > 0 {
			t.Fatal("what one wrote alone is lost")
		}
		out, clashes := merge(&base, &mine, &theirs)
		for _, f := range noteFields {
			b, m, h, got := plain(*textOf(&base, f)), plain(*textOf(&mine, f)), plain(*textOf(&theirs, f)), plain(*textOf(&out, f))
			want := m
			if m == b {
				want = h
			}
			if _, told := clashes[f]; got != want || told != (m != b && h != b && m != h) {
				t.Fatalf("%s: %q from %q, %q and %q, told %v", f, got, b, m, h, told)
			}
		}
		for i := range out.Prescriptions {
			p := &out.Prescriptions[i]
			ok := false
			for _, v := range []*clinic.Visit{&base, &mine, &theirs} {
				o := rowOf(v.Prescriptions, p.ID, prescriptionRow)
				ok = ok || o != nil && o.Dose == p.Dose && o.DoseUnit == p.DoseUnit
			}
			if !ok {
				t.Fatalf("nobody wrote %s %s", p.Dose, p.DoseUnit)
			}
		}
	})
}

func TestOrderKinds(t *testing.T) {
	t.Parallel()
	for _, lang := range translations.Languages {
		w := speaking(lang)
		for line := range strings.Lines(w.s.T("visit_orders_usual")) {
			if kind := w.kindOfOrder(line); kind == "" {
				t.Errorf("%s has no kind", line)
			}
		}
	}
	w := speaking(translations.Russian)
	for text, want := range map[string]string{
		"Общий анализ крови": "laboratory", "ЭКГ": "examination", "УЗИ почек": "examination", "Консультация кардиолога": "referral",
		"Диета № 5": "regimen", "массаж спины": "procedure", "что-то": "laboratory",
	} {
		if got := w.kindOfOrder(text); got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
}

func TestFaultsHaveWords(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"visit_no_card", "visit_nothing_to_sign", "visit_no_template", "visit_wrong_fields", errShort.Error(), errMany.Error()} {
		for _, lang := range translations.Languages {
			if !translations.Has(lang, key) {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
	}
	_ = fault.Invalid
}
