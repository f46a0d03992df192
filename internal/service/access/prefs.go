package access

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

// Prefs are what a user of this workstation likes: last page, size of letters,
// favourites. They are local and in no ledger.
type Prefs struct {
	store *store.Store
	owner clinic.ID
}

// NewPrefs is for the logged-in user who; nil stands for the workstation itself.
func NewPrefs(s *store.Store, who *User) *Prefs {
	if who == nil {
		return &Prefs{store: s}
	}
	return &Prefs{s, who.ID}
}

// Get reads a value; empty where none is kept.
func (p *Prefs) Get(ctx context.Context, name string) (string, error) {
	return p.store.Reader(ctx).Pref(p.owner, name)
}

// Set keeps a value; an empty one forgets it.
func (p *Prefs) Set(ctx context.Context, name, value string) error {
	return p.store.Local(ctx, func(tx *store.Tx) error { return tx.PutPref(p.owner, name, value) })
}
