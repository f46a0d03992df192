// Package catalog keeps what a clinic looks things up in: the МКБ-10 table with each
// doctor's favourite codes, and the templates of protocols, built in and the clinic's
// own. What is built in works without any import, and no protocol changes when its
// template does. It needs the store and who is logged in; it never reads a card.
package catalog

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"feldsher/assets/icd10"
	"feldsher/internal/clinic"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Catalog works for one logged-in user.
type Catalog struct {
	store     *store.Store
	who       *access.User
	templates []clinic.Template

	mu    sync.Mutex
	index *icd.Index
}

// New is for the logged-in user who; templates are the built-in ones.
func New(s *store.Store, who *access.User, templates []clinic.Template) *Catalog {
	return &Catalog{store: s, who: who, templates: templates}
}

// Imported says what an import of a table did.
type Imported struct {
	Version  string `json:"version"`
	Rows     int    `json:"rows"`
	Active   int    `json:"active"`
	Inactive int    `json:"inactive"`
	Added    int    `json:"added"`
}

// icdBatch is how many rows one transaction takes: short enough to let others
// write in between.
const icdBatch = 500

// ImportICD reads an official table. name is the file's, which holds the
// version. A table with an unsound line is refused whole; the same table again
// changes nothing; earlier versions stay beside it.
func (c *Catalog) ImportICD(ctx context.Context, name string, r io.Reader, progress func(done, all int)) (Imported, error) {
	if err := c.who.Require(clinic.ManageClinic); err != nil {
		return Imported{}, err
	}
	version, ok := icd.VersionFromName(name)
	if !ok {
		return Imported{}, fault.New(fault.Invalid, "fault.icd.version")
	}
	rows, err := icd.ParseNSI(r)
	if err != nil {
		return Imported{}, err
	}
	entries := icd.Entries(rows, version)
	out := Imported{Version: version, Rows: len(entries)}
	for _, e := range entries {
		if e.Active {
			out.Active++
		} else {
			out.Inactive++
		}
	}
	before, err := c.store.Reader(ctx).ICD(version)
	if err != nil {
		return Imported{}, err
	}
	known := make(map[string]bool, len(before))
	for _, e := range before {
		known[e.Code] = true
	}
	defer c.forget()
	act := journal.Act{Actor: c.who.ID, Intent: "icd.import", Batch: clinic.NewID()}
	// From the end to the beginning: the chapters above stand before the codes below,
	// and as long as one is missing the table is not whole (Index).
	for to := len(entries); to > 0; to -= icdBatch {
		from := max(0, to-icdBatch)
		part := entries[from:to]
		if err := c.store.Update(ctx, act, func(tx *store.Tx) error { return tx.PutICD(part, from) }); err != nil {
			return out, err
		}
		for _, e := range part {
			if !known[e.Code] {
				out.Added++
			}
		}
		if progress != nil {
			progress(len(entries)-from, len(entries))
		}
	}
	return out, nil
}

// forget drops the index, so that the next use reads the tables again.
func (c *Catalog) forget() {
	c.mu.Lock()
	c.index = nil
	c.mu.Unlock()
}

// whole reports whether every row's parent is there: an import that was broken off
// lacks some, and half a table must not stand in for a whole one.
func whole(entries []icd.Entry) bool {
	have := make(map[string]bool, len(entries))
	for _, e := range entries {
		have[e.Code] = true
	}
	for _, e := range entries {
		if e.Parent != "" && !have[e.Parent] {
			return false
		}
	}
	return true
}

// Index gives the table in use: the last one imported whole, with the built-in names in
// the other languages, or the built-in table alone.
func (c *Catalog) Index(ctx context.Context) (*icd.Index, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index != nil {
		return c.index, nil
	}
	entries, err := icd.ParseBuiltin(strings.NewReader(icd10.Builtin))
	if err != nil {
		return nil, err
	}
	versions, err := c.store.Reader(ctx).ICDVersions()
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(versions) {
		official, err := c.store.Reader(ctx).ICD(v.Version)
		if err != nil {
			return nil, err
		}
		if whole(official) {
			entries = icd.Merge(official, entries)
			break
		}
	}
	c.index = icd.NewIndex(entries)
	return c.index, nil
}

// SearchICD finds codes, the best first.
func (c *Catalog) SearchICD(ctx context.Context, query string, limit int, o icd.Options) ([]icd.Hit, error) {
	x, err := c.Index(ctx)
	if err != nil {
		return nil, err
	}
	return x.Search(query, limit, o), nil
}

// Versions lists the imported tables.
func (c *Catalog) Versions(ctx context.Context) ([]store.ICDVersion, error) {
	return c.store.Reader(ctx).ICDVersions()
}

// Complete fills in a diagnosis that was given by its code alone: the code in its
// canonical form, the wording and the version of the table in use. A code that
// the table does not know, or that is no longer offered, is refused; a coding
// that names its version already stays as it is (R3.2).
func (c *Catalog) Complete(ctx context.Context, coding *clinic.Coding) error {
	if coding.Version != "" {
		return nil
	}
	x, err := c.Index(ctx)
	if err != nil {
		return err
	}
	code := icd.Normalize(coding.Code)
	e, known := x.Entry(code)
	if code == "" || !known {
		return fault.At("code", "fault.icd.unknown")
	}
	if !e.Active {
		return fault.At("code", "fault.icd.inactive", "code", code)
	}
	coding.System, coding.Code, coding.Version = clinic.ICD10, e.Code, e.Version
	if coding.Name == "" {
		coding.Name = e.Names.RU
	}
	return nil
}
