package clinic_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
)

func cardID(n int) clinic.ID { return clinic.ID{0: 1, 15: byte(n + 1)} }

func linkBetween(id, a, b int) clinic.Link {
	return clinic.Link{Record: clinic.Record{ID: clinic.ID{0: 2, 15: byte(id + 1)}}, Patient: cardID(a), Other: cardID(b)}
}

// drawLinks gives links among ten cards, some of them ended, some absurd.
func drawLinks(t *rapid.T) []clinic.Link {
	var out []clinic.Link
	for i := range rapid.IntRange(0, 14).Draw(t, "links") {
		l := linkBetween(i, rapid.IntRange(0, 9).Draw(t, "a"), rapid.IntRange(0, 9).Draw(t, "b"))
		switch rapid.IntRange(0, 5).Draw(t, "state") {
		case 0:
			l.Ended = 1
		case 1:
			l.Deleted = 1
		}
		out = append(out, l)
	}
	return out
}

// Whatever the order in which links and endings came, the roots are the same, and
// all cards of a component have the same one: its smallest id (R1.6).
func TestRootsDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		links := drawLinks(t)
		other := rapid.Permutation(links).Draw(t, "order")
		for i, l := range other {
			if rapid.Bool().Draw(t, "turned") {
				other[i].Patient, other[i].Other = l.Other, l.Patient
			}
		}
		for n := range 10 {
			card := cardID(n)
			whole := clinic.Component(links, card)
			if again := clinic.Component(other, card); !slices.Equal(whole, again) {
				t.Fatalf("card %d: %v and %v", n, whole, again)
			}
			if !slices.Contains(whole, card) || !slices.IsSortedFunc(whole, func(a, b clinic.ID) int { return bytes.Compare(a[:], b[:]) }) {
				t.Fatalf("card %d: %v", n, whole)
			}
			for _, c := range whole {
				if clinic.Root(links, c) != whole[0] {
					t.Fatalf("card %v of %v has another root", c, whole)
				}
			}
		}
		for i := range links {
			if links[i].Lives() && clinic.Root(links, links[i].Patient) != clinic.Root(links, links[i].Other) {
				t.Fatalf("link %d joins two components", i)
			}
		}
	})
}

// Merging two cards and parting them again gives every root back (R1.6).
func TestPartingGivesBackWhatWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		links := drawLinks(t)
		a, b := cardID(rapid.IntRange(0, 9).Draw(t, "a")), cardID(rapid.IntRange(0, 9).Draw(t, "b"))
		if slices.Contains(clinic.Component(links, a), b) {
			return // one already
		}
		before := map[clinic.ID]clinic.ID{}
		for n := range 10 {
			before[cardID(n)] = clinic.Root(links, cardID(n))
		}
		merged := append(slices.Clone(links), clinic.Link{Record: clinic.Record{ID: clinic.ID{3}}, Patient: a, Other: b})
		if clinic.Root(merged, a) != clinic.Root(merged, b) {
			t.Fatal("a link that does not join")
		}
		ended := clinic.Dividing(merged, a, b)
		if !slices.Equal(ended, []clinic.ID{{3}}) {
			t.Fatalf("ended %v", ended)
		}
		for card, root := range before {
			if clinic.Root(links, card) != root {
				t.Fatalf("%v: another root", card)
			}
		}
	})
}

// Whatever joins two cards, ending the dividing links parts them, and each of
// these links was of the second card.
func TestDividingParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		links := drawLinks(t)
		a, b := cardID(rapid.IntRange(0, 9).Draw(t, "a")), cardID(rapid.IntRange(0, 9).Draw(t, "b"))
		ended := clinic.Dividing(links, a, b)
		joined := a != b && slices.Contains(clinic.Component(links, a), b)
		if joined != (len(ended) > 0) {
			t.Fatalf("joined %v, %d links", joined, len(ended))
		}
		for i := range links {
			if !slices.Contains(ended, links[i].ID) {
				continue
			}
			if !links[i].Touches(b) || !links[i].Lives() {
				t.Fatalf("link %d is not one that parts the card", i)
			}
			links[i].Ended = 1
		}
		if a != b && slices.Contains(clinic.Component(links, a), b) {
			t.Fatal("still one")
		}
	})
}

// What was merged with the second card before stays with it.
func TestPartingKeepsOlderMerges(t *testing.T) {
	links := []clinic.Link{linkBetween(0, 5, 6), linkBetween(1, 1, 5)} // 6 to 5 first, then 5 to 1
	if got := clinic.Root(links, cardID(6)); got != cardID(1) {
		t.Fatalf("root %v", got)
	}
	for _, id := range clinic.Dividing(links, cardID(1), cardID(5)) {
		for i := range links {
			if links[i].ID == id {
				links[i].Ended = 1
			}
		}
	}
	if got := clinic.Root(links, cardID(6)); got != cardID(5) {
		t.Errorf("root %v", got)
	}
	if got := clinic.Component(links, cardID(1)); len(got) != 1 {
		t.Errorf("card 1 is left with %v", got)
	}
}
