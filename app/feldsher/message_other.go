//go:build !windows

package main

import (
	"context"
	"os/exec"
	"time"
)

// wordsTime is how long the words stay if nobody takes them away.
const wordsTime = 2 * time.Minute

// messageBox shows words where no window of our own can be drawn, if the system has
// a program for that; the terminal has them in any case.
func messageBox(title, text string) {
	for _, c := range [][]string{
		{"zenity", "--error", "--title", title, "--text", text},
		{"kdialog", "--title", title, "--error", text},
		{"xmessage", "-center", text},
		{"osascript", "-e", "display alert \"" + title + "\""},
	} {
		if path, err := exec.LookPath(c[0]); err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), wordsTime)
			defer cancel()
			_ = exec.CommandContext(ctx, path, c[1:]...).Run()
			return
		}
	}
}
