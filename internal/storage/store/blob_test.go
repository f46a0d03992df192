package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

const chunkSize = 64 << 10 // of docs/formats/attachment-file.md

// soaking says whether the counts of `make soak` are to be run.
func soaking() bool { return os.Getenv("FELDSHER_SOAK") != "" }

// seeded gives random numbers whose seed the log names.
func seeded(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func registered(t testing.TB, s *store.Store, family string) clinic.ID {
	t.Helper()
	p := clinic.Patient{Name: clinic.Name{Family: family, Given: "Пётр"}, Sex: clinic.Male}
	if err := s.Update(context.Background(), journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

var attach = journal.Act{Intent: "attachment.add"}

func attached(t testing.TB, s *store.Store, patient clinic.ID, content []byte) clinic.Attachment {
	t.Helper()
	a := clinic.Attachment{Patient: patient, Kind: "scan", Title: "Снимок", Media: "image/png"}
	if err := s.PutAttachment(context.Background(), attach, &a, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return a
}

func readAttachment(s *store.Store, id clinic.ID) ([]byte, error) {
	_, r, err := s.OpenAttachment(context.Background(), id)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(r)
	return got, errors.Join(err, r.Close())
}

func blobOf(s *store.Store, a clinic.Attachment) string {
	return filepath.Join(s.Dir(), "blobs", a.Blob[:2], a.Blob)
}

// filesUnder lists the regular files of a folder, by their paths.
func filesUnder(t testing.TB, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out = append(out, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wellChecked runs the check of attachments, which must find n good ones.
func wellChecked(t testing.TB, s *store.Store, n int) {
	t.Helper()
	got, err := s.CheckAttachments(context.Background(), func(id clinic.ID, err error) { t.Errorf("%s: %v", id, err) })
	if err != nil || got != n {
		t.Fatal(got, n, err)
	}
}

func isFault(err error, kind fault.Kind, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == kind && f.Key == key
}

func TestAttachmentComesBack(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := found(t, dir)
	p := registered(t, s, "Иванов")
	r := seeded(t)
	want := map[clinic.ID][]byte{}
	for _, n := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3 * chunkSize} {
		content := random(r, n)
		a := attached(t, s, p, content)
		raw, err := os.ReadFile(blobOf(s, a))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(raw); a.Blob != hex.EncodeToString(sum[:]) || a.Size != int64(n) {
			t.Fatal(n, a.Size, a.Blob)
		}
		want[a.ID] = content
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Reader(ctx).Attachments(p)
	if err != nil || len(rows) != len(want) {
		t.Fatal(len(rows), err)
	}
	for _, a := range rows {
		got, err := readAttachment(s, a.ID)
		if err != nil || !bytes.Equal(got, want[a.ID]) || a.Title != "Снимок" {
			t.Fatalf("%d bytes of %d: %v", len(got), a.Size, err)
		}
	}
	wellChecked(t, s, len(want))
	if _, err := s.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}

// Memory does not grow with the file: what 20 MB allocate in all, freed or not,
// is a fraction of them.
func TestAttachmentNeedsLittleMemory(t *testing.T) {
	const size = 20 << 20
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	before := allocated()
	a := clinic.Attachment{Patient: p, Kind: "image", Media: "application/dicom"}
	if err := s.PutAttachment(context.Background(), attach, &a, sized(size)); err != nil {
		t.Fatal(err)
	}
	_, r, err := s.OpenAttachment(context.Background(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100_000)
	n := int64(0)
	for err == nil {
		var m int
		m, err = r.Read(buf)
		for i, b := range buf[:m] {
			if b != pattern(n+int64(i)) {
				t.Fatalf("wrong byte at %d", n+int64(i))
			}
		}
		n += int64(m)
	}
	if !errors.Is(err, io.EOF) || n != size || a.Size != size {
		t.Fatal(n, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	wellChecked(t, s, 1)
	if used := allocated() - before; used > 4<<20 {
		t.Fatalf("%d KiB allocated", used>>10)
	}
}

func pattern(i int64) byte { return byte(i) }

// endless gives the pattern, from a cycle long enough to cost nothing.
type endless struct{ at *int64 }

var cycle = func() (b [1 << 16]byte) {
	for i := range b {
		b[i] = pattern(int64(i))
	}
	return b
}()

func (e endless) Read(p []byte) (int, error) {
	n := copy(p, cycle[*e.at%int64(len(cycle)):])
	*e.at += int64(n)
	return n, nil
}

func sized(n int64) io.Reader { return io.LimitReader(endless{new(int64)}, n) }

func TestAttachmentsWithEqualContentDiffer(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	content := []byte("одно и то же")
	a, b := attached(t, s, p, content), attached(t, s, p, content)
	if a.Blob == b.Blob || bytes.Equal(a.Key, b.Key) || a.ID == b.ID {
		t.Fatal("equal content shows on the disk")
	}
}

func TestAttachmentConcurrently(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	r := seeded(t)
	var ids [4]clinic.ID
	var contents [4][]byte
	for i := range ids {
		contents[i] = random(r, i*chunkSize+i)
		ids[i] = attached(t, s, p, contents[i]).ID
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if i%4 == 3 { // writers beside the readers
				a := clinic.Attachment{Patient: p, Kind: "scan", Media: "image/png"}
				if err := s.PutAttachment(context.Background(), attach, &a, bytes.NewReader(contents[3])); err != nil {
					t.Error(err)
				}
			}
			got, err := readAttachment(s, ids[i%4])
			if err != nil || !bytes.Equal(got, contents[i%4]) {
				t.Error(len(got), err)
			}
		})
	}
	wg.Wait()
	wellChecked(t, s, 8)
}

// Nothing of what is attached can be read in any file (R11.1).
func TestAttachmentIsNotReadable(t *testing.T) {
	dir := t.TempDir()
	s := found(t, dir)
	needle, title := "Игла в стоге сена", "Название снимка Иванова"
	a := clinic.Attachment{Patient: registered(t, s, "Иванов"), Kind: "scan", Title: title, Media: "application/x-needle"}
	if err := s.PutAttachment(context.Background(), attach, &a, strings.NewReader(strings.Repeat(needle+" ", 10_000))); err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		for _, path := range filesUnder(t, dir) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{needle, title, "x-needle", a.ID.String(), string(a.ID[:])} {
				if bytes.Contains(raw, []byte(secret)) {
					t.Errorf("%s holds %q", path, secret)
				}
			}
		}
	}
	look()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look()
}
