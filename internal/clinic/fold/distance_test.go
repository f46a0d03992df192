package fold

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// distance is the whole table of optimal string alignment, as its definition
// states it, against which the banded one is held.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  bool
	}{
		{"", "", 0, true},
		{"а", "а", -1, false},
		{"", "а", 0, false},
		{"", "а", 1, true},
		{"иванов", "ивнаов", 1, true}, // neighbours exchanged
		{"иванов", "иваноф", 1, true},
		{"иванов", "ивано", 1, true},
		{"иванов", "иваннов", 1, true},
		{"геннади", "генади", 1, true},
		{"наталя", "наталия", 1, true},
		{"са", "абс", 2, false}, // 3 by optimal string alignment, though 2 by full Damerau
		{"петров", "петровски", 2, false},
	} {
		if got := Within(c.a, c.b, c.limit); got != c.want {
			t.Errorf("Within(%q, %q, %d) = %v", c.a, c.b, c.limit, got)
		}
	}
}

func wordPair(t *rapid.T) (string, string) {
	letters := []rune("абв1")
	gen := rapid.StringOfN(rapid.SampledFrom(letters), 0, 80, -1)
	a := gen.Draw(t, "a")
	if rapid.Bool().Draw(t, "unrelated") {
		return a, gen.Draw(t, "b")
	}
	b := []rune(a)
	for range rapid.IntRange(0, 4).Draw(t, "edits") {
		i := rapid.IntRange(0, len(b)).Draw(t, "at")
		r := rapid.SampledFrom(letters).Draw(t, "letter")
		switch op := rapid.IntRange(0, 3).Draw(t, "op"); {
		case op == 0 || i == len(b):
			b = append(b[:i:i], append([]rune{r}, b[i:]...)...)
		case op == 1:
			b = append(b[:i:i], b[i+1:]...)
		case op == 2:
			b[i] = r
		case i+1 < len(b):
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
	return a, string(b)
}

func TestWithinAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := wordPair(t)
		d := distance([]rune(a), []rune(b))
		for limit := 0; limit <= 4; limit++ {
			if got := Within(a, b, limit); got != (d <= limit) || got != Within(b, a, limit) {
				t.Fatalf("Within(%q, %q, %d) = %v, distance %d", a, b, limit, got, d)
			}
		}
	})
}

func TestWithinDoesNotAllocate(t *testing.T) {
	a, b := "х"+strings.Repeat("аб", 31)+"в", "ц"+strings.Repeat("ба", 31)+"г"
	if n := testing.AllocsPerRun(100, func() { Within(a, b, 3) }); n != 0 {
		t.Errorf("words of 64 runes: %v allocations", n)
	}
}

func TestDeletes(t *testing.T) {
	if got := strings.Join(Deletes("анна"), " "); got != "анна нна ана анн" {
		t.Errorf("Deletes = %q", got)
	}
	if Deletes("") != nil || len(Deletes("я")) != 1 {
		t.Error("the empty word gives nothing, one rune only itself")
	}
}

// Deletes is what the look-up of misspelt words rests on (R1.5): one edit apart
// implies a common variant, a common variant implies at most two edits.
func TestDeletesMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := wordPair(t)
		ra, rb := []rune(a), []rune(b)
		if len(ra) < 2 || len(rb) < 2 {
			t.Skip("too short for the promise")
		}
		seen, meet := make(map[string]bool), false
		for _, v := range Deletes(a) {
			if seen[v] {
				t.Fatalf("Deletes(%q) has %q twice", a, v)
			}
			seen[v] = true
		}
		for _, v := range Deletes(b) {
			meet = meet || seen[v]
		}
		switch d := distance(ra, rb); {
		case d <= 1 && !meet:
			t.Fatalf("%q and %q are %d apart and share nothing", a, b, d)
		case d > 2 && meet:
			t.Fatalf("%q and %q are %d apart and share a variant", a, b, d)
		}
	})
}

func FuzzWithin(f *testing.F) {
	f.Add("иванов", "ивнаов", 1)
	f.Add("\xff\xfe", "\xfe", 2)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a) > 300 || len(b) > 300 {
			return
		}
		limit = limit % 10
		if got, want := Within(a, b, limit), distance([]rune(a), []rune(b)) <= limit; got != want {
			t.Fatalf("Within(%q, %q, %d) = %v", a, b, limit, got)
		}
		for _, v := range Deletes(a) {
			if utf8.ValidString(a) && !Within(a, v, 1) {
				t.Fatalf("Deletes(%q) gives %q", a, v)
			}
		}
	})
}

func BenchmarkWithin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Within("константинопольски", "канстантинополски", 2)
	}
}

func BenchmarkDeletes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Deletes("константинова")
	}
}
