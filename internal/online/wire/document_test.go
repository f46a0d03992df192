package wire

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const document = "../../../docs/sync-protocol.md"

// The document names every message, field, path and problem; a field with its key
// on the same line.
func TestDocument(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	lines := strings.Split(text, "\n")
	seen := map[reflect.Type]bool{}
	for _, m := range messages() {
		documented(t, lines, reflect.TypeOf(m).Elem(), seen)
	}
	if len(seen) < 30 {
		t.Errorf("only %d messages", len(seen))
	}
	for _, path := range []string{
		PathHello, PathProve, PathLink, PathJoin, PathChallenge, PathOpen, PathState, PathPush, PathPull, PathRingPull, PathRingPush,
		PathRingRenew, PathOrder, PathDevices, PathBlobs, PathBlob + "HASH",
	} {
		if !strings.Contains(text, "| `"+path+"` |") {
			t.Errorf("the path %s is not in the document", path)
		}
	}
	for code, status := range statuses {
		if !strings.Contains(text, fmt.Sprintf("| %d | `%s` |", status, code)) {
			t.Errorf("the problem %s is not in the document", code)
		}
	}
	for _, s := range []string{
		MediaType, HelloMagic, alphabet, fmt.Sprintf("%d MiB", MaxBody>>20), fmt.Sprintf("aims at %d MiB", MaxPage>>20), fmt.Sprintf("%d GiB", MaxBlob>>30),
		fmt.Sprintf("chunks of at most %d MiB", MaxChunk>>20), fmt.Sprintf("| a wrap | %d KiB |", maxWrap>>10), "| items of one list | 4 096 |",
		fmt.Sprintf("| a ring record | %d MiB |", MaxRecord>>20), fmt.Sprintf("| an invitation, sealed | %d MiB |", MaxInvite>>20),
		fmt.Sprintf("| a message without a session | %d KiB", MaxAnybody>>10), fmt.Sprintf("| a long poll | %.0f s |", MaxWait.Seconds()),
		fmt.Sprintf("| an invitation's life | %.0f s |", InviteLives.Seconds()), fmt.Sprintf("| a token | %d ", maxToken),
	} {
		if !strings.Contains(text, s) {
			t.Errorf("the document does not say %q", s)
		}
	}
}

func documented(t *testing.T, lines []string, s reflect.Type, seen map[reflect.Type]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	named := regexp.MustCompile(`\b` + s.Name() + `\b`)
	found := false
	for _, l := range lines {
		found = found || named.MatchString(l)
	}
	if !found {
		t.Errorf("%s is not in the document", s.Name())
	}
	for i := range s.NumField() {
		f := s.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("cbor"), ",")
		// "| 2 | Ordinal |", "| 2, 3 | Oldest, Newest |", or "{1: Server, id; 2: …}".
		row := regexp.MustCompile(`^\| [0-9, ]*\b` + key + `\b[0-9, ]* \| [A-Za-z, ]*\b` + f.Name + `\b|[{;] ?` + key + `: ` + f.Name + `\b`)
		found := false
		for _, l := range lines {
			found = found || row.MatchString(l)
		}
		if !found {
			t.Errorf("%s.%s with the key %s is not in the document", s.Name(), f.Name, key)
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			documented(t, lines, inner, seen)
		}
	}
}
