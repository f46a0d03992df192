// Winres makes what windres needs and checks what the linker made of it:
//
//	winres ico IN.png OUT.ico     an icon in the sizes that Windows asks for
//	winres check EXE VERSION      a 64-bit program with windows, icon, manifest and version
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "winres:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "ico":
		return makeIcon(args[1], args[2])
	case len(args) == 3 && args[0] == "check":
		words, err := check(args[1], args[2])
		if err == nil {
			fmt.Println(words)
		}
		return err
	}
	return fmt.Errorf("usage: winres ico IN.png OUT.ico | winres check EXE VERSION")
}
