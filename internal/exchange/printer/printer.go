// Package printer hands a PDF to the system's printers: CUPS on Linux (lp) and on
// macOS (lpr), the shell's print verb on Windows.
//
// It promises that a paper with a patient's data leaves no trace on the disk where
// the system allows it: CUPS reads it through a pipe, and what Windows must have as a
// file stands in a folder that only the user can read, until Sweep takes it away. Where
// nothing could be printed the paper is kept there, and the fault says where, so that
// it can be opened and printed by hand. The names of files and jobs come from the
// caller and never hold a patient's data.
//
// It needs the system's own print service. It never waits for the paper itself: a job
// that the system has taken is printed as far as this program can know.
package printer

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"feldsher/internal/fault"
)

// Printer is one that the system knows.
type Printer struct {
	Name    string // by which the system knows it
	Default bool   // the one that is taken where no other is named
}

// Job is what to print and how.
type Job struct {
	PDF     []byte
	Name    string // of the job in the system's queue, and of a kept file: no patient's data
	Printer string // by its name; the default one where empty
	Copies  int    // 1 where less
}

// Outcome is what has become of a job.
type Outcome uint8

// The outcomes.
const (
	Sent   Outcome = iota // the system has taken it
	Opened                // the system has no way to print PDF: the file was opened for the user to print
)

// MaxCopies is the most copies of one job: more is a slip of the finger.
const MaxCopies = 20

// patience is how long the system's programs may take.
const patience = 30 * time.Second

// System is the printers of this computer.
type System struct {
	folder   string
	run      runner // the system's programs; another in tests of other systems
	patience time.Duration
}

// New prepares printing. folder is where papers stand that must be files for a while;
// it is made when it is needed, readable by the user only.
func New(folder string) *System { return &System{folder, command, patience} }

// Folder is the place for papers where the program has no better one: inside the
// user's own cache.
func Folder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fault.Wrap(err, fault.Space, "fault.printer.folder")
	}
	return filepath.Join(cache, "feldsher", "print"), nil
}

// List gives the printers, the default one first. No printer is an empty list and no
// fault; a computer without a print service is the fault "fault.printer.service".
func (s *System) List(ctx context.Context) ([]Printer, error) {
	ctx, stop := context.WithTimeout(ctx, s.patience)
	defer stop()
	list, err := s.list(ctx)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	for i := range list {
		if list[i].Default {
			list[0], list[i] = list[i], list[0]
		}
	}
	return list, nil
}

// Print hands a job to the system. Faults: "fault.printer.service" where there is no
// print service, "fault.printer.none" where it has no printer, "fault.printer.gone"
// where it does not have the named one, "fault.printer.failed" where it refused,
// "fault.printer.slow" where it did not answer: all of them NotFound but the last two,
// with the argument "file", where the paper was kept. A job that the caller itself
// broke off is kept nowhere.
func (s *System) Print(ctx context.Context, job Job) (Outcome, error) {
	if job.Copies > MaxCopies {
		return Sent, fault.At("copies", "fault.printer.copies", "limit", MaxCopies)
	}
	job.Copies = max(job.Copies, 1)
	bounded, stop := context.WithTimeout(ctx, s.patience)
	defer stop()
	out, err := s.print(bounded, job)
	if err == nil || ctx.Err() != nil {
		return out, err
	}
	return out, s.keep(job, s.told(bounded, err))
}

// keep leaves the paper in the folder and says so in the fault.
func (s *System) keep(job Job, err error) error {
	file, kept := s.file(job)
	if kept != nil {
		return kept
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	args := map[string]any{"file": file}
	for k, v := range f.Args {
		args[k] = v
	}
	return &fault.Error{Kind: f.Kind, Key: f.Key, Args: args, Err: f.Err}
}

// told puts what the system's programs say into words of our own.
func (s *System) told(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.Wrap(err, fault.Internal, "fault.printer.slow")
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.Wrap(err, fault.Internal, "fault.printer.failed")
}

// file writes the paper into the folder under the job's name.
func (s *System) file(job Job) (string, error) {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return "", fault.Wrap(err, fault.Space, "fault.printer.folder")
	}
	name := filepath.Join(s.folder, plain(job.Name)+"-"+strings.ToLower(rand.Text()[:8])+".pdf")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fault.Wrap(err, fault.Space, "fault.printer.folder")
	}
	_, err = f.Write(job.PDF)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(name) // half a paper helps nobody; the first error is the one to tell
		return "", fault.Wrap(err, fault.Space, "fault.printer.folder")
	}
	return name, nil
}

// plain makes a name fit for every file system.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
	return strings.Trim(name[:min(len(name), 80)], "-")
}

// Sweep removes papers that stand in the folder for longer than age: at the start of
// the program all of them, later those that the system has surely read. One that can't
// be removed, because another program still shows it, waits for the next time: it keeps
// neither the others on the disk nor anybody from printing.
func (s *System) Sweep(now time.Time, age time.Duration) error {
	files, err := os.ReadDir(s.folder)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fault.Wrap(err, fault.Space, "fault.printer.folder")
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || !strings.HasSuffix(f.Name(), ".pdf") || age > 0 && now.Sub(info.ModTime()) < age {
			continue
		}
		_ = os.Remove(filepath.Join(s.folder, f.Name()))
	}
	return nil
}
