package workspace_test

import (
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/billing"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

func openNew(t testing.TB, s *present.Session, patient clinic.ID) *workspace.Workspace {
	t.Helper()
	return openAt(t, s, present.Route{Page: present.PageVisit, Arg: "new", ID: patient})
}

func openAt(t testing.TB, s *present.Session, r present.Route) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Open(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.LoadHistory(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Leave(); _ = w.Wait() })
	return w
}

func leave(t testing.TB, w *workspace.Workspace) {
	t.Helper()
	if err := w.Leave(); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); err != nil {
		t.Fatal(err)
	}
}

func visitsOf(t testing.TB, s *present.Session, patient clinic.ID) []clinic.Visit {
	t.Helper()
	list, err := s.Records.Visits(t.Context(), patient)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// take takes the first suggestion for what is typed that begins with a code or text.
func take(t testing.TB, w *workspace.Workspace, field, typed, want string) workspace.Taken {
	t.Helper()
	list, err := w.Suggest(t.Context(), field, typed)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Takes() && (strings.HasPrefix(s.Code, want) || strings.HasPrefix(s.Text, want)) {
			got, err := w.Take(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	t.Fatalf("no suggestion %q for %q in %q: %d lines", want, typed, field, len(list))
	return workspace.Taken{}
}

// A visit that was only opened leaves no trace (R3.8); one that was typed in is in the
// ledger when the doctor has left, with all that stands on it (R3.1-R3.3, R5.1).
func TestVisitGoesIntoTheLedger(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	leave(t, openNew(t, s, p.ID))
	if got := visitsOf(t, s, p.ID); len(got) != 0 {
		t.Fatalf("a visit that was only opened is in the ledger: %d", len(got))
	}
	prices := billing.New(s.Store, s.User, s.Now)
	ecg, err := prices.SaveService(t.Context(), clinic.Service{Code: "A05.10.006", Title: "Регистрация ЭКГ", Price: 65000, Active: true})
	if err != nil {
		t.Fatal(err)
	}

	w := openNew(t, s, p.ID)
	w.SetText(workspace.FieldComplaints, "боль в горле")
	w.SetText(workspace.FieldObjective, "зев гиперемирован")
	w.SetVital("temperature", "38,4")
	w.SetVital("pressure", "120/80")
	w.SetVital("weight", "70")
	w.SetVital("height", "170")
	take(t, w, "diagnoses", "острый фарингит", "J02")
	w.AddRx(w.ParseRx("амоксициллин 500 мг 3 р/д 7 дней №21 внутрь"))
	w.AddOrder("ЭКГ")
	w.AddService(ecg)
	w.AddService(ecg)
	leave(t, w)

	got := visitsOf(t, s, p.ID)
	if len(got) != 1 {
		t.Fatalf("%d visits", len(got))
	}
	v := got[0]
	if v.Complaints != "боль в горле" || v.Objective != "зев гиперемирован" || v.Staff != s.User.ID || v.Status != clinic.VisitOpen {
		t.Errorf("note: %+v", v)
	}
	if len(v.Diagnoses) != 1 || !strings.HasPrefix(v.Diagnoses[0].Code, "J02") || v.Diagnoses[0].Rank != "main" || v.Diagnoses[0].Version == "" {
		t.Errorf("diagnoses: %+v", v.Diagnoses)
	}
	rx := v.Prescriptions
	if len(rx) != 1 || rx[0].INN != "амоксициллин" || rx[0].Dose != "500" || rx[0].DoseUnit != "мг" || rx[0].Frequency != "3 раза в день" ||
		rx[0].Duration != "7 дней" || rx[0].Quantity != "21" || rx[0].Route != "внутрь" {
		t.Errorf("prescriptions: %+v", rx)
	}
	if len(v.Orders) != 1 || v.Orders[0].Kind != "examination" {
		t.Errorf("orders: %+v", v.Orders)
	}
	codes := map[string]string{}
	for _, o := range v.Observations {
		codes[o.Code] = string(o.Value) + o.Flag
	}
	for code, want := range map[string]string{"8310-5": "38.4H", "8480-6": "120", "8462-4": "80", "29463-7": "70", "8302-2": "170", "39156-5": "24.2"} {
		if codes[code] != want {
			t.Errorf("observation %s is %q, want %q (%v)", code, codes[code], want, codes)
		}
	}
	bill, err := prices.Rendered(t.Context(), v.ID)
	if err != nil || len(bill.Lines) != 1 || bill.Lines[0].Quantity != 2 || bill.Sum != 130000 {
		t.Errorf("services: %+v %v", bill, err)
	}
	if d, err := s.Records.Drafts(t.Context()); err != nil || len(d) != 0 {
		t.Errorf("a draft stayed: %d %v", len(d), err)
	}
}

// Allergies, doubles of this visit and of earlier ones are told while one types,
// before anything is kept (R3.3).
func TestPrescriptionWarnings(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	if _, err := s.Records.AddAllergy(t.Context(), clinic.Allergy{Patient: p.ID, Substance: "пенициллины", Kind: "drug", Status: "active", Reaction: "крапивница"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.AddVisit(t.Context(), clinic.Visit{Patient: p.ID, Prescriptions: []clinic.Prescription{{INN: "ибупрофен"}}, Status: clinic.VisitDone}); err != nil {
		t.Fatal(err)
	}
	w := openNew(t, s, p.ID)
	w.AddRx(w.ParseRx("Флемоксин 500 мг"))
	w.AddRx(w.ParseRx("нурофен 200 мг"))
	w.AddRx(w.ParseRx("лоратадин"))
	w.AddRx(w.ParseRx("кларитин 10 мг"))
	list := w.Prescriptions()
	want := []string{"крапивница", "уже принимает", "", "уже есть выше"}
	for i, v := range list {
		said := ""
		for _, r := range v.Warnings {
			said += r.Text
			if r.Wrong {
				t.Errorf("%s: a warning stands as an error", v.Name)
			}
		}
		if want[i] == "" && said != "" || !strings.Contains(said, want[i]) {
			t.Errorf("%s warns %q, want %q", v.Name, said, want[i])
		}
	}
	if !w.New() {
		t.Error("kept before it was asked for")
	}
}

// The draft is there within two seconds of the last key, and a new session goes on
// with it as after a power cut (R3.8); once the ledger has the visit it is forgotten.
func TestKilledAndRestored(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	w.SetText(workspace.FieldAnamnesis, "болен три дня")
	id := w.AddRx(w.ParseRx("парацетамол"))
	w.SetRx(id, "dose", "пол") // no number: it stays in its field
	w.SetPlace(workspace.FieldAnamnesis, 5)
	if err := w.SaveDraft(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The program is killed here: nobody leaves the page.
	again := openNew(t, s, p.ID)
	if !again.Restored || again.ID() != w.ID() {
		t.Fatalf("restored %v, visit %v instead of %v", again.Restored, again.ID(), w.ID())
	}
	if field, at := again.Place(); again.Text(workspace.FieldAnamnesis) != "болен три дня" || again.Rx(id, "dose") != "пол" || field != workspace.FieldAnamnesis || at != 5 {
		t.Errorf("restored %q, %q, %s:%d", again.Text(workspace.FieldAnamnesis), again.Rx(id, "dose"), field, at)
	}
	again.SetRx(id, "dose", "500")
	if err := again.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := visitsOf(t, s, p.ID); len(v) != 1 || v[0].Anamnesis != "болен три дня" || len(v[0].Prescriptions) != 1 {
		t.Fatalf("%+v", v)
	}
	if d, _ := s.Records.Drafts(t.Context()); len(d) != 0 {
		t.Error("the draft stayed beside the ledger")
	}
}

// What can't be stored as it stands does not keep the rest out of the ledger, and
// stays in the draft itself.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	w.SetText(workspace.FieldComplaints, "кашель")
	w.AddRx(w.ParseRx("парацетамол 500 мг"))
	bad := w.AddRx(w.ParseRx("ибупрофен"))
	w.SetRx(bad, "dose", "много")
	w.SetVital("temperature", "жар")
	leave(t, w)
	v := visitsOf(t, s, p.ID)
	if len(v) != 1 || v[0].Complaints != "кашель" || len(v[0].Prescriptions) != 1 || len(v[0].Observations) != 0 {
		t.Fatalf("%+v", v)
	}
	again := openAt(t, s, present.Route{Page: present.PageVisit, ID: v[0].ID})
	if again.Rx(bad, "dose") != "много" || again.Vital("temperature").Typed != "жар" || !again.Vital("temperature").Remark.Wrong {
		t.Errorf("%q %+v", again.Rx(bad, "dose"), again.Vital("temperature"))
	}
	if _, err := again.MakeProtocol(t.Context()); !fault.Is(err, fault.Invalid) {
		t.Errorf("signed with fields that can't be read: %v", err)
	}
	again.SetRx(bad, "dose", "200")
	again.SetVital("temperature", "37.5")
	if err := again.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := visitsOf(t, s, p.ID); len(v[0].Prescriptions) != 2 || len(v[0].Observations) != 1 {
		t.Errorf("%+v", v)
	}
}

// Another workstation writes the same visit: what this doctor did not touch is theirs,
// what both wrote stays as here and is told (R7.5).
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	saved, err := s.Records.AddVisit(t.Context(), clinic.Visit{Patient: p.ID, Complaints: "кашель", Objective: "без особенностей", Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}})
	if err != nil {
		t.Fatal(err)
	}
	w := openAt(t, s, present.Route{Page: present.PageVisit, ID: saved.ID})
	w.SetText(workspace.FieldComplaints, "кашель, насморк ")
	w.SetText(workspace.FieldAdvice, "питьё")
	if _, err := s.Records.EditVisit(t.Context(), saved.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Complaints, v.Objective, v.Anamnesis = "кашель с мокротой", "хрипы", "две недели"
		v.Diagnoses[0].Stage = "final"
		v.Diagnoses = append(v.Diagnoses, clinic.Diagnosis{Text: "Бронхит"})
		return v, nil
	}); err != nil {
		t.Fatal(err)
	}
	fresh, err := w.Refresh(t.Context())
	if err != nil || !fresh {
		t.Fatalf("refreshed %v %v", fresh, err)
	}
	if w.Text(workspace.FieldComplaints) != "кашель, насморк " || w.Text(workspace.FieldObjective) != "хрипы" || w.Text(workspace.FieldAnamnesis) != "две недели" {
		t.Errorf("%q %q %q", w.Text(workspace.FieldComplaints), w.Text(workspace.FieldObjective), w.Text(workspace.FieldAnamnesis))
	}
	if r := w.FieldRemark(workspace.FieldComplaints); r.Wrong || !strings.Contains(r.Text, "с мокротой") {
		t.Errorf("nothing is said of the other's text: %+v", r)
	}
	leave(t, w)
	v, err := s.Records.Visit(t.Context(), saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v.Complaints != "кашель, насморк" || v.Objective != "хрипы" || v.Anamnesis != "две недели" || v.Advice != "питьё" ||
		len(v.Diagnoses) != 2 || v.Diagnoses[0].Stage != "final" {
		t.Errorf("%+v", v)
	}
}

// Time of care and time of entry are two things (R3.9); digits alone are a date.
func TestLateEntry(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	if day, clock := w.Care(); day != "21.11.2026" || clock != "12:30" || w.Late() {
		t.Errorf("%s %s, late %v", day, clock, w.Late())
	}
	w.SetText(workspace.FieldComplaints, "давление")
	for _, bad := range [][2]string{{"31.02.2026", "10:00"}, {"завтра", "10:00"}, {"18112026", "25:00"}, {"18112026", "утром"}, {"", ""}} {
		w.SetCare(bad[0], bad[1])
		if day, clock := w.Care(); day != bad[0] && clock != bad[1] {
			t.Errorf("%v became %s %s", bad, day, clock)
		}
		if !w.FieldRemark(workspace.FieldCareDay).Wrong && !w.FieldRemark(workspace.FieldCareTime).Wrong {
			t.Errorf("%v is taken", bad)
		}
	}
	w.SetCare("18112026", "0940")
	if day, clock := w.Care(); day != "18.11.2026" || clock != "09:40" || !w.Late() || w.FieldRemark(workspace.FieldCareDay).Text != "" {
		t.Errorf("%s %s, late %v", day, clock, w.Late())
	}
	leave(t, w)
	v := visitsOf(t, s, p.ID)[0]
	if want := clinic.TimeOf(time.Date(2026, 11, 18, 6, 40, 0, 0, time.UTC)); v.CareFrom != want || !v.Late {
		t.Errorf("%v, late %v", v.CareFrom.Std(), v.Late)
	}
	future := openAt(t, s, present.Route{Page: present.PageVisit, ID: v.ID})
	future.SetCare("22.11.2027", "09:40")
	if err := future.Commit(t.Context()); err == nil || !future.FieldRemark(workspace.FieldCareDay).Wrong {
		t.Errorf("a visit of next year: %v", err)
	}
	future.SetCare("18.11.2026", "09:40")
}
