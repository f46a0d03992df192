package syncer_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/online/syncer"
	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

var cheap = vault.Params{Time: 1, Memory: 8, Threads: 1}

const (
	login    = "admin"
	password = "пароль главного 1"
)

// hub is a real server over a real database, on one address for its whole life.
type hub struct {
	t    testing.TB
	dir  string
	addr string

	mu    sync.Mutex
	depot depot.Depot
	stop  context.CancelFunc
	ended chan error
}

func newHub(t testing.TB) *hub {
	t.Helper()
	h := &hub{t: t, dir: t.TempDir(), addr: "127.0.0.1:0"}
	h.start()
	t.Cleanup(h.end)
	return h
}

func (h *hub) url() string { return "https://" + h.addr }

func (h *hub) start() {
	h.t.Helper()
	d, err := depot.Open(context.Background(), filepath.Join(h.dir, "hub.db"), filepath.Join(h.dir, "blobs"))
	if err != nil {
		h.t.Fatal(err)
	}
	cert, err := server.OwnCertificate(filepath.Join(h.dir, "hub.pem"), time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := net.Listen("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.addr = l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	srv := server.New(server.Options{Depot: d, Certificate: cert})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.depot, h.stop, h.ended = d, stop, make(chan error, 1)
	go func(ended chan error) { ended <- srv.Serve(ctx, l) }(h.ended)
}

// end stops the server in order; start begins anew on the same address.
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == nil {
		return
	}
	h.stop()
	if err := <-h.ended; err != nil {
		h.t.Error(err)
	}
	if err := h.depot.Close(); err != nil {
		h.t.Error(err)
	}
	h.stop = nil
}

// code is what the operator gives a clinic.
func (h *hub) code() wire.Code {
	h.t.Helper()
	c := wire.NewCode()
	err := h.depot.AddCode(context.Background(), depot.LinkCode{ID: c.ID(), Key: c.MACKey(), Name: "Проба", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// station is a workstation.
type station struct {
	t   testing.TB
	dir string
	*store.Store
}

func founded(t testing.TB) *station {
	t.Helper()
	dir := t.TempDir()
	s, _, err := store.Found(context.Background(), dir, store.Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia, Zone: "Europe/Moscow", Language: "ru"},
		Admin:        clinic.Staff{Login: login, Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}, Active: true},
		Password:     password, DeviceName: "первая", Params: cheap,
	}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	st := &station{t, dir, s}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// linked is a clinic with a server.
func linked(t testing.TB, h *hub) *station {
	t.Helper()
	st := founded(t)
	if err := syncer.Link(context.Background(), st.Store, h.url(), h.code()); err != nil {
		t.Fatal(err)
	}
	return st
}

// joined is one more workstation of a clinic; nothing is fetched yet.
func (s *station) joined(h *hub, name string) *station {
	s.t.Helper()
	code, until, err := syncer.Invite(context.Background(), s.Store, name)
	if err != nil {
		s.t.Fatal(err)
	}
	if left := time.Until(until); left <= 0 || left > wire.InviteLives {
		s.t.Fatalf("the invitation lives for %v", left)
	}
	dir := filepath.Join(s.t.TempDir(), name)
	st, err := syncer.Join(context.Background(), dir, h.url(), code, login, password, store.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	j := &station{s.t, dir, st}
	s.t.Cleanup(func() { _ = j.Close() })
	return j
}

// reopen closes and opens the workstation, as its program does.
func (s *station) reopen(o store.Options) {
	s.t.Helper()
	if err := s.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open(o)
}

func (s *station) open(o store.Options) {
	s.t.Helper()
	st, err := store.Open(context.Background(), s.dir, login, password, o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Store = st
}

// sync exchanges once.
func (s *station) sync() syncer.Report {
	s.t.Helper()
	r, err := s.trySync()
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *station) trySync() (syncer.Report, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return syncer.New(s.Store, syncer.Options{}).Once(ctx)
}

// patient registers a card.
func (s *station) patient(family string) clinic.Patient {
	s.t.Helper()
	p := clinic.Patient{
		Name: clinic.Name{Family: family, Given: "Пётр"}, Sex: clinic.Male, BirthDate: "1980-05-17",
		Contacts: []clinic.Contact{{Kind: "phone", Value: "+7 916 000-00-01"}},
	}
	err := s.Update(context.Background(), journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) })
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// rename changes a card.
func (s *station) rename(id clinic.ID, family string) {
	s.t.Helper()
	err := s.Update(context.Background(), journal.Act{Intent: "patient.edit"}, func(tx *store.Tx) error {
		p, err := tx.Patient(id)
		if err != nil {
			return err
		}
		p.Family = family
		return tx.PutPatient(&p)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) family(id clinic.ID) string {
	s.t.Helper()
	p, err := s.Reader(context.Background()).Patient(id)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.Family
}

// verify checks the ledger and holds the tables against it.
func (s *station) verify() {
	s.t.Helper()
	if _, err := s.Verify(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// families lists the cards.
func (s *station) families() string {
	s.t.Helper()
	var out []string
	for p, err := range s.Reader(context.Background()).Patients {
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s", p.ID, p.CaseNumber, p.Family))
	}
	slices.Sort(out) // they stand in the order in which they came
	return strings.Join(out, "\n")
}

// same fails unless all workstations are in the same state.
func same(t testing.TB, all ...*station) {
	t.Helper()
	want := all[0].families()
	for _, s := range all {
		s.verify()
		if got := s.families(); got != want {
			t.Fatalf("workstations differ:\n%s\n%s", want, got)
		}
	}
}

// copyDir copies a closed workstation's directory.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
