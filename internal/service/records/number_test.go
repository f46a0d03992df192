package records_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// TestNumbersWithoutGaps: a registration that fails, before or after its number was
// drawn, uses none up; an annulled number is listed and never given again (R1.2).
func TestNumbersWithoutGaps(t *testing.T) {
	w, ctx := open(t), context.Background()
	var numbers []string
	fails := errors.New("power cut")
	for i := range 8 {
		if _, err := w.RegisterPatient(ctx, clinic.Patient{}); err == nil {
			t.Fatal("a card without a name went through")
		}
		var drawn string
		err := w.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error {
			p := clinic.Patient{NameUnknown: true}
			if err := tx.PutPatient(&p); err != nil {
				return err
			}
			drawn = p.CaseNumber
			return fails
		})
		if !errors.Is(err, fails) || drawn == "" {
			t.Fatal(drawn, err)
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if saved, err := w.RegisterPatient(cancelled, clinic.Patient{NameUnknown: true}); err == nil || saved.CaseNumber != "" {
			t.Fatalf("a cancelled registration gave %q, %v", saved.CaseNumber, err)
		}
		p := w.register(clinic.Patient{Name: clinic.Name{Family: "Иванов"}})
		numbers = append(numbers, p.CaseNumber)
		if p.CaseNumber != drawn {
			t.Errorf("%s was drawn, %s given", drawn, p.CaseNumber)
		}
		if i%3 == 2 {
			if err := w.AnnulPatient(ctx, p.ID, fmt.Sprintf("ошибка %d", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, n := range numbers {
		if n != fmt.Sprintf("А-%06d", i+1) {
			t.Errorf("number %d is %s", i+1, n)
		}
	}
	annulled, err := w.Annulled(ctx)
	if err != nil || len(annulled) != 2 || annulled[0].CaseNumber != "А-000003" || annulled[0].Annulled != "ошибка 2" || annulled[1].CaseNumber != "А-000006" {
		t.Errorf("annulled: %s, %v", asJSON(t, annulled), err)
	}
	w.sound()
}

// TestAnnulled: a card that was struck out takes no more visits, changes or second
// reasons, and can still be read by its number (R1.2).
func TestAnnulled(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true})
	refused(t, w.AnnulPatient(ctx, p.ID, "  "), fault.Invalid, "why")
	refused(t, w.AnnulPatient(ctx, p.ID, "из-за\x00"), fault.Invalid, "why")
	if err := w.AnnulPatient(ctx, p.ID, " дубль "); err != nil {
		t.Fatal(err)
	}
	refused(t, w.AnnulPatient(ctx, p.ID, "иначе"), fault.NotFound, "")
	_, err := w.EditPatient(ctx, p.ID, func(p clinic.Patient) (clinic.Patient, error) { return p, nil })
	refused(t, err, fault.NotFound, "")
	_, err = w.AddVisit(ctx, clinic.Visit{Patient: p.ID})
	refused(t, err, fault.NotFound, "")
	_, err = w.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "пыль"})
	refused(t, err, fault.NotFound, "")
	_, err = w.AddProblem(ctx, clinic.Problem{Patient: p.ID, Text: "кашель"})
	refused(t, err, fault.NotFound, "")
	if read, err := w.PatientByCase(ctx, p.CaseNumber); err != nil || read.Annulled != "дубль" {
		t.Errorf("by its number: %q, %v", read.Annulled, err)
	}
}

// TestLimit: of 20 cards that a licence allows the nineteenth warns, the
// twenty-first is refused and nothing of it is left; annulled ones don't count, and
// an import stops at the same place (R1.4).
func TestLimit(t *testing.T) {
	w, ctx := open(t, func(o *clinic.Organisation) { o.Patients = 20 }), context.Background()
	var last clinic.Patient
	for i := 1; i <= 20; i++ {
		saved, err := w.RegisterPatient(ctx, clinic.Patient{Name: clinic.Name{Family: "Иванов"}})
		if err != nil {
			t.Fatal(i, err)
		}
		if warned := len(saved.Warnings) > 0 && saved.Warnings[0].Key == "warn.patient.limit"; warned != (i >= 19) {
			t.Errorf("card %d: warned %v", i, warned)
		}
		last = saved.Patient
	}
	before := w.entries()
	saved, err := w.RegisterPatient(ctx, wholeCard(clinic.ID{}))
	refused(t, err, fault.Conflict, "")
	if saved.CaseNumber != "" || w.entries() != before {
		t.Error("something of the refused card is left")
	}
	bulk := records.Bulk{Right: clinic.ImportData, Intent: "test"}
	added, err := w.Import(ctx, bulk, people(3))
	refused(t, err, fault.Conflict, "")
	if n, e := w.s.Reader(ctx).PatientCount(); e != nil || n != 20 || added.Patients != 0 || w.entries() != before {
		t.Errorf("%d cards after the import, %d said to be added, %v", n, added.Patients, e)
	}
	if err := w.AnnulPatient(ctx, last.ID, "дубль"); err != nil {
		t.Fatal(err)
	}
	if saved, err := w.RegisterPatient(ctx, clinic.Patient{NameUnknown: true}); err != nil || saved.CaseNumber != "А-000021" {
		t.Errorf("after an annulment: %q, %v", saved.CaseNumber, err)
	}
	w.sound()
}

// TestWrongNumbers: a number that fails its check warns at its field, is stored as
// the paper says and never blocks (R1.7).
func TestWrongNumbers(t *testing.T) {
	w, ctx := open(t), context.Background()
	card := clinic.Patient{
		Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male, BirthDate: "1880-01-01",
		SNILS: "112-233-445 00", TaxNumber: "500100732250", Policy: "1234567890123450",
		Contacts: []clinic.Contact{{Kind: "phone", Value: "12"}, {Kind: "email", Value: "не знает"}},
	}
	saved, err := w.RegisterPatient(ctx, card)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, x := range saved.Warnings {
		fields = append(fields, x.Field)
		for _, v := range x.Args {
			if _, isText := v.(string); isText {
				t.Errorf("%s carries text: %v", x.Key, x.Args)
			}
		}
	}
	for _, f := range []string{"snils", "tax_number", "policy", "contacts[0].value", "contacts[1].value", "birth_date"} {
		if !slices.Contains(fields, f) {
			t.Errorf("no warning at %s: %v", f, fields)
		}
	}
	if saved.SNILS != "11223344500" || saved.TaxNumber != card.TaxNumber || saved.Contacts[0].Value != "12" {
		t.Errorf("stored otherwise: %s", asJSON(t, saved.Patient))
	}
	for _, good := range []clinic.Patient{
		{Name: clinic.Name{Family: "Иванов"}, SNILS: "112-233-445 95"},
		{Name: clinic.Name{Family: "Иванов"}, TaxNumber: "5001 0073 2259"},
	} {
		if saved, err := w.RegisterPatient(ctx, good); err != nil || len(saved.Warnings) > 0 {
			t.Errorf("%v: %v, %v", good, saved.Warnings, err)
		}
	}
}

// TestIIN: in Kazakhstan the number is an ИИН, whose date and sex may differ from the
// card's: that warns (R1.7).
func TestIIN(t *testing.T) {
	w, ctx := open(t, func(o *clinic.Organisation) { o.Country = clinic.Kazakhstan }), context.Background()
	saved, err := w.RegisterPatient(ctx, clinic.Patient{
		Name: clinic.Name{Family: "Ахметова"}, Sex: clinic.Male, BirthDate: "1991-05-17", TaxNumber: "900517400015",
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range saved.Warnings {
		if x.Field == "tax_number" {
			n++
		}
	}
	if n < 2 {
		t.Errorf("warnings: %v", saved.Warnings)
	}
}
