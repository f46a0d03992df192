package conflict_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/conflict"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// apart has a visit whose complaints two workstations have written apart.
type apart struct {
	*presenttest.Pair
	t       *testing.T
	patient clinic.Patient
	visit   clinic.ID
}

func divided(t *testing.T) *apart {
	t.Helper()
	p := presenttest.Twins(t, translations.Russian)
	a := &apart{Pair: p, t: t, patient: presenttest.Patient(t, p.A)}
	v, err := p.A.Records.AddVisit(t.Context(), clinic.Visit{Patient: a.patient.ID, Complaints: "кашель"})
	must(t, err)
	a.visit = v.ID
	p.Exchange(t)
	a.write(p.A, "кашель третий день, температура 38")
	p.Later(time.Minute)
	a.write(p.B, "кашель неделю, одышка")
	p.Exchange(t)
	return a
}

func (a *apart) write(s *present.Session, text string) {
	a.t.Helper()
	_, err := s.Records.EditVisit(a.t.Context(), a.visit, func(v clinic.Visit) (clinic.Visit, error) {
		v.Complaints = text
		return v, nil
	})
	must(a.t, err)
}

func (a *apart) complaints(s *present.Session) string {
	a.t.Helper()
	v, err := s.Records.Visit(a.t.Context(), a.visit)
	must(a.t, err)
	return v.Complaints
}

func (a *apart) only(s *present.Session) conflict.Conflict {
	a.t.Helper()
	list, err := s.Conflicts.List(a.t.Context())
	must(a.t, err)
	if len(list) != 1 {
		a.t.Fatalf("%d conflicts, want one: %+v", len(list), list)
	}
	return list[0]
}

func keys(x conflict.Conflict) []string {
	var out []string
	for i := range x.Versions {
		out = append(out, x.Versions[i].Key)
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t testing.TB, err error, kind fault.Kind, key, field string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key || f.Field != field {
		t.Errorf("%v, want %s %s at %q", err, kind, key, field)
	}
}

// R7.5: both versions are there on both workstations, with who wrote them where and
// when; taking one makes it stand on both, and the other stays in the history.
func TestSettle(t *testing.T) {
	a := divided(t)
	ctx := t.Context()
	for _, s := range []*present.Session{a.A, a.B} {
		x := a.only(s)
		if x.Table != "visit" || x.ID != a.visit || x.Group != "complaints" || x.Patient != a.patient.ID || x.Is != conflict.Open ||
			!x.Reads || !x.Settles || len(x.Versions) != 2 || x.Row["complaints"] != "кашель неделю, одышка" || x.Cards[a.patient.ID].CaseNumber == "" {
			t.Fatalf("%+v", x)
		}
		now, other := x.Versions[0], x.Versions[1]
		if !now.Standing || now.Values["complaints"] != "кашель неделю, одышка" || now.Station != "Кабинет 2" || now.Who != "Озёрная В. П." ||
			other.Standing || other.Values["complaints"] != "кашель третий день, температура 38" || other.Station != "Регистратура" || !now.At.After(other.At) {
			t.Fatalf("%+v", x.Versions)
		}
		if mine, all, err := s.Conflicts.Count(ctx); err != nil || mine != 1 || all != 1 {
			t.Fatal(mine, all, err)
		}
		ref, err := conflict.ParseRef(x.Ref.String())
		if err != nil || ref != x.Ref {
			t.Fatal(ref, err)
		}
	}
	x := a.only(a.A)
	wantFault(t, a.A.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x)[:1]}), fault.Conflict, "fault.conflict.moved", "")
	wantFault(t, a.A.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x), Take: "zz"}), fault.Invalid, "fault.conflict.version", "version")
	wantFault(t, a.A.Conflicts.MarkRead(ctx, x.Ref), fault.Conflict, "fault.conflict.open", "")
	must(t, a.A.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x), Take: x.Versions[1].Key[:12]}))
	a.Exchange(t)
	for _, s := range []*present.Session{a.A, a.B} {
		if got := a.complaints(s); got != "кашель третий день, температура 38" {
			t.Errorf("stands %q", got)
		}
		if list, err := s.Conflicts.List(ctx); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := s.Conflicts.Show(ctx, x.Ref); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		acts, _, err := s.Records.History(ctx, a.patient.ID, 50)
		must(t, err)
		if !strings.Contains(strings.ReplaceAll(asText(acts), "\n", " "), "кашель неделю, одышка") {
			t.Error("the version that was not taken is not in the history")
		}
		if _, err := s.Store.Verify(ctx); err != nil {
			t.Error(err)
		}
	}
}

// Taking what stands already is a decision too: the conflict is over everywhere.
func TestSettleAsItStands(t *testing.T) {
	a := divided(t)
	x := a.only(a.B)
	must(t, a.B.Conflicts.Settle(t.Context(), x.Ref, conflict.Decision{Seen: keys(x)}))
	a.Exchange(t)
	for _, s := range []*present.Session{a.A, a.B} {
		if n, all, err := s.Conflicts.Count(t.Context()); n != 0 || all != 0 || err != nil || a.complaints(s) != "кашель неделю, одышка" {
			t.Error(n, all, err, a.complaints(s))
		}
	}
}

// An own text is checked as any other, and both of two decisions made apart are kept.
func TestSettleByOwnText(t *testing.T) {
	a := divided(t)
	ctx, x := t.Context(), a.only(a.A)
	own := func(s *present.Session, text any) error {
		return s.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x), Values: map[string]any{"complaints": text}})
	}
	for _, c := range []struct {
		text any
		key  string
	}{
		{"а\u0000б", "fault.field.control"}, {"а\xffб", "fault.field.encoding"}, {strings.Repeat("ы", 20_001), "fault.field.long"}, {int64(7), "fault.conflict.pick"},
	} {
		wantFault(t, own(a.A, c.text), fault.Invalid, c.key, "complaints")
	}
	err := a.A.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x), Values: map[string]any{"anamnesis": "х"}})
	wantFault(t, err, fault.Invalid, "fault.conflict.column", "anamnesis")
	must(t, own(a.A, "кашель неделю,\nтемпература 38, одышка"))
	must(t, own(a.B, "кашель, одышка"))
	a.Exchange(t)
	again := a.only(a.A)
	if len(again.Versions) != 2 || again.Versions[0].Intent != "conflict.settle" || again.Versions[1].Intent != "conflict.settle" {
		t.Fatalf("%+v", again)
	}
}

// form is a template of one field.
type form struct{}

func (form) Template(_ context.Context, id clinic.ID) (clinic.Template, error) {
	return clinic.Template{Record: clinic.Record{ID: id}, Title: "Осмотр", Lang: "ru", Version: 1, Active: true, Fields: []clinic.Field{
		{Key: "text", Type: "longtext", Label: "Заключение", Required: true},
	}}, nil
}

func asText(acts []records.Act) string {
	var out strings.Builder
	for _, a := range acts {
		for _, part := range a.Payload.Parts {
			for _, row := range part.Rows {
				for _, c := range row.Columns {
					fmt.Fprintln(&out, c.Old, c.New)
				}
			}
		}
	}
	return out.String()
}

// R3.4: an edit that came after a signature, or beside it, changes nothing and is
// shown, until somebody has read it.
func TestSealedIsRead(t *testing.T) {
	p := presenttest.Twins(t, translations.Russian)
	ctx, patient := t.Context(), presenttest.Patient(t, p.A)
	v, err := p.A.Records.AddVisit(ctx, clinic.Visit{Patient: patient.ID, Complaints: "кашель", Status: clinic.VisitDone})
	must(t, err)
	pr, err := p.A.Records.AddProtocol(ctx, form{}, clinic.Protocol{Visit: v.ID, Template: clinic.NewID(), Values: map[string]string{"text": "здоров"}})
	must(t, err)
	p.Exchange(t)
	_, err = p.A.Records.SignProtocol(ctx, pr.ID)
	must(t, err)
	_, err = p.B.Records.EditProtocol(ctx, pr.ID, map[string]string{"text": "правка без подписи"})
	must(t, err)
	p.Exchange(t)
	list, err := p.B.Conflicts.List(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Is != conflict.Sealed || list[0].Settles || !list[0].Versions[1].Void {
		t.Fatalf("%+v", list)
	}
	x := list[0]
	wantFault(t, p.B.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x)}), fault.Conflict, "fault.conflict.signed", "")
	must(t, p.B.Conflicts.MarkRead(ctx, x.Ref))
	if mine, all, err := p.B.Conflicts.Count(ctx); mine != 0 || all != 0 || err != nil {
		t.Error(mine, all, err)
	}
	if list, err := p.B.Conflicts.List(ctx); err != nil || len(list) != 1 || !list[0].Read {
		t.Errorf("%+v %v", list, err)
	}
}

// Every table that may be in conflict says who reads and who decides, in rights that
// somebody has.
func TestEveryTableHasRights(t *testing.T) {
	for _, table := range clinic.Tables {
		asks := slices.ContainsFunc(table.Groups, func(g clinic.Group) bool { return g.Policy == 2 })
		if asks && !conflict.Knows(table.Name) {
			t.Errorf("nothing says who decides in %s", table.Name)
		}
	}
}

// TestRoles: who is no administrator by the decision certifies nobody any more, and the
// clinic is never left without one.
func TestRoles(t *testing.T) {
	p, ctx := presenttest.Twins(t, translations.Russian), t.Context()
	nurse, err := p.A.Users.Add(ctx, clinic.Staff{Login: "nurse", Name: clinic.Name{Family: "Снегирёва"}, Roles: []clinic.Role{clinic.Nurse}}, "синий самовар поёт")
	must(t, err)
	must(t, p.A.Store.Publish(ctx, "user.add"))
	p.Exchange(t)
	edit := func(s *present.Session, roles ...clinic.Role) {
		t.Helper()
		_, err := s.Users.Edit(ctx, "nurse", func(x clinic.Staff) (clinic.Staff, error) { x.Roles = roles; return x, nil })
		must(t, err)
	}
	edit(p.A, clinic.Nurse, clinic.Administrator)
	p.Later(time.Minute)
	edit(p.B, clinic.Nurse, clinic.Reception)
	must(t, p.A.Store.Publish(ctx, "user.edit"))
	p.Exchange(t)
	list, err := p.A.Conflicts.List(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Table != "staff" || list[0].Group != "roles" {
		t.Fatalf("%+v", list)
	}
	x := list[0]
	issues := func() bool {
		return p.A.Store.Session().Certificates().Of(vault.CertUser, nurse.ID)[0].Issues
	}
	if !issues() {
		t.Fatal("the nurse was made an administrator and certifies nobody")
	}
	must(t, p.A.Conflicts.Settle(ctx, x.Ref, conflict.Decision{Seen: keys(x)})) // without the administrator
	if issues() {
		t.Error("the nurse is no administrator and certifies on")
	}
}
