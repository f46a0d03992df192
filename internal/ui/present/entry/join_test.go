package entry_test

import (
	"context"
	"os"
	"testing"

	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// R7.7: who has a code joins a clinic that exists, works there by the password of the
// other workstations, and what goes wrong stands at its field and leaves nothing.
func TestJoin(t *testing.T) {
	ctx, there := t.Context(), presenttest.Open(t, translations.Russian)
	accept := presenttest.Invite(t, there.Store, "Кабинет 2")
	dir := t.TempDir()
	var refuse error
	begun := 0
	g := entry.NewGate(entry.Config{
		Dir: dir, Lang: translations.Russian, Templates: demo.Templates(), Now: there.Now, Cost: presenttest.Cheap, CacheMB: 8,
		Exchange: func(*store.Store) (present.Sync, func()) { begun++; return nil, func() { begun-- } },
		Join: func(ctx context.Context, j present.Joining) (*store.Store, error) {
			if refuse != nil {
				return nil, refuse
			}
			st, err := accept(ctx, j.Dir, j.Login, j.Password, j.Options)
			if err != nil {
				return nil, err
			}
			presenttest.Carry(t, there.Store, st)
			j.Progress(7, 7, true)
			return st, nil
		},
	})
	if g.Look() != entry.Founding {
		t.Fatal(g.State())
	}
	w := g.Wizard()
	w.StartJoin()
	if w.Step != entry.JoinIt || !w.CanGoBack() {
		t.Fatal(w.Step)
	}
	if w.CheckJoin() || len(w.Errors) != 4 {
		t.Fatalf("empty fields pass: %v", w.Errors)
	}
	w.Server, w.Code, w.JoinLogin, w.Password = "sync.example.org", "7K2QD-9XW4M", "ozernaya", "не тот пароль"
	for key, field := range map[string]string{
		"fault.sync.code_unknown": "code", "fault.sync.code_typed": "code", "fault.sync.unreachable": "address", "fault.sync.busy": "",
	} {
		refuse = fault.New(fault.NotFound, key, "host", "sync.example.org", "seconds", 1)
		if !w.CheckJoin() {
			t.Fatal(w.Errors)
		}
		if err := w.Join(ctx, func(entry.JoinProgress) {}); err == nil {
			t.Fatal("went through")
		}
		if field != "" && w.Errors[field].Text == "" || field == "" && w.Said().Text == "" {
			t.Errorf("%s stands not at %q: %v %v", key, field, w.Errors, w.Said())
		}
	}
	refuse = nil
	if !w.CheckJoin() {
		t.Fatal(w.Errors)
	}
	if err := w.Join(ctx, func(entry.JoinProgress) {}); !fault.Is(err, fault.Password) || w.Errors["password"].Text == "" {
		t.Fatalf("%v %v", err, w.Errors)
	}
	if files, err := os.ReadDir(dir); err != nil || g.Look() != entry.Founding {
		t.Fatal("something was left", files, err)
	}
	w.Password = presenttest.Password
	var last entry.JoinProgress
	if err := w.Join(ctx, func(p entry.JoinProgress) { last = p }); err != nil || last.Share() != 1 || !last.Ready {
		t.Fatal(err, last)
	}
	if err := w.Finish(ctx); err != nil || g.State() != entry.Working || begun != 1 {
		t.Fatal(err, g.State(), begun)
	}
	s := g.Session()
	if s.User.Login != "ozernaya" || s.Store.Session().Device() == there.Store.Session().Device() || s.Clinic.Title != there.Clinic.Title {
		t.Fatalf("%+v", s.User)
	}
	if err := g.Close(ctx); err != nil || begun != 0 {
		t.Fatal(err, begun)
	}
}
