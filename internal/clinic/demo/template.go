package demo

import (
	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
)

// Templates gives the templates that every clinic has from the start, a demo one as well.
func Templates() []clinic.Template {
	all, err := templates.Builtin()
	if err != nil {
		panic(err) // embedded files: the test of the package that has them has read them
	}
	return all
}

// byID makes them ready for the protocols that the generator writes.
func byID(all []clinic.Template) map[clinic.ID]*clinic.Template {
	out := make(map[clinic.ID]*clinic.Template, len(all))
	for i := range all {
		out[all[i].ID] = &all[i]
	}
	return out
}
