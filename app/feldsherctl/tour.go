package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

type tourCmd struct {
	Dir string `placeholder:"DIR" help:"${cli_tour_dir}"`
}

// tour is a clinic's day, step by step, each timed.
type tour struct {
	s    *session
	dir  string
	d    *desk
	gen  *demo.Generator
	card clinic.Patient
	pdf  clinic.ID

	steps []tourStep
	files []string
}

// tourStep is a line of what was done.
type tourStep struct {
	Step   string  `json:"step"`
	Text   string  `json:"text"`
	Millis float64 `json:"milliseconds"`
}

// The tour's clinic is invented, and so is its password: it is printed, so that
// a visitor can look around afterwards.
const (
	tourLogin    = "doctor"
	tourPassword = "tour of a clinic"
	tourSeed     = 2026
	tourPatients = 60
)

func (c *tourCmd) Run(s *session) error {
	dir := c.Dir
	if dir == "" {
		made, err := os.MkdirTemp("", "feldsher-tour-")
		if err != nil {
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", os.TempDir())
		}
		dir = made
	}
	t := &tour{s: s, dir: dir}
	s.say("cli_tour_title", "dir", dir)
	start := s.now()
	for _, step := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"found", t.found},
		{"people", t.people},
		{"register", t.register},
		{"visit", t.visit},
		{"sign", t.sign},
		{"amend", t.amend},
		{"icd", t.icd},
		{"find", t.find},
		{"xlsx", t.xlsx},
		{"pdf", t.printed},
		{"close", t.reopen},
		{"verify", t.verify},
	} {
		if err := t.step(step.name, step.do); err != nil {
			return err
		}
	}
	if err := t.d.close(s); err != nil {
		return err
	}
	if s.cli.JSON {
		return writeJSON(s.stdout, map[string]any{"steps": t.steps, "files": t.files, "dir": dir, "login": tourLogin, "password": tourPassword})
	}
	s.say("cli_tour_done", "seconds", fmt.Sprintf("%.1f", s.now().Sub(start).Seconds()))
	for _, f := range t.files {
		_ = s.print(nil, "  %s", f)
	}
	s.say("cli_tour_look", "program", os.Args[0], "dir", filepath.Join(dir, "clinic"), "login", tourLogin, "password", tourPassword)
	return nil
}

func (t *tour) step(name string, do func(context.Context) (string, error)) error {
	start := time.Now()
	text, err := do(t.s.ctx)
	if err != nil {
		if t.d != nil {
			_ = t.d.store.Close()
		}
		return err
	}
	ms := float64(time.Since(start).Microseconds()) / 1000
	t.steps = append(t.steps, tourStep{name, text, ms})
	if t.s.cli.JSON {
		return nil
	}
	return t.s.print(nil, "%9.1f %s  %s", ms, t.s.t("cli_ms"), text)
}

func (t *tour) found(ctx context.Context) (string, error) {
	org := demo.Organisation(clinic.Russia)
	who := clinic.Staff{
		Name: clinic.Name{Family: "Озёрная", Given: "Вера", Patronymic: "Павловна"}, Position: t.s.t("cli_tour_post"), Login: tourLogin,
		Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}, Active: true,
	}
	st, _, err := store.Found(ctx, filepath.Join(t.dir, "clinic"), store.Founding{
		Organisation: org, Admin: who, Password: tourPassword, DeviceName: "tour", Params: t.s.params,
	}, store.Options{Now: t.s.now})
	if err != nil {
		return "", err
	}
	t.d, err = t.s.sit(st)
	return t.s.t("cli_tour_found", "clinic", org.Title), err
}

func (t *tour) people(ctx context.Context) (string, error) {
	t.gen = demo.New(tourSeed, clinic.Russia, t.s.now(), tourPatients)
	added, err := t.d.records.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true}, people(t.gen, nil))
	return t.s.t("cli_tour_people", "patients", added.Patients, "visits", added.Visits, "protocols", added.Protocols), err
}

// register takes a patient in as the desk would.
func (t *tour) register(ctx context.Context) (string, error) {
	saved, err := t.d.records.RegisterPatient(ctx, clinic.Patient{
		Name: clinic.Name{Family: "Берёзкина", Given: "Алёна", Patronymic: "Ивановна"}, Sex: clinic.Female, BirthDate: "1984-03-12",
		SNILS: "112-233-445 95", Citizenship: "RUS",
		Contacts:  []clinic.Contact{{Kind: "phone", Value: "8 900 000-12-34", Use: "mobile"}},
		Addresses: []clinic.Address{{Use: "registration", Country: "RUS", City: "Озёрск", Street: "ул. Лесная", House: "4", Flat: "17"}},
		Documents: []clinic.Document{{Type: "passport", Series: "4510", Number: "123456", Issued: "2010-06-01"}},
	})
	if err != nil {
		return "", err
	}
	t.card = saved.Patient
	_, err = t.d.records.AddAllergy(ctx, clinic.Allergy{Patient: t.card.ID, Substance: "пенициллины", Kind: "drug", Reaction: "крапивница", Severity: "moderate"})
	return t.s.t("cli_tour_register", "name", saved.Name.String(), "case", saved.CaseNumber), err
}

// visit makes a visit as the doctor would: the drug that the patient is allergic
// to is warned of.
func (t *tour) visit(ctx context.Context) (string, error) {
	now := t.s.now()
	v := clinic.Visit{
		Patient: t.card.ID, Kind: "clinic", CareFrom: clinic.TimeOf(now.Add(-20 * time.Minute)), CareUntil: clinic.TimeOf(now),
		Reason:     "температура, боль в горле",
		Complaints: "Боль в горле при глотании, температура до 38,2 °C второй день, слабость.",
		Anamnesis:  "Заболела остро после переохлаждения. Контакт с больными отрицает. Аллергия на пенициллины.",
		Objective:  "Состояние удовлетворительное. Зев гиперемирован, налётов нет. Дыхание везикулярное, хрипов нет. АД 124/78.",
		Advice:     "Обильное тёплое питьё, полоскание горла. Явка через три дня, при ухудшении раньше.",
		Observations: []clinic.Observation{
			{Coding: clinic.Coding{System: "http://loinc.org", Code: "8310-5", Name: "Температура тела"}, Value: "37.8", Unit: "Cel", Low: "35.5", High: "37.2"},
			{Coding: clinic.Coding{System: "http://loinc.org", Code: "8480-6", Name: "Систолическое давление"}, Value: "124", Unit: "mm[Hg]", Low: "90", High: "139"},
			{Coding: clinic.Coding{System: "http://loinc.org", Code: "8462-4", Name: "Диастолическое давление"}, Value: "78", Unit: "mm[Hg]", Low: "60", High: "89"},
		},
		Prescriptions: []clinic.Prescription{
			{INN: "бензилпенициллин", Form: "порошок", Dose: "500000", DoseUnit: "ЕД", Route: "внутримышечно", Frequency: "4 раза в день", Duration: "7 дней"},
			{INN: "парацетамол", Form: "таблетки", Dose: "500", DoseUnit: "мг", Route: "внутрь", Frequency: "до 3 раз в день", Duration: "3 дня", Quantity: "10", QuantityUnit: "таблеток", Directions: "При температуре выше 38,5 °C, не более трёх таблеток в сутки."},
		},
		Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{Code: "J02.9"}, Stage: "final", Rank: "main", Onset: "first"}},
	}
	if err := t.d.code(t.s, v.Diagnoses); err != nil {
		return "", err
	}
	saved, err := t.d.records.AddVisit(ctx, v)
	if err != nil {
		return "", err
	}
	if len(saved.Warnings) == 0 {
		return "", fault.New(fault.Internal, "fault.internal", "why", "no allergy warning")
	}
	fixed, err := t.d.records.EditVisit(ctx, saved.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Prescriptions = v.Prescriptions[1:]
		return v, nil
	})
	if err != nil {
		return "", err
	}
	t.pdf = fixed.ID
	return t.s.t("cli_tour_visit", "code", fixed.Diagnoses[0].Code, "name", fixed.Diagnoses[0].Name, "warning", t.s.notes(saved.Warnings)[0].Text), nil
}

func (t *tour) sign(ctx context.Context) (string, error) {
	template, err := t.template(ctx)
	if err != nil {
		return "", err
	}
	values := map[string]string{
		"complaints":      "Боль в горле при глотании, температура до 38,2 °C второй день, слабость.",
		"anamnesis":       "Заболела остро после переохлаждения. Аллергия на пенициллины: крапивница.",
		"throat":          "гиперемирован, налётов нет",
		"condition":       "удовлетворительное",
		"diagnosis":       "Острый фарингит, лёгкое течение",
		"diagnosis_code":  "J02.9",
		"recommendations": "Обильное тёплое питьё, полоскание горла. Явка через три дня, при ухудшении раньше.",
	}
	p, err := t.d.records.AddProtocol(ctx, t.d.catalog, clinic.Protocol{Visit: t.pdf, Template: template.ID, Values: values})
	if err != nil {
		return "", err
	}
	if p, err = t.d.records.SignProtocol(ctx, p.ID); err != nil {
		return "", err
	}
	t.pdf = p.ID
	return t.s.t("cli_tour_sign", "title", p.Title), nil
}

// template is the therapist's, in Russian.
func (t *tour) template(ctx context.Context) (clinic.Template, error) {
	all, err := t.d.catalog.Templates(ctx)
	if err != nil {
		return clinic.Template{}, err
	}
	for _, x := range all {
		if x.Lang == "ru" {
			return x, nil // the therapist's comes first
		}
	}
	return clinic.Template{}, fault.New(fault.NotFound, "fault.template.none")
}

func (t *tour) amend(ctx context.Context) (string, error) {
	p, err := t.d.records.AmendProtocol(ctx, t.pdf, "уточнён срок явки", map[string]string{
		"recommendations": "Обильное тёплое питьё, полоскание горла. Явка через два дня, при ухудшении раньше.",
	})
	if err != nil {
		return "", err
	}
	if p, err = t.d.records.SignProtocol(ctx, p.ID); err != nil {
		return "", err
	}
	t.pdf = p.ID
	return t.s.t("cli_tour_amend", "version", p.Version), nil
}

func (t *tour) icd(ctx context.Context) (string, error) {
	found := ""
	for _, q := range []string{"гипертония", "ubgthnjybz", "диабет 2", "j06"} {
		hits, err := t.d.catalog.SearchICD(ctx, q, 1, icd.Options{})
		if err != nil {
			return "", err
		}
		if len(hits) > 0 {
			found += fmt.Sprintf("  «%s» → %s", q, hits[0].Code)
		}
	}
	return t.s.t("cli_tour_icd", "found", found), nil
}

func (t *tour) find(ctx context.Context) (string, error) {
	found := ""
	for _, q := range []string{"березкина ал", ",thtprbyf", "berezkina", "1234", "алена 12.03.1984"} {
		hits, err := t.d.records.FindPatients(ctx, q, 5)
		if err != nil {
			return "", err
		}
		for i, h := range hits {
			if h.ID == t.card.ID {
				found += fmt.Sprintf("  «%s» → %d", q, i+1)
			}
		}
	}
	return t.s.t("cli_tour_find", "found", found), nil
}

func (t *tour) xlsx(context.Context) (string, error) {
	out, err := t.s.exportPatients(t.d, filepath.Join(t.dir, "export"))
	t.files = append(t.files, out.Files...)
	return t.s.t("cli_tour_xlsx", "n", out.Count), err
}

func (t *tour) printed(context.Context) (string, error) {
	file := filepath.Join(t.dir, "export", "protocol.pdf")
	if err := t.s.protocolPDF(t.d, t.pdf, file); err != nil {
		return "", err
	}
	t.files = append(t.files, file)
	return t.s.t("cli_tour_pdf"), nil
}

// reopen closes the clinic and opens it again by the password.
func (t *tour) reopen(ctx context.Context) (string, error) {
	if err := t.d.close(t.s); err != nil {
		return "", err
	}
	st, err := store.Open(ctx, filepath.Join(t.dir, "clinic"), tourLogin, tourPassword, store.Options{Now: t.s.now})
	if err != nil {
		return "", err
	}
	t.d, err = t.s.sit(st)
	return t.s.t("cli_tour_reopen"), err
}

func (t *tour) verify(ctx context.Context) (string, error) {
	for _, c := range t.d.store.Checks() {
		if _, err := c.Run(ctx); err != nil {
			return "", err
		}
	}
	report, err := t.d.store.Verify(ctx)
	return t.s.t("cli_tour_verify", "entries", report.Entries, "rows", report.Rows), err
}
