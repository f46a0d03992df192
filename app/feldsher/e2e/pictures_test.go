package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// heaviest is how many bytes a picture of the README may have.
const heaviest = 150 << 10

// TestPictures takes the pictures of the README from the demo clinic: `make pictures`.
func TestPictures(t *testing.T) {
	dir := os.Getenv("FELDSHER_PICTURES")
	if dir == "" {
		t.Skip("not asked for: `make pictures` takes the pictures of the README")
	}
	s := newScreen(t)
	data, _ := s.home()
	w := s.open("feldsher", data)
	w.until(stateFounding)
	w.press(stepDemo, "F2")
	w.press(stepReady, "Return")
	w.press(stateWorking, "Return")
	w.until("load mine")

	w.press("load table", "alt+2")
	w.keys("Home")
	for _, state := range []string{"2", "3", "1", "1"} { // a morning that goes on
		w.press("load deed", state)
		w.until("load table")
		w.keys("Down")
	}
	w.keep(dir, "today")

	w.press("load find", "alt+3")
	w.keep(dir, "patients")
	w.press("load mine", "alt+1")
	w.press("load card", "F3")
	w.keys("F5")
	w.fields("пенициллины", "", "крапивница")
	w.press("load", "ctrl+Return")
	w.press("load mine", "alt+1")
	w.press("load visit.history", "Return")
	w.text("Головная боль в затылке, шум в ушах к вечеру, третий день. ")
	w.keys("ctrl+3")
	w.text("Состояние удовлетворительное. Тоны сердца приглушены, ритм правильный. ")
	w.keys("ctrl+4")
	w.text("36,6")
	w.keys("Return")
	w.text("152 94")
	w.keys("Return")
	w.text("84")
	w.keys("ctrl+6")
	w.askIn("prescriptions", "лозартан 50 мг 1 р/д 30 дней")
	w.press("load visit.take", "Return")
	w.keys("ctrl+7", "Tab", "Tab")
	w.text("Контроль давления утром и вечером, меньше соли.")
	w.keys("ctrl+5")
	w.askIn("diagnoses", "гипертензия")
	w.press("load visit.take", "Return")
	w.keys("ctrl+1")
	w.keep(dir, "visit")
	w.press("load pages", "ctrl+Return")
	w.keep(dir, "preview")
	w.press("load mine", "alt+1")
	w.press("load card", "F3")
	w.keep(dir, "card")

	w.shut()
	w = s.open("feldsher", data)
	w.until(stateLogin)
	w.keep(dir, "login")
	w.shut()
}

// keep leaves a picture of the window for the README, in as few colours as serve.
func (w *window) keep(dir, name string) {
	w.t.Helper()
	path := filepath.Join(dir, name+".png")
	w.still(w.id, path)
	w.run("convert", path, "-strip", "+dither", "-colors", "96", "-define", "png:compression-level=9", "-define", "png:exclude-chunks=all", "PNG8:"+path)
	info, err := os.Stat(path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Logf("%s: %d KB", path, info.Size()>>10)
	if info.Size() > heaviest {
		w.t.Errorf("%s is too heavy", name)
	}
}
