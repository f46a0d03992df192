//go:build !windows

package main

import (
	"context"
	"os/exec"
)

// messageBox shows words where no window of our own can be drawn, if the system has
// a program for that; the terminal has them in any case. They stay when this program
// has ended: where the screen hangs, that other program may wait for ever.
func messageBox(title, text string) {
	for _, c := range [][]string{
		{"zenity", "--error", "--title", title, "--text", text},
		{"kdialog", "--title", title, "--error", text},
		{"xmessage", "-center", text},
		{"osascript", "-e", "display alert \"" + title + "\""},
	} {
		if path, err := exec.LookPath(c[0]); err == nil {
			_ = exec.CommandContext(context.Background(), path, c[1:]...).Start()
			return
		}
	}
}
