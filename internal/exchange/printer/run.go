package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"feldsher/internal/fault"
)

// runner runs a program of the system with an input and gives what it printed.
type runner func(ctx context.Context, input []byte, name string, args ...string) (string, error)

// command runs a real one. Its words are asked for in English, because they are read.
func command(ctx context.Context, input []byte, name string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fault.Wrap(err, fault.NotFound, "fault.printer.service")
	}
	var out, words bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "LANGUAGE=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &words
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return "", &refusal{name, strings.TrimSpace(words.String()), err}
	}
	return out.String(), nil
}

// refusal is what a program of the system said when it failed.
type refusal struct {
	program, words string
	err            error
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %s: %v", r.program, r.words, r.err) }
func (r *refusal) Unwrap() error { return r.err }

// refused gives the words of a refusal in small letters.
func refused(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return strings.ToLower(r.words)
	}
	return ""
}
