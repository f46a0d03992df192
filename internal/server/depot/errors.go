package depot

import (
	"errors"
	"fmt"

	"feldsher/internal/online/wire"
)

// What the methods of a Depot answer. They are compared with errors.Is.
var (
	ErrGap       = errors.New("depot: what comes before is lacking")
	ErrFork      = errors.New("depot: another entry stands there")
	ErrEarly     = errors.New("depot: it has seen what is not stored")
	ErrStale     = errors.New("depot: the ring's generation has moved on")
	ErrUnknown   = errors.New("depot: not known")
	ErrRevoked   = errors.New("depot: the workstation is revoked")
	ErrForbidden = errors.New("depot: no administrator's order")
	ErrTaken     = errors.New("depot: there already, with other contents")
	ErrCountry   = errors.New("depot: another country")
	ErrOrg       = errors.New("depot: another organisation's")
	ErrOrder     = errors.New("depot: no order that could be carried out")
	ErrHash      = errors.New("depot: the attachment has another hash")
	ErrSize      = errors.New("depot: no size of an attachment")
	ErrClosed    = errors.New("depot: closed")
)

// Refused says which entry of a push is at fault. Those before it are stored.
type Refused struct {
	At    int         // its place in the push, from 0
	Heads []wire.Head // where its chain stands here; for ErrFork by what was seen, that chain; none for an empty chain
	Err   error       // ErrGap, ErrFork, ErrEarly, ErrUnknown, ErrRevoked or ErrOrg
}

func (r *Refused) Error() string { return fmt.Sprintf("entry %d of a push: %v", r.At, r.Err) }

// Unwrap gives Err.
func (r *Refused) Unwrap() error { return r.Err }
