package setup

import (
	"context"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/present"
)

// Zones are the time zones of a country, from west to east, by their IANA names.
func Zones(c clinic.Country) []string {
	if c == clinic.Kazakhstan {
		return []string{"Asia/Aqtau", "Asia/Almaty"}
	}
	return []string{
		"Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
		"Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
	}
}

// ClinicForm is the clinic's own data as a form.
func ClinicForm(ctx context.Context, s *present.Session) (*Form, error) {
	o, err := access.NewClinic(s.Store, s.User).Read(ctx)
	if err != nil {
		return nil, err
	}
	zones := []Option{}
	for _, z := range Zones(o.Country) {
		zones = append(zones, Option{z, zoneText(s.Words, z, s.Now())})
	}
	if !slices.ContainsFunc(zones, func(x Option) bool { return x.Value == o.Zone }) {
		zones = append(zones, Option{o.Zone, zoneText(s.Words, o.Zone, s.Now())})
	}
	t := s.T
	tax := t("setup_clinic_inn")
	if o.Country == clinic.Kazakhstan {
		tax = t("setup_clinic_bin")
	}
	return &Form{Section: Clinic, ID: o.ID, Title: t("setup_clinic"), Fields: []*Field{
		{Key: "title", Label: t("setup_clinic_title"), Value: o.Title, Hint: t("setup_clinic_title_hint"), Required: true},
		{Key: "address", Label: t("setup_clinic_address"), Value: o.Address},
		{Key: "phone", Label: t("setup_clinic_phone"), Value: o.Phone, Half: true},
		{Key: "email", Label: t("setup_clinic_email"), Value: o.Email, Half: true},
		{Key: "licence", Label: t("setup_clinic_licence"), Value: o.Licence},
		{Key: "tax_id", Label: tax, Value: o.TaxID, Half: true},
		{Key: "country", Label: t("setup_clinic_country"), Kind: Shown, Value: t("setup_country_" + string(o.Country)), Half: true},
		{Key: "zone", Label: t("setup_clinic_zone"), Kind: Pick, Value: o.Zone, Options: zones, Hint: t("setup_clinic_zone_hint"), Required: true, Half: true},
		{Key: "language", Label: t("setup_clinic_language"), Kind: Pick, Value: o.Language, Hint: t("setup_clinic_language_hint"), Required: true, Half: true, Options: []Option{
			{"ru", "Русский"}, {"kk", "Қазақша"}, {"en", "English"},
		}},
		{Key: "extra", Label: t("setup_clinic_extra"), Kind: Tick, Value: tick(o.Extra)},
	}}, nil
}

// zoneText names a zone by its city and how far it is from UTC.
func zoneText(w present.Words, name string, now time.Time) string {
	z, err := time.LoadLocation(name)
	if err != nil {
		return name
	}
	return w.Code("setup_zone", strings.ToLower(city(name))) + ", UTC" + now.In(z).Format("-07:00")
}

// city is the last part of a zone's name.
func city(zone string) string {
	for i := len(zone) - 1; i >= 0; i-- {
		if zone[i] == '/' {
			return zone[i+1:]
		}
	}
	return zone
}

// SaveClinic stores the clinic's data. Times in the program's windows follow a new zone
// from the next opening on.
func SaveClinic(ctx context.Context, s *present.Session, f *Form) (Done, error) {
	edit := access.NewClinic(s.Store, s.User)
	var old clinic.Organisation
	_, err := edit.Edit(ctx, func(o clinic.Organisation) (clinic.Organisation, error) {
		old = o
		o.Title, o.Address, o.Phone, o.Email = f.Get("title"), f.Get("address"), f.Get("phone"), f.Get("email")
		o.Licence, o.TaxID, o.Zone, o.Language, o.Extra = f.Get("licence"), f.Get("tax_id"), f.Get("zone"), f.Get("language"), f.Get("extra") != ""
		return o, nil
	})
	if err != nil {
		return Done{}, err
	}
	return Done{Text: s.T("setup_saved_clinic"), Undo: func(ctx context.Context) error {
		_, err := edit.Edit(ctx, func(clinic.Organisation) (clinic.Organisation, error) { return old, nil })
		return err
	}}, nil
}

// PasswordForm changes the user's own password.
func PasswordForm(s *present.Session) *Form {
	t := s.T
	return &Form{Section: Password, Title: t("setup_password"), Notice: t("setup_password_notice"), Fields: []*Field{
		{Key: "old", Label: t("setup_password_old"), Kind: Secret, Required: true},
		{Key: "password", Label: t("setup_password_new"), Kind: Secret, Hint: t("setup_users_password_hint"), Required: true},
		{Key: "again", Label: t("setup_password_again"), Kind: Secret, Required: true},
	}}
}

// SavePassword changes the user's own password: it takes a part of a second.
func SavePassword(s *present.Session, f *Form) (Done, error) {
	old, fresh, again := f.Field("old").Value, f.Field("password").Value, f.Field("again").Value
	switch {
	case old == "":
		return Done{}, fault.At("old", "fault.field.empty")
	case fresh == "":
		return Done{}, fault.At("password", "fault.field.empty")
	case fresh != again:
		return Done{}, fault.At("again", "fault.setup.again")
	}
	err := s.Users.ChangePassword(old, fresh)
	if fault.Is(err, fault.Password) {
		return Done{}, fault.At("old", "fault.setup.old_password")
	}
	if err != nil {
		return Done{}, atPassword(err)
	}
	return Done{Text: s.T("setup_saved_password")}, nil
}
