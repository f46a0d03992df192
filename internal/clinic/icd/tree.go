package icd

import "strings"

// Tree finds entries and the way to them by code. It never changes after
// NewTree and may be read from several goroutines.
type Tree struct {
	entries []Entry
	at      map[string]int32
}

// NewTree arranges the entries, which the caller must not change afterwards. If
// a code stands twice (two versions of the table), an active one wins over an
// inactive one, else the last.
func NewTree(entries []Entry) *Tree {
	t := &Tree{entries: entries, at: make(map[string]int32, len(entries))}
	for i := range entries {
		e := &entries[i]
		if old, twice := t.at[e.Code]; twice && entries[old].Active && !e.Active {
			continue
		}
		t.at[e.Code] = int32(i)
	}
	return t
}

// Entry gives the entry of a code in canonical form, active or not.
func (t *Tree) Entry(code string) (Entry, bool) {
	i, ok := t.at[code]
	if !ok {
		return Entry{}, false
	}
	return t.entries[i], true
}

// Path lists what stands above a code, from the chapter down to its direct
// parent: chapter, blocks, category. Where the table lacks a code or breaks off
// below the chapter, a longer code takes the path of its category, and the
// chapter follows from the ranges of the classification. An unknown code without
// any of that has no path.
func (t *Tree) Path(code string) []Entry {
	var up []Entry
	at := t.above(code)
	for at != "" && len(up) < 16 { // deeper than any table; guards against circles
		e, ok := t.Entry(at)
		if !ok {
			break
		}
		up = append(up, e)
		at = t.above(at)
	}
	if KindOf(code) != KindChapter && (len(up) == 0 || up[len(up)-1].Kind != KindChapter) {
		if c, ok := Chapter(code); ok {
			if e, ok := t.Entry(c.Roman); ok {
				up = append(up, e)
			}
		}
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	return up
}

// above gives the code of the direct parent as far as it is known.
func (t *Tree) above(code string) string {
	if e, ok := t.Entry(code); ok && e.Parent != "" {
		return e.Parent
	}
	if KindOf(code) != KindSubcategory {
		return ""
	}
	if detail := code[4:]; len(detail) > 1 {
		if longer := code[:4] + detail[:len(detail)-1]; t.has(longer) {
			return longer
		}
	}
	return code[:3]
}

func (t *Tree) has(code string) bool {
	_, ok := t.at[code]
	return ok
}

// Block gives the innermost block of a category or subcategory, by the parents
// the table names; of a block itself that block. Statistics by block use it: the
// table keeps two withdrawn codes (A90, A91) in a block whose range has lost them.
func (t *Tree) Block(code string) (Entry, bool) {
	if e, ok := t.Entry(code); ok && e.Kind == KindBlock {
		return e, true
	}
	path := t.Path(code)
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].Kind == KindBlock {
			return path[i], true
		}
	}
	return Entry{}, false
}

// Divided reports whether a category has active subcategories, one of which
// should be chosen in its place.
func (t *Tree) Divided(code string) bool {
	for detail := '0'; detail <= '9'; detail++ {
		sub := code + "." + string(detail)
		if strings.Contains(code, ".") {
			sub = code + string(detail)
		}
		if e, ok := t.Entry(sub); ok && e.Active {
			return true
		}
	}
	return false
}
