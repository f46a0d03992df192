package main

import (
	"context"
	"fmt"
	"os"

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
