package workspace_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feldsher/internal/service/records"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

// What is typed stands in the draft within two seconds of the last key, also while
// somebody types on and on, and in the ledger after a minute of silence (R3.8).
func TestKeptInTime(t *testing.T) {
	// What the store sets up once for the whole program must not be born in the bubble.
	before := presenttest.Open(t, translations.Russian)
	leave(t, openNew(t, before, presenttest.Patient(t, before).ID))
	synctest.Test(t, func(t *testing.T) {
		s := presenttest.Open(t, translations.Russian)
		p := presenttest.Patient(t, s)
		w := openNew(t, s, p.ID)
		draft := func() string {
			d, ok, err := s.Records.Draft(t.Context(), records.DraftVisit, w.ID())
			if err != nil || !ok {
				return ""
			}
			return d.Body
		}
		if state, _, _ := w.State(); state != workspace.Untouched {
			t.Errorf("state %d before a key", state)
		}
		var told atomic.Int32
		w.OnState(func() { told.Add(1) })
		text := ""
		for i := range 60 { // a letter every 100 ms
			text += "а"
			w.SetText(workspace.FieldComplaints, text)
			time.Sleep(100 * time.Millisecond)
			if i == 40 && draft() == "" {
				t.Error("no draft after four seconds of typing without a pause")
			}
		}
		if !w.Dirty() {
			t.Error("keys that are in memory only are not shown")
		}
		time.Sleep(1950 * time.Millisecond)
		synctest.Wait()
		if state, _, err := w.State(); state != workspace.Drafted || err != nil || told.Load() == 0 {
			t.Errorf("state %d two seconds after the last key (%v)", state, err)
		}
		if w2 := openNew(t, s, p.ID); w2.Text(workspace.FieldComplaints) != text {
			t.Errorf("the draft has %d letters", len([]rune(w2.Text(workspace.FieldComplaints))))
		}
		if n := len(visitsOf(t, s, p.ID)); n != 0 {
			t.Errorf("the ledger has %d visits before the pause", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if v := visitsOf(t, s, p.ID); len(v) != 1 || v[0].Complaints != text {
			t.Fatalf("after a minute the ledger has %d visits", len(v))
		}
		if state, _, _ := w.State(); state != workspace.Kept || draft() != "" {
			t.Errorf("state %d, draft %q", state, draft())
		}
		w.SetText(workspace.FieldComplaints, "")
		w.SetText(workspace.FieldComplaints, text)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
	})
}
