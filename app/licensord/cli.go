package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"feldsher/internal/fault"
	"feldsher/translations"
)

// cli is the grammar of the command line. Help texts are keys of translations,
// put in by vars.
type cli struct {
	DB    string `name:"db" placeholder:"FILE|postgres://…" help:"${licensord_db} ($LICENSORD_DB)"`
	Files string `placeholder:"DIR" help:"${licensord_files} ($LICENSORD_FILES)"`
	JSON  bool   `name:"json" help:"${cli_json}"`
	Lang  string `placeholder:"ru|kk|en" help:"${cli_lang} ($FELDSHER_LANG)"`

	Serve    serveCmd    `cmd:"" help:"${licensord_serve}"`
	Org      orgCmd      `cmd:"" help:"${licensord_org}"`
	Device   deviceCmd   `cmd:"" help:"${licensord_device}"`
	Stats    statsCmd    `cmd:"" help:"${licensord_stats}"`
	Operator operatorCmd `cmd:"" help:"${licensord_operator}"`
	Restored restoredCmd `cmd:"" help:"${licensord_restored}"`
	Version  versionCmd  `cmd:"" help:"${cli_version}"`
}

// session is what a command runs with.
type session struct {
	*program
	ctx context.Context
	cli *cli
}

// run parses and executes one command and gives its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	p.lang = p.language(args)
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("licensord"), kong.Writers(p.stdout, p.stderr), kong.Exit(func(code int) { exit = code }),
		kong.Description(p.t("licensord_about")+"\n\n"+p.exitCodes()), p.vars(), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		return p.fail(&c, fault.Wrap(err, fault.Internal, "fault.internal"))
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		c.JSON = c.JSON || slices.Contains(args, "--json")
		return p.fail(&c, fault.Wrap(err, fault.Invalid, "licensord_usage", "why", err.Error()))
	}
	c.DB, c.Files = cmp.Or(c.DB, p.getenv("LICENSORD_DB")), cmp.Or(c.Files, p.getenv("LICENSORD_FILES"))
	if err := parsed.Run(&session{program: p, ctx: ctx, cli: &c}); err != nil {
		return p.fail(&c, err)
	}
	return 0
}

// language takes --lang before anything is parsed, for help is in it too.
func (p *program) language(args []string) translations.Lang {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return translations.Parse(v)
		}
		if a == "--lang" && i+1 < len(args) {
			return translations.Parse(args[i+1])
		}
	}
	for _, name := range []string{"FELDSHER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := p.getenv(name); v != "" && !strings.HasPrefix(v, "C") && !strings.HasPrefix(v, "POSIX") {
			return translations.Parse(v)
		}
	}
	return translations.Russian
}

// t gives a sentence in the language of the session.
func (p *program) t(key string, args ...any) string { return translations.T(p.lang, key, args...) }

// vars hands the help texts to the parser.
func (p *program) vars() kong.Vars {
	v := kong.Vars{}
	for _, key := range translations.Keys(translations.Russian) {
		if strings.HasPrefix(key, "licensord_") || strings.HasPrefix(key, "cli_") {
			v[key] = p.t(key)
		}
	}
	return v
}

// kinds of failure that this program has, with an exit code of their own, in order.
var kinds = []fault.Kind{
	fault.Internal, fault.Invalid, fault.NotFound, fault.Conflict, fault.Damaged, fault.Locked, fault.Space, fault.Newer, fault.Offline,
}

func (p *program) exitCodes() string {
	var b strings.Builder
	b.WriteString(p.t("cli_exit") + "\n  0  " + p.t("cli_exit_ok"))
	for _, k := range kinds {
		text := p.t("licensord_exit_offline")
		if k != fault.Offline {
			text = p.t("cli_exit_" + k.String())
		}
		_, _ = fmt.Fprintf(&b, "\n  %-2d %s", k.ExitCode(), text)
	}
	return b.String()
}

// failure is what --json prints of an error.
type failure struct {
	Error struct {
		Kind  string `json:"kind"`
		Key   string `json:"key"`
		Field string `json:"field,omitempty"`
		Text  string `json:"text"`
	} `json:"error"`
}

// fail prints an error in the operator's words and gives its exit code. The cause
// goes to the operator too: there is nobody else to read it.
func (p *program) fail(c *cli, err error) int {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "fault.internal", "why", err.Error())
		if errors.Is(err, context.Canceled) {
			f = fault.New(fault.Internal, "fault.cancelled")
		}
	}
	text := translations.Format(p.lang, f.Key, f.Args)
	if !translations.Has(translations.Russian, f.Key) {
		text = p.t("fault.internal", "why", err.Error())
	} else if f.Err != nil && f.Kind != fault.Invalid {
		text += " [" + f.Err.Error() + "]"
	}
	if c.JSON {
		var out failure
		out.Error.Kind, out.Error.Key, out.Error.Field, out.Error.Text = f.Kind.String(), f.Key, f.Field, text
		_ = writeJSON(p.stderr, out)
	} else {
		_, _ = fmt.Fprintln(p.stderr, text)
	}
	return f.Kind.ExitCode()
}

// writeJSON prints a value indented, with letters of any language as they are.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// print gives the value with --json, else the text.
func (s *session) print(v any, text string) error {
	if s.cli.JSON {
		return fault.Wrap(writeJSON(s.stdout, v), fault.Space, "fault.licensord.output")
	}
	_, err := fmt.Fprintln(s.stdout, text)
	return fault.Wrap(err, fault.Space, "fault.licensord.output")
}
