package vault

import (
	"errors"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Login is a user who may try a password at this workstation. The slots file
// shows logins and ids to whoever can read the directory (docs/formats/keys.md),
// and nothing else of a user: names and posts are in the database.
type Login struct {
	ID    ledger.ID
	Login string
}

// Logins lists who has a slot in the vault of a directory, in the order in which
// they were added, without any password. It only reads, so another program may
// have the vault open meanwhile; and since nothing vouches for the list before a
// key was found, it is for a list to choose from, for no decision. Faults:
// NotFound, Damaged when neither copy can be read, Newer.
func Logins(dir string) ([]Login, error) { return logins(osDisk{}, dir) }

func logins(d disk, dir string) ([]Login, error) {
	if unfinished(d, dir) {
		return nil, fault.New(fault.NotFound, "vault.missing")
	}
	p := newSlotsStore(d, dir).pair
	if !p.exists() {
		return nil, fault.New(fault.NotFound, "vault.missing")
	}
	var newest *slotsCopy
	var errs []error
	for i := range copies {
		for _, suffix := range []string{"", ".old"} {
			raw, err := d.read(p.path(i)+suffix, p.max)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			c, err := decodeSlots(raw)
			if errors.Is(err, errNewer) {
				return nil, fault.Wrap(err, fault.Newer, "vault.newer")
			}
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if newest == nil || c.generation > newest.generation {
				newest = c
			}
		}
	}
	if newest == nil {
		return nil, fault.Wrap(errors.Join(errs...), fault.Damaged, "vault.slots.unreadable")
	}
	out := make([]Login, 0, len(newest.body.Users))
	for _, u := range newest.body.Users {
		out = append(out, Login{u.User, u.Login})
	}
	return out, nil
}

// SameLogin reports whether two spellings are one login, as Open compares them.
func SameLogin(a, b string) bool { return foldLogin(a) == foldLogin(b) }
