package syncer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/store"
)

// A stick is a directory that is carried between workstations of one clinic. Under
// feldsher/<organisation> stand
//
//	entries-<workstation>-<number>.page   entries that the stick had lacked, in causal order
//	keys-<workstation>-<state>.ring       patients' keys, sealed to each live workstation
//	blobs/<hash>                          attachments, sealed, named by SHA-256
//
// docs/formats/stick.md describes their bytes. A file counts when it is whole; one
// that was copied half is passed over, and what it lacked is written again.
const (
	stickRoot  = "feldsher"
	pagePrefix = "entries-"
	pageSuffix = ".page"
	ringPrefix = "keys-"
	ringSuffix = ".ring"
	tempPrefix = ".tmp-"
)

// Stick exchanges with a stick: takes in what it has, and writes onto it what it
// lacks. Erasures that it brings are done before anything is written. pushed counts
// entries that the stick had lacked and has now; that other workstations have got
// them, nobody knows. Faults: NotFound for a path that is not there, Invalid for one
// that is no directory, Space where it can't be written.
func Stick(ctx context.Context, st *store.Store, dir string) (Report, error) {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, os.ErrNotExist):
		return Report{}, fault.Wrap(err, fault.NotFound, "fault.syncer.stick_none", "dir", dir)
	case err != nil:
		return Report{}, unwritable(dir, err)
	case !info.IsDir():
		return Report{}, fault.New(fault.Invalid, "fault.syncer.stick_file", "dir", dir)
	}
	end, err := st.Exchanging(ctx)
	if err != nil {
		return Report{}, err
	}
	defer end()
	s := &stick{st: st, dir: filepath.Join(dir, stickRoot, st.Session().Organisation().String()), there: map[chain]*spans{}}
	if err := os.MkdirAll(filepath.Join(s.dir, "blobs"), 0o755); err != nil {
		return Report{}, unwritable(dir, err)
	}
	err = s.exchange(ctx)
	n, e := st.CountConflicts(ctx)
	return Report{Pushed: s.pushed, Pulled: s.pulled, Conflicts: n}, errors.Join(err, e)
}

func unwritable(dir string, err error) error {
	return fault.Wrap(err, fault.Space, "fault.syncer.stick_write", "dir", dir)
}

// stick is the work with one.
type stick struct {
	st  *store.Store
	dir string

	there          map[chain]*spans // the entries that it has
	rings          []string         // files of keys that were taken in whole
	last           int              // highest number of our own pages
	refused        error
	pushed, pulled int
}

func (s *stick) exchange(ctx context.Context) error {
	pages, rings, err := s.files()
	if err != nil {
		return err
	}
	for _, name := range rings {
		if err := s.takeRing(ctx, name); err != nil {
			return err
		}
	}
	if err := s.takePages(ctx, pages); err != nil {
		return err
	}
	if !s.st.Session().User().IsZero() {
		if err := s.st.Publish(ctx, "keys.publish"); err != nil {
			return err
		}
	}
	if err := s.giveRing(ctx); err != nil {
		return err
	}
	if err := s.givePages(ctx); err != nil {
		return err
	}
	if err := s.carryBlobs(ctx); err != nil {
		return err
	}
	return s.refused
}

// files lists what is on the stick; what a broken copy of ours has left is removed.
func (s *stick) files() (pages, rings []string, err error) {
	all, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, unwritable(s.dir, err)
	}
	own := pagePrefix + s.st.Session().Device().String() + "-"
	for _, e := range all {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, tempPrefix):
			_ = os.Remove(filepath.Join(s.dir, name))
		case strings.HasPrefix(name, pagePrefix) && strings.HasSuffix(name, pageSuffix):
			pages = append(pages, name)
			var n int
			if rest, ok := strings.CutPrefix(name, own); ok {
				_, _ = fmt.Sscanf(rest, "%d", &n) // another's name counts as 0
				s.last = max(s.last, n)
			}
		case strings.HasPrefix(name, ringPrefix) && strings.HasSuffix(name, ringSuffix):
			rings = append(rings, name)
		}
	}
	return pages, rings, nil
}

// takePages merges the entries of all pages. Pages of several writers refer to one
// another, so what has to wait is tried again as long as anything moves.
func (s *stick) takePages(ctx context.Context, pages []string) error {
	x := newExchange(s.st, "", Options{}, func(func(*LinkState)) {})
	for {
		var waiting []string
		before := s.pulled
		for _, name := range pages {
			whole, err := s.takePage(ctx, x, name)
			if err != nil {
				return err
			}
			if !whole {
				waiting = append(waiting, name)
			}
		}
		if len(waiting) == 0 {
			return nil
		}
		if s.pulled == before {
			s.refused = x.refused
			return nil
		}
		pages, x.refused = waiting, nil
	}
}

// takePage merges one page; whole says that nothing of it has to be tried again. A
// page that is not whole itself counts as not there.
func (s *stick) takePage(ctx context.Context, x *exchange, name string) (whole bool, err error) {
	f, err := openWhole(filepath.Join(s.dir, name), pageMagic)
	if errors.Is(err, errNotWhole) {
		return true, nil
	} else if err != nil {
		return false, unwritable(s.dir, err)
	}
	defer func() { _ = f.Close() }()
	ours, err := x.ours(ctx)
	if err != nil {
		return false, err
	}
	left := x.refused
	x.refused = nil
	x.pulled = 0
	var batch [][]byte
	size := 0
	flush := func() error {
		err := x.merge(ctx, batch)
		batch, size = nil, 0
		return err
	}
	for raw, err := range f.frames() {
		if err != nil {
			return false, unwritable(s.dir, err)
		}
		h, _, err := ledger.PeekHeader(raw)
		if err != nil {
			continue
		}
		c := chain{h.Device, h.Chain}
		s.has(c, h.Seq)
		if h.Seq <= ours[c].Seq {
			continue
		}
		if batch, size = append(batch, raw), size+len(raw); size > stickBatch {
			if err := flush(); err != nil {
				return false, err
			}
		}
	}
	if err := flush(); err != nil {
		return false, err
	}
	s.pulled += x.pulled
	whole = x.refused == nil
	x.refused = first(left, x.refused)
	return whole, nil
}

// stickBatch is how much of a page is held in memory at once.
const stickBatch = 4 << 20

func (s *stick) has(c chain, seq uint64) {
	if s.there[c] == nil {
		s.there[c] = new(spans)
	}
	s.there[c].add(seq)
}

// givePages writes what the stick lacks, in the order in which it came here.
func (s *stick) givePages(ctx context.Context) error {
	var page [][]byte
	size := 0
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		s.last++
		name := fmt.Sprintf("%s%s-%08d%s", pagePrefix, s.st.Session().Device(), s.last, pageSuffix)
		err := s.write(name, pageMagic, slices.Values(page))
		if err == nil {
			s.pushed += len(page)
		}
		page, size = nil, 0
		return err
	}
	for at := int64(0); ; {
		batch, err := s.st.Outbox(ctx, at, stickBatch)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return flush()
		}
		for _, e := range batch {
			if at = e.N; s.there[chain{e.Device, e.Chain}].has(e.Seq) {
				continue
			}
			if page, size = append(page, e.Raw), size+len(e.Raw); size >= stickPage {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}

// stickPage is how large a page grows: a cut costs no more than that.
const stickPage = 16 << 20

// carryBlobs copies attachments to and fro.
func (s *stick) carryBlobs(ctx context.Context) error {
	lacking, err := s.st.BlobsLacking(ctx, filesWanted)
	if err != nil {
		return err
	}
	for _, h := range lacking {
		if err := s.takeBlob(ctx, h); err != nil {
			return err
		}
	}
	all, err := s.st.Blobs(ctx)
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.giveBlob(h); err != nil {
			return err
		}
	}
	return nil
}

func (s *stick) blobPath(h store.BlobHash) string {
	return filepath.Join(s.dir, "blobs", fmt.Sprintf("%x", h))
}

// takeBlob copies one here; one that is not whole is thrown away and fetched again
// from wherever it is.
func (s *stick) takeBlob(ctx context.Context, h store.BlobHash) error {
	f, err := os.Open(s.blobPath(h))
	if err != nil {
		return nil // not on this stick, or not readably
	}
	defer func() { _ = f.Close() }()
	w, err := s.st.ReceiveBlob(h, 0)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	if _, err := io.Copy(w, f); err != nil {
		var own *fault.Error
		if errors.As(err, &own) {
			return err // our disk
		}
		return nil // the stick's
	}
	if err := w.Finish(ctx); !fault.Is(err, fault.Damaged) {
		return err
	}
	return nil
}

func (s *stick) giveBlob(h store.BlobHash) error {
	f, size, err := s.st.OpenBlobFile(h)
	if fault.Is(err, fault.Damaged) {
		return nil // not here; the check of the clinic names it if it should be
	} else if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if info, err := os.Stat(s.blobPath(h)); err == nil && info.Size() == size {
		return nil
	}
	temp := filepath.Join(s.dir, "blobs", tempPrefix+fmt.Sprintf("%x", h[:8]))
	if err := writeFile(temp, func(w io.Writer) error { _, err := io.Copy(w, f); return err }); err != nil {
		return unwritable(s.dir, errors.Join(err, os.Remove(temp)))
	}
	if err := os.Rename(temp, s.blobPath(h)); err != nil {
		return unwritable(s.dir, err)
	}
	return nil
}
