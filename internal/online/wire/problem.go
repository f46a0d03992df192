package wire

import (
	"fmt"
	"maps"
	"slices"
)

// Problem is the answer to a call that was refused. It says what is wrong in a
// word for programs; it never repeats what was sent.
type Problem struct {
	Code  string `cbor:"1,keyasint"`
	Heads []Head `cbor:"2,keyasint,omitempty"` // gap, fork: where the chain stands at the server
	At    uint32 `cbor:"3,keyasint"`           // which entry of a push is at fault; those before it are stored
	Retry uint32 `cbor:"4,keyasint"`           // busy: seconds to wait
}

// The codes, with the HTTP status each travels under.
const (
	ProblemMalformed   = "malformed"   // 400: no message of this protocol, or beyond its limits
	ProblemToken       = "token"       // 401: no session, or one that has ended: open another
	ProblemSignature   = "signature"   // 403: signature, MAC or proof does not hold
	ProblemRevoked     = "revoked"     // 403: this workstation was ended by the administrator
	ProblemUnknown     = "unknown"     // 404: no such organisation, workstation, code or attachment; also a code that has run out or was used
	ProblemGap         = "gap"         // 409: an entry before it is lacking; Heads says where the chain stands
	ProblemFork        = "fork"        // 409: another entry stands under this number
	ProblemEarly       = "early"       // 409: it has seen what the server lacks
	ProblemStale       = "stale"       // 409: the ring's generation has moved on: pull it first
	ProblemCountry     = "country"     // 409: the server stands in another country than the organisation (R7.8)
	ProblemLarge       = "large"       // 413
	ProblemVersion     = "version"     // 426: the server does not speak this version
	ProblemBusy        = "busy"        // 429: too many calls; wait Retry seconds
	ProblemUnavailable = "unavailable" // 503: the server can't work just now
)

var statuses = map[string]int{
	ProblemMalformed: 400, ProblemToken: 401, ProblemSignature: 403, ProblemRevoked: 403, ProblemUnknown: 404,
	ProblemGap: 409, ProblemFork: 409, ProblemEarly: 409, ProblemStale: 409, ProblemCountry: 409,
	ProblemLarge: 413, ProblemVersion: 426, ProblemBusy: 429, ProblemUnavailable: 503,
}

// ProblemCodes lists the codes, in order.
func ProblemCodes() []string { return slices.Sorted(maps.Keys(statuses)) }

// Error is the text for a log.
func (p *Problem) Error() string { return fmt.Sprintf("wire: the server answered %q", p.Code) }

// Status is the HTTP status of the problem; 500 for an unknown code.
func (p *Problem) Status() int {
	if s, ok := statuses[p.Code]; ok {
		return s
	}
	return 500
}
