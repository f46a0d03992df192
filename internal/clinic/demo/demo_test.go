package demo

import (
	"encoding/json"
	"iter"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"feldsher/internal/clinic"
)

var present = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

var countries = []clinic.Country{clinic.Russia, clinic.Kazakhstan}

// cards streams n patients of a country.
func cards(seed uint64, country clinic.Country, n int) iter.Seq2[*clinic.Patient, *Chart] {
	return func(yield func(*clinic.Patient, *Chart) bool) {
		for g := New(seed, country, present, n); g.Left() > 0; {
			p, c := g.Next()
			if !yield(&p, &c) {
				return
			}
		}
	}
}

// inBoth runs a test for each country.
func inBoth(t *testing.T, test func(t *testing.T, country clinic.Country)) {
	for _, c := range countries {
		t.Run(string(c), func(t *testing.T) { test(t, c) })
	}
}

func TestSameSeedSamePeople(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		a, b := New(5, country, present, 300), New(5, country, present.Add(5*time.Hour), 900)
		other := New(6, country, present, 300)
		var same int
		for a.Left() > 0 {
			p, c := a.Next()
			q, d := b.Next()
			x, _ := other.Next()
			if !reflect.DeepEqual(p, q) || !reflect.DeepEqual(c, d) {
				t.Fatalf("patient %s differs between two runs", p.ID)
			}
			if x.ID == p.ID {
				t.Fatal("two seeds share an id")
			}
			if x.Name == p.Name {
				same++
			}
		}
		if same > 3 {
			t.Errorf("%d of 300 names are the same under another seed", same)
		}
		if p, c := a.Next(); !p.ID.IsZero() || c.Visits != nil || a.Family() != nil {
			t.Error("something comes after the last patient")
		}
	})
}

func TestFamilyAndNextAgree(t *testing.T) {
	a, b := New(1, clinic.Russia, present, 200), New(1, clinic.Russia, present, 200)
	n := 0
	for a.Left() > 0 {
		family := a.Family()
		n += len(family)
		for _, card := range family {
			p, c := b.Next()
			if !reflect.DeepEqual(card, Card{p, c}) {
				t.Fatalf("patient %s differs", p.ID)
			}
		}
	}
	if n != 200 {
		t.Errorf("%d patients, want 200", n)
	}
}

func TestIDsAreUnique(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		seen := map[clinic.ID]bool{}
		var walk func(v reflect.Value)
		walk = func(v reflect.Value) {
			switch v.Kind() {
			case reflect.Struct:
				if r, ok := v.Interface().(clinic.Record); ok {
					if r.ID.IsZero() || seen[r.ID] {
						t.Fatalf("id %q is empty or given twice", r.ID)
					}
					seen[r.ID] = true
				}
				for i := range v.NumField() {
					if f := v.Type().Field(i); f.Type != reflect.TypeFor[clinic.ID]() {
						walk(v.Field(i))
					}
				}
			case reflect.Slice:
				for i := range v.Len() {
					walk(v.Index(i))
				}
			case reflect.Pointer:
				if !v.IsNil() {
					walk(v.Elem())
				}
			}
		}
		for p, c := range cards(3, country, 400) {
			walk(reflect.ValueOf(*p))
			walk(reflect.ValueOf(*c))
		}
	})
}

func TestTextIsValidAndJSON(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		for p, c := range cards(4, country, 500) {
			b, err := json.Marshal(map[string]any{"p": p, "c": c})
			if err != nil || !utf8.Valid(b) {
				t.Fatalf("patient %s: %v, valid UTF-8 %t", p.ID, err, utf8.Valid(b))
			}
		}
	})
}

func BenchmarkPatient(b *testing.B) {
	for _, c := range countries {
		b.Run(string(c), func(b *testing.B) {
			g := New(1, c, present, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				g.left = 1
				g.Next()
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(1, clinic.Russia, present, 1)
	}
}
