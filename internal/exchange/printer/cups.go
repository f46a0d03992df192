package printer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"feldsher/internal/fault"
)

// cups speaks to the print service of Linux and macOS through its own programs.
// linux takes lp, which knows what it prints on; macOS has lpr, with other letters for
// the same options.
type cups struct {
	run   runner
	print string // lp or lpr
}

// list asks lpstat: -e names the queues, among them those that the network offers and
// nobody has set up, -d the default one.
func (c cups) list(ctx context.Context) ([]Printer, error) {
	out, err := c.run(ctx, nil, "lpstat", "-e")
	if err != nil {
		if strings.Contains(refused(err), "no destinations") {
			return nil, nil
		}
		if w := refused(err); strings.Contains(w, "scheduler") || strings.Contains(w, "unable to connect") || strings.Contains(w, "bad file descriptor") {
			return nil, fault.Wrap(err, fault.NotFound, "fault.printer.service")
		}
		return nil, err
	}
	first := ""
	if d, err := c.run(ctx, nil, "lpstat", "-d"); err == nil {
		if _, name, ok := strings.Cut(d, "destination: "); ok {
			first = strings.TrimSpace(name)
		}
	}
	var all []Printer
	for name := range strings.FieldsSeq(out) {
		all = append(all, Printer{Name: name, Default: name == first})
	}
	return all, nil
}

// send pipes the paper to lp or lpr: no file is written.
func (c cups) send(ctx context.Context, job Job) error {
	all, err := c.list(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "fault.printer.none")
	}
	to := job.Printer
	if to == "" && !slices.ContainsFunc(all, func(p Printer) bool { return p.Default }) {
		to = all[0].Name // the only one that was ever set up is often nobody's default
	}
	if to != "" && !slices.ContainsFunc(all, func(p Printer) bool { return p.Name == to }) {
		return fault.New(fault.NotFound, "fault.printer.gone", "printer", to)
	}
	_, err = c.run(ctx, job.PDF, c.print, c.options(job, to)...)
	return err
}

func (c cups) options(job Job, to string) []string {
	printer, copies, name := "-d", "-n", "-t"
	if c.print == "lpr" {
		printer, copies, name = "-P", "-#", "-T"
	}
	args := []string{"-o", "media=A4", "-o", "document-format=application/pdf"}
	if to != "" {
		args = append(args, printer, to)
	}
	return append(args, copies, strconv.Itoa(job.Copies), name, plain(job.Name))
}
