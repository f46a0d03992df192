package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"feldsher/internal/exchange/printer"
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

// sweepPapers takes printed files away that the system needed on the disk.
func sweepPapers() error {
	folder, err := printer.Folder()
	if err != nil {
		return fmt.Errorf("papers: %w", err)
	}
	return printer.New(folder).Sweep(time.Now(), 0)
}
