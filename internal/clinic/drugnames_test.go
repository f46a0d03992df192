package clinic_test

import (
	"testing"

	"feldsher/internal/clinic"
)

// What is offered while a prescription is typed are names that people read: each
// substance once, no Latin spellings, and every trade name leads to its substance.
func TestDrugNames(t *testing.T) {
	t.Parallel()
	all := clinic.DrugNames()
	if len(all) < 60 {
		t.Fatalf("%d substances", len(all))
	}
	seen := map[string]bool{}
	for _, d := range all {
		if d.INN == "" || d.INN[0] < 0x80 || seen[d.INN] {
			t.Errorf("%q", d.INN)
		}
		seen[d.INN] = true
		for _, trade := range d.Trades {
			if trade[0] < 0x80 || !clinic.SameDrug(trade, d.INN) {
				t.Errorf("%q is no trade name of %q", trade, d.INN)
			}
		}
	}
}
