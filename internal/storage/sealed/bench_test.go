package sealed

import (
	"path/filepath"
	"testing"
)

// The pairs measure the same work on a sealed and a plain database:
//
//	go test -bench 'Insert|Reads|Search|Commit' -run none
//
// Bench gives the ratios in one run.

func benchmarkWork(b *testing.B, sealed bool, work int) {
	b.Helper()
	n := fullLoad
	p, closeAll, err := benchOpen(b.Context(), filepath.Join(b.TempDir(), "x.db"), sealed)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := closeAll(); err != nil {
			b.Error(err)
		}
	}()
	if work > 0 {
		runParts(b, 0, p, n)
	}
	for b.Loop() {
		if work == 0 { // the same rows again need an empty table
			b.StopTimer()
			if _, err := p.writer.Exec("DELETE FROM patient; DELETE FROM patient_words"); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		runParts(b, work, p, n)
	}
}

func runParts(b *testing.B, work int, p pools, n load) {
	b.Helper()
	for part := range benchParts {
		if err := benchWorks[work].run(b.Context(), p, n, part); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBulkInsertSealed(b *testing.B)    { benchmarkWork(b, true, 0) }
func BenchmarkBulkInsertPlain(b *testing.B)     { benchmarkWork(b, false, 0) }
func BenchmarkPointReadsSealed(b *testing.B)    { benchmarkWork(b, true, 1) }
func BenchmarkPointReadsPlain(b *testing.B)     { benchmarkWork(b, false, 1) }
func BenchmarkPrefixSearchSealed(b *testing.B)  { benchmarkWork(b, true, 2) }
func BenchmarkPrefixSearchPlain(b *testing.B)   { benchmarkWork(b, false, 2) }
func BenchmarkDurableCommitSealed(b *testing.B) { benchmarkWork(b, true, 3) }
func BenchmarkDurableCommitPlain(b *testing.B)  { benchmarkWork(b, false, 3) }

// BenchmarkRatios reports what Bench reports.
func BenchmarkRatios(b *testing.B) {
	for b.Loop() {
		ratios, err := Bench(b.Context(), b.TempDir(), false)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range ratios {
			b.ReportMetric(r.Ratio, r.Name)
			b.Logf("%-15s %.3f (target %.2f): sealed %v, plain %v", r.Name, r.Ratio, r.Target, r.Sealed, r.Plain)
		}
	}
}

// BenchmarkPage measures sealing and opening one page; neither may allocate.
func BenchmarkPage(b *testing.B) {
	s, err := newSealer(&Key{1}, newSalt())
	if err != nil {
		b.Fatal(err)
	}
	c := &coder{sealer: s}
	plain, disk := make([]byte, pageSize), make([]byte, pageSize)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(pageSize)
		for b.Loop() {
			c.seal(disk, plain, c.mainAAD(7), 0)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(pageSize)
		for b.Loop() {
			if !c.open(plain, disk, c.mainAAD(7), 0) {
				b.Fatal("the page did not open")
			}
		}
	})
}

func TestBenchQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	ratios, err := Bench(t.Context(), t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range ratios {
		if r.Ratio <= 0 || r.Sealed <= 0 || r.Plain <= 0 || r.Target < 1 {
			t.Errorf("%+v", r)
		}
		t.Logf("%-15s %.2f", r.Name, r.Ratio)
	}
	if len(ratios) != 4 {
		t.Errorf("%d ratios", len(ratios))
	}
}
