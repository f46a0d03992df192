package entry

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/present"
)

// LoginView is the login page: who is here, and the password of one of them.
type LoginView struct {
	gate  *Gate
	Users []access.Known
	at    int
	caps  Caps
	says  Say   // of the last try
	fatal error // why the clinic can't be opened at all
}

// NewLogin is for the gate in the states Login and Locked.
func NewLogin(g *Gate) *LoginView { return &LoginView{gate: g} }

// Words speaks the page's language.
func (l *LoginView) Words() present.Words { return l.gate.Words() }

// Load reads the list of users; who was here last is chosen.
func (l *LoginView) Load() {
	l.Users, l.fatal = l.gate.Known()
	l.at = 0
}

// At is the chosen user's place in the list; Choose takes another.
func (l *LoginView) At() int { return l.at }

// Choose takes a user of the list; places beyond its ends are the ends.
func (l *LoginView) Choose(i int) {
	was := l.at
	l.at = min(max(i, 0), max(len(l.Users)-1, 0))
	if l.at != was {
		l.says, l.caps = Say{}, Caps{}
	}
}

// Login is the chosen user's.
func (l *LoginView) Login() string {
	if l.at >= len(l.Users) {
		return ""
	}
	return l.Users[l.at].Login
}

// Last says on which day a user was here last; empty for never. It tells no time: the
// clinic's zone stands in its data, which are closed yet, and the computer's may be
// another.
func (l *LoginView) Last(i int) string {
	if i < 0 || i >= len(l.Users) || l.Users[i].Entered.IsZero() {
		return ""
	}
	w, now, then := l.Words(), l.gate.config.Now().Local(), l.Users[i].Entered.Local()
	when := then.Format("02.01.2006")
	switch then.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		when = w.T("entry_login_today")
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		when = w.T("entry_login_yesterday")
	}
	return w.T("entry_login_last", "when", when)
}

// Initials are the one or two letters of a user's tile.
func Initials(name string) string {
	var out []rune
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '.' || r == '_' || r == '-' }) {
		r, _ := utf8.DecodeRuneInString(part)
		if out = append(out, r); len(out) == 2 {
			break
		}
	}
	return strings.ToUpper(string(out))
}

// Key takes a letter of the password as it is typed, with whether Shift was held.
func (l *LoginView) Key(r rune, shift bool) { l.caps.Typed(r, shift) }

// Hint is the word at the password, as far as it is typed.
func (l *LoginView) Hint(password string) Say {
	w := l.Words()
	switch {
	case l.caps.on && password != "":
		return Say{Warn, w.T("entry_caps")}
	case password == "":
		return l.says
	}
	return Layout(w, password)
}

// Wait is how long the chosen user has to wait, and the sentence that says so.
func (l *LoginView) Wait() (time.Duration, string) {
	left := l.gate.Wait(l.Login())
	if left <= 0 {
		return 0, ""
	}
	return left, l.Words().T("entry_login_wait", "n", seconds(left))
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// Fatal is what keeps the clinic closed for everybody, with what to do; empty where
// nothing does.
func (l *LoginView) Fatal() string {
	if l.fatal == nil {
		return ""
	}
	return l.Words().Fault(l.fatal)
}

// Waiting says why the screen was locked and what waits; empty after a start.
func (l *LoginView) Waiting() []string { return Waits(l.gate) }

// Waits says why the screen was locked and what waits, a sentence each.
func Waits(g *Gate) []string {
	if g.State() != Locked {
		return nil
	}
	w, waiting := g.Words(), g.Waiting()
	out := []string{w.T("entry_locked_" + string(waiting.Reason))}
	if waiting.Drafts > 0 {
		out = append(out, w.T("entry_locked_drafts", "n", waiting.Drafts))
	}
	if waiting.Err != nil {
		out = append(out, w.Fault(waiting.Err))
	}
	return out
}

// Enter tries the password. true means that the user is in; otherwise Hint and
// Fatal say what happened.
func (l *LoginView) Enter(ctx context.Context, password string) bool {
	w := l.Words()
	if password == "" {
		l.says = Say{Wrong, w.T("entry_password_empty")}
		return false
	}
	err := l.gate.Enter(ctx, l.Login(), password)
	l.says, l.fatal = Say{}, nil
	switch {
	case err == nil:
		return true
	case fault.Is(err, fault.Password):
		l.says = wrong(w, err)
		if hint := Layout(w, password); hint.Text != "" {
			l.says.Text += " " + hint.Text
		}
	case grave(err):
		l.fatal = err
	default:
		l.says = wrong(w, err)
	}
	return false
}
