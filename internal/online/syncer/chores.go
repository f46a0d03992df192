package syncer

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"slices"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// chores are what the server must be told of by an administrator: who the others
// are, which workstations were ended while it could not be reached, and which it has
// forgotten, having been put back from a backup. Whoever is at work and is none
// leaves them to others.
func (x *exchange) chores(ctx context.Context) error {
	if len(x.lacking) > 0 {
		if err := x.putKeys(ctx); err != nil {
			return err
		}
	}
	key, ok := x.adminKey()
	if !ok {
		return nil
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	admins, gone := x.admins()
	stations := x.st.Session().Stations()
	told := digest(x.server, key, admins, gone, stations)
	if bytes.Equal(told, l.Told) {
		return nil
	}
	settled, err := x.tell(ctx, key, admins, gone, stations)
	if isProblem(err, wire.ProblemSignature, wire.ProblemUnknown) {
		return nil // the server does not know this administrator yet: another one tells it
	}
	if err != nil || !settled {
		return err
	}
	_, err = x.move(ctx, func(l *store.Link) { l.Told = told })
	return err
}

// adminKey is the public key by which the user at work signs orders; false for
// somebody who is no administrator.
func (x *exchange) adminKey() ([]byte, bool) { return adminKey(x.st.Session()) }

func adminKey(s *vault.Session) ([]byte, bool) {
	user := s.User()
	key, ok := s.UserKey(user)
	if user.IsZero() || !ok {
		return nil, false
	}
	for _, c := range s.Certificates().Of(vault.CertUser, user) {
		if c.Issues && bytes.Equal(c.SignKey, key) && !revoked(s, c.ID) {
			return key, true
		}
	}
	return nil, false
}

func revoked(s *vault.Session, cert ledger.ID) bool {
	return slices.ContainsFunc(s.Revocations(), func(r vault.Revocation) bool { return r.Certificate == cert })
}

// admins gives the keys whose orders count, and those that did once.
func (x *exchange) admins() (live, gone [][]byte) {
	s := x.st.Session()
	for _, c := range s.Certificates().All() {
		if c.Kind != vault.CertUser || !c.Issues {
			continue
		}
		if revoked(s, c.ID) {
			gone = append(gone, c.SignKey)
		} else {
			live = append(live, c.SignKey)
		}
	}
	gone = slices.DeleteFunc(gone, func(k []byte) bool { return contains(live, k) })
	for _, keys := range [][][]byte{live, gone} {
		slices.SortFunc(keys, bytes.Compare)
	}
	return compacted(live), compacted(gone)
}

func compacted(keys [][]byte) [][]byte { return slices.CompactFunc(keys, bytes.Equal) }

func contains(keys [][]byte, key []byte) bool {
	return slices.ContainsFunc(keys, func(k []byte) bool { return bytes.Equal(k, key) })
}

// digest names what a server is told of.
func digest(server ledger.ID, key []byte, admins, gone [][]byte, stations []vault.Station) []byte {
	h := sha256.New()
	h.Write(server[:])
	h.Write(key)
	for _, keys := range [][][]byte{admins, gone} {
		h.Write([]byte{byte(len(keys))})
		for _, k := range keys {
			h.Write(k)
		}
	}
	stations = slices.Clone(stations)
	slices.SortFunc(stations, func(a, b vault.Station) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for _, s := range stations {
		h.Write(s.ID[:])
		h.Write([]byte{byte(cmp.Compare(s.Revoked.Unix(), s.Added.Unix()) + 1)})
	}
	return h.Sum(nil)
}

// tell gives the server its orders; settled says that nothing is open any more.
func (x *exchange) tell(ctx context.Context, key []byte, admins, gone [][]byte, stations []vault.Station) (settled bool, err error) {
	orders := x.orders(key)
	for _, k := range admins {
		if !bytes.Equal(k, key) {
			if err := orders(ctx, wire.OrderBody{Admin: &wire.AdminOrder{Key: k}}); err != nil {
				return false, err
			}
		}
	}
	for _, k := range gone {
		err := orders(ctx, wire.OrderBody{Admin: &wire.AdminOrder{Key: k, Remove: true}})
		if err != nil && !isProblem(err, wire.ProblemUnknown) {
			return false, err
		}
	}
	return x.tellStations(ctx, orders, stations)
}

// tellEnded ends at the server which workstations were ended here, if an administrator
// is at work.
func (x *exchange) tellEnded(ctx context.Context) error {
	key, ok := x.adminKey()
	if !ok {
		return nil
	}
	stations := x.st.Session().Stations()
	if !slices.ContainsFunc(stations, func(s vault.Station) bool { return !s.Revoked.IsZero() }) {
		return nil
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	admins, gone := x.admins()
	if bytes.Equal(digest(x.server, key, admins, gone, stations), l.Told) {
		return nil
	}
	there, err := x.stations(ctx)
	if err != nil {
		return err
	}
	err = x.endThere(ctx, x.orders(key), stations, there)
	if isProblem(err, wire.ProblemSignature, wire.ProblemUnknown) {
		return nil // chores find out more
	}
	return err
}

type ordering func(context.Context, wire.OrderBody) error

// orders signs as the administrator at work.
func (x *exchange) orders(key []byte) ordering {
	return func(ctx context.Context, body wire.OrderBody) error {
		keys := x.st.Session()
		body.Server, body.Org = x.server, keys.Organisation()
		return x.order(ctx, x.sess, body, key, keys.SignAsUser)
	}
}

// stations asks which workstations the server knows.
func (x *exchange) stations(ctx context.Context) (map[ledger.ID]wire.Device, error) {
	var list *wire.DeviceList
	if err := call(ctx, func() (err error) {
		list, err = x.sess.Devices(ctx)
		return err
	}); err != nil {
		return nil, err
	}
	there := map[ledger.ID]wire.Device{}
	for _, d := range list.Devices {
		there[d.ID] = d
	}
	return there, nil
}

// endThere has the server end each that was ended, by an order of its own.
func (x *exchange) endThere(ctx context.Context, orders ordering, stations []vault.Station, there map[ledger.ID]wire.Device) error {
	for _, s := range stations {
		if d, known := there[s.ID]; !known || s.Revoked.IsZero() || d.Revoked != 0 {
			continue
		}
		if err := orders(ctx, wire.OrderBody{Revoke: &wire.RevokeOrder{Device: s.ID, Seq: x.lastSeq(s.ID)}}); err != nil {
			return err
		}
	}
	return nil
}

// tellStations ends what was ended, and makes known what the server has forgotten.
func (x *exchange) tellStations(ctx context.Context, orders ordering, stations []vault.Station) (settled bool, err error) {
	there, err := x.stations(ctx)
	if err != nil {
		return false, err
	}
	if err := x.endThere(ctx, orders, stations, there); err != nil {
		return false, err
	}
	ours, err := x.ours(ctx)
	if err != nil {
		return false, err
	}
	settled = true
	for _, s := range stations {
		_, known := there[s.ID]
		wrote := ours[chain{s.ID, ledger.Changes}].Seq > 0
		if s.Revoked.IsZero() && !known && wrote {
			settled = false // until it has come by itself, which the list will show
			if err := x.introduce(ctx, orders, s.ID); err != nil {
				return false, err
			}
		}
	}
	return settled, nil
}

// lastSeq is the last entry of an ended workstation that counts.
func (x *exchange) lastSeq(device ledger.ID) uint64 {
	s := x.st.Session()
	var last uint64
	for _, r := range s.Revocations() {
		for _, c := range s.Certificates().Of(vault.CertDevice, device) {
			if r.Certificate == c.ID {
				last = r.LastSeq
			}
		}
	}
	return last
}

// introduce makes a workstation known to a server that has lost it. Nobody has the
// code of this invitation, and nothing is in it.
func (x *exchange) introduce(ctx context.Context, orders ordering, device ledger.ID) error {
	s := x.st.Session()
	key, ok := s.DeviceKey(device)
	if !ok {
		return nil
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	wrap, err := s.WrapRing(device)
	if err != nil {
		return err
	}
	nobody := wire.NewCode()
	nothing := make([]byte, 64)
	_, _ = rand.Read(nothing)
	return orders(ctx, wire.OrderBody{Invite: &wire.InviteOrder{
		Code: nobody.ID(), Key: nobody.MACKey(), Sealed: nothing, Device: device, SignKey: key,
		Wrap: wrap, RingGen: l.RingGen, Seconds: uint32(wire.InviteLives.Seconds()),
	}})
}
