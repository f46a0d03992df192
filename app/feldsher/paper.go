package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"feldsher/internal/exchange/printer"
	"feldsher/internal/ui/present/entry"
)

// printFile sends a PDF that the user has saved to the printer.
func printFile(ctx context.Context, path string) error {
	pdf, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	folder, err := printer.Folder()
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	_, err = printer.New(folder).Print(ctx, printer.Job{PDF: pdf, Name: "feldsher"})
	return err
}

// sweepPapers takes printed files away that the system needed on the disk, and a
// recovery phrase on its way to the printer when the program broke off.
func sweepPapers() error {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), entry.PhraseFolders)) // the pattern is a constant
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("papers: %w", err)
		}
	}
	folder, err := printer.Folder()
	if err != nil {
		return fmt.Errorf("papers: %w", err)
	}
	return printer.New(folder).Sweep(time.Now(), 0)
}
