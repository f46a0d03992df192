package access

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// Door is the way into the clinic of a directory, for people with a password. It
// makes whoever guesses wait longer and longer (R11.3), also after a restart, and
// never keeps anybody out because its own file can't be written.
type Door struct {
	dir      string
	options  store.Options
	attempts *vault.Attempts
}

// NewDoor stands before the clinic in dir. options are those of opening it.
func NewDoor(dir string, options store.Options) *Door {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Door{dir: dir, options: options, attempts: vault.LoadAttempts(dir)}
}

// Known is a user of the list at the door: what the key files show without a
// password.
type Known struct {
	ID      clinic.ID
	Login   string
	Entered time.Time // last time at this workstation; zero for never
}

// Known lists who may try a password here, those who entered last first. Faults
// as those of vault.Logins.
func (d *Door) Known() ([]Known, error) {
	logins, err := store.Logins(d.dir)
	if err != nil {
		return nil, err
	}
	out := make([]Known, len(logins))
	for i, l := range logins {
		out[i] = Known{l.ID, l.Login, d.attempts.Entered(l.ID)}
	}
	slices.SortStableFunc(out, func(a, b Known) int { return b.Entered.Compare(a.Entered) })
	return out, nil
}

// Wait is how long the login has to wait before its next try.
func (d *Door) Wait(login string) time.Duration {
	return d.attempts.Wait(d.find(login), d.options.Now())
}

// Failures counts the login's wrong passwords in a row.
func (d *Door) Failures(login string) int {
	return d.attempts.Failures(d.find(login), d.options.Now())
}

// find gives the id of a login, zero for one that is nobody's.
func (d *Door) find(login string) clinic.ID {
	logins, err := store.Logins(d.dir)
	if err != nil {
		return clinic.ID{}
	}
	for _, l := range logins {
		if vault.SameLogin(l.Login, login) {
			return l.ID
		}
	}
	return clinic.ID{}
}

// Open opens the clinic for a user. Faults: "access.wait" (Forbidden, with the
// seconds as n) while the login has to wait, and those of store.Open and Whoami.
func (d *Door) Open(ctx context.Context, login, password string) (*store.Store, *User, error) {
	var opened *store.Store
	var who *User
	err := d.try(login, func() (err error) {
		if opened, err = store.Open(ctx, d.dir, login, password, d.options); err != nil {
			return err
		}
		if who, err = Whoami(ctx, opened); err != nil {
			return errors.Join(err, opened.Close())
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return opened, who, nil
}

// Admit unlocks one more user's keys in the clinic that s has open; who acts
// stays as it was. Faults as those of Open.
func (d *Door) Admit(ctx context.Context, s *store.Store, login, password string) (id clinic.ID, err error) {
	err = d.try(login, func() (err error) {
		id, err = s.Admit(ctx, login, password)
		return err
	})
	return id, err
}

// Recover opens the clinic by its recovery phrase and gives the login a new
// password. Faults: those of store.Recover.
func (d *Door) Recover(ctx context.Context, phrase, login, password string, cost vault.Params) (*store.Store, *User, error) {
	s, err := store.Recover(ctx, d.dir, phrase, vault.RecoverParams{Login: login, Password: password, Params: cost}, d.options)
	if err != nil {
		return nil, nil, err
	}
	who, err := Whoami(ctx, s)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	_ = d.attempts.Succeed(who.ID, d.options.Now())
	return s, who, nil
}

// try counts a try before its outcome is known, and forgives where it was not the
// password that failed.
func (d *Door) try(login string, enter func() error) error {
	user, now := d.find(login), d.options.Now()
	if w := d.attempts.Wait(user, now); w > 0 {
		f := fault.New(fault.Forbidden, "access.wait", "n", int(math.Ceil(w.Seconds())))
		f.Field = "password"
		return f
	}
	// A disk that can't be written must not keep people out: it counts in memory.
	_ = d.attempts.Begin(user, now)
	err := enter()
	switch {
	case err == nil:
		_ = d.attempts.Succeed(user, now)
	case !fault.Is(err, fault.Password):
		_ = d.attempts.Spare(user)
	}
	return err
}
