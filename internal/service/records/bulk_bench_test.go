package records_test

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/access"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// BenchmarkImport stores a patient with visits, protocols signed, an operation
// each.
func BenchmarkImport(b *testing.B) {
	ctx := context.Background()
	s, _, err := store.Found(ctx, b.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: "correct horse", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{Login: "a", Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}, Active: true},
	}, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	who, err := access.Whoami(ctx, s)
	if err != nil {
		b.Fatal(err)
	}
	r := records.New(s, who, time.Now)
	g := demo.New(1, clinic.Russia, time.Now(), b.N)
	b.ResetTimer()
	_, err = r.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true}, func(yield func(records.Incoming, error) bool) {
		for g.Left() > 0 {
			p, chart := g.Next()
			in := records.Incoming{Patient: p, Problems: chart.Problems, Allergies: chart.Allergies}
			for _, v := range chart.Visits {
				in.Visits = append(in.Visits, v.Visit)
				if v.Protocol != nil {
					in.Protocols = append(in.Protocols, *v.Protocol)
				}
			}
			if !yield(in, nil) {
				return
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}
