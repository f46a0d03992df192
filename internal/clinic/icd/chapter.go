package icd

import (
	"strings"

	"feldsher/internal/fault"
)

// ChapterCount is the number of chapters of the classification.
const ChapterCount = 22

// ChapterRange is a chapter with the categories it holds.
type ChapterRange struct {
	Number int    // 1..22
	Roman  string // "IX", the code of its row
	Range  Range
}

// chapters are the ranges of ICD-10 as the World Health Organization prints
// them (volume 1, 2016); U00-U99 is chapter XXII, behind Z.
func chapters() [ChapterCount]ChapterRange {
	spans := [ChapterCount]string{
		"A00-B99", "C00-D48", "D50-D89", "E00-E90", "F00-F99", "G00-G99", "H00-H59", "H60-H95",
		"I00-I99", "J00-J99", "K00-K93", "L00-L99", "M00-M99", "N00-N99", "O00-O99", "P00-P96",
		"Q00-Q99", "R00-R99", "S00-T98", "V01-Y98", "Z00-Z99", "U00-U99",
	}
	var all [ChapterCount]ChapterRange
	for i, span := range spans {
		all[i] = ChapterRange{Number: i + 1, Roman: roman(i + 1), Range: Range{First: span[:3], Last: span[4:]}}
	}
	return all
}

// Chapters lists the chapters in the order of their numbers.
func Chapters() []ChapterRange {
	all := chapters()
	return all[:]
}

// Chapter tells the chapter of a code in canonical form: of a category or
// subcategory by its range, of a block by its first category, of a chapter by
// its number. It needs no table, so that statistics work on codes whose table is
// gone.
func Chapter(code string) (ChapterRange, bool) {
	all := chapters()
	switch KindOf(code) {
	case KindChapter:
		return all[romanValue(code)-1], true
	case KindBlock:
		code = code[:3]
	case "":
		return ChapterRange{}, false
	}
	for _, c := range all {
		if c.Range.Contains(code) {
			return c, true
		}
	}
	return ChapterRange{}, false
}

// Range is a run of three-character categories, both ends included. The zero
// Range holds nothing.
type Range struct {
	First, Last string // "I10", "I15"
}

// ParseRange reads "I10-I15" or a single category "I10", as they are typed. The
// fault is icd.range.shape.
func ParseRange(text string) (Range, error) {
	code := Normalize(text)
	switch KindOf(code) {
	case KindCategory:
		return Range{First: code, Last: code}, nil
	case KindBlock:
		first, last, _ := strings.Cut(code, "-")
		return Range{First: first, Last: last}, nil
	}
	return Range{}, fault.New(fault.Invalid, "icd.range.shape")
}

// Contains reports whether the range holds a category or subcategory in
// canonical form.
func (r Range) Contains(code string) bool {
	if !isDiagnosis(code) {
		return false
	}
	category := code[:3]
	return r.First <= category && category <= r.Last
}

// String writes the range as the code of a block.
func (r Range) String() string { return r.First + "-" + r.Last }

// roman writes a number of 1..22 as a chapter's code.
func roman(n int) string {
	units := [...]string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	return strings.Repeat("X", n/10) + units[n%10]
}

// romanValue gives the number of a chapter's code; 0 if it is none.
func romanValue(code string) int {
	if code == "" || len(code) > len("XVIII") {
		return 0
	}
	for n := 1; n <= ChapterCount; n++ {
		if roman(n) == code {
			return n
		}
	}
	return 0
}
