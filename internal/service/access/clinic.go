package access

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Clinic keeps the clinic's own data: what stands in the header of its papers.
type Clinic struct {
	store *store.Store
	who   *User
}

// NewClinic is for the logged-in user who.
func NewClinic(s *store.Store, who *User) *Clinic { return &Clinic{s, who} }

// Read gives the clinic's data, to anybody.
func (c *Clinic) Read(ctx context.Context) (clinic.Organisation, error) {
	return c.store.Organisation(ctx)
}

// Edit changes the clinic's data: change gets the stored one and returns what it shall
// be. Country and limits are not its to change: the law that binds the clinic, and its
// licence. Right: ManageClinic.
func (c *Clinic) Edit(ctx context.Context, change func(clinic.Organisation) (clinic.Organisation, error)) (clinic.Organisation, error) {
	if err := c.who.Require(clinic.ManageClinic); err != nil {
		return clinic.Organisation{}, err
	}
	var out clinic.Organisation
	err := c.store.Update(ctx, journal.Act{Actor: c.who.ID, Intent: "clinic.edit"}, func(tx *store.Tx) error {
		old, err := tx.Organisation()
		if err != nil {
			return err
		}
		if out, err = change(old); err != nil {
			return err
		}
		out.Record, out.Country, out.Patients = old.Record, old.Country, old.Patients
		if err := checkClinic(&out); err != nil {
			return err
		}
		return tx.PutOrganisation(&out)
	})
	if err != nil {
		return clinic.Organisation{}, err
	}
	return out, nil
}

func checkClinic(o *clinic.Organisation) error {
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"title", &o.Title},
		{"address", &o.Address},
		{"phone", &o.Phone},
		{"email", &o.Email},
		{"licence", &o.Licence},
		{"tax_id", &o.TaxID},
	} {
		*f.value = strings.Join(strings.Fields(*f.value), " ")
		switch n := utf8.RuneCountInString(*f.value); {
		case !utf8.ValidString(*f.value):
			return fault.At(f.name, "fault.field.encoding")
		case strings.ContainsFunc(*f.value, unprintable):
			return fault.At(f.name, "fault.field.control")
		case n > maxField:
			return fault.At(f.name, "fault.field.long", "limit", maxField, "n", n)
		}
	}
	if o.Title == "" {
		return fault.At("title", "fault.field.empty")
	}
	if o.Zone == "" || o.Zone == "Local" {
		return fault.At("zone", "fault.organisation.zone")
	}
	if _, err := time.LoadLocation(o.Zone); err != nil {
		return fault.At("zone", "fault.organisation.zone")
	}
	switch o.Language {
	case "ru", "kk", "en":
		return nil
	}
	return fault.At("language", "fault.field.choice", "choices", "ru, kk, en")
}
