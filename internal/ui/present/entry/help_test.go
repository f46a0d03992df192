package entry_test

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

const (
	secret = "медный трактор едет"
	nurse  = "сестра"
	hers   = "синий самовар поёт"
)

// station is a workstation at its gate, with a clock that tests move.
type station struct {
	*entry.Gate
	t   *testing.T
	dir string
	now time.Time
}

func newStation(t *testing.T, dir string) *station {
	t.Helper()
	s := &station{t: t, dir: dir, now: presenttest.Now}
	s.start()
	return s
}

// start is the program's start.
func (s *station) start() {
	s.Gate = entry.NewGate(entry.Config{
		Dir: s.dir, Lang: translations.Russian, Templates: demo.Templates(), Cost: presenttest.Cheap, CacheMB: 8,
		Now: func() time.Time { return s.now },
	})
	s.t.Cleanup(func() { _ = s.Close(context.Background()) })
}

// founded is a station with a clinic of two users, closed, at its login.
func founded(t *testing.T) *station {
	t.Helper()
	s := newStation(t, t.TempDir())
	w := s.wizard()
	if err := w.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	session := s.Session()
	_, err := session.Users.Add(t.Context(), clinic.Staff{
		Login: nurse, Name: clinic.Name{Family: "Ласточкина", Given: "Ирина"}, Roles: []clinic.Role{clinic.Nurse},
	}, hers)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.start()
	if got := s.Look(); got != entry.Login {
		t.Fatal("after founding the program begins in", got)
	}
	return s
}

// wizard goes through the first start up to its last page.
func (s *station) wizard() *entry.Wizard {
	s.t.Helper()
	if got := s.Look(); got != entry.Founding {
		s.t.Fatal("an empty directory begins in", got)
	}
	w := entry.NewWizard(s.Gate)
	w.Start(false)
	w.Title = "Амбулатория «Родник»"
	must(s.t, w.Next())
	w.Name("Озёрная", "Вера", "Павловна")
	must(s.t, w.Next())
	w.Password, w.Again = secret, secret
	must(s.t, w.CheckPassword())
	if err := w.Found(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	must(s.t, w.Next())
	asked, words := w.Asked(), w.Words24()
	must(s.t, w.Answer(context.Background(), [2]string{words[asked[0]-1], words[asked[1]-1]}))
	return w
}

func must(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.Fatal("refused")
	}
}

func (s *station) enter(login, password string) {
	s.t.Helper()
	if err := s.Enter(context.Background(), login, password); err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) seats() []access.Seat {
	s.t.Helper()
	list, err := s.Seats(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}
