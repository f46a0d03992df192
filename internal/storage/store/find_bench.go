package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// FindQuery is a query whose right answer is known.
type FindQuery struct {
	Text string
	Want clinic.ID
	Kind string // prefix, words, typo, layout, phone, document
}

// FindReport is how fast and how well queries were answered.
type FindReport struct {
	Median, P99, Max time.Duration
	Top10            float64     // share of queries whose card was among the first ten
	Missed           []FindQuery // those whose card wasn't; of made-up people only may they be printed
	Cold             *FindReport // the first round: of a program that has just been opened
	Kinds            map[string]FindReport
}

// BenchFind answers the queries one after another, as one person at the desk
// would ask them, in two rounds, and measures each to its last result. The report
// is of the second round, that of a program that has been in use; Cold is the
// first, which also read the pages from the disk.
func (s *Store) BenchFind(ctx context.Context, queries []FindQuery) (FindReport, error) {
	r := s.Reader(ctx)
	cold, err := findRound(r, queries)
	if err != nil {
		return FindReport{}, err
	}
	report, err := findRound(r, queries)
	report.Cold = &cold
	return report, err
}

func findRound(r *Reader, queries []FindQuery) (FindReport, error) {
	const top = 10
	took := make([]time.Duration, len(queries))
	right := make([]bool, len(queries))
	for i, q := range queries {
		start := time.Now()
		found, err := r.FindPatients(q.Text, top)
		took[i] = time.Since(start)
		if err != nil {
			return FindReport{}, fmt.Errorf("store: search: %w", err)
		}
		right[i] = slices.ContainsFunc(found, func(b clinic.Brief) bool { return b.ID == q.Want })
	}
	report := findReport(queries, took, right, func(FindQuery) bool { return true })
	report.Kinds = map[string]FindReport{}
	for _, q := range queries {
		if _, ok := report.Kinds[q.Kind]; !ok {
			report.Kinds[q.Kind] = findReport(queries, took, right, func(other FindQuery) bool { return other.Kind == q.Kind })
		}
	}
	return report, nil
}

func findReport(queries []FindQuery, took []time.Duration, right []bool, of func(FindQuery) bool) FindReport {
	var r FindReport
	var times []time.Duration
	hits := 0
	for i, q := range queries {
		switch {
		case !of(q):
			continue
		case right[i]:
			hits++
		default:
			r.Missed = append(r.Missed, q)
		}
		times = append(times, took[i])
	}
	if len(times) == 0 {
		return r
	}
	slices.Sort(times)
	r.Median, r.P99, r.Max = times[len(times)/2], times[len(times)*99/100], times[len(times)-1]
	r.Top10 = float64(hits) / float64(len(times))
	return r
}

// FindQueries draws n queries from the stored cards, the same for the same seed
// and cards: of a hundred, forty are typed until the list is short (four letters
// of the surname or more, two of the given name, the year of birth), twenty whole
// names in any order, fifteen with one typo, ten in the wrong layout, ten the
// last seven digits of a phone, five the number of a document.
func FindQueries(r *Reader, n int, seed uint64) ([]FindQuery, error) {
	rng := rand.New(rand.NewPCG(seed, 0x66696e64))
	last, err := scalar[int64](r, `SELECT coalesce(max(n), 0) FROM find_patient`)
	if err != nil || last == 0 {
		return nil, err
	}
	out := make([]FindQuery, 0, n)
	for tries := 0; len(out) < n && tries < 100*n; tries++ {
		kind, text := queryMix(len(out))
		id, err := scalar[clinic.ID](r, `SELECT id FROM find_patient WHERE n >= ? ORDER BY n LIMIT 1`, rng.Int64N(last)+1)
		if err != nil {
			return nil, err
		}
		p, err := r.Patient(id)
		if err != nil {
			return nil, err
		}
		if q := text(rng, &p); q != "" {
			out = append(out, FindQuery{Text: q, Want: p.ID, Kind: kind})
		}
	}
	return out, nil
}

// queryMix says of what kind the i-th query is.
func queryMix(i int) (kind string, text func(*rand.Rand, *clinic.Patient) string) {
	switch k := i % 20; {
	case k < 8:
		return "prefix", prefixQuery
	case k < 12:
		return "words", wordsQuery
	case k < 15:
		return "typo", typoQuery
	case k < 17:
		return "layout", layoutQuery
	case k < 19:
		return "phone", phoneQuery
	}
	return "document", documentQuery
}

func prefixQuery(rng *rand.Rand, p *clinic.Patient) string {
	family, given := []rune(strings.ToLower(p.Family)), []rune(strings.ToLower(p.Given))
	if len(family) < 4 || len(given) < 2 || p.BirthDate.Year() == 0 {
		return ""
	}
	f, g := 4+rng.IntN(len(family)-3), 2+rng.IntN(len(given)-1)
	return string(family[:f]) + " " + string(given[:g]) + " " + strconv.Itoa(p.BirthDate.Year())
}

func nameWords(p *clinic.Patient) []string { return strings.Fields(strings.ToLower(p.Name.String())) }

func wordsQuery(rng *rand.Rand, p *clinic.Patient) string {
	words := nameWords(p)
	if len(words) < 2 {
		return ""
	}
	rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return strings.Join(words, " ")
}

func typoQuery(rng *rand.Rand, p *clinic.Patient) string {
	words := nameWords(p)
	if len(words) < 2 {
		return ""
	}
	i := rng.IntN(len(words))
	word := []rune(words[i])
	if len(word) < 4 {
		return ""
	}
	words[i] = string(mistype(rng, word))
	return strings.Join(words, " ")
}

// mistype makes one edit: a letter replaced, left out, put in, or two exchanged.
func mistype(rng *rand.Rand, word []rune) []rune {
	at := rng.IntN(len(word) - 1)
	letter := []rune("аеиоунтрслвк")[rng.IntN(12)]
	switch rng.IntN(4) {
	case 0:
		word[at] = letter
	case 1:
		word = slices.Delete(word, at, at+1)
	case 2:
		word = slices.Insert(word, at, letter)
	default:
		word[at], word[at+1] = word[at+1], word[at]
	}
	return word
}

func layoutQuery(_ *rand.Rand, p *clinic.Patient) string {
	words := nameWords(p)
	if len(words) < 2 {
		return ""
	}
	if typed := fold.Layouts(strings.Join(words, " ")); len(typed) > 0 {
		return typed[0]
	}
	return ""
}

func phoneQuery(rng *rand.Rand, p *clinic.Patient) string {
	phones := cardPhones(p)
	if len(phones) == 0 {
		return ""
	}
	digits := phones[rng.IntN(len(phones))]
	if len(digits) < 7 {
		return ""
	}
	return digits[len(digits)-7:]
}

func documentQuery(rng *rand.Rand, p *clinic.Patient) string {
	if len(p.Documents) == 0 {
		return ""
	}
	d := p.Documents[rng.IntN(len(p.Documents))]
	return strings.TrimSpace(d.Series + " " + d.Number)
}
