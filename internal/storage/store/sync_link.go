package store

import (
	"context"
	"slices"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
)

// Link ties this workstation to a server, and says how far the exchange with it
// has come. It is local: every workstation has its own.
type Link struct {
	URL    string
	Server ledger.ID // of the database behind it; another one after a restore: the places begin anew then
	Pin    []byte    // SHA-256 of the certificate's SubjectPublicKeyInfo; nil for a certificate that the system trusts

	Cursor   uint64 // the server's ordinal up to which entries were pulled
	Pushed   int64  // our ordinal (journal.Stored.N) up to which entries were pushed
	RingGen  uint32 // of the keyring at the server
	RingN    uint64 // records of that generation that were taken in
	KeyPlace int    // place in our keyring up to which keys were pushed
	Renew    bool   // its keyring is to be replaced: something was erased or revoked here that it still has
	Told     []byte // digest of the administrators that it was told of

	Offset  time.Duration // by how much the server's clock is ahead of ours
	Tried   time.Time     // last attempt; zero for never
	Reached time.Time     // last exchange that came to its end
	Problem string        // key of what the last attempt failed with; empty for nothing
}

// Links lists the servers, in the order of their addresses.
func (s *Store) Links(ctx context.Context) ([]Link, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return readLinks(s.Reader(ctx))
}

func readLinks(q querier) ([]Link, error) {
	rows, err := q.query(`SELECT url, server, pin, pulled, pushed, ringgen, ringn, keys, renew, told, offset, tried, reached, problem
		FROM link ORDER BY url`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Link
	for rows.Next() {
		var l Link
		var cursor, ringN, offset int64
		var tried, reached int64
		err := rows.Scan(&l.URL, &l.Server, &l.Pin, &cursor, &l.Pushed, &l.RingGen, &ringN, &l.KeyPlace,
			&l.Renew, &l.Told, &offset, &tried, &reached, &l.Problem)
		if err != nil {
			return nil, err
		}
		l.Cursor, l.RingN, l.Offset = uint64(cursor), uint64(ringN), time.Duration(offset)
		l.Tried, l.Reached = moment(tried), moment(reached)
		out = append(out, l)
	}
	return out, rows.Err()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// LinkTable is what Watch names when a server was added or dropped; how far the
// exchange with one has come is not told.
const LinkTable = "link"

// PutLink keeps a link. Of one that is new, or whose Server is another than
// before, every attachment is due. It writes no entry.
func (s *Store) PutLink(ctx context.Context, l Link) error {
	fresh, err := s.keepLink(ctx, l)
	if err == nil && fresh {
		s.signal([]string{LinkTable})
	}
	return err
}

func (s *Store) keepLink(ctx context.Context, l Link) (fresh bool, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return false, err
	}
	err = s.journal.Local(ctx, func(jtx *journal.Tx) error {
		tx := &Tx{Tx: jtx, s: s}
		n, err := scalar[int64](tx, `SELECT count(*) FROM link WHERE url = ?`, l.URL)
		if fresh = n == 0; err != nil {
			return err
		}
		return tx.putLink(l)
	})
	if err != nil {
		return false, sealed.Classify(err)
	}
	// What a server has seen of this workstation must never be written twice.
	return fresh, s.noteHeads(ctx)
}

// ChangeLink reads a link, has fn change it, and keeps it, as one step: several
// exchanges of this program may work at the same link. It gives what is kept.
// Faults: NotFound where there is none of this address.
func (s *Store) ChangeLink(ctx context.Context, url string, fn func(*Link)) (l Link, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.alive(); err != nil {
		return l, err
	}
	err = s.journal.Local(ctx, func(jtx *journal.Tx) error {
		tx := &Tx{Tx: jtx, s: s}
		all, err := readLinks(tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(o Link) bool { return o.URL == url })
		if at < 0 {
			return fault.New(fault.NotFound, "fault.link.none", "url", url)
		}
		l = all[at]
		fn(&l)
		l.URL = url
		return tx.putLink(l)
	})
	if err != nil {
		return l, sealed.Classify(err)
	}
	return l, s.noteHeads(ctx)
}

func (tx *Tx) putLink(l Link) error {
	former, err := column[ledger.ID](tx, `SELECT server FROM link WHERE url = ?`, l.URL)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO link (url, server, pin, pulled, pushed, ringgen, ringn, keys, renew, told, offset, tried, reached, problem)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET server = excluded.server,
		pin = excluded.pin, pulled = excluded.pulled, pushed = excluded.pushed, ringgen = excluded.ringgen,
		ringn = excluded.ringn, keys = excluded.keys, renew = excluded.renew, told = excluded.told,
		offset = excluded.offset, tried = excluded.tried, reached = excluded.reached, problem = excluded.problem`,
		l.URL, key16(l.Server), l.Pin, int64(l.Cursor), l.Pushed, int64(l.RingGen), int64(l.RingN), l.KeyPlace,
		l.Renew, l.Told, int64(l.Offset), millis(l.Tried), millis(l.Reached), l.Problem)
	if err != nil || len(former) > 0 && former[0] == l.Server {
		return err
	}
	return dueAnew(tx, l.Server)
}

// DropLink forgets a server. What was exchanged stays.
func (s *Store) DropLink(ctx context.Context, url string) error {
	err := s.Local(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`DELETE FROM link WHERE url = ?`, url); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM blob_due WHERE server NOT IN (SELECT server FROM link)`)
		return err
	})
	if err == nil {
		s.signal([]string{LinkTable})
	}
	return err
}
