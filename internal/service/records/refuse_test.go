package records_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

var long = strings.Repeat("ы", 1001)

// TestBadCards: what can't be stored is refused at its field, and nothing of the card
// is kept (R1.1).
func TestBadCards(t *testing.T) {
	w, ctx := open(t), context.Background()
	for field, change := range map[string]func(*clinic.Patient){
		"family":                        func(p *clinic.Patient) { p.Name = clinic.Name{} },
		"given":                         func(p *clinic.Patient) { p.Given = strings.Repeat("ы", 201) },
		"patronymic":                    func(p *clinic.Patient) { p.Patronymic = "А\nБ" },
		"sex":                           func(p *clinic.Patient) { p.Sex = "ж" },
		"birth_date":                    func(p *clinic.Patient) { p.BirthDate = "1990-02-30" },
		"death_date":                    func(p *clinic.Patient) { p.DeathDate = "2027-01-01" },
		"birth_time":                    func(p *clinic.Patient) { p.BirthTime = "25:00" },
		"birth_order":                   func(p *clinic.Patient) { p.BirthOrder = -1 },
		"birth_place":                   func(p *clinic.Patient) { p.BirthPlace = long },
		"citizenship":                   func(p *clinic.Patient) { p.Citizenship = "RUS\x00" },
		"snils":                         func(p *clinic.Patient) { p.SNILS = "1\x07" },
		"policy":                        func(p *clinic.Patient) { p.Policy = "\xff" },
		"insurer":                       func(p *clinic.Patient) { p.Insurer = long },
		"note":                          func(p *clinic.Patient) { p.Note = strings.Repeat("ы", 50_001) },
		"source.system":                 func(p *clinic.Patient) { p.Source.System = "\x00" },
		"former_names[0].until":         func(p *clinic.Patient) { p.FormerNames[0].Until = "вчера" },
		"former_names[0].family":        func(p *clinic.Patient) { p.FormerNames[0].Family = "\x7f" },
		"contacts[1].kind":              func(p *clinic.Patient) { p.Contacts[1].Kind = "fax" },
		"contacts[2].value":             func(p *clinic.Patient) { p.Contacts[2].Value = " " },
		"contacts[0].owner":             func(p *clinic.Patient) { p.Contacts[0].Owner = long },
		"addresses[1].use":              func(p *clinic.Patient) { p.Addresses[1].Use = "дом" },
		"addresses[0].city":             func(p *clinic.Patient) { p.Addresses[0].City = long },
		"documents[0].type":             func(p *clinic.Patient) { p.Documents[0].Type = "" },
		"documents[0].issuer":           func(p *clinic.Patient) { p.Documents[0].Issuer = long },
		"documents[0].issued":           func(p *clinic.Patient) { p.Documents[0].Issued = "10.10.2010" },
		"background[0].kind":            func(p *clinic.Patient) { p.Background[0].Kind = "hobby" },
		"background[0].from":            func(p *clinic.Patient) { p.Background[0].From = "2010-13" },
		"background[0].note":            func(p *clinic.Patient) { p.Background[0].Note = long },
		"representatives[0].relation":   func(p *clinic.Patient) { p.Representatives[0].Relation = "друг" },
		"representatives[0].basis_date": func(p *clinic.Patient) { p.Representatives[0].BasisDate = "20" },
		"representatives[0].valid_until": func(p *clinic.Patient) {
			p.Representatives[0].ValidUntil = "2030-1-1"
		},
	} {
		card := wholeCard(clinic.ID{})
		change(&card)
		before, err := w.s.Reader(ctx).PatientCount()
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.RegisterPatient(ctx, card)
		refused(t, err, fault.Invalid, field)
		if after, err := w.s.Reader(ctx).PatientCount(); err != nil || after != before {
			t.Errorf("%s: %d cards more, %v", field, after-before, err)
		}
	}
	w.sound()
}

// TestBadVisits: the same for visits (R3.1-R3.3).
func TestBadVisits(t *testing.T) {
	w, ctx := open(t), context.Background()
	patient := w.register(clinic.Patient{NameUnknown: true}).ID
	hour := clinic.Time(3_600_000)
	now := clinic.TimeOf(today)
	visit := func() clinic.Visit {
		return clinic.Visit{
			Patient: patient, CareFrom: now, CareUntil: now + hour, Complaints: "кашель",
			Diagnoses:     []clinic.Diagnosis{{Coding: clinic.Coding{Code: "J06.9"}}},
			Observations:  []clinic.Observation{{Value: "36.6"}},
			Prescriptions: []clinic.Prescription{{INN: "парацетамол", Dose: "500"}},
			Orders:        []clinic.Order{{Kind: "laboratory", Text: "анализ крови"}},
		}
	}
	for field, change := range map[string]func(*clinic.Visit){
		"patient":                     func(v *clinic.Visit) { v.Patient = clinic.ID{} },
		"staff":                       func(v *clinic.Visit) { v.Staff = clinic.NewID() },
		"kind":                        func(v *clinic.Visit) { v.Kind = "online" },
		"status":                      func(v *clinic.Visit) { v.Status = "closed" },
		"struck":                      func(v *clinic.Visit) { v.Status, v.Struck = clinic.VisitStruck, " " },
		"care_from":                   func(v *clinic.Visit) { v.CareFrom, v.CareUntil = now+2*hour, 0 },
		"care_until":                  func(v *clinic.Visit) { v.CareUntil = now - 1 },
		"reason":                      func(v *clinic.Visit) { v.Reason = long },
		"staff_name":                  func(v *clinic.Visit) { v.StaffName = "\xff" },
		"complaints":                  func(v *clinic.Visit) { v.Complaints = strings.Repeat("ы", 50_001) },
		"objective":                   func(v *clinic.Visit) { v.Objective = "\x00" },
		"diagnoses[0].code":           func(v *clinic.Visit) { v.Diagnoses[0].Code = "" },
		"diagnoses[0].stage":          func(v *clinic.Visit) { v.Diagnoses[0].Stage = "x" },
		"diagnoses[0].rank":           func(v *clinic.Visit) { v.Diagnoses[0].Rank = "x" },
		"diagnoses[0].onset":          func(v *clinic.Visit) { v.Diagnoses[0].Onset = "x" },
		"diagnoses[0].recorded":       func(v *clinic.Visit) { v.Diagnoses[0].Recorded = math.MaxInt64 },
		"observations[0].kind":        func(v *clinic.Visit) { v.Observations[0].Kind = "x" },
		"observations[0].value":       func(v *clinic.Visit) { v.Observations[0].Value = "1e9" },
		"observations[0].low":         func(v *clinic.Visit) { v.Observations[0].Low = "1/3" },
		"observations[0].high":        func(v *clinic.Visit) { v.Observations[0].High = "-+5" },
		"observations[0].taken":       func(v *clinic.Visit) { v.Observations[0].Taken = math.MinInt64 },
		"observations[0].unit":        func(v *clinic.Visit) { v.Observations[0].Unit = "\x01" },
		"prescriptions[0].inn":        func(v *clinic.Visit) { v.Prescriptions[0].INN = "" },
		"prescriptions[0].status":     func(v *clinic.Visit) { v.Prescriptions[0].Status = "x" },
		"prescriptions[0].dose":       func(v *clinic.Visit) { v.Prescriptions[0].Dose = "две" },
		"prescriptions[0].quantity":   func(v *clinic.Visit) { v.Prescriptions[0].Quantity = "1." },
		"prescriptions[0].start":      func(v *clinic.Visit) { v.Prescriptions[0].Start = "2026-02-29" },
		"prescriptions[0].directions": func(v *clinic.Visit) { v.Prescriptions[0].Directions = "\x1b[2J" },
		"orders[0].kind":              func(v *clinic.Visit) { v.Orders[0].Kind = "" },
		"orders[0].status":            func(v *clinic.Visit) { v.Orders[0].Status = "lost" },
		"orders[0].text":              func(v *clinic.Visit) { v.Orders[0].Text = "" },
		"observations[1].id": func(v *clinic.Visit) {
			v.Observations[0].ID = clinic.NewID()
			v.Observations = append(v.Observations, v.Observations[0])
		},
	} {
		v := visit()
		change(&v)
		_, err := w.AddVisit(ctx, v)
		refused(t, err, fault.Invalid, field)
	}
	_, err := w.AddVisit(ctx, clinic.Visit{Patient: clinic.NewID()})
	refused(t, err, fault.NotFound, "")
	if n, err := w.s.Reader(ctx).VisitCount(); err != nil || n != 0 {
		t.Errorf("%d visits are kept, %v", n, err)
	}
	for value, flag := range map[clinic.Decimal]string{"3,9": "L", "4": "", "6,1": "H", ".5": "L", "+5": "", "-1": "L"} {
		saved := w.visit(clinic.Visit{Patient: patient, Observations: []clinic.Observation{{Value: value, Low: "4.0", High: "6"}}})
		if o := saved.Observations[0]; o.Flag != flag || strings.Contains(string(o.Value), ",") {
			t.Errorf("%s: stored %s, flag %q", value, o.Value, o.Flag)
		}
	}
	w.sound()
}

// TestBadAllergiesAndProblems: the same for what stands beside visits.
func TestBadAllergiesAndProblems(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	for field, a := range map[string]clinic.Allergy{
		"substance": {Substance: " "},
		"status":    {Substance: "мёд", Status: "x"},
		"kind":      {Substance: "мёд", Kind: "x"},
		"since":     {Substance: "мёд", Since: "x"},
		"reaction":  {Substance: "мёд", Reaction: "\x00"},
		"severity":  {Substance: "мёд", Severity: "x"},
	} {
		a.Patient = p
		_, err := w.AddAllergy(ctx, a)
		refused(t, err, fault.Invalid, field)
	}
	for field, x := range map[string]clinic.Problem{
		"code":     {},
		"status":   {Text: "астма", Status: "x"},
		"resolved": {Text: "астма", Since: "2020", Resolved: "2019-05"},
		"since":    {Text: "астма", Since: "x"},
		"text":     {Text: "\x00"},
	} {
		x.Patient = p
		_, err := w.AddProblem(ctx, x)
		refused(t, err, fault.Invalid, field)
	}
}

// texts draws what people put into a field, and where it is wild what other programs
// and attackers do.
func texts(r *rapid.T, wild bool, label string) string {
	if !wild {
		return rapid.SampledFrom([]string{"Иванов", "Ғалия Әбдіқызы", " пробелы ", "O'Connor", "𐍈", "&<>"}).Draw(r, label)
	}
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "Иванов", "Ғалия Әбдіқызы", " пробелы ", "a\tb", "\u202eтекст", "Ё", "O'Connor", "\x00", "\x1b", "\r\n", "\xff", "𐍈", "&<>"}),
		rapid.StringMatching(`[а-яё -]{0,20}`), rapid.String(),
	).Draw(r, label)
}

func dates(r *rapid.T, wild bool, label string) clinic.Date {
	if !wild {
		return clinic.Date(rapid.SampledFrom([]string{"", "1980", "1980-05", "1980-05-17"}).Draw(r, label))
	}
	return clinic.Date(rapid.SampledFrom([]string{"", "", "1980", "1980-05", "1980-05-17", "0000", "9999-12-31", "1980-02-30", "17.05.1980", "-001", "١٩٨٠"}).Draw(r, label))
}

// few is how many of some values to pick from: the good ones alone, or all.
func few(wild bool, good, all int) int {
	if wild {
		return all
	}
	return good
}

func anyCard(r *rapid.T) clinic.Patient {
	wild := rapid.Bool().Draw(r, "wild")
	// The last of the values to pick is a wrong one.
	pick := func(label string, of ...string) string {
		if !wild {
			of = of[:len(of)-1]
		}
		return rapid.SampledFrom(of).Draw(r, label)
	}
	text := func(label string) string { return texts(r, wild, label) }
	many := func(label string) int { return rapid.IntRange(0, 2).Draw(r, label) }
	p := clinic.Patient{
		Name: clinic.Name{Family: text("family"), Given: text("given")}, NameUnknown: rapid.Bool().Draw(r, "unknown"),
		Sex: clinic.Sex(pick("sex", "", "male", "female", "other", "unknown", "x")), BirthDate: dates(r, wild, "birth"), BirthTime: pick("time", "", "1:02", "23:59", "24:00"),
		BirthOrder: rapid.SampledFrom([]int{0, 1, 12, -1, 13}[:few(wild, 3, 5)]).Draw(r, "order"), SNILS: text("snils"), TaxNumber: text("tax"), Policy: text("policy"),
		Note: text("note"), Citizenship: pick("citizenship", "", "RUS", "KAZ\x00"),
	}
	for range many("contacts") {
		p.Contacts = append(p.Contacts, clinic.Contact{Kind: pick("kind", "phone", "email", "fax"), Value: rapid.OneOf(
			rapid.StringMatching(`[0-9+() -]{5,16}`), rapid.Custom(func(r *rapid.T) string { return texts(r, wild, "value") })).Draw(r, "value"), Owner: text("owner")})
	}
	for range many("addresses") {
		p.Addresses = append(p.Addresses, clinic.Address{Use: pick("use", "registration", "residence", "work", ""), City: text("city"), Text: text("address")})
	}
	for range many("documents") {
		p.Documents = append(p.Documents, clinic.Document{Type: pick("type", "passport", "other", "x"), Number: text("number"), Issued: dates(r, wild, "issued")})
	}
	for range many("background") {
		p.Background = append(p.Background, clinic.Background{Kind: pick("line", "work", "income", "hobby"), Title: text("title"), Amount: rapid.Int64().Draw(r, "amount")})
	}
	return p
}

// TestAnyCard: whatever card can be decoded from JSON is stored and comes back equal,
// or is refused as Invalid and leaves nothing (R1.1).
func TestAnyCard(t *testing.T) {
	w, ctx := open(t), context.Background()
	stored := 0
	rapid.Check(t, func(r *rapid.T) {
		b, err := json.Marshal(anyCard(r))
		if err != nil {
			r.Fatal(err)
		}
		var p clinic.Patient
		if err := json.Unmarshal(b, &p); err != nil {
			r.Fatal(err)
		}
		before, err := w.s.Reader(ctx).PatientCount()
		if err != nil {
			r.Fatal(err)
		}
		saved, err := w.RegisterPatient(ctx, p)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				r.Fatalf("refused as %v", err)
			}
			if after, err := w.s.Reader(ctx).PatientCount(); err != nil || after != before {
				r.Fatalf("%d cards more after a refusal, %v", after-before, err)
			}
			return
		}
		stored++
		read, err := w.Patient(ctx, saved.ID)
		if err != nil {
			r.Fatal(err)
		}
		if g, want := asJSON(t, read), asJSON(t, saved.Patient); g != want {
			r.Fatalf("read\n%s\nsaved\n%s", g, want)
		}
		if read.Family != strings.TrimSpace(p.Family) || read.Note != strings.TrimSpace(strings.ReplaceAll(p.Note, "\r\n", "\n")) ||
			len(read.Contacts) != len(p.Contacts) || len(read.Documents) != len(p.Documents) || read.BirthDate != p.BirthDate {
			r.Fatalf("given\n%s\nread\n%s", asJSON(t, p), asJSON(t, read))
		}
		// The same card once more is no change.
		if _, err := w.EditPatient(ctx, saved.ID, func(p clinic.Patient) (clinic.Patient, error) { return p, nil }); err != nil {
			r.Fatalf("can be stored, but not again: %v", err)
		}
	})
	t.Logf("%d cards were stored", stored)
	if stored == 0 {
		t.Error("every card was refused: nothing was tested")
	}
	w.sound()
}

// TestAnyVisit: the same for visits, with instants and numbers of any size; and what is
// stored can be signed and read again.
func TestAnyVisit(t *testing.T) {
	w, ctx := open(t), context.Background()
	patient := w.register(clinic.Patient{NameUnknown: true}).ID
	stored := 0
	instants := []string{
		"", `2026-11-20T10:00:00.123456789+03:00`, `0001-01-01T00:00:00+12:00`, `0000-06-01T00:00:00Z`, `9999-12-31T23:59:59-12:00`,
		`1969-12-31T23:59:59.999Z`, `9999-12-31T23:59:59Z`,
	}
	decimals := []string{"", "1", "-1,5", "99999999999999999999999999999999999999", "+.5", "0x10", "--1", "1.", "1e5"}
	rapid.Check(t, func(r *rapid.T) {
		wild := rapid.Bool().Draw(r, "wild")
		text := func(label string) string { return texts(r, wild, label) }
		instant := rapid.SampledFrom(instants[:few(wild, 2, len(instants))])
		decimal := rapid.SampledFrom(decimals[:few(wild, 5, len(decimals))])
		doc, err := json.Marshal(map[string]any{
			"patient": patient, "care_from": instant.Draw(r, "from"), "care_until": rapid.SampledFrom([]string{"", "2026-11-21T12:30:00Z"}).Draw(r, "until"), "complaints": text("complaints"),
			"diagnoses":     []any{map[string]any{"code": text("code"), "text": text("text"), "recorded": instant.Draw(r, "recorded")}},
			"observations":  []any{map[string]any{"value": decimal.Draw(r, "value"), "low": decimal.Draw(r, "low"), "taken": instant.Draw(r, "taken")}},
			"prescriptions": []any{map[string]any{"inn": text("inn"), "dose": decimal.Draw(r, "dose"), "written": instant.Draw(r, "written")}},
		})
		if err != nil {
			r.Fatal(err)
		}
		var v clinic.Visit
		if json.Unmarshal(doc, &v) != nil {
			return // an instant that is none
		}
		saved, err := w.AddVisit(ctx, v)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				r.Fatalf("refused as %v", err)
			}
			return
		}
		stored++
		read, err := w.Visit(ctx, saved.ID)
		if err != nil {
			r.Fatal(err)
		}
		if g, want := asJSON(t, read), asJSON(t, saved.Visit); g != want {
			r.Fatalf("read\n%s\nsaved\n%s", g, want)
		}
		p, err := w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: saved.ID})
		if err == nil {
			_, err = w.SignProtocol(ctx, p.ID)
		}
		if err == nil {
			_, err = w.Protocol(ctx, p.ID)
		}
		if err != nil {
			r.Fatal(err)
		}
	})
	t.Logf("%d visits were stored", stored)
	if stored == 0 {
		t.Error("every visit was refused: nothing was tested")
	}
	w.sound()
}
