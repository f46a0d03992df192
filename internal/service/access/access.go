// Package access says who is at work: it opens a clinic for a user, holds the
// user's rights, and manages users. It promises that every use case asks it for
// a right before it touches a record; it never looks at records itself.
package access

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
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
