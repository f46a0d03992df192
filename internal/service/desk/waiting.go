package desk

import (
	"cmp"
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// WaitingEntry is a line of the waiting list as the desk shows it.
type WaitingEntry struct {
	clinic.Waiting
	Card clinic.Brief
	Who  clinic.Name
	Tel  string
}

// AddWaiting puts somebody on the waiting list.
func (d *Desk) AddWaiting(ctx context.Context, w clinic.Waiting) (clinic.Waiting, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return clinic.Waiting{}, err
	}
	w.Record, w.Subject, w.Status, w.Booking, w.AddedBy = clinic.Record{}, clinic.ID{}, clinic.WaitingOpen, clinic.ID{}, d.who.ID
	err := d.update(ctx, "waiting.add", func(tx *store.Tx) error {
		r, err := d.rules(tx)
		if err != nil {
			return err
		}
		if w.Phone != "" {
			w.Phone = check.NormalizePhone(w.Phone, string(r.land)).Pretty
		}
		if err := w.Check(); err != nil {
			return err
		}
		if w.Until != "" && w.Until < r.today {
			return fault.At("until", "fault.desk.past")
		}
		if !w.Staff.IsZero() {
			if _, err := bookable(tx, "staff", w.Staff); err != nil {
				return err
			}
		}
		if !w.Patient.IsZero() {
			if p, err := tx.Patient(w.Patient); fault.Is(err, fault.NotFound) || err == nil && !p.Deleted.IsZero() {
				return fault.At("patient", "fault.patient.none")
			} else if err != nil {
				return err
			}
		}
		w.Added = tx.Now()
		return tx.PutWaiting(&w)
	})
	if err != nil {
		return clinic.Waiting{}, err
	}
	return w, nil
}

// Waiting lists who waits for a place, whoever waits longest first.
func (d *Desk) Waiting(ctx context.Context) ([]WaitingEntry, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return nil, err
	}
	q := d.store.Reader(ctx)
	list, err := q.Waitings(clinic.WaitingOpen)
	if err != nil {
		return nil, err
	}
	ids := make([]clinic.ID, len(list))
	for i := range list {
		ids[i] = list[i].Patient
	}
	briefs, err := q.Briefs(ids)
	if err != nil {
		return nil, err
	}
	out := make([]WaitingEntry, len(list))
	for i, w := range list {
		out[i] = WaitingEntry{Waiting: w, Who: clinic.Name{Family: w.Name}, Tel: w.Phone}
		if card, ok := briefs[w.Patient]; ok {
			out[i].Card, out[i].Who, out[i].Tel = card, card.Name, cmp.Or(card.Phone, w.Phone)
		}
	}
	return out, d.looks.NotePage(ctx, "view", "waiting", "list", len(out))
}

// FromWaiting books somebody off the waiting list. Of b only place and words count:
// who it is stands on the list.
func (d *Desk) FromWaiting(ctx context.Context, id clinic.ID, b clinic.Booking) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	var out Saved
	err := d.update(ctx, "waiting.book", func(tx *store.Tx) error {
		w, err := openWaiting(tx, id)
		if err != nil {
			return err
		}
		b.Patient, b.Name, b.Phone = w.Patient, w.Name, w.Phone
		if out, err = d.book(tx, b); err != nil {
			return err
		}
		w.Status, w.Booking = clinic.WaitingBooked, out.ID
		return tx.PutWaiting(&w)
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

// DropWaiting takes somebody off the waiting list; RestoreWaiting undoes it.
func (d *Desk) DropWaiting(ctx context.Context, id clinic.ID) error {
	if err := d.who.Require(clinic.Book); err != nil {
		return err
	}
	return d.update(ctx, "waiting.drop", func(tx *store.Tx) error {
		w, err := openWaiting(tx, id)
		if err != nil {
			return err
		}
		w.Status = clinic.WaitingDropped
		return tx.PutWaiting(&w)
	})
}

// RestoreWaiting puts somebody back on the waiting list, in the old place: who was taken
// off it, or whose booking came to nothing. Whose booking stands is not awaited twice.
func (d *Desk) RestoreWaiting(ctx context.Context, id clinic.ID) error {
	if err := d.who.Require(clinic.Book); err != nil {
		return err
	}
	return d.update(ctx, "waiting.restore", func(tx *store.Tx) error {
		w, err := tx.Waiting(id)
		if err != nil {
			return err
		}
		if w.Status == clinic.WaitingBooked {
			b, err := tx.Booking(w.Booking)
			switch {
			case err == nil && b.Live():
				return fault.New(fault.Conflict, "fault.desk.waiting.over")
			case err != nil && !fault.Is(err, fault.NotFound):
				return err
			}
		}
		w.Status, w.Booking = clinic.WaitingOpen, clinic.ID{}
		return tx.PutWaiting(&w)
	})
}

func openWaiting(tx *store.Tx, id clinic.ID) (clinic.Waiting, error) {
	w, err := tx.Waiting(id)
	if err == nil && w.Status != clinic.WaitingOpen {
		err = fault.New(fault.Conflict, "fault.desk.waiting.over")
	}
	return w, err
}
