package store

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/vault"
)

// Invitation is what a workstation that is to come needs, made here in full: its
// identity, certified by the user at work, and all keys. Plain is as secret as the
// whole clinic: it leaves this computer sealed under a pairing code only.
type Invitation struct {
	Device  ledger.ID
	SignKey []byte // Ed25519, for the server
	Plain   []byte // for Join
}

// inviteMagic begins an invitation's Plain; then come one byte with the length of
// the letters for case numbers, these in UTF-8, and what package vault made.
const inviteMagic = "FELDINV\x01"

// Invite makes an invitation, with letters for case numbers that no other
// workstation has (R1.2), and publishes the new workstation's certificate; the
// clinic must be linked, or have joined. Faults: Forbidden when the user at work is
// no administrator.
func (s *Store) Invite(ctx context.Context, name string) (*Invitation, error) {
	s.writing.Lock()
	inv, changed, err := s.invite(ctx, name)
	s.writing.Unlock()
	s.signal(changed)
	return inv, sealed.Classify(err)
}

func (s *Store) invite(ctx context.Context, name string) (*Invitation, []string, error) {
	if err := s.alive(); err != nil {
		return nil, nil, err
	}
	var letters string
	// The letters are spent before they are given out: a break wastes them.
	err := s.journal.Local(ctx, func(jtx *journal.Tx) (err error) {
		letters, err = (&Tx{Tx: jtx, s: s}).giveCaseLetters()
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	made, err := s.session.Invite(name)
	if err != nil {
		return nil, nil, err
	}
	changed, err := s.publish(ctx, "device.invite")
	if err != nil {
		return nil, nil, err
	}
	plain := append([]byte(inviteMagic), byte(len(letters)))
	plain = append(append(plain, letters...), made.Plain...)
	return &Invitation{Device: made.Device, SignKey: made.SignKey, Plain: plain}, changed, nil
}

func readInvitation(plain []byte) (letters string, rest []byte, err error) {
	bad := fault.New(fault.Invalid, "fault.join.invitation")
	text, ok := strings.CutPrefix(string(plain), inviteMagic)
	if !ok || len(text) < 1 || len(text) < 1+int(text[0]) {
		return "", nil, bad
	}
	letters = text[1 : 1+int(text[0])]
	if letters == "" || !utf8.ValidString(letters) || strings.ContainsAny(letters, "-\x00") {
		return "", nil, bad
	}
	return letters, plain[len(inviteMagic)+1+len(letters):], nil
}

// Join makes a workstation of an invitation in a directory that has no clinic, and
// opens it for a user of the clinic, by the password that the user has on the
// others. Its tables are empty until entries are applied. Faults: Invalid for what
// is no invitation, Password, Conflict where a clinic is, Space. After a fault, and
// after a break, Join may be repeated with the same invitation.
func Join(ctx context.Context, dir string, invitation []byte, login, password string, o Options) (*Store, error) {
	letters, plain, err := readInvitation(invitation)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); errIsReadOnly(err) {
		return nil, fault.Wrap(err, fault.Space, "fault.dir.readonly", "dir", dir)
	} else if err != nil {
		return nil, fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", dir)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := newStore(dir, lock, o)
	if err := s.join(ctx, letters, plain, vault.JoinParams{Login: login, Password: password}, o); err != nil {
		return nil, errors.Join(err, s.Close(), abandonFounding(dir, err))
	}
	return s, nil
}

func (s *Store) join(ctx context.Context, letters string, plain []byte, p vault.JoinParams, o Options) (err error) {
	if err := beginFounding(s.dir); err != nil {
		return err
	}
	if s.session, err = vault.Join(s.dir, plain, p); err != nil {
		return err
	}
	if err := s.createDatabase(ctx, o); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	err = s.Local(ctx, func(tx *Tx) error {
		if err := tx.putMeta("joined", "1"); err != nil {
			return err
		}
		return tx.setCasePrefix(letters)
	})
	if err == nil {
		s.writing.Lock()
		err = sealed.Classify(s.introduceSelf(ctx, s.session.User()))
		s.writing.Unlock()
	}
	if err != nil {
		return err
	}
	s.fresh = true
	return endFounding(s.dir)
}

// createDatabase makes the empty database under the vault's key.
func (s *Store) createDatabase(ctx context.Context, o Options) (err error) {
	key := s.session.DatabaseKey()
	s.db, err = sealed.Create(ctx, s.path(), key, sealedOptions(o, nil))
	clear(key[:])
	if err != nil {
		return err
	}
	return s.session.SetDatabaseSalt([16]byte(s.db.Salt()))
}

// Case numbers begin with letters that no two workstations share (R1.2), and each
// workstation gives letters to those it invites without asking anybody. The
// founder has the first code, А, and gives the following ones; others put a code
// behind their own. The last letter of the row begins a longer code, so no code
// begins another, and a chain of them reads in one way only.
var caseLetters = []rune("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ")

func caseCode(n int) string {
	last := len(caseLetters) - 1
	return strings.Repeat(string(caseLetters[last]), n/last) + string(caseLetters[n%last])
}

// giveCaseLetters spends the next letters that this workstation may give.
func (tx *Tx) giveCaseLetters() (string, error) {
	own, err := tx.meta("case_prefix")
	if err != nil {
		return "", err
	}
	text, err := tx.meta("case_given")
	if err != nil {
		return "", err
	}
	given := 0
	if text != "" {
		if given, err = strconv.Atoi(text); err != nil {
			return "", fault.Wrap(err, fault.Damaged, "fault.store.counter")
		}
	}
	if err := tx.putMeta("case_given", strconv.Itoa(given+1)); err != nil {
		return "", err
	}
	return caseGiven(own, given), nil
}

// caseGiven gives the letters for the next workstation that one with the given
// letters invites, after so many.
func caseGiven(own string, given int) string {
	if own == caseCode(0) {
		return caseCode(given + 1)
	}
	return own + caseCode(given)
}

func (tx *Tx) meta(name string) (string, error) {
	v, err := scalar[[]byte](tx, `SELECT value FROM meta WHERE name = ?`, name)
	return string(v), err
}

// renewCaseLetters gives a workstation that has a new identity letters of its own:
// those of before, and four digits and Latin letters drawn from the identity, which
// no code has.
func (tx *Tx) renewCaseLetters(device ledger.ID) error {
	own, err := tx.meta("case_prefix")
	if err != nil {
		return err
	}
	own = strings.TrimRight(own, caseDigits)
	sum := sha256.Sum256(device[:])
	return tx.setCasePrefix(own + base32.NewEncoding(caseDigits).EncodeToString(sum[:5])[:4])
}

// caseDigits are base 32 without what looks like another.
const caseDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
