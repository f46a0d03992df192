package entry

import (
	"context"
	"errors"

	"feldsher/internal/clinic/check"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
)

// RecoveryView is the way in with the paper: the phrase, whose password was
// forgotten, and the new password.
type RecoveryView struct {
	gate  *Gate
	Users []access.Known
	at    int
	says  Say // of the last try
}

// NewRecovery begins with the login that the login page had chosen.
func NewRecovery(g *Gate, login string) *RecoveryView {
	r := &RecoveryView{gate: g}
	r.Users, _ = g.Known()
	for i, u := range r.Users {
		if u.Login == login {
			r.at = i
		}
	}
	return r
}

// Words speaks the page's language.
func (r *RecoveryView) Words() present.Words { return r.gate.Words() }

// At is the chosen user; Choose takes another.
func (r *RecoveryView) At() int { return r.at }

// Choose takes a user of the list.
func (r *RecoveryView) Choose(i int) { r.at = min(max(i, 0), max(len(r.Users)-1, 0)) }

// Phrase looks at the phrase as far as it is typed: what to say, and whether it is
// whole.
func (r *RecoveryView) Phrase(typed string) (Say, bool) {
	w := r.Words()
	n, err := vault.CheckTyped(typed)
	var bad *vault.PhraseError
	switch {
	case err == nil:
		return Say{Good, w.T("entry_recover_whole")}, true
	case errors.As(err, &bad) && bad.Position > 0 && bad.Position < n:
		// The last word may still be growing: it is not wrong yet.
		return Say{Wrong, w.Fault(err) + suggestion(w, err)}, false
	case n < vault.PhraseWords:
		return Say{Calm, w.T("entry_recover_count", "n", n, "all", vault.PhraseWords)}, false
	}
	return Say{Wrong, w.Fault(err) + suggestion(w, err)}, false
}

// Strength looks at the new password.
func (r *RecoveryView) Strength(password string) check.Strength {
	return check.Password(password, r.login())
}

func (r *RecoveryView) login() string {
	if r.at >= len(r.Users) {
		return ""
	}
	return r.Users[r.at].Login
}

// Says is the word of the last try.
func (r *RecoveryView) Says() Say { return r.says }

// Enter opens the clinic with the phrase and sets the password. field names the
// field at fault: "phrase", "password", "again".
func (r *RecoveryView) Enter(ctx context.Context, phrase, password, again string) (in bool, field string) {
	w := r.Words()
	if _, whole := r.Phrase(phrase); !whole {
		_, err := vault.CheckTyped(phrase)
		r.says = Say{Wrong, w.Fault(err) + suggestion(w, err)}
		return false, "phrase"
	}
	if say, field := checkNew(w, r.Strength(password), password, again); field != "" {
		r.says = say
		return false, field
	}
	err := r.gate.Recover(ctx, phrase, r.login(), password)
	if r.says = wrong(w, err); err == nil {
		return true, ""
	}
	if field = present.At(err); field == "" {
		field = "phrase"
	}
	return false, field
}
