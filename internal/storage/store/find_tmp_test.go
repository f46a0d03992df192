package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"math/rand/v2"
)

func TestTmpCorpus(t *testing.T) {
	s := found(t, t.TempDir())
	newCrowd(11).register(t, s, 3000)
	r := s.Reader(context.Background())
	dir := os.Getenv("CORPUS")
	var qs []string
	files, _ := filepath.Glob(dir + "/*")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, l := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(l, "string(") {
				q, _ := strconv.Unquote(l[7 : len(l)-1])
				qs = append(qs, q)
			}
		}
	}
	n := len(qs)
	rng := rand.New(rand.NewPCG(1, 1))
	alpha := []rune("аоенивск abcheiyuz  1234-.'`әқ")
	for range 20000 {
		l := 1 + rng.IntN(160)
		k := 1+rng.IntN(len(alpha))
		b := make([]rune, l)
		for i := range b {
			b[i] = alpha[rng.IntN(k)]
		}
		qs = append(qs, string(b))
	}
	var worst time.Duration
	for _, q := range qs {
		start := time.Now()
		if _, err := r.FindPatients(q, 50); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d > worst || d > 20*time.Millisecond {
			worst = max(worst, d)
			start = time.Now()
			r.FindPatients(q, 50)
			t.Log(d, time.Since(start), strconv.Quote(q))
		}
	}
	t.Log(n, len(qs))
}
