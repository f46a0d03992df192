package vault

import (
	"bytes"
	"slices"

	"feldsher/internal/ledger"
)

// after orders the versions of one user's slot: what an administrator did counts
// more than what the user did, a removal more than what was done at the same time.
func (u *userSlot) after(o *userSlot) bool {
	switch {
	case u.Grant != o.Grant:
		return u.Grant > o.Grant
	case u.removed() != o.removed():
		return u.removed()
	case u.Turn != o.Turn:
		return u.Turn > o.Turn
	}
	return bytes.Compare(u.Signature, o.Signature) > 0
}

// grants counts what administrators did with a user's slot.
func (b *body) grants(user ledger.ID) (n uint32) {
	for _, list := range [][]userSlot{b.Users, b.Grants} {
		for i := range list {
			if list[i].User == user {
				n = max(n, list[i].Grant)
			}
		}
	}
	return n
}

// putSlot takes a version of a user's slot and keeps what counts: the
// administrator's latest, and the user's latest on top of it.
func (b *body) putSlot(u userSlot) {
	granted, own := -1, -1
	all := []userSlot{u}
	for _, list := range [][]userSlot{b.Users, b.Grants} {
		for _, o := range list {
			if o.User == u.User {
				all = append(all, o)
			}
		}
	}
	for i := range all {
		if all[i].Turn == 0 && (granted < 0 || all[i].after(&all[granted])) {
			granted = i
		}
	}
	for i := range all {
		o := &all[i]
		if o.Turn > 0 && (granted < 0 || o.standsOn(&all[granted])) && (own < 0 || o.after(&all[own])) {
			own = i
		}
	}
	mine := func(o userSlot) bool { return o.User == u.User }
	b.Grants = slices.DeleteFunc(b.Grants, mine)
	used := own
	if own < 0 && granted >= 0 && !all[granted].removed() {
		used = granted
	} else if granted >= 0 {
		b.Grants = append(b.Grants, all[granted])
	}
	at := slices.IndexFunc(b.Users, mine)
	switch {
	case used < 0 && at >= 0:
		b.Users = slices.Delete(b.Users, at, at+1)
	case used >= 0 && at >= 0:
		b.Users[at] = all[used]
	case used >= 0:
		b.Users = append(b.Users, all[used])
	}
}

// standsOn reports whether a user's own version was made on an administrator's. The
// login stays as it was given: whoever could take a colleague's would be meant where
// an administrator names the colleague.
func (u *userSlot) standsOn(granted *userSlot) bool {
	return u.Grant == granted.Grant && !granted.removed() && u.Login == granted.Login
}

// provable reports whether a user's own version stands on an administrator's: true
// also for one that is behind, which putSlot passes over.
func (b *body) provable(u *userSlot) bool {
	if u.Turn == 0 || u.Grant < b.grants(u.User) {
		return true
	}
	for _, list := range [][]userSlot{b.Users, b.Grants} {
		for i := range list {
			if o := &list[i]; o.User == u.User && o.Turn == 0 && u.standsOn(o) {
				return true
			}
		}
	}
	return false
}

// current gives the latest certificate of the keys in a slot; false where it is ended
// or there is none.
func (u *userSlot) current(certs CertSet, ended endings) (Certificate, bool) {
	held, ok := certs.Get(u.Certificate)
	if !ok {
		return held, false
	}
	for _, c := range certs.Of(CertUser, u.User) {
		if bytes.Equal(c.SignKey, held.SignKey) {
			return c, !ended.has(c.ID)
		}
	}
	return held, false
}
