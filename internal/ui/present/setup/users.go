package setup

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
)

// UserList is who may open the clinic.
type UserList struct {
	s    *present.Session
	list []clinic.Staff
	idle []clinic.Staff // on the staff, without a login
}

// NewUsers makes the list; nothing is in it before Load.
func NewUsers(s *present.Session) *UserList { return &UserList{s: s} }

// Columns of the list.
func (l *UserList) Columns() []Column {
	t := l.s.T
	return []Column{
		{Title: t("setup_users_name"), Width: 170, Grow: 1.6},
		{Title: t("setup_users_login"), Width: 100, Grow: 0.4},
		{Title: t("setup_users_post"), Width: 150, Grow: 1},
		{Title: t("setup_users_roles"), Width: 140, Grow: 1.4},
	}
}

// Empty can't be: somebody looks at it.
func (l *UserList) Empty() string { return l.s.T("setup_users_none") }

// Load reads the users, and who is on the staff without being one.
func (l *UserList) Load(ctx context.Context) (func(), error) {
	list, err := l.s.Users.List(ctx)
	if err != nil {
		return nil, err
	}
	all, err := l.s.Store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	idle := slices.DeleteFunc(all, func(v clinic.Staff) bool { return v.Login != "" || !v.Active || !v.Deleted.IsZero() })
	byName := func(a, b clinic.Staff) int {
		return cmp.Compare(cmp.Or(a.Name.String(), a.Login), cmp.Or(b.Name.String(), b.Login))
	}
	slices.SortStableFunc(list, byName)
	slices.SortStableFunc(idle, byName)
	return func() { l.list, l.idle = list, idle }, nil
}

// Len is how many lines there are: users, then staff without a login.
func (l *UserList) Len() int { return len(l.list) + len(l.idle) }

func (l *UserList) at(row int) (v *clinic.Staff, user bool) {
	switch {
	case row < 0 || row >= l.Len():
		return nil, false
	case row < len(l.list):
		return &l.list[row], true
	}
	return &l.idle[row-len(l.list)], false
}

// Cell shows name, login, post and roles.
func (l *UserList) Cell(row, column int) Cell {
	v, user := l.at(row)
	switch column {
	case 0:
		c := Cell{Text: cmp.Or(v.Name.String(), v.Login), Bold: user}
		if v.ID == l.s.User.ID {
			c.Below = l.s.T("setup_users_you")
		}
		return c
	case 1:
		if !user {
			return Cell{Text: l.s.T("setup_users_no_login"), Muted: true}
		}
		return Cell{Text: v.Login}
	case 2:
		return Cell{Text: v.Position, Below: v.Speciality}
	}
	names := make([]string, len(v.Roles))
	for i, r := range v.Roles {
		names[i] = l.s.Words.Code("word_role", string(r))
	}
	return Cell{Text: strings.Join(names, ", ")}
}

// New is for a user with a first password.
func (l *UserList) New() *Form {
	f := l.form(&clinic.Staff{}, true)
	f.Title = l.s.T("setup_users_new")
	return f
}

// Edit changes a user; a member of staff without a login may get one.
func (l *UserList) Edit(row int) *Form {
	v, user := l.at(row)
	if v == nil {
		return nil
	}
	f := l.form(v, !user)
	f.was = *v
	f.Title = cmp.Or(v.Name.String(), v.Login)
	if user {
		f.Notice = l.s.T("setup_users_password_own")
	} else {
		f.Notice = l.s.T("setup_users_give_login")
	}
	return f
}

func (l *UserList) form(v *clinic.Staff, enters bool) *Form {
	t := l.s.T
	roles := make([]Option, len(clinic.Roles))
	for i, r := range clinic.Roles {
		roles[i] = Option{string(r), l.s.Words.Code("word_role", string(r))}
	}
	var taken []string
	for _, r := range v.Roles {
		taken = append(taken, string(r))
	}
	f := &Form{Section: Users, ID: v.ID}
	if enters {
		f.Fields = append(f.Fields,
			&Field{Key: "login", Label: t("setup_users_login"), Hint: t("setup_users_login_hint"), Required: true, Half: true},
			&Field{Key: "password", Label: t("setup_users_password"), Kind: Secret, Hint: t("setup_users_password_hint"), Required: true, Half: true})
	}
	f.Fields = append(f.Fields,
		&Field{Key: "family", Label: t("setup_users_family"), Value: v.Family, Half: true},
		&Field{Key: "given", Label: t("setup_users_given"), Value: v.Given, Half: true},
		&Field{Key: "patronymic", Label: t("setup_users_patronymic"), Value: v.Patronymic, Half: true},
		&Field{Key: "position", Label: t("setup_users_position"), Value: v.Position, Half: true, Offers: l.offers(func(x *clinic.Staff) string { return x.Position })},
		&Field{Key: "speciality", Label: t("setup_users_speciality"), Value: v.Speciality, Offers: l.offers(func(x *clinic.Staff) string { return x.Speciality })},
		&Field{Key: "roles", Label: t("setup_users_roles"), Kind: Many, Value: strings.Join(taken, ","), Options: roles, Required: true},
		&Field{Key: "licence", Label: t("setup_users_licence"), Value: v.Licence},
		&Field{Key: "order", Label: t("setup_users_order"), Value: v.Order, Hint: t("setup_users_order_hint")})
	return f
}

// offers are the words that others of the staff have in a field.
func (l *UserList) offers(of func(*clinic.Staff) string) []string {
	var out []string
	for row := range l.Len() {
		v, _ := l.at(row)
		out = append(out, of(v))
	}
	return distinct(out)
}

// Advise says while one types how good a first password is.
func (l *UserList) Advise(f *Form) {
	advise(l.s, f, f.Get("login"), f.Get("family"), f.Get("given"))
}

// AdvisePassword says while one types how good the user's new password is.
func AdvisePassword(s *present.Session, f *Form) {
	advise(s, f, s.User.Login, s.User.Family, s.User.Given)
}

// advise puts the weightiest advice to the field of the password. own are words that
// somebody who guesses tries first.
func advise(s *present.Session, f *Form, own ...string) {
	x := f.Field("password")
	x.Fault, x.Warning = "", ""
	if x.Value == "" {
		return
	}
	if st := check.Password(x.Value, append(own, s.Clinic.Title)...); st.Level < 3 && len(st.Warnings) > 0 {
		x.Warning = s.Words.Warning(st.Warnings[0])
	}
}

// fill puts the fields of a form into a member of staff.
func fill(v *clinic.Staff, f *Form) {
	v.Family, v.Given, v.Patronymic = f.Get("family"), f.Get("given"), f.Get("patronymic")
	v.Position, v.Speciality, v.Licence, v.Order = f.Get("position"), f.Get("speciality"), f.Get("licence"), f.Get("order")
	v.Roles = nil
	for _, r := range f.List("roles") {
		v.Roles = append(v.Roles, clinic.Role(r))
	}
}

// Save adds a user or changes one.
func (l *UserList) Save(ctx context.Context, f *Form) (Done, error) {
	old, known := f.was.(clinic.Staff)
	if !known || old.Login == "" {
		return l.add(ctx, f, old)
	}
	change := func(ctx context.Context, fn func(*clinic.Staff)) error {
		_, err := l.s.Users.Edit(ctx, old.Login, func(v clinic.Staff) (clinic.Staff, error) { fn(&v); return v, nil })
		return err
	}
	if err := change(ctx, func(v *clinic.Staff) { fill(v, f) }); err != nil {
		return Done{}, err
	}
	return Done{
		Text: l.s.T("setup_saved_user", "name", cmp.Or(old.Name.Short(), old.Login)),
		Undo: func(ctx context.Context) error { return change(ctx, func(v *clinic.Staff) { *v = old }) },
	}, nil
}

// add makes a user, of somebody new or of a member of staff without a login.
func (l *UserList) add(ctx context.Context, f *Form, v clinic.Staff) (Done, error) {
	v.Login = f.Get("login")
	fill(&v, f)
	password := f.Field("password").Value
	if password == "" {
		return Done{}, fault.At("password", "fault.field.empty")
	}
	added, err := l.s.Users.Add(ctx, v, password)
	if err != nil {
		return Done{}, atPassword(err)
	}
	return Done{Text: l.s.T("setup_added_user", "login", added.Login)}, nil
}

// atPassword puts what the vault says of a password to its field.
func atPassword(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Field == "" && strings.HasPrefix(f.Key, "vault.password.") {
		at := *f
		at.Field = "password"
		return &at
	}
	return err
}

// CanRemove reports whether the user can be removed: not oneself, and only who has a login.
func (l *UserList) CanRemove(row int) bool {
	v, user := l.at(row)
	return v != nil && user && v.ID != l.s.User.ID
}

// Question is what is asked before a user is removed: it can't be undone.
func (l *UserList) Question(row int) (title, text string) {
	v, _ := l.at(row)
	if v == nil {
		return "", ""
	}
	name := cmp.Or(v.Name.Short(), v.Login)
	return l.s.T("setup_users_remove_title", "name", name), l.s.T("setup_users_remove_text")
}

// Remove takes a user's access away.
func (l *UserList) Remove(row int) func(context.Context) (Done, error) {
	at, _ := l.at(row)
	v := *at
	return func(ctx context.Context) (Done, error) {
		if err := l.s.Users.Remove(ctx, v.Login); err != nil {
			return Done{}, err
		}
		return Done{Text: l.s.T("setup_removed_user", "name", cmp.Or(v.Name.Short(), v.Login))}, nil
	}
}
