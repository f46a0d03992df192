package store

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/vault"
)

// Several people share a workstation and one open clinic: each unlocks their own
// keys once (Open, Admit), then ActAs says whose name and signature stand under
// what is written. A transaction is its actor's from beginning to end: a switch
// waits for it, and signs nothing of it.

// Logins lists the logins of the clinic in a directory, without a password; see
// vault.Logins.
func Logins(dir string) ([]vault.Login, error) { return vault.Logins(dir) }

// Admit unlocks one more user's keys in the open clinic and gives the user's id;
// who acts stays as it was. Faults: Password, Forbidden, Damaged.
func (s *Store) Admit(ctx context.Context, login, password string) (clinic.ID, error) {
	if err := s.alive(); err != nil {
		return clinic.ID{}, err
	}
	id, err := s.session.Admit(login, password)
	if err != nil {
		return clinic.ID{}, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return clinic.ID{}, err
	}
	// The new keys may open what others have sent (as a login does).
	return id, s.retry(ctx)
}

// ActAs makes an admitted user the one at work. Faults: Password when the user's
// keys are not in memory, Forbidden when the user was removed or revoked.
func (s *Store) ActAs(user clinic.ID) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return err
	}
	return s.session.ActAs(user)
}

// Dismiss wipes a user's keys; the clinic stays open. Where it is the user at
// work, nobody is: nothing is written then without naming an actor.
func (s *Store) Dismiss(user clinic.ID) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.session.Dismiss(user)
}

// Admitted lists the users whose keys are in memory, the one at work first.
func (s *Store) Admitted() []clinic.ID { return s.session.Admitted() }

// AccessBy records acts of looking of a user, who need not be the one at work
// any more.
func (s *Store) AccessBy(ctx context.Context, user clinic.ID, acts []ledger.Access) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.access(ctx, user, acts)
}

// nobody refuses what would stand in the ledger under no name.
func nobody(user clinic.ID) error {
	if user.IsZero() {
		return fault.New(fault.Forbidden, "fault.store.nobody")
	}
	return nil
}
