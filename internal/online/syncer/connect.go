package syncer

import (
	"bytes"
	"context"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
)

// greetEvery is how often the clocks are compared while all goes well.
const greetEvery = 5 * time.Minute

// connect finds the server, compares clocks, and opens the session. A database that
// is another one than last time (the server was put back from a backup) begins from
// the first entry again: what it has is passed over.
func (x *exchange) connect(ctx context.Context) error {
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	if err := x.greet(ctx, l); err != nil {
		return err
	}
	x.st.CorrectClock(x.client.Offset())
	server := x.client.Greeting().Server
	if l, err = x.change(ctx, func(l *store.Link) { x.anew(l, server) }); err != nil {
		return err
	}
	if x.server != server {
		x.server, x.pulling, x.pushing, x.divided = server, place{}, place{}, false
	}
	return x.open(ctx, l)
}

// open opens the session of this workstation, whose identity may be a new one.
func (x *exchange) open(ctx context.Context, l store.Link) error {
	keys := x.st.Session()
	device := keys.Device()
	if x.sess != nil && x.device == device {
		return nil
	}
	sess, err := x.session(ctx, device, keys.Sign)
	if isProblem(err, wire.ProblemUnknown) {
		var told bool
		if told, err = x.succeed(ctx, err); told {
			sess, err = x.session(ctx, device, keys.Sign)
		}
	}
	if err != nil {
		return err
	}
	sess.Expect(l.Server, l.Cursor, l.RingGen, l.RingN)
	x.sess, x.device = sess, device
	for _, f := range keys.Formers() { // the server knows who we are: none of them speaks any more
		if err := keys.ForgetFormer(f.Device); err != nil {
			return err
		}
	}
	return nil
}

func (x *exchange) session(ctx context.Context, device ledger.ID, sign func([]byte) []byte) (sess *client.Session, err error) {
	err = call(ctx, func() (err error) {
		sess, err = x.client.Session(ctx, x.st.Session().Organisation(), device, sign)
		return err
	})
	return sess, err
}

// greet says Hello where it is due.
func (x *exchange) greet(ctx context.Context, l store.Link) error {
	if x.client != nil && !bytes.Equal(x.client.Pin(), l.Pin) {
		x.close()
	}
	return call(ctx, func() error {
		if x.client == nil {
			c, err := client.Dial(ctx, l.URL, x.o.client(l.Pin))
			if err != nil {
				return err
			}
			x.client, x.greeted = c, time.Now()
			return nil
		}
		if time.Since(x.greeted) < greetEvery && x.client.Greeting().Server == x.server {
			return nil
		}
		if _, err := x.client.Hello(ctx); err != nil {
			return err
		}
		x.greeted = time.Now()
		return nil
	})
}

// anew takes the clocks' difference down, and forgets the places of another
// database. What was erased here may stand in its older keyring again.
func (x *exchange) anew(l *store.Link, server ledger.ID) {
	l.Offset = x.client.Offset()
	if l.Server != server {
		x.forget(l, server)
	}
}

// forget takes the places of a link back to the beginning.
func (x *exchange) forget(l *store.Link, server ledger.ID) {
	keys := x.st.Session()
	keys.UnholdRing()
	erased := len(keys.Keyring().Tombstones()) > 0
	*l = store.Link{URL: l.URL, Server: server, Pin: l.Pin, Offset: l.Offset, Tried: l.Tried, Reached: l.Reached, Renew: l.Renew || erased}
}

// wentBack goes on with a server that shows less than it had confirmed, under the
// same name: it was put back without anybody saying so, or it withholds. Whatever the
// reason, it is given again what it lacks, and the fault stands at the end.
func (x *exchange) wentBack(ctx context.Context, err error) error {
	if x.went != nil {
		return err // and again: that is no copy put back
	}
	x.went = err
	return x.beginAnew(ctx)
}

// beginAnew exchanges everything from the first entry and key on; what is there
// already is passed over.
func (x *exchange) beginAnew(ctx context.Context) error {
	x.sess, x.pulling, x.pushing = nil, place{}, place{}
	if _, err := x.change(ctx, func(l *store.Link) { x.forget(l, l.Server) }); err != nil {
		return err
	}
	return errAgain
}

// succeed tells the server of the new identity of a directory that was copied or
// put back, in the name of the former one; of several in their order. Without one,
// unknown stays the error.
func (x *exchange) succeed(ctx context.Context, unknown error) (told bool, err error) {
	keys := x.st.Session()
	for _, f := range keys.Formers() {
		key, ok := keys.DeviceKey(f.Device)
		if !ok {
			continue // nothing that a server could check
		}
		sess, err := x.session(ctx, f.Device, f.Sign)
		if isProblem(err, wire.ProblemUnknown) {
			continue // it never came to this server under that name
		} else if err != nil {
			return false, err
		}
		// The ring's wrapping key is sealed to the former identity still, and the next
		// exchange gets one for the new: Standing.Lacking names it.
		order := wire.SucceedOrder{Former: f.Device, Device: f.Next, SignKey: f.NextKey}
		if f.Next == keys.Device() {
			if wrap, err := keys.WrapRing(f.Next); err == nil {
				order.Wrap, order.RingGen = wrap, keys.RingGen()
			}
		}
		body := wire.OrderBody{Server: x.server, Org: keys.Organisation(), Succeed: &order}
		if err := x.order(ctx, sess, body, key, f.Sign); err != nil {
			return false, err
		}
		told = true
	}
	if !told {
		return false, unknown
	}
	return true, nil
}

// order signs an order and has it carried out.
func (x *exchange) order(ctx context.Context, sess *client.Session, body wire.OrderBody, key []byte, sign func([]byte) []byte) error {
	signed, err := client.SignOrder(body, key, sign)
	if err != nil {
		return err
	}
	return call(ctx, func() error {
		_, err := sess.Order(ctx, signed)
		return err
	})
}
