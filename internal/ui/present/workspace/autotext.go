package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"feldsher/internal/ui/present"
)

// prefAutotext is where a user's shortcuts are kept on this workstation.
const prefAutotext = "visit.autotext"

// Autotext are the shortcuts that become sentences: those that the program brings and
// the doctor's own, which come before them. An own one without text switches the
// program's off.
type Autotext struct {
	own, builtin map[string]string
}

// Shortcut is one of them.
type Shortcut struct {
	Short, Text string
	Own         bool
}

func loadAutotext(ctx context.Context, s *present.Session) (Autotext, error) {
	a := Autotext{own: map[string]string{}, builtin: parseShortcuts(s.T("visit_autotext_builtin"))}
	body, err := s.Prefs.Get(ctx, prefAutotext)
	if err != nil || body == "" {
		return a, err
	}
	var own map[string]string
	if json.Unmarshal([]byte(body), &own) == nil && own != nil {
		a.own = own
	}
	return a, nil
}

// parseShortcuts reads lines of «short=sentence».
func parseShortcuts(lines string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(lines) {
		if short, text, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			out[foldShort(short)] = text
		}
	}
	return out
}

func foldShort(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// List gives the shortcuts in force in their order.
func (a Autotext) List() []Shortcut {
	var out []Shortcut
	for short, text := range a.own {
		if text != "" {
			out = append(out, Shortcut{short, text, true})
		}
	}
	for short, text := range a.builtin {
		if _, replaced := a.own[short]; !replaced {
			out = append(out, Shortcut{short, text, false})
		}
	}
	slices.SortFunc(out, func(x, y Shortcut) int { return strings.Compare(x.Short, y.Short) })
	return out
}

func (a Autotext) sentence(short string) string {
	short = foldShort(short)
	if text, own := a.own[short]; own {
		return text
	}
	return a.builtin[short]
}

// At finds the shortcut that ends where the cursor is, behind it a blank just typed:
// back is how many letters before the cursor go, sentence what comes in their place.
// cursor counts letters. ok is false where there is none.
func (a Autotext) At(text string, cursor int) (back int, sentence string, ok bool) {
	runes := []rune(text)
	if cursor < 2 || cursor > len(runes) || runes[cursor-1] != ' ' {
		return 0, "", false
	}
	from := cursor - 1
	for from > 0 && !unicode.IsSpace(runes[from-1]) {
		from--
	}
	short := string(runes[from : cursor-1])
	sentence = a.sentence(short)
	if short == "" || sentence == "" {
		return 0, "", false
	}
	if first := []rune(short)[0]; unicode.IsUpper(first) || beginsSentence(runes[:from]) {
		sentence = upperFirst(sentence)
	}
	return cursor - from, sentence + " ", true
}

// beginsSentence reports whether a new sentence begins behind a text.
func beginsSentence(before []rune) bool {
	text := strings.TrimRight(string(before), " \n\t")
	return text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") || strings.HasSuffix(strings.TrimRight(string(before), " \t"), "\n")
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// Autotext gives the shortcuts in force.
func (w *Workspace) Autotext() Autotext {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shorts
}

// Limits of the doctor's own shortcuts.
const (
	maxShort     = 20
	maxSentence  = 1000
	maxShortcuts = 500
)

// Errors of SetShortcut, by key of translations.
var (
	errShort = errors.New("visit_autotext_short")
	errMany  = errors.New("visit_autotext_many")
)

// SetShortcut keeps an own shortcut; an empty text takes it away. It gives the word
// for what is wrong, "" for nothing.
func (w *Workspace) SetShortcut(ctx context.Context, short, text string) (wrong string, err error) {
	short, text = foldShort(short), strings.TrimSpace(text)
	if short == "" || len([]rune(short)) > maxShort || strings.ContainsAny(short, " \t\n=") {
		return w.s.T(errShort.Error(), "limit", maxShort), nil
	}
	if r := []rune(text); len(r) > maxSentence {
		text = string(r[:maxSentence])
	}
	w.mu.Lock()
	own := make(map[string]string, len(w.shorts.own)+1)
	for k, v := range w.shorts.own {
		own[k] = v
	}
	_, builtin := w.shorts.builtin[short]
	w.mu.Unlock()
	if text == "" && !builtin {
		delete(own, short)
	} else {
		own[short] = text
	}
	if len(own) > maxShortcuts {
		return w.s.T(errMany.Error(), "limit", maxShortcuts), nil
	}
	body, err := json.Marshal(own)
	if err != nil {
		return "", fmt.Errorf("workspace: shortcuts: %w", err)
	}
	if err := w.s.Prefs.Set(ctx, prefAutotext, string(body)); err != nil {
		return "", err
	}
	w.mu.Lock()
	w.shorts.own = own
	w.mu.Unlock()
	return "", nil
}
