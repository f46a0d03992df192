package entry

import (
	"context"
	"errors"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/present"
)

// JoinProgress is how far a new workstation has come.
type JoinProgress struct {
	Done, Of uint64 // entries; Of is 0 while nobody knows
	Ready    bool   // one could begin to work, and the rest comes meanwhile
}

// Share is how much is here, 0 to 1.
func (p JoinProgress) Share() float64 {
	if p.Of == 0 {
		return 0
	}
	return min(1, float64(p.Done)/float64(p.Of))
}

// CanJoin reports whether the program can join a clinic that exists.
func (w *Wizard) CanJoin() bool { return w.gate.config.Join != nil }

// StartJoin leaves the first page for joining a clinic.
func (w *Wizard) StartJoin() {
	if w.CanJoin() {
		w.Step = JoinIt
	}
}

// CheckJoin looks at what was typed; false where something holds back.
func (w *Wizard) CheckJoin() bool {
	w.said = Say{}
	w.Errors = map[string]Say{}
	for field, v := range map[string]string{"address": w.Server, "code": w.Code, "login": w.JoinLogin, "password": w.Password} {
		if strings.TrimSpace(v) == "" {
			w.at(field, Say{Wrong, w.Words().T("fault.field.empty")})
		}
	}
	return !w.wrongs()
}

// Join makes this computer a workstation of the clinic; CheckJoin has let it pass. It
// takes a while: progress is told how far it is, from any goroutine, and Begin ends
// the wait for the rest. On an error Said or the field says why, and it can be tried
// again with the same code.
func (w *Wizard) Join(ctx context.Context, progress func(JoinProgress)) error {
	enough := make(chan struct{})
	w.enough.Store(&enough)
	ctx, end := w.work(ctx)
	defer end()
	if w.founded != nil { // Enter was pressed twice
		return nil
	}
	st, err := w.gate.config.Join(ctx, present.Joining{
		Dir: w.gate.config.Dir, Address: text(w.Server), Code: text(w.Code), Login: text(w.JoinLogin), Password: w.Password,
		Options: w.gate.options(), Enough: enough,
		Progress: func(done, of uint64, ready bool) { progress(JoinProgress{done, of, ready}) },
	})
	if err == nil {
		var who *access.User
		if who, err = access.Whoami(ctx, st); err == nil {
			w.founded = &founded{store: st, who: who}
			return nil
		}
		err = errors.Join(err, st.Close())
	}
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, ctx.Err()) {
		w.blame(err)
	}
	return err
}

// Joined reports whether the clinic has been joined and only waits for Finish.
func (w *Wizard) Joined() bool { return w.Step == JoinIt && !w.Busy() && w.founded != nil }

// Begin ends the wait for the rest of the entries: it comes while one works.
func (w *Wizard) Begin() {
	if c := w.enough.Swap(nil); c != nil {
		close(*c)
	}
}

// joinFields tells at which field a fault of joining belongs.
var joinFields = map[string]string{
	"fault.sync.address": "address", "fault.sync.unreachable": "address", "fault.sync.portal": "address", "fault.sync.certificate": "address",
	"fault.sync.tls": "address", "fault.sync.code_typed": "code", "fault.sync.code_unknown": "code", "fault.sync.code_refused": "code",
	"fault.sync.invitation": "code", "fault.sync.proof": "code",
}

// blame puts an error of joining where it belongs.
func (w *Wizard) blame(err error) {
	field := present.At(err)
	var f *fault.Error
	if field == "" && errors.As(err, &f) {
		field = joinFields[f.Key]
	}
	if field == "" && fault.Is(err, fault.Password) {
		field = "password"
	}
	switch field {
	case "address", "code", "login", "password":
		w.at(field, wrong(w.Words(), err))
	default:
		w.said = wrong(w.Words(), err)
	}
}
