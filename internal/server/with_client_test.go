package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"net"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
)

// station is a workstation as the server sees one.
type station struct {
	id   ledger.ID
	key  ed25519.PrivateKey
	org  ledger.ID
	last *ledger.Entry
}

func newStation(org ledger.ID) *station {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	return &station{id: ledger.NewID(), key: key, org: org}
}

func (s *station) public() []byte { return s.key.Public().(ed25519.PublicKey) }

func (s *station) sign(text []byte) []byte { return ed25519.Sign(s.key, text) }

// write makes the next entry of the station's changes; what is in it is nobody's
// business here.
func (s *station) write(t *testing.T, seen ...ledger.Head) []byte {
	t.Helper()
	h := ledger.Header{Format: ledger.Format, Org: s.org, Device: s.id, Chain: ledger.Changes, Seq: 1, HLC: 1, Schema: 1, Seen: seen}
	if s.last != nil {
		h.Seq, h.HLC, h.Prev = s.last.Header.Seq+1, s.last.Header.HLC+1, s.last.Hash
	}
	e, err := ledger.Sign(h, []ledger.Box{{Scope: s.org, Epoch: 1, Sealed: bytes.Repeat([]byte{byte(h.Seq)}, 300)}}, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	s.last = e
	return e.Encode()
}

func (s *station) open(t *testing.T, c *client.Client) *client.Session {
	t.Helper()
	out, err := c.Session(t.Context(), s.org, s.id, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// hub starts a server as licensord does, and gives its address and a code.
func hub(t *testing.T) (string, wire.Code) {
	t.Helper()
	dir := t.TempDir()
	d, err := depot.Open(t.Context(), filepath.Join(dir, "hub.db"), filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := server.OwnCertificate(filepath.Join(dir, "hub.pem"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	code := wire.NewCode()
	if err := d.AddCode(t.Context(), depot.LinkCode{ID: code.ID(), Key: code.MACKey(), Name: "clinic", Expires: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.New(server.Options{Depot: d, Certificate: certificate}).Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, d.Close()); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), code
}

func key(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// R7.2, R7.7, issue 4: the client and the server speak the same protocol, from the
// operator's code to a workstation's end.
func TestWithClient(t *testing.T) {
	t.Parallel()
	url, code := hub(t)
	ctx := t.Context()
	first := newStation(ledger.NewID())
	_, admin, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	body := wire.LinkBody{Org: first.org, Device: first.id, SignKey: first.public(), AdminKey: admin.Public().(ed25519.PublicKey), Country: "kz"}
	linked, _, err := client.PinAndLink(ctx, url, code, body, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(linked.Pin()) != 32 {
		t.Error("a server's own certificate was not pinned")
	}
	linked.Close()
	c, err := client.Dial(ctx, linked.URL(), client.Options{Pin: linked.Pin()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if off := c.Offset().Abs(); off > 10*time.Second {
		t.Error("offset on one machine:", off)
	}
	if _, _, err := client.PinAndLink(ctx, url, code, wire.LinkBody{
		Org: ledger.NewID(), Device: ledger.NewID(), SignKey: body.SignKey, AdminKey: body.AdminKey, Country: "kz",
	}, client.Options{}); key(err) != "fault.sync.code_unknown" {
		t.Error("a code served twice:", err)
	}
	s := first.open(t, c)
	entries(t, first, s)
	second := invite(t, first, admin, s, linked.URL())
	bytesOf(t, second)
	end(t, admin, first, s, second)
}

type joined struct {
	*station
	*client.Session
}

func entries(t *testing.T, st *station, s *client.Session) {
	t.Helper()
	ctx := t.Context()
	all := [][]byte{st.write(t), st.write(t), st.write(t)}
	for range 2 { // repeated without effect
		p, err := s.Push(ctx, &wire.Push{Entries: all})
		if err != nil || p.Standing.Ordinal != 3 {
			t.Fatal(p, err)
		}
	}
	lost, next := st.write(t), st.write(t)
	_, err := s.Push(ctx, &wire.Push{Entries: [][]byte{next}})
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != wire.ProblemGap || p.At != 0 {
		t.Error(err)
	}
	if _, err := s.Push(ctx, &wire.Push{Entries: [][]byte{lost, next}}); err != nil {
		t.Fatal(err)
	}
	got, since := [][]byte{}, uint64(0)
	for more := true; more; {
		out, err := s.Pull(ctx, &wire.Pull{Since: since, Max: 500})
		if err != nil {
			t.Fatal(err)
		}
		got, since, more = append(got, out.Entries...), out.Next, out.More
	}
	if len(got) != 5 || !bytes.Equal(got[0], all[0]) || !bytes.Equal(got[4], next) {
		t.Errorf("%d entries came back", len(got))
	}
	state, err := s.State(ctx)
	if err != nil || len(state.Heads) != 1 || state.Heads[0].Hash != st.last.Hash {
		t.Error(state, err)
	}
	if _, err := s.Pull(ctx, &wire.Pull{Since: 6}); !errors.Is(err, client.ErrBehind) {
		t.Error("a place that the server never gave:", err)
	}
}

// invite brings a second workstation in, over a keyring of its own.
func invite(t *testing.T, st *station, admin ed25519.PrivateKey, s *client.Session, url string) joined {
	t.Helper()
	ctx := t.Context()
	w := []wire.Wrap{{Reader: st.id, Sealed: []byte("wrapping key")}}
	out, err := s.RingRenew(ctx, &wire.RingRenew{Draft: ledger.NewID(), Wraps: w, Records: [][]byte{[]byte("keys")}, Last: true})
	if err != nil || out.Standing.RingGen != 1 || out.Standing.RingN != 1 {
		t.Fatal(out, err)
	}
	if _, err := s.Push(ctx, &wire.Push{Entries: [][]byte{st.write(t)}}); key(err) != "fault.sync.stale" {
		t.Error("pushed beside the keyring:", err)
	}
	if _, err := s.RingRenew(ctx, &wire.RingRenew{Old: 1, Draft: ledger.NewID(), Last: true}); key(err) != "fault.sync.stale" {
		t.Error("a renewal that lost a record:", err)
	}
	code, fresh := wire.NewCode(), newStation(st.org)
	order, err := client.SignOrder(wire.OrderBody{Server: s.Client().Greeting().Server, Org: st.org, Invite: &wire.InviteOrder{
		Code: code.ID(), Key: code.MACKey(), Sealed: code.Seal([]byte("invitation")), Device: fresh.id, SignKey: fresh.public(),
		Wrap: []byte("wrapping key, too"), RingGen: 1, Seconds: 600,
	}}, admin.Public().(ed25519.PublicKey), func(b []byte) []byte { return ed25519.Sign(admin, b) })
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Order(ctx, order); err != nil {
			t.Fatal(err)
		}
	}
	c, plain, err := client.PinAndJoin(ctx, url, code, bytes.Repeat([]byte{1}, 32), client.Options{})
	if err != nil || string(plain) != "invitation" {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, _, err := client.PinAndJoin(ctx, url, code, bytes.Repeat([]byte{2}, 32), client.Options{}); key(err) != "fault.sync.code_unknown" {
		t.Error("an invitation was given twice:", err)
	}
	j := joined{fresh, fresh.open(t, c)}
	ring, err := j.RingPull(ctx, &wire.RingPull{})
	if err != nil || string(ring.Wrap) != "wrapping key, too" || len(ring.Records) != 1 {
		t.Fatal(ring, err)
	}
	poll(t, st, s, j)
	return j
}

// poll: what one pushes the other sees while it waits.
func poll(t *testing.T, st *station, s *client.Session, j joined) {
	t.Helper()
	got := make(chan error, 1)
	go func() {
		out, err := j.Pull(t.Context(), &wire.Pull{Since: 5, RingGen: 1, RingN: 1, WaitMS: 30_000})
		if err == nil && (len(out.Entries) != 1 || out.Next != 6) {
			err = errors.New("another answer")
		}
		got <- err
	}()
	if _, err := s.Push(t.Context(), &wire.Push{RingGen: 1, Entries: [][]byte{st.last.Encode()}}); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func bytesOf(t *testing.T, j joined) {
	t.Helper()
	ctx := t.Context()
	whole := make([]byte, 2<<20+5)
	_, _ = rand.NewChaCha8([32]byte{9}).Read(whole)
	hash := sha256.Sum256(whole)
	if err := j.PutBlob(ctx, hash, int64(len(whole)), bytes.NewReader(whole)); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	got.Write(whole[:1_000_000])
	if n, err := j.GetBlob(ctx, hash, 1_000_000, &got); err != nil || n != int64(len(whole))-1_000_000 || !bytes.Equal(got.Bytes(), whole) {
		t.Error(n, err)
	}
	if n, err := j.GetBlob(ctx, hash, int64(len(whole)), &got); n != 0 || err != nil {
		t.Error("from the very end:", n, err)
	}
	have, err := j.Blobs(ctx, [][32]byte{hash, {1}})
	if err != nil || !have.Whole[0] || have.Whole[1] {
		t.Error(have, err)
	}
	hash[0] ^= 1
	if err := j.PutBlob(ctx, hash, int64(len(whole)), bytes.NewReader(whole)); key(err) != "fault.sync.blob_hash" {
		t.Error(err)
	}
	if _, err := j.GetBlob(ctx, hash, 0, &got); key(err) != "fault.sync.blob_unknown" {
		t.Error(err)
	}
}

func end(t *testing.T, admin ed25519.PrivateKey, st *station, s *client.Session, j joined) {
	t.Helper()
	order, err := client.SignOrder(wire.OrderBody{
		Server: s.Client().Greeting().Server, Org: st.org, Revoke: &wire.RevokeOrder{Device: j.id},
	}, admin.Public().(ed25519.PublicKey), func(b []byte) []byte { return ed25519.Sign(admin, b) })
	if err != nil {
		t.Fatal(err)
	}
	mine := *order // the revoked one can't order anything
	mine.Key, mine.Signature = j.public(), j.sign(wire.OrderText(order.Body))
	if _, err := j.Order(t.Context(), &mine); key(err) != "fault.sync.signature" {
		t.Error(err)
	}
	if _, err := s.Order(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	if _, err := j.State(t.Context()); key(err) != "fault.sync.revoked" {
		t.Error("a revoked workstation:", err)
	}
	list, err := s.Devices(t.Context())
	if err != nil || len(list.Devices) != 2 {
		t.Error(list, err)
	}
}
