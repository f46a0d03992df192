package records_test

import (
	"context"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// fixed is a template with every type of field.
type fixed struct{}

func (fixed) Template(_ context.Context, id clinic.ID) (clinic.Template, error) {
	return clinic.Template{Record: clinic.Record{ID: id}, Title: "Осмотр", Lang: "ru", Version: 3, Active: true, Fields: []clinic.Field{
		{Key: "head", Type: "heading", Label: "Осмотр"},
		{Key: "complaints", Type: "longtext", Label: "Жалобы", Required: true, Default: "нет"},
		{Key: "temperature", Type: "number", Label: "Температура", Min: "34", Max: "43"},
		{Key: "next", Type: "date", Label: "Явка"},
		{Key: "state", Type: "choice", Label: "Состояние", Choices: []string{"хорошее", "плохое"}},
		{Key: "help", Type: "multichoice", Label: "Помощь", Choices: []string{"осмотр", "укол", "перевязка"}},
		{Key: "fit", Type: "bool", Label: "Годен"},
	}}, nil
}

type values = map[string]string

func (w *ward) draft(visit clinic.ID, v values) clinic.Protocol {
	w.t.Helper()
	p, err := w.AddProtocol(context.Background(), fixed{}, clinic.Protocol{Visit: visit, Template: clinic.NewID(), Values: v})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *ward) signed(visit clinic.ID, v values) clinic.Protocol {
	w.t.Helper()
	p, err := w.SignProtocol(context.Background(), w.draft(visit, v).ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// sick gives a visit to sign for.
func (w *ward) sick() clinic.Visit {
	w.t.Helper()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: "Иванов", Given: "Иван"}, Sex: clinic.Male, BirthDate: "1980-05-17"})
	return w.visit(clinic.Visit{
		Patient: p.ID, Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}, Observations: []clinic.Observation{{Value: "36,6"}},
		Prescriptions: []clinic.Prescription{{INN: "парацетамол"}},
	})
}

// TestFields: defaults, the types of fields and what they take (R3.4).
func TestFields(t *testing.T) {
	w, ctx := open(t), context.Background()
	visit := w.sick().ID
	p := w.draft(visit, values{"temperature": " 36,6 ", "next": "2026-12-01", "state": "плохое", "help": "укол\r\nперевязка", "fit": "true"})
	want := values{"complaints": "нет", "temperature": "36.6", "next": "2026-12-01", "state": "плохое", "help": "укол\nперевязка", "fit": "true"}
	same(t, "values", p.Values, want)
	if p.TemplateVersion != 3 || p.Title != "Осмотр" || p.Version != 1 || p.Original != "paper" || p.Status != clinic.ProtocolDraft {
		t.Errorf("draft: %s", asJSON(t, p))
	}
	if p := w.draft(visit, values{"complaints": ""}); p.Values["complaints"] != "" {
		t.Error("a default overrode a field that was emptied")
	}
	for key, bad := range map[string][]string{
		"head":        {"x"},
		"unknown":     {"x", ""},
		"temperature": {"33.9", "43,1", "1e1", "тёплый", "36.6.6", "36/1", "-+36"},
		"next":        {"2026", "2026-12", "2026-02-30", "01.12.2026"},
		"state":       {"отличное", "Плохое"},
		"help":        {"осмотр\nотдых", "осмотр, укол"},
		"fit":         {"да", "1"},
		"complaints":  {"\x00", strings.Repeat("ы", 50_001)},
	} {
		for _, v := range bad {
			_, err := w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: visit, Values: values{key: v}})
			refused(t, err, fault.Invalid, "fields."+key)
			_, err = w.EditProtocol(ctx, p.ID, values{key: v})
			refused(t, err, fault.Invalid, "fields."+key)
		}
	}
	edited, err := w.EditProtocol(ctx, p.ID, values{"temperature": "", "complaints": " "})
	if err != nil || edited.Values["temperature"] != "" || edited.Values["next"] == "" {
		t.Errorf("edited: %v, %v", edited.Values, err)
	}
	// What is required is asked for when signing, not before.
	_, err = w.SignProtocol(ctx, p.ID)
	refused(t, err, fault.Invalid, "fields.complaints")
	_, err = w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: visit, Patient: clinic.NewID()})
	refused(t, err, fault.Invalid, "patient")
	_, err = w.AddProtocol(ctx, fixed{}, clinic.Protocol{Record: p.Record, Visit: visit})
	refused(t, err, fault.Conflict, "")
	_, err = w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: clinic.NewID()})
	refused(t, err, fault.NotFound, "")
	w.sound()
}

// TestDraftBringsNothing: a new draft carries nothing of a signature or of what it
// would stand on, whatever the input says (R3.4).
func TestDraftBringsNothing(t *testing.T) {
	w, ctx := open(t), context.Background()
	visit := w.sick()
	p, err := w.AddProtocol(ctx, fixed{}, clinic.Protocol{
		Record: clinic.Record{Deleted: 5}, Visit: visit.ID, Version: 7, Amends: clinic.NewID(), Why: "так", Status: clinic.ProtocolSigned,
		Signed: 5, Signer: w.who.ID, SignerName: "Другой", SignerPost: "академик", Digest: []byte{1}, Signature: []byte{1},
		Care: &clinic.Care{Name: clinic.Name{Family: "Чужой"}}, Original: "electronic", Scan: clinic.NewID(), Qualified: clinic.NewID(),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.Printout(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if q := out.Protocol; q.Status != clinic.ProtocolDraft || q.Version != 1 || q.SignerName+q.SignerPost != "" || q.Care != nil || q.Signature != nil || !q.Deleted.IsZero() {
		t.Errorf("draft: %s", asJSON(t, q))
	}
	if out.Patient.Family != "Иванов" {
		t.Error("a draft prints another patient")
	}
}

// TestSignedStays: nobody changes a word of a signed protocol, through no door (R3.4).
func TestSignedStays(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.signed(w.sick().ID, values{"complaints": "кашель"})
	read, err := w.Protocol(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "signed", read, p)
	if p.Signer != w.who.ID || p.SignerName != "Озёрная Вера" || p.SignerPost != "врач-терапевт" || p.Signed != clinic.TimeOf(today) || p.Care == nil {
		t.Errorf("signed: %s", asJSON(t, p))
	}
	_, err = w.EditProtocol(ctx, p.ID, values{"complaints": "нет"})
	refused(t, err, fault.Conflict, "")
	_, err = w.SignProtocol(ctx, p.ID)
	refused(t, err, fault.Conflict, "")
	for name, change := range map[string]func(*clinic.Protocol){
		"text":      func(p *clinic.Protocol) { p.Values = values{"complaints": "нет"} },
		"draft":     func(p *clinic.Protocol) { p.Status = clinic.ProtocolDraft },
		"signer":    func(p *clinic.Protocol) { p.SignerName = "Другой" },
		"care":      func(p *clinic.Protocol) { p.Care = nil },
		"signature": func(p *clinic.Protocol) { p.Signature = []byte{1} },
		"deleted":   func(p *clinic.Protocol) { p.Deleted = 1 },
	} {
		q := read
		change(&q)
		err := w.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error { return tx.PutProtocol(&q) })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Where the paper original is may be said afterwards.
	if err := w.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error {
		q := read
		q.Scan = clinic.NewID()
		return tx.PutProtocol(&q)
	}); err != nil {
		t.Error(err)
	}
	if _, err := w.Protocol(ctx, p.ID); err != nil {
		t.Errorf("with a scan the signature does not hold: %v", err)
	}
	w.sound()
}

// TestSignedPrintsAsSigned: card and visit may change afterwards; the paper shows what
// was signed (R3.4).
func TestSignedPrintsAsSigned(t *testing.T) {
	w, ctx := open(t), context.Background()
	v := w.sick()
	p := w.signed(v.ID, nil)
	before, err := w.Printout(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.EditPatient(ctx, v.Patient, func(p clinic.Patient) (clinic.Patient, error) {
		p.Family, p.Sex, p.BirthDate, p.BirthOrder = "Петрова", clinic.Female, "1981", 2
		return p, nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EditVisit(ctx, v.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Diagnoses[0].Text, v.Prescriptions, v.Observations, v.Kind, v.CareFrom = "грипп", nil, nil, "home", v.CareFrom-1000
		return v, nil
	}); err != nil {
		t.Fatal(err)
	}
	after, err := w.Printout(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "printed protocol", after.Protocol, before.Protocol)
	same(t, "printed diagnoses", after.Visit.Diagnoses, before.Visit.Diagnoses)
	same(t, "printed prescriptions", after.Visit.Prescriptions, before.Visit.Prescriptions)
	same(t, "printed observations", after.Visit.Observations, before.Visit.Observations)
	a, b := after, before
	if a.Patient.Name != b.Patient.Name || a.Patient.Sex != b.Patient.Sex || a.Patient.BirthDate != b.Patient.BirthDate || a.Patient.BirthOrder != b.Patient.BirthOrder ||
		a.Visit.Kind != b.Visit.Kind || a.Visit.CareFrom != b.Visit.CareFrom {
		t.Error("the paper shows what was edited after signing")
	}
}

// TestAmend: a correction is a new version that names the old one and says why; there
// is one at a time, and its draft is there for all to see (R3.4).
func TestAmend(t *testing.T) {
	w, ctx := open(t), context.Background()
	v := w.sick()
	draft := w.draft(v.ID, nil)
	_, err := w.AmendProtocol(ctx, draft.ID, "так", nil)
	refused(t, err, fault.Conflict, "")
	first, err := w.SignProtocol(ctx, draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.AmendProtocol(ctx, first.ID, " ", nil)
	refused(t, err, fault.Invalid, "why")
	_, err = w.AmendProtocol(ctx, first.ID, "из\x00", nil)
	refused(t, err, fault.Invalid, "why")
	_, err = w.AmendProtocol(ctx, first.ID, "так", values{"nothing": "x"})
	refused(t, err, fault.Invalid, "fields.nothing")
	second, err := w.AmendProtocol(ctx, first.ID, "уточнение", values{"temperature": "38"})
	if err != nil || second.Version != 2 || second.Amends != first.ID || second.Status != clinic.ProtocolDraft || second.Care != nil || second.Signature != nil {
		t.Fatalf("%s, %v", asJSON(t, second), err)
	}
	_, err = w.AmendProtocol(ctx, first.ID, "ещё", nil)
	refused(t, err, fault.Conflict, "")
	list, err := w.Protocols(ctx, v.Patient)
	if err != nil || len(list) != 2 {
		t.Errorf("the draft is not in the list: %d, %v", len(list), err)
	}
	if out, err := w.Printout(ctx, first.ID); err != nil || out.Superseded != nil {
		t.Errorf("a draft supersedes already: %v", err)
	}
	if second, err = w.SignProtocol(ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	old, err := w.Printout(ctx, first.ID)
	if err != nil || old.Superseded == nil || old.Superseded.ID != second.ID || old.Protocol.Values["temperature"] != "" {
		t.Errorf("the old version: %v", err)
	}
	next, err := w.Printout(ctx, second.ID)
	if err != nil || next.Amended == nil || next.Amended.ID != first.ID || next.Protocol.Values["complaints"] != "нет" {
		t.Errorf("the new version: %v", err)
	}
	_, err = w.AmendProtocol(ctx, first.ID, "ещё", nil)
	refused(t, err, fault.Conflict, "")
	third, err := w.AmendProtocol(ctx, second.ID, "ещё", nil)
	if err != nil || third.Version != 3 {
		t.Errorf("the chain does not go on: %v", err)
	}
	w.draft(v.ID, nil) // another document of the same patient
	for _, id := range []clinic.ID{first.ID, second.ID, third.ID} {
		out, err := w.Preview(ctx, id)
		if err != nil || len(out.Versions) != 3 || out.Versions[0].ID != third.ID || out.Versions[2].ID != first.ID {
			t.Errorf("%d versions, %v", len(out.Versions), err)
		}
	}
	w.sound()
}

// TestRecoveredSigner: a recovered password makes new keys; what was signed before stays
// valid beside what is signed afterwards (R3.4).
func TestRecoveredSigner(t *testing.T) {
	w, ctx := open(t), context.Background()
	visit := w.sick().ID
	before := w.signed(visit, nil)
	if err := w.s.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	w.s, err = store.Recover(ctx, w.dir, w.phrase, vault.RecoverParams{Login: login, Password: "новый пароль", Params: cheap}, store.Options{Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	w.sit()
	after := w.signed(visit, nil)
	if len(w.s.SignerKeys(w.who.ID)) < 2 {
		t.Error("recovery made no new key")
	}
	for _, id := range []clinic.ID{before.ID, after.ID} {
		if _, err := w.Printout(ctx, id); err != nil {
			t.Error(err)
		}
	}
	w.sound()
}

// TestTampered: whatever is changed behind the signature's back is damage (R3.4).
func TestTampered(t *testing.T) {
	w := open(t)
	p := w.signed(w.sick().ID, nil)
	keys := w.s.SignerKeys(p.Signer)
	if err := store.VerifyProtocol(p, keys); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*clinic.Protocol){
		"text":      func(p *clinic.Protocol) { p.Values = values{"complaints": "другие"} },
		"label":     func(p *clinic.Protocol) { p.Shape = append([]clinic.Field{}, p.Shape[1:]...) },
		"title":     func(p *clinic.Protocol) { p.Title = "Справка" },
		"patient":   func(p *clinic.Protocol) { p.Patient = clinic.NewID() },
		"care":      func(p *clinic.Protocol) { c := *p.Care; c.Family = "Другой"; p.Care = &c },
		"no care":   func(p *clinic.Protocol) { p.Care = nil },
		"diagnosis": func(p *clinic.Protocol) { c := *p.Care; c.Diagnoses = nil; p.Care = &c },
		"time":      func(p *clinic.Protocol) { p.Signed++ },
		"signer":    func(p *clinic.Protocol) { p.SignerName = "Другой" },
		"version":   func(p *clinic.Protocol) { p.Version = 2 },
		"why":       func(p *clinic.Protocol) { p.Why = "так" },
		"digest":    func(p *clinic.Protocol) { p.Digest = append([]byte{1}, p.Digest[1:]...) },
		"signature": func(p *clinic.Protocol) { p.Signature = append([]byte{1}, p.Signature[1:]...) },
		"unsigned":  func(p *clinic.Protocol) { p.Signature = nil },
	} {
		q := p
		change(&q)
		if err := store.VerifyProtocol(q, keys); !fault.Is(err, fault.Damaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := store.VerifyProtocol(p, nil); !fault.Is(err, fault.Damaged) {
		t.Error("verifies with nobody's key")
	}
}
