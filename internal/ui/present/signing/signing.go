// Package signing is the page on which a protocol becomes final: the paper as it will
// be printed, what signing means, the signature, printing, saving, corrections as new
// versions, and the scan of the paper signed by hand (R3.4).
//
// It promises that what is shown before signing is what is signed and printed: the
// pages come from the same layout as the PDF. Nothing typed is lost: what stands in the
// form is a draft of the user's own until the protocol has it. It prints and saves
// signed protocols only.
package signing

import (
	"bytes"
	"context"
	"encoding/json"
	"image"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/paper"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/protocolform"
)

// State of a protocol, as the page tells it.
type State uint8

// The states.
const (
	Draft      State = iota
	Signed           // final, and it holds
	Superseded       // final, but a later version corrects it
)

// Sheet is a protocol opened on the page. It is used on Fyne's thread; what waits for
// the disk takes a context, changes nothing in the sheet, and may run beside it.
type Sheet struct {
	session *present.Session
	out     records.Printout
	After   error              // what could not be done once it was signed; the signature stands
	Form    *protocolform.Form // of a draft that the user may edit; else nil
	// Restored says that the form shows what was typed before and never kept.
	Restored bool
}

// Open reads a protocol with everything that stands on its paper. The ledger notes
// that it was viewed. A protocol whose signature does not fit is not shown: that is
// the fault "fault.protocol.signature".
func Open(ctx context.Context, s *present.Session, id clinic.ID) (*Sheet, error) {
	out, err := s.Records.Preview(ctx, id)
	if err != nil {
		return nil, err
	}
	sh := &Sheet{session: s, out: out}
	if !sh.CanEdit() {
		return sh, nil
	}
	sh.Form = protocolform.New(s.Words, out.Protocol.Shape, out.Protocol.Values)
	draft, ok, err := s.Records.Draft(ctx, records.DraftOther, id)
	if err != nil || !ok {
		return sh, err
	}
	var typed map[string]string
	if json.Unmarshal([]byte(draft.Body), &typed) == nil {
		sh.Form.Restore(typed)
		sh.Restored = sh.Form.Changed()
	}
	return sh, nil
}

// ID of the protocol.
func (sh *Sheet) ID() clinic.ID { return sh.out.Protocol.ID }

// Patient of the protocol.
func (sh *Sheet) Patient() clinic.ID { return sh.out.Protocol.Patient }

// Visit of the protocol.
func (sh *Sheet) Visit() clinic.ID { return sh.out.Protocol.Visit }

// State of the protocol.
func (sh *Sheet) State() State {
	switch p := &sh.out.Protocol; {
	case p.Status != clinic.ProtocolSigned:
		return Draft
	case sh.out.Superseded != nil:
		return Superseded
	}
	return Signed
}

// CanEdit reports whether it is a draft and the user writes records of care.
func (sh *Sheet) CanEdit() bool {
	return sh.State() == Draft && sh.session.May(clinic.WriteCare)
}

// CanSign reports whether it is a draft and the user signs.
func (sh *Sheet) CanSign() bool {
	return sh.State() == Draft && sh.session.May(clinic.SignProtocols)
}

// CanPrint reports whether it is signed: only that is printed and saved.
func (sh *Sheet) CanPrint() bool { return sh.State() != Draft }

// CanAmend reports whether it is the last signed version, the user signs, and there is
// no draft of a correction yet.
func (sh *Sheet) CanAmend() bool {
	return sh.State() == Signed && sh.session.May(clinic.SignProtocols) && sh.next().IsZero()
}

// CanScan reports whether it is signed, its original is paper, and the user writes
// records of care.
func (sh *Sheet) CanScan() bool {
	p := &sh.out.Protocol
	return p.Status == clinic.ProtocolSigned && p.Original == clinic.OriginalPaper && sh.session.May(clinic.WriteCare)
}

// AwaitsPaper reports whether the task «not signed by hand» is open.
func (sh *Sheet) AwaitsPaper() bool { return sh.out.Protocol.AwaitsPaper() }

// next is the version that corrects this one, draft or signed.
func (sh *Sheet) next() clinic.ID {
	for i := range sh.out.Versions {
		if sh.out.Versions[i].Amends == sh.ID() {
			return sh.out.Versions[i].ID
		}
	}
	return clinic.ID{}
}

// paper is what the pages are drawn from. What is typed and not yet kept is on them.
func (sh *Sheet) paper(at clinic.Time) paper.ProtocolPaper {
	d := paper.ProtocolPaper{
		Organisation: sh.out.Organisation, Patient: sh.out.Patient, Visit: sh.out.Visit, Protocol: sh.out.Protocol,
		Zone: sh.session.Words.Zone, Amended: sh.out.Amended, Superseded: sh.out.Superseded, Printed: at,
	}
	if sh.Form != nil {
		d.Protocol.Values = sh.Form.Values()
	}
	return d
}

// Drawing is a snapshot of the paper to draw beside Fyne's thread, while the user
// types on.
type Drawing struct{ paper paper.ProtocolPaper }

// Drawing takes the snapshot.
func (sh *Sheet) Drawing() Drawing { return Drawing{sh.paper(0)} }

// Pages draws the pages at a resolution; see paper.ProtocolPages.
func (d Drawing) Pages(dpi int) ([]image.Image, error) { return paper.ProtocolPages(d.paper, dpi) }

// Change is a snapshot of what is typed, to be kept beside Fyne's thread.
type Change struct {
	session *present.Session
	id      clinic.ID
	differs bool
	values  map[string]string // for the protocol: the wrong fields as they were
	draft   string            // everything as it was typed; empty where nothing differs
}

// Change takes the snapshot.
func (sh *Sheet) Change() Change {
	c := Change{session: sh.session, id: sh.ID()}
	if sh.Form == nil || !sh.Form.Changed() {
		return c
	}
	c.values, c.differs = sh.Form.Values(), true
	if b, err := json.Marshal(sh.Form.Typed()); err == nil { // a map of texts always is JSON
		c.draft = string(b)
	}
	return c
}

// Draft keeps what is typed for this user only, outside the ledger; where nothing
// differs from the protocol, it forgets what was kept.
func (c Change) Draft(ctx context.Context) error {
	return c.session.Records.SaveDraft(ctx, records.DraftOther, c.id, c.draft)
}

// Save writes what is typed into the protocol. Of a field that is wrong the protocol
// keeps the old value, and the draft the new one: wrong says that there is one. The
// result is for Sheet.Saved.
func (c Change) Save(ctx context.Context, wrong bool) (p clinic.Protocol, err error) {
	if c.differs {
		if p, err = c.session.Records.EditProtocol(ctx, c.id, c.values); err != nil {
			return p, err
		}
	}
	if !wrong {
		c.draft = ""
	}
	return p, c.Draft(ctx)
}

// Saved tells the sheet what Save has written.
func (sh *Sheet) Saved(p clinic.Protocol) {
	if sh.Form != nil && !p.ID.IsZero() {
		sh.out.Protocol = p
		sh.Form.Saved(p.Values)
	}
}

// Sign writes what is typed and makes the draft final; it gives the signed sheet. The
// form was checked before (Form.Check(true)).
func (c Change) Sign(ctx context.Context) (*Sheet, error) {
	if _, err := c.Save(ctx, false); err != nil {
		return nil, err
	}
	if _, err := c.session.Records.SignProtocol(ctx, c.id); err != nil {
		return nil, err
	}
	sh, err := Open(ctx, c.session, c.id)
	if err != nil {
		return nil, err
	}
	sh.After = c.finish(ctx, sh.out.Visit)
	return sh, nil
}

// finish ends the doctor's own visit that the signed protocol tells of, and the booking
// by which the patient came. The signature stands whatever comes of this.
func (c Change) finish(ctx context.Context, v clinic.Visit) error {
	if v.Status != clinic.VisitOpen || v.Staff != c.session.User.ID {
		return nil
	}
	now := clinic.TimeOf(c.session.Now())
	_, err := c.session.Records.EditVisit(ctx, v.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.End(now)
		return v, nil
	})
	if err != nil || !c.session.May(clinic.Book) {
		return err
	}
	came, err := c.session.Desk.OfPatient(ctx, v.Patient)
	if err != nil {
		return err
	}
	for _, b := range came {
		if b.Visit != v.ID {
			continue
		}
		if _, err := c.session.Desk.SetStatus(ctx, b.ID, clinic.Done); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// Amend begins a correction and gives the id of its draft.
func (sh *Sheet) Amend(ctx context.Context, why string) (clinic.ID, error) {
	p, err := sh.session.Records.AmendProtocol(ctx, sh.ID(), why, nil)
	return p.ID, err
}

// PDF makes the document that is printed or saved. The ledger notes that it was.
func (sh *Sheet) PDF(ctx context.Context) ([]byte, error) {
	if !sh.CanPrint() {
		return nil, fault.New(fault.Conflict, "signing_fault_draft")
	}
	out, err := sh.session.Records.Printout(ctx, sh.ID())
	if err != nil {
		return nil, err
	}
	fresh := Sheet{session: sh.session, out: out}
	var b bytes.Buffer
	if err := paper.Protocol(&b, fresh.paper(clinic.TimeOf(sh.session.Now()))); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
