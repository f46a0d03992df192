package today

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
)

// Newcomer is a person being registered in the booking panel, as typed.
type Newcomer struct {
	Family     string     `json:"family,omitempty"`
	Given      string     `json:"given,omitempty"`
	Patronymic string     `json:"patronymic,omitempty"`
	Birth      string     `json:"birth,omitempty"` // as typed
	Phone      string     `json:"phone,omitempty"`
	Sex        clinic.Sex `json:"sex,omitempty"` // chosen by the user; empty: as the name tells
}

// Split makes a newcomer of what was typed to find somebody: words are family, given
// name and patronymic, a date is the birth date, a longer number the phone.
func Split(text string, now time.Time) Newcomer {
	var n Newcomer
	var words []string
	for _, w := range strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(text)) {
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, w)
		switch {
		case strings.ContainsFunc(w, unicode.IsLetter):
			words = append(words, capital(w))
		case len(digits) == 8 || strings.Count(w, ".") == 2:
			if iso, err := check.ParseBirthDate(w, now); err == nil && n.Birth == "" && len(iso) == 10 {
				n.Birth = iso[8:] + "." + iso[5:7] + "." + iso[:4]
				continue
			}
			n.Phone += w
		case digits != "":
			n.Phone += w
		}
	}
	if len(words) > 3 { // «Қайрат ұлы» is one patronymic in two words
		words = append(words[:2], strings.Join(words[2:], " "))
	}
	for i, to := range []*string{&n.Family, &n.Given, &n.Patronymic} {
		if i < len(words) {
			*to = words[i]
		}
	}
	return n
}

// capital writes a name as names are written: «ковылина-лисова» is «Ковылина-Лисова».
// What has capitals inside stays as it was typed.
func capital(w string) string {
	if rest := strings.ToLower(w); rest != w && strings.ToUpper(w) != w {
		return Upper(w)
	}
	parts := strings.Split(strings.ToLower(w), "-")
	for i, p := range parts {
		if p != "оглы" && p != "оглу" && p != "кызы" && p != "қызы" && p != "ұлы" && p != "улы" {
			parts[i] = Upper(p)
		}
	}
	return strings.Join(parts, "-")
}

// Name is the newcomer's name.
func (n *Newcomer) Name() clinic.Name {
	return clinic.Name{Family: capitals(n.Family), Given: capitals(n.Given), Patronymic: capitals(n.Patronymic)}
}

func capitals(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = capital(w)
	}
	return strings.Join(words, " ")
}

// SexShown is the sex that is taken: the chosen one, or what the name tells.
func (n *Newcomer) SexShown() clinic.Sex { return cmp.Or(n.Sex, GuessSex(n.Name())) }

// GuessSex tells the sex by the patronymic, and where there is none by a surname of
// the Russian kind; SexUnknown where neither tells.
func GuessSex(n clinic.Name) clinic.Sex {
	if sex := byEnding(n.Patronymic, []string{"вна", "чна", "шна", "қызы", "кызы", "гызы"}, []string{"вич", "ич", "ұлы", "улы", "уулу", "оглы", "оглу"}); sex != clinic.SexUnknown {
		return sex
	}
	return byEnding(n.Family, []string{"ова", "ева", "ёва", "ина", "ына", "ая", "яя"}, []string{"ов", "ев", "ёв", "ин", "ын", "ский", "ской", "цкий", "ый"})
}

func byEnding(s string, female, male []string) clinic.Sex {
	s = strings.ToLower(strings.TrimSpace(s))
	if utf8.RuneCountInString(s) < 4 {
		return clinic.SexUnknown
	}
	for _, e := range female {
		if strings.HasSuffix(s, e) {
			return clinic.Female
		}
	}
	for _, e := range male {
		if strings.HasSuffix(s, e) {
			return clinic.Male
		}
	}
	return clinic.SexUnknown
}

// Card makes the card of the newcomer. Faults stand at family, birth_date or sex.
func (n *Newcomer) Card(s *present.Session) (clinic.Patient, error) {
	p := clinic.Patient{Name: n.Name(), Sex: n.SexShown()}
	if p.Family == "" && p.Given == "" {
		return p, fault.At("family", "fault.patient.name")
	}
	iso, err := n.birth(s)
	if err != nil {
		return p, err
	}
	p.BirthDate = clinic.Date(iso)
	if phone := strings.TrimSpace(n.Phone); phone != "" {
		p.Contacts = []clinic.Contact{{Kind: "phone", Value: phone}}
	}
	return p, nil
}

// birth reads the birth date; it must be there, and a day that has been.
func (n *Newcomer) birth(s *present.Session) (string, error) {
	if strings.TrimSpace(n.Birth) == "" {
		return "", fault.At("birth_date", "today_birth_needed")
	}
	now := s.Now().In(zoneOf(s))
	iso, err := check.ParseBirthDate(n.Birth, now)
	if err != nil {
		return "", at(err, "birth_date")
	}
	if w := check.BirthDate(iso, now); len(w) > 0 {
		return "", &fault.Error{Kind: fault.Invalid, Key: w[0].Key, Args: w[0].Args, Field: "birth_date"}
	}
	return iso, nil
}

// BirthWord tells what is wrong with the birth date as far as it is typed, or how old
// that makes the person; wrong tells which.
func (n *Newcomer) BirthWord(s *present.Session) (word string, wrong bool) {
	if strings.TrimSpace(n.Birth) == "" {
		return "", false
	}
	iso, err := n.birth(s)
	if err != nil {
		return s.Words.Fault(err), true
	}
	return s.Words.Age(clinic.Date(iso), s.Today()), false
}

// PhoneWord tells what is strange about the phone.
func (n *Newcomer) PhoneWord(s *present.Session) string {
	if strings.TrimSpace(n.Phone) == "" {
		return ""
	}
	for _, w := range check.NormalizePhone(n.Phone, string(s.Clinic.Country)).Warnings {
		return s.Words.Warning(w)
	}
	return ""
}
