//go:build linux

package printer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/exchange/printer"
	"feldsher/internal/fault"
)

// service starts a print service of the test's own: a real CUPS on a socket in a
// temporary folder, without access to the computer's queues. Skips, loudly, where CUPS
// is not installed.
func service(t *testing.T) (folder string) {
	t.Helper()
	cupsd, err := exec.LookPath("cupsd")
	if err != nil {
		cupsd = "/usr/sbin/cupsd"
		if _, err := os.Stat(cupsd); err != nil {
			t.Skip("NOT CHECKED: CUPS is missing; install the Debian packages cups-daemon and cups-client")
		}
	}
	if os.Getuid() != 0 {
		t.Skip("NOT CHECKED: a CUPS of the test's own needs root")
	}
	folder, err = os.MkdirTemp("/tmp", "cups") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(folder, "sock")
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, sub := range []string{"etc", "spool", "spool/tmp", "cache", "state"} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := write("files.conf", fmt.Sprintf(`ServerRoot %[1]s/etc
RequestRoot %[1]s/spool
TempDir %[1]s/spool/tmp
CacheDir %[1]s/cache
StateDir %[1]s/state
AccessLog %[1]s/access
ErrorLog %[1]s/error
PageLog %[1]s/page
FileDevice Yes
SystemGroup root
`, folder))
	conf := write("cupsd.conf", fmt.Sprintf("Listen %s\nBrowsing Off\nDefaultAuthType None\nLogLevel debug\nPreserveJobFiles Yes\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n", socket))
	cmd := exec.Command(cupsd, "-f", "-c", conf, "-s", files)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	t.Setenv("CUPS_SERVER", socket)
	t.Setenv("HOME", folder)
	await(t, "the service", func() bool { return exec.Command("lpstat", "-r").Run() == nil && running() })
	return folder
}

func running() bool {
	out, err := exec.Command("lpstat", "-r").Output()
	return err == nil && strings.Contains(string(out), "is running")
}

// await asks until something is so: the service says nothing when it is ready.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not after 20 seconds", what)
		case <-tick.C:
		}
	}
}

// queue sets up a printer; what it is given stays in the service's spool.
func queue(t *testing.T, name string) {
	t.Helper()
	out, err := exec.Command("/usr/sbin/lpadmin", "-p", name, "-E", "-v", "file:///dev/null", "-m", "raw").CombinedOutput()
	if err != nil {
		t.Fatalf("lpadmin: %v\n%s", err, out)
	}
}

func key(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// TestRealService prints through a real CUPS: the list of printers, the default and
// the named one, copies, and what is said where there is no printer (R3.4).
func TestRealService(t *testing.T) {
	folder := service(t)
	spool := filepath.Join(t.TempDir(), "print")
	s := printer.New(spool)
	pdf := []byte("%PDF-1.4\nнастоящие байты протокола\n%%EOF\n")
	job := printer.Job{PDF: pdf, Name: "protocol-019cd05e"}

	list, err := s.List(t.Context())
	if err != nil || len(list) != 0 {
		t.Fatalf("without printers: %v, %v", list, err)
	}
	_, err = s.Print(t.Context(), job)
	if key(err) != "fault.printer.none" || !fault.Is(err, fault.NotFound) {
		t.Fatalf("without printers: %v", err)
	}
	checkKept(t, err, spool, pdf)

	queue(t, "Pervyi")
	queue(t, "Vtoroi")
	if out, err := exec.Command("/usr/sbin/lpadmin", "-d", "Vtoroi").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	list, err = s.List(t.Context())
	if err != nil || len(list) != 2 || list[0] != (printer.Printer{Name: "Vtoroi", Default: true}) || list[1] != (printer.Printer{Name: "Pervyi"}) {
		t.Fatalf("%v, %v", list, err)
	}
	for i, c := range []struct {
		printer string
		copies  int
		want    []string
	}{
		{"", 0, []string{`argv[0]="Vtoroi"`, `argv[4]="1"`}},
		{"Pervyi", 3, []string{`argv[0]="Pervyi"`, `argv[4]="3"`}},
	} {
		job.Printer, job.Copies = c.printer, c.copies
		if out, err := s.Print(t.Context(), job); err != nil || out != printer.Sent {
			t.Fatalf("%v, %v", out, err)
		}
		if spooled := fmt.Sprintf("%s/spool/d%05d-001", folder, i+1); !has(spooled, pdf) {
			t.Errorf("job %d: the service has not the paper's bytes", i+1)
		}
		log := filepath.Join(folder, "error")
		for _, want := range append(c.want, `argv[3]="protocol-019cd05e"`, "File of type application/pdf queued") {
			line := fmt.Sprintf("[Job %d] %s", i+1, want)
			await(t, line, func() bool { return has(log, []byte(line)) })
		}
	}
	job.Printer = "Tretii"
	if _, err := s.Print(t.Context(), job); key(err) != "fault.printer.gone" {
		t.Errorf("%v", err)
	}
	files, err := os.ReadDir(spool)
	if err != nil || len(files) != 2 {
		t.Errorf("%d papers are kept, want the two that were not printed: %v", len(files), err)
	}
}

func has(file string, want []byte) bool {
	got, err := os.ReadFile(file)
	return err == nil && bytes.Contains(got, want)
}

// checkKept: the fault says where the paper is kept, and only the user can read it.
func checkKept(t *testing.T, err error, spool string, pdf []byte) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("no fault: %v", err)
	}
	file, _ := f.Args["file"].(string)
	got, e := os.ReadFile(file)
	if e != nil || !bytes.Equal(got, pdf) || filepath.Dir(file) != spool {
		t.Fatalf("kept at %q: %v", file, e)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, spool: 0o700} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, want %v (%v)", path, info.Mode().Perm(), want, err)
		}
	}
}
