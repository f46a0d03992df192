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
	newCrowd(1).register(t, s, n)
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
	store.TmpSizes(t, s)
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
	kinds["ALL"] = all
	for k, l := range kinds {
		slices.Sort(l)
		t.Log("BEST", k, "median", l[len(l)/2], "p99", l[len(l)*99/100], "max", l[len(l)-1])
	}
	t.Log("BEST missed", miss/7)
}
