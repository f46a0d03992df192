// Package conflict is the inbox of what two workstations wrote apart from each other
// and no rule may decide (R7.5): a person sees both versions side by side, who wrote
// them and when, and takes one or writes an own text. It also lists what came too
// late, after a signature (R3.4), and bookings that stand in one another's place
// (R2.4).
//
// It promises that a version is lost by no decision: settling is an entry of the
// ledger like any other, and all versions stay in the history. Nobody settles what
// they could not have written themselves, and nobody reads here what they may not
// read elsewhere: they see that something waits, and for whom.
package conflict

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
)

// Conflicts works for one logged-in user.
type Conflicts struct {
	store *store.Store
	who   *access.User
	now   func() time.Time
	looks *access.Looks

	mu    sync.Mutex
	shown map[Ref]time.Time // when a conflict was last noted as looked at
}

// New is for the logged-in user who.
func New(s *store.Store, who *access.User, now func() time.Time) *Conflicts {
	return &Conflicts{store: s, who: who, now: now, looks: access.NewLooks(s, who, now), shown: map[Ref]time.Time{}}
}

// Ref names what is in conflict: a field group of a row, or what came too late for
// it.
type Ref struct {
	Table string    `json:"table"`
	ID    clinic.ID `json:"id"`
	Group string    `json:"group"`          // empty for a row that was made for two patients at once
	Late  bool      `json:"late,omitempty"` // what came after the last write that counts
}

// Is says what is to be done about a conflict.
type Is string

// The kinds of conflicts.
const (
	Open   Is = "open"   // a person decides between the versions
	Late   Is = "late"   // a version came after the last that counts; it is to be read
	Sealed Is = "sealed" // what stands was signed apart from the others; they are to be read
	Twice  Is = "twice"  // one row was made for two patients; the one that lost is to be read
)

// Version is one of the writes that stand against each other.
type Version struct {
	Key      string         `json:"version"` // names it for Settle: the hash of its entry
	Device   clinic.ID      `json:"device"`
	Station  string         `json:"station"` // name of the workstation
	At       time.Time      `json:"at"`
	Actor    clinic.ID      `json:"actor"`
	Who      string         `json:"who"` // short name, or login
	Intent   string         `json:"intent"`
	Patient  clinic.ID      `json:"patient,omitzero"` // in whose name; differs from others' in a row made twice
	Values   map[string]any `json:"-"`                // by column: nil, int64, text or bytes; nil for who may not read
	Standing bool           `json:"standing"`
	Void     bool           `json:"void"` // counts for nothing, whatever is decided
}

// Conflict is something that waits for a person.
type Conflict struct {
	Ref
	Class    ledger.Class   `json:"-"`
	Patient  clinic.ID      `json:"patient"` // zero for the clinic's own rows
	Columns  []string       `json:"columns"`
	Versions []Version      `json:"versions"` // the standing one first
	Row      map[string]any `json:"-"`        // the row as it stands, to tell which it is
	// Cards are the patient's and those that the versions name, for who may read cards.
	Cards map[clinic.ID]clinic.Brief `json:"-"`
	Is    Is                         `json:"is"`
	// Read says that there is nothing to decide and somebody has read it at this workstation.
	Read    bool `json:"read"`
	Reads   bool `json:"reads"`   // the user may see the content
	Settles bool `json:"settles"` // the user may decide
}

// Flush writes down who has looked at what (R11.4).
func (c *Conflicts) Flush(ctx context.Context) error { return c.looks.Flush(ctx) }

// List gives what waits, the newest first; of what the user may not read no values.
// Late ones that were read at this workstation are marked and stand last.
func (c *Conflicts) List(ctx context.Context) ([]Conflict, error) {
	open, err := c.store.Conflicts(ctx)
	if err != nil {
		return nil, err
	}
	t, err := c.teller(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Conflict, 0, len(open))
	read := 0
	for i := range open {
		x, err := t.tell(&open[i])
		if err != nil {
			return nil, err
		}
		if x.Reads && x.Class != ledger.None {
			read++
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Conflict) int {
		if a.Read != b.Read {
			if a.Read {
				return 1
			}
			return -1
		}
		return cmp.Or(b.last().Compare(a.last()), cmp.Compare(a.Table, b.Table), bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Group, b.Group))
	})
	return out, c.looks.NotePage(ctx, "view", "conflict", "", read)
}

// last is when the latest of the versions was written.
func (x *Conflict) last() (t time.Time) {
	for i := range x.Versions {
		if x.Versions[i].At.After(t) {
			t = x.Versions[i].At
		}
	}
	return t
}

// Show gives one conflict. Faults: NotFound where there is none any more.
func (c *Conflicts) Show(ctx context.Context, ref Ref) (Conflict, error) {
	x, err := c.find(ctx, ref)
	if err != nil {
		return Conflict{}, err
	}
	if x.Reads && !x.Patient.IsZero() && c.first(ref) {
		if err := c.looks.Note(ctx, "view", "conflict", x.Patient, 1); err != nil {
			return Conflict{}, err
		}
	}
	return x, nil
}

// A page that draws itself anew whenever something changes looks once in so long.
const looksAgain = 10 * time.Minute

// first reports whether a conflict is looked at for the first time in a while.
func (c *Conflicts) first(ref Ref) bool {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	last, known := c.shown[ref]
	if known && now.Sub(last) < looksAgain && !now.Before(last) {
		return false
	}
	if len(c.shown) > mostRead {
		clear(c.shown)
	}
	c.shown[ref] = now
	return true
}

func (c *Conflicts) find(ctx context.Context, ref Ref) (Conflict, error) {
	open, err := c.store.Conflicts(ctx)
	if err != nil {
		return Conflict{}, err
	}
	var t *teller
	for i := range open {
		o := &open[i]
		if o.Table != ref.Table || o.ID != ref.ID || o.Group != ref.Group {
			continue
		}
		if t == nil {
			if t, err = c.teller(ctx); err != nil {
				return Conflict{}, err
			}
		}
		if x := t.frame(o); x.Ref == ref {
			return t.tell(o)
		}
	}
	return Conflict{}, fault.New(fault.NotFound, "fault.conflict.none")
}

// Count tells how many conflicts wait for this user, to be decided or read, and how
// many there are in all; those that were read are in neither.
func (c *Conflicts) Count(ctx context.Context) (mine, all int, err error) {
	if n, err := c.store.CountConflicts(ctx); err != nil || n == 0 {
		return 0, 0, err // nothing is opened where nothing waits
	}
	open, err := c.store.Conflicts(ctx)
	if err != nil {
		return 0, 0, err
	}
	t, err := c.teller(ctx)
	if err != nil {
		return 0, 0, err
	}
	for i := range open {
		x := t.frame(&open[i])
		if x.Read {
			continue
		}
		if all++; x.Settles || x.Is != Open && t.c.settles(x.Table) {
			mine++
		}
	}
	return mine, all, nil
}

// String writes the name of a conflict as people and routes give it back.
func (r Ref) String() string {
	s := r.Table + "/" + r.ID.String() + "/" + r.Group
	if r.Late {
		s += "/late"
	}
	return s
}

// ParseRef reads what String has written. Faults: Invalid at ref.
func ParseRef(text string) (Ref, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 && (len(parts) != 4 || parts[3] != "late") {
		return Ref{}, fault.At("ref", "fault.conflict.ref")
	}
	id, err := clinic.ParseID(parts[1])
	if err != nil {
		return Ref{}, fault.At("ref", "fault.conflict.ref")
	}
	return Ref{Table: parts[0], ID: id, Group: parts[2], Late: len(parts) == 4}, nil
}
