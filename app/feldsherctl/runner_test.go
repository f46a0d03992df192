package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// script runs a file of testdata/script. The form is that of txtar: lines of
// commands, then files, each after a line "-- name --"; they are laid out in a
// folder of the script's own, $WORK. "#" begins a comment, '…' keeps a word
// whole (” is one quote in it), $NAME and ${NAME} outside quotes are replaced,
// "[cond]" and "[!cond]" before a command run it under a condition only, "!"
// turns a check round.
type script struct {
	t              *testing.T
	work           string
	env            map[string]string
	stdout, stderr string // of the last run of the command
	line           int
	name           string
	commands       map[string]func(*script, bool, []string)
	conditions     map[string]func() bool
}

func (s *script) fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s:%d: %s", s.name, s.line, fmt.Sprintf(format, args...))
}

func (s *script) check(err error) {
	s.t.Helper()
	if err != nil {
		s.fatalf("%v", err)
	}
}

func (s *script) getenv(name string) string { return s.env[name] }

// path makes a file's name absolute.
func (s *script) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.work, name)
}

func (s *script) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	s.check(err)
	return string(b)
}

func (s *script) write(name string, b []byte) {
	s.t.Helper()
	s.check(os.MkdirAll(filepath.Dir(s.path(name)), 0o700))
	s.check(os.WriteFile(s.path(name), b, 0o600))
}

// expand replaces ${NAME} and $NAME; an unknown name is a mistake in the script.
func (s *script) expand(text string) string {
	return os.Expand(text, func(name string) string {
		v, ok := s.env[name]
		if !ok {
			s.fatalf("$%s is not set", name)
		}
		return v
	})
}

// run executes a script's text.
func (s *script) run(text string) {
	s.t.Helper()
	lines, files := unpack(text)
	for name, content := range files {
		s.write(name, []byte(content))
	}
	for i, line := range lines {
		s.line = i + 1
		words := s.words(line)
		if len(words) == 0 || !s.holds(&words) {
			continue
		}
		neg := words[0] == "!"
		if neg {
			words = words[1:]
		}
		do := s.commands[words[0]]
		if do == nil {
			s.fatalf("there is no command %q", words[0])
		}
		do(s, neg, words[1:])
	}
}

// holds takes the conditions off a line and reports whether all are met.
func (s *script) holds(words *[]string) bool {
	for len(*words) > 0 && strings.HasPrefix((*words)[0], "[") {
		name := strings.Trim((*words)[0], "[]")
		name, not := strings.CutPrefix(name, "!")
		met := s.conditions[name]
		if met == nil {
			s.fatalf("there is no condition %q", name)
		}
		if met() == not {
			return false
		}
		*words = (*words)[1:]
	}
	return len(*words) > 0
}

// words splits a line.
func (s *script) words(line string) []string {
	var out []string
	var word strings.Builder
	open := false // a word has begun
	for line != "" {
		switch c := line[0]; {
		case c == '\'':
			end := 1
			for end < len(line) && (line[end] != '\'' || strings.HasPrefix(line[end:], "''")) {
				if line[end] == '\'' {
					end++
				}
				end++
			}
			if end >= len(line) {
				s.fatalf("a quote is not closed: %s", line)
			}
			word.WriteString(strings.ReplaceAll(line[1:end], "''", "'"))
			line, open = line[end+1:], true
		case c == ' ' || c == '\t':
			if open {
				out, open = append(out, word.String()), false
				word.Reset()
			}
			line = line[1:]
		case c == '#' && !open:
			line = ""
		default:
			n := strings.IndexAny(line, " \t'")
			if n < 0 {
				n = len(line)
			}
			word.WriteString(s.expand(line[:n]))
			line, open = line[n:], true
		}
	}
	if open {
		out = append(out, word.String())
	}
	return out
}

var fileMark = regexp.MustCompile(`(?m)^-- (\S.*) --\n`)

// unpack takes a script's text apart.
func unpack(text string) (lines []string, files map[string]string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	marks := fileMark.FindAllStringSubmatchIndex(text, -1)
	files = map[string]string{}
	head := len(text)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		files[text[m[2]:m[3]]] = text[m[1]:end]
		if i == 0 {
			head = m[0]
		}
	}
	return strings.Split(strings.TrimSuffix(text[:head], "\n"), "\n"), files
}

// The commands that any script needs.

func cmdEnv(s *script, _ bool, args []string) {
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			s.fatalf("usage: env NAME=VALUE…")
		}
		s.env[name] = value
	}
}

func cmdSkip(s *script, _ bool, args []string) { s.t.Skip(strings.Join(args, " ")) }

func cmdExists(s *script, neg bool, args []string) {
	for _, a := range args {
		if _, err := os.Stat(s.path(a)); (err == nil) == neg {
			s.fatalf("%s: %v", a, err)
		}
	}
}

func cmdRemove(s *script, _ bool, args []string) {
	for _, a := range args {
		s.check(os.Remove(s.path(a)))
	}
}

// matcher checks an output against a regular expression.
func matcher(output func(*script) string) func(*script, bool, []string) {
	return func(s *script, neg bool, args []string) {
		if len(args) != 1 {
			s.fatalf("usage: stdout|stderr PATTERN")
		}
		re, err := regexp.Compile("(?m)" + args[0])
		s.check(err)
		if re.MatchString(output(s)) == neg {
			s.fatalf("%q in (negated: %v):\n%s", args[0], neg, output(s))
		}
	}
}
