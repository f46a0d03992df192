// Package demo invents a believable clinic: its people, their families, what
// they suffer from and what was written about it at every visit.
//
// It promises that the same seed, country and day give the same people, down to
// the ids of child rows; that the people stream, so that a hundred thousand
// cards never stand in memory together; that every number with a control digit
// has a right one; that codes come from the built-in table of ICD-10; that drugs
// fit the age, the problems and the allergies on the card; and that nothing
// happens before a birth, after a death or on a day to come.
//
// It needs nothing: no files but its own embedded lists, no clock, no network.
// It never describes a real person. Names are glued from lists, phones lie in
// codes that no operator holds or that stand idle (see phone), СНИЛС are above
// the numbers issued so far, ИНН name tax offices that register nobody.
package demo
