package depot

import (
	"sync"
	"sync/atomic"
	"testing"

	"feldsher/internal/ledger"
)

// BenchmarkPush: one small push after the other, 200 organisations at once, and a
// first exchange of 1 000 entries a push.
func BenchmarkPush(b *testing.B) {
	for _, kind := range []struct {
		name string
		here func(testing.TB) where
	}{{"sqlite", sqliteHere}, {"postgres", postgresHere}} {
		b.Run(kind.name+"/alone", func(b *testing.B) { pushes(b, kind.here(b).open(b), 1, 1) })
		b.Run(kind.name+"/200 at once", func(b *testing.B) { pushes(b, kind.here(b).open(b), 200, 1) })
		b.Run(kind.name+"/bulk", func(b *testing.B) { pushes(b, kind.here(b).open(b), 1, 1000) })
	}
}

func pushes(b *testing.B, d Depot, orgs, batch int) {
	var clinics []*clinic
	for range orgs {
		clinics = append(clinics, found(b, d, 1))
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	entries := make([][]*ledger.Entry, orgs)
	b.ResetTimer()
	for i, c := range clinics {
		wg.Go(func() {
			for int(next.Add(int64(batch))) <= b.N+batch-1 {
				entries[i] = entries[i][:0]
				for range batch {
					entries[i] = append(entries[i], c.stations[0].entry(ledger.Changes, 1000))
				}
				if _, _, err := d.Push(b.Context(), c.stations[0].caller(), 0, entries[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
