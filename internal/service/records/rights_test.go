package records_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

// The people of the matrix; "ordered" is a feldsher with the head's order.
var matrix = []struct {
	name  string
	order string
	roles []clinic.Role
}{
	{"reception", "", []clinic.Role{clinic.Reception}},
	{"doctor", "", []clinic.Role{clinic.Doctor}},
	{"feldsher", "", []clinic.Role{clinic.Feldsher}},
	{"blank", " \t", []clinic.Role{clinic.Feldsher}}, // an order that says nothing is none
	{"ordered", "приказ № 7 от 01.02.2026", []clinic.Role{clinic.Feldsher}},
	{"nurse", "приказ № 7 от 01.02.2026", []clinic.Role{clinic.Nurse}}, // an order is a feldsher's
	{"head", "", []clinic.Role{clinic.Head}},
	{"administrator", "", []clinic.Role{clinic.Administrator}},
	{"auditor", "", []clinic.Role{clinic.Auditor}},
	{"nobody", "", nil},
	{"outpost", "", []clinic.Role{clinic.Feldsher, clinic.Administrator, clinic.Head}},
}

// Who may do what, in the words of R11.2.
var (
	cards    = []string{"reception", "doctor", "feldsher", "blank", "ordered", "nurse", "head", "outpost"}
	register = []string{"reception", "doctor", "feldsher", "blank", "ordered", "head", "outpost"}
	care     = []string{"doctor", "feldsher", "blank", "ordered", "nurse", "head", "outpost"}
	treat    = []string{"doctor", "feldsher", "blank", "ordered", "nurse", "outpost"}
	decide   = []string{"doctor", "ordered"}
	export   = []string{"doctor", "head", "outpost"}
	log      = []string{"head", "administrator", "auditor", "outpost"}
	manage   = []string{"head", "administrator", "outpost"}
	all      = []string(nil)
)

// useCases is every method of Records, with who may use it. A call names records
// that are not there: who may gets another fault than Forbidden, or none.
var useCases = map[string][]struct {
	who  []string
	call func(context.Context, *records.Records) error
}{
	"SaveDraft": {{all, func(ctx context.Context, r *records.Records) error {
		return r.SaveDraft(ctx, records.DraftVisit, clinic.NewID(), "{}")
	}}},
	"Draft": {{all, func(ctx context.Context, r *records.Records) error {
		_, _, err := r.Draft(ctx, records.DraftVisit, clinic.NewID())
		return err
	}}},
	"Drafts": {{all, func(ctx context.Context, r *records.Records) error {
		_, err := r.Drafts(ctx)
		return err
	}}},
	"RegisterPatient": {{register, func(ctx context.Context, r *records.Records) error {
		_, err := r.RegisterPatient(ctx, clinic.Patient{})
		return err
	}}},
	"EditPatient": {{register, func(ctx context.Context, r *records.Records) error {
		_, err := r.EditPatient(ctx, clinic.NewID(), func(p clinic.Patient) (clinic.Patient, error) { return p, nil })
		return err
	}}},
	"AnnulPatient": {{register, func(ctx context.Context, r *records.Records) error {
		return r.AnnulPatient(ctx, clinic.NewID(), "так")
	}}},
	"MergePatients": {{register, func(ctx context.Context, r *records.Records) error {
		_, err := r.MergePatients(ctx, clinic.NewID(), clinic.NewID(), "так")
		return err
	}}},
	"UnmergePatients": {{register, func(ctx context.Context, r *records.Records) error {
		_, err := r.UnmergePatients(ctx, clinic.NewID(), clinic.NewID())
		return err
	}}},
	"CardID": {{cards, func(ctx context.Context, r *records.Records) error { _, err := r.CardID(ctx, "Я-1"); return err }}},
	"MergedCards": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.MergedCards(ctx, clinic.NewID())
		return err
	}}},
	"Similar": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.Similar(ctx, clinic.Patient{}, 5)
		return err
	}}},
	"PatientOrder": {{cards, func(ctx context.Context, r *records.Records) error { _, err := r.PatientOrder(ctx, 5); return err }}},
	"PatientRows": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.PatientRows(ctx, store.Order{}, 0, 5)
		return err
	}}},
	"Brief": {{cards, func(ctx context.Context, r *records.Records) error {
		_, _, err := r.Brief(ctx, clinic.NewID())
		return err
	}}},
	"SetPhoto": {{register, func(ctx context.Context, r *records.Records) error {
		_, err := r.SetPhoto(ctx, clinic.NewID(), strings.NewReader("x"))
		return err
	}}},
	"Photo": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.Photo(ctx, clinic.NewID())
		return err
	}}},
	"History": {{append(slices.Clone(cards), "administrator", "auditor"), func(ctx context.Context, r *records.Records) error {
		_, _, err := r.History(ctx, clinic.NewID(), 5)
		return err
	}}},
	"Annulled": {{cards, func(ctx context.Context, r *records.Records) error { _, err := r.Annulled(ctx); return err }}},
	"Patient": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.Patient(ctx, clinic.NewID())
		return err
	}}},
	"PatientByCase": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.PatientByCase(ctx, "Я-1")
		return err
	}}},
	"FindPatients": {{cards, func(ctx context.Context, r *records.Records) error {
		_, err := r.FindPatients(ctx, "иванов", 5)
		return err
	}}},
	"Visit": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Visit(ctx, clinic.NewID())
		return err
	}}},
	"UnfinishedVisit": {{care, func(ctx context.Context, r *records.Records) error {
		_, _, err := r.UnfinishedVisit(ctx, clinic.NewID(), 0)
		return err
	}}},
	"Visits": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Visits(ctx, clinic.NewID())
		return err
	}}},
	"Chart": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Chart(ctx, clinic.NewID())
		return err
	}}},
	"AddVisit": {
		{treat, func(ctx context.Context, r *records.Records) error {
			_, err := r.AddVisit(ctx, clinic.Visit{Observations: []clinic.Observation{{Value: "36.6"}}})
			return err
		}},
		{decide, func(ctx context.Context, r *records.Records) error {
			_, err := r.AddVisit(ctx, clinic.Visit{Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}})
			return err
		}},
		{decide, func(ctx context.Context, r *records.Records) error {
			_, err := r.AddVisit(ctx, clinic.Visit{Prescriptions: []clinic.Prescription{{INN: "парацетамол"}}})
			return err
		}},
	},
	"EditVisit": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.EditVisit(ctx, clinic.NewID(), func(v clinic.Visit) (clinic.Visit, error) { return v, nil })
		return err
	}}},
	"AddProblem": {{decide, func(ctx context.Context, r *records.Records) error {
		_, err := r.AddProblem(ctx, clinic.Problem{})
		return err
	}}},
	"AddAllergy": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.AddAllergy(ctx, clinic.Allergy{})
		return err
	}}},
	"EditProblem": {{decide, func(ctx context.Context, r *records.Records) error {
		_, err := r.EditProblem(ctx, clinic.NewID(), nil)
		return err
	}}},
	"EditAllergy": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.EditAllergy(ctx, clinic.NewID(), nil)
		return err
	}}},
	"Attach": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.Attach(ctx, clinic.Attachment{}, strings.NewReader("x"))
		return err
	}}},
	"Attachments": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Attachments(ctx, clinic.NewID())
		return err
	}}},
	"OpenAttachment": {{care, func(ctx context.Context, r *records.Records) error {
		_, _, err := r.OpenAttachment(ctx, clinic.NewID())
		return err
	}}},
	"Picture": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Picture(ctx, clinic.NewID())
		return err
	}}},
	"ExportAttachment": {{export, func(ctx context.Context, r *records.Records) error {
		_, _, err := r.ExportAttachment(ctx, clinic.NewID())
		return err
	}}},
	"ScanProtocol": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.ScanProtocol(ctx, clinic.NewID(), strings.NewReader("x"))
		return err
	}}},
	"SavePathway": {{manage, func(ctx context.Context, r *records.Records) error {
		_, err := r.SavePathway(ctx, clinic.Pathway{})
		return err
	}}},
	"Pathways": {{all, func(ctx context.Context, r *records.Records) error { _, err := r.Pathways(ctx, ""); return err }}}, // a reference table
	"ApplyPathway": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.ApplyPathway(ctx, clinic.NewID(), clinic.NewID())
		return err
	}}},
	"AddProtocol": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.AddProtocol(ctx, fixed{}, clinic.Protocol{})
		return err
	}}},
	"EditProtocol": {{treat, func(ctx context.Context, r *records.Records) error {
		_, err := r.EditProtocol(ctx, clinic.NewID(), nil)
		return err
	}}},
	"SignProtocol": {{decide, func(ctx context.Context, r *records.Records) error {
		_, err := r.SignProtocol(ctx, clinic.NewID())
		return err
	}}},
	"AmendProtocol": {{decide, func(ctx context.Context, r *records.Records) error {
		_, err := r.AmendProtocol(ctx, clinic.NewID(), "так", nil)
		return err
	}}},
	"Protocol": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Protocol(ctx, clinic.NewID())
		return err
	}}},
	"Protocols": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Protocols(ctx, clinic.NewID())
		return err
	}}},
	"Preview": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Preview(ctx, clinic.NewID())
		return err
	}}},
	"Printout": {{care, func(ctx context.Context, r *records.Records) error {
		_, err := r.Printout(ctx, clinic.NewID())
		return err
	}}},
	"SignedProtocols": {{export, func(ctx context.Context, r *records.Records) error {
		_, err := r.SignedProtocols(ctx, clinic.ID{})
		return err
	}}},
	"ExportPatients": {{export, func(ctx context.Context, r *records.Records) error { _, err := r.ExportPatients(ctx); return err }}},
	"Exported":       {{export, func(ctx context.Context, r *records.Records) error { return r.Exported(ctx, "test", 1) }}},
	"Log": {
		{log, func(ctx context.Context, r *records.Records) error { _, err := r.Log(ctx, clinic.ID{}, 5); return err }},
		{append(slices.Clone(cards), "administrator", "auditor"), func(ctx context.Context, r *records.Records) error {
			_, err := r.Log(ctx, clinic.NewID(), 5)
			return err
		}},
	},
	"Import": {
		{[]string{"head", "outpost"}, func(ctx context.Context, r *records.Records) error {
			_, err := r.Import(ctx, records.Bulk{Right: clinic.ImportData, Intent: "test"}, one())
			return err
		}},
		{[]string{"administrator", "outpost"}, func(ctx context.Context, r *records.Records) error {
			_, err := r.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "test"}, one())
			return err
		}},
	},
	"Flush": {{all, func(ctx context.Context, r *records.Records) error { return r.Flush(ctx) }}}, // writes what others noted
}

// TestRights: every use case, asked for by every role, is allowed or Forbidden as the
// table says; a method without a row fails; and who was refused has seen, changed and
// left nothing (R11.2, R11.4).
func TestRights(t *testing.T) {
	w, ctx := open(t), context.Background()
	w.sick()
	methods := reflect.TypeFor[*records.Records]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; len(useCases[name]) == 0 {
			t.Errorf("%s has no row in the matrix of rights", name)
		}
	}
	for name := range useCases {
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("the matrix has a row for %s, which is not there", name)
		}
	}
	for _, person := range matrix {
		quiet := w.as(person.order, person.roles...)
		before := w.entries()
		for _, refusedOnly := range []bool{true, false} {
			for name, cases := range useCases {
				for i, c := range cases {
					may := c.who == nil || slices.Contains(c.who, person.name)
					if may == refusedOnly {
						continue
					}
					if err := c.call(ctx, quiet); fault.Is(err, fault.Forbidden) == may || fault.Is(err, fault.Internal) {
						t.Errorf("%s, %s (%d): %v", person.name, name, i, err)
					}
				}
			}
			if !refusedOnly {
				continue
			}
			if err := quiet.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if n := w.entries() - before; n != 0 {
				t.Errorf("%s was refused and left %d entries", person.name, n)
			}
		}
	}
	// Whoever was removed may do nothing, by whatever role.
	gone := &clinic.Staff{Roles: clinic.Roles, Order: "приказ"}
	for _, r := range []clinic.Right{clinic.ReadCards, clinic.WriteCare, clinic.ManageUsers, clinic.CheckClinic} {
		if gone.May(r) {
			t.Errorf("a removed user has %s", r)
		}
	}
}
