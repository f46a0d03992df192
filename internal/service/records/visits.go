package records

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// SavedVisit is a stored visit with what its prescriptions warn of.
type SavedVisit struct {
	clinic.Visit
	Warnings []check.Warning `json:"-"`
}

// lateAfter is how long after care an entry still counts as made at once (R3.9).
const lateAfter = 24 * time.Hour

// AddVisit stores a new visit; for a card that was merged into another, on the root.
func (r *Records) AddVisit(ctx context.Context, v clinic.Visit) (SavedVisit, error) {
	if err := r.mayWrite(&v, nil); err != nil {
		return SavedVisit{}, err
	}
	v = cloneVisit(v)
	if v.Staff.IsZero() && v.StaffName == "" {
		v.Staff, v.StaffName = r.who.ID, nameOf(&r.who.Staff)
	}
	v.Entered, v.Deleted = clinic.TimeOf(r.now()), 0
	if err := r.prepareVisit(&v); err != nil {
		return SavedVisit{}, err
	}
	var out SavedVisit
	err := r.update(ctx, "visit.add", func(tx *store.Tx) error {
		card, err := rootCard(tx, v.Patient)
		if err != nil {
			return err
		}
		v.Patient = card.ID
		if err := nameStaff(tx, &v); err != nil {
			return err
		}
		if !v.ID.IsZero() {
			if _, err := tx.Visit(v.ID); err == nil {
				return fault.New(fault.Conflict, "fault.visit.known")
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		warnings, err := r.prescriptionWarnings(tx, &v)
		if err != nil {
			return err
		}
		out = SavedVisit{v, warnings}
		return tx.PutVisit(&out.Visit)
	})
	if err != nil {
		return SavedVisit{}, err
	}
	return out, nil
}

// cloneVisit copies the lists of a visit; see cloneCard.
func cloneVisit(v clinic.Visit) clinic.Visit {
	v.Diagnoses, v.Observations = slices.Clone(v.Diagnoses), slices.Clone(v.Observations)
	v.Prescriptions, v.Orders = slices.Clone(v.Prescriptions), slices.Clone(v.Orders)
	return v
}

func nameOf(s *clinic.Staff) string {
	if name := s.Name.String(); name != "" {
		return name
	}
	return s.Login
}

// nameStaff writes the name of who gave care beside the id, as it is then.
func nameStaff(tx *store.Tx, v *clinic.Visit) error {
	if v.Staff.IsZero() || v.StaffName != "" {
		return nil
	}
	s, err := tx.Staff(v.Staff)
	if fault.Is(err, fault.NotFound) {
		return fault.At("staff", "fault.staff.none")
	}
	v.StaffName = nameOf(&s)
	return err
}

// EditVisit changes a visit: change gets the stored one and returns what it
// shall be. A visit never moves to another patient, and its time of entry stays.
func (r *Records) EditVisit(ctx context.Context, id clinic.ID, change func(clinic.Visit) (clinic.Visit, error)) (SavedVisit, error) {
	return r.editVisit(ctx, "visit.edit", id, change)
}

func (r *Records) editVisit(ctx context.Context, intent string, id clinic.ID, change func(clinic.Visit) (clinic.Visit, error)) (SavedVisit, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return SavedVisit{}, err
	}
	var out SavedVisit
	err := r.update(ctx, intent, func(tx *store.Tx) error {
		old, err := tx.Visit(id)
		if err != nil {
			return err
		}
		if old.Status == clinic.VisitStruck {
			return fault.New(fault.Conflict, "fault.visit.struck")
		}
		v, err := change(cloneVisit(old))
		if err != nil {
			return err
		}
		if err := r.mayWrite(&v, &old); err != nil {
			return err
		}
		if v.Patient != old.Patient {
			return fault.New(fault.Conflict, "fault.visit.patient")
		}
		if v.Status == clinic.VisitStruck {
			if err := noSigned(tx, old.Patient, old.ID); err != nil {
				return err
			}
		}
		v.ID, v.Entered, v.Source, v.Deleted = old.ID, old.Entered, old.Source, old.Deleted
		if v.Staff != old.Staff && v.StaffName == old.StaffName {
			v.StaffName = ""
		}
		if err := nameStaff(tx, &v); err != nil {
			return err
		}
		r.prescribes(&v, &old)
		if err := r.prepareVisit(&v); err != nil {
			return err
		}
		warnings, err := r.prescriptionWarnings(tx, &v)
		if err != nil {
			return err
		}
		out = SavedVisit{v, warnings}
		return tx.PutVisit(&out.Visit)
	})
	if err != nil {
		return SavedVisit{}, err
	}
	return out, nil
}

// prescribes puts the user's name to the prescriptions that an edit adds: they are
// not of whoever saw the patient first.
func (r *Records) prescribes(v, old *clinic.Visit) {
	for i := range v.Prescriptions {
		p := &v.Prescriptions[i]
		was := slices.IndexFunc(old.Prescriptions, func(o clinic.Prescription) bool { return o.ID == p.ID })
		if was < 0 && p.Staff.IsZero() {
			p.Staff = r.who.ID
		}
	}
}

// mayWrite asks for the right to write care, and for that to prescribe where
// diagnoses or prescriptions are new, changed, or struck out with their visit.
func (r *Records) mayWrite(v, old *clinic.Visit) error {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return err
	}
	before := clinic.Visit{}
	if old != nil {
		before = *old
	}
	struck := v.Status == clinic.VisitStruck && len(v.Diagnoses)+len(v.Prescriptions) > 0
	if !struck && slices.Equal(v.Diagnoses, before.Diagnoses) && slices.Equal(v.Prescriptions, before.Prescriptions) {
		return nil
	}
	return r.who.Require(clinic.Prescribe)
}

// The values that kinds may have.
var (
	visitKinds = []string{"clinic", "home", "phone", "emergency", "checkup", "inpatient", "other"}
	visitState = []string{clinic.VisitOpen, clinic.VisitDone, clinic.VisitStruck}
	stages     = []string{"", "preliminary", "final"}
	ranks      = []string{"", "main", "concomitant", "complication", "background"}
	onsets     = []string{"", "first", "known"}
	obsKinds   = []string{"vital", "laboratory", "examination", "survey"}
	rxStates   = []string{"active", "stopped", "completed"}
	orderKinds = []string{"laboratory", "examination", "procedure", "referral", "regimen"}
	orderState = []string{"ordered", "done", "refused", "late"}
)

// prepareVisit checks a visit and fills in what goes without saying.
func (r *Records) prepareVisit(v *clinic.Visit) error {
	var c checker
	now := clinic.TimeOf(r.now())
	if v.Patient.IsZero() {
		c.fail(fault.At("patient", "fault.field.empty"))
	}
	if v.Kind == "" {
		v.Kind = "clinic"
	}
	if v.Status == "" {
		v.Status = clinic.VisitOpen
	}
	if v.CareFrom.IsZero() {
		v.CareFrom = now
	}
	c.oneOf("kind", v.Kind, visitKinds)
	c.oneOf("status", v.Status, visitState)
	if v.CareFrom > now+clinic.Time(time.Hour.Milliseconds()) {
		c.fail(fault.At("care_from", "fault.field.future"))
	}
	if !v.CareUntil.IsZero() && v.CareUntil < v.CareFrom {
		c.fail(fault.At("care_until", "fault.visit.until"))
	}
	if v.Status == clinic.VisitStruck && strings.TrimSpace(v.Struck) == "" {
		c.fail(fault.At("struck", "fault.visit.struck_why"))
	}
	v.Late = v.Entered.Std().Sub(v.CareFrom.Std()) > lateAfter
	c.lines("", "reason staff_name struck", &v.Reason, &v.StaffName, &v.Struck)
	c.text("complaints", &v.Complaints)
	c.text("anamnesis", &v.Anamnesis)
	c.text("objective", &v.Objective)
	c.text("comment", &v.Comment)
	c.text("advice", &v.Advice)
	rows(&c, "diagnoses", v.Diagnoses, func(d *clinic.Diagnosis) *clinic.Record { return &d.Record })
	rows(&c, "observations", v.Observations, func(o *clinic.Observation) *clinic.Record { return &o.Record })
	rows(&c, "prescriptions", v.Prescriptions, func(p *clinic.Prescription) *clinic.Record { return &p.Record })
	rows(&c, "orders", v.Orders, func(o *clinic.Order) *clinic.Record { return &o.Record })
	c.care(v, now)
	c.sane(v)
	return c.err
}

// care checks what hangs on a visit.
func (c *checker) care(v *clinic.Visit, now clinic.Time) {
	for i := range v.Diagnoses {
		d, at := &v.Diagnoses[i], fmt.Sprintf("diagnoses[%d].", i)
		if d.Code == "" && d.Text == "" {
			c.fail(fault.At(at+"code", "fault.field.empty"))
		}
		c.oneOf(at+"stage", d.Stage, stages)
		c.oneOf(at+"rank", d.Rank, ranks)
		c.oneOf(at+"onset", d.Onset, onsets)
		c.text(at+"text", &d.Text)
		if d.Recorded.IsZero() {
			d.Recorded = v.CareFrom
		}
	}
	for i := range v.Observations {
		o, at := &v.Observations[i], fmt.Sprintf("observations[%d].", i)
		if o.Kind == "" {
			o.Kind = "vital"
		}
		if o.Code == "" && o.Name == "" && o.Value == "" && o.Text == "" {
			c.fail(fault.At(at+"value", "fault.field.empty"))
		}
		c.oneOf(at+"kind", o.Kind, obsKinds)
		c.decimal(at+"value", &o.Value)
		c.decimal(at+"low", &o.Low)
		c.decimal(at+"high", &o.High)
		c.text(at+"text", &o.Text)
		if o.Taken.IsZero() {
			o.Taken = v.CareFrom
		}
		o.Flag = settledFlag(o)
	}
	for i := range v.Prescriptions {
		p, at := &v.Prescriptions[i], fmt.Sprintf("prescriptions[%d].", i)
		if p.INN == "" && p.Trade == "" && p.Coding.Name == "" {
			c.fail(fault.At(at+"inn", "fault.field.empty"))
		}
		if p.Status == "" {
			p.Status = "active"
		}
		if p.Written.IsZero() {
			p.Written = now
		}
		if p.Staff.IsZero() {
			p.Staff = v.Staff
		}
		c.oneOf(at+"status", p.Status, rxStates)
		c.decimal(at+"dose", &p.Dose)
		c.decimal(at+"quantity", &p.Quantity)
		c.positive(at+"dose", p.Dose)
		c.positive(at+"quantity", p.Quantity)
		c.date(at+"start", p.Start)
		c.date(at+"stop", p.Stop)
		c.inOrder(at+"stop", p.Start, p.Stop)
		c.text(at+"directions", &p.Directions)
	}
	for i := range v.Orders {
		o, at := &v.Orders[i], fmt.Sprintf("orders[%d].", i)
		c.oneOf(at+"kind", o.Kind, orderKinds)
		if o.Status == "" {
			o.Status = "ordered"
		}
		c.oneOf(at+"status", o.Status, orderState)
		c.text(at+"text", &o.Text)
		if o.Text == "" && o.Coding.Code == "" && o.Coding.Name == "" {
			c.fail(fault.At(at+"text", "fault.field.empty"))
		}
	}
}
