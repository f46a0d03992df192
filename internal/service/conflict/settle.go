package conflict

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Decision is what a person has made of a conflict.
type Decision struct {
	// Seen are the keys of the versions that the person had before them: what has come
	// since is not decided unseen.
	Seen []string
	// Take is the key of the version to take, or a beginning of it that fits one alone.
	Take string
	// Values are the person's own, by column, in the place of those of the version
	// taken. Text and numbers in words may be any, codes and references only those of
	// one of the versions.
	Values map[string]any
}

// Settle writes a decision: the group's values, in an entry that has seen all of its
// versions, so that it stands alone from then on everywhere. Taking it back is
// settling again. Faults: Forbidden; NotFound (fault.conflict.none); Conflict where
// other versions have come meanwhile (fault.conflict.moved) or where what stands is
// signed (fault.conflict.signed); Invalid at a column.
func (c *Conflicts) Settle(ctx context.Context, ref Ref, d Decision) error {
	if err := c.who.Require(writes(ref.Table).write); err != nil {
		return err
	}
	return c.store.Update(ctx, journal.Act{Actor: c.who.ID, Intent: "conflict.settle"}, func(tx *store.Tx) error {
		// Nothing is merged while the transaction runs: what stands now stays.
		x, err := c.find(ctx, ref)
		if err != nil {
			return err
		}
		values, err := c.decide(&x, d)
		if err != nil {
			return err
		}
		if err := tx.SettleGroup(ref.Table, ref.ID, ref.Group, values); err != nil {
			return err
		}
		if ref.Table != "staff" {
			return nil
		}
		if err := stillAdministered(tx); err != nil {
			return err
		}
		return c.issuing(tx, ref)
	})
}

// decide gives the values of a group that a decision means.
func (c *Conflicts) decide(x *Conflict, d Decision) (map[string]any, error) {
	if x.Is != Open {
		return nil, fault.New(fault.Conflict, "fault.conflict.signed")
	}
	for i := range x.Versions {
		if !slices.Contains(d.Seen, x.Versions[i].Key) {
			return nil, fault.New(fault.Conflict, "fault.conflict.moved")
		}
	}
	taken, err := x.version(d.Take)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(x.Columns))
	for _, column := range x.Columns {
		out[column] = taken.Values[column]
	}
	for column, v := range d.Values {
		if !slices.Contains(x.Columns, column) {
			return nil, fault.At(column, "fault.conflict.column")
		}
		if err := x.own(column, v); err != nil {
			return nil, err
		}
		out[column] = v
	}
	return out, nil
}

// version finds a version by the beginning of its key; by "" the standing one.
func (x *Conflict) version(key string) (*Version, error) {
	var found *Version
	for i := range x.Versions {
		v := &x.Versions[i]
		if key == "" && v.Standing || key != "" && strings.HasPrefix(v.Key, key) {
			if found != nil {
				return nil, fault.At("version", "fault.conflict.version")
			}
			found = v
		}
	}
	if found == nil {
		return nil, fault.At("version", "fault.conflict.version")
	}
	return found, nil
}

// Kind says how a person may write a column of their own.
type Kind uint8

// The kinds.
const (
	Pick    Kind = iota // only one of the versions' values
	Line                // a line of text
	Text                // text of several lines
	Decimal             // an exact number
	Date                // a calendar day, whole or partial
)

var kinds = map[string]Kind{
	"patient.family": Line, "patient.given": Line, "patient.patronymic": Line, "patient.birth_date": Date, "patient.death_date": Date,
	"representative.family": Line, "representative.given": Line, "representative.patronymic": Line, "representative.basis_text": Line,
	"document.series": Line, "document.number": Line,
	"visit.complaints": Text, "visit.anamnesis": Text, "visit.objective": Text, "visit.comment": Text, "visit.advice": Text,
	"diagnosis.text": Line, "problem.text": Line, "problem.since": Date, "problem.resolved": Date,
	"allergy.substance": Line, "allergy.reaction": Line, "allergy.since": Date,
	"observation.text": Text, "observation.value": Decimal,
	"prescription.inn": Line, "prescription.trade": Line, "prescription.form": Line,
	"prescription.dose": Decimal, "prescription.dose_unit": Line, "prescription.route": Line, "prescription.frequency": Line,
	"prescription.duration": Line, "prescription.directions": Text, "prescription.quantity": Decimal, "prescription.quantity_unit": Line,
	"care_order.text": Text, "template.title": Line, "pathway.title": Line, "absence.note": Line,
}

// KindOf says how a person may write a column.
func KindOf(table, column string) Kind { return kinds[table+"."+column] }

// needed are the columns that a version may not be left without.
var needed = []string{"patient.family", "allergy.substance", "template.title", "pathway.title"}

var decimal = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)

// Most letters of a line and of a text, as everywhere in the records.
const (
	mostLine = 1000
	mostText = 20_000
)

// own checks a value that a person wrote or put together.
func (x *Conflict) own(column string, v any) error {
	for i := range x.Versions {
		if same(x.Versions[i].Values[column], v) {
			return nil
		}
	}
	kind := KindOf(x.Table, column)
	text, ok := v.(string)
	if kind == Pick || !ok {
		return fault.At(column, "fault.conflict.pick")
	}
	limit := mostLine
	if kind == Text {
		limit = mostText
	}
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		return fault.At(column, "fault.field.encoding")
	case n > limit:
		return fault.At(column, "fault.field.long", "limit", limit, "n", n)
	case strings.ContainsFunc(text, func(r rune) bool {
		return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && (kind != Text || r != '\n')
	}):
		return fault.At(column, "fault.field.control")
	case strings.TrimSpace(text) == "" && slices.Contains(needed, x.Table+"."+column):
		return fault.At(column, "fault.field.empty")
	case kind == Decimal && text != "" && !decimal.MatchString(text):
		return fault.At(column, "fault.field.number")
	case kind == Date && !clinic.Date(text).Valid():
		return fault.At(column, "fault.field.date")
	}
	return nil
}

func same(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	if _, ok := b.([]byte); ok {
		return false
	}
	return a == b
}

// stillAdministered refuses a decision after which nobody would administer the
// clinic.
func stillAdministered(tx *store.Tx) error {
	all, err := tx.AllStaff()
	if err != nil {
		return err
	}
	for i := range all {
		if s := &all[i]; s.Active && s.Login != "" && s.Has(clinic.Administrator) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "fault.user.last_administrator")
}

// issuing brings the right to certify after the roles that were decided: each of the
// two workstations has brought it after its own.
func (c *Conflicts) issuing(tx *store.Tx, ref Ref) error {
	staff, err := tx.Staff(ref.ID)
	if err != nil || ref.Group != "roles" || !staff.Active || staff.Login == "" {
		return err
	}
	if staff.Has(clinic.Administrator) {
		err = c.store.Session().AllowIssuingOf(staff.ID)
	} else {
		err = c.store.Session().ForbidIssuingOf(staff.ID)
	}
	if fault.Is(err, fault.NotFound) {
		return nil // the user has no password any more
	}
	return err
}

// prefRead is the workstation's preference that holds which late versions somebody
// has read here; mostRead is how many are remembered.
const (
	prefRead = "conflicts_read"
	mostRead = 2000
	keyRead  = 16 // letters of a key that are kept
)

// MarkRead notes that a person has read what counts for nothing any more; it is kept
// at this workstation. Faults: Forbidden, NotFound, Conflict where it is to be decided.
func (c *Conflicts) MarkRead(ctx context.Context, ref Ref) error {
	if !c.reads(ref.Table) {
		return c.who.Require(writes(ref.Table).read)
	}
	x, err := c.find(ctx, ref)
	if err != nil {
		return err
	}
	if x.Is == Open {
		return fault.New(fault.Conflict, "fault.conflict.open")
	}
	prefs := access.NewPrefs(c.store, nil)
	text, err := prefs.Get(ctx, prefRead)
	if err != nil {
		return err
	}
	var keys []string
	_ = json.Unmarshal([]byte(text), &keys) // what can't be read is begun anew
	for i := range x.Versions {
		if k := x.Versions[i].Key[:keyRead]; x.Versions[i].Void && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	b, err := json.Marshal(keys[max(len(keys)-mostRead, 0):])
	if err != nil {
		return err
	}
	return prefs.Set(ctx, prefRead, string(b))
}

func (c *Conflicts) readKeys(ctx context.Context) (map[string]bool, error) {
	text, err := access.NewPrefs(c.store, nil).Get(ctx, prefRead)
	if err != nil || text == "" {
		return nil, err
	}
	var keys []string
	_ = json.Unmarshal([]byte(text), &keys) // what can't be read is begun anew
	out := make(map[string]bool, len(keys))
	for _, k := range keys {
		out[k] = true
	}
	return out, nil
}

func (t *teller) allRead(x *Conflict) bool {
	for i := range x.Versions {
		if x.Versions[i].Void && !t.read[x.Versions[i].Key[:keyRead]] {
			return false
		}
	}
	return true
}
