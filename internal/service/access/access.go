// Package access says who is at work: it opens a clinic for a user, holds the
// user's rights, and manages users. It promises that every use case asks it for
// a right before it touches a record; it never looks at records itself.
package access

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// User is who is at work, with the rights of the moment of opening.
type User struct {
	clinic.Staff
}

// Require fails with the kind Forbidden unless the user has the right.
func (u *User) Require(r clinic.Right) error {
	if u.May(r) {
		return nil
	}
	return fault.New(fault.Forbidden, "fault.access.right", "right", string(r))
}

// Whoami reads the logged-in user of an open clinic.
func Whoami(ctx context.Context, s *store.Store) (*User, error) {
	staff, err := s.Reader(ctx).Staff(s.Session().User())
	if err != nil {
		return nil, err
	}
	if !staff.Active || !staff.Deleted.IsZero() {
		return nil, fault.New(fault.Forbidden, "fault.access.removed")
	}
	return &User{staff}, nil
}

// Users manages the users of a clinic.
type Users struct {
	store *store.Store
	who   *User
}

// NewUsers is for the logged-in user who.
func NewUsers(s *store.Store, who *User) *Users { return &Users{s, who} }

// Add makes a member of staff a user with a first password.
func (a *Users) Add(ctx context.Context, staff clinic.Staff, password string) (clinic.Staff, error) {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return staff, err
	}
	if staff.Login == "" {
		return staff, fault.At("login", "fault.user.login")
	}
	if len(staff.Roles) == 0 {
		return staff, fault.At("roles", "fault.user.role")
	}
	for _, r := range staff.Roles {
		if !clinic.ValidRole(r) {
			return staff, fault.At("roles", "fault.user.role")
		}
	}
	if _, taken, err := a.store.Reader(ctx).StaffByLogin(staff.Login); err != nil {
		return staff, err
	} else if taken {
		return staff, fault.New(fault.Conflict, "fault.user.taken", "login", staff.Login)
	}
	if staff.ID.IsZero() {
		staff.ID = clinic.NewID()
	}
	staff.Active = true
	// The key first: a user row without a slot can't be opened by anybody, while
	// a slot without a row is refused by Whoami and replaced by the next try.
	err := a.store.Session().AddUser(vault.NewUser{
		ID: staff.ID, Login: staff.Login, Password: password, Issuer: staff.Has(clinic.Administrator),
	})
	if err != nil {
		return staff, err
	}
	err = a.store.Update(ctx, journal.Act{Intent: "user.add"}, func(tx *store.Tx) error { return tx.PutStaff(&staff) })
	if err != nil {
		_ = a.store.Session().RemoveUser(staff.Login)
	}
	return staff, err
}

// Remove takes a user's access away. The member of staff stays on the records.
func (a *Users) Remove(ctx context.Context, login string) error {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return err
	}
	staff, ok, err := a.store.Reader(ctx).StaffByLogin(login)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "fault.user.none", "login", login)
	}
	if staff.Has(clinic.Administrator) {
		if err := a.anotherAdministrator(ctx, staff.ID); err != nil {
			return err
		}
	}
	staff.Active = false
	if err := a.store.Update(ctx, journal.Act{Intent: "user.remove"}, func(tx *store.Tx) error { return tx.PutStaff(&staff) }); err != nil {
		return err
	}
	return a.store.Session().RemoveUser(login)
}

func (a *Users) anotherAdministrator(ctx context.Context, except clinic.ID) error {
	all, err := a.store.Reader(ctx).AllStaff()
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != except && s.Active && s.Has(clinic.Administrator) && s.Login != "" {
			return nil
		}
	}
	return fault.New(fault.Conflict, "fault.user.last_administrator")
}

// ChangePassword changes the logged-in user's own password.
func (a *Users) ChangePassword(old, new string) error {
	return a.store.Session().ChangePassword(old, new)
}

// List gives the users of the clinic.
func (a *Users) List(ctx context.Context) ([]clinic.Staff, error) {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return nil, err
	}
	all, err := a.store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	out := make([]clinic.Staff, 0, len(all))
	for _, s := range all {
		if s.Login != "" && s.Active {
			out = append(out, s)
		}
	}
	return out, nil
}
