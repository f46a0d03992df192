package kit

import (
	"fyne.io/fyne/v2"
)

// Combo is a field for any text, with suggestions below it while one types. Down
// goes into the list, Enter takes what is marked there, Esc closes it; without a
// mark every key does what it does in a field. F4 asks for suggestions.
type Combo struct {
	Masked
	list    *drop
	offered []Option
	taking  bool
	// Ask is called with the text at every change by the user, and by F4; it answers
	// with Offer, at once or later.
	Ask func(text string)
	// OnTake is told of the suggestion that was taken, after its text stands in the field.
	OnTake func(Option)
}

// NewCombo makes a field whose suggestions come at once: suggest must be quick.
// With nil the owner sets Ask.
func NewCombo(suggest func(text string) []Option) *Combo {
	c := &Combo{}
	c.extend(c, Mask{})
	c.list = newDrop(c, c.take)
	c.list.to = (*comboKeys)(c)
	c.list.onKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyUp && c.list.at <= 0 {
			c.list.at = -1
			c.list.Refresh()
			return true
		}
		return false
	}
	if suggest != nil {
		c.Ask = func(text string) { c.Offer(suggest(text)) }
	}
	return c
}

// Offer shows suggestions, if the user is still in the field; none closes the list.
func (c *Combo) Offer(options []Option) {
	if len(options) == 1 && options[0].Text == c.Text && options[0].Below == "" {
		options = nil // it stands there already
	}
	c.offered = options
	if !c.Focused() {
		return
	}
	c.list.show(options, -1)
}

// Close takes the suggestions away.
func (c *Combo) Close() { c.list.close() }

func (c *Combo) take(i int) {
	o := c.offered[i]
	c.taking = true
	c.rewrite(o.Text)
	c.taking = false
	if c.OnTake != nil {
		c.OnTake(o)
	}
}

func (c *Combo) ask() {
	if c.Ask != nil && !c.taking {
		c.Ask(c.Text)
	}
}

// TypedRune implements fyne.Focusable.
func (c *Combo) TypedRune(r rune) {
	c.Masked.TypedRune(r)
	c.ask()
}

// TypedKey implements fyne.Focusable.
func (c *Combo) TypedKey(ev *fyne.KeyEvent) {
	if c.OnKey != nil && c.OnKey(ev) {
		return
	}
	before := c.Text
	switch ev.Name {
	case fyne.KeyF4:
		c.ask()
		return
	case fyne.KeyDown:
		if len(c.offered) > 0 && !c.list.open() {
			c.list.show(c.offered, 0)
			return
		}
	}
	c.Masked.TypedKey(ev)
	if c.Text != before {
		c.ask()
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (c *Combo) TypedShortcut(s fyne.Shortcut) {
	before := c.Text
	c.Masked.TypedShortcut(s)
	if c.Text != before {
		c.ask()
	}
}

// FocusLost implements fyne.Focusable.
func (c *Combo) FocusLost() {
	c.list.close()
	c.offered = nil
	c.Masked.FocusLost()
}

// comboKeys is the field as its open list sees it.
type comboKeys Combo

func (k *comboKeys) FocusGained()                  {}
func (k *comboKeys) FocusLost()                    {}
func (k *comboKeys) TypedRune(r rune)              { (*Combo)(k).TypedRune(r) }
func (k *comboKeys) TypedKey(ev *fyne.KeyEvent)    { (*Combo)(k).TypedKey(ev) }
func (k *comboKeys) TypedShortcut(s fyne.Shortcut) { (*Combo)(k).TypedShortcut(s) }
func (k *comboKeys) KeyDown(ev *fyne.KeyEvent)     { (*Combo)(k).KeyDown(ev) }
func (k *comboKeys) KeyUp(ev *fyne.KeyEvent)       { (*Combo)(k).KeyUp(ev) }
