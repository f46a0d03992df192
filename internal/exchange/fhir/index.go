package fhir

import (
	"encoding/json"
	"strings"
)

// reference of a resource to another.
type reference struct {
	Reference string `json:"reference"`
	Display   string `json:"display"`
}

// index finds the resources that references name.
type index struct {
	byURL  map[string]*node
	byName map[string][]*node // "Patient/1"; several where systems are mixed
}

// newIndex files the nodes, keeping of a repeated resource the one that was
// updated last, or else stands last.
func newIndex(nodes []*node, b *book) *index {
	x := &index{byURL: map[string]*node{}, byName: map[string][]*node{}}
	kept := map[key]*node{}
	for _, n := range nodes {
		rival := kept[n.key]
		if rival == nil {
			kept[n.key] = n
			continue
		}
		if rival.updated > n.updated {
			rival, n = n, rival
		}
		rival.dead = true
		kept[n.key] = n
		if mapped[n.kind] {
			b.refuse(rival, "fhir.warn.repeated")
		}
	}
	for _, n := range nodes {
		if lending[n.kind] {
			b.skip(n.kind)
		}
		live := kept[n.key]
		if n.fullURL != "" {
			x.byURL[unversioned(n.fullURL)] = live
		} else if id, ok := asUUID(n.id); ok {
			x.byURL["urn:uuid:"+id] = live
		}
		if !n.dead && n.id != "" {
			name := n.kind + "/" + n.id
			x.byName[name] = append(x.byName[name], n)
		}
	}
	return x
}

// find gives the resource that a reference in from names, or nil.
func (x *index) find(from *node, ref *reference) *node {
	if ref == nil || ref.Reference == "" {
		return nil
	}
	if id, ok := strings.CutPrefix(ref.Reference, "#"); ok {
		n := from.contained[id]
		if n != nil {
			n.used = true
		}
		return n
	}
	url := unversioned(ref.Reference)
	if n := x.byURL[url]; n != nil {
		return n
	}
	absolute := strings.Contains(url, "://")
	if base := from.base(); !absolute && base != "" {
		if n := x.byURL[base+"/"+url]; n != nil {
			return n
		}
	}
	parts := strings.Split(url, "/")
	if len(parts) < 2 || (!absolute && len(parts) != 2) {
		return nil
	}
	return x.named(strings.Join(parts[len(parts)-2:], "/"), absolute)
}

// named finds by "Type/id" alone, if that is beyond doubt. An absolute address
// never means a resource that has another one.
func (x *index) named(name string, absolute bool) *node {
	var found *node
	for _, n := range x.byName[name] {
		if absolute && n.base() != "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = n
	}
	return found
}

// unversioned cuts "/_history/3" off an address.
func unversioned(url string) string {
	before, _, _ := strings.Cut(url, "/_history/")
	return before
}

// unpack makes the contained resources of a node findable.
func (n *node) unpack(fields map[string]json.RawMessage) {
	var list []json.RawMessage
	if len(fields["contained"]) == 0 || json.Unmarshal(fields["contained"], &list) != nil {
		return
	}
	n.contained = make(map[string]*node, len(list))
	for _, raw := range list {
		var head struct {
			Kind string `json:"resourceType"`
			ID   string `json:"id"`
		}
		if json.Unmarshal(raw, &head) != nil || head.ID == "" {
			continue // counted with those that nobody looks up
		}
		n.contained[head.ID] = &node{
			file: n.file, entry: n.entry, line: n.line,
			kind: typeOf(head.Kind), id: head.ID, raw: raw, contained: n.contained,
		}
	}
}
