package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// mount mounts with the given arguments over dir until the test ends. It needs
// root on Linux; elsewhere the test is skipped, and says so.
func mount(t *testing.T, dir string, args ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED HERE: needs a mount, which only Linux tests make")
	}
	if out, err := exec.CommandContext(context.Background(), "mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED HERE: mounting is not permitted (needs root): %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
			_ = exec.CommandContext(context.Background(), "umount", "-l", dir).Run()
		}
	})
}

// tinyDisk gives a folder on a disk of its own.
func tinyDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	mount(t, dir, "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "tmpfs")
	return dir
}

// fillUp fills the disk but for so many bytes; the function empties it again.
func fillUp(t *testing.T, dir string, but int64) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for block := make([]byte, 64<<10); err == nil && len(block) > 0; {
		var m int
		m, err = f.Write(block)
		n += int64(m)
	}
	if err == nil {
		t.Fatal("the disk does not fill up")
	}
	if err := errors.Join(f.Truncate(max(0, n-but)), f.Close()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that fills up while patients are registered: the last one is refused as
// Space, everybody acknowledged before is there, at once, after going on and
// after reopening.
func TestFullDisk(t *testing.T) {
	for _, room := range []int64{200 << 10, 2 << 20, 11 << 20} {
		t.Run(fmt.Sprint(room>>10, "KiB"), func(t *testing.T) {
			dir := filepath.Join(tinyDisk(t, 40), "data")
			s := found(t, dir)
			ids := []clinic.ID{registered(t, s, "Иванов")}
			free := fillUp(t, filepath.Dir(dir), room)
			more, err := registerUntilRefused(s)
			if !fault.Is(err, fault.Space) {
				t.Fatal(err)
			}
			t.Logf("%d patients fitted: %v", len(more), err)
			ids = append(ids, more...)
			whole(t, s, ids...) // while the disk is full
			noAttachment(t, s, ids[0])
			free()
			ids = append(ids, registered(t, s, "Петров")) // the same program goes on
			whole(t, s, ids...)
			closed(t, s)
			s = reopened(t, dir)
			whole(t, s, ids...)
			counted(t, s, len(ids))
		})
	}
}

func registerUntilRefused(s *store.Store) (ids []clinic.ID, err error) {
	for {
		p := clinic.Patient{
			Name:     clinic.Name{Family: "Сидоров", Given: "Пётр"},
			Contacts: []clinic.Contact{{Kind: "phone", Value: "+7 916 000-00-01"}},
		}
		err := s.Update(context.Background(), journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) })
		if err != nil {
			return ids, err
		}
		ids = append(ids, p.ID)
	}
}

// noAttachment checks that what does not fit is refused and leaves nothing.
func noAttachment(t *testing.T, s *store.Store, p clinic.ID) {
	t.Helper()
	before := len(filesUnder(t, filepath.Join(s.Dir(), "blobs")))
	a := clinic.Attachment{Patient: p, Kind: "scan", Media: "image/png"}
	err := s.PutAttachment(context.Background(), attach, &a, sized(48<<20))
	if !fault.Is(err, fault.Space) || len(filesUnder(t, filepath.Join(s.Dir(), "blobs"))) != before {
		t.Fatal(err)
	}
}

// counted checks that there are n cards and no two with one number.
func counted(t testing.TB, s *store.Store, n int) {
	t.Helper()
	numbers := map[string]bool{}
	for p, err := range s.Reader(context.Background()).Patients {
		if err != nil {
			t.Fatal(err)
		}
		if numbers[p.CaseNumber] {
			t.Errorf("%s twice", p.CaseNumber)
		}
		numbers[p.CaseNumber] = true
	}
	if len(numbers) != n {
		t.Fatalf("%d cards, want %d", len(numbers), n)
	}
	for i := range n { // R1.2: no gaps
		if want := fmt.Sprintf("А-%06d", i+1); !numbers[want] {
			t.Fatalf("%s is missing", want)
		}
	}
}

// Closed and opened again on a full disk: either it works, or it is Space, and
// with room again everything is there.
func TestFullDiskAtOpenAndClose(t *testing.T) {
	dir := filepath.Join(tinyDisk(t, 24), "data")
	s := found(t, dir)
	ids := []clinic.ID{registered(t, s, "Иванов")}
	free := fillUp(t, filepath.Dir(dir), 0)
	more, err := registerUntilRefused(s)
	if !fault.Is(err, fault.Space) {
		t.Fatal(err)
	}
	ids = append(ids, more...)
	if err := s.Close(); err != nil && !fault.Is(err, fault.Space) {
		t.Error("close:", err)
	}
	for range 2 {
		s, err := open(dir, rightPassword)
		switch {
		case err == nil:
			whole(t, s, ids...)
			_ = s.Close()
		case !fault.Is(err, fault.Space):
			t.Error("open:", err)
		default:
			t.Log("open:", err)
		}
	}
	free()
	s = reopened(t, dir)
	ids = append(ids, registered(t, s, "Петров"))
	whole(t, s, ids...)
	counted(t, s, len(ids))
}

// Founding on a disk without room is refused as Space, however little room there
// is, and can be done again with more.
func TestFullDiskAtFounding(t *testing.T) {
	disk := tinyDisk(t, 2)
	dir := filepath.Join(disk, "data")
	done := false
	for room := int64(0); !done; room += 16 << 10 {
		free := fillUp(t, disk, room)
		s, phrase, err := store.Found(context.Background(), dir, founding(), store.Options{})
		if err == nil {
			done = phrase != ""
			_ = s.Close()
		} else if !fault.Is(err, fault.Space) {
			t.Fatalf("room for %d KiB: %v", room>>10, err)
		}
		free()
	}
	s := reopened(t, dir)
	complete(t, s)
}

// complete checks that a clinic was founded to its end.
func complete(t testing.TB, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	if o, err := s.Organisation(ctx); err != nil || o.Title != "Проба" {
		t.Fatal(o.Title, err)
	}
	if _, ok, err := s.Reader(ctx).StaffByLogin("admin"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	whole(t, s, registered(t, s, "Иванов"))
	counted(t, s, 1)
}

// A folder that can't be written is said to be that; nothing is lost by trying.
func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	s := found(t, dir)
	p := registered(t, s, "Иванов")
	a := attached(t, s, p, []byte("снимок"))
	closed(t, s)
	before := contents(t, dir)
	t.Run("clinic", func(t *testing.T) {
		mount(t, dir, "--bind", "-o", "ro", dir)
		if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err == nil {
			t.Fatal("the mount is not read-only")
		}
		_, err := open(dir, rightPassword)
		if !fault.Is(err, fault.Space) {
			t.Error(err)
		}
		t.Log(err)
		if _, err := open(dir, "wrong horse"); !fault.Is(err, fault.Space) && !fault.Is(err, fault.Password) {
			t.Error(err)
		}
	})
	t.Run("empty", func(t *testing.T) {
		empty := t.TempDir()
		mount(t, empty, "--bind", "-o", "ro", empty)
		for _, dir := range []string{empty, filepath.Join(empty, "new")} {
			_, _, err := store.Found(context.Background(), dir, founding(), store.Options{})
			if !fault.Is(err, fault.Space) {
				t.Error(err)
			}
			t.Log(err)
		}
	})
	for path, raw := range contents(t, dir) {
		if !bytes.Equal(raw, before[path]) {
			t.Errorf("%s changed", path)
		}
	}
	s = reopened(t, dir)
	whole(t, s, p)
	if got, err := readAttachment(s, a.ID); err != nil || string(got) != "снимок" {
		t.Error(err)
	}
}
