// Package workspace is the doctor's visit: what stands on the page, what the keys do
// to it, and how it is kept.
//
// It promises that nothing typed is lost: within two seconds it stands in a draft
// outside the ledger, and the ledger gets the visit when the doctor leaves the page,
// pauses for a minute or signs (R3.8). A visit that was only opened leaves no trace.
// What somebody else changes meanwhile is never overwritten, unless this doctor has
// changed the same field. It needs an open session; it never touches a widget, and its
// methods may be called from several goroutines.
package workspace

import (
	"context"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/billing"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/picker"
)

// Rights of the user on this page.
type Rights struct {
	Write     bool // the note
	Prescribe bool // diagnoses and prescriptions
	Sign      bool
	Services  bool // of the price list
}

// Workspace is one visit on one page.
type Workspace struct {
	s         *present.Session
	bills     *billing.Billing
	codes     *picker.ICD
	templates *picker.Templates

	// Set once by Open.
	Patient   clinic.Patient
	May       Rights
	Continued bool // an unfinished visit of today was opened in place of a new one
	Restored  bool // a draft was found: the program went before it was kept

	mu       sync.Mutex // guards all below; never held while the store works
	form     Form
	fallback time.Time // when the page was opened: the time of care that is not typed
	history  History
	allergic []clinic.Allergy
	problems []clinic.Problem
	habits   habits
	noted    map[clinic.ID]bool // rows that the habits have counted
	shorts   Autotext
	protocol protocolPart
	clashes  map[string]string
	refused  map[string]string // what the records found wrong at the last keeping, by path
	keep     keeper

	saving sync.Mutex    // one writer at a time; taken before mu
	left   chan struct{} // closed when the ledger has what Leave gave it
	ctx    context.Context
}

// Open opens a visit: route.ID names it, or with Arg "new" the patient, with Arg
// "booking" the booking. A new one comes into the ledger only when something is
// written. Faults: NotFound, Forbidden.
func Open(ctx context.Context, s *present.Session, route present.Route) (*Workspace, error) {
	w := &Workspace{
		s: s, bills: billing.New(s.Store, s.User, s.Now), codes: picker.NewICD(s), templates: picker.NewTemplates(s),
		fallback: s.Now(), noted: map[clinic.ID]bool{}, ctx: context.WithoutCancel(ctx),
		May: Rights{
			Write: s.May(clinic.WriteCare), Prescribe: s.May(clinic.Prescribe),
			Sign: s.May(clinic.SignProtocols), Services: s.May(clinic.WriteServices),
		},
	}
	w.keep.w = w
	if err := s.User.Require(clinic.ReadCare); err != nil {
		return nil, err
	}
	var err error
	switch route.Arg {
	case "new":
		err = w.begin(ctx, route.ID, clinic.Booking{})
	case "booking":
		err = w.fromBooking(ctx, route.ID)
	default:
		err = w.resume(ctx, route.ID)
	}
	if err != nil {
		return nil, err
	}
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// fromBooking opens the visit that came of a booking, or begins it.
func (w *Workspace) fromBooking(ctx context.Context, id clinic.ID) error {
	e, err := w.s.Desk.Booking(ctx, id)
	if err != nil {
		return err
	}
	if !e.Visit.IsZero() {
		err := w.resume(ctx, e.Visit)
		w.form.Came = id
		return err
	}
	if e.Patient.IsZero() {
		return fault.New(fault.Conflict, "visit_no_card")
	}
	return w.begin(ctx, e.Patient, e.Booking)
}

// begin makes the form of a new visit, or goes on with what was begun: a draft, or
// today's unfinished visit of the same doctor.
func (w *Workspace) begin(ctx context.Context, patient clinic.ID, booking clinic.Booking) error {
	drafts, err := w.s.Records.Drafts(ctx)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Kind != records.DraftVisit {
			continue
		}
		f, ok := decode(d.Body)
		if ok && f.New && f.Now.Patient == patient && (f.Booking == booking.ID || booking.ID.IsZero()) {
			w.form, w.Restored = f, true
			return nil
		}
	}
	open, found, err := w.s.Records.UnfinishedVisit(ctx, patient, clinic.TimeOf(w.s.Now().Add(-unfinished)))
	if err != nil {
		return err
	}
	if found {
		w.Continued = true
		return w.resume(ctx, open)
	}
	w.form = Form{Format: formFormat, New: true, Booking: booking.ID, Came: booking.ID}
	w.form.Base = clinic.Visit{Patient: patient, Kind: kindOf(booking.Kind)}
	w.form.Base.ID = clinic.NewID()
	w.form.Base.Status = clinic.VisitOpen
	w.form.Base.Reason = booking.Reason
	if day := w.s.Words.DateOf(booking.Start.Std()); !booking.Start.IsZero() && day < w.s.Today() {
		w.form.Base.CareFrom = booking.Start // written afterwards: care was given then (R3.9)
	}
	w.form.Now = w.form.Base
	return nil
}

// unfinished is how long ago a visit may have been begun to be gone on with.
const unfinished = 12 * time.Hour

func kindOf(booking string) string {
	switch booking {
	case clinic.Home:
		return "home"
	case clinic.Urgent:
		return "emergency"
	}
	return "clinic"
}

// resume opens a visit of the ledger, with the draft that lies over it, or a draft
// alone whose visit the ledger has not got yet.
func (w *Workspace) resume(ctx context.Context, id clinic.ID) error {
	d, ok, err := w.s.Records.Draft(ctx, records.DraftVisit, id)
	if err != nil {
		return err
	}
	if ok {
		w.form, w.Restored = decode(d.Body)
	}
	stored, err := w.s.Records.Visit(ctx, id)
	if fault.Is(err, fault.NotFound) && w.Restored && w.form.New {
		return nil
	}
	if err != nil {
		return err
	}
	if w.Restored {
		base := w.form.Base
		w.clashes = w.form.level(&base, &stored)
	} else {
		w.form = Form{Format: formFormat, Now: stored}
		w.form.level(&stored, &stored)
	}
	return nil
}

// read reads what stands around the visit and is quick to read.
func (w *Workspace) read(ctx context.Context) error {
	patient := w.form.Now.Patient
	var err error
	if w.Patient, err = w.s.Records.Patient(ctx, patient); err != nil {
		return err
	}
	if err := w.readWarnings(ctx, patient); err != nil {
		return err
	}
	if err := w.readLines(ctx); err != nil {
		return err
	}
	if w.shorts, err = loadAutotext(ctx, w.s); err != nil {
		return err
	}
	if w.habits, err = loadHabits(ctx, w.s); err != nil {
		return err
	}
	for i := range w.form.Base.Prescriptions {
		w.noted[w.form.Base.Prescriptions[i].ID] = true
	}
	return w.readProtocol(ctx)
}

// readWarnings reads allergies and problems, of all cards of the person: what warns
// must not come later than the page.
func (w *Workspace) readWarnings(ctx context.Context, patient clinic.ID) error {
	q := w.s.Store.Reader(ctx)
	cards, err := q.Component(patient)
	if err != nil {
		return err
	}
	w.allergic, w.problems = nil, nil
	for _, card := range cards {
		allergies, err := q.Allergies(card)
		if err != nil {
			return err
		}
		problems, err := q.Problems(card)
		if err != nil {
			return err
		}
		w.allergic, w.problems = append(w.allergic, allergies...), append(w.problems, problems...)
	}
	return nil
}

// ID is the visit's, also of one that the ledger has not got yet.
func (w *Workspace) ID() clinic.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form.Now.ID
}

// Visit is the visit as it stands on the page.
func (w *Workspace) Visit() clinic.Visit {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form.ready()
}

// New reports whether the ledger has nothing of the visit yet.
func (w *Workspace) New() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form.New
}

// Route is by which route the visit is found again, for one that was opened by was:
// once the ledger has it, by its own id, for who asks for a new visit after it was
// signed gets a further one. The way by a booking stays where it leads to the visit.
func (w *Workspace) Route(was present.Route) present.Route {
	if was.Arg == "" || w.New() || was.Arg == "booking" && w.s.May(clinic.Book) {
		return was
	}
	return present.Route{Page: present.PageVisit, ID: w.ID()}
}

// ReadOnly reports whether nothing on the page may be changed: for want of the right,
// or because the visit was struck out.
func (w *Workspace) ReadOnly() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.readOnly()
}

func (w *Workspace) readOnly() bool {
	return !w.May.Write || w.form.Base.Status == clinic.VisitStruck
}

// Place is where the cursor was when the form was kept: a path, and the letter in it.
func (w *Workspace) Place() (field string, cursor int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form.Field, w.form.Cursor
}

// SetPlace remembers where the cursor is; it is kept with what is typed next.
func (w *Workspace) SetPlace(field string, cursor int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.form.Field, w.form.Cursor = field, cursor
}

// change does something to the form and sees to it that it is kept.
func (w *Workspace) change(fn func(f *Form)) {
	w.mu.Lock()
	defer w.unlock()
	if w.readOnly() {
		return
	}
	if w.form.Now.CareFrom.IsZero() {
		w.form.Now.CareFrom = clinic.TimeOf(w.fallback) // a draft that is opened tomorrow is of today
	}
	fn(&w.form)
	w.keep.touched()
}

// body is whose numbers are measured, and when.
func (w *Workspace) body() clinic.Body {
	return clinic.BodyOf(&w.Patient, w.s.Words.DateOf(w.careFrom().Std()))
}
