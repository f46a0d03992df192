package faultfs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A disk writes a sector as a whole; a cache of the system often a block.
const (
	sector = 512
	block  = 4096
)

// Disk is a Layer that makes chosen operations fail and remembers what has
// been flushed, so that it can say what a power cut leaves behind. The program
// under test works on real files the while.
//
// Its model: a flush makes all that was written to the file before durable.
// What was not flushed may reach the disk in any order, sector by sector, or
// not at all. A new name is durable once its file or its folder has been
// flushed; a removal once its folder, or any file, has been flushed after it.
type Disk struct {
	dir string

	mu     sync.Mutex
	plan   func(n int, op Op) Outcome
	lying  bool
	off    bool // after a power cut
	count  int
	last   Op
	files  map[string]*diskFile // by name, those that exist for the program
	ghosts map[string]*diskFile // removed, but not durably
}

// diskFile is one file's durable bytes and what may or may not follow them.
type diskFile struct {
	named   bool // the name is durable
	durable []byte
	waiting []change
}

// change is a write, or with no data a truncation.
type change struct {
	off  int64
	data []byte
	cut  bool
}

// NewDisk watches the folder dir, and takes what is in it now for durable. It
// must be made before a database in dir is opened.
func NewDisk(dir string) (*Disk, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	d := &Disk{dir: dir, files: map[string]*diskFile{}, ghosts: map[string]*diskFile{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		d.files[e.Name()] = &diskFile{named: true, durable: data}
	}
	return d, nil
}

// Plan sets what becomes of the n-th operation from now on, counted from 1.
// Nil lets all pass.
func (d *Disk) Plan(plan func(n int, op Op) Outcome) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan, d.count, d.off = plan, 0, false
}

// At is a plan that gives the n-th operation that outcome.
func At(n int, out Outcome) func(int, Op) Outcome {
	return func(i int, _ Op) Outcome {
		if i == n {
			return out
		}
		return Outcome{}
	}
}

// From is a plan that gives the n-th and all later operations that outcome.
func From(n int, out Outcome) func(int, Op) Outcome {
	return func(i int, _ Op) Outcome {
		if i >= n {
			return out
		}
		return Outcome{}
	}
}

// Lie makes flushes succeed without doing anything, from now on.
func (d *Disk) Lie(yes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lying = yes
}

// Count is how many operations there were since Plan, and the last of them.
func (d *Disk) Count() (int, Op) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count, d.last
}

// Do implements Layer.
func (d *Disk) Do(op Op) Outcome {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	d.last = Op{Kind: op.Kind, Path: op.Path, To: op.To, Off: op.Off, Size: op.Size}
	if d.off {
		return Outcome{Err: EPOWER}
	}
	var out Outcome
	if d.plan != nil {
		out = d.plan(d.count, op)
	}
	if out.Err == EPOWER {
		d.off = true
	}
	if out.Err == OK && op.Kind == Sync && d.lying {
		out.Silent = true
	}
	if !out.Silent {
		d.note(op, out)
	}
	return out
}

// note follows what the operation does to the files.
func (d *Disk) note(op Op, out Outcome) {
	name := filepath.Base(op.Path)
	if op.Kind == Write && out.Err != OK && out.Wrote > 0 {
		op.Data = op.Data[:min(out.Wrote, len(op.Data))]
	} else if out.Err != OK {
		return
	}
	switch op.Kind {
	case Write:
		d.file(name).add(change{off: op.Off, data: append([]byte(nil), op.Data...)})
	case Truncate:
		d.file(name).add(change{off: op.Size, cut: true})
	case Sync:
		f := d.file(name)
		f.durable, f.waiting, f.named = f.apply(sector, nil), nil, true
		clear(d.ghosts)
	case DirSync:
		for _, f := range d.files {
			f.named = true
		}
		clear(d.ghosts)
	case Delete:
		if f := d.files[name]; f != nil && f.named {
			d.ghosts[name] = f
		}
		delete(d.files, name)
	case Rename:
		to := filepath.Base(op.To)
		if f := d.files[name]; f != nil {
			d.files[to] = f
			delete(d.files, name)
		}
	}
}

func (d *Disk) file(name string) *diskFile {
	f := d.files[name]
	if f == nil {
		f = &diskFile{}
		d.files[name] = f
	}
	return f
}

func (f *diskFile) add(c change) { f.waiting = append(f.waiting, c) }

// apply gives the content after those waiting changes that the power cut lets
// through, unit bytes at a time; nil lets all through.
func (f *diskFile) apply(unit int64, through func() bool) []byte {
	data := append([]byte(nil), f.durable...)
	for _, c := range f.waiting {
		if c.cut {
			if through == nil || through() {
				data = resize(data, c.off)
			}
			continue
		}
		for done := int64(0); done < int64(len(c.data)); {
			at := c.off + done
			n := min(unit-at%unit, int64(len(c.data))-done)
			if through == nil || through() {
				if int64(len(data)) < at+n {
					data = resize(data, at+n)
				}
				copy(data[at:], c.data[done:done+n])
			}
			done += n
		}
	}
	return data
}

func resize(p []byte, n int64) []byte {
	if int64(len(p)) >= n {
		return p[:n]
	}
	return append(p, make([]byte, n-int64(len(p)))...)
}

// Image writes into the folder to what the disk would hold after a power cut
// at this moment. Which unflushed sectors survive, rng decides: all, none, or
// each with some probability, one by one or in blocks of 4 KiB. Files whose names end in "-shm" are left out;
// nobody reads them after a restart.
func (d *Disk) Image(to string, rng *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	chance := []float64{0, 0.1, 0.5, 0.9, 1}[rng.IntN(5)]
	unit := []int64{sector, block}[rng.IntN(2)]
	through := func() bool { return rng.Float64() < chance }
	for name, f := range d.ghosts {
		if d.files[name] == nil && !through() {
			if err := writeImage(to, name, f.apply(unit, through)); err != nil {
				return err
			}
		}
	}
	for name, f := range d.files {
		if !f.named && !through() {
			continue
		}
		if err := writeImage(to, name, f.apply(unit, through)); err != nil {
			return err
		}
	}
	return nil
}

func writeImage(dir, name string, data []byte) error {
	if strings.HasSuffix(name, "-shm") {
		return nil
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		return fmt.Errorf("power cut image: %w", err)
	}
	return nil
}
