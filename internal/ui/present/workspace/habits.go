package workspace

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present"
)

// prefHabits is where a doctor's habits are kept on this workstation.
const prefHabits = "visit.habits"

// habits are what this doctor prescribes, as patterns. They name no patient.
type habits struct {
	Drugs []habit `json:"drugs,omitempty"` // the latest first
}

type habit struct {
	Rx    clinic.Prescription `json:"rx"`
	Count int                 `json:"count"`
}

// maxHabits is how many prescriptions are remembered.
const maxHabits = 150

func loadHabits(ctx context.Context, s *present.Session) (h habits, err error) {
	body, err := s.Prefs.Get(ctx, prefHabits)
	if err != nil || body == "" {
		return h, err
	}
	var kept habits
	if bad := json.Unmarshal([]byte(body), &kept); bad == nil {
		h = kept // habits that can't be read are learned anew
	}
	return h, nil
}

// remember notes what a kept visit says; what goes wrong here is no matter.
func (w *Workspace) remember(ctx context.Context, v *clinic.Visit) {
	w.mu.Lock()
	h := habits{Drugs: slices.Clone(w.habits.Drugs)}
	changed := false
	for i := range v.Prescriptions {
		if p := &v.Prescriptions[i]; !w.noted[p.ID] && plain(p.INN) != "" {
			h.note(pattern(p))
			w.noted[p.ID], changed = true, true
		}
	}
	if changed {
		w.habits = h
	}
	w.mu.Unlock()
	if !changed {
		return
	}
	if body, err := json.Marshal(h); err == nil {
		_ = w.s.Prefs.Set(ctx, prefHabits, string(body)) // a habit that is forgotten is learnt again
	}
}

func (h *habits) note(p clinic.Prescription) {
	n := habit{Rx: p, Count: 1}
	if at := slices.IndexFunc(h.Drugs, func(o habit) bool { return !changed(prescriptionRow, &o.Rx, &p) }); at >= 0 {
		n.Count += h.Drugs[at].Count
		h.Drugs = slices.Delete(h.Drugs, at, at+1)
	}
	h.Drugs = slices.Insert(h.Drugs, 0, n)
	h.Drugs = h.Drugs[:min(len(h.Drugs), maxHabits)]
}

// begins reports whether every word that is typed begins a word of the text.
func begins(text string, typed []string) bool {
	have := fold.Words(text)
	for _, t := range typed {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, t) }) {
			return false
		}
	}
	return true
}
