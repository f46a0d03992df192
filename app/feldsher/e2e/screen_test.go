// Package e2e drives the real program: its own window on a virtual screen, keys and
// mouse from outside, as a person would. `make e2e` builds the program and runs it;
// pictures of every step are left in build/out. It never looks inside the program but
// by its trace (`--trace`), which names pages and works and holds no word of anybody.
package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screen is a virtual screen with a window manager.
type screen struct {
	t    *testing.T
	name string // ":77"
	out  string // where pictures go
	shot int
}

// tools are what the tests call; without one of them they can't run.
var tools = []string{"Xvfb", "openbox", "xdotool", "setxkbmap", "xprop", "xclip", "import", "pdftotext"}

// ready skips a test that was not asked for, and gives the folder of the programs.
func ready(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("FELDSHER_BIN")
	if bin == "" {
		t.Skip("NOT RUN: the desktop end to end; `make e2e` builds the program and runs this")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: install what `make e2e` names", tool)
		}
	}
	return bin
}

// newScreen starts a screen of 1366×768, the old laptop of an outpost.
func newScreen(t *testing.T) *screen {
	t.Helper()
	s := bareScreen(t, "+extension", "GLX")
	s.start(s.command("openbox"))
	s.wait("the window manager", func() bool {
		out, err := s.command("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").Output()
		return err == nil && bytes.Contains(out, []byte("window id"))
	})
	s.run("xdotool", "mousemove", "1365", "767") // over nothing
	s.run("setxkbmap", "-layout", "us,kz,ru")    // without it xdotool drops Cyrillic letters
	return s
}

// bareScreen starts a screen without a window manager.
func bareScreen(t *testing.T, flags ...string) *screen {
	t.Helper()
	ready(t)
	s := &screen{t: t, out: os.Getenv("FELDSHER_OUT")}
	if s.out == "" {
		s.out = t.TempDir()
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset", "-r"}, flags...)...)
	x.ExtraFiles = []*os.File{w}
	s.start(x)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	s.name = ":" + strings.TrimSpace(line)
	return s
}

func (s *screen) start(c *exec.Cmd) {
	s.t.Helper()
	if err := c.Start(); err != nil {
		s.t.Fatalf("%s: %v", c.Path, err)
	}
	s.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
}

func (s *screen) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.name, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=C.UTF-8")
	return c
}

func (s *screen) run(name string, args ...string) string {
	s.t.Helper()
	out, err := s.command(name, args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// wait asks until something is so that no trace tells of: the window manager, the
// clipboard, a picture that stands still.
func (s *screen) wait(what string, so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(40 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

// picture leaves a picture of the screen in the out folder, once it stands still.
func (s *screen) picture(name string) {
	s.t.Helper()
	s.shot++
	s.still("root", filepath.Join(s.out, fmt.Sprintf("%s-%02d-%s.png", strings.ToLower(strings.ReplaceAll(s.t.Name(), "/", "-")), s.shot, name)))
}

// still writes a picture of a window that is the same twice running.
func (s *screen) still(window, path string) {
	s.t.Helper()
	var last []byte
	s.wait(path, func() bool {
		s.run("import", "-silent", "-window", window, "-define", "png:exclude-chunks=date,time", path)
		now, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		same := bytes.Equal(now, last)
		last = now
		return same
	})
}

// ctl runs the command line on a clinic.
func ctl(t *testing.T, data, user, password string, args ...string) string {
	t.Helper()
	c := exec.Command(filepath.Join(ready(t), "feldsherctl"), append([]string{"--data", data, "--user", user, "--lang", "ru"}, args...)...)
	c.Env = append(os.Environ(), "FELDSHER_PASSWORD="+password)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("feldsherctl %q: %v\n%s%s", args, err, out, &stderr)
	}
	return string(out)
}
