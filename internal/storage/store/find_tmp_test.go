package store_test

import (
	"context"
	"feldsher/internal/clinic"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"feldsher/internal/storage/store"
)

func TestTmpBuild(t *testing.T) {
	dir := os.Getenv("TMPFIND")
	if dir == "" {
		t.Skip()
	}
	n, _ := strconv.Atoi(os.Getenv("TMPN"))
	s := found(t, dir)
	start := time.Now()
	registerDemo(t, s, n)
	t.Logf("%d cards in %v", n, time.Since(start))
}

func TestTmpMeasure(t *testing.T) {
	dir := os.Getenv("TMPFIND")
	if dir == "" {
		t.Skip()
	}
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if os.Getenv("TMPREBUILD") != "" {
		start := time.Now()
		if err := s.RebuildIndex(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Log("rebuild", time.Since(start))
	}
	defer store.TmpSizes(t, s)
	queries, err := store.FindQueries(s.Reader(context.Background()), 1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		rep, err := s.BenchFind(context.Background(), queries)
		if err != nil {
			t.Fatal(err)
		}
		t.Log("BENCH", rep.Median, rep.P99, rep.Max, rep.Top10)
		for k, r := range rep.Kinds {
			t.Log("   ", k, r.Median, r.P99, r.Max)
		}
	}
	r := s.Reader(context.Background())
	best := make([]time.Duration, len(queries))
	kinds := map[string][]time.Duration{}
	var all []time.Duration
	miss := 0
	for i, q := range queries {
		best[i] = time.Hour
		for range 7 {
			start := time.Now()
			l, err := r.FindPatients(q.Text, 10)
			best[i] = min(best[i], time.Since(start))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(l, func(b clinic.Brief) bool { return b.ID == q.Want }) {
				miss++
				t.Log("missed", q.Kind, q.Text)
			}
		}
		all = append(all, best[i])
		kinds[q.Kind] = append(kinds[q.Kind], best[i])
		if best[i] > 900*time.Microsecond {
			t.Log("slow", best[i], q.Kind, q.Text)
		}
	}
	for _, q := range []string{"а", "а б", "б а в", "ив а", "а 1980", "1985", "а б 1980", "123", "01.01", "иван 123", "иван 4510", "а 85", "анна", "анна сергеевна", "сергеевна", "александр александрович 1980",
		"зщшгн лкджф", "zzzz yyyy", "qwertyuiop asdfghjkl", "йцу фыв яче мит", "01.01.1980", "а 01.01.1980", "иванов 12.03", "1 2 3 4 5", "мария мария мария", "1985 иванов 4567", "и п 4567", "a b c d", "...123 а"} {
		b, n := time.Hour, 0
		for range 5 {
			start := time.Now()
			l, err := r.FindPatients(q, 50)
			b = min(b, time.Since(start))
			n = len(l)
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Log("WORST", b, n, q)
	}
	kinds["ALL"] = all
	for k, l := range kinds {
		slices.Sort(l)
		t.Log("BEST", k, "median", l[len(l)/2], "p99", l[len(l)*99/100], "max", l[len(l)-1])
	}
	t.Log("BEST missed", miss/7)
}
