package main

import (
	"encoding/json"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"${cli_user_add}"`
	Edit   userEditCmd   `cmd:"" help:"${cli_user_edit}"`
	Passwd userPasswdCmd `cmd:"" help:"${cli_user_passwd}"`
	Remove userRemoveCmd `cmd:"" help:"${cli_user_remove}"`
	List   userListCmd   `cmd:"" help:"${cli_user_list}"`
}

type userAddCmd struct{}

// newUser is the input of user add.
type newUser struct {
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Role       clinic.Role   `json:"role"`
	Roles      []clinic.Role `json:"roles"`
	Position   string        `json:"position"`
	Speciality string        `json:"speciality"`
	Licence    string        `json:"licence"`
	Order      string        `json:"order"`
}

func (userAddCmd) Run(s *session) error {
	var in newUser
	if err := s.readJSON(&in); err != nil {
		return err
	}
	password, err := s.newPassword("FELDSHER_NEW_PASSWORD")
	if err != nil {
		return err
	}
	roles := in.Roles
	if in.Role != "" && !slices.Contains(roles, in.Role) {
		roles = append(roles, in.Role)
	}
	return s.with(func(d *desk) error {
		staff, err := d.users.Add(s.ctx, clinic.Staff{
			Name: splitName(in.Name), Login: in.Login, Roles: roles, Position: in.Position,
			Speciality: in.Speciality, Licence: in.Licence, Order: in.Order,
		}, password)
		if err != nil {
			return err
		}
		return s.print(staff, "%s", s.t("cli_user_added", "user", staff.Login))
	})
}

type userEditCmd struct {
	Login string `arg:"" help:"${cli_user_login}"`
}

func (c *userEditCmd) Run(s *session) error {
	patch, _, err := s.readPatch(c.Login)
	if err != nil {
		return err
	}
	if err := spell(patch); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		staff, err := d.users.Edit(s.ctx, c.Login, func(u clinic.Staff) (clinic.Staff, error) { return merge(u, patch) })
		if err != nil {
			return err
		}
		return s.print(staff, "%s", s.t("cli_user_edited", "user", staff.Login))
	})
}

// spell puts the short forms that user add takes, a whole name and a single role, into
// the members of a stored user.
func spell(patch map[string]json.RawMessage) error {
	if raw, ok := patch["name"]; ok {
		var whole string
		if err := json.Unmarshal(raw, &whole); err != nil {
			return fault.At("name", "fault.input.type", "want", "string")
		}
		n := splitName(whole)
		for member, part := range map[string]string{"family": n.Family, "given": n.Given, "patronymic": n.Patronymic} {
			text, err := json.Marshal(part)
			if err != nil {
				return err
			}
			patch[member] = text
		}
		delete(patch, "name")
	}
	if raw, ok := patch["role"]; ok {
		if _, both := patch["roles"]; both {
			return fault.At("role", "fault.input.twice")
		}
		patch["roles"] = slices.Concat([]byte("["), raw, []byte("]"))
		delete(patch, "role")
	}
	return nil
}

type userPasswdCmd struct{}

func (userPasswdCmd) Run(s *session) error {
	old, err := s.password("FELDSHER_PASSWORD", "cli_password")
	if err != nil {
		return err
	}
	return s.withPassword(old, func(d *desk) error {
		next, err := s.newPassword("FELDSHER_NEW_PASSWORD")
		if err != nil {
			return err
		}
		if err := d.users.ChangePassword(old, next); err != nil {
			return err
		}
		if err := d.store.NoteKeys(s.ctx, "password"); err != nil {
			return err
		}
		return s.print(map[string]string{"login": d.who.Login}, "%s", s.t("cli_passwd_done", "user", d.who.Login))
	})
}

type userRemoveCmd struct {
	Login string `arg:"" help:"${cli_user_login}"`
}

func (c *userRemoveCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		if c.Login == d.who.Login {
			return fault.New(fault.Conflict, "fault.user.self")
		}
		if err := d.users.Remove(s.ctx, c.Login); err != nil {
			return err
		}
		return s.print(map[string]string{"login": c.Login}, "%s", s.t("cli_user_removed", "user", c.Login))
	})
}

type userListCmd struct{}

func (userListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		all, err := d.users.List(s.ctx)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, all)
		}
		for _, u := range all {
			roles := strings.Join(roleNames(u.Roles), ", ")
			if err := s.print(nil, "%-16s %-40s %s", u.Login, u.Name.String(), roles); err != nil {
				return err
			}
		}
		return nil
	})
}

func roleNames(roles []clinic.Role) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return names
}
