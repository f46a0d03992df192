package registration

import (
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
)

// suggest fills the sex and the date of birth from what the numbers and the
// patronymic tell, as long as the user has not touched them (R1.7). What was filled
// so goes when its reason goes.
func (f *Form) suggest() {
	date, sex, from := "", "", ""
	if f.s.Clinic.Country == clinic.Kazakhstan {
		if d, s, ok := check.SuggestFromIIN(f.Get("tax_number")); ok {
			date, sex, from = d, s, "iin"
		}
	}
	if from == "" {
		if d, s, ok := check.SuggestFromENP(f.Get("policy")); ok {
			date, sex, from = d, s, "enp"
		}
	}
	f.fill("birth_date", f.s.Words.Date(clinic.Date(date)), from)
	if sex == "" {
		sex, from = sexOf(f.Get("patronymic")), "patronymic"
	}
	f.fill("sex", sex, from)
}

// fill sets a field that the user has not touched.
func (f *Form) fill(path, text, from string) {
	if f.own[path] || f.Get(path) != "" && f.auto[path] == "" {
		return
	}
	f.put(path, text)
	delete(f.auto, path)
	if text != "" {
		f.auto[path] = from
	}
}

// sexOf guesses the sex from a patronymic: -вич, -ич, ұлы, оглы; -вна, -чна, қызы, кызы.
// Empty where it does not tell.
func sexOf(patronymic string) string {
	s := strings.ToLower(strings.TrimSpace(patronymic))
	for _, end := range []string{"овна", "евна", "ёвна", "ична", "инична", "қызы", "кызы", "кизи", "гызы", "ovna", "evna", "ichna", "kyzy", "qyzy"} {
		if strings.HasSuffix(s, end) {
			return string(clinic.Female)
		}
	}
	for _, end := range []string{"ович", "евич", "ёвич", "ьич", "мич", "кич", "тич", "ұлы", "улы", "уулу", "оглы", "оғлы", "оглу", "угли", "ovich", "evich", "uly"} {
		if strings.HasSuffix(s, end) {
			return string(clinic.Male)
		}
	}
	return ""
}

// begin fills a new card with what was typed in a search.
func (f *Form) begin(text string) {
	var names []string
	for _, word := range strings.Fields(clean(text, false)) {
		if iso, err := check.ParseBirthDate(word, f.today()); err == nil && iso != "" && len(word) >= 4 && f.Get("birth_date") == "" && !f.later(iso) {
			f.put("birth_date", f.s.Words.Date(clinic.Date(iso)))
			continue
		}
		if strings.ContainsAny(word, "0123456789") {
			continue
		}
		names = append(names, word)
	}
	if phone := check.NormalizePhone(digitsOnly(text), string(f.s.Clinic.Country)); phone.E164 != "" && f.Get("birth_date") == "" {
		f.put("contacts[0].value", phone.Pretty)
	}
	for i, name := range []string{"family", "given", "patronymic"} {
		if i < len(names) {
			f.put(name, capital(names[i]))
		}
	}
	if len(names) > 3 {
		f.put("patronymic", capital(strings.Join(names[2:], " ")))
	}
}

// digitsOnly leaves of a query what may be a phone.
func digitsOnly(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || strings.ContainsRune("+ -()", r) {
			return r
		}
		return -1
	}, s))
}
