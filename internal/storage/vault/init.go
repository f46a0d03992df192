package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// InitParams describe a new vault and its first user, who is an administrator.
type InitParams struct {
	Organisation ledger.ID
	// Scope is the id of the first legal entity; zero draws one.
	Scope      ledger.ID
	Login      string
	UserID     ledger.ID
	Password   string
	DeviceName string
	// Params are the cost of the password function; zero means the default
	// (64 MiB, 3 passes, 2 threads). Tests pass cheap ones.
	Params Params
}

func (p *InitParams) check() (err error) {
	if p.Login, err = cleanLogin(p.Login); err != nil {
		return err
	}
	if err := checkPassword(p.Password); err != nil {
		return err
	}
	if p.Organisation.IsZero() || p.UserID.IsZero() {
		return fault.At("id", "vault.user.no_id")
	}
	if len(p.DeviceName) > maxName || !utf8.ValidString(p.DeviceName) {
		return fault.At("device", "vault.device.name")
	}
	if p.Params == (Params{}) {
		p.Params = defaultParams
	}
	if !p.Params.valid() {
		return fault.At("params", "vault.params")
	}
	if p.Scope.IsZero() {
		p.Scope = ledger.NewID()
	}
	return nil
}

// Init makes a vault in an existing directory and unlocks it. The phrase is
// shown to the user once and kept nowhere; with it Recover opens the vault when
// every password is forgotten. Faults: Invalid, Conflict when a vault is there,
// NotFound when the directory is not, Space.
func Init(dir string, p InitParams) (s *Session, phrase string, err error) {
	if err := checkDir(dir); err != nil {
		return nil, "", err
	}
	return initialise(osDisk{}, dir, p)
}

func initialise(d disk, dir string, p InitParams) (*Session, string, error) {
	if err := p.check(); err != nil {
		return nil, "", err
	}
	var phrase string
	s, err := create(d, dir, func() (s *Session, err error) {
		s, phrase, err = build(d, dir, p)
		return s, err
	})
	if err != nil {
		return nil, "", err
	}
	return s, phrase, nil
}

// create makes the files of a vault that build fills, or leaves none.
func create(d disk, dir string, build func() (*Session, error)) (*Session, error) {
	if err := claim(d, dir); err != nil {
		return nil, err
	}
	s, err := build()
	if err == nil {
		if err = finish(d, dir); err == nil {
			return s, nil
		}
	}
	if s != nil {
		s.wipe()
	}
	// The marker, put back if need be, makes what is left no vault.
	_ = mark(d, dir)
	_ = unmake(d, dir)
	return nil, err
}

// build makes the contents and writes the files.
func build(d disk, dir string, p InitParams) (*Session, string, error) {
	s := &Session{store: newSlotsStore(d, dir), userID: p.UserID, params: p.Params}
	randomBytes(s.db[:])
	var err error
	if s.user, err = newIdentity(); err != nil {
		return s, "", err
	}
	if s.device, err = newIdentity(); err != nil {
		return s, "", err
	}
	b := &body{
		Organisation: p.Organisation, Device: ledger.NewID(), DeviceName: p.DeviceName, Root: ledger.NewID(),
	}
	s.body, s.userCert = b, b.Root
	keys := s.device.bytes()
	b.DeviceKeys = Seal(&s.db, b.deviceContext(), keys)
	clear(keys)
	phrase, err := s.firstCertificates(b, p)
	if err != nil {
		return s, "", err
	}
	slot := newUserSlot(b, p.UserID, p.Login, p.Password, p.Params, &s.user)
	slot.Grant, slot.Certificate = 1, b.Root
	by := s.userSigner()
	defer clear(by.key)
	slot.sign(b.Organisation, by)
	b.putSlot(slot)
	if err := s.verify(); err != nil {
		return s, "", err
	}
	device := s.deviceSigner()
	defer clear(device.key)
	if err := b.fitOpeners(s.certs, s.ended, &s.db, device); err != nil {
		return s, "", err
	}
	if s.ring, err = createKeyring(d, dir, &s.db); err != nil {
		return s, "", err
	}
	if err := s.store.save(b, &s.db); err != nil {
		return s, "", err
	}
	return s, phrase, nil
}

// firstCertificates makes the root, the device's and the phrase's certificate,
// and the first scope key sealed to the three.
func (s *Session) firstCertificates(b *body, p InitParams) (phrase string, err error) {
	receive, err := publicReceiveKey(&s.user.receive)
	if err != nil {
		return "", err
	}
	root := Certificate{
		Version: certVersion, ID: b.Root, Kind: CertUser, Organisation: b.Organisation,
		Subject: p.UserID, Name: p.Login, SignKey: s.user.publicSign(), ReceiveKey: receive,
		Issues: true, IssuedAt: now(), Issuer: b.Root,
	}
	if receive, err = publicReceiveKey(&s.device.receive); err != nil {
		return "", err
	}
	key := s.user.signer()
	defer clear(key)
	device, signed := s.certify(Certificate{
		Kind: CertDevice, Subject: b.Device, Name: p.DeviceName,
		SignKey: s.device.publicSign(), ReceiveKey: receive,
	})
	b.Certificates = []Signed{sign(key, certLabel, root), signed}
	s.certs, _ = VerifyCertificates(b.Organisation, b.Root, b.Certificates)

	var scope [KeySize]byte
	randomBytes(scope[:])
	b.Scopes = []scopeEpoch{{Scope: p.Scope, Epoch: 1}}
	s.scopes = map[scopeKey]*[KeySize]byte{{p.Scope, 1}: &scope}
	for _, reader := range []Certificate{root, device} {
		if err := s.shareScopes(b, reader); err != nil {
			return "", err
		}
	}
	return s.newPhrase(b)
}

// The marker stands while Init works: a directory that has it holds no vault,
// and the next Init starts afresh.
const marker = "vault.new"

// unfinished is sure of the marker: what can't be read is never taken for one,
// because Init removes what stands beside it.
func unfinished(d disk, dir string) bool {
	_, err := d.size(filepath.Join(dir, marker))
	return err == nil
}

// claim makes sure that no vault is there and sets the marker.
func claim(d disk, dir string) error {
	if unfinished(d, dir) {
		return spaceFault(unmake(d, dir))
	}
	if newSlotsStore(d, dir).pair.exists() || keyringPair(d, dir).exists() {
		return fault.New(fault.Conflict, "vault.exists")
	}
	return spaceFault(mark(d, dir))
}

func mark(d disk, dir string) error {
	f, err := d.open(filepath.Join(dir, marker), os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return d.syncDir(dir)
}

// unmake removes what an unfinished Init wrote; the marker stays.
func unmake(d disk, dir string) error {
	for _, p := range []pair{newSlotsStore(d, dir).pair, keyringPair(d, dir)} {
		for i := range copies {
			for _, suffix := range []string{".tmp", ".old", ""} {
				err := d.remove(p.path(i) + suffix)
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
	}
	return d.syncDir(dir)
}

// finish makes the vault one.
func finish(d disk, dir string) error {
	if err := d.remove(filepath.Join(dir, marker)); err != nil {
		return spaceFault(err)
	}
	return spaceFault(d.syncDir(dir))
}
