package store_test

import (
	"context"
	"os"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/storage/store"
)

// frame is what a picture on the screen takes.
const frame = 16 * time.Millisecond

// The right card is among the first ten (R1.5), and ten times the cards cost
// little more time. FELDSHER_SOAK=1 measures at 10 000 and 100 000 cards; the
// ordinary run holds only the quality, which no busy machine changes.
func TestFindSpeed(t *testing.T) {
	sizes := []int{500, 4000}
	if testing.Short() {
		sizes = []int{200, 400}
	}
	soak := os.Getenv("FELDSHER_SOAK") == "1"
	if soak {
		sizes = []int{10000, 100000}
	}
	var reports []store.FindReport
	for _, n := range sizes {
		s := found(t, t.TempDir())
		start := time.Now()
		registerDemo(t, s, n)
		t.Logf("%d cards made and stored in %v", n, time.Since(start))
		queries, err := store.FindQueries(s.Reader(context.Background()), 1000, 1)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.BenchFind(context.Background(), queries)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d cards: median %v (%.3f frames), p99 %v (%.3f), max %v, top ten %.1f %%", n, report.Median, frames(report.Median),
			report.P99, frames(report.P99), report.Max, 100*report.Top10)
		t.Logf("  just opened: median %v, p99 %v, max %v", report.Cold.Median, report.Cold.P99, report.Cold.Max)
		for kind, r := range report.Kinds {
			t.Logf("  %-8s median %v, p99 %v, max %v, top ten %.1f %%", kind, r.Median, r.P99, r.Max, 100*r.Top10)
		}
		for _, q := range report.Missed[:min(len(report.Missed), 5)] {
			t.Logf("  missed: %s %q", q.Kind, q.Text)
		}
		if report.Top10 < 0.98 {
			t.Errorf("%d cards: the right card is in the first ten for %.1f %% of the queries", n, 100*report.Top10)
		}
		t.Logf("  index: %.1f MiB", float64(store.IndexSize(t, s))/(1<<20))
		reports = append(reports, report)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	small, large := reports[0], reports[1]
	median, p99 := float64(large.Median)/float64(small.Median), float64(large.P99)/float64(small.P99)
	t.Logf("growth: median × %.2f, p99 × %.2f", median, p99)
	if soak && (median > 1.5 || p99 > 3 || large.Cold.P99 > frame) {
		t.Errorf("from %d to %d cards: median × %.2f, p99 × %.2f, %v", sizes[0], sizes[1], median, p99, large.P99)
	}
}

// registerDemo stores made-up people of both countries, each third in Kazakhstan.
func registerDemo(t testing.TB, s *store.Store, n int) {
	t.Helper()
	today := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for country, part := range map[clinic.Country]int{clinic.Russia: n - n/3, clinic.Kazakhstan: n / 3} {
		people := demo.New(uint64(n), country, today, part)
		for people.Left() > 0 {
			var batch []*clinic.Patient
			for range min(people.Left(), 1000) {
				p, _ := people.Next()
				batch = append(batch, &p)
			}
			put(t, s, batch...)
		}
	}
}

func frames(d time.Duration) float64 { return float64(d) / float64(frame) }
