package store_test

import (
	"context"
	"os"
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
		report, err := s.BenchFind(context.Background(), queries)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("median %v, p99 %v, max %v, top ten %.1f %%", report.Median, report.P99, report.Max, 100*report.Top10)
		for kind, r := range report.Kinds {
			t.Logf("  %-8s median %v, p99 %v, max %v, top ten %.1f %%", kind, r.Median, r.P99, r.Max, 100*r.Top10)
		}
		for _, q := range report.Missed[:min(len(report.Missed), 8)] {
			t.Logf("  missed: %s %q", q.Kind, q.Text)
		}
	}
}
