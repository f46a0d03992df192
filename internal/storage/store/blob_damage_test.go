package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// Each changed byte of a file is damage and never other data.
func TestAttachmentFlippedByte(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	r := seeded(t)
	content := random(r, 2*chunkSize+500)
	a := attached(t, s, p, content)
	good, err := os.ReadFile(blobOf(s, a))
	if err != nil {
		t.Fatal(err)
	}
	flips := 100
	if soaking() {
		flips = 1000
	}
	for i := range flips {
		at := r.IntN(len(good))
		if i < 30 {
			at = i // the header, and where the first chunk begins
		}
		bad := bytes.Clone(good)
		bad[at] ^= byte(1 + r.IntN(255))
		if err := os.WriteFile(blobOf(s, a), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readAttachment(s, a.ID)
		if !isFault(err, fault.Damaged, "fault.attachment.damaged") {
			t.Fatalf("byte %d: %v", at, err)
		}
		if !bytes.HasPrefix(content, got) {
			t.Fatalf("byte %d: wrong data", at)
		}
		if i%10 == 0 {
			onlyReport(t, s, a.ID, "fault.attachment.damaged")
		}
	}
	if err := os.WriteFile(blobOf(s, a), good, 0o600); err != nil {
		t.Fatal(err)
	}
	wellChecked(t, s, 1)
}

// onlyReport checks that the check finds damage in one attachment and no other.
func onlyReport(t *testing.T, s *store.Store, want clinic.ID, key string) {
	t.Helper()
	found := 0
	_, err := s.CheckAttachments(context.Background(), func(id clinic.ID, err error) {
		found++
		if id != want || !isFault(err, fault.Damaged, key) {
			t.Errorf("%s: %v", id, err)
		}
	})
	if err != nil || found != 1 {
		t.Fatal(found, err)
	}
}

func TestAttachmentCutOrLonger(t *testing.T) {
	s := found(t, t.TempDir())
	content := random(seeded(t), 3*chunkSize)
	a := attached(t, s, registered(t, s, "Иванов"), content)
	good, err := os.ReadFile(blobOf(s, a))
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{0, 1, len(good) + 1, len(good) + chunkSize + 16}
	for edge := 10; edge <= len(good); edge += chunkSize + 16 {
		lengths = append(lengths, edge-1, edge, edge+1)
	}
	for _, n := range lengths {
		if n == len(good) {
			continue
		}
		bad := append(bytes.Clone(good), make([]byte, chunkSize+16)...)[:n]
		if err := os.WriteFile(blobOf(s, a), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment.damaged") || !bytes.HasPrefix(content, got) {
			t.Errorf("%d of %d bytes: %v", n, len(good), err)
		}
		onlyReport(t, s, a.ID, "fault.attachment.damaged")
	}
}

// A file cut while it is being read ends in an error, not in an end.
func TestAttachmentCutWhileRead(t *testing.T) {
	s := found(t, t.TempDir())
	a := attached(t, s, registered(t, s, "Иванов"), make([]byte, 4*chunkSize))
	_, r, err := s.OpenAttachment(context.Background(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Truncate(blobOf(s, a), 10+2*(chunkSize+16)); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if !isFault(err, fault.Damaged, "fault.attachment.damaged") || len(got) > 2*chunkSize {
		t.Fatal(len(got), err)
	}
}

// One patient's file in the place of another's, or one's row pointing at the
// other's file and key, is damage.
func TestAttachmentExchanged(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	p, q := registered(t, s, "Иванов"), registered(t, s, "Петров")
	a, b := attached(t, s, p, []byte("один")), attached(t, s, q, []byte("иной"))
	third := attached(t, s, p, []byte("ещё!"))
	exchange := func() {
		tmp := blobOf(s, a) + ".x"
		for _, step := range [][2]string{{blobOf(s, a), tmp}, {blobOf(s, b), blobOf(s, a)}, {tmp, blobOf(s, b)}} {
			if err := os.Rename(step[0], step[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	exchange()
	for _, id := range []clinic.ID{a.ID, b.ID} {
		if _, err := readAttachment(s, id); !isFault(err, fault.Damaged, "fault.attachment.damaged") {
			t.Error(err)
		}
	}
	exchange()
	wellChecked(t, s, 3)
	for _, from := range []clinic.Attachment{b, third} { // of another patient, and of the same
		err := s.Tamper(ctx, func(tx *journal.Tx) error {
			_, err := tx.Exec(`UPDATE attachment SET blob = ?, key = ?, size = ? WHERE id = ?`, from.Blob, from.Key, from.Size, a.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment.key") {
			t.Error(err)
		}
	}
}

// A name from a row never leads out of the folder.
func TestAttachmentNameIsNoPath(t *testing.T) {
	s := found(t, t.TempDir())
	a := attached(t, s, registered(t, s, "Иванов"), []byte("x"))
	for _, name := range []string{"", "ab", "../../slots.a", strings.Repeat("../", 21) + "a", strings.ToUpper(a.Blob) + "A"} {
		alter(t, s, a.ID, "blob", name)
		if _, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment.key") {
			t.Error(name, err)
		}
	}
}

// alter changes a column of a row as a defect of the program would.
func alter(t *testing.T, s *store.Store, id clinic.ID, column string, value any) {
	t.Helper()
	err := s.Tamper(context.Background(), func(tx *journal.Tx) error {
		_, err := tx.Exec(`UPDATE attachment SET `+column+` = ? WHERE id = ?`, value, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAttachmentOfOtherSize(t *testing.T) {
	s := found(t, t.TempDir())
	a := attached(t, s, registered(t, s, "Иванов"), []byte("снимок"))
	for size, key := range map[int64]string{a.Size - 1: "damaged", a.Size + 1: "damaged", 1 << 62: "damaged", -1: "key"} {
		alter(t, s, a.ID, "size", size)
		if _, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment."+key) {
			t.Errorf("%d: %v", size, err)
		}
	}
}

func TestAttachmentMissing(t *testing.T) {
	s := found(t, t.TempDir())
	p := registered(t, s, "Иванов")
	a := attached(t, s, p, []byte("x"))
	attached(t, s, p, []byte("y"))
	if err := os.Remove(blobOf(s, a)); err != nil {
		t.Fatal(err)
	}
	if _, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment.missing") {
		t.Fatal(err)
	}
	onlyReport(t, s, a.ID, "fault.attachment.missing")
	if _, err := readAttachment(s, clinic.NewID()); !isFault(err, fault.NotFound, "fault.attachment.none") {
		t.Fatal(err)
	}
}

// A later format is told from a damaged file by the file's own name.
func TestAttachmentOfLaterFormat(t *testing.T) {
	s := found(t, t.TempDir())
	a := attached(t, s, registered(t, s, "Иванов"), []byte("x"))
	later := []byte("FELDBLOB\x00\x02 what nobody knows yet")
	sum := sha256.Sum256(later)
	old := blobOf(s, a)
	a.Blob = hex.EncodeToString(sum[:])
	if err := os.MkdirAll(filepath.Dir(blobOf(s, a)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(old), os.WriteFile(blobOf(s, a), later, 0o600)); err != nil {
		t.Fatal(err)
	}
	alter(t, s, a.ID, "blob", a.Blob)
	if _, err := readAttachment(s, a.ID); !isFault(err, fault.Newer, "fault.attachment.newer") {
		t.Fatal(err)
	}
	later[12] ^= 1
	if err := os.WriteFile(blobOf(s, a), later, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readAttachment(s, a.ID); !isFault(err, fault.Damaged, "fault.attachment.damaged") {
		t.Fatal(err)
	}
}

// With the patient's key gone its attachments are (R10.3); others' stay.
func TestAttachmentErased(t *testing.T) {
	s := found(t, t.TempDir())
	p, q := registered(t, s, "Иванов"), registered(t, s, "Петров")
	a, b := attached(t, s, p, []byte("x")), attached(t, s, q, []byte("y"))
	if err := s.Session().Keyring().Erase(p, vault.Medical); err != nil {
		t.Fatal(err)
	}
	if _, err := readAttachment(s, a.ID); !isFault(err, fault.NotFound, "fault.attachment.erased") {
		t.Fatal(err)
	}
	again := clinic.Attachment{Patient: p, Kind: "scan", Media: "image/png"}
	err := s.PutAttachment(context.Background(), attach, &again, strings.NewReader("z"))
	if !isFault(err, fault.NotFound, "fault.attachment.erased") || len(filesUnder(t, filepath.Join(s.Dir(), "blobs"))) != 2 {
		t.Fatal(err)
	}
	if got, err := readAttachment(s, b.ID); err != nil || string(got) != "y" {
		t.Fatal(err)
	}
	wellChecked(t, s, 2)
	raw, err := os.ReadFile(blobOf(s, a)) // what can't be opened can still be held against its name
	if err != nil {
		t.Fatal(err)
	}
	raw[15] ^= 1
	if err := os.WriteFile(blobOf(s, a), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	onlyReport(t, s, a.ID, "fault.attachment.damaged")
}

// The check goes through all rows, however many.
func TestCheckManyAttachments(t *testing.T) {
	const copies = 450
	s := found(t, t.TempDir())
	a := attached(t, s, registered(t, s, "Иванов"), []byte("x"))
	err := s.Update(context.Background(), journal.Act{Intent: "test"}, func(tx *store.Tx) error {
		for range copies { // rows with a key that is not theirs
			if _, err := tx.Exec(`INSERT INTO attachment (id, born, patient, size, blob, key) VALUES (?, ?, ?, ?, ?, ?)`,
				clinic.NewID(), tx.Ordinal(), a.Patient, a.Size, a.Blob, a.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	bad := map[clinic.ID]bool{}
	n, err := s.CheckAttachments(context.Background(), func(id clinic.ID, err error) {
		bad[id] = isFault(err, fault.Damaged, "fault.attachment.key")
	})
	if err != nil || n != copies+1 || len(bad) != copies || bad[a.ID] {
		t.Fatal(n, len(bad), err)
	}
}
