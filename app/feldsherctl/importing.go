package main

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/fhir"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/translations"
)

type importCmd struct {
	FHIR importFHIRCmd `cmd:"" name:"fhir" help:"${cli_import_fhir}"`
}

type importFHIRCmd struct {
	Paths  []string `arg:"" name:"path" help:"${cli_import_paths}"`
	Source string   `placeholder:"URL" help:"${cli_import_source}"`
}

// importOut is what import fhir prints: what was new, and what has no place yet.
type importOut struct {
	records.Added
	Files    int            `json:"files"`
	Skipped  map[string]int `json:"skipped"`
	Elements map[string]int `json:"skipped_elements,omitempty"`
	Warnings []note         `json:"warnings,omitempty"`
}

func (c *importFHIRCmd) Run(s *session) error {
	files, err := filesOf(c.Paths, ".json", ".ndjson")
	if err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		if err := d.who.Require(clinic.ImportData); err != nil {
			return err
		}
		org, err := d.store.Organisation(s.ctx)
		if err != nil {
			return err
		}
		content, err := c.read(s, files, translations.Parse(org.Language))
		if err != nil {
			return err
		}
		added, err := d.records.Import(s.ctx, records.Bulk{Right: clinic.ImportData, Intent: "import.fhir"}, charts(content))
		if err != nil {
			return err
		}
		out := importOut{Added: added, Files: len(files), Skipped: content.Skipped, Elements: content.Elements}
		for _, w := range content.Warnings {
			out.Warnings = append(out.Warnings, note{Key: w.Key, Text: translations.Format(s.lang, w.Key, w.Args)})
		}
		return s.printImport(out)
	})
}

// read reads all files as one whole: a bulk export spreads a patient over many.
func (c *importFHIRCmd) read(s *session, files []string, lang translations.Lang) (*fhir.Content, error) {
	r := fhir.NewReader(fhir.Options{Source: c.Source, Lang: lang})
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "fault.file.open", "file", file)
		}
		err = r.Add(s.ctx, filepath.Base(file), f)
		_ = f.Close() // read only
		if err != nil {
			return nil, err
		}
	}
	return r.Content(s.ctx)
}

func (s *session) printImport(out importOut) error {
	if s.cli.JSON {
		return writeJSON(s.stdout, out)
	}
	s.say("cli_import_done", "files", out.Files, "patients", out.Patients, "visits", out.Visits, "diagnoses", out.Diagnoses,
		"observations", out.Observations, "prescriptions", out.Prescriptions)
	for _, kind := range sortedKeys(out.Skipped) {
		s.say("cli_import_skipped", "kind", kind, "count", out.Skipped[kind])
	}
	s.printNotes(out.Warnings)
	return nil
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// charts hands read charts to the records.
func charts(c *fhir.Content) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for _, p := range c.Patients {
			in := records.Incoming{
				Patient: p.Patient, Problems: p.Problems, Allergies: p.Allergies, Visits: p.Visits,
				Diagnoses: p.Loose.Diagnoses, Observations: p.Loose.Observations, Prescriptions: p.Loose.Prescriptions,
			}
			if !yield(in, nil) {
				return
			}
		}
	}
}

// filesOf lists the named files, and of named folders those with an ending, in
// order.
func filesOf(paths []string, endings ...string) ([]string, error) {
	var out []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "fault.file.open", "file", path)
		}
		if !info.IsDir() {
			out = append(out, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			for _, ending := range endings {
				if strings.EqualFold(filepath.Ext(name), ending) {
					out = append(out, name)
				}
			}
			return nil
		})
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "fault.file.open", "file", path)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "fault.file.none")
	}
	return out, nil
}
