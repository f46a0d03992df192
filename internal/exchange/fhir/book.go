package fhir

import (
	"regexp"
	"strings"
)

const (
	maxWarnings = 100  // of a key; the rest is only counted
	maxNames    = 2000 // distinct names that a file may make us count
	otherName   = "other"
)

var (
	typeName    = regexp.MustCompile(`^[A-Z][A-Za-z]{0,63}$`)
	elementName = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,120}$`)
)

// book counts what was met and what was left out. Names that a file makes up
// are counted under "other": a file can't fill our memory with names, nor put
// its text into what we print.
type book struct {
	seen, skipped, elements map[string]int
	warnings                []Warning
	warned                  map[string]int
}

func newBook() *book {
	return &book{
		seen: map[string]int{}, skipped: map[string]int{},
		elements: map[string]int{}, warned: map[string]int{}, warnings: []Warning{},
	}
}

func count(m map[string]int, name string, n int, ok bool) {
	if _, known := m[name]; !ok || (!known && len(m) >= maxNames) {
		name = otherName
	}
	m[name] += n
}

// typeOf gives a resource type that is fit to be printed.
func typeOf(s string) string {
	if typeName.MatchString(s) {
		return s
	}
	return otherName
}

// element counts n filled elements that have no place.
func (b *book) element(name string, n int) {
	if n > 0 {
		count(b.elements, name, n, elementName.MatchString(name))
	}
}

// skip counts a resource that gets no record.
func (b *book) skip(kind string) { count(b.skipped, kind, 1, true) }

func (b *book) warn(n *node, key string, args ...any) {
	b.warned[key]++
	if b.warned[key] > maxWarnings {
		return
	}
	w := Warning{Key: key}
	if n != nil {
		w.File, w.Entry, w.Line = n.file, n.entry, n.line
		w.Args = map[string]any{"type": n.kind}
	}
	for i := 0; i+1 < len(args); i += 2 {
		if w.Args == nil {
			w.Args = map[string]any{}
		}
		w.Args[args[i].(string)] = args[i+1]
	}
	b.warnings = append(b.warnings, w)
}

// refuse skips a resource and says why.
func (b *book) refuse(n *node, key string, args ...any) {
	b.skip(n.kind)
	b.warn(n, key, args...)
}

// tail gives the last part of an extension's address: "patient-birthPlace".
func tail(url string) string {
	url = strings.TrimRight(url, "/")
	return url[strings.LastIndexByte(url, '/')+1:]
}

// code gives a code of the specification as it may stand in a warning.
func code(s string) string {
	if elementName.MatchString(s) && len(s) <= 40 {
		return s
	}
	return otherName
}
