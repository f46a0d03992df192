package fault

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	seen := map[int]Kind{}
	for k := Internal; k <= Newer; k++ {
		code := k.ExitCode()
		if other, twice := seen[code]; twice || code == 0 {
			t.Errorf("%v and %v share the exit code %d", k, other, code)
		}
		seen[code] = k
		if strings.HasPrefix(k.String(), "kind(") {
			t.Errorf("kind %d has no name", k)
		}
	}
	// The contract of the command line.
	for k, want := range map[Kind]int{Invalid: 2, Forbidden: 3, NotFound: 4, Conflict: 5, Password: 6, Damaged: 7, Locked: 8} {
		if k.ExitCode() != want {
			t.Errorf("%v: %d, want %d", k, k.ExitCode(), want)
		}
	}
}

func TestChain(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("outer: %w", Wrap(io.EOF, Damaged, "k", "n", 3))
	if !Is(err, Damaged) || Is(err, Invalid) || KindOf(err) != Damaged || !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if Wrap(nil, Damaged, "k") != nil {
		t.Error("nothing became something")
	}
	if KindOf(io.EOF) != Internal || Is(io.EOF, Internal) {
		t.Error("a plain error is internal, but no fault")
	}
	f := At("phones[1].number", "key", "n", 2)
	if f.Kind != Invalid || f.Field != "phones[1].number" || f.Args["n"] != 2 || !strings.Contains(f.Error(), "phones[1].number") {
		t.Error(f)
	}
}
