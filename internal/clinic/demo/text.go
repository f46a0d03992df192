package demo

import (
	"strconv"
	"strings"
)

// phrase is a compiled piece of text with choices; see data/phrases.txt for the
// notation.
type phrase []node

type node struct {
	kind   byte // 't' text, 'c' choice, 's' by sex, 'a' by age, 'n' number, 'v' variable, 'p' phrase
	text   string
	lo, hi int
	noun   int8 // index into nouns, -1 for none
	gen    bool // the noun stands in the genitive
	of     []phrase
}

// nouns that follow a number: after 1, after 2 … 4, after 5 and more; and after 1
// in the genitive ("около 1 года").
var nouns = [...][4]string{
	{"год", "года", "лет", "года"},
	{"день", "дня", "дней", "дня"},
	{"неделя", "недели", "недель", "недели"},
	{"месяц", "месяца", "месяцев", "месяца"},
	{"раз", "раза", "раз", "раза"},
	{"сигарета", "сигареты", "сигарет", "сигареты"},
}

// plural inflects a noun after a number.
func plural(noun, n int, genitive bool) string {
	f := nouns[noun]
	one := n%10 == 1 && n%100 != 11
	few := n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14)
	switch {
	case genitive && one:
		return f[3]
	case genitive:
		return f[2]
	case one:
		return f[0]
	case few:
		return f[1]
	}
	return f[2]
}

// parser compiles the notation.
type parser struct {
	src    string
	pos    int
	macros map[string]phrase
}

// compile turns the notation into a phrase; macros must have been compiled
// before. A mistake in the embedded lists is a defect and panics.
func compile(src string, macros map[string]phrase) phrase {
	p := &parser{src: src, macros: macros}
	out := p.sequence("")
	if p.pos != len(src) {
		panic("demo: unbalanced text: " + src)
	}
	return out
}

// sequence reads until one of the stop characters, which it leaves.
func (p *parser) sequence(stop string) phrase {
	var out phrase
	start := p.pos
	flush := func() {
		if p.pos > start {
			out = append(out, node{kind: 't', text: p.src[start:p.pos]})
		}
	}
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if strings.IndexByte(stop, c) >= 0 {
			flush()
			return out
		}
		switch c {
		case '{', '[', '<':
			flush()
			out = append(out, p.branch(c))
		case '$':
			flush()
			out = append(out, p.dollar())
		case '@':
			flush()
			out = append(out, p.macro())
		default:
			p.pos++
			continue
		}
		start = p.pos
	}
	flush()
	return out
}

func (p *parser) branch(open byte) node {
	kind, stop := byte('c'), "|}"
	switch open {
	case '[':
		kind, stop = 's', "|]"
	case '<':
		kind, stop = 'a', "|>"
	}
	n := node{kind: kind, noun: -1}
	for {
		p.pos++
		n.of = append(n.of, p.sequence(stop))
		if p.pos >= len(p.src) {
			panic("demo: open bracket in: " + p.src)
		}
		if p.src[p.pos] == stop[1] {
			p.pos++
			break
		}
	}
	if kind == 's' && len(n.of) == 1 { // "[а]": nothing for a man
		n.of = []phrase{nil, n.of[0]}
	}
	return n
}

func (p *parser) name() string {
	from := p.pos
	for p.pos < len(p.src) && (p.src[p.pos] >= 'a' && p.src[p.pos] <= 'z' || p.src[p.pos] >= 'A' && p.src[p.pos] <= 'Z' || p.src[p.pos] == '.') {
		p.pos++
	}
	for p.src[p.pos-1] == '.' {
		p.pos--
	}
	return p.src[from:p.pos]
}

func (p *parser) macro() node {
	p.pos++
	name := p.name()
	ph, ok := p.macros[name]
	if !ok {
		panic("demo: no phrase " + name + " in: " + p.src)
	}
	return node{kind: 'p', text: name, of: []phrase{ph}}
}

// dollar reads "$2-5" or "$name", and a noun that must agree with it.
func (p *parser) dollar() node {
	before := strings.Fields(p.src[:p.pos])
	p.pos++
	n := node{noun: -1}
	from := p.pos
	for p.pos < len(p.src) && (p.src[p.pos] >= '0' && p.src[p.pos] <= '9' || p.src[p.pos] == '-') {
		p.pos++
	}
	if p.pos > from {
		lo, hi := span(p.src[from:p.pos])
		n.kind, n.lo, n.hi = 'n', int(lo), int(hi)
	} else {
		n.kind, n.text = 'v', p.name()
	}
	for i, f := range nouns {
		for _, form := range f {
			rest := p.src[p.pos:]
			if strings.HasPrefix(rest, " "+form) && !cyrillicAfter(rest[len(form)+1:]) {
				n.noun = int8(i)
				p.pos += len(form) + 1
				if len(before) > 0 {
					last := strings.ToLower(strings.Trim(before[len(before)-1], "{|<"))
					n.gen = last == "около" || last == "течение" || last == "более" || last == "до"
				}
				return n
			}
		}
	}
	return n
}

func cyrillicAfter(s string) bool { return s != "" && s[0] >= 0xd0 && s[0] <= 0xd3 }

// writer expands phrases for one patient and visit.
type writer struct {
	d       *draw
	male    bool
	child   bool
	idle    bool // neither sick-leave nor its refusal is worth a word
	vars    map[string]string
	buf     []byte
	breaths bool // the text has named the breaths already
}

// write expands the phrase; spaces never double, and stand before no full stop.
func (w *writer) write(p phrase) string {
	w.buf, w.breaths = w.buf[:0], false
	w.expand(p)
	return strings.TrimSpace(string(w.buf))
}

func (w *writer) expand(p phrase) {
	for i := range p {
		n := &p[i]
		switch n.kind {
		case 't':
			w.put(n.text)
		case 'c':
			w.expand(n.of[w.d.below(len(n.of))])
		case 's':
			w.expand(n.of[index(!w.male)])
		case 'a':
			w.expand(n.of[index(!w.child)])
		case 'p':
			if w.idle && strings.HasSuffix(n.text, "sick") {
				continue
			}
			w.expand(n.of[0])
		case 'n':
			w.number(w.d.between(n.lo, n.hi), n)
		case 'v':
			v := w.vars[n.text]
			if n.text == "R" {
				w.breaths = true
			} else if n.text == "V" && w.breaths {
				v = w.vars["v"]
			}
			if x, err := strconv.Atoi(v); err == nil && n.noun >= 0 {
				w.number(x, n)
				continue
			}
			w.put(v)
		}
	}
}

func (w *writer) number(v int, n *node) {
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
	if n.noun >= 0 {
		w.buf = append(w.buf, ' ')
		w.buf = append(w.buf, plural(int(n.noun), v, n.gen)...)
	}
}

// put appends text and mends what an empty choice left at the seam.
func (w *writer) put(s string) {
	if len(w.buf) > 0 && w.buf[len(w.buf)-1] == ' ' && s != "" {
		switch s[0] {
		case ' ':
			s = s[1:]
		case '.', ',':
			w.buf = w.buf[:len(w.buf)-1]
		}
	}
	if s != "" && s[0] == '.' && len(w.buf) > 0 && w.buf[len(w.buf)-1] == '.' {
		s = s[1:]
	}
	w.buf = append(w.buf, s...)
}
