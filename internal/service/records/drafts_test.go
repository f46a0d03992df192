package records_test

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
)

// TestDrafts: what is being typed is kept for its writer alone, also of a record that
// has no id yet, and is forgotten when it is done (R3.8).
func TestDrafts(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := t.Context()
	for _, id := range []clinic.ID{{}, clinic.NewID()} {
		for _, body := range []string{`{"family":"Ив`, `{"family":"Иванов"}`} {
			if err := d.SaveDraft(ctx, records.DraftPatient, id, body); err != nil {
				t.Fatal(err)
			}
			got, ok, err := d.Draft(ctx, records.DraftPatient, id)
			if err != nil || !ok || got.Body != body || got.ID != id || got.Saved.IsZero() {
				t.Fatalf("%+v, %v, %v", got, ok, err)
			}
		}
	}
	if all, err := d.Drafts(ctx); err != nil || len(all) != 2 {
		t.Fatalf("%d drafts, %v", len(all), err)
	}
	if err := d.SaveDraft(ctx, records.DraftPatient, clinic.ID{}, ""); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.Draft(ctx, records.DraftPatient, clinic.ID{}); ok || err != nil {
		t.Fatalf("a forgotten draft came back: %v", err)
	}
}
