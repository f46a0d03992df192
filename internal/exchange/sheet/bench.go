package sheet

import (
	"fmt"
	"io"
	"iter"
	"runtime"
	"time"

	"github.com/xuri/excelize/v2"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// Ratio compares Patients with excelize's bare StreamWriter that writes the same
// values, without styles, header and filters, from rows made beforehand.
type Ratio struct {
	Rows       int
	Ours, Bare time.Duration // the fastest of the rounds
	Size       int64         // bytes of the file
	Peak       uint64        // most bytes of live heap seen while Patients wrote
}

// Times is the ratio itself: ours to bare.
func (r Ratio) Times() float64 { return float64(r.Ours) / float64(r.Bare) }

// rounds of measuring: other programs disturb some of them, hardly all.
const rounds = 5

// Bench measures n rows in rounds, ours and bare by turns, the fastest counts.
func Bench(n int) (Ratio, error) {
	people := invented(1000)
	values := make([][]any, len(people))
	c := newCells(translations.Russian)
	for i := range people {
		values[i] = append([]any(nil), c.of(&people[i])...)
	}
	r := Ratio{Rows: n}
	for range rounds {
		t, err := timed(func() error { return bare(values, n) })
		if err != nil {
			return r, err
		}
		if r.Bare == 0 || t < r.Bare {
			r.Bare = t
		}
		t, err = timed(func() error {
			_, err := Patients(io.Discard, translations.Russian, cycle(people, n, nil), Options{})
			return err
		})
		if err != nil {
			return r, err
		}
		if r.Ours == 0 || t < r.Ours {
			r.Ours = t
		}
	}
	return r, r.watch(people, n)
}

// watch writes once more and notes how much heap is alive meanwhile.
func (r *Ratio) watch(people []clinic.Patient, n int) error {
	look := func() {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		r.Peak = max(r.Peak, m.HeapAlloc)
	}
	out := &watched{look: look}
	_, err := Patients(out, translations.Russian, cycle(people, n, look), Options{})
	r.Size = int64(out.n)
	return err
}

// watched throws away what is written and looks at the heap every megabyte.
type watched struct {
	look    func()
	n, last int
}

func (w *watched) Write(p []byte) (int, error) {
	w.n += len(p)
	if w.n-w.last > 1<<20 {
		w.last = w.n
		w.look()
	}
	return len(p), nil
}

func timed(fn func() error) (time.Duration, error) {
	runtime.GC()
	start := time.Now()
	err := fn()
	return time.Since(start), err
}

func bare(values [][]any, n int) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i := range n {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := sw.SetRow(at, values[i%len(values)]); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(io.Discard)
	return err
}

// cycle repeats the people up to n rows and calls watch now and then.
func cycle(people []clinic.Patient, n int, watch func()) iter.Seq2[clinic.Patient, error] {
	return func(yield func(clinic.Patient, error) bool) {
		for i := range n {
			if watch != nil && (i%10000 == 9999 || i == n-1) {
				watch()
			}
			if !yield(people[i%len(people)], nil) {
				return
			}
		}
	}
}

// invented makes people that nobody is.
func invented(n int) []clinic.Patient {
	families := []string{"Берёзкин", "Ключев", "Полянский", "Ручьёв", "Сынақбаев", "Тестов", "Үлгиев"}
	given := []string{"Алексей", "Борис", "Дәурен", "Егор", "Иван", "Нұрлан"}
	people := make([]clinic.Patient, n)
	for i := range people {
		people[i] = clinic.Patient{
			CaseNumber: fmt.Sprintf("А-%06d", i+1),
			Name:       clinic.Name{Family: families[i%len(families)], Given: given[i%len(given)], Patronymic: "Примерович"},
			Sex:        clinic.Male,
			BirthDate:  clinic.Date(fmt.Sprintf("%d-%02d-%02d", 1930+i%90, 1+i%12, 1+i%28)),
			SNILS:      fmt.Sprintf("%011d", i), TaxNumber: fmt.Sprintf("%012d", i), Policy: fmt.Sprintf("%016d", i),
			Citizenship: "RUS",
			Contacts: []clinic.Contact{
				{Kind: "phone", Value: fmt.Sprintf("+7 900 000-%02d-%02d", i/100%100, i%100)},
				{Kind: "email", Value: fmt.Sprintf("p%d@mail.example", i)},
			},
			Addresses: []clinic.Address{
				{Use: "registration", PostalCode: "620000", Region: "Свердловская область", City: "Екатеринбург", Street: "ул. Примерная", House: fmt.Sprint(i % 90), Flat: fmt.Sprint(i % 200)},
				{Use: "residence", Text: "там же"},
			},
			Documents: []clinic.Document{{Type: "passport", Series: "6500", Number: fmt.Sprintf("%06d", i), Issued: "2004-05-17", Issuer: "отделом внутренних дел"}},
		}
	}
	return people
}
