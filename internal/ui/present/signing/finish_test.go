package signing_test

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/signing"
	"feldsher/translations"
)

// TestSigningEndsTheVisit: once its protocol is signed the doctor's visit is done, with
// the time of its end.
func TestSigningEndsTheVisit(t *testing.T) {
	s, ctx := presenttest.Open(t, translations.Russian), t.Context()
	p := presenttest.Patient(t, s)
	v, err := s.Records.AddVisit(ctx, clinic.Visit{
		Patient: p.ID, Kind: "clinic", CareFrom: clinic.TimeOf(presenttest.Now), Status: clinic.VisitOpen, Staff: s.User.ID, Complaints: "кашель",
	})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Records.AddProtocol(ctx, s.Catalog, clinic.Protocol{
		Patient: p.ID, Visit: v.ID, Template: templates.ID("therapist", "ru"), Values: map[string]string{"complaints": "кашель", "diagnosis": "ОРВИ", "treatment": "покой", "objective": "зев гиперемирован", "recommendations": "покой"},
	})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := signing.Open(ctx, s, draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := sheet.Change().Sign(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if signed.After != nil {
		t.Fatal(signed.After)
	}
	done, err := s.Records.Visit(ctx, v.ID)
	if err != nil || done.Status != clinic.VisitDone || done.CareUntil.IsZero() {
		t.Fatalf("%s until %v, %v", done.Status, done.CareUntil, err)
	}
}
