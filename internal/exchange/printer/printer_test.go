//go:build !windows

package printer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"feldsher/internal/fault"
)

func keyOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// program puts a shell script of a name first on the PATH.
func program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestNoService(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s := New(filepath.Join(t.TempDir(), "print"))
	if _, err := s.List(t.Context()); keyOf(err) != "fault.printer.service" {
		t.Errorf("%v", err)
	}
	_, err := s.Print(t.Context(), Job{PDF: []byte("%PDF"), Name: "protocol"})
	if keyOf(err) != "fault.printer.service" || !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// A print service that does not answer never hangs the program.
func TestSlow(t *testing.T) {
	program(t, "lpstat", "exec sleep 60")
	s := New(filepath.Join(t.TempDir(), "print"))
	s.patience = 50 * time.Millisecond
	if _, err := s.Print(t.Context(), Job{PDF: []byte("%PDF"), Name: "protocol"}); keyOf(err) != "fault.printer.slow" {
		t.Errorf("%v", err)
	}
}

// A job that the user breaks off leaves nothing on the disk.
func TestBrokenOff(t *testing.T) {
	program(t, "lpstat", "exec sleep 60")
	folder := filepath.Join(t.TempDir(), "print")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := New(folder).Print(ctx, Job{PDF: []byte("%PDF"), Name: "protocol"}); err == nil {
		t.Error("printed after it was broken off")
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("a paper was kept: %v", err)
	}
}

func TestRefused(t *testing.T) {
	program(t, "lp", "echo 'lp: the queue takes no jobs' >&2; exit 1")
	program(t, "lpstat", `[ "$1" = -e ] && echo Pervyi; exit 0`)
	_, err := New(t.TempDir()).Print(t.Context(), Job{PDF: []byte("%PDF"), Name: "protocol"})
	if keyOf(err) != "fault.printer.failed" || !strings.Contains(err.Error(), "takes no jobs") {
		t.Errorf("%v", err)
	}
	if _, err := New(t.TempDir()).Print(t.Context(), Job{Copies: MaxCopies + 1}); keyOf(err) != "fault.printer.copies" {
		t.Errorf("%v", err)
	}
}

// TestOptions holds the letters by which lp and lpr take the same wishes.
func TestOptions(t *testing.T) {
	t.Parallel()
	job := Job{Name: "Протокол № 7", Copies: 2}
	both := []string{"-o", "media=A4", "-o", "document-format=application/pdf"}
	for program, want := range map[string][]string{
		"lp":  append(both[:4:4], "-d", "Kab-7", "-n", "2", "-t", "7"),
		"lpr": append(both[:4:4], "-P", "Kab-7", "-#", "2", "-T", "7"),
	} {
		if got := (cups{print: program}).options(job, "Kab-7"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q", program, got)
		}
	}
}

// Where nobody has chosen a default printer, the first one is taken.
func TestFirstIsTaken(t *testing.T) {
	t.Parallel()
	var sent []string
	c := cups{print: "lp", run: func(_ context.Context, input []byte, name string, args ...string) (string, error) {
		switch {
		case name == "lpstat" && args[0] == "-e":
			return "Kab-7\nReception\n", nil
		case name == "lpstat":
			return "no system default destination\n", nil
		}
		sent = append(args, string(input))
		return "", nil
	}}
	if err := c.send(t.Context(), Job{PDF: []byte("%PDF"), Copies: 1}); err != nil || !strings.Contains(fmt.Sprint(sent), "-d Kab-7") || sent[len(sent)-1] != "%PDF" {
		t.Errorf("%q, %v", sent, err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "print")
	s := New(folder)
	now := time.Now()
	if err := s.Sweep(now, 0); err != nil {
		t.Fatalf("without a folder: %v", err)
	}
	old, err := s.file(Job{PDF: []byte("%PDF"), Name: "../../etc/passwd"})
	if err != nil || filepath.Dir(old) != folder {
		t.Fatalf("%s, %v", old, err)
	}
	young, err := s.file(Job{PDF: []byte("%PDF"), Name: "protocol"})
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(folder, "notes.txt")
	if err := errors.Join(os.WriteFile(other, nil, 0o600), os.Chtimes(old, now, now.Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(now, 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{old: false, young: true, other: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", filepath.Base(path), err == nil, want)
		}
	}
}

// What can't be removed now keeps no other paper on the disk and nobody from printing;
// at the start nothing stays because a clock was set back.
func TestSweepGoesOn(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	held, late := filepath.Join(folder, "a.pdf"), filepath.Join(folder, "b.pdf")
	now := time.Now()
	err := errors.Join(os.MkdirAll(filepath.Join(held, "in use"), 0o700), os.WriteFile(late, nil, 0o600), os.Chtimes(late, now, now.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	if err := New(folder).Sweep(now, 0); err != nil {
		t.Errorf("nobody could print now: %v", err)
	}
	if _, err := os.Stat(late); err == nil {
		t.Error("a paper stayed behind")
	}
}
