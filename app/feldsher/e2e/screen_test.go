// Package e2e drives the real program: its own window on a virtual screen, keys and
// mouse from outside, as a person would. `make e2e` builds the program and runs it;
// pictures of every step are left in build/out.
package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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
var tools = []string{"Xvfb", "openbox", "xdotool", "setxkbmap", "import", "pdftotext"}

// newScreen starts a screen of 1366×768, the old laptop of an outpost.
func newScreen(t *testing.T) *screen {
	t.Helper()
	if os.Getenv("FELDSHER_BIN") == "" {
		t.Skip("NOT RUN: the desktop end to end; `make e2e` builds the program and runs this")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: install what `make e2e` names", tool)
		}
	}
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
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1366x768x24", "+extension", "GLX", "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{w}
	s.start(x)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	s.name = ":" + strings.TrimSpace(line)
	s.run("setxkbmap", "-layout", "us,kz,ru") // without it xdotool drops Cyrillic letters
	s.start(s.command("openbox"))
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
	c.Env = append(os.Environ(), "DISPLAY="+s.name, "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=C.UTF-8")
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

// picture leaves a picture of the screen in the out folder.
func (s *screen) picture(name string) string {
	s.t.Helper()
	s.shot++
	path := filepath.Join(s.out, fmt.Sprintf("%02d-%s.png", s.shot, name))
	s.run("import", "-window", "root", path)
	return path
}

// window is a running program with its window.
type window struct {
	*screen
	cmd    *exec.Cmd
	lines  chan string
	mu     sync.Mutex
	all    []string
	ended  chan struct{}
	err    error
	id     string
	stderr bytes.Buffer
}

// open starts the program on a data directory and waits for its window.
func (s *screen) open(data string, args ...string) *window {
	s.t.Helper()
	w := &window{screen: s, lines: make(chan string, 10000), ended: make(chan struct{})}
	w.cmd = s.command(filepath.Join(os.Getenv("FELDSHER_BIN"), "feldsher"), append([]string{"--data", data, "--trace"}, args...)...)
	w.cmd.Env = append(w.cmd.Env, "HOME="+filepath.Dir(data), "XDG_CONFIG_HOME="+filepath.Join(filepath.Dir(data), "config"), "LANG=ru_RU.UTF-8")
	pipe, err := w.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go w.read(pipe)
	s.t.Cleanup(func() {
		_ = w.cmd.Process.Kill()
		<-w.ended
		if s.t.Failed() {
			s.picture("failed")
			w.mu.Lock()
			s.t.Logf("the program said:\n%s", strings.Join(w.all[max(len(w.all)-60, 0):], "\n"))
			w.mu.Unlock()
		}
	})
	w.id = s.run("xdotool", "search", "--sync", "--onlyvisible", "--pid", strconv.Itoa(w.cmd.Process.Pid), "--name", "Feldsher")
	w.id, _, _ = strings.Cut(w.id, "\n")
	s.run("xdotool", "windowactivate", "--sync", w.id)
	return w
}

func (w *window) read(pipe io.Reader) {
	for sc := bufio.NewScanner(pipe); sc.Scan(); {
		w.mu.Lock()
		w.all = append(w.all, sc.Text())
		w.mu.Unlock()
		w.lines <- sc.Text()
	}
	w.err = w.cmd.Wait()
	close(w.ended)
}

// until waits for a line of the trace that begins with want, and gives it.
func (w *window) until(want string) string {
	w.t.Helper()
	timeout := time.After(40 * time.Second)
	for {
		select {
		case line := <-w.lines:
			if strings.HasPrefix(line, "trace: "+want) {
				return strings.TrimPrefix(line, "trace: ")
			}
		case <-w.ended:
			w.t.Fatalf("the program ended (%v) before %q", w.err, want)
		case <-timeout:
			w.t.Fatalf("no %q within 40 seconds", want)
		}
	}
}

// keys presses keys one after another, as xdotool names them.
func (w *window) keys(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.run("xdotool", "key", "--clearmodifiers", k)
		w.rest()
	}
}

// text types letters.
func (w *window) text(s string) {
	w.t.Helper()
	w.run("xdotool", "type", "--delay", "25", s)
	w.rest()
}

// click presses the left button at a place of the window.
func (w *window) click(x, y int) {
	w.t.Helper()
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	w.rest()
}

// rest lets the program take what was typed: a person's fingers rest longer.
func (w *window) rest() { time.Sleep(60 * time.Millisecond) }

// kill ends the program as a power cut would.
func (w *window) kill() {
	w.t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		w.t.Fatal(err)
	}
	<-w.ended
}

// ctl runs the command line on the same clinic.
func (s *screen) ctl(data, user, password string, args ...string) string {
	s.t.Helper()
	c := exec.Command(filepath.Join(os.Getenv("FELDSHER_BIN"), "feldsherctl"), append([]string{"--data", data, "--user", user}, args...)...)
	c.Env = append(os.Environ(), "FELDSHER_PASSWORD="+password)
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("feldsherctl %q: %v\n%s", args, err, out)
	}
	return string(out)
}
