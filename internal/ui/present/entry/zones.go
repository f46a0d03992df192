package entry

import (
	"fmt"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// zones of each country, from the IANA database, one for each offset that clocks
// there show or keep separately; the country's first is the one of its capital.
var zones = map[clinic.Country][]string{
	clinic.Russia: {
		"Europe/Moscow", "Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk",
		"Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
	},
	clinic.Kazakhstan: {
		"Asia/Almaty", "Asia/Aqtobe", "Asia/Atyrau", "Asia/Aqtau", "Asia/Oral", "Asia/Qostanay", "Asia/Qyzylorda",
	},
}

// Zone is a time zone on offer.
type Zone struct {
	Name string // IANA
	Text string // «Самара, Ижевск (UTC+4)»
}

// Zones lists the time zones of a country in the user's words.
func Zones(w present.Words, c clinic.Country, now time.Time) []Zone {
	out := make([]Zone, 0, len(zones[c]))
	for _, name := range zones[c] {
		loc, err := time.LoadLocation(name)
		if err != nil {
			continue // a system without that zone can't keep its time either
		}
		key := "entry_zone_" + strings.ToLower(name[strings.IndexByte(name, '/')+1:])
		out = append(out, Zone{name, w.T(key) + offset(now.In(loc))})
	}
	return out
}

func offset(t time.Time) string {
	_, seconds := t.Zone()
	if m := seconds % 3600 / 60; m != 0 {
		return fmt.Sprintf(" (UTC%+d:%02d)", seconds/3600, max(m, -m))
	}
	return fmt.Sprintf(" (UTC%+d)", seconds/3600)
}

// ownZone guesses the country's zone that this computer's clock shows; the
// capital's where none fits.
func ownZone(c clinic.Country, now time.Time) string {
	_, here := now.Local().Zone()
	for _, name := range zones[c] {
		loc, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		if _, there := now.In(loc).Zone(); there == here {
			return name
		}
	}
	if len(zones[c]) == 0 {
		return ""
	}
	return zones[c][0]
}
