package vault

import (
	"testing"

	"feldsher/internal/ledger"
)

// joined makes a second workstation of the vault's organisation.
func joined(t testing.TB, s *Session, name, login, password string) (dir string, j *Session) {
	t.Helper()
	inv, err := s.Invite(name)
	must(t, err)
	dir = t.TempDir()
	j, err = Join(dir, inv.Plain, JoinParams{Login: login, Password: password})
	must(t, err)
	t.Cleanup(func() { j.Close() })
	if j.Device() != inv.Device || j.DeviceName() != name {
		t.Fatal("another device")
	}
	return dir, j
}

// share gives one vault's records to another and wants none to be bad.
func share(t testing.TB, from, to *Session) (changed bool) {
	t.Helper()
	changed, bad, err := to.Absorb(from.Records())
	must(t, err)
	if len(bad) != 0 {
		t.Fatal(bad)
	}
	return changed
}

// meet exchanges records both ways until nothing is new.
func meet(t testing.TB, all ...*Session) {
	t.Helper()
	for round := 0; ; round++ {
		changed := false
		for _, from := range all {
			for _, to := range all {
				if from != to && share(t, from, to) {
					changed = true
				}
			}
		}
		if !changed {
			return
		}
		if round > 20 {
			t.Fatal("the exchange does not come to an end")
		}
	}
}

func firstScope(t testing.TB, s *Session) ledger.ID {
	t.Helper()
	scope, _, _, err := s.CurrentScope()
	must(t, err)
	return scope
}

// ringServer is what the server keeps of a ring.
type ringServer struct {
	gen     uint32
	wraps   map[ledger.ID][]byte
	records [][]byte
}

// renew lets a vault put the next generation on the server.
func (r *ringServer) renew(t testing.TB, s *Session) {
	t.Helper()
	d, err := s.DraftRing(r.gen + 1)
	must(t, err)
	r.gen, r.records, r.wraps = d.Gen, nil, map[ledger.ID][]byte{}
	for _, w := range d.Wraps {
		r.wraps[w.Reader] = w.Sealed
	}
	for record := range d.Records() {
		r.records = append(r.records, record)
	}
	must(t, s.AdoptRing(d))
}

// pull gives a vault the whole present generation; push takes what is not in it.
func (r *ringServer) pull(t testing.TB, s *Session) (added int, erased []Tombstone) {
	t.Helper()
	if s.RingGen() != r.gen {
		must(t, s.OpenRing(r.gen, r.wraps[s.Device()]))
	}
	for _, record := range r.records {
		n, gone, err := s.AbsorbKeys(record)
		must(t, err)
		added, erased = added+n, append(erased, gone...)
	}
	return added, erased
}

func (r *ringServer) push(t testing.TB, s *Session, from int) (next int) {
	t.Helper()
	records, next, err := s.SealKeys(from)
	must(t, err)
	r.records = append(r.records, records...)
	return next
}
