package syncer_test

import (
	"context"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/online/syncer"
)

// TestServerChanged: a clinic that is tied to a server is not tied to a second one, by
// which workstations would lose each other's cards without a word. Untied from the
// first, it brings all to another.
func TestServerChanged(t *testing.T) {
	ctx := context.Background()
	h := newHub(t)
	a := linked(t, h)
	p := a.patient("Переезд")
	a.sync()
	other := newHub(t)
	code := other.code()
	if err := syncer.Link(ctx, a.Store, other.url(), code); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	if links, err := a.Links(ctx); err != nil || len(links) != 1 || links[0].URL != h.url() {
		t.Fatal(links, err)
	}
	if err := syncer.Unlink(ctx, a.Store); err != nil {
		t.Fatal(err)
	}
	if err := syncer.Link(ctx, a.Store, other.url(), code); err != nil {
		t.Fatal("the code was used up:", err)
	}
	if err := syncer.Link(ctx, a.Store, other.url(), code); err != nil {
		t.Fatal("it can't be repeated:", err)
	}
	if links, err := a.Links(ctx); err != nil || len(links) != 1 || links[0].URL != other.url() {
		t.Fatal(links, err)
	}
	if r := a.sync(); r.Pushed == 0 {
		t.Fatalf("%+v", r)
	}
	b := a.joined(other, "вторая")
	b.sync()
	if b.family(p.ID) != "Переезд" {
		t.Fatal("it has not come")
	}
	a.sync()
	same(t, a, b)
}
