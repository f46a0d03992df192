package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"feldsher/internal/storage/vault"
)

// cheap makes a password cost nothing: what is tested here is the command, not
// Argon2id.
var cheap = vault.Params{Time: 1, Memory: 8, Threads: 1}

// call is one run of the command, in this process, with everything from outside
// given.
type call struct {
	ctx   context.Context
	args  []string
	stdin string
	env   func(string) string
}

// result is what a run left.
type result struct {
	code           int
	stdout, stderr string
}

func (c call) run() result {
	var out, errs bytes.Buffer
	ctx := c.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	env := c.env
	if env == nil {
		env = func(string) string { return "" }
	}
	p := &program{stdin: strings.NewReader(c.stdin), stdout: &out, stderr: &errs, getenv: env, now: time.Now, params: cheap}
	code := p.run(ctx, c.args)
	return result{code, out.String(), errs.String()}
}

// clinicEnv is a fresh clinic's directory, with its administrator logged in.
func clinicEnv(t *testing.T) func(string) string {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{
		"FELDSHER_DATA": dir + "/клиника с пробелом", "FELDSHER_USER": "admin", "FELDSHER_PASSWORD": "пароль главного 1",
		"FELDSHER_NEW_PASSWORD": "новый пароль 2", "FELDSHER_LANG": "en",
	}
	get := func(name string) string { return env[name] }
	r := call{args: []string{"--json", "init", "--clinic", "Амбулатория", "--country", "ru"}, env: get}.run()
	if r.code != 0 {
		t.Fatalf("init: %d: %s", r.code, r.stderr)
	}
	return get
}

// values reads a stream of JSON values.
func values(text string) ([]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var out []any
	for {
		var v any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, fmt.Errorf("%w in %q", err, text)
		}
		out = append(out, v)
	}
}

// at follows a path of names and numbers: "diagnoses.0.code"; "len" is the length.
func at(v any, path string) (any, error) {
	if path == "." {
		return v, nil
	}
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[part]
			if part == "len" {
				next, ok = json.Number(strconv.Itoa(len(x))), true
			}
			if !ok {
				return nil, fmt.Errorf("no %q in %q", part, path)
			}
			v = next
		case []any:
			if part == "len" {
				v = json.Number(strconv.Itoa(len(x)))
				continue
			}
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(x) {
				return nil, fmt.Errorf("no %q in %q of %d", part, path, len(x))
			}
			v = x[i]
		default:
			return nil, fmt.Errorf("%q of %q is in no object", part, path)
		}
	}
	return v, nil
}
