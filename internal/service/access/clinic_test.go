package access_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
)

// TestEditClinic: what stands on the papers changes; country and limits don't, and what
// can't be is refused at its field.
func TestEditClinic(t *testing.T) {
	o, ctx := found(t), context.Background()
	c := access.NewClinic(o.s, o.who)
	before, err := c.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Edit(ctx, func(v clinic.Organisation) (clinic.Organisation, error) {
		v.Title, v.Zone, v.Phone = "  Новая \t клиника ", "Asia/Yekaterinburg", "+7 943 000-00-02"
		v.Country, v.Patients, v.ID = clinic.Kazakhstan, 5, clinic.NewID()
		return v, nil
	})
	if err != nil || after.Title != "Новая клиника" || after.Country != before.Country || after.Patients != before.Patients || after.ID != before.ID {
		t.Fatalf("%+v, %v", after, err)
	}
	if read, err := c.Read(ctx); err != nil || read != after {
		t.Errorf("%+v, %v", read, err)
	}
	for field, change := range map[string]func(*clinic.Organisation){
		"title":    func(v *clinic.Organisation) { v.Title = " " },
		"zone":     func(v *clinic.Organisation) { v.Zone = "Москва" },
		"language": func(v *clinic.Organisation) { v.Language = "de" },
		"address":  func(v *clinic.Organisation) { v.Address = strings.Repeat("ы", 2000) },
		"email":    func(v *clinic.Organisation) { v.Email = "а\u202eб" },
	} {
		_, err := c.Edit(ctx, func(v clinic.Organisation) (clinic.Organisation, error) { change(&v); return v, nil })
		var f *fault.Error
		if !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestClinicRights: the clinic's data are the head's and the administrator's to change.
func TestClinicRights(t *testing.T) {
	o, ctx := found(t), context.Background()
	if n := reflect.TypeFor[*access.Clinic]().NumMethod(); n != 2 {
		t.Errorf("%d methods: Read and Edit were looked at", n)
	}
	for _, role := range clinic.Roles {
		c := access.NewClinic(o.s, &access.User{Staff: clinic.Staff{Roles: []clinic.Role{role}, Active: true}})
		_, err := c.Edit(ctx, func(v clinic.Organisation) (clinic.Organisation, error) { return v, nil })
		may := slices.Contains([]clinic.Role{clinic.Head, clinic.Administrator}, role)
		if fault.Is(err, fault.Forbidden) == may {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := c.Read(ctx); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}
