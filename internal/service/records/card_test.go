package records_test

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// wholeCard has something in every field that a person may fill in (R1.1).
func wholeCard(mother clinic.ID) clinic.Patient {
	return clinic.Patient{
		Name: clinic.Name{Family: "Ёлкина", Given: "Мария", Patronymic: "Сергеевна"}, Sex: clinic.Female,
		BirthDate: "1990-05-17", BirthTime: "09:05", BirthPlace: "с. Үлгі", BirthOrder: 2, Mother: mother,
		DeathDate: "2026-01-02", Citizenship: "KAZ", Photo: clinic.NewID(),
		SNILS: "11223344595", TaxNumber: "500100732259", TaxRegistration: "ИФНС № 1", Policy: "1234567890123456", Insurer: "СК «Образец»",
		Incapable: true, Note: "Просит звонить\nпосле обеда", Source: clinic.Source{System: "paper", Code: "17"},
		FormerNames: []clinic.FormerName{{Name: clinic.Name{Family: "Соснина"}, Kind: "maiden", Until: "2015"}},
		Contacts: []clinic.Contact{
			{Kind: "phone", Value: "+7 916 123-45-67", E164: "+79161234567", Use: "mobile"},
			{Kind: "phone", Value: "+49 30 901820", E164: "+4930901820", Use: "relative", Owner: "дочь, Анна", Note: "вечером"},
			{Kind: "email", Value: "elkina@example.org"},
		},
		Addresses: []clinic.Address{
			{
				Use: "registration", Country: "RUS", PostalCode: "420000", Region: "Татарстан", District: "Лаишевский", City: "Казань",
				Street: "Примерная", House: "1", Flat: "2",
			},
			{Use: "residence", Text: "хутор за рекой"},
		},
		Documents: []clinic.Document{{
			Type: "passport", Series: "92 10", Number: "123456", Issuer: "ОВД", IssuerCode: "160-001", Issued: "2010-06-01", ValidUntil: "2035-05-17",
		}},
		Background: []clinic.Background{{
			Kind: "education", Title: "Педагог", Organisation: "КГУ", Document: "диплом 1", From: "2007", Until: "2012-06",
			Amount: 1234567, Currency: "RUB", Note: "с отличием",
		}},
		Representatives: []clinic.Representative{{
			Name: clinic.Name{Family: "Ёлкин", Given: "Пётр"}, Person: mother, Relation: "guardian", Phone: "+7 916 000-00-00",
			BasisType: "court", BasisText: "решение № 2", BasisDate: "2020-02-03", ValidUntil: "2030-02-03",
		}},
	}
}

// TestWholeCard: every field of a card comes back exactly, and an edit that returns
// the card as it was changes nothing, not even the ledger (R1.1).
func TestWholeCard(t *testing.T) {
	w, ctx := open(t), context.Background()
	mother := w.register(clinic.Patient{Name: clinic.Name{Family: "Ёлкина"}})
	given := wholeCard(mother.ID)
	saved := w.register(given)
	read, err := w.Patient(ctx, saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was returned and what is read", saved, read)
	want := given
	want.ID, want.CaseNumber = read.ID, read.CaseNumber
	for _, r := range []struct{ to, from *clinic.Record }{
		{&want.FormerNames[0].Record, &read.FormerNames[0].Record},
		{&want.Contacts[0].Record, &read.Contacts[0].Record},
		{&want.Contacts[1].Record, &read.Contacts[1].Record},
		{&want.Contacts[2].Record, &read.Contacts[2].Record},
		{&want.Addresses[0].Record, &read.Addresses[0].Record},
		{&want.Addresses[1].Record, &read.Addresses[1].Record},
		{&want.Documents[0].Record, &read.Documents[0].Record},
		{&want.Background[0].Record, &read.Background[0].Record},
		{&want.Representatives[0].Record, &read.Representatives[0].Record},
	} {
		*r.to = *r.from
	}
	same(t, "card", read, want)
	byCase, err := w.PatientByCase(ctx, saved.CaseNumber)
	if err != nil || byCase.ID != saved.ID {
		t.Errorf("by its number: %v, %v", byCase.ID, err)
	}
	before := w.entries()
	if _, err := w.EditPatient(ctx, saved.ID, func(p clinic.Patient) (clinic.Patient, error) { return p, nil }); err != nil {
		t.Fatal(err)
	}
	if n := w.entries(); n != before {
		t.Errorf("an edit that changes nothing wrote %d entries", n-before)
	}
	w.sound()
}

// TestEditLists: a row that an edit leaves out goes from the card and stays as a
// tombstone; a changed one keeps its id; number, origin and tombstone are nobody's to
// change (R1.1, R11.4).
func TestEditLists(t *testing.T) {
	w, ctx := open(t), context.Background()
	saved := w.register(wholeCard(clinic.ID{}))
	gone, kept := saved.Contacts[0].ID, saved.Contacts[1].ID
	edited, err := w.EditPatient(ctx, saved.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Contacts = p.Contacts[1:]
		p.Contacts[0].Note = "утром"
		p.Documents, p.FormerNames = nil, nil
		p.Addresses = append(p.Addresses, clinic.Address{Use: "work", Text: "школа"})
		p.CaseNumber, p.Source, p.Annulled, p.Deleted, p.ID = "А-9", clinic.Source{}, "ошибка", 1, clinic.NewID()
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	read, err := w.Patient(ctx, saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "edited card", read, edited.Patient)
	if read.CaseNumber != saved.CaseNumber || read.Source != saved.Source || read.Annulled != "" || !read.Deleted.IsZero() {
		t.Error("number, origin or tombstone changed")
	}
	if len(read.Contacts) != 2 || read.Contacts[0].ID != kept || read.Contacts[0].Note != "утром" || len(read.Documents)+len(read.FormerNames) != 0 || len(read.Addresses) != 3 {
		t.Errorf("lists: %s", asJSON(t, read))
	}
	struck := map[string]int{}
	acts, err := w.Log(ctx, saved.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range acts[0].Payload.Parts {
		for _, c := range part.Rows {
			for _, col := range c.Columns {
				if col.Name == "deleted" && col.Old == nil && col.New != nil {
					struck[c.Table]++
					if c.Table == "contact" && c.Key != gone {
						t.Error("another contact was struck out")
					}
				}
			}
		}
	}
	if struck["contact"] != 1 || struck["document"] != 1 || struck["former_name"] != 1 || len(struck) != 3 {
		t.Errorf("tombstones: %v", struck)
	}
	w.sound()
}

// TestOrdinaryNames: what R1.1 calls ordinary is stored without a word.
func TestOrdinaryNames(t *testing.T) {
	w, ctx := open(t), context.Background()
	mother := w.register(clinic.Patient{Name: clinic.Name{Family: "Ким", Given: "Анна"}, Sex: clinic.Female})
	for name, p := range map[string]clinic.Patient{
		"one word":       {Name: clinic.Name{Given: "Сукарно"}},
		"patronymic":     {Name: clinic.Name{Patronymic: "Иванович"}},
		"unknown":        {NameUnknown: true},
		"newborn":        {Mother: mother.ID, BirthDate: "2026-11-21", BirthTime: "3:07", BirthOrder: 2},
		"year only":      {Name: clinic.Name{Family: "Старых"}, BirthDate: "1938"},
		"year and month": {Name: clinic.Name{Family: "Старых"}, BirthDate: "1938-02"},
		"tomorrow here":  {Name: clinic.Name{Family: "Восточных"}, BirthDate: "2026-11-22"}, // it is already that day in Kamchatka
	} {
		saved, err := w.RegisterPatient(ctx, p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		read, err := w.Patient(ctx, saved.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, read, saved.Patient)
		if read.Sex != clinic.SexUnknown || name == "newborn" && (read.BirthTime != "03:07" || read.Mother != mother.ID) {
			t.Errorf("%s: %s", name, asJSON(t, read))
		}
	}
}

// TestPhones: the number is dialled in one form and shown as it was typed where the
// pretty form would lose a word of it (R1.1: shared and foreign phones).
func TestPhones(t *testing.T) {
	w := open(t)
	for typed, want := range map[string][2]string{
		"89161234567":            {"+7 916 123-45-67", "+79161234567"},
		"8 (916) 123 45 67 мама": {"8 (916) 123 45 67 мама", ""},
		"84951234567 доб. 12":    {"84951234567 доб. 12", "+74951234567"},
		"+49 30 901820":          {"+49 30 901820", "+4930901820"},
		"спросить у соседей":     {"спросить у соседей", ""},
	} {
		p := w.register(clinic.Patient{NameUnknown: true, Contacts: []clinic.Contact{{Kind: "phone", Value: typed}}})
		if c := p.Contacts[0]; c.Value != want[0] || c.E164 != want[1] {
			t.Errorf("%q is stored as %q, dialled %q", typed, c.Value, c.E164)
		}
	}
}

// TestFound: a former surname, a partial name, a phone's tail, a document and the
// case number find the card (R1.5).
func TestFound(t *testing.T) {
	w, ctx := open(t), context.Background()
	card := w.register(wholeCard(clinic.ID{}))
	w.register(clinic.Patient{Name: clinic.Name{Family: "Берёзкина", Given: "Мария"}})
	for _, query := range []string{"соснина", "елкина мар", "мария ёлкина", "4567", "123456", card.CaseNumber, "17.05.1990", "trkbyf", "Elkina"} {
		found, err := w.FindPatients(ctx, query, 10)
		if err != nil || len(found) == 0 || found[0].ID != card.ID {
			t.Errorf("%q finds %s, %v", query, asJSON(t, found), err)
		}
	}
	if err := w.AnnulPatient(ctx, card.ID, "заведена дважды"); err != nil {
		t.Fatal(err)
	}
	if found, err := w.FindPatients(ctx, "соснина", 10); err != nil || len(found) != 0 {
		t.Errorf("a card that was struck out is found: %v", err)
	}
}

// TestOtherPeoplesRows: no input moves a row from one card to another, whatever ids it
// carries; a card can't come in struck out.
func TestOtherPeoplesRows(t *testing.T) {
	w, ctx := open(t), context.Background()
	a := w.register(wholeCard(clinic.ID{}))
	b := w.register(clinic.Patient{Name: clinic.Name{Family: "Чужих"}})
	if _, err := w.EditPatient(ctx, b.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Contacts = a.Contacts
		return p, nil
	}); err == nil {
		t.Error("a contact moved to another card")
	}
	if _, err := w.RegisterPatient(ctx, clinic.Patient{NameUnknown: true, Documents: a.Documents}); err == nil {
		t.Error("a document moved to a new card")
	}
	_, err := w.RegisterPatient(ctx, clinic.Patient{Record: clinic.Record{ID: a.ID}, NameUnknown: true})
	refused(t, err, fault.Conflict, "")
	id := clinic.NewID()
	_, err = w.RegisterPatient(ctx, clinic.Patient{NameUnknown: true, Addresses: []clinic.Address{
		{Record: clinic.Record{ID: id}, Use: "work"}, {Record: clinic.Record{ID: id}, Use: "residence"},
	}})
	refused(t, err, fault.Invalid, "addresses[1].id")
	c := w.register(clinic.Patient{
		Record: clinic.Record{Deleted: 5}, NameUnknown: true, CaseNumber: "Я-1", Annulled: "нет",
		Contacts: []clinic.Contact{{Record: clinic.Record{Deleted: 5}, Kind: "phone", Value: "89161234567"}},
	})
	if c.CaseNumber != "А-000003" || c.Annulled != "" || !c.Deleted.IsZero() || !c.Contacts[0].Deleted.IsZero() {
		t.Errorf("came in struck out: %s", asJSON(t, c))
	}
	read, err := w.Patient(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the card whose rows were asked for", read, a)
	w.sound()
}

// TestReferences: a mother or a representative must have a card here, and once named
// stays named, also when that card is struck out.
func TestReferences(t *testing.T) {
	w, ctx := open(t), context.Background()
	_, err := w.RegisterPatient(ctx, clinic.Patient{Mother: clinic.NewID()})
	refused(t, err, fault.Invalid, "mother")
	_, err = w.RegisterPatient(ctx, clinic.Patient{NameUnknown: true, Representatives: []clinic.Representative{{Relation: "other", Person: clinic.NewID()}}})
	refused(t, err, fault.Invalid, "representatives[0].person")
	mother := w.register(clinic.Patient{Name: clinic.Name{Family: "Ким"}})
	child := w.register(clinic.Patient{Mother: mother.ID})
	if err := w.AnnulPatient(ctx, mother.ID, "дубль"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EditPatient(ctx, child.ID, func(p clinic.Patient) (clinic.Patient, error) { p.Note = "ж"; return p, nil }); err != nil {
		t.Error(err)
	}
	_, err = w.EditPatient(ctx, child.ID, func(p clinic.Patient) (clinic.Patient, error) { p.Mother = child.ID; return p, nil })
	refused(t, err, fault.Invalid, "mother")
}

// TestEditInPlace: what the caller holds is never changed by the service, and what the
// caller changes in place is seen as a change.
func TestEditInPlace(t *testing.T) {
	w, ctx := open(t), context.Background()
	given := clinic.Patient{NameUnknown: true, Contacts: []clinic.Contact{{Kind: "phone", Value: "89161234567"}}}
	saved := w.register(given)
	if given.Contacts[0].Value != "89161234567" || !given.Contacts[0].ID.IsZero() {
		t.Error("the caller's own card was changed")
	}
	if _, err := w.EditPatient(ctx, saved.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Contacts[0].Owner = "сын"
		return p, nil
	}); err != nil {
		t.Fatal(err)
	}
	if read, err := w.Patient(ctx, saved.ID); err != nil || read.Contacts[0].Owner != "сын" {
		t.Errorf("the change in place is lost: %v", err)
	}
}
