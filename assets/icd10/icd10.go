// Package icd10 carries the ICD-10 table that a new clinic has before it loads
// a full one: every chapter and block of the classification and the categories
// and subcategories that out-patient care uses most, each in Russian, Kazakh
// and English.
//
// It promises that each code exists and is active in the Russian official table
// (NSI 1.2.643.5.1.13.13.11.1005, version SourceVersion), that each parent is
// the official one and stands in the table before its children, and that no
// wording is empty. The wordings are short names of Feldsher's own, not the
// official texts: a clinic that needs those loads the ministry's file.
//
// It needs nothing and never parses, searches or alters the table: it hands out
// the bytes, and the clinic's own code reads them.
package icd10

import _ "embed"

// SourceVersion is the version of the official table against which the codes
// and parents of Builtin were taken and are checked by this package's test.
const SourceVersion = "2.27"

// Builtin is the table as UTF-8 text: lines that end in "\n", fields parted by
// ";" and quoted as encoding/csv quotes them, the first line being the header
//
//	code;kind;parent;ru;kk;en
//
// kind is chapter, block, category or subcategory. code is a Roman numeral for a
// chapter (XXI), a range for a block (J00-J06, a single one as C50-C50), and
// J06, J06.9 or S52.50 below it. parent is the code of the row above in the
// hierarchy, empty for a chapter only: a block may stand under a block, and a
// five-character subcategory under a four-character one. ru, kk and en are names
// of at most 90 letters. Rows stand in the order of the classification.
//
//go:embed builtin.csv
var Builtin string
