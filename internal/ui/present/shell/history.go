// Package shell is the logic of the frame: which sections a user sees, where one
// has been, what the palette finds, and how the program looks to whom.
package shell

import "feldsher/internal/ui/present"

// depth is how many pages one can go back.
const depth = 50

// History is where one has been, as in a browser.
type History struct {
	pages []present.Route
	at    int
}

// Now is the page in sight; the zero route before the first.
func (h *History) Now() present.Route {
	if len(h.pages) == 0 {
		return present.Route{}
	}
	return h.pages[h.at]
}

// Go opens a page; what lay ahead is forgotten. The page in sight is not opened
// twice.
func (h *History) Go(r present.Route) {
	if len(h.pages) > 0 && h.pages[h.at] == r {
		return
	}
	if len(h.pages) > 0 {
		h.pages = h.pages[:h.at+1]
	}
	h.pages = append(h.pages, r)
	if len(h.pages) > depth {
		h.pages = h.pages[len(h.pages)-depth:]
	}
	h.at = len(h.pages) - 1
}

// Swap puts a page in the place of the one in sight: the card of a patient who has
// just been registered, in the place of the form.
func (h *History) Swap(r present.Route) {
	if len(h.pages) == 0 {
		h.Go(r)
		return
	}
	h.pages[h.at] = r
}

// Back goes one page back; false where there is none.
func (h *History) Back() (present.Route, bool) {
	if h.at == 0 {
		return present.Route{}, false
	}
	h.at--
	return h.pages[h.at], true
}

// Forward goes one page ahead; false where there is none.
func (h *History) Forward() (present.Route, bool) {
	if h.at+1 >= len(h.pages) {
		return present.Route{}, false
	}
	h.at++
	return h.pages[h.at], true
}

// CanBack reports whether there is a page to go back to.
func (h *History) CanBack() bool { return h.at > 0 }
