package entry

import (
	"context"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/ui/present"
)

// HiddenView is the hidden screen: tiles of those who entered with a password
// today, the PIN of one of them, or anybody's password.
type HiddenView struct {
	gate   *Gate
	Tiles  []access.Seat
	Others []access.Known // for «another user»
	at     int
	other  int  // the chosen of Others
	byName bool // «another user» was asked for
	caps   Caps
	says   Say
}

// NewHidden is for the gate in the state Hidden.
func NewHidden(g *Gate) *HiddenView { return &HiddenView{gate: g} }

// Words speaks the page's language: that of who worked last.
func (h *HiddenView) Words() present.Words { return h.gate.Words() }

// Load reads who is here today; who worked last is chosen.
func (h *HiddenView) Load(ctx context.Context) error {
	tiles, err := h.gate.Seats(ctx)
	if err != nil {
		return err
	}
	others, err := h.gate.Known()
	if err != nil {
		return err
	}
	h.Tiles, h.Others, h.at = tiles, others, 0
	last := h.gate.last()
	for i, t := range tiles {
		if t.ID == last {
			h.at = i
		}
	}
	h.byName = len(tiles) == 0
	return nil
}

// reload reads the tiles again and stays with a user: a dropped seat is no tile any
// more, and its user is offered the password.
func (h *HiddenView) reload(ctx context.Context, user clinic.ID) {
	if err := h.Load(ctx); err != nil {
		return
	}
	for i, t := range h.Tiles {
		if t.ID == user {
			h.at = i
			return
		}
	}
	for i, o := range h.Others {
		if o.ID == user {
			h.byName, h.other = true, i
		}
	}
}

// At is the chosen tile; Choose takes another.
func (h *HiddenView) At() int { return h.at }

// Choose takes a tile; places beyond the ends are the ends.
func (h *HiddenView) Choose(i int) {
	h.at = min(max(i, 0), max(len(h.Tiles)-1, 0))
	h.byName, h.says, h.caps = len(h.Tiles) == 0, Say{}, Caps{}
}

// Another asks for the login of somebody who is not on the tiles, or takes it back.
func (h *HiddenView) Another(yes bool) {
	h.byName, h.says, h.caps = yes || len(h.Tiles) == 0, Say{}, Caps{}
	for i, o := range h.Others { // first who has no tile: the others would have chosen theirs
		if yes && !slices.ContainsFunc(h.Tiles, func(s access.Seat) bool { return s.ID == o.ID }) {
			h.other = i
			return
		}
	}
}

// ByName reports whether a login is chosen from the list of all.
func (h *HiddenView) ByName() bool { return h.byName }

// ChooseOther takes a user of Others.
func (h *HiddenView) ChooseOther(i int) {
	h.other, h.says, h.caps = min(max(i, 0), max(len(h.Others)-1, 0)), Say{}, Caps{}
}

// Other is the chosen place in Others.
func (h *HiddenView) Other() int { return h.other }

// ByPIN reports whether the field is for a PIN, not for a password.
func (h *HiddenView) ByPIN() bool {
	return !h.byName && h.at < len(h.Tiles) && h.Tiles[h.at].PIN
}

// Key takes a letter as it is typed, with whether Shift was held.
func (h *HiddenView) Key(r rune, shift bool) { h.caps.Typed(r, shift) }

// Hint is the word at the field.
func (h *HiddenView) Hint(typed string) Say {
	switch {
	case typed == "":
		if _, text := h.Wait(); text != "" {
			return Say{Wrong, text}
		}
		return h.says
	case h.ByPIN():
		return Say{}
	case h.caps.on:
		return Say{Warn, h.Words().T("entry_caps")}
	}
	return Layout(h.Words(), typed)
}

// Wait is the sentence that says how long the chosen login has to wait.
func (h *HiddenView) Wait() (seconds int, text string) {
	if h.ByPIN() {
		return 0, ""
	}
	n := secondsUp(h.gate, h.login())
	if n == 0 {
		return 0, ""
	}
	return n, h.Words().T("entry_login_wait", "n", n)
}

func secondsUp(g *Gate, login string) int {
	left := g.Wait(login)
	if left <= 0 {
		return 0
	}
	return seconds(left)
}

func (h *HiddenView) login() string {
	switch {
	case h.byName && h.other < len(h.Others):
		return h.Others[h.other].Login
	case !h.byName && h.at < len(h.Tiles):
		return h.Tiles[h.at].Login
	}
	return ""
}

// Enter tries what was typed: the PIN of the chosen tile, or the password of the
// chosen login. true means that the user is in.
func (h *HiddenView) Enter(ctx context.Context, typed string) bool {
	w := h.Words()
	if h.ByPIN() {
		if !access.ValidPIN(typed) {
			h.says = Say{Wrong, w.T("entry_pin_shape")}
			return false
		}
		user := h.Tiles[h.at].ID
		err := h.gate.EnterPIN(ctx, user, typed)
		if fault.Is(err, fault.Password) {
			h.reload(ctx, user)
		}
		h.says = wrong(w, err)
		return err == nil
	}
	if typed == "" {
		h.says = Say{Wrong, w.T("entry_password_empty")}
		return false
	}
	err := h.gate.Enter(ctx, h.login(), typed)
	h.says = wrong(w, err)
	if fault.Is(err, fault.Password) {
		if hint := Layout(w, typed); hint.Text != "" {
			h.says.Text += " " + hint.Text
		}
	}
	return err == nil
}
