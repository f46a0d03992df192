package icd

import (
	"io"
	"regexp"
	"strings"
	"time"
)

// NSIOID names the reference book "МКБ-10" in the register of the Russian
// ministry of health (НСИ).
const NSIOID = "1.2.643.5.1.13.13.11.1005"

// Row is a line of the official table.
type Row struct {
	ID         string // the table's own number of the row
	RecCode    string // sorting code; not unique in version 2.27
	Code       string // canonical; unique
	Name       string // official wording; chapters and blocks come in capitals
	Parent     string // code of the row above; "" for a chapter
	Kind       Kind
	Additional string // "", Dagger or Asterisk
	Active     bool
	Changed    string // ISO date, or ""
}

// Until is the date from which an inactive row is no longer used; "" if the row
// is active or the table gives none.
func (r Row) Until() string {
	if r.Active {
		return ""
	}
	return r.Changed
}

// Columns of the official table. Codes that need no sorting, no mark and no date
// can do without the others.
const (
	colID, colRec, colCode, colName        = "ID", "REC_CODE", "MKB_CODE", "MKB_NAME"
	colParent, colMark, colActive, colDate = "ID_PARENT", "ADDL_CODE", "ACTUAL", "DATE"
)

// ParseNSI reads the official table as the ministry publishes it (CSV, UTF-8,
// semicolons; columns ID, REC_CODE, MKB_CODE, MKB_NAME, ID_PARENT, ADDL_CODE,
// ACTUAL, DATE in any order; REC_CODE, ADDL_CODE and DATE may be absent). Rows
// come in the order of the file.
//
// Faults: icd.table.foreign and others where the file is no such table;
// icd.table.problems where lines are unsound (a code or date of no known shape,
// an unknown or unfitting parent, a code or id that stands twice, a circle of
// parents), listed by Problems. In both cases no rows are returned.
func ParseNSI(r io.Reader) ([]Row, error) {
	var p problems
	records, err := readTable(r, []string{colID, colCode, colName, colParent, colActive}, &p)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(records))
	nodes := make([]node, 0, len(records))
	for _, rec := range records {
		row := parseRow(rec, &p)
		rows = append(rows, row)
		nodes = append(nodes, node{line: rec.line, id: row.ID, code: row.Code, kind: row.Kind, parent: rec.get(colParent)})
	}
	cols := treeColumns{id: colID, code: colCode, parent: colParent}
	parents := checkTree(nodes, cols, &p)
	if err := p.err(); err != nil {
		return nil, err
	}
	for i := range rows {
		if up := parents[i]; up >= 0 {
			rows[i].Parent = rows[up].Code
		}
	}
	return rows, nil
}

func parseRow(rec record, p *problems) Row {
	row := Row{
		ID: rec.get(colID), RecCode: rec.get(colRec), Code: Normalize(rec.get(colCode)),
		Name: rec.get(colName), Additional: rec.get(colMark),
	}
	row.Kind = KindOf(row.Code)
	if row.ID == "" {
		p.add("icd.line.empty", rec.line, colID)
	}
	if row.Kind == "" {
		p.add("icd.line.code", rec.line, colCode)
	}
	if row.Name == "" {
		p.add("icd.line.empty", rec.line, colName)
	}
	switch row.Additional {
	case "", Dagger, Asterisk:
	default:
		p.add("icd.line.mark", rec.line, colMark)
	}
	switch rec.get(colActive) {
	case "1":
		row.Active = true
	case "0":
	default:
		p.add("icd.line.active", rec.line, colActive)
	}
	if day := rec.get(colDate); day != "" {
		t, err := time.Parse("02.01.2006", day)
		if err != nil {
			p.add("icd.line.date", rec.line, colDate)
		}
		row.Changed = t.Format(time.DateOnly)
	}
	return row
}

var nsiName = regexp.MustCompile(`^` + regexp.QuoteMeta(NSIOID) + `_(\d+(?:\.\d+)*)(?:\D|$)`)

// VersionFromName takes the version of the official table from the name of its
// file, with or without folders: "1.2.643.5.1.13.13.11.1005_2.27.csv" gives
// "2.27", also behind a copy's " (1)". Any other name gives false.
func VersionFromName(name string) (string, bool) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	m := nsiName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}
