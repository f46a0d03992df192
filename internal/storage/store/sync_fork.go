package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// A workstation's identity belongs to one data directory at a time. Outside the
// directory (Options.Outside) stands a note of how far it has come; inside, a
// secret that is drawn anew at every opening. A directory that has no note but a
// secret, another secret than the note, or less of its chains than the note, was
// copied or put back: it gets a new identity before it writes anything.

// incarnationFile holds the secret, in hexadecimal.
const incarnationFile = "incarnation"

// outsideNote is what stands outside, as JSON in a file named by the identity.
type outsideNote struct {
	Path        string      `json:"path"`
	Incarnation string      `json:"incarnation"`
	Next        string      `json:"next,omitempty"` // while the secret is being renewed
	Heads       []noteOfOwn `json:"heads"`
}

// noteOfOwn is the last entry of one of our chains.
type noteOfOwn struct {
	Chain ledger.Chain `json:"chain"`
	Seq   uint64       `json:"seq"`
	Hash  string       `json:"hash"`
}

// Forked tells that this data directory was found to be a copy, or put back from
// an older state, and has got a new identity that its servers are still to learn
// of: the former workstation's id, and how to sign with its key (wire.SucceedOrder).
// It holds over restarts, until Session().ForgetFormer.
func (s *Store) Forked() (device ledger.ID, sign func([]byte) []byte, ok bool) {
	formers := s.session.Formers()
	if len(formers) == 0 {
		return ledger.ID{}, nil, false
	}
	return formers[0].Device, formers[0].Sign, true
}

// identify finds out whether the directory is where its identity belongs, and
// gives it a new one if not.
func (s *Store) identify(ctx context.Context) error {
	// From which identity the case numbers' letters are, where no version has noted it.
	_, err := s.writer.ExecContext(ctx, `INSERT OR IGNORE INTO meta (name, value)
		SELECT ?, ? WHERE EXISTS (SELECT 1 FROM meta WHERE name = 'case_prefix')`, caseDevice, []byte(s.session.Device().String()))
	if err != nil || s.outside == "" {
		return sealed.Classify(err)
	}
	if err := os.MkdirAll(s.outside, 0o700); err != nil {
		return outsideFault(err, s.outside)
	}
	forked, err := s.strayed(ctx)
	if err != nil {
		return err
	}
	if forked {
		if err := s.noteFormer(ctx); err != nil {
			return err
		}
		if _, _, err := s.session.Succeed(); err != nil {
			return err
		}
	}
	return s.noteAnew(ctx)
}

// formersName is the row of meta with the identities that this directory had.
const formersName = "formers"

// noteFormer notes the present identity as one of this directory's, before it gets
// another: what it has written stays known as ours.
func (s *Store) noteFormer(ctx context.Context) error {
	formers, err := s.formers(ctx)
	if err != nil || slices.Contains(formers, s.session.Device()) {
		return err
	}
	var text strings.Builder
	for _, id := range append(formers, s.session.Device()) {
		text.WriteString(id.String() + " ")
	}
	_, err = s.writer.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, formersName, []byte(text.String()))
	return sealed.Classify(err)
}

// formers lists the identities that this directory had before the present one.
func (s *Store) formers(ctx context.Context) ([]ledger.ID, error) {
	text, err := s.meta(ctx, formersName)
	if err != nil {
		return nil, err
	}
	var out []ledger.ID
	for _, word := range strings.Fields(text) {
		id, err := ledger.ParseID(word)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "fault.store.counter")
		}
		out = append(out, id)
	}
	return out, nil
}

func outsideFault(err error, path string) error {
	return fault.Wrap(err, fault.Space, "fault.fork.note", "dir", path)
}

// strayed holds the directory against the note outside.
func (s *Store) strayed(ctx context.Context) (bool, error) {
	note, found, err := s.readNote()
	if err != nil {
		return false, err
	}
	own, err := s.readIncarnation()
	if err != nil {
		return false, err
	}
	switch {
	case !found:
		return own != "", nil // none of both: it was never noted
	case own == "" || own != note.Incarnation && own != note.Next:
		return true, nil
	case !sameDir(note.Path, s.dir) && vault.Exists(note.Path):
		return true, nil // both stand side by side
	}
	for _, h := range note.Heads {
		var hash []byte
		rows, err := s.db.Reader.QueryContext(ctx, `SELECT e.hash FROM entry e JOIN device d ON d.n = e.device
			WHERE d.id = ? AND e.chain = ? AND e.seq = ?`, s.session.Device(), h.Chain, int64(h.Seq))
		if err != nil {
			return false, sealed.Classify(err)
		}
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&hash))
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return false, sealed.Classify(err)
		}
		if hex.EncodeToString(hash) != h.Hash {
			return true, nil
		}
	}
	return false, nil
}

func sameDir(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func (s *Store) notePath() string {
	return filepath.Join(s.outside, s.session.Device().String()+".json")
}

// readNote reads the note; one that can't be understood counts as none, for
// whatever happened to it, a new identity is safe.
func (s *Store) readNote() (note outsideNote, found bool, err error) {
	text, err := os.ReadFile(s.notePath())
	if errors.Is(err, fs.ErrNotExist) {
		return note, false, nil
	} else if err != nil {
		return note, false, outsideFault(err, s.outside)
	}
	return note, json.Unmarshal(text, &note) == nil, nil
}

func (s *Store) readIncarnation() (string, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, incarnationFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", s.dir)
	}
	return strings.TrimSpace(string(text)), nil
}

// noteAnew draws a new secret. The note names both while the directory is between
// them, so that a break makes no stranger of it.
func (s *Store) noteAnew(ctx context.Context) error {
	own, err := s.readIncarnation()
	if err != nil {
		return err
	}
	path, err := filepath.Abs(s.dir)
	if err != nil {
		return outsideFault(err, s.outside)
	}
	var secret [16]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return fmt.Errorf("store: incarnation: %w", err)
	}
	note := outsideNote{Path: path, Incarnation: own, Next: hex.EncodeToString(secret[:])}
	if note.Heads, err = s.ownHeads(ctx); err != nil {
		return err
	}
	if err := s.writeNote(note); err != nil {
		return err
	}
	if err := writeDurably(filepath.Join(s.dir, incarnationFile), []byte(note.Next)); err != nil {
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", s.dir)
	}
	note.Incarnation, note.Next = note.Next, ""
	s.sync.noted = note
	return s.writeNote(note)
}

// noteHeads notes how far our chains have come.
func (s *Store) noteHeads(ctx context.Context) (err error) {
	if s.outside == "" || s.sync.noted.Incarnation == "" {
		return nil
	}
	heads, err := s.ownHeads(ctx)
	if err != nil || slices.Equal(heads, s.sync.noted.Heads) {
		return err
	}
	s.sync.noted.Heads = heads
	return s.writeNote(s.sync.noted)
}

func (s *Store) ownHeads(ctx context.Context) ([]noteOfOwn, error) {
	heads, err := journal.Heads(ctx, s.db.Reader)
	if err != nil {
		return nil, sealed.Classify(err)
	}
	var out []noteOfOwn
	for _, h := range heads {
		if h.Device == s.session.Device() {
			out = append(out, noteOfOwn{h.Chain, h.Seq, hex.EncodeToString(h.Hash[:])})
		}
	}
	return out, nil
}

func (s *Store) writeNote(note outsideNote) error {
	text, err := json.Marshal(note)
	if err == nil {
		err = writeDurably(s.notePath(), text)
	}
	if err != nil {
		return outsideFault(err, s.outside)
	}
	return nil
}

// writeDurably replaces a small file: it is the old one or the new, after any
// break.
func writeDurably(path string, content []byte) (err error) {
	f, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// caseDevice is the row of meta that names the identity to which the letters of
// case numbers belong.
const caseDevice = "case_device"

// settleLetters gives a new identity letters of its own.
func (s *Store) settleLetters(ctx context.Context) error {
	of, err := s.meta(ctx, caseDevice)
	if err != nil || of == "" || of == s.session.Device().String() {
		return err
	}
	return s.journal.Local(ctx, func(jtx *journal.Tx) error {
		return (&Tx{Tx: jtx, s: s}).renewCaseLetters(s.session.Device())
	})
}

// MaxClockOffset is by how much a server's clock may differ from this computer's and
// still be followed. Beyond it one of the two is badly wrong, and a stamp from far
// ahead would stand before all that is written after it for good.
const MaxClockOffset = 24 * time.Hour

// CorrectClock sets by how much a server's clock is ahead of this computer's;
// entries are stamped by the server's from then on. An offset beyond MaxClockOffset
// is not taken, in either direction: what was known before stays, and false says so.
func (s *Store) CorrectClock(offset time.Duration) (taken bool) {
	if offset > MaxClockOffset || offset < -MaxClockOffset {
		return false
	}
	s.offset.Store(int64(offset))
	return true
}

// stamp is the clock that entries are stamped by. It never stands before what a
// former identity of this directory has written: its entries and ours may have to
// stand in one chain (branch).
func (s *Store) stamp() time.Time {
	now := s.now().Add(time.Duration(s.offset.Load()))
	if floor := time.UnixMilli(s.floor.Load()); now.Before(floor) {
		return floor
	}
	return now
}

// knownFloor finds the last stamp of the former identities.
func (s *Store) knownFloor(ctx context.Context) error {
	formers, err := s.formers(ctx)
	if err != nil || len(formers) == 0 {
		return err
	}
	last, err := scalar[int64](s.Reader(ctx), `SELECT coalesce(max(e.hlc), 0) FROM entry e JOIN device d ON d.n = e.device
		WHERE d.id IN (SELECT unhex(value) FROM json_each(?))`, jsonList(hexed(formers)))
	if err == nil && last > 0 {
		s.floor.Store(max(s.floor.Load(), ledger.HLC(last).Time().UnixMilli()+1))
	}
	return err
}

// knownOffset takes over what the last contact with a server has shown.
func (s *Store) knownOffset(ctx context.Context) error {
	links, err := readLinks(s.Reader(ctx))
	if err != nil {
		return err
	}
	var last time.Time
	for _, l := range links {
		if l.Reached.After(last) {
			last = l.Reached
			s.CorrectClock(l.Offset)
		}
	}
	return nil
}
