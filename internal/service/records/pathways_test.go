package records_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// angina is a pathway with something of each kind.
func angina() clinic.Pathway {
	return clinic.Pathway{
		Title: " Острый тонзиллит ", Codes: []string{"j03", "J02,9", "J03", " j0 ", "I10-I15"}, Active: true, Origin: "КР 306",
		Orders: []clinic.Order{
			{Kind: "laboratory", Text: "Общий анализ крови", Status: "done", Patient: clinic.NewID()},
			{Kind: "regimen", Text: "Постельный режим"},
		},
		Prescriptions: []clinic.Prescription{{
			Record: clinic.Record{ID: clinic.NewID()}, INN: "амоксициллин", Dose: "0,5", DoseUnit: "г", Frequency: "3 раза в день", Staff: clinic.NewID(),
		}},
	}
}

// TestPathway: a treatment protocol is stored as a pattern, found by code, and replaced
// under its id (R3.5).
func TestPathway(t *testing.T) {
	w, ctx := open(t), context.Background()
	p, err := w.SavePathway(ctx, angina())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Codes, []string{"J03", "J02.9", "J0", "I10-I15"}) || p.Title != "Острый тонзиллит" {
		t.Errorf("%q, %q", p.Codes, p.Title)
	}
	if o, x := p.Orders[0], p.Prescriptions[0]; o.Status != "ordered" || !o.Patient.IsZero() || !x.ID.IsZero() || !x.Staff.IsZero() || x.Dose != "0.5" {
		t.Errorf("no pattern: %s", asJSON(t, p))
	}
	for code, fits := range map[string]bool{"J03.9": true, "j069": true, "I10": true, "I15.0": true, "I16": false, "A00": false, "": true} {
		list, err := w.Pathways(ctx, code)
		if err != nil || (len(list) == 1) != fits {
			t.Errorf("%q: %d pathways, %v", code, len(list), err)
		}
	}
	for _, code := range []string{"IX", "I10-I15", "нет"} {
		_, err := w.Pathways(ctx, code)
		refused(t, err, fault.Invalid, "code")
	}
	p.Active = false
	if _, err := w.SavePathway(ctx, p); err != nil {
		t.Fatal(err)
	}
	list, err := w.Pathways(ctx, "")
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	same(t, "stored", list[0], p)
	if list, err := w.Pathways(ctx, "J03"); err != nil || len(list) != 0 {
		t.Error("one that is not in use is offered", err)
	}
	_, err = w.ApplyPathway(ctx, w.sick().ID, p.ID)
	refused(t, err, fault.Conflict, "")
	w.sound()
}

// TestBadPathways: what can't be applied is not stored.
func TestBadPathways(t *testing.T) {
	w, ctx := open(t), context.Background()
	for field, change := range map[string]func(*clinic.Pathway){
		"title":                  func(p *clinic.Pathway) { p.Title = " " },
		"origin":                 func(p *clinic.Pathway) { p.Origin = "\x00" },
		"codes":                  func(p *clinic.Pathway) { p.Codes = nil },
		"codes[1]":               func(p *clinic.Pathway) { p.Codes = []string{"J03", "IX"} },
		"codes[0]":               func(p *clinic.Pathway) { p.Codes = []string{"горло"} },
		"orders":                 func(p *clinic.Pathway) { p.Orders, p.Prescriptions = nil, nil },
		"orders[0].kind":         func(p *clinic.Pathway) { p.Orders[0].Kind = "x" },
		"orders[1].text":         func(p *clinic.Pathway) { p.Orders[1].Text = "" },
		"prescriptions[0].inn":   func(p *clinic.Pathway) { p.Prescriptions[0].INN = "" },
		"prescriptions[0].dose":  func(p *clinic.Pathway) { p.Prescriptions[0].Dose = "-1" },
		"prescriptions[0].start": func(p *clinic.Pathway) { p.Prescriptions[0].Start = "2026-01-01" },
		"prescriptions[0].form":  func(p *clinic.Pathway) { p.Prescriptions[0].Form = "\x00" },
	} {
		p := angina()
		change(&p)
		_, err := w.SavePathway(ctx, p)
		refused(t, err, fault.Invalid, field)
	}
	p := angina()
	p.Orders = slices.Repeat(p.Orders, 100)
	_, err := w.SavePathway(ctx, p)
	refused(t, err, fault.Invalid, "orders")
	if list, err := w.Pathways(ctx, ""); err != nil || len(list) != 0 {
		t.Error(len(list), err)
	}
}

// TestApplyPathway: its orders and prescriptions come to the visit in one step, under ids
// and names of their own, with warnings, and are edited as any others (R3.5, R3.3).
func TestApplyPathway(t *testing.T) {
	w, ctx := open(t), context.Background()
	p, err := w.SavePathway(ctx, angina())
	if err != nil {
		t.Fatal(err)
	}
	visit := w.sick()
	if _, err := w.AddAllergy(ctx, clinic.Allergy{Patient: visit.Patient, Substance: "пенициллины", Kind: "drug"}); err != nil {
		t.Fatal(err)
	}
	saved, err := w.ApplyPathway(ctx, visit.ID, p.ID)
	if err != nil || len(saved.Orders) != 2 || len(saved.Prescriptions) != 2 {
		t.Fatal(asJSON(t, saved), err)
	}
	if len(saved.Warnings) != 1 || saved.Warnings[0].Key != "warn.prescription.allergy" || saved.Warnings[0].Field != "prescriptions[1]" {
		t.Errorf("warnings: %v", saved.Warnings)
	}
	for _, o := range saved.Orders {
		if o.ID.IsZero() || o.Pathway != p.ID || o.Patient != visit.Patient || o.Visit != visit.ID || o.Status != "ordered" {
			t.Errorf("order: %+v", o)
		}
	}
	if x := saved.Prescriptions[1]; x.ID.IsZero() || x.Staff != w.who.ID || x.Written.IsZero() || x.Status != "active" {
		t.Errorf("prescription: %+v", x)
	}
	again, err := w.ApplyPathway(ctx, visit.ID, p.ID)
	if err != nil || len(again.Orders) != 4 {
		t.Fatal(len(again.Orders), err)
	}
	var keys []string
	for _, warning := range again.Warnings {
		keys = append(keys, warning.Key)
	}
	if all := strings.Join(keys, " "); !strings.Contains(all, "warn.prescription.double") || !strings.Contains(all, "warn.pathway.again") {
		t.Errorf("applied twice: %s", all)
	}
	edited, err := w.EditVisit(ctx, visit.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Orders, v.Prescriptions = v.Orders[:1], v.Prescriptions[:1]
		v.Orders[0].Status = "done"
		return v, nil
	})
	if err != nil || len(edited.Orders) != 1 || edited.Orders[0].Pathway != p.ID {
		t.Fatal(err)
	}
	_, err = w.ApplyPathway(ctx, clinic.NewID(), p.ID)
	refused(t, err, fault.NotFound, "")
	_, err = w.ApplyPathway(ctx, visit.ID, clinic.NewID())
	refused(t, err, fault.NotFound, "")
	// Orders are anybody's who treats; drugs are not.
	nurse := w.as("", clinic.Nurse)
	_, err = nurse.ApplyPathway(ctx, visit.ID, p.ID)
	refused(t, err, fault.Forbidden, "")
	regimen := angina()
	regimen.Prescriptions = nil
	if regimen, err = w.SavePathway(ctx, regimen); err != nil {
		t.Fatal(err)
	}
	if saved, err := nurse.ApplyPathway(ctx, visit.ID, regimen.ID); err != nil || len(saved.Orders) != 3 {
		t.Error(len(saved.Orders), err)
	}
	w.sound()
}
