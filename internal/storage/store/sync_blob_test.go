package store_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// bring moves attachments by way of the hub.
func bring(t *testing.T, h *hub, from, to *store.Store) {
	t.Helper()
	ctx := context.Background()
	due, err := from.BlobsUnsent(ctx, h.id, 100)
	must(t, err)
	for _, hash := range due {
		f, size, err := from.OpenBlobFile(hash)
		must(t, err)
		content, err := io.ReadAll(f)
		must(t, err)
		if int64(len(content)) != size {
			t.Errorf("%d bytes of %d", len(content), size)
		}
		must(t, f.Close())
		h.blobs[hash] = content
	}
	must(t, from.BlobsSent(ctx, h.id, due...))
	lacking, err := to.BlobsLacking(ctx, 100)
	must(t, err)
	for _, hash := range lacking {
		w, err := to.ReceiveBlob(hash, 0)
		must(t, err)
		_, err = w.Write(h.blobs[hash])
		must(t, err)
		must(t, w.Finish(ctx))
	}
}

// followed gives two workstations, the second without the file of an attachment.
func followed(t *testing.T, content string) (a, b *store.Store, dirB string, h *hub, x clinic.Attachment) {
	t.Helper()
	a, h, _ = linked(t)
	b, dirB = h.joined(t, a, "Кабинет 2", "admin", "correct horse", store.Options{})
	p := register(t, a, "Иванов")
	x = clinic.Attachment{Patient: p.ID, Kind: "scan", Media: "image/png"}
	must(t, a.PutAttachment(context.Background(), daily, &x, strings.NewReader(content)))
	h.settle(t, a, b)
	return a, b, dirB, h, x
}

// TestAttachmentFollows: the row comes first, the file later; until then it is named
// as coming, not as damage, and is asked for before others.
func TestAttachmentFollows(t *testing.T) {
	ctx := context.Background()
	a, b, _, h, x := followed(t, "снимок")
	if _, _, err := b.OpenAttachment(ctx, x.ID); !isFault(err, fault.NotFound, "fault.attachment.coming") {
		t.Errorf("before the file: %v", err)
	}
	sound(t, b, "without the file")
	bring(t, h, a, b)
	_, r, err := b.OpenAttachment(ctx, x.ID)
	must(t, err)
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "снимок" {
		t.Errorf("%q %v", got, err)
	}
	if left, err := b.BlobsLacking(ctx, 10); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
	sound(t, b, "with the file")
}

// TestReceiveGoesOn: a file comes in pieces, over restarts, with pieces sent twice.
func TestReceiveGoesOn(t *testing.T) {
	ctx := context.Background()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	a, b, dir, h, x := followed(t, strings.Repeat("долгий снимок ", 20_000))
	lacking, err := b.BlobsLacking(ctx, 10)
	if err != nil || len(lacking) != 1 {
		t.Fatal(lacking, err)
	}
	hash := lacking[0]
	f, size, err := a.OpenBlobFile(hash)
	must(t, err)
	sealed, err := io.ReadAll(f)
	must(t, err)
	must(t, f.Close())
	for n := 0; b.BlobReceived(hash) < size; n++ {
		have := b.BlobReceived(hash)
		from := max(0, have-int64(rng.IntN(3000)))
		w, err := b.ReceiveBlob(hash, from)
		must(t, err)
		_, err = w.Write(sealed[from:min(size, have+1+int64(rng.IntN(80_000)))])
		must(t, err)
		must(t, w.Close())
		if n == 2 {
			must(t, b.Close())
			b, err = store.Open(ctx, dir, "admin", "correct horse", store.Options{})
			must(t, err)
			t.Cleanup(func() { _ = b.Close() })
			if _, err := b.SweepBlobs(ctx, store.SweepAge); err != nil || b.BlobReceived(hash) == 0 {
				t.Fatal("the part was swept away", err)
			}
		}
	}
	w, err := b.ReceiveBlob(hash, size)
	must(t, err)
	must(t, w.Finish(ctx))
	_, r, err := b.OpenAttachment(ctx, x.ID)
	must(t, err)
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !strings.HasPrefix(string(got), "долгий снимок") {
		t.Error(err)
	}
	_ = h
}

// TestReceivedIsChecked: other bytes than the hash names never get the name, and
// the next attempt begins anew.
func TestReceivedIsChecked(t *testing.T) {
	ctx := context.Background()
	a, b, dir, h, x := followed(t, "снимок")
	lacking, err := b.BlobsLacking(ctx, 10)
	must(t, err)
	hash := lacking[0]
	w, err := b.ReceiveBlob(hash, 0)
	must(t, err)
	_, err = w.Write(bytes.Repeat([]byte{7}, 100))
	must(t, err)
	if err := w.Finish(ctx); !isFault(err, fault.Damaged, "fault.attachment.received") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "blobs", x.Blob[:2], x.Blob)); err == nil {
		t.Error("wrong bytes got the name")
	}
	if n := b.BlobReceived(hash); n != 0 {
		t.Errorf("%d bytes stayed", n)
	}
	if _, err := b.ReceiveBlob(hash, 5); !isFault(err, fault.Invalid, "fault.attachment.offset") {
		t.Errorf("an offset beyond: %v", err)
	}
	bring(t, h, a, b)
	sound(t, b, "received")
}

// TestOldPartsAreSwept: what nobody goes on receiving is removed in the end.
func TestOldPartsAreSwept(t *testing.T) {
	ctx := context.Background()
	_, b, dir, _, x := followed(t, "снимок")
	lacking, err := b.BlobsLacking(ctx, 10)
	must(t, err)
	w, err := b.ReceiveBlob(lacking[0], 0)
	must(t, err)
	_, err = w.Write([]byte("a"))
	must(t, err)
	must(t, w.Close())
	old := time.Now().Add(-2 * store.SweepAge)
	must(t, os.Chtimes(filepath.Join(dir, "blobs", "part-"+x.Blob), old, old))
	if n, err := b.SweepBlobs(ctx, store.SweepAge); err != nil || n != 1 {
		t.Error(n, err)
	}
}

// TestReceiveWithoutRoom: where the folder can't be written it is said, with what
// becomes of the file, and the next attempt goes on.
func TestReceiveWithoutRoom(t *testing.T) {
	ctx := context.Background()
	a, b, dir, h, x := followed(t, "снимок")
	lacking, err := b.BlobsLacking(ctx, 10)
	must(t, err)
	part := filepath.Join(dir, "blobs", "part-"+x.Blob)
	must(t, os.MkdirAll(part, 0o700)) // in the place of the file
	if _, err := b.ReceiveBlob(lacking[0], 0); !isFault(err, fault.Space, "fault.attachment.fetch") {
		t.Error(err)
	}
	must(t, os.Remove(part))
	bring(t, h, a, b)
	sound(t, b, "received")
}
