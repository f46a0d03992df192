package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// The patient of the day and what the doctor types.
const (
	patient    = "выдумкина арина петровна"
	complaints = "Боль в горле, температура до 38,5."
	advice     = "Обильное питьё, полоскание."
	half       = "Кашель осталс"
	later      = " по ночам, мокроты н"
	lost       = "ет и не бы"
)

// Issue 3, «End to end in CI»: from the first start to a signed paper, and after a
// power cut. Once with the program as it is shipped, once with one that tells of
// widgets touched beside Fyne's thread.
func TestDay(t *testing.T) {
	for _, program := range []string{"feldsher", "feldsher-threads"} {
		t.Run(program, func(t *testing.T) { day(t, program) })
	}
}

func day(t *testing.T, program string) {
	s := newScreen(t)
	data, documents := s.home()
	w := s.open(program, data)
	w.found(documents)
	w.picture("today-empty")
	w.hours()
	w.desk()
	w.visit()
	w.paper(documents)
	w.walkIn()
	w.half()
	w.away()

	w.text(later)
	w.until("kept")
	w.text(lost)
	w.kill()
	w = s.open(program, data)
	w.until(stateLogin)
	w.picture("after-power-cut")
	w.enter(password)
	w.until("load visit.open")
	w.until("load visit.history")
	w.picture("draft-is-there")
	w.holds(half + later)
	w.press("load visit.left", "Escape")
	w.shut()
	stored(t, data)
}

// desk registers a patient in the panel of booking and books her, who then arrives.
func (w *window) desk() {
	w.t.Helper()
	w.press("load table", "alt+1")
	w.press("load services", "Return")
	w.ask(patient)
	w.picture("nobody-found")
	w.keys("Return")
	w.fields("09031984", "9165550177")
	w.picture("newcomer")
	w.press("load deed", "Return")
	w.until("load table")
	w.picture("booked")
	w.press("load deed", "1")
	w.until("load table")
	w.picture("arrived")
}

// visit opens the visit from the doctor's own list and fills it in.
func (w *window) visit() {
	w.t.Helper()
	w.press("load mine", "alt+2")
	w.picture("mine")
	w.press("load visit.history", "Return")
	w.text(complaints)
	w.keys("ctrl+4")
	w.text("38,4")
	w.keys("Return")
	w.text("120 80")
	w.keys("Return")
	w.text("92")
	w.keys("ctrl+5")
	w.askIn("diagnoses", "острый тонзиллит неут")
	w.picture("icd")
	w.press("load visit.take", "Return")
	w.keys("ctrl+6")
	w.askIn("prescriptions", "амоксициллин 500 мг 3 р/д 7 дней")
	w.press("load visit.take", "Return")
	w.keys("ctrl+7", "Tab", "Tab")
	w.text(advice)
	w.holds(advice)
	w.picture("visit")
}

// paper shows the protocol, signs it and saves it; the PDF is what it should be.
func (w *window) paper(documents string) {
	w.t.Helper()
	w.fresh()
	w.click(1255, 686) // «К подписи»; Ctrl+Enter does the same
	w.until("load pages")
	w.picture("preview")
	w.keys("ctrl+Return")
	w.picture("sign-asked")
	w.press("load pages", "Return")
	w.picture("signed")
	w.press("load folder", "ctrl+s")
	w.press("load save", "Return")
	w.picture("saved")
	found, err := filepath.Glob(filepath.Join(documents, "*.pdf"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("saved %q, %v", found, err)
	}
	if strings.Contains(strings.ToLower(found[0]), "выдумкин") {
		w.t.Errorf("the name of the file tells whose it is: %s", found[0])
	}
	text := strings.Join(strings.Fields(w.read1(found[0])), " ")
	for _, want := range []string{
		"Амбулатория Родник", "Выдумкина Арина Петровна", "09.03.1984", complaints, "J03.9", "тонзиллит", "38,4",
		"120/80", "амоксициллин", "500 мг", advice, "Озёрная Вера Ильинична",
	} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			w.t.Errorf("the paper lacks %q", want)
		}
	}
	if w.t.Failed() {
		w.t.Log(text)
	}
	if strings.Contains(text, "не подписан ") {
		w.t.Error("the paper is that of a draft")
	}
}

// walkIn takes the same patient a second time, without a booking, and opens the visit.
func (w *window) walkIn() {
	w.t.Helper()
	w.press("load table", "alt+1")
	w.press("load services", "F7")
	w.ask("выдумкина")
	w.press("load deed", "Return")
	w.until("load table")
	w.fresh()
	w.click(41, 90) // «Мой приём» of the rail
	w.until("load mine")
	w.press("load deed", "F2") // the next one comes in
	w.until("load mine")
	w.press("load visit.history", "Return")
}

// half types a part of a text, which must stand through changes of language and look.
func (w *window) half() {
	w.t.Helper()
	w.fresh()
	w.text(half)
	w.palette("load visit.history", "Қазақ")
	w.picture("kazakh")
	w.holds(half)
	w.palette("load visit.history", "Русс")
	w.holds(half)
	w.palette("load visit.history", "тёмн")
	w.picture("dark")
	w.holds(half)
	w.palette("load visit.history", "светл")
	w.holds(half)
}

// away hides the screen and locks it: nothing of the patient is in sight, and all is
// there again after.
func (w *window) away() {
	w.t.Helper()
	w.press("load seats", "ctrl+l")
	w.picture("hidden")
	w.enter(password)
	w.until("load visit.history")
	w.holds(half)
	w.palette("", "ПИН")
	w.text(password)
	w.keys("Return")
	w.text(pin)
	w.keys("Return")
	w.text(pin)
	w.press("load pin", "Return")
	w.press("load seats", "ctrl+l")
	w.picture("hidden-pin")
	w.enter(pin)
	w.until("load visit.history")
	w.holds(half)
	w.press(stateLocked, "ctrl+shift+l")
	w.picture("locked")
	w.enter(password)
	w.until("load visit.history")
	w.holds(half)
	w.fresh()
}

// stored looks at what the directory holds, by the command line: both visits, the
// second with what was typed before the power cut, and a sound ledger.
func stored(t *testing.T, data string) {
	t.Helper()
	var patients []struct{ ID string }
	answer(t, &patients, data, "patient", "find", "Выдумкина")
	if len(patients) != 1 {
		t.Fatalf("%d patients", len(patients))
	}
	var visits []struct{ Complaints string }
	answer(t, &visits, data, "visit", "list", patients[0].ID)
	all := ""
	for _, v := range visits {
		all += v.Complaints + "\n"
	}
	if len(visits) != 2 || !strings.Contains(all, complaints) || !strings.Contains(all, half+later) {
		t.Errorf("%d visits:\n%s", len(visits), all)
	}
	t.Logf("ledger verify: %s", ctl(t, data, login, password, "ledger", "verify"))
	t.Logf("check: %s", ctl(t, data, login, password, "check"))
}

// answer reads what the command line says as JSON.
func answer(t *testing.T, into any, data string, args ...string) {
	t.Helper()
	out := ctl(t, data, login, password, append([]string{"--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
}
