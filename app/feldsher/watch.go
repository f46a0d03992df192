package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"feldsher/translations"
)

// windowTime is how long the first picture may take: a computer without OpenGL
// waits for it forever and shows nothing.
const windowTime = 15 * time.Second

// watchWindow ends the program with words if nothing is drawn in time. The returned
// function is called when the first picture stands.
func watchWindow(lang translations.Lang, stderr io.Writer) (painted func()) {
	var once sync.Once
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
		case <-time.After(windowTime):
			text := translations.T(lang, "app_no_opengl")
			_, _ = fmt.Fprintln(stderr, text)
			messageBox("Feldsher", text)
			os.Exit(1)
		}
	}()
	return func() { once.Do(func() { close(done) }) }
}
