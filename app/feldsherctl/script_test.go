package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// sharedData is where the official table and the FHIR files lie, beside the
// project.
const sharedData = "../../../shared/data"

// TestScripts runs the command as a user does. Each run with --json is held
// against the schemas of docs/cli, input, output and errors alike.
//
// What a script says ("<file" gives a file, with ${NAMES} replaced, to standard
// input; "@file" the file as it is; names of files in arguments are absolute,
// $WORK/…):
//
//	ctl [<file] ARGS…              runs with --json and must succeed
//	human [<file] ARGS…            runs without --json and must succeed
//	fails CODE KEY [<file] ARGS…   runs with --json and must fail so
//	refused [<file] ARGS…          runs and must fail, whatever the code
//	get NAME PATH                  puts a value of the last output into $NAME
//	want PATH VALUE                compares a value of the last output; "len" is a length
//	field NAME                     the last error stands at this field
//	stdout RE, stderr RE           the last output matches
//	env NAME=VALUE                 sets what the command's environment holds
//	exists FILE…                   the files are there
//	long FILE N LETTERS TEMPLATE   writes TEMPLATE with LONG replaced by N times LETTERS
//	raw FILE TEXT                  writes Go-quoted text: bytes that no editor keeps
//	damage FILE FROM               flips a bit in every 1000th byte from there on
//	cut FILE N                     keeps the first N bytes
//	mkdir DIR, rm FILE…, cp A B    as they say
//	hub                            a server runs at $SERVER until the end; its code is $CODE
//	hold                           another program has the clinic open, until the end
//	newer                          a later version has written the clinic
//	skip WHY                       ends the script here, loudly
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	data, err := filepath.Abs(sharedData)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			work := t.TempDir()
			s := &script{t: t, name: file, work: work, env: map[string]string{
				"WORK": work, "SHARED": data, "FELDSHER_LANG": "en", "FELDSHER_USER": "admin",
				"FELDSHER_PASSWORD": "пароль главного 1", "FELDSHER_DATA": filepath.Join(work, "клиника с пробелом", "данные"),
			}, conditions: map[string]func() bool{
				"data": func() bool { _, err := os.Stat(data); return err == nil },
				"soak": func() bool { return os.Getenv("FELDSHER_SOAK") == "1" },
			}, commands: map[string]func(*script, bool, []string){
				"ctl": cmdCtl, "human": cmdHuman, "fails": cmdFails, "refused": cmdRefused, "get": cmdGet, "want": cmdWant, "field": cmdField,
				"long": cmdLong, "raw": cmdRaw, "damage": cmdDamage, "cut": cmdCut, "hub": cmdHub, "hold": cmdHold, "newer": cmdNewer,
				"env": cmdEnv, "skip": cmdSkip, "exists": cmdExists, "rm": cmdRemove, "mkdir": cmdMkdir, "cp": cmdCopy,
				"stdout": matcher(func(s *script) string { return s.stdout }),
				"stderr": matcher(func(s *script) string { return s.stderr }),
			}}
			s.run(string(text))
		})
	}
}

// do runs the command. It gives what was run without the name of the input, and
// the input.
func (s *script) do(asJSON bool, args []string) (r result, rest []string, stdin string) {
	s.t.Helper()
	if file, ok := strings.CutPrefix(args[0], "<"); ok {
		stdin, args = s.expand(s.read(file)), args[1:]
	} else if file, ok := strings.CutPrefix(args[0], "@"); ok {
		stdin, args = s.read(file), args[1:]
	}
	full := args
	if asJSON {
		full = append([]string{"--json"}, args...)
	}
	r = call{args: full, stdin: stdin, env: s.getenv}.run()
	s.stdout, s.stderr = r.stdout, r.stderr
	return r, args, stdin
}

func cmdCtl(s *script, _ bool, args []string) {
	r, args, stdin := s.do(true, args)
	if r.code != 0 {
		s.fatalf("%q: exit %d: %s", args, r.code, r.stderr)
	}
	s.check(checkOutput(args, stdin, r.stdout))
	fault, err := checkErrors(r.stderr)
	s.check(err)
	if fault != nil {
		s.fatalf("%q: an error, and exit 0: %s", args, r.stderr)
	}
}

func cmdHuman(s *script, _ bool, args []string) {
	if r, args, _ := s.do(false, args); r.code != 0 {
		s.fatalf("%q: exit %d: %s", args, r.code, r.stderr)
	}
}

func cmdFails(s *script, _ bool, args []string) {
	if len(args) < 3 {
		s.fatalf("usage: fails CODE KEY ARGS…")
	}
	code, key := args[0], args[1]
	r, args, _ := s.do(true, args[2:])
	if strconv.Itoa(r.code) != code {
		s.fatalf("%q: exit %d, want %s: %s%s", args, r.code, code, r.stdout, r.stderr)
	}
	fault, err := checkErrors(r.stderr)
	s.check(err)
	if fault == nil || fault["key"] != key {
		s.fatalf("%q: %v, want %s", args, fault, key)
	}
	if r.stdout != "" && command(args) != "check" {
		s.fatalf("%q failed and printed %s", args, r.stdout)
	}
	for _, mark := range []string{"{", "}", "fault.", "cli_"} {
		if strings.Contains(fault["text"].(string), mark) {
			s.fatalf("%q: an unfinished sentence: %s", args, fault["text"])
		}
	}
}

func cmdRefused(s *script, _ bool, args []string) {
	if r, args, _ := s.do(true, args); r.code == 0 || r.stdout != "" {
		s.fatalf("%q was not refused: %s", args, r.stdout)
	}
}

// printed gives a value of what was printed, text as it is.
func (s *script) printed(path string) string {
	s.t.Helper()
	all, err := values(s.stdout)
	s.check(err)
	if len(all) != 1 {
		s.fatalf("%d JSON values were printed", len(all))
	}
	v, err := at(all[0], path)
	s.check(err)
	if text, ok := v.(string); ok {
		return text
	}
	text, err := json.Marshal(v)
	s.check(err)
	return string(text)
}

func cmdGet(s *script, _ bool, args []string) {
	if len(args) != 2 {
		s.fatalf("usage: get NAME PATH")
	}
	s.env[args[0]] = s.printed(args[1])
}

func cmdWant(s *script, neg bool, args []string) {
	if len(args) != 2 {
		s.fatalf("usage: want PATH VALUE")
	}
	if got := s.printed(args[0]); (got == args[1]) == neg {
		s.fatalf("%s is %q, want %q (negated: %v)", args[0], got, args[1], neg)
	}
}

func cmdField(s *script, _ bool, args []string) {
	fault, err := checkErrors(s.stderr)
	s.check(err)
	if len(args) != 1 || fault["field"] != args[0] {
		s.fatalf("the error is %v, want the field %q", fault, args)
	}
}

func cmdLong(s *script, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	s.check(err)
	s.write(args[0], []byte(strings.Replace(args[3], "LONG", strings.Repeat(args[2], n), 1)))
}

func cmdRaw(s *script, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	s.check(err)
	s.write(args[0], []byte(text))
}

func cmdDamage(s *script, _ bool, args []string) {
	b := []byte(s.read(args[0]))
	from, err := strconv.Atoi(args[1])
	s.check(err)
	for i := from; i < len(b); i += 1000 {
		b[i] ^= 0x10
	}
	s.write(args[0], b)
}

func cmdCut(s *script, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	s.check(err)
	s.check(os.Truncate(s.path(args[0]), int64(n)))
}

func cmdMkdir(s *script, _ bool, args []string) { s.check(os.MkdirAll(s.path(args[0]), 0o700)) }

func cmdCopy(s *script, _ bool, args []string) { s.write(args[1], []byte(s.read(args[0]))) }

func cmdHold(s *script, _ bool, _ []string) {
	other, err := store.Open(context.Background(), s.env["FELDSHER_DATA"], s.env["FELDSHER_USER"], s.env["FELDSHER_PASSWORD"], store.Options{})
	s.check(err)
	s.t.Cleanup(func() { _ = other.Close() })
}

func cmdNewer(s *script, _ bool, _ []string) {
	ctx, dir := context.Background(), s.env["FELDSHER_DATA"]
	keys, err := vault.Open(dir, s.env["FELDSHER_USER"], s.env["FELDSHER_PASSWORD"])
	s.check(err)
	salt, _ := keys.Salt()
	db, err := sealed.Open(ctx, filepath.Join(dir, "clinic.db"), keys.DatabaseKey(), sealed.Options{Salt: salt[:]})
	s.check(err)
	_, err = db.Writer.ExecContext(ctx, `PRAGMA user_version = 9999`)
	s.check(err)
	s.check(db.Close())
	s.check(keys.Close())
}
