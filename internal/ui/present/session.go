package present

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/access"
	"feldsher/internal/service/billing"
	"feldsher/internal/service/catalog"
	"feldsher/internal/service/conflict"
	"feldsher/internal/service/desk"
	"feldsher/internal/service/records"
	"feldsher/internal/service/station"
	"feldsher/internal/storage/store"
	"feldsher/translations"
)

// Session is an open clinic with the services of who works.
type Session struct {
	Store     *store.Store
	User      *access.User
	Records   *records.Records
	Catalog   *catalog.Catalog
	Users     *access.Users
	Prefs     *access.Prefs
	Desk      *desk.Desk
	Billing   *billing.Billing
	Conflicts *conflict.Conflicts
	Stations  *station.Stations
	Sync      Sync // may be nil: see Connect
	Clinic    clinic.Organisation
	Words     Words
	Now       func() time.Time

	templates []clinic.Template
}

// NewSession gives the services of an open clinic to its logged-in user.
func NewSession(ctx context.Context, st *store.Store, lang translations.Lang, templates []clinic.Template, now func() time.Time) (*Session, error) {
	who, err := access.Whoami(ctx, st)
	if err != nil {
		return nil, err
	}
	org, err := st.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(org.Zone)
	if err != nil {
		zone = time.UTC
	}
	s := &Session{
		Store: st, User: who, Clinic: org, Now: now, templates: templates,
		Words: Words{Lang: lang, Zone: zone},
	}
	s.Serve()
	return s, nil
}

// Serve makes the services of the session's user anew.
func (s *Session) Serve() {
	s.Records, s.Catalog = records.New(s.Store, s.User, s.Now), catalog.New(s.Store, s.User, s.templates)
	s.Users, s.Prefs = access.NewUsers(s.Store, s.User), access.NewPrefs(s.Store, s.User)
	s.Desk, s.Billing = desk.New(s.Store, s.User, s.Now), billing.New(s.Store, s.User, s.Now)
	s.Conflicts = conflict.New(s.Store, s.User, s.Now)
	s.Connect(s.Sync)
}

// Flush writes down who has looked at what so far (R11.4): when the user leaves, and
// every half minute.
func (s *Session) Flush(ctx context.Context) error {
	return errors.Join(s.Records.Flush(ctx), s.Desk.Flush(ctx), s.Billing.Flush(ctx), s.Conflicts.Flush(ctx))
}

// T gives the sentence for a key in the user's language.
func (s *Session) T(key string, args ...any) string { return s.Words.T(key, args...) }

// May reports whether the user has a right.
func (s *Session) May(r clinic.Right) bool { return s.User.May(r) }

// Today is the clinic's calendar day.
func (s *Session) Today() clinic.Date { return s.Words.DateOf(s.Now()) }
