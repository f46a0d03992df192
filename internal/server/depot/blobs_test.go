package depot

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestBlobs: attachments come in chunks, over restarts, and are what they are named.
func TestBlobs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 1)
		ctx := t.Context()
		text := random(100_000)
		name, size := sum(text), int64(len(text))
		put := func(offset, to int64) (int64, bool, error) {
			return c.d.PutBlob(ctx, c.org, name, size, offset, text[offset:to])
		}
		expect := func(have int64, whole bool) func(int64, bool, error) {
			return func(h int64, w bool, err error) {
				t.Helper()
				if h != have || w != whole || err != nil {
					t.Fatalf("%d, %v, %v; want %d, %v", h, w, err, have, whole)
				}
			}
		}
		_, _, err := c.d.PutBlob(ctx, ledger.NewID(), name, size, 0, nil)
		want(t, err, ErrUnknown)
		for _, bad := range [][2]int64{{-1, 0}, {wire.MaxBlob + 1, 0}, {10, 5}, {10, -1}} {
			_, _, err := c.d.PutBlob(ctx, c.org, name, bad[0], bad[1], make([]byte, 6))
			want(t, err, ErrSize)
		}
		expect(40_000, false)(put(0, 40_000))
		have, _, err := put(50_000, 60_000)
		if want(t, err, ErrGap); have != 40_000 {
			t.Fatal(have)
		}
		have, _, err = put(0, 40_000) // repeated: the answer says where to go on
		if want(t, err, ErrGap); have != 40_000 {
			t.Fatal(have)
		}
		_, _, err = c.d.OpenBlob(ctx, c.org, name)
		want(t, err, ErrUnknown)
		want(t, c.d.Close(), nil)
		// A crash between file and row leaves bytes that don't count.
		garbage, err := os.OpenFile((&depot{dir: w.blobs}).blobPath(c.org, name), os.O_RDWR|os.O_APPEND, 0)
		want(t, err, nil)
		_, err = garbage.Write(random(200_000))
		want(t, errors.Join(err, garbage.Close()), nil)

		c.d = w.open(t)
		expect(99_999, false)(put(40_000, 99_999))
		expect(size, true)(put(99_999, size))
		expect(size, true)(put(0, 10))
		b, n, err := c.d.OpenBlob(ctx, c.org, name)
		want(t, err, nil)
		got, err := io.ReadAll(b)
		if want(t, errors.Join(err, b.Close()), nil); n != size || !bytes.Equal(got, text) {
			t.Fatalf("%d bytes of %d", len(got), n)
		}
		sizes, whole, err := c.d.HaveBlobs(ctx, c.org, []ledger.Hash{sum(nil), name})
		if err != nil || sizes[0] != 0 || whole[0] || sizes[1] != size || !whole[1] {
			t.Fatal(sizes, whole, err)
		}
		_, _, err = c.d.OpenBlob(ctx, ledger.NewID(), name) // another organisation has none of it
		want(t, err, ErrUnknown)
		expect(0, true)(c.d.PutBlob(ctx, c.org, sum(nil), 0, 0, nil))

		// Another hash: dropped, and begun anew.
		wrong := sum([]byte("right"))
		_, _, err = c.d.PutBlob(ctx, c.org, wrong, 5, 0, []byte("wrong"))
		want(t, err, ErrHash)
		expect(2, false)(c.d.PutBlob(ctx, c.org, wrong, 9, 0, []byte("ri")))
		expect(5, true)(c.d.PutBlob(ctx, c.org, wrong, 5, 0, []byte("right"))) // the former size was a mistake

		if all, err := c.d.Organisations(ctx, day); err != nil || all[0].Blobs != 3 || all[0].Stored != size+5 {
			t.Fatalf("%+v %v", all, err)
		}
	})
}

// TestBlobsLost: an attachment whose file is gone or cut is not said to be there, and
// can be given again from its beginning.
func TestBlobsLost(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 1)
		ctx := t.Context()
		text := random(50_000)
		name, size := sum(text), int64(len(text))
		path := (&depot{dir: w.blobs}).blobPath(c.org, name)
		for _, lose := range []func() error{
			func() error { return os.Remove(path) },
			func() error { return os.Truncate(path, size-1) },
			func() error { return os.RemoveAll(w.blobs) },
		} {
			for _, stored := range []int64{30_000, size} { // a part, and the whole
				if have, whole, err := c.d.PutBlob(ctx, c.org, name, size, 0, text[:stored]); err != nil || have != stored || whole != (stored == size) {
					t.Fatal(have, whole, err)
				}
				want(t, lose(), nil)
				if stored < size && os.Truncate(path, 1) == nil {
					t.Log("the part was cut")
				}
				sizes, whole, err := c.d.HaveBlobs(ctx, c.org, []ledger.Hash{name})
				if err != nil || sizes[0] != 0 || whole[0] {
					t.Fatal("the server says that it has what is gone:", sizes, whole, err)
				}
			}
			if _, whole, err := c.d.PutBlob(ctx, c.org, name, size, 0, text); err != nil || !whole {
				t.Fatal(whole, err)
			}
			b, _, err := c.d.OpenBlob(ctx, c.org, name)
			want(t, err, nil)
			got, err := io.ReadAll(b)
			if want(t, errors.Join(err, b.Close()), nil); !bytes.Equal(got, text) {
				t.Fatal("not what was sent")
			}
			want(t, os.Remove(path), nil)
		}
	})
}

// TestBlobsAtOnce: several bring the same attachment, one of them lies.
func TestBlobsAtOnce(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, depots ...Depot) {
		c := found(t, depots[0], 1)
		text := random(50_000)
		name, size := sum(text), int64(len(text))
		var g errgroup.Group
		for i := range 8 {
			g.Go(func() error {
				d := depots[i%len(depots)]
				mine := text
				if i == 0 {
					mine = random(len(text))
				}
				for whole, have := false, int64(0); !whole; {
					var err error
					have, whole, err = d.PutBlob(t.Context(), c.org, name, size, have, mine[have:min(have+3000, size)])
					if errors.Is(err, ErrHash) && i == 0 {
						return nil
					}
					if err != nil && !errors.Is(err, ErrGap) && !errors.Is(err, ErrHash) {
						return err
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		b, _, err := depots[0].OpenBlob(t.Context(), c.org, name)
		want(t, err, nil)
		defer b.Close()
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("not what was sent: %v", err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, sqliteHere(t).open(t)) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		w := postgresHere(t)
		test(t, w.open(t), w.open(t))
	})
}
