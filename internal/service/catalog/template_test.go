package catalog_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/service/catalog"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

func (s *shelf) saved(t *testing.T, tm clinic.Template) clinic.Template {
	t.Helper()
	out, err := s.SaveTemplate(context.Background(), tm)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSaveTemplate: a copy of a built-in one becomes the clinic's own; each change is a
// version, no change is none, a change over somebody else's is refused, and protocols
// keep the shape they were written by (R3.4).
func TestSaveTemplate(t *testing.T) {
	s, ctx := found(t), context.Background()
	id := templates.ID("surgeon", "ru")
	tm, err := s.CopyTemplate(ctx, id)
	if err != nil || !tm.ID.IsZero() || tm.Version != 0 {
		t.Fatalf("%+v, %v", tm.Record, err)
	}
	tm.Title = " Перевязочная "
	own := s.saved(t, tm)
	if own.ID.IsZero() || own.Version != 1 || own.Title != "Перевязочная" || s.Builtin(own.ID) || !s.Builtin(id) {
		t.Fatalf("%+v", own.Record)
	}
	before := entries(t, s)
	if again := s.saved(t, own); again.Version != 1 || entries(t, s) != before {
		t.Error("the same text made a version")
	}
	protocol := s.protocol(t, own.ID)
	next := own
	next.Fields = append(slices.Clone(own.Fields), clinic.Field{Key: "dressing", Label: "Повязка", Type: "text"})
	next = s.saved(t, next)
	if next.Version != 2 {
		t.Errorf("version %d", next.Version)
	}
	_, err = s.SaveTemplate(ctx, own)
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("an old version was written over a newer: %v", err)
	}
	if p, err := s.s.Reader(ctx).Protocol(protocol.ID); err != nil || len(p.Shape) != len(own.Fields) || p.TemplateVersion != 1 {
		t.Errorf("the protocol changed with its template: %d fields, %v", len(p.Shape), err)
	}
	if fresh := s.protocol(t, own.ID); len(fresh.Shape) != len(next.Fields) || fresh.TemplateVersion != 2 {
		t.Errorf("a new protocol has %d fields", len(fresh.Shape))
	}
	_, err = s.SaveTemplate(ctx, clinic.Template{Record: clinic.Record{ID: id}, Title: "О", Lang: "ru", Fields: own.Fields})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a built-in one was written: %v", err)
	}
	_, err = s.SaveTemplate(ctx, clinic.Template{Record: clinic.Record{ID: clinic.NewID()}, Title: "О", Lang: "ru", Fields: own.Fields})
	if !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	bad := next
	bad.Fields = slices.Clone(next.Fields)
	bad.Fields[1].Label = ""
	var f *fault.Error
	if _, err := s.SaveTemplate(ctx, bad); !errors.As(err, &f) || f.Field != "fields[1].label" {
		t.Error(err)
	}
	if _, err := s.s.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// TestTemplateActive: a template is put out of use and back, built-in ones too; a
// built-in one keeps the text of the program.
func TestTemplateActive(t *testing.T) {
	s, ctx := found(t), context.Background()
	id := templates.ID("therapist", "ru")
	if err := s.SetTemplateActive(ctx, id, false); err != nil {
		t.Fatal(err)
	}
	all, err := s.Templates(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(t clinic.Template) bool { return t.ID == id })
	if at < 0 || all[at].Active || len(all) != 2*len(templates.Kinds()) {
		t.Errorf("%d templates, the therapist's at %d", len(all), at)
	}
	if got, err := s.FindTemplate(ctx, "терапия", "ru"); err != nil || got.Lang != "kk" {
		t.Errorf("what is not offered is found first: %s, %v", got.Lang, err)
	}
	// A program that knows a newer text of a template uses it, whatever was stored when
	// the older one was put out of use.
	newer, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	newer[0].Version, newer[0].Title = newer[0].Version+1, "Новый осмотр"
	later := catalog.New(s.s, &access.User{Staff: clinic.Staff{Roles: []clinic.Role{clinic.Head}, Active: true}}, newer)
	if got, err := later.Template(ctx, id); err != nil || got.Title != "Новый осмотр" || got.Active {
		t.Errorf("%q, %v, %v", got.Title, got.Active, err)
	}
	if err := s.SetTemplateActive(ctx, id, true); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Template(ctx, id); err != nil || !got.Active {
		t.Errorf("%v, %v", got.Active, err)
	}
	if err := s.SetTemplateActive(ctx, clinic.NewID(), true); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func entries(t *testing.T, s *shelf) int64 {
	t.Helper()
	report, err := s.s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return report.Entries
}

// doctor is somebody who treats, with the speciality and id given.
func doctor(id clinic.ID, speciality string) *access.User {
	return &access.User{Staff: clinic.Staff{Record: clinic.Record{ID: id}, Speciality: speciality, Roles: []clinic.Role{clinic.Doctor}, Active: true}}
}

// protocol writes a draft by a template.
func (s *shelf) protocol(t *testing.T, template clinic.ID) clinic.Protocol {
	t.Helper()
	ctx := context.Background()
	rec := records.New(s.s, doctor(clinic.NewID(), ""), time.Now)
	p, err := rec.RegisterPatient(ctx, clinic.Patient{Name: clinic.Name{Family: "Ковылина", Given: "Дарья"}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := rec.AddVisit(ctx, clinic.Visit{Patient: p.ID, StaffName: "Врач"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := rec.AddProtocol(ctx, s.Catalog, clinic.Protocol{Visit: v.ID, Template: template})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFavourites: pinned codes come first and stay in their order, then what the doctor
// states most, then the speciality's; a receptionist has no habit (R3.2).
func TestFavourites(t *testing.T) {
	s, ctx := found(t), context.Background()
	me, other := clinic.NewID(), clinic.NewID()
	patient := clinic.NewID()
	state := func(staff clinic.ID, codes ...string) {
		if err := s.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error {
			v := clinic.Visit{Patient: patient, Staff: staff, Kind: "clinic", Status: clinic.VisitDone}
			for _, code := range codes {
				v.Diagnoses = append(v.Diagnoses, clinic.Diagnosis{Coding: clinic.Coding{System: clinic.ICD10, Code: code}})
			}
			return tx.PutVisit(&v)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error {
		p := clinic.Patient{Record: clinic.Record{ID: patient}, CaseNumber: "А-1"}
		return tx.PutPatient(&p)
	}); err != nil {
		t.Fatal(err)
	}
	state(me, "E11.9", "I10")
	state(me, "E11.9", "Z99.9")
	state(other, "H10.9", "H10.9", "H10.9")
	c := catalog.New(s.s, doctor(me, "эндокринология"), nil)
	for _, code := range []string{"J06.9", " m54.5 ", "J06.9"} {
		if err := c.PinICD(ctx, code, true); err != nil {
			t.Fatal(err)
		}
	}
	f, err := c.Favourites(ctx)
	if err != nil || !slices.Equal(f.Pinned, []string{"J06.9", "M54.5"}) || !slices.Equal(f.Habit, []string{"E11.9", "I10"}) || len(f.Usual) < 15 {
		t.Fatalf("%+v, %v", f, err)
	}
	all, prefer := f.All(), f.Prefer()
	if all[0] != "J06.9" || all[2] != "E11.9" || slices.Contains(all[3:], "E11.9") || !prefer("M54.5") || prefer("H10.9") {
		t.Errorf("%v", all)
	}
	if err := c.PinICD(ctx, "J06.9", false); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"", "Я99", "Z99.99", "J00-J06", "X"} {
		if err := c.PinICD(ctx, code, true); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", code, err)
		}
	}
	if f, err := catalog.New(s.s, doctor(me, "эндокринология"), nil).Favourites(ctx); err != nil || !slices.Equal(f.Pinned, []string{"M54.5"}) {
		t.Errorf("%v, %v", f.Pinned, err)
	}
	desk := &access.User{Staff: clinic.Staff{Record: clinic.Record{ID: me}, Roles: []clinic.Role{clinic.Reception}, Active: true}}
	if f, err := catalog.New(s.s, desk, nil).Favourites(ctx); err != nil || len(f.Habit) != 0 {
		t.Errorf("the desk sees what the doctor states: %v, %v", f.Habit, err)
	}
}
