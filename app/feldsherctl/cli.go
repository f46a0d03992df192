package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"feldsher/internal/fault"
	"feldsher/translations"
)

// cli is the grammar of the command line. Help texts are keys of translations,
// put in by vars.
type cli struct {
	Data string `placeholder:"DIR" help:"${cli_data} ($FELDSHER_DATA)"`
	User string `placeholder:"LOGIN" help:"${cli_user} ($FELDSHER_USER)"`
	JSON bool   `name:"json" help:"${cli_json}"`
	Lang string `placeholder:"ru|kk|en" help:"${cli_lang} ($FELDSHER_LANG)"`

	Init       initCmd       `cmd:"" help:"${cli_init}"`
	Tour       tourCmd       `cmd:"" help:"${cli_tour}"`
	Demo       demoCmd       `cmd:"" help:"${cli_demo}"`
	Patient    patientCmd    `cmd:"" help:"${cli_patient}"`
	Visit      visitCmd      `cmd:"" help:"${cli_visit}"`
	Allergy    allergyCmd    `cmd:"" help:"${cli_allergy}"`
	Problem    problemCmd    `cmd:"" help:"${cli_problem}"`
	Protocol   protocolCmd   `cmd:"" help:"${cli_protocol}"`
	Attachment attachmentCmd `cmd:"" help:"${cli_attachment}"`
	Pathway    pathwayCmd    `cmd:"" help:"${cli_pathway}"`
	Template   templateCmd   `cmd:"" help:"${cli_template}"`
	ICD        icdCmd        `cmd:"" name:"icd" help:"${cli_icd}"`
	Import     importCmd     `cmd:"" help:"${cli_import}"`
	Export     exportCmd     `cmd:"" help:"${cli_export}"`
	Ledger     ledgerCmd     `cmd:"" help:"${cli_ledger}"`
	Check      checkCmd      `cmd:"" help:"${cli_check}"`
	User_      userCmd       `cmd:"" name:"user" help:"${cli_user_cmd}"`
	Link       linkCmd       `cmd:"" help:"${cli_link}"`
	Unlink     unlinkCmd     `cmd:"" help:"${cli_unlink}"`
	Join       joinCmd       `cmd:"" help:"${cli_join}"`
	Device     deviceCmd     `cmd:"" help:"${cli_device}"`
	Sync       syncCmd       `cmd:"" help:"${cli_sync}"`
	Conflict   conflictCmd   `cmd:"" help:"${cli_conflict}"`
	Phrase     phraseCmd     `cmd:"" help:"${cli_phrase}"`
	Recover    recoverCmd    `cmd:"" help:"${cli_recover}"`
	Bench      benchCmd      `cmd:"" help:"${cli_bench}"`
	Version    versionCmd    `cmd:"" help:"${cli_version}"`
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
	parser, err := kong.New(&c, kong.Name("feldsherctl"), kong.Writers(p.stdout, p.stderr), kong.Exit(func(code int) { exit = code }),
		kong.Description(p.t("cli_about")+"\n\n"+p.exitCodes()), p.vars(), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		return p.fail(&c, fault.Wrap(err, fault.Internal, "fault.internal"))
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		c.JSON = c.JSON || slices.Contains(args, "--json") // it may stand behind what was not understood
		return p.fail(&c, fault.Wrap(err, fault.Invalid, "cli_usage", "why", err.Error()))
	}
	c.Data, c.User = cmp.Or(c.Data, p.getenv("FELDSHER_DATA")), cmp.Or(c.User, p.getenv("FELDSHER_USER"))
	s := &session{program: p, ctx: ctx, cli: &c}
	if err := parsed.Run(s); err != nil {
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
		if strings.HasPrefix(key, "cli_") {
			v[key] = p.t(key)
		}
	}
	return v
}

// kinds with an exit code of their own, in order.
var kinds = []fault.Kind{
	fault.Internal, fault.Invalid, fault.Forbidden, fault.NotFound, fault.Conflict, fault.Password,
	fault.Damaged, fault.Locked, fault.Space, fault.Newer, fault.Offline,
}

func (p *program) exitCodes() string {
	var b strings.Builder
	b.WriteString(p.t("cli_exit") + "\n  0  " + p.t("cli_exit_ok"))
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n  %-2d %s", k.ExitCode(), p.t("cli_exit_"+k.String()))
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

// fail prints an error in the user's words and gives its exit code.
func (p *program) fail(c *cli, err error) int {
	text, f := p.explain(err)
	if c.JSON {
		var out failure
		out.Error.Kind, out.Error.Key, out.Error.Field, out.Error.Text = f.Kind.String(), f.Key, f.Field, text
		_ = writeJSON(p.stderr, out)
	} else {
		_, _ = fmt.Fprintln(p.stderr, text)
	}
	return f.Kind.ExitCode()
}

// explain puts an error into words: the sentence of its fault, and the field.
func (p *program) explain(err error) (string, *fault.Error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "fault.internal", "why", err.Error())
		if errors.Is(err, context.Canceled) {
			f = fault.New(fault.Internal, "fault.cancelled")
		}
	}
	args := make(map[string]any, len(f.Args))
	for k, v := range f.Args {
		if s, ok := v.(string); ok && k == "why" && translations.Has(translations.Russian, "fault.verify.why."+s) {
			v = p.t("fault.verify.why." + s) // what is wrong with an entry, in words
		}
		args[k] = v
	}
	text := translations.Format(p.lang, f.Key, args)
	if !translations.Has(translations.Russian, f.Key) && !pluralKey(f.Key) {
		text = p.t("fault.internal", "why", err.Error())
	}
	if f.Field != "" {
		text = f.Field + ": " + text
	}
	return text, f
}

func pluralKey(key string) bool { return translations.Has(translations.Russian, key+"#other") }
