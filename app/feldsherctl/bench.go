package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/exchange/sheet"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/store"
)

type benchCmd struct {
	Patients int    `default:"100000" help:"${cli_bench_patients}"`
	Quick    bool   `help:"${cli_bench_quick}"`
	Dir      string `placeholder:"DIR" help:"${cli_tour_dir}"`
}

// measure is one figure of the bench: a ratio of two measured in this run, or a
// time, with the most it may be and what is aimed at.
type measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // ×, ms, MB, %, s
	Most  float64 `json:"most,omitempty"`
	Aim   float64 `json:"aim,omitempty"`
	Note  string  `json:"note,omitempty"`
}

type bench struct {
	*session
	dir      string
	quick    bool
	measures []measure
}

func (c *benchCmd) Run(s *session) error {
	if c.Patients < 1000 {
		return fault.At("patients", "fault.field.number")
	}
	dir, err := os.MkdirTemp(c.Dir, "feldsher-bench-")
	if err != nil {
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", c.Dir)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{session: s, dir: dir, quick: c.Quick}
	for _, part := range []func(context.Context) error{
		b.cipher, b.ledger, func(ctx context.Context) error { return b.clinics(ctx, c.Patients) }, b.xlsx,
	} {
		if err := part(s.ctx); err != nil {
			return err
		}
	}
	if s.cli.JSON {
		return writeJSON(s.stdout, b.measures)
	}
	return nil
}

func (b *bench) add(m measure) {
	b.measures = append(b.measures, m)
	if b.cli.JSON {
		return
	}
	limit := ""
	if m.Most > 0 {
		limit = fmt.Sprintf("≤ %g", m.Most)
		if m.Aim > 0 {
			limit += fmt.Sprintf(" (%g)", m.Aim)
		}
		if m.Value > m.Most {
			limit += "  !"
		}
	}
	_, _ = fmt.Fprintf(b.stdout, "%-52s %9.3f %-3s %-16s %s\n", m.Name, m.Value, m.Unit, limit, m.Note)
}

// cipher compares the encrypted file with plain modernc.
func (b *bench) cipher(ctx context.Context) error {
	ratios, err := sealed.Bench(ctx, b.dir, b.quick)
	if err != nil {
		return err
	}
	for _, r := range ratios {
		b.add(measure{
			Name: "encrypted / plain: " + r.Name, Value: r.Ratio, Unit: "×", Most: r.Target,
			Note: fmt.Sprintf("%v / %v", r.Sealed.Round(time.Microsecond), r.Plain.Round(time.Microsecond)),
		})
	}
	return nil
}

// ledger compares saving a visit with the ledger and without.
func (b *bench) ledger(ctx context.Context) error {
	d, err := b.found(ctx, "ledger")
	if err != nil {
		return err
	}
	defer func() { _ = d.store.Close() }()
	n := 600
	if b.quick {
		n = 150
	}
	var visits []clinic.Visit
	var patients []records.Incoming
	for in, err := range people(demo.New(7, clinic.Russia, b.now(), n), nil) {
		if err != nil {
			return err
		}
		visits = append(visits, in.Visits...)
		in.Visits, in.Protocols = nil, nil
		patients = append(patients, in)
	}
	visits = visits[:min(n, len(visits))]
	flow := func(yield func(records.Incoming, error) bool) {
		for _, in := range patients {
			if !yield(in, nil) {
				return
			}
		}
	}
	if _, err := d.records.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo"}, flow); err != nil {
		return err
	}
	with, without, err := d.store.BenchVisits(ctx, visits)
	if err != nil {
		return err
	}
	b.add(measure{
		Name: "visit save: ledger on / off", Value: float64(with) / float64(without), Unit: "×", Most: 2, Aim: 1.5,
		Note: fmt.Sprintf("%v / %v", with.Round(time.Microsecond), without.Round(time.Microsecond)),
	})
	return nil
}

func (b *bench) found(ctx context.Context, name string) (*desk, error) {
	st, _, err := store.Found(ctx, filepath.Join(b.dir, name), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: tourPassword, Params: b.params,
		Admin: clinic.Staff{Login: tourLogin, Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}, Active: true},
	}, store.Options{Now: b.now, Throwaway: true})
	if err != nil {
		return nil, err
	}
	return b.sit(st)
}

// grown is a clinic of some size and what was measured in it.
type grown struct {
	find          store.FindReport
	card, cardP99 time.Duration
}

// clinics measures a large clinic against a tenth of it.
func (b *bench) clinics(ctx context.Context, n int) error {
	small, err := b.grow(ctx, "small", n/10)
	if err != nil {
		return err
	}
	large, err := b.grow(ctx, "large", n)
	if err != nil {
		return err
	}
	growth := func(name string, a, z time.Duration, most float64) {
		b.add(measure{
			Name: name, Value: float64(z) / float64(a), Unit: "×", Most: most,
			Note: fmt.Sprintf("%v → %v", a.Round(time.Microsecond), z.Round(time.Microsecond)),
		})
	}
	frame := float64(16 * time.Millisecond)
	b.add(measure{Name: fmt.Sprintf("search at %d: right card in the top ten", n), Value: large.find.Top10 * 100, Unit: "%"})
	b.add(measure{Name: "search, median in frames of 16 ms", Value: float64(large.find.Median) / frame, Unit: "fr"})
	b.add(measure{Name: "search, p99 in frames of 16 ms", Value: float64(large.find.P99) / frame, Unit: "fr"})
	growth("search, growth of the median", small.find.Median, large.find.Median, 1.5)
	growth("search, growth of p99", small.find.P99, large.find.P99, 3)
	growth("opening a card, growth of the median", small.card, large.card, 1.5)
	growth("opening a card, growth of p99", small.cardP99, large.cardP99, 3)
	return nil
}

// grow founds a clinic, fills it, and measures in it.
func (b *bench) grow(ctx context.Context, name string, n int) (g grown, err error) {
	d, err := b.found(ctx, name)
	if err != nil {
		return g, err
	}
	open := true
	defer func() {
		if open {
			_ = d.store.Close()
		}
	}()
	var plain int64
	start := time.Now()
	flow := counted(people(demo.New(11, clinic.Russia, b.now(), n), nil), &plain)
	added, err := d.records.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true}, flow)
	if err != nil {
		return g, err
	}
	filled := time.Since(start)
	queries, err := store.FindQueries(d.store.Reader(ctx), 1000, 5)
	if err == nil {
		g.find, err = d.store.BenchFind(ctx, queries)
	}
	if err != nil {
		return g, err
	}
	ids, err := d.store.Reader(ctx).Sample(1000)
	if err != nil {
		return g, err
	}
	if g.card, g.cardP99, err = d.store.BenchCards(ctx, ids); err != nil {
		return g, err
	}
	if name != "large" {
		return g, nil
	}
	return g, b.largeOnly(ctx, d, added, filled, plain, &open)
}

// largeOnly measures what is asked of the large clinic alone.
func (b *bench) largeOnly(ctx context.Context, d *desk, added records.Added, filled time.Duration, plain int64, open *bool) error {
	b.add(measure{Name: fmt.Sprintf("demo: %d patients, %d visits", added.Patients, added.Visits), Value: filled.Seconds(), Unit: "s"})
	if err := b.icd(ctx, d); err != nil {
		return err
	}
	start := time.Now()
	report, err := d.store.Verify(ctx)
	if err != nil {
		return err
	}
	b.add(measure{Name: "ledger verify", Value: time.Since(start).Seconds(), Unit: "s", Note: fmt.Sprintf("%d entries, %d rows", report.Entries, report.Rows)})
	dir := d.store.Dir()
	*open = false
	if err := d.store.Close(); err != nil {
		return err
	}
	size, err := bytesIn(dir)
	if err != nil {
		return err
	}
	b.add(measure{
		Name: "size on disk with ledger / plain JSON", Value: float64(size) / float64(plain), Unit: "×", Most: 2.5, Aim: 1.5,
		Note: fmt.Sprintf("%d MB / %d MB", size>>20, plain>>20),
	})
	return nil
}

// counted adds up what the flow would be as plain JSON.
func counted(flow iter.Seq2[records.Incoming, error], n *int64) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for in, err := range flow {
			for _, v := range []any{in.Patient, in.Problems, in.Allergies, in.Visits, in.Protocols} {
				j, e := json.Marshal(v)
				if e != nil && err == nil {
					err = e
				}
				*n += int64(len(j))
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

func bytesIn(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}

// icd searches the table as a doctor types.
func (b *bench) icd(ctx context.Context, d *desk) error {
	x, err := d.catalog.Index(ctx)
	if err != nil {
		return err
	}
	queries := []string{"гиперт", "ubgthnjybz", "j06", "орви", "диабет 2", "боль в спине", "острый брнхит", "и10", "гастрит хр", "беременность"}
	var times []time.Duration
	for range 100 {
		for _, q := range queries {
			start := time.Now()
			x.Search(q, 20, icd.Options{})
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.add(measure{Name: "ICD search, p99", Value: float64(times[len(times)*99/100].Microseconds()) / 1000, Unit: "ms"})
	return nil
}

// xlsx compares the list of patients with bare excelize.
func (b *bench) xlsx(context.Context) error {
	n := 100_000
	if b.quick {
		n = 10_000
	}
	r, err := sheet.Bench(n)
	if err != nil {
		return err
	}
	b.add(measure{
		Name: fmt.Sprintf("XLSX of %d patients / bare excelize", n), Value: r.Times(), Unit: "×", Most: 1.3,
		Note: fmt.Sprintf("%v / %v", r.Ours.Round(time.Millisecond), r.Bare.Round(time.Millisecond)),
	})
	return nil
}
