package access

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// Users manages the users of a clinic.
type Users struct {
	store *store.Store
	who   *User
}

// NewUsers is for the logged-in user who.
func NewUsers(s *store.Store, who *User) *Users { return &Users{s, who} }

// Add makes a member of staff a user with a first password. A login that was
// removed may be given again, also to the same member of staff.
func (a *Users) Add(ctx context.Context, staff clinic.Staff, password string) (clinic.Staff, error) {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return clinic.Staff{}, err
	}
	staff.Login = norm.NFC.String(strings.TrimSpace(staff.Login))
	if err := checkStaff(&staff); err != nil {
		return clinic.Staff{}, err
	}
	if same, ok, err := a.byLogin(ctx, staff.Login); err != nil {
		return clinic.Staff{}, err
	} else if ok && same.Active {
		return clinic.Staff{}, fault.New(fault.Conflict, "fault.user.taken", "login", staff.Login)
	}
	if staff.ID.IsZero() {
		staff.ID = clinic.NewID()
	}
	staff.Active, staff.Deleted = true, 0
	if err := a.dropOrphan(ctx, staff.Login); err != nil {
		return clinic.Staff{}, err
	}
	// The key first: a user row without a slot can't be opened by anybody, while
	// a slot without a row is refused by Whoami and dropped by the next try.
	err := a.store.Session().AddUser(vault.NewUser{
		ID: staff.ID, Login: staff.Login, Password: password, Issuer: staff.Has(clinic.Administrator),
	})
	if err != nil {
		return clinic.Staff{}, err
	}
	if err := a.put(ctx, "user.add", &staff); err != nil {
		_ = a.store.Session().RemoveUserOf(staff.ID)
		return clinic.Staff{}, err
	}
	a.publish(ctx)
	return staff, nil
}

// publish tells the other workstations of what has changed in the vault. The change
// itself stands, so a failure is none of it: what is left untold is told at the next
// exchange.
func (a *Users) publish(ctx context.Context) { _ = a.store.Publish(ctx, "user.keys") }

func (a *Users) put(ctx context.Context, intent string, staff *clinic.Staff) error {
	return a.store.Update(ctx, journal.Act{Actor: a.who.ID, Intent: intent}, func(tx *store.Tx) error { return tx.PutStaff(staff) })
}

// Edit changes a user: name, post, rights to practise, roles. change gets the stored
// one and returns what it shall be; login and whether the user may enter are not
// its to change. Roles count from the user's next opening of the clinic on.
func (a *Users) Edit(ctx context.Context, login string, change func(clinic.Staff) (clinic.Staff, error)) (clinic.Staff, error) {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return clinic.Staff{}, err
	}
	old, err := a.user(ctx, login)
	if err != nil {
		return clinic.Staff{}, err
	}
	copied := old
	copied.Roles = slices.Clone(old.Roles)
	staff, err := change(copied)
	if err != nil {
		return clinic.Staff{}, err
	}
	staff.Record, staff.Login, staff.Active = old.Record, old.Login, old.Active
	if err := checkStaff(&staff); err != nil {
		return clinic.Staff{}, err
	}
	was, is := old.Has(clinic.Administrator), staff.Has(clinic.Administrator)
	if was && !is {
		if err := a.anotherAdministrator(ctx, old.ID); err != nil {
			return clinic.Staff{}, err
		}
	}
	if is && !was {
		// The vault first: an administrator who can't add users would be none.
		if err := a.store.Session().AllowIssuingOf(old.ID); err != nil {
			return clinic.Staff{}, err
		}
	}
	if was && !is && old.Active {
		// The vault first: a second try after a break finds the row as it was.
		if err := a.store.Session().ForbidIssuingOf(old.ID); err != nil {
			return clinic.Staff{}, err
		}
	}
	if err := a.put(ctx, "user.edit", &staff); err != nil {
		return clinic.Staff{}, err
	}
	a.publish(ctx)
	return staff, nil
}

// Remove takes a user's access away: the slot goes, what is written from then on is sealed
// under a fresh key, and the user's certificates are revoked. The member of staff stays on
// the records, and what they signed stays signed. Nobody removes themselves, and the last
// administrator stays.
func (a *Users) Remove(ctx context.Context, login string) error {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return err
	}
	staff, err := a.user(ctx, login)
	if err != nil {
		return err
	}
	if staff.Has(clinic.Administrator) && staff.Active {
		if err := a.anotherAdministrator(ctx, staff.ID); err != nil {
			return err
		}
	}
	if staff.ID == a.who.ID {
		return fault.New(fault.Conflict, "fault.user.self")
	}
	staff.Active = false
	if err := a.put(ctx, "user.remove", &staff); err != nil {
		return err
	}
	// A second try after a break goes on where the first stood: RemoveUserOf finds nothing,
	// or shutOut certificates that still count.
	err = a.store.Session().RemoveUserOf(staff.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := a.shutOut(staff.ID, err == nil); err != nil {
		return err
	}
	a.publish(ctx)
	return nil
}

// shutOut makes a fresh key for what is written from now on and then revokes a removed
// user's certificates: as long as one counts, the work is not done. The root can't be
// revoked; its keys went with its slot.
func (a *Users) shutOut(user clinic.ID, gone bool) error {
	s := a.store.Session()
	ended := map[clinic.ID]bool{}
	for _, r := range s.Revocations() {
		ended[r.Certificate] = true
	}
	valid := slices.DeleteFunc(s.Certificates().Of(vault.CertUser, user), func(c vault.Certificate) bool {
		return ended[c.ID] || c.Issuer == c.ID
	})
	if !gone && len(valid) == 0 {
		return nil
	}
	scope, _, _, err := s.CurrentScope()
	if err != nil {
		return err
	}
	if _, err := s.Rotate(scope); err != nil {
		return err
	}
	for _, c := range valid {
		if err := s.Revoke(c.ID, 0, nil, "left"); err != nil {
			return err
		}
	}
	return nil
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

// ChangePassword changes the logged-in user's own password, on the other
// workstations too.
func (a *Users) ChangePassword(old, new string) error {
	if err := a.store.Session().ChangePassword(old, new); err != nil {
		return err
	}
	a.publish(context.Background())
	return nil
}

// NewPhrase replaces the recovery phrase, when the paper is lost or was seen, and gives
// the new one, which is kept nowhere. That it is asked for stands in the ledger before
// the old one is void: a phrase that nobody was shown would be worse than a note too many.
func (a *Users) NewPhrase(ctx context.Context) (string, error) {
	if err := a.who.Require(clinic.ManageUsers); err != nil {
		return "", err
	}
	if err := a.store.NoteKeys(ctx, "phrase"); err != nil {
		return "", err
	}
	phrase, err := a.store.Session().NewPhrase()
	if err != nil {
		return "", err
	}
	a.publish(ctx)
	return phrase, nil
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

// user finds a user by the login as it may be typed, the present one before one
// who was removed.
func (a *Users) user(ctx context.Context, login string) (clinic.Staff, error) {
	s, ok, err := a.byLogin(ctx, login)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "fault.user.none", "login", login)
	}
	return s, err
}

func (a *Users) byLogin(ctx context.Context, login string) (found clinic.Staff, ok bool, err error) {
	all, err := a.store.Reader(ctx).AllStaff()
	if err != nil {
		return clinic.Staff{}, false, err
	}
	wanted := foldLogin(login)
	for _, s := range all {
		if wanted != "" && foldLogin(s.Login) == wanted && (!ok || s.Active && !found.Active) {
			found, ok = s, true
		}
	}
	return found, ok, nil
}

// foldLogin gives a login as package vault compares it.
func foldLogin(login string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(strings.TrimSpace(login))))
}

// dropOrphan takes away the slot of a login whose user was never or is no longer on
// the staff: what an Add or a Remove that did not come to its end has left.
func (a *Users) dropOrphan(ctx context.Context, login string) error {
	for _, u := range a.store.Session().Users() {
		if foldLogin(u.Login) != foldLogin(login) {
			continue
		}
		s, err := a.store.Reader(ctx).Staff(u.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && s.Active {
			return nil
		}
		if err := a.store.Session().RemoveUserOf(u.ID); err != nil {
			return err
		}
		return a.shutOut(u.ID, true)
	}
	return nil
}

// maxField is how long a field of a member of staff may be.
const maxField = 1000

func checkStaff(s *clinic.Staff) error {
	if s.Login == "" {
		return fault.At("login", "fault.user.login")
	}
	if len(s.Roles) == 0 {
		return fault.At("roles", "fault.user.role")
	}
	for _, r := range s.Roles {
		if !clinic.ValidRole(r) {
			return fault.At("roles", "fault.user.role")
		}
	}
	for _, f := range []struct{ name, value string }{
		{"login", s.Login},
		{"family", s.Family},
		{"given", s.Given},
		{"patronymic", s.Patronymic},
		{"position", s.Position},
		{"speciality", s.Speciality},
		{"snils", s.SNILS},
		{"licence", s.Licence},
		{"order", s.Order},
	} {
		switch n := utf8.RuneCountInString(f.value); {
		case !utf8.ValidString(f.value):
			return fault.At(f.name, "fault.field.encoding")
		case strings.ContainsFunc(f.value, unprintable):
			return fault.At(f.name, "fault.field.control")
		case n > maxField:
			return fault.At(f.name, "fault.field.long", "limit", maxField, "n", n)
		}
	}
	return nil
}

// unprintable are characters that no list or paper can show, and those that turn the
// direction of what follows them.
func unprintable(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
