package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// writeJSON prints a value indented, with letters of any language as they are.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// print gives the value with --json, else the line.
func (s *session) print(v any, format string, args ...any) error {
	if s.cli.JSON {
		return writeJSON(s.stdout, v)
	}
	_, err := fmt.Fprintf(s.stdout, format+"\n", args...)
	return err
}

// say prints a translated line for a person; with --json nothing, for then only
// JSON goes to standard output.
func (s *session) say(key string, args ...any) {
	if !s.cli.JSON {
		_, _ = fmt.Fprintln(s.stdout, s.t(key, args...))
	}
}

// password takes a secret from the environment, else asks for it without echo.
func (s *session) password(env, prompt string) (string, error) {
	if v := s.getenv(env); v != "" {
		return v, nil
	}
	f, ok := s.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", fault.New(fault.Password, "fault.password.none", "env", env)
	}
	_, _ = fmt.Fprint(s.stderr, s.t(prompt)+": ")
	b, err := term.ReadPassword(int(f.Fd()))
	_, _ = fmt.Fprintln(s.stderr)
	if err != nil {
		return "", fault.Wrap(err, fault.Password, "fault.password.none", "env", env)
	}
	return string(b), nil
}

// newPassword asks twice on a terminal.
func (s *session) newPassword(env string) (string, error) {
	first, err := s.password(env, "cli_new_password")
	if err != nil || s.getenv(env) != "" {
		return first, err
	}
	second, err := s.password(env, "cli_new_password_again")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", fault.New(fault.Invalid, "fault.password.differ")
	}
	return first, nil
}

// note is a warning in the user's words.
type note struct {
	Field string `json:"field,omitempty"`
	Key   string `json:"key"`
	Text  string `json:"text"`
}

func (s *session) notes(ws []check.Warning) []note {
	out := make([]note, 0, len(ws))
	for _, w := range ws {
		out = append(out, note{w.Field, w.Key, translations.Format(s.lang, w.Key, w.Args)})
	}
	return out
}

// printNotes shows warnings to a person; with --json they stand in the output.
func (s *session) printNotes(ns []note) {
	for _, n := range ns {
		if !s.cli.JSON {
			s.aside(n)
		}
	}
}

// aside puts a note beside the output: a warning that no output has a place for.
func (s *session) aside(n note) {
	switch {
	case s.cli.JSON:
		_ = writeJSON(s.stderr, map[string]note{"warning": n})
	case n.Field == "":
		_, _ = fmt.Fprintf(s.stderr, "! %s\n", n.Text)
	default:
		_, _ = fmt.Fprintf(s.stderr, "! %s: %s\n", n.Field, n.Text)
	}
}

// pad sets a numbered word in a column.
func pad(n int, word string) string { return fmt.Sprintf("%3d. %-14s", n, word) }
