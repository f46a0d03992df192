package icd

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"feldsher/internal/fault"
)

// Limits of what is read as a table. The official one has 2.3 MB, 15 038 rows
// and names of up to 261 letters.
const (
	maxTableBytes = 32 << 20
	maxRows       = 100_000
	maxCell       = 2_000 // letters
	maxProblems   = 100   // listed; the rest is only counted
)

// problems are the unsound lines of a table, in the order of the file. They say
// line and column and never what stands there: whoever picks the wrong file may
// have picked a list of patients.
type problems struct {
	list  []*fault.Error
	total int
}

// add notes a fault in a line and column; further args are pairs.
func (p *problems) add(key string, line int, column string, args ...any) {
	p.total++
	if len(p.list) >= maxProblems {
		return
	}
	args = append([]any{"line", line, "column", column}, args...)
	f := fault.New(fault.Invalid, key, args...)
	f.Field = fmt.Sprintf("line %d, %s", line, column)
	p.list = append(p.list, f)
}

// Error is the text for the log.
func (p *problems) Error() string {
	if len(p.list) == 0 {
		return "no problems"
	}
	return fmt.Sprintf("%d problems, first: %v", p.total, p.list[0])
}

// err is the fault for the whole table, nil if all lines are sound.
func (p *problems) err() error {
	if p.total == 0 {
		return nil
	}
	first := p.list[0].Args
	return fault.Wrap(p, fault.Invalid, "icd.table.problems", "n", p.total,
		"line", first["line"], "column", first["column"])
}

// Problems lists the unsound lines that a refused table was refused for: each a
// fault with the args line (from 1, the heading counts) and column, at most the
// first hundred. It is empty if err has another reason.
func Problems(err error) []*fault.Error {
	var p *problems
	if !errors.As(err, &p) {
		return nil
	}
	return p.list
}

// record is one line of a table, its cells found by the name of the column.
type record struct {
	line  int
	cells []string
	at    map[string]int
}

// get gives the trimmed cell, "" where the table has no such column.
func (r record) get(column string) string {
	i, ok := r.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// readTable reads a CSV file with a heading: UTF-8 with or without a byte order
// mark, lines ended by LF or CRLF, cells parted by semicolon, comma or tab,
// columns in any order. Lines that can't be split into cells are noted in p;
// faults of the file as a whole are returned.
func readTable(r io.Reader, required []string, p *problems) ([]record, error) {
	text, err := readText(r)
	if err != nil {
		return nil, err
	}
	lines := csv.NewReader(bytes.NewReader(text))
	lines.Comma = separator(text)
	lines.FieldsPerRecord = -1
	heading, err := lines.Read()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "icd.table.foreign")
	}
	at, err := columns(heading, required)
	if err != nil {
		return nil, err
	}
	var out []record
	for {
		cells, err := lines.Read()
		if err == io.EOF {
			return out, nil
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			at := 0
			if p.total < maxProblems { // else it is only counted, and counting letters takes time
				at = letter(text, wrong.Line, wrong.Column)
			}
			p.add("icd.line.quotes", wrong.StartLine, fmt.Sprint(at))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("icd: reading the table: %w", err)
		}
		if len(out) >= maxRows {
			return nil, fault.New(fault.Invalid, "icd.table.rows", "max", maxRows)
		}
		line, _ := lines.FieldPos(0)
		if len(cells) != len(heading) {
			p.add("icd.line.cells", line, fmt.Sprint(min(len(cells), len(heading))+1), "want", len(heading), "have", len(cells))
			continue
		}
		if i := tooLong(cells); i >= 0 {
			p.add("icd.line.long", line, strings.TrimSpace(heading[i]), "max", maxCell)
			continue
		}
		out = append(out, record{line: line, cells: cells, at: at})
	}
}

// letter turns a place in bytes into one in letters, as an editor counts them.
func letter(text []byte, line, column int) int {
	for ; line > 1; line-- {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return utf8.RuneCount(text[:min(max(column-1, 0), len(text))]) + 1
}

// readText reads the whole file and refuses what is no UTF-8 text.
func readText(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxTableBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("icd: reading the table: %w", err)
	case len(text) > maxTableBytes:
		return nil, fault.New(fault.Invalid, "icd.table.size", "max", maxTableBytes>>20)
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return nil, fault.New(fault.Invalid, "icd.table.packed")
	case !utf8.Valid(text):
		return nil, fault.New(fault.Invalid, "icd.table.encoding")
	case bytes.IndexByte(text, 0) >= 0:
		return nil, fault.New(fault.Invalid, "icd.table.foreign")
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// separator finds what parts the cells of the heading.
func separator(text []byte) rune {
	heading, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ';', 0
	for _, c := range ";,\t" {
		if n := bytes.Count(heading, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// columns maps upper-case names of columns to their place.
func columns(heading, required []string) (map[string]int, error) {
	at := make(map[string]int, len(heading))
	for i, name := range heading {
		name = strings.ToUpper(strings.TrimSpace(name))
		if _, twice := at[name]; twice {
			if containsFold(required, name) {
				return nil, fault.New(fault.Invalid, "icd.table.column_twice", "column", name)
			}
			continue
		}
		at[name] = i
	}
	var missing []string
	for _, name := range required {
		if _, ok := at[name]; !ok {
			missing = append(missing, name)
		}
	}
	switch len(missing) {
	case 0:
		return at, nil
	case len(required):
		return nil, fault.New(fault.Invalid, "icd.table.foreign")
	}
	return nil, fault.New(fault.Invalid, "icd.table.columns", "columns", strings.Join(missing, ", "))
}

func containsFold(list []string, name string) bool {
	for _, s := range list {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

func tooLong(cells []string) int {
	for i, c := range cells {
		if len(c) > maxCell && utf8.RuneCountInString(c) > maxCell {
			return i
		}
	}
	return -1
}
