package syncer

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// Erase destroys a patient's keys of the given classes here, and replaces the
// keyring at every server by one without them (R10.3): other workstations erase them
// at their next exchange, before they hand anything over. unreached are the addresses
// of the servers whose keyring still has the keys, with why; their renewal stays due
// and is made at the next exchange.
func Erase(ctx context.Context, st *store.Store, patient ledger.ID, classes ...ledger.Class) (unreached map[string]error, err error) {
	// Due first: if the program ends in between, a keyring is replaced once too often.
	if err := renewalDue(ctx, st); err != nil {
		return nil, err
	}
	if err := st.Erase(ctx, patient, classes...); err != nil {
		return nil, err
	}
	// And again: a renewal that was under way may have come to its end before.
	if err := renewalDue(ctx, st); err != nil {
		return nil, err
	}
	return everywhere(ctx, st, (*exchange).whole)
}

// Revoke ends a workstation (R7.7): it gets nothing more, nothing that it writes
// from now on is taken, and what is written from now on is sealed under keys that it
// never had. Identities that followed it in a copied or restored directory stay if they
// are at work, else they end with it. An administrator at work is needed. unreached as in Erase: those servers
// are told at the next exchange. Faults: Forbidden; NotFound; Conflict for this
// workstation itself.
func Revoke(ctx context.Context, st *store.Store, device ledger.ID, reason string) (unreached map[string]error, err error) {
	keys := st.Session()
	if _, ok := adminKey(keys); !ok {
		return nil, fault.New(fault.Forbidden, "fault.syncer.admin")
	}
	if device == keys.Device() {
		return nil, fault.New(fault.Conflict, "fault.syncer.self")
	}
	// What it has handed over up to now counts: it is fetched, as far as can be.
	if _, err := everywhere(ctx, st, (*exchange).round); err != nil {
		return nil, err
	}
	heads, err := st.Heads(ctx)
	if err != nil {
		return nil, err
	}
	ends, err := successorEnds(ctx, st, device, heads)
	if err != nil {
		return nil, err
	}
	if err := renewalDue(ctx, st); err != nil {
		return nil, err
	}
	seq, hash := lastOf(heads, device)
	if err := keys.RevokeDevice(device, seq, hash, reason, ends...); err != nil {
		return nil, err
	}
	if err := renewalDue(ctx, st); err != nil {
		return nil, err
	}
	if err := st.Publish(ctx, "device.revoke"); err != nil {
		return nil, err
	}
	return everywhere(ctx, st, (*exchange).whole)
}

// atWork is how long ago a successor may have written last, to be taken for one that
// somebody works at.
const atWork = 30 * 24 * time.Hour

// successorEnds says what becomes of the identities that a workstation has certified:
// its directory was put back or copied, so they may be the very one at hand, or the one
// in the next room.
func successorEnds(ctx context.Context, st *store.Store, device ledger.ID, heads []journal.ChainHead) ([]vault.SuccessorEnd, error) {
	keys := st.Session()
	written, err := st.Reader(ctx).Written()
	if err != nil {
		return nil, err
	}
	var ends []vault.SuccessorEnd
	for _, id := range keys.Successors(device) {
		end := vault.SuccessorEnd{Device: id, Keep: id == keys.Device() || time.Since(written[id].Last) < atWork}
		end.LastSeq, end.LastHash = lastOf(heads, id)
		ends = append(ends, end)
	}
	return ends, nil
}

// lastOf is the last entry of a workstation that is here.
func lastOf(heads []journal.ChainHead, device ledger.ID) (seq uint64, hash []byte) {
	for _, h := range heads {
		if h.Device == device && h.Chain == ledger.Changes {
			return h.Seq, h.Hash[:]
		}
	}
	return 0, nil
}

func renewalDue(ctx context.Context, st *store.Store) error {
	links, err := st.Links(ctx)
	for _, l := range links {
		_, e := st.ChangeLink(ctx, l.URL, func(l *store.Link) { l.Renew = true })
		err = errors.Join(err, e)
	}
	return err
}

// everywhere does something with every server, and tells with which it could not.
func everywhere(ctx context.Context, st *store.Store, do func(*exchange, context.Context) error) (failed map[string]error, err error) {
	links, err := st.Links(ctx)
	if err != nil {
		return nil, err
	}
	failed = map[string]error{}
	for _, l := range links {
		x := newExchange(st, l.URL, Options{}, func(func(*LinkState)) {})
		err := x.again(ctx, func() error { return do(x, ctx) })
		x.close()
		if err != nil && !errors.Is(err, x.refused) {
			failed[l.URL] = err
		}
	}
	return failed, ctx.Err()
}
