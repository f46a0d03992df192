package clinic

import (
	"slices"
	"strings"
	"sync"

	"feldsher/internal/clinic/fold"
)

// Provokes reports whether a drug may do what an allergy warns of: the allergy's
// substance, as a person wrote it, names the drug, another name of it, or a class
// that the drug belongs to; or a drug of which others of the class are known to do
// the same (R3.3). It compares names; a warning is all that may follow from it.
// atc is the drug's code in the ATC classification, if known.
func Provokes(substance, atc string, names ...string) bool {
	t := drugNamesTable()
	allergy, drug := t.read(substance), t.read(strings.Join(names, " "))
	if len(allergy.words) == 0 {
		// Nothing but salts («магния сульфат»): then all of it must be there.
		return len(allergy.salts) > 0 && !slices.ContainsFunc(allergy.salts, func(w string) bool {
			return !slices.ContainsFunc(drug.salts, func(d string) bool { return sameWord(w, d) })
		})
	}
	if meet(allergy.substances, drug.substances) {
		return true
	}
	drug.classes = t.classesOf(&drug, atc)
	if meet(t.meant(&allergy), drug.classes) {
		return true
	}
	for _, a := range allergy.words {
		if slices.ContainsFunc(drug.words, func(d string) bool { return sameWord(a, d) }) {
			return true
		}
	}
	return false
}

// SameDrug reports whether two drugs share an active substance, each given by its
// names: the international one, which may be several joined by «+», or a trade name
// known to the table.
func SameDrug(a, b string) bool {
	t := drugNamesTable()
	x, y := t.substances(a), t.substances(b)
	return meet(x, y)
}

// substances names what a drug consists of: for each part its substances, or where
// the table knows none its own words.
func (t *drugTable) substances(names string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(names, func(r rune) bool { return r == '+' || r == '/' || r == ',' || r == ';' }) {
		d := t.read(part)
		words := d.words
		if len(words) == 0 {
			words = d.salts
		}
		switch {
		case len(d.substances) > 0 && len(d.substances) >= len(words):
			out = append(out, d.substances...)
		case len(words) > 0:
			// «инсулин аспарт» is not «инсулин гларгин»: all words count.
			stems := make([]string, len(words))
			for i, w := range words {
				stems[i] = stem(w)
			}
			slices.Sort(stems)
			out = append(out, strings.Join(slices.Compact(stems), " "))
		}
	}
	return out
}

// drugTable is the tables of drugs, folded.
type drugTable struct {
	names         []drugName
	salts, filler []string
	classes       []foldedClass
}

type drugName struct{ word, substance string }

type foldedClass struct {
	name                             string
	said, begins, ends, has, not, of []string
	atc                              []string
	alike                            bool
}

// named is a text taken apart: the words that mean something by themselves, the
// salts, and the substances that the words are known to be.
type named struct {
	words, salts, substances, classes []string
}

var drugNamesTable = sync.OnceValue(func() *drugTable {
	t := &drugTable{salts: plainWords(drugSalts), filler: plainWords(drugFiller)}
	for _, line := range drugNames {
		words := plainWords(line)
		for _, w := range words {
			t.names = append(t.names, drugName{w, words[0]})
		}
	}
	for _, c := range drugClasses {
		t.classes = append(t.classes, foldedClass{
			c.name, plainWords(c.said), plainWords(c.begins), plainWords(c.ends), plainWords(c.has), plainWords(c.not),
			splitNames(c.of), strings.Fields(c.atc), c.alike,
		})
	}
	return t
})

// splitNames reads the names of classes, some of which are two words.
func splitNames(s string) (out []string) {
	for _, c := range drugClasses {
		if c.name != "" && strings.Contains(" "+s+" ", " "+c.name+" ") {
			out = append(out, c.name)
		}
	}
	return out
}

// plainWords folds a text and makes one letter of two alike: «пеницилин» is how
// half of all cards write it.
func plainWords(s string) []string {
	words := fold.Words(s)
	for i, w := range words {
		words[i] = single(w)
	}
	return words
}

func single(w string) string {
	var b strings.Builder
	var last rune
	for _, r := range w {
		if r != last || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// read takes a text apart.
func (t *drugTable) read(text string) (out named) {
	for _, w := range plainWords(text) {
		form := func(of string) bool { return inflected(w, of) }
		switch {
		case strings.Trim(w, "0123456789") == "", slices.ContainsFunc(t.filler, form):
			continue
		case slices.ContainsFunc(t.salts, form):
			out.salts = append(out.salts, w)
			continue
		}
		out.words = append(out.words, w)
		for _, n := range t.names {
			if inflected(w, n.word) && !slices.Contains(out.substances, n.substance) {
				out.substances = append(out.substances, n.substance)
			}
		}
	}
	return out
}

// classesOf gives the classes that a drug belongs to.
func (t *drugTable) classesOf(d *named, atc string) (out []string) {
	for _, c := range t.classes {
		if c.holds(d, atc) {
			out = append(out, c.name)
		}
	}
	for _, c := range t.classes {
		if meet(c.of, out) && !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

func (c *foldedClass) holds(d *named, atc string) bool {
	if slices.ContainsFunc(c.atc, func(group string) bool { return strings.HasPrefix(atc, group) }) {
		return true
	}
	if meet(c.has, d.substances) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(d.words, d.substances), func(w string) bool {
		if slices.ContainsFunc(c.not, func(n string) bool { return strings.HasPrefix(w, n) }) {
			return false
		}
		return slices.ContainsFunc(c.begins, func(b string) bool { return strings.HasPrefix(w, b) }) ||
			slices.ContainsFunc(c.ends, func(e string) bool { return endsIn(w, e) })
	})
}

// meant gives the classes that an allergy speaks of: those it names, and those of
// a substance it names whose members are alike. «Antibiotics» counts only where
// nothing closer is named («антибиотики пенициллинового ряда»).
func (t *drugTable) meant(a *named) []string {
	own := t.classesOf(a, "")
	var out []string
	wide := false
	for _, c := range t.classes {
		said := slices.ContainsFunc(a.words, func(w string) bool {
			return slices.ContainsFunc(c.said, func(s string) bool { return strings.HasPrefix(w, s) }) &&
				!slices.ContainsFunc(c.not, func(n string) bool { return strings.HasPrefix(w, n) })
		})
		switch {
		case said && c.name == "antibiotics":
			wide = true
		case said, c.alike && slices.Contains(own, c.name):
			out = append(out, c.name)
		}
	}
	if wide && len(out) == 0 && len(a.substances) == 0 {
		out = append(out, "antibiotics")
	}
	return out
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// inflected reports whether a word is a table's word with at most a case's ending:
// three letters after a long word, one after a short one.
func inflected(word, of string) bool {
	rest, ok := strings.CutPrefix(word, of)
	if !ok {
		return false
	}
	tail, whole := len([]rune(rest)), len([]rune(of))
	return tail == 0 || whole >= 6 && tail <= 3 || whole >= 4 && tail <= 2
}

// endsIn reports whether a name ends in a stem, with or without a case's ending.
func endsIn(word, ending string) bool {
	i := strings.LastIndex(word, ending)
	return i > 0 && len([]rune(word[i+len(ending):])) <= 3
}

// sameWord reports whether two words are forms of one, or one is the other with
// something before it («лоратадин» and «дезлоратадин»).
func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	x, y := []rune(a), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n >= 5 && len(x)-n <= 2 && len(y)-n <= 2 {
		return true
	}
	if len(x) > len(y) {
		b, x = a, y
	}
	return len(x) >= 7 && endsIn(b, string(x[:len(x)-1]))
}

// stem cuts a case's ending: the vowels at a word's end.
func stem(w string) string {
	if s := strings.TrimRight(w, "аеиоуыюя"); len([]rune(s)) >= 4 {
		return s
	}
	return w
}
