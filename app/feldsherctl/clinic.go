package main

import (
	"os"
	"runtime/debug"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

type initCmd struct {
	Clinic  string   `required:"" placeholder:"NAME" help:"${cli_init_clinic}"`
	Country string   `required:"" enum:"ru,kz" placeholder:"ru|kz" help:"${cli_init_country}"`
	Zone    string   `placeholder:"ZONE" help:"${cli_init_zone}"`
	Name    string   `placeholder:"NAME" help:"${cli_init_name}"`
	Roles   []string `placeholder:"ROLE,…" help:"${cli_init_roles}"`
	Device  string   `placeholder:"NAME" help:"${cli_init_device}"`
}

// initDone is what init prints: the only time the phrase is shown.
type initDone struct {
	Organisation clinic.ID `json:"organisation"`
	Device       clinic.ID `json:"device"`
	User         clinic.ID `json:"user"`
	Login        string    `json:"login"`
	Phrase       string    `json:"recovery_phrase"`
}

func (c *initCmd) Run(s *session) error {
	if s.cli.Data == "" {
		return fault.New(fault.Invalid, "cli_no_data")
	}
	if s.cli.User == "" {
		return fault.New(fault.Invalid, "cli_no_user")
	}
	f, err := c.founding(s)
	if err != nil {
		return err
	}
	st, phrase, err := store.Found(s.ctx, s.cli.Data, f, s.options())
	if err != nil {
		return err
	}
	done := initDone{st.Session().Organisation(), st.Session().Device(), st.Session().User(), s.cli.User, phrase}
	if err := st.Close(); err != nil {
		return err
	}
	var shown error
	if s.cli.JSON {
		shown = writeJSON(s.stdout, done)
	} else {
		s.say("cli_init_done", "clinic", c.Clinic, "dir", s.cli.Data, "user", s.cli.User)
		s.say("cli_init_phrase")
		shown = s.print(nil, "\n%s\n", numbered(phrase))
	}
	return fault.Wrap(shown, fault.Space, "fault.init.phrase")
}

// founding puts the command's words into what the store needs.
func (c *initCmd) founding(s *session) (store.Founding, error) {
	password, err := s.newPassword("FELDSHER_PASSWORD")
	if err != nil {
		return store.Founding{}, err
	}
	country := clinic.Country(c.Country)
	zone := c.Zone
	if zone == "" {
		zone = map[clinic.Country]string{clinic.Russia: "Europe/Moscow", clinic.Kazakhstan: "Asia/Almaty"}[country]
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return store.Founding{}, fault.At("zone", "fault.field.zone")
	}
	if strings.TrimSpace(c.Clinic) == "" {
		return store.Founding{}, fault.At("clinic", "fault.field.empty")
	}
	roles, err := parseRoles(c.Roles)
	if err != nil {
		return store.Founding{}, err
	}
	if len(roles) == 0 {
		// One person is all of them in an outpost (R11.2); others are added later.
		roles = []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor}
	}
	device := c.Device
	if device == "" {
		device, _ = os.Hostname()
	}
	return store.Founding{
		Organisation: clinic.Organisation{Title: strings.TrimSpace(c.Clinic), Country: country, Zone: zone, Language: string(s.lang)},
		Admin:        clinic.Staff{Name: splitName(c.Name), Login: s.cli.User, Roles: roles, Active: true},
		Password:     password, DeviceName: device, Params: s.params,
	}, nil
}

func parseRoles(names []string) ([]clinic.Role, error) {
	var out []clinic.Role
	for _, n := range names {
		r := clinic.Role(strings.TrimSpace(n))
		if !clinic.ValidRole(r) {
			return nil, fault.At("roles", "fault.user.role")
		}
		out = append(out, r)
	}
	return out, nil
}

// splitName takes "Family Given Patronymic" apart.
func splitName(s string) clinic.Name {
	parts := strings.Fields(s)
	var n clinic.Name
	if len(parts) > 0 {
		n.Family = parts[0]
	}
	if len(parts) > 1 {
		n.Given = parts[1]
	}
	if len(parts) > 2 {
		n.Patronymic = strings.Join(parts[2:], " ")
	}
	return n
}

// numbered sets the words of a phrase in six lines of four.
func numbered(phrase string) string {
	var b strings.Builder
	for i, w := range strings.Fields(phrase) {
		if i%4 == 0 && i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(pad(i+1, w))
	}
	return b.String()
}

type recoverCmd struct{}

func (c *recoverCmd) Run(s *session) error {
	if s.cli.Data == "" {
		return fault.New(fault.Invalid, "cli_no_data")
	}
	if s.cli.User == "" {
		return fault.New(fault.Invalid, "cli_no_user")
	}
	phrase, err := s.readPhrase()
	if err != nil {
		return err
	}
	password, err := s.newPassword("FELDSHER_NEW_PASSWORD")
	if err != nil {
		return err
	}
	st, err := store.Recover(s.ctx, s.cli.Data, phrase, vault.RecoverParams{Login: s.cli.User, Password: password, Params: s.params}, s.options())
	if err != nil {
		return err
	}
	user := st.Session().User()
	if err := st.Close(); err != nil {
		return err
	}
	return s.print(map[string]any{"login": s.cli.User, "user": user}, "%s", s.t("cli_recover_done", "user", s.cli.User))
}

type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	v := map[string]string{"version": version}
	if info, ok := debug.ReadBuildInfo(); ok {
		v["go"] = info.GoVersion
		for _, set := range info.Settings {
			if set.Key == "vcs.revision" {
				v["revision"] = set.Value
			}
		}
	}
	return s.print(v, "%s", strings.TrimSpace("feldsherctl "+version+" "+v["revision"])) // a build outside a repository has no revision
}

// version of the program.
const version = "0.1.0"

// readPhrase takes the words from standard input, on one line or on many.
func (s *session) readPhrase() (string, error) {
	b, err := s.readInput()
	return string(b), err
}
