package journal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Row names a row that an applied entry has written.
type Row struct {
	Table string
	ID    ledger.ID
}

// Apply stores entries of other devices and merges their rows. The first of them,
// as many as applied says, are durable then; the error is about the one behind
// them, of which nothing stays, and says nothing of those that follow.
//
// It takes a few megabytes in one transaction, and ends one behind an entry that
// brings certificates or keys; after runs at the end of each with the rows that
// it has written, for what is derived from them. Entries known already are passed
// over. Refused are: with the kind Conflict, one that differs from what is known
// under its number (a fork), and one that has seen what is not here yet; with
// Forbidden, one that a device wrote after it was revoked (it is kept aside, and
// taken in with an entry of a trusted device that has built on it); with Newer, one
// of a newer program; with Damaged, what is no entry of a device that is trusted
// here.
func (j *Journal) Apply(ctx context.Context, entries []*ledger.Entry, trust Trust, after func(*Tx, []Row) error) (applied int, err error) {
	r := newReception(j, trust, entries)
	for applied < len(entries) {
		n, err := j.segment(ctx, r, entries[applied:], after)
		applied += n
		switch {
		case saysOf(err, "fault.ledger.early"):
			if err = j.recall(ctx, r, entries[applied], err, after); err == nil {
				applied++
			}
		case saysOf(err, "fault.ledger.revoked"):
			err = cmp.Or(j.putAside(ctx, entries[applied]), err)
		}
		if err != nil {
			return applied, err
		}
	}
	return applied, nil
}

// segment takes in as many entries as one transaction shall hold. When one is
// refused, the transaction is done again with those before it.
func (j *Journal) segment(ctx context.Context, r *reception, entries []*ledger.Entry, after func(*Tx, []Row) error) (int, error) {
	in, stop := r.stream(entries)
	var taken []*arrival
	next := func(i int) *arrival {
		if i == len(taken) {
			a, more := <-in
			if !more {
				return nil
			}
			taken = append(taken, a)
		}
		return taken[i]
	}
	var first error
	for limit := len(entries); ; {
		n, refused := 0, false
		err := j.run(ctx, apply, func(tx *Tx) error {
			s := session{j: j, tx: tx, reception: r, again: remake{j: j, tx: tx}}
			for a := next(0); a != nil && n < limit; a = next(n) {
				if err := s.take(ctx, a); err != nil {
					refused = true
					return err
				}
				if n++; n == limit {
					break
				}
			}
			stop()
			stop = func() {}
			return s.finish(ctx, after)
		})
		if !refused {
			if err != nil {
				n = 0
			}
			stop()
			return n, cmp.Or(err, first)
		}
		first = cmp.Or(first, err)
		if limit = n; n == 0 {
			stop()
			return 0, first
		}
	}
}

// session is one transaction of Apply.
type session struct {
	*reception
	j     *Journal
	tx    *Tx
	rows  []Row
	named map[touchKey]bool
	again remake // rows that can't be merged in place
}

// wrote names a row that was written, once.
func (s *session) wrote(k touchKey, t *table) {
	if s.named == nil {
		s.named = map[touchKey]bool{}
	}
	if !s.named[k] {
		s.named[k] = true
		s.rows = append(s.rows, Row{t.Name, k.id})
	}
}

// finish makes anew what has to be, and sees that nothing else was written.
func (s *session) finish(ctx context.Context, after func(*Tx, []Row) error) error {
	if _, err := s.again.write(ctx); err != nil {
		return err
	}
	if s.j.hookErr != nil {
		return s.j.hookErr
	}
	if len(s.j.touched) > 0 {
		return fmt.Errorf("journal: apply: a row of %s was written outside the merge", s.j.tables[s.j.touched[0].table].Name)
	}
	if err := s.j.checkNews(ctx); err != nil {
		return err
	}
	if after == nil || len(s.rows) == 0 {
		return nil
	}
	return after(s.tx, s.rows)
}

// application is the work on one received entry.
type application struct {
	*session
	*arrival
	h      ledger.Header
	chains *chains
	device int64
	seen   ledger.Vector
	n      int64
	erased map[partKey]bool
}

func (s *session) take(ctx context.Context, x *arrival) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.refused != nil {
		return x.refused
	}
	a := application{session: s, arrival: x, h: x.e.Header}
	if a.chains, err = s.j.known(ctx); err != nil {
		return err
	}
	known, err := a.place(ctx)
	if err != nil || known {
		return err
	}
	if a.bad != nil {
		return a.bad
	}
	if a.device, err = s.j.device(ctx, a.h.Device); err != nil {
		return err
	}
	return a.run(ctx)
}

func (a *application) run(ctx context.Context) error {
	j := a.j
	if a.h.Chain == ledger.Changes {
		for _, head := range a.h.Seen {
			if err := j.learn(ctx, a.h.Device, head); err != nil {
				return err
			}
		}
		a.seen = a.chains.seenBy(a.h.Device)
	}
	w := wait{chain: a.h.Chain, device: a.h.Device, seq: a.h.Seq, lack: a.lack}
	waiting := a.lack != nil
	if !waiting {
		var err error
		if w.need, err = a.dependent(ctx); err != nil {
			return err
		}
		waiting = w.need != nil
	}
	j.clock.Observe(a.h.HLC)
	var err error
	if a.n, err = j.store(ctx, a.device, a.e, patientsOf(a.payloads), waiting); err != nil {
		return err
	}
	if w.n = a.n; waiting {
		return j.noteWait(ctx, w)
	}
	return a.merge(ctx)
}

// place checks that the entry is the next of its chain; known says that it is
// here already.
func (a *application) place(ctx context.Context) (known bool, err error) {
	h := a.h
	last := a.chains.last[chainKey{h.Device, h.Chain}]
	if h.Seq <= last.seq {
		have, err := a.hashAt(ctx, h.Device, h.Chain, h.Seq)
		if err != nil || have != nil && *have == a.e.Hash {
			return true, err
		}
		return false, forked(h.Seq)
	}
	switch {
	case !a.accepts(a.e):
		return false, fault.New(fault.Forbidden, "fault.ledger.revoked", "seq", h.Seq)
	case h.Seq == last.seq+1 && h.Prev != last.hash:
		return false, forked(h.Seq)
	case h.Device == a.j.keys.Device(): // signed as us, and not by this directory
		return false, forked(h.Seq)
	case h.Seq != last.seq+1, h.Chain == ledger.Changes && !a.chains.applied.Ready(h):
		return false, fault.New(fault.Conflict, "fault.ledger.early", "seq", h.Seq)
	case h.HLC <= last.hlc:
		return false, fault.New(fault.Damaged, "fault.ledger.stamp", "seq", h.Seq)
	}
	if h.Chain != ledger.Changes {
		return false, nil
	}
	return false, a.sawTheSame(ctx)
}

func forked(seq uint64) error { return fault.New(fault.Conflict, "fault.ledger.fork", "seq", seq) }

// sawTheSame refuses an entry whose writer had applied another branch of a chain
// than the one that is here.
func (a *application) sawTheSame(ctx context.Context) error {
	for _, s := range a.h.Seen {
		have, err := a.hashAt(ctx, s.Device, ledger.Changes, s.Seq)
		if err != nil {
			return err
		}
		if have != nil && *have != s.Hash { // nil: trimmed since
			return forked(s.Seq)
		}
	}
	return nil
}

// hashAt gives the hash of a stored entry; nil when it is not here.
func (a *application) hashAt(ctx context.Context, device ledger.ID, chain ledger.Chain, seq uint64) (*ledger.Hash, error) {
	if last := a.chains.last[chainKey{device, chain}]; last.seq == seq {
		return &last.hash, nil
	}
	stmt, err := a.j.prepare(ctx, `SELECT hash FROM entry WHERE device = ? AND chain = ? AND seq = ?`)
	if err != nil {
		return nil, err
	}
	var raw []byte
	err = stmt.QueryRowContext(ctx, a.chains.numbers[device], chain, int64(seq)).Scan(&raw)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("journal: apply: %w", err)
	}
	var hash ledger.Hash
	copy(hash[:], raw)
	return &hash, nil
}

func patientsOf(payloads []*ledger.Payload) []ledger.ID {
	var out []ledger.ID
	for _, p := range payloads {
		for _, part := range p.Parts {
			out = append(out, part.Patient)
		}
		for _, acc := range p.Accesses {
			out = append(out, acc.Patient)
		}
	}
	return out
}
