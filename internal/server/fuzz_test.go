package server

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// FuzzCalls hands any bytes to any call: the answer is one of the protocol, there
// is no defect, and nothing is stored that was not signed.
func FuzzCalls(f *testing.F) {
	w := newWorld(f, func(o *Options) {
		o.Rates = Rates{Rate{1e9, 1e9}, Rate{1e9, 1e9}, Rate{1e9, 1e9}, Rate{1e9, 1e9}, Rate{1e9, 1e9}}
	})
	s := w.clinic()
	h := w.server.Handler()
	names := []string{
		wire.PathProve, wire.PathLink, wire.PathJoin, wire.PathChallenge, wire.PathOpen, wire.PathState, wire.PathPush, wire.PathPull,
		wire.PathRingPull, wire.PathRingPush, wire.PathRingRenew, wire.PathOrder, wire.PathDevices, wire.PathBlobs,
	}
	foreign := w.station(ledger.NewID())
	for i, m := range []any{
		&wire.Prove{Nonce: random(32)}, &wire.Link{Body: []byte{0xa0}, MAC: random(32)}, &wire.Join{Joiner: random(32), MAC: random(32)},
		&wire.Challenge{Org: s.org, Device: s.id}, &wire.Open{Org: s.org, Device: s.id, Nonce: random(32), Signature: random(64)},
		&wire.State{}, &wire.Push{Entries: [][]byte{foreign.entry(10).Encode()}}, &wire.Pull{Since: 1, Have: []wire.Head{{Device: s.id, Chain: 1}}},
		&wire.RingPull{Gen: 1}, &wire.RingPush{Gen: 1, Records: [][]byte{{1}}}, &wire.RingRenew{Old: 3, Draft: s.id, Records: [][]byte{{1}}},
		s.signed(&wire.OrderBody{Admin: &wire.AdminOrder{Key: random(32), Remove: true}}, foreign.admin), &wire.Devices{}, &wire.BlobAsk{Hashes: [][]byte{random(32)}},
	} {
		b, err := wire.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), false, b)
		f.Add(byte(i), true, wire.Compress(b))
		f.Add(byte(i), false, b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, which byte, packed bool, body []byte) {
		name := names[int(which)%len(names)]
		if name == wire.PathPull {
			var in wire.Pull
			if wire.Unmarshal(body, &in) == nil && in.WaitMS > 0 {
				return // it would wait
			}
		}
		r := httptest.NewRequest(http.MethodPost, name, bytes.NewReader(body))
		r.Header.Set("Content-Type", wire.MediaType)
		r.Header.Set("Authorization", "Bearer "+s.token)
		if packed {
			r.Header.Set("Content-Encoding", "zstd")
		}
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		if out.Code == http.StatusServiceUnavailable || out.Header().Get("Content-Type") != wire.MediaType {
			t.Fatalf("%s: %d, log: %s", name, out.Code, w.logged)
		}
		if out.Code != http.StatusOK {
			if err := wire.Unmarshal(out.Body.Bytes(), new(wire.Problem)); err != nil {
				t.Fatal(err)
			}
		}
		if st, err := w.depot.Standing(t.Context(), s.org); err != nil || st.Ordinal != 0 {
			t.Fatal(st, err)
		}
	})
}
