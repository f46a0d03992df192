// Package page says what a page of the program is and what it gets from the frame.
// The pages themselves stand in the rooms below, a family of screens a room, and
// know only widgets, their places and which view-model to ask.
package page

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
)

// Page is one screen inside the frame. The frame makes it from a route, shows its
// content, and gives it the keys that no widget used. All calls come on Fyne's thread.
type Page interface {
	// Title names the page in the palette and in the history of pages.
	Title() string
	// Content is built once, within 50 ms; what takes longer is loaded.
	Content() fyne.CanvasObject
	// Shown is called when the page has become visible: the place to set the focus
	// and to load.
	Shown()
	// Key is a key that no widget used; true means that the page did.
	Key(kit.Key) bool
	// Leave is called before the page goes: it keeps what was typed as a draft, at once.
	Leave()
}

// Refresher is a page that wants to know when rows of tables have changed, by
// whomever. It is called on Fyne's thread, seldom more than a few times a second.
type Refresher interface{ Changed(tables []string) }

// Keys is a page that lists its keys, for help (F1) and the palette.
type Keys interface{ Keys() []KeyHelp }

// KeyHelp is a line of the list of keys: the key as it is printed on the keyboard,
// what it does in the user's words, and, for the palette, the deed itself (may be nil).
type KeyHelp struct {
	Key, What string
	Do        func()
}

// Message is what the status line says: what was done, with a way back.
type Message struct {
	Tone   kit.Tone
	Text   string
	Action string // word on the button; with Do
	Do     func()
	Ahead  bool // Do is what comes next and takes nothing back: not for Ctrl+Z
}

// Env is what a page gets from the frame.
type Env struct {
	*present.Session
	Window fyne.Window
	Layers *kit.Layers         // panels over the page
	Loader *kit.Loader         // works of this page; closed when the page is left
	Go     func(present.Route) // to another page
	Swap   func(present.Route) // the same, in the place of this page in the history
	// Become says by which route the page in sight goes from now on: a visit that has
	// begun to exist. Nothing is shown anew.
	Become func(present.Route)
	Back   func()
	Say    func(Message)      // the status line
	Look   func(kit.Look)     // changes theme and size of letters for the user
	Speak  func(lang string)  // changes the language for the user
	Kept   func(unsaved bool) // the dot that shows unsaved keys
}

// Done says in the status line what was done, with a way back where there is one.
func (e *Env) Done(text string, undo func()) {
	m := Message{Tone: kit.Good, Text: text}
	if undo != nil {
		m.Action, m.Do = e.T("page_undo"), undo
	}
	e.Say(m)
}

// Fail tells an error in the status line; errors that belong to a field are shown
// there by the page itself.
func (e *Env) Fail(err error) {
	if err != nil {
		e.Say(Message{Tone: kit.Wrong, Text: e.Words.Fault(err)})
	}
}

// Open goes to a patient's card.
func (e *Env) Open(patient clinic.ID) {
	e.Go(present.Route{Page: present.PageCard, ID: patient})
}
