// Package depot is the database of licensord: what the clinics' workstations leave
// with the server for each other, and who may.
//
// It promises that what a call has reported as stored is on disk and survives the
// death of the process, of the database server and of the machine; that calls may
// be repeated without effect; that the entries of an organisation are numbered from
// 1 without gaps, in an order in which each comes after all that it has seen; and
// that a chain of a device has neither gap nor fork. It keeps two kinds of database
// behind one interface, and one suite of tests holds both to it: SQLite, one file
// and one process that serves it; and PostgreSQL, for several processes at once.
//
// It needs the directory of the attachments, which all processes on one database
// share. It checks no signature of an entry and no proof of a code (the server does,
// before it calls), and never sees what is sealed: entries, ring records, wraps,
// invitations and attachments are bytes to it.
//
// docs/formats/depot.md describes the tables and what deletion leaves behind.
package depot

import (
	"context"
	"io"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// Depot is the whole of it. All methods may be called from many goroutines. A method
// that gives an error has had no effect unless it says otherwise; after an error
// that is none of this package's (a lost connection, a full disk) the effect is
// unknown, and the call can be repeated.
type Depot interface {
	Keeper
	Clinics
	Sessions
	Entries
	Rings
	Blobs
}

// Keeper is about the database as such.
type Keeper interface {
	// Server names this database: drawn when it is made, and anew when it or its
	// attachments were put back from a backup or lost (noticed at Open by the witness in
	// the directory of the attachments, or told by Restored).
	Server() ledger.ID
	// Restored gives the database another name, as its operator asks after having
	// put back a backup. Other processes on it take the name up when they are
	// opened again.
	Restored(ctx context.Context) (ledger.ID, error)
	// Ping reports whether the database answers and can be written.
	Ping(ctx context.Context) error
	// Setting gives a value of the server itself (its certificate, the hash of the
	// operator's token); nil when there is none.
	Setting(ctx context.Context, name string) ([]byte, error)
	// PutSetting replaces a value; nil removes it.
	PutSetting(ctx context.Context, name string, value []byte) error
	// KeepSetting stores a value unless there is one, and gives the one that stands:
	// of two processes that make a certificate at once both get the same.
	KeepSetting(ctx context.Context, name string, value []byte) ([]byte, error)
	// Beat notes that the server was there in this minute; Beats counts the minutes
	// noted in [from, to), by whichever process. (R8.6)
	Beat(ctx context.Context, now time.Time) error
	Beats(ctx context.Context, from, to time.Time) (int, error)
	// Tidy removes what has run out: codes with their invitations and the
	// workstations that never came for them, nonces, sessions, drafts of rings older
	// than DraftLives, minutes older than BeatLives. To be called about once a minute.
	Tidy(ctx context.Context, now time.Time) error
	// Close ends all waiting, writes what Touch has noted, and closes. Later calls
	// give ErrClosed.
	Close() error
}

// How long what nobody ends by himself is kept.
const (
	DraftLives     = 24 * time.Hour
	BeatLives      = 400 * 24 * time.Hour
	ChallengeLives = 2 * time.Minute
)

// LinkCode is what the operator gives a clinic to link with.
type LinkCode struct {
	ID      wire.CodeID
	Key     []byte    // wire.Code.MACKey
	Org     ledger.ID // set: a further workstation of this organisation may link, as an administrator; zero: a new organisation
	Name    string    // what the operator calls it
	Country string    // ru, kz; empty where it does not matter
	Expires time.Time
}

// Organisation is what the operator sees of one. It holds no name of a patient or of
// a member of staff; Name is what the operator gave.
type Organisation struct {
	ID      ledger.ID // zero: its code waits still
	Name    string
	Country string
	Added   time.Time
	Expires time.Time // of the code that waits; else zero
	Contact time.Time // last, of any workstation; zero for never
	Devices int       // live ones
	Entries uint64
	Bytes   int64 // of entries
	RingGen uint32
	Ring    int64 // bytes of the keyring's present generation
	Blobs   int   // whole attachments
	Stored  int64 // bytes of attachments, parts included
}

// Device is what the server knows of a workstation.
type Device struct {
	ID         ledger.ID
	SignKey    []byte // Ed25519
	Former     ledger.ID
	Added      time.Time
	Contact    time.Time // last, within about half a minute; zero for never
	Revoked    time.Time // zero for not
	RevokedSeq uint64    // last of its changes that counts, if revoked
	Seq        uint64    // last of its changes that is stored
}

// Clinics is about who takes part.
type Clinics interface {
	// AddCode takes a code to link with. ErrUnknown if Org is set and not there,
	// ErrTaken if the code's id is.
	AddCode(ctx context.Context, c LinkCode) error
	// CodeKey gives the key of a code to link or to join that has not run out, used
	// or not (its first user may repeat the call); else ErrUnknown.
	CodeKey(ctx context.Context, id wire.CodeID, now time.Time) ([]byte, error)
	// Link makes organisation, workstation and administrator's key in one step, and
	// uses up the code. A repetition with the same contents has no effect and no
	// error. ErrUnknown: the code is not there, has run out, is one to join with, or
	// was used with other contents. ErrTaken: the organisation is there already and
	// the code is not for it, or the workstation is there with another key.
	// ErrCountry: the code names another country than the body.
	Link(ctx context.Context, id wire.CodeID, body *wire.LinkBody, now time.Time) error
	// Join gives the sealed invitation to the first joiner, and to the same again
	// until the code has run out; to any other ErrUnknown.
	Join(ctx context.Context, id wire.CodeID, joiner []byte, now time.Time) ([]byte, error)
	// Carry carries an order out, whose signature by key holds. Once: an order whose
	// nonce was carried out has no effect and no error. ErrForbidden: key is none of
	// the organisation's administrators' (of a succession: not that of the former
	// workstation), the order is for another server, or it would take the last
	// administrator's key away. ErrUnknown: organisation or workstation is not there.
	// ErrRevoked: a revoked workstation can't be succeeded. ErrTaken: code or
	// workstation are there with other contents. ErrStale: an invitation's wrap is
	// not of the ring's present generation. (A succession's that is not is left out:
	// the workstation then stands in Standing.Lacking.) ErrOrder: none or several
	// orders in one body, or fields that can't be.
	// A revocation ends the workstation named and its sessions, and removes its wrap.
	// Its successors go on: what becomes of each is an order of its own.
	Carry(ctx context.Context, order *wire.OrderBody, key []byte, now time.Time) (wire.Standing, error)
	// Revoke ends a workstation on the operator's word, after the last of its changes
	// that is stored. Repeating it has no effect. ErrUnknown.
	Revoke(ctx context.Context, org, device ledger.ID, now time.Time) error
	// Organisations lists all, those whose code waits too, by name.
	Organisations(ctx context.Context, now time.Time) ([]Organisation, error)
	// Devices lists an organisation's workstations, revoked ones too, oldest first.
	// ErrUnknown if there is no such organisation.
	Devices(ctx context.Context, org ledger.ID) ([]Device, error)
	// Device gives one, also a revoked one; ErrUnknown. Its SignKey never changes.
	Device(ctx context.Context, org, device ledger.ID) (Device, error)
}

// Caller is a workstation that has opened a session.
type Caller struct{ Org, Device ledger.ID }

// Sessions is about who is calling.
type Sessions interface {
	// Challenge draws a nonce of 32 bytes that lives for ChallengeLives. A
	// workstation has at most 8 at once, the oldest go. ErrUnknown, ErrRevoked.
	Challenge(ctx context.Context, org, device ledger.ID, now time.Time) ([]byte, error)
	// OpenSession uses up a nonce, whose signature by the workstation holds, and
	// gives a token, of which only a hash is stored. ErrUnknown: no such nonce, or
	// one that was used or has run out. ErrRevoked.
	OpenSession(ctx context.Context, by Caller, nonce []byte, life time.Duration, now time.Time) (token string, err error)
	// Session finds who has a token. ErrUnknown: none that lives. ErrRevoked: the
	// workstation was ended since.
	Session(ctx context.Context, token string, now time.Time) (Caller, error)
	// Touch notes a contact, in memory at first; it is written within half a minute,
	// together with others.
	Touch(by Caller, now time.Time)
}

// Entries is about the ledgers. Standings come without Time and Heads.
type Entries interface {
	// Standing says how things stand; ErrUnknown if there is no such organisation.
	Standing(ctx context.Context, org ledger.ID) (wire.Standing, error)
	// Heads gives the last entry of each chain of each device, ordered by both.
	Heads(ctx context.Context, org ledger.ID) ([]wire.Head, error)
	// Push stores entries, whose signatures hold, in the order given, and says how
	// many were new. What is there already is passed over. An entry at fault ends it
	// with a *Refused; those before it are stored, durably, and counted. Its Err is
	// ErrGap (an entry of its chain is lacking), ErrFork (another entry stands under
	// its number, it follows another, or has seen another than is stored), ErrEarly
	// (it has seen what is not stored), ErrUnknown (its workstation is not of the
	// organisation), ErrRevoked (it comes after the last change of a revoked
	// workstation that counts), ErrOrg (it is another organisation's). Without a
	// *Refused, and nothing stored: ErrStale (ringGen is not the present generation),
	// ErrRevoked (the caller), ErrUnknown (the caller or the organisation).
	// A revoked workstation's accesses are taken when others bring them.
	Push(ctx context.Context, by Caller, ringGen uint32, entries []*ledger.Entry) (stored int, s wire.Standing, err error)
	// Pull gives entries after since, without those that have covers, in order, up to
	// limit bytes (a larger first one comes alone) and wire.MaxItems. Next is where to
	// go on, More whether there is more now. since beyond the last gives nothing, and
	// the last as Next.
	Pull(ctx context.Context, org ledger.ID, since uint64, have []wire.Head, limit int) (wire.Pulled, error)
	// Wait returns as soon as there is an entry after ordinal, or the ring is not at
	// (gen, n) any more, whichever process on the database did it; or ctx.Err() when
	// ctx is over before. Also an ordinal beyond the last returns at once. ErrClosed.
	Wait(ctx context.Context, org ledger.ID, ordinal uint64, gen uint32, n uint64) (wire.Standing, error)
}

// Rings is about patients' keys on their way.
type Rings interface {
	// PullRing gives records after since of generation gen; of the present one from
	// its beginning if gen is another. Wrap is the caller's, nil if it has none.
	// Up to limit bytes (a larger first one comes alone) and wire.MaxItems.
	PullRing(ctx context.Context, by Caller, gen uint32, since uint64, limit int) (wire.RingPulled, error)
	// PushRing appends records to the present generation and adds wraps that it
	// lacks, of live workstations. A record whose bytes are there and a reader that
	// has a wrap are passed over, so that it can be repeated. ErrStale: Gen is not
	// the present generation. ErrRevoked, ErrUnknown: the caller.
	PushRing(ctx context.Context, by Caller, r *wire.RingPush) (wire.Standing, error)
	// RenewRing takes one part of a draft, and with Last puts it in the place of the
	// present generation, whose records and wraps are deleted in the same step. A part
	// that came already is passed over, so is everything of a draft that has become
	// the present generation. Wraps of others than live workstations are kept, too
	// (the recovery phrase reads as well), those of revoked ones left out. ErrGap: a
	// part before it is lacking. ErrStale: Old is not the present generation (the
	// draft is gone), or it holds more records than OldN at Last (the draft stays as
	// it was before this call). ErrRevoked, ErrUnknown: the caller. A workstation has
	// one draft; beginning another ends it.
	RenewRing(ctx context.Context, by Caller, r *wire.RingRenew, now time.Time) (wire.Standing, error)
}

// Blobs is about attachments, named by the SHA-256 of their sealed bytes.
type Blobs interface {
	// PutBlob appends a chunk to an attachment of size bytes, and says how many are
	// stored, durably, and whether that is the whole. ErrGap: the chunk doesn't begin
	// where the stored bytes end (have says where). ErrHash: the whole has another
	// hash; it is dropped. ErrSize: a size below 0, beyond wire.MaxBlob, or less than
	// the chunk needs. Another size than the parts before were said to be of begins
	// anew, and so does a file that has become shorter than what was stored. Nothing
	// happens to an attachment that is whole already.
	PutBlob(ctx context.Context, org ledger.ID, hash ledger.Hash, size, offset int64, chunk []byte) (have int64, whole bool, err error)
	// HaveBlobs says how many bytes of each are stored, and whether they are the whole.
	// Of one whose file is gone or cut nothing is.
	HaveBlobs(ctx context.Context, org ledger.ID, hashes []ledger.Hash) (sizes []int64, whole []bool, err error)
	// OpenBlob opens a whole one; ErrUnknown.
	OpenBlob(ctx context.Context, org ledger.ID, hash ledger.Hash) (b io.ReadSeekCloser, size int64, err error)
}
