package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// window is a running program with its window.
type window struct {
	*screen
	cmd   *exec.Cmd
	id    string
	ended chan struct{}
	err   error // of the program's end

	mu   sync.Mutex
	all  []string      // what the program said
	news chan struct{} // something was said
	at   int           // where until goes on
}

// home makes a user's folders round a data directory.
func (s *screen) home() (data, documents string) {
	s.t.Helper()
	dir := s.t.TempDir()
	documents = filepath.Join(dir, "Documents")
	for _, d := range []string{documents, filepath.Join(dir, ".cache")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
	return filepath.Join(dir, "clinic"), documents
}

// launch starts a program of the folder of binaries and reads what it says.
func (s *screen) launch(program, data string) *window {
	s.t.Helper()
	w := &window{screen: s, news: make(chan struct{}, 1), ended: make(chan struct{})}
	w.cmd = s.command(filepath.Join(ready(s.t), program), "--data", data, "--trace")
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
		select {
		case <-w.ended:
		default:
			if s.t.Failed() {
				_ = s.command("import", "-window", "root", filepath.Join(s.out, "failed.png")).Run()
			}
		}
		if s.t.Failed() {
			s.t.Logf("the program said:\n%s", strings.Join(w.said(60), "\n"))
		}
		_ = w.cmd.Process.Kill()
		<-w.ended
		w.noDefects()
	})
	return w
}

// open starts the program and waits until it shows something and has the keys.
func (s *screen) open(program, data string) *window {
	s.t.Helper()
	w := s.launch(program, data)
	w.until("painted")
	w.mu.Lock()
	w.at = 0 // the first page may have been told before the first picture
	w.mu.Unlock()
	s.wait("the window", func() bool {
		out, err := s.command("xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(w.cmd.Process.Pid), "--name", "Feldsher").Output()
		w.id, _, _ = strings.Cut(string(out), "\n")
		return err == nil && w.id != ""
	})
	s.run("xdotool", "windowactivate", "--sync", w.id)
	return w
}

func (w *window) read(pipe io.Reader) {
	for sc := bufio.NewScanner(pipe); sc.Scan(); {
		w.mu.Lock()
		w.all = append(w.all, sc.Text())
		w.mu.Unlock()
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
	w.err = w.cmd.Wait()
	close(w.ended)
}

// said is the last lines that the program wrote.
func (w *window) said(last int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.all[max(len(w.all)-last, 0):]...)
}

// noDefects fails where the toolkit has told of a defect of ours: of a widget that
// was touched beside Fyne's thread (a program that was built without the tag
// migrated_fynedo tells so), or of keys given to a widget that is not in the window.
func (w *window) noDefects() {
	for _, line := range w.said(1 << 20) {
		if strings.Contains(line, "Error in Fyne call thread") {
			w.t.Errorf("a widget was touched beside Fyne's thread:\n%s", strings.Join(w.said(40), "\n"))
			return
		}
		if strings.Contains(line, "Failed to focus object") {
			w.t.Errorf("the keys were given to a widget that is not in the window:\n%s", strings.Join(w.said(1<<20), "\n"))
			return
		}
	}
}

// fresh forgets what was said: until waits for what comes after.
func (w *window) fresh() {
	w.mu.Lock()
	w.at = len(w.all)
	w.mu.Unlock()
}

// find goes on in what was said to a line of the trace that begins with want.
func (w *window) find(want string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := w.at; i < len(w.all); i++ {
		if line, ok := strings.CutPrefix(w.all[i], "trace: "); ok && strings.HasPrefix(line, want) {
			w.at = i + 1
			return line, true
		}
	}
	return "", false
}

// until waits for a line of the trace that begins with want, and gives it.
func (w *window) until(want string) string {
	w.t.Helper()
	for timeout := time.After(40 * time.Second); ; {
		if line, ok := w.find(want); ok {
			return line
		}
		select {
		case <-w.news:
		case <-w.ended:
			if line, ok := w.find(want); ok {
				return line
			}
			w.t.Fatalf("the program ended (%v) before %q", w.err, want)
		case <-timeout:
			w.t.Fatalf("no %q within 40 seconds", want)
		}
	}
}

// ask types into a search and waits for the answer to all of it.
func (w *window) ask(question string) {
	w.t.Helper()
	w.fresh()
	w.text(question)
	w.until(fmt.Sprintf("load answer %d", len([]rune(question))))
}

// askIn does the same in a field of a visit, whose name is a part of the question.
func (w *window) askIn(field, question string) {
	w.t.Helper()
	w.fresh()
	w.text(question)
	w.until(fmt.Sprintf("load answer %d", len(field)+1+len([]rune(question))))
}

// keys presses keys one after another, as xdotool names them.
func (w *window) keys(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.run("xdotool", "key", "--clearmodifiers", k)
	}
}

// press presses keys and waits for what comes of them.
func (w *window) press(want string, keys ...string) string {
	w.t.Helper()
	w.fresh()
	w.keys(keys...)
	return w.until(want)
}

// text types letters.
func (w *window) text(s string) {
	w.t.Helper()
	w.run("xdotool", "type", "--delay", "45", s)
}

// fields types texts into fields one after another, Tab between them.
func (w *window) fields(texts ...string) {
	w.t.Helper()
	for i, s := range texts {
		if i > 0 {
			w.keys("Tab")
		}
		if s != "" {
			w.text(s)
		}
	}
}

// click presses the left button at a place of the window.
func (w *window) click(x, y int) {
	w.t.Helper()
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// holds waits until the field that has the keys has the text: by the clipboard, as a
// person would take it out. The cursor stands at the end after.
func (w *window) holds(text string) {
	w.t.Helper()
	w.run("sh", "-c", "printf - | xclip -selection clipboard -i >/dev/null 2>&1")
	got := ""
	defer func() {
		if w.t.Failed() {
			w.t.Logf("the field has %q", got)
		}
	}()
	w.wait("the text "+text, func() bool {
		w.keys("ctrl+a", "ctrl+c")
		out, err := w.command("timeout", "3", "xclip", "-selection", "clipboard", "-o").Output()
		got = string(out)
		return err == nil && strings.Contains(got, text)
	})
	w.keys("End")
}

// kill ends the program as a power cut would.
func (w *window) kill() {
	w.t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		w.t.Fatal(err)
	}
	<-w.ended
}

// shut closes the window as the window manager does, and waits for the program's end.
func (w *window) shut() {
	w.t.Helper()
	w.press("end", "alt+F4")
	<-w.ended
	if w.err != nil {
		w.t.Errorf("the program ended with %v", w.err)
	}
}
