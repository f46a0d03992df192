package icd

import "io"

// BuiltinVersion marks codes taken from the built-in table: chapters, blocks and
// the codes that out-patient care uses most, in the program's own short wording.
const BuiltinVersion = "builtin-1"

// Columns of the built-in table.
const (
	colOwnCode, colOwnKind, colOwnParent = "CODE", "KIND", "PARENT"
	colRU, colKK, colEN                  = "RU", "KK", "EN"
)

// ParseBuiltin reads the built-in table: CSV, UTF-8, semicolons, the columns
// code;kind;parent;ru;kk;en. Parent is a code of the same table, empty for
// chapters; kind is "chapter", "block", "category" or "subcategory" and must
// fit the code; every row has all three names. Diagnoses are marked Common. The
// faults are those of ParseNSI.
func ParseBuiltin(r io.Reader) ([]Entry, error) {
	var p problems
	required := []string{colOwnCode, colOwnKind, colOwnParent, colRU, colKK, colEN}
	records, err := readTable(r, required, &p)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(records))
	nodes := make([]node, 0, len(records))
	for _, rec := range records {
		e := parseOwn(rec, &p)
		entries = append(entries, e)
		nodes = append(nodes, node{line: rec.line, id: e.Code, code: e.Code, kind: e.Kind, parent: e.Parent})
	}
	checkTree(nodes, treeColumns{id: colOwnCode, code: colOwnCode, parent: colOwnParent}, &p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return entries, nil
}

func parseOwn(rec record, p *problems) Entry {
	e := Entry{
		Code: rec.get(colOwnCode), Kind: Kind(rec.get(colOwnKind)), Parent: rec.get(colOwnParent),
		Version: BuiltinVersion, Active: true,
		Names: Names{RU: rec.get(colRU), KK: rec.get(colKK), EN: rec.get(colEN)},
	}
	switch kind := KindOf(e.Code); {
	case kind == "":
		p.add("icd.line.code", rec.line, colOwnCode)
	case kind != e.Kind:
		p.add("icd.line.kind", rec.line, colOwnKind)
	}
	for _, column := range []string{colRU, colKK, colEN} {
		if rec.get(column) == "" {
			p.add("icd.line.empty", rec.line, column)
		}
	}
	e.Common = e.Kind == KindCategory || e.Kind == KindSubcategory
	return e
}
