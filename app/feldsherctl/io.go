package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

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

// maxInput is the most that a command reads from standard input.
const maxInput = 16 << 20

// readJSON reads one JSON object from standard input into v. Unknown fields are
// refused by name: a misspelt one would be lost in silence.
func (s *session) readJSON(v any) error {
	b, err := io.ReadAll(io.LimitReader(s.stdin, maxInput+1))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.input.read")
	}
	return decodeStrict(b, v)
}

func decodeStrict(b []byte, v any) error {
	if len(b) > maxInput {
		return fault.New(fault.Invalid, "fault.input.large", "limit", maxInput>>20)
	}
	if len(strings.TrimSpace(string(b))) == 0 {
		return fault.New(fault.Invalid, "fault.input.empty")
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return inputFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "fault.input.more")
	}
	return nil
}

// inputFault says where JSON goes wrong without repeating what stands there.
func inputFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fault.New(fault.Invalid, "fault.input.syntax", "offset", syntax.Offset)
	case errors.As(err, &kind):
		return &fault.Error{Kind: fault.Invalid, Key: "fault.input.type", Field: kind.Field, Args: map[string]any{"want": kind.Type.String()}}
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return fault.At(strings.Trim(name, `"`), "fault.input.unknown")
	}
	return fault.New(fault.Invalid, "fault.input.value")
}

// merge overlays a JSON object on a stored record: fields it names replace the
// stored ones, lists whole (RFC 7396, but for null, which empties a field).
func merge[T any](stored T, patch []byte) (T, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(patch, &fields); err != nil {
		return stored, inputFault(err)
	}
	base, err := json.Marshal(stored)
	if err != nil {
		return stored, err
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(base, &whole); err != nil {
		return stored, err
	}
	for k, v := range fields {
		if k == "id" || k == "warnings" {
			continue // which record it is, and what was said of it: nothing to store
		}
		if string(v) == "null" {
			delete(whole, k)
			continue
		}
		whole[k] = v
	}
	joined, err := json.Marshal(whole)
	if err != nil {
		return stored, err
	}
	var out T
	err = decodeStrict(joined, &out)
	return out, err
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

func (s *session) printNotes(ns []note) {
	for _, n := range ns {
		if !s.cli.JSON {
			_, _ = fmt.Fprintf(s.stderr, "! %s: %s\n", n.Field, n.Text)
		}
	}
}

// decodeLoose reads the fields that v names and passes over the others.
func decodeLoose(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return inputFault(err)
	}
	return nil
}

// pad sets a numbered word in a column.
func pad(n int, word string) string { return fmt.Sprintf("%3d. %-14s", n, word) }
