// Package icd knows the International Classification of Diseases, 10th revision.
//
// It promises to read the official Russian table (the ministry's reference book
// 1.2.643.5.1.13.13.11.1005) and the program's own built-in table without losing
// or guessing a row, to write any way of typing a code in one form, and to find a
// code while it is being typed: by code, by words in any order, by their
// beginnings, with slips of the finger, in the wrong keyboard layout and by the
// abbreviations that doctors use (R3.2).
//
// It needs nothing but an io.Reader: it opens no files, keeps no state between
// calls and knows no patients. A table with a single unsound line is refused as a
// whole, since a diagnosis coded from half a table can't be repaired later.
//
// It never decides what is medically right. Rows withdrawn by the ministry stay
// readable for ever, they are only not offered.
package icd
