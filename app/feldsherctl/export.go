package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/paper"
	"feldsher/internal/exchange/sheet"
	"feldsher/internal/fault"
	"feldsher/translations"
)

type exportCmd struct {
	XLSX exportXLSXCmd `cmd:"" name:"xlsx" help:"${cli_export_xlsx}"`
	PDF  exportPDFCmd  `cmd:"" name:"pdf" help:"${cli_export_pdf}"`
}

// exportOut lists the files that an export wrote.
type exportOut struct {
	Files []string `json:"files"`
	Count int      `json:"count"`
}

type exportXLSXCmd struct {
	Out string `required:"" placeholder:"DIR" help:"${cli_export_out}"`
}

func (c *exportXLSXCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		out, err := s.exportPatients(d, c.Out)
		if err != nil {
			return err
		}
		return s.print(out, "%s", strings.Join(out.Files, "\n"))
	})
}

// exportPatients writes the list of patients.
func (s *session) exportPatients(d *desk, dir string) (exportOut, error) {
	rows, err := d.records.ExportPatients(s.ctx)
	if err != nil {
		return exportOut{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return exportOut{}, fault.Wrap(err, fault.Space, "fault.file.write", "file", dir)
	}
	file := filepath.Join(dir, s.t("cli_file_patients")+".xlsx")
	n := 0
	err = writeFile(file, func(w io.Writer) (err error) {
		n, err = sheet.Patients(w, s.lang, rows, sheet.Options{TempDir: dir, Created: s.now()})
		return err
	})
	if err != nil {
		return exportOut{}, err
	}
	return exportOut{Files: []string{file}, Count: n}, d.records.Exported(s.ctx, "patients.xlsx", n)
}

type exportPDFCmd struct {
	Out     string `required:"" placeholder:"DIR" help:"${cli_export_out}"`
	Patient string `placeholder:"ID" help:"${cli_patient_id}"`
}

// Run writes the signed protocols, a file each.
func (c *exportPDFCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		var patient clinic.ID
		if c.Patient != "" {
			var err error
			if patient, err = d.patientID(s, c.Patient); err != nil {
				return err
			}
		}
		ids, err := d.records.SignedProtocols(s.ctx, patient)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.Out, 0o700); err != nil {
			return fault.Wrap(err, fault.Space, "fault.file.write", "file", c.Out)
		}
		// That they leave is on the disk before the first of them does (R10.4).
		if err := d.records.Exported(s.ctx, "protocols.pdf", len(ids)); err != nil {
			return err
		}
		out := exportOut{Files: []string{}}
		for _, id := range ids {
			file := protocolFile(c.Out, id)
			if err := s.protocolPDF(d, id, file); err != nil {
				return err
			}
			out.Files = append(out.Files, file)
			out.Count++
		}
		if !s.cli.JSON {
			s.say("cli_export_done", "n", out.Count, "dir", c.Out)
			return nil
		}
		return writeJSON(s.stdout, out)
	})
}

// protocolFile names a protocol's file by its id: a file name never tells whose
// it is.
func protocolFile(dir string, id clinic.ID) string {
	return filepath.Join(dir, "protocol-"+id.String()+".pdf")
}

// protocolPDF prints a protocol into a file.
func (s *session) protocolPDF(d *desk, id clinic.ID, file string) error {
	sheet, err := d.records.Printout(s.ctx, id)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(sheet.Organisation.Zone)
	if err != nil {
		zone = time.UTC
	}
	return writeFile(file, func(w io.Writer) error {
		return paper.Protocol(w, paper.ProtocolPaper{
			Organisation: sheet.Organisation, Patient: sheet.Patient, Visit: sheet.Visit, Protocol: sheet.Protocol,
			Zone: zone, Lang: translations.Parse(sheet.Protocol.Lang), Printed: clinic.TimeOf(s.now()),
			Amended: sheet.Amended, Superseded: sheet.Superseded,
		})
	})
}

// writeFile writes a file whole or not at all: beside its place first, then under
// its name.
func writeFile(name string, fill func(io.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fault.New(fault.Invalid, "fault.file.is_dir", "file", name)
	}
	dir := filepath.Dir(name)
	sweepUnfinished(dir)
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		if _, gone := os.Stat(dir); errors.Is(gone, fs.ErrNotExist) {
			return fault.Wrap(err, fault.NotFound, "fault.file.no_dir", "dir", dir)
		}
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", name)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := fill(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", name)
	}
	if err := f.Close(); err != nil {
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", name)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", name)
	}
	return fault.Wrap(syncFolder(dir), fault.Space, "fault.file.write", "file", name)
}

// unfinished is how a file is named until it is whole.
const unfinished = ".feldsher-*"

// sweepUnfinished removes what exports that were killed have left: it holds
// patients' data. A file that is being written by another program is younger.
func sweepUnfinished(dir string) {
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	if err != nil {
		return // the pattern is constant
	}
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(name)
		}
	}
}

// syncFolder makes a new name in a folder durable, where folders can be synced.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
