package store_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

func benchStore(b *testing.B, size int64) (*store.Store, clinic.Attachment) {
	s := found(b, b.TempDir())
	a := clinic.Attachment{Patient: registered(b, s, "Иванов")}
	if err := s.PutAttachment(context.Background(), attach, &a, sized(size)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ResetTimer()
	return s, a
}

func BenchmarkPutAttachment(b *testing.B) {
	s, a := benchStore(b, 20<<20)
	for b.Loop() {
		next := clinic.Attachment{Patient: a.Patient}
		if err := s.PutAttachment(context.Background(), attach, &next, sized(20<<20)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenAttachment(b *testing.B) {
	s, a := benchStore(b, 20<<20)
	for b.Loop() {
		_, r, err := s.OpenAttachment(context.Background(), a.ID)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); n != a.Size || err != nil {
			b.Fatal(n, err)
		}
		_ = r.Close()
	}
}

// BenchmarkPlainFile is the same bytes written, synced and named without a key:
// the yardstick.
func BenchmarkPlainFile(b *testing.B) {
	dir := b.TempDir()
	b.SetBytes(20 << 20)
	for b.Loop() {
		f, err := os.CreateTemp(dir, "plain-*")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(f, sized(20<<20)); err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(f.Sync(), f.Close(), os.Rename(f.Name(), filepath.Join(dir, "plain"))); err != nil {
			b.Fatal(err)
		}
	}
}
