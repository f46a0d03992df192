package icd

import (
	"strings"
	"testing"

	"feldsher/assets/icd10"
)

// TestUsual: every code of every list is in the built-in table, is offered, stands for
// itself and not for a category that ought to be divided, and stands once (R3.2).
func TestUsual(t *testing.T) {
	entries, err := ParseBuiltin(strings.NewReader(icd10.Builtin))
	if err != nil {
		t.Fatal(err)
	}
	tree := NewTree(entries)
	for _, speciality := range []string{
		"therapist", "paediatrician", "cardiologist", "gynaecologist", "surgeon", "endocrinologist", "ultrasound", "ecg", "feldsher",
	} {
		list := Usual(speciality)
		if len(list) < 15 {
			t.Errorf("%s: only %d codes", speciality, len(list))
		}
		seen := map[string]bool{}
		for _, code := range list {
			e, ok := tree.Entry(code)
			if !ok || !e.Active {
				t.Errorf("%s: %s is not in the table", speciality, code)
			}
			if tree.Divided(code) {
				t.Errorf("%s: %s ought to be divided", speciality, code)
			}
			if seen[code] {
				t.Errorf("%s: %s stands twice", speciality, code)
			}
			seen[code] = true
		}
	}
	if list := Usual("astrologer"); len(list) != 0 {
		t.Errorf("an unknown speciality has %v", list)
	}
}
