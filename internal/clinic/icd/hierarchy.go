package icd

// node is a row seen only as a part of the hierarchy. Parent is the id of the
// row above, "" for none.
type node struct {
	line             int
	id, code, parent string
	kind             Kind
}

// treeColumns name, for the faults, where a table keeps these things.
type treeColumns struct{ id, code, parent string }

// mayHold reports whether a row of one kind may stand directly above another.
// The empty kind is the top.
func mayHold(above, below Kind) bool {
	switch below {
	case KindChapter:
		return above == ""
	case KindBlock:
		return above == KindChapter || above == KindBlock
	case KindCategory:
		return above == KindBlock || above == KindChapter
	case KindSubcategory:
		return above == KindCategory || above == KindSubcategory
	}
	return true // an unreadable code has been noted already
}

// checkTree notes ids and codes that stand twice, unknown and unfitting parents
// and circles. It gives for every node the place of its parent, -1 for none.
func checkTree(nodes []node, cols treeColumns, p *problems) []int {
	byID := make(map[string]int, len(nodes))
	byCode := make(map[string]int, len(nodes))
	for i, n := range nodes {
		if first, twice := byID[n.id]; twice && n.id != "" && cols.id != cols.code {
			p.add("icd.line.twice", n.line, cols.id, "first", nodes[first].line)
		} else if !twice {
			byID[n.id] = i
		}
		if n.code == "" {
			continue
		}
		if first, twice := byCode[n.code]; twice {
			p.add("icd.line.twice", n.line, cols.code, "first", nodes[first].line)
		} else {
			byCode[n.code] = i
		}
	}
	parents := make([]int, len(nodes))
	for i, n := range nodes {
		parents[i] = -1
		above := Kind("")
		if n.parent != "" {
			up, known := byID[n.parent]
			if !known {
				p.add("icd.line.parent_unknown", n.line, cols.parent)
				continue
			}
			parents[i], above = up, nodes[up].kind
			if above == "" {
				continue // the parent's own line has been noted
			}
		}
		if !mayHold(above, n.kind) {
			p.add("icd.line.parent_kind", n.line, cols.parent)
		}
	}
	noteCircles(nodes, parents, cols, p)
	return parents
}

// noteCircles notes each circle of parents once, at the node met first.
func noteCircles(nodes []node, parents []int, cols treeColumns, p *problems) {
	const fresh, open, done = 0, 1, 2
	state := make([]byte, len(nodes))
	for start := range nodes {
		i := start
		for i >= 0 && state[i] == fresh {
			state[i] = open
			i = parents[i]
		}
		if i >= 0 && state[i] == open {
			p.add("icd.line.circle", nodes[i].line, cols.parent)
		}
		for i := start; i >= 0 && state[i] == open; i = parents[i] {
			state[i] = done
		}
	}
}
