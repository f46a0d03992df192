package clinic

import (
	"time"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"
)

// How two names are alike.
type nameKind int

const (
	nameOther       nameKind = iota
	nameUnknown              // one of the cards has none
	nameNamesake             // surname and given name, but another patronymic
	nameFamilyOther          // given name and patronymic, but another surname
	nameNear                 // one letter apart in one part
	nameSame                 // in all parts that both have
)

type nameLikeness struct {
	kind  nameKind
	full  bool // both have all three parts
	given bool // it is the given name that is one letter apart
}

func (n nameLikeness) alike() bool { return n.kind > nameUnknown }

func (n nameLikeness) reason() Reason {
	if n.kind == nameNear {
		return NearName
	}
	return SameName
}

// compareNames takes the best of all names that the cards bear and bore, in all
// readings of Latin letters.
func compareNames(a, b *Patient) nameLikeness {
	best := nameLikeness{}
	xs, ys := spellings(a), spellings(b)
	if len(xs) == 0 || len(ys) == 0 {
		return nameLikeness{kind: nameUnknown}
	}
	for _, x := range xs {
		for _, y := range ys {
			n := compareSpelled(x, y)
			if n.kind > best.kind || n.kind == best.kind && n.full && !best.full {
				best = n
			}
		}
	}
	return best
}

// spelled is a name folded: family, given, patronymic.
type spelled [3]string

// maxSpellings bounds the comparison of cards with endless former names.
const maxSpellings = 8

func spellings(p *Patient) []spelled {
	names := []Name{p.Name}
	for i := range p.FormerNames {
		if f := &p.FormerNames[i]; f.Deleted == 0 {
			n := f.Name
			if n.Given == "" {
				n.Given = p.Given
			}
			if n.Patronymic == "" {
				n.Patronymic = p.Patronymic
			}
			names = append(names, n)
		}
	}
	var out []spelled
	for _, n := range names {
		parts := [3]string{n.Family, n.Given, n.Patronymic}
		var readings [3][]string
		most := 1
		for i, part := range parts {
			readings[i] = fold.Cyrillic(part)
			most = max(most, len(readings[i]))
		}
		for k := range most {
			var s spelled
			for i, part := range parts {
				s[i] = fold.Text(part)
				if r := readings[i]; len(r) > 0 {
					s[i] = r[min(k, len(r)-1)]
				}
			}
			if s != (spelled{}) && len(out) < maxSpellings {
				out = append(out, s)
			}
		}
	}
	return out
}

func compareSpelled(x, y spelled) nameLikeness {
	full := true
	var same, near [3]bool
	for i := range x {
		full = full && x[i] != "" && y[i] != ""
		same[i] = x[i] == y[i]
		near[i] = !same[i] && oneLetter(x[i], y[i])
	}
	missing := x[2] == "" || y[2] == ""
	// A name of one word has the other parts empty on both cards.
	family, given, patronymic := same[0], same[1], same[2] || missing
	switch {
	case family && given && patronymic:
		return nameLikeness{kind: nameSame, full: full}
	case near[0] && given && patronymic, family && given && near[2]:
		return nameLikeness{kind: nameNear, full: full}
	case family && near[1] && patronymic:
		return nameLikeness{kind: nameNear, full: full, given: true}
	case given && x[1] != "" && same[2] && !missing:
		return nameLikeness{kind: nameFamilyOther, full: full}
	case family && given && x[1] != "":
		return nameLikeness{kind: nameNamesake, full: full}
	}
	return nameLikeness{}
}

// oneLetter reports whether words are one edit apart, short ones excepted: of two
// or three letters every other word is.
func oneLetter(a, b string) bool {
	return min(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) > 3 && fold.Within(a, b, 1)
}

// How two dates of birth are alike.
type birthLikeness int

const (
	birthUnknown birthLikeness = iota
	birthFar
	birthFits
	birthNear
	birthSame
)

// generation is the least number of years between a parent and a child: dates
// farther apart are no slip of a finger, however few digits differ (1970 and 1990).
const generation = 12

func compareBirths(a, b Date) birthLikeness {
	switch {
	case a == "" || b == "" || !a.Valid() || !b.Valid():
		return birthUnknown
	case a == b && a.Full():
		return birthSame
	case !a.Full() || !b.Full():
		n := min(len(a), len(b))
		if a[:n] == b[:n] {
			return birthFits
		}
		return birthFar
	}
	if gap := a.Year() - b.Year(); gap >= generation || gap <= -generation {
		return birthFar
	}
	if fold.Within(string(a), string(b), 1) || a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7] {
		return birthNear
	}
	x, errX := time.Parse(time.DateOnly, string(a))
	y, errY := time.Parse(time.DateOnly, string(b))
	if errX == nil && errY == nil && x.Sub(y).Abs() <= 24*time.Hour {
		return birthNear
	}
	return birthFar
}

// BirthsMeet reports whether two dates of birth, whole or in part, may be one: the
// same, agreeing as far as both are known, or a slip of a finger apart.
func BirthsMeet(a, b Date) bool { return compareBirths(a, b) >= birthFits }
