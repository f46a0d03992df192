package e2e

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// refusal is how a program ended that could not begin.
type refusal struct {
	code   int
	stderr string
	took   time.Duration
}

// refused runs the program with an environment in which it can't show anything.
func refused(t *testing.T, env ...string) refusal {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	c := exec.CommandContext(ctx, filepath.Join(ready(t), "feldsher"), "--data", filepath.Join(dir, "clinic"))
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(append(c.Env, "HOME="+dir, "XDG_CACHE_HOME="+dir, "LC_ALL=", "LANG=ru_RU.UTF-8"), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	c.WaitDelay = time.Second
	begun := time.Now()
	err := c.Run()
	r := refusal{stderr: stderr.String(), took: time.Since(begun)}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		r.code = exit.ExitCode()
	}
	found, err := os.ReadDir(filepath.Join(dir, "clinic"))
	if err == nil && (len(found) > 1 || len(found) == 1 && found[0].Name() != "lock") {
		t.Errorf("it left files behind: %v", found)
	}
	return r
}

// says checks the words and the exit code; a stack of goroutines is no word.
func (r refusal) says(t *testing.T, word string) {
	t.Helper()
	t.Logf("after %.1f s, exit code %d: %s", r.took.Seconds(), r.code, strings.TrimSpace(r.stderr))
	if r.code != 1 || r.took > 30*time.Second || !strings.Contains(r.stderr, word) || strings.Contains(r.stderr, "goroutine ") {
		t.Errorf("no words %q with exit code 1 within 30 seconds", word)
	}
}

// Issue 3: without a display there are words.
func TestNoDisplay(t *testing.T) {
	refused(t).says(t, "нет экрана")
}

// Issue 3: nor where nobody listens on the display.
func TestDisplayIsGone(t *testing.T) {
	refused(t, "DISPLAY=:4711").says(t, "Окно не удалось открыть")
}

// Issue 3: nor where somebody listens and never answers, as a hung remote session does.
func TestDisplayDoesNotAnswer(t *testing.T) {
	ready(t)
	if err := os.MkdirAll("/tmp/.X11-unix", 0o777); err != nil {
		t.Fatal(err)
	}
	socket := "/tmp/.X11-unix/X4712"
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	refused(t, "DISPLAY=:4712").says(t, "Окно не удалось")
}

// Issue 3: a computer without OpenGL.
func TestNoOpenGL(t *testing.T) {
	s := bareScreen(t, "-extension", "GLX")
	refused(t, "DISPLAY="+s.name).says(t, "Окно не удалось")
}

// Issue 3: a second start on the same directory says who has it, and lets the first
// one go on.
func TestSecondStart(t *testing.T) {
	s := newScreen(t)
	data, documents := s.home()
	first := s.open("feldsher", data)
	first.found(documents)
	second := s.open("feldsher", data)
	second.until(stateBroken)
	second.picture("second-start")
	second.press(stateBroken, "F5") // it looks again and still finds the first one
	second.shut()
	s.run("xdotool", "windowactivate", "--sync", first.id)
	first.press("load list hours", "alt+5")
	first.shut()
	t.Log(ctl(t, data, login, password, "check"))
}

// Issue 3: a directory that can't be written. Root may write anywhere, so a file in the
// place of the directory above stands for it.
func TestUnwritable(t *testing.T) {
	s := newScreen(t)
	data, _ := s.home()
	in := filepath.Join(filepath.Dir(data), "taken")
	if err := os.WriteFile(in, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := s.launch("feldsher", filepath.Join(in, "clinic"))
	w.until(stateBroken)
	w.until("painted")
	w.picture("unwritable")
}
