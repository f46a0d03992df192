package syncer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/vault"
)

// stickGen is the generation that a stick's drafts are sealed for: no server ever
// has it, so none can pass one off as its ring.
const stickGen = math.MaxUint32

// takeRing takes in keys and erasures. A file that has nothing for this workstation,
// or is not whole, is left to others.
func (s *stick) takeRing(ctx context.Context, name string) error {
	f, err := openWhole(filepath.Join(s.dir, name), ringMagic)
	if errors.Is(err, errNotWhole) {
		return nil
	} else if err != nil {
		return unwritable(s.dir, err)
	}
	defer func() { _ = f.Close() }()
	var wraps [][]byte
	mine := readers(s)
	for raw, err := range f.frames() {
		if err != nil {
			return unwritable(s.dir, err)
		}
		var part wire.RingRenew
		if err := wire.Unmarshal(raw, &part); err != nil {
			return nil // another version's
		}
		for _, w := range part.Wraps {
			if mine[w.Reader] {
				wraps = append(wraps, w.Sealed)
			}
		}
		for _, r := range part.Records {
			if read, err := s.takeRecord(ctx, wraps, r); err != nil || !read {
				return err
			}
		}
	}
	s.rings = append(s.rings, name)
	return nil
}

// readers are the identities of this workstation, the former ones too.
func readers(s *stick) map[ledger.ID]bool {
	keys := s.st.Session()
	out := map[ledger.ID]bool{keys.Device(): true}
	for _, f := range keys.Formers() {
		out[f.Device] = true
	}
	return out
}

func (s *stick) takeRecord(ctx context.Context, wraps [][]byte, record []byte) (read bool, err error) {
	for _, w := range wraps {
		err := s.st.AbsorbCarried(ctx, stickGen, w, record)
		var f *fault.Error
		if errors.As(err, &f) && f.Key == "vault.ring.foreign" {
			continue
		}
		return err == nil, err
	}
	return false, nil
}

// giveRing writes all keys and erasures anew, sealed to every workstation that is
// live now, and then takes away what it replaces: the files that were taken in, whose
// keys may have been erased since.
func (s *stick) giveRing(ctx context.Context) error {
	keys := s.st.Session()
	if keys.Keyring().Len() == 0 && len(keys.Keyring().Tombstones()) == 0 {
		return nil
	}
	draft, err := keys.DraftRing(stickGen)
	if err != nil {
		return err
	}
	id := ledger.NewID()
	name := s.ringName(draft)
	if slices.Equal(s.rings, []string{name}) {
		return nil // nothing has changed since, and nobody else has left keys
	}
	var parts iter.Seq[[]byte] = func(yield func([]byte) bool) {
		head := wire.RingRenew{Draft: id, Old: stickGen - 1}
		for _, w := range draft.Wraps {
			head.Wraps = append(head.Wraps, wire.Wrap{Reader: w.Reader, Sealed: w.Sealed})
		}
		if b, e := wire.Marshal(&head); e != nil || !yield(b) {
			err = e
			return
		}
		for r := range draft.Records() {
			b, e := wire.Marshal(&wire.RingRenew{Draft: id, Old: stickGen - 1, Records: [][]byte{r}})
			if e != nil || !yield(b) {
				err = e
				return
			}
		}
	}
	if err := errors.Join(s.write(name, ringMagic, parts), err); err != nil {
		return err
	}
	for _, old := range s.rings {
		if old == name {
			continue // written over
		}
		path := filepath.Join(s.dir, old)
		if err := errors.Join(wipe(path), os.Remove(path)); err != nil {
			return unwritable(s.dir, err)
		}
	}
	return ctx.Err()
}

// ringName names a file of ours by what is in it: how many keys and erasures, and for
// whom. Keys are only ever added or erased, so that is enough.
func (s *stick) ringName(draft *vault.RingDraft) string {
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, draft.Place, len(s.st.Session().Keyring().Tombstones()))
	readers := make([]string, 0, len(draft.Wraps))
	for _, w := range draft.Wraps {
		readers = append(readers, w.Reader.String())
	}
	slices.Sort(readers)
	_, _ = fmt.Fprintln(sum, readers)
	return fmt.Sprintf("%s%s-%x%s", ringPrefix, s.st.Session().Device(), sum.Sum(nil)[:6], ringSuffix)
}

// wipe writes zeros over a file. What a flash chip keeps besides, nobody can reach
// through the file.
func wipe(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		zeros := make([]byte, 1<<20)
		for left := info.Size(); left > 0 && err == nil; left -= int64(len(zeros)) {
			_, err = f.Write(zeros[:min(left, int64(len(zeros)))])
		}
	}
	return errors.Join(err, f.Sync(), f.Close())
}
