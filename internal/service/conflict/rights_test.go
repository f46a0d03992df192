package conflict_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
)

// The people of the matrix.
var people = map[string][]clinic.Role{
	"reception": {clinic.Reception}, "doctor": {clinic.Doctor}, "feldsher": {clinic.Feldsher}, "nurse": {clinic.Nurse},
	"head": {clinic.Head}, "administrator": {clinic.Administrator}, "auditor": {clinic.Auditor}, "nobody": nil,
}

// Who reads and who decides, by table (R11.2).
var readers = map[string][]string{
	"visit":        {"doctor", "feldsher", "nurse", "head"},
	"prescription": {"doctor", "feldsher", "nurse", "head"},
	"patient":      {"reception", "doctor", "feldsher", "nurse", "head"},
	"booking":      {"reception", "doctor", "feldsher", "nurse", "head"},
	"staff":        {"administrator"},
	"template":     {"reception", "doctor", "feldsher", "nurse", "head", "administrator", "auditor", "nobody"},
	"schedule":     {"reception", "doctor", "feldsher", "nurse", "head", "administrator"},
	"service":      {"reception", "doctor", "feldsher", "nurse", "head", "administrator"},
}

var deciders = map[string][]string{
	"visit":        {"doctor", "feldsher", "nurse"},
	"prescription": {"doctor"}, // a feldsher by the head's order only
	"patient":      {"reception", "doctor", "feldsher", "head"},
	"booking":      {"reception", "doctor", "feldsher", "nurse", "head"},
	"staff":        {"administrator"},
	"template":     {"head", "administrator"},
	"schedule":     {"head", "administrator"},
	"service":      {"head", "administrator"},
}

// What every method needs: a right of the table, or none.
var methods = map[string]string{
	"List": "", "Count": "", "Clashes": "", "Flush": "", "Show": "reads", "Settle": "decides", "MarkRead": "reads",
}

// TestRights: who may not decide is refused with nothing changed; who may not read
// sees that there is something, and none of it (R11.2).
func TestRights(t *testing.T) {
	all := reflect.TypeFor[*conflict.Conflicts]()
	for i := range all.NumMethod() {
		if _, ok := methods[all.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", all.Method(i).Name)
		}
	}
	s, ctx := presenttest.Open(t, "ru"), t.Context()
	before := entries(t, s)
	for name, roles := range people {
		who := presenttest.As(t, s, roles...)
		for table := range readers {
			ref := conflict.Ref{Table: table, ID: clinic.NewID(), Group: "status"}
			err := who.Conflicts.Settle(ctx, ref, conflict.Decision{})
			if may := slices.Contains(deciders[table], name); fault.Is(err, fault.Forbidden) == may || may && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s decides in %s: %v", name, table, err)
			}
			err = who.Conflicts.MarkRead(ctx, ref)
			if may := slices.Contains(readers[table], name); fault.Is(err, fault.Forbidden) == may || may && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s reads in %s: %v", name, table, err)
			}
		}
	}
	if n := entries(t, s); n != before {
		t.Errorf("those who were refused have left %d entries", n-before)
	}
}

func entries(t *testing.T, s *present.Session) int64 {
	t.Helper()
	r, err := s.Store.Verify(context.Background())
	must(t, err)
	return r.Entries
}

// TestHidden: a receptionist sees whose visit is in conflict and not what stands in
// it; an auditor not even whose it is.
func TestHidden(t *testing.T) {
	a := divided(t)
	desk := presenttest.As(t, a.A, clinic.Reception)
	x := a.only(desk)
	if x.Reads || x.Settles || x.Row != nil || x.Patient != a.patient.ID || x.Versions[0].Values != nil || x.Versions[1].Values != nil {
		t.Errorf("the desk sees %+v", x)
	}
	y, err := desk.Conflicts.Show(t.Context(), x.Ref)
	must(t, err)
	if y.Versions[0].Values != nil || y.Row != nil {
		t.Errorf("the desk is shown %+v", y)
	}
	if mine, all, err := desk.Conflicts.Count(t.Context()); mine != 0 || all != 1 || err != nil {
		t.Error(mine, all, err)
	}
	x = a.only(presenttest.As(t, a.A, clinic.Auditor))
	if !x.Patient.IsZero() || x.Cards != nil || x.Versions[0].Values != nil {
		t.Errorf("the auditor sees %+v", x)
	}
	head := a.only(presenttest.As(t, a.A, clinic.Head))
	if !head.Reads || head.Settles {
		t.Errorf("the head sees %+v", head)
	}
}

// TestLooked: who read the versions stands in the ledger, once however often the page
// draws itself anew (R11.4).
func TestLooked(t *testing.T) {
	a := divided(t)
	x := a.only(a.A)
	for range 3 {
		_, err := a.A.Conflicts.Show(t.Context(), x.Ref)
		must(t, err)
	}
	must(t, a.A.Conflicts.Flush(t.Context()))
	n := 0
	for o, err := range a.A.Store.Log(t.Context(), a.patient.ID) {
		must(t, err)
		for _, p := range o.Payloads {
			for _, look := range p.Accesses {
				if look.Action == "view" && look.What == "conflict" && look.Patient == a.patient.ID {
					n++
				}
			}
		}
	}
	if n != 1 {
		t.Errorf("looked at %d times", n)
	}
}
