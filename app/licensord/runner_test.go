package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's own binary be the program, so that a test can start it
// as a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("LICENSORD_TEST_MAIN") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// result is what a run left.
type result struct {
	code           int
	stdout, stderr string
}

func run(args ...string) result { return runIn(context.Background(), "en", args...) }

func runIn(ctx context.Context, lang string, args ...string) result {
	var out, errs bytes.Buffer
	env := map[string]string{"FELDSHER_LANG": lang}
	p := &program{stdout: &out, stderr: &errs, getenv: func(name string) string { return env[name] }, now: time.Now}
	code := p.run(ctx, args)
	return result{code, out.String(), errs.String()}
}

// must runs with --json and decodes what is printed.
func must(t *testing.T, out any, args ...string) {
	t.Helper()
	r := run(append([]string{"--json"}, args...)...)
	if r.code != 0 || r.stderr != "" {
		t.Fatalf("%q: exit %d: %s", args, r.code, r.stderr)
	}
	d := json.NewDecoder(strings.NewReader(r.stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		t.Fatalf("%q: %v in %s", args, err, r.stdout)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("%q: more than one value: %s", args, r.stdout)
	}
}

// fails runs with --json and wants an exit code and the key of a sentence.
func fails(t *testing.T, code int, key string, args ...string) {
	t.Helper()
	r := run(append([]string{"--json"}, args...)...)
	var f failure
	if err := json.Unmarshal([]byte(r.stderr), &f); err != nil || r.code != code || f.Error.Key != key || r.stdout != "" {
		t.Errorf("%q: exit %d, want %d %s: %s%s", args, r.code, code, key, r.stdout, r.stderr)
	}
	for _, mark := range []string{"{", "}", "fault."} {
		if strings.Contains(f.Error.Text, mark) {
			t.Errorf("%q: an unfinished sentence: %s", args, f.Error.Text)
		}
	}
}

// process is a server in a process of its own.
type process struct {
	cmd    *exec.Cmd
	out    servingOut
	stderr *bytes.Buffer
}

// serve starts the program, and returns once it has said where it listens.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"--json"}, args...)...)
	cmd.Env = append(os.Environ(), "LICENSORD_TEST_MAIN=1")
	p := &process{cmd: cmd, stderr: new(bytes.Buffer)}
	cmd.Stderr = p.stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(pipe).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.out)
	}
	if err != nil {
		t.Fatalf("%v: %s %s", err, line, p.stderr)
	}
	return p
}

func database(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "обмен с пробелом", "licensord.db")
}
