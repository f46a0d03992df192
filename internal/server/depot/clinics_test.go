package depot

import (
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestLink: a code serves one organisation, once, and its user may repeat himself.
func TestLink(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		d := w.open(t)
		ctx := t.Context()
		code := wire.NewCode()
		lc := LinkCode{ID: code.ID(), Key: code.MACKey(), Name: "Clinic", Country: "kz", Expires: day.Add(time.Hour)}
		want(t, d.AddCode(ctx, lc), nil)
		want(t, d.AddCode(ctx, lc), ErrTaken)
		if all, err := d.Organisations(ctx, day); err != nil || len(all) != 1 || !all[0].ID.IsZero() || !all[0].Expires.Equal(lc.Expires) {
			t.Fatalf("%+v %v", all, err)
		}
		if k, err := d.CodeKey(ctx, code.ID(), day); err != nil || string(k) != string(code.MACKey()) {
			t.Fatal(err)
		}
		_, err := d.CodeKey(ctx, code.ID(), lc.Expires)
		want(t, err, ErrUnknown)
		_, err = d.CodeKey(ctx, wire.NewCode().ID(), day)
		want(t, err, ErrUnknown)
		_, err = d.Join(ctx, code.ID(), random(32), day)
		want(t, err, ErrUnknown)

		s := newStation(ledger.NewID())
		body := linkBody(s, random(32))
		want(t, d.Link(ctx, code.ID(), body, day), ErrCountry)
		body.Country = "kz"
		want(t, d.Link(ctx, code.ID(), body, lc.Expires), ErrUnknown)
		want(t, d.Link(ctx, code.ID(), body, day), nil)
		want(t, d.Link(ctx, code.ID(), body, day), nil)
		other := *body
		other.Org = ledger.NewID()
		want(t, d.Link(ctx, code.ID(), &other, day), ErrUnknown)
		if dev, err := d.Device(ctx, s.org, s.id); err != nil || string(dev.SignKey) != string(s.public()) || !dev.Added.Equal(day) || dev.Seq != 0 {
			t.Fatalf("%+v %v", dev, err)
		}
		all, err := d.Organisations(ctx, day)
		if err != nil || len(all) != 1 || all[0].ID != s.org || all[0].Name != "Clinic" || all[0].Country != "kz" || all[0].Devices != 1 {
			t.Fatalf("%+v %v", all, err)
		}

		// The same organisation by a new organisation's code: somebody else's mistake or worse.
		again := newStation(s.org)
		link := func(org ledger.ID) error {
			code := wire.NewCode()
			if err := d.AddCode(ctx, LinkCode{ID: code.ID(), Key: code.MACKey(), Org: org, Expires: lc.Expires}); err != nil {
				return err
			}
			return d.Link(ctx, code.ID(), linkBody(again, random(32)), day)
		}
		want(t, link(ledger.ID{}), ErrTaken)
		want(t, link(ledger.NewID()), ErrUnknown)
		_, err = d.Device(ctx, again.org, again.id)
		want(t, err, ErrUnknown)
		want(t, link(s.org), nil)
		if list, err := d.Devices(ctx, s.org); err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		_, err = d.Devices(ctx, ledger.NewID())
		want(t, err, ErrUnknown)
	})
}

// TestInvitation: the first joiner gets it, and only that one. (R7.7)
func TestInvitation(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 1)
		ctx := t.Context()
		c.ring(t, c.stations[0], []byte("keys"))
		s, code := newStation(c.org), wire.NewCode()
		b := c.order()
		b.Invite = inviteOrder(t, c, code, s)
		stale := *b
		staleInvite := *b.Invite
		stale.Invite, stale.Nonce, staleInvite.RingGen = &staleInvite, random(orderNonce), 7
		_, err := c.d.Carry(ctx, &stale, c.admin, day)
		want(t, err, ErrStale)
		c.carry(t, b)
		c.carry(t, b) // a repetition answers the same
		b.Nonce = random(orderNonce)
		_, err = c.d.Carry(ctx, b, c.admin, day)
		want(t, err, ErrTaken)

		joiner := random(32)
		_, err = c.d.Join(ctx, code.ID(), joiner, day.Add(wire.InviteLives))
		want(t, err, ErrUnknown)
		for range 2 {
			if sealed, err := c.d.Join(ctx, code.ID(), joiner, day); err != nil || string(sealed) != "sealed invitation" {
				t.Fatal(err)
			}
		}
		_, err = c.d.Join(ctx, code.ID(), random(32), day)
		want(t, err, ErrUnknown)
		if p, err := c.d.PullRing(ctx, s.caller(), 0, 0, 1<<20); err != nil || string(p.Wrap) != string(b.Invite.Wrap) || len(p.Records) != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		c.push(t, s, 1, s.change())

		// Nobody comes for another one: nothing of it stays.
		idle, code := newStation(c.org), wire.NewCode()
		b = c.order()
		b.Invite = inviteOrder(t, c, code, idle)
		c.carry(t, b)
		want(t, c.d.Tidy(ctx, day.Add(wire.InviteLives-time.Second)), nil)
		if _, err := c.d.Device(ctx, c.org, idle.id); err != nil {
			t.Fatal(err)
		}
		want(t, c.d.Tidy(ctx, day.Add(wire.InviteLives)), nil)
		_, err = c.d.Device(ctx, c.org, idle.id)
		want(t, err, ErrUnknown)
		if _, err := c.d.Device(ctx, c.org, s.id); err != nil {
			t.Fatal(err)
		}
		_, err = c.d.CodeKey(ctx, code.ID(), day)
		want(t, err, ErrUnknown)
	})
}

// TestOrders: whose orders count, and once.
func TestOrders(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 1)
		ctx := t.Context()
		carry := func(b *wire.OrderBody, key []byte) error {
			_, err := c.d.Carry(ctx, b, key, day)
			return err
		}
		second := random(32)
		add := c.order()
		add.Admin = &wire.AdminOrder{Key: second}
		want(t, carry(add, second), ErrForbidden)
		elsewhere := *add
		elsewhere.Server = ledger.NewID()
		want(t, carry(&elsewhere, c.admin), ErrForbidden)
		foreign := *add
		foreign.Org = ledger.NewID()
		want(t, carry(&foreign, c.admin), ErrUnknown)
		two := *add
		two.Revoke = &wire.RevokeOrder{}
		for _, b := range []*wire.OrderBody{c.order(), &two, {Server: c.d.Server(), Org: c.org, Admin: add.Admin}} {
			want(t, carry(b, c.admin), ErrOrder)
		}
		want(t, carry(add, c.admin), nil)

		remove := c.order()
		remove.Admin = &wire.AdminOrder{Key: c.admin, Remove: true}
		want(t, carry(remove, c.admin), nil)
		want(t, carry(remove, c.admin), nil) // repeated by the one that no longer counts
		remove.Nonce = random(orderNonce)
		want(t, carry(remove, c.admin), ErrForbidden)
		want(t, carry(add, second), nil) // carried out already: doesn't bring it back
		last := c.order()
		last.Admin = &wire.AdminOrder{Key: second, Remove: true}
		want(t, carry(last, second), ErrForbidden)
		nobody := c.order()
		nobody.Revoke = &wire.RevokeOrder{Device: ledger.NewID()}
		want(t, carry(nobody, second), ErrUnknown)
	})
}

// TestRevocation: no session, nothing after the last that counts; a successor goes on
// until an order of its own.
func TestRevocation(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 2)
		ctx := t.Context()
		a, lost := c.stations[0], c.stations[1]
		c.ring(t, a, []byte("keys"))
		copied := newStation(c.org)
		succeed := c.order()
		succeed.Succeed = &wire.SucceedOrder{Former: lost.id, Device: copied.id, SignKey: copied.public(), RingGen: 9, Wrap: []byte("of another generation")}
		_, err := c.d.Carry(ctx, succeed, c.admin, day)
		want(t, err, ErrForbidden)
		s, err := c.d.Carry(ctx, succeed, lost.public(), day)
		if err != nil || len(s.Lacking) != 1 || s.Lacking[0] != copied.id {
			t.Fatalf("%+v %v", s, err)
		}
		of := copied.change()
		c.push(t, copied, 1, of)
		mine := lost.changes(5)
		c.push(t, lost, 2, mine[:2]...)
		token := openSession(t, c.d, lost)

		revoke := c.order()
		revoke.Revoke = &wire.RevokeOrder{Device: lost.id, Seq: 3}
		if s := c.carry(t, revoke); len(s.Lacking) != 1 || s.Lacking[0] != copied.id {
			t.Fatalf("%+v", s)
		}
		_, err = c.d.Session(ctx, token, day)
		want(t, err, ErrRevoked)
		_, err = c.d.Challenge(ctx, c.org, lost.id, day)
		want(t, err, ErrRevoked)
		_, _, err = c.d.Push(ctx, lost.caller(), 1, mine)
		want(t, err, ErrRevoked)
		_, err = c.d.PullRing(ctx, lost.caller(), 1, 0, 1)
		want(t, err, ErrRevoked)
		_, err = c.d.PushRing(ctx, lost.caller(), &wire.RingPush{Gen: 1})
		want(t, err, ErrRevoked)
		c.refuse(t, a, 3, 1, ErrRevoked, mine...) // others may bring what counts
		c.push(t, a, 1, lost.entry(ledger.Accesses, 10))
		next := copied.change()
		c.push(t, copied, 1, next)
		ending := c.order()
		ending.Revoke = &wire.RevokeOrder{Device: copied.id, Seq: 2}
		c.carry(t, ending)
		c.refuse(t, a, 2, 0, ErrRevoked, of, next, copied.change())
		again := c.order()
		again.Succeed = &wire.SucceedOrder{Former: lost.id, Device: ledger.NewID(), SignKey: random(32)}
		_, err = c.d.Carry(ctx, again, lost.public(), day)
		want(t, err, ErrRevoked)
		want(t, c.d.Revoke(ctx, c.org, lost.id, day.Add(time.Hour)), nil)
		higher := c.order()
		higher.Revoke = &wire.RevokeOrder{Device: lost.id, Seq: 99} // a later order doesn't let it in again
		c.carry(t, higher)
		dev, err := c.d.Device(ctx, c.org, lost.id)
		if err != nil || !dev.Revoked.Equal(day) || dev.RevokedSeq != 3 || dev.Seq != 3 {
			t.Fatalf("%+v %v", dev, err)
		}
		if dev, err := c.d.Device(ctx, c.org, copied.id); err != nil || dev.Revoked.IsZero() || dev.RevokedSeq != 2 || dev.Former != lost.id {
			t.Fatalf("%+v %v", dev, err)
		}
		// On the operator's word, after what is stored.
		c.push(t, a, 2, a.changes(2)...)
		want(t, c.d.Revoke(ctx, c.org, a.id, day), nil)
		if dev, err := c.d.Device(ctx, c.org, a.id); err != nil || dev.RevokedSeq != 2 {
			t.Fatalf("%+v %v", dev, err)
		}
		want(t, c.d.Revoke(ctx, c.org, ledger.NewID(), day), ErrUnknown)
	})
}

func openSession(t testing.TB, d Depot, s *station) string {
	t.Helper()
	nonce, err := d.Challenge(t.Context(), s.org, s.id, day)
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.OpenSession(t.Context(), s.caller(), nonce, time.Hour, day)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestSessions: a nonce serves once, a token for its time.
func TestSessions(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 2)
		a, b := c.stations[0], c.stations[1]
		ctx := t.Context()
		challenge := func(now time.Time) []byte {
			t.Helper()
			n, err := c.d.Challenge(ctx, c.org, a.id, now)
			if err != nil || len(n) != nonceBytes {
				t.Fatal(err)
			}
			return n
		}
		n := challenge(day)
		_, err := c.d.OpenSession(ctx, b.caller(), n, time.Hour, day)
		want(t, err, ErrUnknown)
		_, err = c.d.OpenSession(ctx, a.caller(), n, time.Hour, day.Add(ChallengeLives))
		want(t, err, ErrUnknown)
		token, err := c.d.OpenSession(ctx, a.caller(), n, time.Hour, day)
		want(t, err, nil)
		_, err = c.d.OpenSession(ctx, a.caller(), n, time.Hour, day)
		want(t, err, ErrUnknown)
		if by, err := c.d.Session(ctx, token, day); err != nil || by != a.caller() {
			t.Fatalf("%+v %v", by, err)
		}
		flipped := []byte(token)
		flipped[40] ^= 1
		for _, bad := range []string{"", "x", token[1:], token + "A", string(flipped)} {
			_, err := c.d.Session(ctx, bad, day)
			want(t, err, ErrUnknown)
		}
		_, err = c.d.Session(ctx, token, day.Add(time.Hour))
		want(t, err, ErrUnknown)

		oldest := challenge(day)
		for i := range nonceAtOnce {
			challenge(day.Add(time.Duration(i+1) * time.Second))
		}
		_, err = c.d.OpenSession(ctx, a.caller(), oldest, time.Hour, day)
		want(t, err, ErrUnknown)
		_, err = c.d.Challenge(ctx, c.org, ledger.NewID(), day)
		want(t, err, ErrUnknown)

		c.d.Touch(a.caller(), day.Add(time.Minute))
		c.d.Touch(a.caller(), day)
		if dev, err := c.d.Device(ctx, c.org, a.id); err != nil || !dev.Contact.Equal(day.Add(time.Minute)) {
			t.Fatalf("%+v %v", dev, err)
		}
		if all, err := c.d.Organisations(ctx, day); err != nil || !all[0].Contact.Equal(day.Add(time.Minute)) {
			t.Fatalf("%+v %v", all, err)
		}
		want(t, c.d.Close(), nil)
		_, err = c.d.Session(ctx, token, day)
		want(t, err, ErrClosed)
		want(t, c.d.Close(), ErrClosed)

		c.d = w.open(t)
		if dev, err := c.d.Device(ctx, c.org, a.id); err != nil || !dev.Contact.Equal(day.Add(time.Minute)) {
			t.Fatalf("contact is not written: %+v %v", dev, err)
		}
		want(t, c.d.Tidy(ctx, day.Add(time.Hour)), nil)
		_, err = c.d.Session(ctx, token, day)
		want(t, err, ErrUnknown)
	})
}
