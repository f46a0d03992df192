package fhir

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// space is the UUIDv5 space of everything read from FHIR. It never changes:
// the ids of all imported records hang on it.
var space = ledger.ID{
	0x37, 0xd8, 0x14, 0xc8, 0x3e, 0x51, 0x42, 0xdd,
	0x90, 0xf2, 0x29, 0x7e, 0x47, 0xb2, 0x31, 0x47,
}

// key says who a resource is, on every workstation: a base, a type, an id.
type key struct{ base, kind, id string }

// derive gives the id of the record, or of a part of it. Parts are counted, not
// named by their content: an id outlives an erasure and must not be a hash of a
// phone number that somebody could try out.
func (k key) derive(part ...string) clinic.ID {
	name := make([]string, 0, 3+len(part))
	for _, s := range append([]string{k.base, k.kind, k.id}, part...) {
		name = append(name, strings.ReplaceAll(s, "|", "%7C"))
	}
	return ledger.DeriveID(space, strings.Join(name, "|"))
}

func (k key) part(kind string, i int) clinic.ID { return k.derive(kind, strconv.Itoa(i)) }

// identify gives every resource its key and its source:
//
//   - an id that is a UUID names the record by itself, whatever way the file came;
//   - a short id counts within the base of its full address, else within
//     Options.Source;
//   - where there is neither, an address urn:uuid:… of the entry serves as the id;
//   - and at last the file itself is the base. Then a later file of the same
//     system makes new records, which is safer than taking two people for one.
func (r *Reader) identify() {
	source := strings.TrimRight(strings.TrimSpace(r.o.Source), "/")
	content := r.digest()
	lonely := false
	for _, n := range r.nodes {
		base := n.base()
		if base == "" {
			base = source
		}
		id, own := asUUID(n.id)
		address, urn := asUUID(n.fullURL)
		switch {
		case own:
			n.key = key{"", n.kind, id}
		case base != "" && n.id != "":
			n.key = key{base, n.kind, n.id}
		case urn:
			n.key = key{"", n.kind, address}
		case n.id != "":
			n.key, lonely = key{content, n.kind, n.id}, true
		default:
			n.key, lonely = key{content, n.kind, "entry-" + strconv.Itoa(n.entry)}, true
		}
	}
	if lonely {
		r.book.warn(nil, "fhir.warn.no_source")
	}
}

// digest names the files by their content, in whatever order they were added.
func (r *Reader) digest() string {
	sums := slices.Clone(r.sums)
	slices.SortFunc(sums, slices.Compare[[]byte])
	sum := sha256.Sum256(slices.Concat(sums...))
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// base gives the address of the server in a full address of the entry.
func (n *node) base() string {
	if !strings.HasPrefix(n.fullURL, "http://") && !strings.HasPrefix(n.fullURL, "https://") {
		return ""
	}
	base, found := strings.CutSuffix(unversioned(n.fullURL), "/"+n.kind+"/"+n.id)
	if !found {
		return ""
	}
	return strings.TrimRight(base, "/")
}

// source is what the record says of where it came from.
func (r *Reader) source(n *node) clinic.Source {
	base := n.base()
	if base == "" {
		base = strings.TrimRight(strings.TrimSpace(r.o.Source), "/")
	}
	if base == "" {
		base = n.key.base
	}
	system := "fhir"
	if base != "" {
		system += ":" + base
	}
	id := n.id
	if id == "" {
		id = n.key.id
	}
	// '#' parts a component's number from the id; FHIR forbids it in ids.
	return clinic.Source{System: system, Code: strings.ReplaceAll(id, "#", "%23")}
}

// asUUID gives the lower-case text of a UUID as RFC 9562 makes them, with or
// without "urn:uuid:". Counted up ones ("00000000-…-1") are no names.
func asUUID(s string) (string, bool) {
	s = strings.TrimPrefix(s, "urn:uuid:")
	if len(s) != 36 {
		return "", false
	}
	u, err := uuid.Parse(s)
	if err != nil || u.Variant() != uuid.RFC4122 || u.Version() < 1 || u.Version() > 8 {
		return "", false
	}
	return u.String(), true
}
