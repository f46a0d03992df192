package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/printer"
	"feldsher/internal/fault"
)

// Printers gives the names of the system's printers, the default one first; none
// where the system has none or does not say.
func Printers(ctx context.Context, p *printer.System) []string {
	list, err := p.List(ctx)
	if err != nil {
		return nil // printing itself will say what is wrong
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	return names
}

// Print makes the document and hands it to the system.
func (sh *Sheet) Print(ctx context.Context, p *printer.System, to string, copies int) (printer.Outcome, error) {
	pdf, err := sh.PDF(ctx)
	if err != nil {
		return printer.Sent, err
	}
	return p.Print(ctx, printer.Job{PDF: pdf, Name: sh.plainName(), Printer: to, Copies: copies})
}

// plainName names the document without saying whose it is.
func (sh *Sheet) plainName() string {
	return fmt.Sprintf("protocol-%s-v%d", sh.ID().String()[:13], max(sh.out.Protocol.Version, 1))
}

// FileName proposes a name for the saved PDF: without the patient's data, or, where
// the user chooses so, with surname and day of the visit.
func (sh *Sheet) FileName(named bool) string {
	if !named {
		return sh.plainName() + ".pdf"
	}
	who := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' {
			return r
		}
		return -1
	}, sh.out.Patient.Family)
	if r := []rune(who); len(r) > 60 {
		who = string(r[:60])
	}
	day := sh.session.Words.Day(sh.out.Visit.CareFrom)
	return strings.Trim(who+" "+day+" "+sh.plainName(), " ") + ".pdf"
}

// Save writes the document as a file that only the user can read and gives its path.
// A file that is there already is never overwritten: the new one gets a number. Faults
// stand at the fields "folder" and "name".
func (sh *Sheet) Save(ctx context.Context, folder, name string) (string, error) {
	folder, name = strings.TrimSpace(folder), strings.TrimSpace(name)
	switch info, err := os.Stat(folder); {
	case folder == "":
		return "", fault.At("folder", "fault.field.empty")
	case err != nil || !info.IsDir():
		return "", fault.At("folder", "signing_fault_folder")
	case name == "":
		return "", fault.At("name", "fault.field.empty")
	case strings.ContainsAny(name, `/\:*?"<>|`) || strings.ContainsFunc(name, unicode.IsControl) || len(name) > 240 || strings.HasPrefix(name, "."):
		return "", fault.At("name", "signing_fault_name")
	}
	pdf, err := sh.PDF(ctx)
	if err != nil {
		return "", err
	}
	f, err := fresh(folder, strings.TrimSuffix(name, ".pdf"))
	if err != nil {
		return "", fault.Wrap(err, fault.Space, "signing_fault_save")
	}
	_, err = f.Write(pdf)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name()) // half a document helps nobody; the first error is the one to tell
		return "", fault.Wrap(err, fault.Space, "signing_fault_save")
	}
	return f.Name(), nil
}

// fresh makes a file of a name that is not taken.
func fresh(folder, name string) (*os.File, error) {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s (%d)", name, n)
		}
		f, err := os.OpenFile(filepath.Join(folder, try+".pdf"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) || n > 999 {
			return f, err
		}
	}
}

const folderPref = "signing.folder"

// Folder is where the user has saved last; the user's documents at first.
func (sh *Sheet) Folder(ctx context.Context) string {
	if at, err := sh.session.Prefs.Get(ctx, folderPref); err == nil && at != "" {
		return at
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	for _, name := range []string{"Documents", "Документы", "Құжаттар"} {
		if info, err := os.Stat(filepath.Join(home, name)); err == nil && info.IsDir() {
			return filepath.Join(home, name)
		}
	}
	return home
}

// KeepFolder remembers it for the next time.
func (sh *Sheet) KeepFolder(ctx context.Context, folder string) error {
	return sh.session.Prefs.Set(ctx, folderPref, folder)
}

// Scan attaches the scan of the paper signed by hand, a file on the disk: the task «not
// signed by hand» is done. The fault of a file that can't be read stands at "file".
func (sh *Sheet) Scan(ctx context.Context, path string) (clinic.Protocol, error) {
	f, err := os.Open(strings.Trim(strings.TrimSpace(path), `"`))
	if err != nil {
		return clinic.Protocol{}, fault.At("file", "signing_fault_file")
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return clinic.Protocol{}, fault.At("file", "signing_fault_file")
	}
	return sh.session.Records.ScanProtocol(ctx, sh.ID(), io.Reader(f))
}
