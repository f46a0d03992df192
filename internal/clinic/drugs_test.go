package clinic_test

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"

	"pgregory.net/rapid"
)

// TestProvokes holds allergies, as cards write them, against drugs (R3.3).
func TestProvokes(t *testing.T) {
	for _, c := range []struct {
		substance, drug, atc string
		want                 bool
	}{
		// The class, however it is named.
		{"пенициллины", "бензилпенициллин", "", true},
		{"пенициллин", "Амоксициллин", "", true},
		{"пеницилин", "ампицилина тригидрат", "", true},
		{"пенициллинового ряда антибиотики", "Аугментин", "", true},
		{"антибиотики пенициллинового ряда", "ципрофлоксацин", "J01MA02", false},
		{"пенициллиндер", "Флемоксин Солютаб", "", true},
		{"пенициллин", "цефтриаксон", "J01DD04", false},
		{"бета-лактамные антибиотики", "цефтриаксон", "J01DD04", true},
		{"антибиотики", "кларитромицин", "", true},
		{"антибиотики", "парацетамол", "N02BE01", false},
		{"цефалоспорины", "Супракс", "", true},
		{"цефтриаксон", "цефиксим", "", true},
		{"цефалоспорины", "Цефекон Д", "", false}, // suppositories of paracetamol
		{"сульфаниламиды", "Бисептол", "", true},
		{"сульфаниламидтер", "ко-тримоксазол", "", true},
		{"сульфаниламиды", "магния сульфат", "", false},
		{"сульфаниламиды", "сальбутамола сульфат", "", false},
		{"фторхинолоны", "Таваник", "", true},
		{"тетрациклин", "Юнидокс Солютаб", "", true},
		{"макролиды", "азитромицин", "", true},
		{"нистатин", "аторвастатин", "", false},
		{"НПВС", "Найз", "", true},
		{"аспирин и другие НПВС", "ибупрофен", "", true},
		{"аспирин және басқа ҚҚСД", "мелоксикам", "", true},
		{"ибупрофен", "диклофенак", "", true},
		{"ибупрофен", "парацетамол", "", false},
		{"эналаприл", "Диротон", "", true},
		{"эналаприл", "лозартан", "", false},
		// Trade, old and Latin names of a substance.
		{"анальгин", "метамизол натрия", "", true},
		{"аналгина раствор", "Баралгин М", "", true},
		{"новокаин", "прокаин", "", true},
		{"новокаин", "лидокаин", "", false}, // an ester and an amide share no allergy
		{"лидокаин", "Ультракаин Д-С", "", true},
		{"местные анестетики", "лидокаин", "", true},
		{"местные анестетики", "новокаин", "", true},
		{"супрастин", "хлоропирамин", "", true},
		{"Penicillin V", "Amoxicillin 250 MG Oral Capsule", "", true},
		{"Aspirin", "ацетилсалициловая кислота", "", true},
		{"лозартан", "telmisartan", "", true},
		// Words that name no substance.
		{"ацетилсалициловая кислота", "аскорбиновая кислота", "", false},
		{"ацетилсалициловая кислота", "Тромбо АСС", "", true},
		{"аспирин", "ацетилцистеин", "", false},
		{"АСК", "Кардиомагнил", "", true},
		{"натрия тиосульфат", "натрия хлорид", "", false},
		{"метамизол натрия", "левотироксин натрия", "", false},
		{"магния сульфат", "Магния сульфат 25 % раствор", "", true},
		{"магния сульфат", "калия хлорид", "", false},
		{"таблетки", "Парацетамол таблетки 500 мг", "", false},
		{"витамин В1", "Витамин С", "", false},
		// Iodine.
		{"йод", "калия йодид", "", true},
		{"йод", "Йодомарин", "", true},
		{"препараты йода", "повидон-йод", "", true},
		{"йод", "йогексол", "", true},
		{"йод", "Омнипак", "V08AB02", true},
		{"йод препараттары", "Бетадин", "", true},
		{"рентгеноконтрастные вещества", "Ультравист", "", true},
		{"омнипак", "калия йодид", "", false},
		{"йод", "йогурт", "", false},
		// Words unknown to the table: forms of one word, and a word with something before it.
		{"гидрокортизон", "гидроксизин", "", false},
		{"рибоксин", "рибавирин", "", false},
		{"лоратадин", "дезлоратадин", "", true},
		{"цетиризин", "левоцетиризин", "", true},
		{"декспантенол", "мазь с декспантенолом", "", true},
		{"метронидазол", "метилурацил", "", false},
		{"домашняя пыль", "омепразол", "", false},
		{"пыльца берёзы", "преднизолон", "", false},
		{"яд перепончатокрылых", "преднизолон", "", false},
		{"нет", "нитроглицерин", "", false},
		{"", "парацетамол", "", false},
		{"пенициллин", "", "J01CA04", true}, // known by its code alone
		{"пенициллин", "", "", false},
	} {
		if got := clinic.Provokes(c.substance, c.atc, c.drug); got != c.want {
			t.Errorf("allergy to %q, drug %q %s: %v", c.substance, c.drug, c.atc, got)
		}
	}
}

// TestSameDrug: the second prescription of what the patient takes already (R3.3).
func TestSameDrug(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"ибупрофен", "Нурофен", true},
		{"Нурофен 200 мг таблетки", "нурофен", true},
		{"амоксициллин", "амоксициллин + клавулановая кислота", true},
		{"парацетамол", "Терафлю", true},
		{"натрия хлорид", "калия хлорид", false},
		{"натрия хлорид", "натрия хлорида раствор", true},
		{"инсулин гларгин", "инсулин аспарт", false},
		{"инсулин гларгин", "Инсулин гларгин", true},
		{"ацетилсалициловая кислота", "аскорбиновая кислота", false},
		{"амоксициллин", "ампициллин", false},
		{"железа сульфат", "железа (III) гидроксид полимальтозат", false},
		{"", "", false},
		{"омепразол", "", false},
	} {
		if got := clinic.SameDrug(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
		if clinic.SameDrug(c.a, c.b) != clinic.SameDrug(c.b, c.a) {
			t.Errorf("%q and %q: not symmetric", c.a, c.b)
		}
	}
}

// TestProvokesItself: an allergy to a drug warns of that drug, whatever case's
// ending, salt and form stand around it (R3.3).
func TestProvokesItself(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		drug := rapid.SampledFrom([]string{
			"амоксициллин", "левофлоксацин", "эторикоксиб", "мебендазол", "тиотропия бромид", "бетагистин", "фенотерол", "золедроновая кислота",
		}).Draw(r, "drug")
		first, rest, _ := strings.Cut(drug, " ")
		ending := ""
		if rest == "" {
			ending = rapid.SampledFrom([]string{"", "а", "ом", "у"}).Draw(r, "ending")
		}
		said := rapid.SampledFrom([]string{"", "препараты ", "аллергия на "}).Draw(r, "before") + first + ending
		names := first + " " + rest + rapid.SampledFrom([]string{"", " натрия", " 500 мг таблетки", " форте"}).Draw(r, "after")
		if !clinic.Provokes(said, "", names) {
			r.Fatalf("allergy to %q does not warn of %q", said, names)
		}
	})
}

// TestProvokesAnything: any text is read without a crash.
func TestProvokesAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := rapid.String().Draw(r, "a"), rapid.String().Draw(r, "b")
		clinic.Provokes(a, b, b)
		clinic.SameDrug(a, b)
	})
}

// TestDemoAllergies: the demo clinic's doctors mind allergies, so hardly any of its
// prescriptions may warn. Warnings that are mostly wrong are soon read by nobody.
func TestDemoAllergies(t *testing.T) {
	g := demo.New(3, clinic.Russia, now, 400)
	n, warned := 0, 0
	for g.Left() > 0 {
		_, chart := g.Next()
		for _, a := range chart.Allergies {
			for _, v := range chart.Visits {
				for _, p := range v.Visit.Prescriptions {
					n++
					if clinic.Provokes(a.Substance, p.Coding.Code, p.INN, p.Trade) {
						warned++
						t.Logf("%s: %s %s", a.Substance, p.INN, p.Trade)
					}
				}
			}
		}
	}
	if n < 50 || warned*20 > n {
		t.Errorf("%d of %d pairs of an allergy and a drug warn", warned, n)
	}
}
