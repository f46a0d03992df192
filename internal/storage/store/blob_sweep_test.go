package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// What can't be attached leaves nothing behind: no row, no file, no changed a.
func TestAttachmentRefused(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	first := attached(t, s, p, []byte("x"))
	broken := errors.New("the stick was pulled out")
	full := bytes.NewReader(make([]byte, 3*chunkSize))
	for name, c := range map[string]struct {
		a    clinic.Attachment
		r    io.Reader
		kind fault.Kind
		key  string
	}{
		"source":  {clinic.Attachment{Patient: p}, io.MultiReader(full, iotest.ErrReader(broken)), fault.Invalid, "fault.attachment.source"},
		"patient": {clinic.Attachment{Patient: clinic.NewID()}, full, fault.NotFound, "fault.patient.none"},
		"nobody":  {clinic.Attachment{}, full, fault.NotFound, "fault.patient.none"},
		"id":      {clinic.Attachment{Record: first.Record, Patient: p}, full, fault.Conflict, "fault.attachment.exists"},
		"title":   {clinic.Attachment{Patient: p, Title: "a\x00b"}, full, fault.Invalid, "fault.text.nul"},
	} {
		a := c.a
		if err := s.PutAttachment(ctx, attach, &a, c.r); !isFault(err, c.kind, c.key) {
			t.Errorf("%s: %v", name, err)
		}
		if a.ID != c.a.ID || a.Blob != "" || a.Key != nil {
			t.Errorf("%s: changed", name)
		}
	}
	a := clinic.Attachment{Patient: p}
	err := s.PutAttachment(ctx, attach, &a, io.MultiReader(bytes.NewReader(make([]byte, 3*chunkSize)), readFunc(func([]byte) (int, error) {
		stop()
		return 0, io.EOF
	}), strings.NewReader("more"), readFunc(func([]byte) (int, error) { return 0, ctx.Err() })))
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if files := filesUnder(t, filepath.Join(s.Dir(), "blobs")); len(files) != 1 {
		t.Error(files)
	}
	wellChecked(t, s, 1)
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// An id taken while the file was being read is found in the transaction, and the
// file goes.
func TestAttachmentOvertaken(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	a := clinic.Attachment{Record: clinic.Record{ID: clinic.NewID()}, Patient: p}
	other := a
	err := s.PutAttachment(context.Background(), attach, &a, readFunc(func(b []byte) (int, error) {
		if err := s.PutAttachment(context.Background(), attach, &other, strings.NewReader("first")); err != nil {
			t.Error(err)
		}
		return 0, io.EOF
	}))
	if !isFault(err, fault.Conflict, "fault.attachment.exists") || len(filesUnder(t, filepath.Join(s.Dir(), "blobs"))) != 1 {
		t.Fatal(err)
	}
	if got, err := readAttachment(s, a.ID); err != nil || string(got) != "first" {
		t.Fatal(err)
	}
	// Swept away under its feet, a file gets no row.
	third := clinic.Attachment{Patient: p}
	err = s.PutAttachment(context.Background(), attach, &third, readFunc(func([]byte) (int, error) {
		if n, err := s.SweepBlobs(context.Background(), 0); n != 1 || err != nil {
			t.Error(n, err)
		}
		return 0, io.EOF
	}))
	if !fault.Is(err, fault.Space) {
		t.Fatal(err)
	}
	wellChecked(t, s, 1)
}

// A file that goes between its making and its row gets no row either.
func TestAttachmentSweptBeforeItsRow(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	refused := make(chan error)
	err := s.Update(ctx, journal.Act{Intent: "test"}, func(*store.Tx) error { // holds up other writers
		go func() {
			a := clinic.Attachment{Patient: p}
			refused <- s.PutAttachment(ctx, attach, &a, strings.NewReader("x"))
		}()
		for {
			for _, path := range filesUnder(t, filepath.Join(s.Dir(), "blobs")) {
				if !strings.HasPrefix(filepath.Base(path), "new-") {
					return os.Remove(path)
				}
			}
			runtime.Gosched()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-refused; !isFault(err, fault.Conflict, "fault.attachment.swept") {
		t.Fatal(err)
	}
	wellChecked(t, s, 0)
}

// What a killed program leaves is reported as such and swept, once it is old;
// what belongs to somebody else is not touched.
func TestSweepBlobs(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	if n, err := s.SweepBlobs(ctx, 0); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	p := registered(t, s, "Иванов")
	a := attached(t, s, p, []byte("x"))
	blobs := filepath.Join(s.Dir(), "blobs")
	orphan := strings.Repeat("0a", 32)
	strange := filepath.Join(blobs, a.Blob[:2], "Thumbs.db")
	young, old := filepath.Join(blobs, "new-1"), filepath.Join(blobs, "new-2")
	if err := os.MkdirAll(filepath.Join(blobs, "0a"), 0o700); err != nil {
		t.Fatal(err)
	}
	misplaced := filepath.Join(blobs, "0a", strings.Repeat("b0", 32))
	leftovers := []string{filepath.Join(blobs, "0a", orphan), young, old, strange, misplaced}
	for _, path := range leftovers {
		if err := os.WriteFile(path, []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-store.SweepAge - time.Minute)
	for _, path := range []string{leftovers[0], old, strange, blobOf(s, a)} {
		if err := os.Chtimes(path, yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
	}
	var orphans []string
	n, err := s.CheckAttachments(ctx, func(id clinic.ID, err error) {
		var f *fault.Error
		if !id.IsZero() || !errors.Is(err, store.ErrOrphan) || !errors.As(err, &f) || f.Key != "fault.attachment.orphan" {
			t.Error(id, err)
			return
		}
		orphans = append(orphans, f.Args["file"].(string))
	})
	if n != 1 || err != nil || len(orphans) != 3 {
		t.Fatal(n, orphans, err)
	}
	if n, err := s.SweepBlobs(ctx, store.SweepAge); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if left := filesUnder(t, blobs); len(left) != 4 {
		t.Fatal(left)
	}
	if n, err := s.SweepBlobs(ctx, 0); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := errors.Join(os.Remove(strange), os.Remove(misplaced)); err != nil {
		t.Error("not ours, and gone:", err)
	}
	wellChecked(t, s, 1)
}

// While an entry can't be opened its rows may name files that nobody else does.
func TestSweepBlobsWhileEntriesWait(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	blobs := filepath.Join(s.Dir(), "blobs")
	orphan := filepath.Join(blobs, "0a", strings.Repeat("0a", 32))
	if err := os.MkdirAll(filepath.Dir(orphan), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{orphan, filepath.Join(blobs, "new-1")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, waiting := range []int{1, 0} {
		if err := s.Local(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE entry SET waiting = ?`, waiting)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.SweepBlobs(ctx, 0); n != 1 || err != nil || len(filesUnder(t, blobs)) != waiting {
			t.Fatal(waiting, n, err)
		}
	}
}

// Something else in the place of the folder is no reason to lose anything.
func TestAttachmentFolderInTheWay(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	if err := os.WriteFile(filepath.Join(s.Dir(), "blobs"), []byte("not a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := clinic.Attachment{Patient: p}
	if err := s.PutAttachment(context.Background(), attach, &a, strings.NewReader("x")); !isFault(err, fault.Space, "fault.attachment.write") {
		t.Fatal(err)
	}
	wellChecked(t, s, 0)
}
