package check

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestIIN(t *testing.T) {
	for _, c := range []struct{ in, keys string }{
		{iinOf(t, "850312", '3', "0012"), ""},
		{"850312300120", "check.iin.control"},
		{"85031230012", "check.iin.shape"},
		{"", ""},
	} {
		if r := IIN(c.in); keysOf(r.Warnings) != c.keys {
			t.Errorf("IIN(%q) = %+v, want %q", c.in, r, c.keys)
		}
	}
	for _, head := range []string{"850230", "851301", "850100"} {
		if r := IIN(iinOf(t, head, '3', "0012")); keysOf(r.Warnings) != "check.iin.date" {
			t.Errorf("date %s: %+v", head, r)
		}
	}
	if r := IIN(iinOf(t, "850312", '9', "0012")); keysOf(r.Warnings) != "check.iin.date" {
		t.Errorf("century 9: %+v", r)
	}
	foreign := iinOf(t, "850312", '0', "0012")
	if r := IIN(foreign); !r.OK() {
		t.Errorf("a foreigner's ИИН: %+v", r)
	}
	if _, _, ok := SuggestFromIIN(foreign); ok {
		t.Error("a foreigner's ИИН tells no century")
	}
}

// iinOf builds an ИИН with the control digit computed here, digit by digit; the
// serial number moves on where the two passes give none.
func iinOf(t interface{ Fatalf(string, ...any) }, date string, century byte, serial string) string {
	var n int
	if _, err := fmt.Sscanf(serial, "%d", &n); err != nil {
		t.Fatalf("serial %q", serial)
	}
	for ; n < 9999; n++ {
		d := fmt.Sprintf("%s%c%04d", date, century, n)
		first, second := 0, 0
		for i := range 11 {
			digit := int(d[i] - '0')
			first += digit * (i + 1)
			second += digit * ((i+2)%11 + 1)
		}
		if first%11 < 10 {
			return fmt.Sprint(d, first%11)
		}
		if second%11 < 10 {
			return fmt.Sprint(d, second%11)
		}
	}
	t.Fatalf("no serial number left for %s", date)
	return ""
}

func TestSuggestFromIIN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(0, 365*240).Draw(t, "days")
		born := time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
		male := rapid.Bool().Draw(t, "male")
		century := byte('2' + (born.Year()/100-18)*2)
		if male {
			century--
		}
		iin := iinOf(t, born.Format("060102"), century, fmt.Sprint(rapid.IntRange(0, 9000).Draw(t, "serial")))
		date, sex, ok := SuggestFromIIN(iin)
		if !ok || date != born.Format(time.DateOnly) || (sex == "male") != male {
			t.Fatalf("%s gives %s %s %v, want %s", iin, date, sex, ok, born)
		}
		if wrong := iin[:11] + string('0'+(iin[11]-'0'+1)%10); IIN(wrong).OK() {
			t.Fatalf("a wrong control digit passes: %s", wrong)
		}
	})
}

// What the control digit promises: where the first pass decides before and after,
// a wrong digit among the first ten is seen.
func TestOneWrongDigitOfIINIsCaught(t *testing.T) {
	weights := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	rapid.Check(t, func(t *rapid.T) {
		d := drawDigits(t, 11)
		first := weighted(string(d), weights...) % 11
		if first == 10 {
			t.Skip("decided by the second pass")
		}
		iin := append(d, byte('0'+first))
		wrong, at := changeDigit(t, iin)
		if at == 10 || weighted(wrong, weights...)%11 == 10 {
			t.Skip("no promise")
		}
		if kazakhControl(wrong) {
			t.Fatalf("%s passes for %s", wrong, iin)
		}
	})
}

func TestBIN(t *testing.T) {
	for _, c := range []struct{ in, keys string }{
		{"971240001315", ""}, // published numbers of a bank …
		{"940140000385", ""}, // … of another …
		{"020240000555", ""}, // … and of an oil company
		{"971240001316", "check.bin.control"},
		{"97124000131", "check.bin.shape"},
		{iinOf(t, "851340", '0', "0012"), "check.bin.form"}, // month 13
		{iinOf(t, "850370", '0', "0012"), "check.bin.form"}, // kind 7
		{"", ""},
	} {
		if r := BIN(c.in); keysOf(r.Warnings) != c.keys {
			t.Errorf("BIN(%q) = %+v, want %q", c.in, r, c.keys)
		}
	}
}

func TestAgrees(t *testing.T) {
	for _, c := range []struct{ date, sex, keys string }{
		{"1985-03-12", "male", ""},
		{"1985", "unknown", ""},
		{"", "", ""},
		{"1985-04", "male", "check.agree.date"},
		{"1985-03-13", "female", "check.agree.date check.agree.sex"},
	} {
		if got := keysOf(Agrees("1985-03-12", "male", c.date, c.sex)); got != c.keys {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
