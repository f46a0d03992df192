package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Steps of the first start and states of the clinic, as the trace numbers them.
const (
	stepClinic   = "step 1"
	stepYou      = "step 2"
	stepPassword = "step 3"
	stepPhrase   = "step 4"
	stepAsked    = "step 5"
	stepDone     = "step 6"
	stepDemo     = "step 7"
	stepReady    = "step 8"

	stateBroken   = "state 1"
	stateFounding = "state 2"
	stateLogin    = "state 3"
	stateWorking  = "state 4"
	stateHidden   = "state 5"
	stateLocked   = "state 6"
)

// The administrator and doctor of the invented clinic.
const (
	login    = "ozernaya"
	password = "сирень-27-Порог"
	pin      = "83641"
)

// found founds a clinic by keys alone, puts the recovery phrase on paper and answers
// the two words from it (issue 3, «first start»).
func (w *window) found(documents string) {
	w.t.Helper()
	w.until(stateFounding)
	w.picture("welcome")
	w.press(stepClinic, "Return")
	w.text("Амбулатория Родник")
	w.picture("clinic")
	w.press(stepYou, "Return")
	w.fields("Озёрная", "Вера", "Ильинична", "врач-терапевт")
	w.picture("you")
	w.press(stepPassword, "Return")
	w.text(password)
	w.keys("Return")
	w.text(password)
	w.picture("password")
	w.press(stepPhrase, "Return")
	w.press("load phrase", "F2")
	w.picture("phrase")
	words := w.phrase(documents)
	asked := w.press("asked", "Return")
	var first, second int
	if _, err := fmt.Sscanf(asked, "asked [%d %d]", &first, &second); err != nil {
		w.t.Fatalf("%q: %v", asked, err)
	}
	w.text(words[first])
	w.keys("Return")
	w.text(words[second])
	w.picture("asked")
	w.press(stepDone, "Return")
	w.press(stateWorking, "Return")
	w.until("load finish")
}

// wordOnPaper is a word of the phrase with its number, as the paper has it.
var wordOnPaper = regexp.MustCompile(`(?:^|\s)(\d{1,2}) +(\p{L}+)(?:\s|$)`)

// phrase reads the recovery phrase from the paper that was saved.
func (w *window) phrase(documents string) map[int]string {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(documents, "*.pdf"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("the phrase was saved as %q, %v", found, err)
	}
	words := map[int]string{}
	for _, line := range strings.Split(w.read1(found[0]), "\n") {
		for rest := line; ; {
			at := wordOnPaper.FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			n := 0
			_, _ = fmt.Sscan(rest[at[2]:at[3]], &n)
			words[n] = rest[at[4]:at[5]]
			rest = rest[at[5]:]
		}
	}
	for n := 1; n <= 24; n++ {
		if words[n] == "" {
			w.t.Fatalf("word %d is not on the paper", n)
		}
	}
	if err := os.Remove(found[0]); err != nil { // as the program advises
		w.t.Fatal(err)
	}
	return words
}

// read1 is the text of a PDF.
func (w *window) read1(path string) string {
	w.t.Helper()
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	return string(out)
}

// enter logs in; the user who was there last is chosen.
func (w *window) enter(password string) {
	w.t.Helper()
	w.text(password)
	w.press(stateWorking, "Return")
}

// palette opens the palette, types and takes the first answer.
func (w *window) palette(want, text string) {
	w.t.Helper()
	w.press("load answer 0", "ctrl+k")
	w.ask(text)
	w.keys("Return")
	if want != "" {
		w.until(want)
	}
}

// hours gives the doctor hours round the clock, so that the test holds at any time of
// any day.
func (w *window) hours() {
	w.t.Helper()
	w.press("load list hours", "alt+5")
	w.keys("Right", "F2")
	w.text("67") // Saturday and Sunday beside the five days
	w.keys("Tab")
	w.fields("0000", "2359")
	w.picture("hours-typed")
	w.press("load save", "ctrl+Return")
	w.until("load week")
	w.picture("hours")
}
