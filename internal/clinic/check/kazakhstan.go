package check

import "time"

// IIN checks an individual identification number of Kazakhstan, 12 digits: birth
// date YYMMDD, a digit of century and sex, a serial number, a control digit
// (Resolution of the Government on the formation of identification numbers).
// The control digit does not promise to catch every slip: the eleventh digit has
// weight 11, which is none modulo 11, unless the second pass decides.
func IIN(s string) Result {
	r, done := numeric(s, "check.iin.shape", 12)
	if done {
		return r
	}
	if !kazakhControl(r.Value) {
		r.Warnings = append(r.Warnings, warn("check.iin.control")...)
	}
	if !iinDatePlausible(r.Value) {
		r.Warnings = append(r.Warnings, warn("check.iin.date")...)
	}
	return r
}

// BIN checks a business identification number of Kazakhstan, 12 digits: year and
// month of registration, a digit 4, 5 or 6 for the kind of entity, and the control
// digit of the ИИН.
func BIN(s string) Result {
	r, done := numeric(s, "check.bin.shape", 12)
	if done {
		return r
	}
	d := r.Value
	if !kazakhControl(d) {
		r.Warnings = append(r.Warnings, warn("check.bin.control")...)
	}
	month, kind := 10*digitAt(d, 2)+digitAt(d, 3), d[4]
	if month < 1 || month > 12 || kind < '4' || kind > '6' {
		r.Warnings = append(r.Warnings, warn("check.bin.form")...)
	}
	return r
}

// kazakhControl: the weighted sum of eleven digits modulo 11; where that is 10 a
// second row of weights decides, and numbers with 10 again are not issued.
func kazakhControl(d string) bool {
	control := weighted(d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) % 11
	if control == 10 {
		control = weighted(d, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2) % 11
	}
	return control == digitAt(d, 11)
}

// iinDatePlausible: six digits of a date, and a digit of century. 0 is given to
// foreigners, of whose century nothing is said.
func iinDatePlausible(d string) bool {
	year, month, day, known := iinDate(d)
	if !known {
		return d[6] == '0' && isDay(2000, month, day)
	}
	return isDay(year, month, day)
}

func iinDate(d string) (year, month, day int, known bool) {
	year = 10*digitAt(d, 0) + digitAt(d, 1)
	month = 10*digitAt(d, 2) + digitAt(d, 3)
	day = 10*digitAt(d, 4) + digitAt(d, 5)
	century := digitAt(d, 6)
	if century < 1 || century > 6 {
		return year, month, day, false
	}
	return 1800 + (century-1)/2*100 + year, month, day, true
}

// SuggestFromIIN reads the birth date (ISO) and sex ("male", "female") of an ИИН;
// ok is false if the number is wrong or doesn't tell. The person's papers may
// differ from it, so suggest, never overwrite.
func SuggestFromIIN(iin string) (date, sex string, ok bool) {
	r := IIN(iin)
	if len(r.Value) != 12 || !r.OK() {
		return "", "", false
	}
	year, month, day, known := iinDate(r.Value)
	if !known {
		return "", "", false
	}
	sex = "female"
	if digitAt(r.Value, 6)%2 == 1 {
		sex = "male"
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), sex, true
}

// Agrees compares what a number suggests with what the card says; either may be
// unknown (empty, "unknown"), a birth date may be partial. It is for the hint
// beside the number, with the keys check.agree.date and check.agree.sex.
func Agrees(suggestedDate, suggestedSex, date, sex string) []Warning {
	var out []Warning
	if n := min(len(suggestedDate), len(date)); n > 0 && suggestedDate[:n] != date[:n] {
		out = append(out, Warning{Key: "check.agree.date"})
	}
	if isSex(suggestedSex) && isSex(sex) && suggestedSex != sex {
		out = append(out, Warning{Key: "check.agree.sex"})
	}
	return out
}

func isSex(s string) bool { return s == "male" || s == "female" }
