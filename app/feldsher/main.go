// Feldsher is the clinic program with windows: what a doctor and a receptionist see.
// It wires the rooms below and holds nothing of its own but the window, the language
// and the look before anybody has logged in.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"
	_ "time/tzdata" // a clinic's zone must be known where the system has no table of zones

	"fyne.io/fyne/v2/lang"

	"feldsher/translations"
)

// version of the program; FyneApp.toml says the same.
const version = "0.2.0"

// options are what the command line says.
type options struct {
	data  string
	lang  translations.Lang
	trace bool
}

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

// start runs the program and gives its exit code.
func start(args []string, stdout, stderr io.Writer) int {
	begun := time.Now()
	speech := language()
	o := options{lang: speech}
	flags := flag.NewFlagSet("feldsher", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.data, "data", "", translations.T(speech, "app_flag_data"))
	flags.BoolVar(&o.trace, "trace", false, translations.T(speech, "app_flag_trace"))
	tell := flags.Bool("version", false, translations.T(speech, "app_flag_version"))
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, translations.T(speech, "app_usage"))
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *tell {
		_, _ = fmt.Fprintln(stdout, "feldsher", version)
		return 0
	}
	if o.data == "" {
		dir, err := dataDir()
		if err != nil {
			_, _ = fmt.Fprintln(stderr, translations.T(speech, "app_no_home"))
			return 1
		}
		o.data = dir
	}
	if !display() {
		_, _ = fmt.Fprintln(stderr, translations.T(speech, "app_no_display"))
		return 1
	}
	stop := watchWindow(speech, stderr)
	return open(o, stderr, begun, stop)
}

// open opens the window. Below us a window that can't be made is a panic: then words
// and an exit code stand for it. Once something is drawn a panic is a defect and stays.
func open(o options, stderr io.Writer, begun time.Time, stop func()) (code int) {
	drawn := false
	garbage := debug.SetGCPercent(-1) // none is collected before the first picture
	defer func() {
		if drawn {
			return
		}
		if r := recover(); r != nil {
			stop()
			_, _ = fmt.Fprintln(stderr, translations.T(o.lang, "app_no_window", "why", r))
			code = 1
		}
	}()
	p := newProgram(o, stderr, begun)
	p.painted = func() { drawn = true; debug.SetGCPercent(garbage); stop() }
	p.run()
	return 0
}

// language is that of the system before anybody has chosen one; Russian where the
// system says nothing.
func language() translations.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch v := os.Getenv(name); v {
		case "", "C", "POSIX", "C.UTF-8":
		default:
			return translations.Parse(v)
		}
	}
	if runtime.GOOS == "linux" {
		return translations.Russian
	}
	return translations.Parse(lang.SystemLocale().LanguageString())
}

// dataDir is where a clinic's data stand unless --data names another place.
func dataDir() (string, error) {
	if dir := os.Getenv("FELDSHER_DATA"); dir != "" {
		return dir, nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "Feldsher", "clinic"), nil
}

// display reports whether there is something to open a window on.
func display() bool {
	if runtime.GOOS != "linux" {
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
