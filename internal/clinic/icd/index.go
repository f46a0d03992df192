package icd

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// field says which wording of an entry a phrase is.
type field uint8

const (
	fieldRU field = iota
	fieldKK
	fieldEN
	fieldAlso    // another wording of the table
	fieldSynonym // what doctors say, from synonyms.go
)

// phrase is one wording of one entry, as words of the vocabulary.
type phrase struct {
	entry  int32
	field  field
	rank   uint8 // among the codes that a synonym may mean, from 0
	other  bool  // «Другие …»: a remainder, rarely what is looked for
	first  int32 // vocabulary place of the first word
	letter int32 // length in letters, for short names first
	weight float32
}

// Index answers searches over a fixed set of entries. It is built once for a
// table and may then be used from several goroutines.
type Index struct {
	*Tree
	sorted  []int32 // diagnoses in order of their codes
	phrases []phrase

	vocabulary []string // sorted, so that a prefix is a run
	letters    []uint8  // per word: length in letters
	sets       []uint64 // per word: letterSet
	rarity     []float32
	stems      map[string][]int32
	senses     map[string][]string
	start      []int32 // per word: where its phrases begin in where
	where      []int32 // phrases by word
	scratch    sync.Pool
}

// NewIndex builds the index; the caller must not change entries afterwards. It
// takes about 100 ms and 20 MB for a full table.
func NewIndex(entries []Entry) *Index {
	x := &Index{Tree: NewTree(entries)}
	b := builder{x: x, id: make(map[string]int32, 1<<15)}
	for i := range entries {
		e := &entries[i]
		if x.at[e.Code] != int32(i) {
			continue
		}
		if e.Kind == KindCategory || e.Kind == KindSubcategory {
			x.sorted = append(x.sorted, int32(i))
		}
		b.add(int32(i), fieldRU, 0, e.Names.RU)
		b.add(int32(i), fieldKK, 0, e.Names.KK)
		b.add(int32(i), fieldEN, 0, e.Names.EN)
		for _, also := range e.Also {
			b.add(int32(i), fieldAlso, 0, also)
		}
	}
	b.addSynonyms()
	b.addMeanings()
	b.finish()
	slices.SortFunc(x.sorted, func(a, b int32) int { return strings.Compare(entries[a].Code, entries[b].Code) })
	x.scratch.New = func() any { return newScratch(len(x.phrases), len(entries)) }
	return x
}

// builder gathers phrases before the vocabulary is in order.
type builder struct {
	x     *Index
	id    map[string]int32 // word → place in order of appearance
	lists [][]int32        // per phrase: its words, each once
}

func (b *builder) add(entry int32, f field, rank int, text string) {
	list := words(text)
	if len(list) == 0 {
		return
	}
	ids := make([]int32, 0, len(list))
	for _, w := range list {
		id, ok := b.id[w]
		if !ok {
			id = int32(len(b.id))
			b.id[w] = id
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	b.lists = append(b.lists, ids)
	b.x.phrases = append(b.x.phrases, phrase{
		entry: entry, field: f, rank: uint8(rank), first: ids[0], letter: int32(utf8.RuneCountInString(text)),
		other: strings.HasPrefix(list[0], "друг") || list[0] == "other",
	})
}

// addSynonyms hangs the words of out-patient speech on the codes that the table
// has; where it lacks a subcategory, on its category.
func (b *builder) addSynonyms() {
	for _, s := range synonyms {
		codes := strings.Fields(s.codes)
		for said := range strings.SplitSeq(s.said, "|") {
			for rank, code := range codes {
				i, ok := b.x.at[code]
				if !ok {
					i, ok = b.x.at[code[:3]]
				}
				if ok {
					b.add(i, fieldSynonym, rank, said)
				}
			}
		}
	}
}

// addMeanings folds the table of meanings as queries are folded.
func (b *builder) addMeanings() {
	b.x.senses = make(map[string][]string, len(meanings))
	for said, means := range meanings {
		if key := words(said); len(key) == 1 {
			b.x.senses[key[0]] = words(means)
		}
	}
}

// finish sorts the vocabulary and turns the lists of words around.
func (b *builder) finish() {
	x := b.x
	x.vocabulary = make([]string, 0, len(b.id))
	for w := range b.id {
		x.vocabulary = append(x.vocabulary, w)
	}
	slices.Sort(x.vocabulary)
	place := make([]int32, len(b.id))
	n := len(x.vocabulary)
	x.letters, x.sets, x.stems = make([]uint8, n), make([]uint64, n), make(map[string][]int32, n)
	for i, w := range x.vocabulary {
		place[b.id[w]] = int32(i)
		x.letters[i] = uint8(min(utf8.RuneCountInString(w), 255))
		x.sets[i] = letterSet(w)
		s := stem(w)
		x.stems[s] = append(x.stems[s], int32(i))
	}
	count := make([]int32, n+1)
	total := 0
	for _, ids := range b.lists {
		for _, id := range ids {
			count[place[id]+1]++
		}
		total += len(ids)
	}
	x.weigh(count)
	for i := range n {
		count[i+1] += count[i]
	}
	x.start, x.where = count, make([]int32, total)
	next := slices.Clone(count)
	for p, ids := range b.lists {
		for _, id := range ids {
			w := place[id]
			x.where[next[w]] = int32(p)
			next[w]++
			x.phrases[p].weight += x.rarity[w]
		}
		x.phrases[p].first = place[x.phrases[p].first]
	}
}

// weigh gives each word its inverse document frequency: «неуточненный» says
// little about a name, «менингит» nearly all. count[w+1] is the word's phrases.
func (x *Index) weigh(count []int32) {
	x.rarity = make([]float32, len(x.vocabulary))
	all := float64(len(x.phrases) + 1)
	for w := range x.rarity {
		x.rarity[w] = float32(math.Log(1 + all/float64(count[w+1]+1)))
	}
}
