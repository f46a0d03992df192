package access_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

const (
	admin    = "главный"
	password = "верный пароль"
	first    = "первый пароль"
)

// office is a clinic on disk with its administrator at work.
type office struct {
	*access.Users
	t   *testing.T
	dir string
	s   *store.Store
	who *access.User
}

func found(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir()}
	s, _, err := store.Found(context.Background(), o.dir, store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: password, Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{Login: admin, Roles: []clinic.Role{clinic.Administrator}, Active: true},
	}, store.Options{CacheMB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.s.Close() })
	o.sit(s)
	return o
}

func (o *office) sit(s *store.Store) {
	o.t.Helper()
	o.s = s
	who, err := access.Whoami(context.Background(), s)
	if err != nil {
		o.t.Fatal(err)
	}
	o.who, o.Users = who, access.NewUsers(s, who)
}

// change closes the clinic and opens it for somebody else.
func (o *office) change(login, password string) error {
	o.t.Helper()
	if err := o.s.Close(); err != nil {
		o.t.Fatal(err)
	}
	s, err := store.Open(context.Background(), o.dir, login, password, store.Options{CacheMB: 8})
	if err != nil {
		return err
	}
	who, err := access.Whoami(context.Background(), s)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	o.s, o.who, o.Users = s, who, access.NewUsers(s, who)
	return nil
}

func (o *office) enter(login, password string) {
	o.t.Helper()
	if err := o.change(login, password); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) add(login string, roles ...clinic.Role) clinic.Staff {
	o.t.Helper()
	s, err := o.Add(context.Background(), clinic.Staff{Login: login, Name: clinic.Name{Family: "Ким"}, Roles: roles}, first)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

func refused(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || key != "" && f.Key != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

// TestUsersCome: a user who was added opens the clinic with the roles given (R11.2).
func TestUsersCome(t *testing.T) {
	o, ctx := found(t), context.Background()
	nurse := o.add(" сестра ", clinic.Nurse)
	if nurse.Login != "сестра" || !nurse.Active || nurse.ID.IsZero() {
		t.Errorf("added: %+v", nurse)
	}
	list, err := o.List(ctx)
	if err != nil || len(list) != 2 {
		t.Errorf("%d users, %v", len(list), err)
	}
	refused(t, o.change("сестра", password), fault.Password, "")
	o.enter("СЕСТРА", first)
	if o.who.ID != nurse.ID || o.who.Family != "Ким" || !o.who.May(clinic.WriteCare) || o.who.May(clinic.Prescribe) {
		t.Errorf("at work: %+v", o.who.Staff)
	}
	refused(t, o.who.Require(clinic.ManageUsers), fault.Forbidden, "fault.access.right")
}

// TestBadUsers: what can't be a user is refused, and neither row nor slot is left.
func TestBadUsers(t *testing.T) {
	o, ctx := found(t), context.Background()
	good := clinic.Staff{Login: "новый", Roles: []clinic.Role{clinic.Doctor}}
	for name, c := range map[string]struct {
		change   func(*clinic.Staff)
		password string
		field    string
	}{
		"no login":       {func(s *clinic.Staff) { s.Login = "  " }, first, "login"},
		"control":        {func(s *clinic.Staff) { s.Login = "а\x00б" }, first, "login"},
		"long login":     {func(s *clinic.Staff) { s.Login = strings.Repeat("ы", 2000) }, first, "login"},
		"no role":        {func(s *clinic.Staff) { s.Roles = nil }, first, "roles"},
		"unknown role":   {func(s *clinic.Staff) { s.Roles = []clinic.Role{"доктор"} }, first, "roles"},
		"mirrored":       {func(s *clinic.Staff) { s.Given = "\u202eнавИ" }, first, "given"},
		"name":           {func(s *clinic.Staff) { s.Family = "\xff" }, first, "family"},
		"long order":     {func(s *clinic.Staff) { s.Order = strings.Repeat("ы", 1001) }, first, "order"},
		"no password":    {func(*clinic.Staff) {}, "", "password"},
		"short":          {func(*clinic.Staff) {}, "семь зн", "password"},
		"no text":        {func(*clinic.Staff) {}, "\xff\xfe\xfd\xff\xfe\xfd\xff\xfe", "password"},
		"endless":        {func(*clinic.Staff) {}, strings.Repeat("п", 600), "password"},
		"short composed": {func(*clinic.Staff) {}, "и\u0306и\u0306и\u0306и\u0306", "password"}, // four letters й
	} {
		s := good
		c.change(&s)
		_, err := o.Add(ctx, s, c.password)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != c.field {
			t.Errorf("%s: %v, want Invalid at %s", name, err, c.field)
		}
	}
	if users, rows := o.s.Session().Users(), mustList(t, o); len(users) != 1 || len(rows) != 1 {
		t.Errorf("%d slots and %d rows are there", len(users), len(rows))
	}
}

func mustList(t *testing.T, o *office) []clinic.Staff {
	t.Helper()
	all, err := o.s.Reader(context.Background()).AllStaff()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLoginsOnce: a login is one user's, however it is written; one that was removed
// may be given again.
func TestLoginsOnce(t *testing.T) {
	o, ctx := found(t), context.Background()
	o.add("Андрей", clinic.Doctor)
	for _, login := range []string{"Андрей", "андрей", " АНДРЕЙ ", "Андреи\u0306"} {
		_, err := o.Add(ctx, clinic.Staff{Login: login, Roles: []clinic.Role{clinic.Nurse}}, first)
		refused(t, err, fault.Conflict, "")
	}
	if err := o.Remove(ctx, " андрей"); err != nil {
		t.Fatal(err)
	}
	again := o.add("андрей", clinic.Nurse)
	o.enter("андрей", first)
	if o.who.ID != again.ID || o.who.Has(clinic.Doctor) {
		t.Error("the new user is the old one")
	}
}

// TestRemoved: who was removed opens nothing, stays on the records, may come back, and
// a second removal finds nothing to do.
func TestRemoved(t *testing.T) {
	o, ctx := found(t), context.Background()
	kim := o.add("ким", clinic.Doctor)
	if err := o.Remove(ctx, "ким"); err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(ctx, "ким"); err != nil {
		t.Errorf("a second removal: %v", err)
	}
	refused(t, o.Remove(ctx, "никто"), fault.NotFound, "fault.user.none")
	if list, err := o.List(ctx); err != nil || len(list) != 1 {
		t.Errorf("%d users, %v", len(list), err)
	}
	if row, err := o.s.Reader(ctx).Staff(kim.ID); err != nil || row.Active || row.Family != "Ким" {
		t.Errorf("the member of staff: %+v, %v", row, err)
	}
	refused(t, o.change("ким", first), fault.Password, "")
	o.enter(admin, password)
	kim.Roles = []clinic.Role{clinic.Nurse}
	back, err := o.Add(ctx, kim, "другой пароль")
	if err != nil || back.ID != kim.ID {
		t.Fatalf("coming back: %v", err)
	}
	o.enter("ким", "другой пароль")
}

// TestUnfinished: what a break between key and row has left keeps nobody out and lets
// nobody in.
func TestUnfinished(t *testing.T) {
	o, ctx := found(t), context.Background()
	slot := vault.NewUser{ID: clinic.NewID(), Login: "Новый", Password: "пароль сироты"}
	if err := o.s.Session().AddUser(slot); err != nil {
		t.Fatal(err)
	}
	refused(t, o.change("новый", "пароль сироты"), fault.NotFound, "")
	o.enter(admin, password)
	o.add("новый", clinic.Doctor)
	refused(t, o.change("новый", "пароль сироты"), fault.Password, "")
	o.enter("новый", first)
	// The row says gone, the slot is still there: refused at the door.
	o.enter(admin, password)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := o.Add(cancelled, clinic.Staff{Login: "третий", Roles: []clinic.Role{clinic.Doctor}}, first); err == nil {
		t.Error("added by a cancelled call")
	}
	if n := len(o.s.Session().Users()); n != 2 {
		t.Errorf("%d slots are there", n)
	}
	o.add("третий", clinic.Doctor)
}

// TestLastAdministrator: somebody must be left who can add users, and nobody removes
// themselves.
func TestLastAdministrator(t *testing.T) {
	o, ctx := found(t), context.Background()
	refused(t, o.Remove(ctx, admin), fault.Conflict, "fault.user.last_administrator")
	demote := func(s clinic.Staff) (clinic.Staff, error) {
		s.Roles = []clinic.Role{clinic.Doctor}
		return s, nil
	}
	_, err := o.Edit(ctx, admin, demote)
	refused(t, err, fault.Conflict, "fault.user.last_administrator")
	o.add("второй", clinic.Administrator)
	refused(t, o.Remove(ctx, admin), fault.Conflict, "fault.user.self")
	o.enter("второй", first)
	if err := o.Remove(ctx, admin); err != nil {
		t.Fatal(err)
	}
	refused(t, o.Remove(ctx, "второй"), fault.Conflict, "fault.user.last_administrator")
	o.add("третий", clinic.Administrator)
	if _, err := o.Edit(ctx, "второй", demote); err != nil {
		t.Fatal(err)
	}
	o.enter("второй", first)
	if o.who.May(clinic.ManageUsers) {
		t.Error("the demoted one still manages users")
	}
	o.enter("третий", first)
	o.add("четвёртый", clinic.Nurse)
}

// TestEdit: roles and the head's order change, login and entry don't; who becomes an
// administrator can add users (R11.2).
func TestEdit(t *testing.T) {
	o, ctx := found(t), context.Background()
	kim := o.add("ким", clinic.Feldsher)
	edited, err := o.Edit(ctx, "КИМ", func(s clinic.Staff) (clinic.Staff, error) {
		s.ID, s.Login, s.Active = clinic.NewID(), "чужой", false
		s.Order, s.Roles, s.Position = "приказ № 7", append(s.Roles, clinic.Administrator), "фельдшер"
		return s, nil
	})
	if err != nil || edited.ID != kim.ID || edited.Login != "ким" || !edited.Active {
		t.Fatalf("%+v, %v", edited, err)
	}
	for name, change := range map[string]func(*clinic.Staff){
		"roles":    func(s *clinic.Staff) { s.Roles = nil },
		"position": func(s *clinic.Staff) { s.Position = "\x00" },
	} {
		_, err := o.Edit(ctx, "ким", func(s clinic.Staff) (clinic.Staff, error) { change(&s); return s, nil })
		var f *fault.Error
		if !errors.As(err, &f) || f.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = o.Edit(ctx, "никто", nil)
	refused(t, err, fault.NotFound, "")
	o.enter("ким", first)
	if !o.who.May(clinic.Prescribe) || !slices.Contains(o.who.Roles, clinic.Administrator) || o.who.Position != "фельдшер" {
		t.Errorf("at work: %+v", o.who.Staff)
	}
	o.add("сестра", clinic.Nurse)
}

// TestPasswords: the old one must be right, the new one long enough, and only the new
// one opens afterwards (R11.1).
func TestPasswords(t *testing.T) {
	o := found(t)
	refused(t, o.ChangePassword("не тот пароль", "новый пароль"), fault.Password, "")
	refused(t, o.ChangePassword(password, "короткий"[:14]), fault.Invalid, "vault.password.short")
	if err := o.ChangePassword(password, "новый пароль"); err != nil {
		t.Fatal(err)
	}
	refused(t, o.change(admin, password), fault.Password, "")
	o.enter(admin, "новый пароль")
}

// TestRights: managing users is an administrator's alone; a method without a row
// fails (R11.2).
func TestRights(t *testing.T) {
	o, ctx := found(t), context.Background()
	manage := []clinic.Role{clinic.Administrator}
	table := map[string]struct {
		who  []clinic.Role
		call func(*access.Users) error
	}{
		"Add":            {manage, func(u *access.Users) error { _, err := u.Add(ctx, clinic.Staff{}, ""); return err }},
		"Edit":           {manage, func(u *access.Users) error { _, err := u.Edit(ctx, "никто", nil); return err }},
		"Remove":         {manage, func(u *access.Users) error { return u.Remove(ctx, "никто") }},
		"NewPhrase":      {manage, func(u *access.Users) error { _, err := u.NewPhrase(ctx); return err }},
		"List":           {manage, func(u *access.Users) error { _, err := u.List(ctx); return err }},
		"ChangePassword": {clinic.Roles, func(u *access.Users) error { return u.ChangePassword("", "") }}, // of one's own
	}
	methods := reflect.TypeFor[*access.Users]()
	for i := range methods.NumMethod() {
		if _, ok := table[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", methods.Method(i).Name)
		}
	}
	for _, role := range clinic.Roles {
		who := &access.User{Staff: clinic.Staff{Roles: []clinic.Role{role}, Order: "приказ", Active: true}}
		for name, c := range table {
			may := slices.Contains(c.who, role)
			if err := c.call(access.NewUsers(o.s, who)); fault.Is(err, fault.Forbidden) == may {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
	}
}
