package vault

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

var errInjected = errors.New("injected fault")

// memDisk is a disk that forgets what was not synced, and fails on demand. It
// is as unkind as POSIX allows: names become durable in any order until their
// directory is synced, and sectors of an unsynced file one by one.
type memDisk struct {
	names   map[string]*memFile
	durable map[string]*memFile
	pending []nameOp
	all     []*memFile // every file ever made, reachable or not
	random  *rand.Rand

	ops    int // counted operations so far
	failAt int // the operation that fails; 0 for none
	dieAt  int // the operation from which on everything fails; 0 for none
	dead   bool
}

type memFile struct{ data, synced []byte }

type nameOp struct {
	remove string
	add    string
	file   *memFile
}

func newMemDisk(seed uint64) *memDisk {
	return &memDisk{
		names: map[string]*memFile{}, durable: map[string]*memFile{},
		random: rand.New(rand.NewPCG(seed, 1)),
	}
}

// clone gives an independent disk with the same durable state and no faults.
func (d *memDisk) clone(seed uint64) *memDisk {
	c := newMemDisk(seed)
	for name, f := range d.names {
		c.names[name] = &memFile{bytes.Clone(f.data), bytes.Clone(f.data)}
		c.all = append(c.all, c.names[name])
	}
	c.durable = maps.Clone(c.names)
	return c
}

// step counts an operation and tells whether it fails.
func (d *memDisk) step() error {
	if d.dead {
		return errInjected
	}
	d.ops++
	if d.ops == d.failAt || d.ops == d.dieAt {
		d.dead = d.ops == d.dieAt
		return errInjected
	}
	return nil
}

func (d *memDisk) read(path string, max int64) ([]byte, error) {
	f, ok := d.names[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(f.data), nil
}

func (d *memDisk) size(path string) (int64, error) {
	f, ok := d.names[path]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return int64(len(f.data)), nil
}

func (d *memDisk) open(path string, flag int) (diskFile, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	f, ok := d.names[path]
	if !ok {
		if flag&os.O_CREATE == 0 {
			return nil, fs.ErrNotExist
		}
		f = &memFile{}
		d.names[path] = f
		d.all = append(d.all, f)
		d.pending = append(d.pending, nameOp{add: path, file: f})
	}
	if flag&os.O_TRUNC != 0 {
		f.data = nil
	}
	return &memHandle{d, f}, nil
}

func (d *memDisk) rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	f, ok := d.names[from]
	if !ok {
		return fs.ErrNotExist
	}
	delete(d.names, from)
	d.names[to] = f
	d.pending = append(d.pending, nameOp{remove: from, add: to, file: f})
	return nil
}

func (d *memDisk) remove(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	if _, ok := d.names[path]; !ok {
		return fs.ErrNotExist
	}
	delete(d.names, path)
	d.pending = append(d.pending, nameOp{remove: path})
	return nil
}

func (d *memDisk) syncDir(string) error {
	if err := d.step(); err != nil {
		return err
	}
	d.durable = maps.Clone(d.names)
	d.pending = nil
	return nil
}

type memHandle struct {
	d *memDisk
	f *memFile
}

// WriteAt writes a part when it fails, as a full disk does.
func (h *memHandle) WriteAt(p []byte, off int64) (int, error) {
	err := h.d.step()
	if err != nil {
		p = p[:h.d.random.IntN(len(p)+1)]
	}
	if need := int(off) + len(p); need > len(h.f.data) {
		h.f.data = append(bytes.Clone(h.f.data), make([]byte, need-len(h.f.data))...)
	}
	copy(h.f.data[off:], p)
	return len(p), err
}

func (h *memHandle) Sync() error {
	if err := h.d.step(); err != nil {
		return err
	}
	h.f.synced = bytes.Clone(h.f.data)
	return nil
}

func (h *memHandle) Close() error { return h.d.step() }

// crash gives the disk as a power cut leaves it.
func (d *memDisk) crash(seed uint64) *memDisk {
	random := rand.New(rand.NewPCG(seed, 2))
	names := maps.Clone(d.durable)
	for _, op := range d.pending {
		if random.IntN(2) == 0 {
			continue
		}
		if op.remove != "" {
			delete(names, op.remove)
		}
		if op.add != "" {
			names[op.add] = op.file
		}
	}
	c := newMemDisk(seed)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		content := names[name].torn(random)
		c.names[name] = &memFile{content, bytes.Clone(content)}
	}
	c.durable = maps.Clone(c.names)
	return c
}

// torn mixes the sectors of the last synced and the last written content.
func (f *memFile) torn(random *rand.Rand) []byte {
	if bytes.Equal(f.data, f.synced) {
		return bytes.Clone(f.data)
	}
	n := len(f.synced)
	if len(f.data) != n && random.IntN(2) == 0 {
		n = min(n, len(f.data)) + random.IntN(max(n, len(f.data))-min(n, len(f.data))+1)
	}
	out := make([]byte, n)
	copy(out, f.synced)
	const sector = 512
	for at := 0; at < n; at += sector {
		if at < len(f.data) && random.IntN(2) == 0 {
			copy(out[at:min(n, at+sector)], f.data[at:])
		}
	}
	return out
}

// The scenarios of crash_test.go must pass on the real disk as well, or the
// model is not one.
func TestScenariosOnTheRealDisk(t *testing.T) {
	for name, scenario := range scenarios() {
		t.Run(name, func(t *testing.T) {
			w := &world{disk: osDisk{}, dir: t.TempDir()}
			w.init(t)
			for _, s := range scenario {
				must(t, s.run(w))
				s.done(w)
			}
			w.check(t, osDisk{}, []state{w.expected})
		})
	}
}
