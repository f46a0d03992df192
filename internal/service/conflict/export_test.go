package conflict

// Knows reports whether the rights of a table are written down.
func Knows(table string) bool { _, ok := rights[table]; return ok }
