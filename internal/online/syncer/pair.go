package syncer

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// Link ties the clinic of an open store to a server, by the code that the server's
// operator gave. An administrator at work is needed. It may be repeated; nothing is
// exchanged yet. Faults: Forbidden; fault.syncer.linked (Conflict) where the clinic is
// tied to another server; those of client.PinAndLink.
func Link(ctx context.Context, st *store.Store, url string, code wire.Code) error {
	keys := st.Session()
	admin, ok := adminKey(keys)
	if !ok {
		return fault.New(fault.Forbidden, "fault.syncer.admin")
	}
	device, ok := keys.DeviceKey(keys.Device())
	if !ok {
		return fault.New(fault.Damaged, "fault.syncer.device")
	}
	org, err := st.Organisation(ctx)
	if err != nil {
		return err
	}
	if err := onlyOne(ctx, st, url, code); err != nil {
		return err
	}
	c, linked, err := client.PinAndLink(ctx, url, code, wire.LinkBody{
		Org: keys.Organisation(), Device: keys.Device(), SignKey: device, AdminKey: admin, Country: string(org.Country),
	}, client.Options{})
	if err != nil {
		return err
	}
	defer c.Close()
	return put(ctx, st, c, linked)
}

// onlyOne refuses a second server, before its code is used: the keyring of each has a
// wrapping key of its own, of which a workstation holds one; and a server in the place
// of another would leave the other workstations behind without anybody noticing. The
// same database under another address, and another one under the same, are no second.
func onlyOne(ctx context.Context, st *store.Store, url string, code wire.Code) error {
	links, err := st.Links(ctx)
	if err != nil || len(links) == 0 {
		return err
	}
	c, err := client.Pair(ctx, url, code, client.Options{})
	if err != nil {
		return err
	}
	defer c.Close()
	for _, l := range links {
		if l.URL != c.URL() && l.Server != c.Greeting().Server {
			return fault.New(fault.Conflict, "fault.syncer.linked", "host", host(l.URL))
		}
	}
	return nil
}

// Unlink forgets the clinic's server on this workstation; what was exchanged stays here
// and there. An administrator at work is needed. Faults: Forbidden; fault.syncer.unlinked.
func Unlink(ctx context.Context, st *store.Store) error {
	if _, ok := adminKey(st.Session()); !ok {
		return fault.New(fault.Forbidden, "fault.syncer.admin")
	}
	links, err := st.Links(ctx)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return fault.New(fault.NotFound, "fault.syncer.unlinked")
	}
	for _, l := range links {
		if err := st.DropLink(ctx, l.URL); err != nil {
			return err
		}
	}
	return nil
}

// put keeps the server. Of the same database, under whatever address, the places stay.
func put(ctx context.Context, st *store.Store, c *client.Client, linked *wire.Linked) error {
	st.CorrectClock(c.Offset())
	links, err := st.Links(ctx)
	if err != nil {
		return err
	}
	// What it may have of an earlier time may hold keys that were erased or revoked since.
	fresh := store.Link{Server: linked.Server, Renew: true}
	for _, l := range links {
		if l.Server == linked.Server {
			fresh = l
		}
	}
	fresh.URL, fresh.Pin, fresh.Offset, fresh.Problem = c.URL(), c.Pin(), c.Offset(), ""
	if err := st.PutLink(ctx, fresh); err != nil {
		return err
	}
	for _, l := range links {
		if l.URL != fresh.URL {
			if err := st.DropLink(ctx, l.URL); err != nil {
				return err
			}
		}
	}
	return nil
}

// Invite makes the identity of a new workstation, leaves it at the server sealed
// under a code, and gives the code, which is good once and until a moment. The
// server has confirmed it then. An administrator at work is needed. Faults:
// Forbidden; fault.syncer.unlinked; those of the client.
func Invite(ctx context.Context, st *store.Store, name string) (code wire.Code, until time.Time, err error) {
	x, key, err := toOrder(ctx, st)
	if err != nil {
		return code, until, err
	}
	defer x.close()
	// All that can fail for the line's sake fails before an identity is made.
	if err := x.again(ctx, func() error { return x.round(ctx) }); err != nil {
		return code, until, err
	}
	inv, err := st.Invite(ctx, name)
	if err != nil {
		return code, until, err
	}
	code = wire.NewCode()
	sealed := code.Seal(inv.Plain)
	clear(inv.Plain)
	if err := x.again(ctx, func() error { return x.invite(ctx, key, inv, code, sealed) }); err != nil {
		return wire.Code{}, until, errors.Join(err, withdraw(ctx, st, inv))
	}
	until = x.o.now().Add(wire.InviteLives)
	// The new workstation's certificate goes to the others; it would do so later too.
	_ = x.again(ctx, func() error { return x.round(ctx) })
	return code, until, nil
}

// toOrder prepares orders of the administrator at work to the clinic's server.
func toOrder(ctx context.Context, st *store.Store) (*exchange, []byte, error) {
	key, ok := adminKey(st.Session())
	if !ok {
		return nil, nil, fault.New(fault.Forbidden, "fault.syncer.admin")
	}
	links, err := st.Links(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(links) == 0 {
		return nil, nil, fault.New(fault.NotFound, "fault.syncer.unlinked")
	}
	return newExchange(st, links[0].URL, Options{}, func(func(*LinkState)) {}), key, nil
}

func (x *exchange) invite(ctx context.Context, key []byte, inv *store.Invitation, code wire.Code, sealed []byte) error {
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	wrap, err := x.wrapFor(ctx, inv)
	if err != nil {
		return err
	}
	err = x.orders(key)(ctx, wire.OrderBody{Invite: &wire.InviteOrder{
		Code: code.ID(), Key: code.MACKey(), Sealed: sealed, Device: inv.Device, SignKey: inv.SignKey,
		Wrap: wrap, RingGen: l.RingGen, Seconds: uint32(wire.InviteLives.Seconds()),
	}})
	if isProblem(err, wire.ProblemStale) {
		if err := x.ring(ctx); err != nil {
			return err
		}
		return errAgain
	}
	return err
}

// wrapFor seals the wrapping key of this server's ring to the new workstation.
func (x *exchange) wrapFor(ctx context.Context, inv *store.Invitation) ([]byte, error) {
	end, err := x.st.Exchanging(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := x.takeRing(ctx); err != nil {
		return nil, err
	}
	return x.st.Session().WrapRing(inv.Device)
}

// withdraw ends an identity that nobody will ever come for.
func withdraw(ctx context.Context, st *store.Store, inv *store.Invitation) error {
	ctx = context.WithoutCancel(ctx)
	s := st.Session()
	for _, c := range s.Certificates().Of(vault.CertDevice, inv.Device) {
		if err := s.Revoke(c.ID, 0, nil, "other"); err != nil {
			return err
		}
	}
	return st.Publish(ctx, "device.withdraw")
}

// joiningFile holds, while a directory joins a clinic, who asks for the invitation
// (it is given to one asker only, and to that one again after a cut), and from whom
// it came.
const joiningFile = "joining"

type joining struct {
	Asker  []byte    `json:"asker"`
	URL    string    `json:"url,omitempty"`
	Server ledger.ID `json:"server,omitzero"`
	Pin    []byte    `json:"pin,omitempty"`
}

// Join makes a workstation of an invitation that lies at a server under a code, in a
// directory that has no clinic, and opens it. login and password are those that the
// user has on the clinic's other workstations. Nothing is fetched yet: Once or Run do
// that. It may be repeated after any error, also when the program was ended. Faults:
// those of client.PinAndJoin and store.Join.
func Join(ctx context.Context, dir, url string, code wire.Code, login, password string, o store.Options) (*store.Store, error) {
	j, err := beginJoining(dir)
	if err != nil {
		return nil, err
	}
	st, err := j.store(ctx, dir, url, code, login, password, o)
	if err != nil {
		return nil, err
	}
	if err := st.PutLink(ctx, store.Link{URL: j.URL, Server: j.Server, Pin: j.Pin}); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if err := os.Remove(filepath.Join(dir, joiningFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(unusable(dir, err), st.Close())
	}
	return st, nil
}

// store opens the workstation that an earlier attempt has made, else makes it.
func (j *joining) store(ctx context.Context, dir, url string, code wire.Code, login, password string, o store.Options) (*store.Store, error) {
	if j.URL != "" && vault.Exists(dir) {
		st, err := store.Open(ctx, dir, login, password, o)
		if !fault.Is(err, fault.NotFound) {
			return st, err
		} // its making was cut off
	}
	c, plain, err := client.PinAndJoin(ctx, url, code, j.Asker, client.Options{Now: o.Now})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	defer clear(plain)
	j.URL, j.Server, j.Pin = c.URL(), c.Greeting().Server, c.Pin()
	if err := j.keep(dir); err != nil {
		return nil, err
	}
	return store.Join(ctx, dir, plain, login, password, o)
}

// beginJoining reads what an earlier attempt has left, or draws who asks. Where a
// clinic lies already, and no joining is under way, there is nothing to do here.
func beginJoining(dir string) (*joining, error) {
	j := new(joining)
	if b, err := os.ReadFile(filepath.Join(dir, joiningFile)); err == nil && json.Unmarshal(b, j) == nil && len(j.Asker) == 32 {
		return j, nil
	}
	if vault.Exists(dir) {
		return nil, fault.New(fault.Conflict, "fault.dir.taken", "dir", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(dir, err)
	}
	*j = joining{Asker: make([]byte, 32)}
	_, _ = rand.Read(j.Asker)
	return j, j.keep(dir)
}

// keep writes the file whole or not at all.
func (j *joining) keep(dir string) error {
	b, err := json.Marshal(j)
	if err != nil {
		return unusable(dir, err)
	}
	name := filepath.Join(dir, joiningFile)
	f, err := os.OpenFile(name+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return unusable(dir, err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return unusable(dir, err)
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return unusable(dir, err)
	}
	return nil
}

func unusable(dir string, err error) error {
	return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
}
