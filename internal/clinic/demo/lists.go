package demo

import (
	"embed"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

//go:embed data/*.txt
var lists embed.FS

// rows gives the lines of an embedded list without comments and empty ones.
// The lists are part of the program, so that a missing one is a defect.
func rows(name string) iter.Seq[string] {
	b, err := lists.ReadFile("data/" + name + ".txt")
	if err != nil {
		panic(err)
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}

// sections gives the lines of a list together with the "[heading]" above them.
func sections(name string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		heading := ""
		for line := range rows(name) {
			if line[0] == '[' {
				heading = strings.Trim(line, "[]")
				continue
			}
			if !yield(heading, line) {
				return
			}
		}
	}
}

// number reads an integer of an embedded list.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Errorf("embedded list: %w", err))
	}
	return n
}

// decimal reads a fractional number of an embedded list.
func decimal(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(fmt.Errorf("embedded list: %w", err))
	}
	return f
}

// span reads "a-b" or "a"; the first dash after the first digit divides.
func span(s string) (lo, hi float64) {
	if i := strings.IndexByte(s[1:], '-'); i >= 0 {
		return decimal(s[:i+1]), decimal(s[i+2:])
	}
	return decimal(s), decimal(s)
}

// spelled takes the Kazakh or the Russian spelling of "Kazakh/Russian".
func spelled(word string, kazakh bool) string {
	kk, ru, both := strings.Cut(word, "/")
	if !both || kazakh {
		return kk
	}
	return ru
}
