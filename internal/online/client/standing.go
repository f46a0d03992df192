package client

import (
	"context"
	"errors"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// ErrBehind is the cause of fault.sync.behind: the server, or who speaks in its
// name, shows an older state than it had confirmed, under the same id. It was put
// back from a copy without getting a new id, or it withholds.
var ErrBehind = errors.New("client: the server went back behind what it had confirmed")

// mark is the latest that a server has confirmed.
type mark struct {
	server  ledger.ID
	ordinal uint64
	gen     uint32
	n       uint64
}

func (m mark) after(st *wire.Standing) bool {
	return m.server == st.Server && (st.Ordinal < m.ordinal || st.RingGen < m.gen || st.RingGen == m.gen && st.RingN < m.n)
}

// Expect tells the session what the server had confirmed earlier, so that a server
// which went back since is noticed at the first answer.
func (s *Session) Expect(server ledger.ID, ordinal uint64, ringGen uint32, ringN uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mark = mark{server, ordinal, ringGen, ringN}
}

// stand makes a call whose answer carries a Standing. What the server had confirmed
// before the call was made must still stand in the answer; answers that overtake
// one another say nothing.
func stand[T any](ctx context.Context, s *Session, r request, in any, standing func(*T) *wire.Standing) (*T, error) {
	s.mu.Lock()
	before := s.mark
	s.mu.Unlock()
	out := new(T)
	if err := s.do(ctx, r, in, out); err != nil {
		return nil, err
	}
	st := standing(out)
	if before.after(st) {
		return nil, s.client.behind(st)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mark.after(st) {
		s.mark = mark{st.Server, st.Ordinal, st.RingGen, st.RingN}
	}
	return out, nil
}

// behind is the fault of a server that went back.
func (c *Client) behind(st *wire.Standing) error {
	return fault.Wrap(fmt.Errorf("%w: entry %d, ring %d/%d", ErrBehind, st.Ordinal, st.RingGen, st.RingN),
		fault.Conflict, "fault.sync.behind", "host", c.host)
}

// fitsPull checks that an answer is one to the question: it goes on from Since, no
// farther than the server has entries, and gets on if there are more. Asked for what
// comes after its last entry it may give that one's number.
func fitsPull(in *wire.Pull, out *wire.Pulled) bool {
	if last := out.Standing.Ordinal; last < in.Since {
		return out.Next == last && len(out.Entries) == 0 && !out.More
	}
	return out.Next >= in.Since && out.Next <= out.Standing.Ordinal &&
		uint64(len(out.Entries)) <= out.Next-in.Since && (!out.More || out.Next > in.Since)
}

// fitsRing does so for records: of the generation that stands, after the place that
// was asked for, or from the first where that generation is another one.
func fitsRing(in *wire.RingPull, out *wire.RingPulled) bool {
	if out.Gen != out.Standing.RingGen {
		return false
	}
	if len(out.Records) == 0 {
		return !out.More
	}
	first := uint64(1)
	if out.Gen == in.Gen {
		first = in.Since + 1
	}
	return out.First == first && out.First-1+uint64(len(out.Records)) <= out.Standing.RingN
}
