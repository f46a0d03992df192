package clinic

import (
	"bytes"
	"slices"
)

// Link says that two cards are of one person (R1.6). Nothing moves from card to
// card: what was written on each stays there, and ending the link gives back
// exactly what was. A link that has ended stays listed; whoever merges the cards
// again makes a new one.
type Link struct {
	Record
	Patient ID     `json:"patient"`
	Other   ID     `json:"other"`
	Why     string `json:"why"`
	At      Time   `json:"at"`
	By      ID     `json:"by,omitzero"`
	Ended   Time   `json:"ended,omitzero"`
	EndedBy ID     `json:"ended_by,omitzero"`
}

// Lives reports whether the link binds.
func (l *Link) Lives() bool {
	return l.Ended.IsZero() && l.Deleted.IsZero() && l.Patient != l.Other && !l.Patient.IsZero() && !l.Other.IsZero()
}

// Touches reports whether the link names a card.
func (l *Link) Touches(card ID) bool { return l.Patient == card || l.Other == card }

// far is the card at the other end.
func (l *Link) far(card ID) ID {
	if l.Patient == card {
		return l.Other
	}
	return l.Patient
}

// Component lists the cards that living links join to a card, itself among them,
// by their ids: the first is the root. It depends on which links live and on
// nothing else, so that every workstation comes to the same root in whatever
// order links and endings reached it.
func Component(links []Link, card ID) []ID {
	found := []ID{card}
	for i := 0; i < len(found); i++ {
		for j := range links {
			l := &links[j]
			if !l.Lives() || !l.Touches(found[i]) {
				continue
			}
			if far := l.far(found[i]); !slices.Contains(found, far) {
				found = append(found, far)
			}
		}
	}
	slices.SortFunc(found, compareIDs)
	return found
}

// Root is the card under which a component is shown: that with the smallest id.
func Root(links []Link, card ID) ID { return Component(links, card)[0] }

// Dividing lists the links whose ending parts card b from card a and leaves with
// b what had been merged with it before: on each way from a to b the last link.
// Nothing where no living link joins them.
func Dividing(links []Link, a, b ID) []ID {
	left := slices.Clone(links)
	var out []ID
	for a != b {
		last := lastStep(left, a, b)
		if last < 0 {
			return out
		}
		out = append(out, left[last].ID)
		left = slices.Delete(left, last, last+1)
	}
	return out
}

// lastStep gives the place of the link by which the shortest way from a arrives at
// b; −1 if there is no way.
func lastStep(links []Link, a, b ID) int {
	reached := []ID{a}
	for i := 0; i < len(reached); i++ {
		for j := range links {
			l := &links[j]
			if !l.Lives() || !l.Touches(reached[i]) {
				continue
			}
			far := l.far(reached[i])
			if far == b {
				return j
			}
			if !slices.Contains(reached, far) {
				reached = append(reached, far)
			}
		}
	}
	return -1
}

func compareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }
