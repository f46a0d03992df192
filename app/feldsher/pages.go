package main

import (
	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
)

// builtinTemplates are the templates of protocols that every clinic begins with. The
// files are embedded and read by a test: an error can't reach a user.
func builtinTemplates() []clinic.Template {
	all, err := templates.Builtin()
	if err != nil {
		panic(err)
	}
	return all
}
