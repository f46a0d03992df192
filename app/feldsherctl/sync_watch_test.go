package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/online/syncer"
)

// told hands on what a command prints, as it prints it.
type told chan string

func (c told) Write(p []byte) (int, error) {
	c <- string(p)
	return len(p), nil
}

// TestSyncWatch: the command goes on until it is interrupted, brings what others have
// written within two seconds, and ends with 0 and what it has moved.
func TestSyncWatch(t *testing.T) {
	work := t.TempDir()
	s := &script{t: t, name: "watch", work: work, env: map[string]string{
		"FELDSHER_LANG": "en", "FELDSHER_USER": "admin", "FELDSHER_PASSWORD": "пароль главного 1", "FELDSHER_DATA": filepath.Join(work, "первая"),
	}}
	cmdHub(s, false, nil)
	ctl := func(stdin string, args ...string) {
		t.Helper()
		if r := (call{args: append([]string{"--json"}, args...), stdin: stdin, env: s.getenv}).run(); r.code != 0 {
			t.Fatalf("%q: %s", args, r.stderr)
		} else {
			s.stdout = r.stdout
		}
	}
	ctl("", "init", "--clinic", "Амбулатория", "--country", "ru")
	ctl("", "link", "--server", s.env["SERVER"], "--code", s.env["CODE"])
	ctl("", "sync")
	ctl("", "device", "invite")
	ctl("", "--data", s.env["SECOND"], "join", "--server", s.env["SERVER"], "--code", s.printed("code"))
	ctl("", "sync")

	for _, asJSON := range []bool{false, true} {
		ctx, interrupt := context.WithCancel(context.Background())
		lines := make(told, 100)
		args := []string{"--data", s.env["SECOND"], "sync", "--watch"}
		if asJSON {
			args = append([]string{"--json"}, args...)
		}
		p := &program{stdin: strings.NewReader(""), stdout: lines, stderr: &bytes.Buffer{}, getenv: s.getenv, now: time.Now, params: cheap}
		code := make(chan int, 1)
		go func() { code <- p.run(ctx, args) }()
		ctl(`{"family":"Берёзкина"}`, "patient", "add")
		ctl("", "sync")
		if !asJSON {
			arrives(t, lines)
		}
		if asJSON {
			// It prints at its end only: another exchange of this one shows that it has come.
			ctl("", "sync")
		}
		interrupt()
		if got := <-code; got != 0 {
			t.Fatalf("exit %d", got)
		}
		if !asJSON {
			continue
		}
		var r syncer.Report
		if err := json.Unmarshal([]byte(<-lines), &r); err != nil {
			t.Fatal(err)
		}
	}
	ctl("", "--data", s.env["SECOND"], "sync")
	ctl("", "--data", s.env["SECOND"], "patient", "find", "Берёзкина")
	if got := strings.Count(s.stdout, "case_number"); got != 2 {
		t.Fatalf("%d cards have come:\n%s", got, s.stdout)
	}
}

// arrives waits for a line that tells of entries fetched.
func arrives(t *testing.T, lines told) {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case line := <-lines:
			if !strings.Contains(line, "fetched: 0") {
				return
			}
		case <-late:
			t.Fatal("nothing has come")
		}
	}
}
